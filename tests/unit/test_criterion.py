"""The norm criterion's verdict: yes, no, or cannot be told, from the weeks in which it holds."""

import numpy as np
import pytest

import sim
from sim import criterion
from sim.criterion import NO, UNKNOWN, YES, judged
from sim.schema import Booster


def verdict(holds, after=0, weeks=3):
    """The verdict on one world; ``holds`` has a 1 for each week in which the criterion holds, week 0 first."""
    found = judged(np.array([[each == "1" for each in holds]]), np.array([after]), weeks)
    return int(found.norm[0]), int(found.longest[0])


@pytest.mark.parametrize(
    ("holds", "after", "wanted"),
    [
        ("0000000", 0, (NO, 0)),
        ("0111000", 0, (YES, 3)),
        ("0000111", 0, (YES, 3)),
        ("0110110", 0, (NO, 2)),  # three weeks, but not running
        ("1110000", 0, (NO, 2)),  # week 0 is before everything
        ("0111000", 1, (NO, 2)),  # weeks that are still an intervention's do not count
        ("0111100", 1, (YES, 3)),
        ("0111100", 2, (NO, 2)),
        ("0000011", 0, (UNKNOWN, 2)),  # it holds at the end, not yet for long enough
        ("0000110", 0, (NO, 2)),
        ("0000000", 5, (UNKNOWN, 0)),  # the run ends too soon
        ("0000000", 3, (NO, 0)),
        ("0000000", 4, (UNKNOWN, 0)),
        ("1111111", 9, (UNKNOWN, 0)),  # still delivered in the last week
        ("01", 0, (UNKNOWN, 1)),
    ],
)
def test_what_the_weeks_say(holds, after, wanted):
    assert verdict(holds, after) == wanted


def test_worlds_are_judged_each_by_its_own_weeks_and_dates():
    holds = np.array([[0, 1, 1, 1, 0], [0, 1, 1, 1, 0], [0, 1, 1, 1, 0]], bool)
    found = judged(holds, np.array([0, 1, 0]), np.array([3, 3, 4]))
    assert found.norm.tolist() == [YES, NO, NO]
    assert found.held[0].tolist() == [0, 1, 2, 3, 0]
    assert found.held[1].tolist() == [0, 0, 1, 2, 0]


def test_a_share_that_is_not_known_is_not_reached():
    assert criterion.reached(np.array([np.nan, 0.49, 0.5, 0.51]), 0.5).tolist() == [False, False, True, True]


@pytest.mark.parametrize(
    ("norm", "held", "after", "begins", "says"),
    [
        (YES, 0, 26, "yes:", "12 weeks running after week 26"),
        (NO, 0, 0, "no:", "from week 1 on"),
        (UNKNOWN, 0, 52, "cannot be told:", "still delivered in the last week (52)"),
        (UNKNOWN, 0, 47, "cannot be told:", "ends 5 weeks after the last intervention"),
        (UNKNOWN, 4, 26, "cannot be told:", "held for the last 4 weeks"),
    ],
)
def test_the_verdict_in_words(norm, held, after, begins, says):
    said = criterion.words(norm, 12 if norm == YES else 4, held, after, 52, 12)
    assert said.startswith(begins)
    assert says in said


def test_a_run_without_any_plan_that_is_too_short_says_so():
    assert criterion.words(UNKNOWN, 0, 0, 0, 6, 12) == "cannot be told: the run is 6 weeks long; 12 are asked"


def changed(scenario, **fields):
    name, item = next(iter(scenario.interventions.items()))
    return scenario.model_copy(update={"interventions": {name: item.model_copy(update=fields)}})


def test_the_last_delivery_is_the_last_week_at_full_strength_boosters_included():
    made = sim.resolve("workplace", "peer_leaders", weeks=60)
    plain = changed(made, start=5, length=10, boosters=())
    assert criterion.last_delivery(plain) == 14
    assert criterion.last_delivery(changed(plain, boosters=(Booster(week=30),))) == 35
    assert criterion.last_delivery(changed(plain, boosters=(Booster(week=30, strength=0.0),))) == 14
    assert criterion.last_delivery(changed(plain, half_life=500.0)) == 14  # what fades is no delivery
    assert criterion.last_delivery(changed(plain, length=5200)) == 5204


@pytest.mark.parametrize("nothing", [{"reach": 0.0}, {"fidelity": 0.0}, {"dose": 0.0}, {"start": 61}])
def test_what_does_nothing_is_no_delivery(nothing):
    assert criterion.last_delivery(changed(sim.resolve("workplace", "peer_leaders", weeks=60), **nothing)) == 0


def test_no_plan_has_no_delivery():
    assert criterion.last_delivery(sim.resolve("workplace", "usual")) == 0


def judge(**parameters):
    """The verdict on a world in which 55% expect and seek, in all of 20 weeks but the tenth."""
    from sim.tabling import judgement

    scenario = sim.resolve("workplace", "usual", parameters=parameters, weeks=20)
    shares = np.full((1, 21), 0.55)
    shares[0, 10] = 0.45
    rows, parts, held = judgement({"expects_both": shares, "sought_in_time": np.full((1, 21), 0.7)}, [scenario])
    return rows[0], parts[0], held[0]


def test_each_number_of_the_criterion_changes_the_verdict():
    lenient = {"norms.criterion_share": 0.5, "norms.criterion_weeks": 9}
    assert judge(**lenient)[0]["norm"] == YES
    assert judge(**lenient | {"norms.criterion_share": 0.6})[0]["norm"] == NO
    assert judge(**lenient | {"norms.criterion_weeks": 12})[0]["norm"] == UNKNOWN
    assert judge(**lenient | {"norms.criterion_share": 0.4, "norms.criterion_weeks": 12})[0]["norm"] == YES


def test_the_verdicts_sensitivity_is_of_other_shares_and_weeks():
    row, _, _ = judge()
    swayed = {name: row[name] for name in row if name.startswith("norm_at_")}
    assert swayed == {
        "norm_at_40_for_6": YES,
        "norm_at_40_for_12": YES,
        "norm_at_40_for_26": UNKNOWN,
        "norm_at_50_for_6": YES,
        "norm_at_50_for_12": UNKNOWN,
        "norm_at_50_for_26": UNKNOWN,
        "norm_at_60_for_6": NO,
        "norm_at_60_for_12": NO,
        "norm_at_60_for_26": UNKNOWN,
    }
    strict, _, _ = judge(**{"norms.criterion_share": 0.8, "norms.criterion_weeks": 4})
    assert {name: strict[name] for name in swayed} == swayed


def test_the_parts_of_the_criterion_by_week():
    _, parts, held = judge()
    assert parts[9].tolist() == [True, True, True]
    assert parts[10].tolist() == [False, True, False]
    assert held.tolist() == [0, *range(1, 10), 0, *range(1, 11)]
