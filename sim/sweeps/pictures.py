"""What a sweep shows: measures along one varied name, a line for each scenario, with its 95% interval over seeds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim import drawing
from sim.errors import InputError, listed, shown
from sim.params import registry
from sim.sweeps.draws import DRAW
from sim.wording import LUCK, LUCK_AND_PARAMETERS, outer, said, source_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEVEL = 0.95


def along(table: pd.DataFrame, name: str, measures: Sequence[str], base: str | None = None) -> "Figure":
    """Each measure along the values of ``name``: the mean over seeds, all other varied names pooled.

    With ``base``, a scenario's label, differences from it are drawn, taken world by world: same point, same seed.
    """
    check(table, name, measures)
    figure, panels = drawing.sheet(drawing.rows_for(len(measures)), min(2, len(measures)), 3.3, len(measures))
    for panel, measure in zip(panels, measures, strict=True):
        about = said(measure)
        drawing.frame(panel, about.step if base else about.unit, title_of(name))
        title = f"{about.label}: difference from {drawing.safe(base, 24)}" if base else about.label
        panel.set_title(title, **drawing.TITLE)
        for place, label in enumerate(labels(table)):
            if label != base:
                drawing.line(panel, band(table, name, measure, label, base) * about.factor, place, label)
        if base:
            drawing.threshold(panel, 0.0, "no difference")
    drawing.key(figure, panels[0], always=True)
    holds = LUCK_AND_PARAMETERS if DRAW in table else LUCK
    drawing.foot(figure, outer(source_line(table["seed"].nunique(), uncertainty=holds)))
    return figure


def band(table: pd.DataFrame, name: str, measure: str, label: str, base: str | None = None) -> pd.DataFrame:
    """For each value of ``name`` the mean and the ends of its interval, over points and seeds."""
    from scipy import stats

    keys = ["point", "seed"]
    here = table[table["scenario"] == label].set_index(keys)
    values = here[measure].astype(float)
    if base is not None:
        values = values - table[table["scenario"] == base].set_index(keys)[measure].astype(float)
    groups = values.groupby(here[name].reindex(values.index))
    mean, count = groups.mean(), groups.count()
    error = groups.std(ddof=1) / np.sqrt(count)
    half = error * stats.t.ppf((1 + LEVEL) / 2, np.maximum(count - 1, 1))
    return pd.DataFrame({"mean": mean, "low": mean - half, "high": mean + half})


def labels(table: pd.DataFrame) -> list[str]:
    """The scenarios, in their order."""
    column = table["scenario"]
    return list(column.cat.categories) if isinstance(column.dtype, pd.CategoricalDtype) else list(column.unique())


def title_of(name: str) -> str:
    """A varied name as it stands below an axis."""
    if name not in registry():
        return name
    return f"{registry()[name].label} ({registry()[name].unit})"


def check(table: pd.DataFrame, name: str, measures: Sequence[str]) -> None:
    """Refuse columns that are not there."""
    for each in (name, *measures):
        if each not in table:
            raise InputError("there is no such column", key=each, found=shown(each), allowed=listed(table.columns, 40))
