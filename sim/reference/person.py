"""A person, put together from what she does in a week; each part lies beside the kernel of the same name."""

from typing import TYPE_CHECKING

import mesa
import numpy as np

from sim import luck
from sim.interventions import LEVELS
from sim.people import FIELDS
from sim.reference.bonds import Bonds, Tie
from sim.reference.distress import Distress
from sim.reference.norms import Norms
from sim.reference.replies import Replies
from sim.reference.seeking import Seeking

if TYPE_CHECKING:
    from sim.reference.groups import Group
    from sim.reference.model import ReferenceModel


class Person(Distress, Seeking, Replies, Norms, Bonds, mesa.Agent):  # type: ignore[misc]  # one state, many parts
    """One person. Her attributes are those that ``people.FIELDS`` declares, by the same names; ``group`` is a Group."""

    SINGLE = frozenset(field.name for field in FIELDS if field.dtype == "f4")

    def __init__(self, model: "ReferenceModel", number: int) -> None:
        super().__init__(model)
        self.number = number  # within the world
        self.key = np.uint64(luck.person_key(model.seed, number))
        self.p = model.parameters
        self.ties: dict[Person, Tie] = {}  # by the person known, in order of their numbers

    def step(self) -> None:
        """The first part of her week: what she goes through, decides, and lets others see."""
        self.feel()
        self.recognise()
        self.choose()
        self.ask()
        self.show()

    def learn(self) -> None:
        """The second part, after everybody's first and the service's week: what she takes in, and how her ties move."""
        self.observe()
        self.tend_ties()

    def happens(self, purpose: int, chance: float) -> bool:
        """Whether something of this chance happens to her this week: her own luck, a function of week and purpose."""
        return luck.uniform(self.key, self.model.week, purpose) < chance

    def join(self, group: "Group") -> None:
        """Become a member of a group."""
        self.group = group
        group.people.append(self)

    def next_group(self, event: int) -> "Group":
        """The group that she moves to when groups dissolve."""
        return self.model.next_groups[event][self.number]

    def take_back_additions(self) -> None:
        """Be as if no intervention were at work."""
        for handle in LEVELS:
            setattr(self, f"added_{handle}", 0.0)
