"""What a watched community shows of distress: how it is spread, how it lasts, how episodes end."""

import numpy as np

from sim.calibration.cohorts import Cohort, Fact
from sim.calibration.statistics import FEWEST, correlation


def band(low: float, high: float) -> Fact:
    """The share of person-weeks with a score from ``low`` to below ``high``."""

    def shown(c: Cohort) -> float:
        score = c.weekly["distress"]
        return float(((score >= low) & (score < high)).mean())

    return shown


def stability_two_weeks(c: Cohort) -> float:
    """Correlation of scores two weeks apart, mean over the weeks."""
    score = c.weekly["distress"]
    return float(np.mean([correlation(score[w], score[w + 2]) for w in range(0, c.weeks - 1, 8)]))


def ended_within(c: Cohort, onset: np.ndarray, people: np.ndarray, weeks: int) -> float:
    """The share of episodes, each seen from a week of ``onset`` on in one of ``people``, that end within ``weeks``."""
    episode = c.weekly["episode"]
    if onset.size < FEWEST:
        return np.nan
    ended = np.zeros(onset.size, bool)
    for later in range(1, weeks + 1):
        ended |= episode[onset + later, people] == 0
    return float(ended.mean())


def new_episodes(c: Cohort, weeks: int) -> tuple[np.ndarray, np.ndarray]:
    """Week and person of each episode that begins early enough to be followed for ``weeks``."""
    episode = c.weekly["episode"]
    began = (episode[1:] == 1) & (episode[:-1] == 0)
    week, person = np.nonzero(began[: max(0, c.weeks - weeks)])
    return week + 1, person


def recovered(weeks: int) -> Fact:
    """The share of new episodes that end within ``weeks``."""
    return lambda c: ended_within(c, *new_episodes(c, weeks), weeks)


def remitted(weeks: int) -> Fact:
    """The share of the episodes under way at week 0 that end within ``weeks``."""

    def shown(c: Cohort) -> float:
        person = np.flatnonzero(c.weekly["episode"][0])
        return ended_within(c, np.zeros(person.size, np.int64), person, weeks)

    return shown
