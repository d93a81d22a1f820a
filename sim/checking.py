"""Data against its model: what does not fit is one error with file, line, key, what is allowed and the nearest name."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from sim.errors import InputError, listed, nearest, shown
from sim.reading import NUMBER, Keys, dotted


class Place(NamedTuple):
    """Where a value was written."""

    file: str | None
    line: int | None


NOWHERE = Place(None, None)
Places = Mapping[Keys, Place]


def place_of(keys: Keys, places: Places) -> Place:
    """Where a value was written, or else the closest thing around it."""
    for length in range(len(keys), -1, -1):
        if found := places.get(keys[:length]):
            return found
    return NOWHERE


def fault(message: str, keys: Keys, places: Places, **parts: str | None) -> InputError:
    """An error about the value at ``keys``."""
    place = place_of(keys, places)
    return InputError(message, file=place.file, line=place.line, **{"key": dotted(keys) or None, **parts})


def validated[M: BaseModel](model: type[M], data: dict[str, Any], places: Places) -> M:
    """``data`` as a ``model``."""
    try:
        # By way of JSON, in which a list may stand for a tuple while all else stays strict.
        text = json.dumps(data, default=repr)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"this cannot be stored: {error}") from None
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise first_fault(error, model, data, places) from None


def first_fault(error: ValidationError, model: type[BaseModel], data: dict[str, Any], places: Places) -> InputError:
    """The error to show: an unknown key before all else, because it is often why another key is missing."""
    found = [described(each, model, data, places) for each in error.errors(include_url=False)]
    unknown = [each for each in found if each.message == UNKNOWN]
    chosen = min(unknown or found, key=lambda each: each.line or 0)
    if len(found) > 1:
        chosen.message += f" (and {len(found) - 1} more)"
    return chosen


UNKNOWN = "there is no such key"


def described(error: Any, model: type[BaseModel], data: Any, places: Places) -> InputError:
    """One of pydantic's errors in plain words."""
    keys, value = followed(error["loc"], data)
    schema = schema_of(model)
    if error["type"] == "extra_forbidden":
        known = sorted({name for node in nodes_at(schema, keys[:-1], data) for name in node.get("properties", {})})
        return fault(UNKNOWN, keys, places, allowed=listed(known, 30), hint=nearest(keys[-1], known))
    if error["type"] == "missing":
        missing = (*keys, error["loc"][-1])
        allowed = words(list(nodes_at(schema, missing, data)))
        return fault("a key is missing", missing, places, allowed=allowed)
    nodes = list(nodes_at(schema, keys, data))
    if error["type"].startswith("union_tag"):  # an event of unknown kind
        kinds = sorted({each["properties"]["kind"]["const"] for each in nodes})
        tag = value.get("kind") if isinstance(value, dict) else value
        parts = {"found": shown(tag), "allowed": "one of " + ", ".join(kinds), "hint": nearest(tag, kinds)}
        message = "a key is missing" if tag is None else "this kind is not known"
        return fault(message, (*keys, "kind"), places, **parts)
    if error["loc"] and error["loc"][-1] == "[key]":
        return fault("this name cannot be used", keys, places, found=shown(keys[-1]), allowed=NAME)
    return fault(
        "this value cannot be used", keys, places, found=shown(value), allowed=words(nodes), hint=better(value, nodes)
    )


def followed(loc: tuple[str | int, ...], data: Any) -> tuple[Keys, Any]:
    """The keys of pydantic's ``loc`` that lead through the data (it also names variants), and the value there."""
    keys: list[str | int] = []
    for part in loc:
        if holds(data, part):
            keys.append(part)
            data = data[part]
    return tuple(keys), data


def holds(data: Any, part: str | int) -> bool:
    """Whether there is a value at this key or list position."""
    if isinstance(part, int):
        return isinstance(data, list) and part < len(data)
    return isinstance(data, dict) and part in data


# What is allowed, read off the model's JSON schema

NAME = "a name of small letters, digits and _, beginning with a letter"


@cache
def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The model's JSON schema."""
    return model.model_json_schema()


def nodes_at(schema: dict[str, Any], keys: Keys, data: Any) -> Iterator[dict[str, Any]]:
    """The parts of the schema that say what the value at ``keys`` may be."""
    nodes = [schema]
    for part in keys:
        steps = [step(inner, part) for node in nodes for inner in variants(node, schema, data)]
        nodes = [node for node in steps if node]
        data = data[part] if holds(data, part) else None
    for node in nodes:
        yield from variants(node, schema, data)


def variants(node: dict[str, Any], schema: dict[str, Any], data: Any) -> Iterator[dict[str, Any]]:
    """The node itself, or what it refers to or chooses between; a known ``kind`` decides."""
    about = {name: node[name] for name in ("description",) if name in node}
    if "$ref" in node:
        yield from variants(schema["$defs"][node["$ref"].rsplit("/", 1)[-1]] | about, schema, data)
    elif "oneOf" in node:
        kinds = node["discriminator"]["mapping"]
        kind = data.get("kind") if isinstance(data, dict) else None
        chosen = [kinds[kind]] if isinstance(kind, str) and kind in kinds else list(kinds.values())
        for reference in chosen:
            yield from variants({"$ref": reference}, schema, data)
    elif "anyOf" in node:
        for choice in node["anyOf"]:
            yield from variants(choice | about, schema, data)
    else:
        yield node


def step(node: dict[str, Any], part: str | int) -> dict[str, Any] | None:
    """The schema of one key or list position within a node."""
    if isinstance(part, int):
        return node.get("items")
    inner = node.get("properties", {}).get(part)
    extra = node.get("additionalProperties")
    by_pattern = next(iter(node.get("patternProperties", {}).values()), None)
    return inner or by_pattern or (extra if isinstance(extra, dict) else None)


def words(nodes: list[dict[str, Any]]) -> str | None:
    """What the nodes allow, in words, with what the value means."""
    kinds = list(dict.fromkeys(one(node) for node in nodes))
    meaning = next((node["description"] for node in nodes if "description" in node and "properties" not in node), None)
    return (" or ".join(kinds) + (f" ({meaning})" if meaning else "")) if kinds else None


def one(node: dict[str, Any]) -> str:
    """What one node allows."""
    kind = node.get("type")
    if "const" in node or "enum" in node:
        choices = [str(choice) for choice in node.get("enum", [node.get("const")])]
        return f"one of {', '.join(choices)}" if len(choices) > 1 else choices[0]
    if kind in ("number", "integer"):
        return ("a number" if kind == "number" else "a whole number") + span(node)
    if kind == "string":
        length = f" of at most {node['maxLength']} characters" if "maxLength" in node else ""
        return NAME if "pattern" in node else "text" + length
    if kind == "array":
        return "a list"
    if kind == "object":
        keys = listed(node.get("properties", {}), 20)
        return f"a mapping with {keys}" if keys else "a mapping of names to values" + entries(node)
    return "nothing"


def span(node: dict[str, Any]) -> str:
    """The range of a number."""
    low, above, high = node.get("minimum"), node.get("exclusiveMinimum"), node.get("maximum")
    lower = f" from {grouped(low)}" if low is not None else (f" above {grouped(above)}" if above is not None else "")
    if (below := node.get("exclusiveMaximum")) is not None:
        return lower + (" and" if lower else "") + f" below {grouped(below)}"
    return lower + (f" to {grouped(high)}" if high is not None else (" upwards" if low is not None else ""))


def entries(node: dict[str, Any]) -> str:
    """How many entries a mapping may have."""
    least, most = node.get("minProperties"), node.get("maxProperties")
    if most is not None:
        return f", {least or 0} to {most} of them"
    return f", at least {least} of them" if least else ""


def grouped(number: float) -> str:
    """A bound as it is read: 5,200 or 0.5."""
    return f"{int(number):,}" if number == int(number) else f"{number:g}"


def better(value: Any, nodes: list[dict[str, Any]]) -> str | None:
    """What was probably meant: a choice spelled otherwise, or a number written as text."""
    if choices := [str(choice) for node in nodes for choice in node.get("enum", [])]:
        return nearest(value, choices) if isinstance(value, str) else None
    wanted = {node.get("type") for node in nodes}
    if isinstance(value, float) and "integer" in wanted and "number" not in wanted and value.is_integer():
        return f"{value:.0f}"
    if isinstance(value, str) and wanted & {"number", "integer"}:
        plain = re.fullmatch(r"\s*([-+]?[\d_, ]*\.?\d+(?:[eE][-+]?\d{1,3})?)\s*(%?)\s*", value[:40])
        if plain:
            number = float(re.sub(r"[_, ]", "", plain[1])) / (100 if plain[2] else 1)
            return f"{number:.12g}" + (", without quotes" if NUMBER.fullmatch(value) else "")
    return None
