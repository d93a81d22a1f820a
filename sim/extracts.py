"""What one world of a population shows at the end: what it was, what its plan cost, its people and its groups."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.groups import CLIMATE, COHESION, MORALE
from sim.people import FIELDS, LEADER, column

if TYPE_CHECKING:
    from sim.population import Population
    from sim.schema import Intervention, Scenario

GROUP_MEANS = {  # column of the groups table: attribute of its people
    "mean_distress": "distress",
    "in_need": "episode",
    "descriptive_norm": "descriptive_norm",
    "injunctive_norm": "injunctive_norm",
    "self_stigma": "self_stigma",
}


def about(scenario: "Scenario", w: int, population: "Population") -> dict:
    """What the world ``w`` was."""
    made, rows = population.structures[w], population.rows(w)
    leaders = int(np.count_nonzero(made.role == LEADER))
    return {
        "setting": scenario.setting_name,
        "plans": "+".join(scenario.plan_names),
        "people": rows.stop - rows.start,
        "members": rows.stop - rows.start - leaders,
        "leaders": leaders,
        "groups": int(np.unique(made.group).size),
        "weeks": scenario.weeks,
        "burn_in": scenario.setting.burn_in,
        "influence_form": "count" if scenario.parameters["norms.influence_form"] >= 0.5 else "threshold",
    }


def costs(scenario: "Scenario", w: int, population: "Population") -> dict:
    """Whom the interventions of the world ``w`` reached, and what each cost by the plan's own figures."""
    reached = population.state.people.reached[population.rows(w)]
    made: dict = {"people_reached": 0, "cost": 0.0, "currency": ""}
    at_work = 0
    for number, (name, item) in enumerate(scenario.interventions.items()):
        begun = item.start <= scenario.weeks
        people = int(np.count_nonzero(reached & np.uint32(1 << number))) if begun else 0
        amount = cost(item, people, scenario.weeks)
        at_work |= begun << number
        made[f"reached_{name}"], made[f"cost_{name}"] = people, amount
        made["cost"] += amount
    made["people_reached"] = int(np.count_nonzero(reached & np.uint32(at_work)))
    made["currency"] = "/".join(dict.fromkeys(item.cost.currency for item in scenario.interventions.values()))
    return made


def cost(item: "Intervention", people: int, weeks: int) -> float:
    """What an intervention that reached so many people cost within so many weeks; nothing, if it had not begun.

    A week of booster counts by its strength, unless the first delivery still goes on.
    """
    if item.start > weeks:
        return 0.0
    last = item.start + item.length - 1
    delivered = float(min(last, weeks) - item.start + 1)
    for booster in item.boosters:
        if last < item.start + booster.week <= weeks:
            delivered += booster.strength
    return item.cost.fixed + item.cost.per_person * people + item.cost.per_week * delivered


def persons(w: int, population: "Population") -> pd.DataFrame:
    """The state of every person of the world ``w``; ``person`` is the number within the world."""
    rows, structure = population.rows(w), population.structures[w]
    people = population.state.people
    local = people.group[rows] - population.state.worlds.first_group[w]
    made: dict = {"person": np.arange(rows.stop - rows.start)}
    if structure.ids is not None:
        made["id"] = np.array(structure.ids, object)
    made["group"] = np.array(structure.group_names, object)[local]
    for field in FIELDS:
        if field.name not in ("group", "role"):  # the role is told by the stratum
            made[field.name] = column(people, field.name)[rows].copy()
    return pd.DataFrame(made)


def groups(w: int, population: "Population") -> pd.DataFrame:
    """Every group of the world ``w`` that has people, with the means of its people."""
    rows, state = population.rows(w), population.state
    first, last = state.worlds.first_group[w], state.worlds.first_group[w + 1]
    local = state.people.group[rows] - first
    size = np.bincount(local, minlength=last - first)
    present = np.flatnonzero(size)
    made: dict = {
        "group": np.array(population.structures[w].group_names, object)[present],
        "size": size[present],
    }
    for name, row in (("cohesion", COHESION), ("morale", MORALE), ("climate", CLIMATE)):
        made[name] = state.groups.value[row, first:last][present]
    for name, attribute in GROUP_MEANS.items():
        values = column(state.people, attribute)[rows].astype(np.float64)
        made[name] = np.bincount(local, weights=values, minlength=last - first)[present] / size[present]
    return pd.DataFrame(made)
