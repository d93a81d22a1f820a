"""The model as a function: points in, outcomes out, in the shape in which they were given."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.batches import people_in
from sim.errors import InputError, nearest, shown
from sim.population import World
from sim.scenario import names_of
from sim.study import checked_seeds
from sim.sweeps.living import measured
from sim.sweeps.measuring import At, Chosen
from sim.sweeps.variants import Variants

if TYPE_CHECKING:
    from sim.schema import Scenario

Progress = Callable[[int, int], object]  # worlds lived, and their number in all
Seeds = Sequence[int] | str | None

CHUNK = 20_000_000  # person-weeks lived between two reports of progress
FIRST_OWN = 1_000_001  # seeds of points that share none begin here


class Failed(RuntimeError):
    """Worlds that could not be lived to their end."""


class Stopped(Exception):
    """The work was called off."""


def evaluate(
    points: Any = None,
    problem: Mapping[str, Any] | None = None,
    *,
    measures: Sequence[str] | str | None = None,
    at: At | None = None,
    replicates: int | None = None,
    seeds: Seeds = None,
    each: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    **values: float,
) -> Any:
    """Live the points of a problem and give their outcomes: the mean over replicates of each measure.

    The outcomes come as the points did. A matrix (points, names of the problem) gives an array with one outcome for
    each point, with a last axis of measures if there are several. A single vector gives a number (or a vector). A
    table with names as columns gives a table with measures as columns and the same index. A mapping, or the names as
    keywords (``norms_conformity=2.0``, for there is no dot in a keyword), gives a dictionary of numbers. In tables,
    mappings and keywords any name of the scenario may stand; what is left out is as the scenario has it.

    Every point is lived with the seeds 1 to ``replicates`` (1 unless given), or with the ``seeds`` that are listed:
    differences between points are then due to their values, as far as luck allows. ``seeds="independent"`` gives every
    point seeds of its own. With ``each`` the replicates are kept: a further axis of arrays after the points, rows with
    a seed in tables, lists in dictionaries. ``at`` is when a measure is taken: "mean" (pooled over all weeks),
    "final" or a week. An outcome that is undefined is not a number, unless another replicate has one.
    """
    if problem is None:
        raise InputError("there is no problem to evaluate", key="problem", hint="sim.problem(setting, plan)")
    if (points is None) == (not values):
        raise InputError("points are needed, or values by name, and not both", key="points", found=shown(points))
    given = values if points is None else points
    names, matrix = read(given, problem)
    chosen = Chosen.of(
        problem["outputs"] if measures is None else measures, problem.get("at", "mean") if at is None else at
    )
    drawn = seeds_of(len(matrix), replicates, seeds)
    found = outcomes(problem["scenario"], names, matrix, drawn, chosen, threads=threads, progress=progress)
    return written(given, found if each else mean(found), list(chosen.columns), drawn if each else None)


def read(points: Any, problem: Mapping[str, Any]) -> tuple[list[str], np.ndarray]:
    """What is varied, and the values as a matrix (points, names)."""
    if isinstance(points, pd.DataFrame):
        return known([str(name) for name in points.columns], problem), numbers(points.to_numpy())
    if isinstance(points, Mapping | pd.Series):
        named = dict(points)
        return known([str(name) for name in named], problem), numbers([list(named.values())])
    matrix = numbers(points)
    if matrix.ndim == 1:
        matrix = matrix[None, :]
    if matrix.ndim != 2 or matrix.shape[1] != len(problem["names"]):
        found, allowed = f"an array {np.shape(points)}", f"(points, {len(problem['names'])})"
        raise InputError("these points do not fit the problem", key="points", found=found, allowed=allowed)
    return list(problem["names"]), matrix


def numbers(values: Any) -> np.ndarray:
    """Values as an array of numbers."""
    try:
        return np.asarray(values, float)
    except (TypeError, ValueError):
        raise InputError("points are numbers", key="points", found=shown(values)) from None


def known(names: Sequence[str], problem: Mapping[str, Any]) -> list[str]:
    """Names as the scenario has them; a dot may be written as an underscore."""
    dotted = names_of(problem["scenario"])
    plain = {name.replace(".", "_"): name for name in reversed(dotted)}
    found = [name if name in dotted else plain.get(name, "") for name in names]
    for name, meant in zip(names, found, strict=True):
        if not meant:
            hint = nearest(name, [*problem["names"], *dotted])
            raise InputError("there is no such name to vary", key=name, hint=hint)
    return found


def seeds_of(points: int, replicates: int | None, seeds: Seeds) -> np.ndarray:
    """The seeds of every point: (points, replicates)."""
    if isinstance(seeds, str) or seeds is None:
        first = checked_seeds(1 if replicates is None else replicates)
        if seeds == "independent":
            return FIRST_OWN + np.arange(points * len(first)).reshape(points, len(first))
        if seeds in (None, "common"):
            return np.tile(np.array(first), (points, 1))
        raise InputError(
            "these are no seeds", key="seeds", found=shown(seeds), allowed="common, independent, or a list"
        )
    listed = checked_seeds(list(seeds))
    if replicates not in (None, len(listed)):
        raise InputError("seeds and replicates differ in number", key="replicates", found=shown(replicates))
    return np.tile(np.array(listed, np.uint64), (points, 1))


def outcomes(
    scenario: "Scenario",
    names: Sequence[str],
    matrix: np.ndarray,
    seeds: np.ndarray,
    chosen: Chosen,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
) -> np.ndarray:
    """What worlds came to: (points, replicates, measures). ``progress`` may raise ``Stopped``."""
    variants = Variants(scenario, names)
    points, replicates = seeds.shape
    made = np.full((points, replicates, len(chosen.columns)), np.nan)
    for part in chunks(scenario, points, replicates):
        worlds = [World(variants.scenario(tuple(matrix[p].tolist())), int(seed)) for p in part for seed in seeds[p]]
        lived = measured(worlds, chosen, threads=threads)
        if lived.failures:
            first = next(iter(lived.failures.values()))
            raise Failed(f"{len(lived.failures)} of {len(worlds)} worlds failed; the first: {first}")
        stack = np.stack([lived.values[name] for name in chosen.columns], axis=-1)
        made[part.start : part.stop] = stack.reshape(len(part), replicates, -1)
        variants.forget()
        if progress:
            progress(part.stop * replicates, points * replicates)
    return made


def chunks(scenario: "Scenario", points: int, replicates: int, most: int | None = None) -> Iterator[range]:
    """Points in parts of about equal work, of ``most`` person-weeks (``CHUNK`` unless given)."""
    work = people_in(scenario) * (scenario.setting.burn_in + scenario.weeks) * replicates
    size = max(1, (most or CHUNK) // max(1, work))
    for first in range(0, points, size):
        yield range(first, min(points, first + size))


def mean(found: np.ndarray) -> np.ndarray:
    """The mean over replicates, those left out in which a measure is undefined."""
    known_values = np.isfinite(found)
    count = known_values.sum(axis=1)
    total = np.where(known_values, found, 0.0).sum(axis=1)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def written(given: Any, found: np.ndarray, columns: list[str], seeds: np.ndarray | None) -> Any:
    """Outcomes as the points came; ``seeds`` are those of replicates that are kept."""
    if isinstance(given, pd.DataFrame):
        if seeds is None:
            return pd.DataFrame(found, index=given.index, columns=columns)
        rows = pd.DataFrame(found.reshape(-1, len(columns)), given.index.repeat(seeds.shape[1]), columns)
        rows.insert(0, "seed", seeds.ravel())
        return rows
    if isinstance(given, Mapping | pd.Series):
        return {name: found[0, ..., k].tolist() for k, name in enumerate(columns)}
    alone = found[..., 0] if len(columns) == 1 else found
    if np.ndim(given) > 1:
        return alone
    return alone[0].item() if np.ndim(alone[0]) == 0 else alone[0]
