"""Maps on the disk: one JSON document that a page can draw without working anything out, and a folder with all of it.

The document (``map.json``) has these keys; docs/sensitivity.md tells what each holds:

    kind, format, program, version, command
    setting, setting_title, plans, weeks, people, seeds, uncertainty, strength, digest
    x, y            name, label, unit, low, high, usual
    measure         name, label, unit, level
    points          one entry for each place: x, y, and for each start the mean, its interval, and its parts
    grid            x, y (values along the sides); absent, present: value, above (rows along y)
    lines           for each start the pieces of the tipping line, as pairs of x and y
    areas           shares of the map with their 95% intervals
    parts           of a norm: the share of the map on which each part holds for most, by start
    crossings       for each start the lowest y from which the level is reached, at some values of x
    summary         the same in words
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import sim
from sim import manifests, plots, shipped, storing, wording
from sim.errors import InputError, nearest, shown
from sim.exploring import map_plots, records, tipping
from sim.exploring.evaluating import Progress
from sim.exploring.levers import Lever
from sim.exploring.maps import Map, tipping_map
from sim.exploring.starts import STRENGTH
from sim.manifests import MANIFEST, PROGRAM
from sim.scenario import scenario_from_dict
from sim.showing import finite

if TYPE_CHECKING:
    import pandas as pd

KIND, FORMAT = "map", 1
SHAPE = {"x": dict, "y": dict, "measure": str, "seeds": list, "depth": int, "most": int, "tables": dict}
SHAPE |= {"scenario": dict, "versions": dict}
DOCUMENT = "map.json"
EVERY = 2  # of the grid's points, one in so many along each side stands in the document
DIGITS = 4
LARGEST = 20_000_000  # bytes
KEYS = ("x", "y", "measure", "points", "grid", "lines", "areas", "crossings", "summary", "setting", "plans", "seeds")


def document(found: Map, command: str = "") -> dict[str, Any]:
    """A map as plain data."""
    how = wording.said(found.measure)
    side = slice(None, None, EVERY)
    about = {
        "kind": KIND,
        "format": FORMAT,
        "program": PROGRAM,
        "version": sim.__version__,
        "command": command,
        "setting": found.scenario.setting_name,
        "setting_title": found.scenario.setting.title,
        "plans": list(found.scenario.plan_names),
        "weeks": found.scenario.weeks,
        "people": found.scenario.setting.people,
        "seeds": list(found.seeds),
        "uncertainty": found.uncertainty,
        "strength": STRENGTH,
        "digest": found.scenario.digest(),
        "x": found.x._asdict(),
        "y": found.y._asdict(),
        "measure": {"name": found.measure, "label": how.label, "unit": how.unit, "level": found.level},
        "points": places(found),
        "grid": {
            "x": along(found.x, np.linspace(0.0, 1.0, tipping.FINE)[side]),
            "y": along(found.y, np.linspace(0.0, 1.0, tipping.FINE)[side]),
        }
        | {
            start: {name: rounded(getattr(surface, name)[side, side]) for name in ("value", "above")}
            for start, surface in found.surfaces.items()
        },
        "lines": {start: [line(found, piece) for piece in each.lines] for start, each in found.surfaces.items()},
        "areas": found.areas,
        "parts": found.parts,
        "crossings": {start: crossings(found, start) for start in found.surfaces},
        "summary": map_plots.in_words(found),
    }
    return finite(about)


def places(found: Map) -> list[dict[str, Any]]:
    """For each place the mean over seeds from each start, its 95% interval, and the means of what it is made of."""
    others = [name for name in found.points.columns if name not in ("x", "y", "start", "seed", found.measure)]
    made: dict[tuple[float, float], dict[str, Any]] = {}
    for (y, x, start), rows in found.points.groupby(["y", "x", "start"], sort=True, observed=True):
        values = rows[found.measure].dropna()
        entry = {"value": mean(values), **interval(values)}
        entry |= {name: mean(rows[name].dropna()) for name in others}
        made.setdefault((y, x), {"x": x, "y": y})[str(start)] = entry
    return list(made.values())


def mean(values: "pd.Series") -> float:
    """A mean to a few digits."""
    return round(float(values.mean()), DIGITS) if len(values) else float("nan")


def interval(values: "pd.Series") -> dict[str, float]:
    """The 95% interval of a mean when seeds are drawn again."""
    if len(values) < 2:
        return {"low": float("nan"), "high": float("nan")}
    again = tipping.seeds_again(len(values)) @ values.to_numpy()
    low, high = np.quantile(again, (0.025, 0.975))
    return {"low": round(float(low), DIGITS), "high": round(float(high), DIGITS)}


def along(lever: Lever, shares: np.ndarray) -> list[float]:
    """Values of a lever at shares of its side."""
    return [round(float(value), 6) for value in lever.low + shares * (lever.high - lever.low)]


def rounded(values: np.ndarray) -> list[list[float]]:
    """Rows of numbers to a few digits."""
    return [[round(float(value), DIGITS) for value in row] for row in values]


def line(found: Map, piece: np.ndarray) -> list[list[float]]:
    """A piece of a tipping line in the levers' units."""
    return [list(pair) for pair in zip(along(found.x, piece[:, 0]), along(found.y, piece[:, 1]), strict=True)]


def crossings(found: Map, start: str) -> list[dict[str, Any]]:
    """Where the level is first reached along y, in the levers' units."""

    def value(share: float | None) -> float | None:
        return None if share is None else along(found.y, np.array([share]))[0]

    return [
        {"x": along(found.x, np.array([each["x"]]))[0]} | {name: value(each[name]) for name in ("y", "low", "high")}
        for each in tipping.crossings(found.surfaces[start], found.level)
    ]


def save(
    found: Map, path: str | os.PathLike[str], command: str = "", force: bool = False, figures: bool = True
) -> Path:
    """Write a map into a new folder, all or nothing: its document, its table, its figures and its manifest."""

    def fill(folder: Path) -> None:
        found.points.to_parquet(folder / "points.parquet", compression="zstd", index=False)
        write(document(found, command), folder / DOCUMENT)
        manifests.write(folder, manifest(found, command))
        if figures:
            (folder / "figures").mkdir()
            for each in map_plots.every(found):
                plots.save(each.figure, folder / "figures" / each.name)

    return storing.write_folder(path, fill, is_map if force else None)


def manifest(found: Map, command: str) -> dict[str, Any]:
    """All that is needed to make the map again, and what it was made with."""
    own = {
        "x": found.x._asdict(),
        "y": found.y._asdict(),
        "measure": found.measure,
        "level": found.level,
        "asked_level": found.asked,
        "seeds": list(found.seeds),
        "uncertainty": found.uncertainty,
        "draws": None if found.draws is None else [dict(draw) for draw in found.draws],
        "depth": found.depth,
        "most": found.most,
        "strength": STRENGTH,
    }
    return records.signed(KIND, found.scenario, {"points": found.points}, command, own)


def read_manifest(folder: Path) -> dict[str, Any]:
    """A folder's manifest, checked to be one of a map."""
    found = manifests.read(folder, KIND, "map")
    manifests.require(found, folder / MANIFEST, SHAPE)
    return found


def again(about: Mapping[str, Any], threads: int | None, progress: Progress | None) -> records.Tables:
    """The table of a manifest, made again from it alone."""
    how: dict[str, Any] = {name: about[name] for name in ("seeds", "depth", "draws")}
    how |= {f"{side}_range": (about[side]["low"], about[side]["high"]) for side in ("x", "y")}
    how |= {"points": about["most"], "level": about["asked_level"]}
    scenario = scenario_from_dict(about["scenario"])
    names = (about["x"]["name"], about["y"]["name"], about["measure"])
    found = tipping_map(scenario, *names, weeks=scenario.weeks, **how, threads=threads, progress=progress)
    return {"points": found.points}


def write(data: Mapping[str, Any], file: str | os.PathLike[str]) -> None:
    """Write a map's document: one line for each point and each row of the grid."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    text = text.replace('},{"x":', '},\n{"x":').replace("],[", "],\n[")
    Path(file).write_text(text + "\n", encoding="utf-8")


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """A map's document: of a shipped map by its name, of a folder that ``helpseek map`` wrote, or of a file."""
    file = located(path)
    try:
        if file.stat().st_size > LARGEST:
            raise InputError("this file is too large for a map", file=file, allowed=f"{LARGEST} bytes")
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError("this map cannot be read", file=file, found=str(error)) from None
    if not isinstance(data, dict) or data.get("program") != PROGRAM or data.get("kind") != KIND:
        raise InputError("this is no map", file=file)
    if data.get("format") != FORMAT:
        raise InputError("this map has another format", file=file, key="format", found=shown(data.get("format")))
    for key in KEYS:
        if key not in data:
            raise InputError("this map is damaged", file=file, key=key, found="nothing")
    return data


def located(path: str | os.PathLike[str]) -> Path:
    """Where a map's document lies."""
    if isinstance(path, str) and path in stored():
        return stored()[path]
    file = Path(path)
    if file.is_dir():
        return file / DOCUMENT
    if not file.exists():
        raise InputError("there is no such map", file=path, hint=nearest(path, stored()))
    return file


def stored() -> dict[str, Path]:
    """The maps that come with the program, by name."""
    return {file.stem: file for file in sorted((shipped.folder() / "maps").glob("*.json"))}


def is_map(folder: Path) -> bool:
    """Whether a folder holds a map that ``helpseek map`` wrote."""
    try:
        read(folder)
    except InputError:
        return False
    return True
