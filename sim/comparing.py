"""Labels against each other: paired differences with their intervals, and means.

Scenarios that share a setting and a seed share their luck, so they are compared seed by seed (Student's t on the
differences). Others are compared as independent samples (Welch's t).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim import pooling
from sim.errors import InputError, listed, nearest, shown
from sim.measures import BY_NAME, COST, MEASURES, NORM, ONCE, TOTALS, Measure
from sim.rules import kinds

if TYPE_CHECKING:
    from sim.results import Results
    from sim.schema import Scenario

PARTS = ("role", "risk", "isolation")
WHEN = ("final", "mean")
LEVEL = 0.95
DIFFERENCE = ("n", "n_base", "mean_base", "mean_plan", "difference", "low", "high", "paired", "standard_error")


def named(measures: Sequence[str] | str | None, by: str | None, at: str) -> list[Measure]:
    """The measures asked for; if none are, all that can be told."""
    if by is not None and by not in PARTS:
        raise InputError("there is no such part of people", key="by", found=shown(by), allowed=listed(PARTS))
    if at not in WHEN:
        raise InputError("there is no such time", key="at", found=shown(at), allowed=listed(WHEN))
    if measures is None:
        whole = MEASURES if at == "final" else (*MEASURES, *TOTALS, COST, NORM)
        return [measure for measure in whole if by is None or pooling.by_subgroup(measure)]
    found = []
    for name in [measures] if isinstance(measures, str) else measures:
        if name not in BY_NAME:
            hint = nearest(name, BY_NAME)
            raise InputError("there is no such measure", key="measures", found=shown(name), hint=hint)
        if by is not None and not pooling.by_subgroup(BY_NAME[name]):
            raise InputError("only a whole world has this measure", key="measures", found=name, allowed="by = nothing")
        found.append(BY_NAME[name])
    return found


def values(results: "Results", measures: Sequence[Measure], by: str | None, at: str) -> pd.DataFrame:
    """One row for each run (and part of its people): the columns run, by, and the measures."""
    if by is not None:
        return values_by(results, measures, by, at)
    totals = results.totals
    made = {"run": totals["run"].to_numpy()}
    for measure in measures:
        once = measure.denominator == ONCE
        made[measure.name] = totals[measure.name if once else f"{at}_{measure.name}"].to_numpy(float, na_value=np.nan)
    return pd.DataFrame(made)


def values_by(results: "Results", measures: Sequence[Measure], by: str, at: str) -> pd.DataFrame:
    """The same for parts of a world's people: tallies summed up over subgroups and weeks before anything is divided."""
    frame = results.subgroups
    run, week = frame["run"].to_numpy(), frame["week"].to_numpy()
    last = results.runs["weeks"].to_numpy()[run]
    windows = [pooling.window_of(scenario.parameters) for scenario in results.scenarios]
    window = np.array(windows)[frame["label"].cat.codes.to_numpy()]
    spans = {"run": week > 0, "week": week == last, "window": (week > 0) & (week > last - window)}
    made = []
    for name, span in spans.items():
        chosen = [measure for measure in measures if pooled_over(measure, at) == name]
        if chosen:
            used = sorted({tally for measure in chosen for tally in pooling.tallies_in(measure)})
            sums = frame.loc[span].groupby(["run", by], observed=True, sort=True)[used].sum()
            found = {measure.name: pooling.ratio(measure, sums.__getitem__) for measure in chosen}
            made.append(pd.DataFrame({key: np.asarray(each) for key, each in found.items()}, sums.index))
    joined = pd.concat(made, axis=1)[[measure.name for measure in measures]]
    return joined.reset_index()


def pooled_over(measure: Measure, at: str) -> str:
    """The weeks that a measure is pooled over."""
    if at == "mean" or measure.denominator == ONCE:
        return "run"
    return "week" if measure.weeks == 1 else "window"


def alike(one: "Scenario", other: "Scenario") -> bool:
    """Whether two scenarios share their luck: one setting, one length, the same parameters apart from effects."""
    effects = tuple(f"{kind}." for kind in kinds())
    return (
        one.setting == other.setting
        and one.weeks == other.weeks
        and all(other.parameters[name] == x for name, x in one.parameters.items() if not name.startswith(effects))
    )


def differences(results: "Results", base: str | None, measures: Sequence[str] | str | None, by: str | None, at: str):
    """Every label against the base: see ``Results.differences``."""
    first = results.labels[0] if base is None else base
    if first not in results.labels:
        hint = nearest(first, results.labels)
        raise InputError("there is no such label", key="base", found=shown(first), hint=hint)
    scenarios = dict(zip(results.labels, results.scenarios, strict=True))
    chosen, rows = named(measures, by, at), []
    tables = by_label(results, chosen, by, at)
    for label in (each for each in results.labels if each != first):
        paired = alike(scenarios[label], scenarios[first])
        for part in tables[label]:
            if part not in tables[first]:
                continue
            here, there = tables[label][part], tables[first][part]
            if paired:
                there, here = there.align(here, join="inner", axis=0)
            for measure in chosen:
                about = {"measure": measure.name, "label": label, "base_label": first}
                found = difference(there[measure.name].to_numpy(), here[measure.name].to_numpy(), paired)
                rows.append(about | ({} if by is None else {by: part}) | found | {"unit": unit(measure, results)})
    columns = ["measure", "label", "base_label", *([by] if by else []), *DIFFERENCE, "unit"]
    return pd.DataFrame(rows, columns=columns)


def by_label(
    results: "Results", measures: list[Measure], by: str | None, at: str
) -> dict[str, dict[str, pd.DataFrame]]:
    """The measures of each label and part of its people, by seed."""
    frame = values(results, measures, by, at).merge(results.runs[["run", "label", "seed"]], on="run")
    parts = frame[by].astype(str) if by else pd.Series("", frame.index)
    names = [measure.name for measure in measures]
    return {
        label: {
            part: frame.loc[(frame["label"] == label) & (parts == part)].set_index("seed")[names]
            for part in dict.fromkeys(parts[frame["label"] == label])
        }
        for label in results.labels
    }


def difference(base: np.ndarray, plan: np.ndarray, paired: bool) -> dict:
    """The mean difference of two samples with its 95% interval; what is undefined is left out, with its pair."""
    known_base, known_plan = np.isfinite(base), np.isfinite(plan)
    if paired:
        known_base = known_plan = known_base & known_plan
    base, plan = base[known_base], plan[known_plan]
    if not (base.size and plan.size):
        nothing = dict.fromkeys(DIFFERENCE, np.nan)
        return nothing | {"n": plan.size, "n_base": base.size, "paired": paired}
    if paired:
        error, freedom = spread(plan - base), plan.size - 1.0
        middle = float(np.mean(plan - base))
    else:
        middle = float(np.mean(plan) - np.mean(base))
        parts = spread(plan) ** 2, spread(base) ** 2
        error = float(np.sqrt(parts[0] + parts[1]))
        below = sum(x * x / (size - 1) for x, size in zip(parts, (plan.size, base.size), strict=True) if size > 1)
        freedom = error**4 / below if below > 0 else plan.size + base.size - 2.0
    low, high = interval(middle, error, freedom)
    means = {"mean_base": float(np.mean(base)), "mean_plan": float(np.mean(plan))}
    found = {"difference": middle, "low": low, "high": high, "paired": paired, "standard_error": error}
    return {"n": plan.size, "n_base": base.size, **means, **found}


def spread(sample: np.ndarray) -> float:
    """The standard error of a mean; not a number for a single value."""
    return float(np.std(sample, ddof=1) / np.sqrt(sample.size)) if sample.size > 1 else float("nan")


def interval(middle: float, error: float, freedom: float) -> tuple[float, float]:
    """The 95% interval by Student's t."""
    from scipy.special import stdtrit

    half = float(stdtrit(freedom, 0.5 + LEVEL / 2)) * error if np.isfinite(error) else float("nan")
    return middle - half, middle + half


def summary(results: "Results", measures: Sequence[str] | str | None, by: str | None, at: str) -> pd.DataFrame:
    """Means over seeds: see ``Results.summary``."""
    chosen, rows = named(measures, by, at), []
    for label, parts in by_label(results, chosen, by, at).items():
        for part, table in parts.items():
            for measure in chosen:
                known = table[measure.name].dropna().to_numpy()
                middle = float(np.mean(known)) if known.size else float("nan")
                low, high = interval(middle, spread(known), known.size - 1.0)
                about = {"label": label, "measure": measure.name} | ({} if by is None else {by: part})
                deviation = float(np.std(known, ddof=1)) if known.size > 1 else float("nan")
                found = {"n": known.size, "mean": middle, "low": low, "high": high, "sd": deviation}
                rows.append(about | found | {"unit": unit(measure, results)})
    return pd.DataFrame(rows)


def unit(measure: Measure, results: "Results") -> str:
    """The unit of a measure; costs are in the plans' own currency."""
    if measure is not COST:
        return measure.unit
    return "/".join(dict.fromkeys(text for text in results.totals["currency"].astype(str) if text)) or measure.unit
