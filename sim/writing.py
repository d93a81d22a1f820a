"""What helps to write a file: the list of what is shipped, a commented starter, a JSON Schema for editors."""

from copy import deepcopy
from typing import Any

from sim import shipped
from sim.checking import schema_of
from sim.errors import InputError, nearest, shown
from sim.files import KINDS, load
from sim.params import Parameter, registry
from sim.rules import kinds

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def listing() -> dict[str, list[dict[str, str]]]:
    """The shipped settings and plans: name, title, description, file."""
    return {f"{kind}s": [entry(kind, name) for name in shipped.names(kind)] for kind in KINDS}


def entry(kind: str, name: str) -> dict[str, str]:
    """One shipped file."""
    found = load(kind, name, KINDS[kind]).model
    return {
        "name": name,
        "title": found.title,
        "description": found.description.strip(),
        "file": str(shipped.path(kind, name)),
    }


def known(kind: str) -> str:
    """``kind``, if it is a kind of file."""
    if kind not in KINDS:
        allowed, hint = " or ".join(KINDS), nearest(kind, KINDS)
        raise InputError("there is no such kind of file", found=shown(kind), allowed=allowed, hint=hint)
    return kind


def starter(kind: str) -> str:
    """A commented setting or plan that can be used as it is."""
    return shipped.starter(known(kind)).read_text(encoding="utf-8")


def json_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of a setting or plan, with the registry's names and ranges in it."""
    schema = deepcopy(schema_of(KINDS[known(kind)]))
    if kind == "setting":
        schema["properties"]["parameters"] = options({name: ranged(each) for name, each in registry().items()})
    else:
        fields = schema["$defs"]["Intervention"]["properties"]
        fields["kind"] = {"enum": list(kinds()), "title": "Kind", "description": "what is done"}
        handles: dict[str, dict] = {}
        for entries in kinds().values():
            for handle, each in entries.items():
                handles.setdefault(handle, {"anyOf": []})["anyOf"].append(ranged(each))
        fields["effects"] = options(handles) | {"description": fields["effects"]["description"]}
    return {"$schema": DIALECT, **schema}


def options(properties: dict[str, Any]) -> dict[str, Any]:
    """A mapping that may hold any of these keys and no other."""
    return {"type": "object", "additionalProperties": False, "properties": properties}


def ranged(each: Parameter) -> dict[str, Any]:
    """A parameter's range and meaning."""
    about = f"{each.label} ({each.unit}), usually {each.value:g}. {each.meaning}"
    return {"type": "number", "minimum": each.low, "maximum": each.high, "description": about}
