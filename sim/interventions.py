"""Dated handles on named quantities: what an intervention adds to, and how strong it is in each week."""

import math
from typing import NamedTuple

import numpy as np

from sim.compiled import compiled
from sim.people import (
    ADDED_BONDING,
    ADDED_CAMPAIGN,
    ADDED_CLIMATE,
    ADDED_COHESION,
    ADDED_HELPER_SKILL,
    ADDED_PROMPTING,
    ADDED_RECOGNITION,
    ADDED_SCREENING,
    ADDED_SPEAKING,
    ADDED_SUPPORTER,
    COPING_SKILL,
    INJUNCTIVE_NORM,
    KNOWLEDGE,
    SELF_STIGMA,
)

# Handles. A level holds while the intervention works and fades with it; an impulse changes a state once, at the start
# and at each booster. The order is the column of the effects table.
LEVELS = (
    "cohesion",
    "climate",
    "helper_skill",
    "prompting",
    "speaking",
    "recognition",
    "campaign",
    "bonding",
    "supporter",
    "screening",
)
SERVICE_LEVELS = ("slots", "remote", "line")
IMPULSES = ("coping_skill", "knowledge", "self_stigma", "approval")
HANDLES = LEVELS + SERVICE_LEVELS + IMPULSES
(
    BY_COHESION,
    BY_CLIMATE,
    BY_HELPER_SKILL,
    BY_PROMPTING,
    BY_SPEAKING,
    BY_RECOGNITION,
    BY_CAMPAIGN,
    BY_BONDING,
    BY_SUPPORTER,
    BY_SCREENING,
    BY_SLOTS,
    BY_REMOTE,
    BY_LINE,
    BY_COPING_SKILL,
    BY_KNOWLEDGE,
    BY_SELF_STIGMA,
    BY_APPROVAL,
) = range(len(HANDLES))


class Plans(NamedTuple):
    """The interventions of all worlds, one row each, worlds one after the other."""

    start: np.ndarray  # int64: the first week
    length: np.ndarray  # int64: weeks at full strength
    half_life: np.ndarray  # float64: weeks in which the effect halves afterwards; inf keeps it, 0 ends it
    strength: np.ndarray  # float64: fidelity times dose
    reach: np.ndarray  # float64: share of those eligible who are reached
    booster_week: np.ndarray  # int64 (rows, boosters): weeks after the start; -1 is none
    booster_strength: np.ndarray  # float64 (rows, boosters): share of the first strength
    effects: np.ndarray  # float64 (rows, handles)


@compiled
def level(plans, k, week):
    """Strength of intervention ``k`` this week: the strongest of its first delivery and its boosters, each fading."""
    strongest = faded(plans.strength[k], week - plans.start[k], plans.length[k], plans.half_life[k])
    for b in range(plans.booster_week.shape[1]):
        if plans.booster_week[k, b] >= 0:
            since = week - plans.start[k] - plans.booster_week[k, b]
            booster = plans.strength[k] * plans.booster_strength[k, b]
            strongest = max(strongest, faded(booster, since, 1, plans.half_life[k]))
    return strongest


@compiled
def faded(strength, since, length, half_life):
    """Strength ``since`` weeks after a delivery that lasts ``length`` weeks and then fades by ``half_life``."""
    if since < 0:
        return 0.0
    if since < length or math.isinf(half_life):
        return strength
    if half_life <= 0.0:
        return 0.0
    return strength * math.pow(0.5, (since - length + 1) / half_life)


@compiled
def pulse(plans, k, week):
    """How much of its impulses intervention ``k`` gives in this very week."""
    total = 0.0
    if week == plans.start[k]:
        total += plans.strength[k]
    for b in range(plans.booster_week.shape[1]):
        if plans.booster_week[k, b] >= 0 and week == plans.start[k] + plans.booster_week[k, b]:
            total += plans.strength[k] * plans.booster_strength[k, b]
    return total


@compiled
def clear(i, people):
    """Take back all that interventions added to person ``i``."""
    people.real[ADDED_COHESION, i] = 0.0
    people.real[ADDED_CLIMATE, i] = 0.0
    people.real[ADDED_HELPER_SKILL, i] = 0.0
    people.real[ADDED_PROMPTING, i] = 0.0
    people.real[ADDED_SPEAKING, i] = 0.0
    people.real[ADDED_RECOGNITION, i] = 0.0
    people.real[ADDED_CAMPAIGN, i] = 0.0
    people.real[ADDED_BONDING, i] = 0.0
    people.real[ADDED_SUPPORTER, i] = 0.0
    people.real[ADDED_SCREENING, i] = 0.0


@compiled
def add(i, amounts, strength, in_old_group, people):
    """Add one intervention's levels to person ``i``; what it does for a group stays with the group that was trained."""
    if in_old_group:
        people.real[ADDED_COHESION, i] += amounts[BY_COHESION] * strength
        people.real[ADDED_CLIMATE, i] += amounts[BY_CLIMATE] * strength
        people.real[ADDED_BONDING, i] += amounts[BY_BONDING] * strength
    people.real[ADDED_HELPER_SKILL, i] += amounts[BY_HELPER_SKILL] * strength
    people.real[ADDED_PROMPTING, i] += amounts[BY_PROMPTING] * strength
    people.real[ADDED_SPEAKING, i] += amounts[BY_SPEAKING] * strength
    people.real[ADDED_RECOGNITION, i] += amounts[BY_RECOGNITION] * strength
    people.real[ADDED_CAMPAIGN, i] += amounts[BY_CAMPAIGN] * strength
    people.real[ADDED_SUPPORTER, i] += amounts[BY_SUPPORTER] * strength
    people.real[ADDED_SCREENING, i] += amounts[BY_SCREENING] * strength


@compiled
def push(i, amounts, strength, people):
    """Change the states of person ``i`` that one delivery changes once."""
    people.real[COPING_SKILL, i] += amounts[BY_COPING_SKILL] * strength
    people.real[KNOWLEDGE, i] += amounts[BY_KNOWLEDGE] * strength
    people.real[SELF_STIGMA, i] += amounts[BY_SELF_STIGMA] * strength
    people.real[INJUNCTIVE_NORM, i] = min(
        1.0, max(-1.0, people.real[INJUNCTIVE_NORM, i] + amounts[BY_APPROVAL] * strength)
    )


@compiled
def step(first, last, week, first_plan, last_plan, plans, people, groups):
    """Set what interventions add to people ``first`` to ``last`` this week, and give this week's impulses."""
    for i in range(first, last):
        clear(i, people)
    for k in range(first_plan, last_plan):
        strength = level(plans, k, week)
        once = pulse(plans, k, week)
        if strength == 0.0 and once == 0.0:
            continue
        amounts = plans.effects[k]
        mask = 1 << (k - first_plan)
        for i in range(first, last):
            if people.reached[i] & mask:
                add(i, amounts, strength, groups.born[people.group[i]] <= plans.start[k], people)
                if once > 0.0:
                    push(i, amounts, once, people)


@compiled
def service_level(handle, week, first_plan, last_plan, plans):
    """What all interventions of a world add to one service handle this week, each times its reach."""
    total = 0.0
    for k in range(first_plan, last_plan):
        total += plans.effects[k, handle] * level(plans, k, week) * plans.reach[k]
    return total
