"""What the slow twin's other texts share: chances, sums, and storage in single precision."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from sim import luck

ALL_BITS = (1 << 64) - 1
GOLDEN, STRIDE = int(luck.GOLDEN), int(luck.STRIDE)


class Stored:
    """Something that is kept from week to week. Its numbers are kept in single precision, as in the engine's tables.

    All arithmetic is in double precision; only what is stored is rounded, here and in the engine at the same places.
    """

    SINGLE: ClassVar[frozenset[str]] = frozenset()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, float(np.float32(value)) if name in self.SINGLE else value)


def logistic(x: float) -> float:
    """The logistic function."""
    return 1.0 / (1.0 + math.exp(-x))


def normal_below(z: float) -> float:
    """The share of a standard normal distribution below ``z``."""
    return 0.5 * math.erfc(-z * math.sqrt(0.5))


def within_a_week(hazard: float) -> float:
    """The chance that something of this weekly hazard happens within the week."""
    return -math.expm1(-hazard)


def between(low: float, x: float, high: float) -> float:
    """``x``, kept between two bounds."""
    return min(high, max(low, x))


def total(numbers: Iterable[float]) -> float:
    """The sum, from the first to the last as compiled code adds (Python's own ``sum`` is more exact than that)."""
    result = 0.0
    for number in numbers:
        result += number
    return result


def mixed(number: int) -> int:
    """64 random bits from a whole number, which wraps at 64 bits as it would in compiled code."""
    return int(luck.mix(np.uint64(number & ALL_BITS)))


def unit(bits: int) -> float:
    """A number in [0, 1) from 64 random bits."""
    return luck.unit(np.uint64(bits))
