"""Indices against functions whose indices are known, and luck against noise that was put in."""

import math

import numpy as np
import pytest
from scipy import stats

from sim.errors import InputError
from sim.exploring import chance, designs, indices
from sim.exploring.sensitivity import sensitivity

pytestmark = pytest.mark.verification

THREE = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[-math.pi, math.pi]] * 3, "outputs": ["unmet_need"]}
G_WEIGHTS = (0.0, 1.0, 4.5, 99.0)
G = {"num_vars": 4, "names": ["p", "q", "r", "s"], "bounds": [[0.0, 1.0]] * 4, "outputs": ["unmet_need"]}


def ishigami(x):
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_indices():
    """First and total order, by the integrals worked out by hand."""
    a, b = 7.0, 0.1
    first = np.array([0.5 * (1.0 + b * math.pi**4 / 5.0) ** 2, a**2 / 8.0, 0.0])
    pair = b**2 * math.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)  # of a and c
    whole = first.sum() + pair
    return first / whole, (first + np.array([pair, 0.0, pair])) / whole, pair / whole, whole


def g_function(x):
    weights = np.array(G_WEIGHTS)
    return np.prod((np.abs(4.0 * x - 2.0) + weights) / (1.0 + weights), axis=1)


def g_indices():
    alone = 1.0 / (3.0 * (1.0 + np.array(G_WEIGHTS)) ** 2)
    whole = np.prod(1.0 + alone) - 1.0
    others = np.array([np.prod(np.delete(1.0 + alone, k)) for k in range(4)])
    return alone / whole, alone * others / whole


def found(problem, method, base, function, luck=None, **options):
    design = designs.design(problem, method, base, **options)
    return indices.indices(problem, design, function(design.points), luck)


def column(table, index):
    return table[(table["index"] == index)].set_index("unit")["value"].to_numpy()


def test_sobol_finds_the_indices_of_the_ishigami_function():
    table = found(THREE, "sobol", 1024, ishigami)
    first, total, pair, _ = ishigami_indices()
    assert column(table, "first") == pytest.approx(first, abs=0.03)
    assert column(table, "total") == pytest.approx(total, abs=0.03)
    pairs = table[table["index"] == "second"].set_index(["unit", "other"])["value"]
    assert pairs.loc[("a", "c")] == pytest.approx(pair, abs=0.05)
    assert pairs.drop(("a", "c")).abs().max() < 0.05
    assert np.abs(column(table, "first") - total).max() > 0.2  # first and total are told apart


def test_sobol_finds_the_indices_of_the_g_function_and_their_intervals_hold_them():
    table = found(G, "sobol", 1024, g_function, second_order=False)
    first, total = g_indices()
    assert column(table, "first") == pytest.approx(first, abs=0.04)
    assert column(table, "total") == pytest.approx(total, abs=0.04)
    for index, truth in (("first", first), ("total", total)):
        rows = table[table["index"] == index]
        assert ((rows["low"] - 0.01 <= truth) & (truth <= rows["high"] + 0.01)).all()
        assert not ((rows["low"] <= truth[::-1]) & (truth[::-1] <= rows["high"])).all()  # of the wrong parameters


def test_mechanisms_are_wholes():
    """The indices of a group are those of its members together."""
    grouped = G | {"groups": ["one", "one", "two", "two"]}
    table = found(grouped, "sobol", 1024, g_function, second_order=False)
    alone = 1.0 / (3.0 * (1.0 + np.array(G_WEIGHTS)) ** 2)
    whole = np.prod(1.0 + alone) - 1.0
    groups = np.array([np.prod(1.0 + alone[:2]) - 1.0, np.prod(1.0 + alone[2:]) - 1.0]) / whole
    assert list(table["unit"].unique()) == ["one", "two"]
    assert column(table, "first") == pytest.approx(groups, abs=0.03)
    assert column(table, "first")[0] > g_indices()[0][0] + 0.05


def test_an_outcome_that_is_yes_or_no_has_no_density():
    with pytest.raises(InputError, match="pawn"):
        found(THREE, "delta", 100, lambda x: 1.0 * (x[:, 0] > 1.0))
    assert found(THREE, "pawn", 100, lambda x: 1.0 * (x[:, 0] > 1.0)).set_index("unit")["value"].idxmax() == "a"


def test_morris_finds_the_slopes_of_a_line_and_what_bends():
    slopes = np.array([3.0, -1.0, 0.0])
    table = found(THREE, "morris", 20, lambda x: (x / (2.0 * math.pi)) @ slopes)
    assert column(table, "size") == pytest.approx(np.abs(slopes), abs=1e-9)
    assert column(table, "mean") == pytest.approx(slopes, abs=1e-9)
    assert column(table, "spread") == pytest.approx(np.zeros(3), abs=1e-9)
    assert column(found(THREE, "morris", 20, ishigami), "spread").min() > 1.0


@pytest.mark.parametrize("method", ["pawn", "delta"])
def test_methods_for_skewed_outcomes_find_what_moves_and_what_does_not(method):
    def skewed(x):
        return np.exp(2.0 * x[:, 0] + 0.6 * x[:, 1])

    table = found(THREE, method, 500, skewed).set_index("unit")
    assert list(table.sort_values("value", ascending=False).index) == ["a", "b", "c"]
    assert table["value"]["a"] > table["by_luck"]["a"] > table["value"]["c"] - 0.02
    assert table["low"]["a"] > table["high"]["c"]
    assert table["value"].between(0.0, 1.0).all()
    straight = found(THREE, method, 500, lambda x: np.log(skewed(x))).set_index("unit")
    assert table["value"].to_numpy() == pytest.approx(straight["value"].to_numpy(), abs=1e-9)  # whatever the scale


def test_the_delta_index_of_a_sum_of_normal_numbers_is_near_the_known_one():
    """Of x + y with equal spread, by numerical integration; densities estimated from points are a little too even."""
    y = np.linspace(-12.0, 12.0, 2001)
    density = stats.norm.pdf(y, 0.0, math.sqrt(2.0))
    given = stats.norm.ppf((np.arange(500) + 0.5) / 500)
    truth = np.mean([0.5 * np.abs(density - stats.norm.pdf(y, x, 1.0)).sum() * (y[1] - y[0]) for x in given])
    normal = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0.0, 1.0]] * 2}
    design = designs.design(normal, "delta", 1000)
    table = indices.indices(normal, design, stats.norm.ppf(np.clip(design.points, 1e-9, 1 - 1e-9)).sum(axis=1))
    assert truth == pytest.approx(0.306, abs=0.001)
    assert table["value"].to_numpy() == pytest.approx([truth, truth], abs=0.06)


# Luck


def noisy(rng, points, replicates, alike, own):
    """The Ishigami function with luck that moves all points alike, and luck of each point's own."""
    x = rng.uniform(-math.pi, math.pi, (points, 3))
    return ishigami(x)[:, None] + rng.normal(0, alike, (1, replicates)) + rng.normal(0, own, (points, replicates))


def test_the_share_of_luck_is_that_which_was_put_in():
    rng = np.random.default_rng(2)
    variance = ishigami_indices()[3]
    truth = 9.0 / (9.0 + variance)
    for replicates in (2, 5):
        told = chance.luck(noisy(rng, 4000, replicates, 0.0, 3.0), common=False)
        assert told.share == pytest.approx(truth, abs=0.02)
        assert told.low < truth < told.high
        assert told.left == pytest.approx(9.0 / replicates / (9.0 / replicates + variance), abs=0.02)
        means = noisy(rng, 4000, replicates, 0.0, 3.0).mean(axis=1)
        assert abs(told.of_points - variance) < abs(means.var() - variance)  # the means alone vary too much


def test_luck_is_not_biased_in_few_points():
    rng = np.random.default_rng(3)
    told = [chance.luck(noisy(rng, 12, 3, 0.0, 3.0), common=False, resamples=0) for _ in range(2000)]
    assert np.mean([each.of_runs for each in told]) == pytest.approx(9.0, rel=0.06)
    assert np.mean([each.in_means for each in told]) == pytest.approx(3.0, rel=0.06)


def test_luck_that_common_seeds_share_is_luck_of_runs_but_not_of_differences():
    rng = np.random.default_rng(4)
    told = [chance.luck(noisy(rng, 50, 8, 2.0, 1.0), common=True, resamples=0) for _ in range(300)]
    assert np.mean([each.of_runs for each in told]) == pytest.approx(4.0 + 1.0, rel=0.08)
    assert np.mean([each.in_means for each in told]) == pytest.approx(1.0 / 8.0, rel=0.08)
    assert np.mean([each.of_points for each in told]) == pytest.approx(ishigami_indices()[3], rel=0.08)


def test_runs_with_seeds_of_their_own_show_the_luck_that_common_seeds_hide():
    """Two common seeds are two samples of what moves all points alike: the share is then hit by luck, or missed."""
    rng = np.random.default_rng(7)
    truth = (4.0 + 1.0) / (4.0 + 1.0 + ishigami_indices()[3])

    def told(apart):
        values = noisy(rng, 200, 2, 2.0, 1.0)
        x = rng.uniform(-math.pi, math.pi, (16, 3))
        own = ishigami(x)[:, None] + rng.normal(0, math.sqrt(5.0), (16, 8))
        return chance.luck(values, True, resamples=200, apart=own if apart else None)

    without, seen = [told(False) for _ in range(100)], [told(True) for _ in range(100)]
    assert all(math.isnan(each.low) for each in without)
    off = [np.std([each.share for each in several]) for several in (without, seen)]
    assert off[1] < 0.4 * off[0]
    assert np.mean([each.share for each in seen]) == pytest.approx(truth, abs=0.02)
    assert np.mean([each.low < truth < each.high for each in seen]) > 0.85
    assert np.mean([each.in_means for each in seen]) == pytest.approx(0.5, rel=0.1)  # what a comparison of points sees


def test_one_replicate_tells_nothing_of_luck():
    assert math.isnan(chance.luck(np.ones((10, 1)), common=True).share)
    assert chance.luck(np.array([[1.0, 1.0], [2.0, 2.0]]), common=False).share == 0.0


def test_sobol_indices_with_luck_taken_out_are_those_of_the_function_without_noise():
    rng = np.random.default_rng(5)
    design = designs.design(THREE, "sobol", 2048, second_order=False)
    values = ishigami(design.points)[:, None] + rng.normal(0, 3.0, (len(design.points), 2))
    luck = chance.luck(values, False, design.blocks)
    table = indices.indices(THREE, design, values.mean(axis=1), luck)
    first, total, _, _ = ishigami_indices()
    for index, truth in (("first", first), ("total", total)):
        rows = table[table["index"] == index]
        assert rows["without_luck"].to_numpy() == pytest.approx(truth, abs=0.06)
        assert np.abs(rows["value"].to_numpy() - truth).max() > 0.1  # as they come, they are of something else


def test_a_whole_analysis_on_a_known_function():
    """Design, luck, indices and tornado together, with a function in the model's place."""
    problem = THREE | {"usual": [0.0, 0.0, 0.0]}
    rng = np.random.default_rng(6)

    def live(points, seeds, progress):
        values = ishigami(points)[:, None] + rng.normal(0, 3.0, seeds.shape)
        progress(seeds.size, seeds.size)
        return values[..., None]

    steps = []
    told = sensitivity(
        problem, "sobol", 1024, replicates=2, seeds="independent", live=live, progress=lambda *step: steps.append(step)
    )
    first, total, _, variance = ishigami_indices()
    assert told.luck["share"].iloc[0] == pytest.approx(9.0 / (9.0 + variance), abs=0.03)
    rows = told.indices[told.indices["index"] == "total"]
    assert rows["without_luck"].to_numpy() == pytest.approx(total, abs=0.12)
    assert told.about["worlds"] == steps[-1][0] == steps[-1][1] == len(told.points)
    assert set(told.tornado["unit"]) == {"a", "b", "c"}
    middle = told.points[(told.points["part"] == "design")]["unmet_need"].mean()
    assert middle == pytest.approx(3.5, abs=0.3)  # the mean of the function
    assert first.sum() < 0.9


def test_the_quick_median_shift_is_that_of_salib():
    from SALib.analyze import pawn

    rng = np.random.default_rng(7)
    points = rng.random((300, 3))
    for outcome in (points[:, 0] + 0.3 * points[:, 1], np.round(4.0 * points[:, 0])):  # without ties, and with many
        problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
        known = pawn.analyze(problem, points, outcome, S=indices.SLIDES)["median"]
        assert indices.shifts(points, outcome) == pytest.approx(np.asarray(known, float), abs=1e-12)
