"""Long work beside a page, in a thread: how far it is, a way to stop it, and an end when nobody asks any more."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from sim.errors import InputError

AT_ONCE = 2  # pieces of work that the server does at a time; others wait for their turn
LEFT = 90.0  # seconds without a question after which whoever asked is taken to have gone
ROOM = threading.BoundedSemaphore(AT_ONCE)
logger = logging.getLogger(__name__)

Tell = Callable[[int, int], object]  # how much is done, and of how much


class Stopped(Exception):
    """The work was stopped on the way."""


class Job:
    """One piece of work; its ``state`` goes from waiting and running to done, stopped or failed."""

    def __init__(self, work: Callable[[Tell], Any]) -> None:
        """Begin ``work`` in a thread of its own; it is given something to tell its progress to."""
        self.state, self.share, self.problem = "waiting", 0.0, ""
        self.found: Any = None
        self._work = work
        self._stop = threading.Event()
        self._asked = time.monotonic()
        self.thread = threading.Thread(target=self._run, daemon=True, name="page work")
        self.thread.start()

    @property
    def going(self) -> bool:
        """Whether it is not over."""
        return self.state in ("waiting", "running")

    def look(self) -> dict[str, Any]:
        """How far it is: its state, the share done (0 to 1), and what went wrong, in words. Asking keeps it going."""
        self._asked = time.monotonic()
        return {"state": self.state, "share": self.share, "problem": self.problem}

    def stop(self) -> None:
        """End it at the next occasion."""
        self._stop.set()

    def tell(self, done: int, total: int) -> None:
        """Take down how much is done; raises ``Stopped`` if nobody wants the rest."""
        self.check()
        self.share = min(1.0, done / max(1, total))

    def check(self) -> None:
        """Raise ``Stopped`` if it was told to end, or if whoever asked has gone."""
        if self._stop.is_set() or time.monotonic() - self._asked > LEFT:
            raise Stopped

    def _run(self) -> None:
        """Wait for a turn, work, and say how it ended."""
        try:
            while not ROOM.acquire(timeout=0.2):
                self.check()
            try:
                self.state = "running"
                self.found = self._work(self.tell)
                self.share, self.state = 1.0, "done"
            finally:
                ROOM.release()
        except Stopped:
            self.state = "stopped"
        except InputError as problem:
            self.problem, self.state = str(problem), "failed"
        except Exception:
            logger.exception("work beside a page failed")
            self.problem, self.state = "This could not be worked out; the server's log has the reason.", "failed"
