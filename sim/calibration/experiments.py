"""Where each fact is looked for: the communities that are watched, at any values of the parameters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from sim.calibration import facts
from sim.calibration.cohorts import Cohort, Fact, watch
from sim.params import registry
from sim.population import World
from sim.scenario import override, resolve
from sim.schema import Scenario

Values = Mapping[str, float]  # parameters by name; "<setting>/<name>" for one setting's own value
PEOPLE_AT_ONCE = 60_000  # people watched in one population


@dataclass(frozen=True)
class Experiment:
    """One community that is watched, and the facts that are read off it."""

    group: str
    setting: str
    weeks: int
    facts: Mapping[str, Fact]
    changes: Mapping[str, float | int] = field(default_factory=dict)
    people: int | None = None

    def scenario(self, values: Values) -> Scenario:
        """The experiment's scenario at some values of the parameters."""
        return at(self.prepared(), self.setting, {**values, **self.fixed()})

    def fixed(self) -> dict[str, float]:
        """Parameters that are part of the experiment, whatever is asked for."""
        return {name: float(value) for name, value in self.changes.items() if name in registry()}

    def shows(self, wanted: set[str]) -> bool:
        """Whether any of these facts is read off it."""
        return any((name if "." in name else f"{self.group}.{name}") in wanted for name in self.facts)

    def prepared(self) -> Scenario:
        """The scenario at the registry's values; made once."""
        return prepared(self.setting, self.people, self.weeks, tuple(sorted(self.changes.items())))


@cache
def prepared(setting: str, people: int | None, weeks: int, changes: tuple[tuple[str, float | int], ...]) -> Scenario:
    """A setting under no plan, of a size, with some changes."""
    sized = {} if people is None else {"setting.people": people}
    return override(resolve(setting, ["usual"]), {**sized, "weeks": weeks, **dict(changes)})


def at(scenario: Scenario, setting: str, values: Values) -> Scenario:
    """The scenario with parameters at ``values``. What the setting sets itself stays, unless named as the setting's."""
    own = {name.partition("/")[2]: value for name, value in values.items() if name.startswith(f"{setting}/")}
    general = {name: value for name, value in values.items() if "/" not in name and name not in set_by(setting)}
    parameters = {**scenario.parameters, **general, **own}
    unknown = parameters.keys() - registry().keys()
    if unknown:
        raise KeyError(f"no parameter {', '.join(sorted(unknown))}")
    return scenario.model_copy(update={"parameters": parameters})


@cache
def set_by(setting: str) -> frozenset[str]:
    """The parameters that a shipped setting sets itself."""
    defaults = {name: each.value for name, each in registry().items()}
    found = resolve(setting, ["usual"]).parameters
    return frozenset(name for name, value in found.items() if value != defaults[name])


SETTLED = {"setting.burn_in": 104}  # two years settle what these facts read
UNTREATED = {"care.open": 0, "distress.friend_ratio": 1.0, "distress.leader_ratio": 1.0, "setting.burn_in": 60}
EXPERIMENTS = (
    Experiment("adults", "town", 52, facts.ADULTS, SETTLED, people=1600),
    Experiment("care", "town", 52, facts.CARE, SETTLED, people=1600),
    Experiment("untreated", "town", 52, facts.UNTREATED, UNTREATED, people=1200),
    Experiment("students", "secondary_school", 52, facts.STUDENTS, SETTLED, people=900),
)
ONLY_SHOWN = (  # held out altogether, so they may take longer
    Experiment("care", "town", 52, facts.ENDINGS, SETTLED, people=8000),
    Experiment("students", "secondary_school", 52, facts.PEERS, SETTLED, people=4800),
    Experiment("soldiers", "military_unit", 52, facts.SOLDIERS),
    Experiment("adults", "town", 212, facts.LONG, people=2000),
)


def observe(
    values: Sequence[Values],
    seeds: Sequence[Sequence[int]],
    experiments: Sequence[Experiment] = EXPERIMENTS,
    threads: int = 1,
    progress: Callable[[int], object] | None = None,
) -> pd.DataFrame:
    """Every fact of ``experiments`` for each of ``values``, the mean over its ``seeds``; a row each, a column a fact.

    A fact that no seed shows (too few people) is not a number.
    """
    columns: dict[str, np.ndarray] = {}
    for together in shared_worlds(experiments):
        for name, column in watched(values, seeds, together, threads, progress).items():
            columns[name] = column
    return pd.DataFrame(columns)


def shared_worlds(experiments: Sequence[Experiment]) -> list[list[Experiment]]:
    """Experiments that watch the same community, side by side."""
    found: dict[tuple, list[Experiment]] = {}
    for each in experiments:
        key = (each.setting, each.weeks, each.people, tuple(sorted(each.changes.items())))
        found.setdefault(key, []).append(each)
    return list(found.values())


def watched(
    values: Sequence[Values],
    seeds: Sequence[Sequence[int]],
    together: Sequence[Experiment],
    threads: int,
    progress: Callable[[int], object] | None,
) -> dict[str, np.ndarray]:
    """The facts of experiments that share their worlds: by name an array over ``values``."""
    first = together[0]
    size = first.prepared().setting.people or 1
    step = max(1, PEOPLE_AT_ONCE // (size * max(len(each) for each in seeds)))
    rows: list[dict[str, float]] = []
    for begin in range(0, len(values), step):
        part = list(zip(values[begin : begin + step], seeds[begin : begin + step], strict=True))
        worlds = [World(scenario, seed) for point, own in part for scenario in [first.scenario(point)] for seed in own]
        cohorts = iter(watch(worlds, first.weeks, threads))
        rows += [mean_of([next(cohorts) for _ in own], together) for _, own in part]
        if progress:
            progress(len(worlds) * size * (first.weeks + first.prepared().setting.burn_in))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]} if rows else {}


def mean_of(cohorts: Sequence[Cohort], together: Sequence[Experiment]) -> dict[str, float]:
    """Each fact's mean over the cohorts that show it."""
    seen: dict[str, list[float]] = {}
    for each in together:
        for cohort in cohorts:
            for name, value in facts.shown(cohort, each.group, dict(each.facts)).items():
                seen.setdefault(name, []).append(value)
    return {name: average(found) for name, found in seen.items()}


def average(found: Sequence[float]) -> float:
    """The mean of the numbers among them."""
    numbers = [value for value in found if np.isfinite(value)]
    return float(np.mean(numbers)) if numbers else float("nan")
