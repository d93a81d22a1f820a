"""What a study produced: tables, and the manifest that can make them again."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim import comparing, manifests, storing, wording
from sim.errors import InputError, listed, nearest, shown
from sim.manifests import MANIFEST

if TYPE_CHECKING:
    from sim.schema import Scenario

TABLES = ("runs", "weekly", "subgroups", "totals", "persons", "groups")
OPTIONAL = ("persons", "groups")
SHAPE = {"tables": dict, "scenarios": list, "seeds": list, "persons": bool, "versions": dict}


class Results:
    """The tables of a study, in memory or in a folder.

    - ``runs``: one row for each world: its scenario's label, seed, size, length and digest
    - ``weekly``: every measure in every week of every run, all people pooled; network measures are not a number in
      weeks without a count. ``norm_expects`` and ``norm_seeks`` say whether the criterion's two shares are reached,
      ``norm_now`` both, ``norm_weeks`` for how many weeks running, past the last delivery of an intervention
    - ``subgroups``: all tallies by week, role, baseline risk and isolation at week 0
    - ``totals``: for each run measures at the end (``final_``), pooled over its weeks (``mean_``), sums over the whole
      run, what interventions reached and cost, and the norm criterion's verdict with its sensitivity
    - ``persons`` and ``groups``: their state in the last week, if they were asked for, else None
    """

    def __init__(self, manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], path: Path | None = None):
        self.manifest = dict(manifest)
        self.path = path
        self._tables = dict(tables)
        self._scenarios: list[Scenario] | None = None

    def table(self, name: str) -> pd.DataFrame:
        """One table by its name; read from the folder when it is first looked at."""
        if name not in self.manifest["tables"]:
            raise InputError("there is no such table", found=shown(name), allowed=listed(self.manifest["tables"]))
        if name not in self._tables and self.path is not None:
            self._tables[name] = read(self.path / f"{name}.parquet")
        return self._tables[name]

    @property
    def runs(self) -> pd.DataFrame:
        """One row for each world."""
        return self.table("runs")

    @property
    def weekly(self) -> pd.DataFrame:
        """Every measure by run and week."""
        return self.table("weekly")

    @property
    def subgroups(self) -> pd.DataFrame:
        """Every tally by run, week and subgroup."""
        return self.table("subgroups")

    @property
    def totals(self) -> pd.DataFrame:
        """What each run came to."""
        return self.table("totals")

    @property
    def persons(self) -> pd.DataFrame | None:
        """Everybody's state in the last week, if it was asked for."""
        return self.table("persons") if "persons" in self.manifest["tables"] else None

    @property
    def groups(self) -> pd.DataFrame | None:
        """Every group's state in the last week, if persons were asked for."""
        return self.table("groups") if "groups" in self.manifest["tables"] else None

    @property
    def labels(self) -> list[str]:
        """The scenarios' labels, in order."""
        return [each["label"] for each in self.manifest["scenarios"]]

    @property
    def scenarios(self) -> "list[Scenario]":
        """The scenarios, as they were resolved."""
        from sim.scenario import scenario_from_dict

        if self._scenarios is None:
            self._scenarios = [scenario_from_dict(each["scenario"]) for each in self.manifest["scenarios"]]
        return self._scenarios

    @property
    def uncertainty(self) -> str:
        """What intervals over seeds hold: luck, or luck and parameters."""
        return str(self.manifest.get("uncertainty", wording.LUCK))

    @property
    def seeds(self) -> list[int]:
        """The seeds of each scenario, in order."""
        return list(self.manifest["seeds"])

    def differences(
        self,
        base: str | None = None,
        measures: Sequence[str] | str | None = None,
        by: str | None = None,
        at: str = "final",
    ) -> pd.DataFrame:
        """Each label's difference to the base (the first, if none is named), with its 95% interval over seeds.

        ``at`` is "final" (the last week, or the window up to it) or "mean" (pooled over the weeks 1 to the last);
        ``by`` is "role", "risk" or "isolation". Where the scenarios share setting, parameters and seeds, differences
        are taken seed by seed and ``paired`` is True; else samples are independent (Welch). Seeds in which a measure is
        undefined are left out, and ``n`` says how many are left.
        """
        return comparing.differences(self, base, measures, by, at)

    def summary(
        self, at: str = "final", measures: Sequence[str] | str | None = None, by: str | None = None
    ) -> pd.DataFrame:
        """The mean over seeds of each measure and label, with its 95% interval."""
        return comparing.summary(self, measures, by, at)

    def save(
        self, path: str | os.PathLike[str], force: bool = False, also: Callable[[Path], object] | None = None
    ) -> Path:
        """Write everything into a new folder that appears only when it is complete.

        A folder that is there already is refused; with ``force`` it is replaced, if it is a result. ``also`` may write
        more files (figures, a page) into the folder that it is called with, before it appears.
        """

        def fill(folder: Path) -> None:
            for name in self.manifest["tables"]:
                self.table(name).to_parquet(folder / f"{name}.parquet", compression="zstd", index=False)
            manifests.write(folder, self.manifest)
            if also:
                also(folder)

        return storing.write_folder(path, fill, is_result if force else None)

    @classmethod
    def open(cls, path: str | os.PathLike[str], check: bool = False) -> "Results":
        """A result from its folder; an ``InputError`` says what is wrong with it. ``check`` reads every table."""
        folder = Path(path)
        if not folder.is_dir():
            known = [each.name for each in folder.parent.glob("*/") if (each / MANIFEST).is_file()]
            hint = nearest(folder.name, known)
            raise InputError("there is no such folder", file=path, hint=hint and str(folder.parent / hint))
        found = cls(read_manifest(folder), {}, folder)
        for name in found.manifest["tables"]:
            if not (folder / f"{name}.parquet").is_file():
                raise InputError("a table is missing from this result", file=folder / f"{name}.parquet")
        if check:
            found.check()
        return found

    def check(self) -> None:
        """Compare every table with its digest in the manifest; an ``InputError`` names one that differs."""
        for name, about in self.manifest["tables"].items():
            if storing.digest(self.table(name)) != about["sha256"]:
                file = None if self.path is None else self.path / f"{name}.parquet"
                raise InputError(f"the table {name} is not what the manifest says: it was changed", file=file)


def read(file: Path) -> pd.DataFrame:
    """A table from its file."""
    try:
        return pd.read_parquet(file)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("this table cannot be read", file=file, found=str(error)) from None


def is_result(folder: Path) -> bool:
    """Whether a folder holds a result."""
    try:
        read_manifest(folder)
    except InputError:
        return False
    return True


def read_manifest(folder: Path) -> dict[str, Any]:
    """A folder's manifest, checked to be one that this version understands."""
    found = manifests.read(folder)
    check_shape(found, folder / MANIFEST)
    return found


def check_shape(manifest: dict[str, Any], file: Path) -> None:
    """Refuse a manifest that lacks what everything else relies on."""
    if manifest.get("uncertainty", wording.LUCK) not in wording.HOLDS:
        raise InputError("this manifest is damaged", file=file, key="uncertainty", found=shown(manifest["uncertainty"]))
    manifests.require(manifest, file, SHAPE)
    for name in TABLES:
        if name not in manifest["tables"] and name not in OPTIONAL:
            raise InputError("this manifest is damaged", file=file, key=f"tables.{name}", found="nothing")
    for name, about in manifest["tables"].items():
        if name not in TABLES or not isinstance(about, dict) or not isinstance(about.get("sha256"), str):
            raise InputError("this manifest is damaged", file=file, key=f"tables.{name}"[:80])
    for place, each in enumerate(manifest["scenarios"]):
        whole = isinstance(each, dict) and isinstance(each.get("label"), str) and isinstance(each.get("scenario"), dict)
        if not whole:
            raise InputError("this manifest is damaged", file=file, key=f"scenarios.{place}", found=shown(each))
