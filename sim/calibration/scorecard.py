"""The scorecard: one row for each fact, what was observed beside what the model gives, met or missed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim import posterior
from sim.calibration import controls
from sim.calibration.observing import Progress, observe
from sim.calibration.targets import FIT, HELD_OUT, Target, targets
from sim.wording import LUCK, LUCK_AND_PARAMETERS

DRAWS, QUICK_DRAWS = 48, 6
SEEDS_EACH = 2  # worlds for each draw
CONTROL_SEEDS = 8
COLUMNS = (
    "id",
    "statement",
    "observed",
    "low",
    "high",
    "interval",
    "simulated",
    "simulated_low",
    "simulated_high",
    "share_inside",
    "met",
    "used_for",
    "grade",
    "source",
    "setting",
    "fact",
    "why_missed",
)


@dataclass(frozen=True)
class Scorecard:
    """Rows, what was tried against them, and what the model's intervals hold."""

    rows: pd.DataFrame
    controls: pd.DataFrame
    uncertainty: str
    draws: int

    def counts(self, used_for: str) -> tuple[int, int]:
        """How many facts of a use are met, and how many there are."""
        part = self.rows[self.rows["used_for"] == used_for]
        return int(part["met"].sum()), len(part)


def scored(
    draws: int = DRAWS,
    uncertainty: str = "posterior",
    seed: int = 1,
    threads: int = 1,
    progress: Progress | None = None,
    with_controls: bool = True,
    wanted: Sequence[Target] | None = None,
) -> Scorecard:
    """The model held against every target.

    Each of ``draws`` lives with seeds of its own, under parameters drawn from the posterior (``uncertainty``) or at the
    registry's values. ``simulated`` is the median over draws, its interval the central 95%. A fact is met if the median
    lies in the interval of what was observed; ``share_inside`` is the share of draws that lie there.
    """
    chosen = list(wanted or targets())
    values = drawn(draws, uncertainty, seed)
    seeds = [[seed + SEEDS_EACH * k + each for each in range(SEEDS_EACH)] for k in range(draws)]
    found = observe(values, seeds, chosen, threads, progress)
    off = tried(seed, threads) if with_controls else pd.DataFrame(columns=["control", "id", "value", "missed"])
    rows = pd.DataFrame([row(target, found[target.fact].to_numpy(float)) for target in chosen], columns=list(COLUMNS))
    return Scorecard(rows, off, LUCK_AND_PARAMETERS if uncertainty == "posterior" else LUCK, draws)


def drawn(draws: int, uncertainty: str, seed: int) -> list[Mapping[str, float]]:
    """Parameters for each draw: rows of the posterior in proportion to their weights, or none."""
    if uncertainty == "none":
        return [{}] * draws
    table = posterior.table()
    weights = table[posterior.WEIGHT].to_numpy()
    edges = np.cumsum(weights) / weights.sum()
    points = (np.arange(draws) + 0.5) / draws  # evenly through the weights
    places = np.minimum(np.searchsorted(edges, points), len(table) - 1)
    return table.drop(columns=posterior.WEIGHT).iloc[places].to_dict("records")


def tried(seed: int, threads: int) -> pd.DataFrame:
    """The negative controls, at the registry's values."""
    seeds = list(range(seed, seed + CONTROL_SEEDS))
    return controls.tried(lambda values, wanted: observe(values, [seeds] * len(values), wanted, threads))


def row(target: Target, values: np.ndarray) -> tuple:
    """One line of the scorecard."""
    known = values[np.isfinite(values)]
    middle, low, high = np.quantile(known, [0.5, 0.025, 0.975]) if known.size else (np.nan,) * 3
    met = bool(known.size) and target.met(float(middle))
    return (
        target.id,
        target.statement,
        target.value,
        target.low,
        target.high,
        target.interval,
        float(middle),
        float(low),
        float(high),
        float(np.mean([target.met(value) for value in known])) if known.size else np.nan,
        met,
        target.used_for,
        target.grade,
        target.source,
        target.setting,
        target.fact,
        "" if met else target.why_missed,
    )


def verdict(card: Scorecard) -> str:
    """The scorecard in a sentence."""
    fitted, of_fitted = card.counts(FIT)
    held, of_held = card.counts(HELD_OUT)
    return (
        f"{fitted} of {of_fitted} fitted facts and {held} of {of_held} held-out facts lie where they were observed. "
        "That a fitted fact is met says that the model can; only held-out facts say that it knew."
    )
