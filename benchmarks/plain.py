"""The same rules as plain Mesa agents, as a modeller would have them: Mesa's own random numbers, plain attributes.

The slow twin draws the engine's luck and rounds what it stores to single precision, so that the two can be compared bit
by bit. That is slower than it needs to be for a model by itself, so it is left out here: speeds are compared with the
faster of the two.
"""

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from unittest.mock import patch

import mesa

from benchmarks.town import CENSUS_EVERY
from sim import luck
from sim.population import Population, World
from sim.reference import ReferenceModel, bonds, care, distress, norms, person, replies, seeking
from sim.reference.basics import Stored
from sim.schema import Scenario

DRAWING = (care, distress, norms, person, replies, seeking)  # the parts of the twin that draw
TO_UNIT = 2.0**-64


class PlainModel(ReferenceModel):
    """The twin as ``mesa.batch_run`` wants a model: a seed by the name of ``rng``, and something to collect."""

    def __init__(self, scenario: Scenario, rng: int = 1, twin: bool = False) -> None:
        population = Population([World(scenario, int(rng))], 0, CENSUS_EVERY)
        population.run(0)
        super().__init__(population)
        self.copy_groups(population, 0)
        self.copy_people(population, 0)
        self.copy_ties(population, 0)
        self.twin = twin
        self.datacollector = mesa.DataCollector({"mean_distress": mean_distress})
        self.datacollector.collect(self)

    def step(self) -> None:
        """One week; one number is collected."""
        if self.twin:
            super().step()
        else:
            with as_mesa_has_it(self.random):
                super().step()
        self.datacollector.collect(self)


def mean_distress(model: mesa.Model) -> float:
    """One pass over the agents."""
    return sum(agent.distress for agent in model.agents) / len(model.agents)


@contextmanager
def as_mesa_has_it(source: random.Random) -> Iterator[None]:
    """The twin's parts with random numbers from ``source``, one after the other, and without rounding."""
    uniform = source.random
    own = SimpleNamespace(**vars(luck))
    own.uniform = lambda key, week, purpose: uniform()
    own.pair_uniform = lambda key, week, purpose, other: uniform()
    own.normal = lambda key, week, purpose: source.gauss()
    with ExitStack() as stack:
        for module in DRAWING:
            stack.enter_context(patch.object(module, "luck", own))
        stack.enter_context(patch.object(bonds.Tie, "draw", lambda tie: source.getrandbits(64)))
        stack.enter_context(patch.object(bonds, "mixed", lambda bits: source.getrandbits(64)))
        stack.enter_context(patch.object(bonds, "unit", lambda bits: bits * TO_UNIT))
        stack.enter_context(patch.object(Stored, "__setattr__", object.__setattr__))
        yield
