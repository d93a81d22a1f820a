"""Figures of a search: what money can buy, and what each rule for whom to train comes to."""

from typing import TYPE_CHECKING, Any

from sim import drawing, panels, style, wording
from sim.decisions import budget, chances, pictures, training
from sim.measures import BY_NAME, HIGHER
from sim.plots import Drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.decisions.budget import Answer
    from sim.decisions.training import Found


def bought(answer: "Answer", place: str) -> Drawn:
    """What each option costs and does: faint as it did at first, bold on fresh seeds."""
    how, rows = wording.said(answer.measure), budget.table(answer)
    figure, axes = drawing.sheet(1, 1, 4.2)
    panel = axes[0]
    known = list(dict.fromkeys(each.label for each in answer.choices))
    for number, label in enumerate(known):
        looks, aside = (
            style.look(number),
            0.005 * answer.money * (number - len(known) / 2),
        )  # else equals hide each other
        mine = rows[(rows.plan == label) & rows.index.isin(answer.race.left)]
        early = rows[(rows.plan == label) & ~rows.index.isin(answer.race.left)]
        faint: dict[str, Any] = {"marker": looks.marker, "linestyle": "none", "markersize": 4.5}
        panel.plot(early.cost + aside, early.early_difference * how.factor, color=looks.colour, alpha=0.35, **faint)
        low, high = mine.low * how.factor, mine.high * how.factor
        panel.vlines(mine.cost + aside, low, high, color=looks.colour, linewidth=2.0)
        bold: dict[str, Any] = {"marker": looks.marker, "linestyle": "none", "markersize": 7}
        panel.plot(
            mine.cost + aside,
            mine.difference * how.factor,
            color=looks.colour,
            label=drawing.safe(wording.title(label)),
            **bold,
        )
    best = rows.loc[answer.race.left[answer.best]]
    mark(panel, float(best.cost), float(best.difference) * how.factor, chances.percent(best.chance_of_being_best))
    frame(panel, answer, how)
    drawing.key(figure, panel, always=True, long=1.4)
    drawing.foot(figure, wording.source_line(len(answer.race.last), drawing.safe(place), answer.uncertainty))
    caption = (
        "Each mark is one way to spend money: what it costs, and what it changes against doing nothing more. Faint "
        "marks dropped out early, on few seeds; bold marks, with 95% intervals, were judged on fresh seeds. The dashed "
        "line is the money there is. The number is the chance that the choice beside it is the best of all."
    )
    said = "; ".join(f"{row.option}: cost {row.cost:,.0f}" for row in rows.loc[answer.race.left].itertuples())
    return Drawn("budget", "What the money can buy", figure, caption, f"Points by cost. Left at the end: {said}.")


def mark(panel: "Axes", x: float, y: float, text: str) -> None:
    """The chance of the best, beside it."""
    how: dict[str, Any] = {
        "textcoords": "offset points",
        "xytext": (-12, 0),
        "ha": "right",
        "va": "center",
        "fontsize": 9,
    }
    panel.annotate(text, (x, y), color=style.INK, **how)


def frame(panel: "Axes", answer: "Answer", how: wording.Said) -> None:
    """Axes of money and effect, with what there is of money."""
    panel.axhline(0, color=style.INK, linewidth=0.9)
    panel.axvline(answer.money, color=style.QUIET, linewidth=1.1, linestyle=(0, (4, 3)))
    better = "better upwards" if BY_NAME[answer.measure].better == HIGHER else "better downwards"
    drawing.frame(panel, f"{how.step} ({better})", f"cost, {answer.currency}")
    panel.set_xlim(-0.03 * answer.money, 1.06 * answer.money)
    panel.set_title(f"{how.label}, difference from doing nothing more", **drawing.TITLE)
    panel.xaxis.set_major_formatter(pictures.thousands)


def rules(found: "Found", place: str) -> Drawn:
    """How each rule differs from choosing at random."""
    how, rows = wording.said(found.measure), training.table(found)
    base = 1 + found.rules.index(training.RANDOM)
    nobody = training.comparing.difference(found.values[:, base], found.values[:, 0], paired=True)
    names = [training.NOBODY, *(rule for rule in found.rules if rule != training.RANDOM)]
    ends = {row.rule: (row.difference, row.low, row.high) for row in rows.itertuples()}
    ends[training.NOBODY] = (nobody["difference"], nobody["low"], nobody["high"])
    figure, axes = drawing.sheet(1, 1, 1.5 + 0.36 * len(names))
    panel = axes[0]
    for row, name in enumerate(names):
        middle, low, high = (each * how.factor for each in ends[name])
        looks = style.look(0 if name == training.NOBODY else 2 if name == training.GREEDY else 1)
        panel.hlines(row, low, high, color=looks.colour, linewidth=2.2)
        panel.plot(middle, row, color=looks.colour, marker=looks.marker, markersize=6)
    panel.set_yticks(range(len(names)), [label(name) for name in names])
    panel.set_ylim(len(names) - 0.4, -0.6)
    drawing.frame_of_bars(panel)
    better = "better →" if BY_NAME[found.measure].better == HIGHER else "← better"
    panels.about_zero(panel, how.step)
    panel.set_xlabel(f"{how.step}   {better}", color=style.QUIET)
    panel.set_title(f"{how.label}: difference from {found.number} people at random", **drawing.TITLE)
    drawing.foot(figure, wording.source_line(len(found.values), drawing.safe(place), found.uncertainty))
    caption = (
        f"What {found.number} people chosen by each rule change, against as many at random (the line at zero) on the "
        "same seeds; and what would be if nobody were trained. A bar that crosses the line shows no clear difference."
    )
    said = "; ".join(f"{name}: {wording.change(found.measure, *ends[name])}" for name in names)
    return Drawn("rules", "Whom to train", figure, caption, f"Points with intervals. {said}.")


def label(name: str) -> str:
    """A rule with what it means."""
    return "nobody is trained" if name == training.NOBODY else f"{name.replace('_', ' ')}: {training.RULES[name]}"
