"""What a plan costs for what it does: cost for each unit of effect, with an interval that knows when there is none.

The interval is Fieller's (1954), of the ratio of two means over paired seeds. Where the effect may be nothing, no cost
for each unit can be told, and the interval says so instead of giving a number.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.decisions import chances, comparisons, stopping
from sim.measures import HIGHER

if TYPE_CHECKING:
    from sim.results import Results

TELLABLE, MAYBE_NOTHING, WORSE, NONE = "can be told", "may be nothing", "worse", "nothing"


class Effect(NamedTuple):
    """Something that a plan may bring about, counted over a whole run of one community."""

    name: str
    one: str
    many: str
    meaning: str


EFFECTS = (
    Effect(
        "helped",
        "additional person who sought help in time",
        "additional people who sought help in time",
        "the difference in the share who sought help in time, of as many needs as there were with the first plan",
    ),
    Effect(
        "unmet",
        "person-week without help averted",
        "person-weeks without help averted",
        "weeks that somebody spent in need without having asked anybody, fewer than with the first plan",
    ),
    Effect(
        "distress",
        "person-week of elevated distress averted",
        "person-weeks of elevated distress averted",
        "weeks that somebody spent with a score of 10 or more of 27, fewer than with the first plan",
    ),
)


class Ratio(NamedTuple):
    """Cost for each unit of effect."""

    value: float  # not a number unless it can be told
    low: float  # where the effect may be nothing: it costs at least this
    high: float  # infinite there
    told: str  # TELLABLE, or why not


def gains(results: "Results", effect: str) -> np.ndarray:
    """What each plan brought about more than the first, by seed; more is always better: (seeds, plans)."""
    if effect == "helped":
        share = comparisons.by_seed(results, "sought_in_time")
        gained: np.ndarray = (share - share[:, :1]) * needs(results)[:, :1]
        return gained
    weeks = comparisons.by_seed(results, {"unmet": "person_weeks_unmet", "distress": "person_weeks_elevated"}[effect])
    averted: np.ndarray = weeks[:, :1] - weeks
    return averted


def needs(results: "Results") -> np.ndarray:
    """How many needs there were of which it is known whether help was sought in time: (seeds, plans)."""
    frame = results.subgroups
    sums = frame.loc[frame["week"] > 0].groupby("run", sort=True)["need_closed"].sum()
    return sums.to_numpy(float).reshape(len(results.labels), -1).T


def fieller(cost: np.ndarray, gain: np.ndarray) -> Ratio:
    """The ratio of the mean of ``cost`` to the mean of ``gain``, paired by seed, with its 95% interval."""
    known = np.isfinite(cost) & np.isfinite(gain)
    cost, gain, seeds = cost[known], gain[known], int(known.sum())
    if seeds < 2:
        return Ratio(math.nan, math.nan, math.nan, MAYBE_NOTHING)
    if not gain.any():
        return Ratio(math.nan, math.nan, math.nan, NONE)
    c, e = float(cost.mean()), float(gain.mean())
    spread = stopping.quantile(seeds) ** 2 * np.cov(cost, gain) / seeds
    a, b, d = e * e - spread[1, 1], c * e - spread[0, 1], c * c - spread[0, 0]
    root = math.sqrt(max(0.0, b * b - a * d))
    if a <= 0:
        # The set is what lies outside of two ends, or everything. With nothing between them it says "at least".
        ends = sorted(((b + root) / a, (b - root) / a)) if a < 0 and b * b > a * d else [math.nan, math.nan]
        least = ends[1] if ends[0] < 0 < ends[1] else math.nan
        return Ratio(math.nan, least, math.inf, MAYBE_NOTHING)
    if e < 0:
        return Ratio(math.nan, math.nan, math.nan, WORSE)
    return Ratio(c / e, (b - root) / a, (b + root) / a, TELLABLE)


def acceptability(gain: np.ndarray, cost: np.ndarray, worth: Sequence[float]) -> np.ndarray:
    """The chance of each plan to be worth most, if a unit of effect is worth so much: (len(worth), plans)."""
    known = np.isfinite(gain).all(axis=1)
    plans = gain.shape[1]
    drawn = chances.means(np.hstack((gain[known], cost[known])))
    return np.array([chances.best(each * drawn[:, :plans] - drawn[:, plans:], HIGHER) for each in worth])


def worths(ratios: Sequence[Ratio], gain: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """A range of what a unit might be worth, wide enough for plans to change places, on round numbers."""
    means = [c / e for e, c in zip(gain.mean(axis=0), cost.mean(axis=0), strict=True) if e > 0 and c > 0]
    ends = [r.high for r in ratios if math.isfinite(r.high)] + [3 * each for each in means]
    ends += [5 * r.low for r in ratios if r.told == MAYBE_NOTHING and math.isfinite(r.low)]
    top = max(ends, default=1.0)
    size = 10.0 ** math.floor(math.log10(top))
    return np.linspace(0.0, math.ceil(top / size) * size, 81)
