"""Whether a need is seen as one, whether to ask for help, and whom: the week's decision of a person in distress."""

import math

from sim import luck
from sim.compiled import compiled
from sim.distress import EPISODE_SCORE
from sim.people import FRIEND, LEADER_ASKED, NONE, NOT_IN_HELP, PROFESSIONAL

REFERENCE_SCORE = 14.0  # the score at which the weekly chances in the registry hold
POINTS = 5.0  # weights on distress are per five points
LOWEST_RECOGNITION, HIGHEST_RECOGNITION = 0.002, 0.5  # bounds of the weekly recognition hazard


@compiled
def logistic(x):
    """The logistic function."""
    return 1.0 / (1.0 + math.exp(-x))


@compiled
def recognition_hazard(i, people, p):
    """Weekly hazard that person ``i`` comes to see the distress as a need."""
    x = (
        p.seeking_recognition_severity * (people.distress[i] - REFERENCE_SCORE)
        + p.seeking_recognition_knowledge * people.knowledge[i]
        + people.added_recognition[i]
    )
    if people.encouraged[i]:
        x += p.seeking_recognition_prompted
    if people.past_care[i]:
        x += p.seeking_recognition_past_care
    return min(HIGHEST_RECOGNITION, max(LOWEST_RECOGNITION, p.seeking_recognition_hazard * math.exp(x)))


@compiled
def norm_pull(i, people, p):
    """Pull of the descriptive norm in [0, 1] (threshold form), or its log-odds directly (count form)."""
    if p.norms_influence_form >= 0.5:
        seen = people.seen_seeking[i]
        if seen >= 1.5:
            return p.norms_count_several
        return p.norms_count_one if seen >= 0.5 else 0.0
    share = math.pow(people.descriptive_norm[i], p.norms_threshold_steepness)
    return share / (share + math.pow(max(people.threshold[i], 1e-3), p.norms_threshold_steepness))


@compiled
def friend_utility(i, people, p):
    """Utility of asking a friend or family member, against asking nobody at zero."""
    trust = people.friend_trust[i] if people.reachable_friends[i] else p.replies_outside_trust
    pull = norm_pull(i, people, p)
    if p.norms_influence_form < 0.5:
        pull *= p.seeking_friend_descriptive
    utility = (
        p.seeking_friend_constant
        + p.seeking_friend_distress * (people.distress[i] - REFERENCE_SCORE) / POINTS
        + p.seeking_friend_stigma * people.self_stigma[i]
        + p.seeking_friend_injunctive * (people.injunctive_norm[i] - p.norms_usual_approval) / p.norms_approval_spread
        + pull
        + p.seeking_friend_trust * (trust - p.seeking_trust_centre) / p.seeking_trust_spread
        + p.seeking_friend_experience * people.experience_friend[i]
        + p.seeking_friend_campaign * people.added_campaign[i]
        + p.seeking_friend_reliance * people.self_reliance[i]
    )
    if people.encouraged[i]:
        utility += p.seeking_friend_encouraged
    if not people.recognised[i]:
        utility += math.log(p.seeking_unrecognised_weight)
    return utility


@compiled
def leader_utility(i, climate, people, p):
    """Utility of asking a leader or trusted adult."""
    pull = norm_pull(i, people, p)
    if p.norms_influence_form < 0.5:
        pull *= p.seeking_leader_descriptive
    utility = (
        p.seeking_leader_constant
        + p.seeking_leader_distress * (people.distress[i] - REFERENCE_SCORE) / POINTS
        + p.seeking_leader_stigma * people.self_stigma[i]
        + p.seeking_leader_injunctive * (people.injunctive_norm[i] - p.norms_usual_approval) / p.norms_approval_spread
        + pull
        + p.seeking_leader_trust * (people.leader_trust[i] - p.seeking_trust_centre) / p.seeking_trust_spread
        + p.seeking_leader_experience * people.experience_leader[i]
        + p.seeking_leader_climate * climate
        + p.seeking_leader_campaign * people.added_campaign[i]
        + p.seeking_leader_reliance * people.self_reliance[i]
    )
    if people.encouraged[i]:
        utility += p.seeking_leader_encouraged
    return utility


@compiled
def professional_utility(i, service, people, p):
    """Utility of turning to a professional."""
    pull = norm_pull(i, people, p)
    if p.norms_influence_form < 0.5:
        pull *= p.seeking_professional_descriptive
    utility = (
        p.seeking_professional_constant
        + p.seeking_professional_distress * (people.distress[i] - REFERENCE_SCORE) / POINTS
        + p.seeking_professional_stigma * people.self_stigma[i] * (1.0 - p.care_line_relief * service.line)
        + p.seeking_professional_injunctive
        * (people.injunctive_norm[i] - p.norms_usual_approval)
        / p.norms_approval_spread
        + pull
        + p.seeking_professional_knowledge * people.knowledge[i]
        + p.seeking_professional_trust * people.trust_in_services[i]
        + p.seeking_professional_experience * people.experience_professional[i]
        + p.seeking_professional_campaign * people.added_campaign[i]
        - p.seeking_professional_wait * service.expected_wait
        - p.care_access_burden * (1.0 - service.remote)
        + p.seeking_professional_reliance * people.self_reliance[i]
    )
    if people.encouraged[i]:
        utility += p.seeking_professional_encouraged
    return utility


@compiled
def knows_a_professional(i, service, people, p):
    """Whether person ``i`` knows of professional help to turn to (an anonymous line needs no knowing)."""
    return people.knowledge[i] > p.seeking_knowledge_gate or service.line > 0.0


@compiled
def choice(i, draw, climate, service, people, p):
    """The source that person ``i`` turns to this week under a uniform ``draw``; multinomial logit, nobody at zero."""
    friend = leader = professional = 0.0
    if people.reachable_friends[i] or people.outside_confidants[i] or people.added_supporter[i] > 0.0:
        friend = math.exp(friend_utility(i, people, p))
    if people.recognised[i]:
        if people.reachable_leaders[i]:
            leader = math.exp(leader_utility(i, climate, people, p))
        if people.help_status[i] == NOT_IN_HELP and service.open and knows_a_professional(i, service, people, p):
            professional = math.exp(professional_utility(i, service, people, p))
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
    window = p.norms_criterion_window - 1
    for i in range(first, last):
        people.asked[i] = NONE
        people.first_ask[i] = 0
        if people.episode[i] == 0:
            continue
        key = luck.person_key(seed, i - origin)
        if people.added_screening[i] > 0.0 and people.distress[i] >= EPISODE_SCORE:
            if luck.uniform(key, week, luck.SCREENING) < people.added_screening[i]:
                people.recognised[i] = 1
                people.encouraged[i] = p.replies_encouragement_weeks
        if not people.recognised[i]:
            hazard = recognition_hazard(i, people, p)
            if luck.uniform(key, week, luck.RECOGNITION) < -math.expm1(-hazard):
                people.recognised[i] = 1
        climate = groups.climate[people.group[i]]
        asked = choice(i, luck.uniform(key, week, luck.CHOICE), climate, service, people, p)
        if asked != NONE:
            people.asked[i] = asked
            people.first_ask[i] = 1 if people.sources_asked[i] == 0 else 0
            people.sources_asked[i] |= 1 << (asked - 1)
        sought = 2 if people.sources_asked[i] else 1
        if people.weeks_in_need[i] == window:
            people.need_window[i] = sought
        if people.recognised[i] and people.weeks_recognised[i] == window:
            people.recognised_window[i] = sought
