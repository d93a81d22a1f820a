"""What a group is like: cohesion and leader climate, and morale that follows them and its members' distress."""

import math
from typing import NamedTuple

import numpy as np

from sim import luck
from sim.compiled import compiled
from sim.people import ADDED_CLIMATE, ADDED_COHESION, DISTRESS, LEADER, ROLE
from sim.ties import LEADER_TIE

# Rows of the value table, all float64
BASE_COHESION = 0  # SD: what cohesion would be without training; it wanders
COHESION = 1  # SD
BASE_CLIMATE = 2  # SD: how approving of seeking help the leaders are without training
CLIMATE = 3  # SD
MORALE = 4  # SD
ONSET_RATIO = 5  # factor of cohesion on the onset hazard
MEAN_DISTRESS = 6  # points
VALUES = ("base_cohesion", "cohesion", "base_climate", "climate", "morale", "onset_ratio", "mean_distress")


class Groups(NamedTuple):
    """One entry per group, groups of all worlds one after the other."""

    value: np.ndarray  # float64 (values, groups)
    size: np.ndarray  # int64: people in the group now
    born: np.ndarray  # int64: the week in which the group formed


def allocate(count: int) -> Groups:
    """Zeroed arrays for ``count`` groups."""
    return Groups(np.zeros((len(VALUES), count)), np.zeros(count, np.int64), np.zeros(count, np.int64))


@compiled
def led_climate(first, last, first_group, climate, people, ties):
    """Set ``climate`` to what training added to the leaders of each group: the mean over those tied to its people."""
    led = np.zeros(len(climate), np.int64)
    climate[:] = 0.0
    for i in range(first, last):
        if people.small[ROLE, i] == LEADER:
            for tie in range(ties.start[i], ties.start[i + 1]):
                if ties.kind[tie] == LEADER_TIE:
                    g = people.group[ties.target[tie]] - first_group
                    climate[g] += people.real[ADDED_CLIMATE, i]
                    led[g] += 1
    for g in range(len(climate)):
        climate[g] /= max(1, led[g])


@compiled
def wander(g, key, week, groups, p):
    """The group's own cohesion moves a little, with the spread between groups kept; training's part moves along."""
    inertia = p.groups_cohesion_inertia
    if inertia < 1.0:
        shock = p.groups_cohesion_spread * math.sqrt(1.0 - inertia * inertia) * luck.normal(key, week, luck.GROUP_DRIFT)
        change = (inertia - 1.0) * groups.value[BASE_COHESION, g] + shock
        groups.value[BASE_COHESION, g] += change
        groups.value[COHESION, g] += change


@compiled
def step(first, last, first_group, last_group, seed, week, people, ties, groups, p):
    """One week for the groups of one world; people ``first`` to ``last`` (rows) belong to them.

    Cohesion is the members': leaders who sit with a group do not thin out its training. Empty groups stay as they are.
    """
    count = last_group - first_group
    total, cohesion, climate = np.zeros(count), np.zeros(count), np.zeros(count)
    members = np.zeros(count, np.int64)
    led_climate(first, last, first_group, climate, people, ties)
    groups.size[first_group:last_group] = 0
    for i in range(first, last):
        g = people.group[i]
        groups.size[g] += 1
        total[g - first_group] += people.real[DISTRESS, i]
        if people.small[ROLE, i] != LEADER:
            members[g - first_group] += 1
            cohesion[g - first_group] += people.real[ADDED_COHESION, i]
    for g in range(first_group, last_group):
        if groups.size[g] == 0:
            continue
        groups.value[MEAN_DISTRESS, g] = total[g - first_group] / groups.size[g]
        wander(g, luck.person_key(seed, g - first_group), week, groups, p)
        target = groups.value[BASE_COHESION, g] + cohesion[g - first_group] / max(1, members[g - first_group])
        groups.value[COHESION, g] += p.groups_cohesion_rate * (target - groups.value[COHESION, g])
        groups.value[CLIMATE, g] = groups.value[BASE_CLIMATE, g] + climate[g - first_group]
        strain = (groups.value[MEAN_DISTRESS, g] - p.groups_usual_distress) / p.groups_distress_spread
        target = (
            p.groups_morale_cohesion * groups.value[COHESION, g]
            + p.groups_morale_climate * groups.value[CLIMATE, g]
            - p.groups_morale_distress * strain
        )
        groups.value[MORALE, g] += p.groups_morale_rate * (target - groups.value[MORALE, g])
        groups.value[ONSET_RATIO, g] = math.pow(p.distress_cohesion_onset_ratio, groups.value[COHESION, g])
