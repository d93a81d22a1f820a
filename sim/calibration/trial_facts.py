"""What published programmes did, in the model: trials from the laboratory, one number for each fact."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from sim.calibration.experiments import average, set_by
from sim.trials import analysing, files, living

Shown = Mapping[str, float]  # a trial's estimates by outcome: ratios are logarithms
Values = Mapping[str, float]


@dataclass(frozen=True)
class Trial:
    """A shipped trial and the facts that are read off it."""

    name: str
    facts: Mapping[str, Callable[[Shown], float]]
    errors: Mapping[str, str] = field(default_factory=dict)  # facts that are the standard error of an outcome
    mirrored: bool = True  # everybody seen in every arm: the same effects with much less noise
    changes: Mapping[str, float] = field(default_factory=dict)  # to the setting
    everybody: bool = False  # not only as many as took part: where so few show little but luck


def effect(key: str) -> Callable[[Shown], float]:
    """An outcome as it is estimated."""
    return lambda shown: shown[key]


def ratio(key: str) -> Callable[[Shown], float]:
    """An outcome that is estimated as a logarithm."""
    return lambda shown: math.exp(shown[key])


def lasting(shown: Shown) -> float:
    """The effect at six months as a share of that at one month; not a number where there was hardly any."""
    first = shown["depression"]
    return shown["depression_six_months"] / first if abs(first) > 0.02 else float("nan")


WINGMAN = Trial(
    "wingman_connect_2020",
    {
        "trial.elevated_risk_baseline": effect("elevated_risk"),
        "trial.depression_week_4": effect("depression"),
        "trial.ideation_week_4": effect("suicidal_ideation"),
        "trial.elevated_either": ratio("elevated_depression"),
        "trial.depression_lasting": lasting,
        "trial.nominations_at_risk": ratio("nominations_elevated_risk"),
        "trial.isolates_at_risk": effect("isolates_elevated_risk"),
        "trial.nominations_moderation": ratio("nominations_moderation"),
    },
    {"trial.standard_error": "depression"},
)
CONTACT = Trial(
    "stigma_contact_programme",
    {
        "contact.personal_stigma": effect("personal_stigma"),
        "contact.perceived_stigma": effect("perceived_stigma"),
        "contact.personal_stigma_later": effect("personal_stigma_three_months"),
    },
    changes={"setting.people": 800},
)
GATEKEEPER = Trial(
    "gatekeeper_training",
    {"gatekeeper.behaviour_to_intention": effect("gap")},
    changes={"setting.people": 1800},
    everybody=True,
)
FEEDBACK = Trial(
    "norm_feedback_2018",
    {"feedback.perceived_stigma": effect("perceived_stigma"), "feedback.behaviour_z": effect("asked_formal")},
    mirrored=False,
)
TRIALS = (WINGMAN, CONTACT, GATEKEEPER)
ONLY_SHOWN = (FEEDBACK,)  # held out altogether


def observe(
    values: Sequence[Values],
    seeds: Sequence[Sequence[int]],
    trials: Sequence[Trial] = TRIALS,
    threads: int = 1,
) -> pd.DataFrame:
    """Every fact of ``trials`` for each of ``values``, the mean over its ``seeds``; a row each, a column a fact."""
    columns: dict[str, np.ndarray] = {}
    for trial in trials:
        columns |= tried(trial, values, seeds, threads)
    return pd.DataFrame(columns)


def tried(
    trial: Trial, values: Sequence[Values], seeds: Sequence[Sequence[int]], threads: int
) -> dict[str, np.ndarray]:
    """The facts of one trial: by name an array over ``values``."""
    found = files.load(trial.name)
    if trial.everybody:
        design = found.model.design.model_copy(update={"participants": None})
        found = replace(found, model=found.model.model_copy(update={"design": design}))
    pairs = [
        (seed, changes)
        for point, own in zip(values, seeds, strict=True)
        for changes in [{**trial.changes, **of_setting(found.model.setting, point)}]
        for seed in own
    ]
    data = living.simulate(found, pairs, mirrored=trial.mirrored, threads=threads)
    table = analysing.analyse(data, quick=True)
    estimates = table.pivot(index="replicate", columns="key", values="estimate").to_dict("records")
    made: dict[str, list[float]] = {name: [] for name in (*trial.facts, *trial.errors)}
    for name, fact in trial.facts.items():
        made[name] = [fact(each) for each in estimates]
    for name, key in trial.errors.items():
        made[name] = [error_of(data, replicate, key) for replicate in range(data.replicates)]
    edges = np.cumsum([0, *(len(own) for own in seeds)])
    return {name: np.array([average(each[begin:end]) for begin, end in pairwise(edges)]) for name, each in made.items()}


def error_of(data: living.Data, replicate: int, key: str) -> float:
    """The standard error of an outcome, as the trial's authors would find it: from one turn of the arms."""
    rows = data.replicate(replicate)
    once = rows.part(slice(0, rows.size // data.turns))
    return analysing.outcome_of(once, data.trial, data.trial.outcomes[key], False, True).error


def of_setting(setting: str, values: Values) -> dict[str, float]:
    """The values as changes to a scenario of ``setting``: what it sets itself stays, unless named as its own."""
    own = {name.partition("/")[2]: value for name, value in values.items() if name.startswith(f"{setting}/")}
    general = {name: value for name, value in values.items() if "/" not in name and name not in set_by(setting)}
    return {**general, **own}
