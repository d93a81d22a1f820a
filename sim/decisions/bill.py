"""The bill: what plans cost, what they bring about, and what a unit of that costs, or why nobody can say."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim import wording
from sim.decisions import effectiveness, pricing
from sim.decisions.effectiveness import EFFECTS, MAYBE_NOTHING, NONE, TELLABLE, Effect, Ratio

if TYPE_CHECKING:
    from sim.results import Results
    from sim.schema import Cost, Scenario


@dataclass(frozen=True)
class Line:
    """What one plan costs for one kind of effect."""

    label: str
    effect: Effect
    gain: float  # mean effect more than the first plan's
    ratio: Ratio
    said: str


@dataclass(frozen=True)
class Bill:
    """Costs and effects of all plans, by seed."""

    scenarios: "list[Scenario]"
    currency: str
    cost: np.ndarray  # (seeds, plans)
    gains: dict[str, np.ndarray]  # by effect: (seeds, plans), more than the first
    lines: list[Line]
    missing: list[str]  # interventions whose costs nobody has filled in

    @property
    def extra(self) -> np.ndarray:
        """What each plan costs more than the first."""
        return self.cost - self.cost[:, :1]

    @property
    def known(self) -> bool:
        """Whether all costs are filled in, so that plans can be compared by them."""
        return not self.missing and bool(self.cost.any())


def drawn_up(results: "Results", costs: "Mapping[str, Cost] | None" = None) -> Bill:
    """The bill of a result, with the costs of its scenarios or with others in their place."""
    scenarios = pricing.priced(results.scenarios, costs or {})
    currency, cost = pricing.currency(scenarios), pricing.by_seed(results, scenarios)
    gains = {effect.name: effectiveness.gains(results, effect.name) for effect in EFFECTS}
    extra, lines = cost - cost[:, :1], []
    for place, label in enumerate(results.labels[1:], 1):
        for effect in EFFECTS:
            gain = gains[effect.name][:, place]
            ratio = effectiveness.fieller(extra[:, place], gain)
            lines.append(Line(label, effect, mean(gain), ratio, said(ratio, effect, currency, extra[:, place])))
    return Bill(scenarios, currency, cost, gains, lines, pricing.missing(scenarios))


def mean(values: np.ndarray) -> float:
    """The mean of what is known."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else math.nan


def said(ratio: Ratio, effect: Effect, currency: str, extra: np.ndarray) -> str:
    """What a unit of effect costs, in words."""
    if not extra.any():
        return "no additional cost"
    if ratio.told == TELLABLE:
        value, low, high = (figure(each) for each in ratio[:3])
        if ratio.value < 0:
            return f"cheaper than the first plan, and does more: {value} {currency} ({low} to {high}) for each"
        return f"{value} {currency} ({low} to {high}) for each"
    if ratio.told == MAYBE_NOTHING:
        least = f"; if there is one, each costs at least {figure(ratio.low)} {currency}" if ratio.low > 0 else ""
        return f"cannot be told, as there may be no effect{least}"
    return "no effect in any seed" if ratio.told == NONE else "does less than the first plan"


def figure(value: float) -> str:
    """An amount of money to three figures."""
    if not math.isfinite(value):
        return "–"
    return wording.plain(float(f"{value:.3g}"), 0 if abs(value) >= 100 else 2)
