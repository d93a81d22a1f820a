"""A setting or plan by name: the file it is in, what it extends, and the two as one checked model."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sim import shipped
from sim.checking import Place, fault, validated
from sim.errors import InputError, listed, nearest, shown
from sim.reading import Document, Keys, nearest_file, read
from sim.schema import Plan, Setting

KINDS: dict[str, type[Setting] | type[Plan]] = {"setting": Setting, "plan": Plan}
LONGEST_CHAIN = 20  # files, each extending the next


@dataclass(frozen=True)
class Loaded[M: BaseModel]:
    """A setting or plan with where it comes from."""

    name: str  # a shipped name, or the path as it was given
    model: M
    places: dict[Keys, Place]
    files: tuple[str, ...]  # its own file, then the one that it extends, and so on


def load_setting(name: str | os.PathLike[str]) -> Loaded[Setting]:
    """The setting of this name or path."""
    return load("setting", os.fspath(name), Setting)


def load_plan(name: str | os.PathLike[str]) -> Loaded[Plan]:
    """The plan of this name or path."""
    return load("plan", os.fspath(name), Plan)


def load[M: BaseModel](kind: str, name: str, model: type[M]) -> Loaded[M]:
    """A setting or plan, with all that it extends."""
    chain = lineage(kind, find(kind, name))
    data, places = chain[-1].data, places_of(chain[-1])
    for child in reversed(chain[:-1]):
        data, places = overlaid(data, places, child)
    data = {key: value for key, value in data.items() if key != "extends"}
    make_absolute(data, places)
    return Loaded(name, validated(model, data, places), places, tuple(document.file for document in chain))


def find(kind: str, name: str) -> Path:
    """The file of a shipped name, or of a path that ends in .yaml."""
    if name.lower().endswith((".yaml", ".yml")):
        return existing(Path(name))
    known = shipped.names(kind)
    if name in known:
        return shipped.path(kind, name)
    other = next((each for each in KINDS if each != kind and name in shipped.names(each)), None)
    if other:
        raise InputError(f"{name} is a {other}; a {kind} is wanted here", allowed=listed(known, 30))
    beside = f"{name}.yaml"
    hint = beside if os.path.isfile(beside) else nearest(name, known)
    allowed = f"{listed(known, 30)}; or the path of a file that ends in .yaml"
    raise InputError(f"there is no shipped {kind} of this name", found=shown(name), allowed=allowed, hint=hint)


def existing(path: Path, asked: InputError | None = None) -> Path:
    """The path, if there is a file; ``asked`` is the error to raise otherwise, less the nearest name."""
    if os.path.lexists(path):
        return path
    error = asked or InputError("there is no such file", file=path)
    error.hint = nearest_file(path)
    raise error


def lineage(kind: str, path: Path) -> list[Document]:
    """The documents from this file to the first that extends none."""
    chain: list[Document] = []
    names: list[str] = []
    seen: set[str] = set()
    while True:
        document = read(path)
        names.append(shipped.portable(path))
        if (real := os.path.realpath(path)) in seen or len(chain) >= LONGEST_CHAIN:
            story = " extends ".join(names[:3] + (["..."] if len(names) > 4 else []) + names[3:][-1:])
            raise fault("these files extend one another in a circle", ("extends",), places_of(chain[-1]), found=story)
        seen.add(real)
        chain.append(document)
        check_kind(kind, document)
        if document.data.get("extends") is None:
            return chain
        path = parent_of(kind, document)


def check_kind(kind: str, document: Document) -> None:
    """Refuse a plan where a setting is wanted, and the other way round."""
    found, places = document.data.get("kind"), places_of(document)
    if "kind" not in document.data:
        hint = "kind" if nearest("kind", map(str, document.data)) else None
        raise fault("a key is missing", ("kind",), places, allowed=f"kind: {kind}", hint=hint)
    if found != kind:
        raise fault(f"a {kind} is wanted here", ("kind",), places, found=shown(found), allowed=f"kind: {kind}")


def parent_of(kind: str, document: Document) -> Path:
    """The file that a document extends: a shipped one by its name, one in the same folder by its name and .yaml."""
    name, places, known = document.data["extends"], places_of(document), shipped.names(kind)
    if isinstance(name, str) and name in known:
        return shipped.path(kind, name)
    allowed = f"a shipped {kind} ({listed(known, 30)}), or the name of a file in the same folder that ends in .yaml"
    error = fault(
        f"there is no {kind} of this name to extend", ("extends",), places, found=shown(name), allowed=allowed
    )
    if isinstance(name, str) and name.endswith(".yaml") and not set(name) & set("/\\:\0") and len(name) < 200:
        return existing(Path(document.file).parent / name, error)
    error.hint = nearest(name, known)
    raise error


def places_of(document: Document) -> dict[Keys, Place]:
    """Where each value of one document stands."""
    return {keys: Place(document.file, line) for keys, line in document.lines.items()}


def overlaid(data: dict[str, Any], places: dict[Keys, Place], child: Document) -> tuple[dict, dict[Keys, Place]]:
    """The child's keys put over the parent's: mappings merge, all else replaces."""
    merged_places: dict[Keys, Place] = {}
    merged = merge(data, places, child.data, places_of(child), (), merged_places)
    return merged, merged_places


def merge(old: dict, old_places: dict, new: dict, new_places: dict, keys: Keys, into: dict[Keys, Place]) -> dict:
    """One mapping put over another; ``into`` gathers where each value of the outcome stands."""
    into[keys] = new_places[keys]
    merged = {}
    for key in [*old, *(key for key in new if key not in old)]:
        inner = (*keys, key)
        if isinstance(old.get(key), dict) and isinstance(new.get(key), dict):
            merged[key] = merge(old[key], old_places, new[key], new_places, inner, into)
        else:
            merged[key] = new[key] if key in new else old[key]
            gather(merged[key], inner, new_places if key in new else old_places, into)
    return merged


def gather(value: Any, keys: Keys, places: dict[Keys, Place], into: dict[Keys, Place]) -> None:
    """Note where a value and all that is in it stand."""
    into[keys] = places[keys]
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, each in inner:
        gather(each, (*keys, part), places, into)


def make_absolute(data: dict[str, Any], places: dict[Keys, Place]) -> None:
    """Network files are named from the folder of the setting's file that names them."""
    network = data.get("network")
    if not isinstance(network, dict):
        return
    data["network"] = dict(network)
    for part in ("people", "ties"):
        name = network.get(part)
        place = places.get(("network", part))
        if isinstance(name, str) and name and place and place.file and not name.startswith(shipped.MARK):
            data["network"][part] = os.path.abspath(os.path.join(os.path.dirname(place.file), name))
