"""Who gains: the same differences for parts of the people, and a flag where a plan leaves some of them worse off.

Among many intervals some leave out nothing by luck. So harm is said to be clear only after Holm's correction (1979) for
all comparisons made of a plan; what stands out before it is said to be possible.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim import comparing
from sim.decisions import comparisons
from sim.measures import BY_NAME, HIGHER

if TYPE_CHECKING:
    from sim.results import Results

MEASURES = ("sought_in_time", "unmet_need", "mean_distress")
PARTS = {
    ("role", "member"): "Members",
    ("role", "leader"): "Leaders",
    ("risk", "usual"): "Usual risk",
    ("risk", "higher"): "Higher risk",
    ("isolation", "connected"): "Connected",
    ("isolation", "isolated"): "Isolated",
}
EVERYONE = "Everyone"
SURE = 0.025  # chance of calling any part of the people harmed by a plan that harms none; the same for gains
HARM, PERHAPS_HARM, GAIN, PERHAPS_GAIN = "clearly worse", "possibly worse", "clearly better", "possibly better"
UNCLEAR, SAME, UNKNOWN = "no clear difference", "the same", "cannot be told"


def table(results: "Results", measures: Sequence[str] = MEASURES, at: str = "mean") -> pd.DataFrame:
    """Each plan against the first for everyone and for each part of the people, with a verdict.

    Columns: measure, label, part, group, people (mean number at week 0), difference, low, high, gain (positive is
    better), worse (one-sided chance of so much harm by luck), and verdict, after Holm's correction for each plan.
    """
    rows = []
    for by in (None, *comparisons.PARTS):
        found = results.differences(measures=list(measures), by=by, at=at)
        for row in found.to_dict("records"):
            group = EVERYONE if by is None else PARTS[by, row[by]]
            rows.append({"part": by or "", "group": group, **{k: row[k] for k in KEPT}})
    made = pd.DataFrame(rows)
    sign = np.array([1.0 if BY_NAME[name].better == HIGHER else -1.0 for name in made["measure"]])
    made["gain"] = sign * made["difference"]
    made["worse"], made["better"] = one_sided(made)
    made["people"] = made["group"].map(people(results))
    made["verdict"] = ""
    for label in made["label"].unique():
        mine = made["label"] == label
        made.loc[mine, "verdict"] = verdicts(made[mine])
    return made


KEPT = ("measure", "label", "n", "difference", "low", "high", "standard_error", "unit")


def one_sided(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The chances of as much harm, and of as much good, if there were no difference."""
    from scipy.special import stdtr

    error = rows["standard_error"].to_numpy(float)
    score = np.divide(rows["gain"].to_numpy(float), error, out=np.zeros(len(rows)), where=error > 0)
    freedom = np.maximum(rows["n"].to_numpy(float) - 1, 1)
    return stdtr(freedom, score), stdtr(freedom, -score)


def verdicts(rows: pd.DataFrame) -> list[str]:
    """What is to be said of each comparison of one plan."""
    harm, good = holm(rows["worse"].to_numpy()) < SURE, holm(rows["better"].to_numpy()) < SURE
    made = []
    for place, row in enumerate(rows.itertuples()):
        if row.difference == row.low == row.high == 0:
            made.append(SAME)
        elif not np.isfinite([row.difference, row.low, row.high]).all():
            made.append(UNKNOWN)
        elif row.low <= 0 <= row.high and not (harm[place] or good[place]):
            made.append(UNCLEAR)
        elif row.gain < 0:
            made.append(HARM if harm[place] else PERHAPS_HARM)
        else:
            made.append(GAIN if good[place] else PERHAPS_GAIN)
    return made


def holm(chances: np.ndarray) -> np.ndarray:
    """Chances corrected for how many there are (Holm 1979): each stays valid for all of them together."""
    order = np.argsort(chances, kind="stable")
    stepped = np.maximum.accumulate(chances[order] * np.arange(chances.size, 0, -1))
    made = np.empty(chances.size)
    made[order] = np.minimum(stepped, 1.0)
    return made


def people(results: "Results") -> dict[str, float]:
    """The mean number of people in each part at week 0, over all runs."""
    frame = results.subgroups
    start = frame[frame["week"] == 0]
    runs = len(results.runs)
    made = {EVERYONE: float(start["people"].sum()) / runs}
    for (part, value), name in PARTS.items():
        made[name] = float(start.loc[start[part].astype(str) == value, "people"].sum()) / runs
    return made


def gaps(results: "Results", measures: Sequence[str] = MEASURES, at: str = "mean") -> pd.DataFrame:
    """Whether one part of the people gains more than the other: the difference of their gains, paired by seed.

    Columns: measure, label, part, one and other (of its people), gain_one and gain_other (positive is better), their
    difference with its interval (positive: the other gains more), and verdict after Holm's correction.
    """
    rows = []
    chosen = comparing.named(list(measures), None, at)
    for part in comparisons.PARTS:
        (_, one), (_, other) = (key for key in PARTS if key[0] == part)
        tables = comparing.by_label(results, chosen, part, at)
        base, *others = results.labels
        for label in others:
            if not {one, other} <= tables[label].keys() & tables[base].keys():
                continue
            for measure in chosen:
                sign = 1.0 if measure.better == HIGHER else -1.0
                gained = [sign * (tables[label][k][measure.name] - tables[base][k][measure.name]) for k in (one, other)]
                found = comparing.difference(gained[0].to_numpy(float), gained[1].to_numpy(float), paired=True)
                named = {"gain_one": found.pop("mean_base"), "gain_other": found.pop("mean_plan")}
                about = {"measure": measure.name, "label": label, "part": part, "one": one, "other": other}
                rows.append(about | named | found)
    made = pd.DataFrame(rows)
    if not len(made):
        return made
    made["gain"] = made["difference"]
    made["worse"], made["better"] = one_sided(made)
    made["verdict"] = ""
    for label in made["label"].unique():
        mine = made["label"] == label
        made.loc[mine, "verdict"] = verdicts(made[mine])
    return made


def between_groups(results: "Results") -> pd.DataFrame | None:
    """How far groups are apart in mean distress in the last week, against the first plan; needs the groups' table.

    Only how far they are apart is told. No group is named, and none is ranked.
    """
    frame = results.groups
    if frame is None:
        return None
    apart = frame.groupby(["label", "seed"], observed=True)["mean_distress"].std().unstack("label")
    base, *others = results.labels
    rows = [
        {"label": label}
        | comparing.difference(
            apart[base].to_numpy(float), apart[label].to_numpy(float), comparisons.all_paired(results)
        )
        for label in others
    ]
    return pd.DataFrame(rows)
