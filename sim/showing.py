"""What the command line prints: plain tables that a terminal may colour, and JSON for scripts."""

import json
import math
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim import wording

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

    from sim.results import Results

PIPED_WIDTH = 120  # characters, where there is no terminal to ask
LEAST_WIDTH = 80  # characters; a narrower terminal breaks lines itself, which is better than tables without numbers
ENDLESS = 10_000  # characters: a width that no table needs
WIDE = 150  # characters; from here labels stand beside names


def console(error: bool = False) -> "Console":
    """Where to print: without any codes unless it is a terminal, or if NO_COLOR is set."""
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    if stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb":
        made = Console(stderr=error, highlight=False)
    else:
        columns = os.environ.get("COLUMNS", "")
        width = None if stream.isatty() else int(columns) if columns.isdecimal() else PIPED_WIDTH
        made = Console(stderr=error, highlight=False, color_system=None, force_terminal=False, width=width)
    if not error:
        made.width = max(made.width, LEAST_WIDTH)
    return made


def json_out(data: Any) -> None:
    """Plain data to standard output as JSON; what is no finite number is null."""
    sys.stdout.write(json.dumps(finite(data), indent=2, allow_nan=False) + "\n")


def finite(data: Any) -> Any:
    """The same data as JSON can hold it."""
    if isinstance(data, Mapping):
        return {str(key): finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [finite(each) for each in data]
    if hasattr(data, "item"):
        return finite(data.item())
    return None if isinstance(data, float) and not math.isfinite(data) else data


def table(title: str, columns: Iterable[str], right: Iterable[str] = (), whole: Iterable[str] = ()) -> "Table":
    """An empty table, some of its columns set right, and those and some others never broken into lines."""
    from rich import box
    from rich.table import Table

    made = Table(title=title or None, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        number = name in set(right)
        unbroken = number or name in set(whole)
        made.add_column(name, overflow="fold", justify="right" if number else "left", no_wrap=unbroken)
    return made


def put_table(screen: "Console", made: "Table") -> None:
    """A table as it is: where it is too wide for the screen its lines are broken, but no number is cut."""
    from rich.measure import Measurement, measure_renderables

    width, endless = screen.width, screen.options.update(width=ENDLESS)
    for column in made.columns:
        if column.no_wrap:
            cells = [column.header, *column.cells]
            column.min_width = measure_renderables(screen, endless, cells).maximum
    screen.width = max(width, Measurement.get(screen, endless, made).minimum)
    screen.print(made)
    screen.width = width


def put(screen: "Console", *texts: str, style: str | None = None) -> None:
    """Lines of text as they are: brackets in them mean nothing."""
    for text in texts:
        screen.print(text, style=style, markup=False)


# helpseek list


def show_list(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """What is shipped, by kind."""
    screen = console()
    for kind in found:
        if kind not in ("parameters", "measures"):
            made = table(kind.capitalize(), ("name", "what it is"))
            for each in found[kind]:
                made.add_row(each["name"], f"{each['title']}. {each['description']}")
            put_table(screen, made)
    if "parameters" in found:
        show_parameters(screen, found["parameters"], "Parameters")
    if "measures" in found:
        made = table("Measures", ("name", "label", "unit", "meaning", "better if"))
        for each in found["measures"]:
            made.add_row(each["name"], each["label"], each["unit"], each["meaning"], each["better"] or "depends")
        put_table(screen, made)


def show_parameters(screen: "Console", parameters: Sequence[Mapping[str, Any]], title: str) -> None:
    """Numbers with their units, ranges and sources."""
    wide = screen.width >= WIDE
    columns = ("name", "value", "unit", "range", "evidence", "source", *(("label",) if wide else ()))
    made = table(title, columns, right=("value",), whole=("name", "range"))
    for each in parameters:
        made.add_row(
            each["name"],
            f"{each['value']:g}" + (" *" if each.get("changed") else ""),
            each["unit"],
            f"{each['low']:g} to {each['high']:g}",
            each["evidence"],
            each["source"],
            *([each["label"]] if wide else []),
        )
    put_table(screen, made)
    for each in parameters:
        if each.get("changed"):
            put(screen, f"  * {each['name']}: usually {each['usual']:g}; {each['origin']}")


# helpseek show


def show_scenario(found: Mapping[str, Any]) -> None:
    """A resolved scenario: who, when, what, and every number."""
    screen, setting = console(), found["setting"]
    put(screen, f"{setting['title']} ({setting['name']})", style="bold")
    put(screen, setting["description"], "")
    people = f"{setting['people']:,} people" if setting["people"] else "its own network"
    plans = ", ".join(found["plans"]) or "no plan"
    put(screen, f"{people}; {found['weeks']} weeks after {setting['burn_in']} of burn-in; plans: {plans}")
    put(screen, f"digest {found['digest']}")
    show_community(screen, setting)
    if found["calendar"]:
        made = table("Calendar", ("from week", "to week", "who", "what"), right=("from week", "to week"))
        for each in found["calendar"]:
            last = "on" if each["to_week"] is None else str(each["to_week"])
            made.add_row(str(each["from_week"]), last, each["who"], each["what"])
        put_table(screen, made)
    for each in found["interventions"]:
        show_intervention(screen, each, found["costs"][each["name"]])
    kinds = intervention_kinds()
    used = [p for p in found["parameters"] if p["name"].split(".")[0] not in kinds]
    show_parameters(screen, used, "Parameters of the model")
    unused = len(found["parameters"]) - len(used) - sum(len(item["effects"]) for item in found["interventions"])
    if unused > 0:
        put(screen, f"  {unused} more are of interventions that are not in these plans; --json has them all")
    for note in found["notes"]:
        put(screen, f"Note: {note}", style="bold")


def intervention_kinds() -> set[str]:
    """The kinds of interventions, whose numbers stand with them."""
    from sim.rules import kinds

    return set(kinds())


def show_community(screen: "Console", setting: Mapping[str, Any]) -> None:
    """The units of a made community, or the files of an imported one."""
    if setting["network"]:
        people = setting["network"]["people"] or "nobody but those in the ties"
        put(screen, "", f"People: {people}", f"Ties: {setting['network']['ties']}")
    if setting["units"]:
        columns = ("unit", "members", "ties a person", "leaders", "clustering")
        made = table("Units, from the inside out", columns, right=columns[1:])
        for each in setting["units"]:
            made.add_row(each["name"], *(f"{each[name]:,g}" for name in ("size", "ties", "leaders", "clustering")))
        put_table(screen, made)


def show_intervention(screen: "Console", item: Mapping[str, Any], cost: Mapping[str, Any]) -> None:
    """One intervention: whom it reaches, what it changes, what it costs."""
    title = f"{item['name']}: {item['kind']}"
    columns = ("handle", "value", "unit", "range", "evidence", "source", "from")
    made = table(title, columns, right=("value",))
    for each in item["effects"]:
        span = f"{each['low']:g} to {each['high']:g}"
        value = f"{each['value']:g}" + (" *" if each["changed"] else "")
        made.add_row(each["handle"], value, each["unit"], span, each["evidence"], each["source"], each["origin"])
    put_table(screen, made)
    whom = f"{item['reach']:.0%} of {item['who']}, chosen by {item['unit']} ({item['seeding']})"
    how = f"strength {item['strength']:g} (fidelity {item['fidelity']:g} x dose {item['dose']:g})"
    put(screen, f"  reaches {whom}; {how}")
    sums = ", ".join(f"{name} {cost[name]:g}" for name in ("fixed", "per_person", "per_week"))
    put(screen, f"  costs in {cost['currency']}: {sums} ({cost['source']}); total = {cost['total']}")
    put(screen, f"  written in {item['origin']}")


# helpseek run, compare

NARROW = 100  # characters; below this, intervals of the last week are left out
INTERVAL = "95% interval"


def show_summary(results: "Results") -> None:
    """What one scenario came to: headline measures with their intervals."""
    screen = console()
    overall, last = (wording.headline(results.summary(at=at)) for at in ("mean", "final"))
    final = {row.measure: row for row in last.itertuples()}
    several = len(results.seeds) > 1
    columns = ["measure", "all weeks", *([INTERVAL] if several else []), "last week"]
    put(screen, "", heading(results), style="bold")
    made = table("", columns, right=columns[1:])
    for row in overall.itertuples():
        ends = [wording.level(row.measure, end, row.unit) for end in (row.low, row.high)]
        end = final.get(row.measure)
        made.add_row(
            measure(row),
            wording.level(row.measure, row.mean, row.unit),
            *([" to ".join(ends)] if several else []),
            "" if end is None else wording.level(row.measure, end.mean, row.unit),
        )
    put_table(screen, made)
    put(screen, f"  {wording.source_line(len(results.seeds), uncertainty=results.uncertainty)}")


def show_comparison(results: "Results") -> None:
    """Each plan against the first: paired differences with their intervals."""
    screen = console()
    overall, last = results.differences(at="mean"), results.differences(at="final")
    base, *others = results.labels
    put(screen, "", heading(results), style="bold")
    for label in others:
        mine, end = wording.headline(overall[overall.label == label]), last[last.label == label]
        names = (wording.title(base), wording.title(label))
        put_table(screen, comparison(mine, end, *names, narrow=screen.width < NARROW))
    paired = overall.paired.all()
    put(screen, f"  paired: {'yes' if paired else 'no'}; {wording.counted(len(results.seeds), 'seed')} each")
    if len(results.seeds) > 1:
        put(screen, f"  {wording.HOLDS[results.uncertainty]}", "  * the interval leaves out zero")


def comparison(overall: "pd.DataFrame", last: "pd.DataFrame", base: str, plan: str, narrow: bool) -> "Table":
    """One plan against another, a row for each headline measure."""
    final = {row.measure: row for row in last.itertuples()}
    columns = ["measure", "base", "plan", "all weeks", INTERVAL, "last week", *([] if narrow else [INTERVAL])]
    made = table(f"{plan} (plan), against {wording.inner(base)} (base)", columns, right=columns[1:])
    for row in overall.itertuples():
        means = [wording.level(row.measure, mean, row.unit) for mean in (row.mean_base, row.mean_plan)]
        end = final.get(row.measure)
        late = ["", ""] if end is None else apart(end)
        made.add_row(measure(row), *means, *apart(row), *(late[:1] if narrow else late))
    return made


def measure(row: Any) -> str:
    """What a row is about, with its unit."""
    how = wording.said(row.measure, row.unit)
    return f"{how.label}, {how.unit}"


def apart(row: Any) -> list[str]:
    """A difference, and its interval with a mark if it leaves out zero."""
    said = wording.change(row.measure, row.difference, row.low, row.high, row.unit)
    difference, _, interval = said.removesuffix(")").partition(" (")
    clear = wording.verdict(row.difference, row.low, row.high) in wording.MARKED
    return [difference, f"{interval} *" if clear else f"{interval}  "]


def heading(results: "Results") -> str:
    """What was run: setting, people, weeks, seeds."""
    first, runs = results.scenarios[0], results.runs
    weeks = wording.counted(first.weeks, "week")
    plans = "" if len(results.labels) > 1 else f", {wording.title(results.labels[0])}"
    seeds = wording.counted(len(results.seeds), "seed")
    return f"{first.setting.title}{plans}: {int(runs.people.iloc[0]):,} people, {weeks}, {seeds}"


def show_files(folder: str, files: Sequence[str]) -> None:
    """What was written, to standard error, so that standard output stays what was asked for."""
    screen = console(error=True)
    put(screen, f"written to {folder}{os.sep}")
    for file in files:
        put(screen, f"  {file}")
