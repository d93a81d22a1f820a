"""What a watched community shows of care: offers taken up, sessions, endings, and what people do then."""

import numpy as np

from sim.calibration.cohorts import Cohort
from sim.calibration.statistics import FEWEST, logistic_slopes, share
from sim.people import DROPPED_OUT, GAVE_UP_WAITING, HELPED, IN_CARE, PROFESSIONAL, WAITING


def wait_odds_ratio(c: Cohort) -> float:
    """Odds ratio of taking up an offered place per week waited."""
    status, event = c.weekly["help_status"], c.weekly["care_event"]
    before, after = status[:-1], status[1:]
    asked = c.weekly["asked"][1:] == PROFESSIONAL
    came = (after == IN_CARE) & (before != IN_CARE)
    stayed_away = event[1:] == GAVE_UP_WAITING
    offered = (came | stayed_away) & ((before == WAITING) | asked)
    waited = np.where(before == WAITING, c.weekly["weeks_in_help"][:-1] + 1, 0)[offered].astype(float)
    if offered.sum() < 20 or waited.std() == 0:
        return np.nan
    return float(np.exp(logistic_slopes([waited], came[offered].astype(float))[0]))


def spells(c: Cohort) -> np.ndarray:
    """Lengths of the spells of care that begin in the first half of the time and end within it, in sessions."""
    in_care = c.weekly["help_status"] == IN_CARE
    week, person = np.nonzero(in_care[1 : c.weeks // 2] & ~in_care[: c.weeks // 2 - 1])
    ahead = ~in_care[:, person]
    lengths = [int(np.argmax(ahead[w + 1 :, k])) for k, w in enumerate(week) if ahead[w + 1 :, k].any()]
    return np.array(lengths, np.int64)


def sessions(c: Cohort) -> float:
    """Mean number of sessions."""
    found = spells(c)
    return float(found.mean()) if found.size >= FEWEST else np.nan


def sessions_mode(c: Cohort) -> float:
    """The commonest number of sessions."""
    found = spells(c)
    return float(np.bincount(found)[1:].argmax() + 1) if found.size >= FEWEST else np.nan


def endings(c: Cohort) -> np.ndarray:
    """What ended care, by week and person: HELPED, NOT_HELPED, DROPPED_OUT or 0."""
    event = c.weekly["care_event"]
    return np.where((event >= HELPED) & (event <= DROPPED_OUT), event, 0)[1:]


def dropout(c: Cohort) -> float:
    """The share of care that ends in drop-out."""
    ended = endings(c)
    number = np.count_nonzero(ended)
    return float(np.count_nonzero(ended == DROPPED_OUT) / number) if number >= FEWEST else np.nan


def returned(c: Cohort) -> float:
    """The share of people still in an episode after unhelpful care who turn to a professional again, in the time."""
    ended, episode, asked = endings(c), c.weekly["episode"][1:], c.weekly["asked"][1:] == PROFESSIONAL
    early = ended[: c.weeks // 2]
    people = np.flatnonzero((early > HELPED).any(axis=0))
    when = (early > HELPED).argmax(axis=0)[people]
    still = episode[when, people] == 1
    again = np.array([asked[w + 1 :, person].any() for w, person in zip(when, people, strict=True)], bool)
    return share(again, still) if people.size else np.nan


def helped_by_second(c: Cohort) -> float:
    """The share helped by the second professional, of those who go on after the first if that did not help."""
    ended = endings(c)
    first, second = [], []
    for person in np.flatnonzero(ended.any(axis=0)):
        codes = ended[:, person][ended[:, person] > 0]
        first.append(codes[0] == HELPED)
        if codes[0] != HELPED and codes.size > 1:
            second.append(codes[1] == HELPED)
    if min(len(first), len(second)) < FEWEST:
        return np.nan
    return float(np.mean(first) + (1 - np.mean(first)) * np.mean(second))
