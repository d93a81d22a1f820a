"""What the commands for studies do, once their words are understood."""

import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import cli_progress, cli_words, compiled, showing, storing
from sim.cli import free_place
from sim.cli_words import FAILED, STOPPED
from sim.errors import InputError
from sim.posterior import UNCERTAINTIES
from sim.sweeps import crews, files, running, shares, tasks
from sim.sweeps.proving import checked
from sim.sweeps.store import Store
from sim.wording import LUCK, LUCK_AND_PARAMETERS

if TYPE_CHECKING:
    import pandas as pd

    from sim.sweeps.crews import Crew
    from sim.sweeps.running import Outcome
    from sim.sweeps.study import Study

MOST_SUMMED = 2_000_000  # worlds that are read again for a summary
SHOWN = 5  # failures and measures
HELD = {
    LUCK: "luck only: parameters are as in the registry",
    LUCK_AND_PARAMETERS: "luck and parameters: each seed has its own draw of them",
}
FEW_SHARE = "too few seeds share a draw to tell luck from parameters: with more seeds, some hundreds, that can be said"


@dataclass(frozen=True)
class Asked:
    """What was asked of ``helpseek sweep``."""

    study: str | None
    out: Path | None
    resume: Path | None
    retry_failed: bool
    uncertainty: str | None
    workers: int | None
    cluster: str | None
    time_limit: float | None
    force: bool
    quiet: bool
    as_json: bool


def sweep(asked: Asked) -> int:
    """Run a study, or finish one; the exit code."""
    study, opening = begun(asked)
    try:
        with interruptible(), bar(asked.quiet) as shown:
            warm(shown is not None or not asked.quiet)
            crew = crews.called(asked.cluster, asked.workers, asked.time_limit, study.worlds <= study.per_chunk)
            try:
                store = opening()
            except BaseException:
                crew.close(at_once=True)
                raise
            again = f"helpseek sweep --resume {shlex.quote(str(store.path))}"
            outcome = lived(store, crew, shown, asked, again)
    except KeyboardInterrupt:
        raise cli_words.ended("stopped; nothing was written", STOPPED) from None
    told(store, outcome, asked, again)
    return 0 if outcome.well else FAILED


def lived(store: Store, crew: "Crew", shown: Any, asked: Asked, again: str) -> "Outcome":
    """What a run came to; if it is stopped, how to go on is said."""
    try:
        return running.run(store, crew, shown, asked.retry_failed, asked.time_limit)
    except KeyboardInterrupt:
        raise cli_words.ended(f"stopped; what is finished is kept. Go on with: {again}", STOPPED) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        why = (error.strerror or str(error)).lower()
        raise cli_words.ended(f"{where}{why}; what is finished is kept. Go on with: {again}", FAILED) from None


def begun(asked: Asked) -> "tuple[Study, Callable[[], Store]]":
    """The study, and how to open its store: a new one, or one that was begun before."""
    if asked.cluster is not None and asked.workers is not None:
        raise InputError("--workers are processes here, --cluster has workers of its own", key="--workers",
                         found=str(asked.workers), allowed="one of the two")  # fmt: skip
    if asked.resume is not None:
        for given, name in ((asked.study, "STUDY"), (asked.out, "--out"), (asked.uncertainty, "--uncertainty")):
            if given is not None:
                allowed = "--resume DIR alone: the store knows its study"
                raise InputError(f"--resume takes no {name}", key=name, found=str(given), allowed=allowed)
        store = Store.open(asked.resume)
        return store.study, lambda: store
    if asked.study is None:
        raise InputError("a study is missing", allowed="helpseek list studies shows them; --resume DIR finishes one")
    if asked.retry_failed:
        raise InputError("nothing has failed yet", key="--retry-failed", allowed="with --resume DIR")
    study = files.load(asked.study, cli_words.one_of(asked.uncertainty, UNCERTAINTIES, "uncertainty"))
    target = asked.out or free_place(Path(asked.study).stem)
    replaceable = Store.is_store if asked.force else None
    if not asked.force and Store.is_store(target):
        hint = f"helpseek sweep --resume {target}"
        raise InputError("there is a store here already", file=target, allowed="a new folder, or --force", hint=hint)
    storing.check_free(Path(os.path.realpath(target)), target, replaceable)
    return study, lambda: Store.create(target, study, replaceable)


def warm(say: bool) -> None:
    """Compile the engine once, before several workers all do."""
    if compiled.is_warm():
        return
    if say:
        print(cli_progress.COMPILING, file=sys.stderr, flush=True)
    tasks.warm()


@contextmanager
def interruptible() -> Iterator[None]:
    """Let a polite request to end (SIGTERM, which batch systems send) end a study as Ctrl-C does."""

    def stop(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def bar(quiet: bool) -> Iterator[Callable[[int, int], object] | None]:
    """A bar with rate and time left, on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    with cli_progress.bar() as shown:
        task = shown.add_task("living worlds", total=None, rate="")

        def moved(done: int, total: int) -> None:
            speed = shown.tasks[0].speed
            rate = f"{done:,} of {total:,} worlds" + (f", {speed:,.0f}/s" if speed else "")
            shown.update(task, completed=done, total=total, rate=rate)

        yield moved


def told(store: Store, outcome: "Outcome", asked: Asked, again: str) -> None:
    """Say what a study came to."""
    failures = store.failures() if outcome.failed else None
    worlds = int(store.about["worlds"])
    if asked.as_json:
        about = {"store": str(store.path), "worlds": worlds, "lived_now": outcome.lived, "failed": outcome.failed}
        unfinished = [{"chunk": chunk, "why": why} for chunk, why in sorted(outcome.unfinished.items())]
        found = [] if failures is None else failures.head(100).to_dict("records")
        about |= {"uncertainty": store.uncertainty, "complete": store.complete}
        showing.json_out(about | {"unfinished": unfinished, "failures": found})
        return
    screen = showing.console(error=False)
    if not asked.quiet:
        showing.put(screen, f"{worlds:,} worlds, of which {outcome.lived:,} were lived now")
        if worlds <= MOST_SUMMED and store.complete:
            show_means(store)
    errors = showing.console(error=True)
    for chunk, why in sorted(outcome.unfinished.items())[:SHOWN]:
        showing.put(errors, f"helpseek: chunk {chunk} is not finished: {why}")
    if outcome.unfinished:
        showing.put(errors, f"helpseek: {len(outcome.unfinished)} chunks are not finished. Go on with: {again}")
    if failures is not None:
        show_failures(store.study, failures, f"{again} --retry-failed")
    if not asked.quiet:
        showing.show_files(
            str(store.path),
            [
                "manifest.json: the study itself; the store can be finished and proved from it",
                "chunks/: one row a world, for pandas, polars, DuckDB: read_parquet of the folder",
                "digests.json: proves it whole (helpseek store check)",
            ],
        )


def show_means(store: Store) -> None:
    """The mean of each measure by scenario, all points together."""
    names = list(store.study.chosen.columns)
    frame = store.table()
    means = frame.groupby("scenario", observed=True)[names].mean()
    made = showing.table("Means over all points and seeds", ("scenario", *names), right=names)
    for label, row in zip(means.index, means.itertuples(index=False), strict=True):
        made.add_row(str(label), *("" if value != value else f"{value:.4g}" for value in row))
    screen = showing.console()
    screen.print(made)
    showing.put(screen, f"seeds differ by {HELD[store.uncertainty]}")
    if store.uncertainty == LUCK_AND_PARAMETERS:
        found = shares.of_luck(frame, names).dropna()
        said = ", ".join(f"{name} {share:.0%}" for name, share in found.items())
        showing.put(screen, f"of their variance luck is about: {said}" if said else FEW_SHARE)


def show_failures(study: "Study", failures: "pd.DataFrame", again: str) -> None:
    """The worlds that failed, by their messages."""
    errors = showing.console(error=True)
    showing.put(errors, f"helpseek: {len(failures):,} worlds failed; they stand in the store with their messages")
    counts = failures["failure"].value_counts(sort=True)
    for message, count in list(counts.items())[:SHOWN]:
        first = failures[failures["failure"] == message].iloc[0]
        who = ", ".join(f"{name} {first[name]}" for name in ("scenario", "seed", *study.design.names))
        showing.put(errors, f"  {count:,} x {message}", f"      first: {who}")
    if len(counts) > SHOWN:
        showing.put(errors, f"  and {len(counts) - SHOWN} other messages")
    showing.put(errors, f"to live them again: {again}")


def check(path: Path, as_json: bool) -> int:
    """Prove a store whole; the exit code."""
    proof = checked(path)
    if as_json:
        about = {"store": str(path), "whole": proof.whole, "worlds": proof.worlds, "lived": proof.lived}
        rest = {"failed": proof.failed, "chunks": proof.chunks, "missing": proof.missing, "faults": list(proof.faults)}
        showing.json_out(about | rest)
        return 0 if proof.whole else FAILED
    screen = showing.console()
    showing.put(screen, f"{path}: {proof.lived:,} of {proof.worlds:,} worlds in {proof.chunks - proof.missing:,} of "
                        f"{proof.chunks:,} chunks, {proof.failed:,} of them failed")  # fmt: skip
    showing.put(screen, *(f"  {fault}" for fault in proof.faults[:100]))
    if proof.missing:
        showing.put(screen, f"not finished: helpseek sweep --resume {shlex.quote(str(path))}")
    showing.put(screen, "whole: every value is as it was written" if proof.whole else "NOT whole")
    return 0 if proof.whole else FAILED
