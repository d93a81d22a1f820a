"""What a parameter is: a value with a unit, a range and a source, written once in ``parameters.yaml``."""

import difflib
import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

REGISTRY_FILE = Path(__file__).with_name("parameters.yaml")
REFERENCES_FILE = Path(__file__).with_name("references.yaml")
DERIVED = ("norms_speaking_intercept", "distress_settled_need")  # computed from others when a record is made
ASSUMED = "assumed"

KINDS = {
    "uncertain": "not known exactly",
    "lever": "a choice",
    "fixed": "a definition or a scale",
}
GRADES = {
    "read": "the figure was read in the source or its abstract",
    "second_hand": "read in a secondary page only",
    "derived": "worked out from figures that were read, or one of them standing in for a related quantity",
    "assumed": "no source gives the value; sources named give a direction or a bound only",
}
ENTRY_KEYS = ("label", "meaning", "value", "unit", "range", "kind", "source", "evidence", "why")
REFERENCE_KEYS = ("authors", "year", "title", "journal", "doi", "url", "note")


@dataclass(frozen=True)
class Reference:
    """Where a number comes from, and what of it was read. What is not known of it is empty."""

    key: str
    note: str
    authors: str = ""
    year: int | None = None
    title: str = ""
    journal: str = ""
    doi: str = ""
    url: str = ""

    def __str__(self) -> str:
        first, *rest = [part for part in (self.authors, self.title, self.journal) if part]
        when = f" ({self.year})" if self.year else ""
        where = f"https://doi.org/{self.doi}" if self.doi else self.url
        parts = [first + when, *rest, where]
        return ". ".join(part.rstrip(".") for part in parts if part) + f" [{self.note}]"


@dataclass(frozen=True)
class Parameter:
    """One number of the model, with what is known of it."""

    name: str
    label: str
    meaning: str
    value: float
    unit: str
    low: float
    high: float
    kind: str
    source: str
    evidence: str
    why: str

    @property
    def field(self) -> str:
        """The parameter's name in a record and in compiled code."""
        return self.name.replace(".", "_")

    @property
    def group(self) -> str:
        """The part of the model, or the kind of intervention, that the parameter belongs to."""
        return self.name.split(".")[0]

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of the references behind the value; none if it is assumed without any."""
        return () if self.source == ASSUMED else tuple(self.source.split(", "))


@cache
def registry() -> dict[str, Parameter]:
    """All parameters by dotted name, in the order of the file, checked."""
    parameters = {}
    for group, entries in read(REGISTRY_FILE).items():
        for name, entry in entries.items():
            full = f"{group}.{name}"
            parameters[full] = check_entry(full, entry)
    return parameters


@cache
def references() -> dict[str, Reference]:
    """All references by key, in the order of the file, checked."""
    found = {}
    for key, entry in read(REFERENCES_FILE).items():
        where = f"{REFERENCES_FILE.name}: {key}"
        check_keys(entry, required=("note",), allowed=REFERENCE_KEYS, where=where)
        for field, content in entry.items():
            wanted = int if field == "year" else str
            if type(content) is not wanted or not content:
                raise ValueError(f"{where}: {field}: {content!r} should be {wanted.__name__}, and not empty")
        if not entry.get("authors") and not entry.get("title"):
            raise ValueError(f"{where}: needs authors or a title")
        found[key] = Reference(key=key, **entry)
    return found


def groups() -> dict[str, tuple[Parameter, ...]]:
    """The parameters of each group (``distress``, ``peer_leaders``, ...), in the order of the file."""
    found: dict[str, list[Parameter]] = {}
    for each in registry().values():
        found.setdefault(each.group, []).append(each)
    return {group: tuple(members) for group, members in found.items()}


def check_entry(name: str, entry: Mapping[str, Any]) -> Parameter:
    """One entry of the registry as a parameter; a ValueError names the entry and the key that will not do."""
    where = f"{REGISTRY_FILE.name}: {name}"
    check_keys(entry, required=ENTRY_KEYS, allowed=ENTRY_KEYS, where=where)
    for key in ("label", "meaning", "unit", "why"):
        if type(entry[key]) is not str or not entry[key].strip():
            raise ValueError(f"{where}: {key}: {entry[key]!r} should be a text")
    for key, choices in (("kind", KINDS), ("evidence", GRADES)):
        if entry[key] not in choices:
            raise ValueError(f"{where}: {key}: {entry[key]!r} should be one of {', '.join(choices)}")
    bounds = entry["range"]
    if type(bounds) is not list or len(bounds) != 2:
        raise ValueError(f"{where}: range: {bounds!r} should be [low, high]")
    value = check_number(entry["value"], f"{where}: value")
    low, high = (check_number(bound, f"{where}: range") for bound in bounds)
    if not low <= value <= high:
        raise ValueError(f"{where}: value: {value} lies outside its range, {low} to {high}")
    return Parameter(
        name=name,
        label=entry["label"],
        meaning=entry["meaning"],
        value=value,
        unit=entry["unit"],
        low=low,
        high=high,
        kind=entry["kind"],
        source=check_source(entry["source"], entry["evidence"], where),
        evidence=entry["evidence"],
        why=entry["why"],
    )


def check_source(given: Any, grade: str, where: str) -> str:
    """The keys of the references, separated by commas, or ``assumed``."""
    keys: list[str] = given if type(given) is list else [given]
    if keys == [ASSUMED]:
        if grade != ASSUMED:
            raise ValueError(f"{where}: evidence: a value without a source is assumed, not {grade}")
        return ASSUMED
    for key in keys:
        if key not in references():
            raise ValueError(f"{where}: source: {key!r} is not in {REFERENCES_FILE.name}")
    if not keys or len(set(keys)) < len(keys):
        raise ValueError(f"{where}: source: {given!r} should name each reference once")
    return ", ".join(keys)


def check_number(given: Any, where: str) -> float:
    """A finite number; texts (YAML takes 1e-3 for one) and truth values (it takes ``on`` for one) are refused."""
    if type(given) not in (int, float) or not math.isfinite(given):
        raise ValueError(f"{where}: {given!r} should be a number, such as 0.001 or 1.0e-3")
    return float(given)


def check_keys(entry: object, required: tuple[str, ...], allowed: tuple[str, ...], where: str) -> None:
    """Refuse an entry that lacks a key or has one too many."""
    if not isinstance(entry, dict):
        raise ValueError(f"{where}: {entry!r} should be an entry with keys")
    for key in required:
        if key not in entry:
            raise ValueError(f"{where}: {key}: is missing")
    for key in entry:
        if key not in allowed:
            raise ValueError(f"{where}: {key}: there is no such key; there are {', '.join(allowed)}")


def read(path: Path) -> dict[str, Any]:
    """The content of one of our own YAML files; a key given twice is an error (YAML would keep the last)."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        def construct_mapping(self, node, deep=False):
            keys = [key.value for key, _ in node.value]
            if len(set(keys)) < len(keys):
                twice = next(key for key in keys if keys.count(key) > 1)
                raise ValueError(f"{path.name}: line {node.start_mark.line + 1}: {twice}: is given twice")
            return super().construct_mapping(node, deep=deep)

    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=Loader)


def nearest(name: str, count: int = 3) -> list[str]:
    """The parameters whose names look most like ``name``, best first; a name without its group will do."""
    text = name.lower().replace("-", "_").replace(" ", "_")
    known = {}
    for each in registry().values():
        known[each.name] = known[each.field] = each.name
        known.setdefault(each.name.split(".")[1], each.name)
    close = difflib.get_close_matches(text, known, n=3 * count, cutoff=0.6)
    return list(dict.fromkeys(known[match] for match in close))[:count]


def describe(name: str) -> str:
    """All that is known of one parameter, as text to print."""
    if name not in registry():
        raise KeyError(f"no parameter {name}; nearest: {', '.join(nearest(name)) or 'none'}")
    each = registry()[name]
    lines = [
        f"{each.name}: {each.label}",
        each.meaning,
        f"value: {each.value:g} {each.unit}; range {each.low:g} to {each.high:g}; {each.kind} ({KINDS[each.kind]})",
        f"evidence: {each.evidence} ({GRADES[each.evidence]})",
        f"why: {each.why}",
    ]
    lines += [f"source: {references()[key]}" for key in each.sources] or ["source: assumed"]
    wrap = textwrap.TextWrapper(width=110, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    return "\n".join("\n".join(wrap.wrap(line)) for line in lines)


@cache
def record_type() -> np.dtype:
    """The structured type of one world's parameters: a float64 for each parameter and derived number."""
    return np.dtype([(p.field, np.float64) for p in registry().values()] + [(name, np.float64) for name in DERIVED])


def record(values: Mapping[str, float]) -> np.void:
    """One world's parameters as a record: the registry's defaults, overridden by ``values`` (dotted names)."""
    for name in values:
        if name not in registry():
            raise KeyError(f"no parameter {name}; nearest: {', '.join(nearest(name)) or 'none'}")
    made = np.zeros(1, record_type())[0]
    for name, each in registry().items():
        made[each.field] = values.get(name, each.value)
    made["norms_speaking_intercept"] = speaking_intercept(
        float(made["norms_usual_approval"]), float(made["norms_speaking_stigma"]), float(made["norms_conformity"])
    )
    made["distress_settled_need"] = settled_need(
        float(made["distress_onset_hazard"]),
        float(made["distress_slow_share"]),
        float(made["distress_fast_remission"]),
        float(made["distress_slow_remission"]),
    )
    return made


def settled_need(onset: float, slow_share: float, fast: float, slow: float) -> float:
    """Share of people in an episode once onset and the two speeds of untreated recovery balance (hazards a week)."""
    weeks = onset * ((1.0 - slow_share) / fast + slow_share / slow)
    return weeks / (1.0 + weeks)


@cache
def speaking_intercept(usual_approval: float, stigma_weight: float, conformity: float) -> float:
    """The intercept of the speaking rule at which ``usual_approval`` is a settled state.

    Solves E[logistic(a - v S + c N)] = (1 + N) / 2 for ``a``, with S standard normal and N the usual approval, by
    Gauss-Hermite quadrature and bisection.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    weights = weights / weights.sum()
    wanted = (1.0 + usual_approval) / 2.0
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2.0
        share = float(weights @ (1.0 / (1.0 + np.exp(-(middle - stigma_weight * nodes + conformity * usual_approval)))))
        low, high = (middle, high) if share < wanted else (low, middle)
    return (low + high) / 2.0
