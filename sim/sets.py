"""Sets of people as Mesa's agents: row numbers in an order, with all of Mesa's verbs, by columns where it can be.

Windows are made while a set is walked through. Mesa's own sets hold windows weakly, and would lose them at once.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import mesa
import numpy as np
from mesa.agentset import AbstractAgentSet, GroupBy

from sim.columns import storable, unknown, values
from sim.errors import InputError, shown
from sim.people import BY_NAME, column
from sim.windows import TYPES, Person


class Persons(AbstractAgentSet):
    """People in an order, as row numbers; everybody, if none are given."""

    def __init__(self, model: mesa.Model, rows: np.ndarray | None = None) -> None:
        self.model = model
        self._rows = rows

    @property
    def random(self) -> Any:
        """The model's generator, for shuffling."""
        return self.model.random

    @property
    def rows(self) -> np.ndarray:
        """The people's rows in the engine's tables."""
        return np.arange(len(self)) if self._rows is None else self._rows

    def __len__(self) -> int:
        return self.model.state.people.group.size if self._rows is None else self._rows.size

    def __iter__(self) -> Iterator[Person]:
        return self._windows(self.rows)

    def _windows(self, rows: np.ndarray) -> Iterator[Person]:
        """A window for each row."""
        roles = column(self.model.state.people, "role")[rows].tolist()
        return (TYPES[role](self.model, row) for role, row in zip(roles, rows.tolist(), strict=True))

    def __contains__(self, agent: object) -> bool:
        if not isinstance(agent, Person) or agent.model is not self.model:
            return False
        return self._rows is None or bool((self._rows == agent.number).any())

    def __getitem__(self, item: int | slice) -> Any:
        chosen = self.rows[item]
        return list(self._windows(chosen)) if isinstance(item, slice) else next(self._windows(np.array([chosen])))

    def __repr__(self) -> str:
        return f"<{len(self)} people>"

    def to_list(self) -> list[Person]:
        """The people as a list of windows."""
        return list(self)

    def copy(self) -> "Persons":
        """The same people, in a set of its own."""
        return Persons(self.model, self._rows)

    __copy__ = copy

    # One column at a time

    def get(self, attr_names: Any, handle_missing: str = "error", default_value: Any = None) -> Any:
        """The values of an attribute as an array, or of several as a table with a row for each person."""
        if handle_missing not in ("error", "default"):
            raise ValueError(f"handle_missing should be error or default, not {handle_missing!r}")
        if isinstance(attr_names, str):
            return self._get(attr_names, handle_missing, default_value)
        found = [self._get(name, handle_missing, default_value) for name in attr_names]
        return (
            np.column_stack(found)
            if all(isinstance(each, np.ndarray) for each in found)
            else list(map(list, zip(*found, strict=True)))
        )

    def _get(self, name: str, handle_missing: str, default: Any) -> Any:
        """The values of one attribute: an array if it is a column, else a list."""
        found = values(self.model.state, name)
        if found is not None:
            return found if self._rows is None else found[self._rows]
        if hasattr(Person, name):
            return [getattr(person, name) for person in self]
        if handle_missing == "default":
            return [default] * len(self)
        raise unknown(name)

    def set(self, attr_name: str, value: Any) -> "Persons":
        """Write a value, or an array with one for each person, to a column."""
        if attr_name not in BY_NAME:
            raise unknown(attr_name, to_write=True)
        stored = column(self.model.state.people, attr_name)
        stored[self.rows] = storable(self.model.state, BY_NAME[attr_name], value, (len(self),))
        return self

    def groupby(self, by: Callable[[Person], Any] | str, result_type: str = "agentset") -> GroupBy:
        """The people by the value of an attribute or function, in the order in which values first occur."""
        found = [by(person) for person in self] if callable(by) else self.get(by)
        found = found.tolist() if isinstance(found, np.ndarray) else found
        places: dict[Any, list[int]] = {}
        for place, value in enumerate(found):
            places.setdefault(value, []).append(place)
        sets = {value: Persons(self.model, self.rows[places[value]]) for value in places}
        return GroupBy(sets if result_type == "agentset" else {value: each.to_list() for value, each in sets.items()})

    # Who, and in which order

    def select(
        self,
        filter_func: Any = None,
        at_most: float = float("inf"),
        inplace: bool = False,
        agent_type: type | None = None,
    ) -> "Persons":
        """Those for whom a function, or an array of truth values, says so; at most so many, or that share."""
        most = int(len(self) * at_most) if isinstance(at_most, float) and at_most <= 1.0 else at_most
        rows = self.rows
        if filter_func is not None and not callable(filter_func):
            mask = np.asarray(filter_func)
            if mask.dtype != bool or mask.shape != rows.shape:
                allowed = f"a function, or {rows.size} truth values"
                raise InputError("people cannot be chosen by this", found=shown(filter_func), allowed=allowed)
            rows = rows[mask]
        if agent_type is not None:
            wanted = np.array([issubclass(each, agent_type) for each in TYPES])
            rows = rows[wanted[column(self.model.state.people, "role")[rows]]]
        if callable(filter_func):
            chosen: list[int] = []
            for person in self._windows(rows):
                if len(chosen) >= most:
                    break
                if filter_func(person):
                    chosen.append(person.number)
            rows = np.array(chosen, np.int64)
        return self._result(rows if rows.size <= most else rows[: int(most)], inplace)

    def shuffle(self, inplace: bool = False) -> "Persons":
        """The people in an order drawn from the model's own generator."""
        order = self.rows.tolist()
        self.random.shuffle(order)
        return self._result(np.array(order, np.int64), inplace)

    def sort(self, key: Callable[[Person], Any] | str, ascending: bool = False, inplace: bool = False) -> "Persons":
        """The people in the order of an attribute or function, the largest first unless asked otherwise."""
        found = [key(person) for person in self] if callable(key) else self.get(key)
        if isinstance(found, np.ndarray):
            order = np.argsort(found if ascending else -found, kind="stable")
        else:
            order = np.array(sorted(range(len(found)), key=found.__getitem__, reverse=not ascending), np.int64)
        return self._result(self.rows[order], inplace)

    def _result(self, rows: np.ndarray, inplace: bool) -> "Persons":
        """This set with other rows in it, or another set."""
        if not inplace:
            return Persons(self.model, rows)
        self._rows = rows
        return self

    # One window at a time

    def do(self, method: str | Callable, *args: Any, **kwargs: Any) -> "Persons":
        """Call a function with each person, or a method of each."""
        self.map(method, *args, **kwargs)
        return self

    def shuffle_do(self, method: str | Callable, *args: Any, **kwargs: Any) -> "Persons":
        """The same in an order drawn from the model's own generator."""
        self.shuffle().map(method, *args, **kwargs)
        return self

    def map(self, method: str | Callable, *args: Any, **kwargs: Any) -> list[Any]:
        """What a function returns for each person, or a method of each."""
        if isinstance(method, str):
            return [getattr(person, method)(*args, **kwargs) for person in self]
        return [method(person, *args, **kwargs) for person in self]

    # A set of one's own can be added to; the model's people stay as they are

    def add(self, agent: Person) -> None:
        """Take a person into the set."""
        if not isinstance(agent, Person) or agent.model is not self.model:
            raise InputError("only people of the same model can be in one set", found=shown(agent))
        if agent not in self:
            self._rows = np.append(self.rows, agent.number)

    def discard(self, agent: Person) -> None:
        """Leave a person out of the set, if she is in it."""
        if agent in self:
            self._rows = self.rows[self.rows != agent.number]

    def remove(self, agent: Person) -> None:
        """Leave a person out of the set, in which she must be."""
        if agent not in self:
            raise KeyError(agent)
        self.discard(agent)

    def _update(self, agents: Iterable[Person]) -> "Persons":
        """Hold these people instead."""
        self._rows = np.fromiter((agent.number for agent in agents), np.int64)
        return self

    def _from_iterable(self, agents: Iterable[Person]) -> "Persons":
        """What the operators ``&``, ``|``, ``-`` and ``^`` make."""
        return Persons(self.model)._update(dict.fromkeys(agents))
