"""Counting people: what each tally of ``measures`` is of one person, and the shape of the trusted network.

The slow twin of ``sim.tallies`` and ``sim.census``.
"""

# what is stored of a person is declared in people.FIELDS, which mypy does not read
# mypy: disable-error-code="has-type"

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from sim.measures import CENSUS_TALLIES, TALLIES
from sim.people import (
    DROPPED_OUT,
    FRIEND,
    GAVE_UP_WAITING,
    HELPED,
    IN_CARE,
    LEADER_ASKED,
    NOT_HELPED,
    PROFESSIONAL,
    SPEAKS,
    SUPPORTIVE,
    WAITING,
)
from sim.reference.basics import logistic

if TYPE_CHECKING:
    from sim.reference.model import ReferenceModel
    from sim.reference.person import Person

SUBGROUPS = 8  # role x baseline risk x isolation at week 0
CLOSED_ASKED = 2  # what a window that closed says of somebody who asked in time
ASKED_PROFESSIONAL = 1 << (PROFESSIONAL - 1)  # the professional's bit among the sources asked

COUNTS: "dict[str, Callable[[Person], float]]" = {
    "people": lambda person: 1,
    # distress
    "distress": lambda person: person.distress,
    "mild": lambda person: 5 <= person.distress < 10,
    "moderate": lambda person: 10 <= person.distress < 15,
    "severe": lambda person: person.distress >= 15,
    "elevated_risk": lambda person: person.distress >= person.p.distress_risk_score,
    "in_need": lambda person: person.episode,
    "recognised": lambda person: person.recognised,
    # seeking
    "asked_friend": lambda person: person.asked == FRIEND,
    "asked_leader": lambda person: person.asked == LEADER_ASKED,
    "asked_professional": lambda person: person.asked == PROFESSIONAL,
    "asked_while_recognised": lambda person: person.asked and person.recognised,
    "nobody_asked_yet": lambda person: person.episode and not person.sources_asked,
    "first_asks": lambda person: person.first_ask,
    "weeks_to_first_ask": lambda person: person.first_ask * person.weeks_in_need,
    "first_asks_recognised": lambda person: person.first_ask * person.recognised,
    "weeks_from_recognition": lambda person: person.first_ask * person.recognised * person.weeks_recognised,
    "need_closed": lambda person: person.need_window > 0,
    "need_closed_asked": lambda person: person.need_window == CLOSED_ASKED,
    "recognised_closed": lambda person: person.recognised_window > 0,
    "recognised_closed_asked": lambda person: person.recognised_window == CLOSED_ASKED,
    "episodes_ended": lambda person: person.episode_ended > 0,
    "ended_asked_anyone": lambda person: person.episode_ended > 1,
    "ended_asked_professional": lambda person: (max(1, person.episode_ended) - 1) & ASKED_PROFESSIONAL > 0,
    "answered": lambda person: person.answer > 0,
    "answered_supportively": lambda person: person.answer == SUPPORTIVE,
    "encouraged": lambda person: person.episode and person.encouraged > 0,
    # professional help
    "waiting": lambda person: person.help_status == WAITING,
    "in_care": lambda person: person.help_status == IN_CARE,
    "helped": lambda person: person.care_event == HELPED,
    "not_helped": lambda person: person.care_event == NOT_HELPED,
    "dropped_out": lambda person: person.care_event == DROPPED_OUT,
    "gave_up_waiting": lambda person: person.care_event == GAVE_UP_WAITING,
    # norms
    "descriptive_norm": lambda person: person.descriptive_norm,
    "injunctive_norm": lambda person: person.injunctive_norm,
    "expects_seeking": lambda person: expects_seeking(person),
    "expects_approval": lambda person: person.injunctive_norm > 0,
    "expects_both": lambda person: expects_seeking(person) and person.injunctive_norm > 0,
    "speaks": lambda person: person.shows(SPEAKS),
    "would_speak": lambda person: would_speak(person),
    "self_stigma": lambda person: person.self_stigma,
    # ties and groups
    "reachable_friends": lambda person: person.reachable_friends,
    "reachable_leaders": lambda person: person.reachable_leaders,
    "without_confidant": lambda person: (
        not (person.reachable_friends or person.reachable_leaders or person.outside_confidants)
    ),
    "experience_professional": lambda person: person.experience_professional,
    "cohesion": lambda person: person.group.cohesion,
    "climate": lambda person: person.group.climate,
    "morale": lambda person: person.group.morale,
    "reached": lambda person: is_reached(person),
}


def expects_seeking(person: "Person") -> bool:
    """Whether she believes that enough others seek help when they need it."""
    return person.descriptive_norm >= person.p.norms_expectation_share


def would_speak(person: "Person") -> float:
    """Her chance of speaking of seeking help as a good thing if she thought opinion even."""
    return logistic(person.p.norms_speaking_intercept - person.p.norms_speaking_stigma * person.self_stigma)


def is_reached(person: "Person") -> bool:
    """Whether an intervention that is at work this week reaches her."""
    model = person.model
    return any(each.reaches(person) and each.level(model.week) > 0 for each in model.interventions)


def tallies(model: "ReferenceModel") -> np.ndarray:
    """Sums over the people of each subgroup, in the order of ``measures.TALLIES``."""
    table = [[0.0] * len(TALLIES) for _ in range(SUBGROUPS)]
    for person in model.people:
        for place, name in enumerate(TALLIES):
            table[person.stratum][place] += COUNTS[name](person)
    return np.array(table)


def census(model: "ReferenceModel") -> np.ndarray:
    """The trusted network, counted for each subgroup, in the order of ``measures.CENSUS_TALLIES``."""
    table = np.zeros((SUBGROUPS, len(CENSUS_TALLIES)))
    trusted = [[tie.other.number for tie in person.ties.values() if tie.in_reach] for person in model.people]
    trusting = [set(others) for others in trusted]
    named = [0] * len(model.people)
    for person in model.people:
        for tie in person.ties.values():
            named[tie.other.number] += tie.is_valued
    for i, person in enumerate(model.people):
        pairs = [(one, another) for one in trusted[i] for another in trusted[i] if one != another]
        counts = {
            "members": 1,
            "nominations": named[i],
            "isolates": named[i] == 0,
            "mutual": sum(i in trusting[other] for other in trusted[i]),
            "trusted_ties": len(trusted[i]),
            "pairs": len(model.people) - 1,
            "closed_pairs": sum(another in trusting[one] for one, another in pairs),
            "open_pairs": len(pairs),
        }
        table[person.stratum] += [counts[name] for name in CENSUS_TALLIES]
    return table
