"""What a study is given, checked before anything runs: scenarios with labels that differ, values that can be."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim import rules
from sim.errors import InputError
from sim.params import registry
from sim.scenario import number
from sim.schema import Scenario
from sim.study import labelled
from sim.sweeps.designs import Factorial, Table
from sim.sweeps.variants import where


def gathered(scenarios: Any) -> tuple[tuple[Scenario, ...], tuple[str, ...]]:
    """Scenarios and their labels."""
    if isinstance(scenarios, Mapping):
        bases = list(scenarios.values())
        labels = labelled(bases, [str(label) for label in scenarios])
    else:
        bases = [scenarios] if isinstance(scenarios, Scenario) else list(scenarios)
        labels = labelled(bases, None)
    if not bases:
        raise InputError("there is no scenario to study", key="scenarios", found="an empty list")
    return tuple(bases), tuple(labels)


def check_values(design: Factorial | Table, bases: Sequence[Scenario]) -> None:
    """Refuse listed values of a parameter that are out of its range: no world could have them."""
    if not isinstance(design, Factorial):
        return
    for name, levels in zip(design.names, design.levels, strict=True):
        keys = next(keys for keys in (where(base, name) for base in bases) if keys is not None)
        if keys[0] != "parameters":
            continue
        for value in levels:
            rules.check_range(registry()[str(keys[1])], number(f"vary.{name}", value), ("vary", name), {})
