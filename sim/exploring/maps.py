"""A map of two levers: where a norm of seeking help takes hold, where it lasts, and where the start decides.

Every point is lived from two starts (see ``starts``), with the same seeds everywhere. Where the outcome changes, points
stand closer. Outcomes are taken over the last weeks of the run, when what a plan did first has passed.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.exploring import levers, refining, starts, tipping
from sim.exploring.evaluating import Progress
from sim.exploring.levers import Lever
from sim.exploring.problems import Bounds
from sim.exploring.walking import WATCHED, Cancelled, Keep, Walker, known_mean
from sim.study import Draws, checked_seeds
from sim.wording import LUCK, LUCK_AND_PARAMETERS

if TYPE_CHECKING:
    from sim.schema import Scenario

WEEKS = 156  # lived after the start, unless asked otherwise
POINTS, SEEDS, DEPTH = 90, 6, 2


@dataclass(frozen=True)
class Map:
    """What was lived, and what follows from it.

    ``points`` has a row for each point, start and seed: columns x, y, start, seed, and a column for each measure.
    ``surfaces`` are the measure's, by start (see ``tipping.Surface``); ``areas`` what shares of the map they take.
    ``parts`` are those of the norm, if that is the measure: the share of the map where each holds for most, by start.
    """

    scenario: "Scenario"
    x: Lever
    y: Lever
    measure: str
    level: float
    asked: float | None  # the level that was asked for; none, where it lies half-way between lowest and highest
    seeds: tuple[int, ...]
    points: pd.DataFrame
    draws: tuple[Mapping[str, float], ...] | None  # for each seed the parameters that it drew
    surfaces: Mapping[str, tipping.Surface]
    areas: Mapping[str, Mapping[str, float]]
    parts: Mapping[str, Mapping[str, float]]
    depth: int
    most: int  # points, at most

    @property
    def uncertainty(self) -> str:
        """What its intervals hold: ``wording.LUCK``, or ``LUCK_AND_PARAMETERS``."""
        return LUCK if self.draws is None else LUCK_AND_PARAMETERS


def tipping_map(
    setting: "str | os.PathLike[str] | Scenario | None",
    x: str,
    y: str,
    measure: str = "norm",
    *,
    plans: Sequence[str] | None = None,
    x_range: Bounds | None = None,
    y_range: Bounds | None = None,
    seeds: int | Sequence[int] = SEEDS,
    weeks: int = WEEKS,
    people: int | None = None,
    points: int = POINTS,
    depth: int = DEPTH,
    level: float | None = None,
    changes: dict[str, Any] | None = None,
    network: Any = None,
    draws: Draws | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    chunk: int | None = None,
    keep: Keep | None = None,
) -> Map:
    """Map a measure over two levers, each a parameter of the registry or a field of a plan.

    ``points`` bounds how many are lived, each from two starts with every seed; ``depth`` how often a cell is cut in
    four where the outcome changes. ``level`` is where the tipping line lies: for a norm and its parts one half (zero
    for perceived approval), else half-way between the lowest and the highest outcome. ``progress`` is called with the
    worlds lived and their number at most; ``cancelled`` is asked between batches, and ends the work with ``Stopped``.
    ``chunk`` is how many person-weeks a batch has at most. ``draws`` has parameters for each seed (``sim.posterior``),
    on which the levers are set: intervals then hold their uncertainty too. ``keep`` is handed every batch of corners
    with what lives it, and may answer with what it has kept.
    """
    scenario = levers.scenario_for(setting, plans, (x, y), weeks, people, changes, network)
    wide, high = levers.lever(scenario, x, x_range), levers.lever(scenario, y, y_range)
    if x == y:
        raise InputError("a map needs two levers", key="y", found=y, allowed=f"another than x, which is {x}")
    line, wanted = levers.level_of(measure, level), tuple(checked_seeds(seeds))
    check_points(points, depth)
    if draws is not None and len(draws) != len(wanted):
        raise InputError("draws and seeds differ in number", key="draws", found=f"{len(draws)} for {len(wanted)} seeds")
    walker = Walker(
        scenario, wide, high, measure, wanted, draws, depth, threads, progress, cancelled, points, chunk, keep
    )
    refining.refine(walker.look, depth, points, line)
    return mapped(walker, line)


def check_points(points: int, depth: int) -> None:
    """Enough points to begin with, and no deeper than anybody can see."""
    least = (refining.FIRST + 1) ** 2
    if not least <= points <= 100_000:
        raise InputError("this is no number of points", key="points", found=str(points), allowed=f"{least} to 100,000")
    if not 0 <= depth <= 6:
        raise InputError("this is no depth", key="depth", found=str(depth), allowed="0 to 6")


def mapped(walker: Walker, asked: float | None) -> Map:
    """A map out of what was lived."""
    x, y, measure, table = walker.x, walker.y, walker.measure, walker.table()
    places = table[["x", "y"]].drop_duplicates(ignore_index=True)
    unit = (places.to_numpy() - (x.low, y.low)) / (x.high - x.low, y.high - y.low)
    weights = tipping.spread(unit)
    values = {
        start: table[table["start"] == start].pivot(index=["y", "x"], columns="seed", values=measure)
        for start in starts.STARTS
    }
    order = pd.MultiIndex.from_frame(places[["y", "x"]])
    each = {start: frame.loc[order].to_numpy() for start, frame in values.items()}
    if not all(np.isfinite(frame).any(axis=1).all() for frame in each.values()):
        raise InputError("this measure is undefined at some points of the map", key="measure", found=measure)
    level = 0.0 if asked is None else asked
    if asked is None:
        means = [known_mean(row) for frame in each.values() for row in frame.tolist()]
        level = (min(means) + max(means)) / 2.0
    surfaces = {start: tipping.surface(weights, frame, level) for start, frame in each.items()}
    areas = tipping.areas(surfaces[starts.ABSENT], surfaces[starts.PRESENT])
    parts = {name: on_how_much(table, name, order, weights) for name in WATCHED} if measure == "norm" else {}
    draws = None if walker.draws is None else tuple(walker.draws)
    return Map(
        walker.scenario, x, y, measure, level, asked, walker.seeds, table, draws, surfaces, areas, parts, walker.depth,
        walker.most,
    )  # fmt: skip


def on_how_much(table: pd.DataFrame, name: str, order: pd.MultiIndex, weights: np.ndarray) -> dict[str, float]:
    """On what share of the map a part of the norm holds for at least half, from each start."""
    made = {}
    for start in starts.STARTS:
        means = table[table["start"] == start].groupby(["y", "x"])[name].mean().loc[order].fillna(0.0)
        made[start] = float((weights @ means.to_numpy() >= 0.5 - tipping.EDGE).mean())
    return made
