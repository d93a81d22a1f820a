"""A page for those who decide: the question, the answer with its uncertainty, the figures, and what it all rests on."""

import base64
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from sim import claims, wording
from sim.answers import answers
from sim.errors import InputError
from sim.markup import bullets, paragraphs, table
from sim.wording import counted, joined, title

if TYPE_CHECKING:
    from sim.plots import Drawn
    from sim.results import Results

TEMPLATE = Path(__file__).with_suffix(".html")
NOTE = '<p class="note">All measures, week by week and for parts of the people, are in the tables beside this page.</p>'


def page(
    results: "Results",
    drawn: "Sequence[Drawn]",
    figures: Path,
    command: str | None = None,
    short: Sequence[tuple[str, str]] = (),
    more: str = "",
) -> str:
    """The page as one HTML text: nothing is loaded from anywhere. ``figures`` holds the SVG files of what was drawn.

    ``short`` are headings and texts to stand first in the answer, ``more`` are whole sections after the figures.
    """
    parts = {
        "title": escape(heading(results)),
        "heading": escape(heading(results)),
        "about": escape(about(results)),
        "question": question(results),
        "answer": answer(results, short),
        "more": more,
        "figures": "\n".join(figure(each, figures / f"{each.name}.svg") for each in drawn),
        "tables": tables(results),
        "sure": claims.how_sure(results),
        "rests": claims.rests_on(results),
        "limits": claims.limits(results),
        "repeat": repeat(results, command),
        "version": escape(str(results.manifest["version"])),
    }
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(parts)


def heading(results: "Results") -> str:
    """What was compared, or run."""
    base, *others = (title(label) for label in results.labels)
    names = joined(wording.inner(each) for each in others)
    what = f"{names} against {wording.inner(base)}" if others else wording.inner(base)
    return f"{results.scenarios[0].setting.title}: {what}"


def about(results: "Results") -> str:
    """The size of what was simulated, and when."""
    first, runs = results.scenarios[0], results.runs
    people = f"{int(runs['people'].iloc[0]):,} people in {counted(int(runs['groups'].iloc[0]), 'group')}"
    seeds = counted(len(results.seeds), "seed") + (" for each plan" if len(results.labels) > 1 else "")
    weeks = counted(first.weeks, "week")
    return f"{people}; {weeks}, {seeds}. Simulated on {results.manifest['created'][:10]}."


def question(results: "Results") -> str:
    """What was asked, of whom, and what each plan is."""
    first = results.scenarios[0]
    base, *others = results.labels
    weeks = counted(first.weeks, "week")
    if others:
        names = joined([f"“{title(label)}”" for label in others], "or")
        asked = f"What would change within {weeks} with {names} instead of “{title(base)}”, and would it last?"
    else:
        asked = f"How does this community fare over {weeks} with “{title(base)}”?"
    names_of_plans = dict.fromkeys(name for scenario in results.scenarios for name in scenario.plan_names)
    rows = [f"<dt><strong>{escape(title(name))}</strong></dt><dd>{escape(plan(name))}</dd>" for name in names_of_plans]
    community = f"<dt><strong>{escape(first.setting.title)}</strong></dt><dd>{escape(first.setting.description)}</dd>"
    return "\n".join([f"<p><strong>{escape(asked)}</strong></p>", "<dl>", community, *rows, "</dl>"])


def plan(name: str) -> str:
    """What a plan says of itself, if its file is still there."""
    from sim.files import load_plan

    try:
        return load_plan(name).model.description.strip()
    except InputError:
        return "A plan of one’s own."


def answer(results: "Results", short: Sequence[tuple[str, str]] = ()) -> str:
    """The answer in short, and for each plan: a sentence or two, then theme by theme."""
    made = [f"<p>{theme(name)}{escape(text)}</p>" for name, text in short]
    made += ["<h3>Plan by plan</h3>"] if short else []
    for label, parts in answers(results).items():
        made += [f"<h4>{escape(title(label))}</h4>" if short else f"<h3>{escape(title(label))}</h3>"] * (
            len(results.labels) > 2
        )
        made += [f"<p>{theme(name)}{escape(text)}</p>" for name, text in parts]
    return '<div class="answer">\n' + "\n".join(made) + "\n</div>"


def theme(name: str) -> str:
    """What a paragraph is about, in front of it."""
    return f"<strong>{escape(name)}{'' if name.endswith('?') else '.'}</strong> " if name else ""


def figure(drawn: "Drawn", file: Path) -> str:
    """A figure with its caption, in the page itself."""
    data = base64.b64encode(file.read_bytes()).decode()
    return (
        f"<figure><h3>{escape(drawn.title)}</h3>\n"
        f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(drawn.alternative)}">\n'
        f"<figcaption>{escape(drawn.caption)}</figcaption></figure>"
    )


def tables(results: "Results") -> str:
    """Headline measures for each plan, with intervals."""
    return (compared(results) if len(results.labels) > 1 else described(results)) + NOTE


def compared(results: "Results") -> str:
    """A table for each plan against the first."""
    overall, final = (wording.headline(results.differences(at=at)) for at in ("mean", "final"))
    base, *others = results.labels
    paired = "paired by seed" if overall.paired.all() else "not paired"
    made = []
    for label in others:
        last = {row.measure: row for row in final[final.label == label].itertuples()}
        rows = [cells(row, last.get(row.measure)) for row in overall[overall.label == label].itertuples()]
        caption = (
            f"{title(label)} against {wording.inner(title(base))}: means over all weeks, and differences with 95% "
            f"intervals, {paired}"
        )
        head = ("Measure", title(base), title(label), "Difference over all weeks", "In the last week")
        made.append(table(caption, head, rows, units=True))
    return "\n".join(made)


def cells(row: Any, last: Any) -> list[str]:
    """Label, unit, both levels, the difference, and the difference in the last week."""
    how = wording.said(row.measure, row.unit)
    made = [
        how.label,
        how.unit,
        *(wording.level(row.measure, mean, row.unit) for mean in (row.mean_base, row.mean_plan)),
    ]
    made.append(wording.change(row.measure, row.difference, row.low, row.high, row.unit))
    return [
        *made,
        "" if last is None else wording.change(last.measure, last.difference, last.low, last.high, last.unit),
    ]


def described(results: "Results") -> str:
    """A table of the only plan."""
    overall, final = (wording.headline(results.summary(at=at)) for at in ("mean", "final"))
    last = {row.measure: row for row in final.itertuples()}
    rows = []
    for row in overall.itertuples():
        how, end = wording.said(row.measure, row.unit), last.get(row.measure)
        texts = [wording.level(row.measure, row.mean, row.unit)]
        texts.append("" if end is None else wording.level(row.measure, end.mean, row.unit))
        rows.append([how.label, how.unit, *texts])
    return table(
        f"{title(results.labels[0])}: means over {counted(len(results.seeds), 'seed')}",
        ("Measure", "Over all weeks", "In the last week"),
        rows,
        units=True,
    )


def repeat(results: "Results", command: str | None) -> str:
    """The commands that make this again, and with what it was made."""
    manifest, first, seeds = results.manifest, results.scenarios[0], results.seeds
    lines = [*([command] if command else []), "helpseek verify FOLDER"]
    versions = joined(f"{name} {number}" for name, number in manifest["versions"].items())
    facts = [
        f"helpseek {manifest['version']} with {versions}",
        f"seeds {seeds[0]} to {seeds[-1]}" if len(seeds) > 1 else f"seed {seeds[0]}",
        f"{counted(first.weeks, 'week')} after {counted(first.setting.burn_in, 'week')} of burn-in",
    ]
    facts += [f"{title(each['label'])}: scenario {each['digest'][:16]}" for each in manifest["scenarios"]]
    said = (
        f"“verify” runs everything again from the manifest in FOLDER, the folder of this page, and compares every "
        f"number to the last bit.{' The first line makes results anew.' if command else ''}"
    )
    return f"<pre>{escape(chr(10).join(lines))}</pre>\n{paragraphs([said])}\n{bullets(facts)}"
