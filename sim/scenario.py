"""YAML files in, one checked scenario out: a setting, plans composed by name, and whatever was asked for on top."""

import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

from sim import rules, shipped
from sim.checking import Place, fault, nodes_at, place_of, schema_of, validated
from sim.errors import InputError, nearest, shown
from sim.explaining import explain
from sim.files import Loaded, load_plan, load_setting
from sim.params import registry
from sim.reading import Keys
from sim.schema import Intervention, Plan, Scenario, Setting
from sim.writing import json_schema, listing, starter

__all__ = ["explain", "json_schema", "listing", "override", "resolve", "scenario_from_dict", "starter"]

ASKED = "given for this run"  # the origin of what no file says
NAMES = "a parameter (helpseek list parameters), <intervention>.<field>, setting.<field> or weeks"  # of ``override``
OWN_NETWORK = "own_network"  # the setting's name when there is only a network

Network = tuple[str | os.PathLike[str] | None, str | os.PathLike[str]] | None  # files of people (or none) and ties


def resolve(
    setting: str | os.PathLike[str] | None,
    plans: str | Sequence[str | os.PathLike[str]] = (),
    parameters: Mapping[str, float] | None = None,
    weeks: int | None = None,
    people: int | None = None,
    network: Network = None,
) -> Scenario:
    """One scenario from files and what is asked for on top; an ``InputError`` says what does not fit.

    A setting or plan is a shipped name, or the path of a file that ends in .yaml. ``network`` names one's own files of
    people (or none) and ties, in place of the setting's community; the setting may then be None.
    """
    names = [plans] if isinstance(plans, str) else list(plans)
    loaded = base(setting, network)
    rules.check_setting(loaded.model, loaded.places)
    rules.check_parameters(loaded.model.parameters, loaded.places)
    chosen = fitted(loaded.model, people, network)
    interventions, origins = composed([load_plan(name) for name in names])
    asked = {name: number(name, value) for name, value in (parameters or {}).items()}
    rules.check_parameters(asked, {})
    for name in asked:
        check_not_pinned(name, interventions)
    usual = {name: parameter.value for name, parameter in registry().items()}
    origins |= {name: story(place_of(("parameters", name), loaded.places)) for name in chosen.parameters}
    return validated(
        Scenario,
        {
            "setting_name": loaded.name,
            "plan_names": [os.fspath(name) for name in names],
            "setting": chosen.model_dump(mode="json"),
            "interventions": {name: item.model_dump(mode="json") for name, item in interventions.items()},
            "parameters": usual | chosen.parameters | asked,
            "weeks": chosen.weeks if weeks is None else plain(weeks, ("weeks",)),
            "origins": origins | dict.fromkeys(asked, ASKED),
        },
        {},
    )


def base(setting: str | os.PathLike[str] | None, network: Network) -> Loaded[Setting]:
    """The setting asked for, or a bare one around a network."""
    if setting is not None:
        return load_setting(setting)
    if network is None:
        raise InputError("a setting is missing", allowed="a shipped setting, a file, or a network of your own")
    title, description = "Your own network", "People and ties from your own files, all else as in the registry."
    data = {"kind": "setting", "title": title, "description": description, "network": absolute(network)}
    return Loaded(OWN_NETWORK, validated(Setting, data, {}), {}, ())


def absolute(network: tuple[str | os.PathLike[str] | None, str | os.PathLike[str]]) -> dict[str, str | None]:
    """Network files that were named from the working directory."""
    people, ties = (None if file is None else os.path.abspath(file) for file in network)
    return {"people": people, "ties": ties}


def fitted(setting: Setting, people: int | None, network: Network) -> Setting:
    """The setting with a network or a number of people put in place of its own; its last unit holds everybody."""
    data = setting.model_dump(mode="json")
    if network is not None:
        data |= {"network": absolute(network), "units": [], "people": None}
    if people is not None:
        if data["network"]:
            raise InputError("a network brings its own people", key="people", found=shown(people))
        data["people"] = plain(people, ("setting", "people"))
    hold_everybody(data)
    made = validated(Setting, data, {})
    rules.check_setting(made, {})
    return made


def hold_everybody(setting: dict[str, Any]) -> None:
    """Make the last unit hold everybody, whatever number of people was asked for."""
    if setting["units"] and isinstance(setting["people"], int):
        setting["units"][-1]["size"] = max(2, setting["people"])


def composed(plans: list[Loaded[Plan]]) -> tuple[dict[str, Intervention], dict[str, str]]:
    """All interventions of all plans by name, in the order of their names, and where each was written."""
    chosen: dict[str, tuple[Intervention, Loaded[Plan]]] = {}
    for plan in plans:
        rules.check_interventions(plan.model.interventions, plan.places)
        for name, item in plan.model.interventions.items():
            if name not in chosen or descends(plan, chosen[name][1]):
                chosen[name] = (item, plan)
            elif item != chosen[name][0] and not descends(chosen[name][1], plan):
                raise conflict(name, chosen[name], (item, plan))
    interventions = {name: chosen[name][0] for name in sorted(chosen)}
    rules.check_interventions(interventions, {})
    places = {name: place_of(("interventions", name), plan.places) for name, (_, plan) in chosen.items()}
    return interventions, {name: story(places[name]) for name in interventions}


def descends(plan: Loaded[Plan], other: Loaded[Plan]) -> bool:
    """Whether a plan extends another, by however many steps."""
    ancestors = [os.path.realpath(file) for file in plan.files[1:]]
    return os.path.realpath(other.files[0]) in ancestors


def conflict(name: str, one: tuple[Intervention, Loaded[Plan]], other: tuple[Intervention, Loaded[Plan]]) -> InputError:
    """Two plans that say different things of one intervention, with the first key on which they differ."""
    (first, first_plan), (second, second_plan) = one, other
    field = next(field for field in Intervention.model_fields if getattr(first, field) != getattr(second, field))
    here: Keys = ("interventions", name, field)
    says = [shown(item.model_dump(mode="json")[field]) for item in (first, second)]
    return fault(
        "two plans disagree about an intervention",
        here,
        second_plan.places,
        found=f"{says[1]} here, {says[0]} in {story(place_of(here, first_plan.places))}",
        allowed="the same, or another name for one of them, or one plan that extends the other",
    )


def story(place: Place) -> str:
    """Where something was written, by a name that means the same on every machine."""
    if place.file is None:
        return ASKED
    return shipped.portable(place.file) + (f", line {place.line}" if place.line else "")


def check_not_pinned(name: str, interventions: Mapping[str, Intervention]) -> None:
    """Refuse to change a usual effect that a plan has put its own value over: it would change nothing."""
    kind, _, handle = name.partition(".")
    for intervention, item in interventions.items():
        if item.kind == kind and handle in item.effects:
            hint = f"plans.{intervention}.{handle}"
            raise InputError(
                "the plan has its own value for this", key=name, found=shown(item.effects[handle]), hint=hint
            )


# Changes to a scenario by dotted names


def override(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """The scenario with some values changed, all checks made again.

    Names are the registry's (``norms.conformity``), ``<intervention>.<field>`` or ``plans.<intervention>.<field>``,
    ``setting.<field>``, ``setting.units.<unit>.<field>``, and ``weeks``. A name that is both a registry parameter and
    an intervention's effect is the registry's; ``plans.<intervention>.<effect>`` is the intervention's own.
    """
    known = names_of(scenario)
    data = scenario.model_dump(mode="json")
    seen: dict[Keys, str] = {}
    for name, value in changes.items():
        if name not in known:
            raise InputError("there is no such name to change", key=name, allowed=NAMES, hint=nearest(name, known))
        keys = known[name]
        if keys in seen:
            raise InputError("two names set the same value", key=name, found=seen[keys])
        seen[keys] = name
        here: Any = data
        for part in keys[:-1]:
            here = here[part]
        here[keys[-1]] = number(name, value) if keys[0] == "parameters" else plain(value, keys)
        if keys == ("setting", "people"):
            hold_everybody(data["setting"])
        if keys[0] == "parameters":
            check_not_pinned(name, scenario.interventions)
            data["origins"][name] = ASKED
    return scenario_from_dict(data)


def override_each(scenarios: Sequence[Scenario], changes: Mapping[str, Any]) -> list[Scenario]:
    """The scenarios with each change made wherever its name is known; one that is known nowhere is refused."""
    if not changes:
        return list(scenarios)
    known = [names_of(each) for each in scenarios]
    everywhere = {name for names in known for name in names}
    for name in changes:
        if name not in everywhere:
            raise InputError("there is no such name to set", key=name, allowed=NAMES, hint=nearest(name, everywhere))
    return [
        override(each, {name: value for name, value in changes.items() if name in names})
        for each, names in zip(scenarios, known, strict=True)
    ]


def names_of(scenario: Scenario) -> dict[str, Keys]:
    """Every dotted name that ``override`` takes, and the keys it leads to."""
    known: dict[str, Keys] = {name: ("parameters", name) for name in registry()}
    known |= {"weeks": ("weeks",), "setting.weeks": ("weeks",), "setting.burn_in": ("setting", "burn_in")}
    if scenario.setting.people is not None:
        known["setting.people"] = ("setting", "people")
    for level, unit in enumerate(scenario.setting.units):
        for field in ("size", "ties", "leaders", "clustering"):
            known[f"setting.units.{unit.name}.{field}"] = ("setting", "units", level, field)
    for name, item in scenario.interventions.items():
        here: Keys = ("interventions", name)
        fields = {
            field: (*here, field) for field in Intervention.model_fields if field not in ("kind", "effects", "cost")
        }
        fields |= {f"cost.{field}": (*here, "cost", field) for field in type(item.cost).model_fields}
        fields |= {handle: (*here, "effects", handle) for handle in rules.kinds().get(item.kind, {})}
        for field, keys in fields.items():
            known[f"plans.{name}.{field}"] = keys
            known.setdefault(f"{name}.{field}", keys)
    return known


def plain(value: Any, keys: Keys) -> Any:
    """A value as a file would hold it: no NumPy scalar, and 26.0 as 26 where only whole numbers can stand."""
    if hasattr(value, "item") and not isinstance(value, str | bytes) and getattr(value, "ndim", 0) == 0:
        value = value.item()
    if isinstance(value, float) and value.is_integer():
        schema = schema_of(Scenario)
        wanted = {node.get("type") for node in nodes_at(schema, keys, None)}
        return int(value) if "integer" in wanted and "number" not in wanted else value
    return value


def number(name: str, value: Any) -> float:
    """A parameter's value as a number, checked to be one."""
    value = plain(value, ("parameters", name))
    if isinstance(value, bool) or not isinstance(value, int | float):
        allowed = rules.span(registry()[name]) if name in registry() else "a number"
        raise InputError("this value is no number", key=name, found=shown(value), allowed=allowed)
    try:
        return float(value)
    except OverflowError:
        return math.inf


def scenario_from_dict(data: Mapping[str, Any]) -> Scenario:
    """A scenario again from what ``model_dump`` made of it, checked against today's registry."""
    scenario = validated(Scenario, dict(data), {})
    rules.check_all(scenario.setting, scenario.interventions, scenario.parameters)
    return scenario
