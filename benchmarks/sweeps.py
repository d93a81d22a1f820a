"""`python -m benchmarks.sweeps`: worlds per second of a study, beside mesa.batch_run, and what a chunk itself costs.

All of it goes through the front door: a study, worker processes or Dask, chunks in a store on the disk. Every figure
counts from the call to the finished store, worker processes started and worlds built. Writes benchmarks/sweeps.json.
"""

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import machine
from benchmarks.__main__ import write
from benchmarks.extent import EXTENTS
from benchmarks.peers import batch_seconds
from benchmarks.timing import be_patient, load, timed
from benchmarks.town import town
from sim.scenario import override, resolve
from sim.sweeps import LocalWorkers, Study
from sim.sweeps.crews import Alone, Crew, Pool
from sim.sweeps.pieces import Piece
from sim.sweeps.running import run
from sim.sweeps.store import Store
from sim.sweeps.tasks import Task

LATEST = Path(__file__).parent / "sweeps.json"
MEASURES = ("unmet_need", "sought_in_time", "norm", "cost")
TARGET = {"worlds": 10_000, "people": 200, "weeks": 52, "seconds": 60.0, "workers": 2}
PEOPLE = 200


class Size(NamedTuple):
    """How much is measured."""

    worlds: int  # of the study that the target is about
    beside_mesa: int  # worlds of the study beside mesa.batch_run
    mesa_worlds: int  # of which mesa.batch_run lives these; the rest is in proportion
    mesa_weeks: int
    empty_chunks: int
    dask: bool


FULL = Size(10_000, 1_000, 32, 26, 200, True)
QUICK = Size(1_000, 200, 8, 26, 50, True)
TINY = Size(40, 20, 4, 2, 4, False)


def sweep_study(worlds: int) -> Study:
    """A study as one is: a school of 200 for a year, 100 points in one parameter, two plans, a burn-in of half a year.

    The two plans of one point and seed begin alike, and so share their burn-in.
    """
    base = {"setting.burn_in": 26}
    plans = {
        plan: override(resolve("secondary_school", [plan], people=PEOPLE, weeks=TARGET["weeks"]), base)
        for plan in ("usual", "peer_leaders")
    }
    points = min(100, max(1, worlds // 4))
    seeds = worlds // (2 * points)
    return Study(plans, {"norms.conformity": np.linspace(0.5, 2.5, points).round(4)}, seeds, MEASURES)


def town_study(worlds: int, weeks: int) -> Study:
    """The small towns that mesa.batch_run is given, one seed each, without a burn-in."""
    return Study(town(PEOPLE).model_copy(update={"weeks": weeks}), None, worlds, MEASURES)


def stored(study: Study, crew: Crew) -> float:
    """Seconds from the call to the finished store, and the crew gone home."""
    with tempfile.TemporaryDirectory() as folder:

        def whole() -> None:
            outcome = run(Store.create(Path(folder) / "store", study), crew)
            assert outcome.well

        return timed(whole).seconds


def throughput(study: Study) -> dict[str, dict[str, float]]:
    """Worlds per second by the number of workers: processes of their own, started for it."""
    found = {}
    for workers in (1, 2):
        seconds = stored(study, Pool(LocalWorkers(workers), own=True))
        found[str(workers)] = {"seconds": round(seconds, 2), "worlds_per_second": round(study.worlds / seconds, 1)}
    seconds = stored(study, Alone(1))
    found["in this process"] = {"seconds": round(seconds, 2), "worlds_per_second": round(study.worlds / seconds, 1)}
    return found


def beside_mesa(size: Size) -> dict[str, object]:
    """The same small towns by mesa.batch_run and by a study, with one and two processes each."""
    extent = EXTENTS["full"]._replace(
        worlds=size.beside_mesa, world_weeks=size.mesa_weeks, batch_worlds=size.mesa_worlds
    )
    study = town_study(size.beside_mesa, size.mesa_weeks)
    found: dict[str, object] = {"worlds": study.worlds, "people": PEOPLE, "weeks": size.mesa_weeks}
    for workers in (1, 2):
        ours = stored(study, Pool(LocalWorkers(workers), own=True))
        theirs = batch_seconds(town(PEOPLE), workers, extent)["all_worlds_seconds"]
        found[str(workers)] = {
            "study_worlds_per_second": round(study.worlds / ours, 1),
            "mesa_worlds_per_second": round(study.worlds / theirs, 2),
            "times": round(theirs / ours, 1),
        }
    return found


def overhead(crew: Crew, chunks: int) -> float:
    """Milliseconds that an empty chunk takes to be packed, sent, unpacked and answered, one after the other."""
    study = sweep_study(40)
    empty = Piece(study.bases, study.design.names, study.chosen, (), (), ())
    crew.submit(Task.of(empty)).result()
    begun = perf_counter()
    for _ in range(chunks):
        crew.submit(Task.of(empty)).result()
    return round((perf_counter() - begun) / chunks * 1e3, 2)


def overheads(size: Size) -> dict[str, float]:
    """What a chunk costs beside its worlds, in milliseconds, by who lives it; and to write it to the disk."""
    found = {"this process": overhead(Alone(1), size.empty_chunks)}
    with LocalWorkers(1) as workers:
        found["worker process"] = overhead(Pool(workers), size.empty_chunks)
    if size.dask:
        from distributed import Client, LocalCluster

        from sim.sweeps.cluster import Cluster

        options = {"n_workers": 1, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
        with LocalCluster(**options) as cluster, Client(cluster) as client:
            found["dask worker over TCP"] = overhead(Cluster(client), size.empty_chunks)
    study = sweep_study(200)
    worlds = np.arange(study.worlds)
    rows = study.rows(worlds, study.piece(worlds).live())
    with tempfile.TemporaryDirectory() as folder:
        store = Store.create(Path(folder) / "store", study)
        begun = perf_counter()
        for _ in range(size.empty_chunks):
            store.write(0, rows)
        found["writing 200 worlds"] = round((perf_counter() - begun) / size.empty_chunks * 1e3, 2)
    return found


def measure(size: Size, say=print) -> dict[str, object]:
    """Everything, as it is written down."""
    found: dict[str, object] = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": machine.describe(),
        "load": {"before": load()},
    }
    study = sweep_study(size.worlds)
    study.piece(np.arange(2)).live()  # compiled, before any time is taken
    say(f"{study.worlds:,} worlds with one worker, two, and in this process")
    found["study"] = {"worlds": study.worlds, "people": PEOPLE, "weeks": TARGET["weeks"], "burn_in": 26,
                      "per_chunk": study.per_chunk, "workers": throughput(study)}  # fmt: skip
    say("beside mesa.batch_run")
    found["mesa"] = beside_mesa(size)
    say("empty chunks")
    found["milliseconds_per_chunk"] = overheads(size)
    seconds = TARGET["worlds"] / found["study"]["workers"]["2"]["worlds_per_second"]
    found["target"] = TARGET | {"reached_seconds": round(seconds, 1), "met": seconds <= TARGET["seconds"]}
    found["load"]["after"] = load()
    return found


def show(found: dict, console: Console) -> None:
    """The figures as tables."""
    made = Table(title="Worlds per second", title_justify="left")
    for name in ("workers", "a study", "small towns", "mesa.batch_run", "times"):
        made.add_column(name, justify="left" if name == "workers" else "right")
    for workers, row in found["study"]["workers"].items():
        beside = found["mesa"].get(workers, {})
        words = [beside.get(name, "") for name in ("study_worlds_per_second", "mesa_worlds_per_second", "times")]
        made.add_row(workers, f"{row['worlds_per_second']}", *map(str, words))
    console.print(made)
    for name, value in found["milliseconds_per_chunk"].items():
        console.print(f"an empty chunk, {name}: {value} ms" if "writing" not in name else f"{name}: {value} ms")
    target = found["target"]
    console.print(f"{target['worlds']:,} worlds of {target['people']} people for {target['weeks']} weeks on 2 workers: "
                  f"{target['reached_seconds']} s (target {target['seconds']:g} s)")  # fmt: skip


def main() -> int:
    """Measure as asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweeps", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer worlds: a minute or two")
    parser.add_argument("--tiny", action="store_true", help="only to see that it works; the figures mean nothing")
    parser.add_argument("--wait", type=float, default=0.0, metavar="SECONDS", help="wait so long for a quiet machine")
    parser.add_argument("--out", type=Path, default=LATEST, help="the file to write (benchmarks/sweeps.json)")
    asked = parser.parse_args()
    be_patient(asked.wait)
    console, progress = Console(), Console(stderr=True)
    size = TINY if asked.tiny else QUICK if asked.quick else FULL
    found = measure(size, lambda words: progress.print(f"[dim]{words}[/dim]"))
    write(json.loads(json.dumps(found)), asked.out)
    show(found, console)
    console.print(f"Written to {asked.out.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
