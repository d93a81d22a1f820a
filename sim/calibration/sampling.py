"""Draws from where emulators say that the model agrees with what was observed."""

from collections.abc import Callable

import numpy as np

WALKERS_PER_DIMENSION = 4
STEPS = 800
THIN = 10


def draws(misfit: Callable[[np.ndarray], np.ndarray], start: np.ndarray, number: int, seed: int) -> np.ndarray:
    """``number`` points of the unit cube with density exp(-misfit / 2), by emcee's ensemble of walkers.

    ``start`` are points to set out from, the best first; walkers begin around the best of them.
    """
    import emcee

    dimensions = start.shape[1]
    walkers = max(WALKERS_PER_DIMENSION * dimensions, 32)
    random = np.random.default_rng(seed)
    around = start[random.integers(0, max(1, min(len(start), walkers // 2)), walkers)]
    begin = np.clip(around + 0.05 * random.standard_normal((walkers, dimensions)), 0.001, 0.999)

    def density(points: np.ndarray) -> np.ndarray:
        inside = ((points >= 0) & (points <= 1)).all(axis=1)
        found = np.full(len(points), -np.inf)
        if inside.any():
            found[inside] = -0.5 * misfit(points[inside])
        return found

    moves = [(emcee.moves.DEMove(), 0.7), (emcee.moves.StretchMove(), 0.3)]
    sampler = emcee.EnsembleSampler(walkers, dimensions, density, vectorize=True, moves=moves)
    sampler.random_state = np.random.RandomState(seed % 2**32).get_state()
    sampler.run_mcmc(begin, STEPS, progress=False)
    settled = sampler.get_chain(discard=STEPS // 2, thin=THIN, flat=True)
    return settled[random.choice(len(settled), number, replace=len(settled) < number)]
