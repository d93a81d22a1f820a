"""Distress comes and goes: two regimes with their own hazards, and a weekly movement within each.

A single mean-reverting variable with a threshold remits far too fast (62% of those above the cut would be below it
after 13 weeks, against 23% observed: Whiteford et al. 2013), so episodes are a regime of their own, with a fast and a
slow speed of recovery. Within a regime a latent AR(1) keeps the two-week stability of the PHQ-9.
"""

import math

from sim import luck
from sim.compiled import compiled
from sim.groups import COHESION, ONSET_RATIO
from sim.people import (
    COPING_SKILL,
    DISTRESS,
    DISTRESSED_TIES,
    EPISODE,
    EPISODE_ENDED,
    HELP_STATUS,
    IN_CARE,
    LATENT,
    NEED_WINDOW,
    RECOGNISED,
    RECOGNISED_WINDOW,
    SLOW,
    SOURCES_ASKED,
    SUPPORTED_BY_FRIEND,
    SUPPORTED_BY_LEADER,
    VULNERABILITY,
    WEEKS_IN_NEED,
    WEEKS_RECOGNISED,
)

HALF_SQRT = math.sqrt(0.5)
HIGHEST_SCORE = 27.0  # the PHQ-9 has nine items of 0 to 3 points
EPISODE_SCORE = 10.0  # the usual cut for moderate depression (Kroenke, Spitzer & Williams 2001)


@compiled
def latent_scale(p):
    """Factor that keeps the shifted latent at unit variance, so that the bands hold at usual cohesion and coping."""
    cohesion = p.distress_cohesion_level * p.groups_cohesion_spread
    return 1.0 / math.sqrt(1.0 + cohesion * cohesion + p.distress_coping_level * p.distress_coping_level)


@compiled
def usual_reach(p):
    """Share of the untruncated exponential of the usual regime that lies below the episode's lowest score."""
    return -math.expm1(-EPISODE_SCORE / p.distress_usual_scale)


@compiled
def score(latent, cohesion, coping, episode, scale, reach, p):
    """PHQ-like score of a latent level: a truncated exponential within the usual regime or the episode."""
    level = (latent - p.distress_cohesion_level * cohesion - p.distress_coping_level * coping) * scale
    if episode == 0:
        below = 0.5 * math.erfc(-level * HALF_SQRT)
        return -p.distress_usual_scale * math.log1p(-below * reach)
    above = 0.5 * math.erfc(level * HALF_SQRT)
    return min(HIGHEST_SCORE, EPISODE_SCORE - p.distress_episode_scale * math.log(max(above, 1e-12)))


@compiled
def remission_hazard(slow, in_care, supported_by_friend, supported_by_leader, p):
    """Weekly hazard that an episode ends."""
    hazard = p.distress_slow_remission if slow else p.distress_fast_remission
    if in_care:
        hazard *= p.distress_care_ratio
    if supported_by_friend:
        hazard *= p.distress_friend_ratio
    if supported_by_leader:
        hazard *= p.distress_leader_ratio
    return hazard


@compiled
def step(first, last, origin, seed, week, stress, people, groups, p):
    """Onset, remission and this week's score for people ``first`` to ``last`` (rows); ``origin`` is person 0."""
    scale = latent_scale(p)
    reach = usual_reach(p)
    inertia = p.distress_inertia
    noise = math.sqrt(1.0 - inertia * inertia)
    for i in range(first, last):
        key = luck.person_key(seed, i - origin)
        group = people.group[i]
        people.small[EPISODE_ENDED, i] = 0
        people.small[NEED_WINDOW, i] = 0
        people.small[RECOGNISED_WINDOW, i] = 0
        if people.small[EPISODE, i] == 0:
            hazard = p.distress_onset_hazard * people.real[VULNERABILITY, i] * groups.value[ONSET_RATIO, group] * stress
            if people.small[DISTRESSED_TIES, i] > 0:
                hazard *= p.distress_contagion_ratio ** people.small[DISTRESSED_TIES, i]
            chance = luck.uniform(key, week, luck.ONSET)
            if chance < hazard and chance < -math.expm1(-hazard):
                begin(i, luck.uniform(key, week, luck.SPEED) < p.distress_slow_share, people)
        else:
            hazard = remission_hazard(
                people.small[SLOW, i],
                people.small[HELP_STATUS, i] == IN_CARE,
                people.small[SUPPORTED_BY_FRIEND, i] > 0,
                people.small[SUPPORTED_BY_LEADER, i] > 0,
                p,
            )
            if luck.uniform(key, week, luck.REMISSION) < -math.expm1(-hazard):
                end(i, people, p)
            else:
                people.weeks[WEEKS_IN_NEED, i] += 1
                if people.small[RECOGNISED, i]:
                    people.weeks[WEEKS_RECOGNISED, i] += 1
        latent = inertia * people.real[LATENT, i] + noise * luck.normal(key, week, luck.LATENT)
        people.real[LATENT, i] = latent
        people.real[DISTRESS, i] = score(
            latent,
            groups.value[COHESION, group],
            people.real[COPING_SKILL, i],
            people.small[EPISODE, i],
            scale,
            reach,
            p,
        )


@compiled
def begin(i, slow, people):
    """An episode begins for person ``i``."""
    people.small[EPISODE, i] = 1
    people.small[SLOW, i] = 1 if slow else 0
    people.small[RECOGNISED, i] = 0
    people.weeks[WEEKS_IN_NEED, i] = 0
    people.weeks[WEEKS_RECOGNISED, i] = 0
    people.small[SOURCES_ASKED, i] = 0


@compiled
def end(i, people, p):
    """The episode of person ``i`` ends; windows that were still open close with it."""
    asked = 2 if people.small[SOURCES_ASKED, i] else 1
    window = math.floor(p.norms_criterion_window) - 1
    if people.weeks[WEEKS_IN_NEED, i] < window:
        people.small[NEED_WINDOW, i] = asked
    if people.small[RECOGNISED, i] and people.weeks[WEEKS_RECOGNISED, i] < window:
        people.small[RECOGNISED_WINDOW, i] = asked
    people.small[EPISODE_ENDED, i] = 1 + people.small[SOURCES_ASKED, i]
    people.small[EPISODE, i] = 0
    people.small[RECOGNISED, i] = 0
    people.weeks[WEEKS_IN_NEED, i] = 0
    people.weeks[WEEKS_RECOGNISED, i] = 0
    people.small[SOURCES_ASKED, i] = 0
