"""When a visitor has gone, what she used is given back to the computer: soon, all at once, and without a stall."""

import ctypes
import gc
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

DELAY = 2.0  # seconds: many who leave together are tidied up after once

_waiting = threading.Lock()


def settle() -> None:
    """Once everything is in place: look through it never again, so that looking through the rest takes no time."""
    gc.collect()
    gc.freeze()
    stores()


def soon() -> None:
    """Tidy up in a moment, if nobody is about to."""
    if _waiting.acquire(blocking=False):
        timer = threading.Timer(DELAY, tidy)
        timer.daemon = True
        timer.start()


def tidy() -> None:
    """Forget what Solara keeps of sessions that are over, and give free memory back."""
    if _waiting.locked():
        _waiting.release()
    forget()
    gc.collect()
    give_back()()


@cache
def stores() -> tuple[Any, ...]:
    """Solara's own values that every session listens to: they live as long as the server."""
    from solara.toestand import ValueBase

    gc.unfreeze()
    found = tuple(each for each in gc.get_objects() if isinstance(each, ValueBase))
    gc.freeze()
    return found


def forget() -> None:
    """Drop the empty sets of listeners that Solara keeps for each session there ever was."""
    from solara.server import kernel_context

    for store in stores():
        for table in (store.listeners, store.listeners2):
            for session in [key for key, held in list(table.items()) if not held]:
                if session not in kernel_context.contexts:
                    table.pop(session, None)


@cache
def give_back() -> Callable[[], Any]:
    """What returns free memory to the system, where there is such a thing (the C library of Linux)."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):
        return lambda: None
    return lambda: trim(0)
