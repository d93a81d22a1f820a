"""How far the work is: on a terminal a bar with rate and time left, elsewhere nothing but the first compilation."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sim.showing import console

if TYPE_CHECKING:
    from rich.progress import Progress

COMPILING = "compiling the engine, once for this machine; takes about half a minute"


@contextmanager
def progress(what: str, quiet: bool, worlds: bool = False) -> Iterator[Callable[[int, int], object] | None]:
    """Something to call with the person-weeks (or worlds) done and their number in all."""
    if quiet:
        yield None
        return
    from sim import compiled

    warm = compiled.is_warm()
    if not sys.stderr.isatty():
        if not warm:
            print(COMPILING, file=sys.stderr, flush=True)
        yield None
        return
    with bar() as shown:
        task = shown.add_task(what if warm else COMPILING, total=None, rate="")

        def move(done: int, total: int) -> None:
            shown.update(task, description=what, completed=done, total=total, rate=rate(shown.tasks[0], worlds))

        yield move


def bar() -> "Progress":
    """A bar that goes away when all is done."""
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console(error=True), transient=True)


def rate(task: Any, worlds: bool = False) -> str:
    """Person-weeks or worlds a second, in words."""
    if not task.speed:
        return ""
    return f"{task.speed:,.1f} worlds/s" if worlds else f"{task.speed / 1e6:.1f} million person-weeks/s"


@contextmanager
def waiting(what: str, quiet: bool) -> Iterator[None]:
    """A sign of life on a terminal, for what takes a few seconds."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    with console(error=True).status(what):
        yield
