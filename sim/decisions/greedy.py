"""The people whose training does most, found one after another on the model itself, with the same luck for everybody.

Each step adds the person who adds most to those chosen before. What somebody adds seldom grows as others join; so only
those are tried again whose last gain could still be the largest (lazy greedy: Minoux 1978, doi 10.1007/BFb0006528;
for influence in networks Kempe and others 2003, doi 10.1145/956750.956769).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import InputError
from sim.measures import BY_NAME, HIGHER
from sim.population import Population, World
from sim.sweeps import measured

if TYPE_CHECKING:
    from sim.schema import Scenario

AT_ONCE = 6  # people tried together once most gains are known

Tell = Callable[[str], object]


@dataclass
class Trials:
    """Sets of people put in place of those whom an intervention reaches, and what came of it."""

    scenario: "Scenario"
    intervention: str
    measure: str
    seeds: Sequence[int]
    worlds: int = 0  # lived so far
    bit: int = field(init=False)

    def __post_init__(self) -> None:
        self.bit = list(self.scenario.interventions).index(self.intervention)

    def by_seed(self, sets: Sequence[Sequence[int] | None]) -> np.ndarray:
        """The measure with each set of people reached, or (None) whom the scenario itself reaches: (seeds, sets)."""
        copies = [self.scenario.model_copy() for _ in sets]
        people = {
            id(copy): np.array(list(chosen), np.int64)
            for copy, chosen in zip(copies, sets, strict=True)
            if chosen is not None
        }
        mark = np.uint32(1 << self.bit)

        def begin(population: Population) -> None:
            for w, world in enumerate(population.worlds):
                if (chosen := people.get(id(world.scenario))) is not None:
                    reached = population.state.people.reached[population.rows(w)]
                    reached &= ~mark
                    reached[chosen] |= mark

        worlds = [World(copy, seed) for seed in self.seeds for copy in copies]
        found = measured(worlds, self.measure, "mean", begin=begin)
        if found.failures:
            raise InputError(f"a world could not be lived: {next(iter(found.failures.values()))}")
        self.worlds += len(worlds)
        return found.values[self.measure].reshape(len(self.seeds), len(sets))

    def worth(self, sets: Sequence[Sequence[int]]) -> np.ndarray:
        """How good each set is: the mean over seeds, more is better."""
        sign = 1.0 if BY_NAME[self.measure].better == HIGHER else -1.0
        worth: np.ndarray = sign * np.nanmean(self.by_seed(sets), axis=0)
        return worth


def chosen(trials: Trials, candidates: Sequence[int], number: int, tell: Tell | None = None) -> list[int]:
    """So many of the candidates, in the order in which they were added."""
    taken: list[int] = []
    so_far = float(trials.worth([[]])[0])
    bound = dict.fromkeys(candidates, float("inf"))  # what each added when last tried, or might
    fresh: dict[int, float] = {}
    while len(taken) < number:
        order = sorted(bound, key=lambda person: (-bound[person], person))
        if fresh and order[0] in fresh:
            so_far += bound[order[0]]
            taken.append(order[0])
            del bound[order[0]]
            fresh = {}
            if tell:
                tell(f"{len(taken)} of {number} chosen, {trials.worlds:,} worlds lived")
            continue
        untried = [person for person in order if person not in fresh]
        batch = untried if not taken else untried[:AT_ONCE]
        for person, worth in zip(batch, trials.worth([[*taken, person] for person in batch]).tolist(), strict=True):
            bound[person] = fresh[person] = worth - so_far
    return taken
