"""A community's week in plain Python: what happens in which order, begun from any world of a ``Population``."""

import math
from types import SimpleNamespace
from typing import TYPE_CHECKING

import mesa
import numpy as np

from sim import luck
from sim.groups import VALUES
from sim.people import BY_NAME, FIELDS, column
from sim.reference import counting
from sim.reference.bonds import Tie
from sim.reference.care import Service
from sim.reference.groups import Group
from sim.reference.interventions import Intervention
from sim.reference.person import Person

if TYPE_CHECKING:
    from sim.population import Population

SEED_BITS = 0xFFFFFFFFFFFFFFFF


class ReferenceModel(mesa.Model):
    """One community under one scenario, as Mesa agents: made by ``from_population``, lived by ``step``.

    ``people``, ``groups``, ``service`` and ``interventions`` are plain objects to look at and to change; ``parameters``
    has the registry's numbers as attributes (``norms_conformity``); ``week`` is the last week lived.
    """

    def __init__(self, population: "Population", w: int = 0) -> None:
        world, state = population.worlds[w], population.state
        super().__init__(rng=world.seed & SEED_BITS)
        self.seed = np.uint64(world.seed & SEED_BITS)
        self.key = np.uint64(luck.person_key(self.seed, -1))  # the world's own luck
        record = population.records[w]
        self.parameters = SimpleNamespace(**{name: float(record[name]) for name in record.dtype.names})
        self.week = int(state.worlds.week[w])
        self.events = world.scenario.setting.events
        self.interventions = [
            Intervention(number, plan, world.scenario.parameters)
            for number, plan in enumerate(world.scenario.interventions.values())
        ]
        self.service = Service(self, float(state.worlds.expected_wait[w]))
        self.groups: list[Group] = []
        self.people: list[Person] = []  # the same as ``agents``, in order
        self.next_groups: list[list[Group]] = []  # for each dissolution, the group that each person moves to

    @classmethod
    def from_population(cls, population: "Population", w: int = 0) -> "ReferenceModel":
        """World ``w`` of a population as it stands. From here on the two live apart."""
        model = cls(population, w)
        model.copy_groups(population, w)
        model.copy_people(population, w)
        model.copy_ties(population, w)
        return model

    def step(self) -> None:
        """One week. The order is the engine's (``sim.engine.ORDER``): each line is done for all before the next begins.

        Within a line it does not matter whose turn comes first, for everybody reads what others showed last and writes
        only what is her own.
        """
        self.week += 1
        self.stress = self.stress_of_the_times()
        self.bond_key = int(luck.bits(self.key, self.week, luck.BOND))
        if self.week > 0:
            self.dissolve_groups()
            self.intervene()
        self.service.open_week()
        self.agents.do("step")  # distress, seeking, replies, show
        self.service.step()
        self.agents.do("learn")  # observe, bonds
        for group in self.groups:
            group.step()
        if self.week == 0:
            self.mark_isolated()

    # What comes from outside

    def stress_of_the_times(self) -> float:
        """Factor of stressful times on the onset hazard."""
        times = [event for event in self.events if event.kind == "stress"]
        return math.prod(each.factor for each in times if 0 <= self.week - each.week < each.length)

    def dissolve_groups(self) -> None:
        """If groups dissolve this week, ties change first; then everybody moves to her new group."""
        weeks = [event.week for event in self.events if event.kind == "dissolve"]
        for event in [number for number, week in enumerate(weeks) if week == self.week]:
            for person in self.people:
                for tie in person.ties.values():
                    tie.dissolve(event)
            for group in self.groups:
                group.people = []
            for person in self.people:
                person.join(person.next_group(event))

    def intervene(self) -> None:
        """Take back what interventions added last week; add what they add this week."""
        if not self.interventions:
            return
        for person in self.people:
            person.take_back_additions()
        for intervention in self.interventions:
            for person in self.people:
                if intervention.reaches(person):
                    intervention.act(person, self.week)

    def added_to_service(self, handle: str) -> float:
        """What all interventions add to a property of the service this week, each times its reach."""
        return sum(
            each.effects.get(handle, 0.0) * each.level(self.week) * each.plan.reach for each in self.interventions
        )

    def mark_isolated(self) -> None:
        """At week 0, mark in the subgroup code who has no peer in reach."""
        for person in self.people:
            person.stratum = person.stratum % 4 + 4 * (person.reachable_friends == 0)

    # What is written down

    def tallies(self) -> np.ndarray:
        """This week's row of the engine's table: subgroups x ``measures.TALLIES``."""
        return counting.tallies(self)

    def census(self) -> np.ndarray:
        """The trusted network as it stands: subgroups x ``measures.CENSUS_TALLIES``."""
        return counting.census(self)

    # As columns, and from columns

    def column(self, name: str) -> np.ndarray:
        """One attribute of everybody, as the engine stores it (groups by their number within the world)."""
        if name == "group":
            return np.array([person.group.number for person in self.people], BY_NAME[name].dtype)
        return np.array([getattr(person, name) for person in self.people], BY_NAME[name].dtype)

    def tie_column(self, name: str) -> np.ndarray:
        """One attribute of all ties, person by person: ``target`` (number within the world), or as in ``Tie``."""
        ties = [tie for person in self.people for tie in person.ties.values()]
        if name == "target":
            return np.array([tie.other.number for tie in ties], np.int32)
        return np.array([getattr(tie, name) for tie in ties], np.float32 if name == "trust" else np.uint8)

    def group_column(self, name: str) -> np.ndarray:
        """One value of all groups: of ``groups.VALUES``, or size or born."""
        return np.array([getattr(group, name) for group in self.groups])

    def copy_groups(self, population: "Population", w: int) -> None:
        """The groups of a world, those included that will form when others dissolve."""
        first, last = population.state.worlds.first_group[w : w + 2].tolist()
        values, born = population.state.groups.value[:, first:last].T.tolist(), population.state.groups.born[first:last]
        self.groups = [
            Group(self, number, int(born[number]), dict(zip(VALUES, row, strict=True)))
            for number, row in enumerate(values)
        ]
        for moves in population.structures[w].next_group.tolist():
            self.next_groups.append([self.groups[number] for number in moves])

    def copy_people(self, population: "Population", w: int) -> None:
        """The people of a world, attribute by attribute."""
        rows = population.rows(w)
        first_group = int(population.state.worlds.first_group[w])
        self.people = [Person(self, number) for number in range(rows.stop - rows.start)]
        for field in FIELDS:
            values = column(population.state.people, field.name)[rows].tolist()
            for person, value in zip(self.people, values, strict=True):
                if field.name == "group":
                    person.join(self.groups[value - first_group])
                else:
                    setattr(person, field.name, value)

    def copy_ties(self, population: "Population", w: int) -> None:
        """The ties of a world."""
        rows, ties = population.rows(w), population.state.ties
        start = ties.start[rows.start : rows.stop + 1].tolist()
        for person in self.people:
            here = slice(start[person.number], start[person.number + 1])
            for target, *state in zip(*(part[here].tolist() for part in ties[1:]), strict=True):
                other = self.people[target - rows.start]
                person.ties[other] = Tie(person, other, *state)
