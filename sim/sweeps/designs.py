"""The points of a study, each a value for every varied name, and the order in which they are lived.

Points that begin alike (they differ in plans or weeks only) stand together, so that their burn-in can be shared. A full
factorial is never written out: its points are worked out from their numbers.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sim.errors import InputError, listed, nearest, shown
from sim.schema import Scenario
from sim.sweeps.samples import Sample
from sim.sweeps.variants import Values, check_names, families, keyed

if TYPE_CHECKING:
    import pandas as pd

SCENARIO, SEED = "scenario", "seed"  # columns of a table that say for which scenario and seed a row is


class Design(Protocol):
    """What a study asks of its points, numbered from 0 on."""

    names: tuple[str, ...]
    points: int
    starts: int  # groups of points that begin alike

    def first(self, start: np.ndarray) -> np.ndarray:
        """The first place of each group, in the order of living; of group ``starts``, the number of points."""
        ...

    def point(self, place: np.ndarray) -> np.ndarray:
        """The number of the point at each place in the order of living."""
        ...

    def values(self, point: int) -> Values:
        """A point's values, one for each name."""
        ...


@dataclass(frozen=True)
class Factorial:
    """Every combination of the values of each name; the names that change how a world begins change slowest."""

    names: tuple[str, ...]
    levels: tuple[tuple[Any, ...], ...]
    inner: int  # points that begin alike

    @classmethod
    def of(cls, vary: Mapping[str, Sequence[Any]], bases: Sequence[Scenario]) -> "Factorial":
        """The factorial of some lists."""
        check_names(bases, list(vary))
        levels = {name: listed_values(name, given) for name, given in vary.items()}
        outer = families(bases, list(vary))
        order = sorted(range(len(levels)), key=lambda k: not outer[k])
        names = tuple(list(levels)[k] for k in order)
        inner = math.prod(len(levels[name]) for name, early in zip(levels, outer, strict=True) if not early)
        return cls(names, tuple(levels[name] for name in names), inner)

    @property
    def points(self) -> int:
        """How many points there are."""
        return math.prod(map(len, self.levels))

    @property
    def starts(self) -> int:
        """How many groups of points begin alike."""
        return self.points // self.inner

    def first(self, start: np.ndarray) -> np.ndarray:
        """The first place of each group."""
        return start * self.inner

    def point(self, place: np.ndarray) -> np.ndarray:
        """Points are numbered in the order of living."""
        return place

    def values(self, point: int) -> Values:
        """A point's values: the digits of its number."""
        made: list[Any] = []
        for levels in reversed(self.levels):
            point, digit = divmod(point, len(levels))
            made.append(levels[digit])
        return tuple(reversed(made))


@dataclass(frozen=True, eq=False)
class Table:
    """Any points, one a row; a row may say for which scenario it is, and with which seed."""

    names: tuple[str, ...]
    columns: tuple[Sequence[Any], ...]
    order: np.ndarray  # the rows in the order of living
    starting: np.ndarray  # the first place of each group, and the end
    scenarios: np.ndarray | None = None  # the number of each row's scenario
    seeds: np.ndarray | None = None

    @classmethod
    def of(cls, table: "pd.DataFrame", bases: Sequence[Scenario], labels: Sequence[str] = ()) -> "Table":
        """The points of a table, its columns the names."""
        if not len(table):
            raise InputError("a design needs at least one row", key="vary", found="an empty table")
        names = tuple(str(name) for name in table.columns if name not in (SCENARIO, SEED))
        check_names(bases, names)
        columns = tuple(column_values(name, table[name]) for name in names)
        scenarios = row_scenarios(table, labels) if SCENARIO in table else None
        seeds = row_seeds(table) if SEED in table else None
        early = [column for column, first in zip(columns, families(bases, names), strict=True) if first]
        early += [tuple(seeds.tolist())] if seeds is not None else []
        groups: dict[Hashable, list[int]] = {}
        for row in range(len(table)):
            groups.setdefault(tuple(keyed(column[row]) for column in early), []).append(row)
        order = np.array([row for rows in groups.values() for row in rows], np.int64)
        starting = np.cumsum([0, *map(len, groups.values())], dtype=np.int64)
        return cls(names, columns, order, starting, scenarios, seeds)

    @property
    def points(self) -> int:
        """How many points there are."""
        return len(self.order)

    @property
    def starts(self) -> int:
        """How many groups of points begin alike."""
        return len(self.starting) - 1

    def first(self, start: np.ndarray) -> np.ndarray:
        """The first place of each group."""
        return self.starting[start]

    def point(self, place: np.ndarray) -> np.ndarray:
        """The row that stands at each place."""
        return self.order[place]

    def values(self, point: int) -> Values:
        """A row's values."""
        return tuple(column[point] for column in self.columns)


def designed(vary: Any, bases: Sequence[Scenario], labels: Sequence[str]) -> Factorial | Table:
    """The design of what was given as ``vary``."""
    import pandas as pd

    if vary is None:
        return Factorial.of({}, bases)
    if isinstance(vary, Sample):
        check_names(bases, list(vary.over))
        return Table.of(vary.table(bases), bases)
    if isinstance(vary, pd.DataFrame):
        return Table.of(vary, bases, labels)
    if isinstance(vary, Mapping):
        return Factorial.of(vary, bases)
    raise InputError(
        "this is no way to vary",
        key="vary",
        found=type(vary).__name__,
        allowed="lists by name, a pandas table, or a Sample",
    )


def listed_values(name: str, given: Any) -> tuple[Any, ...]:
    """The values of a name as plain data, each once."""
    if isinstance(given, str | bytes | Mapping) or not hasattr(given, "__iter__"):
        raise InputError("a list of values is wanted", key=f"vary.{name}", found=shown(given), allowed="[1, 2, 3]")
    values = tuple(each.item() if hasattr(each, "item") else each for each in given)
    if not values:
        raise InputError("a list of values is wanted", key=f"vary.{name}", found="an empty list")
    seen = [keyed(value) for value in values]
    if len(set(seen)) < len(seen):
        twice = next(value for value, key in zip(values, seen, strict=True) if seen.count(key) > 1)
        raise InputError("a value is given twice", key=f"vary.{name}", found=shown(twice))
    return values


def column_values(name: str, column: "pd.Series") -> tuple[Any, ...]:
    """The values of a table's column as plain data: numbers, or texts, or truth values; what is missing is None."""
    values = tuple(None if isinstance(each, float) and math.isnan(each) else each for each in column.tolist())
    kinds = {type(each) for each in values if each is not None}
    if not (kinds <= {int, float} or kinds == {str} or kinds == {bool}):
        found = " and ".join(sorted(each.__name__ for each in kinds))
        raise InputError("a column holds values of one kind", key=f"vary.{name}", found=found,
                         allowed="numbers, or texts, or truth values")  # fmt: skip
    return values


def row_scenarios(table: "pd.DataFrame", labels: Sequence[str]) -> np.ndarray:
    """The number of the scenario that each row is for."""
    place = {label: k for k, label in enumerate(labels)}
    for label in table[SCENARIO]:
        if label not in place:
            hint = nearest(label, place)
            raise InputError("there is no such scenario", key=SCENARIO, found=shown(label), allowed=listed(place),
                             hint=hint)  # fmt: skip
    return np.array([place[label] for label in table[SCENARIO]], np.int64)


def row_seeds(table: "pd.DataFrame") -> np.ndarray:
    """The seed of each row."""
    from sim.study import checked_seeds

    return np.array([checked_seeds([seed])[0] for seed in table[SEED].tolist()], np.uint64)
