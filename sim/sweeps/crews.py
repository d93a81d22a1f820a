"""Who lives the worlds: this process, worker processes, or any executor, all asked in the same way."""

import os
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any, Protocol

from sim.errors import InputError
from sim.study import cores
from sim.sweeps import tasks
from sim.sweeps.stamps import OtherVersionError
from sim.sweeps.tasks import Task
from sim.sweeps.workers import LocalWorkers, TooLongError, WorkerLostError

MOST_WORKERS = 100_000


class Crew(Protocol):
    """What running a study asks of those who live its worlds."""

    limited: bool  # whether the crew itself ends what takes too long

    @property
    def slots(self) -> int:
        """How many tasks are worth having under way at once."""
        ...

    def submit(self, task: Task) -> Any:
        """Have a task lived; a future, of whatever library."""
        ...

    def abandon(self, future: Any) -> None:
        """Give up a task that takes too long, and free its place if that can be done."""
        ...

    def close(self, at_once: bool) -> None:
        """Let those go who were called for this study."""
        ...


class Alone:
    """This process, with so many threads for the engine: for what is too small to call others for."""

    limited = True

    def __init__(self, threads: int | None = None) -> None:
        self.slots, self.threads = 1, threads or cores()

    def submit(self, task: Task) -> Future:
        """Live the task now."""
        future: Future = Future()
        try:
            future.set_result(tasks.live(task, self.threads))
        except Exception as error:
            future.set_exception(error)
        return future

    def abandon(self, future: Any) -> None:
        """Nothing: what is asked for has been done."""

    def close(self, at_once: bool) -> None:
        """Nothing to let go."""


class Pool:
    """Any executor; its workers live one task each at a time, on one thread."""

    def __init__(self, executor: Executor, own: bool = False) -> None:
        self.executor, self.own = executor, own
        self.limited = isinstance(executor, LocalWorkers)
        self.slots = 2 * places(executor)

    def submit(self, task: Task) -> Any:
        """Hand the task to the executor."""
        return self.executor.submit(tasks.live, task)

    def abandon(self, future: Any) -> None:
        """Forget about it; an executor cannot end what has begun."""
        future.cancel()

    def close(self, at_once: bool) -> None:
        """Shut the executor down if it was made for this study."""
        if self.own:
            self.executor.shutdown(wait=True, cancel_futures=at_once)


def places(executor: Executor) -> int:
    """How many tasks an executor works on at once, as far as it says."""
    for name in ("workers", "_max_workers", "num_workers"):
        number = getattr(executor, name, None)
        if isinstance(number, int) and 1 <= number <= MOST_WORKERS:
            return number
    return os.cpu_count() or 1


def transient(error: BaseException) -> bool:
    """Whether a task may well succeed when it is tried again: its worker was lost, not its worlds."""
    lost = (WorkerLostError, TooLongError, ConnectionError, MemoryError, TimeoutError)
    return isinstance(error, lost) or type(error).__name__ in ("KilledWorker", "CancelledError", "FutureCancelledError")


def fatal(error: BaseException) -> bool:
    """Whether there is no use in going on with any task."""
    return isinstance(error, OtherVersionError | BrokenExecutor)


def called(executor: Any, workers: int | None, time_limit: float | None, small: bool) -> Crew:
    """Who is to live the worlds: those asked for, else worker processes; this process if the study is small."""
    if isinstance(executor, Executor):
        return Pool(executor)
    if isinstance(executor, str) or type(executor).__module__.startswith("distributed"):
        from sim.sweeps.cluster import connected

        return connected(executor)
    if executor is not None:
        allowed = "an executor (concurrent.futures.Executor), a Dask client, or the address of a Dask scheduler"
        raise InputError("this cannot live worlds", key="executor", found=type(executor).__name__, allowed=allowed)
    if time_limit is None and (small or workers == 1):
        return Alone(workers)
    return Pool(LocalWorkers(workers, time_limit=time_limit), own=True)
