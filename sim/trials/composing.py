"""Arms become scenarios: all arms' plans side by side in one community, or one scenario for each arm."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sim import files
from sim.checking import fault
from sim.errors import InputError, nearest, shown
from sim.files import Loaded
from sim.interventions import SERVICE_LEVELS
from sim.reading import Keys
from sim.rules import kinds
from sim.scenario import override, override_each, resolve, scenario_from_dict
from sim.schema import Scenario
from sim.trials.schema import TrialFile

LONGEST_NAME = 64
MOST_PEOPLE = 10_000_000  # of one trial, in all its communities: they are lived together


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
    asked = dict(changes or {})
    with told(found, {name: ("changes", name) for name in trial.changes if name not in asked}):
        made = override_each(made, dict(trial.changes) | asked)
    check_design(found, made[0])
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
    own: Keys = ("arms", arm)
    setting = there(found, "setting", trial.setting, ("setting",))
    plans = [there(found, "plan", name, (*own, "plans", k)) for k, name in enumerate(trial.arms[arm].plans)]
    with told(found, {"people": ("people",)} | {name: ("parameters", name) for name in trial.parameters}):
        weeks = max(1, trial.weeks)
        scenario = resolve(setting, plans, parameters=trial.parameters, weeks=weeks, people=trial.people)
    changes = trial.arms[arm].changes
    with told(found, {name: (*own, "changes", name) for name in changes}):
        return override(scenario, changes) if changes else scenario


def there(found: Loaded[TrialFile], kind: str, name: str, keys: Keys) -> str:
    """A setting or plan that there is, as ``located`` gives it; else the error says where the trial names it."""
    whole = located(found, name)
    try:
        files.find(kind, whole)
    except InputError as error:
        about = {"found": error.found or shown(name), "allowed": error.allowed, "hint": error.hint}
        raise fault(error.message, keys, found.places, **about) from None
    return whole


@contextmanager
def told(found: Loaded[TrialFile], written: Mapping[str, Keys]) -> Iterator[None]:
    """An error about one of these names says where the trial's file has it, if it names no file already."""
    try:
        yield
    except InputError as error:
        key = error.key or ""
        keys = next((keys for name, keys in written.items() if key == name or key.endswith(f".{name}")), None)
        if keys is None or error.file is not None:
            raise
        about = {"found": error.found, "allowed": error.allowed, "hint": error.hint}
        raise fault(error.message, keys, found.places, **about) from None


def check_design(found: Loaded[TrialFile], scenario: Scenario) -> None:
    """A design that the setting has room for: its units, and no more people than can be lived together."""
    design, setting = found.model.design, scenario.setting
    units = [unit.name for unit in setting.units]
    if design.within is not None and design.within not in units:
        about = {"allowed": "a unit of the setting: " + ", ".join(units), "hint": nearest(design.within, units)}
        raise fault("there is no such unit", ("design", "within"), found.places, found=design.within, **about)
    people = (setting.people or 0) * design.communities
    if people > MOST_PEOPLE:
        size = {"found": f"{people:,} people in all", "allowed": f"{MOST_PEOPLE:,} in all communities"}
        raise fault("this trial is too large to be lived", ("design", "communities"), found.places, **size)


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
