"""What is sent to a worker: some worlds of a study, packed, with the version that they belong to."""

import faulthandler
import os
import pickle
import socket
import sys
from dataclasses import dataclass

from sim.sweeps.living import Lived
from sim.sweeps.stamps import Stamp, check, stamp


@dataclass(frozen=True)
class Task:
    """Some worlds. They are unpacked only where the version is the same."""

    stamp: Stamp
    packed: bytes

    @classmethod
    def of(cls, piece: object) -> "Task":
        """A piece of a study, packed."""
        return cls(stamp(), pickle.dumps(piece, pickle.HIGHEST_PROTOCOL))


def warm() -> None:
    """Load, or if need be compile, the engine before any time is taken."""
    from sim.population import World
    from sim.scenario import override, resolve
    from sim.sweeps.living import measured

    tiny = override(resolve("karate_club", ["peer_leaders"]), {"setting.burn_in": 1, "weeks": 1})
    measured([World(tiny, 1)], ["unmet_need", "isolates"], threads=1)


def live(task: Task, threads: int | None = 1, time_limit: float | None = None) -> Lived:
    """Live a task's worlds on one thread: the executor has a worker for each core.

    With ``time_limit`` the whole process ends after so many seconds, even if it hangs in compiled code; only for
    workers that something starts again.
    """
    check(task.stamp, f"worker {os.getpid()} on {socket.gethostname()}")
    if time_limit is None:
        return pickle.loads(task.packed).live(threads)
    faulthandler.dump_traceback_later(time_limit, exit=True, file=sys.__stderr__ or sys.stderr)
    try:
        return pickle.loads(task.packed).live(threads)
    finally:
        faulthandler.cancel_dump_traceback_later()
