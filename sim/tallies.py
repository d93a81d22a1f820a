"""Summing people up: each block of people adds to its own table, and blocks are added in a fixed order."""

import numpy as np

from sim.compiled import borrowed, compiled, spliced
from sim.distress import EPISODE_SCORE
from sim.elementary import logistic
from sim.groups import CLIMATE, COHESION, MORALE
from sim.measures import TALLIES
from sim.people import (
    ANSWER,
    ASKED,
    CARE_EVENT,
    DESCRIPTIVE_NORM,
    DISTRESS,
    DROPPED_OUT,
    ENCOURAGED,
    EPISODE,
    EPISODE_ENDED,
    EXPERIENCE_PROFESSIONAL,
    FIRST_ASK,
    FRIEND,
    GAVE_UP_WAITING,
    HELP_STATUS,
    HELPED,
    IN_CARE,
    INJUNCTIVE_NORM,
    LEADER_ASKED,
    NEED_WINDOW,
    NONE,
    NOT_HELPED,
    OUTSIDE_CONFIDANTS,
    PROFESSIONAL,
    PUBLISHED,
    REACHABLE_FRIENDS,
    REACHABLE_LEADERS,
    RECOGNISED,
    RECOGNISED_WINDOW,
    SELF_STIGMA,
    SOURCES_ASKED,
    SPEAKS,
    STRATUM,
    SUPPORTIVE,
    WAITING,
    WEEKS_IN_NEED,
    WEEKS_RECOGNISED,
)
from sim.rows import SPAN, listed

MILD_SCORE, SEVERE_SCORE = 5.0, 15.0  # PHQ-9 bands (Kroenke, Spitzer & Williams 2001)
(
    TO_PEOPLE,
    TO_DISTRESS,
    TO_MILD,
    TO_MODERATE,
    TO_SEVERE,
    TO_ELEVATED_RISK,
    TO_IN_NEED,
    TO_RECOGNISED,
    TO_ASKED_FRIEND,
    TO_ASKED_LEADER,
    TO_ASKED_PROFESSIONAL,
    TO_ASKED_WHILE_RECOGNISED,
    TO_NOBODY_ASKED_YET,
    TO_FIRST_ASKS,
    TO_WEEKS_TO_FIRST_ASK,
    TO_FIRST_ASKS_RECOGNISED,
    TO_WEEKS_FROM_RECOGNITION,
    TO_NEED_CLOSED,
    TO_NEED_CLOSED_ASKED,
    TO_RECOGNISED_CLOSED,
    TO_RECOGNISED_CLOSED_ASKED,
    TO_EPISODES_ENDED,
    TO_ENDED_ASKED_ANYONE,
    TO_ENDED_ASKED_PROFESSIONAL,
    TO_ANSWERED,
    TO_ANSWERED_SUPPORTIVELY,
    TO_ENCOURAGED,
    TO_WAITING_NOW,
    TO_IN_CARE_NOW,
    TO_HELPED_NOW,
    TO_NOT_HELPED_NOW,
    TO_DROPPED_OUT_NOW,
    TO_GAVE_UP_NOW,
    TO_DESCRIPTIVE_NORM,
    TO_INJUNCTIVE_NORM,
    TO_EXPECTS_SEEKING,
    TO_EXPECTS_APPROVAL,
    TO_EXPECTS_BOTH,
    TO_SPEAKS_NOW,
    TO_WOULD_SPEAK,
    TO_SELF_STIGMA,
    TO_REACHABLE_FRIENDS,
    TO_REACHABLE_LEADERS,
    TO_WITHOUT_CONFIDANT,
    TO_EXPERIENCE_PROFESSIONAL,
    TO_COHESION,
    TO_CLIMATE,
    TO_MORALE,
    TO_REACHED,
) = range(len(TALLIES))


@spliced
def of_need(i, people, table):
    """Add person ``i``, who is in an episode."""
    table[TO_IN_NEED] += 1.0
    if people.small[ENCOURAGED, i]:
        table[TO_ENCOURAGED] += 1.0
    if people.small[SOURCES_ASKED, i] == 0:
        table[TO_NOBODY_ASKED_YET] += 1.0
    asked = people.small[ASKED, i]
    if asked == FRIEND:
        table[TO_ASKED_FRIEND] += 1.0
    elif asked == LEADER_ASKED:
        table[TO_ASKED_LEADER] += 1.0
    elif asked == PROFESSIONAL:
        table[TO_ASKED_PROFESSIONAL] += 1.0
    if people.small[ANSWER, i]:
        table[TO_ANSWERED] += 1.0
        if people.small[ANSWER, i] == SUPPORTIVE:
            table[TO_ANSWERED_SUPPORTIVELY] += 1.0
    if people.small[FIRST_ASK, i]:
        table[TO_FIRST_ASKS] += 1.0
        table[TO_WEEKS_TO_FIRST_ASK] += people.weeks[WEEKS_IN_NEED, i]
        if people.small[RECOGNISED, i]:
            table[TO_FIRST_ASKS_RECOGNISED] += 1.0
            table[TO_WEEKS_FROM_RECOGNITION] += people.weeks[WEEKS_RECOGNISED, i]
    if people.small[RECOGNISED, i]:
        table[TO_RECOGNISED] += 1.0
        if asked != NONE:
            table[TO_ASKED_WHILE_RECOGNISED] += 1.0


@spliced
def of_closings(i, people, table):
    """Add what closed for person ``i`` this week: windows since onset or recognition, an episode, care."""
    if people.small[NEED_WINDOW, i]:
        table[TO_NEED_CLOSED] += 1.0
        table[TO_NEED_CLOSED_ASKED] += people.small[NEED_WINDOW, i] - 1
    if people.small[RECOGNISED_WINDOW, i]:
        table[TO_RECOGNISED_CLOSED] += 1.0
        table[TO_RECOGNISED_CLOSED_ASKED] += people.small[RECOGNISED_WINDOW, i] - 1
    if people.small[EPISODE_ENDED, i]:
        asked = people.small[EPISODE_ENDED, i] - 1
        table[TO_EPISODES_ENDED] += 1.0
        if asked:
            table[TO_ENDED_ASKED_ANYONE] += 1.0
        if asked & (1 << (PROFESSIONAL - 1)):
            table[TO_ENDED_ASKED_PROFESSIONAL] += 1.0
    event = people.small[CARE_EVENT, i]
    if event == HELPED:
        table[TO_HELPED_NOW] += 1.0
    elif event == NOT_HELPED:
        table[TO_NOT_HELPED_NOW] += 1.0
    elif event == DROPPED_OUT:
        table[TO_DROPPED_OUT_NOW] += 1.0
    elif event == GAVE_UP_WAITING:
        table[TO_GAVE_UP_NOW] += 1.0


@spliced
def of_everyone(i, people, table, expectation, risk_score):
    """Add what is counted for person ``i`` whatever her state; no branches, since most of it cannot be predicted."""
    distress, seeking, approval = (
        people.real[DISTRESS, i],
        people.real[DESCRIPTIVE_NORM, i],
        people.real[INJUNCTIVE_NORM, i],
    )
    friends, leaders = people.small[REACHABLE_FRIENDS, i], people.small[REACHABLE_LEADERS, i]
    expects_seeking, expects_approval = seeking >= expectation, approval > 0.0
    table[TO_PEOPLE] += 1.0
    table[TO_DISTRESS] += distress
    table[TO_MILD] += (distress >= MILD_SCORE) & (distress < EPISODE_SCORE)
    table[TO_MODERATE] += (distress >= EPISODE_SCORE) & (distress < SEVERE_SCORE)
    table[TO_SEVERE] += distress >= SEVERE_SCORE
    table[TO_ELEVATED_RISK] += distress >= risk_score
    table[TO_DESCRIPTIVE_NORM] += seeking
    table[TO_INJUNCTIVE_NORM] += approval
    table[TO_EXPECTS_SEEKING] += expects_seeking
    table[TO_EXPECTS_APPROVAL] += expects_approval
    table[TO_EXPECTS_BOTH] += expects_seeking & expects_approval
    table[TO_SPEAKS_NOW] += people.small[PUBLISHED, i] & SPEAKS
    table[TO_SELF_STIGMA] += people.real[SELF_STIGMA, i]
    table[TO_REACHABLE_FRIENDS] += friends
    table[TO_REACHABLE_LEADERS] += leaders
    table[TO_WITHOUT_CONFIDANT] += (friends | leaders | people.small[OUTSIDE_CONFIDANTS, i]) == 0
    table[TO_EXPERIENCE_PROFESSIONAL] += people.real[EXPERIENCE_PROFESSIONAL, i]


@spliced
def of_group(i, people, groups, table):
    """Add what the group of person ``i`` is like."""
    group = people.group[i]
    table[TO_COHESION] += groups.value[COHESION, group]
    table[TO_CLIMATE] += groups.value[CLIMATE, group]
    table[TO_MORALE] += groups.value[MORALE, group]


@compiled
def mark_few(first, last, working, people, marked):
    """Mark those of whom there is more to count: in an episode, in care, reached, or something closed this week."""
    small = people.small
    episode, status, event = small[EPISODE, first:last], small[HELP_STATUS, first:last], small[CARE_EVENT, first:last]
    need, recognised = small[NEED_WINDOW, first:last], small[RECOGNISED_WINDOW, first:last]
    ended, reached = small[EPISODE_ENDED, first:last], people.reached[first:last]
    for k in range(episode.size):
        marked[k] = (episode[k] | status[k] | event[k] | need[k] | recognised[k] | ended[k]) != 0
    if working:
        for k in range(episode.size):
            marked[k] |= reached[k] & working != 0


@spliced
def of_few(i, people, working, row):
    """Add what is counted for few: need, what closed, care, and being reached."""
    if people.small[EPISODE, i]:
        of_need(i, people, row)
    of_closings(i, people, row)
    row[TO_WAITING_NOW] += people.small[HELP_STATUS, i] == WAITING
    row[TO_IN_CARE_NOW] += people.small[HELP_STATUS, i] == IN_CARE
    row[TO_REACHED] += people.reached[i] & working != 0


@compiled
def would_speak(stigma, intercept, by_stigma, out):
    """The chance that each person would speak of seeking help if opinion were even."""
    for k in range(stigma.size):
        out[k] = logistic(intercept - by_stigma * stigma[k])


@compiled
def step(first, last, people, groups, working, table, p):
    """Add people ``first`` to ``last`` to ``table`` (subgroups x tallies); ``working``: a bit for each plan at work."""
    table = borrowed(table)
    expectation, risk_score = p.norms_expectation_share, p.distress_risk_score
    open_minded, marked, few = np.empty(SPAN), np.empty(SPAN, np.uint8), np.empty(SPAN, np.int32)
    for a in range(first, last, SPAN):
        b = min(a + SPAN, last)
        would_speak(people.real[SELF_STIGMA, a:b], p.norms_speaking_intercept, p.norms_speaking_stigma, open_minded)
        mark_few(a, b, working, people, marked)
        for i in range(a, b):
            row = table[people.weeks[STRATUM, i]]
            of_everyone(i, people, row, expectation, risk_score)
            of_group(i, people, groups, row)
            row[TO_WOULD_SPEAK] += open_minded[i - a]
        for place in range(listed(marked, b - a, few)):
            i = a + few[place]
            of_few(i, people, working, table[people.weeks[STRATUM, i]])
