"""Every number in the registry, low against high, changes something that a run shows; set to itself, nothing."""

from functools import cache

import numpy as np
import pytest

import sim
from sim import shipped
from sim.people import FIELDS, column
from sim.population import Population, World
from sim.schema import Dissolve, Stress

SEEDS = (5, 6, 7, 8)
WEEKS, BURN_IN = 40, 40
SIZES = (10.0, 50.0, 160.0)  # of a class, a grade, and the school
OWN = ("norms.conformity", "distress.inertia")  # set to their own values as a control
VERDICT = {"norms.criterion_share", "norms.criterion_weeks"}  # these judge what was tallied; they change no tally

# A place where everything happens to many people: much distress, much asking, and a service with places.
LIVELY = {
    "distress.onset_hazard": 0.01,
    "seeking.unrecognised_weight": "high",
    "seeking.friend_constant": "high",
    "seeking.leader_constant": "high",
    "seeking.professional_constant": "high",
    "care.slots_per_1000": "high",
    "care.access_burden": "high",  # usually 0: then it makes no difference how sessions are held
    "replies.encouragement": "high",
    "peer_support.supporter": "high",
}
# What else must be so for a parameter to be looked at
NEEDS = {
    "norms.count_one": {"norms.influence_form": 1.0},
    "norms.count_several": {"norms.influence_form": 1.0},
    "care.longest_expected_wait": {"care.slots_per_1000": "low"},
    "seeking.recognition_past_care": {
        "care.ending_chance": "high",
        "distress.fast_remission": "high",
        "distress.slow_share": "low",
        "seeking.recognition_hazard": "high",
    },
    "distress.leader_ratio": {"bonds.reach_trust": "low"},
}
RARE = {"distress.leader_ratio", "seeking.recognition_past_care"}  # few come to it: several worlds are looked at
NEEDS_LINE = {"care.line_relief", "anonymous_line.line"}  # the open line hides what knowledge of a service does


@cache
def base(with_line):
    """A small school in which all interventions are at work, classes dissolve, and times are stressful."""
    plans = [plan for plan in shipped.names("plan") if with_line or plan != "anonymous_line"]
    made = sim.resolve("secondary_school", plans, people=160, weeks=WEEKS)
    units = [unit.model_copy(update={"size": size}) for unit, size in zip(made.setting.units, SIZES, strict=True)]
    events = (
        Stress(kind="stress", week=3, length=4, factor=2.0),
        Dissolve(kind="dissolve", week=12, size=15.0, ties=5.0),
    )
    setting = made.setting.model_copy(update={"units": tuple(units), "events": events, "burn_in": BURN_IN})
    return made.model_copy(update={"setting": setting})


def scenario(name=None, value=None):
    registry, made = sim.registry(), base(name in NEEDS_LINE)
    wanted = LIVELY | NEEDS.get(name, {}) | ({name: value} if name else {})
    for key, x in wanted.items():
        wanted[key] = {"low": registry[key].low, "high": registry[key].high}[x] if isinstance(x, str) else x
    return made.model_copy(update={"parameters": made.parameters | wanted})


@pytest.fixture(scope="module")
def lived():
    """Every parameter low and high, and once more at its own value: all of them worlds of one population."""
    registry, worlds, place = sim.registry(), [], {}

    def add(key, made, seeds=SEEDS[:1]):
        place[key] = range(len(worlds), len(worlds) + len(seeds))
        worlds.extend(World(made, seed) for seed in seeds)

    for name, parameter in registry.items():
        seeds = SEEDS if name in RARE else SEEDS[:1]
        add((name, "low"), scenario(name, parameter.low), seeds)
        add((name, "high"), scenario(name, parameter.high), seeds)
    add("usual", scenario())
    for name in OWN:
        add((name, "same"), scenario(name, scenario().parameters[name]))
    population = Population(worlds, WEEKS)
    population.run(WEEKS, threads=2)
    return population, place


def changes(population, one, other):
    """Where two worlds differ: the names of tables and of people's attributes."""
    output, found = population.output, []
    for name in ("tallies", "census", "service"):
        table = getattr(output, name)
        if not np.array_equal(table[one], table[other], equal_nan=True):
            found.append(name)
    here, there = population.rows(one), population.rows(other)
    for field in FIELDS:
        values = column(population.state.people, field.name)
        shift = [population.state.worlds.first_group[w] if field.name == "group" else 0 for w in (one, other)]
        if not np.array_equal(values[here] - shift[0], values[there] - shift[1]):
            found.append(field.name)
    return found


def changed(lived, one, other):
    population, place = lived
    pairs = zip(place[one], place[other], strict=True)
    return [what for pair in pairs for what in changes(population, *pair)]


@pytest.mark.parametrize("name", sorted(set(sim.registry()) - VERDICT))
def test_a_parameter_changes_something(lived, name):
    assert changed(lived, (name, "low"), (name, "high"))


@pytest.mark.parametrize("name", OWN)
def test_a_parameter_set_to_its_own_value_changes_nothing(lived, name):
    assert changed(lived, (name, "same"), "usual") == []


@pytest.mark.parametrize("name", sorted(VERDICT))
def test_what_only_judges_changes_no_tally(lived, name):
    assert changed(lived, (name, "low"), (name, "high")) == []
