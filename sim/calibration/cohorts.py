"""Communities watched week by week: every person's states kept, as a survey that never ends would keep them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.groups import BASE_COHESION
from sim.measures import CENSUS_TALLIES, TALLIES
from sim.people import column
from sim.population import Population, World
from sim.ties import FUTURE

WEEKLY = (  # kept for every week, week 0 included
    "distress",
    "episode",
    "recognised",
    "asked",
    "encouraged",
    "help_status",
    "care_event",
    "weeks_in_help",
    "reachable_friends",
    "injunctive_norm",
    "self_stigma",
)
AT_START = (  # kept for week 0 only
    "group",
    "role",
    "knowledge",
    "self_reliance",
    "trust_in_services",
    "threshold",
    "outside_confidants",
    "reachable_leaders",
    "self_stigma",
    "injunctive_norm",
    "descriptive_norm",
    "experience_professional",
    "past_care",
)


@dataclass(frozen=True)
class Cohort:
    """One world watched from week 0 to the last.

    ``weekly[name]`` is an array (weeks + 1, people), ``start[name]`` an array (people). ``tallies`` and ``census`` are
    sums over everybody, (weeks + 1, tallies). ``pairs`` are the trusted ties in the last week, both ways where both
    trust: two arrays of person numbers. ``service`` is (weeks + 1, service tallies); ``cohesion`` is that of each
    person's group in the last week, without training.
    """

    weekly: dict[str, np.ndarray]
    start: dict[str, np.ndarray]
    tallies: np.ndarray
    census: np.ndarray
    pairs: tuple[np.ndarray, np.ndarray]
    service: np.ndarray
    cohesion: np.ndarray
    parameters: np.void

    @property
    def weeks(self) -> int:
        """The last week watched."""
        return len(self.weekly["distress"]) - 1

    def tally(self, name: str) -> float:
        """A tally summed over all weeks."""
        return float(self.tallies[:, TALLIES.index(name)].sum())

    def counted(self, name: str) -> float:
        """A tally of the network at week 0."""
        return float(self.census[0, CENSUS_TALLIES.index(name)])


type Fact = Callable[[Cohort], float]  # not a number where a cohort cannot tell


def watch(
    worlds: Sequence[World],
    weeks: int,
    threads: int = 1,
    begin: Callable[[Population], object] | None = None,
) -> list[Cohort]:
    """Live worlds for ``weeks`` weeks after their burn-in and keep what ``WEEKLY`` names of everybody.

    ``begin`` may change people's states once, at week 0.
    """
    population = Population(worlds, weeks, max(weeks, 1), threads)
    people = population.state.people
    kept = {name: np.empty((weeks + 1, people.group.size), column(people, name).dtype) for name in WEEKLY}
    start: dict[str, np.ndarray] = {}
    for week in range(weeks + 1):
        population.run(week, threads)
        if week == 0:
            if begin:
                begin(population)
            start = {name: column(people, name).copy() for name in AT_START}
        for name, table in kept.items():
            table[week] = column(people, name)
    return [cohort(w, population, kept, start) for w in range(population.count)]


def cohort(w: int, population: Population, kept: dict[str, np.ndarray], start: dict[str, np.ndarray]) -> Cohort:
    """What was kept of the world ``w``."""
    rows = population.rows(w)
    return Cohort(
        {name: table[:, rows] for name, table in kept.items()},
        {name: values[rows] for name, values in start.items()},
        population.output.tallies[w].sum(axis=1),
        population.output.census[w].sum(axis=1),
        trusted_pairs(rows, population),
        population.output.service[w],
        population.state.groups.value[BASE_COHESION, column(population.state.people, "group")[rows]],
        population.records[w],
    )


def trusted_pairs(rows: slice, population: Population) -> tuple[np.ndarray, np.ndarray]:
    """Who trusts whom enough to ask, within the rows of one world, as person numbers from 0."""
    ties = population.state.ties
    entries = slice(int(ties.start[rows.start]), int(ties.start[rows.stop]))
    counts = np.diff(ties.start[rows.start : rows.stop + 1])
    source = np.repeat(np.arange(counts.size), counts)
    trust = float(population.records["bonds_reach_trust"].flat[0])
    enough = (ties.trust[entries] >= trust) & (ties.kind[entries] < FUTURE)
    return source[enough], ties.target[entries][enough] - rows.start
