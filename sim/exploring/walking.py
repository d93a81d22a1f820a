"""Points of a map are lived from both starts, batch by batch, and what they came to is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim import criterion
from sim.exploring import levers, refining, starts
from sim.exploring.evaluating import Failed, Progress, Stopped, chunks
from sim.exploring.levers import Lever
from sim.measures import BY_NAME, ONCE
from sim.population import World
from sim.study import Draws, drawn
from sim.sweeps.living import measured
from sim.sweeps.measuring import Chosen
from sim.sweeps.variants import Variants

if TYPE_CHECKING:
    from sim.schema import Scenario

LAST = 12  # weeks over which outcomes are taken: as many as the norm criterion asks for
PARTS = ("expects_both", "sought_in_time", "expects_approval", "expects_seeking", "injunctive_norm")
NORM_PARTS = PARTS[:2]
# where these cross one half, points stand closer too
WATCHED = ("expects_approval", "expects_seeking", "sought_in_time")

Cancelled = Callable[[], bool]
Live = Callable[[list[refining.Corner]], pd.DataFrame]
Keep = Callable[[list[refining.Corner], Live], pd.DataFrame]


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
