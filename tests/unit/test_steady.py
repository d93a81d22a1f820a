"""Life as usual goes on as it was: from week 0 on nothing drifts that anybody would notice, luck apart."""

import numpy as np
import pytest

import sim
from sim import shipped, study
from sim.batches import people_in

WEEKS = 52
FAR = 4.0  # standard errors: once in 16,000 such checks by luck alone
# What a year may move a measure by and go unnoticed: at most a tenth of the SD of people. With hundreds of seeds less
# can be told from luck: what people have seen of others' seeking takes longer to settle than three years of burn-in.
UNNOTICED = {
    "in_need": 0.005,  # share of people
    "mean_distress": 0.1,  # of 27 points
    "self_stigma": 0.05,  # SD of people
    "injunctive_norm": 0.013,  # on -1 to 1; people's SD is .13 and more
    "descriptive_norm": 0.013,  # share; people's SD is .13 and more
    "queue": 3.0,  # people
}


def usual(setting, **changes):
    """A setting without the events that are meant to change it."""
    made = sim.override(sim.resolve(setting, "usual", weeks=WEEKS), changes)
    return made.model_copy(update={"setting": made.setting.model_copy(update={"events": ()})})


def drifts(scenario, seeds, unnoticed):
    """Measures that move further than luck does, and than goes ``unnoticed`` of each (nothing, if none is said).

    By the slope over the year, and by the first quarter against the rest: how far, and in standard errors over seeds.
    """
    weekly = study.run(scenario, range(700, 700 + seeds)).weekly
    week = np.arange(WEEKS + 1) - WEEKS / 2
    slope = WEEKS * week / (week @ week)
    first = np.where(np.arange(WEEKS + 1) < 13, 1 / 13, -1 / (WEEKS - 12))
    found = {}
    for name in UNNOTICED:
        values = weekly[name].to_numpy().reshape(seeds, WEEKS + 1)
        for kind, weights in (("slope", slope), ("start", first)):
            each = values @ weights
            moved, errors = each.mean(), each.std(ddof=1) / np.sqrt(seeds)
            if not abs(moved) < max(unnoticed.get(name, 0.0), FAR * errors):
                found[name, kind] = round(float(moved), 4), round(float(moved / errors), 1)
    return found


@pytest.mark.parametrize("setting", ["workplace", "karate_club"])
def test_usual_does_not_drift(setting):
    assert drifts(usual(setting), 24, {}) == {}


def test_a_start_that_was_not_lived_in_is_seen_to_drift():
    assert drifts(usual("workplace", **{"setting.burn_in": 0}), 24, UNNOTICED)


@pytest.mark.slow
@pytest.mark.parametrize("setting", shipped.names("setting"))
def test_usual_does_not_drift_in_any_setting(setting):
    seeds = max(24, min(300, 120_000 // people_in(usual(setting))))
    assert drifts(usual(setting), seeds, UNNOTICED) == {}
