"""Professional help: the queue, the sessions, how care ends, and what experience it leaves behind."""

import math
from typing import NamedTuple

import numpy as np

from sim import luck
from sim.compiled import compiled, spliced
from sim.elementary import logistic
from sim.people import (
    ASKED,
    CARE_EVENT,
    DROPPED_OUT,
    EPISODE,
    EXPERIENCE_PROFESSIONAL,
    GAVE_UP_WAITING,
    HELP_STATUS,
    HELPED,
    IN_CARE,
    NO_CHANGE,
    NOT_HELPED,
    NOT_IN_HELP,
    PAST_CARE,
    PROFESSIONAL,
    PUBLISHED,
    SENT_BY_OTHERS,
    WAITING,
    WAS_HELPED,
    WEEKS_IN_HELP,
)
from sim.rows import fade, run_down

LONGEST_WAIT = 520  # weeks told apart in the queue; whoever waits longer counts as waiting this long


class Service(NamedTuple):
    """Professional help in one world, this week."""

    slots: float  # sessions a week, before rounding
    remote: float  # share of the sessions held at a distance
    line: float  # anonymous line: 0 none, 1 open to all
    expected_wait: float  # weeks, as last week's queue let people expect
    open: bool  # whether the service takes people at all


class ServiceWeek(NamedTuple):
    """What the service did in one week."""

    places: int
    sessions: int
    joined: int
    offered: int
    attended: int
    attended_wait: int
    waiting: int
    in_care: int
    expected_wait: float


@compiled
def places_this_week(slots, seed, week):
    """Whole places for a fractional number of weekly slots: the fraction is the chance of one more."""
    whole = math.floor(slots)
    extra = luck.uniform(luck.person_key(seed, -1), week, luck.SLOTS) < slots - whole
    return int(whole) + (1 if extra else 0)


@spliced
def attendance_chance(weeks_waited, sent_by_others, p):
    """Chance that a place offered after ``weeks_waited`` weeks is taken up."""
    sent = p.care_attendance_sent if sent_by_others else 0.0
    return logistic(p.care_attendance_constant + p.care_attendance_wait * weeks_waited + sent)


@compiled
def admitted(first, last, origin, seed, week, free, people):
    """Who is offered a place: (weeks, key); longer waits than ``weeks`` all, equal ones with a draw up to ``key``."""
    waiting = np.zeros(LONGEST_WAIT + 1, np.int64)
    for i in range(first, last):
        if people.small[HELP_STATUS, i] == WAITING:
            waiting[min(people.weeks[WEEKS_IN_HELP, i], LONGEST_WAIT)] += 1
    cut = LONGEST_WAIT
    while cut >= 0 and waiting[cut] <= free:
        free -= waiting[cut]
        cut -= 1
    if cut < 0 or free <= 0:
        return cut, np.uint64(0)
    keys = np.empty(waiting[cut], np.uint64)
    found = 0
    for i in range(first, last):
        if people.small[HELP_STATUS, i] == WAITING and min(people.weeks[WEEKS_IN_HELP, i], LONGEST_WAIT) == cut:
            keys[found] = luck.bits(luck.person_key(seed, i - origin), week, luck.QUEUE)
            found += 1
    keys.sort()
    return cut, keys[free - 1]


@spliced
def hold_session(i, key, week, people, p):
    """One session for person ``i``: care may end with it, in drop-out, helped or not helped."""
    people.weeks[WEEKS_IN_HELP, i] += 1
    if luck.uniform(key, week, luck.SESSION) >= p.care_ending_chance:
        return
    people.small[HELP_STATUS, i] = NOT_IN_HELP
    people.weeks[WEEKS_IN_HELP, i] = 0
    people.small[PAST_CARE, i] = p.care_memory
    if luck.uniform(key, week, luck.DROPOUT) < p.care_dropout:
        people.small[CARE_EVENT, i] = DROPPED_OUT
        change = p.care_experience_unhelped
    elif luck.uniform(key, week, luck.OUTCOME) < p.care_helped:
        people.small[CARE_EVENT, i] = HELPED
        people.small[PUBLISHED, i] |= WAS_HELPED
        change = p.care_experience_helped
    else:
        people.small[CARE_EVENT, i] = NOT_HELPED
        change = p.care_experience_unhelped
    people.real[EXPERIENCE_PROFESSIONAL, i] = min(1.0, max(-1.0, people.real[EXPERIENCE_PROFESSIONAL, i] + change))


@compiled
def step(first, last, origin, seed, week, service, people, p):
    """The service's week in one world, rows ``first`` to ``last``: joining, sessions, offers, attendance."""
    places = places_this_week(service.slots, seed, week)
    sessions = joined = in_care = 0
    people.small[CARE_EVENT, first:last] = NO_CHANGE
    fade(people.real[EXPERIENCE_PROFESSIONAL, first:last], 1.0 - p.replies_forgetting)
    run_down(people.small[PAST_CARE, first:last])
    for i in range(first, last):
        status = people.small[HELP_STATUS, i]
        if status == IN_CARE:
            sessions += 1
            hold_session(i, luck.person_key(seed, i - origin), week, people, p)
            if people.small[HELP_STATUS, i] == IN_CARE:
                in_care += 1
        elif status == WAITING:
            if people.small[EPISODE, i] == 0:
                people.small[HELP_STATUS, i] = NOT_IN_HELP
                people.weeks[WEEKS_IN_HELP, i] = 0
            elif people.weeks[WEEKS_IN_HELP, i] < LONGEST_WAIT:
                people.weeks[WEEKS_IN_HELP, i] += 1
        elif people.small[ASKED, i] == PROFESSIONAL:
            people.small[HELP_STATUS, i] = WAITING
            people.weeks[WEEKS_IN_HELP, i] = 0
            joined += 1
    cut, last_key = admitted(first, last, origin, seed, week, max(0, places - in_care), people)
    offered = attended = attended_wait = waiting = 0
    for i in range(first, last):
        if people.small[HELP_STATUS, i] != WAITING:
            continue
        weeks = min(people.weeks[WEEKS_IN_HELP, i], LONGEST_WAIT)
        key = luck.person_key(seed, i - origin)
        if weeks > cut or (weeks == cut and last_key > 0 and luck.bits(key, week, luck.QUEUE) <= last_key):
            offered += 1
            if luck.uniform(key, week, luck.ATTENDANCE) < attendance_chance(weeks, people.small[SENT_BY_OTHERS, i], p):
                attended += 1
                attended_wait += weeks
                people.small[HELP_STATUS, i] = IN_CARE
                in_care += 1
            else:
                people.small[HELP_STATUS, i] = NOT_IN_HELP
                people.small[CARE_EVENT, i] = GAVE_UP_WAITING
                people.real[EXPERIENCE_PROFESSIONAL, i] = max(
                    -1.0, people.real[EXPERIENCE_PROFESSIONAL, i] + p.care_experience_gave_up
                )
            people.weeks[WEEKS_IN_HELP, i] = 0
        else:
            waiting += 1
    turnover = max(service.slots * p.care_ending_chance, 1e-6)
    wait = min(float(p.care_longest_expected_wait), waiting / turnover)
    return ServiceWeek(places, sessions, joined, offered, attended, attended_wait, waiting, in_care, wait)
