"""Designs: at which points of a problem the model is lived, so that a method can tell what matters."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from sim.errors import InputError, listed, nearest, shown
from sim.exploring import given

METHODS = {
    "morris": "screening: what moves the outcome at all, from few runs",
    "sobol": "shares of variance: alone (first order), in pairs (second), and with all interactions (total)",
    "pawn": "how far the outcome's whole distribution shifts; for skewed outcomes",
    "delta": "how far the outcome's density shifts; for skewed outcomes",
    "tornado": "one at a time, low and high, all else usual",
}
LEVELS = 4  # of Morris' grid
LARGEST_BASE = 65_536


class Design(NamedTuple):
    """Points to live, and what was drawn together."""

    method: str
    base: int
    points: np.ndarray  # (points, varied)
    blocks: np.ndarray  # (points): the draw that a point belongs to
    second_order: bool


def design(problem: Mapping[str, Any], method: str, base: int, seed: int = 1, second_order: bool = True) -> Design:
    """The points of a method; ``base`` is the number of its trajectories, base points or points.

    Sobol's design has base × (2 G + 2) points for G mechanisms (or parameters, where the problem has no groups), or
    base × (G + 2) without the second order; Morris' has base × (G + 1); PAWN's and delta's have ``base``; the
    tornado's has two for each parameter and one in the middle, whatever the base. Where a problem has ``drawn``, the
    points of PAWN and delta are posterior draws; the other methods need parameters that vary by themselves.
    """
    check(method, base)
    asked = plain(problem)
    if method == "tornado":
        points = one_at_a_time(problem)
        return Design(method, base, points, np.arange(len(points)), False)
    with undisturbed():
        if method == "sobol":
            from SALib.sample import sobol

            points = sobol.sample(asked, base, calc_second_order=second_order, seed=seed)
        elif method == "morris":
            from SALib.sample import morris

            points = morris.sample(asked, base, num_levels=LEVELS, seed=seed)
        else:
            from SALib.sample import latin

            points = latin.sample({**asked, "groups": None}, base, seed=seed)
            if problem.get("drawn"):  # any points will do
                return Design(method, base, *given.points_of(problem, points, seed), False)
    each = len(points) // base
    return Design(method, base, np.asarray(points, float), np.arange(len(points)) // each, second_order)


def apart(found: Design, number: int) -> Design:
    """Some of a design's points, from all over it, to be lived again with seeds of their own."""
    chosen = np.linspace(0, len(found.points) - 1, number).round().astype(int)
    return Design("luck", found.base, found.points[chosen], np.arange(number), False)


def check(method: str, base: int) -> None:
    """A method there is, and a number of draws that it can do with."""
    if method not in METHODS:
        raise InputError(
            "there is no such method",
            key="method",
            found=shown(method),
            allowed=listed(METHODS),
            hint=nearest(method, METHODS),
        )
    if isinstance(base, bool) or not isinstance(base, int) or not 2 <= base <= LARGEST_BASE:
        raise InputError("this is no number of draws", key="base", found=shown(base), allowed=f"2 to {LARGEST_BASE:,}")
    if method == "sobol" and base & (base - 1):
        below = 2 ** (base.bit_length() - 1)
        raise InputError(
            "Sobol's sequence is even only at powers of two",
            key="base",
            found=shown(base),
            allowed="2, 4, 8, ...",
            hint=f"{below} or {2 * below}",
        )


def plain(problem: Mapping[str, Any]) -> dict[str, Any]:
    """Only what SALib knows of a problem, copied: it notes things down in what it is given."""
    known = {name: problem[name] for name in ("num_vars", "names", "bounds", "groups") if problem.get(name)}
    return {name: list(each) if isinstance(each, list) else each for name, each in known.items()}


def units(problem: Mapping[str, Any]) -> list[str]:
    """What indices are worked out for: mechanisms where a problem has groups, else parameters."""
    return list(dict.fromkeys(problem.get("groups") or problem["names"]))


def usual(problem: Mapping[str, Any]) -> np.ndarray:
    """The point at which the scenario stands, as far as it lies within the bounds; without a scenario, the middle."""
    low, high = np.array(problem["bounds"], float).T
    return np.clip(problem["usual"], low, high) if "usual" in problem else (low + high) / 2.0


def one_at_a_time(problem: Mapping[str, Any]) -> np.ndarray:
    """The usual point, then for each parameter its lowest and its highest value with all others usual."""
    middle = usual(problem)
    points = np.tile(middle, (2 * len(middle) + 1, 1))
    for place, (low, high) in enumerate(problem["bounds"]):
        points[1 + 2 * place, place], points[2 + 2 * place, place] = low, high
    return points


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let SALib work without its leaving other filters of warnings or another state of NumPy's old generator behind.

    Its many small sums are quickest on one thread.
    """
    import warnings

    from threadpoolctl import threadpool_limits

    state, formatting = np.random.get_state(), warnings.formatwarning  # noqa: NPY002
    try:
        with warnings.catch_warnings(), threadpool_limits(1, "blas"):
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
        warnings.formatwarning = formatting
