"""The run as a Mesa model: the engine's numbers, Mesa's verbs, exact forks, and Mesa's own tools unmodified."""

import copy
import gc
import inspect
import math
import multiprocessing
import pickle
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from random import Random
from types import MappingProxyType, SimpleNamespace

import mesa
import numpy as np
import pandas as pd
import pytest
from mesa.agentset import AgentSet, _HardKeyAgentSet

import sim
from sim.agents import LONGEST, HelpSeekingModel
from sim.asking import NAMED
from sim.collecting import RESERVED, WEEKLY, Collector
from sim.columns import FIXED, MOST, RANGES
from sim.errors import InputError
from sim.params import registry
from sim.people import BY_NAME, FIELDS, LEADER, column
from sim.population import Population, World
from sim.scenario import names_of, override, resolve
from sim.ties import FUTURE
from sim.windows import Leader, Member, Person

ROOT = Path(__file__).parents[2]
SMALL = {"people": 200, "setting.burn_in": 4}


def small(plan="usual", rng=1, **changes):
    return HelpSeekingModel(plan=plan, rng=rng, **(SMALL | changes))


def planned(plan, weeks, rng=1, **changes):
    """The same community in the engine alone."""
    scenario = override(resolve("secondary_school", plan, people=200), {"setting.burn_in": 4} | changes)
    population = Population([World(scenario, rng)], weeks)
    population.run(weeks)
    return population


def assert_same(one, other, weeks, census=True):
    """The same state, and the same written down up to a week, to the last bit."""
    for name in ("people", "ties", "groups"):
        mine, theirs = getattr(one.state, name)._asdict(), getattr(other.state, name)._asdict()
        for field, array in mine.items():
            assert array.tobytes() == theirs[field].tobytes(), f"{name}.{field}"
    assert one.state.worlds.expected_wait.tobytes() == other.state.worlds.expected_wait.tobytes()
    for name in ("tallies", "service", "census"):
        a, b = (getattr(each.output, name)[:, : weeks + 1] for each in (one, other))
        known = ~np.isnan(a) & ~np.isnan(b) if name == "census" else np.full(a.shape, True)
        assert known.any()
        assert a[known].tobytes() == b[known].tobytes(), name


def differs(one, other):
    return one.state.people.real.tobytes() != other.state.people.real.tobytes()


@pytest.fixture(scope="module")
def lived():
    """A model to look at, not to change."""
    model = small(["peer_leaders", "screening"])
    model.run_for(6)
    return model


@pytest.fixture
def model():
    return small()


# The engine's numbers


def test_a_model_is_the_engine_s_run_to_the_last_bit():
    model = small(["peer_leaders", "capacity"], rng=5)
    for _ in range(10):
        model.step()
    assert (model.week, model.time, model.steps) == (10, 10.0, 10)
    assert_same(model.population, planned(["peer_leaders", "capacity"], 10, rng=5), 10)
    assert differs(model.population, planned(["peer_leaders", "capacity"], 10, rng=6))


def test_there_is_room_for_more_weeks_and_nothing_is_lost(model):
    model.run_for(70)
    assert model.population.output.tallies.shape[1] > 71
    assert_same(model.population, planned("usual", 70), 70)


def test_room_grows_to_the_longest_run_and_no_further(model):
    model.population.lengthen(LONGEST)
    model.state.worlds.week[0] = LONGEST
    with pytest.raises(InputError, match="longest run"):
        model.step()


def test_measures_are_those_of_the_stored_tallies(lived):
    table = lived.population.output.tallies[0, lived.week].sum(axis=0)
    people, distress, mild, moderate, severe = table[:5]
    assert lived.mean_distress == pytest.approx(distress / people, rel=1e-12)
    assert lived.elevated == pytest.approx((moderate + severe) / people, rel=1e-12)
    assert lived.series()["mild"][-1] == pytest.approx(mild / people, rel=1e-12)
    scores = lived.agents.get("distress")
    assert people == len(scores)
    assert lived.elevated == pytest.approx((scores >= 10).mean(), rel=1e-12)


def test_a_measure_now_is_the_last_of_its_series_to_the_last_bit(model):
    for until in (0, 3, 15):
        model.run_for(until - model.week or 1) if until else None
        now = {name: model.measure(name) for name in WEEKLY}
        series = model.series()
        assert {name: series[name][-1] for name in WEEKLY} == pytest.approx(now, rel=0, abs=0, nan_ok=True)


def test_the_network_is_counted_when_it_is_asked_for(model):
    model.run_for(5)
    assert np.isnan(model.series()["isolates"][5])
    trusted = [len(person.confidants) for person in model.agents]
    assert model.density == pytest.approx(sum(trusted) / len(trusted) / (len(trusted) - 1), rel=1e-12)
    assert not np.isnan(model.series()["density"][5])


def test_several_models_at_once_do_not_meet():
    models = [small("peer_leaders", rng=seed) for seed in (1, 2, 1)]
    for _ in range(4):
        for each in models:
            each.step()
    assert_same(models[0].population, models[2].population, 4)
    assert differs(models[0].population, models[1].population)


def test_models_can_be_made_in_threads():
    def made(seed):
        model = small("peer_leaders", rng=seed)
        model.run_for(3)
        return model

    with ThreadPoolExecutor(4) as pool:
        models = list(pool.map(made, [1, 2, 3, 4]))
    for seed, model in enumerate(models, 1):
        assert_same(model.population, made(seed).population, 3)


# How a model is asked for


def test_numbers_are_changed_by_flat_or_dotted_names():
    flat = small("peer_leaders", norms_conformity=2.0, peer_leaders_reach=0.1)
    dotted = small("peer_leaders", **{"norms.conformity": 2.0, "peer_leaders.reach": 0.1})
    for model in (flat, dotted):
        assert model.resolved.parameters["norms.conformity"] == 2.0
        assert model.resolved.interventions["peer_leaders"].reach == 0.1
        model.run_for(3)
    assert_same(flat.population, dotted.population, 3)
    assert differs(flat.population, planned("peer_leaders", 3))


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ({"norms_conformty": 2.0}, "norms_conformity"),
        ({"norms.conformty": 2.0}, "norms.conformity"),
        ({"conformity": 2.0}, "norms_conformity"),
        ({"peer_leaders.reech": 0.1}, "peer_leaders.reach"),
        ({"plans": "usual"}, "plan"),
        ({"seed": 3}, "rng"),
        ({"week": 3}, "weeks"),
    ],
)
def test_an_unknown_name_is_an_error_with_the_nearest_right_one(given, hint):
    with pytest.raises(InputError, match="no such parameter") as caught:
        small("peer_leaders", **given)
    assert caught.value.key == next(iter(given))
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    "given",
    [
        {"norms_conformity": 2.0, "norms.conformity": 2.0},
        {"norms_conformity": 99.0},
        {"norms_conformity": "much"},
        {"setting": "secondary_scool"},
        {"plan": "peer_leader"},
        {"people": 3},
        {"weeks": 0},
        {"rng": -1},
        {"rng": 2**64},
        {"rng": 1.5},
        {"rng": True},
        {"rng": "today"},
        {"scenario": object()},
        {"setting": resolve("karate_club"), "plan": "capacity"},
        {"setting": resolve("karate_club"), "people": 5},
    ],
)
def test_what_cannot_be_is_an_input_error(given):
    with pytest.raises(InputError):
        HelpSeekingModel(**given)


def test_no_two_names_are_the_same_when_written_flat():
    names = [name for name in names_of(resolve("training_school", ["peer_leaders", "capacity"])) if "." in name]
    flat = [name.replace(".", "_") for name in names]
    assert len(names) > 150
    assert len(set(flat)) == len(flat)
    assert not set(flat) & set(NAMED)


@pytest.mark.parametrize("rng", [7, np.int64(7), "7"])
def test_a_seed_is_a_seed_however_it_is_given(rng):
    assert small(rng=rng).seed_used == 7


def test_a_seed_that_was_drawn_is_told_and_makes_the_same_run():
    drawn = small(rng=None)
    again = small(rng=drawn.seed_used)
    assert_same(drawn.population, again.population, 0)
    assert drawn.seed_used == drawn.datacollector.model_vars["seed_used"][0]
    assert small(rng=None).seed_used != drawn.seed_used
    assert small(rng=np.random.SeedSequence(4)).seed_used == small(rng=np.random.SeedSequence(4)).seed_used


def test_running_ends_after_the_weeks_asked_for():
    model = small(weeks=3)
    model.run_model()
    assert (model.week, model.running) == (3, False)
    model.step()
    assert model.week == 4


def test_without_weeks_a_model_goes_on_but_run_model_ends():
    scenario = override(resolve("karate_club"), {"weeks": 5, "setting.burn_in": 0})
    model = HelpSeekingModel.from_scenario(scenario, seed=2)
    model.run_model()
    assert (model.week, model.running) == (5, True)
    model.run_for(2)
    assert (model.week, model.running) == (7, True)


def test_a_network_of_one_s_own_is_a_model_with_its_names():
    model = HelpSeekingModel("karate_club", rng=3)
    assert len(model.agents) == 34
    person = model.agents[0]
    assert person.name == model.structure.ids[0]
    assert repr(person) == f"<{type(person).__name__} {person.name} in {person.group_name}>"
    friendships = {frozenset((person, other)) for person in model.agents for other in person.neighbours}
    assert len(friendships) == 78


def test_mesa_s_signature_holds_no_scenario_and_the_page_s_empty_one_is_let_be():
    from mesa.experimental.scenarios import Scenario

    names = list(inspect.signature(HelpSeekingModel).parameters)
    assert names == [*NAMED, "parameters"]
    assert_same(small(scenario=Scenario(rng=None), rng=4).population, small(rng=4).population, 0)
    with pytest.raises(InputError, match="scenario"):
        small(scenario=Scenario(rng=None, norms_conformity=2.0))


# Forks and plans


@pytest.mark.parametrize("forked", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m)), HelpSeekingModel.fork])
def test_a_fork_goes_on_exactly_as_the_original_would(forked):
    model = small("peer_leaders")
    model.run_for(5)
    fork = forked(model)
    assert not differs(model.population, fork.population)
    fork.run_for(4)
    assert (model.week, fork.week, fork.time) == (5, 9, 9.0)
    assert_same(fork.population, planned("peer_leaders", 9), 9)
    model.run_for(4)
    assert_same(model.population, fork.population, 9)
    one, other = (each.datacollector.get_model_vars_dataframe() for each in (model, fork))
    pd.testing.assert_frame_equal(one, other)
    assert one.shape == (10, len(WEEKLY) + 1)


def test_a_fork_shares_nothing_with_the_original(model):
    model.run_for(2)
    fork = model.fork()
    before = model.state.people.real.copy()
    fork.agents.set("self_stigma", 3.0)
    fork.apply("peer_leaders")
    fork.step()
    assert model.state.people.real.tobytes() == before.tobytes()
    assert model.resolved.interventions == {}
    assert model.agents[0] != fork.agents[0]
    assert fork.agents[0].model is fork


@pytest.mark.parametrize(
    ("base", "added"),
    [("usual", "peer_leaders"), ("capacity", ["awareness_campaign", "screening"]), ("peer_leaders", "leader_training")],
)
def test_what_is_added_on_a_date_is_as_if_it_had_been_planned_all_along(base, added):
    model = small(base)
    model.run_for(6)
    fork = model.fork()
    names = fork.add_plan(added, start=9)
    fork.run_for(8)
    both = [base, *([added] if isinstance(added, str) else added)]
    usual = resolve("secondary_school", both).interventions
    first = min(usual[name].start for name in names)
    moves = {f"plans.{name}.start": usual[name].start - first + 9 for name in names}
    assert_same(fork.population, planned(both, 14, **moves), 14)
    assert differs(fork.population, planned(base, 14))


def test_plans_added_to_one_s_own_network_reach_by_its_ties_at_the_start():
    model = HelpSeekingModel("karate_club", rng=3)
    model.run_for(4)
    model.apply("peer_leaders", peer_leaders_reach=0.25)
    model.run_for(4)
    scenario = override(resolve("karate_club", "peer_leaders"), {"peer_leaders.start": 5, "peer_leaders.reach": 0.25})
    population = Population([World(scenario, 3)], 8)
    population.run(8)
    assert_same(model.population, population, 8)


def test_a_plan_can_be_changed_as_it_is_added_and_is_noted(model):
    assert model.add_plan("peer_leaders", start=2, peer_leaders_reach=0.5) == ["peer_leaders"]
    assert model.add_plan("capacity", **{"capacity.start": 3}) == ["capacity"]
    assert model.apply("usual") == []
    resolved = model.resolved
    assert list(resolved.interventions) == ["capacity", "peer_leaders"]
    assert resolved.interventions["peer_leaders"].reach == 0.5
    assert [item.start for item in resolved.interventions.values()] == [3, 2]
    assert resolved.plan_names == ("usual", "peer_leaders", "capacity", "usual")
    assert set(resolved.interventions) <= set(resolved.origins)
    model.run_for(3)
    assert model.reached > 0.4


@pytest.mark.parametrize(
    ("plan", "given", "message"),
    [
        ("peer_leaders", {"start": 3}, "has been lived"),
        ("peer_leaders", {}, "has been lived"),
        ("capacity", {"start": 9}, "part of the run already"),
        ("peer_leader", {"start": 9}, "peer_leaders"),
        ("peer_leaders", {"start": 9, "norms_conformity": 2.0}, "no such parameter"),
        ("peer_leaders", {"start": 9, "peer_leaders_reach": 7}, "cannot be used"),
        ("peer_leaders", {"start": 9999}, "cannot be used"),
    ],
)
def test_a_plan_that_cannot_be_added_changes_nothing(plan, given, message):
    model = small("capacity")
    model.run_for(3)
    with pytest.raises(InputError, match=message):
        model.add_plan(plan, **given)
    assert list(model.resolved.interventions) == ["capacity"]
    model.run_for(2)
    assert_same(model.population, planned("capacity", 5), 5)


# People as agents


def test_every_column_can_be_read_and_one_s_own_state_written(model):
    model.run_for(2)
    person = model.agents[7]
    for field in FIELDS:
        stored = column(model.state.people, field.name)[7]
        read = getattr(person, field.name)
        assert (read, type(read)) == (stored, float if stored.dtype.kind == "f" else int)
        assert field.meaning in getattr(Person, field.name).__doc__
        if field.name not in FIXED:
            setattr(person, field.name, read)
            assert column(model.state.people, field.name)[7] == stored
    person.self_stigma = 1
    assert column(model.state.people, "self_stigma")[7] == 1.0
    assert model.agents[6].self_stigma != 1.0


def test_what_is_written_is_what_the_engine_goes_on_with(model):
    fork = model.fork()
    fork.agents.set("injunctive_norm", 1.0)
    for each in (model, fork):
        each.run_for(1)
    assert fork.injunctive_norm > model.injunctive_norm + 0.5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("self_stigma", math.nan),
        ("self_stigma", math.inf),
        ("self_stigma", 1e39),
        ("self_stigma", "high"),
        ("self_stigma", [1.0, 2.0]),
        ("self_stigma", None),
        ("injunctive_norm", 1.01),
        ("descriptive_norm", -0.01),
        ("distress", 28),
        ("episode", 2),
        ("episode", 0.5),
        ("weeks_in_need", -1),
        ("weeks_in_need", 40_000),
        ("encouraged", 256),
        ("help_status", 3),
        ("group", 10_000),
        ("group", -1),
    ],
)
def test_what_a_column_cannot_hold_is_refused_and_nothing_is_written(model, name, value):
    before = column(model.state.people, name).copy()
    with pytest.raises(InputError) as caught:
        setattr(model.agents[0], name, value)
    assert caught.value.key == name
    everybody = value if isinstance(value, list) else [value] * len(model.agents)
    with pytest.raises(InputError):
        model.agents.set(name, everybody)
    assert (column(model.state.people, name) == before).all()


def test_every_limit_is_one_of_a_column():
    assert set(MOST) | set(FIXED) <= set(BY_NAME)
    assert set(RANGES) <= {field.unit for field in FIELDS}


@pytest.mark.parametrize("name", [*FIXED, "cohesion", "unique_id", "ties", "self_stgima", "mood"])
def test_what_is_no_state_of_a_person_cannot_be_set(model, name):
    with pytest.raises(AttributeError, match="self_stigma" if name == "self_stgima" else None):
        setattr(model.agents[0], name, 1)
    with pytest.raises(AttributeError):
        model.agents.set(name, 1)


def test_nothing_of_mesa_s_own_is_hidden():
    assert not set(WEEKLY) & set(dir(mesa.Model))
    assert not set(WEEKLY) & set(vars(small()))
    taken = set(dir(mesa.Agent)) | {"model", "number", *vars(Person)} - set(BY_NAME)
    assert not set(BY_NAME) & taken


def test_windows_are_equal_by_model_and_number(lived):
    one, again, other = lived.agents[3], lived.agents[3], lived.agents[4]
    assert one is not again
    assert (one == again, one == other, hash(one) == hash(again)) == (True, False, True)
    assert {one: "kept"}[again] == "kept"
    assert one != small().agents[3]
    assert [person.unique_id for person in lived.agents] == list(range(1, len(lived.agents) + 1))


def test_a_set_stays_whole_though_nobody_holds_its_windows(lived):
    chosen = lived.agents.select(lambda person: person.distress >= 5)
    gc.collect()
    assert len(chosen) == len(chosen.to_list()) == (lived.agents.get("distress") >= 5).sum() > 0
    assert len(AgentSet(lived.agents, random=Random(1))) == 0  # Mesa's own forgets them


def test_people_step_and_leave_only_together(model):
    with pytest.raises(RuntimeError, match=r"model\.step"):
        model.agents.do("step")
    with pytest.raises(RuntimeError, match="cannot leave"):
        model.agents[0].remove()
    with pytest.raises(RuntimeError, match="windows"):
        mesa.Agent(model)
    with pytest.raises(AttributeError):
        model.agents = []


def test_ties_are_those_of_the_table_and_none_that_are_to_come():
    model = HelpSeekingModel("training_school", people=300, **{"setting.burn_in": 2})
    ties, later = model.state.ties, 0
    for person in model.agents[:40]:
        entries = slice(ties.start[person.number], ties.start[person.number + 1])
        now = ties.kind[entries] < FUTURE
        later += (~now).sum()
        assert [each.person.number for each in person.ties] == ties.target[entries][now].tolist()
        assert [each.trust for each in person.ties] == ties.trust[entries][now].tolist()
        assert person.neighbours == person.neighbors
        assert person not in person.neighbours
    assert later > 0


def test_confidants_are_those_whom_the_engine_counts(lived):
    for person in lived.agents:
        assert len(person.confidants.select(agent_type=Member)) == person.reachable_friends
        assert len(person.confidants.select(agent_type=Leader)) == person.reachable_leaders


def test_groups_have_members_and_values(lived):
    person = lived.agents[30]
    assert person.groupmates.get("group").tolist() == [person.group] * len(person.groupmates)
    assert len(person.groupmates) + 1 == (lived.agents.get("group") == person.group).sum()
    assert person.group_name == f"class {person.group + 1}"
    assert person.cohesion == lived.agents.get("cohesion")[30]
    assert lived.cohesion == pytest.approx(lived.agents.agg("cohesion", np.mean), rel=1e-12)


def test_members_and_leaders_are_types(lived):
    by_type = lived.agents_by_type
    assert lived.agent_types == list(by_type) == [Member, Leader]
    assert (by_type[Leader].get("role") == LEADER).all()
    assert len(by_type[Member]) + len(by_type[Leader]) == len(lived.agents)
    assert all(isinstance(person, Leader) for person in by_type[Leader])


def test_columns_come_wide_enough_to_reckon_with(lived):
    people = lived.agents
    assert people.get("distress").dtype == np.float64
    assert (people.get("asked") - 1).min() == -1
    assert people.get(["distress", "episode"]).shape == (len(people), 2)
    assert people.get("mood", handle_missing="default", default_value=0) == [0] * len(people)
    assert people.get("group_name")[0] == people[0].group_name
    assert people.get(["unique_id", "group_name"])[1] == [2, people[1].group_name]
    with pytest.raises(AttributeError, match="distress"):
        people.get("distres")
    with pytest.raises(ValueError, match="handle_missing"):
        people.get("distress", handle_missing="ignore")
    before = people.get("distress")
    before[:] = 0
    assert people.get("distress").any()


def test_sets_behave_as_mesa_s_own(lived):
    ours = lived.agents
    theirs = _HardKeyAgentSet(ours.to_list(), random=Random(5))
    windows = list(theirs)  # Mesa's results hold them weakly

    def same(one, other):
        assert [person.number for person in one] == [person.number for person in other]
        assert len(one) > 0

    def need(person):
        return person.episode == 1

    same(ours.select(need), theirs.select(need))
    same(ours.select(need, at_most=3), theirs.select(need, at_most=3))
    same(ours.select(at_most=0.1), theirs.select(at_most=0.1))
    same(ours.select(agent_type=Leader, at_most=2), theirs.select(agent_type=Leader, at_most=2))
    same(ours.select(agent_type=mesa.Agent), theirs.select(agent_type=mesa.Agent))
    same(ours.select(need, agent_type=Member), theirs.select(need, agent_type=Member))
    same(ours.sort("distress"), theirs.sort("distress"))
    same(ours.sort("group"), theirs.sort("group"))
    same(ours.sort("group", ascending=True), theirs.sort("group", ascending=True))
    same(ours.sort("group_name"), theirs.sort("group_name"))
    same(ours.sort(lambda person: -person.distress), theirs.sort(lambda person: -person.distress))
    lived.random.seed(5)
    same(ours.shuffle(), theirs.shuffle())
    one, other = [], []
    lived.random.seed(6)
    ours.shuffle_do(one.append)
    theirs.random.seed(6)
    theirs.shuffle_do(other.append)
    same(one, other)
    assert ours.map(lambda person, more: person.distress + more, 1) == theirs.map(lambda p, more: p.distress + more, 1)
    assert ours.get("distress").tolist() == theirs.get("distress")
    assert ours.agg("distress", [min, max]) == theirs.agg("distress", [min, max])
    for by in ("group", "group_name", need):
        assert ours.groupby(by).count() == theirs.groupby(by).count()
        assert list(ours.groupby(by).groups) == list(theirs.groupby(by).groups)
    assert ours.groupby("episode", result_type="list").groups == theirs.groupby("episode", result_type="list").groups
    assert ours.groupby("episode").agg("distress", max) == theirs.groupby("episode").agg("distress", max)
    assert ours.groupby("role").map("get", "role")[LEADER].tolist() == [LEADER] * len(lived.agents_by_type[Leader])
    assert len(windows) == len(ours)


def test_a_set_can_be_chosen_by_an_array(lived):
    people = lived.agents
    ill = people.select(people.get("distress") >= 10)
    assert ill == people.select(lambda person: person.distress >= 10)
    leaders = ill.select(ill.get("role") == LEADER)
    assert leaders <= ill <= people
    with pytest.raises(InputError, match="cannot be chosen"):
        people.select(people.get("distress"))
    with pytest.raises(InputError, match="cannot be chosen"):
        people.select([True, False])


def test_a_set_of_one_s_own_can_change_and_the_model_s_does_not(model):
    people = model.agents
    few = people.select(at_most=3)
    few.add(people[9])
    few.add(people[9])
    few.discard(people[0])
    few.discard(people[0])
    assert [person.number for person in few] == [1, 2, 9]
    assert (people[9] in few, people[0] in few, "nobody" in few, small().agents[9] in few) == (
        True,
        False,
        False,
        False,
    )
    with pytest.raises(KeyError):
        few.remove(people[0])
    with pytest.raises(InputError, match="same model"):
        few.add(small().agents[0])
    more = people.select(at_most=2)
    assert [len(each) for each in (few & more, few | more, few - more, few ^ more)] == [1, 4, 2, 3]
    alone = few.copy()
    alone.select(at_most=1, inplace=True)
    assert (len(alone), len(few), len(model.agents)) == (1, 3, len(people))
    assert few[-1] == people[9]
    assert few[1:] == [people[2], people[9]]
    few.set("self_stigma", [1.0, 2.0, 3.0]).set("episode", 1)
    assert [person.self_stigma for person in few] == [1.0, 2.0, 3.0]
    assert model.agents[9].self_stigma == 3.0
    assert few.do(lambda person: setattr(person, "recognised", 1)) is few
    assert few.get("recognised").tolist() == [1, 1, 1]


# Collecting


def spoken(model):
    return model.speaks * 2


def doubled(person, times=2):
    return person.distress * times


OF_MODEL = {"speaks": "speaks", "density": "density", "twice": spoken, "day": "time"}
OF_PEOPLE = {"own_distress": "distress", "own_group": "group", "twice_own": doubled, "thrice_own": [doubled, [3]]}


def test_the_collector_takes_down_what_mesa_s_own_does(model):
    ours = Collector(OF_MODEL, OF_PEOPLE, {Leader: {"led": "group_name"}}, {"notes": ["week"]})
    theirs = mesa.DataCollector(OF_MODEL, OF_PEOPLE, {Leader: {"led": "group_name"}}, {"notes": ["week"]})
    for _ in range(3):
        model.step()
        for each in (ours, theirs):
            each.collect(model)
            each.add_table_row("notes", {"week": model.week})
    pd.testing.assert_frame_equal(ours.get_model_vars_dataframe(), theirs.get_model_vars_dataframe())
    pd.testing.assert_frame_equal(ours.get_agent_vars_dataframe(), theirs.get_agent_vars_dataframe())
    one, other = (each.get_agenttype_vars_dataframe(Leader) for each in (ours, theirs))
    pd.testing.assert_frame_equal(one, other)
    assert len(one) == 3 * len(model.agents_by_type[Leader])
    assert ours.get_table_dataframe("notes")["week"].tolist() == [1, 2, 3]
    assert ours._agent_records[2.0] == theirs._agent_records[2.0]
    assert len(ours._agent_records) == 3


def test_a_collector_survives_pickling_with_what_it_holds(model):
    model.datacollector = Collector(OF_MODEL, OF_PEOPLE, {Leader: {"led": "group_name"}})
    model.run_for(2)
    again = pickle.loads(pickle.dumps(model))
    for name in ("get_model_vars_dataframe", "get_agent_vars_dataframe"):
        one, other = (getattr(each.datacollector, name)() for each in (model, again))
        pd.testing.assert_frame_equal(one, other)


def test_what_was_collected_stays_as_it_was(model):
    model.datacollector = Collector({"speaks": "speaks"}, {"own": "distress"})
    model.run_for(2)
    before = model.datacollector.get_agent_vars_dataframe().copy()
    speaks = model.datacollector.model_vars["speaks"][:]
    model.agents.set("distress", 0)
    model.run_for(2)
    pd.testing.assert_frame_equal(model.datacollector.get_agent_vars_dataframe().loc[:2.0], before)
    assert model.datacollector.model_vars["speaks"][:2] == speaks
    assert repr(model.datacollector.model_vars["speaks"]) == repr(list(model.datacollector.model_vars["speaks"]))


@pytest.mark.parametrize(
    "reporters",
    [
        ({"self_stigma": "self_stigma"}, {"self_stigma": "self_stigma"}, None),
        ({"waiting": "waiting"}, None, {Leader: {"waiting": "help_status"}}),
        ({"plan": "seed_used"}, None, None),
        (None, {"Step": "distress"}, None),
    ],
)
def test_names_that_would_overwrite_one_another_in_batch_rows_are_refused(reporters):
    with pytest.raises(InputError, match="is taken"):
        Collector(*reporters)


def test_no_measure_is_called_as_something_else_in_batch_rows(model):
    names = set(model.datacollector.model_reporters)
    scenario = resolve("secondary_school", ["peer_leaders", "capacity"])
    assert names == {"seed_used", *WEEKLY}
    assert not names & {*RESERVED, *names_of(scenario), *(name.replace(".", "_") for name in names_of(scenario))}


def test_a_collector_without_anything_says_so_as_mesa_s_own():
    for name in ("get_model_vars_dataframe", "get_agent_vars_dataframe"):
        with pytest.raises(UserWarning, match="No"):
            getattr(Collector(), name)()
    empty = Collector({"speaks": "speaks"}, {"own": "distress"})
    assert empty.get_model_vars_dataframe().empty
    assert empty.get_agent_vars_dataframe().empty


# Mesa's own tools


@pytest.fixture
def start_method():
    """batch_run sets how processes start for the whole program."""
    before = multiprocessing.get_start_method(allow_none=True)
    yield
    multiprocessing.set_start_method(before, force=True)


@pytest.mark.usefixtures("start_method")
def test_batch_run_works_as_written():
    rows = mesa.batch_run(
        sim.HelpSeekingModel,
        parameters={"setting": "secondary_school", "plan": ["usual", "peer_leaders"]},
        rng=[1, 2],
        max_steps=26,
        display_progress=False,
    )
    assert len(rows) == 4
    assert [(row["plan"], row["rng"], row["Step"]) for row in rows] == [
        (plan, seed, 26.0) for seed in (1, 2) for plan in ("usual", "peer_leaders")
    ]
    for row in rows:
        model = HelpSeekingModel(row["setting"], row["plan"], rng=row["rng"])
        model.run_for(26)
        measures = {name: model.measure(name) for name in WEEKLY}
        assert {name: row[name] for name in WEEKLY} == pytest.approx(measures, rel=0, abs=0, nan_ok=True)
        assert not np.isnan([row[name] for name in ("elevated", "isolates", "clustering", "sought_in_time")]).any()


class WithPeople(HelpSeekingModel):
    """A subclass that takes down people, as the documentation shows."""

    model_reporters = MappingProxyType({"speaks": "speaks", "isolates": "isolates"})
    agent_reporters = MappingProxyType({"own_distress": "distress"})


@pytest.mark.usefixtures("start_method")
def test_batch_run_takes_dotted_names_periods_and_people():
    rows = mesa.batch_run(
        WithPeople,
        parameters={"people": 200, "setting.burn_in": 2, "norms.conformity": [0.5, 3.0]},
        rng=3,
        max_steps=4,
        data_collection_period=2,
        display_progress=False,
    )
    table = pd.DataFrame(rows)
    people = table.groupby(["norms.conformity", "Step"]).AgentID.nunique()
    assert people.index.tolist() == [(value, step) for value in (0.5, 3.0) for step in (0.0, 2.0, 4.0)]
    assert people.nunique() == 1
    model = WithPeople(rng=3, people=200, norms_conformity=3.0, setting_burn_in=2)
    model.run_for(4)
    last = table[(table["norms.conformity"] == 3.0) & (table.Step == 4.0)]
    assert last.own_distress.tolist() == model.agents.get("distress").tolist()
    assert last.speaks.unique().tolist() == [model.speaks]


SCRIPT = """
import json, sys
import mesa
import sim

def rows(processes):
    parameters = {"people": 200, "setting.burn_in": 2, "plan": ["usual", "peer_leaders"]}
    found = mesa.batch_run(sim.HelpSeekingModel, parameters, rng=[1, 2], max_steps=3, number_processes=processes,
                           display_progress=False)
    return sorted(json.dumps(row) for row in found)

if __name__ == "__main__":
    one, two = rows(1), rows(2)
    assert len(one) == 4 and one == two, (one, two)
    print("the same")
"""


@pytest.mark.slow
def test_batch_run_is_the_same_in_two_processes(tmp_path):
    script = tmp_path / "batch.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "-W", "error", script], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stdout == "the same\n", done.stderr


@pytest.mark.slow
def test_the_model_runs_on_mesa_s_page():
    import ipyvuetify as v
    import solara

    spec = spec_from_file_location("solara_viz", ROOT / "docs/examples/solara_viz.py")
    page = module_from_spec(spec)
    spec.loader.exec_module(page)

    @solara.component
    def root():
        with solara.AppLayout():
            page.Page()

    made = []

    class Recorded(HelpSeekingModel):
        def __init__(self, rng=1, **parameters):
            super().__init__(rng=rng, **parameters)
            made.append(self)

    page.sim = SimpleNamespace(HelpSeekingModel=Recorded)
    _, rendered = solara.render(root(), handle_error=False)
    try:
        rendered.find(v.Btn, children=["Step"]).widget.click()
        rendered.find(v.Btn, children=["Step"]).widget.click()
        rendered.find(v.Slider, label="conformity").widget.v_model = 3.0
        seed = rendered.find(v.TextField).widget
        seed.v_model = "7"
        seed.fire_event("focusout", "")
        rendered.find(v.Btn, children=["Reset"]).widget.click()
        rendered.find(v.Btn, children=["Step"]).widget.click()
    finally:
        rendered.close()
    found = [(each.week, each.seed_used, each.resolved.parameters["norms.conformity"]) for each in made]
    assert found == [(2, 1, registry()["norms.conformity"].value), (1, 7, 3.0)]


@pytest.mark.usefixtures("start_method")
def test_the_documentation_runs_as_written():
    text = (ROOT / "docs/mesa.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 5
    names = {}
    for block in blocks:
        exec(compile(block, "docs/mesa.md", "exec"), names)


def test_the_public_name_is_the_model():
    assert sim.HelpSeekingModel is HelpSeekingModel
