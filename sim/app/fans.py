"""What a page shows of many communities: each measure's course in a band over seeds, and differences between plans."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from sim import wording
from sim.measures import BY_NAME
from sim.results import Results

TINY = "tiny"  # a difference there is, but none that the decimals shown could show
BAND = (0.1, 0.9)  # the middle four in five of the communities


def courses(results: Results, measures: Sequence[str]) -> dict[str, list[dict[str, list[float | None]]]]:
    """For each measure and label, by week from 0: the mean over seeds, and the lower and upper end of the band."""
    weekly = results.weekly
    made = {}
    for name in measures:
        lines = []
        for label in results.labels:
            table = weekly[weekly["label"] == label].pivot(index="week", columns="seed", values=name).to_numpy(float)
            known = np.isfinite(table).any(axis=1)
            filled = np.where(known[:, None], table, 0.0)
            low, high = np.nanquantile(filled, BAND, axis=1)
            parts = {"mean": np.nanmean(filled, axis=1), "low": low, "high": high}
            lines.append(
                {part: [number(x, ok) for x, ok in zip(row, known, strict=True)] for part, row in parts.items()}
            )
        made[name] = lines
    return made


def number(value: float, known: bool = True) -> float | None:
    """A number as it can be sent; nothing if it is not known."""
    return float(value) if known and np.isfinite(value) else None


def differences(results: Results, measures: Sequence[str], at: str = "mean") -> list[dict[str, Any]]:
    """Each label against the first, by measure: both means, the difference, its 95% interval, all as text too."""
    made = []
    for row in results.differences(measures=list(measures), at=at).itertuples(index=False):
        how = wording.said(row.measure, row.unit)
        change = wording.change(row.measure, row.difference, row.low, row.high, row.unit)
        verdict = wording.verdict(row.difference, row.low, row.high)
        made.append(
            {
                "measure": row.measure,
                "label": row.label,
                "name": how.label,
                "meaning": how.meaning,
                "unit": how.unit,
                "step": how.step,
                "base": wording.level(row.measure, row.mean_base, row.unit),
                "plan": wording.level(row.measure, row.mean_plan, row.unit),
                "change": change,
                "verdict": verdict if verdict not in wording.MARKED or set(change) & set("123456789") else TINY,
                "better": BY_NAME[row.measure].better,
                "seeds": int(row.n),
                "values": [number(x) for x in (row.mean_base, row.mean_plan, row.difference, row.low, row.high)],
            }
        )
    return made


def table(results: Results, measures: Sequence[str]) -> str:
    """Every week of every community as CSV: label, seed, week and the measures, as the engine gave them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = ["label", "seed", "week", *measures]
    writer.writerow(columns)
    for row in results.weekly[columns].itertuples(index=False):
        writer.writerow(["" if isinstance(x, float) and not np.isfinite(x) else x for x in row])
    return text.getvalue()
