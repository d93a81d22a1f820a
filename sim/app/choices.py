"""What can be chosen: settings, plans and levers, each with what its file or the registry says of it."""

from functools import cache
from typing import Any

from sim.app.community import Community
from sim.app.fields import PlanField, fields
from sim.app.words import words
from sim.params import GRADES, Parameter, references, registry
from sim.rules import kinds
from sim.schema import Intervention, Scenario
from sim.writing import listing

# Levers that come first: what a discussion most often turns on. All others can be searched for.
FIRST = (
    "norms.conformity",
    "norms.internalised_strength",
    "care.slots_per_1000",
    "care.open",
    "distress.onset_hazard",
    "seeking.friend_stigma",
    "seeking.professional_stigma",
    "bonds.reach_trust",
)


@cache
def files() -> dict[str, list[dict[str, str]]]:
    """The shipped settings and plans: name, title, description."""
    return {
        kind: [{key: each[key] for key in ("name", "title", "description")} for each in entries]
        for kind, entries in listing().items()
    }


def levers(community: Community) -> list[dict[str, Any]]:
    """Each lever that has a say in this community; of plans, and of their kinds, only those at hand."""
    scenario, usual = community.planned(), community.usual
    done = {item.kind for item in scenario.interventions.values()}
    hidden = pinned_by(scenario)
    own = [lever_of_plan(each, scenario) for each in fields().values() if each.intervention in scenario.interventions]
    return [each for each in own if each] + [
        lever(each, usual[name])
        for name, each in registry().items()
        if each.kind != "fixed" and name not in hidden and (each.group not in kinds() or each.group in done)
    ]


def pinned_by(scenario: Scenario) -> set[str]:
    """The parameters that a plan has put its own values over: moving them would change nothing."""
    return {f"{item.kind}.{handle}" for item in scenario.interventions.values() for handle in item.effects}


def lever_of_plan(each: PlanField, scenario: Scenario) -> dict[str, Any] | None:
    """A field of a plan as a lever: what is a number with an end, and how those reached are chosen."""
    about = Intervention.model_fields.get(each.field)
    usual = each.usual
    if about is None or usual is None or (not each.choices and float(usual) > each.high):
        return None
    item = scenario.interventions[each.intervention]
    said = words()["fields"][each.field]
    return {
        "name": each.name,
        "label": label(each.name),
        "meaning": said["meaning"],
        "unit": said["unit"],
        "low": each.low,
        "high": each.high,
        "usual": usual,
        "group": item.kind,
        "grade": words()["fields"]["grade"],
        "why": words()["fields"]["why"],
        "sources": [],
        "first": 0,
        "choices": [{"name": name, "title": words()["fields"]["rules"][name]} for name in each.choices],
    }


def label(name: str) -> str:
    """What a lever is called."""
    if name in registry():
        return registry()[name].label
    field = fields()[name]
    own = words()["fields"].get(field.field)
    return own["label"].format(plan=plain(field.intervention)) if own else f"{plain(field.intervention)}: {field.field}"


def plain(name: str) -> str:
    """A name as words."""
    return name.replace("_", " ").capitalize()


def lever(each: Parameter, usual: float) -> dict[str, Any]:
    """One lever."""
    return {
        "name": each.name,
        "label": each.label,
        "meaning": each.meaning,
        "unit": each.unit,
        "low": each.low,
        "high": each.high,
        "usual": usual,
        "group": each.group,
        "grade": GRADES[each.evidence],
        "why": each.why,
        "sources": [str(references()[key]) for key in each.sources],
        "first": FIRST.index(each.name) + 1 if each.name in FIRST else 0,
        "choices": [],
    }
