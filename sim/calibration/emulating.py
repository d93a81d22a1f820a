"""Emulators: for each fact a Gaussian process that says what the model would show, and how sure that is."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.calibration.targets import Target

FEWEST_POINTS = 20
TUNED_ON = 160  # points at least, up to twice as many, by which a process finds its lengths; all are then its data


@dataclass(frozen=True)
class Emulator:
    """One fact's process over the parameters that matter to it (columns of the unit cube)."""

    process: object
    columns: list[int]
    middle: float
    spread: float
    noise: float  # variance of the fact from one run to the next at the same point

    def __call__(self, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of the fact's expected value at points of the unit cube."""
        mean, deviation = self.process.predict(unit[:, self.columns], return_std=True)  # type: ignore[attr-defined]
        known = np.maximum(deviation**2 * self.spread**2 - self.noise, 0.0)
        return mean * self.spread + self.middle, known


def fitted(unit: np.ndarray, values: np.ndarray, columns: list[int]) -> Emulator | None:
    """The process of one fact, from the points at which it could be seen; None if there are too few."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    seen = np.isfinite(values)
    if seen.sum() < FEWEST_POINTS:
        return None
    x, y = unit[seen][:, columns], values[seen]
    middle, spread = float(y.mean()), max(float(y.std()), 1e-9)
    smooth = ConstantKernel(1.0, (1e-2, 1e2)) * RBF(np.full(len(columns), 2.0), (0.2, 50.0))
    some = slice(None, None, max(1, len(x) // TUNED_ON))
    tuned = GaussianProcessRegressor(smooth + WhiteKernel(0.3, (1e-4, 2.0)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a length at its bound is an input that does not matter
        tuned.fit(x[some], (y[some] - middle) / spread)
    process = GaussianProcessRegressor(tuned.kernel_, optimizer=None).fit(x, (y - middle) / spread)
    noise = float(process.kernel_.k2.noise_level) * spread**2
    return Emulator(process, columns, middle, spread, noise)


def emulators(
    targets: Sequence[Target], inputs: Mapping[str, list[int]], unit: np.ndarray, facts: pd.DataFrame
) -> dict[str, Emulator]:
    """An emulator for every target whose fact could be seen."""
    found = {}
    for target in targets:
        made = fitted(unit, target.learned(facts[target.fact].to_numpy(float)), inputs[target.id])
        if made is not None:
            found[target.id] = made
    return found


def misfit(targets: Sequence[Target], emulated: Mapping[str, Emulator], unit: np.ndarray) -> np.ndarray:
    """Minus twice the log-likelihood at points of the unit cube, the emulators' own doubt counted: (points,)."""
    total = np.zeros(len(unit))
    for target in targets:
        if target.id in emulated:
            mean, variance = emulated[target.id](unit)
            total += target.emulated_misfit(mean, variance)
    return total
