"""Power by formula: the textbook's standard error for clusters, the normal test's power, and the size for a power."""

import math
from typing import NamedTuple

import numpy as np
from scipy import stats

from sim.trials import analysing, summing
from sim.trials.living import Data
from sim.trials.schema import ARM_SCALES, Outcome

TWO_SIDED = 0.05
LARGEST = 1_000_000  # units, beyond which no trial is thought of


class Plan(NamedTuple):
    """What a textbook formula needs to know of an outcome, as the simulation shows it at the trial's own size."""

    effect: float  # on the scale of the analysis
    simulated_error: float
    people: float  # in the analysis
    clusters: float
    icc: float
    variation: float  # coefficient of variation of cluster sizes
    spread: float  # variance of one person's outcome about its arm, adjusted for the baseline, in squared units
    means: tuple[float, float]  # of the outcome in the two arms


def plan_of(data: Data, outcome: Outcome, key: str) -> Plan:
    """What the formula needs, as means over replicates."""
    found = analysing.analyse(data)
    found = found[(found.key == key) & np.isfinite(found.estimate)]
    facts = [
        facts_of(frame, outcome)
        for replicate in range(data.replicates)
        if (frame := analysing.framed(data.replicate(replicate), data.trial, outcome)) is not None
    ]
    if not facts or not len(found):
        return Plan(math.nan, math.nan, math.nan, math.nan, math.nan, math.nan, math.nan, (math.nan, math.nan))
    variation, spread, first, second = np.mean(facts, axis=0)
    error = float(np.sqrt(np.mean(found.error**2)))
    people, clusters = float(found.people.mean()), float(found.clusters.mean())
    icc = max(0.0, np.nan_to_num(summing.mean_or_nothing(found.icc)))
    effect = float(found.estimate.mean())
    return Plan(effect, error, people, clusters, icc, float(variation), float(spread), (float(first), float(second)))


def facts_of(frame: analysing.Frame, outcome: Outcome) -> tuple[float, float, float, float]:
    """Variation of cluster sizes, variance about the fitted means in squared units, and the mean of each arm."""
    sizes = np.unique(frame.cluster, return_counts=True)[1]
    fitted = frame.x @ np.linalg.lstsq(frame.x, frame.y, rcond=None)[0]
    spread = float(np.var(frame.y - fitted)) / frame.unit**2
    if outcome.effect in (*ARM_SCALES, "slope_odds_ratio"):
        return float(sizes.std() / sizes.mean()), spread, float(frame.y.mean()), float(frame.y.mean())
    means = [float(frame.y[frame.x[:, 1] == arm].mean()) for arm in (0.0, 1.0)]
    return float(sizes.std() / sizes.mean()), spread, means[0], means[1]


def textbook_error(plan: Plan, outcome: Outcome, clustered: bool = True) -> float:
    """The standard error that a formula gives: that of independent people times the root of the design effect.

    The design effect is 1 + (m (1 + cv^2) - 1) x ICC for m people in a cluster and sizes of variation cv (Eldridge,
    Ashby & Kerry 2006). Two equal arms; a slope has no formula here, so the simulated error stands for it.
    """
    half, (first, second) = plan.people / 2.0, plan.means
    if outcome.effect == "slope_odds_ratio":
        return plan.simulated_error
    if outcome.effect == "z":
        return 1.0
    if outcome.effect == "odds_ratio":
        variance = sum(1.0 / (half * max(mean * (1.0 - mean), 1e-9)) for mean in (first, second))
    elif outcome.effect == "rate_ratio":
        middle = max((first + second) / 2.0, 1e-9)
        variance = sum(plan.spread / middle / (half * max(mean, 1e-9)) for mean in (first, second))
    else:
        variance = plan.spread / plan.people * (1.0 if outcome.effect == "gain" else 4.0)
    size = plan.people / plan.clusters
    effect = 1.0 + (size * (1.0 + plan.variation**2) - 1.0) * plan.icc if clustered else 1.0
    return math.sqrt(variance * effect)


def normal_power(effect: float, error: float) -> float:
    """Power of a two-sided test at 5% for an estimate with this error."""
    if not error or not math.isfinite(error) or not math.isfinite(effect):
        return math.nan
    edge = stats.norm.ppf(1.0 - TWO_SIDED / 2.0)
    return float(stats.norm.cdf(abs(effect) / error - edge) + stats.norm.cdf(-abs(effect) / error - edge))


def size_needed(plan: Plan, error: float, own: int, target: float) -> float | None:
    """The size at which ``target`` is reached, if the trial's own size ``own`` has this error.

    Errors fall with the root of the size. None if there is no effect to find, or it would take more than a million.
    """
    if not plan.effect or not math.isfinite(plan.effect) or not math.isfinite(error):
        return None
    reach = stats.norm.ppf(1.0 - TWO_SIDED / 2.0) + stats.norm.ppf(target)
    size = float(own * (reach * error / plan.effect) ** 2)
    return size if size <= LARGEST else None


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95% interval of a share (Wilson 1927)."""
    if not count:
        return math.nan, math.nan
    found = stats.binomtest(hits, count).proportion_ci(0.95, "wilson")
    return float(found.low), float(found.high)
