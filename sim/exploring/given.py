"""What the data left of each parameter: the middle of its posterior draws as a range, and whole draws as points."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import posterior
from sim.sweeps.draws import Draws
from sim.wording import counted

if TYPE_CHECKING:
    from sim.schema import Scenario

ENDS = (0.05, 0.95)  # shares of the draws below the ends of a range
KEYS = ("uncertainty", "drawn")  # what a problem says of it
WHOLE = ("pawn", "delta")  # methods whose points are whole draws: any points will do for them


@dataclass(frozen=True, eq=False)
class Given:
    """The draws, and for each parameter that a scenario draws its column."""

    draws: Draws
    columns: Mapping[str, str]

    @classmethod
    def of(cls, scenario: "Scenario", uncertainty: str, apart: Collection[str] = ()) -> "Given | None":
        """What goes with a word of ``--uncertainty``; names ``apart`` have a range that was asked for."""
        draws = Draws.of(uncertainty)
        return None if draws is None else cls(draws, draws.columns(scenario, apart))

    def at(self, name: str, share: float) -> float:
        """The value below which a share of the draws of a parameter lies, draws by their weights."""
        table = self.draws.table.sort_values(self.columns[name], kind="stable")
        below = np.cumsum(table[posterior.WEIGHT].to_numpy())
        place = min(int(np.searchsorted(below, share * below[-1])), len(below) - 1)
        return float(table[self.columns[name]].iat[place])

    def range_of(self, name: str) -> tuple[float, float] | None:
        """The middle of the draws; none if a parameter has no draws that differ."""
        if name not in self.columns:
            return None
        low, high = (self.at(name, share) for share in ENDS)
        return (low, high) if low < high else None


def points_of(problem: Mapping[str, Any], points: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Points with whole draws for the parameters that are drawn, ties between them kept; and the draw of each point.

    Each draw stands as often as its weight asks for, give or take one; what is not drawn stays as it is.
    """
    table, rng = posterior.table(), np.random.default_rng(seed)
    edges = np.cumsum(table[posterior.WEIGHT].to_numpy())
    places = (rng.permutation(len(points)) + rng.random()) / len(points)
    rows = np.minimum(np.searchsorted(edges / edges[-1], places, side="right"), len(edges) - 1)
    made = np.array(points, float)
    for name, column in problem["drawn"].items():
        made[:, problem["names"].index(name)] = table[column].to_numpy()[rows]
    return made, rows


def in_words(problem: Mapping[str, Any], method: str) -> str:
    """What parameters are drawn from, for those who read what came out."""
    drawn, others = problem.get("drawn"), problem["num_vars"] - len(problem.get("drawn") or ())
    if not drawn:
        return (
            "Each parameter is drawn evenly from its range in the registry, or the range that was given: what matters "
            "depends on these ranges."
        )
    those, middle = counted(len(drawn), "parameter"), f"the middle {ENDS[1] - ENDS[0]:.0%} of its posterior draws"
    if method in WHOLE:
        said = (
            f"Given the data: each point is a posterior draw of {those}, so that what the data tie "
            "together stays together; one may then seem to matter because it is tied to another that does. One at a "
            f"time, each goes over {middle}."
        )
    elif method == "tornado":
        said = f"Given the data: each of {those} goes over {middle}; the others stay at their medians."
    else:
        said = (
            f"Given the data: each of {those} goes over {middle}, evenly and by itself; ties that the "
            "draws have between parameters are left out."
        )
    if others:
        said += f" {others} without draws go over the range of the registry, or the range that was given."
    return said + " What matters depends on these ranges."
