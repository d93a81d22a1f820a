"""A piece of a study: some worlds with all that it takes to live them, ready to be sent to where that is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from sim.errors import InputError
from sim.population import World
from sim.schema import Scenario
from sim.study import drawn
from sim.sweeps.living import Lived, measured, said
from sim.sweeps.measuring import Chosen
from sim.sweeps.variants import Values, Variants


@dataclass(frozen=True)
class Piece:
    """Some worlds of a study, ready to be sent to where they are lived."""

    scenarios: tuple[Scenario, ...]
    names: tuple[str, ...]
    chosen: Chosen
    which: tuple[int, ...]  # for each world the number of its scenario
    values: tuple[Values, ...]  # and a value for each name
    seeds: tuple[int, ...]
    draws: tuple[Mapping[str, float], ...] = ()  # and the parameters that its seed draws, if seeds draw any

    def live(self, threads: int | None = None, done: Callable[[int], object] | None = None) -> Lived:
        """Live these worlds."""
        variants: dict[tuple[int, int], Variants] = {}
        worlds, places, failures = [], [], {}
        for place, (k, values, seed) in enumerate(zip(self.which, self.values, self.seeds, strict=True)):
            draw = self.draws[place] if self.draws else {}
            key = (k, id(draw) if draw else 0)
            try:
                if key not in variants:
                    variants[key] = Variants(drawn(self.scenarios[k], draw) if draw else self.scenarios[k], self.names)
                worlds.append(World(variants[key].scenario(values), seed))
                places.append(place)
            except InputError as error:
                failures[place] = said(error)
        found = measured(worlds, self.chosen, threads=threads, done=done)
        made = {name: np.full(len(self.seeds), np.nan) for name in found.values}
        for name, values_found in found.values.items():
            made[name][places] = values_found
        failures |= {places[place]: text for place, text in found.failures.items()}
        return Lived(made, dict(sorted(failures.items())))
