"""Figures of what matters: indices with their intervals by mechanism, pairs, one change at a time, and luck's share."""

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim import drawing, style, wording
from sim.drawing import TITLE
from sim.exploring.indices import MAIN
from sim.exploring.sensitivity import Found, title
from sim.plots import Drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 24  # rows of bars in one figure
TOTAL, FIRST = "#9ec3cc", "#1f4e6b"
BY_CHANCE = "One in twenty of those that do nothing lies beyond the dashed line by chance. "
SAYS = {
    "sobol": "share of the variance",
    "morris": "mean size of the change over the whole range",
    "pawn": "median shift of the distribution (Kolmogorov-Smirnov, 0 to 1)",
    "delta": "shift of the density (0 to 1)",
}


def every(found: Found, foot: str) -> list[Drawn]:
    """All figures: for each measure its indices, its pairs, its tornado."""
    made = []
    for measure in found.about["measures"]:
        if not found.indices.empty:
            made.append(bars(found, measure, foot))
            if sure_pairs(found, measure) and len(units(found, measure)) <= MOST:
                made.append(pairs(found, measure, foot))
        if not found.tornado.empty:
            made.append(tornado(found, measure, foot))
    return made


def sure_pairs(found: Found, measure: str) -> bool:
    """Whether any pair's interval leaves out zero: else there is nothing to draw."""
    return bool((of(found, measure, "second")["low"] > 0).any())


def units(found: Found, measure: str) -> list[str]:
    """The units of a measure, largest first."""
    table = main(found, measure)
    return list(table["unit"])


def main(found: Found, measure: str) -> pd.DataFrame:
    """The index that a method is known for, largest first."""
    table = found.indices[
        (found.indices["measure"] == measure) & (found.indices["index"] == MAIN[found.about["method"]])
    ]
    return table.sort_values("value", ascending=False, kind="stable")


def of(found: Found, measure: str, index: str) -> pd.DataFrame:
    """One index of a measure by unit."""
    table = found.indices[(found.indices["measure"] == measure) & (found.indices["index"] == index)]
    return table.set_index("unit")


def bars(found: Found, measure: str, foot: str) -> Drawn:
    """The largest units by their indices, with intervals, and how much of a run's variance is luck."""
    method, how = found.about["method"], wording.said(measure)
    table = main(found, measure).head(MOST)
    shares = luck_of(found, measure)
    figure, axes = drawing.sheet(2 if shares else 1, 1, 1.9 + 0.24 * len(table) + (0.9 if shares else 0.0))
    panel = axes[0]
    factor = how.factor if method == "morris" else 100.0 if method == "sobol" else 1.0
    rows = range(len(table))
    if method == "sobol":
        alone = of(found, measure, "first").loc[table["unit"]]
        whiskers(panel, table, factor, [row + 0.19 for row in rows], 0.36, TOTAL, "with all interactions")
        whiskers(panel, alone, factor, [row - 0.19 for row in rows], 0.36, FIRST, "alone")
        panel.legend(loc="lower right", frameon=False)
        panel.set_xlim(max(-30.0, panel.get_xlim()[0]), min(130.0, panel.get_xlim()[1]))
    else:
        whiskers(panel, table, factor, rows, 0.62, FIRST, None)
    by_luck = table["by_luck"].max() * factor
    if math.isfinite(by_luck) and by_luck > 0:
        panel.axvline(by_luck, color=style.INK, linewidth=0.9, linestyle=(0, (4, 3)))
        at: dict[str, Any] = {"xycoords": panel.get_xaxis_transform(), "textcoords": "offset points", "fontsize": 7.5}
        at["bbox"] = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 1.0}
        panel.annotate("luck alone", (by_luck, 0.0), xytext=(3, 4), color=style.QUIET, **at)
    panel.set_yticks(rows, [name_of(row) for row in table.itertuples()], fontsize=8)
    panel.set_ylim(len(table) - 0.4, -0.6)
    unit = "%" if method == "sobol" else how.step if method == "morris" else ""
    panel.set_xlabel(f"{SAYS[method]}{f' ({unit})' if unit else ''}")
    drawing.frame_of_bars(panel)
    panel.set_title(f"{drawing.safe(how.label)}: what matters", **TITLE)
    if shares:
        split(axes[1], shares)
        resize(figure, axes, len(table))
    drawing.foot(figure, foot)
    return Drawn(
        f"indices_{measure}", f"What matters for {how.label.lower()}", figure, caption(found), in_words(found, measure)
    )


def resize(figure: "Figure", axes: list[Any], rows: int) -> None:
    """Give the bar of luck one row's height."""
    grid = axes[0].get_subplotspec().get_gridspec()
    grid.set_height_ratios([max(2.0, 0.24 * rows), 0.34])


def whiskers(
    panel: "Axes", table: pd.DataFrame, factor: float, rows: Any, thick: float, colour: str, label: str | None
) -> None:
    """Bars with their intervals."""
    values = table["value"].fillna(0.0).to_numpy() * factor
    ends = [abs(values - table[name].to_numpy() * factor) for name in ("low", "high")]
    known = [pd.Series(end).fillna(0.0).to_numpy() for end in ends]
    panel.barh(
        rows, values, thick, xerr=known, color=colour, label=label, error_kw={"elinewidth": 0.9, "ecolor": style.INK}
    )


def name_of(row: Any) -> str:
    """A unit with its mechanism."""
    if row.unit == row.mechanism:
        return drawing.safe(row.label)
    return drawing.safe(f"{row.label}  [{title(row.mechanism).lower()}]", 58)


def luck_of(found: Found, measure: str) -> dict[str, float] | None:
    """Luck's share of the variance of one run, if it can be told."""
    rows = found.luck[found.luck["measure"] == measure]
    if rows.empty or not math.isfinite(rows.iloc[0]["share"]):
        return None
    return {name: float(rows.iloc[0][name]) for name in ("share", "low", "high")}


def split(panel: "Axes", shares: dict[str, float]) -> None:
    """One run's variance in two: parameters and luck."""
    luck = 100.0 * shares["share"]
    panel.barh([0], [100.0 - luck], 0.7, color=FIRST, label="parameters")
    panel.barh([0], [luck], 0.7, left=100.0 - luck, color=style.SOURCES["none"], hatch="//", edgecolor=style.PAPER)
    panel.text(1.0, 0, f"parameters {100.0 - luck:.0f}%", color=style.PAPER, va="center", fontsize=8)
    said = f"luck {luck:.0f}% ({100 * shares['low']:.0f} to {100 * shares['high']:.0f})"
    panel.set_yticks([])
    panel.set_xlim(0, 100)
    panel.set_xlabel("% of the variance of one run")
    drawing.frame_of_bars(panel)
    panel.set_title(f"Of one run's variance, {said}", **{**TITLE, "fontsize": 9})


def pairs(found: Found, measure: str, foot: str) -> Drawn:
    """Second-order indices as a triangle of shades, those marked whose interval leaves out zero."""
    import numpy as np

    names = units(found, measure)
    table = found.indices[(found.indices["measure"] == measure) & (found.indices["index"] == "second")]
    place = {name: k for k, name in enumerate(names)}
    grid = np.full((len(names), len(names)), np.nan)
    marks = []
    for row in table.itertuples():
        i, j = sorted((place[row.unit], place[row.other]))
        grid[j, i] = 100.0 * row.value if row.low > 0 else 0.0
        marks.append((i, j, 100.0 * row.value, row.low > 0))
    figure, (panel,) = drawing.sheet(1, 1, 2.2 + 0.34 * len(names))
    largest = max(5.0, float(np.nanmax(np.abs(grid))))
    image = panel.imshow(np.clip(grid, 0, None), cmap="Blues", vmin=0, vmax=largest, aspect="auto")
    for i, j, value, sure in marks:
        ink = style.PAPER if value > 0.6 * largest else style.INK
        text = wording.plain(value, 0) if sure else "–"
        panel.text(
            i, j, text, ha="center", va="center", fontsize=7.5, color=ink, fontweight="bold" if sure else "normal"
        )
    labels = {row.unit: row.label for row in main(found, measure).itertuples()}
    shown = [drawing.safe(labels[name], 26) for name in names]
    panel.set_xticks(range(len(names)), [drawing.wrap(each, 12) for each in shown], fontsize=7.5)
    panel.set_yticks(range(len(names)), shown, fontsize=8)
    for side in panel.spines.values():
        side.set_visible(False)
    panel.tick_params(length=0, colors=style.INK)
    figure.colorbar(image, ax=panel, fraction=0.04, pad=0.02).set_label("% of the variance", color=style.QUIET)
    how = wording.said(measure)
    panel.set_title(f"{drawing.safe(how.label)}: what acts only in pairs", **TITLE)
    drawing.foot(figure, foot)
    sure_ones = [f"{shown[j]} with {shown[i]} {value:.0f}%" for i, j, value, sure in marks if sure]
    said = (
        "What two of them do together beyond what each does alone, as a share of the variance. A dash: the 95% "
        "interval does not leave out zero."
    )
    words = f"Pairs: {', '.join(sure_ones)}." if sure_ones else "No pair's interval leaves out zero."
    return Drawn(f"pairs_{measure}", f"Pairs that matter for {how.label.lower()}", figure, said, words)


def tornado(found: Found, measure: str, foot: str) -> Drawn:
    """One at a time, low and high, the widest first."""
    how = wording.said(measure)
    table = found.tornado[found.tornado["measure"] == measure].head(MOST)
    figure, (panel,) = drawing.sheet(1, 1, 1.7 + 0.24 * len(table))
    rows = list(range(len(table)))
    for end, colour, hatch, label in (
        ("lowest", TOTAL, "", "at its lowest"),
        ("highest", FIRST, "//", "at its highest"),
    ):
        values = table[f"at_{end}"].fillna(0.0).to_numpy() * how.factor
        errors = [abs(values - table[f"{side}_at_{end}"].to_numpy() * how.factor) for side in ("low", "high")]
        known = [pd.Series(error).fillna(0.0).to_numpy() for error in errors]
        at = [row + (-0.19 if end == "lowest" else 0.19) for row in rows]
        look: dict[str, Any] = {
            "color": colour,
            "hatch": hatch,
            "edgecolor": style.PAPER,
            "linewidth": 0,
            "label": label,
        }
        panel.barh(at, values, 0.36, xerr=known, error_kw={"elinewidth": 0.8, "ecolor": style.INK}, **look)
    panel.axvline(0, color=style.INK, linewidth=0.9)
    panel.set_yticks(rows, [name_of(row) for row in table.itertuples()], fontsize=7.5)
    panel.set_ylim(len(table) - 0.4, -0.6)
    panel.set_xlabel(f"change in {how.label.lower()} ({how.step})")
    drawing.frame_of_bars(panel)
    panel.legend(loc="lower right", frameon=False)
    panel.set_title(f"{drawing.safe(how.label)}: one parameter at a time", **TITLE)
    drawing.foot(figure, foot)
    posterior = found.about.get("uncertainty") == "posterior"
    ends = f"its range and all others stay {'in the middle of their draws' if posterior else 'as usual'}"
    first = ", ".join(f"{row.label} {wording.plain(row.span * how.factor, 2)}" for row in table.head(5).itertuples())
    words = f"Widest spans, in {how.step}: {first}." if first else "No parameter was varied."
    said = (
        f"The change when one parameter is put to either end of {ends}; bars are 95% intervals over seeds, paired. "
        "Interactions do not show here."
    )
    return Drawn(f"tornado_{measure}", f"One at a time: {how.label.lower()}", figure, said, words)


def caption(found: Found) -> str:
    """How to read the bars of a method."""
    told = {
        "sobol": "How much of the variance of the mean over seeds would go if this alone were known (dark), and how "
        "much is touched by it at all (light). Light much longer than dark: it acts together with others. ",
        "morris": "How far the outcome moves, on average, when this goes from one end of its range to the other. ",
        "pawn": "How far the outcome's distribution shifts, at the median, when this is known. " + BY_CHANCE,
        "delta": "How far the outcome's density shifts when this is known. " + BY_CHANCE,
    }[found.about["method"]]
    return told + "Bars are 95% bootstrap intervals; what lies below the dashed line, luck alone would show."


def in_words(found: Found, measure: str) -> str:
    """The largest units, and luck, in words."""
    table = main(found, measure).head(5)
    factor = {"sobol": 100.0, "morris": wording.said(measure).factor}.get(found.about["method"], 1.0)
    unit = "%" if found.about["method"] == "sobol" else ""
    places = wording.decimals_for(float(table["value"].abs().max()) * factor, 2, 3)

    def one(row: Any) -> str:
        low, high = (wording.plain(end * factor, places) for end in (row.low, row.high))
        return f"{row.label} {wording.plain(row.value * factor, places)}{unit} ({low} to {high})"

    index = SAYS[found.about["method"]]
    said = f"{index[0].upper()}{index[1:]}: {', '.join(one(row) for row in table.itertuples())}."
    shares = luck_of(found, measure)
    if shares:
        share, low, high = (f"{shares[name]:.0%}" for name in ("share", "low", "high"))
        said += f" Luck makes {share} ({low} to {high}) of the variance of one run."
    return said
