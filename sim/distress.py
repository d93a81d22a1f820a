"""Distress comes and goes: two regimes with their own hazards, and a weekly movement within each.

A single mean-reverting variable with a threshold remits far too fast (62% of those above the cut would be below it
after 13 weeks, against 23% observed: Whiteford et al. 2013), so episodes are a regime of their own, with a fast and a
slow speed of recovery. Within a regime a latent AR(1) keeps the two-week stability of the PHQ-9.
"""

import math

from sim import luck
from sim.compiled import compiled
from sim.people import IN_CARE

HALF_SQRT = math.sqrt(0.5)
HIGHEST_SCORE = 27.0  # the PHQ-9 has nine items of 0 to 3 points
EPISODE_SCORE = 10.0  # the usual cut for moderate depression (Kroenke, Spitzer & Williams 2001)


@compiled
def latent_scale(p):
    """Factor that keeps the shifted latent at unit variance, so that the bands hold at usual cohesion and coping."""
    cohesion = p.distress_cohesion_level * p.groups_cohesion_spread
    return 1.0 / math.sqrt(1.0 + cohesion * cohesion + p.distress_coping_level * p.distress_coping_level)


@compiled
def score(latent, cohesion, coping, episode, scale, p):
    """PHQ-like score of a latent level: a truncated exponential within the usual regime or the episode."""
    level = (latent - p.distress_cohesion_level * cohesion - p.distress_coping_level * coping) * scale
    below = 0.5 * math.erfc(-level * HALF_SQRT)
    above = 0.5 * math.erfc(level * HALF_SQRT)
    if episode == 0:
        reach = -math.expm1(-EPISODE_SCORE / p.distress_usual_scale)
        return -p.distress_usual_scale * math.log1p(-below * reach)
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
    inertia = p.distress_inertia
    noise = math.sqrt(1.0 - inertia * inertia)
    for i in range(first, last):
        key = luck.person_key(seed, i - origin)
        group = people.group[i]
        people.episode_ended[i] = 0
        people.need_window[i] = 0
        people.recognised_window[i] = 0
        if people.episode[i] == 0:
            hazard = p.distress_onset_hazard * people.vulnerability[i] * groups.onset_ratio[group] * stress
            if people.distressed_ties[i] > 0:
                hazard *= p.distress_contagion_ratio ** people.distressed_ties[i]
            chance = luck.uniform(key, week, luck.ONSET)
            if chance < hazard and chance < -math.expm1(-hazard):
                begin(i, luck.uniform(key, week, luck.SPEED) < p.distress_slow_share, people)
        else:
            hazard = remission_hazard(
                people.slow[i],
                people.help_status[i] == IN_CARE,
                people.supported_by_friend[i] > 0,
                people.supported_by_leader[i] > 0,
                p,
            )
            if luck.uniform(key, week, luck.REMISSION) < -math.expm1(-hazard):
                end(i, people, p)
            else:
                people.weeks_in_need[i] += 1
                if people.recognised[i]:
                    people.weeks_recognised[i] += 1
        shock, _ = luck.normal_pair(key, week, luck.LATENT)
        latent = inertia * people.latent[i] + noise * shock
        people.latent[i] = latent
        people.distress[i] = score(
            latent, groups.cohesion[group], people.coping_skill[i], people.episode[i], scale, p
        )


@compiled
def begin(i, slow, people):
    """An episode begins for person ``i``."""
    people.episode[i] = 1
    people.slow[i] = 1 if slow else 0
    people.recognised[i] = 0
    people.weeks_in_need[i] = 0
    people.weeks_recognised[i] = 0
    people.sources_asked[i] = 0


@compiled
def end(i, people, p):
    """The episode of person ``i`` ends; windows that were still open close with it."""
    asked = 2 if people.sources_asked[i] else 1
    if people.weeks_in_need[i] < p.norms_criterion_window - 1:
        people.need_window[i] = asked
    if people.recognised[i] and people.weeks_recognised[i] < p.norms_criterion_window - 1:
        people.recognised_window[i] = asked
    people.episode_ended[i] = 1 + people.sources_asked[i]
    people.episode[i] = 0
    people.recognised[i] = 0
    people.weeks_in_need[i] = 0
    people.weeks_recognised[i] = 0
    people.sources_asked[i] = 0
