"""The manifest of a folder of results: its kind, all that can make the results again, the digest of each table."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim import storing
from sim.errors import InputError, shown

PROGRAM = "help-seeking-norms"
FORMAT = 1
MANIFEST = "manifest.json"
LARGEST = 200_000_000  # bytes


def parsed(folder: Path, what: str) -> dict[str, Any]:
    """A folder's manifest, checked to be this program's; ``what`` names the folder in errors.

    Raises InputError if there is none, or one that cannot be read or is of something else.
    """
    file = folder / MANIFEST
    try:
        if file.stat().st_size > LARGEST:
            raise InputError("this manifest is too large", file=file, allowed=f"{LARGEST} bytes")
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"this folder is no {what}: it has no manifest", file=folder) from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError("this manifest cannot be read", file=file, found=str(error)) from None
    if not isinstance(found, dict) or found.get("program") != PROGRAM:
        raise InputError(f"this manifest is not one of a {what}", file=file)
    return found


def read(folder: Path, kind: str | None = None, what: str = "result", form: int = FORMAT) -> dict[str, Any]:
    """A folder's manifest, checked to be of this ``kind`` and ``form``; errors as those of ``parsed``."""
    found, file = parsed(folder, what), folder / MANIFEST
    there = "study" if str(found.get("format")).startswith("study ") else found.get("kind")
    if there != kind:
        allowed = "a folder that helpseek run or compare has written" if kind is None else f"a {what}"
        holds = "a result of run or compare" if there is None else str(there)
        raise InputError(f"this manifest is not one of a {what}", file=file, key="kind", found=holds, allowed=allowed)
    if found.get("format") != form:
        raise InputError(
            f"this {what} has another format",
            file=file,
            key="format",
            found=shown(found.get("format")),
            allowed=str(form),
        )
    return found


def require(manifest: Mapping[str, Any], file: Path, shape: Mapping[str, type | tuple[type, ...]]) -> None:
    """Refuse a manifest that lacks what everything else relies on: its keys and the type of each."""
    for key, wanted in shape.items():
        if not isinstance(manifest.get(key), wanted):
            raise InputError("this manifest is damaged", file=file, key=key, found=shown(manifest.get(key)))


def is_one(folder: Path, kind: str | None = None, form: int = FORMAT) -> bool:
    """Whether a folder holds results of a kind."""
    try:
        read(folder, kind, form=form)
    except InputError:
        return False
    return True


def write(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Put a manifest into a folder."""
    text = json.dumps(manifest, indent=1, ensure_ascii=True, allow_nan=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def described(tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, Any]]:
    """What a manifest says of tables: their lengths and digests."""
    return {name: {"rows": len(frame), "sha256": storing.digest(frame)} for name, frame in tables.items()}
