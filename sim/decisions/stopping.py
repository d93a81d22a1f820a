"""How many seeds: a first batch shows how much luck there is, and from that follows how many are needed in all.

This is Stein's rule in two stages (Stein 1945, doi 10.1214/aoms/1177731088). The number of seeds depends on the spread
of the first batch only, never on whether a difference has come out, and the interval keeps to that spread. So it holds
what it should 95 times in 100, however small the first batch. To look again after every seed and to stop when the
interval happens to be narrow is not the same: it stops when the spread happens to look small.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.comparing import LEVEL

FEWEST = 5  # seeds in a first batch: fewer say next to nothing of how much luck there is


class Interval(NamedTuple):
    """A mean difference and its 95% interval by the rule in two stages."""

    middle: float
    low: float
    high: float

    @property
    def half(self) -> float:
        """Half its width."""
        return (self.high - self.low) / 2


def quantile(first: int) -> float:
    """Student's t of the level used throughout, for a first batch of so many."""
    from scipy.special import stdtrit

    return float(stdtrit(first - 1, 0.5 + LEVEL / 2))


def needed(first: np.ndarray, precision: float) -> int:
    """Seeds in all for an interval no wider than ``precision`` to each side, from the differences of a first batch."""
    spread = float(np.std(first, ddof=1))
    return max(first.size, math.ceil((quantile(first.size) * spread / precision) ** 2))


def interval(first: np.ndarray, whole: np.ndarray) -> Interval:
    """The mean of all differences, with the interval that the spread of the first batch gives it."""
    half = quantile(first.size) * float(np.std(first, ddof=1)) / math.sqrt(whole.size)
    middle = float(np.mean(whole))
    return Interval(middle, middle - half, middle + half)


def seeds_for(standard_error: float, seen: int, precision: float) -> float:
    """How many seeds in all would do, by what so many seeds showed; not a number where that cannot be told."""
    if seen < 2 or not (math.isfinite(standard_error) and precision > 0):
        return math.nan
    return float(math.ceil((quantile(seen) * standard_error / precision) ** 2 * seen))
