"""What a method tells: for each mechanism or parameter its indices with intervals, beside what luck would give."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.exploring.chance import Luck
from sim.exploring.designs import LEVELS, Design, plain, undisturbed, units

COLUMNS = ("unit", "other", "index", "value", "low", "high", "without_luck", "by_luck")
SEED = 20_231  # of every bootstrap: the same results give the same intervals
RESAMPLES = 1000
DUMMIES = 100  # columns that mean nothing, whose indices show what luck gives
SLIDES = 10  # of PAWN


def indices(problem: Mapping[str, Any], design: Design, means: np.ndarray, luck: Luck | None = None) -> pd.DataFrame:
    """The indices of a design, out of one outcome for each of its points; a row for each unit and index.

    ``unit`` is a mechanism, or a parameter where the problem has no groups; ``other`` the second of a pair. ``low`` and
    ``high`` bound the 95% interval by bootstrap. ``without_luck`` is a Sobol index with the variance that ``luck`` left
    in the means taken out. ``by_luck`` is what a unit that does nothing would show.
    """
    means = np.asarray(means, float)
    if means.shape != (len(design.points),):
        raise ValueError(f"{means.shape} outcomes for {len(design.points)} points")
    undefined = int(np.count_nonzero(~np.isfinite(means)))
    if undefined:
        found = f"{undefined} of {means.size} points"
        raise InputError("this measure is undefined at some points, and has no indices", key="measure", found=found)
    if np.ptp(means) <= 1e-12 * max(1.0, float(np.abs(means).max())):
        return still(problem, design)
    rows = METHODS[design.method](problem, design, means, luck)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def still(problem: Mapping[str, Any], design: Design) -> pd.DataFrame:
    """All indices of an outcome that does not vary: nothing moves it."""
    names = problem["names"] if design.method in ("pawn", "delta") else units(problem)
    told = ("first", "total") if design.method == "sobol" else (MAIN[design.method],)
    nothing = (0.0, 0.0, 0.0, math.nan, math.nan)
    return pd.DataFrame([(name, "", index, *nothing) for index in told for name in names], columns=list(COLUMNS))


def sobol(problem: Mapping[str, Any], design: Design, means: np.ndarray, luck: Luck | None) -> list[tuple]:
    """First, second and total order."""
    from SALib.analyze import sobol

    names = units(problem)
    with undisturbed():
        found = sobol.analyze(
            plain(problem), means, calc_second_order=design.second_order, num_resamples=resamples(design), seed=SEED
        )
    left = luck.left if luck is not None else math.nan
    touched = math.nan if luck is not None and luck.common else left
    rows = []
    for index, key in (("first", "S1"), ("total", "ST")):
        for name, value, half in zip(names, found[key], found[f"{key}_conf"], strict=True):
            rows.append(
                (
                    name,
                    "",
                    index,
                    *around(value, half),
                    freed(index, value, touched if index == "total" else left),
                    math.nan,
                )
            )
    if design.second_order:
        for j, name in enumerate(names):
            for k in range(j + 1, len(names)):
                value = found["S2"][j, k]
                rows.append(
                    (name, names[k], "second", *around(value, found["S2_conf"][j, k]), freed("", value, left), math.nan)
                )
    return rows


def resamples(design: Design) -> int:
    """How often to draw again: as often as costs little."""
    return max(100, min(RESAMPLES, 200_000 // design.base))


def freed(index: str, value: float, left: float) -> float:
    """A Sobol index as a share of the variance that parameters make; ``left`` is luck's share of that of the means.

    Luck of the means is of no parameter, so first and second orders are shares of too much. In the total order, luck
    is also counted as if it were an interaction; how much of it is only known where every point has seeds of its own
    (with common seeds, a parameter that does nothing changes no luck either).
    """
    if not math.isfinite(left) or left > 0.95:
        return math.nan
    return float((value - left) / (1.0 - left) if index == "total" else value / (1.0 - left))


def around(value: float, half: float) -> tuple[float, float, float]:
    """A value with its interval."""
    return float(value), float(value - half), float(value + half)


def morris(problem: Mapping[str, Any], design: Design, means: np.ndarray, luck: Luck | None) -> list[tuple]:
    """The mean size of an effect (over the whole range of a parameter), its mean with sign, and how much it varies."""
    from SALib.analyze import morris

    with undisturbed():
        found = morris.analyze(
            plain(problem), design.points, means, num_levels=LEVELS, num_resamples=resamples(design), seed=SEED
        )
    step = LEVELS / (2.0 * (LEVELS - 1.0))
    noise = math.sqrt(2.0 * luck.in_means) / step * math.sqrt(2.0 / math.pi) if luck is not None else math.nan
    rows = []
    for place, name in enumerate(found["names"]):
        size, half = found["mu_star"][place], found["mu_star_conf"][place]
        rows.append((name, "", "size", *around(size, half), math.nan, noise))
        if not problem.get("groups"):
            for index, key in (("mean", "mu"), ("spread", "sigma")):
                value = float(np.asarray(found[key])[place])
                rows.append((name, "", index, value, math.nan, math.nan, math.nan, math.nan))
    return rows


def pawn(problem: Mapping[str, Any], design: Design, means: np.ndarray, luck: Luck | None) -> list[tuple]:
    """The median shift of the outcome's distribution when a parameter is known, for each parameter."""
    from SALib.analyze import pawn

    with undisturbed():
        found = pawn.analyze({**plain(problem), "groups": None}, design.points, means, S=SLIDES, seed=SEED)
    return from_any_points(problem, design, means, shifts, "median shift", np.asarray(found["median"], float))


def shifts(points: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """SALib's median PAWN index of each column, without the p-values that take most of its time."""
    order = np.argsort(outcome, kind="stable")
    steps = np.append(np.diff(outcome[order]) > 0, True)  # where the distribution functions have stepped
    whole = np.arange(1, len(outcome) + 1)[steps] / len(outcome)
    found = np.empty(points.shape[1])
    for k, column in enumerate(points.T):
        edges = np.nanquantile(column, np.arange(0, 1 + 1 / SLIDES, 1 / SLIDES)[: SLIDES + 1])
        slide = ((column >= edges[:-1, None]) & (column < edges[1:, None]))[:, order]
        sizes = slide.sum(axis=1)
        shares = np.cumsum(slide, axis=1)[sizes > 0][:, steps] / sizes[sizes > 0, None]
        found[k] = np.median(np.abs(shares - whole).max(axis=1))
    return found


def delta(problem: Mapping[str, Any], design: Design, means: np.ndarray, luck: Luck | None) -> list[tuple]:
    """How far the outcome's density shifts when a parameter is known, for each parameter."""
    values = len(np.unique(means))
    if values <= len(means) // 10:
        raise InputError("an outcome of so few values has no density", key="measure", found=f"{values} values",
                         allowed="another method; pawn goes on with the same points")  # fmt: skip
    return from_any_points(problem, design, means, densities, "delta")


def densities(points: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """SALib's estimate of the delta index of each column.

    Of the outcome it is given normal scores. The index is the same for any outcome that rises with this one, but its
    densities are worked out on an even grid, on which those of a skewed outcome would fall between two points.
    """
    from SALib.analyze.delta import calc_delta
    from scipy import stats

    scores = stats.norm.ppf((stats.rankdata(outcome) - 0.5) / len(outcome))
    edges = np.linspace(0, len(scores), classes(len(scores)) + 1)
    grid = np.linspace(scores.min(), scores.max(), 100)
    return np.array([calc_delta(scores, grid, column, edges) for column in points.T])


def classes(points: int) -> int:
    """Into how many parts of equal number the delta index divides points (Plischke and others 2013)."""
    return round(min(math.ceil(points ** (2.0 / (7.0 + math.tanh((1500.0 - points) / 500.0)))), 48))


Estimate = Callable[[np.ndarray, np.ndarray], np.ndarray]  # points, outcome: an index for each column


def from_any_points(
    problem: Mapping[str, Any],
    design: Design,
    means: np.ndarray,
    of: Estimate,
    index: str,
    known: np.ndarray | None = None,
) -> list[tuple]:
    """Indices that any points will do for, bias taken out by drawing points again; and what nothing would show.

    From few points each index is too large, and so is that of a column of random numbers. Points of one block are the
    same posterior draw, and are drawn again together. ``known`` are the indices themselves, where they have been worked
    out already.
    """
    rng = np.random.default_rng(SEED)
    together = np.unique(design.blocks, return_inverse=True)[1]
    count = int(together.max()) + 1
    members = np.split(np.argsort(together, kind="stable"), np.cumsum(np.bincount(together))[:-1])
    nothing = np.random.default_rng(SEED + 1).random((count, DUMMIES))[together]
    columns = np.column_stack([design.points, nothing])
    with undisturbed():
        first = of(columns, means)
        if known is not None:
            first[: len(known)] = known
        again = [np.concatenate([members[k] for k in rng.integers(count, size=count)]) for _ in range(DRAWS)]
        drawn = np.array([of(columns[rows], means[rows]) for rows in again])
    values, half = 2.0 * first - drawn.mean(axis=0), 1.96 * drawn.std(axis=0, ddof=1)
    number = len(problem["names"])
    by_luck = max(0.0, float(np.quantile(values[number:], 0.95)))
    return [
        (name, "", index, *around(value, h), math.nan, by_luck)
        for name, value, h in zip(problem["names"], values, half, strict=False)
    ]


DRAWS = 20


METHODS: dict[str, Callable[..., list[tuple]]] = {
    "sobol": sobol,
    "morris": morris,
    "pawn": pawn,
    "delta": delta,
}
MAIN = {"sobol": "total", "morris": "size", "pawn": "median shift", "delta": "delta"}  # what units are ordered by
