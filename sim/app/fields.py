"""What a link or a lever can set of a plan itself: whom it reaches, when, how strongly, and how they are chosen."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, get_args

from sim import shipped
from sim.errors import InputError, listed
from sim.files import load_plan
from sim.params import registry
from sim.rules import kinds
from sim.schema import Intervention, Scenario

LATEST = 520  # weeks
BOUNDS: dict[str, tuple[float, float, str]] = {
    "reach": (0.0, 1.0, "share"),
    "dose": (0.0, 5.0, "published doses"),
    "fidelity": (0.0, 1.0, "share"),
    "start": (1.0, float(LATEST), "week"),
    "length": (1.0, float(LATEST), "weeks"),
    "half_life": (0.0, 5200.0, "weeks"),
}
WHOLE = ("start", "length")
CHOSEN = "seeding"  # the one field that is no number
RULES: tuple[str, ...] = get_args(Intervention.model_fields[CHOSEN].annotation)


class PlanField(NamedTuple):
    """One field of an intervention of a shipped plan; ``choices`` are what can stand there if it is no number."""

    name: str  # as in a link: peer_leaders.reach
    intervention: str
    field: str
    low: float
    high: float
    unit: str
    usual: float | str | None  # as the plan's file has it
    choices: tuple[str, ...] = ()


@cache
def fields() -> Mapping[str, PlanField]:
    """Every field that can be set, of every shipped plan, by its name."""
    found: dict[str, PlanField] = {}
    for plan in shipped.names("plan"):
        for name, item in load_plan(plan).model.interventions.items():
            for each in of(name, item):
                found.setdefault(each.name, each)
    return found


def of(name: str, item: Intervention) -> list[PlanField]:
    """The fields of one intervention."""
    made = [PlanField(f"{name}.{field}", name, field, *BOUNDS[field], getattr(item, field)) for field in BOUNDS]
    made.append(PlanField(f"{name}.{CHOSEN}", name, CHOSEN, 0.0, 0.0, "", item.seeding, RULES))
    for handle, about in kinds()[item.kind].items():
        own = f"plans.{name}.{handle}"
        made.append(PlanField(own, name, handle, about.low, about.high, about.unit, item.effects.get(handle)))
    return made


def checked(name: str, text: str) -> float | str:
    """A parameter of the registry or a field of a plan, as a link has it, checked against what can stand there."""
    if name in registry():
        about = registry()[name]
        return number(name, text, about.low, about.high, about.unit) if about.kind != "fixed" else refused(name, text)
    if name not in fields():
        raise InputError("there is no such lever", key=name[:80], hint=near(name))
    field = fields()[name]
    if field.choices:
        if text not in field.choices:
            raise InputError("this lever cannot be set so", key=name, found=text[:40], allowed=listed(field.choices))
        return text
    value = number(name, text, field.low, field.high, field.unit)
    if field.field in WHOLE and not value.is_integer():
        raise InputError("this lever cannot be set so", key=name, found=text[:40], allowed="whole weeks")
    return value


def number(name: str, text: str, low: float, high: float, unit: str) -> float:
    """A number within bounds."""
    try:
        value = float(text) if len(text) <= 40 and text.isascii() else float("nan")
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise InputError(
            "this lever cannot be set so", key=name, found=text[:40], allowed=f"{low:g} to {high:g} {unit}".strip()
        )
    return value + 0.0  # no minus zero


def refused(name: str, text: str) -> float:
    """What is fixed stays."""
    raise InputError("this number is fixed", key=name, found=text[:40])


def near(name: str) -> str | None:
    """The nearest name that there is."""
    from sim.errors import nearest

    return nearest(name[:80], [*registry(), *fields()])


def of_plan(name: str) -> bool:
    """Whether a name is about a plan itself, and so about the world with the plan only."""
    return name not in registry()


def fits(name: str, scenario: Scenario) -> bool:
    """Whether a scenario has what a name is about."""
    return not of_plan(name) or fields()[name].intervention in scenario.interventions


def value(scenario: Scenario, name: str) -> float | str | None:
    """Where a field of a plan stands in a scenario; an effect that the plan leaves to the registry stands there."""
    field = fields()[name]
    item: Any = scenario.interventions[field.intervention]
    if field.field in Intervention.model_fields:
        return getattr(item, field.field)
    return item.effects.get(field.field, scenario.parameters[f"{item.kind}.{field.field}"])
