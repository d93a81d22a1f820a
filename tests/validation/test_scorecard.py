"""A short version of the scorecard: what was fitted is still met at the registry's values, and controls still bite."""

import pytest

from sim.calibration import observing, scorecard
from sim.calibration.controls import CONTROLS, without
from sim.calibration.targets import FIT, by_id

TRIAL = ("risk_at_baseline", "depression_one_month", "ideation_one_month", "trial_standard_error",
         "depression_either_follow_up", "nominations_at_risk", "isolates_at_risk")  # fmt: skip


@pytest.fixture(scope="module")
def card():
    fitted = [target for target in by_id().values() if target.used_for == FIT]
    return scorecard.scored(draws=2, uncertainty="none", threads=2, with_controls=False, wanted=fitted)


def test_the_first_trial_is_met_in_all_at_once(card):
    rows = card.rows.set_index("id")
    missed = [name for name in TRIAL if not rows.loc[name, "met"]]
    assert missed == []


def test_most_of_what_was_fitted_is_met_even_with_few_seeds(card):
    met, number = card.counts(FIT)
    assert number >= 35
    assert met >= number - 4


def test_another_model_would_not_pass(card):
    known = by_id()
    wanted = [known["depression_one_month"], known["nominations_at_risk"]]
    off = without("cohesion_training.cohesion", "cohesion_training.bonding", "cohesion_training.coping_skill")
    found = observing.observe([off], [[1, 2]], wanted, 2).iloc[0]
    assert not any(target.met(found[target.fact]) for target in wanted)


@pytest.mark.slow
@pytest.mark.parametrize("control", [each for each in CONTROLS if each.name in ("ties", "recognition", "cohesion")],
                         ids=lambda each: each.name)  # fmt: skip
def test_a_mechanism_switched_off_misses_its_facts(control):
    named = [by_id()[name] for name in control.facts]
    found = observing.observe([control.off], [list(range(1, 9))], named, 2).iloc[0]
    assert any(not target.met(found[target.fact]) for target in named)
