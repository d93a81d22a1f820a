"""The people whose training does most, found one after another on the model itself, with the same luck for everybody.

Each step adds the person who adds most to those chosen before. What somebody adds seldom grows as others join; so only
those are tried again whose last gain could still be the largest (lazy greedy: Minoux 1978, doi 10.1007/BFb0006528;
for influence in networks Kempe and others 2003, doi 10.1145/956750.956769).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sim import study
from sim.errors import InputError
from sim.measures import BY_NAME, HIGHER
from sim.population import Population, World
from sim.scenario import override
from sim.sweeps import measured

if TYPE_CHECKING:
    from sim.schema import Scenario

AT_ONCE = 6  # people tried together once most gains are known

Tell = Callable[[str], object]
Choice = Sequence[int] | str  # people by their places, or a seeding rule by which each community chooses its own


@dataclass
class Trials:
    """Others put in place of those whom an intervention reaches, and what came of it.

    ``draws`` gives each seed its parameters, the same whoever is reached.
    """

    scenario: "Scenario"
    intervention: str
    measure: str
    seeds: Sequence[int]
    draws: study.Drawing | None = None
    worlds: int = 0  # lived so far
    bases: "list[Scenario]" = field(init=False)  # the scenario of each seed

    def __post_init__(self) -> None:
        if self.draws is None:
            self.bases = [self.scenario] * len(self.seeds)
        else:
            self.bases = [study.drawn(self.scenario, values) for values in self.draws(self.seeds)]

    def by_seed(self, choices: Sequence[Choice]) -> np.ndarray:
        """The measure with each choice of people reached: (seeds, choices)."""
        copies: dict[int, list[Scenario]] = {}
        people: dict[int, np.ndarray] = {}
        for base in self.bases:
            if id(base) not in copies:
                copies[id(base)] = made = [self.reaching(base, choice) for choice in choices]
                people |= {
                    id(copy): np.array(choice, np.int64)
                    for copy, choice in zip(made, choices, strict=True)
                    if not isinstance(choice, str)
                }
        mark = np.uint32(1 << list(self.scenario.interventions).index(self.intervention))

        def begin(population: Population) -> None:
            for w, world in enumerate(population.worlds):
                if (chosen := people.get(id(world.scenario))) is not None:
                    reached = population.state.people.reached[population.rows(w)]
                    reached &= ~mark
                    reached[chosen] |= mark

        worlds = [
            World(copy, seed) for seed, base in zip(self.seeds, self.bases, strict=True) for copy in copies[id(base)]
        ]
        found = measured(worlds, self.measure, "mean", begin=begin)
        if found.failures:
            raise InputError(f"a world could not be lived: {next(iter(found.failures.values()))}")
        self.worlds += len(worlds)
        return found.values[self.measure].reshape(len(self.seeds), len(choices))

    def reaching(self, base: "Scenario", choice: Choice) -> "Scenario":
        """A copy in which the intervention is to reach a choice of people: by rule, or as they are put in by hand."""
        if isinstance(choice, str):
            return override(base, {f"plans.{self.intervention}.seeding": choice})
        return base.model_copy()

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
