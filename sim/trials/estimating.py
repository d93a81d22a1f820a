"""Estimates with standard errors where people come in clusters: a mixed model by REML, and GEE with a robust error.

Both work on sums over clusters, so that a trial of thousands takes milliseconds; tests hold them to statsmodels.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import optimize

MOST_STEPS = 50  # of a GEE's iteration
CLOSE = 1e-8  # change of a coefficient below which it has converged
FARTHEST = 12.0  # logits or logarithms: a coefficient beyond means that the arms are separated
HIGHEST = 0.98  # share of variance between clusters that is looked at
ON_EDGE = "no variance between clusters"
NOT_CONVERGED = "not converged"
INDEPENDENT = "not converged; independence within clusters used"  # the robust error holds all the same
SEPARATED = "the arms are separated"
TOO_FEW = "too few people"
NOT_APART = "what it adjusts for cannot be told apart"
LEAST_APART = 1e-11  # of the smallest eigenvalue of the columns' cross product, each column of length one


class Fit(NamedTuple):
    """Coefficients with their covariance, the intraclass correlation, and what went wrong if anything did."""

    coefficients: np.ndarray
    covariance: np.ndarray
    icc: float
    problem: str = ""


class Family(NamedTuple):
    """The mean and variance of an outcome: its inverse link, that link's slope, and the variance of a mean."""

    mean: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]  # of the mean in the linear predictor, as a function of the mean
    variance: Callable[[np.ndarray], np.ndarray]
    start: Callable[[float], float]  # the linear predictor of a mean


def logit_mean(eta: np.ndarray) -> np.ndarray:
    """The logistic function."""
    return 1.0 / (1.0 + np.exp(-np.clip(eta, -30.0, 30.0)))


def log_mean(eta: np.ndarray) -> np.ndarray:
    """The exponential function."""
    return np.exp(np.clip(eta, -30.0, 30.0))


GAUSSIAN = Family(lambda eta: eta, np.ones_like, np.ones_like, lambda mean: mean)
BINOMIAL = Family(logit_mean, lambda m: m * (1 - m), lambda m: m * (1 - m), lambda m: float(np.log(m / (1 - m))))
POISSON = Family(log_mean, lambda m: m, lambda m: m, lambda m: float(np.log(m)))


def apart(x: np.ndarray) -> bool:
    """Whether no column of ``x`` follows from the others, so that each can have a coefficient of its own."""
    lengths = np.sqrt((x**2).sum(axis=0))
    if not lengths.all():
        return False
    scaled = x / lengths
    return bool(np.linalg.eigvalsh(scaled.T @ scaled)[0] > LEAST_APART)


def sums(values: np.ndarray, cluster: np.ndarray, count: int) -> np.ndarray:
    """Column sums within each cluster: (clusters, columns)."""
    return np.stack([np.bincount(cluster, column, count) for column in values.T], axis=1)


def mixed(y: np.ndarray, x: np.ndarray, cluster: np.ndarray, pair: np.ndarray | None = None) -> Fit:
    """A linear mixed model with a random intercept for each cluster, and for each matched set if given, by REML."""
    codes, sizes = numbered(cluster)
    z = np.column_stack((x, y))
    total, within = z.T @ z, sums(z, codes, sizes.size)
    sets = None
    if pair is not None:
        first = np.zeros(sizes.size, np.int64)
        first[codes] = pair
        sets = np.unique(first, return_inverse=True)[1]

    def cost(shares: np.ndarray) -> float:
        return reml(shares, total, within, sizes, sets, y.size)[0]

    if np.all(sizes == 1):
        shares, problem = np.zeros(2), ""
    else:
        shares, problem = best_shares(cost, sets is not None)
    _, coefficients, covariance = reml(shares, total, within, sizes, sets, y.size)
    return Fit(coefficients, covariance, float(shares.sum()), problem)


def best_shares(cost: Callable[[np.ndarray], float], two: bool) -> tuple[np.ndarray, str]:
    """The shares of variance between clusters and between matched sets that cost least."""
    if not two:
        found = optimize.minimize_scalar(
            lambda share: cost(np.array([share, 0.0])), bounds=(0.0, HIGHEST), method="bounded", options={"xatol": 1e-6}
        )
        shares, done = np.array([found.x, 0.0]), bool(found.success)
    else:
        found = optimize.minimize(cost, np.array([0.08, 0.04]), method="L-BFGS-B", bounds=[(0.0, 0.6), (0.0, 0.38)])
        shares, done = np.asarray(found.x), bool(found.success) or "ABNORMAL" in str(found.message)
    if cost(np.zeros(2)) <= cost(shares):
        shares = np.zeros(2)
    if not done:
        return shares, NOT_CONVERGED
    return shares, ON_EDGE if shares.sum() < 1e-5 else ""


def reml(
    shares: np.ndarray, total: np.ndarray, within: np.ndarray, sizes: np.ndarray, sets: np.ndarray | None, count: int
) -> tuple[float, np.ndarray, np.ndarray]:
    """Minus twice the restricted log likelihood at these shares of variance; coefficients and their covariance.

    ``total`` and ``within`` are the cross products of (x, y) and their sums within clusters (Searle, Casella &
    McCulloch 1992, Variance Components); the inverse of the covariance is written out for nested intercepts.
    """
    rest = max(1.0 - shares.sum(), 1e-9)
    ratio, upper = shares[0] / rest, shares[1] / rest
    shrink = 1.0 + ratio * sizes
    product = total - (within * (ratio / shrink)[:, None]).T @ within
    determinant = np.log(shrink).sum()
    if sets is not None and upper > 0.0:
        number = int(sets.max()) + 1
        weight = np.bincount(sets, sizes / shrink, number)
        above = sums(within / shrink[:, None], sets, number)
        product = product - (above * (upper / (1.0 + upper * weight))[:, None]).T @ above
        determinant += np.log1p(upper * weight).sum()
    k = total.shape[0] - 1
    inner = product[:k, :k]
    coefficients = np.linalg.solve(inner, product[:k, k])
    variance = max((product[k, k] - product[:k, k] @ coefficients) / (count - k), 1e-300)
    cost = (count - k) * np.log(variance) + np.linalg.slogdet(inner)[1] + determinant
    return float(cost), coefficients, variance * np.linalg.inv(inner)


def gee(
    y: np.ndarray,
    x: np.ndarray,
    cluster: np.ndarray,
    family: Family,
    exchangeable: bool = True,
    corrected: bool = True,
) -> Fit:
    """Generalised estimating equations (Liang & Zeger 1986) with the robust covariance.

    ``corrected`` multiplies it by K / (K - k) for K clusters and k coefficients, which matters where clusters are few.
    Where the exchangeable correlation does not settle, independence is used, and said.
    """
    codes, sizes = numbered(cluster)
    coefficients = np.zeros(x.shape[1])
    coefficients[0] = family.start(float(y.mean()))
    alpha, problem = 0.0, NOT_CONVERGED
    for _ in range(MOST_STEPS):
        inner, parts, residual = equations(y, x, codes, sizes, family, coefficients, alpha)
        change = np.linalg.solve(inner, parts.sum(axis=0))
        coefficients = coefficients + change
        moved = np.abs(change).max()
        if exchangeable and sizes.max() > 1:
            previous, alpha = alpha, working_correlation(residual, codes, sizes, x.shape[1])
            moved = max(moved, abs(alpha - previous))
        if np.abs(coefficients[1:]).max(initial=0.0) > FARTHEST:
            problem = SEPARATED
            break
        if moved < CLOSE:
            problem = ""
            break
    if problem == NOT_CONVERGED and exchangeable:
        return gee(y, x, cluster, family, False, corrected)._replace(problem=INDEPENDENT)
    inner, parts, residual = equations(y, x, codes, sizes, family, coefficients, alpha)
    bread = np.linalg.inv(inner)
    factor = sizes.size / max(sizes.size - x.shape[1], 1) if corrected else 1.0
    covariance = factor * bread @ (parts.T @ parts) @ bread
    icc = alpha if exchangeable else working_correlation(residual, codes, sizes, x.shape[1])
    return Fit(coefficients, covariance, icc, problem)


def equations(
    y: np.ndarray,
    x: np.ndarray,
    codes: np.ndarray,
    sizes: np.ndarray,
    family: Family,
    coefficients: np.ndarray,
    alpha: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The information, each cluster's part of the score, and Pearson residuals, under an exchangeable correlation."""
    mean = family.mean(x @ coefficients)
    spread = np.sqrt(np.maximum(family.variance(mean), 1e-12))
    scaled, residual = x * (family.slope(mean) / spread)[:, None], (y - mean) / spread
    each = sums(np.column_stack((scaled, residual)), codes, sizes.size)
    weight = alpha / (1.0 + (sizes - 1.0) * alpha)
    inner = scaled.T @ scaled - (each[:, :-1] * weight[:, None]).T @ each[:, :-1]
    parts = sums(scaled * residual[:, None], codes, sizes.size) - each[:, :-1] * (weight * each[:, -1])[:, None]
    return inner / (1.0 - alpha), parts / (1.0 - alpha), residual


def working_correlation(residual: np.ndarray, codes: np.ndarray, sizes: np.ndarray, k: int) -> float:
    """The correlation of Pearson residuals within clusters, by moments."""
    squares = float(residual @ residual)
    if squares <= 0.0:
        return 0.0
    pairs = float((sizes * (sizes - 1.0)).sum()) / 2.0
    if pairs <= k:
        return 0.0
    crossed = (np.bincount(codes, residual, sizes.size) ** 2).sum() - squares
    found = (crossed / 2.0 / (pairs - k)) / (squares / max(residual.size - k, 1))
    return float(np.clip(found, -0.9 / max(sizes.max() - 1.0, 1.0), 0.95))


def anova_icc(values: np.ndarray, cluster: np.ndarray) -> float:
    """The intraclass correlation by analysis of variance, for clusters of any sizes (Donner & Koval 1980)."""
    codes, sizes = numbered(cluster)
    groups, count = sizes.size, values.size
    if groups < 2 or count <= groups:
        return float("nan")
    means = np.bincount(codes, values, groups) / sizes
    between = (sizes * (means - values.mean()) ** 2).sum() / (groups - 1)
    inside = ((values - means[codes]) ** 2).sum() / (count - groups)
    usual = (count - (sizes**2).sum() / count) / (groups - 1)
    return float((between - inside) / (between + (usual - 1.0) * inside))


def numbered(cluster: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Clusters by number from 0, and the size of each."""
    codes = np.unique(cluster, return_inverse=True)[1]
    return codes, np.bincount(codes).astype(np.float64)
