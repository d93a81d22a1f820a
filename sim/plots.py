"""Figures from results: each answers one question, names its units, and can be read in grey."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from sim import curves, drawing, panels, style, wording
from sim.curves import labels, seeds
from sim.drawing import TITLE, save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.results import Results

__all__ = ["Drawn", "course", "differences", "distress", "effects", "every", "norms", "save", "seeking", "weekly"]

COURSE = ("mean_distress", "unmet_need", "descriptive_norm", "injunctive_norm")
STATES = ("severe", "moderate", "mild")


class Drawn(NamedTuple):
    """A figure with what a reader needs who cannot see it, or reads on."""

    name: str
    title: str
    figure: "Figure"
    caption: str
    alternative: str


def every(results: "Results") -> list[Drawn]:
    """All figures that these results allow, in the order of the page."""
    several = len(labels(results)) > 1
    makers = [differences, effects, seeking, norms, distress] if several else [course, seeking, norms, distress]
    drawn = [make(results) for make in makers]
    return [each for each in drawn if each is not None]


def weekly(results: "Results", measure: str) -> "Figure":
    """One measure week by week: the mean over seeds for each plan, in its 95% band."""
    figure, axes = drawing.sheet(1, 1, 3.6)
    panels.lines(axes[0], results, measure)
    drawing.key(figure, axes[0])
    drawing.foot(figure, curves.foot(results))
    return figure


def course(results: "Results") -> Drawn | None:
    """Four measures week by week, as they are."""
    have = [name for name in COURSE if name in results.weekly]
    if not have:
        return None
    rows = drawing.rows_for(len(have))
    figure, axes = drawing.sheet(rows, 2, 0.8 + 2.3 * rows, len(have))
    for panel, measure in zip(axes, have, strict=True):
        panels.lines(panel, results, measure)
        drawing.delivered(panel, *curves.dates(results))
    drawing.key(figure, axes[0])
    drawing.foot(figure, curves.foot(results))
    caption = "Lines are means over seeds, bands their 95% intervals." if seeds(results) > 1 else "One run of one seed."
    alternative = f"Lines by week: {wording.joined(curves.ends(results, have))}."
    return Drawn("course", "Week by week", figure, caption + curves.dates_in_words(results), alternative)


def effects(results: "Results") -> Drawn | None:
    """What plans change, week by week: the paired difference from the first plan, in its 95% band."""
    have = [name for name in COURSE if name in results.weekly]
    if not have:
        return None
    base, *others = labels(results)
    rows = drawing.rows_for(len(have))
    figure, axes = drawing.sheet(rows, 2, 0.9 + 2.3 * rows, len(have))
    for panel, measure in zip(axes, have, strict=True):
        panels.effect(panel, results, measure)
        drawing.delivered(panel, *curves.dates(results))
    drawing.key(figure, axes[0], always=True)
    drawing.foot(figure, curves.foot(results))
    caption = (
        f"Difference from “{wording.title(base)}” in each week; a band that covers the line at zero shows no clear "
        "difference in that week." + curves.dates_in_words(results)
    )
    said = [
        f"{wording.said(name).label}, {wording.title(label)}: {curves.course_of(results, name, label, base)}"
        for name in have
        for label in others
    ]
    title = "When differences appear, and whether they last"
    return Drawn("effects", title, figure, caption, f"Lines by week. {'. '.join(said)}.")


def differences(
    results: "Results", base: str | None = None, measures: Sequence[str] | None = None, at: str = "mean"
) -> Drawn | None:
    """Differences from the first plan with their intervals: a panel for each unit, so that lengths compare."""
    table = results.differences(base=base, at=at)
    table = wording.headline(table) if measures is None else table[table.measure.isin(measures)]
    if table.empty:
        return None
    wanted = list(dict.fromkeys(table.measure))
    units, others = curves.by_unit(table, wanted), list(dict.fromkeys(table.label))
    heights = {unit: len(names) * (0.2 + 0.12 * len(others)) + 0.5 for unit, names in units.items()}
    figure, axes = drawing.columns(heights)
    for unit, names in units.items():
        panels.forest(axes[unit], table, names, others, labels(results))
        panels.about_zero(axes[unit], unit)
    drawing.key(figure, axes[next(iter(units))], always=True, long=1.4)
    drawing.foot(figure, curves.foot(results))
    base_label = wording.title(table.base_label.iloc[0])
    when = "over all weeks" if at == "mean" else "in the last week"
    paired = "paired by seed" if table.paired.all() else "not paired"
    caption = (
        f"Differences from “{base_label}” {when}, {paired}. Points are means over seeds, bars 95% intervals; a bar "
        "that crosses the line at zero shows no clear difference. Each unit has its own scale."
    )
    said = [
        f"{wording.title(label)}: {wording.joined(wording.marked(table, label)) or 'no interval leaves out zero'}"
        for label in others
    ]
    title = f"Differences from “{base_label}”"
    return Drawn("differences", title, figure, caption, f"Points with intervals. {'. '.join(said)}.")


def seeking(results: "Results") -> Drawn | None:
    """From need to help: who sees a need, who asks in time, and whom they ask."""
    steps = [name for name in panels.STEPS if name in results.weekly]
    sources = [name for name in panels.SOURCES if name in results.weekly]
    if not steps or not sources:
        return None
    names = labels(results)
    means, half = curves.over_weeks(results, [*steps, *sources])
    figure, axes = drawing.sheet(1, 2, 1.6 + 0.16 * (len(names) + 1) * len(steps))
    panels.bars(axes[0], steps, means, half)
    panels.stacked(axes[1], sources, means)
    drawing.key(figure, axes[0], long=1.4)
    drawing.foot(figure, curves.foot(results))
    caption = (
        "From need to help, over all simulated weeks. In time: within 13 weeks of onset, or before it ended. A "
        "professional: share of ended episodes in which one was asked. Asked nobody yet: share of those in need in an "
        "average week. On the right, how often help is asked for, and whom."
    )
    parts = [
        f"{wording.title(name)}: " + ", ".join(f"{panels.STEPS[step]} {means.loc[name, step]:.0%}" for step in steps)
        for name in names
    ]
    return Drawn("seeking", "From need to help", figure, caption, f"Bars. Of people in need, {'; '.join(parts)}.")


def norms(results: "Results") -> Drawn | None:
    """Both norms against their thresholds, and what people privately think against what they believe of others."""
    have = ("descriptive_norm", "injunctive_norm", "expects_both", "gap")
    if not {*have, "would_speak"} <= set(results.weekly):
        return None
    figure, axes = drawing.sheet(2, 2, 5.6)
    for panel, measure in zip(axes[:3], have[:3], strict=True):
        panels.lines(panel, results, measure)
    for panel, ends, line, text in (
        (axes[0], (0, 60), 50, "from here a person expects that most seek help"),
        (axes[1], (-1, 1), 0, "above: approval is expected"),
        (axes[2], (0, 60), 50, "half: needed for a norm"),
    ):
        panel.set_ylim(min(ends[0], panel.get_ylim()[0]), max(ends[1], panel.get_ylim()[1]))
        drawing.threshold(panel, line, text)
    panels.approval(axes[3], results)
    drawing.key(figure, axes[0])
    drawing.foot(figure, curves.foot(results))
    caption = (
        "The descriptive norm is the believed share who seek help when they need it; the injunctive norm is perceived "
        "approval, from −1 (silent or hostile) to 1 (open). For a norm at least half must hold both expectations, half "
        "of those in need must ask in time, and both must last. Below right, the space between a plan’s two lines is "
        "pluralistic ignorance: how many more approve in private than are believed to."
    )
    alternative = f"Lines by week: {wording.joined(curves.ends(results, have))}."
    return Drawn("norms", "How far help-seeking is from being a norm", figure, caption, alternative)


def distress(results: "Results") -> Drawn | None:
    """The share of people in each state of distress, week by week, a panel for each plan."""
    states = [name for name in STATES if name in results.weekly]
    if not states:
        return None
    names = labels(results)
    across = len(names) if len(names) <= 3 else 2
    rows = -(-len(names) // across)
    figure, axes = drawing.sheet(rows, across, 0.8 + 2.2 * rows, len(names))
    means = results.weekly.groupby(["label", "week"], sort=False)[states].mean() * 100.0
    highest = max(1.0, float(means.sum(axis=1).max()) * 1.06)
    for panel, label in zip(axes, names, strict=True):
        panels.areas(panel, means.loc[label].sort_index(), {state: style.DISTRESS[state] for state in states})
        panel.set_title(drawing.wrap(curves.name(label), 72 // across), **TITLE)
        panel.set_ylim(0, highest)
        drawing.delivered(panel, (), curves.dates(results, label)[1])
    drawing.key(figure, axes[0])
    drawing.foot(figure, curves.foot_of_means(results))
    last = means.groupby("label", sort=False).last()
    parts = [
        f"{wording.title(name)} " + ", ".join(f"{state} {last.loc[name, state]:.1f}%" for state in reversed(states))
        for name in names
    ]
    caption = "Mild is a PHQ-like score of 5 to 9, moderate 10 to 14, severe 15 or more of 27; the rest are below 5."
    caption += curves.events_in_words(results)
    alternative = f"Stacked areas by week. In the last week: {'; '.join(parts)}."
    return Drawn("distress", "States of distress", figure, caption, alternative)
