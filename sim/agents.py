"""A run as a Mesa model: weeks are lived by the engine, and agents are windows onto its rows."""

import copy
import os
from collections.abc import Mapping, Sequence
from typing import Any

import mesa
import numpy as np

from sim import engine, pooling
from sim.asking import Name, by_names, drop_empty, names_given, scenario_of, seed_from
from sim.collecting import WEEKLY, Collector, needs_census
from sim.errors import InputError
from sim.files import load_plan
from sim.population import Population, World
from sim.scenario import composed, names_of, override
from sim.schema import Scenario
from sim.sets import Persons
from sim.state import State
from sim.windows import TYPES

LONGEST = 5200  # weeks, as in scenarios
FIRST_ROOM = 64  # weeks that there is room for at first


class HelpSeekingModel(mesa.Model):
    """One community, under one scenario and one seed, week by week.

    ``model.step()`` lives a week; ``model.agents`` are the people; ``model.elevated``, and every other name in
    ``sim.measures.MEASURES``, is that measure as it was written down for the current week. ``copy.deepcopy(model)``
    and ``pickle`` make exact forks at any time, and ``add_plan`` changes what is done from then on.
    """

    model_reporters: Mapping[str, Any] = {"seed_used": "seed_used"} | {name: name for name in WEEKLY}
    agent_reporters: Mapping[str, Any] = {}

    def __init__(
        self,
        setting: Name | Scenario | None = "secondary_school",
        plan: Name | Sequence[Name] = "usual",
        rng: Any = 1,
        people: int | None = None,
        weeks: int | None = None,
        **parameters: Any,
    ) -> None:
        """Make the community and live its burn-in; the model then stands at week 0.

        ``setting`` and ``plan`` (or a list of plans) are shipped names or paths of files; ``rng`` is the seed, and
        None draws one, which ``seed_used`` tells. After ``weeks`` weeks ``running`` ends; None goes on. Any number of
        the scenario can be changed by its name: ``norms_conformity=2.0``, or as it is written in files,
        ``**{"norms.conformity": 2.0, "peer_leaders.reach": 0.1}``.
        """
        drop_empty(parameters)
        scenario = scenario_of(setting, plan, people, weeks, parameters)
        self.seed_used = seed_from(rng)
        super().__init__(rng=self.seed_used)
        self.last_week = LONGEST if weeks is None else scenario.weeks
        self.population = Population([World(scenario, self.seed_used)], FIRST_ROOM)
        self.population.run(0, threads())
        self._measured: tuple[int, dict[str, float]] = (-1, {})
        self.datacollector = Collector(self.model_reporters, self.agent_reporters)
        self.datacollector.collect(self)

    @classmethod
    def from_scenario(cls, scenario: Scenario, seed: int | None = 1, **parameters: Any) -> "HelpSeekingModel":
        """The model of a scenario that is already resolved, such as one of your own network."""
        return cls(setting=scenario, rng=seed, **parameters)

    # Time

    @property
    def week(self) -> int:
        """The last week lived; 0 is the baseline."""
        return self.population.week

    def step(self) -> None:
        """Live one week and take it down."""
        week = self.week + 1
        if week > LONGEST:
            raise InputError("this is the longest run that there can be", found=f"week {week}", allowed=f"{LONGEST}")
        if week > self.population.weeks:
            self.population.lengthen(min(LONGEST, 2 * self.population.weeks))
        self.population.run(week, threads())
        self.datacollector.collect(self)
        if week >= self.last_week:
            self.running = False

    def run_model(self) -> None:
        """Run as long as asked for: to the last week given, or else the scenario's."""
        until = min(self.last_week, max(self.resolved.weeks, self.week))
        while self.running and self.week < until:
            self.step()

    def fork(self) -> "HelpSeekingModel":
        """An exact copy that goes on by itself."""
        return copy.deepcopy(self)

    # What is done

    @property
    def resolved(self) -> Scenario:
        """The scenario: setting, interventions and every parameter."""
        return self.population.worlds[0].scenario

    def add_plan(self, plan: Name | Sequence[Name], start: int | None = None, **changes: Any) -> list[str]:
        """Do more, from a week to come on; the names of the interventions added.

        With ``start`` the first of the plan's interventions begins in that week and the others as long after it as
        they would have; without, each begins when its file says. ``changes`` are by name, as when a model is made:
        ``add_plan("peer_leaders", start=27, peer_leaders_reach=0.2)``. It is the same as if it had been planned all
        along.
        """
        now = self.resolved
        plans = names_given(plan)
        interventions, origins = composed([load_plan(name) for name in plans])
        asked = now.model_copy(update={"interventions": interventions})
        own = {name.removeprefix("plans."): name for name in names_of(asked) if name.startswith("plans.")}
        added = override(asked, by_names(changes, own, ("plan", "start"))).interventions
        if added and start is not None:
            shift = start - min(item.start for item in added.values())
            moves = {f"plans.{name}.start": item.start + shift for name, item in added.items()}
            added = override(asked.model_copy(update={"interventions": added}), moves).interventions
        for name, item in added.items():
            if name in now.interventions:
                raise InputError("this intervention is part of the run already", key=name)
            if item.start <= self.week:
                found, allowed = f"week {item.start}", f"week {self.week + 1} or later"
                raise InputError("this week has been lived", key=f"{name}.start", found=found, allowed=allowed)
        update = {
            "interventions": dict(sorted((now.interventions | added).items())),
            "plan_names": (*now.plan_names, *(os.fspath(name) for name in plans)),
            "origins": now.origins | origins,
        }
        self.population.replan(0, override(now.model_copy(update=update), {}))
        return list(added)

    def apply(self, plan: Name | Sequence[Name], **changes: Any) -> list[str]:
        """Do more from next week on."""
        return self.add_plan(plan, start=self.week + 1, **changes)

    # People

    @property
    def state(self) -> State:
        """The engine's arrays: writing to them changes the model."""
        return self.population.state

    @property
    def structure(self) -> Any:
        """Names of people and groups."""
        return self.population.structures[0]

    def persons(self, rows: np.ndarray | None = None) -> Persons:
        """The people of these rows as a set of agents."""
        return Persons(self, rows)

    @property
    def agents(self) -> Persons:
        """Everybody."""
        return Persons(self)

    @agents.setter
    def agents(self, agents: Any) -> None:
        raise AttributeError("the people of a model cannot be replaced: model.agents can only be looked at")

    @property
    def agents_by_type(self) -> dict[type, Persons]:
        """Members and leaders, as far as there are any."""
        sets = {each: self.agents.select(agent_type=each) for each in TYPES}
        return {each: people for each, people in sets.items() if len(people)}

    @property
    def agent_types(self) -> list[type]:
        """Member and Leader, as far as there are any."""
        return list(self.agents_by_type)

    def register_agent(self, agent: Any) -> None:
        """Refused: the engine knows only the people who were there when the model was made."""
        raise RuntimeError("this model's agents are windows onto the engine's people: keep other objects beside it")

    # What is written down

    def series(self) -> dict[str, np.ndarray]:
        """Every measure in every week so far; those of the network are not a number in weeks without a count."""
        return self._pooled(0)

    def measure(self, name: str) -> float:
        """A measure as written down for the current week."""
        if needs_census(name) and self.count_network():
            self._measured = (-1, {})
        if self._measured[0] != self.week:
            since = max(0, self.week - pooling.window_of(self.resolved.parameters))
            self._measured = (self.week, {each: float(found[-1]) for each, found in self._pooled(since).items()})
        return self._measured[1][name]

    def count_network(self) -> bool:
        """Count the network of the current week, unless it has been counted."""
        census = self.population.output.census[0, self.week]
        if not np.isnan(census).all():
            return False
        engine.count_network(0, self.state, census)
        return True

    def _pooled(self, since: int) -> dict[str, np.ndarray]:
        """The measures from a week on, of which the first has no weeks before it to be pooled with."""
        weeks = slice(since, self.week + 1)
        sums = pooling.ledger(*(table[:, weeks] for table in self.population.output))
        found = pooling.weekly(sums, pooling.window_of(self.resolved.parameters))
        return {name: of_worlds[0] for name, of_worlds in found.items()}


def of_measure(name: str) -> property:
    """One measure as an attribute of a model."""
    about = WEEKLY[name]
    doc = f"{about.label}: {about.meaning} ({about.unit})"
    return property(lambda self: self.measure(name), doc=doc)


for _name in WEEKLY:
    setattr(HelpSeekingModel, _name, of_measure(_name))


def threads() -> int:
    """How many threads a large community is worked on by."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
