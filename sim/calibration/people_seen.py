"""Who, of the people of a watched community, was a case, who turned to whom, and when first."""

import numpy as np

from sim.calibration.cohorts import Cohort
from sim.people import FRIEND, IN_CARE, LEADER_ASKED, PROFESSIONAL

YEAR = 52


def ever(c: Cohort, name: str, *codes: int) -> np.ndarray:
    """Who had one of these codes in any of the weeks 1 to 52 (or, without codes, anything but zero)."""
    values = c.weekly[name][1 : YEAR + 1]
    return (np.isin(values, codes) if codes else values != 0).any(axis=0)


def cases(c: Cohort) -> np.ndarray:
    """Who had an episode in the year."""
    return ever(c, "episode")


def formal(c: Cohort) -> np.ndarray:
    """Who turned to a professional, or was in care, in the year."""
    return ever(c, "asked", PROFESSIONAL) | ever(c, "help_status", IN_CARE)


def informal(c: Cohort) -> np.ndarray:
    """Who asked a friend or a leader in the year."""
    return ever(c, "asked", FRIEND, LEADER_ASKED)


def now_in_need(c: Cohort) -> np.ndarray:
    """Who is in an episode at the end of the year."""
    return c.weekly["episode"][min(YEAR, c.weeks)] == 1


def first_week(table: np.ndarray) -> np.ndarray:
    """For each person the first week that ``table`` (weeks, people) marks, or the number of weeks if there is none."""
    return np.where(table.any(axis=0), table.argmax(axis=0), len(table))


def at_risk(c: Cohort) -> np.ndarray:
    """Who was at elevated risk by the proxy in any week of the year."""
    return (c.weekly["distress"][1 : YEAR + 1] >= c.parameters["distress_risk_score"]).any(axis=0)
