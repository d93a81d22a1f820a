"""Distress comes and goes: two regimes with their own hazards, and a weekly movement within each.

A single mean-reverting variable with a threshold remits far too fast (62% of those above the cut would be below it
after 13 weeks, against 23% observed: Whiteford et al. 2013), so episodes are a regime of their own, with a fast and a
slow speed of recovery. Within a regime a latent AR(1) keeps the two-week stability of the PHQ-9.
"""

import math
from typing import NamedTuple

import numpy as np

from sim import luck
from sim.compiled import compiled, spliced
from sim.elementary import logarithm, normal_below
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
from sim.rows import SPAN, listed

HIGHEST_SCORE = 27.0  # the PHQ-9 has nine items of 0 to 3 points
EPISODE_SCORE = 10.0  # the usual cut for moderate depression (Kroenke, Spitzer & Williams 2001)
NO_SHARE = 1e-12  # a share of people too small to tell scores apart


class Scale(NamedTuple):
    """How a latent level becomes a score."""

    by_cohesion: float
    by_coping: float
    width: float  # keeps the shifted latent at unit variance, so that the bands hold at usual cohesion and coping
    usual: float  # points
    usual_reach: float  # share of the untruncated exponential that lies below the episode's lowest score
    episode: float  # points


@compiled
def scale_of(p):
    """The scale that a world's parameters make."""
    cohesion = p.distress_cohesion_level * p.groups_cohesion_spread
    return Scale(
        p.distress_cohesion_level,
        p.distress_coping_level,
        1.0 / math.sqrt(1.0 + cohesion * cohesion + p.distress_coping_level * p.distress_coping_level),
        p.distress_usual_scale,
        -math.expm1(-EPISODE_SCORE / p.distress_usual_scale),
        p.distress_episode_scale,
    )


@spliced
def score(latent, cohesion, coping, episode, scale):
    """PHQ-like score of a latent level: a truncated exponential within the usual regime or the episode."""
    level = (latent - scale.by_cohesion * cohesion - scale.by_coping * coping) * scale.width
    share = normal_below(-level if episode else level)
    rest = share if episode else 1.0 - share * scale.usual_reach
    points = logarithm(max(rest, NO_SHARE)) * (scale.episode if episode else scale.usual)
    return min(HIGHEST_SCORE, (EPISODE_SCORE if episode else 0.0) - points)


@spliced
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
def onset_hazards(first, last, stress, people, groups, p, out):
    """Weekly hazard of each person of a span that an episode begins, were she not in one."""
    usual = p.distress_onset_hazard
    contagion = p.distress_contagion_ratio
    for k in range(out.size):
        out[k] = (
            usual * people.real[VULNERABILITY, first + k] * groups.value[ONSET_RATIO, people.group[first + k]] * stress
        )
    if contagion != 1.0:
        for k in range(out.size):
            if people.small[DISTRESSED_TIES, first + k] > 0:
                out[k] *= contagion ** people.small[DISTRESSED_TIES, first + k]


@compiled
def mark_turning(start, seed, week, hazards, episode, marked):
    """Mark those in an episode or whose draw lies below their hazard of onset; ``start``: the number of the first."""
    for k in range(hazards.size):
        chance = luck.uniform(luck.person_key(seed, start + k), week, luck.ONSET)
        marked[k] = episode[k] | np.uint8(chance < hazards[k])


@spliced
def turn(i, key, week, hazard, people, p):
    """The episode of person ``i`` may end; if she is in none, one may begin at this ``hazard``."""
    if people.small[EPISODE, i] == 0:
        if luck.uniform(key, week, luck.ONSET) < -math.expm1(-hazard):
            begin(i, luck.uniform(key, week, luck.SPEED) < p.distress_slow_share, people)
        return
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


@compiled
def move(start, seed, week, inertia, latent, levels):
    """The week's movement of the latent level, a first-order autoregression of unit variance; exact in ``levels``."""
    noise = math.sqrt(1.0 - inertia * inertia)
    for k in range(latent.size):
        shock = luck.normal(luck.person_key(seed, start + k), week, luck.LATENT)
        levels[k] = inertia * latent[k] + noise * shock
    for k in range(latent.size):
        latent[k] = levels[k]


@compiled
def feel(levels, cohesion, coping, episode, scale, distress):
    """This week's scores of a span of people."""
    for k in range(distress.size):
        distress[k] = score(levels[k], cohesion[k], coping[k], episode[k], scale)


@compiled
def step(first, last, origin, seed, week, stress, people, groups, p):
    """Onset, remission and this week's score for people ``first`` to ``last`` (rows); ``origin`` is person 0."""
    scale = scale_of(p)
    small, real = people.small, people.real
    hazards, room, marks, turning = np.empty(SPAN), np.empty(SPAN), np.empty(SPAN, np.uint8), np.empty(SPAN, np.int32)
    for row in (EPISODE_ENDED, NEED_WINDOW, RECOGNISED_WINDOW):
        small[row, first:last] = 0
    for a in range(first, last, SPAN):
        b = min(a + SPAN, last)
        count = b - a
        onset_hazards(a, b, stress, people, groups, p, hazards[:count])
        mark_turning(a - origin, seed, week, hazards[:count], small[EPISODE, a:b], marks)
        for place in range(listed(marks, count, turning)):
            k = turning[place]
            turn(a + k, luck.person_key(seed, a + k - origin), week, hazards[k], people, p)
        levels, cohesion = hazards[:count], room[:count]
        move(a - origin, seed, week, p.distress_inertia, real[LATENT, a:b], levels)
        for k in range(count):
            cohesion[k] = groups.value[COHESION, people.group[a + k]]
        feel(levels, cohesion, real[COPING_SKILL, a:b], small[EPISODE, a:b], scale, real[DISTRESS, a:b])


@spliced
def begin(i, slow, people):
    """An episode begins for person ``i``."""
    people.small[EPISODE, i] = 1
    people.small[SLOW, i] = 1 if slow else 0
    people.small[RECOGNISED, i] = 0
    people.weeks[WEEKS_IN_NEED, i] = 0
    people.weeks[WEEKS_RECOGNISED, i] = 0
    people.small[SOURCES_ASKED, i] = 0


@spliced
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
