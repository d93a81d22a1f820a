"""Any number of worlds in one set of arrays: different seeds, settings, plans, sizes and parameters side by side."""

import os
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim import engine, groups, interventions, people, seeding, structure
from sim.errors import InputError
from sim.measures import CENSUS_TALLIES, SERVICE_TALLIES, TALLIES
from sim.params import record, record_type
from sim.state import Output, State, Worlds
from sim.ties import Ties

if TYPE_CHECKING:
    from sim.schema import Intervention, Scenario

SUBGROUPS = 8  # role x baseline risk x isolation at week 0; see `subgroup_names`
MOST_INTERVENTIONS = 32  # bits of people.reached


@dataclass(frozen=True)
class World:
    """One community under one scenario and one seed."""

    scenario: "Scenario"
    seed: int


def subgroup_names() -> list[tuple[str, str, str]]:
    """Role, baseline risk and isolation of each subgroup code."""
    return [
        ("leader" if code & 2 else "member", "higher" if code & 1 else "usual", "isolated" if code & 4 else "connected")
        for code in range(SUBGROUPS)
    ]


class Population:
    """Worlds stacked for the engine, with what was written down of them.

    ``state`` and ``output`` are what the engine works on; ``week`` is the last week that all worlds have lived.
    """

    def __init__(self, worlds: Sequence[World], weeks: int, census_every: int = 13, threads: int | None = None) -> None:
        """Build the worlds at the beginning of their burn-in. ``weeks`` is how far ``output`` reaches.

        ``threads`` are those that build; all cores unless given.
        """
        self.worlds = list(worlds)
        self.weeks = weeks
        self.census_every = census_every
        self.origin = first_alike(self.worlds)
        threads = threads or os.cpu_count() or 1
        self.structures = self._structures(threads)
        self.state = self._stack()
        self.output = Output(
            np.zeros((self.count, weeks + 1, SUBGROUPS, len(TALLIES))),
            np.full((self.count, weeks + 1, SUBGROUPS, len(CENSUS_TALLIES)), np.nan),
            np.zeros((self.count, weeks + 1, len(SERVICE_TALLIES))),
        )
        engine.for_all_worlds(engine.begin_worlds, self, threads, self.origin, self.state)
        self._reach()

    @property
    def count(self) -> int:
        """How many worlds there are."""
        return len(self.worlds)

    @property
    def week(self) -> int:
        """The last week that every world has lived."""
        return int(self.state.worlds.week.min())

    def rows(self, w: int) -> slice:
        """The rows of the people of world ``w``."""
        first = self.state.worlds.first_person
        return slice(int(first[w]), int(first[w + 1]))

    def run(self, until: int, threads: int = 1, done: Callable[[int], object] | None = None) -> None:
        """Live all worlds up to week ``until``: the burn-in once for worlds that begin alike, then each its own way."""
        if self.week < 0:
            firsts = np.flatnonzero(self.origin == np.arange(self.count))
            engine.advance(self, 0, threads, done, firsts)
        self._begin_observation(threads, done)
        if until > 0:
            engine.advance(self, until, threads, done)

    def _begin_observation(self, threads: int, done: Callable[[int], object] | None) -> None:
        """Give every world its lived-in start and write down week 0, once."""
        if getattr(self, "_observed", False):
            return
        for w in range(self.count):
            if self.origin[w] != w:
                lived = int(-self.state.worlds.week[w]) * (self.rows(w).stop - self.rows(w).start)
                self._copy_start(int(self.origin[w]), w)
                if done:
                    done(lived)
        engine.for_all_worlds(engine.write_baselines, self, threads, self.census_every, self.state, self.output)
        self._observed = True

    def _copy_start(self, source: int, target: int) -> None:
        """Copy the lived-in state of one world to another that begins alike; whom plans reach stays its own."""
        worlds, ties = self.state.worlds, self.state.ties
        here, there = self.rows(source), self.rows(target)
        shift = worlds.first_group[target] - worlds.first_group[source]
        for table in (self.state.people.real, self.state.people.small, self.state.people.weeks):
            table[:, there] = table[:, here]
        self.state.people.group[there] = self.state.people.group[here] + shift
        entries = slice(int(ties.start[here.start]), int(ties.start[here.stop]))
        copies = slice(int(ties.start[there.start]), int(ties.start[there.stop]))
        for column in (ties.trust, ties.closeness, ties.kind):
            column[copies] = column[entries]
        first, last = worlds.first_group[source], worlds.first_group[source + 1]
        for column in self.state.groups:
            column[..., worlds.first_group[target] : worlds.first_group[target + 1]] = column[..., first:last]
        self.output.service[target, 0] = self.output.service[source, 0]
        worlds.week[target] = worlds.week[source]
        worlds.expected_wait[target] = worlds.expected_wait[source]

    def _structures(self, threads: int) -> list[structure.Structure]:
        """The structure of each world; worlds that begin alike share theirs."""
        firsts = np.flatnonzero(self.origin == np.arange(self.count)).tolist()
        self.records = np.zeros(self.count, record_type())
        scenarios = {id(world.scenario): world.scenario for world in self.worlds}
        records = {key: record(scenario.parameters) for key, scenario in scenarios.items()}
        for k, world in enumerate(self.worlds):
            self.records[k] = records[id(world.scenario)]

        def built(k: int) -> structure.Structure:
            return build_structure(self.worlds[k], self.records[k])

        with ThreadPoolExecutor(min(len(firsts), threads)) as pool:
            made = dict(zip(firsts, pool.map(built, firsts), strict=True))
        return [made[first] for first in self.origin.tolist()]

    def _stack(self) -> State:
        """All worlds' arrays, one after the other."""
        made, count = self.structures, self.count
        first_person = offsets(len(s.group) for s in made)
        first_group = offsets(len(s.group_born) for s in made)
        first_plan = offsets(len(w.scenario.interventions) for w in self.worlds)
        everyone = people.allocate(int(first_person[-1]))
        every_group = groups.allocate(int(first_group[-1]))
        events = max((len(s.next_group) for s in made), default=0)
        next_group = np.zeros((events, int(first_person[-1])), np.int32)
        for k, s in enumerate(made):
            rows = slice(first_person[k], first_person[k + 1])
            everyone.group[rows] = s.group + first_group[k]
            people.column(everyone, "role")[rows] = s.role
            every_group.born[first_group[k] : first_group[k + 1]] = s.group_born
            for event, moves in enumerate(s.next_group):
                next_group[event, rows] = moves + first_group[k]
        stresses = [[e for e in w.scenario.setting.events if e.kind == "stress"] for w in self.worlds]
        dissolves = [[e for e in w.scenario.setting.events if e.kind == "dissolve"] for w in self.worlds]
        worlds = Worlds(
            np.array([w.seed for w in self.worlds], np.uint64),
            first_person,
            first_group,
            first_plan,
            np.array([-w.scenario.setting.burn_in for w in self.worlds], np.int64),
            np.zeros(count),
            table(stresses, "week", np.int64),
            table(stresses, "length", np.int64),
            table(stresses, "factor", np.float64),
            table(dissolves, "week", np.int64),
        )
        plans = compile_plans([w.scenario for w in self.worlds])
        return State(everyone, stack_ties(made, first_person), every_group, plans, worlds, self.records, next_group)

    def _reach(self) -> None:
        """Mark whom each intervention reaches."""
        for w, world in enumerate(self.worlds):
            self.state.people.reached[self.rows(w)] = reached(world, self.structures[w], self.records[w])

    def lengthen(self, weeks: int) -> None:
        """Let ``output`` reach as far as week ``weeks``; what is written down stays."""
        if weeks <= self.weeks:
            return
        longer = Output(*(np.zeros((self.count, weeks + 1, *old.shape[2:])) for old in self.output))
        longer.census[:] = np.nan
        for new, old in zip(longer, self.output, strict=True):
            new[:, : self.weeks + 1] = old
        self.output, self.weeks = longer, weeks

    def replan(self, w: int, scenario: "Scenario") -> None:
        """Go on in world ``w`` with the interventions of ``scenario``, which is the same in all else.

        Whom they reach follows from ties as they were at the start. So what has not begun yet is the same as if it had
        been planned from the beginning.
        """
        world, made = World(scenario, self.worlds[w].seed), self.structures[w]
        ranked = any(item.seeding != "random" for item in scenario.interventions.values())
        if ranked and made.ties.trust is self.state.ties.trust:  # a single world's ties are those it has lived with
            made = build_structure(world, self.records[w])
            if not np.array_equal(made.ties.target, self.state.ties.target):
                raise InputError("the files of this network have changed since the world was made")
        marks = reached(world, made, self.records[w])
        self.worlds[w] = world
        scenarios = [each.scenario for each in self.worlds]
        first_plan = offsets(len(each.interventions) for each in scenarios)
        worlds = self.state.worlds._replace(first_plan=first_plan)
        self.state = self.state._replace(plans=compile_plans(scenarios), worlds=worlds)
        self.state.people.reached[self.rows(w)] = marks


def reached(world: World, made: structure.Structure, parameters: np.void) -> np.ndarray:
    """For each person of a world a bit for each intervention that reaches her; ``made`` is as it was at the start."""
    marks = np.zeros(len(made.group), np.uint32)
    for number, (name, intervention) in enumerate(world.scenario.interventions.items()):
        own = zlib.crc32(name.encode())  # by name, so that another plan beside it changes nobody's luck
        chosen = seeding.chosen(intervention, own, made, world.seed, parameters)
        marks |= chosen.astype(np.uint32) << np.uint32(number)
    return marks


def first_alike(worlds: list[World]) -> np.ndarray:
    """For each world the number of the first one that begins alike: same setting, parameters and seed."""
    keys: dict[int, str] = {}
    seen: dict[tuple[str, int], int] = {}
    for world in worlds:
        scenario = world.scenario
        if id(scenario) not in keys:
            keys[id(scenario)] = scenario.setting.model_dump_json() + repr(sorted(scenario.parameters.items()))
    return np.array([seen.setdefault((keys[id(w.scenario)], w.seed), k) for k, w in enumerate(worlds)])


def build_structure(world: World, parameters: np.void) -> structure.Structure:
    """The made or imported structure of one world."""
    setting = world.scenario.setting
    if setting.network is not None:
        from sim import network

        return network.load(setting.network.people, setting.network.ties, setting, world.seed, parameters)
    return structure.build(setting, world.seed, parameters)


def offsets(sizes) -> np.ndarray:
    """Where each of some consecutive runs begins, and where the last ends."""
    return np.concatenate(([0], np.cumsum(np.fromiter(sizes, np.int64)))).astype(np.int64)


def table(events: list[list], name: str, dtype) -> np.ndarray:
    """One attribute of each world's events as a table, zero where a world has fewer."""
    made = np.zeros((len(events), max((len(row) for row in events), default=0)), dtype)
    for k, row in enumerate(events):
        made[k, : len(row)] = [getattr(event, name) for event in row]
    return made


def stack_ties(made: list[structure.Structure], first_person: np.ndarray) -> Ties:
    """The ties of all worlds in one table; a single world's is taken as it is."""
    if len(made) == 1:
        return made[0].ties
    entries = offsets(len(s.ties.target) for s in made)
    start = np.zeros(int(first_person[-1]) + 1, np.int64)
    target = np.empty(int(entries[-1]), np.int32)
    trust = np.empty(int(entries[-1]), np.float32)
    closeness = np.empty(int(entries[-1]), np.uint8)
    kind = np.empty(int(entries[-1]), np.uint8)
    for k, s in enumerate(made):
        start[first_person[k] : first_person[k + 1] + 1] = s.ties.start + entries[k]
        here = slice(entries[k], entries[k + 1])
        target[here] = s.ties.target + first_person[k]
        trust[here], closeness[here], kind[here] = s.ties.trust, s.ties.closeness, s.ties.kind
    return Ties(start, target, trust, closeness, kind)


def compile_plans(scenarios: "list[Scenario]") -> interventions.Plans:
    """The interventions of all worlds as the engine reads them."""
    rows = [item for scenario in scenarios for item in scenario.interventions.values()]
    amounts = [effects(item, scenario) for scenario in scenarios for item in scenario.interventions.values()]
    boosters = max((len(item.boosters) for item in rows), default=0)
    plans = interventions.Plans(
        np.array([item.start for item in rows], np.int64),
        np.array([item.length for item in rows], np.int64),
        np.array([np.inf if item.half_life is None else item.half_life for item in rows], np.float64),
        np.array([item.fidelity * item.dose for item in rows], np.float64),
        np.array([item.reach for item in rows], np.float64),
        np.full((len(rows), boosters), -1, np.int64),
        np.zeros((len(rows), boosters)),
        np.zeros((len(rows), len(interventions.HANDLES))),
    )
    for k, item in enumerate(rows):
        for b, booster in enumerate(item.boosters):
            plans.booster_week[k, b] = booster.week
            plans.booster_strength[k, b] = booster.strength
        for handle, amount in amounts[k].items():
            plans.effects[k, interventions.HANDLES.index(handle)] = amount
    return plans


def effects(item: "Intervention", scenario: "Scenario") -> dict[str, float]:
    """What an intervention does: the scenario's amounts for its kind, with the plan's own put over them."""
    prefix = f"{item.kind}."
    usual = {name.removeprefix(prefix): v for name, v in scenario.parameters.items() if name.startswith(prefix)}
    return usual | dict(item.effects)
