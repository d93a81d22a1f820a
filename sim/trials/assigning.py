"""Who goes to which arm: units shared out at random, alone or in matched sets, within strata."""

from typing import NamedTuple

import numpy as np

from sim import structure
from sim.errors import InputError, nearest
from sim.people import MEMBER
from sim.schema import Setting
from sim.trials import chance
from sim.trials.schema import Design
from sim.weaving import Structure


class Assigned(NamedTuple):
    """One community's people, as the trial sees them."""

    arm: np.ndarray  # int8 (people): the arm whose plans reach them; -1 is none
    pair: np.ndarray  # int32 (people): the matched set, -1 is none
    taking_part: np.ndarray  # bool (people)


def assign(made: Structure, setting: Setting, design: Design, shares: list[float], seed: int) -> Assigned:
    """Randomise the groups or the people of one community; ``shares`` are the arms', adding up to 1."""
    people = made.group.size
    taking_part = np.ones(people, bool) if design.who == "everyone" else made.role == MEMBER
    if design.randomise == "groups":
        return by_groups(made, setting, design, shares, seed, taking_part)
    taking_part = sampled(taking_part, design.participants, seed)
    if design.randomise in ("nobody", "communities"):
        everybody = design.participants is None or design.randomise == "communities"
        arm = np.where(everybody | taking_part, 0, -1).astype(np.int8)
        return Assigned(arm, np.full(people, -1, np.int32), taking_part)
    rows = np.flatnonzero(taking_part)
    arm, pair = np.full(people, -1, np.int8), np.full(people, -1, np.int32)
    stratum = strata(made, setting, design)[made.group[rows]]
    key = chance.stream(seed, "arms")
    arm[rows], pair[rows] = share_out(stratum, np.ones(rows.size), shares, design.pairs, key)
    return Assigned(arm, pair, taking_part)


def by_groups(
    made: Structure, setting: Setting, design: Design, shares: list[float], seed: int, taking_part: np.ndarray
) -> Assigned:
    """Randomise the groups of one community: all, or so many of them (whole matched sets) drawn at random."""
    stratum = strata(made, setting, design)
    sizes = np.bincount(made.group[taking_part], minlength=stratum.size)
    groups = np.flatnonzero(sizes)
    if design.participants and not design.pairs:
        eligible = np.zeros(stratum.size, bool)
        eligible[groups] = True
        groups = np.flatnonzero(sampled(eligible, design.participants, seed))
    arm, pair = share_out(stratum[groups], sizes[groups], shares, design.pairs, chance.stream(seed, "arms"))
    if design.participants and design.pairs:
        every = np.ones(int(pair.max()) + 1, bool)
        chosen = sampled(every, max(1, design.participants // len(shares)), seed)[pair]
        groups, arm, pair = groups[chosen], arm[chosen], pair[chosen]
    arms, pairs = np.full(stratum.size, -1, np.int8), np.full(stratum.size, -1, np.int32)
    arms[groups], pairs[groups] = arm, pair
    return Assigned(arms[made.group], pairs[made.group], taking_part)


def sampled(eligible: np.ndarray, participants: int | None, seed: int) -> np.ndarray:
    """Those who take part: all who are eligible, or so many of them drawn at random."""
    rows = np.flatnonzero(eligible)
    if participants is None or participants >= rows.size:
        return eligible
    draws = chance.uniforms(chance.stream(seed, "participants"), rows.size)
    chosen = np.zeros(eligible.size, bool)
    chosen[rows[np.argsort(draws, kind="stable")[:participants]]] = True
    return chosen


def strata(made: Structure, setting: Setting, design: Design) -> np.ndarray:
    """The stratum of each group there is at the start."""
    count = int(made.group.max()) + 1
    if design.within is None:
        return np.zeros(count, np.int64)
    names = [unit.name for unit in setting.units]
    if design.within not in names or setting.people is None:
        allowed, hint = "a unit of the setting: " + ", ".join(names), nearest(design.within, names)
        raise InputError("there is no such unit", key="design.within", found=design.within, allowed=allowed, hint=hint)
    _, first_group = structure.nest(setting.people, setting.units)
    first = first_group[names.index(design.within)]
    return np.searchsorted(first, np.arange(count), "right") - 1


def share_out(
    stratum: np.ndarray, sizes: np.ndarray, shares: list[float], matched: bool, key: np.uint64
) -> tuple[np.ndarray, np.ndarray]:
    """The arm and the matched set (-1: none) of each unit.

    Matched sets are of one unit for each arm, of the same stratum and similar size as far as there are any. Without
    them each stratum is shared out as its arms' shares say, fractions at random.
    """
    draws = chance.uniforms(key, stratum.size)
    if matched:
        return in_sets(stratum, sizes, len(shares), draws)
    arm = np.zeros(stratum.size, np.int8)
    bounds = np.cumsum(shares)[:-1]
    order = np.lexsort((draws, stratum))
    ordered = stratum[order]
    start = np.searchsorted(ordered, ordered)
    count = np.searchsorted(ordered, ordered, "right") - start
    # Each stratum is cut at its shares; where a cut falls between two units a draw of the stratum decides.
    shift = chance.uniforms(chance.stream(int(key), "cuts"), int(stratum.max(initial=0)) + 1)[ordered]
    place = (np.arange(stratum.size) - start + shift) / count
    arm[order] = np.searchsorted(bounds, np.minimum(place, 1.0 - 1e-12), "right")
    return arm, np.full(stratum.size, -1, np.int32)


def in_sets(stratum: np.ndarray, sizes: np.ndarray, arms: int, draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Matched sets: neighbours by stratum and size; those left over in their strata make sets with one another."""
    order = np.lexsort((draws, sizes, stratum))
    ordered = stratum[order]
    start = np.searchsorted(ordered, ordered)
    count = np.searchsorted(ordered, ordered, "right") - start
    whole = np.arange(order.size) - start < count - count % arms
    lined = np.concatenate((order[whole], order[~whole]))  # sets first, then what is left over
    pair, arm = np.empty(order.size, np.int32), np.empty(order.size, np.int8)
    pair[lined] = np.arange(order.size) // arms
    chosen = np.lexsort((chance_again(draws), pair))
    arm[chosen] = (np.arange(order.size) % arms).astype(np.int8)
    if rest := order.size % arms:  # an incomplete set: its units go to arms drawn without repetition
        last = chosen[-rest:]
        arm[last] = np.argsort(chance.uniforms(np.uint64(int(draws[last[0]] * 2**53)), arms))[:rest]
    return arm, pair


def chance_again(draws: np.ndarray) -> np.ndarray:
    """Other draws, a function of the first."""
    return np.modf(draws * 1048576.0)[0]
