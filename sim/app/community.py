"""One community twice, with a plan and without, on the same luck: lived week by week, with a record of every life."""

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from sim import criterion, pooling
from sim.app import diary
from sim.app.address import Address, Change
from sim.app.begun import begun
from sim.app.fields import of_plan
from sim.errors import InputError
from sim.exploring import starts
from sim.measures import MEASURES
from sim.params import record
from sim.population import Population, World
from sim.scenario import Network, override, resolve
from sim.schema import Scenario
from sim.state import State

WITH, WITHOUT = 0, 1  # the two worlds
USUAL = "usual"
FIRST_ROOM = 64  # weeks that there is room for at first
LARGEST = 12_000  # people, leaders included


class Community:
    """The same people with the same luck: in world ``WITH`` under the plans of an address, in ``WITHOUT`` without."""

    def __init__(self, address: Address, network: Network = None) -> None:
        """Make the community and live its burn-in, then the weeks up to the address's."""
        self.address = address
        self.network = network
        chosen = scenarios(address, network)
        people = chosen[WITH].setting.people or 0
        if people > LARGEST:
            raise InputError("this community is too large for a page", found=f"{people} people", allowed=f"{LARGEST}")
        self.population = Population([World(each, address.seed) for each in chosen], FIRST_ROOM)
        self.population.run(0)
        if address.begin:
            starts.put_all(self.population, address.begin)
        self.people = self.population.rows(WITH).stop
        self.diary = diary.Diary(self.population)
        self.before: State | None = None
        self._measured: tuple[int, dict[str, np.ndarray]] = (-1, {})
        self.go(address.week)

    @property
    def week(self) -> int:
        """The last week lived; 0 is the beginning."""
        return self.population.week

    @property
    def scenario(self) -> Scenario:
        """The scenario of the world with the plan, as it stands."""
        return self.population.worlds[WITH].scenario

    @property
    def has_plan(self) -> bool:
        """Whether anything is done that could tell the two worlds apart, now or later."""
        return bool(self.scenario.interventions or self.address.additions)

    @cached_property
    def usual(self) -> dict[str, float]:
        """Every parameter's value in this setting before any lever is moved."""
        bare = Address() if self.network else Address(setting=self.address.setting)
        return dict(scenarios(bare, self.network)[WITHOUT].parameters)

    @cached_property
    def roles(self) -> np.ndarray:
        """Who is a leader."""
        return self.population.structures[WITH].role

    def groups(self) -> np.ndarray:
        """The group of each person this week."""
        return self.population.structures[WITH].group_at(self.week)

    def group_names(self) -> tuple[str, ...]:
        """The name of every group; those of one's own files are not shown, as they may say who people are."""
        made = self.population.structures[WITH]
        if made.ids is None:
            return made.group_names
        return tuple(f"group {number + 1}" for number in range(len(made.group_names)))

    def step(self) -> None:
        """Live one week in both worlds."""
        week = self.week
        self._move_levers(week)
        if week + 1 > self.population.weeks:
            self.population.lengthen(2 * self.population.weeks)
        self.before = copied(self.population.state)
        self.population.run(week + 1)
        self.diary.write(self.population)

    def go(self, week: int) -> None:
        """Live on up to a week to come."""
        while self.week < week:
            self.step()

    def _move_levers(self, week: int) -> None:
        """Do what the address says is to change after this week; what holds from week 0 on is in the scenario."""
        for world in (WITH, WITHOUT):
            scenario = self._changed(self.address, week, world) if week else self.population.worlds[world].scenario
            if scenario is not self.population.worlds[world].scenario:
                self.population.records[world] = record(scenario.parameters)
                self.population.replan(world, scenario)

    def _changed(self, chosen: Address, week: int, world: int) -> Scenario:
        """The scenario of a world with what an address says is to change after a week: first plans, then levers."""
        scenario = self.population.worlds[world].scenario
        for each in chosen.additions if world == WITH else ():
            if each.week == week:
                scenario = begun(scenario, each.plan, week + 1)
        moved = [each for each in chosen.changes if each.week == week and (world == WITH or not of_plan(each.name))]
        return override(scenario, {each.name: each.value for each in moved}) if moved else scenario

    def planned(self, chosen: Address | None = None) -> Scenario:
        """The scenario of the world with the plan as it will stand next week; refuses what it cannot have."""
        return self._changed(chosen or self.address, self.week, WITH) if self.week else self.scenario

    def series(self, since: int = 0) -> dict[str, np.ndarray]:
        """Every measure in both worlds from a week up to this one: (2, weeks) each."""
        window = pooling.window_of(self.scenario.parameters)
        first = max(0, since - window)
        weeks = slice(first, self.week + 1)
        sums = pooling.ledger(*(table[:, weeks] for table in self.population.output))
        found = pooling.weekly(sums, window)
        return {each.name: found[each.name][:, since - first :] for each in MEASURES}

    def measures(self) -> dict[str, np.ndarray]:
        """Every measure of this week in both worlds."""
        if self._measured[0] != self.week:
            self._measured = (self.week, {name: both[:, -1] for name, both in self.series(self.week).items()})
        return self._measured[1]

    def norm(self, world: int = WITH) -> dict[str, float]:
        """The norm criterion this week: its share and weeks, and for how many weeks running it has held."""
        scenario = self.population.worlds[world].scenario
        share, weeks = criterion.asked(scenario.parameters)
        all_weeks = self.series()
        holds = criterion.reached(all_weeks["expects_both"], share) & criterion.reached(
            all_weeks["sought_in_time"], share
        )
        after = np.array([criterion.last_delivery(scenario)])
        verdict = criterion.judged(holds[world : world + 1], after, weeks)
        return {"share": share, "weeks": weeks, "held": int(verdict.held[0, -1]), "after": int(after[0])}


def scenarios(address: Address, network: Network = None) -> tuple[Scenario, Scenario]:
    """What an address asks for from the beginning on: with its plans, and the same without any."""
    setting = None if network else address.setting
    at_once = [each for each in address.changes if each.week == 0]
    start = {each.name: float(each.value) for each in at_once if not of_plan(each.name)}
    size = None if network else address.size
    chosen = tuple(
        resolve(setting, list(plans) or [USUAL], start, address.weeks, size, network) for plans in (address.plans, ())
    )
    with_plans = chosen[WITH]
    for plan in (each.plan for each in address.additions if each.week == 0):
        with_plans = begun(with_plans, plan, 1)
    own = {each.name: each.value for each in at_once if of_plan(each.name)}
    return override(with_plans, own) if own else with_plans, chosen[WITHOUT]


def levers_at(changes: tuple[Change, ...], week: int) -> dict[str, float | str]:
    """The levers that stand moved after a week, each at its last value."""
    return {each.name: each.value for each in changes if each.week <= week}


def copied(state: State) -> State:
    """A copy of all that a week changes, to come back to when somebody asks why."""
    return state._replace(
        people=type(state.people)(*(table.copy() for table in state.people)),
        ties=state.ties._replace(
            trust=state.ties.trust.copy(), closeness=state.ties.closeness.copy(), kind=state.ties.kind.copy()
        ),
        groups=type(state.groups)(*(table.copy() for table in state.groups)),
        worlds=state.worlds._replace(week=state.worlds.week.copy(), expected_wait=state.worlds.expected_wait.copy()),
        parameters=state.parameters.copy(),
    )


def ties_of(state: State, row: int) -> Iterator[tuple[int, float]]:
    """The people whom a row knows, and how far she trusts each."""
    ties = state.ties
    for tie in range(int(ties.start[row]), int(ties.start[row + 1])):
        yield int(ties.target[tie]), float(ties.trust[tie])
