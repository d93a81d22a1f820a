"""What people believe of others (fast), and what they come to think themselves (slow).

Two kinds of evidence feed two beliefs. What people in need *do* feeds the descriptive norm, a Beta belief about the
share who seek help when they need it. What people *say* feeds the injunctive norm, perceived approval. Silence reads
as disapproval, so private attitudes can be mild while everybody is silent: pluralistic ignorance.
"""

import math

import numpy as np

from sim import luck
from sim.compiled import compiled, inlined
from sim.groups import COHESION
from sim.people import (
    ADDED_SPEAKING,
    ANSWER,
    ASKED,
    CARE_EVENT,
    DESCRIPTIVE_NORM,
    DISTRESSED,
    EPISODE,
    HELP_STATUS,
    HELPED,
    INJUNCTIVE_NORM,
    LEADER,
    LEADS,
    NONE,
    PRIOR_NORM,
    PUBLISHED,
    ROLE,
    SEEN_SEEKING,
    SEEN_STRUGGLING,
    SELF_STIGMA,
    SOUGHT,
    SPEAKS,
    STIGMA_ANCHOR,
    STRUGGLING,
    SUPPORTIVE,
    UNSUPPORTIVE,
    VISIBILITY,
    WAS_HELPED,
)
from sim.seeking import logistic
from sim.ties import FUTURE

HALF_WIDTH = math.sqrt(3.0)  # a uniform draw on plus or minus this has unit variance


@inlined
def speaking_chance(i, people, p):
    """Chance that person ``i`` speaks of seeking help as a good thing this week."""
    return logistic(
        p.norms_speaking_intercept
        - p.norms_speaking_stigma * people.real[SELF_STIGMA, i]
        + p.norms_conformity * people.real[INJUNCTIVE_NORM, i]
        + people.real[ADDED_SPEAKING, i]
    )


@compiled
def visibility(i, cohesion, people, p):
    """Chance that a tie of person ``i`` sees that she sought help."""
    openness = logistic(cohesion + people.real[INJUNCTIVE_NORM, i] - people.real[SELF_STIGMA, i])
    return min(1.0, p.norms_disclosure * 2.0 * openness)


@compiled
def show(first, last, origin, seed, week, people, groups, p):
    """What each person lets others see and hear this week, written as bits that ties read."""
    for i in range(first, last):
        seen = 0
        if luck.uniform(luck.person_key(seed, i - origin), week, luck.SPEAKING) < speaking_chance(i, people, p):
            seen |= SPEAKS
        if people.small[ROLE, i] == LEADER:
            seen |= LEADS
        if people.small[EPISODE, i]:
            seen |= DISTRESSED
            if people.small[ASKED, i] != NONE:
                seen |= SOUGHT
                people.real[VISIBILITY, i] = visibility(i, groups.value[COHESION, people.group[i]], people, p)
            elif people.small[HELP_STATUS, i] == 0:
                seen |= STRUGGLING
        people.small[PUBLISHED, i] = seen


@compiled
def observe(first, last, origin, seed, week, people, ties, p):
    """Both norms move with what each person's ties did and said; contact with people who were helped is noted."""
    keep = 1.0 - p.norms_forgetting
    for i in range(first, last):
        said = heard = 0.0
        seeking = struggling = 0.0
        helped = 0.0
        for tie in range(ties.start[i], ties.start[i + 1]):
            if ties.kind[tie] >= FUTURE:
                continue
            trust = np.float64(ties.trust[tie])
            other = ties.target[tie]
            shown = people.small[PUBLISHED, other]
            weight = trust * p.norms_leader_weight if shown & LEADS else trust
            heard += weight
            said += weight if shown & SPEAKS else 0.0
            if shown & (SOUGHT | STRUGGLING | WAS_HELPED):
                if shown & WAS_HELPED:
                    helped += trust
                draw = luck.pair_uniform(luck.person_key(seed, i - origin), week, luck.SEEING, other - origin)
                if shown & SOUGHT:
                    if draw < people.real[VISIBILITY, other]:
                        seeking += weight
                elif shown & STRUGGLING and draw < p.norms_noticing:
                    struggling += weight
        if heard > 0.0:
            norm = np.float64(people.real[INJUNCTIVE_NORM, i])
            people.real[INJUNCTIVE_NORM, i] = norm + p.norms_learning_rate * (2.0 * said / heard - 1.0 - norm)
        seeking += keep * people.real[SEEN_SEEKING, i]
        struggling += keep * people.real[SEEN_STRUGGLING, i]
        people.real[SEEN_SEEKING, i] = seeking
        people.real[SEEN_STRUGGLING, i] = struggling
        people.real[DESCRIPTIVE_NORM, i] = (p.norms_prior_weight * people.real[PRIOR_NORM, i] + seeking) / (
            p.norms_prior_weight + seeking + struggling
        )
        internalise(i, luck.uniform(luck.person_key(seed, i - origin), week, luck.STIGMA), helped, people, p)


@inlined
def internalise(i, draw, helped, people, p):
    """Self-stigma drifts between its anchor and the perceived norm; experience and contact move it."""
    stigma = np.float64(people.real[SELF_STIGMA, i])
    anchor = np.float64(people.real[STIGMA_ANCHOR, i])
    believed = p.norms_internalised_strength * (p.norms_usual_approval - people.real[INJUNCTIVE_NORM, i])
    share = p.norms_internalised_share
    change = p.norms_stigma_rate * (share * (believed - stigma) + (1.0 - share) * (anchor - stigma))
    change += p.norms_stigma_noise * HALF_WIDTH * (2.0 * draw - 1.0)
    change -= p.norms_contact_effect * min(1.0, helped)
    event = people.small[CARE_EVENT, i]
    if people.small[ANSWER, i] == SUPPORTIVE or event == HELPED:
        change -= p.norms_experience_effect
    if people.small[ANSWER, i] == UNSUPPORTIVE or event > HELPED:
        change += p.norms_experience_effect
    people.real[SELF_STIGMA, i] = stigma + change
    people.real[STIGMA_ANCHOR, i] = anchor + p.norms_anchor_rate * (stigma + p.norms_usual_relief - anchor)
