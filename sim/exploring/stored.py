"""Long work that can be stopped: the worlds of a design are kept in a study's store until all are there."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.exploring.evaluating import Failed, Progress
from sim.exploring.sensitivity import Live
from sim.sweeps import crews, layout, running
from sim.sweeps.stamps import stamp
from sim.sweeps.store import opened
from sim.sweeps.study import Study

SMALL = 200  # worlds up to which nobody else is called to help


def beside(target: str | os.PathLike[str]) -> Path:
    """Where worlds are kept while a result is in the making: a hidden folder beside it."""
    place = Path(os.path.realpath(target))
    return place.with_name(f".{place.name}.worlds")


def keeping(problem: Mapping[str, Any], folder: Path, workers: int | None = None) -> Live:
    """What lives points into stores in a folder, one for each design, and goes on where it was stopped."""

    def live(points: np.ndarray, seeds: np.ndarray, progress: Progress | None) -> np.ndarray:
        study = study_of(problem, points, seeds)
        folder.mkdir(parents=True, exist_ok=True)
        store = opened(folder / name_of(study), study)
        if not store.complete:
            outcome = running.run(store, crews.called(None, workers, None, study.worlds <= SMALL), progress)
            if outcome.unfinished:
                raise Failed(f"some worlds could not be lived: {next(iter(outcome.unfinished.values()))}")
        elif progress:
            progress(study.worlds, study.worlds)
        failed = store.failures()
        if len(failed):
            raise Failed(f"{len(failed)} of {study.worlds} worlds failed; the first: {failed['failure'].iloc[0]}")
        values = store.table(list(study.chosen.columns)).to_numpy(float)
        return values.reshape(len(points), seeds.shape[1], -1)

    return live


def study_of(problem: Mapping[str, Any], points: np.ndarray, seeds: np.ndarray) -> Study:
    """The points with their seeds as a study."""
    measures, at = tuple(problem["outputs"]), problem.get("at", "mean")
    table = pd.DataFrame(points, columns=problem["names"])
    if (seeds == seeds[0]).all():
        return Study(problem["scenario"], table, seeds[0].tolist(), measures, at)
    rows = table.loc[table.index.repeat(seeds.shape[1])].reset_index(drop=True)
    rows.insert(0, "seed", seeds.ravel())
    return Study(problem["scenario"], rows, 1, measures, at)


def name_of(study: Study) -> str:
    """A name for a store that no other study, and no other version of the program, has."""
    text = layout.described(study)[0] + str(stamp())
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def forget(folder: Path) -> None:
    """Remove the worlds, when the result is written."""
    shutil.rmtree(folder, ignore_errors=True)
