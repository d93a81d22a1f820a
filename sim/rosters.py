"""Tables in, people and ties out: CSV files with a header, and plain lists of who names whom."""

import csv
import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from sim import reading
from sim.errors import InputError, listed, nearest, shown

LARGEST = 100_000_000  # bytes
MOST_COMPARED = 5000  # names among which the nearest to a wrong one is looked for
DELIMITERS = ",;\t"
PEOPLE_COLUMNS = ("id", "group", "role")
TIES_COLUMNS = ("source", "target", "trust", "type")
ROLES = {"": False, "member": False, "leader": True}
TYPES = {"": False, "directed": False, "undirected": True}


@dataclass
class Roster:
    """People as a file lists them, one entry each; ``lines`` is where, if the file has lines that mean something."""

    file: str
    ids: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    leads: list[bool] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    ignored: tuple[str, ...] = ()


@dataclass
class Namings:
    """Ties as a file lists them: who names whom, how far trusted (NaN: not said), and whether it holds both ways."""

    file: str
    sources: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    trust: list[float] = field(default_factory=list)
    mutual: list[bool] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    ignored: tuple[str, ...] = ()


def content(file: str) -> str:
    """The text of a file of one's own."""
    if not os.path.lexists(file):
        raise InputError("there is no such file", file=file, hint=reading.nearest_file(file))
    text = reading.text(file, LARGEST)
    if not text.strip():
        raise InputError("this file is empty", file=file)
    if odd := reading.NO_TEXT.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        raise InputError("this character is no text", file=file, line=line, found=f"U+{ord(odd.group()):04X}")
    return text


def read_people(file: str, text: str) -> Roster:
    """People from a CSV file with the column id, and if known group and role; other columns are ignored."""
    rows = table(file, text)
    columns, ignored = header(file, next(rows, None), PEOPLE_COLUMNS, needed=("id",))
    roster = Roster(file, ignored=ignored)
    for line, row in rows:
        cells = cells_of(row, columns, file, line)
        if not cells["id"]:
            raise InputError("an id is missing", file=file, line=line, key="id")
        roster.ids.append(cells["id"])
        roster.groups.append(cells.get("group", ""))
        roster.leads.append(leads(cells.get("role", ""), file, line))
        roster.lines.append(line)
    return roster


def read_ties(file: str, text: str) -> Namings:
    """Ties from a CSV file with the columns source and target, and if known trust and type; others are ignored."""
    rows = table(file, text)
    columns, ignored = header(file, next(rows, None), TIES_COLUMNS, needed=("source", "target"))
    namings = Namings(file, ignored=ignored)
    for line, row in rows:
        cells = cells_of(row, columns, file, line)
        for end in ("source", "target"):
            if not cells[end]:
                raise InputError("an id is missing", file=file, line=line, key=end)
        namings.sources.append(cells["source"])
        namings.targets.append(cells["target"])
        namings.trust.append(trust_of(cells.get("trust", ""), file, line))
        namings.mutual.append(chosen_of(cells.get("type", ""), TYPES, "type", file, line))
        namings.lines.append(line)
    return namings


def read_list(file: str, text: str, neighbours: bool) -> Namings:
    """Ties from lines of ids with blanks between: who names whom, or (``neighbours``) who names all of the others."""
    namings, more = Namings(file), False
    for line, row in enumerate(text.splitlines(), 1):
        ids = row.split("#", 1)[0].split()
        if not ids:
            continue
        if len(ids) < 2 and not neighbours:
            raise InputError("a line names two people", file=file, line=line, found=shown(row.strip()), allowed="id id")
        more = more or len(ids) > 2
        for other in ids[1:] if neighbours else ids[1:2]:
            namings.sources.append(ids[0])
            namings.targets.append(other)
            namings.trust.append(float("nan"))
            namings.mutual.append(False)
            namings.lines.append(line)
    namings.ignored = ("what follows the second id",) if more and not neighbours else ()
    return namings


def table(file: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file with their lines; blank ones are left out."""
    first = text[:10_000].lstrip().split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                yield line, [cell.strip() for cell in row]
            line = rows.line_num + 1
    except csv.Error as error:
        raise InputError(f"this is no CSV table: {error}", file=file, line=line) from None


def header(
    file: str, first: tuple[int, list[str]] | None, known: tuple[str, ...], needed: tuple[str, ...]
) -> tuple[dict[str, int], tuple[str, ...]]:
    """At which place each known column stands, and the names of the others."""
    line, names = first if first else (1, [])
    lower = [name.casefold() for name in names]
    allowed = "the columns " + ", ".join(name if name in needed else f"{name} (if known)" for name in known)
    for name in needed:
        if name not in lower:
            message = f"the column {name} is missing from the header"
            raise InputError(
                message, file=file, line=line, key=name, found=listed(names), allowed=allowed, hint=nearest(name, names)
            )
    for name in known:
        if lower.count(name) > 1:
            raise InputError("a column stands twice in the header", file=file, line=line, key=name, allowed=allowed)
    ignored = tuple(name for name in names if name and name.casefold() not in known)
    return {name: lower.index(name) for name in known if name in lower}, ignored


def cells_of(row: list[str], columns: dict[str, int], file: str, line: int) -> dict[str, str]:
    """The cells of the known columns; a row may leave out empty ones at its end."""
    return {name: row[place] if place < len(row) else "" for name, place in columns.items()}


def leads(text: str, file: str, line: int | None) -> bool:
    """Whether a role is that of a leader."""
    return chosen_of(text, ROLES, "role", file, line)


def chosen_of(text: str, choices: Mapping[str, bool], key: str, file: str, line: int | None) -> bool:
    """What one of a few words means."""
    meaning = choices.get(text.casefold())
    if meaning is None:
        names = [name for name in choices if name]
        allowed = f"{' or '.join(names)}; left empty it means {names[0]}"
        message = f"this {key} is unknown"
        raise InputError(
            message, file=file, line=line, key=key, found=shown(text), allowed=allowed, hint=nearest(text, names)
        )
    return meaning


def trust_of(text: str, file: str, line: int | None) -> float:
    """Trust as a number from 0 to 1; NaN if nothing is said."""
    if not text:
        return float("nan")
    value = float(text) if len(text) <= reading.LONGEST_NUMBER and reading.NUMBER.fullmatch(text) else -1.0
    if not 0.0 <= value <= 1.0:
        raise InputError(
            "this is no trust", file=file, line=line, key="trust", found=shown(text), allowed="a number from 0 to 1"
        )
    return value


def numbered(roster: Roster) -> dict[str, int]:
    """The row of each id; no id may stand twice or be empty."""
    number: dict[str, int] = {}
    for row, name in enumerate(roster.ids):
        line = roster.lines[row] if roster.lines else None
        if not name:
            raise InputError("an id is empty", file=roster.file, line=line, key="id")
        if name in number:
            before = f"{name}, first in line {roster.lines[number[name]]}" if roster.lines else name
            raise InputError("two people have the same id", file=roster.file, line=line, key="id", found=before)
        number[name] = row
    return number


def ends_of(names: list[str], key: str, number: dict[str, int], roster: Roster, namings: Namings) -> list[int]:
    """The rows of the people whom ties name."""
    rows = [number.get(name, -1) for name in names]
    if -1 in rows:
        place = rows.index(-1)
        raise InputError(
            "a tie names an unknown person",
            file=namings.file,
            line=line_of(namings, place),
            key=key,
            found=names[place],
            allowed=f"one of the {len(number)} ids in {os.path.basename(roster.file)}",
            hint=nearest(names[place], roster.ids[:MOST_COMPARED]),
        )
    return rows


def check_once(source: np.ndarray, target: np.ndarray, place_of: np.ndarray, people: int, namings: Namings) -> None:
    """Each tie stands once; one that holds both ways counts for both."""
    code = source.astype(np.int64) * people + target
    order = np.lexsort((place_of, code))
    again = order[1:][code[order][1:] == code[order][:-1]]
    if again.size == 0:
        return
    place = int(place_of[again].min())
    found = f"{namings.sources[place]} to {namings.targets[place]}"
    raise InputError("this tie stands twice", file=namings.file, line=line_of(namings, place), found=found)


def line_of(namings: Namings, place: int) -> int | None:
    """The line of a tie, if its file has lines that mean something."""
    return namings.lines[place] if namings.lines else None
