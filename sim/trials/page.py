"""A page about a trial: what was done, what was published, what the model gives, and what that can show."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import pandas as pd

import sim
from sim import report
from sim.markup import bullets, paragraphs, table
from sim.params import references
from sim.plots import Drawn
from sim.trials import claims
from sim.trials.power import Power
from sim.wording import counted

if TYPE_CHECKING:
    from sim.trials.trial import TrialResult

SHARES = ("share", "risk_difference")


def page(result: "TrialResult", drawn: Sequence[Drawn], figures: Path, command: str) -> str:
    """The page as one HTML text: nothing is loaded from anywhere. ``figures`` holds the SVG files of what was drawn."""
    trial = result.trial
    held = "luck and parameters" if result.uncertainty == "posterior" else "luck only"
    parts = {
        "title": escape(trial.title),
        "heading": escape(f"{trial.title}, in silico"),
        "about": escape(
            f"{counted(result.replicates, 'simulated trial')}; their spread holds {held}. "
            f"Simulated on {result.created[:10]}."
        ),
        "question": f"<p>{escape(trial.description.strip())}</p>\n{arms(result)}",
        "answer": '<div class="answer">' + paragraphs(claims.in_short(result.outcomes)) + "</div>",
        "more": "",
        "figures": "\n".join(report.figure(each, figures / f"{each.name}.svg") for each in drawn),
        "tables": compared(result) + analyses(result),
        "sure": paragraphs([*claims.how_sure(result.replicates, result.uncertainty), *claims.hitches(result.outcomes)]),
        "rests": bullets(sources(result)) + paragraphs([trial.notes.strip()] if trial.notes else []),
        "limits": bullets(claims.limits(trial)),
        "repeat": f"<pre>{escape(command)}</pre>\n" + paragraphs([claims.AGAIN]),
        "version": escape(sim.__version__),
    }
    return Template(report.TEMPLATE.read_text(encoding="utf-8")).substitute(parts)


def arms(result: "TrialResult") -> str:
    """The arms, and when they were measured."""
    trial = result.trial
    told = [f"{arm.title}: {' and '.join(arm.plans) or 'no plan'}" for arm in trial.arms.values()]
    told += [
        f"Measured {name.replace('_', ' ')}, week {each.week}: {each.retained:.0%} of those who began"
        for name, each in trial.follow_ups.items()
    ]
    return bullets(told)


def compared(result: "TrialResult") -> str:
    """Published beside simulated."""
    rows = [cells(row) for row in result.outcomes.itertuples()]
    head = ("Outcome", "Week", "Published", "Simulated", "Met", "Used for")
    return table("Published figures and what simulated trials of the same size give", head, rows, numbers=False)


def cells(row: Any) -> list[str]:
    """One outcome in words and numbers."""
    met = "" if pd.isna(row.inside) else "yes" if row.inside else "no"
    used = {"fit": "fitted", "held_out": "held out", "none": "" if pd.isna(row.inside) else "neither"}[row.used_for]
    published = with_interval(row.effect, row.published, row.published_low, row.published_high)
    simulated = with_interval(row.effect, row.simulated, row.simulated_low, row.simulated_high)
    return [f"{row.title} ({kind(row.effect)})", str(row.week), published or "not reported", simulated, met, used]


def kind(effect: str) -> str:
    """An effect's name in words."""
    return {"smd": "SD", "gain": "gain, SD", "z": "standard errors", "slope_odds_ratio": "odds ratio"}.get(
        effect, effect.replace("_", " ")
    )


def with_interval(effect: str, value: float, low: float, high: float) -> str:
    """A value and its interval, as far as they are known."""
    middle = "" if pd.isna(value) else number(effect, value)
    if pd.isna(low) and pd.isna(high):
        return middle
    if pd.isna(low) or pd.isna(high):
        end = f"{number(effect, high)} or less" if pd.isna(low) else f"{number(effect, low)} or more"
        return f"{middle} ({end})" if middle else end
    return f"{middle} ({number(effect, low)} to {number(effect, high)})".strip()


def number(effect: str, value: float) -> str:
    """A value as it is written: shares in percent, all else with two decimals."""
    return plain(100.0 * value, 1) + "%" if effect in SHARES else plain(value, 2)


def plain(value: float, decimals: int) -> str:
    """A number with a real minus sign, and no minus before nought."""
    text = f"{value:.{decimals}f}"
    return text.removeprefix("-") if float(text) == 0.0 else text.replace("-", "−")


def analyses(result: "TrialResult") -> str:
    """How the analyses went."""
    rows = [
        [
            f"{row.title}, week {row.week}",
            short(row.standard_error),
            short(row.spread),
            short(row.icc),
            "" if pd.isna(row.detected) else f"{row.detected:.0%}",
            f"{row.people:,.0f}" if row.people == row.people else "",
            str(row.failed),
        ]
        for row in result.outcomes.itertuples()
    ]
    head = ("Analysis", "Standard error", "Spread", "ICC", "Detected", "People", "Failed")
    caption = (
        "How the analyses went: the standard error that an analysis reports, the standard deviation of estimates "
        "from trial to trial (both of logarithms for ratios), the correlation within clusters, the share of trials "
        "that would have reported an effect, and analyses without an estimate"
    )
    return table(caption, head, rows)


def short(value: float) -> str:
    """A small number."""
    return "" if pd.isna(value) else plain(value, 3)


def sources(result: "TrialResult") -> list[str]:
    """Where each published figure comes from, and how well it is known."""
    told = []
    for outcome in result.trial.outcomes.values():
        if outcome.published is None:
            continue
        grade = outcome.published.evidence.replace("_", " ")
        note = f"; {outcome.published.note}" if outcome.published.note else ""
        told.append(f"{outcome.title}: {grade}, {outcome.published.source.replace('_', ' ')}{note}")
    keys = dict.fromkeys(
        key.strip()
        for each in result.trial.outcomes.values()
        if each.published
        for key in each.published.source.split(",")
    )
    return told + [str(references()[key]) for key in keys if key in references()]


def power_page(found: Power, drawn: Drawn, figures: Path, command: str) -> str:
    """The page about power and design."""
    first = [rows.iloc[0] for _, rows in found.table.groupby("outcome", sort=False)]
    parts = {
        "title": escape(f"{found.trial.title}: power"),
        "heading": escape(f"{found.trial.title}: power and design"),
        "about": escape(f"{counted(found.replicates, 'simulated trial')} for each size."),
        "question": f"<p>{escape(found.trial.description.strip())}</p>",
        "answer": '<div class="answer">' + paragraphs(claims.power_in_short(found, row) for row in first) + "</div>",
        "more": "",
        "figures": report.figure(drawn, figures / f"{drawn.name}.svg"),
        "tables": power_table(found),
        "sure": paragraphs([claims.POWER_ERROR]),
        "rests": paragraphs([claims.POWER_RESTS]),
        "limits": bullets(claims.limits(found.trial)),
        "repeat": f"<pre>{escape(command)}</pre>",
        "version": escape(sim.__version__),
    }
    return Template(report.TEMPLATE.read_text(encoding="utf-8")).substitute(parts)


def power_table(found: Power) -> str:
    """Power by size in numbers."""
    rows = [
        [
            f"{row.title}: {row.size:,} {found.unit}",
            f"{row.power:.0%} ({row.power_low:.0%} to {row.power_high:.0%})",
            share(row.power_formula),
            share(row.power_nobody_lost),
            share(row.power_no_clustering),
            short(row.standard_error),
            "" if pd.isna(row.design_effect) else f"{row.design_effect:.2f}",
        ]
        for row in found.table.itertuples()
    ]
    head = ("Size", "Power", "By formula", "Nobody lost", "No clustering", "Standard error", "Design effect")
    return table("Power by size: simulated with its 95% interval, and by formula", head, rows)


def share(value: float) -> str:
    """A share in percent."""
    return "" if pd.isna(value) else f"{value:.0%}"
