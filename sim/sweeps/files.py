"""A study by name or file: read, checked, and made into the study that it describes, every fault with file and line."""

import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np

from sim import shipped
from sim.checking import Places, fault, place_of, schema_of, validated
from sim.errors import InputError, listed, nearest, shown
from sim.files import existing, places_of
from sim.params import registry
from sim.reading import Keys, read
from sim.scenario import names_of, override, resolve
from sim.schema import Scenario
from sim.study import parts_of
from sim.sweeps.samples import Sample
from sim.sweeps.schema import Over, StudyFile
from sim.sweeps.study import Study
from sim.sweeps.variants import SHORT
from sim.writing import DIALECT, ranged

LISTS = ("settings", "plans", "measures", "at")  # one word may stand for a list of one
FOLDER, STARTER = "studies", "study.yaml"
TRY = "run it: helpseek sweep {file} --out results/study"


def names() -> list[str]:
    """The shipped studies."""
    return sorted(path.stem for path in (shipped.folder() / FOLDER).glob("*.yaml"))


def find(name: str) -> Path:
    """The file of a shipped study, or of a path that ends in .yaml."""
    if name.lower().endswith((".yaml", ".yml")):
        return existing(Path(name))
    if name in names():
        return shipped.folder() / FOLDER / f"{name}.yaml"
    beside = f"{name}.yaml"
    hint = beside if os.path.isfile(beside) else nearest(name, names())
    allowed = f"{listed(names(), 30)}; or the path of a file that ends in .yaml"
    raise InputError("there is no shipped study of this name", found=shown(name), allowed=allowed, hint=hint)


def load(name: str | os.PathLike[str], uncertainty: str | None = None) -> Study:
    """The study of a name or file; an ``InputError`` says in which line of the file a fault is.

    ``uncertainty`` stands for what the file says of it, if given.
    """
    document = read(find(os.fspath(name)))
    data, places = in_full(document.data), places_of(document)
    if data.get("kind") != "study":
        found = shown(data.get("kind"))
        raise fault("a study is wanted here", ("kind",), places, found=found, allowed="kind: study")
    asked = validated(StudyFile, data, places)
    bases = scenarios(asked, Path(document.file).parent, places)
    vary = varied(asked, places)
    seeds = list(range(asked.first_seed, asked.first_seed + asked.seeds))
    try:
        return Study(
            bases, vary, seeds, asked.measures, asked.at, asked.title, asked.chunk, uncertainty or asked.uncertainty
        )
    except InputError as error:
        raise placed(error, keys_of(error), places) from None


def in_full(data: dict[str, Any]) -> dict[str, Any]:
    """The file's data with each short form written out."""
    full: dict[str, Any] = {}
    full |= {key: [value] if key in LISTS and isinstance(value, str | int) else value for key, value in data.items()}
    if isinstance(full.get("vary"), dict):
        full["vary"] = {
            name: {"values": each} if isinstance(each, list) else each for name, each in full["vary"].items()
        }
    return full


def scenarios(asked: StudyFile, folder: Path, places: Places) -> list[Scenario]:
    """Every setting with every plan, and what is set in all of them."""
    made = []
    for s, setting in enumerate(asked.settings):
        for p, plan in enumerate(asked.plans):
            parts = [beside(part, folder) for part in parts_of(plan)]
            try:
                made.append(resolve(beside(setting, folder), parts))
            except InputError as error:
                of_plan = error.found is not None and any(part in error.found for part in map(str, parts))
                raise placed(error, ("plans", p) if of_plan else ("settings", s), places) from None
    known = [names_of(each) for each in made]
    everywhere = {name for names in known for name in names}
    changes = {SHORT.get(name, name): value for name, value in asked.set.items()}
    for name in asked.set:
        if SHORT.get(name, name) not in everywhere:
            hint = nearest(name, [*everywhere, *SHORT])
            raise fault("there is no such name to set", ("set", name), places, hint=hint)
    try:
        return [
            override(each, {name: value for name, value in changes.items() if name in names})
            for each, names in zip(made, known, strict=True)
        ]
    except InputError as error:
        raise placed(error, ("set", error.key or ""), places) from None


def beside(name: Any, folder: Path) -> str:
    """A shipped name as it is; a file's name from the folder of the study's file."""
    text = os.fspath(name)
    return os.path.join(folder, text) if text.lower().endswith((".yaml", ".yml")) else text


def varied(asked: StudyFile, places: Places) -> dict[str, tuple[Any, ...]] | Sample:
    """Lists of values, or a sample over spans."""
    if asked.sample is None:
        return {name: levels(name, each, places) for name, each in asked.vary.items()}
    over: dict[str, tuple[float, float] | None] = {}
    for name, each in asked.vary.items():
        if each.values is not None or each.steps is not None:
            message = "a sample is drawn from a span, not from a list"
            raise fault(message, ("vary", name), places, allowed="low and high, or {} for the registry's range")
        if (each.low is None) != (each.high is None):
            raise fault("a span has two ends", ("vary", name), places, allowed="low and high")
        over[name] = None if each.low is None or each.high is None else (each.low, each.high)
    if not over:
        raise fault("a sample needs names to vary", ("sample",), places, allowed="vary: with at least one name")
    return Sample(over, asked.sample.points, asked.sample.method, asked.sample.seed, asked.sample.second_order)


def levels(name: str, each: Over, places: Places) -> tuple[Any, ...]:
    """The values of one name."""
    span = (each.low, each.high, each.steps)
    if each.values is not None and span == (None, None, None):
        return tuple(list(value) if isinstance(value, tuple) else whole(value) for value in each.values)
    if each.values is None and each.low is not None and each.high is not None and each.steps is not None:
        return tuple(whole(value) for value in np.linspace(each.low, each.high, each.steps).round(12).tolist())
    raise fault("this says neither a list nor a span", ("vary", name), places,
                allowed="[1, 2, 3], or {low: 1, high: 3, steps: 5}; with sample: {low: 1, high: 3} or {}")  # fmt: skip


def whole(value: Any) -> Any:
    """26.0 as 26, so that one number is written in one way."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def keys_of(error: InputError) -> Keys:
    """Where in the file an error's key leads to."""
    key = error.key or ""
    if key.startswith("vary."):
        return ("vary", key.removeprefix("vary."))
    return ("sample", key) if key in ("points", "method") else (key,)


def placed(error: InputError, keys: Keys, places: Places) -> InputError:
    """The error with its file and line, if it does not name a file already."""
    if error.file is None:
        error.file, error.line = place_of(keys, places)
    return error


# What the command line shows of studies: `helpseek list`, `schema`, `new`


def listing() -> list[dict[str, str]]:
    """The shipped studies: name, title, description, file."""
    found = []
    for name in names():
        data = read(find(name)).data
        about = {key: " ".join(str(data.get(key, "")).split()) for key in ("title", "description")}
        found.append({"name": name, **about, "file": str(find(name))})
    return found


def starter() -> str:
    """A commented study that can be run as it is."""
    return (shipped.folder() / "starters" / STARTER).read_text(encoding="utf-8")


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a study, with the registry's names and ranges in it, for editors."""
    schema = deepcopy(schema_of(StudyFile))
    over = {"anyOf": [{"$ref": "#/$defs/Over"}, {"type": "array", "minItems": 1}]}
    known = {name: over | {"description": ranged(each)["description"]} for name, each in registry().items()}
    schema["properties"]["vary"] |= {"additionalProperties": over, "properties": known}
    for name in LISTS:
        listed_form = schema["properties"][name]
        schema["properties"][name] = {"anyOf": [listed_form, listed_form["items"]]}
    return {"$schema": DIALECT, **schema}
