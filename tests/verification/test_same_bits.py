"""A world gives the same bits alone or in a batch, in any order, on any threads, in steps, in another process.

Everything is compared to the last bit: all states, ties, groups, and all that is written down. The comparison itself is
shown to find a single bit that differs.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

import sim
from sim import engine, scenario
from sim.groups import COHESION
from sim.measures import TALLIES
from sim.people import STRATUM
from sim.population import Population, World
from sim.schema import Scenario

pytestmark = pytest.mark.verification

WEEKS, BURN_IN = 16, 5
COMMUNITIES = (
    ("training_school", ("cohesion_training",), 300),  # its classes dissolve in week 13
    ("secondary_school", ("peer_leaders", "screening"), 260),
    ("town", ("usual",), 520),
    ("military_unit", ("leader_training", "leader_disclosure"), 200),
    ("university_campus", ("awareness_campaign", "telehealth", "anonymous_line"), 350),
    ("workplace", ("norm_feedback", "peer_support"), 150, {"distress.contagion_ratio": 1.1}),
    ("workplace", ("capacity",), 150, {"norms.influence_form": 1.0, "norms.conformity": 3.0}),
    ("karate_club", ("stigma_contact",), None),  # somebody's own network
)
PLANS = sorted(path.stem for path in (Path(__file__).parents[2] / "scenarios" / "plans").glob("*.yaml"))


def made(
    setting: str,
    plans: Sequence[str],
    people: int | None,
    parameters: Mapping[str, float] = {},
    burn_in: int = BURN_IN,
) -> Scenario:
    whole = scenario.resolve(setting, plans, parameters, people=people)
    return whole.model_copy(update={"setting": whole.setting.model_copy(update={"burn_in": burn_in})})


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    return [World(made(*community), seed) for seed in (1, 2) for community in COMMUNITIES]


def lived(worlds: Sequence[World], threads: int = 1, weeks: int = WEEKS) -> Population:
    population = Population(worlds, weeks, census_every=4)
    population.run(weeks, threads)
    return population


def everything(population: Population, w: int) -> dict[str, np.ndarray]:
    """All that is known of one world, with rows counted from its own first person and group."""
    state, output, rows = population.state, population.output, population.rows(w)
    first_group, last_group = state.worlds.first_group[w : w + 2]
    entries = slice(int(state.ties.start[rows.start]), int(state.ties.start[rows.stop]))
    found = {f"people.{name}": column[..., rows] for name, column in state.people._asdict().items()}
    found["people.group"] = found["people.group"] - first_group
    found |= {f"ties.{name}": getattr(state.ties, name)[entries] for name in ("trust", "closeness", "kind")}
    found["ties.target"] = state.ties.target[entries] - rows.start
    found["ties.start"] = state.ties.start[rows.start : rows.stop + 1] - entries.start
    found |= {f"groups.{name}": column[..., first_group:last_group] for name, column in state.groups._asdict().items()}
    found |= {name: getattr(state.worlds, name)[w : w + 1] for name in ("seed", "week", "expected_wait")}
    return found | {name: table[w] for name, table in output._asdict().items()}


def differences(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> list[str]:
    """The names of arrays that are not the same to the last bit."""
    assert one.keys() == other.keys()
    return [
        name
        for name in one
        if one[name].dtype != other[name].dtype
        or one[name].shape != other[name].shape
        or one[name].tobytes() != other[name].tobytes()
    ]


def digest(population: Population) -> str:
    """One digest of all worlds."""
    parts = sha256()
    for w in range(population.count):
        for name, array in everything(population, w).items():
            parts.update(name.encode() + array.tobytes())
    return parts.hexdigest()


@pytest.fixture(scope="module")
def batch(worlds) -> Population:
    return lived(worlds)


# The comparison


def test_one_bit_in_one_array_is_found(batch):
    whole = everything(batch, 2)
    assert differences(whole, everything(batch, 2)) == []
    for name, array in whole.items():
        raw = bytearray(array.tobytes())
        raw[len(raw) // 2] ^= 1
        changed = np.frombuffer(raw, array.dtype).reshape(array.shape)
        assert differences(whole, whole | {name: changed}) == [name]


def test_other_seeds_and_other_plans_give_other_worlds(batch):
    """So that finding no difference means something."""
    count = len(COMMUNITIES)
    for w in range(count):
        found = differences(everything(batch, w), everything(batch, w + count))
        assert {"people.real", "ties.trust", "tallies", "service"} & set(found)


# Batches and threads


def test_alone_as_in_a_batch(worlds, batch):
    for w, world in enumerate(worlds):
        assert differences(everything(lived([world]), 0), everything(batch, w)) == []


def test_in_any_order(worlds, batch):
    order = np.random.default_rng(1).permutation(len(worlds))
    for chosen in (order, order[::-1], order[:4]):
        shuffled = lived([worlds[w] for w in chosen])
        for place, w in enumerate(chosen):
            assert differences(everything(shuffled, place), everything(batch, int(w))) == []


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_small_worlds_on_any_number_of_threads(worlds, batch, threads, monkeypatch):
    monkeypatch.setattr(engine, "CHUNK", 500)  # so that several threads have something to do
    assert len(engine.chunks(np.arange(len(worlds)), np.diff(batch.state.worlds.first_person))) > 4
    assert digest(lived(worlds, threads)) == digest(batch)


@pytest.fixture(scope="module")
def city() -> tuple[World, Population]:
    """A world of several blocks, lived by the path for small worlds."""
    world = World(made("town", ("awareness_campaign", "gatekeeper_training"), 20_000, burn_in=2), 3)
    return world, lived([world], weeks=5)


@pytest.mark.parametrize("threads", [2, 3, 4])  # one thread takes the path for small worlds, whatever their size
def test_the_path_for_large_worlds_gives_the_same(city, threads, monkeypatch):
    world, population = city
    called = []
    large = engine.live_large
    monkeypatch.setattr(engine, "LARGE", 1000)
    monkeypatch.setattr(engine, "live_large", lambda *arguments: called.append(large(*arguments)))
    assert differences(everything(lived([world], threads, 5), 0), everything(population, 0)) == []
    assert called


def test_sums_are_taken_block_by_block_and_another_order_would_show(city):
    _, population = city
    strata = population.state.people.weeks[STRATUM]
    real = population.state.groups.value[COHESION][population.state.people.group]
    written = population.output.tallies[0, 5, :, TALLIES.index("cohesion")]

    def summed(block: int) -> np.ndarray:
        total = np.zeros(written.size)
        for first in range(0, real.size, block):
            part = np.zeros(written.size)
            np.add.at(part, strata[first : first + block], real[first : first + block])
            total += part
        return total

    assert np.array_equal(summed(engine.BLOCK), written)
    assert not np.array_equal(summed(real.size), written)
    assert summed(real.size) == pytest.approx(written, rel=1e-9)


def test_populations_run_from_several_python_threads_at_once(worlds, batch):
    def run(w: int) -> dict[str, np.ndarray]:
        return everything(lived([worlds[w]], 2), 0)

    with ThreadPoolExecutor(4) as pool:
        for w, found in enumerate(pool.map(run, range(len(worlds)))):
            assert differences(found, everything(batch, w)) == []


# Time


def test_in_one_go_or_in_steps(worlds, batch):
    population = Population(worlds, WEEKS, census_every=4)
    for until in (0, 0, 1, 2, 7, 7, WEEKS):
        population.run(until, threads=1 + until % 2)
    assert digest(population) == digest(batch)


def test_a_longer_horizon_changes_nothing_before_it(worlds, batch):
    population = Population(worlds, WEEKS + 10, census_every=4)
    population.run(WEEKS)
    for name in ("tallies", "service", "census"):
        longer, shorter = getattr(population.output, name), getattr(batch.output, name)
        assert longer[:, : WEEKS + 1].tobytes() == shorter.tobytes()
        assert not np.any(longer[:, WEEKS + 1 :] > 0.0)
    for array, other in zip(population.state.people, batch.state.people, strict=True):
        assert array.tobytes() == other.tobytes()


OTHER_PROCESS = """
import sys
sys.path.insert(0, sys.argv[1])
import test_same_bits as t
print(t.digest(t.lived([t.World(t.made(*c), 2) for c in t.COMMUNITIES[:4]], threads=int(sys.argv[2]))))
"""


def digest_elsewhere(**environment: str) -> str:
    """The digest of the first four communities under seed 2, from a process of its own."""
    path = os.pathsep.join([str(Path(sim.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    surroundings = os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": path} | environment
    command = [sys.executable, "-c", OTHER_PROCESS, str(Path(__file__).parent), "2"]
    there = subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=600, check=True)
    return there.stdout.split()[-1]


@pytest.fixture(scope="module")
def digest_here(worlds) -> str:
    return digest(lived(worlds[len(COMMUNITIES) : len(COMMUNITIES) + 4]))


def test_in_another_process(digest_here):
    assert digest_elsewhere() == digest_here


@pytest.mark.slow
def test_compiled_anew(digest_here, tmp_path):
    assert digest_elsewhere(NUMBA_CACHE_DIR=str(tmp_path)) == digest_here


@pytest.mark.slow
def test_a_world_that_is_large_without_being_told(monkeypatch):
    world = World(made("town", ("cohesion_training", "screening"), engine.LARGE + 5000, burn_in=3), 8)
    found = digest(lived([world], 2, 8))
    assert digest(lived([world], 1, 8)) == found
    monkeypatch.setattr(engine, "LARGE", 10 * engine.LARGE)
    assert digest(lived([world], 1, 8)) == found


# Plans on one seed


def test_plans_on_one_seed_begin_in_the_same_world():
    people = 300
    chosen = [World(made("secondary_school", (plan,), people), 4) for plan in PLANS]
    population = Population(chosen, 1, census_every=4)
    population.run(0)
    first = everything(population, 0)
    for w, world in enumerate(chosen):
        found = everything(population, w)
        assert set(differences(found, first)) <= {"people.reached"}
        if w % 5 == 0:  # the start that was copied is the one that the world would have lived to itself
            alone = Population([world], 1, census_every=4)
            alone.run(0)
            assert differences(everything(alone, 0), found) == []
    other = Population([World(chosen[0].scenario, 5)], 1, census_every=4)
    other.run(0)
    assert len(differences(everything(other, 0), first)) > 5


def replanned(whole: Scenario, **update: object) -> Scenario:
    """The same scenario with something changed in each of its interventions."""
    changed = {name: item.model_copy(update=update) for name, item in whole.interventions.items()}
    return whole.model_copy(update={"interventions": changed})


def test_a_plan_that_reaches_nobody_is_no_plan():
    plans = [plan for plan in PLANS if plan != "usual"]
    wholes = [made("secondary_school", (plan,), 250) for plan in plans]
    wholes.append(made("secondary_school", plans[:3], 250))
    usual = World(made("secondary_school", (), 250), 6)
    empty = [World(replanned(whole, reach=0.0), 6) for whole in wholes]
    real = [World(replanned(whole, reach=1.0, dose=2.0), 6) for whole in wholes]
    population = lived([usual, *empty, *real], weeks=20)
    nothing = everything(population, 0)
    for w, world in enumerate(empty, start=1):
        assert differences(everything(population, w), nothing) == [], world.scenario.plan_names
    for w, world in enumerate(real, start=1 + len(empty)):
        assert "tallies" in differences(everything(population, w), nothing), world.scenario.plan_names


def test_no_plan_acts_before_it_starts():
    plans = [plan for plan in PLANS if plan != "usual"]
    wholes = [replanned(made("secondary_school", (plan,), 250), start=10, dose=2.0) for plan in plans]
    population = lived([World(whole, 7) for whole in (made("secondary_school", (), 250), *wholes)], weeks=22)
    for name in ("tallies", "service"):
        table = getattr(population.output, name)
        for w in range(1, population.count):
            assert table[w, :10].tobytes() == table[0, :10].tobytes(), plans[w - 1]
    later = population.output.tallies[:, 10:]
    for w in range(1, population.count):
        assert later[w].tobytes() != later[0].tobytes(), plans[w - 1]
