"""Figures for a decision: how likely each plan is best, who gains, and what an effect costs."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim import curves, drawing, panels, style, wording
from sim.decisions import chances, comparisons, effectiveness, equity, stopping
from sim.drawing import TITLE
from sim.measures import BY_NAME, HIGHER
from sim.plots import Drawn

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.decisions.bill import Bill
    from sim.results import Results

SHOWN = tuple(name for name in wording.HEADLINE if BY_NAME[name].better and name != "cost")
LEFT_OUT = {wording.LUCK: " only, not parameter uncertainty", wording.LUCK_AND_PARAMETERS: ""}
HALO = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 1.2}


def likely_best(results: "Results") -> Drawn | None:
    """How likely each plan is the best, for each measure with a good direction."""
    found = comparisons.of_being_best(results, SHOWN, None, "mean")
    rows = {name: [found[name, ""][label] for label in results.labels] for name in SHOWN}
    rows = {name: each for name, each in rows.items() if np.isfinite(each).all()}
    if not rows or len(results.labels) < 2:
        return None
    figure, axes = drawing.sheet(1, 1, 1.5 + 0.34 * len(rows))
    panel = axes[0]
    left = np.zeros(len(rows))
    for place, label in enumerate(results.labels):
        share, looks = np.array([each[place] for each in rows.values()]) * 100.0, style.look(place)
        look: dict[str, Any] = {"color": looks.colour, "hatch": looks.hatch, "edgecolor": style.PAPER, "linewidth": 0.8}
        panel.barh(range(len(rows)), share, 0.68, left=left, label=curves.name(label), **look)
        for row, (size, begin) in enumerate(zip(share, left, strict=True)):
            if size >= 7:
                how: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 8, "color": style.INK, "bbox": HALO}
                panel.text(begin + size / 2, row, chances.percent(size / 100), **how)
        left = left + share
    names = [f"{wording.said(name).label} ({BY_NAME[name].better})" for name in rows]
    panel.set_yticks(range(len(rows)), names)
    panel.invert_yaxis()
    panel.set_xlim(0, 100)
    panel.set_xlabel("chance of being the best, %")
    drawing.frame_of_bars(panel)
    drawing.key(figure, panel, long=1.4)
    where, seeds = drawing.safe(curves.place(results)), wording.counted(len(results.seeds), "seed")
    holds = f"chances hold {results.uncertainty}{LEFT_OUT[results.uncertainty]}"
    drawing.foot(figure, f"{where}, simulation, {seeds}; {holds}")
    caption = (
        "For each measure the chance that a plan’s mean over all weeks is the best of those compared; which direction "
        "is better stands in brackets. A high chance says that a difference is real in the simulation, not that it is "
        "large."
    )
    said = [
        f"{wording.said(name).label}: "
        + ", ".join(f"{wording.title(x)} {chances.percent(c)}" for x, c in zip(results.labels, each, strict=True))
        for name, each in rows.items()
    ]
    return Drawn("chances", "How likely each plan is the best", figure, caption, f"Bars. {'; '.join(said)}.")


def who_gains(results: "Results", table: "pd.DataFrame") -> Drawn | None:
    """The difference for everyone and for each part of the people, a panel for each measure."""
    names = [name for name in dict.fromkeys(table.measure) if table[table.measure == name].difference.notna().any()]
    if not names:
        return None
    groups, others = [equity.EVERYONE, *equity.PARTS.values()], results.labels[1:]
    figure, axes = drawing.sheet(1, len(names), 1.5 + len(groups) * (0.22 + 0.12 * len(others)))
    for number, (panel, name) in enumerate(zip(axes, names, strict=True)):
        parts_of_people(panel, table[table.measure == name], groups, results.labels, number == 0)
    drawing.key(figure, axes[0], always=True, long=1.4)
    drawing.foot(figure, curves.foot(results))
    base = wording.title(results.labels[0])
    caption = (
        f"Differences from “{base}” over all weeks with 95% intervals, for everyone and for parts of the people. Risk "
        "and isolation are as they were at the start. A bar that crosses the line at zero shows no clear difference."
    )
    said = []
    for row in table[~table.verdict.isin([equity.UNCLEAR, equity.SAME, equity.UNKNOWN])].itertuples():
        said.append(f"{wording.title(row.label)}, {row.group}, {wording.said(row.measure).label}: {row.verdict}")
    alternative = f"Points with intervals. {'; '.join(said) or 'No part of the people differs clearly'}."
    return Drawn("equity", "Differences for parts of the people", figure, caption, alternative)


def parts_of_people(panel: "Axes", rows: "pd.DataFrame", groups: list[str], known: list[str], labelled: bool) -> None:
    """One measure: a row for each part of the people, a mark for each plan."""
    name = rows.measure.iloc[0]
    how, others = wording.said(name), known[1:]
    thick = 0.62 / max(1, len(others))
    for shift, label in enumerate(others):
        mine = rows[rows.label == label].set_index("group").reindex(groups)
        at = [row + (shift - (len(others) - 1) / 2) * thick for row in range(len(groups))]
        looks = style.look(known.index(label))
        panel.hlines(at, mine.low * how.factor, mine.high * how.factor, color=looks.colour, linewidth=2.0)
        mark: dict[str, Any] = {"color": looks.colour, "marker": looks.marker, "linestyle": "none", "markersize": 4.5}
        panel.plot(mine.difference * how.factor, at, label=curves.name(label), **mark)
    panel.set_yticks(range(len(groups)), groups if labelled else [""] * len(groups))
    panel.set_ylim(len(groups) - 0.45, -0.55)
    panel.axhline(0.5, color=style.RULE, linewidth=0.9)
    drawing.frame_of_bars(panel)
    better = "better →" if BY_NAME[name].better == HIGHER else "← better"
    panels.about_zero(panel, how.step)
    panel.set_xlabel(f"{how.step}\n{better}", color=style.QUIET)
    panel.set_title(how.label, **TITLE)


def money(results: "Results", bill: "Bill") -> Drawn | None:
    """Cost against effect, and which plan is worth most if a unit of effect is worth so much."""
    shown = [each for each in effectiveness.EFFECTS if bill.gains[each.name][:, 1:].any()]
    if not shown or len(results.seeds) < 2:
        return None
    figure, axes = drawing.sheet(2, len(shown), 6.4)
    for column, effect in enumerate(shown):
        plane(axes[column], results, bill, effect)
        accepted(axes[len(shown) + column], results, bill, effect)
    drawing.key(figure, axes[0], always=True, long=1.4)
    drawing.foot(figure, curves.foot(results))
    base = wording.title(results.labels[0])
    caption = (
        f"Above, what each plan costs more than “{base}”, against what it does more, both for one community over the "
        "whole run: marks are means over seeds, rings and bars hold 95% of where the true mean may be. To the right is "
        "better, upwards is dearer. Below, the chance that a plan is worth most, if one unit of what it does is worth "
        "as much as stands along the foot."
    )
    said = [f"{wording.title(each.label)}, {each.effect.many}: {each.said}" for each in bill.lines]
    return Drawn("money", "Cost against effect", figure, caption, f"Points and lines. {'; '.join(said)}.")


def plane(panel: "Axes", results: "Results", bill: "Bill", effect: effectiveness.Effect) -> None:
    """Additional cost against additional effect, for each plan but the first."""
    from matplotlib.ticker import MaxNLocator

    gain, cost = bill.gains[effect.name], bill.extra
    turn = np.linspace(0.0, 2 * np.pi, 73)
    circle = np.stack((np.cos(turn), np.sin(turn)))
    panel.plot(
        0,
        0,
        color=style.look(0).colour,
        marker=style.look(0).marker,
        markersize=6,
        linestyle="none",
        label=curves.name(results.labels[0]),
    )
    for place, label in enumerate(results.labels[1:], 1):
        known = np.isfinite(gain[:, place])
        values, vectors = np.linalg.eigh(np.cov(gain[known, place], cost[known, place]) / known.sum())
        ring = vectors @ (radius(int(known.sum()), values) * np.sqrt(np.maximum(values, 0.0))[:, None] * circle)
        looks, middle = style.look(place), (gain[known, place].mean(), cost[known, place].mean())
        panel.plot(middle[0] + ring[0], middle[1] + ring[1], color=looks.colour, linewidth=1.4)
        mark: dict[str, Any] = {"color": looks.colour, "marker": looks.marker, "linestyle": "none", "markersize": 6}
        panel.plot(*middle, label=curves.name(label), **mark)
    panel.axhline(0, color=style.INK, linewidth=0.9)
    panel.axvline(0, color=style.INK, linewidth=0.9)
    drawing.frame(panel, f"additional cost, {bill.currency}", drawing.wrap(effect.many, 30))
    panel.margins(0.12)
    panel.xaxis.set_major_locator(MaxNLocator(5))
    panel.yaxis.set_major_formatter(thousands)
    panel.set_title(drawing.wrap(SHORT[effect.name], 28), **TITLE)


SHORT = {"helped": "Help sought in time", "unmet": "Time without help", "distress": "Time in distress"}


def radius(seeds: int, values: np.ndarray) -> float:
    """How many standard errors hold 95% of where a mean in two dimensions may be, or in one if costs do not vary."""
    from scipy.special import fdtri

    if values.min() <= 1e-12 * max(float(values.max()), 1e-300) or seeds < 4:
        return stopping.quantile(seeds)
    return float(np.sqrt(2 * (seeds - 1) / (seeds - 2) * fdtri(2, seeds - 2, 0.95)))


def accepted(panel: "Axes", results: "Results", bill: "Bill", effect: effectiveness.Effect) -> None:
    """The chance of each plan to be worth most, by what a unit of effect is worth."""
    from matplotlib.ticker import MaxNLocator

    gain = bill.gains[effect.name]
    ratios = [each.ratio for each in bill.lines if each.effect is effect]
    worth = effectiveness.worths(ratios, gain, bill.extra)
    found = effectiveness.acceptability(gain, bill.extra, worth.tolist()) * 100.0
    for place, label in enumerate(results.labels):
        looks = style.look(place)
        mark: dict[str, Any] = {"marker": looks.marker, "markersize": 4.5, "markevery": (place * 4, 20)}
        panel.plot(
            worth,
            found[:, place],
            color=looks.colour,
            linestyle=looks.line,
            linewidth=1.7,
            **mark,
            label=curves.name(label),
        )
    one = drawing.wrap(f"{bill.currency} for one {effect.one}", 30)
    drawing.frame(panel, "chance to be worth most, %", one)
    panel.xaxis.set_major_locator(MaxNLocator(4))
    panel.xaxis.set_major_formatter(thousands)
    panel.set_ylim(-2, 102)


def thousands(value: float, place: float = 0.0) -> str:
    """A number on an axis."""
    return f"{value:,.0f}".replace("-", "−") if abs(value) >= 10 or value == 0 else f"{value:g}".replace("-", "−")
