"""A problem: which numbers of a scenario are varied, between which bounds, as a dictionary that SALib knows."""

import math
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, listed, nearest, shown
from sim.exploring.given import Given
from sim.params import registry
from sim.rules import PROCESSES
from sim.scenario import Network, names_of, override, resolve
from sim.schema import Intervention

if TYPE_CHECKING:
    from sim.schema import Scenario

Bounds = Sequence[float]
BOUNDS_OF_FIELDS = {"reach": (0.0, 1.0), "fidelity": (0.0, 1.0), "dose": (0.0, 2.0)}  # of every intervention


def problem(
    setting: "str | os.PathLike[str] | Scenario | None",
    plan: str | os.PathLike[str] | Sequence[str] = (),
    names: Sequence[str] | str | None = None,
    ranges: Mapping[str, Bounds] | None = None,
    measures: Sequence[str] | str = "unmet_need",
    *,
    grouped: bool | None = None,
    uncertainty: str = "none",
    changes: Mapping[str, Any] | None = None,
    weeks: int | None = None,
    people: int | None = None,
    network: Network = None,
) -> dict[str, Any]:
    """What SALib calls a problem, with the scenario that ``sim.evaluate`` needs to live its points.

    ``setting`` and ``plan`` are as in ``sim.resolve`` (a plan may be ``"a+b"``), or a scenario stands alone.
    ``names`` are parameters of the registry, fields of the plan (``peer_leaders.reach``) or whole mechanisms
    (``norms``); without any, all uncertain parameters that are at work under the plan. ``ranges`` replace the bounds,
    which are else the registry's; a field of a plan other than reach, fidelity and dose has none of its own.
    ``grouped`` puts the mechanism of each name under ``groups``, so that SALib works with mechanisms as wholes; unless
    said otherwise, it does so where all or whole mechanisms were asked for. ``measures`` are the outcomes, ``changes``
    what is else to be changed by dotted names. With ``uncertainty="posterior"`` bounds are what the data left: the
    middle 90% of the posterior draws of each parameter that has any, and no range of its own in ``ranges``.

    The keys are num_vars, names, bounds, groups (where grouped), outputs (the measures), scenario and usual: its values
    of the names, or the medians of those with draws. Then ``drawn`` has their columns in the table of draws.
    """
    scenario = basis(setting, plan, weeks, people, network)
    if changes:
        scenario = override(scenario, changes)
    chosen = [names] if isinstance(names, str) else names
    if chosen is not None and not list(chosen):
        raise InputError("there is nothing to vary", key="names", found="an empty list")
    found = named(scenario, chosen)
    given = Given.of(scenario, uncertainty, ranges or {})
    left = {name: span for name in found if given and (span := given.range_of(name))}
    if given and not left:
        allowed = "at least one parameter with draws, and no range of its own"
        raise InputError("the posterior has no draws of what is varied", key="uncertainty", found=uncertainty,
                         allowed=allowed)  # fmt: skip
    bounds = [list(left.get(name) or bounds_of(scenario, name, ranges or {})) for name in found]
    for name in ranges or {}:
        if name not in found:
            raise InputError("a range is given for what is not varied", key=str(name), hint=nearest(name, found))
    whole = chosen is None or any(name in mechanisms(scenario) for name in chosen)
    made: dict[str, Any] = {"num_vars": len(found), "names": found, "bounds": bounds}
    if grouped if grouped is not None else whole:
        made["groups"] = [group_of(scenario, name) for name in found]
    outputs = [measures] if isinstance(measures, str) else list(measures)
    usual = [given.at(name, 0.5) if given and name in left else value_of(scenario, name) for name in found]
    made |= {"outputs": outputs, "scenario": scenario, "usual": usual}
    return made | ({"uncertainty": uncertainty, "drawn": {name: given.columns[name] for name in left}} if given else {})


def basis(
    setting: "str | os.PathLike[str] | Scenario | None",
    plan: str | os.PathLike[str] | Sequence[str],
    weeks: int | None,
    people: int | None,
    network: Network,
) -> "Scenario":
    """The scenario that is varied."""
    from sim.schema import Scenario
    from sim.study import parts_of

    if not isinstance(setting, Scenario):
        return resolve(setting, parts_of(plan), weeks=weeks, people=people, network=network)
    if plan or network is not None:
        raise InputError("a scenario has its plan and its people already", key="plan", found=shown(plan))
    asked = {"weeks": weeks, "setting.people": people}
    return override(setting, {name: value for name, value in asked.items() if value is not None})


def mechanisms(scenario: "Scenario") -> dict[str, list[str]]:
    """The uncertain parameters at work in a scenario, by mechanism: the model's processes, and the plan's kinds."""
    kinds = {item.kind for item in scenario.interventions.values()}
    pinned = {f"{item.kind}.{handle}" for item in scenario.interventions.values() for handle in item.effects}
    found: dict[str, list[str]] = {}
    for name, each in registry().items():
        if each.kind == "uncertain" and each.group in {*PROCESSES, *kinds} and name not in pinned:
            found.setdefault(each.group, []).append(name)
    return found


def named(scenario: "Scenario", names: Sequence[str] | None) -> list[str]:
    """Names as the scenario has them: mechanisms as their parameters, each once."""
    known, wholes = names_of(scenario), mechanisms(scenario)
    if names is None:
        return [name for group in wholes.values() for name in group]
    found: list[str] = []
    for name in names:
        if name in wholes:
            found += wholes[name]
        elif name in known:
            found.append(name)
        else:
            allowed = f"a parameter, a field of the plan, or a mechanism: {listed(wholes)}"
            raise InputError(
                "there is no such name to vary", key=shown(name), allowed=allowed, hint=nearest(name, {*known, *wholes})
            )
    twice = next((name for name in found if found.count(name) > 1), None)
    if twice:
        raise InputError("this is varied twice", key=twice)
    return found


def group_of(scenario: "Scenario", name: str) -> str:
    """The mechanism of a parameter; the plan's intervention of a field; the setting."""
    if name in registry():
        return registry()[name].group
    keys = names_of(scenario)[name]
    return str(keys[1]) if keys[0] == "interventions" else "setting"


def value_of(scenario: "Scenario", name: str) -> float:
    """What a name stands at in a scenario; an effect that the plan leaves to the registry has the registry's value."""
    keys = names_of(scenario)[name]
    if keys[0] == "interventions" and keys[2] == "effects":
        item = scenario.interventions[str(keys[1])]
        return item.effects.get(str(keys[3]), scenario.parameters[f"{item.kind}.{keys[3]}"])
    here: Any = scenario.model_dump(mode="json")
    for key in keys:
        here = here[key]
    if isinstance(here, bool) or not isinstance(here, int | float):
        raise InputError("this is no number, and cannot be varied", key=name, found=shown(here))
    return float(here)


def label_of(name: str) -> str:
    """What a figure calls a name."""
    if name in registry():
        return registry()[name].label
    return ": ".join(part.replace("_", " ") for part in name.removeprefix("plans.").rsplit(".", 1)).capitalize()


def bounds_of(scenario: "Scenario", name: str, ranges: Mapping[str, Bounds]) -> tuple[float, float]:
    """Between which values a name is varied, each checked to be possible."""
    if name in ranges:
        low, high = pair(name, ranges[name])
    elif name in registry():
        low, high = registry()[name].low, registry()[name].high
    else:
        keys = names_of(scenario)[name]
        field = str(keys[-1])
        if keys[0] == "interventions" and field in Intervention.model_fields and field in BOUNDS_OF_FIELDS:
            low, high = BOUNDS_OF_FIELDS[field]
        elif keys[0] == "interventions" and keys[2] == "effects":
            effect = registry()[f"{scenario.interventions[str(keys[1])].kind}.{field}"]
            low, high = effect.low, effect.high
        else:
            raise InputError("this has no range of its own", key=name, allowed=f"a range for it, as in {name}=LOW:HIGH")
    for value in (low, high):
        override(scenario, {name: value})
    return low, high


def pair(name: str, given: Bounds) -> tuple[float, float]:
    """A range as two numbers, the lower first."""
    try:
        low, high = (float(each) for each in given)
    except (TypeError, ValueError):
        raise InputError("a range is two numbers", key=name, found=shown(given)) from None
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise InputError("a range goes from its lower to its higher end", key=name, found=f"{low:g} to {high:g}")
    return low, high
