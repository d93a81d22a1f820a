"""Where to look next: a square cut into cells, of which those are cut again in which the outcome changes."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

Corner = tuple[int, int]  # in steps of the finest grid

FIRST = 4  # cells a side, to begin with


class Cell(NamedTuple):
    """A square of the map: its lower left corner and its side, in steps of the finest grid."""

    x: int
    y: int
    side: int

    @property
    def corners(self) -> tuple[Corner, Corner, Corner, Corner]:
        """Its four corners."""
        x, y, side = self
        return (x, y), (x + side, y), (x, y + side), (x + side, y + side)

    def quarters(self) -> list["Cell"]:
        """The four cells that it is cut into."""
        half = self.side // 2
        return [Cell(self.x + i * half, self.y + j * half, half) for j in (0, 1) for i in (0, 1)]


def finest(depth: int) -> int:
    """How many steps of the finest grid a side of the map has."""
    return int(FIRST * 2**depth)


def first_cells(depth: int) -> list[Cell]:
    """The cells to begin with."""
    side = 2**depth
    return [Cell(i * side, j * side, side) for j in range(FIRST) for i in range(FIRST)]


Outcomes = Mapping[Corner, Sequence[float]]  # of a corner, one for each start


def refine(
    look: Callable[[list[Corner]], Outcomes], depth: int, budget: int, level: float | None, share: float = 0.2
) -> dict[Corner, Sequence[float]]:
    """Outcomes of corners, densest where they change.

    ``look`` lives corners that are new. A cell is cut if its corners stand on both sides of ``level`` or differ by more
    than ``share`` of all that was seen so far, from any start; those that differ most come first. Their quarters may be
    cut again, up to ``depth`` times in all; no more than ``budget`` corners are looked at.
    """
    cells = first_cells(depth)
    corners = sorted({corner for cell in cells for corner in cell.corners}, key=lambda c: (c[1], c[0]))
    known = dict(look(corners[:budget]))
    for _ in range(depth):
        ranked = sorted((-spread, cell) for cell in cells if (spread := change(cell, known, level, share)) > 0.0)
        wanted: dict[Corner, None] = {}
        cut: list[Cell] = []
        for _, cell in ranked:
            more = [c for quarter in cell.quarters() for c in quarter.corners if c not in known and c not in wanted]
            if len(known) + len(wanted) + len(set(more)) > budget:
                break
            wanted |= dict.fromkeys(more)
            cut.append(cell)
        if not cut:
            break
        known |= look(list(wanted))
        cells = [quarter for cell in cut for quarter in cell.quarters()]
    return known


def change(cell: Cell, known: Outcomes, level: float | None, share: float) -> float:
    """How much a cell asks to be cut: how far its corners differ, and more if they stand on both sides of the level."""
    values = np.array([known[corner] for corner in cell.corners], float)
    everything = np.array(list(known.values()), float)
    whole = float(np.nanmax(everything) - np.nanmin(everything)) if np.isfinite(everything).any() else 0.0
    if whole <= 1e-12:
        return 0.0
    spread = np.nanmax(values, axis=0) - np.nanmin(values, axis=0) if np.isfinite(values).all() else np.array([whole])
    largest = float(spread.max()) / whole
    crossed = level is not None and bool(((values.min(axis=0) < level) & (values.max(axis=0) >= level)).any())
    return largest + 1.0 if crossed else largest if largest > share else 0.0
