"""Life as usual goes on as it was: from week 0 on nothing drifts, beyond what luck does from seed to seed."""

import numpy as np
import pytest

import sim
from sim import shipped, study
from sim.batches import people_in

WEEKS = 52
STEADY = ("in_need", "mean_distress", "self_stigma", "injunctive_norm", "descriptive_norm", "queue")
FAR = 4.0  # standard errors: once in 16,000 such checks by luck alone


def usual(setting, **changes):
    """A setting without the events that are meant to change it."""
    made = sim.override(sim.resolve(setting, "usual", weeks=WEEKS), changes)
    return made.model_copy(update={"setting": made.setting.model_copy(update={"events": ()})})


def trends(scenario, seeds, measures=STEADY):
    """For each measure, in standard errors over seeds: the slope, and the first quarter against the rest."""
    weekly = study.run(scenario, range(700, 700 + seeds)).weekly
    week = np.arange(WEEKS + 1) - WEEKS / 2
    first = np.where(np.arange(WEEKS + 1) < 13, 1 / 13, -1 / (WEEKS - 12))
    found = {}
    for name in measures:
        values = weekly[name].to_numpy().reshape(seeds, WEEKS + 1)
        for kind, weights in (("slope", week), ("start", first)):
            each = values @ weights
            found[name, kind] = each.mean() / (each.std(ddof=1) / np.sqrt(seeds))
    return found


def far(found):
    return {key: round(float(value), 1) for key, value in found.items() if not abs(value) < FAR}


@pytest.mark.parametrize("setting", ["workplace", "karate_club"])
def test_usual_does_not_drift(setting):
    assert far(trends(usual(setting), 24)) == {}


def test_a_start_that_was_not_lived_in_is_seen_to_drift():
    assert far(trends(usual("workplace", **{"setting.burn_in": 0}), 24))


@pytest.mark.slow
@pytest.mark.parametrize("setting", shipped.names("setting"))
def test_usual_does_not_drift_in_any_setting(setting):
    seeds = max(24, min(300, 120_000 // people_in(usual(setting))))
    assert far(trends(usual(setting), seeds)) == {}
