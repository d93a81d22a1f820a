"""What the data said of each parameter: moved it, left it where it was, or tied it to another."""

import numpy as np
import pandas as pd

from sim.calibration.priors import default, group_of, prior
from sim.posterior import WEIGHT

NARROWED, SHIFTED, AS_BEFORE = "narrowed", "shifted", "as before"
LEAST_NARROWING = 0.2  # of the prior's SD: by more than this the data have narrowed it
LEAST_SHIFT = 0.5  # prior SDs by which the mean has moved
TIED = 0.35  # correlation from which two parameters can hardly be told apart
CHANCE = 3.0  # standard errors of a few draws that nothing moved; more where many pairs are looked at
CHANCE_OF_PAIRS = 4.0


def identified(posterior: pd.DataFrame) -> pd.DataFrame:
    """One row for each parameter: its prior range, its posterior mean and SD, and what became of it.

    ``narrowed`` is the posterior SD over the prior's, ``shifted`` the move of the mean in prior SDs. ``verdict`` is
    ``narrowed``, or ``shifted`` alone (likelier on one side, but as wide as before), or ``as before``: the posterior is
    what the prior was, so the data say nothing of it. What as few draws may show by chance moves nothing.
    """
    space, weights = prior(), posterior[WEIGHT].to_numpy()
    draws = effective(weights)
    least, far = max(LEAST_NARROWING, CHANCE / np.sqrt(2 * draws)), max(LEAST_SHIFT, CHANCE / np.sqrt(draws))
    rows = []
    for name, low, high in zip(space.names, space.low, space.high, strict=True):
        mean, deviation = moments(posterior[name].to_numpy(), weights)
        spread = (high - low) / np.sqrt(12.0)
        narrowed, shifted = deviation / spread, (mean - (low + high) / 2) / spread
        verdict = NARROWED if narrowed < 1 - least else SHIFTED if abs(shifted) > far else AS_BEFORE
        rows.append((name, group_of(name), low, high, mean, deviation, narrowed, shifted, verdict))
    columns = ["parameter", "group", "low", "high", "mean", "sd", "narrowed", "shifted", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def below_default(posterior: pd.DataFrame, name: str) -> float:
    """The weight of the draws of a parameter up to the value that holds where nothing is drawn, 0 to 1."""
    weights = posterior[WEIGHT].to_numpy()
    return float(weights[posterior[name].to_numpy() <= default(name)].sum() / weights.sum())


def moments(values: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Weighted mean and standard deviation."""
    mean = float(weights @ values / weights.sum())
    return mean, float(np.sqrt(weights @ (values - mean) ** 2 / weights.sum()))


def tied(posterior: pd.DataFrame, moved: list[str]) -> pd.DataFrame:
    """Pairs of parameters that the data tie together, the closest first: one, other, correlation."""
    if len(moved) < 2:
        return pd.DataFrame(columns=["one", "other", "correlation"])
    weights = posterior[WEIGHT].to_numpy()
    matrix = weighted(posterior[moved], weights)
    least = max(TIED, CHANCE_OF_PAIRS / np.sqrt(effective(weights)))
    pairs = [
        (moved[a], moved[b], float(matrix[a, b]))
        for a in range(len(moved))
        for b in range(a + 1, len(moved))
        if abs(matrix[a, b]) >= least
    ]
    return pd.DataFrame(sorted(pairs, key=lambda pair: -abs(pair[2])), columns=["one", "other", "correlation"])


def weighted(table: pd.DataFrame, weights: np.ndarray) -> np.ndarray:
    """Correlations of the columns under weights."""
    covariance = np.atleast_2d(np.cov(table.to_numpy().T, aweights=weights))
    deviation = np.sqrt(np.diag(covariance))
    return covariance / np.outer(deviation, deviation)


def effective(weights: np.ndarray) -> float:
    """How many equally weighted draws the weighted ones are worth."""
    return float(weights.sum() ** 2 / (weights**2).sum())
