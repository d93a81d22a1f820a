"""The benchmarks run, write what others read, and time the very model that is run; no time is judged here."""

import json
import platform
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import machine, processes, targets
from benchmarks.extent import EXTENTS, TINY
from benchmarks.plain import PlainModel
from benchmarks.town import MEAN_TIES, mean_ties, town, towns
from sim.population import Population, World
from sim.reference import ReferenceModel, bonds, distress
from sim.reference.basics import Stored


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmarks")
    path = folder / "latest.json"
    command.write(command.measure(TINY, lambda words: None), path)
    assert [file.name for file in folder.iterdir()] == ["latest.json"]
    return json.loads(path.read_text(encoding="utf-8"))


def test_results_have_the_promised_fields(found):
    assert set(found["ns_per_person_week"]) == {str(size) for size in TINY.sizes}
    ours = found["ns_per_person_week"][str(TINY.compared_people)]
    assert found["times_mesa"] == round(found["mesa"]["small"]["ns"] / ours, 1)
    assert found["times_batch_run"] == found["batch_run"]["times"]  # of two moments: at this extent it may round to 0
    assert found["bytes_per_person"] >= 0  # few people may fit into memory that was there already
    assert {"help", "import"} <= set(found["import_seconds"])
    assert found["callers"] == found["callers"] | {"same_bits": True, "different_worlds": True}


def test_every_target_is_named_and_judged_where_measured(found):
    assert len(found["targets"]) == len(targets.TARGETS)
    for row in found["targets"]:
        assert (row["met"] is None) == (row["reached"] is None)


def test_a_target_can_be_missed():
    ns = {"100000": 100.0, "10000000": 201.0}
    row = next(row for row in targets.TARGETS if row.words.startswith("cost at"))
    assert row.reached({"ns_per_person_week": ns}) > row.limit
    assert row.reached({"ns_per_person_week": {"100000": 100.0}}) is None


def test_results_name_no_machine(found):
    text = json.dumps(found)
    assert str(Path.home()) not in text
    assert str(Path.cwd()) not in text
    host = platform.node()
    assert not host or len(host) < 6 or host not in text


def test_full_extent_measures_what_was_asked_for():
    assert EXTENTS["full"].sizes == (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
    assert EXTENTS["quick"].sizes == (1_000, 10_000, 100_000)


@pytest.mark.parametrize("people", [1_000, 5_000])
def test_the_town_has_twelve_ties_a_person(people):
    assert mean_ties(towns(people, 1, 1)) == pytest.approx(MEAN_TIES, abs=0.1)


def test_week_by_process_is_the_week_of_the_engine():
    scenario = town(300)
    whole, parts = (Population([World(scenario, 5)], 4) for _ in range(2))
    whole.run(4)
    parts.run(0)
    for _ in range(4):
        processes.live_week(parts)
    for one, other in ((whole.state.people, parts.state.people), (whole.state.ties, parts.state.ties)):
        for column, same in zip(one, other, strict=True):
            np.testing.assert_array_equal(column, same)
    np.testing.assert_array_equal(whole.output.tallies, parts.output.tallies)
    np.testing.assert_array_equal(whole.output.service, parts.output.service)


def test_sizes_beyond_memory_are_left_out_with_a_reason(monkeypatch):
    monkeypatch.setattr(machine, "available_memory", lambda: 10**9)
    needs = {"bytes_per_person": 300.0, "most_bytes_per_person": 500.0}
    assert "left out" in command.lacking_memory(10_000_000, needs)
    assert command.lacking_memory(1_000, needs) is None


def test_plain_agents_live_by_the_same_rules_and_leave_the_twin_as_it_was():
    parts = (distress.luck, bonds.Tie.draw, bonds.mixed, bonds.unit, Stored.__setattr__)
    plain, twin = PlainModel(town(300), 3), PlainModel(town(300), 3, twin=True)
    assert plain.tallies().tolist() == twin.tallies().tolist()
    for model in (plain, twin):
        model.run_for(4)
    assert (distress.luck, bonds.Tie.draw, bonds.mixed, bonds.unit, Stored.__setattr__) == parts
    population = Population([World(town(300), 3)], 4)
    population.run(0)
    same = ReferenceModel.from_population(population)
    same.run_for(4)
    np.testing.assert_array_equal(twin.column("distress"), same.column("distress"))
    assert not np.array_equal(plain.column("distress"), twin.column("distress"))  # other luck
    assert plain.column("distress").mean() == pytest.approx(twin.column("distress").mean(), abs=1.0)
    assert plain.tie_column("trust").mean() == pytest.approx(twin.tie_column("trust").mean(), abs=0.02)
