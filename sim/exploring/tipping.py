"""The tipping line: where an outcome crosses a level on a map, and how sure one can be of it from so many seeds.

Between the points that were lived the outcome is taken as linear, triangle by triangle. How sure the line is comes from
drawing the seeds again: the same draw for all points, as they share their seeds.
"""

from typing import Any, NamedTuple

import numpy as np

FINE = 81  # points a side of the grid that is drawn
DRAWS = 500
SEED = 20_232
EDGE = 1e-9  # what is this near a level has reached it


class Surface(NamedTuple):
    """An outcome over the whole map, from one start."""

    value: np.ndarray  # (FINE, FINE): the mean over seeds, rows along y
    low: np.ndarray  # (FINE, FINE): the 95% interval of that mean, seeds drawn again
    high: np.ndarray
    above: np.ndarray  # (FINE, FINE): the share of draws in which it reaches the level
    draws: np.ndarray  # (DRAWS, FINE * FINE): whether it reaches the level in each draw
    lines: list[np.ndarray]  # the tipping line: each piece (points, 2) in shares of the map's sides


def spread(points: np.ndarray) -> np.ndarray:
    """The weights (FINE * FINE, points) that carry outcomes at ``points`` (in shares of the sides) over the map."""
    from scipy.spatial import Delaunay

    side = np.linspace(0.0, 1.0, FINE)
    where = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    triangles = Delaunay(points)
    found = triangles.find_simplex(np.clip(where, 1e-12, 1.0 - 1e-12))
    transform = triangles.transform[found]
    parts = np.einsum("kij,kj->ki", transform[:, :2], where - transform[:, 2])
    shares = np.column_stack([parts, 1.0 - parts.sum(axis=1)])
    made = np.zeros((len(where), len(points)))
    np.put_along_axis(made, triangles.simplices[found], shares, axis=1)
    return made


def seeds_again(seeds: int) -> np.ndarray:
    """How often each seed is in each draw: (DRAWS, seeds), as shares."""
    rng = np.random.default_rng(SEED)
    return rng.multinomial(seeds, np.full(seeds, 1.0 / seeds), DRAWS) / seeds


def surface(weights: np.ndarray, values: np.ndarray, level: float) -> Surface:
    """The map of one start out of outcomes (points, seeds); one that is undefined is taken as its point's mean."""
    known = np.isfinite(values)
    mean = np.where(known, values, 0.0).sum(axis=1) / np.maximum(1, known.sum(axis=1))
    filled = np.where(known, values, mean[:, None])
    flat = weights @ mean
    again = weights @ (filled @ seeds_again(values.shape[1]).T)
    low, high = np.quantile(again, (0.025, 0.975), axis=1)
    draws = (again >= level - EDGE).T
    above = draws.mean(axis=0)
    return Surface(square(flat), square(low), square(high), square(above), draws, lines(square(flat), level))


def square(flat: np.ndarray) -> np.ndarray:
    """Values along the grid as rows along y."""
    return np.asarray(flat).reshape(FINE, FINE)


def lines(value: np.ndarray, level: float) -> list[np.ndarray]:
    """Where a surface crosses a level, in shares of the map's sides."""
    from contourpy import contour_generator

    side = np.linspace(0.0, 1.0, FINE)
    return [np.asarray(piece) for piece in contour_generator(side, side, value).lines(level - EDGE)]


def areas(absent: Surface, present: Surface) -> dict[str, dict[str, float]]:
    """How much of the map reaches the level from either start, from both, from none, and only if it began there."""
    parts = {
        "from_absent": absent.draws,
        "from_present": present.draws,
        "start_decides": present.draws & ~absent.draws,
        "either_way": present.draws & absent.draws,
        "neither_way": ~present.draws & ~absent.draws,
    }
    return {name: said(draws) for name, draws in parts.items()}


def said(draws: np.ndarray) -> dict[str, float]:
    """A share of the map with its 95% interval."""
    shares = draws.mean(axis=1)
    low, high = np.quantile(shares, (0.025, 0.975))
    return {"value": float(shares.mean()), "low": float(low), "high": float(high)}


def crossings(found: Surface, level: float) -> list[dict[str, Any]]:
    """Along the map's y, at every eighth column of the grid: the lowest place from which the level is reached.

    The interval is over draws; nothing where the level is reached nowhere, or in too few draws to tell.
    """
    made = []
    side = np.linspace(0.0, 1.0, FINE)
    draws = found.draws.reshape(-1, FINE, FINE)
    for column in range(0, FINE, 8):
        reached = draws[:, :, column]
        first = np.where(reached.any(axis=1), side[reached.argmax(axis=1)], np.inf)
        low, middle, high = np.quantile(first, (0.025, 0.5, 0.975), method="nearest")
        made.append({"x": float(side[column]), "y": whole(middle), "low": whole(low), "high": whole(high)})
    return made


def whole(value: float) -> float | None:
    """A place on the map, or none."""
    return float(value) if np.isfinite(value) else None
