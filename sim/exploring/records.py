"""What made a sensitivity analysis or a map, said in its manifest; and whether making it again comes to the same."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

import sim
from sim import compiled, manifests, storing
from sim.errors import InputError
from sim.results import read
from sim.study import Verification, changed_versions, file_digests, unlike_files, versions

if TYPE_CHECKING:
    from sim.schema import Scenario

Tables = Mapping[str, pd.DataFrame]
Again = Callable[[], Tables]  # makes all tables again


def signed(kind: str, scenario: "Scenario", tables: Tables, command: str, own: Mapping[str, Any]) -> dict[str, Any]:
    """A manifest: what is ``own`` to this kind, and what every kind says."""
    return {
        "program": manifests.PROGRAM,
        "kind": kind,
        "format": manifests.FORMAT,
        "version": sim.__version__,
        "versions": versions(),
        "engine": compiled.source_digest(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        **own,
        "tables": manifests.described(tables),
        "scenario": scenario.model_dump(mode="json"),
        "digest": scenario.digest(),
        "files": file_digests(scenario),
    }


def verification(folder: Path, about: Mapping[str, Any], again: Again) -> Verification:
    """Whether the tables of a folder are those that were written, and come out the same when made again."""
    changed = changed_versions(about)
    stored: dict[str, pd.DataFrame] = {}
    faults = []
    for name, each in about["tables"].items():
        stored[name] = read(folder / f"{name}.parquet")
        if storing.digest(stored[name]) != each["sha256"]:
            faults.append(f"{name}: this table was changed since it was written")
    try:
        faults += unlike_files({"label": "the scenario", **about})
    except InputError as error:
        faults.append(str(error))
    if faults:
        return Verification(False, faults, changed)
    for name, table in again().items():
        if storing.digest(table) != about["tables"][name]["sha256"]:
            faults.append(f"{name}: {storing.where_unlike(stored[name], table)}")
    return Verification(not faults, faults, changed)


def verified(
    path: str | os.PathLike[str], threads: int | None, progress: Callable[[int, int], object] | None
) -> Verification | None:
    """Make a stored sensitivity analysis or map again and compare it; None if the folder holds neither."""
    from sim.exploring import findings, map_files

    folder = Path(path)
    for part in (findings, map_files):
        if manifests.is_one(folder, part.KIND):
            about = part.read_manifest(folder)
            return verification(folder, about, lambda: part.again(about, threads, progress))  # noqa: B023
    return None
