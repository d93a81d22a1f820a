"""What a group is like: cohesion and leader climate, and morale that follows them and its members' distress."""

import math
from typing import NamedTuple

import numpy as np

from sim.compiled import compiled


class Groups(NamedTuple):
    """One array per attribute, one row per group, groups of all worlds one after the other."""

    base_cohesion: np.ndarray  # float64, SD: what cohesion settles at without training
    cohesion: np.ndarray  # float64, SD
    base_climate: np.ndarray  # float64, SD: how approving of seeking help the leaders are
    climate: np.ndarray  # float64, SD
    morale: np.ndarray  # float64, SD
    onset_ratio: np.ndarray  # float64: factor of cohesion on the onset hazard
    mean_distress: np.ndarray  # float64, points
    size: np.ndarray  # int64: people in the group now
    born: np.ndarray  # int64: the week in which the group formed


def allocate(count: int) -> Groups:
    """Zeroed arrays for ``count`` groups."""
    return Groups(*(np.zeros(count) for _ in range(7)), np.zeros(count, np.int64), np.zeros(count, np.int64))


@compiled
def step(first, last, first_group, last_group, people, groups, p):
    """One week for the groups of one world; people ``first`` to ``last`` (rows) are its members."""
    total = np.zeros(last_group - first_group)
    cohesion = np.zeros(last_group - first_group)
    climate = np.zeros(last_group - first_group)
    for g in range(first_group, last_group):
        groups.size[g] = 0
    for i in range(first, last):
        g = people.group[i]
        groups.size[g] += 1
        total[g - first_group] += people.distress[i]
        cohesion[g - first_group] += people.added_cohesion[i]
        climate[g - first_group] += people.added_climate[i]
    for g in range(first_group, last_group):
        size = max(1, groups.size[g])
        groups.mean_distress[g] = total[g - first_group] / size
        target = groups.base_cohesion[g] + cohesion[g - first_group] / size
        groups.cohesion[g] += p.groups_cohesion_rate * (target - groups.cohesion[g])
        groups.climate[g] = groups.base_climate[g] + climate[g - first_group] / size
        strain = (groups.mean_distress[g] - p.groups_usual_distress) / p.groups_distress_spread
        target = (
            p.groups_morale_cohesion * groups.cohesion[g]
            + p.groups_morale_climate * groups.climate[g]
            - p.groups_morale_distress * strain
        )
        groups.morale[g] += p.groups_morale_rate * (target - groups.morale[g])
        groups.onset_ratio[g] = math.pow(p.distress_cohesion_onset_ratio, groups.cohesion[g])
