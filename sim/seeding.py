"""Whom an intervention reaches: those eligible, in an order that the seeding rule sets, as far as its reach goes.

The order does not depend on how far that is: who is reached at one half is reached at more than one half too.
"""

import math
from typing import TYPE_CHECKING

import numpy as np

from sim import centrality, luck
from sim.compiled import compiled
from sim.errors import InputError, listed, nearest
from sim.people import LEADER, MEMBER

if TYPE_CHECKING:
    from sim.schema import Intervention
    from sim.weaving import Structure

MOST_COMPARED = 5000  # group names among which the nearest to a wrong one is looked for
SEED_BITS = 0xFFFFFFFFFFFFFFFF
PERSONS, GROUPS = 0, 1  # the draws for persons and for groups are apart


def chosen(
    intervention: "Intervention", number: int, structure: "Structure", seed: int, parameters: np.void
) -> np.ndarray:
    """For each person whether the ``number``-th intervention of a scenario reaches her.

    Groups are those of the intervention's first week. Scores are taken from ties as they are at the start.
    """
    world = np.uint64(seed & SEED_BITS)
    group = structure.group_at(intervention.start)
    eligible = allowed(intervention, structure, group)
    if intervention.unit == "person":
        people = np.flatnonzero(eligible)
        draws = order_draws(people, world, number, PERSONS)
        if intervention.seeding != "random":
            score = scores(intervention.seeding, structure, world, parameters)[people]
            if intervention.seeding == "group_spread":
                score = -rank_within(group[people], score, draws)
            people = people[np.lexsort((draws, -score))]
        reached = np.zeros(eligible.size, bool)
        reached[first_of(people, draws, intervention)] = True
        return reached
    sizes = np.bincount(group[eligible], minlength=structure.group_born.size)
    groups = np.flatnonzero(sizes)
    draws = order_draws(groups, world, number, GROUPS)
    if intervention.seeding != "random":
        score = scores(intervention.seeding, structure, world, parameters)
        total = np.bincount(group[eligible], weights=score[eligible], minlength=sizes.size)
        groups = groups[np.lexsort((draws, -(total / np.maximum(sizes, 1))[groups]))]
    taken = np.zeros(sizes.size, bool)
    taken[first_of(groups, draws, intervention)] = True
    return eligible & taken[group]


def first_of(candidates: np.ndarray, draws: np.ndarray, intervention: "Intervention") -> np.ndarray:
    """As many of the candidates as are reached: the first, or with random seeding those of the smallest draws."""
    count = math.floor(intervention.reach * candidates.size + 0.5)
    if intervention.seeding != "random":
        return candidates[:count]
    if count in (0, candidates.size):
        return candidates[:count]
    return candidates[np.argpartition(draws, count)[:count]]


def allowed(intervention: "Intervention", structure: "Structure", group: np.ndarray) -> np.ndarray:
    """Who is eligible, by role and by the groups that the intervention names."""
    if intervention.who == "everyone":
        eligible = np.ones(group.size, bool)
    else:
        eligible = structure.role == (LEADER if intervention.who == "leaders" else MEMBER)
    if intervention.groups:
        numbers = {name: number for number, name in enumerate(structure.group_names)}
        for name in intervention.groups:
            if name not in numbers:
                raise InputError(
                    "there is no such group",
                    key="groups",
                    found=name,
                    allowed=listed(numbers),
                    hint=nearest(name, list(numbers)[:MOST_COMPARED]),
                )
        eligible &= np.isin(group, [numbers[name] for name in intervention.groups])
    return eligible


def scores(rule: str, structure: "Structure", seed: np.uint64, parameters: np.void) -> np.ndarray:
    """What a seeding rule ranks people by, for everyone of a world."""
    ties, reach = structure.ties, float(parameters["bonds_reach_trust"])
    facts = (ties.start, ties.target, ties.trust, ties.kind)
    if rule == "degree":
        return centrality.degree(*facts)
    if rule in ("nominated", "group_spread"):
        return centrality.nominations(*facts, reach)
    offsets, neighbours = centrality.reachable(*facts, reach)
    if rule == "k_core":
        return centrality.core_numbers(offsets, neighbours).astype(np.float64)
    return centrality.betweenness(offsets, neighbours, seed)


def rank_within(group: np.ndarray, score: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """The place of each person within her group, 0 for the highest score; equals are told apart by their draws."""
    order = np.lexsort((draws, -score, group))
    ordered = group[order]
    rank = np.empty(group.size)
    rank[order] = np.arange(group.size) - np.searchsorted(ordered, ordered)
    return rank


@compiled
def order_draws(numbers, seed, intervention, unit):
    """A draw for each person or group, by which equals are told apart."""
    draws = np.empty(numbers.size)
    for place in range(numbers.size):
        key = luck.person_key(seed, numbers[place])
        draws[place] = luck.pair_uniform(key, unit, luck.REACH, intervention)
    return draws
