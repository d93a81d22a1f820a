"""What Mesa's collector keeps of a run: the weeks, and columns of people; measures are worked out when looked at.

Every measure of every week is in the engine's output already. So a week's collecting costs next to nothing, and what is
read later has the same bits as in stored results.
"""

import types
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import partial
from operator import attrgetter
from typing import Any

import mesa
import numpy as np

from sim.errors import InputError, listed
from sim.measures import CENSUS_TALLIES, MEASURES, terms_of

WEEKLY = {measure.name: measure for measure in MEASURES}
RESERVED = (
    "RunId",
    "iteration",
    "Step",
    "AgentID",
    "setting",
    "plan",
    "rng",
    "people",
    "weeks",
)  # of Mesa's batch rows


def needs_census(name: str) -> bool:
    """Whether a measure is of the network, which is not counted every week."""
    return any(tally in CENSUS_TALLIES for tally, _ in terms_of(WEEKLY[name].numerator))


class Collector(mesa.DataCollector):
    """Mesa's DataCollector, made for this model: measures and columns of people by their names cost hardly anything.

    All else works as in Mesa's own: functions, methods, other attributes, reporters by agent type, tables. Model and
    agent reporters may not share a name, for Mesa's batch rows would show only one of them.
    """

    def __init__(
        self,
        model_reporters: Mapping[str, Any] | None = None,
        agent_reporters: Mapping[str, Any] | None = None,
        agenttype_reporters: Mapping[type, Mapping[str, Any]] | None = None,
        tables: Mapping[str, list[str]] | None = None,
    ) -> None:
        by_type = [name for reporters in (agenttype_reporters or {}).values() for name in reporters]
        of_agents = {*(agent_reporters or {}), *by_type}
        for name in (*(model_reporters or {}), *of_agents):
            if name in RESERVED or (name in of_agents and name in (model_reporters or {})):
                allowed = f"names that are in no other kind of reporter, and none of {listed(RESERVED)}"
                raise InputError("this name of a reporter is taken", key=name, allowed=allowed)
        self.weeks: list[int] = []
        self.model: Any = None
        self._table: tuple[int, dict[str, np.ndarray]] = (-1, {})
        super().__init__(model_reporters, agent_reporters, agenttype_reporters, tables)
        self._agent_records: Any = Records()

    # Mesa's own would wrap names in local functions, which cannot be pickled.

    def _new_model_reporter(self, name: str, reporter: Any) -> None:
        super()._new_model_reporter(name, reporter)
        if is_measure(reporter):
            self.model_vars[name] = Series(self, reporter)

    def _new_agent_reporter(self, name: str, reporter: Any) -> None:
        self.agent_reporters[name] = reporter

    def _new_agenttype_reporter(self, agent_type: type, name: str, reporter: Any) -> None:
        reporter = attrgetter(reporter) if isinstance(reporter, str) else reporter
        super()._new_agenttype_reporter(agent_type, name, reporter)

    def collect(self, model: Any) -> None:
        """Take down the week that the model is in."""
        self.model = model
        self.weeks.append(model.week)
        self._collection_steps.append(model.time)
        for name, reporter in self.model_reporters.items():
            if not is_measure(reporter):
                self.model_vars[name].append(deepcopy(reported(reporter, model)))
        if self.agent_reporters:
            people = model.agents
            columns = [self._column(reporter, people) for reporter in self.agent_reporters.values()]
            self._agent_records.add(model.time, people.get("unique_id"), columns)
        if self.agenttype_reporters:
            by_type = {each: list(self._record_agenttype(model, each)) for each in self.agenttype_reporters}
            self._agenttype_records[model.time] = by_type

    def _column(self, reporter: Any, people: Any) -> Any:
        """One agent reporter's values for everybody."""
        if isinstance(reporter, str):
            return people.get(reporter)
        function, arguments = reporter if isinstance(reporter, list) else (reporter, ())
        return [deepcopy(function(person, *arguments)) for person in people]

    def measured(self, name: str) -> np.ndarray:
        """One measure in the weeks taken down."""
        if not self.weeks:
            return np.empty(0)
        week = self.model.week
        counted = needs_census(name) and self.weeks[-1] == week and self.model.count_network()
        if self._table[0] != week or counted:
            self._table = (week, self.model.series())
        return self._table[1][name][self.weeks]

    def get_model_vars_dataframe(self) -> Any:
        """A table with a column for each model reporter and a row for each time of collecting."""
        import pandas as pd

        if not self.model_reporters:
            return super().get_model_vars_dataframe()
        return pd.DataFrame({name: list(series) for name, series in self.model_vars.items()})

    def get_agent_vars_dataframe(self) -> Any:
        """A table with a column for each agent reporter and a row for each time and agent."""
        import pandas as pd

        if not self.agent_reporters:
            return super().get_agent_vars_dataframe()
        times, numbers, columns = self._agent_records.stacked(len(self.agent_reporters))
        index = pd.MultiIndex.from_arrays([times, numbers], names=["Step", "AgentID"])
        return pd.DataFrame(dict(zip(self.agent_reporters, columns, strict=True)), index=index)


def is_measure(reporter: Any) -> bool:
    """Whether a model reporter is the name of a measure."""
    return isinstance(reporter, str) and reporter in WEEKLY


def reported(reporter: Any, model: Any) -> Any:
    """What a model reporter says: an attribute by name, a function, a bound method, or a function with arguments."""
    if isinstance(reporter, str):
        return getattr(model, reporter)
    if isinstance(reporter, list):
        return reporter[0](*reporter[1])
    if isinstance(reporter, types.FunctionType | partial):
        return reporter(model)
    return reporter()


class Series(Sequence):
    """One measure in the weeks that a collector has taken down, worked out when it is looked at."""

    def __init__(self, collector: Collector, name: str) -> None:
        self.collector = collector
        self.name = name

    def __len__(self) -> int:
        return len(self.collector.weeks)

    def __getitem__(self, item: Any) -> Any:
        return self.collector.measured(self.name)[item].tolist()

    def __iter__(self) -> Iterator[float]:
        return iter(self.collector.measured(self.name).tolist())

    def __repr__(self) -> str:
        return repr(list(self))


class Records(Mapping):
    """What was taken down of agents, as columns; a row for each agent is made when it is asked for."""

    def __init__(self) -> None:
        self.kept: dict[float, tuple[np.ndarray, list[Any]]] = {}

    def add(self, time: float, numbers: np.ndarray, columns: list[Any]) -> None:
        """Keep the columns of one time."""
        self.kept[time] = (numbers, columns)

    def __getitem__(self, time: float) -> list[tuple]:
        numbers, columns = self.kept[time]
        plain = [each.tolist() if isinstance(each, np.ndarray) else each for each in columns]
        return [(time, *row) for row in zip(numbers.tolist(), *plain, strict=True)]

    def __iter__(self) -> Iterator[float]:
        return iter(self.kept)

    def __len__(self) -> int:
        return len(self.kept)

    def stacked(self, count: int) -> tuple[np.ndarray, np.ndarray, list[Any]]:
        """Times, numbers and columns of all that was kept, one after the other."""
        if not self.kept:
            return np.empty(0), np.empty(0, np.int64), [np.empty(0)] * count
        numbers = [each for each, _ in self.kept.values()]
        times = np.repeat(list(self.kept), [each.size for each in numbers])
        columns = [joined([columns[k] for _, columns in self.kept.values()]) for k in range(count)]
        return times, np.concatenate(numbers), columns


def joined(parts: list[Any]) -> Any:
    """Columns of several times as one."""
    if all(isinstance(part, np.ndarray) for part in parts):
        return np.concatenate(parts)
    return [value for part in parts for value in part]
