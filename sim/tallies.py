"""Summing people up: each block of people adds to its own table, and blocks are added in a fixed order."""

from sim.compiled import borrowed, compiled, inlined
from sim.distress import EPISODE_SCORE
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
from sim.seeking import logistic

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


@compiled
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


@compiled
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


@inlined
def of_everyone(i, people, groups, table, p):
    """Add what is counted for person ``i`` whatever her state."""
    distress = people.real[DISTRESS, i]
    table[TO_PEOPLE] += 1.0
    table[TO_DISTRESS] += distress
    if distress >= SEVERE_SCORE:
        table[TO_SEVERE] += 1.0
    elif distress >= EPISODE_SCORE:
        table[TO_MODERATE] += 1.0
    elif distress >= MILD_SCORE:
        table[TO_MILD] += 1.0
    if distress >= p.distress_risk_score:
        table[TO_ELEVATED_RISK] += 1.0
    seeking = people.real[DESCRIPTIVE_NORM, i] >= p.norms_expectation_share
    approval = people.real[INJUNCTIVE_NORM, i] > 0.0
    table[TO_DESCRIPTIVE_NORM] += people.real[DESCRIPTIVE_NORM, i]
    table[TO_INJUNCTIVE_NORM] += people.real[INJUNCTIVE_NORM, i]
    if seeking:
        table[TO_EXPECTS_SEEKING] += 1.0
    if approval:
        table[TO_EXPECTS_APPROVAL] += 1.0
        if seeking:
            table[TO_EXPECTS_BOTH] += 1.0
    if people.small[PUBLISHED, i] & SPEAKS:
        table[TO_SPEAKS_NOW] += 1.0
    table[TO_WOULD_SPEAK] += logistic(
        p.norms_speaking_intercept - p.norms_speaking_stigma * people.real[SELF_STIGMA, i]
    )
    table[TO_SELF_STIGMA] += people.real[SELF_STIGMA, i]
    table[TO_REACHABLE_FRIENDS] += people.small[REACHABLE_FRIENDS, i]
    table[TO_REACHABLE_LEADERS] += people.small[REACHABLE_LEADERS, i]
    if (
        people.small[REACHABLE_FRIENDS, i] == 0
        and people.small[REACHABLE_LEADERS, i] == 0
        and people.small[OUTSIDE_CONFIDANTS, i] == 0
    ):
        table[TO_WITHOUT_CONFIDANT] += 1.0
    table[TO_EXPERIENCE_PROFESSIONAL] += people.real[EXPERIENCE_PROFESSIONAL, i]
    group = people.group[i]
    table[TO_COHESION] += groups.value[COHESION, group]
    table[TO_CLIMATE] += groups.value[CLIMATE, group]
    table[TO_MORALE] += groups.value[MORALE, group]


@compiled
def step(first, last, people, groups, working, table, p):
    """Add people ``first`` to ``last`` to ``table`` (subgroups x tallies); ``working``: a bit for each plan at work."""
    table = borrowed(table)
    for i in range(first, last):
        row = table[people.weeks[STRATUM, i]]
        of_everyone(i, people, groups, row, p)
        if people.small[EPISODE, i]:
            of_need(i, people, row)
        closed = people.small[NEED_WINDOW, i] | people.small[RECOGNISED_WINDOW, i]
        if closed | people.small[EPISODE_ENDED, i] | people.small[CARE_EVENT, i]:
            of_closings(i, people, row)
        status = people.small[HELP_STATUS, i]
        if status == WAITING:
            row[TO_WAITING_NOW] += 1.0
        elif status == IN_CARE:
            row[TO_IN_CARE_NOW] += 1.0
        if people.reached[i] & working:
            row[TO_REACHED] += 1.0
