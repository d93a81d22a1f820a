"""Which measures of a world are kept, and at what time: a handful of numbers out of all that was tallied."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim import criterion, extracts, pooling
from sim.errors import InputError, nearest, shown
from sim.measures import BY_NAME, CENSUS_TALLIES, COST, NORM, ONCE, Measure

if TYPE_CHECKING:
    from sim.population import Population
    from sim.schema import Scenario

USUAL = ("unmet_need", "sought_in_time", "descriptive_norm", "norm", "cost")
CENSUS_EVERY = 4  # weeks from one count of the network to the next, if a measure needs it
LONGEST = 5200  # weeks

At = str | int


@dataclass(frozen=True)
class Chosen:
    """Measures by name, and when they are taken: "mean" (pooled over the weeks 1 to the last), "final", or a week.

    Sums over a run, the cost and the norm have no time. With one time a column is called as its measure is; with
    several it says which: ``mean_unmet_need``, ``final_unmet_need``, ``week26_unmet_need``.
    """

    measures: tuple[str, ...] = USUAL
    at: tuple[At, ...] = ("mean",)

    @classmethod
    def of(cls, measures: "Sequence[str] | str | Chosen | None" = None, at: At | Sequence[At] = "mean") -> "Chosen":
        """The choice, checked; an ``InputError`` names what there is not."""
        if isinstance(measures, Chosen):
            return measures
        names = USUAL if measures is None else (measures,) if isinstance(measures, str) else tuple(measures)
        times = (at,) if isinstance(at, str | int) else tuple(at)
        if not names:
            raise InputError("at least one measure is needed", key="measures", found="an empty list")
        for place, name in enumerate(names):
            if name not in BY_NAME:
                hint = nearest(name, BY_NAME)
                raise InputError("there is no such measure", key="measures", found=shown(name), hint=hint)
            if name in names[:place]:
                raise InputError("a measure is named twice", key="measures", found=name)
        return cls(names, tuple(checked_time(time, times[:place]) for place, time in enumerate(times)) or ("mean",))

    @cached_property
    def columns(self) -> dict[str, tuple[Measure, At]]:
        """What is kept: the name of each column, its measure and its time."""
        made: dict[str, tuple[Measure, At]] = {}
        for name in self.measures:
            measure = BY_NAME[name]
            if measure.denominator == ONCE:
                made[name] = (measure, "mean")
                continue
            for time in self.at:
                prefix = f"week{time}_" if isinstance(time, int) else f"{time}_"
                made[name if len(self.at) == 1 else prefix + name] = (measure, time)
        return made

    @property
    def last_week(self) -> int:
        """The latest week that is asked for by its number, 0 if none is."""
        return max((time for time in self.at if isinstance(time, int)), default=0)

    @property
    def census_every(self) -> int:
        """How often the network has to be counted for these measures; 0 is never."""
        counted = {tally for name in self.measures for tally in pooling.tallies_in(BY_NAME[name])}
        return CENSUS_EVERY if counted.intersection(CENSUS_TALLIES) else 0

    def values(self, population: "Population") -> dict[str, np.ndarray]:
        """Each column's values for the worlds of a population that has been lived to its end."""
        scenarios = [world.scenario for world in population.worlds]
        sums = pooling.ledger(*population.output)
        windows = np.array([pooling.window_of(scenario.parameters) for scenario in scenarios])
        whole = pooling.whole_run(sums)
        made = {name: np.full(population.count, np.nan) for name in self.columns}
        for name, (measure, time) in self.columns.items():
            if measure == COST:
                made[name][:] = [extracts.costs(each, w, population)["cost"] for w, each in enumerate(scenarios)]
            elif time == "mean" and measure != NORM:
                made[name][:] = pooling.ratios([measure], whole)[measure.name]
        for window in np.unique(windows).tolist():
            chosen = np.flatnonzero(windows == window)
            here = sums[chosen] if chosen.size < len(sums) else sums
            for name, (measure, time) in self.columns.items():
                if measure == NORM:
                    made[name][chosen] = verdicts(here, window, [scenarios[w] for w in chosen.tolist()])
                elif time != "mean":
                    week = here.shape[1] - 1 if time == "final" else int(time)
                    made[name][chosen] = in_week(measure, here, week, window)
        return made


def checked_time(time: At, before: Sequence[At]) -> At:
    """A time at which a measure can be taken, named once."""
    plain = time.item() if hasattr(time, "item") else time
    week = isinstance(plain, int) and not isinstance(plain, bool) and 0 <= plain <= LONGEST
    if plain not in ("mean", "final") and not week:
        raise InputError("there is no such time", key="at", found=shown(plain), allowed="mean, final, or a week")
    if plain in before:
        raise InputError("a time is named twice", key="at", found=shown(plain))
    return plain


def in_week(measure: Measure, sums: np.ndarray, week: int, window: int) -> np.ndarray:
    """A measure in one week of each world, or in the window up to it; the sums are taken as ``pooling.weekly`` does."""
    found = sums[:, week].copy()
    if measure.weeks == 0:
        for back in range(1, min(window, week)):
            found += sums[:, week - back]
    return pooling.ratios([measure], found)[measure.name]


def verdicts(sums: np.ndarray, window: int, scenarios: "list[Scenario]") -> np.ndarray:
    """Whether help-seeking became a norm in each world: 1, 0, or not a number where it cannot be told."""
    expects = pooling.ratio(BY_NAME["expects_both"], lambda name: sums[..., pooling.PLACE[name]])
    seeks = pooling.ratio(BY_NAME["sought_in_time"], lambda name: pooling.windowed(only(sums, name), window)[..., 0])
    asked = [criterion.asked(scenario.parameters) for scenario in scenarios]
    after = np.array([criterion.last_delivery(scenario) for scenario in scenarios])
    share, weeks = np.array([[share] for share, _ in asked]), np.array([weeks for _, weeks in asked])
    holds = criterion.reached(expects, share) & criterion.reached(seeks, share)
    norm = criterion.judged(holds, after, weeks).norm
    return np.where(norm == criterion.UNKNOWN, np.nan, norm.astype(float))


def only(sums: np.ndarray, name: str) -> np.ndarray:
    """One tally's sums, its axis kept."""
    place = pooling.PLACE[name]
    return sums[..., place : place + 1]
