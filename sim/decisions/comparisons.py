"""One table of plans: the difference for each measure and part of the people, the chance to be best, seeds needed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim import comparing
from sim.decisions import chances, stopping
from sim.measures import BY_NAME, Measure

if TYPE_CHECKING:
    from sim.results import Results

PRECISION = 0.01  # half an interval, of shares and of scales from −1 to 1
# What is precise enough in other units; any other measure is known well to a hundredth of its level.
PRECISE = {"points (0-27)": 0.1, "SD": 0.02, "weeks": 0.25, "people": 0.1, "asks per 100 person-weeks of need": 0.25}
PARTS = ("role", "risk", "isolation")


def precision_of(measure: Measure, level: float, precision: float = PRECISION) -> float:
    """How exactly a measure should be known: what is asked of shares, or what is usual in its unit."""
    if measure.unit.startswith("share") or measure.unit == "-1 to 1":
        return precision
    return PRECISE.get(measure.unit, abs(level) * PRECISION or float("nan"))


def table(
    results: "Results",
    measures: Sequence[str] | str | None = None,
    by: str | None = None,
    at: str = "mean",
    precision: float | None = None,
) -> pd.DataFrame:
    """A row for each measure, part of the people (``by``) and plan but the first, as of ``Results.differences``.

    Added are ``better`` (higher, lower or nothing), ``best`` and ``best_base`` (the chance that this plan, or the
    first, is the best of all), ``precision`` and ``seeds_needed`` in all for an interval of that half width.
    """
    wanted = precision or results.manifest.get("precision", {}).get("wanted", PRECISION)
    found = results.differences(measures=measures, by=by, at=at)
    best = of_being_best(results, found["measure"].unique(), by, at)
    part = found[by] if by else pd.Series("", found.index)
    keys = list(zip(found["measure"], part, strict=True))
    found["better"] = [BY_NAME[name].better for name in found["measure"]]
    found["best"] = [best[key][label] for key, label in zip(keys, found["label"], strict=True)]
    found["best_base"] = [best[key][results.labels[0]] for key in keys]
    found["precision"] = [
        precision_of(BY_NAME[row.measure], row.mean_base, wanted) for row in found.itertuples(index=False)
    ]
    found["seeds_needed"] = [
        stopping.seeds_for(row.standard_error, int(row.n), row.precision) for row in found.itertuples(index=False)
    ]
    return found


def of_being_best(
    results: "Results", measures: Sequence[str], by: str | None, at: str
) -> dict[tuple[str, str], dict[str, float]]:
    """For each measure and part of the people, the chance of each plan to be best."""
    chosen = comparing.named(list(measures), by, at)
    tables = comparing.by_label(results, chosen, by, at)
    paired = all_paired(results)
    made: dict[tuple[str, str], dict[str, float]] = {}
    for part in dict.fromkeys(part for parts in tables.values() for part in parts):
        labels = [label for label in results.labels if part in tables[label]]
        for measure in chosen:
            columns = [tables[label][part][measure.name] for label in labels]
            values = pd.concat(columns, axis=1, join="inner").to_numpy(float)
            found = dict.fromkeys(results.labels, float("nan"))
            made[measure.name, part] = found | dict(
                zip(labels, chances.of_being_best(values, measure, paired).tolist(), strict=True)
            )
    return made


def all_paired(results: "Results") -> bool:
    """Whether all plans share their luck."""
    first, *others = results.scenarios
    return all(comparing.alike(first, other) for other in others)


def by_seed(results: "Results", measure: str, at: str = "mean") -> np.ndarray:
    """One measure of every plan by seed: (seeds, plans), in the order of the labels."""
    tables = comparing.by_label(results, comparing.named([measure], None, at), None, at)
    return np.column_stack([tables[label][""][measure].to_numpy(float) for label in results.labels])
