"""Shares, odds ratios and correlations of people watched; not a number where there are too few to say."""

import numpy as np

FEWEST = 5  # people below which a share or a difference says nothing


def share(mask: np.ndarray, among: np.ndarray) -> float:
    """The share of people ``among`` whom ``mask`` marks; not a number if there are too few."""
    number = int(among.sum())
    return float((mask & among).sum() / number) if number >= FEWEST else np.nan


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson's correlation; not a number where one of the two does not vary."""
    if a.size < FEWEST or a.std() == 0 or b.std() == 0:
        return np.nan
    return float(np.corrcoef(a, b)[0, 1])


def odds_ratio(exposed: np.ndarray, outcome: np.ndarray) -> float:
    """The odds ratio of two masks over the same people, half a person added to each cell."""
    cells = [np.count_nonzero((exposed == x) & (outcome == y)) + 0.5 for x in (True, False) for y in (True, False)]
    return float(cells[0] * cells[3] / (cells[1] * cells[2]))


def logistic_slopes(columns: list[np.ndarray], outcome: np.ndarray) -> np.ndarray:
    """Slopes of a logistic regression with an intercept, held by a slight ridge against outcomes told apart in full.

    Not numbers where the outcome does not vary.
    """
    from sklearn.linear_model import LogisticRegression

    if outcome.min() == outcome.max():
        return np.full(len(columns), np.nan)
    model = LogisticRegression(C=1e6, solver="newton-cholesky", tol=1e-8)
    return model.fit(np.column_stack(columns), outcome).coef_[0]


def standardised(values: np.ndarray) -> np.ndarray:
    """Values over their own standard deviation."""
    return (values - values.mean()) / max(float(values.std()), 1e-9)
