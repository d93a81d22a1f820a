"""A map of two levers: where a norm of seeking help takes hold, where it lasts, and where the start decides.

Every point is lived from two starts (see ``starts``), with the same seeds everywhere. Where the outcome changes, points
stand closer. Outcomes are taken over the last weeks of the run, when what a plan did first has passed.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim import criterion
from sim.errors import InputError
from sim.exploring import levers, refining, starts, tipping
from sim.exploring.evaluating import Failed, Progress, Stopped, chunks
from sim.exploring.levers import Lever
from sim.exploring.problems import Bounds
from sim.measures import BY_NAME, ONCE
from sim.population import World
from sim.study import Draws, checked_seeds, drawn
from sim.sweeps.living import measured
from sim.sweeps.measuring import Chosen
from sim.sweeps.variants import Variants
from sim.wording import LUCK, LUCK_AND_PARAMETERS

if TYPE_CHECKING:
    from sim.schema import Scenario

WEEKS = 156  # lived after the start, unless asked otherwise
POINTS, SEEDS, DEPTH = 90, 6, 2
LAST = 12  # weeks over which outcomes are taken: as many as the norm criterion asks for
PARTS = ("expects_both", "sought_in_time", "expects_approval", "expects_seeking", "injunctive_norm")
NORM_PARTS = PARTS[:2]
WATCHED = (
    "expects_approval",
    "expects_seeking",
    "sought_in_time",
)  # where these cross one half, points stand closer too

Cancelled = Callable[[], bool]
Live = Callable[[list[refining.Corner]], pd.DataFrame]
Keep = Callable[[list[refining.Corner], Live], pd.DataFrame]


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
        raise InputError("a map needs two levers", key="y", found=y)
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


@dataclass
class Walker:
    """Lives points of a map from both starts, and keeps what they came to."""

    scenario: "Scenario"
    x: Lever
    y: Lever
    measure: str
    seeds: tuple[int, ...]
    draws: Draws | None
    depth: int
    threads: int | None
    progress: Progress | None
    cancelled: Cancelled | None
    most: int
    chunk: int | None
    keep: Keep | None

    def __post_init__(self) -> None:
        sides = (self.x.name, self.y.name)
        alike = [Variants(self.scenario, sides)] * len(self.seeds)  # one object for all seeds
        self.variants = [Variants(drawn(self.scenario, each), sides) for each in self.draws] if self.draws else alike
        self.weeks = criterion.asked(self.scenario.parameters)[1] if self.measure == "norm" else LAST
        levers.long_enough(self.scenario, self.measure, self.weeks)
        last = self.scenario.weeks
        names = dict.fromkeys(PARTS if self.measure == "norm" else (self.measure,))
        self.chosen = Chosen.of(tuple(names), tuple(range(last - self.weeks + 1, last + 1)))
        self.tables: list[pd.DataFrame] = []
        self.lived = 0

    def look(self, corners: list[refining.Corner]) -> dict[refining.Corner, list[float]]:
        """Live corners; the mean over seeds from each start, of the measure and of all else that is watched."""
        found: dict[refining.Corner, list[float]] = {}
        for part in chunks(self.scenario, len(corners), 2 * len(self.seeds), self.chunk):
            if self.cancelled and self.cancelled():
                raise Stopped
            here = [corners[k] for k in part]
            table = self.keep(here, self.live) if self.keep else self.live(here)
            self.tables.append(table)
            found |= self.means(table)
            self.lived += 2 * len(part) * len(self.seeds)
            if self.progress:
                self.progress(self.lived, 2 * self.most * len(self.seeds))
        return found

    def live(self, corners: list[refining.Corner]) -> pd.DataFrame:
        """Live some corners in one go: a row for each corner (columns i and j), start and seed."""
        worlds: list[World] = []
        origin: dict[int, str] = {}
        rows: list[dict[str, Any]] = []
        for i, j in corners:
            x, y = self.place((i, j))
            both = {id(each): starts.both(each.scenario((x, y))) for each in self.variants}
            for start in starts.STARTS:
                for seed, variants in zip(self.seeds, self.variants, strict=True):
                    scenario = both[id(variants)][start]
                    origin[id(scenario)] = start
                    worlds.append(World(scenario, seed))
                    rows.append({"i": i, "j": j, "x": x, "y": y, "start": start, "seed": seed})
        for variants in self.variants:
            variants.forget()
        lived = measured(worlds, self.chosen, threads=self.threads, begin=starts.begin(origin))
        if lived.failures:
            first = next(iter(lived.failures.values()))
            raise Failed(f"{len(lived.failures)} of {len(worlds)} worlds failed; the first: {first}")
        outcomes = at_the_end(self.chosen, lived.values, [world.scenario for world in worlds], self.measure)
        table = pd.DataFrame(rows).astype({"seed": np.uint64})
        return table.assign(**{name: np.asarray(values, float) for name, values in outcomes.items()})

    def means(self, table: pd.DataFrame) -> dict[refining.Corner, list[float]]:
        """For each corner the means over seeds from both starts, of the measure and of all else that is watched."""
        watched = [self.measure, *(WATCHED if self.measure == "norm" else ())]
        made: dict[refining.Corner, list[float]] = {}
        for (i, j), rows in table.groupby(["i", "j"], sort=False):
            begun = [rows[rows["start"] == start] for start in starts.STARTS]
            made[int(i), int(j)] = [known_mean(part[name].tolist()) for part in begun for name in watched]
        return made

    def place(self, corner: refining.Corner) -> tuple[float, float]:
        """The values of both levers at a corner."""
        steps = refining.finest(self.depth)
        shares = (corner[0] / steps, corner[1] / steps)
        return tuple(  # type: ignore[return-value]
            round(side.low + share * (side.high - side.low), 12)
            for side, share in zip((self.x, self.y), shares, strict=True)
        )

    def table(self) -> pd.DataFrame:
        """Everything that was lived, by y, x, start and seed."""
        made = pd.concat(self.tables, ignore_index=True).drop(columns=["i", "j"])
        made["start"] = pd.Categorical(made["start"], starts.STARTS)
        return made.sort_values(["y", "x", "start", "seed"], kind="stable", ignore_index=True)


def known_mean(values: Sequence[float]) -> float:
    """The mean of those that are numbers."""
    known = [value for value in values if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")


def at_the_end(
    chosen: Chosen, values: Mapping[str, np.ndarray], scenarios: "Sequence[Scenario]", measure: str
) -> dict[str, np.ndarray]:
    """Each measure over the last weeks of the run: its mean; and whether help-seeking was the norm in all of them.

    That is the criterion itself, held to the end of the run: from a start with the norm present it would else be met in
    the very first weeks, whatever comes of it.
    """
    weekly = {
        name: np.stack([values[column] for column, (each, _) in chosen.columns.items() if each.name == name], axis=-1)
        for name in chosen.measures
    }
    made = {}
    if measure == "norm":
        share = np.array([[criterion.asked(scenario.parameters)[0]] for scenario in scenarios])
        holds = [criterion.reached(weekly[name], share) for name in NORM_PARTS]
        made["norm"] = np.logical_and(*holds).all(axis=1).astype(float)
    for name, each in weekly.items():
        made[name] = each[:, -1] if BY_NAME[name].denominator == ONCE else each.mean(axis=1)
    return made


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
