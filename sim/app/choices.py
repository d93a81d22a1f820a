"""What can be chosen: settings, plans and levers, each with what its file or the registry says of it."""

from functools import cache
from typing import Any

from sim.app.community import Community
from sim.params import GRADES, Parameter, references, registry
from sim.rules import kinds
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
    """Each lever that has a say in this community; those of interventions only if they are at hand."""
    scenario = community.scenario
    done = {item.kind for item in scenario.interventions.values()}
    pinned = {f"{item.kind}.{handle}" for item in scenario.interventions.values() for handle in item.effects}
    usual = community.usual
    return [
        lever(each, usual[name])
        for name, each in registry().items()
        if each.kind != "fixed" and name not in pinned and (each.group not in kinds() or each.group in done)
    ]


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
    }
