"""What a watched community shows of need seen, of stigma and norms, and of who turned to a professional."""

import numpy as np

from sim.calibration.cohorts import Cohort, Fact
from sim.calibration.people_seen import YEAR, cases, ever, first_week, formal
from sim.calibration.statistics import FEWEST, logistic_slopes, odds_ratio, share, standardised
from sim.people import IN_CARE, PROFESSIONAL

SEVERE = 15.0  # points


def perceived_need_severity(c: Cohort) -> float:
    """How many more see a need among severe than among other cases."""
    worst = c.weekly["distress"][1 : YEAR + 1].max(axis=0)
    seen, ill = ever(c, "recognised"), cases(c)
    return share(seen, ill & (worst >= SEVERE)) - share(seen, ill & (worst < SEVERE))


def stigma_difference(c: Cohort) -> float:
    """Self-stigma at week 0 of those who turned to a professional, less that of other cases, in SD."""
    stigma, ill, turned = c.start["self_stigma"].astype(float), cases(c), formal(c)
    seekers, others = stigma[ill & turned], stigma[ill & ~turned]
    if min(seekers.size, others.size) < FEWEST:
        return np.nan
    return float((seekers.mean() - others.mean()) / stigma[ill].std())


def perceived_odds_ratio(c: Cohort) -> float:
    """Odds ratio of turning to a professional per SD of perceived stigma, self-stigma held fixed, among cases."""
    ill = cases(c)
    turned = formal(c)[ill].astype(float)
    if min(turned.sum(), ill.sum() - turned.sum()) < FEWEST:
        return np.nan
    names = ("injunctive_norm", "self_stigma")
    approval, own = (standardised(c.start[name][ill].astype(float)) for name in names)
    return float(np.exp(logistic_slopes([-approval, own], turned)[0]))


def encouraged_first(c: Cohort) -> tuple[np.ndarray, np.ndarray]:
    """Who was encouraged before first turning to a professional (or at all), and who turned to one, from week 1 on."""
    asked = first_week(c.weekly["asked"] == PROFESSIONAL)
    urged = first_week(c.weekly["encouraged"] > 0)
    return urged < asked, asked <= c.weeks


def prompted(c: Cohort) -> float:
    """The share encouraged by someone, of those who first turn to a professional in the second half of the time."""
    urged, turned = encouraged_first(c)
    late = first_week(c.weekly["asked"] == PROFESSIONAL) > c.weeks // 2
    return share(urged, turned & late)


def prompt_odds_ratio(c: Cohort) -> float:
    """Odds ratio of turning to a professional for having been encouraged in the year, among those who see a need.

    In no order, as a survey asks: whether anyone encouraged you, and whether you went.
    """
    urged, turned, among = ever(c, "encouraged"), formal(c), ever(c, "recognised")
    return odds_ratio(urged[among], turned[among]) if among.sum() >= FEWEST else np.nan


def gap(c: Cohort) -> float:
    """How many more would speak of seeking help privately than are believed to, mean over the weeks."""
    return (c.tally("would_speak") - 0.5 * c.tally("people") - 0.5 * c.tally("injunctive_norm")) / c.tally("people")


def approval_drift(c: Cohort) -> float:
    """What people hear of others' approval, mean over people and weeks, less what is said to be usual."""
    return c.tally("injunctive_norm") / c.tally("people") - float(c.parameters["norms_usual_approval"])


def willingness(c: Cohort) -> np.ndarray:
    """How ready each person would be at week 0 to turn to a professional, if in need: the choice's own terms."""
    p, s = c.parameters, c.start
    share_seen = s["descriptive_norm"].astype(float) ** p["norms_threshold_steepness"]
    own = s["threshold"].astype(float) ** p["norms_threshold_steepness"]
    return (
        p["seeking_professional_stigma"] * s["self_stigma"]
        + p["seeking_professional_injunctive"] * s["injunctive_norm"] / p["norms_approval_spread"]
        + p["seeking_professional_descriptive"] * share_seen / (share_seen + own)
        + p["seeking_professional_knowledge"] * s["knowledge"]
        + p["seeking_professional_trust"] * s["trust_in_services"]
        + p["seeking_professional_experience"] * s["experience_professional"]
        + p["seeking_professional_reliance"] * s["self_reliance"]
    )


def willing_odds_ratio(c: Cohort) -> float:
    """Odds ratio of professional help in the year: the readiest third of all people against the least ready third."""
    ready = willingness(c)
    low, high = np.quantile(ready, [1 / 3, 2 / 3])
    ends = (ready <= low) | (ready >= high)
    return odds_ratio((ready >= high)[ends], formal(c)[ends])


def peers_rate_ratio(lowest: int, highest: int) -> Fact:
    """Rate of first professional help with ``lowest`` to ``highest`` treated peers in one's group, against none."""

    def shown(c: Cohort) -> float:
        group = c.start["group"] - c.start["group"].min()
        recent = np.maximum(c.parameters["care_memory"] - YEAR, 0)
        treated = (c.start["past_care"] > recent) | (c.weekly["help_status"][0] == IN_CARE)
        peers = np.bincount(group, weights=treated)[group] - treated
        new = (c.start["past_care"] == 0) & ~treated
        exposed, none = new & (peers >= lowest) & (peers <= highest), new & (peers == 0)
        turned = formal(c)
        if min(turned[exposed].sum(), turned[none].sum()) < 1:
            return np.nan
        return share(turned, exposed) / share(turned, none)

    return shown
