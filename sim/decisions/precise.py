"""Plans on as many seeds as a wanted precision takes: a first batch, and then as many more as it shows to be needed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import comparing, study, wording
from sim.decisions import stopping
from sim.decisions.merging import joined
from sim.errors import InputError, shown

if TYPE_CHECKING:
    from sim.results import Results
    from sim.schema import Scenario

MEASURE = "sought_in_time"
MOST = 500  # seeds


@dataclass(frozen=True)
class Wanted:
    """How exactly the difference of each plan from the first is to be known."""

    precision: float  # half the width of a 95% interval, in the measure's unit; shares between 0 and 1
    measure: str = MEASURE
    at: str = "mean"
    most: int = MOST  # seeds

    def check(self, first: int) -> None:
        """Refuse what cannot be."""
        if not self.precision > 0:
            raise InputError("this is no precision", key="--precision", found=shown(self.precision), allowed="above 0")
        comparing.named([self.measure], None, self.at)
        if first < stopping.FEWEST:
            allowed = f"at least {stopping.FEWEST}: the first batch shows how much luck there is"
            raise InputError(
                "these are too few seeds for a precision", key="--seeds", found=str(first), allowed=allowed
            )
        if self.most < first:
            found, allowed = str(self.most), f"at least the {first} of the first batch"
            raise InputError("there is a contradiction", key="--most-seeds", found=found, allowed=allowed)


def compared(
    scenarios: "Sequence[Scenario]",
    labels: Sequence[str],
    first_seed: int,
    first: int,
    wanted: Wanted,
    draws: study.Drawing | None = None,
    tell: Callable[[str], object] | None = None,
    **live: Any,
) -> "Results":
    """The results of as many seeds as are needed, from ``first_seed`` on; the manifest says how many, and why.

    ``first`` is the size of the first batch. ``draws`` gives a draw of parameters for each of the seeds that it is
    called with, for a seed always the same. ``tell`` is called with what the first batch showed, in a sentence.
    """
    wanted.check(first)
    results = lived(scenarios, labels, first_seed, 0, first, draws, live)
    begun = {label: differences(results, label, wanted) for label in results.labels[1:]}
    shares = [each.size / first for each in begun.values()]
    if not begun or min(shares) * first < stopping.FEWEST:
        raise InputError("too few seeds have a value of this measure", key="--measure", found=wanted.measure)
    asked = max(round(stopping.needed(each, wanted.precision) * first / each.size) for each in begun.values())
    number = min(asked, wanted.most)
    if tell:
        tell(progress(first, asked, number))
    if number > first:
        results = joined(results, lived(scenarios, labels, first_seed, first, number, draws, live))
    found = {label: stopping.interval(begun[label], differences(results, label, wanted)) for label in begun}
    results.manifest["precision"] = told(wanted, first, asked, found)
    return results


def told(wanted: Wanted, first: int, asked: int, found: dict[str, stopping.Interval]) -> dict[str, Any]:
    """What a manifest says of a precision."""
    return {
        "measure": wanted.measure,
        "at": wanted.at,
        "wanted": wanted.precision,
        "first": first,
        "needed": asked,
        "most": wanted.most,
        "reached": all(each.half <= wanted.precision * (1 + 1e-9) for each in found.values()),
        "intervals": [
            {"label": label, "difference": each.middle, "low": each.low, "high": each.high}
            for label, each in found.items()
        ],
    }


def lived(
    scenarios: "Sequence[Scenario]",
    labels: Sequence[str],
    first_seed: int,
    begin: int,
    end: int,
    draws: study.Drawing | None,
    live: dict[str, Any],
) -> "Results":
    """The results of the seeds from the place ``begin`` up to ``end``."""
    seeds = range(first_seed + begin, first_seed + end)
    return study.run(scenarios, seeds, labels=labels, draws=draws and draws(seeds), **live)


def differences(results: "Results", label: str, wanted: Wanted) -> np.ndarray:
    """The difference of a plan from the first for each seed in which both have a value."""
    chosen = comparing.named([wanted.measure], None, wanted.at)
    tables = comparing.by_label(results, chosen, None, wanted.at)
    base, plan = (tables[name][""][wanted.measure].to_numpy(float) for name in (results.labels[0], label))
    apart: np.ndarray = plan - base
    return apart[np.isfinite(apart)]


def progress(first: int, asked: int, number: int) -> str:
    """What the first batch showed."""
    if asked <= first:
        return f"the first {first} seeds are enough"
    if number < asked:
        return f"the first {first} seeds show that {asked:,} are needed; the limit is {number:,}"
    return f"the first {first} seeds show that {asked:,} are needed in all"


def in_words(about: dict[str, Any]) -> str:
    """What was wanted, how many seeds that took, and what came of it."""
    how = wording.said(about["measure"])
    unit = how.step if how.factor == 100.0 else how.unit
    wanted = f"{about['wanted'] * how.factor:g} {unit}".strip()
    wanted = wanted.removesuffix("s") if wanted == "1 percentage points" else wanted
    number = min(max(about["needed"], about["first"]), about["most"])
    said = (
        f"The difference in “{wording.inner(how.label)}” was to be known to ±{wanted}, half a 95% interval. "
        f"{progress(about['first'], about['needed'], number).capitalize()}. "
    )
    parts = [
        f"{wording.title(each['label'])} {wording.change(about['measure'], *(each[k] for k in ENDS))}"
        for each in about["intervals"]
    ]
    end = "The precision is reached" if about["reached"] else "The precision is not reached"
    return f"{said}{end}: {wording.joined(parts)}.{never(about, number)}"


def never(about: dict[str, Any], number: int) -> str:
    """What is to be said of plans that differed in no seed: so little is known as three in the number of seeds."""
    plans = [f"“{wording.title(each['label'])}”" for each in about["intervals"] if each["low"] == each["high"]]
    if not plans:
        return ""
    share = min(1.0, 3.0 / number)
    return f" In no seed did {wording.joined(plans, 'or')} differ at all; up to about {share:.0%} of seeds still might."


ENDS = ("difference", "low", "high")
