"""How many seeds, and how likely a plan is best: rules that hold what they promise, and naive ones that do not."""

import numpy as np
import pytest
import tiny
from scipy import stats

import sim
from sim import study
from sim.decisions import chances, comparisons, merging, precise, stopping
from sim.measures import BY_NAME, HIGHER, LOWER, MEASURES, TOTALS

STUDIES = 4000


def luck_of(shape, luck):
    """Differences with a mean of nothing and a spread of one."""
    if shape == "normal":
        return lambda n: luck.standard_normal(n)
    return lambda n: (luck.gamma(4.0, size=n) - 4.0) / 2.0  # skewed


def two_stages(draw, first, precision):
    """Whether the interval of the rule holds the truth, and how wide it is."""
    begun = draw(first)
    more = draw(stopping.needed(begun, precision) - first)
    found = stopping.interval(begun, np.concatenate((begun, more)))
    return found.low <= 0 <= found.high, found.half


def looking_again(draw, first, precision):
    """The naive rule: one seed more until Student's interval of all of them happens to be narrow."""
    seen = draw(first).tolist()
    while True:
        half = stats.t.ppf(0.975, len(seen) - 1) * np.std(seen, ddof=1) / len(seen) ** 0.5
        if half <= precision:
            return abs(np.mean(seen)) <= half, half
        seen += draw(1).tolist()


def coverage(rule, shape="normal", first=5, precision=0.6, studies=STUDIES):
    draw = luck_of(shape, np.random.default_rng(3))
    return np.array([rule(draw, first, precision) for _ in range(studies)], float)


# How many seeds


@pytest.mark.parametrize("first", [5, 20])
def test_two_stages_hold_the_truth_as_often_as_they_say(first):
    held, half = coverage(two_stages, first=first).T
    assert held.mean() > 0.95 - 3 * (0.95 * 0.05 / STUDIES) ** 0.5
    assert (half <= 0.6 + 1e-12).all()


def test_two_stages_hold_with_skewed_differences_too():
    assert coverage(two_stages, "skewed", first=20, precision=0.3)[:, 0].mean() > 0.93  # a skewness of one


def test_stopping_when_it_looks_narrow_does_not():
    held = coverage(looking_again, studies=1500)[:, 0].mean()
    assert held < 0.95 - 3 * (0.95 * 0.05 / 1500) ** 0.5


def test_the_number_needed_follows_from_the_spread():
    first = np.array([-1.0, 1.0] * 10)
    wide, narrow = stopping.needed(first, 0.2), stopping.needed(first, 0.1)
    assert narrow == pytest.approx(4 * wide, abs=4)
    assert stopping.needed(first * 0.0, 0.1) == first.size
    assert stopping.seeds_for(first.std(ddof=1) / 20**0.5, 20, 0.1) == narrow


def test_the_interval_of_a_first_batch_alone_is_students():
    first = np.random.default_rng(1).standard_normal(12)
    low, high = stats.t.interval(0.95, 11, first.mean(), stats.sem(first))
    assert stopping.interval(first, first)[1:] == pytest.approx((low, high))


# The chance to be best


def test_of_two_plans_the_chance_is_students():
    values = np.random.default_rng(5).normal([0.0, 0.3], 1.0, (15, 2))
    apart = values[:, 1] - values[:, 0]
    wanted = stats.t.cdf(apart.mean() / stats.sem(apart), 14)
    higher, lower = (chances.best(chances.means(values), better) for better in (HIGHER, LOWER))
    assert higher[1] == pytest.approx(wanted, abs=0.01)
    assert lower[0] == pytest.approx(wanted, abs=0.01)


def test_pairs_are_told_apart_where_independent_samples_are_not():
    base = np.random.default_rng(6).normal(0.0, 1.0, 20)
    values = np.column_stack((base, base + 0.1 + np.random.default_rng(7).normal(0.0, 0.02, 20)))
    assert chances.best(chances.means(values), HIGHER)[1] > 0.99
    assert chances.best(chances.means(values, paired=False), HIGHER)[1] < 0.8


def test_equals_share_their_chance():
    values = np.random.default_rng(8).normal(0.0, 1.0, (10, 1))
    found = chances.best(chances.means(np.hstack((values, values, values - 9.0))), HIGHER)
    assert found == pytest.approx([0.5, 0.5, 0.0])


def test_chances_add_up_and_agree_with_many_studies():
    means, luck = np.array([0.0, 0.2, 0.3]), np.random.default_rng(9)
    found = np.array([chances.best(chances.means(luck.normal(means, 1.0, (30, 3))), HIGHER) for _ in range(60)])
    assert found.sum(axis=1) == pytest.approx(1.0)
    assert (np.diff(found.mean(axis=0)) > 0).all()


@pytest.mark.parametrize(("name", "values"), [("mild", np.ones((5, 2))), ("elevated", np.ones((1, 2)))])
def test_no_chance_without_a_direction_or_with_one_seed(name, values):
    assert np.isnan(chances.of_being_best(values, BY_NAME[name])).all()


@pytest.mark.parametrize(
    ("chance", "said", "number"),
    [
        (0.999, "virtually certain", "over 99%"),
        (0.7, "likely", "70%"),
        (0.5, "about as likely as not", "50%"),
        (0.004, "exceptionally unlikely", "under 1%"),
    ],
)
def test_chances_in_words(chance, said, number):
    assert (chances.word(chance), chances.percent(chance)) == (said, number)


def test_directions_are_declared_where_there_is_one():
    assert {each.better for each in (*MEASURES, *TOTALS)} == {HIGHER, LOWER, ""}
    for one, other in (("unmet_need", "sought_in_time"), ("perceived_stigma", "injunctive_norm"), ("severe", "well")):
        assert (BY_NAME[one].better, BY_NAME[other].better) == (LOWER, HIGHER)
    assert BY_NAME["cohesion"].better == BY_NAME["waiting"].better == ""


# The table


def test_the_table_has_what_the_differences_have_and_more():
    results = tiny.compared()
    found = comparisons.table(results, ["sought_in_time", "mild"])
    plain = results.differences(measures=["sought_in_time", "mild"], at="mean")
    assert found[list(plain.columns)].equals(plain)
    with_direction = found[found.measure == "sought_in_time"]
    assert with_direction.best.sum() + with_direction.best_base.iloc[0] == pytest.approx(1.0)
    nobody = with_direction.set_index("label").loc["nobody"]
    assert nobody.best == pytest.approx(nobody.best_base)  # the same as the first, to the last bit
    assert nobody.seeds_needed == 0
    assert found[found.measure == "mild"].best.isna().all()


def test_parts_of_people_have_chances_of_their_own():
    found = comparisons.table(tiny.compared(), "unmet_need", by="isolation")
    assert list(found.isolation.unique()) == ["connected", "isolated"]
    assert found.best.between(0, 1).all()


def test_seeds_needed_go_with_the_square_of_the_precision():
    wide, narrow = (comparisons.table(tiny.compared(), "unmet_need", precision=p) for p in (0.02, 0.01))
    assert narrow.seeds_needed.iloc[0] == pytest.approx(4 * wide.seeds_needed.iloc[0], abs=4)


# More seeds


@pytest.fixture(scope="module")
def pair():
    return [tiny.scenario(plan, setting="workplace", size=90) for plan in ("usual", "peer_leaders")]


def digests(results):
    return {name: each["sha256"] for name, each in results.manifest["tables"].items()}


def test_seeds_in_two_parts_are_the_same_as_at_once(pair):
    parts = [study.run(pair, seeds, persons=True) for seeds in ([1, 2], [3, 4, 5])]
    whole = merging.joined(*parts)
    assert digests(whole) == digests(study.run(pair, 5, persons=True))
    assert whole.seeds == [1, 2, 3, 4, 5]


def test_what_does_not_belong_together_is_not_joined(pair):
    one = study.run(pair, [1])
    with pytest.raises(sim.InputError, match="both"):
        merging.joined(one, one)
    with pytest.raises(sim.InputError, match="different"):
        merging.joined(one, study.run(pair[:1], [2]))


def test_a_precision_takes_as_many_seeds_as_the_first_batch_shows(pair, tmp_path):
    wanted = precise.Wanted(0.002, "injunctive_norm")
    heard = []
    results = precise.compared(pair, ["usual", "peer_leaders"], 1, 6, wanted, tell=heard.append)
    about, first = results.manifest["precision"], study.run(pair, 6)
    values = comparisons.by_seed(first, "injunctive_norm")
    assert about["needed"] == stopping.needed(values[:, 1] - values[:, 0], 0.002) > 6
    assert len(results.seeds) == max(6, about["needed"])
    assert about["reached"]
    assert heard
    results.save(tmp_path / "c")
    assert study.verify(tmp_path / "c").ok


def test_a_limit_is_kept_and_said(pair):
    results = precise.compared(pair, ["usual", "peer_leaders"], 1, 5, precise.Wanted(1e-7, "injunctive_norm", most=7))
    about = results.manifest["precision"]
    assert len(results.seeds) == 7
    assert not about["reached"]
    assert "not reached" in precise.in_words(about)


def test_more_seeds_come_with_their_own_draws(pair):
    def draws(seeds):
        return [{"norms.conformity": 0.5 + seed / 10} for seed in seeds]

    results = precise.compared(
        pair, ["usual", "peer_leaders"], 1, 5, precise.Wanted(1e-7, "injunctive_norm", most=6), draws
    )
    assert results.manifest["draws"] == draws(range(1, 7))
    assert results.uncertainty == "luck and parameters"
    assert digests(results) == digests(study.run(pair, 6, draws=draws(range(1, 7))))


@pytest.mark.parametrize(
    ("first", "wanted"),
    [
        (5, precise.Wanted(0.0)),
        (2, precise.Wanted(0.1)),
        (9, precise.Wanted(0.1, most=8)),
        (5, precise.Wanted(0.1, "no_such")),
    ],
)
def test_what_cannot_be_is_refused(pair, first, wanted):
    with pytest.raises(sim.InputError):
        precise.compared(pair, ["usual", "peer_leaders"], 1, first, wanted)
