"""What plans cost: unit costs that somebody filled in, put onto the people whom each run reached."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from sim import extracts, reading
from sim.checking import validated
from sim.errors import InputError, listed, nearest
from sim.files import places_of
from sim.scenario import scenario_from_dict
from sim.schema import Cost, Strict

if TYPE_CHECKING:
    from sim.results import Results
    from sim.schema import Intervention, Scenario

UNSAID = Cost().source  # the source of a cost that nobody has filled in


class CostsFile(Strict):
    """One's own unit costs, by the names of interventions."""

    kind: Literal["costs"]
    costs: dict[str, Cost]


def read(file: str | os.PathLike[str]) -> dict[str, Cost]:
    """Unit costs from a YAML file (``kind: costs``), checked."""
    document = reading.read(file)
    return validated(CostsFile, document.data, places_of(document)).costs


def filled_in(cost: Cost) -> bool:
    """Whether anybody has said what something costs; that it costs nothing needs a source."""
    return cost.fixed > 0 or cost.per_person > 0 or cost.per_week > 0 or cost.source != UNSAID


def missing(scenarios: "Sequence[Scenario]") -> list[str]:
    """The interventions whose costs nobody has filled in."""
    items = {name: item.cost for each in scenarios for name, item in each.interventions.items()}
    return [name for name, cost in items.items() if not filled_in(cost)]


def priced(scenarios: "Sequence[Scenario]", costs: Mapping[str, Cost]) -> "list[Scenario]":
    """The scenarios with these unit costs; one of an intervention that none of them has is refused."""
    known = {name for each in scenarios for name in each.interventions}
    for name in costs:
        if name not in known:
            hint = nearest(name, known)
            raise InputError("no plan has this intervention", key=f"costs.{name}", allowed=listed(known), hint=hint)
    made = []
    for each in scenarios:
        data = each.model_dump(mode="json")
        for name, item in data["interventions"].items():
            item["cost"] = costs[name].model_dump(mode="json") if name in costs else item["cost"]
        made.append(scenario_from_dict(data))
    return made


def by_seed(results: "Results", scenarios: "Sequence[Scenario]") -> np.ndarray:
    """What each plan cost with each seed, by the unit costs of ``scenarios``: (seeds, plans).

    Whom a run reached stands in its totals; so costs can be filled in, or changed, without running anything again.
    """
    totals = results.totals
    columns = []
    for label, scenario in zip(results.labels, scenarios, strict=True):
        mine = totals[totals["label"] == label]
        spent = np.zeros(len(mine))
        for name, item in scenario.interventions.items():
            spent += [spent_on(item, people, scenario.weeks) for people in mine[f"reached_{name}"]]
        columns.append(spent)
    return np.column_stack(columns)


def spent_on(item: "Intervention", people: float, weeks: int) -> float:
    """What an intervention cost in a run that reached so many people."""
    return extracts.cost(item, int(people), weeks) if np.isfinite(people) else 0.0


def currency(scenarios: "Sequence[Scenario]") -> str:
    """The one currency of all that costs anything; two cannot be added up."""
    items = [item.cost for each in scenarios for item in each.interventions.values()]
    found = list(dict.fromkeys(cost.currency for cost in items if filled_in(cost)))
    if len(found) > 1:
        raise InputError("costs in different currencies cannot be compared", key="cost.currency", found=listed(found))
    return found[0] if found else Cost().currency


def sources(scenarios: "Sequence[Scenario]") -> list[tuple[str, Cost]]:
    """Each intervention's unit costs once, in the order of the plans."""
    found: dict[tuple[str, str], tuple[str, Cost]] = {}
    for each in scenarios:
        for name, item in each.interventions.items():
            found.setdefault((name, item.cost.model_dump_json()), (name, item.cost))
    return list(found.values())


def source(cost: Cost) -> str:
    """Where a cost comes from."""
    if cost.source != UNSAID:
        return cost.source
    return "filled in for this comparison, no source named" if filled_in(cost) else "not filled in: yours to fill in"
