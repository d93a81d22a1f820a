"""Worker processes on this machine, as an executor: one that dies or hangs is replaced, and its task is told so.

Processes rather than threads: much of building a world is Python, which threads cannot share out; a process that hangs
can be ended; and one that is killed takes nothing with it. They are plain processes of the same interpreter, so scripts
and notebooks need no ``if __name__ == "__main__"``.
"""

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import sim
from sim.study import cores
from sim.sweeps.worker import receive, send

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
PATIENCE = 5.0  # seconds that a worker is given to end by itself
START = 1800.0  # seconds that a worker is given to begin, which may take compiling the engine


class WorkerLostError(RuntimeError):
    """A worker ended in the middle of a task."""


class TooLongError(RuntimeError):
    """A task took longer than allowed, and its worker was ended."""


class LocalWorkers(Executor):
    """So many worker processes (all cores, unless told), each with ``threads`` threads for the engine."""

    def __init__(self, workers: int | None = None, threads: int = 1, time_limit: float | None = None) -> None:
        self.workers = workers or cores()
        self.threads = threads
        self.time_limit = time_limit
        self._tasks: queue.SimpleQueue[tuple[Future, Any] | None] = queue.SimpleQueue()
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._closed = False
        self._lock = threading.Lock()
        self._keepers = [threading.Thread(target=self._keep, args=(k,), daemon=True) for k in range(self.workers)]
        for keeper in self._keepers:
            keeper.start()

    @property
    def processes(self) -> list[int]:
        """The process numbers of the workers that run now."""
        with self._lock:
            return [process.pid for process in self._processes.values() if process.poll() is None]

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        """Have a task lived; ``fn`` is always ``sim.sweeps.tasks.live``."""
        if self._closed:
            raise RuntimeError("these workers have been sent home")
        future: Future = Future()
        self._tasks.put((future, args[0]))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Send the workers home; with ``cancel_futures`` at once, whatever they are at."""
        self._closed = True
        if cancel_futures:
            with contextlib.suppress(queue.Empty):
                while True:
                    if (waiting := self._tasks.get_nowait()) is not None:
                        waiting[0].cancel()
            with self._lock:
                for process in self._processes.values():
                    process.kill()
        for _ in self._keepers:
            self._tasks.put(None)
        if wait:
            for keeper in self._keepers:
                keeper.join()

    def _keep(self, place: int) -> None:
        """Hand tasks to one worker, replacing it when it is lost, until there are no more."""
        while (next_task := self._tasks.get()) is not None:
            future, task = next_task
            if not future.set_running_or_notify_cancel():
                continue
            try:
                kind, found = self._answer(place, task)
            except (EOFError, OSError) as error:
                self._drop(place)
                future.set_exception(WorkerLostError(f"a worker ended in the middle of its work ({error})"))
            except TooLongError as error:
                self._drop(place)
                future.set_exception(error)
            else:
                future.set_result(found) if kind == "lived" else future.set_exception(found)
        self._drop(place, kill=False)

    def _answer(self, place: int, task: Any) -> tuple[str, Any]:
        """A worker's answer to a task; a timer ends the worker if it takes too long."""
        process = self._process(place)
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self.time_limit, end) if self.time_limit else None
        if timer:
            timer.start()
        try:
            send(process.stdin, (task, self.threads))  # type: ignore[arg-type]
            return receive(process.stdout)  # type: ignore[arg-type]
        except (EOFError, OSError):
            if late.is_set():
                raise TooLongError(f"it took more than {self.time_limit:g} seconds") from None
            raise
        finally:
            if timer:
                timer.cancel()

    def _process(self, place: int) -> "subprocess.Popen[bytes]":
        """The worker of this place; if there is none, one is started and has said that it is ready."""
        with self._lock:
            if place in self._processes:
                return self._processes[place]
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "sim.sweeps.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment(),
            )
            self._processes[place] = process
        timer = threading.Timer(START, process.kill)
        timer.start()
        try:
            receive(process.stdout)  # type: ignore[arg-type]
        finally:
            timer.cancel()
        return process

    def _drop(self, place: int, kill: bool = True) -> None:
        """End the worker of this place and wait until it has ended."""
        with self._lock:
            process = self._processes.pop(place, None)
        if process is None:
            return
        if kill:
            process.kill()
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                if stream:
                    stream.close()  # the worker ends when its input does
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def environment() -> dict[str, str]:
    """A worker's environment: the same program, and one thread for each library."""
    home = str(Path(sim.__file__).resolve().parents[1])
    paths = [home, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return os.environ | dict.fromkeys(ONE_THREAD, "1") | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}
