"""What a parameter is: a value with a unit, a range and a source, written once in ``parameters.yaml``."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

REGISTRY_FILE = Path(__file__).with_name("parameters.yaml")
DERIVED = ("norms_speaking_intercept",)  # computed from other parameters when a record is made


@dataclass(frozen=True)
class Parameter:
    """One number of the model, with what is known of it."""

    name: str
    label: str
    meaning: str
    value: float
    unit: str
    low: float
    high: float
    kind: str
    source: str
    evidence: str
    why: str

    @property
    def field(self) -> str:
        """The parameter's name in a record and in compiled code."""
        return self.name.replace(".", "_")


@cache
def registry() -> dict[str, Parameter]:
    """All parameters by dotted name, in the order of the file."""
    import yaml

    tree = yaml.load(REGISTRY_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    parameters = {}
    for group, entries in tree.items():
        for name, entry in entries.items():
            low, high = entry.pop("range")
            full = f"{group}.{name}"
            parameters[full] = Parameter(name=full, low=float(low), high=float(high), **entry)
    return parameters


@cache
def record_type() -> np.dtype:
    """The structured type of one world's parameters: a float64 for each parameter and derived number."""
    return np.dtype([(p.field, np.float64) for p in registry().values()] + [(name, np.float64) for name in DERIVED])


def record(values: dict[str, float]) -> np.void:
    """One world's parameters as a record: the registry's defaults, overridden by ``values`` (dotted names)."""
    made = np.zeros(1, record_type())[0]
    for name, parameter in registry().items():
        made[parameter.field] = values.get(name, parameter.value)
    made["norms_speaking_intercept"] = speaking_intercept(
        float(made["norms_usual_approval"]), float(made["norms_speaking_stigma"]), float(made["norms_conformity"])
    )
    return made


@cache
def speaking_intercept(usual_approval: float, stigma_weight: float, conformity: float) -> float:
    """The intercept of the speaking rule at which ``usual_approval`` is a settled state.

    Solves E[logistic(a - v S + c N)] = (1 + N) / 2 for ``a``, with S standard normal and N the usual approval, by
    Gauss-Hermite quadrature and bisection.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    weights = weights / weights.sum()
    wanted = (1.0 + usual_approval) / 2.0
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2.0
        share = float(weights @ (1.0 / (1.0 + np.exp(-(middle - stigma_weight * nodes + conformity * usual_approval)))))
        low, high = (middle, high) if share < wanted else (low, middle)
    return (low + high) / 2.0
