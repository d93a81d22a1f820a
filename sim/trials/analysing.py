"""A trial's outcomes, each analysed as its file says: estimate, standard error, intraclass correlation."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from sim.trials import estimating, observing
from sim.trials.estimating import BINOMIAL, GAUSSIAN, POISSON, SEPARATED, TOO_FEW, Fit
from sim.trials.living import Data, Rows
from sim.trials.schema import ARM_SCALES, BASELINE, LOG_SCALES, Outcome, TrialFile

FEWEST = 8  # people, below which nothing is estimated
FAMILIES = {"odds_ratio": BINOMIAL, "slope_odds_ratio": BINOMIAL, "rate_ratio": POISSON}
COLUMNS = (
    "replicate",
    "key",
    "outcome",
    "week",
    "estimate",
    "error",
    "icc",
    "people",
    "clusters",
    "freedom",
    "problem",
)


class Frame(NamedTuple):
    """The rows and columns of one analysis: the first column of ``x`` is one, the second what is estimated."""

    y: np.ndarray
    x: np.ndarray
    cluster: np.ndarray
    pair: np.ndarray | None
    unit: float  # what estimates are divided by: the SD at baseline, or 1


class Estimate(NamedTuple):
    """One outcome of one replicate, on the scale of the analysis: ratios are logarithms."""

    value: float
    error: float = float("nan")
    icc: float = float("nan")
    people: int = 0
    clusters: int = 0
    freedom: float = float("inf")
    problem: str = ""


NOTHING = Estimate(float("nan"), problem=TOO_FEW)


def analyse(data: Data, quick: bool = False, clustered: bool = True) -> pd.DataFrame:
    """Every outcome of every replicate: one row each, ``estimate`` and ``error`` on the scale of the analysis.

    ``quick`` gives estimates only, under independence; ``clustered=False`` ignores the clusters, which is wrong and
    there to show by how much.
    """
    made = []
    for replicate in range(data.replicates):
        rows = data.replicate(replicate)
        found = {key: outcome_of(rows, data.trial, each, quick, clustered) for key, each in data.trial.outcomes.items()}
        found |= {
            key: standing(found[key], data.turns) for key, each in data.trial.outcomes.items() if each.effect == "z"
        }
        for key, outcome in data.trial.outcomes.items():
            estimate = ratio(outcome, data.trial, found) if outcome.effect == "ratio" else found[key]
            made.append((replicate, key, outcome.name or key, week_of(outcome, data.trial), *estimate))
    return pd.DataFrame(made, columns=list(COLUMNS))


def week_of(outcome: Outcome, trial: TrialFile) -> int:
    """The week of an outcome: its last follow-up."""
    if outcome.effect == "ratio":
        return max(week_of(trial.outcomes[name], trial) for name in outcome.of)
    return max(trial.week_of(name) for name in outcome.at)


def on_logs(outcome: Outcome, trial: TrialFile) -> bool:
    """Whether an outcome is analysed as a logarithm."""
    if outcome.effect == "ratio":
        return all(trial.outcomes[name].effect in LOG_SCALES for name in outcome.of)
    return outcome.effect in LOG_SCALES


def outcome_of(rows: Rows, trial: TrialFile, outcome: Outcome, quick: bool = False, clustered: bool = True) -> Estimate:
    """One outcome of one trial."""
    if outcome.effect == "ratio":
        return NOTHING
    frame = stacked(rows, trial, outcome) if outcome.on else framed(rows, trial, outcome)
    if frame is None:
        return NOTHING
    if not clustered:
        frame = frame._replace(cluster=np.arange(frame.y.size), pair=None)
    alone = outcome.effect in ARM_SCALES
    clusters = int(np.unique(frame.cluster).size)
    if outcome.effect in FAMILIES and (separated(frame, outcome) or frame.y.mean() <= 0.0):
        return Estimate(float("nan"), people=frame.y.size, clusters=clusters, problem=SEPARATED)
    if not estimating.apart(frame.x):
        return Estimate(float("nan"), people=frame.y.size, clusters=clusters, problem=estimating.NOT_APART)
    fit = fitted(frame, outcome, quick)
    place = 0 if alone else 1
    error = float(np.sqrt(max(fit.covariance[place, place], 0.0))) / frame.unit
    value = float(fit.coefficients[place]) / frame.unit
    problem = fit.problem
    if problem in (SEPARATED, estimating.NOT_CONVERGED):
        value = error = float("nan")
    freedom = float(max(clusters - frame.x.shape[1], 1))
    icc = fit.icc if clusters < frame.y.size else float("nan")
    return Estimate(value, error, icc, frame.y.size, clusters, freedom, problem)


def standing(difference: Estimate, turns: int) -> Estimate:
    """A difference over its standard error; people seen in several arms count once."""
    z = difference.value / difference.error / np.sqrt(turns) if difference.error else float("nan")
    return difference._replace(value=z, error=1.0)


def fitted(frame: Frame, outcome: Outcome, quick: bool) -> Fit:
    """The analysis that the outcome names, or the one usual for its effect."""
    family = FAMILIES.get(outcome.effect, GAUSSIAN)
    by_gee = quick or outcome.effect in FAMILIES or outcome.effect in ("share", "mean", "risk_difference", "z")
    if outcome.analysis is not None and not quick:
        by_gee = outcome.analysis == "gee" or outcome.effect in FAMILIES
    if by_gee:
        exchangeable = not quick and outcome.working == "exchangeable" and outcome.effect != "share"
        return estimating.gee(frame.y, frame.x, frame.cluster, family, exchangeable)
    return estimating.mixed(frame.y, frame.x, frame.cluster, frame.pair)


def separated(frame: Frame, outcome: Outcome) -> bool:
    """Whether one arm has no event, or nothing but events: then no ratio can be worked out."""
    if outcome.effect == "slope_odds_ratio":
        return bool(frame.y.min() == frame.y.max())
    for arm in (0.0, 1.0):
        mean = frame.y[frame.x[:, 1] == arm].mean()
        if mean <= 0.0 or (mean >= 1.0 and outcome.effect == "odds_ratio"):
            return True
    return False


def framed(rows: Rows, trial: TrialFile, outcome: Outcome) -> Frame | None:
    """The people of one analysis and what is known of them; None if they are too few."""
    arms = list(trial.arms)
    one, other = arms.index(outcome.arm or arms[-1]), arms.index(outcome.against or arms[0])
    alone = outcome.effect in (*ARM_SCALES, "slope_odds_ratio")
    inside = np.isin(rows.arm, [one] if alone and (outcome.arm or len(arms) == 1) else range(len(arms)))
    if not alone:
        inside = np.isin(rows.arm, [one, other])
    y, seen = result(rows, trial, outcome)
    chosen = inside & seen & ~np.isnan(y)
    for name, wanted in ((outcome.among, 1.0), (outcome.not_among, 0.0)):
        if name is not None:
            chosen &= rows.scores[name, BASELINE] == wanted
    second = rows.scores[outcome.on, outcome.at[-1]] if outcome.on else (rows.arm == one).astype(np.float64)
    chosen &= ~np.isnan(second)
    if chosen.sum() < FEWEST or (not alone and np.unique(rows.arm[chosen]).size < 2):
        return None
    columns = [np.ones(int(chosen.sum()))]
    if outcome.effect not in ARM_SCALES:
        columns.append(second[chosen])
    columns += [filled(rows.scores[name, BASELINE][chosen]) for name in outcome.adjust]
    x = np.column_stack([column for place, column in enumerate(columns) if place < 2 or column.std() > 0.0])
    pair = rows.pair[chosen] if trial.design.pairs and rows.pair.min() >= 0 else None
    return Frame(y[chosen], x, rows.cluster[chosen], pair, unit(rows, trial, outcome, inside))


def stacked(rows: Rows, trial: TrialFile, outcome: Outcome) -> Frame | None:
    """The people of each occasion below one another, each person a cluster if nothing else is."""
    single = [outcome.model_copy(update={"at": (occasion,)}) for occasion in outcome.at]
    found = [frame for each in single if (frame := framed(rows, trial, each)) is not None]
    if not found:
        return None
    if len({frame.x.shape[1] for frame in found}) > 1:
        return found[-1]
    y, x = np.concatenate([frame.y for frame in found]), np.concatenate([frame.x for frame in found])
    return Frame(y, x, np.concatenate([frame.cluster for frame in found]), None, 1.0)


def result(rows: Rows, trial: TrialFile, outcome: Outcome) -> tuple[np.ndarray, np.ndarray]:
    """The outcome of each person and whether it was seen: of several occasions, yes at any that was seen."""
    name = outcome.measure or ""
    values = np.stack([np.where(rows.kept[at], rows.scores[name, at], np.nan) for at in outcome.at])
    if outcome.effect == "gain":
        return values[-1] - rows.scores[name, BASELINE], rows.kept[outcome.at[-1]]
    seen = ~np.isnan(values)
    highest = np.where(seen, values, -np.inf).max(axis=0)
    any_seen = seen.any(axis=0)
    return np.where(any_seen, highest, np.nan), any_seen


def unit(rows: Rows, trial: TrialFile, outcome: Outcome, inside: np.ndarray) -> float:
    """What a difference is divided by: the SD at baseline of all who take part, if the effect is standardised.

    What is counted from the baseline on has no spread there; then it is the SD in the first arm at the follow-up.
    """
    if outcome.effect not in ("smd", "gain"):
        return 1.0
    name = outcome.measure or ""
    counted = observing.KNOWN[trial.measures[name].of].weekly
    spread = float(np.nanstd(rows.scores[name, BASELINE][inside]))
    if spread == 0.0 or (counted and outcome.effect == "smd"):
        arms = list(trial.arms)
        compared = rows.arm == arms.index(outcome.against or arms[0])
        spread = float(np.nanstd(rows.scores[name, outcome.at[-1]][compared]))
    return spread or 1.0


def filled(values: np.ndarray) -> np.ndarray:
    """The values, the mean in place of what is missing."""
    return np.where(np.isnan(values), np.nanmean(values), values)


def ratio(outcome: Outcome, trial: TrialFile, found: dict[str, Estimate]) -> Estimate:
    """One effect over another; of ratios, the difference of their logarithms. Errors are taken as independent."""
    above, below = (found[name] for name in outcome.of)
    problem = above.problem if np.isnan(above.value) else below.problem if np.isnan(below.value) else ""
    people, clusters = above.people, above.clusters
    if on_logs(outcome, trial):
        value, error = above.value - below.value, float(np.hypot(above.error, below.error))
    else:
        value = above.value / below.value if below.value else float("nan")
        error = (
            abs(value) * float(np.hypot(above.error / above.value, below.error / below.value))
            if value
            else float("nan")
        )
    return Estimate(value, error, float("nan"), people, clusters, above.freedom, problem)


def interval(
    values: Sequence[float] | np.ndarray, errors: np.ndarray, freedom: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The 95% interval of each estimate."""
    reach = stats.t.ppf(0.975, freedom) * errors
    return np.asarray(values) - reach, np.asarray(values) + reach
