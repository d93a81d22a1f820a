"""What a group is like: cohesion and leader climate, and morale that follows them and its members' distress.

The slow twin of ``sim.groups``.
"""

import math
from typing import TYPE_CHECKING

import numpy as np

from sim import luck
from sim.people import LEADER
from sim.reference.basics import total
from sim.ties import LEADER_TIE

if TYPE_CHECKING:
    from sim.reference.model import ReferenceModel
    from sim.reference.person import Person


class Group:
    """A class, squad or team: cohesion and leader climate, and morale that follows them and its members' distress."""

    def __init__(self, model: "ReferenceModel", number: int, born: int, values: dict[str, float]) -> None:
        self.model = model
        self.number = number  # within the world
        self.born = born  # the week in which the group forms
        self.people: list[Person] = []
        self.base_cohesion = values["base_cohesion"]  # SD, what cohesion would be without training; it wanders
        self.cohesion = values["cohesion"]  # SD
        self.base_climate = values["base_climate"]  # SD, how approving of seeking help its leaders are by themselves
        self.climate = values["climate"]  # SD
        self.morale = values["morale"]  # SD
        self.onset_ratio = values["onset_ratio"]  # factor of cohesion on the onset hazard
        self.mean_distress = values["mean_distress"]  # points

    @property
    def size(self) -> int:
        """People in the group now."""
        return len(self.people)

    def step(self) -> None:
        """Cohesion wanders, and moves to where training takes it; climate is the leaders', morale follows."""
        p = self.model.parameters
        if not self.people:
            return
        self.mean_distress = total(person.distress for person in self.people) / self.size
        self.wander()
        members = [person for person in self.people if person.role != LEADER]
        target = self.base_cohesion + total(person.added_cohesion for person in members) / max(1, len(members))
        self.cohesion += p.groups_cohesion_rate * (target - self.cohesion)
        self.climate = self.base_climate + self.added_climate()
        strain = (self.mean_distress - p.groups_usual_distress) / p.groups_distress_spread
        target = p.groups_morale_cohesion * self.cohesion + p.groups_morale_climate * self.climate
        target -= p.groups_morale_distress * strain
        self.morale += p.groups_morale_rate * (target - self.morale)
        self.onset_ratio = p.distress_cohesion_onset_ratio**self.cohesion

    def wander(self) -> None:
        """The group's own cohesion moves a little, with the spread between groups kept; training's part moves along."""
        p, inertia = self.model.parameters, self.model.parameters.groups_cohesion_inertia
        if inertia < 1.0:
            key = np.uint64(luck.person_key(self.model.seed, self.number))
            shock = luck.normal(key, self.model.week, luck.GROUP_DRIFT)
            change = (inertia - 1.0) * self.base_cohesion
            change += p.groups_cohesion_spread * math.sqrt(1.0 - inertia * inertia) * shock
            self.base_cohesion += change
            self.cohesion += change

    def added_climate(self) -> float:
        """What training added to the leaders whom the group's people are tied to, on average over these ties."""
        ties = [tie for person in self.people for tie in person.ties.values()]
        added = [tie.other.added_climate for tie in ties if tie.kind == LEADER_TIE and tie.other.role == LEADER]
        return total(added) / max(1, len(added))
