"""Figures of a map: the outcome from both starts, where the start decides, and the two branches along one lever."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim import drawing, style, wording
from sim.drawing import TITLE
from sim.exploring import tipping
from sim.exploring.maps import Map
from sim.exploring.starts import ABSENT, PRESENT
from sim.plots import Drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

TITLES = {ABSENT: "Started without the norm", PRESENT: "Started with the norm"}
LOOKS = {ABSENT: style.PLANS[0], PRESENT: style.PLANS[1]}
REGIONS = (  # name, meaning, shade, hatch
    ("neither_way", "not reached, from either start", "#eef2f5", ""),
    ("start_decides", "kept if it is there, not begun if it is not", "#8fb3d9", "///"),
    ("either_way", "reached from either start", "#1c4a80", ""),
    ("lost", "reached only if begun without", "#e8a534", "xxx"),
)
PARTS = {
    "expects_approval": "Expect approval",
    "expects_seeking": "Expect that most seek help",
    "sought_in_time": "In need, sought it in time",
}
SAID = {
    "expects_approval": "most expect approval",
    "expects_seeking": "most expect that most seek help",
    "sought_in_time": "most in need seek it in time",
}
HELD = {
    wording.LUCK: "luck only, not parameter uncertainty",
    wording.LUCK_AND_PARAMETERS: "luck and parameters",
}
SURE = 0.95  # of the draws


def every(found: Map) -> list[Drawn]:
    """All figures of a map."""
    return [whole(found)] + ([parts(found)] if found.measure == "norm" else [])


def whole(found: Map) -> Drawn:
    """The outcome from both starts, where the start decides, and the two branches along y."""
    figure, axes = drawing.sheet(2, 2, 6.8)
    limits = shared_limits([found.surfaces[start].value for start in TITLES], found.measure)
    for panel, start in zip(axes[:2], TITLES, strict=True):
        image = shade(panel, found, found.surfaces[start].value, limits)
        tipping_line(panel, found, start)
        dots(panel, found)
        panel.set_title(TITLES[start], **TITLE)
        if found.surfaces[start].value.max() <= 0.0 and found.measure == "norm":
            panel.text(
                0.5,
                0.5,
                "nowhere",
                transform=panel.transAxes,
                ha="center",
                color=style.QUIET,
                fontsize=11,
                bbox={"facecolor": style.PAPER, "edgecolor": "none"},
            )
    bar(figure, image, axes[:2], found.measure)
    regions(axes[2], found)
    branches(axes[3], found)
    drawing.foot(figure, foot(found))
    title = f"{outcome(found).capitalize()}: {found.x.label.lower()} and {found.y.label.lower()}"
    return Drawn("map", title, figure, caption(found), in_words(found))


def parts(found: Map) -> Drawn:
    """What the norm is made of, from both starts: which part is missing where."""
    names = tuple(PARTS)
    figure, axes = drawing.sheet(2, 3, 5.4)
    weights, order = placed(found)
    for row, start in enumerate(TITLES):
        for column, name in enumerate(names):
            panel = axes[3 * row + column]
            values = found.points[found.points["start"] == start].groupby(["y", "x"], sort=False)[name].mean()
            value = tipping.square(weights @ values.loc[order].to_numpy())
            image = shade(panel, found, value, (0.0, 1.0))
            contour(panel, found, value, 0.5)
            panel.set_title(PARTS[name] if row == 0 else "", **{**TITLE, "fontsize": 9})
            panel.set_xlabel(drawing.wrap(axis(found.x), 30) if row == 1 else "", color=style.QUIET, fontsize=8)
            panel.set_ylabel("")
        panel = axes[3 * row]
        panel.set_ylabel(f"{TITLES[start]}\n\n{drawing.wrap(axis(found.y), 30)}", color=style.INK, fontsize=8)
    bar(figure, image, axes, "expects_approval")
    drawing.foot(figure, foot(found))
    said = (
        "The parts of the norm over the last weeks: who expects approval, who expects that most seek help, and who in "
        "need sought it in time. Lines stand at one half, which the criterion asks for."
    )
    return Drawn("parts", "What the norm is made of", figure, said, said)


def placed(found: Map) -> tuple[np.ndarray, Any]:
    """The weights that carry points over the map, and the points' order."""
    import pandas as pd

    places = found.points[["x", "y"]].drop_duplicates(ignore_index=True)
    sides = (found.x.high - found.x.low, found.y.high - found.y.low)
    unit = (places.to_numpy() - (found.x.low, found.y.low)) / sides
    return tipping.spread(unit), pd.MultiIndex.from_frame(places[["y", "x"]])


def shared_limits(values: list[np.ndarray], measure: str) -> tuple[float, float]:
    """One scale for both starts: the whole of a share, else what was found."""
    if wording.said(measure).factor == 100.0:
        return 0.0, 1.0
    if wording.said(measure).step == wording.SCALE:
        return -1.0, 1.0
    return min(map(np.min, values)), max(map(np.max, values))


def colours() -> "Colormap":
    """From paper to ink by one hue: as light in grey as in colour."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("norm", [style.PAPER, "#b8cfe6", "#5b8fc4", style.PRIVATE])


def shade(panel: "Axes", found: Map, value: np.ndarray, limits: tuple[float, float]) -> Any:
    """The outcome as shades."""
    where = (found.x.low, found.x.high, found.y.low, found.y.high)
    low, high = limits
    how: dict[str, Any] = {"vmin": low, "vmax": high if high > low else low + 1.0, "cmap": colours()}
    image = panel.imshow(value, extent=where, origin="lower", aspect="auto", interpolation="bilinear", **how)
    axes_of(panel, found)
    return image


def axes_of(panel: "Axes", found: Map) -> None:
    """Both levers with their units, and where they usually stand."""
    panel.set_xlim(found.x.low, found.x.high)
    panel.set_ylim(found.y.low, found.y.high)
    panel.set_xlabel(axis(found.x), color=style.QUIET)
    panel.set_ylabel(axis(found.y), color=style.QUIET)
    panel.tick_params(colors=style.QUIET, length=3)
    for side in panel.spines.values():
        side.set_color(style.RULE)


def axis(lever: Any) -> str:
    """A lever's name with its unit."""
    return drawing.safe(f"{lever.label}{f' ({lever.unit})' if lever.unit else ''}", 60)


def dots(panel: "Axes", found: Map) -> None:
    """Where worlds were lived, and where the levers usually stand."""
    places = found.points[["x", "y"]].drop_duplicates()
    how: dict[str, Any] = {"clip_on": False, "zorder": 3}
    panel.plot(places.x, places.y, linestyle="none", marker=".", markersize=2.2, color=style.QUIET, **how)
    panel.plot([found.x.usual], [found.y.usual], marker="D", markersize=6, color=style.PERCEIVED,
               markeredgecolor=style.INK, **how)  # fmt: skip


def tipping_line(panel: "Axes", found: Map, start: str) -> None:
    """Where the level is crossed, in its 95% band over draws of the seeds."""
    surface = found.surfaces[start]
    for piece in surface.lines:
        x, y = (
            side.low + share * (side.high - side.low) for side, share in zip((found.x, found.y), piece.T, strict=True)
        )
        panel.plot(x, y, color=style.PAPER, linewidth=3.6, solid_capstyle="butt")
        panel.plot(x, y, color=style.INK, linewidth=1.8, solid_capstyle="butt")
    for share in (1.0 - SURE, SURE):
        contour(panel, found, surface.above, share, (0, (3, 2)), 1.0)


def contour(
    panel: "Axes", found: Map, value: np.ndarray, level: float, line: Any = "solid", width: float = 1.5
) -> None:
    """A line where a value crosses a level, if it does."""
    if not value.min() < level <= value.max():
        return
    side = np.linspace(0.0, 1.0, tipping.FINE)
    x, y = (lever.low + side * (lever.high - lever.low) for lever in (found.x, found.y))
    panel.contour(x, y, value, levels=[level - tipping.EDGE], colors=style.INK, linewidths=width, linestyles=[line])


def bar(figure: Any, image: Any, axes: list[Any], measure: str) -> None:
    """What shades mean."""
    how = wording.said(measure)
    made = figure.colorbar(image, ax=axes, fraction=0.03, pad=0.02)
    made.outline.set_visible(False)
    made.ax.tick_params(colors=style.QUIET, length=2)
    made.set_label(how.unit, color=style.QUIET)
    if how.factor == 100.0:
        made.ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}")


def region_of(found: Map) -> tuple[np.ndarray, np.ndarray]:
    """For each place of the map the region that most draws put it in, and the share of draws that do."""
    absent, present = (found.surfaces[start].draws for start in (ABSENT, PRESENT))
    shares = [(~present & ~absent), (present & ~absent), (present & absent), (absent & ~present)]
    stack = np.stack([tipping.square(each.mean(axis=0)) for each in shares])
    return stack.argmax(axis=0), stack.max(axis=0)


def regions(panel: "Axes", found: Map) -> None:
    """Where it is reached either way, neither way, or only by a community that has it already."""
    from matplotlib.colors import BoundaryNorm, ListedColormap
    from matplotlib.patches import Patch

    which, sure = region_of(found)
    where = (found.x.low, found.x.high, found.y.low, found.y.high)
    how: dict[str, Any] = {"extent": where, "origin": "lower", "aspect": "auto", "interpolation": "nearest"}
    shades = ListedColormap([shade for _, _, shade, _ in REGIONS])
    panel.imshow(which, cmap=shades, norm=BoundaryNorm(np.arange(-0.5, len(REGIONS)), len(REGIONS)), **how)
    side = np.linspace(0.0, 1.0, tipping.FINE)
    x, y = (lever.low + side * (lever.high - lever.low) for lever in (found.x, found.y))
    if (sure < SURE).any():
        unsure = panel.contourf(x, y, sure, levels=[-1.0, SURE], colors="none", hatches=["...."])
        unsure.set_edgecolor(style.QUIET)
        unsure.set_linewidth(0.0)
    axes_of(panel, found)
    dots_of_usual(panel, found)
    present = sorted(set(which.ravel().tolist()))
    keys = [Patch(facecolor=REGIONS[k][2], edgecolor=style.RULE, label=REGIONS[k][1]) for k in present]
    if (sure < SURE).any():
        keys.append(Patch(facecolor="none", edgecolor=style.QUIET, hatch="....", label="seeds too few to be sure"))
    above(panel, "Where the start decides", keys)


def above(panel: "Axes", title: str, keys: Any = None) -> None:
    """A title with its key between it and the panel."""
    where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0), "borderaxespad": 0.2}
    panel.legend(handles=keys, frameon=False, fontsize=7.5, handlelength=2.4, **where)
    panel.set_title(title, **{**TITLE, "pad": 64})


def dots_of_usual(panel: "Axes", found: Map) -> None:
    """Where the levers usually stand."""
    panel.plot([found.x.usual], [found.y.usual], marker="D", markersize=6, color=style.PERCEIVED,
               markeredgecolor=style.INK, clip_on=False, zorder=3)  # fmt: skip


def branches(panel: "Axes", found: Map) -> None:
    """The outcome along y where x is usual, from both starts: two branches, where there are two settled states."""
    how = wording.said(found.measure)
    side = np.linspace(0.0, 1.0, tipping.FINE)
    along = found.y.low + side * (found.y.high - found.y.low)
    share = np.clip((found.x.usual - found.x.low) / (found.x.high - found.x.low), 0.0, 1.0)
    column = round(float(share) * (tipping.FINE - 1))
    for start, looks in LOOKS.items():
        surface = found.surfaces[start]
        low, high, value = (part[:, column] * how.factor for part in (surface.low, surface.high, surface.value))
        panel.fill_between(along, low, high, color=looks.colour, alpha=0.16, linewidth=0)
        panel.plot(along, value, color=looks.colour, linestyle=looks.line, marker=looks.marker, markevery=16,
                   markersize=4.5, linewidth=1.7, label=TITLES[start].lower())  # fmt: skip
    drawing.frame(panel, how.unit, axis(found.y))
    drawing.threshold(panel, found.level * how.factor, "the tipping line")
    above(panel, f"Both branches, {drawing.safe(found.x.label.lower(), 30)} at {found.x.usual:g}")


def foot(found: Map) -> str:
    """What the figure rests on."""
    setting = found.scenario.setting.title
    weeks = found.scenario.weeks
    places = len(found.points[["x", "y"]].drop_duplicates())
    return (
        f"{setting}, simulation, {places} points from two starts, {len(found.seeds)} seeds each, "
        f"week {weeks}; dashed and hatched: {HELD[found.uncertainty]}"
    )


def caption(found: Map) -> str:
    """How to read the figure."""
    name, weeks = wording.said(found.measure).label.lower(), found.scenario.weeks
    return (
        f"Above, {name} over the last weeks of {weeks}, from the same community begun without the norm and with it. "
        "The thick line is the tipping line, the dashed lines its 95% band when seeds are drawn again; dots are points "
        "that were lived, the diamond is where both levers usually stand. Below on the left, what the start decides."
        " In the middle shade two settled states are possible, and a community keeps the one it has. Below on the "
        "right, both branches along the second lever."
    )


def outcome(found: Map) -> str:
    """What is mapped, as it stands in a sentence."""
    if found.measure == "norm":
        return "a norm of seeking help"
    return wording.said(found.measure).label.lower() + f" of at least {wording.level(found.measure, found.level)}"


def in_words(found: Map) -> str:
    """The map in words."""
    kept, made, two = (found.areas[part] for part in ("from_present", "from_absent", "start_decides"))

    def share(part: Any) -> str:
        return f"{part['value']:.0%} of the map ({part['low']:.0%} to {part['high']:.0%})"

    return (
        f"At week {found.scenario.weeks}, {outcome(found)} is reached on {share(made)} if the community begins without "
        f"it, and on {share(kept)} if it begins with it. On {share(two)} the start decides.{parts_in_words(found)}"
    )


def parts_in_words(found: Map) -> str:
    """Which part of the norm is there, and which is missing."""
    if not found.parts:
        return ""
    said = [f"{SAID[name]} on {shares[ABSENT]:.0%} and {shares[PRESENT]:.0%}" for name, shares in found.parts.items()]
    return f" Begun without and with the norm, {'; '.join(said)} of the map."
