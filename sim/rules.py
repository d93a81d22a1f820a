"""What single values cannot show: parameters in range, kinds and their effects, units that nest, files that exist."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from sim.checking import Places, fault, place_of
from sim.errors import InputError, listed, nearest
from sim.params import Parameter, registry
from sim.reading import Keys, nearest_file
from sim.schema import Intervention, Setting

PROCESSES = ("distress", "seeking", "replies", "care", "norms", "bonds", "groups")
MOST_INTERVENTIONS = 32  # in one scenario: each is a bit of what is remembered of a person


@cache
def kinds() -> dict[str, dict[str, Parameter]]:
    """The kinds of intervention and what each can change: the registry's groups that are no processes of the model."""
    found: dict[str, dict[str, Parameter]] = {}
    for name, parameter in registry().items():
        group, handle = name.split(".", 1)
        if group not in PROCESSES:
            found.setdefault(group, {})[handle] = parameter
    return found


def span(parameter: Parameter) -> str:
    """A parameter's range in words."""
    return f"{parameter.low:g} to {parameter.high:g} ({parameter.unit})"


def check_parameters(values: Mapping[str, float], places: Places, keys: Keys = ("parameters",)) -> None:
    """Known names, values within range."""
    for name, value in values.items():
        if name not in registry():
            hint = nearest(name, registry())
            allowed = f"the parameters of the registry; {hint} is {span(registry()[hint])}" if hint else None
            allowed = allowed or "the parameters that `helpseek list` shows"
            raise fault("there is no such parameter", (*keys, name), places, allowed=allowed, hint=hint)
        check_range(registry()[name], value, (*keys, name), places)


def check_range(parameter: Parameter, value: float, keys: Keys, places: Places) -> None:
    """A value within the parameter's range."""
    if not parameter.low <= value <= parameter.high:
        raise fault("this value is out of range", keys, places, found=f"{value:.12g}", allowed=span(parameter))


def check_interventions(items: Mapping[str, Intervention], places: Places, keys: Keys = ("interventions",)) -> None:
    """Known kinds, effects that the kind has, boosters that follow one another."""
    if len(items) > MOST_INTERVENTIONS:
        allowed = f"up to {MOST_INTERVENTIONS} in one scenario"
        raise fault("there are too many interventions", keys, places, found=str(len(items)), allowed=allowed)
    for name, item in items.items():
        here = (*keys, name)
        if item.kind not in kinds():
            parts: dict[str, Any] = {"allowed": "one of " + listed(kinds(), 30), "hint": nearest(item.kind, kinds())}
            raise fault("there is no such kind of intervention", (*here, "kind"), places, found=item.kind, **parts)
        handles = kinds()[item.kind]
        for handle, value in item.effects.items():
            if handle not in handles:
                allowed = f"what {item.kind} changes: {listed(handles)}"
                message = "this kind of intervention has no such effect"
                raise fault(message, (*here, "effects", handle), places, allowed=allowed, hint=nearest(handle, handles))
            check_range(handles[handle], value, (*here, "effects", handle), places)
        weeks = [booster.week for booster in item.boosters]
        if weeks != sorted(set(weeks)):
            found = ", ".join(map(str, weeks))
            raise fault("boosters must follow one another", (*here, "boosters"), places, found=found)


def check_setting(setting: Setting, places: Places) -> None:
    """Either made units that nest, or a network of one's own; then its events."""
    if setting.network is None and not setting.units:
        raise fault("this setting is empty: nobody is in it", (), places, allowed="people and units, or a network")
    if setting.network is not None and (setting.units or setting.people is not None):
        key = "units" if setting.units else "people"
        raise fault(
            "a network brings its own people and groups", (key,), places, allowed="a network, or people and units"
        )
    if setting.network is None:
        check_units(setting, places)
    else:
        check_network(setting, places)
    check_events(setting, places)


def check_units(setting: Setting, places: Places) -> None:
    """Units that grow outward, up to everybody, with no more ties than there are people to know."""
    if setting.people is None:
        raise fault("a key is missing", ("people",), places, allowed="a whole number: how many members there are")
    inner_size, inner_name = 0.0, ""
    for number, unit in enumerate(setting.units):
        here: Keys = ("units", number)
        if unit.name in [each.name for each in setting.units[:number]]:
            raise fault("two units have the same name", (*here, "name"), places, found=unit.name)
        last = number == len(setting.units) - 1
        same_file = place_of(("people",), places).file == place_of(("units",), places).file
        if last and same_file and unit.size != setting.people:
            allowed = f"{setting.people}, as people says: the last unit holds everybody"
            raise fault("these two disagree", (*here, "size"), places, found=f"{unit.size:.12g}", allowed=allowed)
        size = float(setting.people) if last else unit.size
        if last and size <= inner_size:
            allowed = f"more than the {inner_size:g} of a {inner_name}"
            raise fault("there are too few people", ("people",), places, found=f"{size:g}", allowed=allowed)
        if size <= inner_size:
            about = f"more than the {inner_size:g} of a {inner_name}: units are listed from the inside out"
            raise fault(f"a {unit.name} is too small", (*here, "size"), places, found=f"{size:g}", allowed=about)
        if unit.ties >= size:
            about = f"less than the {size:g} people of a {unit.name}"
            raise fault(
                "there are more ties than people", (*here, "ties"), places, found=f"{unit.ties:g}", allowed=about
            )
        inner_size, inner_name = size, unit.name


def check_network(setting: Setting, places: Places) -> None:
    """Network files that are there and are ordinary files; what is in them is checked when they are read."""
    assert setting.network is not None
    for part in ("people", "ties"):
        file = getattr(setting.network, part)
        if file is None or os.path.isfile(file):
            continue
        raise fault("there is no such file", ("network", part), places, found=file, hint=nearest_file(file))


def check_events(setting: Setting, places: Places) -> None:
    """Groups dissolve once at a time, into groups that can be."""
    weeks: list[int] = []
    for number, event in enumerate(setting.events):
        here: Keys = ("events", number)
        if event.kind != "dissolve":
            continue
        if event.week in weeks:
            raise fault("groups dissolve twice in this week", (*here, "week"), places, found=str(event.week))
        weeks.append(event.week)
        if setting.people is not None and event.size > setting.people:
            allowed = f"up to {setting.people}, the people there are"
            raise fault("a new group is too large", (*here, "size"), places, found=f"{event.size:g}", allowed=allowed)
        if event.ties >= event.size:
            allowed = f"less than {event.size:g}, the size of a new group"
            raise fault(
                "there are more ties than people", (*here, "ties"), places, found=f"{event.ties:g}", allowed=allowed
            )


def check_all(setting: Setting, interventions: Mapping[str, Intervention], parameters: Mapping[str, float]) -> None:
    """All checks of a scenario that no longer knows its files."""
    check_setting(setting, {})
    check_interventions(interventions, {})
    check_parameters(parameters, {})
    if missing := [name for name in registry() if name not in parameters]:
        raise InputError(
            "a parameter of the registry is missing", key=f"parameters.{missing[0]}", found=listed(parameters, 4)
        )
