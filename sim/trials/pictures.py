"""Figures of trials: published beside simulated with the spread from trial to trial, and power by size."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sim import drawing, style
from sim.drawing import TITLE
from sim.plots import Drawn
from sim.trials import claims
from sim.trials.power import Power

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.trials.trial import TrialResult

PUBLISHED, SIMULATED = style.PLANS[0], style.PLANS[1]
KEYS = ("published, 95% interval or range", "simulated: mean, and 95% of trials")
ROW = 0.42  # inches
LONGEST = 46  # characters of a row's name in one line
USED = {"fit": "fitted", "held_out": "held out", "none": ""}


class Scale(NamedTuple):
    """Outcomes that can share an axis: what it is called, where no effect lies, and how values are shown."""

    name: str
    effects: tuple[str, ...]
    nothing: float | None
    logarithmic: bool = False
    factor: float = 1.0


SCALES = (
    Scale("difference, SD", ("smd", "gain"), 0.0),
    Scale("ratio", ("odds_ratio", "rate_ratio", "slope_odds_ratio"), 1.0, logarithmic=True),
    Scale("share, %", ("share", "risk_difference"), None, factor=100.0),
    Scale("difference, in units of the measure", ("difference",), 0.0),
    Scale("difference, in standard errors of one trial", ("z",), 0.0),
    Scale("mean, in units of the measure", ("mean",), None),
    Scale("one effect over another", ("ratio",), None),
)


def every(result: "TrialResult") -> list[Drawn]:
    """The figures of a result."""
    return [forest(result)]


def forest(result: "TrialResult") -> Drawn:
    """Each outcome as published, with its interval, and as simulated, with the middle 95% of replicates."""
    table = result.outcomes
    groups = [(scale, table[table.effect.isin(scale.effects)]) for scale in SCALES]
    groups = [(scale, rows) for scale, rows in groups if len(rows)]
    heights = [max(2, len(rows)) * ROW + 0.62 for _, rows in groups]
    figure, axes = drawing.sheet(len(groups), 1, sum(heights) + 0.75)
    grid = axes[0].get_gridspec()
    assert grid is not None
    grid.set_height_ratios(heights)
    for panel, (scale, rows) in zip(axes, groups, strict=True):
        draw_group(panel, scale, rows)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper left", ncols=2, frameon=False)
    drawing.foot(figure, source_line(result))
    return Drawn("forest", "Published and simulated", figure, caption(result), alternative(table))


def draw_group(panel: "Axes", scale: Scale, rows: pd.DataFrame) -> None:
    """The outcomes of one scale, the first at the top; the published above the simulated."""
    if scale.logarithmic:
        panel.set_xscale("log")
    for place, row in enumerate(rows.itertuples()):
        told = (row.published, row.published_low, row.published_high)
        made = (row.simulated, row.simulated_low, row.simulated_high)
        whisker(panel, place - 0.16, [value * scale.factor for value in told], PUBLISHED, KEYS[0] if place == 0 else "")
        whisker(panel, place + 0.16, [value * scale.factor for value in made], SIMULATED, KEYS[1] if place == 0 else "")
    if scale.nothing is not None:
        panel.axvline(scale.nothing, color=style.INK, linewidth=0.9)
    panel.set_xlim(panel.get_xlim())
    for place, row in enumerate(rows.itertuples()):
        open_ends(panel, place - 0.16, row.published_low * scale.factor, row.published_high * scale.factor)
    if scale.logarithmic:
        ratios(panel)
    panel.set_yticks(range(len(rows)), [name(row) for row in rows.itertuples()])
    panel.set_ylim(max(len(rows), 1) - 0.45, -0.55)
    panel.set_xlabel(scale.name)
    drawing.frame_of_bars(panel)


def whisker(panel: "Axes", at: float, values: list[float], look: style.Look, label: str) -> None:
    """A point with its interval."""
    value, low, high = values
    shape: dict[str, Any] = {"color": look.colour, "linewidth": 1.6, "marker": look.marker, "markersize": 6}
    if label:
        panel.plot([], [], label=label, **shape)
    if np.isfinite(low) and np.isfinite(high):
        panel.plot([low, high], [at, at], color=look.colour, linewidth=1.6, solid_capstyle="butt")
    if np.isfinite(value):
        panel.plot([value], [at], **shape)


def open_ends(panel: "Axes", at: float, low: float, high: float) -> None:
    """An interval that is open on one side reaches as far as the panel does, and has an arrowhead there."""
    if np.isfinite(low) == np.isfinite(high):
        return
    left, right = inner_edges(panel)
    end, edge, head = (low, right, ">") if np.isfinite(low) else (high, left, "<")
    look: dict[str, Any] = {"color": PUBLISHED.colour, "linewidth": 1.6, "clip_on": False}
    panel.plot([end, edge], [at, at], solid_capstyle="butt", **look)
    panel.plot([end], [at], marker="|", markersize=8, markeredgewidth=1.6, **look)
    panel.plot([edge], [at], marker=head, markersize=6, **look)


def inner_edges(panel: "Axes") -> list[float]:
    """Values a little within the panel's left and right edge."""
    places = panel.transAxes.transform([(0.015, 0.0), (0.985, 0.0)])
    return [float(x) for x, _ in panel.transData.inverted().transform(places)]


def ratios(panel: "Axes") -> None:
    """Ticks of an axis of ratios, at round numbers."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    low, high = sorted(panel.get_xlim())
    steps = [0.1, 0.2, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0]
    kept = [step for step in steps if low <= step <= high]
    panel.xaxis.set_major_locator(FixedLocator(kept))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    panel.xaxis.set_minor_locator(NullLocator())


def name(row: Any) -> str:
    """A row's name, with what the figure was used for."""
    used = USED[row.used_for]
    return drawing.wrap(drawing.safe(row.title, 120), LONGEST) + (f"\n({used})" if used else "")


def source_line(result: "TrialResult") -> str:
    """What the figure rests on."""
    held = claims.held(result.uncertainty)
    return f"{result.replicates} simulated trials; their spread holds {held}. A figure that was fitted proves little."


def caption(result: "TrialResult") -> str:
    """What is seen."""
    why = "by luck and by what is not known of the parameters" if result.uncertainty == "posterior" else "by luck alone"
    return (
        f"Each outcome of {result.trial.title} as it was published, and as {result.replicates} simulated trials of the "
        "same size give it. The lower line of each pair holds the middle 95% of simulated trials: how far one trial "
        f"may lie from the mean {why}. Fitted figures helped to set the model, so meeting them proves little."
    )


def alternative(table: pd.DataFrame) -> str:
    """The figure in words."""
    parts = []
    for row in table.itertuples():
        told = "nothing published" if pd.isna(row.published) else f"published {row.published:.2f}"
        parts.append(f"{row.title}: {told}, simulated {row.simulated:.2f}")
    return "; ".join(parts)


def power_by_size(found: Power) -> Drawn:
    """Power against size, by simulation and by formula, with nobody lost and without clusters."""
    outcomes = list(dict.fromkeys(found.table.outcome))
    figure, axes = drawing.sheet(len(outcomes), 1, 3.9 * len(outcomes))
    for panel, outcome in zip(axes, outcomes, strict=True):
        draw_power(panel, found, found.table[found.table.outcome == outcome])
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper left", ncols=2, frameon=False, handlelength=3.2)
    bars = "bars: 95% interval of the simulated power, luck only, not parameter uncertainty."
    drawing.foot(figure, f"{found.replicates} simulated trials for each size; {bars}")
    text = (
        f"Power of {found.trial.title} by its number of {found.unit}: by simulation, and by the usual formula with the "
        "effect and the intraclass correlation that the simulation shows. The effect is the model's, so this says how "
        "large a trial would have to be if the model were right."
    )
    said = "; ".join(f"{row.size} {found.unit}: power {row.power:.0%}" for row in found.table.itertuples())
    return Drawn("power", "Power by size", figure, text, said)


def draw_power(panel: "Axes", found: Power, rows: pd.DataFrame) -> None:
    """One outcome's power by size."""
    outcome = str(rows.outcome.iloc[0])
    sizes = np.linspace(1, rows["size"].max() * 1.04, 200)
    alone = found.unit == "people"
    lines = [("formula" if alone else "formula, with clusters", SIMULATED, True)]
    lines += [] if alone else [("formula, if people were independent", style.PLANS[2], False)]
    for label, look, clustered in lines:
        power = found.formula(outcome, sizes, clustered)
        panel.plot(sizes, power, color=look.colour, linestyle=look.line, linewidth=1.6, label=label)
    whole = style.PLANS[3]
    panel.plot(
        rows["size"],
        rows.power_nobody_lost,
        whole.marker,
        color=whole.colour,
        markersize=6,
        label="simulated, nobody lost",
    )
    errors = [rows.power - rows.power_low, rows.power_high - rows.power]
    how: dict[str, Any] = {"fmt": "o", "color": style.INK, "markersize": 5, "elinewidth": 1.2, "capsize": 3}
    panel.errorbar(rows["size"], rows.power, yerr=errors, label="simulated", **how)
    drawing.frame(panel, "power", across=found.unit)
    panel.set_ylim(0, 1.04)
    panel.set_xlim(0, rows["size"].max() * 1.06)
    panel.axhline(found.target, color=style.INK, linewidth=0.9, linestyle=(0, (4, 3)))
    first = rows.iloc[0]
    needed = first.size_for_target
    size = "more than any trial" if pd.isna(needed) else f"about {int(needed):,} {found.unit}"
    wanted = f"{found.target:.0%} takes {size}"
    panel.set_title(f"{drawing.safe(first.title, 60)}: {wanted}", **TITLE)
