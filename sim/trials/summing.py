"""Replicates summed up: what was published beside what the model gives, with the spread from trial to trial."""

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from sim.trials import analysing, estimating
from sim.trials.schema import ARM_SCALES, Outcome, Published, TrialFile

RECORD = (
    "outcome",
    "week",
    "published",
    "published_low",
    "published_high",
    "simulated",
    "simulated_low",
    "simulated_high",
    "standard_error",
    "icc",
    "inside",
    "used_for",
)
UNREPORTED = Published(source="none", evidence="assumed")


def table(estimates: pd.DataFrame, trial: TrialFile) -> pd.DataFrame:
    """One row for each outcome: published and simulated on the scale that was reported, and how the analyses went.

    ``simulated`` is the mean over replicates (of logarithms, where ratios are reported), ``simulated_low`` and
    ``simulated_high`` hold 95% of replicates; ``standard_error`` is what an analysis reports on average and ``spread``
    the standard deviation of estimates from trial to trial, both on the scale of the analysis (logarithms for ratios).
    ``detected`` is the share of trials whose 95% interval leaves out no effect: the power. ``failed`` counts analyses
    without an estimate, ``edge`` those that found no variance between clusters, ``fallback`` those whose correlation
    within clusters did not settle, so that independence was used (the robust error holds all the same).
    """
    made = pd.DataFrame([row(estimates, key, trial) for key in trial.outcomes])
    numbers = ("published", "published_low", "published_high", "icc", "detected")
    return made.astype({"inside": "boolean", **dict.fromkeys(numbers, "float64")})


def records(summary: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as plain data with the fields of ``RECORD``, None for what is not known."""
    return [{name: plain(each[name]) for name in RECORD} for each in summary.to_dict("records")]


def plain(value: Any) -> Any:
    """A plain number, text, truth or None."""
    if hasattr(value, "item"):
        value = value.item()
    if value is pd.NA:
        return None
    return None if isinstance(value, float) and not math.isfinite(value) else value


def row(estimates: pd.DataFrame, key: str, trial: TrialFile) -> dict[str, Any]:
    """One outcome summed up."""
    outcome = trial.outcomes[key]
    found = estimates[estimates.key == key]
    good = found[np.isfinite(found.estimate)]
    back = np.exp if analysing.on_logs(outcome, trial) else np.asarray
    values = good.estimate.to_numpy()
    mean = mean_of(estimates, key, trial)
    low, high = np.quantile(values, [0.025, 0.975]) if values.size else (math.nan, math.nan)
    told = outcome.published or UNREPORTED
    simulated = float(back(mean))
    return {
        "key": key,
        "outcome": outcome.name or key,
        "title": outcome.title,
        "effect": outcome.effect,
        "week": analysing.week_of(outcome, trial),
        "published": told.value,
        "published_low": told.low,
        "published_high": told.high,
        "simulated": simulated,
        "simulated_low": float(back(low)),
        "simulated_high": float(back(high)),
        "standard_error": float(np.sqrt(np.mean(good.error**2))) if values.size else math.nan,
        "spread": float(np.std(values, ddof=1)) if values.size > 1 else math.nan,
        "icc": mean_or_nothing(good.icc),
        "inside": inside(told, simulated),
        "used_for": outcome.used_for,
        "evidence": told.evidence if outcome.published else "",
        "source": told.source if outcome.published else "",
        "detected": detected(good, outcome, trial),
        "replicates": len(found),
        "failed": len(found) - len(good),
        "edge": int((found.problem == estimating.ON_EDGE).sum()),
        "fallback": int((found.problem == estimating.INDEPENDENT).sum()),
        "people": mean_or_nothing(good.people),
        "clusters": mean_or_nothing(good.clusters),
    }


def mean_of(estimates: pd.DataFrame, key: str, trial: TrialFile) -> float:
    """The mean estimate; of a ratio that is no ratio of ratios, the ratio of the means, which small divisors spare."""
    outcome = trial.outcomes[key]
    if outcome.effect == "ratio" and not analysing.on_logs(outcome, trial):
        above, below = (mean_of(estimates, name, trial) for name in outcome.of)
        return above / below if below else math.nan
    return mean_or_nothing(estimates.estimate[estimates.key == key])


def mean_or_nothing(values: pd.Series) -> float:
    """The mean of the numbers among them."""
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if len(finite) else math.nan


def inside(told: Published, simulated: float) -> bool | None:
    """Whether the simulated mean lies in the published interval; None if there is none."""
    if told.low is None and told.high is None:
        return None
    low, high = -math.inf if told.low is None else told.low, math.inf if told.high is None else told.high
    return bool(low <= simulated <= high)


def detected(found: pd.DataFrame, outcome: Outcome, trial: TrialFile) -> float:
    """The share of replicates whose 95% interval leaves out no effect; not a number where none could be left out."""
    tested = outcome.effect not in ARM_SCALES or outcome.effect == "gain"
    if outcome.effect == "ratio":
        tested = analysing.on_logs(outcome, trial)
    if not tested or not len(found):
        return math.nan
    reach = stats.t.ppf(0.975, found.freedom)
    return float(np.mean(np.abs(found.estimate) > reach * found.error))
