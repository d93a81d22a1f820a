"""How likely each plan is the best, given what the seeds showed, and how such a chance is said.

What the seeds leave open of the plans' true means is drawn from Student's t around the means seen, with their
covariance: plans that share seeds share luck. For two plans this is the same as the interval of their difference.
"""

import math
from collections.abc import Sequence

import numpy as np

from sim.measures import HIGHER, Measure

DRAWS = 20_000  # a chance is known to about a third of a percentage point
LUCK = 20_261  # of these draws: always the same, so that a page says the same every time

# Words for chances, after the guidance of the Intergovernmental Panel on Climate Change (Mastrandrea and others 2010).
WORDS = (
    (0.99, "virtually certain"),
    (0.90, "very likely"),
    (0.66, "likely"),
    (0.33, "about as likely as not"),
    (0.10, "unlikely"),
    (0.01, "very unlikely"),
)
LEAST = "exceptionally unlikely"


def means(values: np.ndarray, paired: bool = True) -> np.ndarray:
    """Draws of the true means of the columns of ``values`` (seeds, plans): (DRAWS, plans)."""
    seeds, plans = values.shape
    luck = np.random.default_rng(LUCK)
    middle = values.mean(axis=0)
    if seeds < 2:
        return np.full((DRAWS, plans), np.nan)
    deviations = (values - middle) / math.sqrt(seeds * (seeds - 1.0))
    if not paired:
        spread = np.sqrt((deviations**2).sum(axis=0))
        return middle + spread * luck.standard_t(seeds - 1, (DRAWS, plans))
    weights = luck.standard_normal((DRAWS, seeds))
    wide = np.sqrt((seeds - 1) / luck.chisquare(seeds - 1, (DRAWS, 1)))
    # Sums of the seeds' own deviations have exactly their covariance, also where two plans are one and the same.
    return middle + wide * (weights @ deviations)


def best(drawn: np.ndarray, better: str) -> np.ndarray:
    """For each plan the share of draws in which none is better; those that are equally good share it out."""
    signed = drawn if better == HIGHER else -drawn
    top = signed.max(axis=1, keepdims=True)
    near = np.isclose(signed, top, rtol=1e-9, atol=1e-12 + 1e-9 * float(np.abs(signed).max()))
    return (near / near.sum(axis=1, keepdims=True)).mean(axis=0)


def of_being_best(values: np.ndarray, measure: Measure, paired: bool = True) -> np.ndarray:
    """The chance of each plan (column) to be best; not a number without a good direction, or from a single seed."""
    known = values[np.isfinite(values).all(axis=1)]
    if not measure.better or len(known) < 2:
        return np.full(values.shape[1], np.nan)
    return best(means(known, paired), measure.better)


def word(chance: float) -> str:
    """A chance in words: likely, very unlikely."""
    return next((text for least, text in WORDS if chance >= least), LEAST)


def percent(chance: float) -> str:
    """A chance as a number that claims no more than it knows."""
    if not math.isfinite(chance):
        return "–"
    if chance > 0.99:
        return "over 99%"
    return "under 1%" if chance < 0.01 else f"{chance:.0%}"


def ordered(chances: Sequence[float]) -> list[int]:
    """The places from the most likely best to the least."""
    return sorted(range(len(chances)), key=lambda place: -chances[place])
