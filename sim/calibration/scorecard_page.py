"""The scorecard to read: as Markdown, as a page, and as a figure."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import pandas as pd

import sim
from sim import drawing, report, style
from sim.calibration.controls import CONTROLS
from sim.calibration.scorecard import Scorecard, verdict
from sim.calibration.targets import FIT, HELD_OUT, THEORY
from sim.markup import paragraphs, table
from sim.params import references
from sim.plots import Drawn
from sim.wording import LUCK_AND_PARAMETERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEADINGS = {
    FIT: "Facts that the model was fitted to",
    HELD_OUT: "Facts that were held out",
    THEORY: "What theory says; no data",
}
HEAD = ("fact", "observed", "interval", "simulated", "95% of draws", "median met (draws inside)", "grade", "source")
ROW = 0.27  # inches
BEYOND = 1.6  # half intervals outside the observed interval that the figure shows
LIMITS = (
    "Each interval of what was observed is published, derived from published figures, or chosen before anything was "
    "fitted; the table says which. Where it is chosen, met means no more than that the model is near.",
    "No published effect of cohesion training on seeking help was found, so nothing here is held against one.",
    "Most sources were read as abstracts only; most observed associations are not causal effects.",
)


def number(value: float) -> str:
    """A value with two decimals, more where it is small, fewer where it is large; no zero below zero."""
    if abs(value) >= 10:
        return f"{value:.3g}"
    return f"{value:z.2f}" if abs(value) >= 0.1 else f"{value:z.3f}"


def span(low: float, high: float) -> str:
    """An interval."""
    return f"{number(low)} to {number(high)}"


def mark(met: bool) -> str:
    """Met or missed, in a word."""
    return "met" if met else "MISSED"


def cells(row: pd.Series) -> list[str]:
    """One line of the table."""
    return [
        row["statement"],
        number(row["observed"]),
        f"{span(row['low'], row['high'])} ({row['interval']})",
        number(row["simulated"]),
        span(row["simulated_low"], row["simulated_high"]),
        f"{mark(row['met'])} ({row['share_inside']:.0%})",
        row["grade"].replace("_", "-"),
        cited(row["source"]),
    ]


def cited(key: str) -> str:
    """A source in a few words."""
    found = references()[key]
    first = found.authors.split(",")[0] if found.authors else found.title or key
    return f"{first} {found.year}" if found.year else first


def repeats(card: Scorecard) -> str:
    """What was lived many times: draws of the parameters, or runs with the same ones."""
    return "draws" if card.uncertainty == LUCK_AND_PARAMETERS else "runs"


def head(card: Scorecard) -> list[str]:
    """The columns of the table."""
    return [each.replace("draws", repeats(card)) for each in HEAD]


def about(card: Scorecard, date: str, commit: str) -> str:
    """How it was made, in a sentence."""
    made = f", at commit {commit}" if commit else ""
    lived = f"{card.draws} {repeats(card)}"
    return f"Made on {date} by version {sim.__version__}{made}: {lived}; intervals hold {card.uncertainty}."


def markdown(card: Scorecard, date: str, commit: str = "", figure: str = "", point: Scorecard | None = None) -> str:
    """The scorecard as Markdown; ``point`` is one at the registry's own values."""
    lines = ["# What the model can and cannot reproduce", "", about(card, date, commit), "", verdict(card), ""]
    lines += [at_the_point(point), ""] if point else []
    lines += [line for text in LIMITS for line in (text, "")]
    if figure:
        lines += [f"![Every fact: what was observed and what the model gives]({figure})", ""]
    for used_for, heading in HEADINGS.items():
        part = card.rows[card.rows["used_for"] == used_for]
        lines += [f"## {heading}", "", *rows_of(head(card), [cells(row) for _, row in part.iterrows()]), ""]
    lines += ["## Misses, and the best understood reason", "", *misses(card, point), ""]
    if len(card.controls):
        lines += ["## Negative controls", "", CONTROLS_SAY, "", *control_rows(card), ""]
    return "\n".join(lines)


def at_the_point(point: Scorecard) -> str:
    """What the registry's own values meet, in a sentence or two."""
    (fitted, of_fitted), (held, of_held) = point.counts(FIT), point.counts(HELD_OUT)
    missed = point.rows.loc[~point.rows["met"] & (point.rows["used_for"] != THEORY), "statement"]
    return (
        f"At the registry's own values, nothing drawn, {fitted} of {of_fitted} fitted and {held} of {of_held} "
        f"held-out facts are met (medians of {point.draws} runs). Missed there: {'; '.join(missed) or 'none'}. "
        "Each miss has its reason below."
    )


CONTROLS_SAY = (
    "With a mechanism switched off, the facts named for it should be missed. One that is still met says nothing about "
    "that mechanism."
)


def rows_of(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table."""
    made = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return made + ["| " + " | ".join(each.replace("|", "/") for each in row) + " |" for row in rows]


def misses(card: Scorecard, point: Scorecard | None = None) -> list[str]:
    """The misses, one a line; with those at the registry's own values, if there is a scorecard of them."""
    cards = [each.rows[~each.rows["met"]] for each in (card, point) if each]
    found = pd.concat(cards).drop_duplicates("id")
    if not len(found):
        return ["None."]
    return [
        f"- **{row['statement']}** ({row['used_for'].replace('_', ' ')}): {row['why_missed'] or 'not understood yet.'}"
        for _, row in found.iterrows()
    ]


def control_rows(card: Scorecard) -> list[str]:
    """The controls as a Markdown table."""
    return rows_of(("mechanism off", "fact", "value", ""), controlled(card))


def controlled(card: Scorecard) -> list[list[str]]:
    """The controls' lines."""
    labels = {control.name: control.label for control in CONTROLS}
    statements = dict(zip(card.rows["id"], card.rows["statement"], strict=True))
    met = dict(zip(card.rows["id"], card.rows["met"], strict=True))
    return [
        [
            labels[row["control"]],
            statements.get(row["id"], row["id"]),
            number(row["value"]),
            said(row["missed"], met.get(row["id"], True)),
        ]
        for _, row in card.controls.iterrows()
    ]


def said(missed: bool, met: bool) -> str:
    """What a control shows of its fact, which is met or not with the mechanism on."""
    if not met:
        return "missed with it on as well: says nothing about this mechanism"
    return "missed, as it should be" if missed else "still met: says nothing about this mechanism"


def page(card: Scorecard, drawn: Drawn, figures: Path, date: str, command: str) -> str:
    """The scorecard as one HTML text that loads nothing."""
    tables = "\n".join(
        table(heading, head(card), [cells(row) for _, row in part.iterrows()], numbers=False)
        for used_for, heading in HEADINGS.items()
        for part in [card.rows[card.rows["used_for"] == used_for]]
    )
    if len(card.controls):
        tables += table("Negative controls", ("mechanism off", "fact", "value", ""), controlled(card), numbers=False)
    parts = {
        "title": "Scorecard",
        "heading": "What the model can and cannot reproduce",
        "about": escape(about(card, date, "")),
        "question": paragraphs(["Which observed facts does the model show, and which of these was it fitted to?"]),
        "answer": '<div class="answer">' + paragraphs([verdict(card)]) + "</div>",
        "more": "",
        "figures": report.figure(drawn, figures / f"{drawn.name}.svg"),
        "tables": tables,
        "sure": paragraphs([CONTROLS_SAY]),
        "rests": paragraphs([line.removeprefix("- ").replace("**", "") for line in misses(card)]),
        "limits": paragraphs(LIMITS),
        "repeat": f"<pre>{escape(command)}</pre>",
        "version": escape(sim.__version__),
    }
    return Template(report.TEMPLATE.read_text(encoding="utf-8")).substitute(parts)


def figure(card: Scorecard) -> Drawn:
    """Every fact on one scale: what was observed spans the grey band, what the model gives is the dot."""
    parts = [(used, card.rows[card.rows["used_for"] == used]) for used in HEADINGS]
    parts = [(used, rows) for used, rows in parts if len(rows)]
    heights = [len(rows) * ROW + 0.5 for _, rows in parts]
    sheet, axes = drawing.sheet(len(parts), 1, sum(heights) + 0.6)
    grid = axes[0].get_gridspec()
    assert grid is not None
    grid.set_height_ratios(heights)
    for panel, (used, rows) in zip(axes, parts, strict=True):
        draw(panel, rows)
        panel.set_title(HEADINGS[used], **drawing.TITLE)
    what = repeats(card)
    key = f"Band: the observed interval. Dot: the median over {what}; line: 95% of {what}. Hollow: missed."
    drawing.foot(sheet, f"{key} Lines hold {card.uncertainty}.")
    said = "; ".join(f"{row['statement']}: {mark(row['met'])}" for _, row in card.rows.iterrows())
    return Drawn("scorecard", "Observed and simulated", sheet, verdict(card), said)


def draw(panel: "Axes", rows: pd.DataFrame) -> None:
    """The facts of one kind, the first at the top."""
    panel.axvspan(-1, 1, color=style.RULE, alpha=0.6, linewidth=0)
    for place, (_, row) in enumerate(rows.iterrows()):
        half = max((row["high"] - row["low"]) / 2, 1e-9)
        middle = (row["high"] + row["low"]) / 2
        x, low, high = (
            max(-1 - BEYOND, min(1 + BEYOND, (row[name] - middle) / half))
            for name in ("simulated", "simulated_low", "simulated_high")
        )
        panel.plot([low, high], [place, place], color=style.PRIVATE, linewidth=1.4, solid_capstyle="butt")
        fill = style.PRIVATE if row["met"] else style.PAPER
        panel.plot([x], [place], marker="o", markersize=6, color=style.PRIVATE, markerfacecolor=fill, linestyle="none")
    panel.set_ylim(len(rows) - 0.4, -0.6)
    panel.set_xlim(-1 - BEYOND - 0.1, 1 + BEYOND + 0.1)
    panel.set_yticks(range(len(rows)), [drawing.wrap(text, 64) for text in rows["statement"]], fontsize=7)
    panel.set_xticks([-1, 0, 1], ["lower end", "middle", "upper end"], fontsize=7.5)
    for side in ("top", "right", "left"):
        panel.spines[side].set_visible(False)
    panel.tick_params(colors=style.QUIET, length=0)
