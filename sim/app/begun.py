"""A plan begun in a week to come: the scenario with it, its parts as far apart as its file has them."""

import os

from sim.errors import InputError
from sim.files import load_plan
from sim.scenario import composed, override
from sim.schema import Scenario


def begun(scenario: Scenario, plan: str, start: int) -> Scenario:
    """The scenario with one plan more, the first of whose interventions begins in week ``start``."""
    interventions, origins = composed([load_plan(plan)])
    for name in interventions:
        if name in scenario.interventions:
            raise InputError("this intervention is part of the run already", key=name)
    if not interventions:
        return scenario
    added = scenario.model_copy(update={"interventions": interventions})
    shift = start - min(item.start for item in interventions.values())
    moves = {f"plans.{name}.start": item.start + shift for name, item in interventions.items()}
    together = scenario.interventions | override(added, moves).interventions
    update = {
        "interventions": dict(sorted(together.items())),
        "plan_names": (*scenario.plan_names, os.fspath(plan)),
        "origins": scenario.origins | origins,
    }
    return override(scenario.model_copy(update=update), {})
