"""How a world begins: traits that stay, and states drawn from where the week's rules would settle them."""

import math

from sim import luck
from sim.bonds import sort_out, summarise
from sim.compiled import compiled
from sim.distress import remission_hazard, scale_of, score
from sim.groups import BASE_CLIMATE, BASE_COHESION, CLIMATE, COHESION, MORALE, ONSET_RATIO
from sim.norms import speaking_chance
from sim.people import (
    ADDED_SPEAKING,
    COPING_SKILL,
    DESCRIPTIVE_NORM,
    DISTRESS,
    DISTRESSED,
    EPISODE,
    INJUNCTIVE_NORM,
    KNOWLEDGE,
    LATENT,
    LEADER,
    LEADS,
    OUTSIDE_CONFIDANTS,
    PRIOR_NORM,
    PUBLISHED,
    REACHABLE_FRIENDS,
    RECOGNISED,
    ROLE,
    SEEN_SEEKING,
    SEEN_STRUGGLING,
    SELF_RELIANCE,
    SELF_STIGMA,
    SLOW,
    SPEAKS,
    STIGMA_ANCHOR,
    STRATUM,
    THRESHOLD,
    TRUST_IN_SERVICES,
    VULNERABILITY,
    WEEKS_IN_NEED,
    WEEKS_RECOGNISED,
)
from sim.rows import SPAN, add_up, desk_for, look
from sim.ties import FUTURE

HIGHER_RISK = 0.6744897501960817  # z-score above which a quarter of people lie: the higher baseline risk


@compiled
def between(x, low, high):
    """``x``, kept between two bounds."""
    return min(high, max(low, x))


@compiled
def start_groups(first_group, last_group, seed, groups, p):
    """Cohesion, climate and morale of the groups of one world, at their settled values."""
    for g in range(first_group, last_group):
        key = luck.person_key(seed, g - first_group)
        groups.value[BASE_COHESION, g] = p.groups_cohesion_spread * luck.normal_pair(key, 0, luck.GROUP_COHESION)[0]
        groups.value[BASE_CLIMATE, g] = p.groups_climate_spread * luck.normal_pair(key, 0, luck.GROUP_CLIMATE)[0]
        groups.value[COHESION, g] = groups.value[BASE_COHESION, g]
        groups.value[CLIMATE, g] = groups.value[BASE_CLIMATE, g]
        groups.value[MORALE, g] = (
            p.groups_morale_cohesion * groups.value[COHESION, g] + p.groups_morale_climate * groups.value[CLIMATE, g]
        )
        groups.value[ONSET_RATIO, g] = math.pow(p.distress_cohesion_onset_ratio, groups.value[COHESION, g])


@compiled
def draw_traits(i, key, p, people):
    """What person ``i`` is like for good."""
    spread = p.distress_vulnerability_spread
    risk = luck.normal_pair(key, 0, luck.TRAIT_VULNERABILITY)[0]
    people.real[VULNERABILITY, i] = math.exp(spread * risk - 0.5 * spread * spread)
    people.real[KNOWLEDGE, i], people.real[TRUST_IN_SERVICES, i] = luck.normal_pair(key, 0, luck.TRAIT_KNOWLEDGE)
    people.real[SELF_RELIANCE, i], people.real[COPING_SKILL, i] = luck.normal_pair(key, 0, luck.TRAIT_RELIANCE)
    threshold, prior = luck.normal_pair(key, 0, luck.TRAIT_THRESHOLD)
    people.real[THRESHOLD, i] = between(p.norms_threshold_mean + p.norms_threshold_spread * threshold, 0.02, 0.98)
    people.real[PRIOR_NORM, i] = between(p.norms_prior_mean + p.norms_prior_spread * prior, 0.01, 0.99)
    people.weeks[STRATUM, i] = (2 if people.small[ROLE, i] == LEADER else 0) + (1 if risk > HIGHER_RISK else 0)


@compiled
def draw_beliefs(i, key, group_key, p, people):
    """Where stigma and norms of person ``i`` would have settled."""
    own, noise = luck.normal_pair(key, 0, luck.TRAIT_STIGMA)
    shared = luck.normal_pair(group_key, 0, luck.GROUP_STIGMA)[0]
    alike = p.norms_stigma_group_share
    anchor = p.norms_anchor_spread * (math.sqrt(1.0 - alike) * own + math.sqrt(alike) * shared)
    approval = p.norms_approval_spread * luck.normal_pair(key, 0, luck.START_APPROVAL)[0]
    share = p.norms_internalised_share
    settled_noise = p.norms_stigma_noise / math.sqrt(2.0 * p.norms_stigma_rate)
    people.real[INJUNCTIVE_NORM, i] = between(p.norms_usual_approval + approval, -1.0, 1.0)
    people.real[STIGMA_ANCHOR, i] = anchor
    people.real[SELF_STIGMA, i] = (
        (1.0 - share) * anchor
        - share * p.norms_internalised_strength * approval
        - p.norms_usual_relief
        + settled_noise * noise
    )
    people.real[DESCRIPTIVE_NORM, i] = people.real[PRIOR_NORM, i]


@compiled
def draw_episode(i, key, groups, p, people):
    """Whether person ``i`` is in an episode, and since when, from the settled state of the two-speed process."""
    fast = -math.expm1(-remission_hazard(0, False, False, False, p))
    slow = -math.expm1(-remission_hazard(1, False, False, False, p))
    weeks_fast = (1.0 - p.distress_slow_share) / fast
    weeks_slow = p.distress_slow_share / slow
    hazard = p.distress_onset_hazard * people.real[VULNERABILITY, i] * groups.value[ONSET_RATIO, people.group[i]]
    weeks = -math.expm1(-hazard) * (weeks_fast + weeks_slow)
    if luck.uniform(key, 0, luck.START_EPISODE) < weeks / (1.0 + weeks):
        people.small[EPISODE, i] = 1
        people.small[SLOW, i] = (
            1 if luck.uniform(key, 1, luck.START_EPISODE) < weeks_slow / (weeks_fast + weeks_slow) else 0
        )
        ending = slow if people.small[SLOW, i] else fast
        since = math.log(max(luck.uniform(key, 2, luck.START_EPISODE), 1e-12)) / math.log1p(-ending)
        people.weeks[WEEKS_IN_NEED, i] = min(since, 2000.0)
        known = -math.expm1(-p.seeking_recognition_hazard * people.weeks[WEEKS_IN_NEED, i])
        if luck.uniform(key, 3, luck.START_EPISODE) < known:
            people.small[RECOGNISED, i] = 1
            people.weeks[WEEKS_RECOGNISED, i] = people.weeks[WEEKS_IN_NEED, i] // 2
    people.real[LATENT, i] = luck.normal_pair(key, 0, luck.START_LATENT)[0]
    people.real[DISTRESS, i] = score(
        people.real[LATENT, i],
        groups.value[COHESION, people.group[i]],
        people.real[COPING_SKILL, i],
        people.small[EPISODE, i],
        scale_of(p),
    )


@compiled
def start_people(first, last, first_group, seed, people, groups, p):
    """Traits and states of the people of one world, rows ``first`` to ``last``; groups and roles are already set."""
    for i in range(first, last):
        key = luck.person_key(seed, i - first)
        draw_traits(i, key, p, people)
        draw_beliefs(i, key, luck.person_key(seed, people.group[i] - first_group), p, people)
        draw_episode(i, key, groups, p, people)
        seen = LEADS if people.small[ROLE, i] == LEADER else 0
        if people.small[EPISODE, i]:
            seen |= DISTRESSED
        views = people.real[SELF_STIGMA, i], people.real[INJUNCTIVE_NORM, i], people.real[ADDED_SPEAKING, i]
        rule = p.norms_speaking_intercept, p.norms_speaking_stigma, p.norms_conformity
        if luck.uniform(key, 0, luck.START_CARE) < speaking_chance(*views, *rule):
            seen |= SPEAKS
        people.small[PUBLISHED, i] = seen


@compiled
def remember(i, people, ties, p):
    """What person ``i`` has seen of others in need, as much as settles between noticing and forgetting."""
    trust = 0.0
    for tie in range(ties.start[i], ties.start[i + 1]):
        if ties.kind[tie] < FUTURE:
            trust += ties.trust[tie]
    struggling = trust * p.distress_settled_need * p.norms_noticing / p.norms_forgetting
    prior = people.real[PRIOR_NORM, i]
    people.real[SEEN_STRUGGLING, i] = struggling
    people.real[SEEN_SEEKING, i] = struggling * prior / (1.0 - prior)


@compiled
def start_ties(first, last, seed, people, ties, p):
    """Who is in reach at the start, and how many confidants there are outside the simulated community."""
    desk = desk_for(first, last, ties.start)
    for a in range(first, last, SPAN):
        b = min(a + SPAN, last)
        look(a, b, first, people, ties, desk)
        sort_out(ties.trust[ties.start[a] : ties.start[b]], desk, p.bonds_reach_trust)
        add_up(a, b, ties.start, desk)
        summarise(a, b, people, desk)
    for i in range(first, last):
        draw = luck.uniform(luck.person_key(seed, i - first), 0, luck.TRAIT_CONFIDANTS)
        confidants = 3
        if draw < p.replies_confidants_none:
            confidants = 0
        elif draw < p.replies_confidants_none + p.replies_confidants_one:
            confidants = 1
        elif draw < p.replies_confidants_none + p.replies_confidants_one + p.replies_confidants_two:
            confidants = 2
        people.small[OUTSIDE_CONFIDANTS, i] = confidants
        remember(i, people, ties, p)


@compiled
def mark_isolated(first, last, people):
    """At week 0, mark in the subgroup code who has no peer in reach (the code's third bit)."""
    for i in range(first, last):
        people.weeks[STRATUM, i] = (people.weeks[STRATUM, i] & 3) + (
            4 if people.small[REACHABLE_FRIENDS, i] == 0 else 0
        )
