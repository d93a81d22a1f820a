"""Parameters that go with seeds: each seed has its row of a table of draws, the same wherever its worlds are lived."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import posterior
from sim.errors import InputError, listed, nearest, shown

if TYPE_CHECKING:
    import pandas as pd

    from sim.schema import Scenario

DRAW = "draw"  # the column that says which row of the draws a world has


@dataclass(frozen=True, eq=False)
class Draws:
    """A table of draws as ``sim.posterior.table`` gives it: a column of weights, and one for each parameter."""

    table: "pd.DataFrame"

    @classmethod
    def of(cls, uncertainty: Any) -> "Draws | None":
        """The draws that go with a word of ``--uncertainty``; none for ``none``."""
        if isinstance(uncertainty, cls):
            return uncertainty
        if uncertainty not in posterior.UNCERTAINTIES:
            hint = nearest(uncertainty, posterior.UNCERTAINTIES) if isinstance(uncertainty, str) else None
            raise InputError("there is no such uncertainty", key="uncertainty", found=shown(uncertainty),
                             allowed=listed(posterior.UNCERTAINTIES), hint=hint)  # fmt: skip
        return cls(posterior.table()) if uncertainty == "posterior" else None

    def rows(self, seeds: Sequence[int]) -> np.ndarray:
        """The row of each seed."""
        return posterior.places(self.table[posterior.WEIGHT].to_numpy(), seeds).astype(np.int64)

    def columns(self, base: "Scenario", varied: Collection[str]) -> dict[str, str]:
        """The parameters that a scenario draws, with the column of each; what a study varies it sets itself."""
        found = posterior.drawn_names(base, list(self.table.columns))
        return {name: column for name, column in found.items() if name not in varied}

    def values(self, row: int, columns: Mapping[str, str]) -> dict[str, float]:
        """What a row has for some parameters."""
        return {name: float(self.table[column].iat[row]) for name, column in columns.items()}
