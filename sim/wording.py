"""Numbers in words: which measures come first, how a level and a difference are said, and how sure one can be."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sim.measures import BY_NAME

# What a first look shows, in this order; everything else is in the tables.
HEADLINE = (
    "mean_distress",
    "at_least_mild",
    "elevated",
    "sought_in_time",
    "unmet_need",
    "formal_help",
    "maturity",
    "descriptive_norm",
    "injunctive_norm",
    "expects_both",
    "self_stigma",
    "cohesion",
    "reachable_friends",
    "wait",
    "cost",
)

LUCK_ONLY = "95% interval of the mean over seeds: luck only, not parameter uncertainty"


class Said(NamedTuple):
    """How the values of one measure are said."""

    label: str
    unit: str  # of a level
    step: str  # of a difference
    scale: float  # what a value is multiplied by before it is shown
    meaning: str


def said(name: str, unit: str = "") -> Said:
    """How a measure is said; ``unit`` is for one that the model's list of measures does not have."""
    known = BY_NAME.get(name)
    label = known.label if known else name.replace("_", " ").capitalize()
    unit = known.unit if known else unit
    meaning = known.meaning if known else ""
    if unit == "share" or unit.startswith("share of"):
        return Said(label, unit.replace("share", "%", 1), "percentage points", 100.0, meaning)
    return Said(label, unit, "" if unit == "-1 to 1" else unit.split(" (")[0], 1.0, meaning)


def title(label: str) -> str:
    """A plan's label as text: ``peer_leaders+stigma_contact`` is Peer leaders + stigma contact."""
    words = " + ".join(part.rsplit("/", 1)[-1].removesuffix(".yaml") for part in label.split("+"))
    words = words.replace("_", " ").strip() or label
    return words[:1].upper() + words[1:]


def plain(value: float, decimals: int) -> str:
    """A number with a real minus sign and thousands set apart; never minus nought."""
    if not math.isfinite(value):
        return "–"
    rounded = round(value, decimals) + 0.0
    return f"{rounded:,.{decimals}f}".replace("-", "\u2212")


def decimals_for(size: float, digits: int = 2, most: int = 4) -> int:
    """Decimals that show ``digits`` figures of a number of this size."""
    if not math.isfinite(size) or size <= 0:
        return 2
    return max(0, min(most, digits - 1 - math.floor(math.log10(size))))


def level(name: str, value: float, unit: str = "") -> str:
    """A level: 12.3% or 4.21."""
    how = said(name, unit)
    shown = value * how.scale
    decimals = 1 if how.scale == 100.0 else decimals_for(abs(shown), 3, 3)
    return plain(shown, decimals) + ("%" if how.scale == 100.0 and math.isfinite(shown) else "")


def spread_of(difference: float, low: float, high: float) -> float:
    """What decides how many decimals a difference needs: half its interval, or its size where there is none."""
    half = (high - low) / 2
    return half if math.isfinite(half) and half > 0 else abs(difference)


def change(name: str, difference: float, low: float, high: float, unit: str = "") -> str:
    """A signed difference with its interval: −0.35 (−0.39 to −0.31)."""
    scale = said(name, unit).scale
    decimals = decimals_for(spread_of(difference, low, high) * scale)
    signed = ("+" if round(difference * scale, decimals) > 0 else "") + plain(difference * scale, decimals)
    if not (math.isfinite(low) and math.isfinite(high)):
        return signed
    return f"{signed} ({plain(low * scale, decimals)} to {plain(high * scale, decimals)})"


def verdict(difference: float, low: float, high: float) -> str:
    """What the interval says: higher, lower, unclear, the same, or unknown."""
    if not math.isfinite(difference):
        return "unknown"
    if difference == low == high == 0:
        return "the same"
    if not (math.isfinite(low) and math.isfinite(high)):
        return "unknown"
    return "higher" if low > 0 else "lower" if high < 0 else "unclear"


def sentence(row: Any) -> str:
    """One row of differences as a clause: mean distress was 0.35 points lower (95% interval 0.31 to 0.39 lower)."""
    how = said(row.measure, row.unit)
    decimals = decimals_for(spread_of(row.difference, row.low, row.high) * how.scale)
    way = "higher" if row.difference > 0 else "lower"
    ends = sorted(abs(end) * how.scale for end in (row.low, row.high))
    size = plain(abs(row.difference) * how.scale, decimals)
    step = f" {how.step}" if how.step else ""
    low, high = (plain(end, decimals) for end in ends)
    return f"{inner(how.label)} {size}{step} {way} (95% interval {low} to {high} {way})"


def inner(label: str) -> str:
    """A label inside a sentence."""
    return label[:1].lower() + label[1:]


def joined(parts: Iterable[str], last: str = "and") -> str:
    """Parts as one list in a sentence."""
    items = list(parts)
    if len(items) < 2:
        return "".join(items)
    mark = "; " if any("," in item or "(" in item for item in items) else ", "
    return mark.join(items[:-1]) + f"{mark if mark == '; ' else ' '}{last} {items[-1]}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """``3 seeds``, ``1 seed``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def headline(available: Sequence[str]) -> list[str]:
    """The headline measures among those that a result has."""
    return [name for name in HEADLINE if name in set(available)]


def source_line(seeds: int) -> str:
    """What stands under every figure."""
    if seeds < 2:
        return "simulation, 1 seed: no interval, and no telling luck from effect"
    return f"simulation, {counted(seeds, 'seed')}, {LUCK_ONLY}"
