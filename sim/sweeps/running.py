"""A study is run chunk by chunk: handed out, lived, written down; what is lost on the way is handed out again."""

import queue
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import InputError
from sim.sweeps.crews import Crew, fatal, transient
from sim.sweeps.layout import FAILURE
from sim.sweeps.living import Lived, said
from sim.sweeps.locking import held
from sim.sweeps.progress import Progress, Shown, log
from sim.sweeps.store import RUN, Store
from sim.sweeps.tasks import Task
from sim.sweeps.workers import TooLongError

ATTEMPTS = 3  # at a chunk whose worker is lost
LOOK = 1.0  # seconds between two looks at whether something takes too long


@dataclass
class Outcome:
    """What a run came to."""

    lived: int = 0  # worlds of this run
    failed: int = 0  # worlds of the whole store that failed
    unfinished: dict[int, str] = field(default_factory=dict)  # chunks that were given up, and why

    @property
    def well(self) -> bool:
        """Whether every world was lived."""
        return not self.failed and not self.unfinished


@dataclass
class Job:
    """A chunk under way, or some worlds of it."""

    chunk: int
    worlds: np.ndarray
    attempts: int = 0
    due: float = float("inf")  # when it has taken too long


def run(
    store: Store,
    crew: Crew,
    shown: Shown | None = None,
    retry_failed: bool = False,
    time_limit: float | None = None,
) -> Outcome:
    """Live what a store still lacks. Whatever ends this, what was finished stays, and a second call does the rest."""
    store.check_version()
    with held(store.path / RUN):
        store.clear_parts()
        progress = Progress(store.path / RUN / "progress.json", int(store.about["worlds"]), store.chunks, shown)
        run = Run(store, crew, progress, time_limit)
        state = "stopped"
        try:
            run.go(retry_failed)
            store.finish()
            state = "finished" if run.outcome.well else "failed"
        except Exception as error:
            state = "failed"
            log(run.folder, "ended", error=said(error))
            raise
        finally:
            progress.write(state)
            crew.close(at_once=state != "finished")
    return run.outcome


class Run:
    """One attempt at finishing a study."""

    def __init__(self, store: Store, crew: Crew, progress: Progress, time_limit: float | None) -> None:
        self.store, self.crew, self.progress = store, crew, progress
        self.limit = None if crew.limited else time_limit
        self.outcome = Outcome()
        self.folder: Path = store.path / RUN
        self.answers: queue.SimpleQueue[tuple[Any, Job]] = queue.SimpleQueue()
        self.under_way: dict[Any, Job] = {}

    def go(self, retry_failed: bool) -> None:
        """Hand out everything, and write down everything."""
        self._count()
        jobs = self._jobs(retry_failed)
        again: list[Job] = []
        exhausted = False
        while True:
            while not exhausted and not again and len(self.under_way) < self._most():
                job = next(jobs, None)
                exhausted = job is None
                if job:
                    self._hand_out(job)
            while again and len(self.under_way) < self._most():
                self._hand_out(again.pop())
            if not self.under_way:
                return
            for job in self._finished():
                again.append(job)

    def _most(self) -> int:
        """How many tasks may be under way: with a time limit none waits for its turn, since its time would run."""
        return self.crew.slots if self.limit is None else max(1, self.crew.slots // 2)

    def _count(self) -> None:
        """See what is there already."""
        there = self.store.present()
        self.outcome.failed = len(self.store.failures(there))
        self.progress.there(sum(len(self.store.worlds_of(chunk)) for chunk in there), self.outcome.failed, len(there))

    def _jobs(self, retry_failed: bool) -> Iterator[Job]:
        """What there is to do."""
        if retry_failed:
            for chunk in self.store.present():
                failed = self.store.failures([chunk])
                if len(failed):
                    yield Job(chunk, failed["world"].to_numpy())
        for chunk in self.store.missing():
            yield Job(chunk, self.store.worlds_of(chunk))

    def _hand_out(self, job: Job) -> None:
        """Have a job done by somebody."""
        job.attempts += 1
        job.due = time.monotonic() + self.limit if self.limit else float("inf")
        future = self.crew.submit(Task.of(self.store.study.piece(job.worlds)))
        self.under_way[future] = job
        future.add_done_callback(lambda done: self.answers.put((done, job)))

    def _finished(self) -> Iterator[Job]:
        """Take the next answer; what has to be done again is given back."""
        try:
            future, job = self.answers.get(timeout=LOOK if self.limit else None)
        except queue.Empty:
            yield from self._too_long()
            return
        if self.under_way.pop(future, None) is None:
            return  # it was given up meanwhile
        try:
            found = future.result(self.limit)  # on a cluster, it still has to be fetched from the worker
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            if isinstance(error, TimeoutError):
                self.crew.abandon(future)
            yield from self._lost(job, error)
            return
        self._write(job, found)

    def _too_long(self) -> Iterator[Job]:
        """Give up what has taken too long."""
        now = time.monotonic()
        for future, job in [(future, job) for future, job in self.under_way.items() if job.due < now]:
            del self.under_way[future]
            self.crew.abandon(future)
            yield from self._lost(job, TooLongError(f"it took more than {self.limit:g} seconds"))

    def _lost(self, job: Job, error: BaseException) -> Iterator[Job]:
        """A job that came to nothing: again, unless there is no use in it."""
        log(self.folder, "lost", chunk=job.chunk, attempt=job.attempts, error=said(error))
        if fatal(error):
            raise InputError(f"this study cannot go on: {error}", file=self.store.path,
                             allowed="what is finished is kept; --resume does the rest") from error  # fmt: skip
        if not transient(error):
            raise error
        if job.attempts < ATTEMPTS:
            yield job
        else:
            self.outcome.unfinished[job.chunk] = said(error)

    def _write(self, job: Job, lived: Lived) -> None:
        """Write down what a job came to."""
        study, store = self.store.study, self.store
        if store.file(job.chunk).exists():
            columns, before = mended(store, job, lived)
            store.reopen()
        else:
            columns, before = study.rows(job.worlds, lived), 0
        store.write(job.chunk, columns)
        failed = sum(text is not None for text in columns[FAILURE])
        self.outcome.lived += len(job.worlds)
        self.outcome.failed += failed - before
        fresh = not before
        self.progress.moved(len(job.worlds) if fresh else 0, failed - before, 1 if fresh else 0)


def mended(store: Store, job: Job, lived: Lived) -> tuple[dict[str, Any], int]:
    """A chunk's columns with some worlds lived again, and how many had failed before."""
    table = store.read(job.chunk)
    before = table.num_rows - table.column(FAILURE).null_count
    worlds = store.worlds_of(job.chunk)
    values = {name: table.column(name).to_numpy().copy() for name in lived.values}
    failures = {place: text for place, text in enumerate(table.column(FAILURE).to_pylist()) if text is not None}
    for k, place in enumerate((np.asarray(job.worlds) - worlds[0]).tolist()):
        for name, found in lived.values.items():
            values[name][place] = found[k]
        failures.pop(place, None)
        if k in lived.failures:
            failures[place] = lived.failures[k]
    return store.study.rows(worlds, Lived(values, failures)), before
