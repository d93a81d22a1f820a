"""Professional help: the queue, the sessions, how care ends, and what experience it leaves behind.

The slow twin of ``sim.care``.
"""

import math
from typing import TYPE_CHECKING

from sim import luck
from sim.care import LONGEST_WAIT
from sim.people import (
    DROPPED_OUT,
    GAVE_UP_WAITING,
    HELPED,
    IN_CARE,
    NO_CHANGE,
    NOT_HELPED,
    NOT_IN_HELP,
    PROFESSIONAL,
    WAITING,
    WAS_HELPED,
)
from sim.reference.basics import between, logistic

if TYPE_CHECKING:
    from sim.reference.model import ReferenceModel
    from sim.reference.person import Person


class Service:
    """Professional help: a queue, a number of places a week, sessions, and how care ends."""

    def __init__(self, model: "ReferenceModel", expected_wait: float) -> None:
        self.model = model
        self.expected_wait = expected_wait  # weeks, as last week's queue lets people expect
        self.week: dict[str, float] = {}  # the figures of the week, by the names of ``measures.SERVICE_TALLIES``

    def open_week(self) -> None:
        """What the service offers this week."""
        p, added = self.model.parameters, self.model.added_to_service
        usual = p.care_slots_per_1000 * len(self.model.people) / 1000.0
        self.slots = usual * (1.0 + added("slots"))  # sessions a week, before rounding
        self.remote = min(1.0, p.care_remote_share + added("remote"))  # share of the sessions at a distance
        self.line = min(1.0, p.care_line + added("line"))  # anonymous line: 0 none, 1 open to all
        self.open = p.care_open >= 0.5

    def step(self) -> None:
        """The service's week: sessions are held, the queue moves up, free places are offered and taken up or not."""
        p, people = self.model.parameters, self.model.people
        in_care = [person for person in people if person.help_status == IN_CARE]
        queue = [person for person in people if person.help_status == WAITING]
        joining = [person for person in people if person.help_status == NOT_IN_HELP and person.asked == PROFESSIONAL]
        for person in people:
            person.care_event = NO_CHANGE
            person.experience_professional *= 1.0 - p.replies_forgetting
            person.past_care = max(0, person.past_care - 1)
        for person in in_care:
            self.hold_session(person)
        for person in queue:
            self.wait(person)
        for person in joining:
            person.help_status, person.weeks_in_help = WAITING, 0
        queue = [person for person in queue + joining if person.help_status == WAITING]
        caseload = sum(person.help_status == IN_CARE for person in in_care)
        places = self.places()
        offered = sorted(queue, key=self.place_in_queue)[: max(0, places - caseload)]
        waits = {person: person.weeks_in_help for person in offered}
        attended = [person for person in offered if self.attends(person)]
        waiting = len(queue) - len(offered)
        turnover = max(self.slots * p.care_ending_chance, 1e-6)
        self.expected_wait = min(p.care_longest_expected_wait, waiting / turnover)
        self.week = {
            "places": places,
            "sessions": len(in_care),
            "joined": len(joining),
            "offered": len(offered),
            "attended": len(attended),
            "attended_wait": sum(waits[person] for person in attended),
            "queue": waiting,
            "caseload": caseload + len(attended),
            "expected_wait": self.expected_wait,
        }

    def places(self) -> int:
        """Whole places for a fractional number of slots: the fraction is the chance of one more."""
        whole = math.floor(self.slots)
        return whole + int(luck.uniform(self.model.key, self.model.week, luck.SLOTS) < self.slots - whole)

    def wait(self, person: "Person") -> None:
        """One more week in the queue; whoever is well again leaves it."""
        if person.episode:
            person.weeks_in_help = min(LONGEST_WAIT, person.weeks_in_help + 1)
        else:
            person.help_status, person.weeks_in_help = NOT_IN_HELP, 0

    def place_in_queue(self, person: "Person") -> tuple[int, int]:
        """First come, first served; those who came in the same week, in random order."""
        return -person.weeks_in_help, luck.bits(person.key, self.model.week, luck.QUEUE)

    def attends(self, person: "Person") -> bool:
        """Whether a person takes up the place that she is offered: the longer the wait, the less likely."""
        p = self.model.parameters
        x = p.care_attendance_constant + p.care_attendance_wait * person.weeks_in_help
        if person.sent_by_others:
            x += p.care_attendance_sent
        person.weeks_in_help = 0
        if person.happens(luck.ATTENDANCE, logistic(x)):
            person.help_status = IN_CARE
            return True
        person.help_status, person.care_event = NOT_IN_HELP, GAVE_UP_WAITING
        person.experience_professional = between(-1.0, person.experience_professional + p.care_experience_gave_up, 1.0)
        return False

    def hold_session(self, person: "Person") -> None:
        """One session, with which care may end: in drop-out, helped or not helped."""
        p = self.model.parameters
        person.weeks_in_help += 1
        if not person.happens(luck.SESSION, p.care_ending_chance):
            return
        person.help_status, person.weeks_in_help, person.past_care = NOT_IN_HELP, 0, int(p.care_memory)
        change = p.care_experience_unhelped
        if person.happens(luck.DROPOUT, p.care_dropout):
            person.care_event = DROPPED_OUT
        elif person.happens(luck.OUTCOME, p.care_helped):
            person.care_event = HELPED
            person.published |= WAS_HELPED
            change = p.care_experience_helped
        else:
            person.care_event = NOT_HELPED
        person.experience_professional = between(-1.0, person.experience_professional + change, 1.0)
