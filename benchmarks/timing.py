"""Taking time on a machine that others use too: several timings, of which the best is the least disturbed."""

import gc
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

NANO = 1e9
QUIET = 0.15  # cores that others may keep busy while the machine still counts as quiet
LOOK = 2.0  # seconds

_patience = {"seconds": 0.0}


def be_patient(seconds: float) -> None:
    """Before each timing, wait up to so many seconds for others to leave the machine alone."""
    _patience["seconds"] = seconds


class Timing(NamedTuple):
    """One timing, and how many cores other processes kept busy meanwhile (none where the system does not tell)."""

    seconds: float
    others: float | None


def timed(function: Callable[[], object]) -> Timing:
    """How long one call takes, garbage collection kept out, and in what company."""
    wait_for_quiet()
    gc.collect()
    gc.disable()
    try:
        busy, own, begun = busy_seconds(), time.process_time(), perf_counter()
        function()
        taken = perf_counter() - begun
        return Timing(taken, others(busy, own, taken))
    finally:
        gc.enable()


def best(timings: Iterable[Timing]) -> Timing:
    """The shortest of several."""
    return min(timings, key=lambda each: each.seconds)


def seconds(function: Callable[[], object]) -> float:
    """How long one call takes."""
    return timed(function).seconds


def others(busy: float | None, own: float, taken: float) -> float | None:
    """The mean number of cores that others have kept busy since these readings, ``taken`` seconds ago."""
    now = busy_seconds()
    if busy is None or now is None:
        return None
    return round(max(0.0, now - busy - (time.process_time() - own)) / taken, 2)


def wait_for_quiet() -> None:
    """Wait until others leave the machine alone, or patience is at its end."""
    end = perf_counter() + _patience["seconds"]
    while perf_counter() < end:
        busy = busy_seconds()
        time.sleep(LOOK)
        now = busy_seconds()
        if busy is None or now is None or (now - busy) / LOOK < QUIET:
            return


def busy_seconds() -> float | None:
    """Seconds that all cores together have been busy since the machine started, where the system tells."""
    listing = Path("/proc/stat")
    if not listing.exists():
        return None
    user, nice, system, _, _, irq, softirq, steal = map(int, listing.read_text(encoding="utf-8").split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def load() -> float | None:
    """The load average of the last minute; nothing where there is none."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
