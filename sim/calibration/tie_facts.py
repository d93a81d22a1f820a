"""What a watched community shows of ties: confidants, ties returned, and ties of people in distress."""

import numpy as np

from sim.calibration.cohorts import Cohort
from sim.calibration.people_seen import YEAR, cases, formal
from sim.calibration.statistics import FEWEST, correlation


def confidants_of(c: Cohort) -> np.ndarray:
    """How many people each person can confide in at week 0, inside and outside."""
    inside = c.weekly["reachable_friends"][0].astype(float) + c.start["reachable_leaders"]
    return inside + c.start["outside_confidants"]


def reciprocity(c: Cohort) -> float:
    """The share of trusted ties that are returned, at week 0."""
    return c.counted("mutual") / c.counted("trusted_ties") if c.counted("trusted_ties") else np.nan


def distress_ties(c: Cohort) -> float:
    """Correlation of distress with the number of friends in reach, mean over quarters of the year."""
    weeks = range(13, c.weeks + 1, 13)
    score, friends = c.weekly["distress"], c.weekly["reachable_friends"]
    return float(np.mean([correlation(score[w], friends[w]) for w in weeks]))


def distress_homophily(c: Cohort) -> float:
    """Correlation of distress across trusted ties, in the last week."""
    score = c.weekly["distress"][-1]
    return correlation(score[c.pairs[0]], score[c.pairs[1]])


def seekers_ties(c: Cohort) -> float:
    """Friends in reach gained over the year by cases who turned to a professional, less those gained by others."""
    friends = c.weekly["reachable_friends"].astype(float)
    gained, ill, turned = friends[min(YEAR, c.weeks)] - friends[0], cases(c), formal(c)
    if min((ill & turned).sum(), (ill & ~turned).sum()) < FEWEST:
        return np.nan
    return float(gained[ill & turned].mean() - gained[ill & ~turned].mean())
