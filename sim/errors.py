"""What went wrong with an input, said in one screen: where, what was found, what is allowed, the nearest right name."""

import difflib
import os
import unicodedata
from collections.abc import Iterable

WIDTH = 110  # characters a line
LONGEST = 400  # characters of any one part


class InputError(Exception):
    """Something the user gave cannot be used; the command line prints it and ends with exit code 2."""

    def __init__(
        self,
        message: str,
        *,
        file: str | os.PathLike[str] | None = None,
        line: int | None = None,
        key: str | None = None,
        found: str | None = None,
        allowed: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = None if file is None else os.fspath(file)
        self.line = line
        self.key = key
        self.found = found
        self.allowed = allowed
        self.hint = hint

    @property
    def where(self) -> str:
        """The file and line, as far as they are known."""
        parts = [clean(self.file)] if self.file is not None else []
        parts += [f"line {self.line}"] if self.line is not None else []
        return ", ".join(parts)

    def __str__(self) -> str:
        first = f"{self.where}: {clean(self.message)}" if self.where else clean(self.message)
        parts = (("key", self.key), ("found", self.found), ("allowed", self.allowed), ("did you mean", self.hint))
        lines = [first]
        for name, text in parts:
            if text is not None:
                lines += wrapped(f"  {name + ':':<14}", clean(text) + ("?" if name == "did you mean" else ""))
        return "\n".join(lines)

    def __reduce__(self):
        # Exceptions pickle by their positional arguments; workers in other processes raise these too.
        return (_remake, (self.message, {name: getattr(self, name) for name in _PARTS}))


_PARTS = ("file", "line", "key", "found", "allowed", "hint")


def _remake(message: str, parts: dict) -> InputError:
    return InputError(message, **parts)


def clean(text: str) -> str:
    """``text`` on one line, without characters that a terminal would act on, cut to a readable length."""
    shown = "".join(c if not unicodedata.category(c).startswith(("C", "Zl", "Zp")) else " " for c in text)
    shown = " ".join(shown.split())
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 4].rstrip() + " ..."


def wrapped(label: str, text: str) -> list[str]:
    """``text`` after ``label``, broken at spaces into lines of ``WIDTH``."""
    lines, current = [], label.rstrip()
    for word in text.split(" "):
        if len(current) + 1 + len(word) > WIDTH and len(current) > len(label):
            lines.append(current)
            current = " " * (len(label) - 1)
        current = current.ljust(len(label) - 1) + " " + word
    return [*lines, current]


def nearest(name: object, names: Iterable[str]) -> str | None:
    """The right name that looks most like ``name``, if any looks like it at all."""
    known = sorted(names)
    text = str(name)[:200].lower().replace("-", "_").replace(" ", "_")
    close = difflib.get_close_matches(text, known, n=1, cutoff=0.6)
    if close:
        return close[0]
    # A dotted name with the right ending but the wrong group ("care.conformity") is still recognised.
    by_ending = {known_name.rsplit(".", 1)[-1]: known_name for known_name in reversed(known)}
    close = difflib.get_close_matches(text.rsplit(".", 1)[-1], list(by_ending), n=1, cutoff=0.8)
    return by_ending[close[0]] if close else None


def shown(value: object) -> str:
    """A value as it would stand in a file, short."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'the text "{value if len(value) <= 60 else value[:56] + " ..."}"'
    if isinstance(value, dict):
        keys = [str(key)[:30] for key in value]
        return "a mapping" + (
            f" with {', '.join(keys[:6])}{' ...' if len(keys) > 6 else ''}" if keys else " of nothing"
        )
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    return str(value)[:60]


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names in a row, cut when there are many."""
    known = list(names)
    return ", ".join(known[:most]) + (f" ... ({len(known)} in all)" if len(known) > most else "")
