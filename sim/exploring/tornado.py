"""One at a time: how far each parameter moves an outcome from its usual value, at its lowest and at its highest."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

ENDS = ("lowest", "highest")
OF_END = ("{}", "at_{}", "low_at_{}", "high_at_{}")
COLUMNS = ("unit", "usual", *(name.format(end) for end in ENDS for name in OF_END), "span")


def tornado(problem: Mapping[str, Any], points: np.ndarray, values: np.ndarray) -> pd.DataFrame:
    """The change from the usual point with each parameter at either end of its range, paired by seed.

    ``points`` are those of ``designs.one_at_a_time``, ``values`` their outcomes (points, replicates) on common seeds.
    ``at_lowest`` and ``at_highest`` are mean differences, the columns beside them their 95% intervals over seeds;
    ``span`` is how far the two ends lie apart, by which rows are ordered.
    """
    changes = values[1:] - values[0]
    middles, low, high = intervals(changes)
    rows = []
    for place, name in enumerate(problem["names"]):
        down, up = 2 * place, 2 * place + 1
        ends = [part for end in (down, up) for part in (points[1 + end, place], middles[end], low[end], high[end])]
        span = np.ptp([0.0, middles[down], middles[up]])
        rows.append((name, points[0, place], *ends, span))
    made = pd.DataFrame(rows, columns=list(COLUMNS))
    return made.sort_values("span", ascending=False, kind="stable", na_position="last", ignore_index=True)


def intervals(changes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The mean of each row with its 95% interval; without a second replicate there is none.

    A few replicates tell little of a row's own spread, so it is drawn to the spread of all rows, as much as eight more
    replicates would; rows that never change have none.
    """
    middles, replicates = changes.mean(axis=1), changes.shape[1]
    if replicates < 2:
        nothing = np.full(len(middles), np.nan)
        return middles, nothing, nothing
    own = changes.var(axis=1, ddof=1)
    moving = np.any(changes != 0.0, axis=1)
    pooled = own[moving].mean() if moving.any() else 0.0
    shared = ((replicates - 1) * own + SHARED * pooled) / (replicates - 1 + SHARED)
    half = stats.t.ppf(0.975, replicates - 1 + SHARED) * np.sqrt(np.where(moving, shared, 0.0) / replicates)
    return middles, middles - half, middles + half


SHARED = 8
