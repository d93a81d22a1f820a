"""A visitor's own network: two small files, read as strictly as anywhere, kept in her session and nowhere else."""

import os
import tempfile
from pathlib import Path
from typing import Any

from sim import network
from sim.errors import InputError, listed

LARGEST = 300_000  # characters of a file
MOST_PEOPLE = 3_000
TIES = (*network.TABLES, *network.LISTS, *network.GRAPHS)


class Upload:
    """The files of one visitor, in a folder of their own that goes when she does."""

    def __init__(self, asked: Any) -> None:
        """``asked`` has ``ties`` and perhaps ``people``, each with the ``name`` and ``text`` of a file."""
        files = asked if isinstance(asked, dict) else {}
        ties, people = named(files.get("ties"), TIES), named(files.get("people"), network.TABLES)
        if ties is None:
            raise InputError("a file of ties is missing", allowed=listed(TIES, len(TIES)))
        self.folder = tempfile.TemporaryDirectory(prefix="helpseek-")
        try:
            self.files = (None if people is None else self.kept("people", *people), self.kept("ties", *ties))
            self.found = checked(self.files)
        except InputError as problem:
            self.close()
            raise without_paths(problem, self.folder.name) from None

    def kept(self, part: str, ending: str, text: str) -> str:
        """Write a file into the folder, readable by nobody else; its name is ours, not the visitor's."""
        path = Path(self.folder.name) / f"{part}{ending}"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        return os.fspath(path)

    def close(self) -> None:
        """Forget everything."""
        network.read_once.cache_clear()
        self.folder.cleanup()


def named(file: Any, endings: tuple[str, ...]) -> tuple[str, str] | None:
    """The ending and the text of a file; nothing if none was given."""
    if file is None:
        return None
    name, text = (file.get("name"), file.get("text")) if isinstance(file, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(text, str):
        raise InputError("this is no file")
    ending = os.path.splitext(name)[1].lower()[:12]
    if ending not in endings:
        raise InputError("this kind of file is unknown", found=ending or "no ending", allowed=listed(endings, 20))
    if len(text) > LARGEST:
        raise InputError("this file is too large", found=f"{len(text)} characters", allowed=f"{LARGEST}")
    return ending, text


def checked(files: tuple[str | None, str]) -> dict[str, Any]:
    """What was understood of the files, without a single name."""
    found = network.overview(*files)
    people = found["people"]
    if not isinstance(people, int) or people > MOST_PEOPLE:
        raise InputError("this network is too large for a page", found=f"{people} people", allowed=f"{MOST_PEOPLE}")
    return {name: value for name, value in found.items() if name != "ignored"}


def without_paths(problem: InputError, folder: str) -> InputError:
    """The same problem, said without where the file lies on this computer."""
    file = None if problem.file is None else os.path.basename(problem.file)

    def clean(text: str | None) -> str | None:
        return None if text is None else text.replace(folder + os.sep, "")

    return InputError(
        clean(problem.message) or "",
        file=file,
        line=problem.line,
        key=clean(problem.key),
        found=clean(problem.found),
        allowed=clean(problem.allowed),
        hint=clean(problem.hint),
    )
