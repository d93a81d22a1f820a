"""Windows onto people: each of Mesa's agents is one row of the engine's tables, made when it is looked at.

A window holds the model and a number, nothing else. What it reads is what the engine has, and what is written to it is
what the engine goes on with.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import mesa
import numpy as np

from sim.columns import OF_GROUP, storable, unknown
from sim.people import BY_NAME, FIELDS, Field, column
from sim.ties import FUTURE

if TYPE_CHECKING:
    from sim.sets import Persons

KIND_NAMES = ("peer", "leader", "bridge")  # of ties, by their code


class Tie(NamedTuple):
    """How one person knows another."""

    person: "Person"  # who is known
    trust: float  # 0 to 1
    contact: float  # chance of contact in a week
    kind: str  # peer, leader or bridge


class Person(mesa.Agent):
    """A window onto one person. Its attributes are the columns of ``sim.people.FIELDS``, and can be set."""

    pos = None  # Mesa's drawing asks for it; people have no place

    def __init__(self, model: "mesa.Model", number: int) -> None:
        # Mesa's own __init__ would register an agent with the model, and keep it.
        self.__dict__["model"] = model
        self.__dict__["number"] = number

    @property
    def unique_id(self) -> int:
        """Mesa's number of the agent, from 1."""
        return self.number + 1

    @property
    def name(self) -> str:
        """What the person is called in files of one's own, or else the number."""
        ids = self.model.structure.ids
        return ids[self.number] if ids else str(self.unique_id)

    @property
    def group_name(self) -> str:
        """The name of the person's group."""
        return self.model.structure.group_names[self.group]

    @property
    def groupmates(self) -> "Persons":
        """The others in the person's group."""
        inside = column(self.model.state.people, "group") == self.group
        inside[self.number] = False
        return self.model.persons(np.flatnonzero(inside))

    @property
    def ties(self) -> list[Tie]:
        """Everybody whom the person knows now, and how far they are trusted."""
        ties, entries = self.model.state.ties, self._entries()
        return [
            Tie(who, float(ties.trust[k]), float(ties.closeness[k]) / 256, KIND_NAMES[ties.kind[k]])
            for who, k in zip(self.neighbours, entries, strict=True)
        ]

    @property
    def neighbours(self) -> "Persons":
        """Everybody whom the person knows now, hardly trusted acquaintances too."""
        return self.model.persons(self.model.state.ties.target[self._entries()])

    neighbors = neighbours

    @property
    def confidants(self) -> "Persons":
        """Those whom the person trusts enough to ask for help."""
        ties, entries = self.model.state.ties, self._entries()
        enough = self.model.resolved.parameters["bonds.reach_trust"]
        return self.model.persons(ties.target[entries[ties.trust[entries] >= enough]])

    def _entries(self) -> np.ndarray:
        """The entries of the ties table that are the person's, without ties that are still to come."""
        ties = self.model.state.ties
        entries = np.arange(ties.start[self.number], ties.start[self.number + 1])
        return entries[ties.kind[entries] < FUTURE]

    def step(self) -> None:
        """Refused: people live their week together."""
        raise RuntimeError("a person has no step of her own: people live their week together, in model.step()")

    def remove(self) -> None:
        """Refused: a community keeps its people."""
        raise RuntimeError("people cannot leave: who there is, is set when the model is made")

    def __setattr__(self, name: str, value: Any) -> None:
        if name in BY_NAME or isinstance(getattr(type(self), name, None), property):
            return super().__setattr__(name, value)
        raise unknown(name, to_write=True)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Person) and other.model is self.model and other.number == self.number

    def __hash__(self) -> int:
        return hash((id(self.model), self.number))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} in {self.group_name}>"


class Member(Person):
    """A member: a pupil, trainee, student or colleague."""


class Leader(Person):
    """A leader or trusted adult."""


TYPES: tuple[type[Person], ...] = (Member, Leader)  # by the code of `role`


def of_column(field: Field) -> property:
    """One column as an attribute of a window."""

    def read(self: Person) -> float | int:
        return column(self.model.state.people, field.name)[self.number].item()

    def write(self: Person, value: Any) -> None:
        column(self.model.state.people, field.name)[self.number] = storable(self.model.state, field, value, ())

    return property(read, write, doc=f"{field.meaning} ({field.unit})")


def of_group(name: str) -> property:
    """One value of a person's group as an attribute of a window."""

    def read(self: Person) -> float:
        return float(self.model.state.groups.value[OF_GROUP[name], self.group])

    return property(read, doc=f"{name} of the person's group (SD)")


for _field in FIELDS:
    setattr(Person, _field.name, of_column(_field))
for _name in OF_GROUP:
    setattr(Person, _name, of_group(_name))
