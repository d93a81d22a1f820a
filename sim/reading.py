"""Strict YAML: plain data and the line of every value, or one clear error; no tags, aliases, doubles or surprises.

Values follow YAML 1.2's core schema, so ``1e-3`` is a number and ``off``, ``no`` and ``12:30`` are text. The file is
read as a stream of events, so that a bomb is refused while it is being read, before anything is built from it.
"""

import math
import os
import re
import stat
from dataclasses import dataclass
from typing import Any

from sim.errors import InputError, nearest, shown

Keys = tuple[str | int, ...]

LARGEST = 1_000_000  # bytes
DEEPEST = 20  # mappings and lists within one another
MOST_VALUES = 20_000
LONGEST_NUMBER = 60  # characters

NOTHING = {"", "~", "null", "Null", "NULL"}
YES, NO = {"true", "True", "TRUE"}, {"false", "False", "FALSE"}
WHOLE = re.compile(r"[-+]?[0-9]+")
OCTAL, HEX = re.compile(r"0o[0-7]+"), re.compile(r"0x[0-9a-fA-F]+")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
# Neither text nor an ordinary line break: controls, halves of surrogate pairs, line breaks that editors do not count
NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")


@dataclass(frozen=True)
class Document:
    """What a file says, and in which line each value begins (for a key's value: the line of the key)."""

    data: dict[str, Any]
    lines: dict[Keys, int]
    file: str


def read(file: str | os.PathLike[str], largest: int = LARGEST) -> Document:
    """Read a YAML file whose top level is a mapping."""
    return parse(text(file, largest), os.fspath(file))


def text(file: str | os.PathLike[str], largest: int = LARGEST) -> str:
    """The text of a UTF-8 file, refused before it is read if it is too large or no ordinary file."""
    try:
        with open(checked(file, largest), "rb") as stream:
            content = stream.read(largest + 1)
    except (OSError, ValueError) as error:
        hint = nearest_file(file) if isinstance(error, FileNotFoundError) else None
        raise InputError(f"this file cannot be read: {reason(error)}", file=file, hint=hint) from None
    if len(content) > largest:
        raise too_large(file, len(content), largest)
    return decoded(content, file)


def checked(file: str | os.PathLike[str], largest: int) -> str | os.PathLike[str]:
    """The same file, known to be an ordinary one of a fair size: a pipe or a device would never end."""
    status = os.stat(file)
    if stat.S_ISDIR(status.st_mode):
        raise InputError("this is a folder, not a file", file=file)
    if not stat.S_ISREG(status.st_mode):
        raise InputError("this is not an ordinary file", file=file)
    if status.st_size > largest:
        raise too_large(file, status.st_size, largest)
    return file


def too_large(file, size: int, largest: int) -> InputError:
    """The error for a file that nobody writes by hand."""
    return InputError("this file is too large", file=file, found=f"{size:,} bytes", allowed=f"up to {largest:,} bytes")


def reason(error: OSError | ValueError) -> str:
    """Why a file could not be opened, in words."""
    return (getattr(error, "strerror", None) or str(error)).lower()


def nearest_file(file: str | os.PathLike[str]) -> str | None:
    """The name in the same folder that looks most like a missing file's, among files of its ending."""
    folder, name = os.path.split(os.fspath(file))
    try:
        beside = os.listdir(folder or ".")
    except (OSError, ValueError):
        return None
    ending = os.path.splitext(name)[1]
    return nearest(name, [each for each in beside if os.path.splitext(each)[1] == ending and each != name])


def decoded(content: bytes, file: str | os.PathLike[str]) -> str:
    """The bytes as text; anything but UTF-8 is an error that names the first byte that is not."""
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise InputError(
            "this file is not UTF-8 text",
            file=file,
            line=content.count(b"\n", 0, error.start) + 1,
            found=f"byte 0x{content[error.start]:02x} at offset {error.start}",
            allowed="text saved as UTF-8",
            hint="UTF-16 saved as UTF-8" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else None,
        ) from None


def parse(content: str, file: str = "(text)") -> Document:
    """Turn YAML text whose top level is a mapping into plain data."""
    import yaml

    if odd := NO_TEXT.search(content):
        line = content.count("\n", 0, odd.start()) + 1
        raise InputError("this character is no text", file=file, line=line, found=f"U+{ord(odd.group()):04X}")
    builder = Builder(file)
    try:
        for event in yaml.parse(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = ", ".join(part for part in (error.problem, error.context) if part)
        raise InputError(f"this is not YAML: {said}", file=file, line=mark.line + 1 if mark else None) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(f"this is not YAML: {error}", file=file) from None
    if not isinstance(builder.data, dict):
        found = "an empty file" if builder.data is None else shown(builder.data)
        raise InputError("the file must hold keys and values", file=file, line=1, found=found, allowed="key: value")
    return Document(builder.data, builder.lines, file)


class Builder:
    """Data under construction: the open mappings and lists, the innermost last."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.data: Any = None
        self.lines: dict[Keys, int] = {}
        self.open: list[dict | list] = []
        self.path: list[str | int] = []  # the keys that lead to the value being read
        self.waiting: list[bool] = []  # for each open mapping or list: whether a key still waits for its value
        self.values = 0
        self.documents = 0

    def fail(self, message: str, event, **parts) -> InputError:
        """An error at an event, with the keys that lead there."""
        key = dotted(tuple(self.path)) or None
        return InputError(message, file=self.file, line=event.start_mark.line + 1, **{"key": key, **parts})

    def take(self, event) -> None:
        """Take the next event of the stream."""
        name = type(event).__name__
        if name == "DocumentStartEvent":
            self.begin_document(event)
        elif name == "AliasEvent" or getattr(event, "anchor", None) is not None:
            raise self.fail("anchors and aliases (& and *) are not used here", event, allowed="the value, written out")
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            self.check_node(event)
            self.begin({} if name == "MappingStartEvent" else [], event)
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            self.end()
        elif name == "ScalarEvent":
            self.check_node(event)
            self.take_scalar(event)

    def begin_document(self, event) -> None:
        """Allow one document, without directives."""
        self.documents += 1
        if self.documents > 1:
            raise self.fail("a second document begins here (---)", event, allowed="one document a file")
        if event.tags or event.version not in (None, (1, 2)):
            raise self.fail("YAML directives (%) are not used here", event)

    def check_node(self, event) -> None:
        """Refuse tags, and more or deeper values than any scenario needs."""
        if event.tag is not None:
            raise self.fail("YAML tags (!) are not used here", event, found=event.tag, allowed="plain values")
        self.values += 1
        if self.values > MOST_VALUES:
            raise self.fail("this file holds too many values", event, key=None, allowed=f"up to {MOST_VALUES:,}")
        if len(self.open) > DEEPEST:
            raise self.fail("values are nested too deep", event, key=None, allowed=f"up to {DEEPEST} levels")

    def begin(self, container: dict | list, event) -> None:
        """Open a mapping or a list."""
        if self.is_key():
            raise self.fail("a key must be text", event, found="a list or mapping as a key")
        self.place(container, event)
        self.open.append(container)
        self.waiting.append(False)

    def end(self) -> None:
        """Close the innermost mapping or list."""
        self.open.pop()
        self.waiting.pop()
        self.placed()

    def take_scalar(self, event) -> None:
        """Take a key or a value."""
        plain = event.style is None or event.style == ""
        value = self.scalar(event.value, event) if plain else self.quoted(event.value, event)
        if self.is_key():
            self.begin_key(value, event)
        else:
            self.place(value, event)
            self.placed()

    def is_key(self) -> bool:
        """Whether the next value is a key of the innermost mapping."""
        return bool(self.open) and isinstance(self.open[-1], dict) and not self.waiting[-1]

    def begin_key(self, key: Any, event) -> None:
        """Take a key: text, and new in its mapping."""
        if not isinstance(key, str):
            raise self.fail("a key must be text", event, found=shown(key), allowed="a name, or text in quotes")
        mapping = self.open[-1]
        self.path.append(key)
        if key in mapping:
            first = self.lines[tuple(self.path)]
            raise self.fail(f"this key is given twice; the first is in line {first}", event)
        self.lines[tuple(self.path)] = event.start_mark.line + 1
        self.waiting[-1] = True

    def place(self, value: Any, event) -> None:
        """Put a value where it belongs: under its key, at the end of a list, or at the top."""
        if not self.open:
            self.data = value
            self.lines[()] = event.start_mark.line + 1
        elif isinstance(self.open[-1], dict):
            self.open[-1][self.path[-1]] = value
        else:
            self.path.append(len(self.open[-1]))
            self.lines[tuple(self.path)] = event.start_mark.line + 1
            self.open[-1].append(value)

    def placed(self) -> None:
        """Leave the key or list position whose value is now complete."""
        if self.open:
            self.path.pop()
            self.waiting[-1] = False

    def quoted(self, value: str, event) -> str:
        """Text in quotes or a block; an escape may not smuggle in what the file itself may not hold."""
        if odd := NO_TEXT.search(value):
            raise self.fail("this text has a character that is no text", event, found=f"U+{ord(odd.group()):04X}")
        return value

    def scalar(self, value: str, event) -> bool | int | float | str | None:
        """A plain value by YAML 1.2's core schema."""
        if value in NOTHING:
            return None
        if value in YES or value in NO:
            return value in YES
        if NOT_A_NUMBER.fullmatch(value):
            raise self.fail("numbers must be finite", event, found=value)
        number = WHOLE.fullmatch(value) or OCTAL.fullmatch(value) or HEX.fullmatch(value) or NUMBER.fullmatch(value)
        if number is None:
            return value
        if len(value) > LONGEST_NUMBER:
            raise self.fail("this number is too long", event, allowed=f"up to {LONGEST_NUMBER} characters")
        if WHOLE.fullmatch(value):
            return int(value)
        if value.startswith(("0o", "0x")):
            return int(value, 0)
        if not math.isfinite(found := float(value)):
            raise self.fail("this number is too large", event, found=value)
        return found


def dotted(path: Keys) -> str:
    """Keys that lead to a value, as one name: ``units[0].size``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
