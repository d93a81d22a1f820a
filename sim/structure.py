"""Who belongs where and who knows whom in a made community: members in nested units, leaders beside them, ties by unit.

Row order keeps neighbours near each other in memory: each group's rows follow one another, and before the members stand
the leaders of every unit that begins with this group, the outermost first.
"""

from functools import partial
from itertools import accumulate, pairwise

import numpy as np

from sim.links import link_leaders, link_units
from sim.people import LEADER
from sim.schema import Setting, Unit
from sim.ties import LEADER_TIE, PEER
from sim.weaving import Structure, even_bounds, regroup, share_out, weave

__all__ = ["Structure", "build"]
SEED_BITS = 0xFFFFFFFFFFFFFFFF


def build(setting: Setting, seed: int, parameters: np.void) -> Structure:
    """The structure of a made community, a function of its setting, the seed and the parameters alone."""
    if setting.people is None or not setting.units:
        raise ValueError("a made community needs people and units; one's own network is read by sim.network")
    world = np.uint64(seed & SEED_BITS)
    units, first_group = nest(setting.people, setting.units)
    order, group, role, leaders = seat(setting.people, setting.units, units, first_group)
    parts = []
    nobody = np.empty(0, np.int64)
    for level, unit in enumerate(setting.units):
        inner = units[level - 1] if level else nobody
        shared = (float(unit.ties), float(unit.clustering), level, np.int64(PEER), world)
        parts.append(partial(link_units, order, units[level], inner, *shared))
        if unit.leaders:
            unit_of = np.repeat(np.arange(units[level].size - 1), unit.leaders)
            shared_by_leaders = (order, units[level], level, np.int64(LEADER_TIE), world)
            parts.append(partial(link_leaders, leaders[level], unit_of, *shared_by_leaders))
    next_group, group_born, later = regroup(setting, world, role, units[0].size - 1)
    ties = weave(role.size, world, parts + later, parameters)
    return Structure(group, role, next_group, group_born, ties, unit_name=setting.units[0].name)


def nest(people: int, levels: tuple[Unit, ...]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """For each level, the first member of each unit (and the end), and the first group of each unit.

    Members are split evenly into groups, groups evenly into the units of the next level, and so on outwards to the last
    unit, which holds everybody.
    """
    counts = list(accumulate([*(share_out(people, level.size) for level in levels[:-1]), 1], min))
    units, first_group = [even_bounds(people, counts[0])], [np.arange(counts[0])]
    for inner, count in pairwise(counts):
        chosen = even_bounds(inner, count)
        units.append(units[-1][chosen])
        first_group.append(first_group[-1][chosen[:-1]])
    return units, first_group


def seat(
    people: int, levels: tuple[Unit, ...], units: list[np.ndarray], first_group: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[np.ndarray]]:
    """The row of each member, the group and role of each row, and for each level the rows of its units' leaders."""
    sizes = np.diff(units[0])
    seats = np.zeros(sizes.size, np.int64)  # leaders' rows in front of each group's members
    for level, unit in enumerate(levels):
        seats[first_group[level]] += unit.leaders
    free = np.cumsum(sizes + seats) - sizes - seats
    leaders: list[np.ndarray] = [np.empty(0, np.int32)] * len(levels)
    for level in reversed(range(len(levels))):
        count = levels[level].leaders
        rows = free[first_group[level]][:, None] + np.arange(count)
        leaders[level] = rows.ravel().astype(np.int32)
        free[first_group[level]] += count
    order = np.arange(people, dtype=np.int32)
    order += np.repeat((free - units[0][:-1]).astype(np.int32), sizes)
    group = np.repeat(np.arange(sizes.size, dtype=np.int32), sizes + seats)
    role = np.zeros(group.size, np.uint8)
    for rows in leaders:
        role[rows] = LEADER
    return order, group, role, leaders
