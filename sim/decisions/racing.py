"""Which of many is best: all run on a few seeds, those without a chance drop out, the rest are judged on fresh seeds.

Whoever wins a race has also been lucky. So the last seeds are fresh: those on which the field was thinned out play no
part in what is said of the winner.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim import comparing, study
from sim.decisions import chances
from sim.errors import InputError
from sim.measures import BY_NAME
from sim.population import World
from sim.sweeps import measured

if TYPE_CHECKING:
    from sim.schema import Scenario

LEFT = 6  # of all, at most so many come to the last round
OUT = 0.01  # a chance below which one drops out
ROUNDS = (1, 3)  # seeds of the rounds before the last, as multiples of the first

Tell = Callable[[str], object]


@dataclass(frozen=True)
class Race:
    """What came of it; places are those of the scenarios."""

    first: np.ndarray  # (seeds of the first round, scenarios): what all of them came to
    early: list[dict[str, float]]  # of each its difference from the first when it dropped out, or before the last round
    left: list[int]  # who came to the last round
    last: np.ndarray  # (fresh seeds, left)
    best: np.ndarray  # (left): the chance of each to be the best
    worlds: int  # lived in all


def run(
    scenarios: "Sequence[Scenario]",
    measure: str,
    seeds: int,
    fresh: int,
    tell: Tell | None = None,
    draws: study.Drawing | None = None,
) -> Race:
    """Race scenarios over a measure; ``seeds`` in the first round, ``fresh`` in the last. The first never drops out.

    ``draws`` gives each seed its parameters, the same for every scenario; then chances and intervals hold those too.
    """
    left, begun, worlds = list(range(len(scenarios))), 1, 0
    early: list[dict[str, float]] = [{} for _ in scenarios]
    first = values = np.empty((0, len(left)))
    for turn in ROUNDS:
        if len(left) <= 2 and turn > 1:
            break
        if tell:
            tell(f"{len(left)} ways, {turn * seeds} seeds each")
        more = lived([scenarios[k] for k in left], range(begun, begun + turn * seeds), measure, draws)
        worlds, begun = worlds + more.size, begun + turn * seeds
        values = np.vstack((values, more))
        first = values if turn == ROUNDS[0] else first
        for column, k in enumerate(left):
            early[k] = difference(values, column)
        stay = staying(chances.of_being_best(values, BY_NAME[measure]), turn == ROUNDS[-1])
        left, values = [left[k] for k in stay], values[:, stay]
    if tell:
        tell(f"{len(left)} ways left, {fresh} fresh seeds each")
    last = lived([scenarios[k] for k in left], range(begun, begun + fresh), measure, draws)
    return Race(first, early, left, last, chances.of_being_best(last, BY_NAME[measure]), worlds + last.size)


def staying(chance: np.ndarray, end: bool) -> list[int]:
    """Who stays: the first, and whoever still has a chance; before the last round not too many."""
    if not np.isfinite(chance).all():
        return list(range(chance.size))
    order = [k for k in chances.ordered(chance.tolist()) if chance[k] >= OUT and k != 0]
    return sorted([0, *(order[: LEFT - 1] if end else order)])


def lived(
    scenarios: "Sequence[Scenario]", seeds: range, measure: str, draws: study.Drawing | None = None
) -> np.ndarray:
    """A measure of every scenario with every seed: (seeds, scenarios)."""
    drawn = draws(seeds) if draws else [{}] * len(seeds)
    worlds = [
        World(study.drawn(scenario, values) if values else scenario, seed)
        for seed, values in zip(seeds, drawn, strict=True)
        for scenario in scenarios
    ]
    found = measured(worlds, measure, "mean")
    if found.failures:
        place, why = next(iter(found.failures.items()))
        raise InputError(f"a world could not be lived: {why}", key=f"seed {worlds[place].seed}")
    return found.values[measure].reshape(len(seeds), len(scenarios))


def difference(values: np.ndarray, place: int) -> dict[str, float]:
    """The paired difference of one from the first, with its interval."""
    return comparing.difference(values[:, 0], values[:, place], paired=True)
