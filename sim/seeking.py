"""Whether a need is seen as one, whether to ask for help, and whom: the week's decision of a person in distress."""

import math

import numpy as np

from sim import luck
from sim.compiled import compiled, spliced
from sim.elementary import exponential, logarithm
from sim.groups import CLIMATE
from sim.people import (
    ADDED_CAMPAIGN,
    ADDED_RECOGNITION,
    ADDED_SCREENING,
    ADDED_SUPPORTER,
    ASKED,
    DESCRIPTIVE_NORM,
    DISTRESS,
    ENCOURAGED,
    EPISODE,
    EXPERIENCE_FRIEND,
    EXPERIENCE_LEADER,
    EXPERIENCE_PROFESSIONAL,
    FIRST_ASK,
    FRIEND,
    FRIEND_TRUST,
    HELP_STATUS,
    INJUNCTIVE_NORM,
    KNOWLEDGE,
    LEADER_ASKED,
    LEADER_TRUST,
    NEED_WINDOW,
    NONE,
    NOT_IN_HELP,
    OUTSIDE_CONFIDANTS,
    PAST_CARE,
    PROFESSIONAL,
    REACHABLE_FRIENDS,
    REACHABLE_LEADERS,
    RECOGNISED,
    RECOGNISED_WINDOW,
    SEEN_SEEKING,
    SELF_RELIANCE,
    SELF_STIGMA,
    SENT_BY_OTHERS,
    SOURCES_ASKED,
    THRESHOLD,
    TRUST_IN_SERVICES,
    WEEKS_IN_NEED,
    WEEKS_RECOGNISED,
)
from sim.rows import listed

REFERENCE_SCORE = 14.0  # the score at which the weekly chances in the registry hold
POINTS = 5.0  # weights on distress are per five points
LOWEST_RECOGNITION, HIGHEST_RECOGNITION = 0.002, 0.5  # bounds of the weekly recognition hazard


@spliced
def recognition_hazard(i, people, p):
    """Weekly hazard that person ``i`` comes to see the distress as a need."""
    x = (
        p.seeking_recognition_severity * (people.real[DISTRESS, i] - REFERENCE_SCORE)
        + p.seeking_recognition_knowledge * people.real[KNOWLEDGE, i]
        + people.real[ADDED_RECOGNITION, i]
    )
    if people.small[ENCOURAGED, i]:
        x += p.seeking_recognition_prompted
    if people.small[PAST_CARE, i]:
        x += p.seeking_recognition_past_care
    return min(HIGHEST_RECOGNITION, max(LOWEST_RECOGNITION, p.seeking_recognition_hazard * exponential(x)))


@spliced
def norm_pull(i, people, p):
    """Pull of the descriptive norm in [0, 1] (threshold form), or its log-odds directly (count form)."""
    if p.norms_influence_form >= 0.5:
        seen = people.real[SEEN_SEEKING, i]
        if seen >= 1.5:
            return p.norms_count_several
        return p.norms_count_one if seen >= 0.5 else 0.0
    believed = np.float64(people.real[DESCRIPTIVE_NORM, i])
    if believed <= 0.0:
        return 0.0
    threshold = max(np.float64(people.real[THRESHOLD, i]), 1e-3)
    return 1.0 / (1.0 + exponential(p.norms_threshold_steepness * logarithm(threshold / believed)))


@spliced
def friend_utility(i, people, p):
    """Utility of asking a friend or family member, against asking nobody at zero."""
    trust = people.real[FRIEND_TRUST, i] if people.small[REACHABLE_FRIENDS, i] else p.replies_outside_trust
    pull = norm_pull(i, people, p)
    if p.norms_influence_form < 0.5:
        pull *= p.seeking_friend_descriptive
    utility = (
        p.seeking_friend_constant
        + p.seeking_friend_distress * (people.real[DISTRESS, i] - REFERENCE_SCORE) / POINTS
        + p.seeking_friend_stigma * people.real[SELF_STIGMA, i]
        + p.seeking_friend_injunctive
        * (people.real[INJUNCTIVE_NORM, i] - p.norms_usual_approval)
        / p.norms_approval_spread
        + pull
        + p.seeking_friend_trust * (trust - p.seeking_trust_centre) / p.seeking_trust_spread
        + p.seeking_friend_experience * people.real[EXPERIENCE_FRIEND, i]
        + p.seeking_friend_campaign * people.real[ADDED_CAMPAIGN, i]
        + p.seeking_friend_reliance * people.real[SELF_RELIANCE, i]
    )
    if people.small[ENCOURAGED, i]:
        utility += p.seeking_friend_encouraged
    if not people.small[RECOGNISED, i]:
        utility += logarithm(p.seeking_unrecognised_weight)
    return utility


@spliced
def leader_utility(i, climate, people, p):
    """Utility of asking a leader or trusted adult."""
    pull = norm_pull(i, people, p)
    if p.norms_influence_form < 0.5:
        pull *= p.seeking_leader_descriptive
    utility = (
        p.seeking_leader_constant
        + p.seeking_leader_distress * (people.real[DISTRESS, i] - REFERENCE_SCORE) / POINTS
        + p.seeking_leader_stigma * people.real[SELF_STIGMA, i]
        + p.seeking_leader_injunctive
        * (people.real[INJUNCTIVE_NORM, i] - p.norms_usual_approval)
        / p.norms_approval_spread
        + pull
        + p.seeking_leader_trust * (people.real[LEADER_TRUST, i] - p.seeking_trust_centre) / p.seeking_trust_spread
        + p.seeking_leader_experience * people.real[EXPERIENCE_LEADER, i]
        + p.seeking_leader_climate * climate
        + p.seeking_leader_campaign * people.real[ADDED_CAMPAIGN, i]
        + p.seeking_leader_reliance * people.real[SELF_RELIANCE, i]
    )
    if people.small[ENCOURAGED, i]:
        utility += p.seeking_leader_encouraged
    return utility


@spliced
def professional_utility(i, service, people, p):
    """Utility of turning to a professional."""
    pull = norm_pull(i, people, p)
    if p.norms_influence_form < 0.5:
        pull *= p.seeking_professional_descriptive
    utility = (
        p.seeking_professional_constant
        + p.seeking_professional_distress * (people.real[DISTRESS, i] - REFERENCE_SCORE) / POINTS
        + p.seeking_professional_stigma * people.real[SELF_STIGMA, i] * (1.0 - p.care_line_relief * service.line)
        + p.seeking_professional_injunctive
        * (people.real[INJUNCTIVE_NORM, i] - p.norms_usual_approval)
        / p.norms_approval_spread
        + pull
        + p.seeking_professional_knowledge * people.real[KNOWLEDGE, i]
        + p.seeking_professional_trust * people.real[TRUST_IN_SERVICES, i]
        + p.seeking_professional_experience * people.real[EXPERIENCE_PROFESSIONAL, i]
        + p.seeking_professional_campaign * people.real[ADDED_CAMPAIGN, i]
        - p.seeking_professional_wait * service.expected_wait
        - p.care_access_burden * (1.0 - service.remote)
        + p.seeking_professional_reliance * people.real[SELF_RELIANCE, i]
    )
    if people.small[ENCOURAGED, i]:
        utility += p.seeking_professional_encouraged
    return utility


@spliced
def knows_a_professional(i, service, people, p):
    """Whether person ``i`` knows of professional help to turn to (an anonymous line needs no knowing)."""
    return people.real[KNOWLEDGE, i] > p.seeking_knowledge_gate or service.line > 0.0


@spliced
def choice(i, draw, climate, service, people, p):
    """The source that person ``i`` turns to this week under a uniform ``draw``; multinomial logit, nobody at zero."""
    friend = leader = professional = 0.0
    if (
        people.small[REACHABLE_FRIENDS, i]
        or people.small[OUTSIDE_CONFIDANTS, i]
        or people.real[ADDED_SUPPORTER, i] > 0.0
    ):
        friend = exponential(friend_utility(i, people, p))
    if people.small[RECOGNISED, i]:
        if people.small[REACHABLE_LEADERS, i]:
            leader = exponential(leader_utility(i, climate, people, p))
        if people.small[HELP_STATUS, i] == NOT_IN_HELP and service.open and knows_a_professional(i, service, people, p):
            professional = exponential(professional_utility(i, service, people, p))
    point = draw * (1.0 + friend + leader + professional)
    if point < friend:
        return FRIEND
    if point < friend + leader:
        return LEADER_ASKED
    if point < friend + leader + professional:
        return PROFESSIONAL
    return NONE


@compiled
def step(first, last, origin, seed, week, people, groups, service, p):
    """Screening, recognition, choice, and the bookkeeping of first asks and closing windows."""
    window = math.floor(p.norms_criterion_window) - 1
    people.small[ASKED, first:last] = NONE
    people.small[FIRST_ASK, first:last] = 0
    in_need = np.empty(last - first, np.int32)
    for place in range(listed(people.small[EPISODE, first:last], last - first, in_need)):
        i = first + in_need[place]
        key = luck.person_key(seed, i - origin)
        found = people.real[ADDED_SCREENING, i]
        if found > 0.0 and luck.uniform(key, week, luck.SCREENING) < found:
            people.small[RECOGNISED, i] = 1
            people.small[ENCOURAGED, i] = p.replies_encouragement_weeks
        if not people.small[RECOGNISED, i]:
            hazard = recognition_hazard(i, people, p)
            if luck.uniform(key, week, luck.RECOGNITION) < -math.expm1(-hazard):
                people.small[RECOGNISED, i] = 1
        climate = groups.value[CLIMATE, people.group[i]]
        asked = choice(i, luck.uniform(key, week, luck.CHOICE), climate, service, people, p)
        if asked != NONE:
            people.small[ASKED, i] = asked
            people.small[FIRST_ASK, i] = 1 if people.small[SOURCES_ASKED, i] == 0 else 0
            people.small[SOURCES_ASKED, i] |= 1 << (asked - 1)
            if asked == PROFESSIONAL:
                people.small[SENT_BY_OTHERS, i] = 1 if people.small[ENCOURAGED, i] else 0
        sought = 2 if people.small[SOURCES_ASKED, i] else 1
        if people.weeks[WEEKS_IN_NEED, i] == window:
            people.small[NEED_WINDOW, i] = sought
        if people.small[RECOGNISED, i] and people.weeks[WEEKS_RECOGNISED, i] == window:
            people.small[RECOGNISED_WINDOW, i] = sought
