"""What the person asked does: answers well or badly, and may encourage professional help."""

import numpy as np

from sim import luck
from sim.compiled import compiled, spliced
from sim.elementary import logistic
from sim.groups import COHESION
from sim.people import (
    ADDED_HELPER_SKILL,
    ADDED_PROMPTING,
    ADDED_SUPPORTER,
    ANSWER,
    ASKED,
    ENCOURAGED,
    EXPERIENCE_FRIEND,
    EXPERIENCE_LEADER,
    FRIEND,
    LEADER,
    LEADER_ASKED,
    OUTSIDE_CONFIDANTS,
    ROLE,
    SELF_STIGMA,
    SUPPORTED_BY_FRIEND,
    SUPPORTED_BY_LEADER,
    SUPPORTIVE,
    UNANSWERED,
    UNSUPPORTIVE,
)
from sim.rows import fade, listed, run_down

OUTSIDE, SUPPORTER = -1, -2  # answers from people who are not simulated


@spliced
def in_reach(i, tie, wants_leader, people, ties, p):
    """Whether a tie of person ``i`` leads to someone of the wanted kind who is trusted enough to be asked."""
    return ties.trust[tie] >= p.bonds_reach_trust and (people.small[ROLE, ties.target[tie]] == LEADER) == wants_leader


@spliced
def whom(i, draw, wants_leader, people, ties, p):
    """The tie chosen, with chances in proportion to trust; OUTSIDE or SUPPORTER for people who are not simulated."""
    total = 0.0
    for tie in range(ties.start[i], ties.start[i + 1]):
        if in_reach(i, tie, wants_leader, people, ties, p):
            total += ties.trust[tie]
    supporters = 0.0 if wants_leader else people.real[ADDED_SUPPORTER, i]
    outside = 0.0 if wants_leader else people.small[OUTSIDE_CONFIDANTS, i] * p.replies_outside_trust
    point = draw * (total + supporters + outside)
    if point < supporters:
        return SUPPORTER
    point -= supporters
    for tie in range(ties.start[i], ties.start[i + 1]):
        if in_reach(i, tie, wants_leader, people, ties, p):
            if point < ties.trust[tie]:
                return tie
            point -= ties.trust[tie]
    return OUTSIDE


@spliced
def support_chance(tie, people, ties, groups, p):
    """Chance that the one asked answers supportively."""
    if tie == OUTSIDE:
        return logistic(p.replies_support_constant)
    if tie == SUPPORTER:
        return logistic(p.replies_support_constant + p.replies_supporter_skill)
    helper = ties.target[tie]
    return logistic(
        p.replies_support_constant
        + p.replies_support_stigma * people.real[SELF_STIGMA, helper]
        + p.replies_support_cohesion * groups.value[COHESION, people.group[helper]]
        + people.real[ADDED_HELPER_SKILL, helper]
    )


@spliced
def encouragement_chance(tie, people, ties, p):
    """Chance that a supportive answer comes with encouragement to see a professional."""
    added = people.real[ADDED_PROMPTING, ties.target[tie]] if tie >= 0 else 0.0
    return min(1.0, p.replies_encouragement + added)


@spliced
def experience_after(experience, supportive, p):
    """Experience with a source after one more answer: a step towards +1 or -1."""
    return experience + p.replies_experience_step * ((1.0 if supportive else -1.0) - experience)


@compiled
def step(first, last, origin, seed, week, people, ties, groups, p):
    """Answers to everyone who asked a friend or a leader this week; support and encouragement run down."""
    small, real, keep = people.small, people.real, 1.0 - p.replies_forgetting
    small[ANSWER, first:last] = UNANSWERED
    for row in (ENCOURAGED, SUPPORTED_BY_FRIEND, SUPPORTED_BY_LEADER):
        run_down(small[row, first:last])
    for row in (EXPERIENCE_FRIEND, EXPERIENCE_LEADER):
        fade(real[row, first:last], keep)
    asking = np.empty(last - first, np.int32)
    for place in range(listed(small[ASKED, first:last], last - first, asking)):
        i = first + asking[place]
        asked = people.small[ASKED, i]
        if asked != FRIEND and asked != LEADER_ASKED:
            continue
        key = luck.person_key(seed, i - origin)
        tie = whom(i, luck.uniform(key, week, luck.CONFIDANT), asked == LEADER_ASKED, people, ties, p)
        supportive = luck.uniform(key, week, luck.REPLY) < support_chance(tie, people, ties, groups, p)
        people.small[ANSWER, i] = SUPPORTIVE if supportive else UNSUPPORTIVE
        if supportive:
            if asked == FRIEND:
                people.small[SUPPORTED_BY_FRIEND, i] = p.replies_support_weeks
            else:
                people.small[SUPPORTED_BY_LEADER, i] = p.replies_support_weeks
            chance = luck.uniform(key, week, luck.ENCOURAGEMENT)
            if chance < encouragement_chance(tie, people, ties, p):
                people.small[ENCOURAGED, i] = p.replies_encouragement_weeks
        if asked == FRIEND:
            people.real[EXPERIENCE_FRIEND, i] = experience_after(people.real[EXPERIENCE_FRIEND, i], supportive, p)
        else:
            people.real[EXPERIENCE_LEADER, i] = experience_after(people.real[EXPERIENCE_LEADER, i], supportive, p)
        if tie >= 0:
            change = p.replies_trust_step if supportive else -p.replies_trust_loss
            ties.trust[tie] = min(1.0, max(0.0, ties.trust[tie] + change))
