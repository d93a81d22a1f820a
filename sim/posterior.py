"""Parameters drawn as the data allow: a weighted table of draws, and for each seed always the same one of them."""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.params import registry
from sim.scenario import ASKED

if TYPE_CHECKING:
    import pandas as pd

    from sim.schema import Scenario

POSTERIOR_FILE = Path(__file__).with_name("posterior.parquet")
WEIGHT = "weight"
UNCERTAINTIES = ("none", "posterior")  # what --uncertainty takes


@cache
def table() -> "pd.DataFrame":
    """The shipped draws: a column ``weight``, and one for each uncertain parameter.

    A name such as ``secondary_school/seeking.leader_constant`` is a value of one setting's own.
    """
    import pandas as pd

    return pd.read_parquet(POSTERIOR_FILE)


def draws(scenario: "Scenario", seeds: Sequence[int]) -> list[dict[str, float]]:
    """For each seed a draw of the parameters of ``scenario``; the same seed always has the same draw.

    What the setting sets itself, and what was asked for, stays as it is, unless the table has draws of the setting's
    own value.
    """
    found = table()
    chosen = found.iloc[places(found[WEIGHT].to_numpy(), seeds)]
    names = drawn_names(scenario, list(found.columns))
    return [
        {name: float(value) for name, value in zip(names, row, strict=True)}
        for row in chosen[list(names.values())].itertuples(index=False)
    ]


def drawn_names(scenario: "Scenario", columns: Sequence[str]) -> dict[str, str]:
    """The parameters of a scenario that are drawn, and the column of each."""
    names = {}
    for name in registry():
        own = f"{scenario.setting_name}/{name}"
        if own in columns and scenario.origins.get(name, "") != ASKED:
            names[name] = own
        elif name in columns and name not in scenario.origins:
            names[name] = name
    return names


def places(weights: np.ndarray, seeds: Sequence[int]) -> np.ndarray:
    """The row of the table that each seed draws, rows in proportion to their weights."""
    edges = np.cumsum(weights / weights.sum())
    points = [int.from_bytes(hashlib.sha256(str(int(seed)).encode()).digest()[:8], "big") / 2.0**64 for seed in seeds]
    return np.minimum(np.searchsorted(edges, points, side="right"), len(weights) - 1)
