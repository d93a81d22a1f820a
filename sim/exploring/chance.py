"""How much of an outcome's variance is luck: runs of one point differ by their seeds alone, points by their parameters.

A run's outcome is taken as what its parameters make it, plus luck. Where all points share their seeds, luck has a part
that moves all points alike, which a comparison of points does not see, and a part of each point's own. Of the first
part a few seeds tell next to nothing, however many points there are: it takes runs apart, with seeds of their own.
"""

from typing import NamedTuple

import numpy as np

RESAMPLES = 400


class Luck(NamedTuple):
    """Shares of variance. All are not a number where there is one replicate only, or nothing varies."""

    share: float  # of the variance of one run, drawn at any of the points, that is luck
    low: float  # its 95% interval, points drawn again
    high: float
    of_runs: float  # variance of runs that is luck
    of_points: float  # variance that parameters make, luck taken out
    in_means: float  # variance of luck left in the mean over a point's replicates
    left: float  # the same as a share of the variance of these means
    points: int
    replicates: int
    common: bool  # whether all points had the same seeds


NOTHING = float("nan")


def luck(
    values: np.ndarray,
    common: bool,
    blocks: np.ndarray | None = None,
    seed: int = 1,
    resamples: int = RESAMPLES,
    apart: np.ndarray | None = None,
) -> Luck:
    """How much of the variance of ``values`` (points, replicates) is luck, without bias.

    ``common`` says that replicate k of every point had the same seed; ``apart`` (points, replicates) are then runs at
    some of the points, every one with a seed of its own, which show the luck of runs. Without them the share is as
    good as so few seeds can make it, and has no interval. ``blocks`` number the points that were drawn together, which
    the interval's resampling keeps together. Points with a value that is not a number are left out.
    """
    values = np.asarray(values, float)
    known = np.isfinite(values).all(axis=1)
    kept = values[known]
    points, replicates = kept.shape
    if points < 2 or replicates < 2:
        nothing = (NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING)
        return Luck(*nothing, points, replicates, common)
    within, own, means = parts(kept, common)
    runs = within if apart is None else parts(apart[np.isfinite(apart).all(axis=1)], False)[0]
    of_runs, of_points, in_means, left, share = shares(runs.mean(), own.mean(), means.var(ddof=1), replicates)
    groups = np.arange(points) if blocks is None else np.unique(np.asarray(blocks)[known], return_inverse=True)[1]
    low, high = NOTHING, NOTHING
    if apart is not None or not common:
        low, high = interval(None if apart is None else runs, within, own, means, groups, replicates, seed, resamples)
    return Luck(share, low, high, of_runs, of_points, in_means, left, points, replicates, common)


def parts(values: np.ndarray, common: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each point the variance of its runs, the part of it that is the point's own, and its mean."""
    points, replicates = values.shape
    means = values.mean(axis=1)
    within = values.var(axis=1, ddof=1)
    if not common:
        return within, within, means
    alike = values.mean(axis=0) - values.mean()  # what a seed does to all points
    rest = values - means[:, None] - alike
    return within, (rest**2).sum(axis=1) / (replicates - 1) * points / (points - 1), means


def shares(within: float, own: float, between: float, replicates: int) -> tuple[float, float, float, float, float]:
    """Luck of runs, variance of points, luck left in means and its share of theirs, and luck's share of a run's."""
    in_means = own / replicates
    of_points = max(0.0, between - in_means)
    whole = of_points + within
    left = min(1.0, in_means / between) if between > 0 else NOTHING
    return float(within), float(of_points), float(in_means), left, float(within / whole) if whole > 0 else NOTHING


def interval(
    apart: np.ndarray | None,
    within: np.ndarray,
    own: np.ndarray,
    means: np.ndarray,
    blocks: np.ndarray,
    replicates: int,
    seed: int,
    resamples: int,
) -> tuple[float, float]:
    """The 95% interval of luck's share when blocks of points are drawn again, and the points ``apart`` as well."""
    rng = np.random.default_rng(seed)
    count = int(blocks.max()) + 1
    if count < 2 or resamples < 1:
        return NOTHING, NOTHING
    found = np.empty(resamples)
    for k in range(resamples):
        weights = np.bincount(rng.integers(count, size=count), minlength=count)[blocks].astype(float)
        total = weights.sum()
        centre = weights @ means / total
        between = weights @ (means - centre) ** 2 / (total - 1.0) if total > 1 else 0.0
        runs = weights @ within / total if apart is None else rng.choice(apart, len(apart)).mean()
        found[k] = shares(runs, weights @ own / total, between, replicates)[-1]
    return tuple(np.nanquantile(found, (0.025, 0.975)).tolist()) if np.isfinite(found).any() else (NOTHING, NOTHING)
