"""Arms become scenarios: all arms' plans side by side in one community, or one scenario for each arm."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.errors import InputError
from sim.files import Loaded
from sim.interventions import SERVICE_LEVELS
from sim.rules import kinds
from sim.scenario import override, override_each, resolve, scenario_from_dict
from sim.schema import Scenario
from sim.trials.schema import TrialFile

LONGEST_NAME = 64


@dataclass(frozen=True)
class Composed:
    """What a trial's communities live under, and which interventions belong to which arm."""

    scenarios: tuple[Scenario, ...]  # one for all arms, or one for each
    masks: tuple[int, ...]  # for each arm a bit for each intervention that it gets

    @property
    def together(self) -> bool:
        """Whether all arms live in the same community."""
        return len(self.scenarios) == 1


def compose(found: Loaded[TrialFile], changes: Mapping[str, Any] | None = None) -> Composed:
    """The scenarios of a trial, with values changed by name as ``sim.override`` takes them."""
    trial = found.model
    made = [scenario_of(found, arm) for arm in trial.arms]
    made = override_each(made, dict(trial.changes) | dict(changes or {}))
    if trial.design.randomise == "communities":
        return Composed(tuple(made), tuple(all_bits(len(each.interventions)) for each in made))
    interventions: dict[str, Any] = {}
    masks = []
    for arm, scenario in zip(trial.arms, made, strict=True):
        mask = 0
        for name, item in scenario.interventions.items():
            if len(made) > 1:
                check_personal(name, arm, scenario)
            mask |= 1 << len(interventions)
            interventions[f"{arm}_{name}"[:LONGEST_NAME]] = item.model_dump(mode="json")
        masks.append(mask)
    data = made[0].model_dump(mode="json")
    names = list(dict.fromkeys(name for each in made for name in each.plan_names))
    data |= {"interventions": interventions, "plan_names": names, "origins": {}}
    return Composed((scenario_from_dict(data),), tuple(masks))


def all_bits(count: int) -> int:
    """A bit for each of so many interventions."""
    return (1 << count) - 1


def scenario_of(found: Loaded[TrialFile], arm: str) -> Scenario:
    """The scenario of one arm alone."""
    trial = found.model
    plans = [located(found, name) for name in trial.arms[arm].plans]
    weeks = max(1, trial.weeks)
    setting = located(found, trial.setting)
    scenario = resolve(setting, plans, parameters=trial.parameters, weeks=weeks, people=trial.people)
    return override(scenario, trial.arms[arm].changes) if trial.arms[arm].changes else scenario


def located(found: Loaded[TrialFile], name: str) -> str:
    """A shipped name as it is; a file's name from the folder of the trial's own file."""
    if not name.lower().endswith((".yaml", ".yml")):
        return name
    return os.path.join(os.path.dirname(os.path.abspath(found.files[0])), name)


def check_personal(name: str, arm: str, scenario: Scenario) -> None:
    """Refuse to give one arm of a community what the whole community has: its services."""
    item = scenario.interventions[name]
    touched = {handle for handle in kinds()[item.kind] if handle in SERVICE_LEVELS}
    if touched:
        raise InputError(
            "services are shared by all arms of one community",
            key=f"arms.{arm}",
            found=f"{name}, which changes {', '.join(sorted(touched))}",
            allowed="randomise: communities, or one arm (randomise: nobody)",
        )
