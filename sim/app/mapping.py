"""A map made while one waits: what may be asked for, and few points lived from two beginnings, told on the way."""

import shlex
from functools import cache
from typing import Any

from sim import shipped, wording
from sim.app import address as link
from sim.app.address import one_of, value_text
from sim.app.carried import Values, carried
from sim.app.fields import fields
from sim.app.jobs import Tell
from sim.app.words import words
from sim.errors import InputError, nearest
from sim.files import load_plan
from sim.params import registry
from sim.rules import PROCESSES
from sim.scenario import Network, resolve

SIDES = ("reach", "dose", "fidelity")  # fields of a plan that have a range of their own
MEASURES = (
    "norm", "injunctive_norm", "descriptive_norm", "expects_both", "speaks", "gap", "self_stigma",
    "sought_in_time", "unmet_need", "in_need", "mean_distress", "wait",
)  # fmt: skip
FINENESS = {"coarse": (25, 0, 3), "finer": (60, 1, 5)}  # points at most, cuts, seeds
WEEKS, PEOPLE = 156, 300
CHUNK = 1_500_000  # person-weeks between two reports: well under a second
USUAL = "usual"


@cache
def offered() -> dict[str, Any]:
    """What can be chosen: the numbers of the model by their part of it, those of each plan, measures, fineness."""
    groups = words()["map"]["groups"]
    model = [{"title": groups[part], "items": named(part)} for part in PROCESSES if named(part)]
    return {
        "model": model,
        "plans": {plan: of_plan(plan) for plan in shipped.names("plan")},
        "measures": [{"name": name, "title": wording.said(name).label} for name in MEASURES],
        "fineness": list(FINENESS),
    }


def named(part: str) -> list[dict[str, str]]:
    """The numbers of a part of the model that may be otherwise."""
    found = (each for each in registry().values() if each.group == part and each.kind != "fixed")
    return [{"name": each.name, "title": each.label} for each in found]


def of_plan(plan: str) -> list[dict[str, str]]:
    """What of a plan can be a side: whom it reaches and how strongly, and what its kind does."""
    made: list[dict[str, str]] = []
    for name, item in load_plan(plan).model.interventions.items():
        label = name.replace("_", " ").capitalize()
        made += [{"name": f"{name}.{field}", "title": f"{label}: {words()['map']['sides'][field]}"} for field in SIDES]
        own = (each for each in named(item.kind) if each["name"].split(".", 1)[1] not in item.effects)
        made += [each for each in own if each not in made]
    return made


def checked(asked: Any, own: bool) -> dict[str, str]:
    """What a browser asks to have mapped, if it can be; ``own`` is whether the visitor has a network of hers."""
    if not isinstance(asked, dict):
        raise InputError("this is no map")
    said = {key: str(asked.get(key, ""))[:80] for key in ("setting", "plan", "x", "y", "measure", "fineness")}
    settings = [*shipped.names("setting"), *([link.OWN] if own else [])]
    one_of("setting", said["setting"], settings)
    one_of("plan", said["plan"], shipped.names("plan"))
    one_of("measure", said["measure"], MEASURES)
    one_of("fineness", said["fineness"], tuple(FINENESS))
    said["levers"] = "0" if str(asked.get("levers", "1")) in ("0", "False") else "1"
    for side in ("x", "y"):
        if said[side] not in registry() and said[side] not in fields():
            known = [each["name"] for each in of_plan(said["plan"])] + list(registry())
            raise InputError("there is no such lever", key=side, found=said[side], hint=nearest(said[side], known))
    return said


def lived(asked: dict[str, str], network: Network, tell: Tell, levers: Values | None = None) -> dict[str, Any]:
    """The document of the map that is asked for, with the levers that a visitor has moved as far as they hold there."""
    from sim.exploring import map_files
    from sim.exploring.maps import tipping_map

    setting = None if asked["setting"] == link.OWN else asked["setting"]
    made = resolve(setting, [asked["plan"]], weeks=WEEKS, network=network)
    people = made.setting.people
    if people and made.setting.network is None:
        made = resolve(setting, [asked["plan"]], weeks=WEEKS, people=min(people, PEOPLE))
    points, depth, seeds = FINENESS[asked["fineness"]]
    mine = carried(levers or {}, asked["plan"], (asked["x"], asked["y"]))
    found = tipping_map(
        made, asked["x"], asked["y"], asked["measure"],
        seeds=seeds, weeks=WEEKS, points=points, depth=depth, threads=1, progress=tell, chunk=CHUNK,
        changes=mine.held,
    )  # fmt: skip
    document = map_files.document(found, "" if network else command(asked, made.setting.people, mine.held))
    return document | {"levers": mine._asdict()}


def command(asked: dict[str, str], people: int | None, levers: Values) -> str:
    """How the same is asked for on the command line."""
    points, depth, seeds = FINENESS[asked["fineness"]]
    parts: list[Any] = ["helpseek", "map", asked["setting"]]
    parts += ["--x", asked["x"], "--y", asked["y"], "--measure", asked["measure"]]
    parts += ["--plans", asked["plan"], "--points", points, "--depth", depth, "--seeds", seeds, "--weeks", WEEKS]
    parts += [word for name, value in levers.items() for word in ("--set", f"{name}={value_text(value)}")]
    return shlex.join(str(part) for part in (*parts, *(["--size", people] if people else [])))
