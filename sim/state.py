"""All that the engine reads and writes: the arrays of every world, and what is written down of them."""

from typing import NamedTuple

import numpy as np

from sim import interventions
from sim.compiled import borrowed, compiled
from sim.groups import Groups
from sim.people import People
from sim.ties import Ties


class Worlds(NamedTuple):
    """One array per attribute, one row per world; ``first_...`` have one row more than there are worlds."""

    seed: np.ndarray  # uint64
    first_person: np.ndarray  # int64
    first_group: np.ndarray  # int64
    first_plan: np.ndarray  # int64
    week: np.ndarray  # int64: the last week lived
    expected_wait: np.ndarray  # float64: weeks, as last week's queue lets people expect
    stress_start: np.ndarray  # int64 (worlds, times): 0 is none
    stress_length: np.ndarray  # int64 (worlds, times)
    stress_factor: np.ndarray  # float64 (worlds, times)
    dissolve_week: np.ndarray  # int64 (worlds, events): 0 is none


class State(NamedTuple):
    """All that the engine reads and writes."""

    people: People
    ties: Ties
    groups: Groups
    plans: interventions.Plans
    worlds: Worlds
    parameters: np.ndarray
    next_group: np.ndarray  # int32 (events, people): the group each person moves to when groups dissolve


class Output(NamedTuple):
    """What is written down: by world, week (0 is the baseline), subgroup and tally."""

    tallies: np.ndarray  # float64 (worlds, weeks + 1, subgroups, tallies)
    census: np.ndarray  # float64 (worlds, weeks + 1, subgroups, census tallies); not a number in weeks without a count
    service: np.ndarray  # float64 (worlds, weeks + 1, service tallies)


@compiled
def bare(state):
    """The same state, its arrays borrowed from the Python caller for the length of one compiled call."""
    people, ties, groups, plans, worlds = state.people, state.ties, state.groups, state.plans, state.worlds
    return State(
        People(
            borrowed(people.real),
            borrowed(people.small),
            borrowed(people.weeks),
            borrowed(people.group),
            borrowed(people.reached),
        ),
        Ties(
            borrowed(ties.start),
            borrowed(ties.target),
            borrowed(ties.trust),
            borrowed(ties.closeness),
            borrowed(ties.kind),
        ),
        Groups(borrowed(groups.value), borrowed(groups.size), borrowed(groups.born)),
        interventions.Plans(
            borrowed(plans.start),
            borrowed(plans.length),
            borrowed(plans.half_life),
            borrowed(plans.strength),
            borrowed(plans.reach),
            borrowed(plans.booster_week),
            borrowed(plans.booster_strength),
            borrowed(plans.effects),
        ),
        Worlds(
            borrowed(worlds.seed),
            borrowed(worlds.first_person),
            borrowed(worlds.first_group),
            borrowed(worlds.first_plan),
            borrowed(worlds.week),
            borrowed(worlds.expected_wait),
            borrowed(worlds.stress_start),
            borrowed(worlds.stress_length),
            borrowed(worlds.stress_factor),
            borrowed(worlds.dissolve_week),
        ),
        borrowed(state.parameters),
        borrowed(state.next_group),
    )
