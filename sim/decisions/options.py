"""What money can buy: plans with some of their fields set to each of a few values, as far as they can be afforded."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import extracts
from sim.decisions import pricing
from sim.errors import InputError, nearest, shown
from sim.population import World, build_structure, reached
from sim.scenario import names_of, override

if TYPE_CHECKING:
    from sim.schema import Scenario

STRUCTURES = 3  # made communities over which costs are averaged: whole groups differ in size
LEAST = 0.02  # of a share that is varied without a range
SHARES = ("reach", "fidelity")
HALVINGS = 20  # to find the largest value that can be afforded


@dataclass(frozen=True)
class Varied:
    """A field of a plan that may take any value between two."""

    name: str
    low: float
    high: float

    @property
    def field(self) -> str:
        """The field without the intervention."""
        return self.name.rsplit(".", 1)[-1]

    def values(self, high: float, levels: int) -> list[float]:
        """So many values from the lowest to ``high``; whole numbers where only those can stand."""
        made = np.linspace(self.low, high, levels)
        if self.field in ("length", "start"):
            return [float(value) for value in dict.fromkeys(np.round(made).tolist())]
        # Rounded down: the largest is often the last that can be afforded.
        return list(dict.fromkeys(max(self.low, math.floor(value * 1e4 + 1e-6) / 1e4) for value in made.tolist()))


@dataclass(frozen=True)
class Option:
    """One way to spend money."""

    label: str  # the plan
    values: dict[str, float]  # of the fields that are varied
    scenario: "Scenario"
    cost: float

    @property
    def name(self) -> str:
        """The plan with its values, in short."""
        parts = ", ".join(f"{name.removeprefix('plans.')} {value:.3g}" for name, value in self.values.items())
        return f"{self.label}: {parts}" if parts else self.label


def varied(word: str) -> Varied:
    """``peer_leaders.reach`` or ``peer_leaders.reach=0.02:0.3``, taken apart."""
    name, equals, span = word.partition("=")
    name = name.strip()
    if not equals:
        if name.rsplit(".", 1)[-1] not in SHARES:
            stem, _, field = name.rpartition(".")
            close = nearest(field, SHARES)
            raise InputError("a range is missing", key="--vary", found=shown(word), allowed=f"{name}=LOW:HIGH",
                             hint=close and f"{stem}.{close}")  # fmt: skip
        return Varied(name, LEAST, 1.0)
    try:
        low, high = (float(part) for part in span.split(":"))
    except ValueError:
        raise InputError("this is no range", key="--vary", found=shown(word), allowed="NAME=LOW:HIGH") from None
    if not -math.inf < low < high < math.inf:
        raise InputError("this range is empty", key="--vary", found=shown(word), allowed="NAME=LOW:HIGH")
    return Varied(name, low, high)


def affordable(
    scenarios: "Sequence[Scenario]", labels: Sequence[str], fields: Sequence[Varied], money: float, levels: int
) -> list[Option]:
    """Every option that costs no more than ``money`` on average, the cheapest of a plan first."""
    check(scenarios, fields)
    made = []
    for label, scenario in zip(labels, scenarios, strict=True):
        mine = [field for field in fields if field.name in of_plan(scenario)]
        grids = [field.values(most(scenario, field, mine, money), levels) for field in mine]
        for values in itertools.product(*grids):
            chosen = {field.name: value for field, value in zip(mine, values, strict=True)}
            each = override(scenario, chosen) if chosen else scenario
            cost = expected_cost(each)
            if cost <= money * (1 + 1e-9):
                made.append(Option(label, chosen, each, cost))
    return made


def check(scenarios: "Sequence[Scenario]", fields: Sequence[Varied]) -> None:
    """Refuse plans without costs, and fields that no plan has."""
    if unknown := pricing.missing(scenarios):
        hint = f"--set {unknown[0]}.cost.per_person=..., or --costs costs.yaml"
        message = "nobody has filled in what this costs, so no budget can be set against it"
        raise InputError(message, key=f"{unknown[0]}.cost", found=pricing.UNSAID, allowed=hint)
    pricing.currency(scenarios)
    known = {name for scenario in scenarios for name in of_plan(scenario)}
    for field in fields:
        if field.name not in known:
            close = nearest(field.name, known)
            raise InputError(
                "no plan has this field", key="--vary", found=field.name, allowed="a field of a plan", hint=close
            )


def of_plan(scenario: "Scenario") -> set[str]:
    """The names of the fields of a scenario's interventions."""
    return {name for name, keys in names_of(scenario).items() if keys[0] == "interventions" and "cost" not in keys}


def most(scenario: "Scenario", field: Varied, others: Sequence[Varied], money: float) -> float:
    """The largest value of a field that can be afforded, all other varied fields at their lowest."""
    lowest = {other.name: other.low for other in others}

    def cost(value: float) -> float:
        return expected_cost(override(scenario, lowest | {field.name: whole(field, value)}))

    if cost(field.high) <= money:
        return field.high
    low, high = field.low, field.high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if cost(middle) <= money else (low, middle)
    return low


def whole(field: Varied, value: float) -> Any:
    """A value as the field takes it."""
    return int(value) if field.field in ("length", "start") else value


def expected_cost(scenario: "Scenario") -> float:
    """What a scenario's interventions cost, on average over a few communities; nothing is run."""
    from sim.population import record

    costs = []
    for seed in range(1, 1 + (STRUCTURES if grouped(scenario) else 1)):
        world, parameters = World(scenario, seed), record(scenario.parameters)
        marks = reached(world, structure(scenario, seed, parameters), parameters)
        costs.append(
            sum(
                extracts.cost(item, int(np.count_nonzero(marks & np.uint32(1 << number))), scenario.weeks)
                for number, item in enumerate(scenario.interventions.values())
            )
        )
    return float(np.mean(costs))


def grouped(scenario: "Scenario") -> bool:
    """Whether whole groups are chosen somewhere, so that how many people are reached is luck."""
    return any(item.unit == "group" for item in scenario.interventions.values())


KEPT: dict[tuple[str, int], Any] = {}  # the last structures made: the same setting is asked for again and again


def structure(scenario: "Scenario", seed: int, parameters: Any) -> Any:
    """The structure of a community, made once."""
    key = (scenario.setting.model_dump_json() + repr(sorted(scenario.parameters.items())), seed)
    if key not in KEPT:
        if len(KEPT) >= STRUCTURES:
            KEPT.clear()
        KEPT[key] = build_structure(World(scenario, seed), parameters)
    return KEPT[key]
