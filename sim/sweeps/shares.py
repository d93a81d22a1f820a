"""How much of what differs between seeds is luck: seeds that share a draw of the parameters differ by nothing else."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.sweeps.draws import DRAW

LEAST = 30  # seeds whose draw another has as well, by scenario and point: with fewer nothing is said


def of_luck(table: pd.DataFrame, measures: Sequence[str]) -> pd.Series:
    """For each measure the share of the variance between seeds that is luck; the rest is parameters.

    ``table`` is that of a study whose seeds draw parameters. Variances are taken within each scenario at each point,
    and pooled. Not a number where too few seeds share a draw, or those that do never differ.
    """
    return pd.Series({name: share(table, name) for name in measures}, dtype=float)


def share(table: pd.DataFrame, measure: str) -> float:
    """Luck's share of one measure's variance, by analysis of variance with draws as groups, without bias."""
    known = table[["scenario", "point", DRAW]].assign(value=table[measure].astype(float)).dropna()
    cells = known.groupby(["scenario", "point"], observed=True)["value"]
    draws = known.groupby(["scenario", "point", DRAW], observed=True)["value"]
    sizes = draws.size()
    freedom, counts = len(known) - len(sizes), cells.size()
    if freedom < LEAST * max(1, len(counts)):
        return float("nan")
    luck = squares(known["value"] - draws.transform("mean")) / freedom
    shared = (sizes**2).groupby(level=[0, 1], observed=True).sum() / counts
    rest = squares(known["value"] - cells.transform("mean")) - luck * float((counts - 1).sum())
    parameters = max(0.0, rest / float((counts - shared).sum()))
    whole = luck + parameters
    return luck / whole if luck > 0 else float("nan")


def squares(values: pd.Series) -> float:
    """The sum of squares."""
    return float(np.square(values.to_numpy()).sum())
