"""What the command compare does, once its words are understood."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import cli, cli_progress, cli_words, showing
from sim.cli_words import Asked
from sim.errors import InputError, nearest, shown

if TYPE_CHECKING:
    from sim.results import Results
    from sim.schema import Scenario


@dataclass(frozen=True)
class Comparison:
    """What is compared, as the command line has it."""

    setting: str | None
    plans: tuple[str, ...]
    asked: Asked
    seeds: list[int]
    precision: float | None = None
    measure: str | None = None
    most: int = 500
    costs: Path | None = None
    uncertainty: str = "none"

    def words(self, names: list[str]) -> list[str]:
        """The same again as words of a command."""
        made = ["compare", *([self.setting] if self.setting else []), "--plans", *names, *self.asked.words(self.seeds)]
        if self.precision is not None:
            made += ["--precision", f"{self.precision:g}", "--most-seeds", str(self.most)]
        made += ["--measure", self.measure] if self.measure else []
        made += ["--uncertainty", self.uncertainty] if self.uncertainty != "none" else []
        return made + (["--costs", str(self.costs)] if self.costs else [])


def compare(wanted: Comparison, live: dict[str, Any], writing: cli.Writing, at: str) -> None:
    """Live one setting under several plans on the same seeds, and say what differs."""
    cli_words.one_of(at, ("mean", "final"), "time")
    check_measure(wanted.measure)
    names = plans_of(wanted)
    made = with_costs(cli_words.scenarios(wanted.setting, names, wanted.asked), wanted.costs)
    target = cli.place(writing, made[0].setting_name, names)
    results = lived(made, names, wanted, live, writing)
    cli.save(results, target, writing, wanted.words(names), partial(illustrate, measure=wanted.measure))
    if writing.as_json:
        showing.json_out(records(results, at))
    else:
        showing.show_comparison(results)
        show_short(results, wanted.measure)
    cli.finish(target, writing)


def plans_of(wanted: Comparison) -> list[str]:
    """The plans to compare; too few, or a setting that is missing, are refused with what was probably meant."""
    names = cli_words.listed_plans(wanted.plans)
    if len(names) < 2:
        other = next((name for name in names if name != "usual"), "peer_leaders")
        hint = f"--plans usual {other}"
        raise InputError("a comparison needs two plans", key="--plans", found=" ".join(names) or "none", hint=hint)
    if wanted.setting is None and wanted.asked.network is None:
        setting = next((name for name in names if cli_words.is_setting(name)), "training_school")
        hint = f"helpseek compare {setting} --plans {' '.join(name for name in names if name != setting)}"
        raise InputError("a setting is missing; it stands before --plans", hint=hint)
    return names


def with_costs(made: "list[Scenario]", file: Path | None) -> "list[Scenario]":
    """The scenarios with one's own unit costs, if there is a file of them; two currencies are refused."""
    from sim.decisions import pricing

    priced = made if file is None else pricing.priced(made, pricing.read(file))
    pricing.currency(priced)
    return priced


def check_measure(name: str | None) -> None:
    """Refuse to judge plans by what there is not, or by what is neither good nor bad in itself."""
    from sim.measures import BY_NAME

    if name is None:
        return
    known = [each for each, measure in BY_NAME.items() if measure.better]
    if name not in BY_NAME:
        allowed, hint = "helpseek list measures shows them", nearest(name, known)
        raise InputError("there is no such measure", key="--measure", found=shown(name), allowed=allowed, hint=hint)
    if name not in known:
        allowed = "one with a direction, such as sought_in_time, unmet_need or mean_distress"
        raise InputError(
            "of this measure neither more nor less is better", key="--measure", found=name, allowed=allowed
        )


def lived(
    made: "list[Scenario]", names: list[str], wanted: Comparison, live: dict[str, Any], writing: cli.Writing
) -> "Results":
    """The results of as many seeds as were asked for, or as a precision takes."""
    draws = cli.drawing(wanted.uncertainty, made)
    if wanted.precision is None:
        return cli.lived(made, names, wanted.seeds, live | {"draws": draws and draws(wanted.seeds)}, writing.quiet)
    from sim.decisions import precise

    aim = precise.Wanted(wanted.precision, wanted.measure or precise.MEASURE, "mean", wanted.most)

    def tell(text: str) -> None:
        if not writing.quiet:
            showing.put(showing.console(error=True), text)

    with cli_progress.progress("running", writing.quiet) as moved:
        first, number = wanted.seeds[0], len(wanted.seeds)
        return precise.compared(made, names, first, number, aim, draws, tell, progress=moved, **live)


def illustrate(results: "Results", folder: Path, command: str, measure: str | None = None) -> None:
    """Write the figures and the page into a folder."""
    from sim.decisions import page

    figures = folder / "figures"
    figures.mkdir()
    (folder / "report.html").write_text(page.written(results, figures, command, measure=measure), encoding="utf-8")


def records(results: "Results", at: str) -> list[dict[str, Any]]:
    """The comparison as plain data."""
    from sim.decisions import comparisons

    return comparisons.table(results, at=at).assign(at=at, uncertainty=results.uncertainty).to_dict("records")


def show_short(results: "Results", measure: str | None) -> None:
    """The answer in short, under the tables."""
    from sim.decisions import bill, board, equity, page

    screen = showing.console()
    show_chances(results)
    found = equity.table(results)
    judged = page.judged_by(results, measure)
    for heading, text in board.paragraphs(results, found, bill.drawn_up(results), judged):
        showing.put(screen, "", f"{heading}. {text}")


def show_chances(results: "Results") -> None:
    """How likely each plan is the best, and how many seeds a precision would take."""
    from sim import drawing, wording
    from sim.decisions import sections

    rows = sections.chance_rows(results) if len(results.seeds) > 1 else []
    if not rows:
        return
    columns = ["measure", *(drawing.wrap(wording.title(label), 14) for label in results.labels), "seeds needed"]
    made = showing.table("Chance of being the best", columns, right=columns[1:])
    for label, about, *cells in rows:
        made.add_row(f"{label} ({about.rsplit(', ', 1)[-1]})", *cells)
    showing.put_table(showing.console(), made)
