"""How far a study is: counted once, shown as a bar on a terminal and written to a file that programs can read."""

import contextlib
import json
import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

EVERY = 1.0  # seconds between two versions of the file

Shown = Callable[[int, int], object]  # worlds lived, worlds in all


class Progress:
    """Counts worlds.

    The file holds one JSON object: ``state`` (running, finished, failed, stopped), ``worlds``, ``done``, ``failed``,
    ``chunks``, ``chunks_done``, ``worlds_per_second`` and ``seconds_left`` (of this run; null when not known),
    ``began``, ``updated``, ``host`` and ``process``. It is replaced, never half written.
    """

    def __init__(self, file: Path | None, worlds: int, chunks: int, shown: Shown | None = None) -> None:
        self.file, self.shown = file, shown
        self.worlds, self.chunks = worlds, chunks
        self.done = self.failed = self.chunks_done = 0
        self.before = 0  # worlds lived by earlier runs
        self.began, self.clock = datetime.now(UTC), time.monotonic()
        self.written = -EVERY

    def there(self, worlds: int, failed: int, chunks: int) -> None:
        """What earlier runs have done."""
        self.done, self.failed, self.chunks_done, self.before = worlds, failed, chunks, worlds
        self.write("running")

    def moved(self, worlds: int, failed: int = 0, chunks: int = 1) -> None:
        """So many more worlds are lived."""
        self.done += worlds
        self.failed += failed
        self.chunks_done += chunks
        if self.shown:
            self.shown(self.done, self.worlds)
        if time.monotonic() - self.written >= EVERY:
            self.write("running")

    def about(self, state: str) -> dict[str, Any]:
        """What the file says."""
        seconds = time.monotonic() - self.clock
        rate = (self.done - self.before) / seconds if seconds > 0 else 0.0
        left = (self.worlds - self.done) / rate if rate else None
        return {
            "state": state,
            "worlds": self.worlds,
            "done": self.done,
            "failed": self.failed,
            "chunks": self.chunks,
            "chunks_done": self.chunks_done,
            "worlds_per_second": round(rate, 2) if rate else None,
            "seconds_left": None if left is None else round(left, 1),
            "began": self.began.isoformat(timespec="seconds"),
            "updated": datetime.now(UTC).isoformat(timespec="seconds"),
            "host": socket.gethostname(),
            "process": os.getpid(),
        }

    def write(self, state: str) -> None:
        """Replace the file; a disk that is full is no reason to lose the study."""
        self.written = time.monotonic()
        if self.file is None:
            return
        with contextlib.suppress(OSError):
            part = self.file.with_name(f"{self.file.name}.{os.getpid()}.part")
            part.write_text(json.dumps(self.about(state), indent=1) + "\n", encoding="utf-8")
            os.replace(part, self.file)


def log(folder: Path | None, event: str, **parts: Any) -> None:
    """A line in the run's log: what went wrong, and when."""
    if folder is None:
        return
    with contextlib.suppress(OSError), (folder / "log.jsonl").open("a", encoding="utf-8") as stream:
        line = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, **parts}
        stream.write(json.dumps(line) + "\n")
