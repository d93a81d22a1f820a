"""A map in the making: what was asked and what was lived so far, in a hidden folder, so that it can be gone on with."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from sim import manifests
from sim.errors import InputError
from sim.exploring.refining import Corner
from sim.exploring.stored import beside
from sim.exploring.walking import Live
from sim.sweeps.layout import parquet
from sim.sweeps.stamps import Stamp, stamp
from sim.sweeps.store import whole

ASKED = "asked.json"


class Kept:
    """The batches of a map, each in a file, numbered in the order in which they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0

    def __call__(self, corners: Sequence[Corner], live: Live) -> pd.DataFrame:
        """What corners came to: read, if it is there, or lived and written, whole or not at all."""
        file = self.folder / f"{self.number:06d}.parquet"
        self.number += 1
        found = read(file)
        if found is not None and list(dict.fromkeys(zip(found["i"], found["j"], strict=True))) == list(corners):
            return found
        made = live(list(corners))
        whole(file, parquet(pa.Table.from_pandas(made, preserve_index=False)))
        return made


def read(file: Path) -> pd.DataFrame | None:
    """A batch that was kept; none if it is not there, or not whole."""
    try:
        return pd.read_parquet(file)
    except (OSError, ValueError, pa.ArrowException):
        return None


def begun(target: Path, asked: Mapping[str, Any]) -> Kept:
    """Where a map's batches are kept; those of the same map that are there already are gone on with."""
    folder = beside(target)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"version": stamp().version, "sources": stamp().sources, **asked}, indent=1) + "\n"
    file = folder / ASKED
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        for left in folder.glob("*.parquet"):
            left.unlink()
        whole(file, text.encode())
    return Kept(folder)


def asked_before(target: Path) -> dict[str, Any]:
    """What was asked of a map that was begun; an ``InputError`` if there is none, or one of another version."""
    file = beside(target) / ASKED
    if not file.is_file():
        allowed = "a map that was stopped; this one is finished" if manifests.is_one(target, "map") else None
        raise InputError("no map was begun here that could be gone on with", file=target, allowed=allowed)
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        then = Stamp(found.pop("version"), found.pop("sources"))
    except (ValueError, KeyError, AttributeError):
        raise InputError("what was kept of this map cannot be read", file=file, allowed="to begin it again") from None
    if then != stamp():
        raise InputError(
            "this map was begun with another version of the program, and can only be finished with that",
            file=file, found=f"{then}; here is {stamp()}", allowed="the same version, or to begin it again",
        )  # fmt: skip
    return found
