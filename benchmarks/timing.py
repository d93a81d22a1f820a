"""Taking time on a machine that others use too: several timings, of which the best is the least disturbed."""

import gc
import os
from collections.abc import Callable
from time import perf_counter

NANO = 1e9


def seconds(function: Callable[[], object]) -> float:
    """How long one call takes, garbage collection kept out."""
    gc.collect()
    gc.disable()
    try:
        begun = perf_counter()
        function()
        return perf_counter() - begun
    finally:
        gc.enable()


def load() -> float | None:
    """The load average of the last minute; nothing where there is none."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
