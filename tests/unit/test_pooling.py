"""Measures out of tallies: against the same sums taken one number at a time, and against what pooling must not be."""

import math

import numpy as np
import pytest

from sim import pooling
from sim.measures import (
    BY_NAME,
    CENSUS_TALLIES,
    COST,
    MEASURES,
    NORM,
    ONCE,
    SERVICE_TALLIES,
    TALLIES,
    TOTALS,
    terms_of,
)

WEEKS = 9


def random_output(worlds=3, seed=1):
    """Tallies as an engine might write them: some empty subgroups, network counts every four weeks."""
    luck = np.random.default_rng(seed)
    tallies = luck.integers(0, 40, (worlds, WEEKS + 1, 8, len(TALLIES))) * luck.random((worlds, 1, 8, 1)).round()
    tallies = tallies + 0.1 * luck.random(tallies.shape) * (tallies > 0)
    census = np.full((worlds, WEEKS + 1, 8, len(CENSUS_TALLIES)), np.nan)
    for week in (0, 4, 8, WEEKS):
        census[:, week] = luck.integers(0, 40, census[:, week].shape)
    service = luck.integers(0, 20, (worlds, WEEKS + 1, len(SERVICE_TALLIES))).astype(float)
    return tallies, census, service


def by_hand(expression, output, world, weeks):
    """The value of a sum of tallies over some weeks, one number at a time."""
    tallies, census, service = output
    total = 0.0
    for name, factor in terms_of(expression):
        for week in weeks:
            if name == "worlds":
                total += factor
            elif name in SERVICE_TALLIES:
                total += factor * service[world, week, SERVICE_TALLIES.index(name)]
            else:
                table = tallies if name in TALLIES else census
                names = TALLIES if name in TALLIES else CENSUS_TALLIES
                total += factor * sum(table[world, week, subgroup, names.index(name)] for subgroup in range(8))
    return total


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_every_measure_in_every_week_is_what_it_is_by_hand(measure):
    output, window = random_output(), 4
    found = pooling.weekly(pooling.ledger(*output), window)[measure.name]
    for world in range(3):
        for week in range(WEEKS + 1):
            weeks = [week]
            if measure.weeks == 0 and week > 0:
                weeks = range(max(1, week - window + 1), week + 1)
            below = by_hand(measure.denominator, output, world, weeks)
            above = by_hand(measure.numerator, output, world, weeks)
            wanted = measure.scale * above / below if below > 0 else math.nan
            assert found[world, week] == pytest.approx(wanted, rel=1e-12, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("measure", TOTALS, ids=lambda measure: measure.name)
def test_sums_over_a_run_leave_out_week_0(measure):
    output = random_output()
    found = pooling.over_run(pooling.ledger(*output))[measure.name]
    for world in range(3):
        wanted = by_hand(measure.numerator, output, world, range(1, WEEKS + 1))
        assert found[world] == pytest.approx(wanted, rel=1e-12)
        assert found[world] != pytest.approx(wanted + by_hand(measure.numerator, output, world, [0]), rel=1e-12)


def test_a_mean_over_a_run_divides_last():
    tallies, census, service = (np.zeros_like(each) for each in random_output(worlds=1))
    in_need, unmet = TALLIES.index("in_need"), TALLIES.index("nobody_asked_yet")
    tallies[0, 1, 0, [in_need, unmet]] = 1, 1  # all of one
    tallies[0, 2, 0, [in_need, unmet]] = 9, 0  # none of nine
    sums = pooling.ledger(tallies, census, service)
    assert pooling.over_run(sums)["unmet_need"][0] == pytest.approx(0.1)
    assert np.nanmean(pooling.weekly(sums, 13)["unmet_need"][0]) == pytest.approx(0.5)  # averages of averages are not


def test_a_network_count_is_pooled_over_the_weeks_that_have_one():
    output = random_output(worlds=1)
    found = pooling.over_run(pooling.ledger(*output))["nominations"][0]
    weeks = [4, 8, WEEKS]
    assert found == pytest.approx(by_hand("nominations", output, 0, weeks) / by_hand("members", output, 0, weeks))


def test_nothing_over_nothing_is_not_a_number_and_no_warning():
    sums = np.zeros((1, 3, len(pooling.COLUMNS)))
    assert np.isnan(pooling.weekly(sums, 13)["mean_distress"]).all()
    assert pooling.over_run(sums)["asks"][0] == 0.0


def test_a_world_has_the_same_bits_beside_any_others():
    output = random_output(worlds=7)
    together = pooling.ledger(*output)
    for world in range(7):
        alone = pooling.ledger(*(each[world : world + 1].copy() for each in output))
        assert np.array_equal(alone[0], together[world], equal_nan=True)
        for one, all_of_them in (
            (pooling.weekly(alone, 4), pooling.weekly(together, 4)),
            (pooling.over_run(alone), pooling.over_run(together)),
        ):
            assert all(np.array_equal(one[name][0], all_of_them[name][world], equal_nan=True) for name in one)


@pytest.mark.parametrize("window", [1, 2, WEEKS - 1, WEEKS, WEEKS + 1, 100])
def test_a_window_may_be_as_long_as_it_likes(window):
    sums = pooling.ledger(*random_output())
    found = pooling.windowed(sums, window)
    place = pooling.PLACE["first_asks"]
    for week in range(1, WEEKS + 1):
        wanted = sums[:, max(1, week - window + 1) : week + 1, place].sum(axis=1)
        assert found[:, week, place] == pytest.approx(wanted)
    assert np.array_equal(found[:, 0], sums[:, 0], equal_nan=True)


@pytest.mark.parametrize(
    ("expression", "terms"),
    [
        ("people", [("people", 1.0)]),
        ("moderate + severe", [("moderate", 1.0), ("severe", 1.0)]),
        ("people - mild", [("people", 1.0), ("mild", -1.0)]),
        ("would_speak - 0.5 people + 2 speaks", [("would_speak", 1.0), ("people", -0.5), ("speaks", 2.0)]),
        ("-speaks", [("speaks", -1.0)]),
    ],
)
def test_a_sum_is_read_as_it_is_written(expression, terms):
    assert terms_of(expression) == terms


def test_every_measure_is_made_of_tallies_that_there_are():
    for measure in (*MEASURES, *TOTALS):
        assert set(pooling.tallies_in(measure)) <= set(pooling.COLUMNS)
        assert measure.denominator == ONCE or terms_of(measure.denominator)
    assert len(BY_NAME) == len(MEASURES) + len(TOTALS) + 2


def test_only_what_people_are_tallied_for_can_be_told_of_a_subgroup():
    told = {measure.name for measure in (*MEASURES, *TOTALS, COST, NORM) if pooling.by_subgroup(measure)}
    assert {"mean_distress", "gap", "sought_in_time", "nominations", "asks"} <= told
    assert not told & {"queue", "wait", "load", "sessions", "attendance", "waited", "care_sessions", "cost", "norm"}


def test_the_gap_is_private_approval_less_what_is_believed_of_others():
    sums = np.zeros((1, 2, len(pooling.COLUMNS)))
    for name, value in (("people", 10.0), ("would_speak", 6.0), ("injunctive_norm", -5.0)):
        sums[..., pooling.PLACE[name]] = value
    found = pooling.weekly(sums, 13)
    assert found["gap"][0, 1] == pytest.approx(0.6 - (1 - 0.5) / 2)
    assert found["perceived_stigma"][0, 1] == pytest.approx(0.5)


@pytest.mark.parametrize(("value", "window"), [(13.0, 13), (4.0, 4), (12.6, 12), (0.2, 1)])
def test_a_window_is_whole_weeks(value, window):
    assert pooling.window_of({"norms.criterion_window": value}) == window
