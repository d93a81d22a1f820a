"""The furniture of figures: sheets, frames, lines with bands, legends, and files that are the same every time."""

import math
import textwrap
import threading
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 8.4  # inches
SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same on every machine
    "font.size": 9.0,
    "svg.hashsalt": "help-seeking-norms",  # else the ids in an SVG would differ from one run to the next
    "hatch.linewidth": 0.6,
}
TITLE: dict[str, Any] = {"loc": "left", "fontsize": 10, "fontweight": "bold", "color": style.INK}
DPI = 160
SPARE = 0.1  # inches beside labels
LOCK = threading.Lock()  # matplotlib's settings are shared by all threads


def sheet(rows: int, columns: int, height: float, panels: int | None = None) -> tuple["Figure", list["Axes"]]:
    """A figure with panels in rows and columns, that belongs to no window and to no list of open figures."""
    import matplotlib
    from matplotlib.figure import Figure

    with LOCK, matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for spare in axes[panels:] if panels is not None else ():
        spare.remove()
    return figure, axes[:panels]


def columns(heights: Mapping[str, float]) -> tuple["Figure", dict[str, "Axes"]]:
    """A figure with panels of these heights, in inches, below one another in two columns; each goes to the shorter."""
    import matplotlib
    from matplotlib.figure import Figure

    sides: tuple[list[str], list[str]] = ([], [])
    taken = [0.0, 0.0]
    for name, height in heights.items():
        side = int(taken[1] < taken[0] - 0.01)
        sides[side].append(name)
        taken[side] += height
    axes: dict[str, Axes] = {}
    with LOCK, matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(WIDTH, max(taken) + 0.8), layout="constrained")
        outer = figure.add_gridspec(1, 2 if sides[1] else 1)
        for column, names in enumerate(each for each in sides if each):
            spare = max(taken) - taken[column]
            ratios = [heights[name] for name in names] + ([spare] if spare > 0.05 else [])
            inner = outer[0, column].subgridspec(len(ratios), 1, height_ratios=ratios)
            axes |= {name: figure.add_subplot(inner[row, 0]) for row, name in enumerate(names)}
    return figure, axes


def save(figure: "Figure", stem: str | Path) -> list[Path]:
    """Write a figure as PNG and SVG; the same figure gives the same bytes every time."""
    import matplotlib

    stem = Path(stem)
    files = [stem.with_name(stem.name + ending) for ending in (".png", ".svg")]
    with LOCK, matplotlib.rc_context(SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # a title in a script that the font lacks
        settle(figure)
        for file, metadata in zip(files, ({"Software": None}, {"Date": None, "Creator": None}), strict=True):
            figure.savefig(file, dpi=DPI, metadata=metadata, facecolor=style.PAPER)
    return files


def settle(figure: "Figure") -> None:
    """Lay a figure out once for both files, on round numbers: the last bits of a layout vary from draw to draw.

    At the resolution of the PNG, with room to spare: letters are not equally wide at all resolutions.
    """
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure.set_dpi(DPI)
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        engine.set(w_pad=SPARE)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for panel in figure.axes:
        left, bottom, width, height = (round(each, 4) for each in panel.get_position().bounds)
        panel.set_position((left, bottom, width, height))


def frame(panel: "Axes", unit: str, across: str = "week") -> None:
    """The frame of a panel with weeks below."""
    for side in ("top", "right"):
        panel.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        panel.spines[side].set_color(style.RULE)
    panel.grid(axis="y", color=style.RULE, linewidth=0.6)
    panel.set_axisbelow(True)
    panel.tick_params(colors=style.QUIET, length=3)
    panel.set_xlabel(across, color=style.QUIET)
    panel.set_ylabel(unit, color=style.QUIET)
    panel.margins(x=0.01)


def frame_of_bars(panel: "Axes") -> None:
    """The frame of a panel with rows of bars or points."""
    for side in ("top", "right", "left"):
        panel.spines[side].set_visible(False)
    panel.spines["bottom"].set_color(style.RULE)
    panel.tick_params(colors=style.QUIET, length=0)
    panel.tick_params(axis="y", labelcolor=style.INK)
    panel.xaxis.label.set_color(style.QUIET)
    panel.grid(axis="x", color=style.RULE, linewidth=0.6)
    panel.set_axisbelow(True)


def line(panel: "Axes", found: "pd.DataFrame", place: int, name: str) -> None:
    """The line of one plan in its band; markers of different plans stand at different weeks."""
    looks = style.look(place)
    panel.fill_between(found.index, found["low"], found["high"], color=looks.colour, alpha=0.16, linewidth=0)
    every = max(1, len(found) // 6)
    panel.plot(
        found.index,
        found["mean"],
        color=looks.colour,
        linestyle=looks.line,
        marker=looks.marker,
        markevery=(place % every, every),
        markersize=4.5,
        linewidth=1.7,
        label=name,
    )


def at_least(panel: "Axes", span: float) -> None:
    """Keep a panel from making much of little: its scale spans at least this much."""
    low, high = panel.get_ylim()
    if high - low < span:
        middle = (low + high) / 2
        panel.set_ylim(middle - span / 2, middle + span / 2)


def threshold(panel: "Axes", value: float, text: str) -> None:
    """A dashed line that something would have to cross, and what it means."""
    panel.axhline(value, color=style.INK, linewidth=0.9, linestyle=(0, (4, 3)))
    right = panel.get_yaxis_transform()
    how: dict[str, Any] = {"textcoords": "offset points", "xytext": (-2, 4), "ha": "right"}
    panel.annotate(text, (1.0, value), xycoords=right, color=style.QUIET, fontsize=8, **how)


def delivered(panel: "Axes", spans: Sequence[tuple[int, int]], events: Sequence[int]) -> None:
    """Mark along the foot when something is delivered, and by dotted lines when the setting changes."""
    last = panel.get_xlim()[1]
    foot = panel.get_xaxis_transform()
    for first, end in spans:
        if first <= last:
            panel.plot([first - 0.5, min(end + 0.5, last)], [0.012, 0.012], transform=foot, **DELIVERY)
    for week in events:
        if week <= last:
            panel.axvline(week, color=style.QUIET, linewidth=0.9, linestyle=(0, (1, 2)))


DELIVERY: dict[str, Any] = {"color": style.QUIET, "linewidth": 3.5, "solid_capstyle": "butt", "clip_on": True}


def key(figure: "Figure", panel: "Axes", always: bool = False, long: float = 3.2) -> None:
    """One key of the plans for the whole figure, above it."""
    handles, names = panel.get_legend_handles_labels()
    if len(names) > 1 or (names and always):
        across = min(len(names), 4 if max(map(len, names)) < 26 else 2)
        figure.legend(handles, names, loc="outside upper left", ncols=across, frameon=False, handlelength=long)


def foot(figure: "Figure", text: str) -> None:
    """The line at the foot that says what the figure rests on."""
    figure.supxlabel(text, x=0.01, ha="left", fontsize=7.5, color=style.QUIET, fontweight="normal")


def safe(text: str, longest: int = 40) -> str:
    """Anybody's text for a figure: never too long for it, and never taken for mathematics."""
    words = " ".join(text.split())
    return (words if len(words) <= longest else words[: longest - 1].rstrip() + "…").replace("$", r"\$")


def wrap(text: str, width: int = 16) -> str:
    """Text in short lines."""
    return "\n".join(textwrap.wrap(text, width))


def rows_for(panels: int) -> int:
    """How many rows panels take in two columns."""
    return math.ceil(panels / 2)
