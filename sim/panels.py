"""The parts of figures: one panel each, of lines, bars, areas or points, for all plans at once."""

from typing import TYPE_CHECKING, Any

from sim import curves, drawing, style, wording
from sim.curves import band, labels
from sim.drawing import TITLE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.results import Results

STEPS = {
    "recognised": "see it as a need",
    "sought_in_time": "ask anyone in time",
    "formal_help": "ask a professional",
    "unmet_need": "have asked nobody yet",
}
SOURCES = {"sought_friend": "friend", "sought_leader": "leader", "sought_professional": "professional"}

# The least that a scale spans, in the unit shown: a difference too small to matter should look it.
LEAST = {
    "percentage points": 2.0,
    "points": 0.5,
    "SD": 0.2,
    "weeks": 1.0,
    "people": 0.2,
    wording.SCALE: 0.2,
}
WHISKER = {"elinewidth": 0.9, "ecolor": style.INK}
OVER: dict[str, Any] = {**TITLE, "pad": 22}  # a title with room for a key below it


def lines(panel: "Axes", results: "Results", measure: str) -> None:
    """One measure week by week, a line in its band for each plan."""
    how = wording.said(measure)
    for place, label in enumerate(labels(results)):
        drawing.line(panel, band(results, measure, label) * how.factor, place, curves.name(label))
    drawing.frame(panel, how.unit)
    drawing.at_least(panel, LEAST.get(how.step, 0.0))
    panel.set_title(how.label, **TITLE)


def effect(panel: "Axes", results: "Results", measure: str) -> None:
    """The difference of each plan from the first, week by week, in its band."""
    how = wording.said(measure)
    base, *others = labels(results)
    for place, label in enumerate(others, 1):
        drawing.line(panel, band(results, measure, label, base) * how.factor, place, curves.name(label))
    drawing.frame(panel, how.step)
    drawing.at_least(panel, LEAST.get(how.step, 0.0))
    panel.axhline(0, color=style.INK, linewidth=0.9)
    panel.set_title(how.label, **TITLE)


def approval(panel: "Axes", results: "Results") -> None:
    """How many privately approve, and how many are believed to, for each plan."""
    for place, label in enumerate(labels(results)):
        looks = style.look(place)
        private = band(results, "would_speak", label)["mean"] * 100.0
        believed = private - band(results, "gap", label)["mean"] * 100.0
        panel.fill_between(private.index, believed, private, color=looks.colour, alpha=0.08, linewidth=0)
        for values in (private, believed):
            panel.plot(values.index, values, color=looks.colour, linestyle=looks.line, linewidth=1.7)
        if place == 0:
            for text, values, shift in (("approve in private", private, 6), ("are believed to", believed, -13)):
                where = (values.index[len(values) // 2], values.iloc[len(values) // 2])
                how: dict[str, Any] = {"textcoords": "offset points", "xytext": (0, shift), "ha": "center"}
                panel.annotate(text, where, color=style.QUIET, fontsize=8, **how)
    panel.set_title("Approval, in private and as believed", **TITLE)
    drawing.frame(panel, "% of people")
    panel.set_ylim(0, max(60.0, panel.get_ylim()[1]))


def areas(panel: "Axes", shares: "pd.DataFrame", colours: dict[str, str]) -> None:
    """Shares week by week, one on top of the other, the first at the foot."""
    foot = shares.iloc[:, 0] * 0.0
    for name, colour in colours.items():
        top = foot + shares[name]
        panel.fill_between(top.index, foot, top, color=colour, label=wording.said(name).label, linewidth=0)
        panel.plot(top.index, top, color=style.INK, linewidth=0.5)
        foot = top
    drawing.frame(panel, "% of people")


def bars(panel: "Axes", steps: list[str], means: "pd.DataFrame", half: "pd.DataFrame") -> None:
    """Horizontal bars with their intervals, a group for each step and a bar for each plan."""
    names = list(means.index)
    thick = 0.8 / len(names)
    for place, name in enumerate(names):
        at = [row + (place - (len(names) - 1) / 2) * thick for row in range(len(steps))]
        sizes = means.loc[name, steps].fillna(0.0) * 100.0
        errors = half.loc[name, steps].fillna(0.0) * 100.0
        below, above = errors.clip(upper=sizes), errors.clip(upper=100.0 - sizes)  # a share stays a share
        looks = style.look(place)
        look: dict[str, Any] = {"color": looks.colour, "hatch": looks.hatch, "edgecolor": style.PAPER, "linewidth": 0}
        look["label"] = curves.name(name)
        panel.barh(at, sizes, thick * 0.9, xerr=[below, above], error_kw=WHISKER, **look)
        for row, size, error in zip(at, sizes, above, strict=True):
            shown = panel.text(size + error + 1.2, row, f"{size:.0f}%", va="center", fontsize=7.5, color=style.INK)
            shown.set_in_layout(False)
    panel.set_yticks(range(len(steps)), [drawing.wrap(STEPS[step]) for step in steps])
    panel.invert_yaxis()
    panel.set_xlim(0, 100)
    panel.set_xlabel("%")
    drawing.frame_of_bars(panel)
    panel.set_title("Of people in need", **OVER)


def stacked(panel: "Axes", sources: list[str], means: "pd.DataFrame") -> None:
    """How often help is asked for, by source, a bar for each plan."""
    names = list(means.index)
    left = means[sources[0]] * 0.0
    for source in sources:
        who = SOURCES[source]
        look: dict[str, Any] = {"color": style.SOURCES[who], "hatch": style.HATCHES[who], "edgecolor": style.PAPER}
        panel.barh(range(len(names)), means[source] * 100.0, 0.6, left=left, label=who, **look)
        left = left + means[source] * 100.0
    panel.set_yticks(range(len(names)), [drawing.wrap(curves.name(name), 18) for name in names])
    panel.set_ylim(max(len(names), 2) - 0.4, -0.6)
    panel.set_xlabel("asks per 100 person-weeks of need")
    drawing.frame_of_bars(panel)
    panel.set_title("Whom people ask, and how often", **OVER)
    where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0), "borderaxespad": 0.2, "borderpad": 0.0}
    panel.legend(ncols=3, frameon=False, handlelength=1.4, columnspacing=1.2, **where).set_in_layout(False)


def forest(panel: "Axes", table: "pd.DataFrame", names: list[str], others: list[str], known: list[str]) -> None:
    """Points with intervals, a row for each measure and a mark for each plan."""
    thick = 0.6 / max(1, len(others))
    for shift, label in enumerate(others):
        rows = table[table.label == label].set_index("measure").reindex(names)
        at = [row + (shift - (len(others) - 1) / 2) * thick for row in range(len(names))]
        factor = wording.said(names[0]).factor
        looks = style.look(known.index(label))
        panel.hlines(at, rows.low * factor, rows.high * factor, color=looks.colour, linewidth=2.2)
        how: dict[str, Any] = {"color": looks.colour, "marker": looks.marker, "linestyle": "none", "markersize": 5}
        panel.plot(rows.difference * factor, at, label=curves.name(label), **how)
    panel.set_yticks(range(len(names)), [drawing.wrap(wording.said(name).label, 20) for name in names])
    panel.set_ylim(len(names) - 0.45, -0.55)
    drawing.frame_of_bars(panel)


def about_zero(panel: "Axes", unit: str) -> None:
    """Put zero in the middle, marked, and keep small differences small."""
    half = 1.05 * max(LEAST.get(unit, 0.0) / 2, *(abs(end) for end in panel.get_xlim()))
    panel.set_xlim(-half, half)
    panel.axvline(0, color=style.INK, linewidth=0.9)
    panel.set_xlabel(unit, color=style.QUIET)
