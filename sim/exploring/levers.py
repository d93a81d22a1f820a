"""The two levers of a map: what they are called, between which values they go, and which plans they imply."""

import math
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sim import shipped
from sim.criterion import last_delivery
from sim.errors import InputError, shown
from sim.exploring.problems import Bounds, bounds_of, label_of, value_of
from sim.measures import BY_NAME, ONCE
from sim.params import registry
from sim.scenario import names_of, override, resolve

if TYPE_CHECKING:
    from sim.schema import Scenario

LEVELS = {  # of outcomes with a threshold that means something
    "norm": 0.5,
    "injunctive_norm": 0.0,
    "perceived_stigma": 0.0,
    "descriptive_norm": 0.5,
    "expects_seeking": 0.5,
    "expects_approval": 0.5,
    "expects_both": 0.5,
    "sought_in_time": 0.5,
}


class Lever(NamedTuple):
    """One side of a map."""

    name: str
    label: str
    unit: str
    low: float
    high: float
    usual: float


def plans_for(names: Sequence[str]) -> list[str]:
    """The shipped plans that names speak of: ``peer_leaders.reach`` is of peer_leaders, ``norms.conformity`` not."""
    known = shipped.names("plan")
    parts = [name.removeprefix("plans.").split(".")[0] for name in names]
    return list(dict.fromkeys(part for part in parts if part in known)) or ["usual"]


def scenario_for(
    setting: "str | os.PathLike[str] | Scenario | None",
    plans: Sequence[str] | None,
    names: Sequence[str],
    weeks: int | None,
    people: int | None,
    changes: dict[str, Any] | None = None,
    network: Any = None,
) -> "Scenario":
    """The scenario of a map, its plans named or implied by its levers."""
    from sim.schema import Scenario

    if isinstance(setting, Scenario):
        made = setting
    else:
        made = resolve(setting, plans_for(names) if plans is None else list(plans), people=people, network=network)
    asked = {"weeks": weeks} if weeks is not None else {}
    return override(made, asked | (changes or {}))


def lever(scenario: "Scenario", name: str, bounds: Bounds | None = None) -> Lever:
    """A lever by its name, as the registry or the plan has it."""
    if name not in names_of(scenario):
        from sim.errors import nearest

        plans = "+".join(scenario.plan_names) or "usual"
        allowed = f"a parameter, or a field of the plan ({plans}); --plans names another"
        shipped_fields = [f"{plan}.{field}" for plan in shipped.names("plan") for field in UNITS]
        hint = nearest(name, [*names_of(scenario), *shipped_fields])
        raise InputError("there is no such lever", key=shown(name), allowed=allowed, hint=hint)
    low, high = bounds_of(scenario, name, {} if bounds is None else {name: bounds})
    unit = registry()[name].unit if name in registry() else UNITS.get(name.rsplit(".", 1)[-1], "")
    return Lever(name, label_of(name), unit, low, high, value_of(scenario, name))


UNITS = {"reach": "share of those eligible", "length": "weeks", "half_life": "weeks", "start": "week", "dose": "doses"}
UNITS |= {"fidelity": "share"}


def level_of(measure: str, level: float | None) -> float | None:
    """Where the tipping line of a measure lies; none, where it is to be put half-way between lowest and highest."""
    if measure not in BY_NAME:
        from sim.errors import nearest

        raise InputError(
            "there is no such measure", key="measure", found=shown(measure), hint=nearest(measure, BY_NAME)
        )
    if level is not None and not math.isfinite(level):
        raise InputError("this is no level of a tipping line", key="level", found=shown(level), allowed="a number")
    return LEVELS.get(measure) if level is None else float(level)


def long_enough(scenario: "Scenario", measure: str, weeks: int) -> None:
    """Refuse a run that ends before what a plan left behind can be told from what it does."""
    if BY_NAME[measure].denominator == ONCE and measure != "norm":
        return
    least = last_delivery(scenario) + weeks if measure == "norm" else weeks
    if scenario.weeks < least:
        found, allowed = f"{scenario.weeks} weeks", f"at least {least}: {weeks} past the last delivery"
        raise InputError("the run is too short to tell what lasts", key="weeks", found=found, allowed=allowed)
