"""Map: where a norm tips over two numbers of the model, from two beginnings; a click opens that community."""

from functools import cache
from typing import Any
from urllib.parse import urlencode

from sim import wording
from sim.app import address as link
from sim.app.working import Working
from sim.errors import InputError
from sim.exploring import map_files
from sim.params import registry

STARTS = ("absent", "present")


class Page(Working):
    """The page at /map."""

    template_file = (__file__, "map.vue")
    name = ""  # of the map that is shown

    def stands(self) -> dict[str, Any]:
        """The maps there are, and the one that is shown."""
        known = sorted(map_files.stored(), key=lambda name: (not all(linkable(name)), name))
        shown = self.name or (known[0] if known else "")
        return {"maps": [{"name": name, "title": title(name)} for name in known], "map": told(shown) if shown else None}

    def query(self) -> list[tuple[str, str]]:
        """The map that is shown."""
        return [("map", self.name)] if self.name else []

    def vue_choose(self, name: Any) -> None:
        """Show another map."""
        self.name = link.one_of("map", str(name), sorted(map_files.stored()))
        self.show()


@cache
def read(name: str) -> dict[str, Any]:
    """A stored map."""
    if name not in map_files.stored():
        raise InputError("there is no such map", key="map", found=name[:80])
    return map_files.read(name)


def title(name: str) -> str:
    """What a map is of, in a line."""
    data = read(name)
    x, y = data["x"]["label"], data["y"]["label"]
    return f"{data['measure']['label']}: {x} and {y}"


def linkable(name: str) -> list[bool]:
    """Of each side of a map, whether a link can hold its values."""
    data = read(name)
    return [data[side]["name"] in registry() for side in ("x", "y")]


@cache
def told(name: str) -> dict[str, Any]:
    """A map as the page draws it: its document, and for each point its values as text and its link."""
    data = read(name)
    measure = data["measure"]["name"]
    keys = ("x", "y", "measure", "grid", "lines", "summary", "setting_title", "people", "weeks", "command")
    made = {key: data[key] for key in keys}
    made["name"], made["seeds"] = name, len(data["seeds"])
    made["closed"] = [data[s]["name"] for s, ok in zip(("x", "y"), linkable(name), strict=True) if not ok]
    made["areas"] = {key: area(each) for key, each in data["areas"].items()}
    made["level_text"] = wording.level(measure, data["measure"]["level"])
    made["points"] = [
        {"x": point["x"], "y": point["y"], "link": "" if made["closed"] else watched(data, point)}
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


def watched(data: dict[str, Any], point: dict[str, Any]) -> str:
    """The link to Watch with a point's values: the same setting, plans, size, and the first of the map's seeds."""
    words = [("setting", data["setting"])]
    words += [("plan", plan) for plan in data["plans"] if plan != "usual"]
    words += [("seed", str(data["seeds"][0])), ("size", str(data["people"]))]
    words += [("set", f"{data[side]['name']}:{point[side]:.10g}") for side in ("x", "y")]
    return "/?" + urlencode(words, safe=":")
