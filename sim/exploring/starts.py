"""Two beginnings of one world: a community in which seeking help is the norm, and one in which it is not.

Both have lived the same weeks before week 0. Then, once, what people believe is put in place: what they hear (perceived
approval), what they have seen of people in need (the same number of sightings, of which more or fewer sought help),
and the part of self-stigma that is taken in from what they believe. Everything else stays, and from week 1 on the
model's own rules decide whether the beginning lasts.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from sim import engine
from sim.errors import InputError, shown
from sim.people import column

if TYPE_CHECKING:
    from sim.population import Population
    from sim.schema import Scenario

ABSENT, PRESENT = "absent", "present"
STARTS = (ABSENT, PRESENT)
STRENGTH = 0.9  # how one-sided beliefs are at the start, 0 (even) to 1


def begin(scenarios: "Mapping[int, str]", strength: float = STRENGTH) -> "Callable[[Population], None]":
    """What puts worlds at their start; ``scenarios`` are the starts by the identity of the world's scenario."""
    if not 0.0 < strength <= 1.0:
        raise InputError("this is no strength of a start", key="strength", found=shown(strength), allowed="up to 1")

    def place(population: "Population") -> None:
        for w, world in enumerate(population.worlds):
            if id(world.scenario) in scenarios:
                put(population, w, scenarios[id(world.scenario)], strength)

    return place


def put(population: "Population", w: int, start: str, strength: float = STRENGTH) -> None:
    """Put what the people of world ``w`` believe in place: the norm present, or absent."""
    sign = 1.0 if start == PRESENT else -1.0
    people, rows, parameters = population.state.people, population.rows(w), population.records[w]
    approval = column(people, "injunctive_norm")[rows]
    share, taken_in = parameters["norms_internalised_share"], parameters["norms_internalised_strength"]
    column(people, "self_stigma")[rows] -= (share * taken_in * (sign * strength - approval)).astype(np.float32)
    approval[:] = sign * strength
    seeking, struggling = column(people, "seen_seeking")[rows], column(people, "seen_struggling")[rows]
    sightings = seeking + struggling
    seeking[:] = sightings * (1.0 + sign * strength) / 2.0
    struggling[:] = sightings - seeking
    prior, weight = column(people, "prior_norm")[rows], parameters["norms_prior_weight"]
    column(people, "descriptive_norm")[rows] = (weight * prior + seeking) / (weight + sightings)


def put_all(population: "Population", start: str, threads: int = 1) -> None:
    """Put what everybody believes in place, and write week 0 down as it is then."""
    for w in range(population.count):
        put(population, w, start)
    population.output.tallies[:, 0] = 0.0
    wanted = (population.census_every, population.state, population.output)
    engine.for_all_worlds(engine.write_baselines, population, threads, *wanted)


def both(scenario: "Scenario") -> "dict[str, Scenario]":
    """The scenario twice, once for each start: equal, but two objects, so that their burn-in is lived once."""
    return {start: scenario.model_copy() for start in STARTS}
