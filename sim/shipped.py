"""Where the files that come with the program lie, and how they are named on any machine."""

import os
from functools import cache
from pathlib import Path

MARK = "shipped:"  # begins the name of a file that comes with the program, in results and manifests


@cache
def folder() -> Path:
    """The folder of shipped scenarios: beside ``sim/`` in a checkout, inside it in an installed wheel."""
    package = Path(__file__).resolve().parent
    inside, beside = package / "_scenarios", package.parent / "scenarios"
    return inside if inside.is_dir() else beside


def names(kind: str) -> list[str]:
    """The shipped settings or plans (``kind`` is "setting" or "plan"), by name."""
    return sorted(path.stem for path in (folder() / f"{kind}s").glob("*.yaml"))


def path(kind: str, name: str) -> Path:
    """The file of a shipped setting or plan."""
    return folder() / f"{kind}s" / f"{name}.yaml"


def starter(kind: str) -> Path:
    """The commented file that a new setting or plan begins with."""
    return folder() / "starters" / f"{kind}.yaml"


def portable(file: str | os.PathLike[str]) -> str:
    """A file's name that means the same on every machine, if it is a shipped one; else the name as it is."""
    text = os.fspath(file)
    if os.path.isabs(text) and Path(text).is_relative_to(folder()):
        return MARK + Path(text).relative_to(folder()).as_posix()
    return text


def located(text: str) -> str:
    """The inverse of ``portable``: a path on this machine."""
    if not text.startswith(MARK):
        return text
    found = Path(os.path.normpath(folder() / text.removeprefix(MARK)))
    if not found.is_relative_to(folder()):
        raise ValueError("a shipped file lies in the folder of shipped files")
    return str(found)
