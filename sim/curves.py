"""What figures show, worked out: the plans, their bands over seeds, their dates, and the same in words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim import drawing, wording

if TYPE_CHECKING:
    import pandas as pd

    from sim.results import Results


def labels(results: "Results") -> list[str]:
    """The plans in the order in which they were run."""
    return list(dict.fromkeys(results.weekly["label"].astype(str)))


def name(label: str) -> str:
    """A plan's title as it stands in a figure."""
    return drawing.safe(wording.title(label))


def seeds(results: "Results") -> int:
    """How many seeds there are for each plan."""
    return int(results.weekly.groupby("label")["seed"].nunique().min())


def band(results: "Results", measure: str, label: str, base: str | None = None) -> "pd.DataFrame":
    """Mean by week with its 95% interval over seeds, of a plan or of its paired difference from another."""
    from scipy.special import stdtrit

    found = table_of(results, measure, label)
    if base is not None:
        found = found - table_of(results, measure, base)
    found = found.dropna(how="all")
    count = found.count(axis=1)
    half = stdtrit((count - 1).clip(lower=1), 0.975) * found.std(axis=1) / count**0.5
    mean = found.mean(axis=1)
    return mean.to_frame("mean").assign(low=mean - half, high=mean + half)


def table_of(results: "Results", measure: str, label: str) -> "pd.DataFrame":
    """One measure of one plan: weeks below one another, seeds side by side."""
    mine = results.weekly[results.weekly["label"] == label]
    return mine.pivot(index="week", columns="seed", values=measure)


def over_weeks(results: "Results", measures: Sequence[str]) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """For each plan the mean over all weeks after the baseline, and half its 95% interval over seeds."""
    from scipy.special import stdtrit

    after = results.weekly[results.weekly["week"] > 0]
    runs = after.groupby(["label", "seed"], sort=False)[list(measures)].mean().groupby("label", sort=False)
    count = runs.count()
    return runs.mean(), stdtrit((count - 1).clip(lower=1), 0.975) * runs.std() / count**0.5


def ends(results: "Results", measures: Sequence[str]) -> list[str]:
    """What measures are in the last week, in words."""
    found = []
    for name in measures:
        last = [f"{last_level(results, name, label)} ({wording.title(label)})" for label in labels(results)]
        found.append(f"{wording.inner(wording.said(name).label)} ends at {', '.join(last)}")
    return found


def last_level(results: "Results", measure: str, label: str) -> str:
    """A measure's last value under one plan, in words; in a small community there may be none at all."""
    found = band(results, measure, label)["mean"]
    return "nothing that can be told" if found.empty else wording.level(measure, found.iloc[-1])


def course_of(results: "Results", measure: str, label: str, base: str) -> str:
    """How a difference goes: its largest week and its last."""
    found = band(results, measure, label, base)
    if found.empty:
        return "not known"
    week = found["mean"].abs().idxmax()
    peak, last = found.loc[week], found.iloc[-1]
    return (
        f"largest in week {week}, {wording.change(measure, *peak)}; "
        f"in week {found.index[-1]}, {wording.change(measure, *last)}"
    )


def by_unit(table: "pd.DataFrame", measures: Sequence[str]) -> dict[str, list[str]]:
    """The measures by the unit of their differences, the fullest unit first."""
    found: dict[str, list[str]] = {}
    units = dict(zip(table.measure, table.unit, strict=True))
    for name in measures:
        found.setdefault(wording.said(name, units[name]).step, []).append(name)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def dates(results: "Results", label: str | None = None) -> tuple[list[tuple[int, int]], list[int]]:
    """From which week to which anything is delivered, and when the setting changes; under one plan, or under any."""
    spans: set[tuple[int, int]] = set()
    weeks: set[int] = set()
    for scenario in scenarios(results, label):
        spans |= {(item["start"], item["start"] + item["length"] - 1) for item in scenario["interventions"].values()}
        weeks |= {event["week"] for event in scenario["setting"].get("events", ())}
    return sorted(spans), sorted(weeks)


def dates_in_words(results: "Results") -> str:
    """What the marks for deliveries and events mean, for a caption."""
    said = " A bar at the foot marks the weeks of delivery." if dates(results)[0] else ""
    return said + events_in_words(results)


def events_in_words(results: "Results") -> str:
    """What a dotted line means, for a caption."""
    return " A dotted line marks a change in the setting, such as groups that dissolve." if dates(results)[1] else ""


def foot(results: "Results") -> str:
    """The line under a figure."""
    return wording.source_line(seeds(results), drawing.safe(place(results)), results.uncertainty)


def foot_of_means(results: "Results") -> str:
    """The line under a figure that shows no intervals."""
    return f"{drawing.safe(place(results))}, simulation, mean of {wording.counted(seeds(results), 'seed')}"


def place(results: "Results") -> str:
    """The community, by its title."""
    return str(scenarios(results)[0]["setting"]["title"])


def scenarios(results: "Results", label: str | None = None) -> list[dict[str, Any]]:
    """The resolved scenarios behind the results, or the one of a plan."""
    return [each["scenario"] for each in results.manifest["scenarios"] if label in (None, each["label"])]
