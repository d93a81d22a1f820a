"""Numbers in words: which measures come first, how a level and a difference are said, and how sure one can be."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.measures import BY_NAME

if TYPE_CHECKING:
    import pandas as pd

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
# What intervals over seeds hold: each seed has its own luck, and if asked for its own draw of the parameters too.
LUCK, LUCK_AND_PARAMETERS = "luck", "luck and parameters"
HOLDS = {
    LUCK: "95% interval of the mean over seeds: luck only, not parameter uncertainty",
    LUCK_AND_PARAMETERS: "95% interval of the mean over seeds and draws of the parameters: luck and parameters",
}
# The same of an answer that a search found.
ANSWERS = {
    LUCK: "This holds luck only: if the model’s assumptions are off, so may be the answer.",
    LUCK_AND_PARAMETERS: "Each seed drew its own parameters, so this holds luck and parameters; what the model leaves "
    "out is not in it.",
}
SCALE = "on a scale from −1 to 1"
MARKED = ("higher", "lower")  # verdicts on intervals that leave out zero


# Labels that need more words where the measure stands alone
LABELS = {"expects_both": "Holds both expectations"}


class Said(NamedTuple):
    """How the values of one measure are said."""

    label: str
    unit: str  # of a level
    step: str  # of a difference
    factor: float  # what a value is multiplied by before it is shown
    decimals: int  # the most that are ever shown
    meaning: str


def said(name: str, unit: str = "") -> Said:
    """How a measure is said; ``unit`` is for one that the model's list of measures does not have."""
    known = BY_NAME.get(name)
    label = LABELS.get(name) or (known.label if known else name.replace("_", " ").capitalize())
    meaning = known.meaning if known else ""
    unit = known.unit if known and name != "cost" else unit
    if unit == "share" or unit.startswith("share of"):
        return Said(label, unit.replace("share", "%", 1), "percentage points", 100.0, 2, meaning)
    if unit == "-1 to 1":
        return Said(label, "from −1 to 1", SCALE, 1.0, 3, meaning)
    return Said(label, unit, unit.split(" (")[0], 1.0, 2, meaning)


def title(label: str) -> str:
    """A plan's label as text: ``peer_leaders+stigma_contact`` is Peer leaders + stigma contact."""
    words = " + ".join(part.rsplit("/", 1)[-1].removesuffix(".yaml") for part in label.split("+"))
    words = words.replace("_", " ").strip() or label
    return words[:1].upper() + words[1:]


# Numbers


def plain(value: float, decimals: int) -> str:
    """A number with a real minus sign and thousands set apart; never minus nought."""
    if not math.isfinite(value):
        return "–"
    return f"{round(value, decimals) + 0.0:,.{decimals}f}".replace("-", "−")


def decimals_for(size: float, figures: int, most: int) -> int:
    """Decimals that show so many figures of a number of this size, but no more than ``most``."""
    if not math.isfinite(size) or size <= 0:
        return min(2, most)
    return max(0, min(most, figures - 1 - math.floor(math.log10(size))))


def level(name: str, value: float, unit: str = "") -> str:
    """A level: 12.3% or 4.21."""
    how = said(name, unit)
    if how.factor == 100.0:
        return plain(value * 100.0, 1) + ("%" if math.isfinite(value) else "")
    if name == "cost" and not value:
        return "0"
    return plain(value, decimals_for(abs(value), 3, how.decimals))


def decimals_of(how: Said, difference: float, low: float, high: float) -> int:
    """How many decimals a difference needs: two figures of half its interval, or of itself where there is none.

    They are as many more as it takes to show that an interval leaves out zero, if it does.
    """
    half = (high - low) / 2
    size = half if math.isfinite(half) and half > 0 else abs(difference)
    usual = decimals_for(size * how.factor, 2, how.decimals)
    if not (low > 0 or high < 0):
        return usual
    return max(usual, decimals_for(min(abs(low), abs(high)) * how.factor, 1, how.decimals + 3))


def change(name: str, difference: float, low: float, high: float, unit: str = "") -> str:
    """A signed difference with its interval: −0.35 (−0.39 to −0.31)."""
    how = said(name, unit)
    decimals = decimals_of(how, difference, low, high)
    signed = ("+" if round(difference * how.factor, decimals) > 0 else "") + plain(difference * how.factor, decimals)
    if not (math.isfinite(low) and math.isfinite(high)):
        return signed
    return f"{signed} ({plain(low * how.factor, decimals)} to {plain(high * how.factor, decimals)})"


# Words


def verdict(difference: float, low: float, high: float) -> str:
    """What the interval says: higher, lower, unclear, the same, or unknown."""
    if difference == low == high == 0:
        return "the same"
    if not all(map(math.isfinite, (difference, low, high))):
        return "unknown"
    return "higher" if low > 0 else "lower" if high < 0 else "unclear"


def sentence(row: Any) -> str:
    """A difference whose interval leaves out zero: mean distress 3.1 points instead of 3.7: 0.6 lower (0.5 to 0.7)."""
    how = said(row.measure, row.unit)
    decimals = decimals_of(how, row.difference, row.low, row.high)
    way = "higher" if row.difference > 0 else "lower"
    low, high = (plain(end, decimals) for end in sorted(abs(end) * how.factor for end in (row.low, row.high)))
    size = plain(abs(row.difference) * how.factor, decimals)
    step = f" {how.step}" if how.factor == 100.0 else ""
    plan, base = (level(row.measure, mean, row.unit) for mean in (row.mean_plan, row.mean_base))
    of = "" if how.step == SCALE else " " + how.unit.removeprefix("%").split(" (")[0].strip()
    ends = f" ({low} to {high})" if low != high else ""
    return f"{inner(how.label)} {plan}{of.rstrip()} instead of {base}: {size}{step} {way}{ends}"


def slight(row: Any) -> bool:
    """Whether a difference, however clear, does not show in the levels as they are said."""
    levels = {level(row.measure, mean, row.unit) for mean in (row.mean_plan, row.mean_base)}
    return verdict(row.difference, row.low, row.high) in MARKED and len(levels) == 1


def marked(table: "pd.DataFrame", label: str) -> list[str]:
    """What is clearly different under one plan, a clause for each measure."""
    rows = table[table.label == label].itertuples()
    return [sentence(row) for row in rows if verdict(row.difference, row.low, row.high) in MARKED]


def inner(label: str) -> str:
    """A label inside a sentence."""
    return label[:1].lower() + label[1:]


def outer(text: str) -> str:
    """Text at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def joined(parts: Iterable[str], last: str = "and") -> str:
    """Parts as one list in a sentence."""
    items = list(parts)
    if len(items) < 2:
        return "".join(items)
    mark = "; " if any(set(",;(") & set(item) for item in items) else ", "
    return mark.join(items[:-1]) + f"{mark if mark == '; ' else ' '}{last} {items[-1]}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """``3 seeds``, ``1 seed``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def headline(table: "pd.DataFrame") -> "pd.DataFrame":
    """The rows of headline measures, in their order; nothing is said of costs that nobody has filled in."""
    known = table[table.difference.notna()] if "difference" in table else table[table["mean"].notna()]
    levels = known[["mean_base", "mean_plan"]].abs().max(axis=1) if "difference" in known else known["mean"].abs()
    known = known[(known.measure != "cost") | (levels.groupby(known.measure).transform("max") > 0)]
    known = known[known.measure.isin(HEADLINE)]
    return known.sort_values("measure", key=lambda names: names.map(HEADLINE.index), kind="stable")


def source_line(seeds: int, where: str = "", uncertainty: str = LUCK) -> str:
    """What stands under every figure: of what community, and what the intervals are."""
    first = f"{where}, simulation" if where else "simulation"
    if seeds < 2:
        return f"{first}, 1 seed: no interval, and no telling luck from effect"
    return f"{first}, {counted(seeds, 'seed')}, {HOLDS[uncertainty]}"
