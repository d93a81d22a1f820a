"""What can be observed of a person, each with meaning and unit: a state at an occasion, or what was done since."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from sim.groups import COHESION, MORALE
from sim.people import (
    BY_NAME,
    FRIEND,
    GAVE_UP_WAITING,
    IN_CARE,
    LEADER_ASKED,
    PROFESSIONAL,
    WAITING,
    column,
)
from sim.population import Population
from sim.trials import asking


class Moment:
    """A population in one week, with what is worked out once for several observations."""

    def __init__(self, population: Population, horizon: int = 4) -> None:
        self.population, self.state, self.week = population, population.state, population.week
        self.size = population.state.people.group.size
        self._kept: dict[str, np.ndarray] = {}

    def person(self, name: str) -> np.ndarray:
        """A column of the people."""
        return column(self.state.people, name)

    def of_group(self, value: int) -> np.ndarray:
        """What is true of each person's group."""
        return self.state.groups.value[value, self.state.people.group]

    def intentions(self) -> np.ndarray:
        """Weekly chances to ask each source if in need: (3, people)."""
        if "intentions" not in self._kept:
            found = np.zeros((3, self.size))
            asking.intentions(self.week, self.state, found)
            self._kept["intentions"] = found
        return self._kept["intentions"]

    def named(self, everywhere: bool) -> np.ndarray:
        """How many others name each person, in her group or anywhere."""
        if "named" not in self._kept:
            found = np.zeros((2, self.size))
            asking.named(self.state, found[0], found[1])
            self._kept["named"] = found
        return self._kept["named"][int(everywhere)]

    def readiness(self) -> np.ndarray:
        """Chances to answer supportively if asked, and then to encourage professional help: (2, people)."""
        found = np.zeros((2, self.size))
        asking.readiness(self.state, found)
        return found


class Past:
    """What is remembered of the week before, to see what happened in this one."""

    def __init__(self, population: Population, wanted: Iterable[str]) -> None:
        people, names = population.state.people, set(wanted)
        self.status = column(people, "help_status").copy()
        self.waited = column(people, "weeks_in_help").copy()
        self.trust = population.state.ties.trust.copy() if names & HELPING else None
        self._helpers: np.ndarray | None = None

    def offers(self, now: Moment) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """This week's offers of a place, those taken up, and the weeks that each had been waited for."""
        status, event = now.person("help_status"), now.person("care_event")
        was_waiting = self.status == WAITING
        joined = (now.person("asked") == PROFESSIONAL) & (self.status == 0)
        taken = (status == IN_CARE) & (was_waiting | joined)
        refused = (event == GAVE_UP_WAITING) & (was_waiting | joined)
        offered = taken | refused
        return offered, taken, np.where(offered & was_waiting, self.waited + 1, 0)

    def helpers(self, now: Moment) -> np.ndarray:
        """How often each person was asked, answered well and encouraged this week: (3, people)."""
        if self._helpers is None:
            self._helpers = np.zeros((3, now.size))
            assert self.trust is not None
            asking.helpers(now.week, now.state, self.trust, *self._helpers)
        return self._helpers


class Observation(NamedTuple):
    """One thing to observe: a state at an occasion, what was done week by week, or what it was the first time."""

    name: str
    unit: str
    meaning: str
    state: Callable[[Moment], np.ndarray] | None = None
    done: Callable[[Moment, Past], np.ndarray] | None = None
    first: Callable[[Moment, Past], np.ndarray] | None = None  # of the first time that it happens; NaN: not this week
    binary: bool = False
    intention: tuple[int, ...] = ()  # sources whose chances are pooled over the measure's horizon

    @property
    def weekly(self) -> bool:
        """Whether it has to be watched week by week."""
        return self.done is not None or self.first is not None


HELPING = {"asked_by_others", "answered_well", "encouraged_others"}
BANDS = {"friend": (0,), "leader": (1,), "professional": (2,), "informal": (0, 1), "anyone": (0, 1, 2)}
SOURCES = {"friend": (FRIEND,), "leader": (LEADER_ASKED,), "professional": (PROFESSIONAL,)} | {
    "informal": (FRIEND, LEADER_ASKED),
    "anyone": (FRIEND, LEADER_ASKED, PROFESSIONAL),
}
WHO = {
    "friend": "a friend or family member",
    "leader": "a leader or trusted adult",
    "professional": "a professional: formal help",
    "informal": "a friend, family member or leader: informal help",
    "anyone": "anyone",
}


def person(name: str) -> Callable[[Moment], np.ndarray]:
    """An observation that reads a column."""
    return lambda now: now.person(name)


def asked(codes: tuple[int, ...]) -> Callable[[Moment, Past], np.ndarray]:
    """An observation that counts asking these sources."""
    return lambda now, past: np.isin(now.person("asked"), codes)


def of_offers(offers: tuple[np.ndarray, np.ndarray, np.ndarray], part: int) -> np.ndarray:
    """One thing known of this week's offers, not a number for those who had none."""
    return np.where(offers[0], offers[part].astype(np.float64), np.nan)


STATES = (
    Observation(
        "perceived_stigma", "-1 to 1", "the opposite of perceived approval", lambda now: -now.person("injunctive_norm")
    ),
    Observation("cohesion", "SD", "cohesion of the person's group", lambda now: now.of_group(COHESION)),
    Observation("morale", "SD", "morale of the person's group", lambda now: now.of_group(MORALE)),
    Observation(
        "nominations",
        "people",
        "members of the own group who trust the person enough to ask",
        lambda now: now.named(False),
    ),
    Observation(
        "nominations_anywhere",
        "people",
        "people anywhere who trust the person enough to ask",
        lambda now: now.named(True),
    ),
    Observation(
        "isolate",
        "yes/no",
        "nobody of the own group trusts the person enough to ask",
        lambda now: now.named(False) == 0,
        binary=True,
    ),
    Observation(
        "exposed",
        "yes/no",
        "reached by an intervention of the arm: exposure",
        lambda now: now.person("reached") > 0,
        binary=True,
    ),
    Observation(
        "readiness_to_support", "probability", "chance to answer supportively if asked", lambda now: now.readiness()[0]
    ),
    Observation(
        "readiness_to_encourage",
        "probability",
        "chance to answer supportively if asked and to encourage professional help",
        lambda now: now.readiness().prod(axis=0),
    ),
    *(
        Observation(
            f"intention_{name}",
            "probability",
            f"chance to ask {WHO[name]}, within the horizon, if in recognised need at a score of 14",
            intention=sources,
        )
        for name, sources in BANDS.items()
    ),
)
DONE = (
    *(
        Observation(f"asked_{name}", "times", f"asked {WHO[name]}", done=asked(codes))
        for name, codes in SOURCES.items()
    ),
    Observation(
        "time_in_need", "weeks", "in an episode of elevated distress", done=lambda now, past: now.person("episode")
    ),
    Observation(
        "weeks_in_care",
        "weeks",
        "in professional care: sessions held or about to be",
        done=lambda now, past: now.person("help_status") == IN_CARE,
    ),
    Observation(
        "care_begun", "times", "took up a place in professional care", done=lambda now, past: past.offers(now)[1]
    ),
    Observation(
        "care_offered", "times", "was offered a place in professional care", done=lambda now, past: past.offers(now)[0]
    ),
    Observation(
        "weeks_waited",
        "weeks",
        "weeks waited for the first place that was offered; unknown if none was",
        first=lambda now, past: of_offers(past.offers(now), 2),
    ),
    Observation(
        "attendance",
        "yes/no",
        "took up the first place that was offered; unknown if none was",
        first=lambda now, past: of_offers(past.offers(now), 1),
        binary=True,
    ),
    Observation(
        "gave_up_waiting",
        "times",
        "did not take up a place offered",
        done=lambda now, past: now.person("care_event") == GAVE_UP_WAITING,
    ),
    Observation("asked_by_others", "times", "was asked for help", done=lambda now, past: past.helpers(now)[0]),
    Observation(
        "answered_well",
        "times",
        "answered supportively when asked: helped another",
        done=lambda now, past: past.helpers(now)[1],
    ),
    Observation(
        "encouraged_others",
        "times",
        "encouraged another to see a professional",
        done=lambda now, past: past.helpers(now)[2],
    ),
)
FIELDS = tuple(
    Observation(field.name, field.unit, field.meaning, person(field.name), binary=field.unit == "yes/no")
    for field in BY_NAME.values()
    if field.name not in ("group", "reached", "stratum")
)
KNOWN: dict[str, Observation] = {each.name: each for each in (*STATES, *DONE, *FIELDS)}
