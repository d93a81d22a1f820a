"""The analyses of trials against data with known answers, against statsmodels, and against what must fail."""

import warnings

import numpy as np
import pytest
from scipy import stats

from sim.trials import estimating, formula
from sim.trials.analysing import Frame, interval
from sim.trials.estimating import BINOMIAL, GAUSSIAN, POISSON
from sim.trials.formula import Plan
from sim.trials.schema import Outcome

pytestmark = pytest.mark.verification

EFFECT = -0.3


def clustered(seed, clusters=40, size=8, icc=0.15, effect=EFFECT, uneven=False, pairs=0.0):
    """Scores of people in clusters, half of the clusters treated; total variance 1 but for the baseline's part."""
    draw = np.random.default_rng(seed)
    sizes = draw.integers(3, 2 * size - 2, clusters) if uneven else np.full(clusters, size)
    cluster = np.repeat(np.arange(clusters), sizes)
    arm = (np.arange(clusters) % 2)[cluster].astype(float)
    pair = (np.arange(clusters) // 2)[cluster]
    before = draw.normal(size=cluster.size)
    between = draw.normal(0, np.sqrt(icc), clusters)[cluster]
    above = draw.normal(0, np.sqrt(pairs), clusters // 2)[pair] if pairs else 0.0
    noise = draw.normal(0, np.sqrt(1 - icc - pairs), cluster.size)
    y = effect * arm + 0.5 * before + between + above + noise
    return y, np.column_stack((np.ones(cluster.size), arm, before)), cluster, pair


def counts(seed, clusters=60, size=8, ratio=1.5, spread=0.3):
    """Counts and answers of yes or no that share a cluster's luck, with a known ratio between arms."""
    draw = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(clusters), size)
    arm = (np.arange(clusters) % 2)[cluster].astype(float)
    luck = np.exp(draw.normal(-(spread**2) / 2, spread, clusters))[cluster]
    y = draw.poisson(1.2 * ratio**arm * luck).astype(float)
    return y, np.column_stack((np.ones(cluster.size), arm)), cluster


# Against statsmodels


@pytest.mark.parametrize("uneven", [False, True])
def test_the_mixed_model_is_that_of_statsmodels(uneven):
    from statsmodels.regression.mixed_linear_model import MixedLM

    y, x, cluster, _ = clustered(1, uneven=uneven)
    ours = estimating.mixed(y, x, cluster)
    theirs = MixedLM(y, x, groups=cluster).fit(reml=True, method="powell")
    assert ours.coefficients == pytest.approx(theirs.fe_params, abs=1e-4)
    assert np.sqrt(np.diag(ours.covariance)) == pytest.approx(
        theirs.bse_fe, rel=5e-3
    )  # theirs come from a numerical slope
    between = float(theirs.cov_re[0, 0])
    assert ours.icc == pytest.approx(between / (between + theirs.scale), abs=1e-3)


def test_pairs_of_clusters_are_those_of_statsmodels():
    import pandas as pd
    from statsmodels.formula.api import mixedlm

    y, x, cluster, pair = clustered(3, clusters=60, pairs=0.1)
    frame = pd.DataFrame({"y": y, "arm": x[:, 1], "before": x[:, 2], "cluster": cluster, "pair": pair})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts = {"re_formula": "1", "vc_formula": {"cluster": "0 + C(cluster)"}}
        theirs = mixedlm("y ~ arm + before", frame, groups="pair", **parts).fit(method="powell")
    ours = estimating.mixed(y, x, cluster, pair)
    assert ours.coefficients == pytest.approx(theirs.fe_params.to_numpy(), abs=1e-3)
    assert np.sqrt(np.diag(ours.covariance)) == pytest.approx(theirs.bse_fe.to_numpy(), rel=0.02)


@pytest.mark.parametrize(("family", "name"), [(BINOMIAL, "Binomial"), (POISSON, "Poisson"), (GAUSSIAN, "Gaussian")])
def test_gee_is_that_of_statsmodels(family, name):
    from statsmodels.genmod import cov_struct, families
    from statsmodels.genmod.generalized_estimating_equations import GEE

    y, x, cluster = counts(5)
    y = (y > 0).astype(float) if name == "Binomial" else y
    for working, exchangeable, close in (
        (cov_struct.Independence(), False, 1e-6),
        (cov_struct.Exchangeable(), True, 5e-3),  # the working correlation's moment estimate counts degrees otherwise
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = GEE(y, x, groups=cluster, family=getattr(families, name)(), cov_struct=working).fit()
        ours = estimating.gee(y, x, cluster, family, exchangeable, corrected=False)
        assert ours.problem == ""
        assert ours.coefficients == pytest.approx(theirs.params, rel=close, abs=close)
        assert np.sqrt(np.diag(ours.covariance)) == pytest.approx(theirs.bse, rel=10 * close)


def test_single_people_are_ordinary_least_squares():
    y, x, _, _ = clustered(7, icc=0.0)
    fit = estimating.mixed(y, x, np.arange(y.size))
    best = np.linalg.lstsq(x, y, rcond=None)[0]
    variance = ((y - x @ best) ** 2).sum() / (y.size - 3)
    assert fit.coefficients == pytest.approx(best)
    assert fit.covariance == pytest.approx(variance * np.linalg.inv(x.T @ x))


# Against formulas worked out by hand


def test_equal_clusters_have_the_error_of_the_textbook():
    """With equal clusters REML is the analysis of variance: the error of a contrast is that of cluster means."""
    y, x, cluster, _ = clustered(11, icc=0.3)
    fit = estimating.mixed(y, x[:, :2], cluster)
    means = np.array([y[cluster == each].mean() for each in range(40)])
    arm = np.arange(40) % 2
    pooled = (means[arm == 0].var(ddof=1) + means[arm == 1].var(ddof=1)) / 2
    assert fit.coefficients[1] == pytest.approx(means[arm == 1].mean() - means[arm == 0].mean())
    assert np.sqrt(fit.covariance[1, 1]) == pytest.approx(np.sqrt(pooled * (1 / 20 + 1 / 20)), rel=1e-4)


def test_the_icc_is_found_by_both_ways():
    """Mean of many estimates, each known to within its standard error (Donner & Koval 1980)."""
    found = []
    for seed in range(60):
        y, x, cluster, _ = clustered(seed, icc=0.15, effect=0.0)
        rest = y - 0.5 * x[:, 2]
        found.append((estimating.mixed(y, x, cluster).icc, estimating.anova_icc(rest, cluster)))
    error = np.std(found, axis=0) / np.sqrt(len(found))
    assert (np.abs(np.mean(found, axis=0) - 0.15) < 3.5 * error).all()
    assert (error < 0.02).all()


def test_known_ratios_are_found():
    ratios = [estimating.gee(*counts(seed), POISSON).coefficients[1] for seed in range(60)]
    error = np.std(ratios) / np.sqrt(60)
    assert abs(np.mean(ratios) - np.log(1.5)) < 3.5 * error
    assert abs(np.mean(ratios) - np.log(1.2)) > 3.5 * error  # the wrong ratio is told apart


# Coverage, and the twin that must fail


def covered(number, analysis, truth=EFFECT, **shape):
    """How often the 95% interval holds the truth."""
    held = 0
    for seed in range(number):
        y, x, cluster, pair = clustered(1000 + seed, **shape)
        fit = analysis(y, x, cluster, pair)
        error = np.sqrt(fit.covariance[1, 1])
        low, high = interval([fit.coefficients[1]], error, np.array([np.unique(cluster).size - 3.0]))
        held += bool(low[0] <= truth <= high[0])
    return held / number


ANALYSES = {
    "mixed": lambda y, x, cluster, pair: estimating.mixed(y, x, cluster),
    "gee": lambda y, x, cluster, pair: estimating.gee(y, x, cluster, GAUSSIAN),
    "paired": lambda y, x, cluster, pair: estimating.mixed(y, x, cluster, pair),
}
NUMBER = 250


def band(number):
    """Between which shares 95% of so many trials lie, but for one time in five hundred."""
    return stats.binom.ppf([0.001, 0.999], number, 0.95) / number


@pytest.mark.parametrize("name", ANALYSES)
def test_intervals_hold_the_truth_as_often_as_they_say(name):
    shape = {"icc": 0.15, "uneven": True} | ({"pairs": 0.1} if name == "paired" else {})
    number = 100 if name == "paired" else NUMBER
    low, high = band(number)
    assert low <= covered(number, ANALYSES[name], **shape) <= high


def test_ignoring_clusters_holds_the_truth_too_seldom():
    alone = covered(NUMBER, lambda y, x, cluster, pair: estimating.mixed(y, x, np.arange(y.size)), icc=0.15, size=12)
    assert alone < band(NUMBER)[0]


def test_a_wrong_effect_is_rejected():
    assert covered(NUMBER, ANALYSES["mixed"], truth=0.3, clusters=80) < 0.05


# Where nothing can be estimated


def test_separated_arms_are_said_to_be():
    x = np.column_stack((np.ones(40), np.repeat([0.0, 1.0], 20)))
    y = np.concatenate((np.zeros(20), np.ones(20)))
    fit = estimating.gee(y, x, np.repeat(np.arange(10), 4), BINOMIAL)
    assert fit.problem in (estimating.SEPARATED, estimating.NOT_CONVERGED)


def test_a_correlation_that_does_not_settle_is_replaced_and_said(monkeypatch):
    y, x, cluster = counts(9)
    swing = iter([0.1, 0.3] * 200)
    monkeypatch.setattr(estimating, "working_correlation", lambda *_: next(swing))
    fit = estimating.gee(y, x, cluster, POISSON)
    assert fit.problem == estimating.INDEPENDENT
    alone = estimating.gee(y, x, cluster, POISSON, exchangeable=False)
    assert np.array_equal(fit.coefficients, alone.coefficients)


def test_no_variance_between_clusters_is_said_to_be_none():
    y, x, cluster, _ = clustered(2, icc=0.0)
    fit = estimating.mixed(y - np.array([y[cluster == c].mean() for c in range(40)])[cluster], x, cluster)
    assert fit.problem == estimating.ON_EDGE
    assert fit.icc == 0.0


# Power's formula


def outcome(effect):
    return Outcome(title="x", measure="x", at=("later",), effect=effect)


def planned(frames, effect, icc):
    """What the formula would be told of these frames."""
    facts = np.mean([formula.facts_of(frame, outcome(effect)) for frame in frames], axis=0)
    people, clusters = frames[0].y.size, np.unique(frames[0].cluster).size
    return Plan(EFFECT, np.nan, people, clusters, icc, facts[0], facts[1], (facts[2], facts[3]))


@pytest.mark.parametrize("uneven", [False, True])
def test_the_formulas_error_is_the_spread_of_estimates(uneven):
    frames, estimates = [], []
    for seed in range(200):
        y, x, cluster, _ = clustered(seed, icc=0.1, clusters=60, uneven=uneven)
        frames.append(Frame(y, x, cluster, None, 1.0))
        estimates.append(estimating.mixed(y, x, cluster).coefficients[1])
    plan = planned(frames, "smd", 0.1)
    spread = np.std(estimates, ddof=1)
    assert formula.textbook_error(plan, outcome("smd")) == pytest.approx(spread, rel=0.15)
    assert formula.textbook_error(plan, outcome("smd"), clustered=False) < 0.85 * spread


def test_the_formulas_error_of_ratios_is_the_spread_of_estimates():
    for family, effect, answers in ((POISSON, "rate_ratio", False), (BINOMIAL, "odds_ratio", True)):
        frames, estimates, correlations = [], [], []
        for seed in range(200):
            y, x, cluster = counts(seed)
            y = (y > 1).astype(float) if answers else y
            fit = estimating.gee(y, x, cluster, family)
            frames.append(Frame(y, x, cluster, None, 1.0))
            estimates.append(fit.coefficients[1])
            correlations.append(fit.icc)
        plan = planned(frames, effect, float(np.mean(correlations)))
        assert formula.textbook_error(plan, outcome(effect)) == pytest.approx(np.std(estimates), rel=0.15)


def test_power_of_the_normal_test():
    """The values of any table: an effect of 2.80 errors has a power of 80%, 3.24 one of 90%, none one of 5%."""
    assert formula.normal_power(2.8016, 1.0) == pytest.approx(0.80, abs=1e-3)
    assert formula.normal_power(-3.2415, 1.0) == pytest.approx(0.90, abs=1e-3)
    assert formula.normal_power(0.0, 1.0) == pytest.approx(0.05)
