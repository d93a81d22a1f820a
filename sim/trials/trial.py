"""A trial to run: replicates in, estimates beside the published figures out, kept so that they can be made again."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

import sim
from sim import compiled, manifests, posterior, shipped, storing, wording
from sim.errors import InputError, shown
from sim.files import Loaded
from sim.manifests import FORMAT, MANIFEST, PROGRAM, described
from sim.results import read
from sim.study import versions
from sim.trials import analysing, composing, files, living, power, quick, summing
from sim.trials.living import Pair, Progress
from sim.trials.schema import TrialFile

KIND = "trial"
SHAPE = {
    "name": str,
    "files": list,
    "trial": dict,
    "changes": dict,
    "seed": int,
    "replicates": int,
    "uncertainty": str,
    "tables": dict,
    "created": str,
}
Changes = Mapping[str, Any]


class Trial:
    """A trial as data, ready to be run: ``sim.Trial("wingman_connect_2020").run(100)``."""

    def __init__(self, name: str | os.PathLike[str] | Loaded[TrialFile], changes: Changes | None = None) -> None:
        """The trial of a shipped name or of a file; ``changes`` are values by name, as ``sim.override`` takes them."""
        self.found = name if isinstance(name, Loaded) else files.load(name)
        self.changes = dict(changes or {})
        self.composed = composing.compose(self.found, self.changes)

    @property
    def name(self) -> str:
        """The trial's name, or its file."""
        return self.found.name

    @property
    def file(self) -> TrialFile:
        """What the trial's file says."""
        return self.found.model

    def __repr__(self) -> str:
        return f"Trial({self.name!r})"

    def run(
        self,
        replicates: int = 100,
        seed: int = 1,
        *,
        uncertainty: str = "none",
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> "TrialResult":
        """Live so many replicates, with the seeds from ``seed`` on, and analyse each as the trial's file says.

        ``uncertainty="posterior"`` gives each replicate its own draw of the parameters.
        """
        pairs = self.pairs(replicates, seed, uncertainty)
        data = living.simulate(self.found, pairs, threads=threads, progress=progress)
        return TrialResult(self.found, self.changes, seed, uncertainty, analysing.analyse(data), now())

    def pairs(self, replicates: int, seed: int = 1, uncertainty: str = "none") -> list[Pair]:
        """The seed and the changed values of each replicate."""
        if isinstance(replicates, bool) or not isinstance(replicates, int) or not 1 <= replicates <= 1_000_000:
            allowed = "1 to 1,000,000"
            raise InputError(
                "this is no number of replicates", key="replicates", found=shown(replicates), allowed=allowed
            )
        if uncertainty not in posterior.UNCERTAINTIES:
            allowed = " or ".join(posterior.UNCERTAINTIES)
            raise InputError("this is no uncertainty", key="uncertainty", found=shown(uncertainty), allowed=allowed)
        seeds = list(range(seed, seed + replicates))
        if uncertainty == "none":
            return [(each, self.changes) for each in seeds]
        arm = composing.scenario_of(self.found, next(iter(self.file.arms)))
        drawn = posterior.draws(arm, seeds)
        return [(each, draw | self.changes) for each, draw in zip(seeds, drawn, strict=True)]

    def quick(self, pairs: Sequence[Pair], **how: Any) -> pd.DataFrame:
        """Estimates with little noise and without errors, for pairs of a seed and changes; see ``sim.trials.quick``."""
        return quick.quick(self.found, [(seed, self.changes | dict(changes)) for seed, changes in pairs], **how)

    def power(self, sizes: Sequence[int] | None = None, target: float = 0.8, **how: Any) -> "power.Power":
        """Power at some sizes and the size for a wanted power; see ``sim.trials.power``."""
        return power.power(self.found, self.changes, sizes, target, **how)


def now() -> str:
    """The time, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(eq=False)
class TrialResult:
    """What replicates of a trial came to.

    ``estimates`` has a row for each replicate and outcome, on the scale of the analysis (ratios as logarithms);
    ``outcomes`` a row for each outcome, published beside simulated; ``records`` the same as plain data.
    """

    found: Loaded[TrialFile]
    changes: dict[str, Any]
    seed: int
    uncertainty: str
    estimates: pd.DataFrame
    created: str

    @property
    def trial(self) -> TrialFile:
        """What the trial's file says."""
        return self.found.model

    @property
    def replicates(self) -> int:
        """How many trials were lived."""
        return int(self.estimates.replicate.nunique())

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row for each outcome; see ``sim.trials.summing.table``."""
        return summing.table(self.estimates, self.trial)

    def records(self) -> list[dict[str, Any]]:
        """One plain record for each outcome: published beside simulated, and what the simulated interval holds."""
        holds = wording.LUCK_AND_PARAMETERS if self.uncertainty == "posterior" else wording.LUCK
        return [each | {"uncertainty": holds} for each in summing.records(self.outcomes)]

    def tables(self) -> dict[str, pd.DataFrame]:
        """What is kept."""
        return {"estimates": self.estimates, "outcomes": self.outcomes}

    def manifest(self) -> dict[str, Any]:
        """All that is needed to make the estimates again, and what they were made with."""
        composed = composing.compose(self.found, self.changes)
        return {
            "format": FORMAT,
            "program": PROGRAM,
            "kind": KIND,
            "version": sim.__version__,
            "versions": versions(),
            "engine": compiled.source_digest(),
            "created": self.created,
            "name": self.found.name,
            "files": [shipped.portable(os.path.abspath(file)) for file in self.found.files],
            "trial": self.trial.model_dump(mode="json"),
            "changes": self.changes,
            "seed": self.seed,
            "replicates": self.replicates,
            "uncertainty": self.uncertainty,
            "scenarios": [each.digest() for each in composed.scenarios],
            "tables": described(self.tables()),
        }

    def save(
        self, path: str | os.PathLike[str], force: bool = False, also: Callable[[Path], object] | None = None
    ) -> Path:
        """Write everything into a new folder that appears only when it is complete.

        A folder that is there already is refused; with ``force`` it is replaced, if it is a trial's. ``also`` may write
        more files (figures, a page) into the folder that it is called with, before it appears.
        """

        def fill(folder: Path) -> None:
            for name, frame in self.tables().items():
                frame.to_parquet(folder / f"{name}.parquet", compression="zstd", index=False)
            manifests.write(folder, self.manifest())
            if also:
                also(folder)

        return storing.write_folder(path, fill, is_trial if force else None)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> "TrialResult":
        """A result from its folder; an ``InputError`` says what is wrong with it."""
        about = read_manifest(Path(path))
        estimates = read(Path(path) / "estimates.parquet")
        if storing.digest(estimates) != about["tables"]["estimates"]["sha256"]:
            file = Path(path) / "estimates.parquet"
            raise InputError("this table is not what the manifest says: it was changed", file=file)
        trial = TrialFile.model_validate_json(json.dumps(about["trial"]))
        own = tuple(shipped.located(file) for file in about["files"])
        found = Loaded(about["name"], trial, {}, own)
        return cls(found, about["changes"], about["seed"], about["uncertainty"], estimates, about["created"])

    def again(self, threads: int | None = None, progress: Progress | None = None) -> list[str]:
        """Run the same again from what is kept; where the estimates differ, in words, nothing if they are the same."""
        trial = Trial(self.found, self.changes)
        made = trial.run(
            self.replicates, self.seed, uncertainty=self.uncertainty, threads=threads, progress=progress
        ).estimates
        same = storing.digest(made) == storing.digest(self.estimates)
        return [] if same else [f"estimates: {storing.where_unlike(self.estimates, made)}"]


def is_trial(folder: Path) -> bool:
    """Whether a folder holds a trial's result."""
    return manifests.is_one(folder, KIND)


def read_manifest(folder: Path) -> dict[str, Any]:
    """A trial's manifest, checked to be one that this version understands."""
    found = manifests.read(folder, KIND, "trial's result")
    manifests.require(found, folder / MANIFEST, SHAPE)
    return found
