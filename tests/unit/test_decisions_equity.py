"""Who gains: parts of the people compared, harm flagged when it is there and seldom when it is not."""

import numpy as np
import pandas as pd
import pytest
import tiny

from sim import study
from sim.decisions import equity


def rows(gains, error=1.0, n=30):
    made = pd.DataFrame({"difference": np.asarray(gains, float), "standard_error": error, "n": n})
    made["gain"] = made["difference"]
    made["low"], made["high"] = made.difference - 2.045 * error, made.difference + 2.045 * error
    made["worse"], made["better"] = equity.one_sided(made)
    return made


def test_holm_is_between_none_and_bonferroni():
    chances = np.array([0.04, 0.001, 0.03, 0.5])
    assert equity.holm(chances) == pytest.approx([0.09, 0.004, 0.09, 0.5])


def test_clear_harm_is_flagged_and_what_may_be_luck_is_called_possible():
    found = equity.verdicts(rows([5.0, 4.0, -5.0, -2.2, 0.5, 2.3]))
    assert found == [equity.GAIN, equity.GAIN, equity.HARM, equity.PERHAPS_HARM, equity.UNCLEAR, equity.PERHAPS_GAIN]
    assert equity.verdicts(rows([0.0], 0.0)) == [equity.SAME]
    assert equity.verdicts(rows([1.8])) == [equity.UNCLEAR]  # clear means that the interval leaves out zero, too
    assert equity.verdicts(rows([np.nan], np.nan)) == [equity.UNKNOWN]


def test_a_harmless_plan_is_seldom_flagged_and_without_correction_often():
    luck, studies, parts = np.random.default_rng(1), 600, 21
    flagged = naive = 0
    for _ in range(studies):
        found = equity.verdicts(rows(luck.standard_normal(parts), n=1000))
        flagged += equity.HARM in found
        naive += bool({equity.HARM, equity.PERHAPS_HARM} & set(found))
    assert flagged / studies < 0.025 + 3 * (0.025 * 0.975 / studies) ** 0.5
    assert naive / studies > 0.3


@pytest.fixture(scope="module")
def found():
    return equity.table(tiny.compared())


def test_every_part_is_compared_for_every_plan(found):
    assert set(found.group) == {equity.EVERYONE, *equity.PARTS.values()}
    assert len(found) == 2 * 3 * 7
    assert set(found[found.label == "nobody"].verdict) <= {equity.SAME, equity.UNKNOWN}  # a part may have had no need
    assert (found[(found.label == "nobody") & (found.measure == "mean_distress")].verdict == equity.SAME).all()


def test_gain_is_positive_where_things_get_better(found):
    lower = found.measure.isin(["unmet_need", "mean_distress"])
    assert found.gain[lower].equals(-found.difference[lower])
    assert found.gain[~lower].equals(found.difference[~lower])


def test_parts_have_their_people(found):
    people = found.drop_duplicates("group").set_index("group").people
    for one, other in (("Members", "Leaders"), ("Usual risk", "Higher risk"), ("Connected", "Isolated")):
        assert people[one] + people[other] == pytest.approx(people[equity.EVERYONE])


def test_gaps_are_differences_of_gains_paired_by_seed(found):
    gaps = equity.gaps(tiny.compared()).set_index(["label", "measure", "part"])
    mine = gaps.loc["cohesion_training", "mean_distress", "risk"]
    gains = found[(found.label == "cohesion_training") & (found.measure == "mean_distress")].set_index("group").gain
    assert mine.gain == pytest.approx(gains["Higher risk"] - gains["Usual risk"])
    assert (gaps.loc["nobody"].xs("mean_distress").verdict == equity.SAME).all()


def test_groups_are_compared_in_how_far_they_are_apart_only():
    assert equity.between_groups(tiny.compared()) is None
    results = study.run([tiny.scenario("usual"), tiny.scenario("cohesion_training")], 3, persons=True)
    found = equity.between_groups(results)
    assert list(found.label) == ["cohesion_training"]
    assert found.mean_base.iloc[0] > 0
    assert "group" not in found
