"""Instruments and losses: true states become scores with error and cut-points, and some people are lost."""

from collections.abc import Mapping

import numpy as np
from scipy.special import expit, ndtri

from sim.params import registry
from sim.trials import chance, observing
from sim.trials.schema import BASELINE, Attrition, Measure, TrialFile

Scores = dict[tuple[str, str], np.ndarray]  # (measure, occasion): one value for each person; not a number is missing


def score(
    name: str, measure: Measure, true: Mapping[str, np.ndarray], seed: int, parameters: Mapping[str, float]
) -> dict[str, np.ndarray]:
    """The scores of one replicate on each occasion; ``true`` holds the state observed, the baseline first.

    The error's variance is that of the true scores at baseline times (1 - r) / r for a reliability of r.
    """
    first = next(iter(true.values())).astype(np.float64)
    scaled = {at: normal_scores(values, first) if measure.scale == "normal" else values for at, values in true.items()}
    start = next(iter(scaled.values()))
    error = np.nanstd(start) * np.sqrt(1.0 / measure.reliability - 1.0) if measure.reliability < 1.0 else 0.0
    made = {at: measured(name, measure, values, at, error, seed) for at, values in scaled.items()}
    if measure.binary:
        cut = cut_point(measure, next(iter(made.values())), parameters)
        return {at: yes(values, cut, measure.below) for at, values in made.items()}
    return made


def measured(name: str, measure: Measure, true: np.ndarray, at: str, error: float, seed: int) -> np.ndarray:
    """The true scores with error, in whole points and within bounds if the instrument has them."""
    values = true.astype(np.float64)
    if error > 0.0:
        values = values + error * chance.normals(chance.stream(seed, "error", name, at), values.size)
    if measure.rounded:
        values = np.round(values)
    if measure.lowest is not None or measure.highest is not None:
        values = np.clip(values, measure.lowest, measure.highest)
    return values


def normal_scores(values: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """The standard normal quantile of each value's place among the values of the reference."""
    ordered = np.sort(reference[~np.isnan(reference)])
    count = max(ordered.size, 1)
    place = (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / 2.0
    return np.where(np.isnan(values), np.nan, ndtri(np.clip((place + 0.0) / count, 0.5 / count, 1.0 - 0.5 / count)))


def cut_point(measure: Measure, baseline: np.ndarray, parameters: Mapping[str, float]) -> float:
    """The score from which the answer is yes."""
    if measure.top_share is not None:
        share = measure.top_share if measure.below else 1.0 - measure.top_share
        return float(np.nanquantile(baseline, share))
    cut = measure.cut
    if isinstance(cut, str):
        return float(parameters.get(cut, registry()[cut].value))
    assert cut is not None
    return float(cut)


def yes(values: np.ndarray, cut: float, below: bool) -> np.ndarray:
    """One for yes, zero for no; what is missing stays missing."""
    return np.where(np.isnan(values), np.nan, (values < cut) if below else (values >= cut))


def kept(trial: TrialFile, scores: Scores, people: int, seed: int) -> dict[str, np.ndarray]:
    """Who is measured on each occasion; whoever is lost early is lost later too, if losses grow."""
    draws = chance.uniforms(chance.stream(seed, "losses"), people)
    found = {BASELINE: np.ones(people, bool)}
    for name, follow_up in trial.follow_ups.items():
        lost = 1.0 - follow_up.retained
        found[name] = draws >= (lost if trial.attrition.by is None else chances(trial.attrition, scores, name, lost))
    return found


def chances(attrition: Attrition, scores: Scores, occasion: str, lost: float) -> np.ndarray:
    """Each person's chance to be lost, on average ``lost``, its odds rising with the score in SD at baseline."""
    assert attrition.by is not None
    start = scores[attrition.by, BASELINE]
    values = start if attrition.when == "baseline" else scores[attrition.by, occasion]
    spread = float(np.nanstd(start)) or 1.0
    x = np.log(attrition.odds_ratio) * np.nan_to_num((values - np.nanmean(start)) / spread)
    if not 0.0 < lost < 1.0:
        return np.full(values.size, lost)
    low, high = -60.0, 60.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if expit(middle + x).mean() < lost else (low, middle)
    return expit(low + x)


def wanted(trial: TrialFile) -> dict[str, set[str]]:
    """For each measure that is used, the occasions on which it is taken; the baseline is always one."""
    found: dict[str, set[str]] = {}

    def note(name: str | None, occasions: tuple[str, ...]) -> None:
        if name is not None:
            found.setdefault(name, {BASELINE}).update(occasions)

    for outcome in trial.outcomes.values():
        note(outcome.measure, outcome.at)
        note(outcome.on, outcome.at)
        for name in (outcome.among, outcome.not_among, *outcome.adjust):
            note(name, ())
    note(trial.attrition.by, tuple(trial.follow_ups))
    return found


def observed_weeks(trial: TrialFile) -> dict[tuple[str, str], tuple[int, int | None]]:
    """For each (measure, occasion) wanted: the week of the occasion, and for what is done the week before its first."""
    found = {}
    for name, occasions in wanted(trial).items():
        measure = trial.measures[name]
        done = observing.KNOWN[measure.of].weekly
        for occasion in occasions:
            week = trial.week_of(occasion)
            since = week - measure.weeks if measure.weeks else trial.baseline if occasion != BASELINE else 0
            found[name, occasion] = (week, max(0, since) if done else None)
    return found
