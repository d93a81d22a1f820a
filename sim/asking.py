"""What a Mesa model is asked for: setting, plans, seed, and any number of the scenario by its name."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.errors import InputError, nearest, shown
from sim.scenario import names_of, override, resolve
from sim.schema import Scenario

NAMED = ("setting", "plan", "rng", "people", "weeks")  # what is no number of the scenario
Name = str | os.PathLike[str]


def seed_from(rng: Any) -> int:
    """The seed: the number given, or one drawn from what Mesa takes besides."""
    if isinstance(rng, str) and rng.strip().isdecimal():  # Mesa's text inputs give text
        rng = int(rng)
    if isinstance(rng, int | np.integer) and not isinstance(rng, bool) and 0 <= rng < 2**64:
        return int(rng)
    if rng is None or isinstance(rng, np.random.SeedSequence | np.random.Generator | np.random.BitGenerator):
        return int(np.random.default_rng(rng).integers(2**32))
    allowed = "a whole number from 0 to 2^64 - 1, or None"
    raise InputError("this is no seed", key="rng", found=shown(rng), allowed=allowed)


def drop_empty(parameters: dict[str, Any]) -> None:
    """Leave out the empty scenario that Mesa's page hands to every model that takes parameters by name."""
    given = parameters.pop("scenario", None)
    if given is None or (type(given).__module__.startswith("mesa.") and dict(given) in ({}, {"rng": None})):
        return
    allowed = "setting, plan and parameters by name, or HelpSeekingModel.from_scenario(scenario, seed)"
    raise InputError("a scenario cannot be given like this", key="scenario", found=shown(given), allowed=allowed)


def names_given(names: Name | Sequence[Name]) -> list[Name]:
    """One name, or several, as a list."""
    return [names] if isinstance(names, str | os.PathLike) else list(names)


def scenario_of(
    setting: Name | Scenario | None,
    plan: Name | Sequence[Name],
    people: int | None,
    weeks: int | None,
    parameters: Mapping[str, Any],
) -> Scenario:
    """The scenario that a model is made of."""
    changes: dict[str, Any] = {}
    if isinstance(setting, Scenario):
        for key, value, usual in (("plan", plan, "usual"), ("people", people, None)):
            if value != usual:
                raise InputError("a scenario brings its own", key=key, found=shown(value))
        scenario, changes = setting, {} if weeks is None else {"weeks": weeks}
    else:
        scenario = resolve(setting, names_given(plan), weeks=weeks, people=people)
    changes |= by_names(parameters, {name: name for name in names_of(scenario)}, NAMED)
    return override(scenario, changes) if changes else scenario


def by_names(given: Mapping[str, Any], known: Mapping[str, str], others: Sequence[str]) -> dict[str, Any]:
    """What was given by name, by the name as it is in files; names with a dot can be written with ``_`` instead."""
    spelled = {name.replace(".", "_"): full for name, full in reversed(list(known.items()))} | dict(known)
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name not in spelled:
            alike = known if "." in name else [*others, *(each for each in spelled if "." not in each)]
            hint = "rng" if name == "seed" else nearest(name, alike)
            allowed = f"{', '.join(others)}, or a number of the scenario by its name"
            raise InputError("there is no such parameter", key=name, allowed=allowed, hint=hint)
        if spelled[name] in found:
            raise InputError("this parameter is given twice", key=name, hint=spelled[name])
        found[spelled[name]] = value
    return found
