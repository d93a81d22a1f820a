"""The levers that a visitor has moved, carried to a map: which of them hold there, and which give way, and to what."""

from functools import cache
from typing import Any, NamedTuple

from sim.app.address import LATEST, Address
from sim.app.choices import label
from sim.app.community import levers_at
from sim.app.fields import fields, of_plan
from sim.files import load_plan

Values = dict[str, float | str]


class Carried(NamedTuple):
    """Levers by their names and values: those that hold, those that are a side of the map, those the plan lacks."""

    held: Values
    sides: Values
    left: Values


def moved(here: Address) -> Values:
    """Every lever that a visitor has moved, whenever, at its last value."""
    return levers_at(here.changes, LATEST)


def carried(levers: Values, plan: str, sides: tuple[str, str]) -> Carried:
    """Levers sorted by what becomes of them on a map of a plan with two sides."""
    found = Carried({}, {}, {})
    for name, value in levers.items():
        if set(sides) & {name, of_kind(name, plan)}:
            found.sides[name] = value
        elif fits(name, plan):
            found.held[name] = value
        else:
            found.left[name] = value
    return found


@cache
def kinds_in(plan: str) -> dict[str, str]:
    """The interventions of a plan, each with its kind."""
    return {name: item.kind for name, item in load_plan(plan).model.interventions.items()}


def fits(name: str, plan: str) -> bool:
    """Whether there is such a lever under a plan."""
    return not of_plan(name) or fields()[name].intervention in kinds_in(plan)


def of_kind(name: str, plan: str) -> str:
    """The number of the model that a plan's own effect takes the place of; nothing for any other lever."""
    kind = kinds_in(plan).get(fields()[name].intervention) if of_plan(name) else None
    return f"{kind}.{fields()[name].field}" if kind else ""


def told(levers: Values) -> list[list[Any]]:
    """Levers as a page names them."""
    return [[label(name), value] for name, value in levers.items()]
