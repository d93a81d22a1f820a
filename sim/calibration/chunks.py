"""Points are lived in chunks, on all cores; a finished chunk lies in a file, and is never lived again."""

import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from sim.calibration.priors import Prior
from sim.errors import InputError
from sim.storing import flush
from sim.sweeps.worker import end_with

POINTS = 8  # in a chunk
Progress = Callable[[int, int], object]  # points done, points in all


def lived(
    folder: Path,
    step: str,
    prior: Prior,
    points: np.ndarray,
    seeds: Sequence[int],
    workers: int,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Every fact at every point of the unit cube, ``points`` (points, parameters), each with its own seed."""
    places = [slice(begin, begin + POINTS) for begin in range(0, len(points), POINTS)]
    files = [folder / f"{step}-{number:04d}.parquet" for number in range(len(places))]
    folder.mkdir(parents=True, exist_ok=True)
    waiting = [k for k, file in enumerate(files) if not file.exists()]
    done = len(points) - sum(len(points[places[k]]) for k in waiting)
    if progress:
        progress(done, len(points))
    work = [
        (files[k], [prior.named(row) for row in prior.scaled(points[places[k]])], seeds[places[k]]) for k in waiting
    ]
    for number in finished(work, workers):
        done += number
        if progress:
            progress(done, len(points))
    return pd.concat([kept(file) for file in files], ignore_index=True)


def kept(file: Path) -> pd.DataFrame:
    """A table that a fit has written down."""
    try:
        return pd.read_parquet(file)
    except (OSError, ValueError, KeyError, TypeError) as error:
        allowed = "a table as the fit wrote it; take it away, and --resume makes it again"
        raise InputError("this table cannot be read", file=file, found=str(error), allowed=allowed) from None


def finished(work: list[tuple[Path, list[dict[str, float]], Sequence[int]]], workers: int):
    """How many points each chunk had, as the chunks come to their ends."""
    if workers <= 1 or len(work) <= 1:
        for each in work:
            yield live(*each)
        return
    with workers_of(min(workers, len(work))) as pool:
        tasks = [pool.submit(live, *each) for each in work]
        try:
            for task in as_completed(tasks):
                yield task.result()
        except BaseException:
            begun = list((pool._processes or {}).values())
            pool.shutdown(wait=False, cancel_futures=True)
            for process in begun:  # what they have not written down whole is lived again
                process.terminate()
            raise


def workers_of(number: int) -> ProcessPoolExecutor:
    """So many worker processes, which end when this one does, however it does."""
    return ProcessPoolExecutor(number, get_context("spawn"), initializer=bound, initargs=(os.getpid(),))


def bound(parent: int) -> None:
    """Let a stop from the keyboard reach the main process only, which ends this one; and outlive it in no case."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()


def live(file: Path, values: list[dict[str, float]], seeds: Sequence[int]) -> int:
    """Live one chunk and write it down: whole, or not at all."""
    from sim.calibration.battery import battery

    made = battery(values, seeds)
    unfinished = file.with_suffix(f".{os.getpid()}.tmp")
    try:
        made.to_parquet(unfinished, index=False)
        flush(unfinished)
        os.replace(unfinished, file)
    except OSError as error:
        raise InputError("this folder cannot be written", file=str(file.parent), found=str(error)) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return len(made)
