"""What is worked out person by person: who was asked, what people would do if in need, who names whom."""

import numpy as np

from sim import engine, luck
from sim.compiled import compiled
from sim.groups import CLIMATE
from sim.people import (
    ADDED_SUPPORTER,
    ANSWER,
    ASKED,
    DISTRESS,
    ENCOURAGED,
    FRIEND,
    HELP_STATUS,
    LEADER_ASKED,
    NOT_IN_HELP,
    OUTSIDE_CONFIDANTS,
    REACHABLE_FRIENDS,
    REACHABLE_LEADERS,
    RECOGNISED,
    SUPPORTIVE,
)
from sim.replies import encouragement_chance, support_chance, whom
from sim.seeking import (
    REFERENCE_SCORE,
    friend_utility,
    knows_a_professional,
    leader_utility,
    professional_utility,
)
from sim.state import bare
from sim.ties import Ties, is_valued


@compiled
def intentions(week, state, found):
    """Weekly chances to ask a friend, leader or professional, into ``found`` (3, people), if everybody were in need.

    In need means: recognised, at the reference score, nobody encouraging, in no care. The state is left as it was.
    """
    state = bare(state)
    people = state.people
    for w in range(len(state.worlds.seed)):
        p, service = state.parameters[w], engine.service(w, week, state)
        for i in range(state.worlds.first_person[w], state.worlds.first_person[w + 1]):
            score, seen = people.real[DISTRESS, i], people.small[RECOGNISED, i]
            urged, status = people.small[ENCOURAGED, i], people.small[HELP_STATUS, i]
            people.real[DISTRESS, i], people.small[RECOGNISED, i] = REFERENCE_SCORE, 1
            people.small[ENCOURAGED, i], people.small[HELP_STATUS, i] = 0, NOT_IN_HELP
            odds(i, service, state, p, found)
            people.real[DISTRESS, i], people.small[RECOGNISED, i] = score, seen
            people.small[ENCOURAGED, i], people.small[HELP_STATUS, i] = urged, status


@compiled
def odds(i, service, state, p, found):
    """The chances of one person as she stands, into ``found``; the same rule as ``seeking.choice``."""
    people = state.people
    friend = leader = professional = 0.0
    if (
        people.small[REACHABLE_FRIENDS, i]
        or people.small[OUTSIDE_CONFIDANTS, i]
        or people.real[ADDED_SUPPORTER, i] > 0.0
    ):
        friend = np.exp(friend_utility(i, people, p))
    if people.small[REACHABLE_LEADERS, i]:
        leader = np.exp(leader_utility(i, state.groups.value[CLIMATE, people.group[i]], people, p))
    if service.open and knows_a_professional(i, service, people, p):
        professional = np.exp(professional_utility(i, service, people, p))
    total = 1.0 + friend + leader + professional
    found[0, i], found[1, i], found[2, i] = friend / total, leader / total, professional / total


@compiled
def readiness(state, found):
    """Chances that each person, if asked, answers supportively, and then encourages, into ``found`` (2, people)."""
    state = bare(state)
    people = state.people
    count = people.group.size
    selves = Ties(
        np.arange(count + 1),
        np.arange(count).astype(np.int32),
        np.ones(count, np.float32),
        np.zeros(count, np.uint8),
        np.zeros(count, np.uint8),
    )
    for w in range(len(state.worlds.seed)):
        p = state.parameters[w]
        for i in range(state.worlds.first_person[w], state.worlds.first_person[w + 1]):
            found[0, i] = support_chance(i, people, selves, state.groups, p)
            found[1, i] = encouragement_chance(i, people, selves, p)


@compiled
def helpers(week, state, trust, asked, supported, encouraged):
    """Count for each person who was asked this week, answered well and encouraged; ``trust``: as it was last week."""
    state = bare(state)
    people, ties = state.people, state.ties
    before = Ties(ties.start, ties.target, trust, ties.closeness, ties.kind)
    for w in range(len(state.worlds.seed)):
        p, origin = state.parameters[w], state.worlds.first_person[w]
        for i in range(origin, state.worlds.first_person[w + 1]):
            source = people.small[ASKED, i]
            if source != FRIEND and source != LEADER_ASKED:
                continue
            draw = luck.uniform(luck.person_key(state.worlds.seed[w], i - origin), week, luck.CONFIDANT)
            tie = whom(i, draw, source == LEADER_ASKED, people, before, p)
            if tie < 0:
                continue
            asked[ties.target[tie]] += 1
            if people.small[ANSWER, i] == SUPPORTIVE:
                supported[ties.target[tie]] += 1
                if people.small[ENCOURAGED, i] == int(p.replies_encouragement_weeks):
                    encouraged[ties.target[tie]] += 1


@compiled
def named(state, within, everywhere):
    """How many others would name each person as valued: those of her own group, and all."""
    state = bare(state)
    people, ties = state.people, state.ties
    for w in range(len(state.worlds.seed)):
        p = state.parameters[w]
        for i in range(state.worlds.first_person[w], state.worlds.first_person[w + 1]):
            for tie in range(ties.start[i], ties.start[i + 1]):
                if is_valued(tie, ties, p):
                    other = ties.target[tie]
                    everywhere[other] += 1
                    if people.group[other] == people.group[i]:
                        within[other] += 1
