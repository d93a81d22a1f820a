"""What a column of people is to Mesa's agents: values to read, 64 bits wide, and what may be written in their place."""

from typing import Any

import numpy as np

from sim import groups
from sim.errors import InputError, nearest, shown
from sim.people import BY_NAME, Field, column

OF_GROUP = {"cohesion": groups.COHESION, "climate": groups.CLIMATE, "morale": groups.MORALE}
FIXED = {
    "role": "it is part of who knows whom",
    "stratum": "it says in which subgroup the person is counted",
    "reached": "it follows from the plan: use add_plan",
}
FAR = 1e30  # a bound that says no more than that the number is finite
# What may be written to a column, by its unit; all else that is a finite number is let be
RANGES = {
    "yes/no": (0, 1),
    "share": (0, 1),
    "probability": (0, 1),
    "0 to 1": (0, 1),
    "-1 to 1": (-1, 1),
    "points": (0, 27),
    "exposure": (0, 1),
    "hazard": (0, np.inf),
    "people": (0, np.inf),
    "ratio": (0, np.inf),
    "weeks": (0, np.inf),
}
# The largest code or sum of bits
MOST = {
    "help_status": 2,
    "care_event": 4,
    "asked": 3,
    "answer": 2,
    "need_window": 2,
    "recognised_window": 2,
    "episode_ended": 8,
    "sources_asked": 7,
    "published": 63,
}


def storable(state: Any, field: Field, value: Any, shape: tuple[int, ...]) -> np.ndarray:
    """A value, or one for each of several people, as the column stores it; an ``InputError`` if it cannot be there."""
    if field.name in FIXED:
        raise AttributeError(f"{field.name} cannot be changed: {FIXED[field.name]}")
    given = np.asarray(value)
    if given.dtype.kind not in "biuf" or given.shape not in ((), shape):
        allowed = "a number" + (f", or {shape[0]} numbers" if shape else "")
        raise InputError("this value cannot be written", key=field.name, found=shown(value), allowed=allowed)
    low, high = limits(state, field)
    numbers, whole = given.astype(np.float64), field.dtype[0] in "iu"
    good = (numbers >= low) & (numbers <= high) & ((numbers == np.rint(numbers)) | (not whole))
    if not good.all():
        bounds = f" from {low:g}" * (low > -FAR) + f" to {high:g}" * (high < FAR)
        allowed = ("a whole number" if whole else "a number") + bounds + f" ({field.unit}: {field.meaning})"
        found = f"{numbers[~good].flat[0]:.12g}"
        raise InputError("this value cannot be written", key=field.name, found=found, allowed=allowed)
    return numbers.astype(field.dtype)


def limits(state: Any, field: Field) -> tuple[float, float]:
    """The smallest and largest value that a column can hold and that means something there."""
    low, high = RANGES.get(field.unit, (-np.inf, np.inf))
    if field.name == "group":
        low, high = 0, state.groups.size.size - 1
    if field.name in MOST:
        low, high = 0, MOST[field.name]
    kind = np.dtype(field.dtype)
    room = np.finfo(kind) if kind.kind == "f" else np.iinfo(kind)
    return max(low, float(room.min)), min(high, float(room.max))


def values(state: Any, name: str) -> np.ndarray | None:
    """One attribute of everybody, in 64 bits so that sums do not overflow; None if no column has that name."""
    if name in OF_GROUP:
        return state.groups.value[OF_GROUP[name], column(state.people, "group")]
    if name in ("unique_id", "number"):
        return np.arange(state.people.group.size) + (name == "unique_id")
    if name not in BY_NAME:
        return None
    stored = column(state.people, name)
    return stored.astype(np.float64 if stored.dtype.kind == "f" else np.int64)


def unknown(name: str, to_write: bool = False) -> AttributeError:
    """The error that there is no such attribute, with the nearest right name."""
    names = [each for each in BY_NAME if not (to_write and each in FIXED)]
    near = nearest(name, names if to_write else [*names, *OF_GROUP])
    return AttributeError(f"people have no attribute {name}" + (f"; did you mean {near}?" if near else ""))
