"""A map as the page draws it: its document with every number as text, and for each point the link to its community."""

from functools import cache
from typing import Any

from sim import wording
from sim.app import address as link
from sim.app import carried, fields
from sim.app.address import Address, Change
from sim.batches import people_in
from sim.errors import InputError
from sim.exploring import levers, map_files
from sim.exploring.starts import STARTS
from sim.params import registry
from sim.scenario import OWN_NETWORK, Network


@cache
def read(name: str) -> dict[str, Any]:
    """A stored map."""
    if name not in map_files.stored():
        raise InputError("there is no such map", key="map", found=name[:80])
    return map_files.read(name)


def title(data: dict[str, Any]) -> str:
    """What a map is of, in a line."""
    return f"{data['measure']['label']}: {data['x']['label']} and {data['y']['label']}"


def linkable(data: dict[str, Any]) -> list[bool]:
    """Of each side of a map, whether a link can hold its values."""
    return [data[side]["name"] in registry() or data[side]["name"] in fields.fields() for side in ("x", "y")]


@cache
def told(name: str) -> dict[str, Any]:
    """A stored map as the page draws it; ``stale`` is whether the model's numbers have changed since it was made."""
    data = read(name)
    sides = (data["x"]["name"], data["y"]["name"])
    today = levers.scenario_for(data["setting"], data["plans"], sides, data["weeks"], data["people"])
    return drawn(data, name) | {"stale": today.digest() != data["digest"]}


def drawn(data: dict[str, Any], name: str, network: Network = None) -> dict[str, Any]:
    """A map as the page draws it: its document, and for each point its values as text and its links."""
    measure = data["measure"]["name"]
    keys = ("x", "y", "measure", "grid", "lines", "summary", "setting_title", "weeks", "command")
    made = {key: data[key] for key in keys}
    made["meaning"] = wording.said(measure).meaning
    made |= {"name": name, "seeds": len(data["seeds"]), "serial": 0, "stale": False, "people": data["people"]}
    if data["people"] is None:
        sides = (data["x"]["name"], data["y"]["name"])
        setting = None if network else data["setting"]
        made["people"] = people_in(
            levers.scenario_for(setting, data["plans"], sides, data["weeks"], None, network=network)
        )
    made["levers"] = {key: carried.told(each) for key, each in data.get("levers", {}).items()}
    made["held"] = list(data.get("levers", {}).get("held", {}).items())
    made["closed"] = [data[s]["name"] for s, ok in zip(("x", "y"), linkable(data), strict=True) if not ok]
    made["areas"] = {key: area(each) for key, each in data["areas"].items()}
    made["level_text"] = wording.level(measure, data["measure"]["level"])
    made["points"] = [
        {"x": point["x"], "y": point["y"]}
        | {"links": {} if made["closed"] else {start: watched(data, point, start) for start in STARTS}}
        | {start: as_text(measure, point[start]) for start in STARTS}
        for point in data["points"]
    ]
    return made


def as_text(measure: str, values: dict[str, Any]) -> dict[str, Any]:
    """An outcome at a point: the number, and how it and its interval are said."""
    unknown = float("nan")
    said = {key: wording.level(measure, unknown if values[key] is None else values[key]) for key in ("low", "high")}
    value = values["value"]
    return {"value": value, "text": wording.level(measure, unknown if value is None else value)} | said


def area(each: dict[str, float]) -> str:
    """A share of the map with its interval."""
    value, low, high = (wording.plain(100.0 * each[key], 0) for key in ("value", "low", "high"))
    return f"{value}% ({low} to {high})"


def watched(data: dict[str, Any], point: dict[str, Any], start: str) -> str:
    """The link to exactly the community of a point: its values, levers and beginning, the first of the map's seeds."""
    setting = link.OWN if data["setting"] == OWN_NETWORK else data["setting"]
    plans = tuple(plan for plan in data["plans"] if plan != "usual")
    values = data.get("levers", {}).get("held", {}) | {data[side]["name"]: point[side] for side in ("x", "y")}
    changes = link.in_order(Change(0, name, value) for name, value in values.items())
    address = Address(
        setting, plans, data["seeds"][0], data["people"], changes=changes, begin=start, weeks=data["weeks"]
    )
    return "/?" + link.written(address)
