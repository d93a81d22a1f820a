"""Worlds are lived in batches and a few measures of each are kept; one that fails takes no other with it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from sim.batches import batches, people_in
from sim.errors import InputError, clean
from sim.population import Population, World
from sim.study import cores
from sim.sweeps.measuring import At, Chosen
from sim.tabling import Run

Done = Callable[[int], object]  # told how many worlds more have been lived
Begin = Callable[[Population], object]  # may change the state of worlds that have come to week 0


class Lived(NamedTuple):
    """What worlds came to, in their order."""

    values: dict[str, np.ndarray]  # a column for each measure, one entry a world; not a number where it failed
    failures: dict[int, str]  # why, for the places of those that failed


def measured(
    worlds: Sequence[World],
    measures: Sequence[str] | str | Chosen | None = None,
    at: At | Sequence[At] = "mean",
    *,
    threads: int | None = None,
    done: Done | None = None,
    begin: Begin | None = None,
) -> Lived:
    """Live worlds to the end of their scenarios' weeks, and keep the chosen measures of each and nothing else.

    The order of the worlds, what else is lived beside them and the number of threads change no bit. Worlds of equal
    scenario (the same object) and seed are lived once. Those that begin alike share their burn-in if they stand near
    each other. ``begin`` is called with every batch at week 0, and may put its people in another state to go on from.
    """
    chosen = Chosen.of(measures, at)
    values = {name: np.full(len(worlds), np.nan) for name in chosen.columns}
    failures: dict[int, str] = {}
    places: dict[tuple[int, int], list[int]] = {}
    for place, world in enumerate(worlds):
        places.setdefault((id(world.scenario), world.seed), []).append(place)
    runs = [Run(k, "", worlds[each[0]].scenario, worlds[each[0]].seed) for k, each in enumerate(places.values())]
    where = list(places.values())
    runs = [run for run in runs if not too_short(run, chosen, where, failures)]
    sizes = sized(runs, where, failures)
    for batch in batches([run for run in runs if id(run.scenario) in sizes], sizes):
        for run, found in lived(batch, chosen, threads or cores(), begin):
            for place in where[run.number]:
                if isinstance(found, str):
                    failures[place] = found
                else:
                    for name, value in found.items():
                        values[name][place] = value
        if done:
            done(sum(len(where[run.number]) for run in batch))
    return Lived(values, dict(sorted(failures.items())))


def too_short(run: Run, chosen: Chosen, where: list[list[int]], failures: dict[int, str]) -> bool:
    """Whether a world ends before the week that a measure is taken in; it is noted as failed."""
    short = run.scenario.weeks < chosen.last_week
    if short:
        failures |= dict.fromkeys(where[run.number], f"the run ends before week {chosen.last_week}")
    return short


def sized(runs: Sequence[Run], where: list[list[int]], failures: dict[int, str]) -> dict[int, int]:
    """How many people each scenario has; of one where that cannot be told, all worlds have failed."""
    sizes: dict[int, int] = {}
    lost: dict[int, str] = {}
    for run in runs:
        key = id(run.scenario)
        if key not in sizes and key not in lost:
            try:
                sizes[key] = people_in(run.scenario)
            except Exception as error:
                lost[key] = said(error)
        if key in lost:
            failures |= dict.fromkeys(where[run.number], lost[key])
    return sizes


def lived(
    batch: Sequence[Run], chosen: Chosen, threads: int, begin: Begin | None = None
) -> list[tuple[Run, dict[str, float] | str]]:
    """What each world of a batch came to. If the batch fails, its halves are tried, down to the world at fault."""
    try:
        weeks = batch[0].scenario.weeks
        population = Population([World(run.scenario, run.seed) for run in batch], weeks, chosen.census_every, threads)
        if begin:
            population.run(0, threads)
            begin(population)
        population.run(weeks, threads)
        values = chosen.values(population)
    except MemoryError:
        if len(batch) == 1:
            raise  # the machine's fault, not the world's
    except Exception as error:
        if len(batch) == 1:
            return [(batch[0], said(error))]
    else:
        return [(run, {name: each[w] for name, each in values.items()}) for w, run in enumerate(batch)]
    middle = len(batch) // 2
    return lived(batch[:middle], chosen, threads, begin) + lived(batch[middle:], chosen, threads, begin)


def said(error: BaseException) -> str:
    """An error as one line of text."""
    if not isinstance(error, InputError):
        return clean(f"{type(error).__name__}: {error}")
    parts = (("key", error.key), ("found", error.found), ("allowed", error.allowed))
    return clean("; ".join([error.message, *(f"{name}: {text}" for name, text in parts if text is not None)]))
