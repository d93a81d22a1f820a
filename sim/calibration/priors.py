"""Which parameters are uncertain in a fit, and between which bounds: the registry's own ranges."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.params import registry
from sim.scenario import resolve

# Not drawn: choices between models rather than amounts, and extras that the evidence says to leave off.
LEFT_ALONE = {
    "norms.influence_form": "a choice between two forms; every result says which it used",
    "distress.contagion_ratio": "off: the one study of random room-mates found none",
    "care.access_burden": "off: a handle for settings where help is hard to reach",
}
# One setting's own values, for facts about people unlike the rest: pupils turn to other people than adults do.
OWN = {
    "secondary_school/seeking.friend_constant": (-3.5, -1.6),
    "secondary_school/seeking.leader_constant": (-4.5, -2.5),
    "secondary_school/seeking.professional_constant": (-6.5, -2.8),
}
# Narrower here than in the registry, whose range has to hold pupils as well.
NARROWER = {"seeking.professional_constant": (-3.8, -2.0)}


@dataclass(frozen=True)
class Prior:
    """Uniform ranges of parameters, one next to the other."""

    names: tuple[str, ...]
    low: np.ndarray
    high: np.ndarray

    def scaled(self, unit: np.ndarray) -> np.ndarray:
        """Points of the unit cube, (points, names), as values of the parameters."""
        return np.clip(self.low + unit * (self.high - self.low), self.low, self.high)

    def unit(self, values: np.ndarray) -> np.ndarray:
        """Values of the parameters as points of the unit cube."""
        return (values - self.low) / (self.high - self.low)

    def named(self, row: np.ndarray) -> dict[str, float]:
        """One row of values by name."""
        return dict(zip(self.names, row.tolist(), strict=True))

    def places(self, names: Sequence[str]) -> list[int]:
        """Where these names stand."""
        return [self.names.index(name) for name in names]


def prior() -> Prior:
    """Every uncertain parameter of the registry that a fit may move, then the settings' own."""
    found = {
        name: NARROWER.get(name, (each.low, each.high))
        for name, each in registry().items()
        if each.kind == "uncertain" and name not in LEFT_ALONE
    }
    found |= OWN
    low, high = np.array(list(found.values())).T
    return Prior(tuple(found), low, high)


def default(name: str) -> float:
    """The value that holds where nothing is drawn: the registry's, or the setting's own."""
    setting, _, parameter = name.rpartition("/")
    return float(resolve(setting, ["usual"]).parameters[parameter] if setting else registry()[parameter].value)


def group_of(name: str) -> str:
    """The mechanism that a parameter belongs to."""
    return name.rpartition("/")[2].partition(".")[0]
