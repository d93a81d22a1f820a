"""Long answers that can be gone on with and made again: maps that were stopped, results that are verified, draws."""

import json
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from sim import posterior, storing
from sim.__main__ import app
from sim.errors import InputError
from sim.exploring import findings, kept, map_files, map_plots, maps, stored, walking
from sim.exploring.problems import problem
from sim.exploring.sensitivity import sensitivity
from sim.population import World
from sim.scenario import override, resolve
from sim.study import drawn
from sim.sweeps import measured

QUICK = {"changes": {"setting.burn_in": 4, "peer_leaders.length": 4}, "people": 160, "seeds": 2, "points": 25}
QUICK |= {"weeks": 20, "depth": 0}
SIDES = ("secondary_school", "peer_leaders.reach", "norms.conformity")
WORDS = (
    "map secondary_school --x peer_leaders.reach --y norms.conformity --measure norm --points 30 --depth 1 --seeds 2"
)
WORDS += " --weeks 20 --size 160 --set setting.burn_in=4 --set peer_leaders.length=4 --no-figures --quiet"


def said(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def few_at_once(monkeypatch):
    """Batches of five places each."""
    monkeypatch.setattr(
        walking, "chunks", lambda scenario, points, *rest: [range(k, min(k + 5, points)) for k in range(0, points, 5)]
    )


# Draws of the parameters


@pytest.fixture(scope="module")
def with_draws():
    scenario = resolve("secondary_school", ["peer_leaders"], people=160)
    draws = posterior.draws(scenario, [1, 2])
    return maps.tipping_map(*SIDES, "injunctive_norm", **QUICK, draws=draws)


def test_each_seed_of_a_map_has_its_draw_and_the_levers_stay(with_draws):
    base = with_draws.scenario
    row = with_draws.points[with_draws.points["start"] == "present"].iloc[7]
    (draw,) = posterior.draws(base, [int(row.seed)])
    assert with_draws.draws[int(row.seed) - 1] == draw
    own = override(drawn(base, draw), {"peer_leaders.reach": row.x, "norms.conformity": row.y})
    from sim.exploring import starts

    begun = starts.both(own)["present"]
    columns = [f"week{week}_injunctive_norm" for week in range(9, 21)]
    found = measured([World(begun, int(row.seed))], "injunctive_norm", list(range(9, 21)),
                     begin=starts.begin({id(begun): "present"}))  # fmt: skip
    assert row.injunctive_norm == np.mean([found.values[name][0] for name in columns])


def test_a_map_says_what_its_intervals_hold(with_draws):
    assert map_files.document(with_draws)["uncertainty"] == "luck and parameters"
    assert "luck and parameters" in map_plots.foot(with_draws)
    plain = maps.tipping_map(*SIDES, "injunctive_norm", **QUICK)
    assert map_files.document(plain)["uncertainty"] == "luck"
    assert "luck only" in map_plots.foot(plain)
    assert storing.digest(plain.points) != storing.digest(with_draws.points)
    with pytest.raises(InputError, match="draws and seeds differ"):
        maps.tipping_map(*SIDES, **QUICK, draws=[{}])


# Maps that were stopped


@pytest.mark.usefixtures("few_at_once")
def test_a_map_that_was_stopped_goes_on_and_is_the_same_in_the_end(tmp_path, monkeypatch):
    assert said(*WORDS.split(), "--out", tmp_path / "whole").exit_code == 0
    live, count = walking.Walker.live, []

    def stopping(walker, corners):
        count.append(corners)
        if len(count) == 3:
            raise KeyboardInterrupt
        return live(walker, corners)

    monkeypatch.setattr(walking.Walker, "live", stopping)
    answer = said(*WORDS.split(), "--out", tmp_path / "m", "--uncertainty", "none")
    assert answer.exit_code == 130
    assert f"helpseek map --resume {tmp_path / 'm'}" in " ".join(answer.output.split())
    assert not (tmp_path / "m").exists()
    again = said("map", "--resume", tmp_path / "m", "--no-figures", "--quiet")
    assert again.exit_code == 0, again.output
    assert len(count) == 3 + 6 - 2  # two were there
    assert not stored.beside(tmp_path / "m").exists()
    for name in ("points.parquet", "map.json"):
        assert (tmp_path / "m" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_batches_that_are_damaged_or_of_other_places_are_lived_again(tmp_path):
    keep = kept.begun(tmp_path / "m", {"a": 1})
    calls = []

    def live(corners):
        calls.append(corners)
        return pd.DataFrame({"i": [i for i, _ in corners], "j": [j for _, j in corners], "norm": 0.5})

    one = keep([(0, 0), (4, 0)], live)
    keep([(8, 0)], live)
    again = kept.begun(tmp_path / "m", {"a": 1})
    pd.testing.assert_frame_equal(again([(0, 0), (4, 0)], live), one)
    assert len(calls) == 2
    again([(8, 4)], live)
    assert len(calls) == 3
    file = stored.beside(tmp_path / "m") / "000000.parquet"
    file.write_bytes(file.read_bytes()[:40])
    pd.testing.assert_frame_equal(kept.begun(tmp_path / "m", {"a": 1})([(0, 0), (4, 0)], live), one)
    assert len(calls) == 4
    kept.begun(tmp_path / "m", {"a": 2})([(0, 0), (4, 0)], live)  # another map: nothing of the first is used
    assert len(calls) == 5


def test_what_cannot_be_gone_on_with_is_refused(tmp_path, monkeypatch):
    nothing = said("map", "--resume", tmp_path / "m")
    assert nothing.exit_code == 2
    assert "no map was begun here" in nothing.output
    assert "finished" not in nothing.output
    kept.begun(tmp_path / "m", {"command": "helpseek map"})
    assert "--resume takes no SETTING" in said("map", "town", "--resume", tmp_path / "m").output
    monkeypatch.setattr(kept, "stamp", lambda: kept.Stamp("0.0.1", "abc"))
    other = said("map", "--resume", tmp_path / "m")
    assert other.exit_code == 2
    assert "another version" in other.output


LIMIT = 900.0  # seconds that anything may take
# A map that keeps its first batch, and then waits to be killed.
WAITING = """
import sys, time
from sim.exploring.kept import Kept
usual, calls = Kept.__call__, []

def keep(kept, *rest):
    if calls:
        time.sleep(3600)
    calls.append(usual(kept, *rest))
    return calls[0]

Kept.__call__ = keep
from sim.__main__ import main
sys.argv[:1] = ["helpseek"]
sys.exit(main())
"""


@pytest.mark.slow
def test_a_map_that_is_killed_goes_on(tmp_path):
    words = [*WORDS.replace("--points 30", "--points 60").replace("--seeds 2", "--seeds 40").split()]
    run = [sys.executable, "-m", "sim", *words, "--out"]
    process = subprocess.Popen([sys.executable, "-c", WAITING, *words, "--out", str(tmp_path / "m")])
    folder, end = stored.beside(tmp_path / "m"), time.monotonic() + LIMIT
    while not list(folder.glob("*.parquet")):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    process.kill()
    process.wait()
    assert not (tmp_path / "m").exists()
    assert len(list(folder.glob("*.parquet"))) == 1
    again = [sys.executable, "-m", "sim", "map", "--resume", str(tmp_path / "m"), "--no-figures", "--quiet"]
    subprocess.run(again, check=True, timeout=LIMIT)
    subprocess.run([*run, str(tmp_path / "whole")], check=True, timeout=LIMIT)
    assert (tmp_path / "m" / "map.json").read_bytes() == (tmp_path / "whole" / "map.json").read_bytes()


# Results made again


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A sensitivity analysis and two maps, one of a measure whose level is not its own."""
    folder = tmp_path_factory.mktemp("results")
    short = {"setting.burn_in": 4}
    asked = problem("secondary_school", "usual", ["norms.conformity", "norms.disclosure"], measures=["unmet_need"],
                    changes=short, weeks=8, people=160)  # fmt: skip
    found = sensitivity(asked, "sobol", 4)
    findings.save(asked, found, folder / "g", "helpseek sensitivity", figures=False)
    for name, measure, depth in (("m", "norm", 0), ("u", "unmet_need", 1)):
        made = maps.tipping_map(*SIDES, measure, **QUICK | {"depth": depth, "points": 30, "seeds": 1})
        map_files.save(made, folder / name, "helpseek map", figures=False)
    return folder


@pytest.mark.parametrize("name", ["g", "m", "u"])
def test_a_result_is_verified_and_a_change_is_noticed(results, name, tmp_path):
    answer = said("verify", results / name, "--json")
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["ok"]
    copy = tmp_path / name
    copy.mkdir()
    for file in (results / name).iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    table = pd.read_parquet(copy / "points.parquet")
    table.iloc[3, table.columns.get_loc(table.columns[-1])] += 1e-12
    table.to_parquet(copy / "points.parquet", index=False)
    changed = said("verify", copy)
    assert changed.exit_code == 1
    assert "points: this table was changed" in changed.output
    about = json.loads((copy / "manifest.json").read_text())
    about["tables"]["points"]["sha256"] = storing.digest(table)
    (copy / "manifest.json").write_text(json.dumps(about))
    forged = said("verify", copy)
    assert forged.exit_code == 1
    assert "when made again" in " ".join(forged.output.split())
    about["scenario"]["weeks"] += 1
    (copy / "manifest.json").write_text(json.dumps(about))
    assert "this scenario was changed" in said("verify", copy).output


@pytest.mark.parametrize(("name", "kind"), [("g", "sensitivity"), ("m", "map")])
def test_a_report_is_of_runs_and_says_so(results, name, kind):
    answer = said("report", results / name)
    assert answer.exit_code == 2
    assert f"found:        {kind}" in answer.output
    assert "run or compare" in answer.output


def test_a_store_is_verified_world_by_world(tmp_path):
    from sim.sweeps import Store, Study
    from sim.sweeps.layout import arrow

    school = override(resolve("secondary_school", ["usual"], people=160), {"setting.burn_in": 2, "weeks": 5})
    study = Study(school, {"norms.conformity": [1, 2]}, 3, ["unmet_need", "asks"], chunk=4, uncertainty="posterior")
    study.run(store=tmp_path / "s", workers=1)
    answer = said("verify", tmp_path / "s")
    assert answer.exit_code == 0, answer.output
    store = Store.open(tmp_path / "s")
    columns = {name: store.read(0).column(name).to_pylist() for name in store.schema.names}
    columns["asks"] = [columns["asks"][0] + 1, *columns["asks"][1:]]
    assert arrow(columns, store.schema).num_rows == 4
    store.reopen()
    store.write(0, columns)
    store.finish()
    forged = said("verify", tmp_path / "s")
    assert forged.exit_code == 1
    assert "000000.parquet: asks differs in 1 of 4 rows" in " ".join(forged.output.split())
    store.file(1).unlink()
    assert "1 of 2 chunks are missing" in " ".join(said("verify", tmp_path / "s").output.split())
