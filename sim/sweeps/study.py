"""A study: scenarios x points x seeds, each world known by its number, and a few measures of each."""

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.batches import people_in
from sim.errors import InputError, shown
from sim.schema import Scenario
from sim.study import checked_seeds
from sim.sweeps.checks import check_values, gathered
from sim.sweeps.designs import Factorial, Table, designed
from sim.sweeps.draws import DRAW, Draws
from sim.sweeps.living import Lived
from sim.sweeps.measuring import At, Chosen
from sim.sweeps.pieces import Piece
from sim.sweeps.variants import Variants

if TYPE_CHECKING:
    import pandas as pd

    from sim.sweeps.store import Store

CHUNK_WORK = (1_500_000, 20_000_000)  # person-weeks in one chunk: less than a second, to several
CHUNKS = 256  # between these, about so many chunks
MOST_IN_CHUNK = 5_000  # worlds
LOOKED_AT = 16  # worlds by which the size of all is judged

Progress = Callable[[int, int], object]  # worlds lived, worlds in all


@dataclass(frozen=True, eq=False)
class Study:
    """Scenarios x points x seeds.

    - ``scenarios``: one scenario, several, or a mapping of labels to them
    - ``vary``: lists of values by name (every combination), a pandas table (one row a point; columns ``scenario`` and
      ``seed`` say for which scenario and with which seed a row is), or a ``Sample``. Names are those of
      ``sim.override``, and ``people`` and ``burn_in``. A name that one scenario does not know changes nothing in it.
    - ``seeds``: a number n for the seeds 1 to n, or a list; every point has the same, so differences are paired
    - ``measures`` and ``at``: what is kept of each world, see ``Chosen``
    - ``chunk``: how many worlds are lived and stored together; worked out from the study unless it is given
    - ``uncertainty``: "posterior" has every seed draw its parameters too (``sim.posterior``), the same for all
      scenarios and points; what is varied or was asked for stays as it is. "none" leaves them as they are

    Worlds are numbered in the order in which they are lived: those that begin alike follow one another.
    """

    scenarios: Any
    vary: Any = None
    seeds: Any = 1
    measures: Any = None
    at: Any = "mean"
    title: str = ""
    chunk: int | None = None
    uncertainty: Any = "none"
    labels: tuple[str, ...] = field(default=(), init=False)
    bases: tuple[Scenario, ...] = field(default=(), init=False)
    chosen: Chosen = field(default_factory=Chosen, init=False)
    design: Factorial | Table = field(default=None, init=False)  # type: ignore[assignment]
    draws: Draws | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        bases, labels = gathered(self.scenarios)
        put = object.__setattr__
        put(self, "bases", bases)
        put(self, "labels", labels)
        put(self, "chosen", Chosen.of(self.measures, self.at))
        put(self, "design", designed(self.vary, bases, labels))
        put(self, "seeds", tuple(checked_seeds(self.seeds)))
        put(self, "draws", Draws.of(self.uncertainty))
        check_values(self.design, bases)
        if self.chunk is not None and (type(self.chunk) is not int or self.chunk < 1):
            raise InputError("this is no number of worlds", key="chunk", found=shown(self.chunk), allowed="1 or more")
        for base in bases:
            Variants(base, self.design.names)  # refuses what the plan has its own value for
            if "weeks" not in self.design.names and base.weeks < self.chosen.last_week:
                allowed = f"up to {base.weeks}, the last week"
                raise InputError("the run ends before this week", key="at", found=str(self.chosen.last_week),
                                 allowed=allowed)  # fmt: skip

    # The worlds by their numbers

    @property
    def _per_point(self) -> tuple[int, int]:
        """How many seeds and scenarios each point is lived with."""
        table = self.design if isinstance(self.design, Table) else None
        seeds = 1 if table and table.seeds is not None else len(self.seeds)
        return seeds, 1 if table and table.scenarios is not None else len(self.bases)

    @property
    def worlds(self) -> int:
        """How many worlds there are."""
        seeds, scenarios = self._per_point
        return self.design.points * seeds * scenarios

    @cached_property
    def _seeds(self) -> np.ndarray:
        return np.array(self.seeds, np.uint64)

    def located(self, worlds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The point of each world, the number of its scenario, and its seed (uint64)."""
        seeds, scenarios = self._per_point
        each, worlds = seeds * scenarios, np.asarray(worlds, np.int64)
        start = self._start_of(worlds // each)
        first = self.design.first(start)
        count = self.design.first(start + 1) - first
        s, rest = np.divmod(worlds - first * each, scenarios * count)
        k, inner = np.divmod(rest, count)
        point = self.design.point(first + inner)
        seed = self._seeds[s]
        if isinstance(self.design, Table):
            if self.design.scenarios is not None:
                k = self.design.scenarios[point]
            if self.design.seeds is not None:
                seed = self.design.seeds[point]
        return point, k, seed

    def _start_of(self, place: np.ndarray) -> np.ndarray:
        """The group of points that begin alike, for places in the order of living."""
        if isinstance(self.design, Factorial):
            return place // self.design.inner
        return np.searchsorted(self.design.starting, place, side="right") - 1

    def piece(self, worlds: np.ndarray) -> Piece:
        """Some worlds, ready to be lived."""
        point, k, seed = self.located(worlds)
        values = {each: self.design.values(each) for each in dict.fromkeys(point.tolist())}
        which, seeds = tuple(k.tolist()), tuple(seed.tolist())
        each_values = tuple(values[each] for each in point.tolist())
        return Piece(self.bases, self.design.names, self.chosen, which, each_values, seeds, self._drawn(which, seeds))

    def _drawn(self, which: tuple[int, ...], seeds: tuple[int, ...]) -> tuple[dict[str, float], ...]:
        """The parameters that each world draws: one object for those that draw the same."""
        if self.draws is None:
            return ()
        columns = {k: self.draws.columns(self.bases[k], self.design.names) for k in set(which)}
        pairs = list(zip(which, self.draws.rows(seeds).tolist(), strict=True))
        made = {(k, row): self.draws.values(row, columns[k]) for k, row in dict.fromkeys(pairs)}
        return tuple(made[pair] for pair in pairs)

    @cached_property
    def per_chunk(self) -> int:
        """How many worlds are lived and stored together, a function of the study alone."""
        if self.chunk is not None:
            return self.chunk
        looked_at = np.linspace(0, self.worlds - 1, LOOKED_AT).astype(np.int64).tolist()
        work = [amount for world in looked_at if (amount := self._work(world))]
        each = max(1.0, sum(work) / max(1, len(work)))
        fair = min(max(self.worlds * each / CHUNKS, CHUNK_WORK[0]), CHUNK_WORK[1]) / each
        most = int(min(max(1, fair), MOST_IN_CHUNK, self.worlds))
        alike = self._per_point[1] * (self.design.inner if isinstance(self.design, Factorial) else 1)
        return most - most % alike if alike <= most else most

    def _work(self, world: int) -> float:
        """About how many person-weeks a world takes, its burn-in shared; 0 if it cannot be made."""
        point, k, _ = self.located(np.array([world]))
        try:
            scenario = Variants(self.bases[int(k[0])], self.design.names).scenario(self.design.values(int(point[0])))
            people = people_in(scenario)
        except InputError:
            return 0.0
        sharing = self._per_point[1] * self.design.points / self.design.starts
        return people * (scenario.weeks + scenario.setting.burn_in / sharing)

    def rows(self, worlds: np.ndarray, lived: Lived) -> dict[str, Any]:
        """The columns of the table of some worlds: who they are, what was varied, what was measured, why one failed."""
        point, k, seed = self.located(worlds)
        values = {each: self.design.values(each) for each in dict.fromkeys(point.tolist())}
        made: dict[str, Any] = {
            "world": np.asarray(worlds, np.int64),
            "point": point,
            "scenario": [self.labels[each] for each in k.tolist()],
            "seed": seed,
        }
        if self.draws is not None:
            made[DRAW] = self.draws.rows(seed.tolist())
        for place, name in enumerate(self.design.names):
            made[name] = [values[each][place] for each in point.tolist()]
        failure = [lived.failures.get(place) for place in range(len(worlds))]
        return made | lived.values | {"failure": failure}

    # Living them

    def run(
        self,
        executor: Any = None,
        workers: int | None = None,
        store: "str | os.PathLike[str] | None" = None,
        progress: Progress | None = None,
        time_limit: float | None = None,
    ) -> "Store | pd.DataFrame":
        """Live all worlds. With ``store`` (a folder) they go there and the store is given back, else a table.

        A store that is there already is finished, if it is of the same study. ``executor`` is anything with the
        interface of ``concurrent.futures.Executor``, a Dask client, or the address of a Dask scheduler; without one,
        ``workers`` processes of this machine (all cores) are used, or this process alone if there is little to do.
        ``progress`` is called with the worlds lived and their number in all. ``time_limit`` is how many seconds a
        chunk may take before its worker counts as lost.
        """
        from sim.sweeps import crews, running
        from sim.sweeps.store import opened

        small = self.worlds <= self.per_chunk
        if store is None and executor is None and time_limit is None and (small or workers == 1):
            return self.table(workers, progress)
        if store is not None:
            into = opened(store, self)
            running.run(into, crews.called(executor, workers, time_limit, small), progress, time_limit=time_limit)
            return into
        with tempfile.TemporaryDirectory(prefix="helpseek-") as folder:
            into = opened(os.path.join(folder, "store"), self)
            outcome = running.run(
                into, crews.called(executor, workers, time_limit, small), progress, time_limit=time_limit
            )
            if outcome.unfinished:
                why = next(iter(outcome.unfinished.values()))
                raise RuntimeError(f"{len(outcome.unfinished)} pieces of this study could not be lived: {why}")
            return into.table()

    def table(self, threads: int | None = None, progress: Progress | None = None) -> "pd.DataFrame":
        """Live all worlds in this process, and give one row for each, in the order of points, scenarios and seeds."""
        import pandas as pd

        done = 0
        frames = []

        def moved(count: int) -> None:
            nonlocal done
            done += count
            if progress:
                progress(done, self.worlds)

        for first in range(0, self.worlds, MOST_IN_CHUNK):
            worlds = np.arange(first, min(first + MOST_IN_CHUNK, self.worlds))
            rows = self.rows(worlds, self.piece(worlds).live(threads, moved))
            frames.append(pd.DataFrame(rows | {"failure": pd.array(rows["failure"], "str")}))
        return ordered(pd.concat(frames, ignore_index=True), self.labels)


def ordered(frame: "pd.DataFrame", labels: Sequence[str]) -> "pd.DataFrame":
    """The rows in the order of points, scenarios and seeds."""
    import pandas as pd

    frame["scenario"] = pd.Categorical(frame["scenario"], list(labels))
    return frame.sort_values(["point", "scenario", "seed"], kind="stable", ignore_index=True)


def outcomes(
    scenarios: Any,
    points: Any = None,
    seeds: Any = 1,
    measures: Sequence[str] | str | Chosen | None = None,
    at: At | Sequence[At] = "mean",
    *,
    uncertainty: Any = "none",
    threads: int | None = None,
    progress: Progress | None = None,
) -> "pd.DataFrame":
    """Live every scenario at every point with every seed, in memory, and give the chosen measures of each world.

    Arguments are those of ``Study`` (``points`` is its ``vary``). One row for each world, in the order of points,
    scenarios and seeds: the columns are ``world``, ``point`` (the row of a table), ``scenario``, ``seed``, the varied
    names, the measures, and ``failure`` (None, or why the world failed: its measures are then not numbers).
    """
    return Study(scenarios, points, seeds, measures, at, uncertainty=uncertainty).table(threads, progress)
