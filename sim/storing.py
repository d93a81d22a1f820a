"""A folder of tables appears whole or not at all, and every table has a digest of what it holds.

The digest is taken of the values, column by column, not of a file's bytes: it does not change with the library that
writes the file.
"""

import contextlib
import ctypes
import hashlib
import json
import os
import secrets
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import InputError, listed

AT_HERE, EXCHANGE = -100, 2  # of Linux's renameat2; macOS has renamex_np with its own RENAME_SWAP, also 2


def digest(frame: pd.DataFrame) -> str:
    """The SHA-256 of a table: names of the columns, kinds of values, and the values, in order."""
    found = hashlib.sha256(str(len(frame)).encode())
    for name in frame.columns:
        kind, *parts = canonical(frame[name])
        found.update(json.dumps([name, kind]).encode())
        for part in parts:
            found.update(len(part).to_bytes(8, "little"))
            found.update(part)
    return found.hexdigest()


def canonical(column: pd.Series) -> tuple[str, *tuple[bytes, ...]]:
    """A column's kind and its values as bytes that mean the same on every machine."""
    if isinstance(column.dtype, pd.BooleanDtype):
        return "truth or unknown", column.astype("Int8").fillna(-1).to_numpy(np.int8).tobytes()
    if not isinstance(column.dtype, np.dtype) or column.dtype == object:
        codes, texts = pd.factorize(column)
        return "text", codes.astype("<i4").tobytes(), json.dumps([str(text) for text in texts]).encode()
    values = column.to_numpy()
    if values.dtype.kind == "f":
        values = np.where(np.isnan(values), values.dtype.type(np.nan), values)
    values = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
    return f"{values.dtype.kind}{values.dtype.itemsize}", values.tobytes()


def where_unlike(one: pd.DataFrame, other: pd.DataFrame) -> str:
    """Where two tables differ first, in words."""
    if list(one.columns) != list(other.columns):
        apart = [str(name) for name in one.columns.symmetric_difference(other.columns, sort=False)]
        return f"other columns: {listed(apart, 6)}" if apart else "the columns stand in another order"
    if len(one) != len(other):
        return f"{len(one)} rows, and {len(other)} when made again"
    for name in one.columns:
        kinds, values = zip(*((kind, parts) for kind, *parts in map(canonical, (one[name], other[name]))), strict=True)
        if kinds[0] != kinds[1]:
            return f"{name} is of another kind: {kinds[0]}, and {kinds[1]} when made again"
        if values[0] != values[1]:
            return unlike_values(name, one, other)
    return "no difference that could be found"


def unlike_values(name: str, one: pd.DataFrame, other: pd.DataFrame) -> str:
    """How two tables differ in a column."""
    pairs = zip(one[name].astype(object), other[name].astype(object), strict=True)
    rows = [row for row, (x, y) in enumerate(pairs) if not (x is y or x == y or (x != x and y != y))]
    found = f"{name} differs in {len(rows)} of {len(one)} rows"
    if not rows:
        return found
    place = ", ".join(f"{key} {one[key].iloc[rows[0]]}" for key in ("run", "label", "seed", "week") if key in one)
    here, there = one[name].iloc[rows[0]], other[name].iloc[rows[0]]
    return f"{found}, first at {place}: {here}, and {there} when made again"


def write_folder(
    path: str | os.PathLike[str], fill: Callable[[Path], None], replaceable: Callable[[Path], bool] | None
) -> Path:
    """Make the folder ``path`` with what ``fill`` writes into it: first beside it, then renamed.

    A folder that is there already is only replaced if ``replaceable`` says that it may be (None: never).
    """
    target = Path(os.path.realpath(path))
    check_free(target, path, replaceable)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        made = target.with_name(f".{target.name[:100]}-{secrets.token_hex(6)}")
        made.mkdir()
    except OSError as error:
        raise InputError("this folder cannot be written", file=path, found=reason(error)) from None
    try:
        fill(made)
        for file in (*made.rglob("*"), made):
            flush(file)
        check_free(target, path, replaceable)
        put(made, target, replaceable is not None)
        flush(target.parent)
    except OSError as error:
        raise InputError("this folder cannot be written", file=path, found=reason(error)) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return target


def check_free(target: Path, path: str | os.PathLike[str], replaceable: Callable[[Path], bool] | None) -> None:
    """Refuse a place that is taken, unless what is there may be replaced."""
    if not os.path.lexists(target):
        check_writable(target.parent, path)
        return
    if replaceable is None:
        raise InputError(
            "there is something here already", file=path, allowed="a new folder, or to replace it (--force)"
        )
    if not target.is_dir() or not replaceable(target):
        raise InputError("this is no result, so it is not replaced", file=path, allowed="a new folder, or a result's")


def check_writable(folder: Path, path: str | os.PathLike[str]) -> None:
    """Refuse a place where nothing can be written, as far as that can be told before there is anything to write."""
    there = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
    if not there.is_dir():
        raise InputError("this folder cannot be written", file=path, found=f"{there} is a file")
    if not os.access(there, os.W_OK | os.X_OK):
        raise InputError("this folder cannot be written", file=path, found=f"{there} may not be written to")


def put(made: Path, target: Path, replace: bool) -> None:
    """Rename ``made`` to ``target``; if a folder is there, the two change places in one step where the system can."""
    if not (replace and target.exists()):
        os.rename(made, target)
        return
    if exchange(made, target):
        return
    aside = made.with_name(made.name + ".old")
    os.rename(target, aside)
    try:
        os.rename(made, target)
    except OSError:
        os.rename(aside, target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change names in one step, if the system knows how."""
    names = os.fsencode(one), os.fsencode(other)
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            return bool(library.renamex_np(*names, EXCHANGE) == 0)
        if sys.platform == "linux":
            return bool(library.renameat2(AT_HERE, names[0], AT_HERE, names[1], EXCHANGE) == 0)
    return False


def flush(path: Path) -> None:
    """Have a file or folder written to the disk (folders only where the system lets one)."""
    flags = os.O_RDONLY if path.is_dir() or sys.platform != "win32" else os.O_RDWR
    try:
        handle = os.open(path, flags)
    except PermissionError:
        if path.is_dir():
            return
        raise
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def reason(error: OSError) -> str:
    """Why the system refused."""
    return error.strerror or str(error)
