"""What the page says besides: how likely each plan is best, who gains, and what it costs."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sim import report, wording
from sim.decisions import chances, comparisons, equity, pricing
from sim.markup import bullets, paragraphs, table
from sim.wording import inner, title

if TYPE_CHECKING:
    from sim.decisions.bill import Bill
    from sim.plots import Drawn
    from sim.results import Results

MARKS = {
    equity.HARM: " ▼▼",
    equity.PERHAPS_HARM: " ▼",
    equity.GAIN: " ▲▲",
    equity.PERHAPS_GAIN: " ▲",
}
KEY = (
    "▲▲ clearly better, ▼▼ clearly worse: the chance that any of a plan’s double marks is there by luck alone is under "
    "5%. ▲ better, ▼ worse: the interval leaves out zero, but among so many intervals some do by luck."
)
SEEDS = (
    "“Seeds for ±” is how many seeds in all would narrow the 95% intervals of all differences from the first plan to "
    "the half width beside it; --precision runs as many as are needed."
)


def section(name: str, heading: str, body: str) -> str:
    """A section of the page."""
    return (
        f'<section aria-labelledby="{name}">\n<h2 id="{name}">{escape(heading)}</h2>\n{body}\n</section>'
        if body
        else ""
    )


def every(results: "Results", found: pd.DataFrame | None, bill: "Bill", drawn: "Sequence[Drawn]", figures: Path) -> str:
    """All sections that these results allow. ``found`` is of ``equity.table``."""
    pictures = {each.name: report.figure(each, figures / f"{each.name}.svg") for each in drawn}
    several = found is not None and len(results.seeds) > 1
    parts = [
        section("chances", "Which plan is best?", pictures.get("chances", "") + seeds(results)) if several else "",
        section("equity", "Who gains?", pictures.get("equity", "") + parts_of_people(results, found))
        if several
        else "",
        section("costs", "What does it cost?", costs(results, bill) + pictures.get("money", "")),
    ]
    return "\n".join(part for part in parts if part)


def chance_rows(results: "Results") -> list[list[str]]:
    """For each headline measure: label, unit and direction, the chance of each plan, and seeds for a precision."""
    found = wording.headline(comparisons.table(results))
    rows = []
    for name in dict.fromkeys(found[(found.better != "") & (found.measure != "cost")].measure):
        mine = found[found.measure == name].set_index("label")
        how, first = wording.said(name, mine.unit.iloc[0]), mine.iloc[0]
        half = wording.plain(first.precision * how.factor, wording.decimals_for(first.precision * how.factor, 2, 2))
        best = [first.best_base, *(mine.best[label] for label in results.labels[1:])]
        said = f"{max(2, int(mine.seeds_needed.max())):,} for ±{half}" if mine.seeds_needed.notna().all() else "–"
        rows.append([how.label, f"{how.step}, {mine.better.iloc[0]} is better", *map(chances.percent, best), said])
    return rows


def seeds(results: "Results") -> str:
    """How likely each plan is better than the rest, and how many seeds would tell each from the first."""
    rows = chance_rows(results)
    head = ("Measure", *map(title, results.labels), "Seeds for ±")
    caption = f"The chance of each plan to be the best, from {wording.counted(len(results.seeds), 'seed')}"
    return table(caption, head, rows, units=True) + f'<p class="note">{escape(SEEDS)}</p>' if rows else ""


def parts_of_people(results: "Results", found: pd.DataFrame) -> str:
    """A table for each plan, and what stands out."""
    measures = list(dict.fromkeys(found.measure))
    made = [paragraphs(flags(found, results.labels))]
    for label in results.labels[1:]:
        mine = found[found.label == label]
        rows = []
        for group in dict.fromkeys(mine.group):
            cells = {row.measure: row for row in mine[mine.group == group].itertuples()}
            number = next(iter(cells.values())).people
            said = [mark(cells[name]) for name in measures]
            rows.append([group, wording.plain(number, 0), *said])
        head = ("Who", "People", *(f"{wording.said(x).label}, {wording.said(x).step}" for x in measures))
        base = inner(title(results.labels[0]))
        made.append(table(f"{title(label)} against {base}: differences over all weeks", head, rows))
    made.append(f'<p class="note">{escape(KEY)}</p>')
    made.append(gaps(results))
    return "\n".join(made)


def mark(row) -> str:
    """A difference with what is to be said of it."""
    return wording.change(row.measure, row.difference, row.low, row.high, row.unit) + MARKS.get(row.verdict, "")


def flags(found: pd.DataFrame, labels: list[str]) -> list[str]:
    """Whom a plan leaves worse off though it helps on the whole, and whom it leaves worse off anyway."""
    said = []
    for label in labels[1:]:
        mine = found[found.label == label]
        whole = mine[mine.part == ""].set_index("measure").verdict
        for row in mine[(mine.part != "") & mine.verdict.isin([equity.HARM, equity.PERHAPS_HARM])].itertuples():
            helps = whole.get(row.measure) in (equity.GAIN, equity.PERHAPS_GAIN)
            though = "helps on the whole, but " if helps else ""
            sure = "is" if row.verdict == equity.HARM else "may be"
            said.append(
                f"Flag: “{title(label)}” {though}{sure} worse in {inner(wording.said(row.measure).label)} for this "
                f"part of the people: {inner(row.group)}."
            )
    return said or ["No part of the people came out worse by more than luck can explain."]


def gaps(results: "Results") -> str:
    """Whether a gain goes to some more than to others."""
    found = equity.gaps(results)
    if not len(found):
        return ""
    said = []
    for row in found[~found.verdict.isin([equity.UNCLEAR, equity.SAME, equity.UNKNOWN])].itertuples():
        how = wording.said(row.measure)
        if not round(row.gain * how.factor, how.decimals):
            continue  # real or not, it is next to nothing
        sure = "" if row.verdict in (equity.GAIN, equity.HARM) else "possibly "
        one, other = (equity.PARTS[row.part, each].lower() for each in (row.one, row.other))
        more, less = (other, one) if row.gain > 0 else (one, other)
        what = inner(how.label)
        said.append(f"“{title(row.label)}” does {sure}more in {what} for those who are “{more}” than “{less}”.")
    if apart := between(results):
        said.append(apart)
    return bullets(said) if said else ""


def between(results: "Results") -> str:
    """Whether groups move apart."""
    found = equity.between_groups(results)
    if found is None:
        return ""
    ways: dict[str, list[str]] = {}
    for row in found.itertuples():
        way = WAYS.get(wording.verdict(row.difference, row.low, row.high), "about as far apart as")
        ways.setdefault(way, []).append(f"“{title(row.label)}”")
    said = [f"{way} with “{title(results.labels[0])}” under {wording.joined(plans)}" for way, plans in ways.items()]
    return f"Groups are {wording.joined(said)}, in mean distress in the last week. No group is ranked here."


WAYS = {"higher": "further apart than", "lower": "closer together than"}


def costs(results: "Results", bill: "Bill") -> str:
    """Unit costs with their sources, what plans cost, and what a unit of effect costs; or that nobody knows."""
    if not any(scenario.interventions for scenario in bill.scenarios):
        return ""
    made = []
    if bill.missing:
        made.append(paragraphs([MISSING.format(names=wording.joined(title(name) for name in bill.missing))]))
        made.append(f"<pre>{escape(hint(bill.missing[0]))}</pre>")
    rows = [
        (title(name), *(wording.plain(x, 2) for x in (c.fixed, c.per_person, c.per_week)), pricing.source(c))
        for name, c in pricing.sources(bill.scenarios)
    ]
    head = ("Intervention", "Once", "For each person reached", "For each week delivered", "Source")
    made.append(table(f"Unit costs, {bill.currency}", head, rows, numbers=False))
    if bill.cost.any():
        made.append(plans(results, bill))
    return "\n".join(made)


MISSING = (
    "Nobody has filled in what {names} would cost, and no price is guessed here: so effects are shown without costs. "
    "Ask those who would deliver it, and fill in what they say; the runs need not be repeated. For example:"
)


def hint(name: str) -> str:
    """How to fill costs in."""
    return (
        f"# costs.yaml\nkind: costs\ncosts:\n  {name}:\n    fixed: 0\n    per_person: 0\n    per_week: 0\n"
        "    currency: USD\n    source: whose offer, and when\n\nhelpseek report FOLDER --costs costs.yaml"
    )


def plans(results: "Results", bill: "Bill") -> str:
    """What each plan costs, and for each unit of effect."""
    spent = bill.cost.mean(axis=0)
    rows = [(title(label), wording.plain(float(x), 0)) for label, x in zip(results.labels, spent, strict=True)]
    made = [table(f"What each plan costs over the whole run, {bill.currency}, mean over seeds", ("Plan", "Cost"), rows)]
    if bill.lines and bill.known:
        lines = [
            (f"{title(each.label)}: {each.effect.many}", wording.plain(each.gain, 1), each.said) for each in bill.lines
        ]
        base = inner(title(results.labels[0]))
        caption = f"What is gained against {base} in one community, and what each unit of it costs, with 95% intervals"
        made.append(table(caption, ("Effect", "Gained", "Cost of one"), lines, numbers=False))
    return "\n".join(made)
