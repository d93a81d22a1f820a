"""Draws from where emulators say that the model agrees with what was observed."""

from collections.abc import Callable

import numpy as np
from emcee import EnsembleSampler
from emcee.moves import RedBlueMove

WALKERS_PER_DIMENSION = 2
FEWEST_WALKERS = 32
STEPS = 1600  # of which the first half is left out: the ensemble still moves towards the data
THIN = 10
MOST_AT_ONCE = 12  # parameters that one step changes
SCALE = 2.38  # of a step in one dimension, over the spread there: what suits a normal density (Roberts and others 1997)


class Crossover(RedBlueMove):
    """Steps along the difference of two other walkers, in a few parameters at a time.

    With dozens of parameters a step in all of them at once is nearly always refused; one in a few is taken about four
    times in ten (ter Braak 2006, doi:10.1007/s11222-006-8769-1; Vrugt and others 2009,
    doi:10.1515/IJNSNS.2009.10.3.273). What would leave the unit cube is turned back at its face, so forth and back are
    as likely.
    """

    def get_proposal(self, sample: np.ndarray, complement: list[np.ndarray], random: np.random.RandomState):
        """New places for the walkers ``sample`` (walkers, parameters), and the logs of the moves' odds: none differ."""
        others = np.concatenate(complement)
        walkers, dimensions = sample.shape
        one = random.randint(len(others), size=walkers)
        other = (one + random.randint(1, len(others), size=walkers)) % len(others)
        number = random.randint(1, min(MOST_AT_ONCE, dimensions) + 1, size=walkers)
        rank = random.rand(walkers, dimensions).argsort(axis=1).argsort(axis=1)
        step = SCALE / np.sqrt(2 * number)[:, None] * (others[one] - others[other])
        moved = sample + np.where(rank < number[:, None], step, 0.0)
        return turned_back(moved), np.zeros(walkers)


def turned_back(points: np.ndarray) -> np.ndarray:
    """Points reflected at the faces of the unit cube, as often as it takes."""
    return 1.0 - np.abs(1.0 - np.mod(points, 2.0))


def draws(
    misfit: Callable[[np.ndarray], np.ndarray],
    start: np.ndarray,
    number: int,
    seed: int,
    progress: Callable[[int, int], object] | None = None,
) -> np.ndarray:
    """``number`` points of the unit cube with density exp(-misfit / 2), by an ensemble of walkers (emcee).

    ``start`` are points to set out from, the best first; walkers begin around the best of them. ``progress`` hears of
    steps done and steps in all.
    """
    dimensions = start.shape[1]
    walkers = max(WALKERS_PER_DIMENSION * dimensions, FEWEST_WALKERS)
    random = np.random.default_rng(seed)
    around = start[random.integers(0, max(1, min(len(start), walkers // 2)), walkers)]
    begin = turned_back(around + 0.05 * random.standard_normal((walkers, dimensions)))
    sampler = EnsembleSampler(
        walkers, dimensions, lambda points: -0.5 * misfit(points), vectorize=True, moves=Crossover()
    )
    sampler.random_state = np.random.RandomState(seed % 2**32).get_state()
    for done, _ in enumerate(sampler.sample(begin, iterations=STEPS), start=1):
        if progress:
            progress(done, STEPS)
    settled = sampler.get_chain(discard=STEPS // 2, thin=THIN, flat=True)
    return settled[random.choice(len(settled), number, replace=len(settled) < number)]
