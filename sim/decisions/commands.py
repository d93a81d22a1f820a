"""The commands for those who decide: compare plans, and put what was found on a page."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli_options import (
    Changes,
    First,
    Force,
    Json,
    Number,
    Out,
    Page,
    People,
    Persons,
    Quiet,
    Setting,
    SettingAlone,
    Size,
    Threads,
    Ties,
    Uncertainty,
    Weeks,
)
from sim.cli_words import Asked, alone, seeds, several

Plans = Annotated[
    list[str] | None, typer.Option("--plans", metavar="PLAN PLAN...", help="Two or more; a+b are two acting together.")
]
Measure = Annotated[
    str | None, typer.Option("--measure", metavar="NAME", help="What is judged by.  [default: sought_in_time]")
]
Costs = Annotated[
    Path | None, typer.Option("--costs", metavar="FILE", help="Your own unit costs, a .yaml file (kind: costs).")
]

USUAL = "sought_in_time"

COMPARE = """\b
Examples:
  helpseek compare training_school --plans usual cohesion_training --seeds 100 --weeks 26
  helpseek compare secondary_school --plans usual peer_leaders peer_leaders+stigma_contact
  helpseek compare secondary_school --plans usual peer_leaders stigma_contact --precision 0.01 --out results/c
  helpseek compare town --plans usual awareness_campaign --set awareness_campaign.cost.fixed=9000
  helpseek compare --people people.csv --ties ties.csv --plans usual peer_leaders
  helpseek compare workplace --plans usual telehealth --json > differences.json"""

REPORT = """\b
Examples:
  helpseek report results/c
  helpseek report results/c --out results/c/report.html --xlsx
  helpseek report results/c --costs costs.yaml --measure unmet_need --out board.html --csv"""


BUDGET = """\b
Examples:
  helpseek budget workplace --plans leader_training --money 9000 --vary leader_training.reach --costs costs.yaml
  helpseek budget secondary_school --plans peer_leaders stigma_contact --money 5000 --costs costs.yaml
  helpseek budget town --plans screening --money 9000 --vary screening.length=4:26 --set screening.cost.per_week=400"""

SEEDING = """\b
Examples:
  helpseek seeding --people people.csv --ties ties.csv --plan peer_leaders --number 16
  helpseek seeding karate_club --plan peer_leaders --number 3 --out results/whom
  helpseek seeding secondary_school --plan peer_leaders --number 40 --rule random --rule nominated --rule k_core"""


def add(app: typer.Typer) -> None:
    """Put the commands into the command line."""
    app.command(short_help="Compare plans on the same seeds.", cls=several("--plans"), epilog=COMPARE)(compare)
    app.command(short_help="Put a stored result on a page for those who decide.", epilog=REPORT)(report)
    app.command(short_help="Which plan, and how much of it, for this money.", cls=several("--plans"), epilog=BUDGET)(
        budget
    )
    app.command(short_help="Whom to train: rules compared at equal cost.", epilog=SEEDING)(seeding)


def compare(
    words: SettingAlone = None,
    plans: Plans = None,
    number: Number = 30,
    precision: Annotated[
        float | None,
        typer.Option("--precision", metavar="X", help="Half a 95% interval wanted; --seeds is the first batch."),
    ] = None,
    measure: Measure = None,
    most: Annotated[int, typer.Option("--most-seeds", metavar="N", help="With --precision, the limit.")] = 500,
    uncertainty: Uncertainty = "none",
    weeks: Weeks = None,
    first: First = 1,
    size: Size = None,
    people: People = None,
    ties: Ties = None,
    changes: Changes = None,
    costs: Costs = None,
    out: Out = None,
    force: Force = False,
    persons: Persons = False,
    page: Page = True,
    threads: Threads = None,
    at: Annotated[
        str, typer.Option("--at", metavar="mean|final", help="With --json: all weeks, or the last.")
    ] = "mean",
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Compare plans on the same seeds: paired differences from the first plan, with 95% intervals.

    With --precision, seeds are run until the difference of every plan from the first is known that well in one measure.
    With --uncertainty posterior each seed draws its parameters too, so that intervals hold luck and parameters.
    """
    from sim import cli
    from sim.decisions import doing

    asked = Asked(weeks, size, people, ties, changes or [])
    writing = cli.Writing(out, force, page, quiet, as_json)
    wanted = doing.Comparison(
        alone(words or [], "compare"),
        tuple(plans or []),
        asked,
        seeds(first, number),
        precision,
        measure,
        most,
        costs,
        uncertainty,
    )
    doing.compare(wanted, {"threads": threads, "persons": persons}, writing, at)


def report(
    path: Annotated[str, typer.Argument(metavar="RESULTS", help="The folder of a result of run or compare.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The page.  [default: report.html in the folder]")
    ] = None,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Also a workbook, beside the page.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Also tables as CSV, beside the page.")] = False,
    costs: Costs = None,
    measure: Measure = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Put a stored result on a page for those who decide: one file, to read, to print, or to send."""
    from sim.decisions import reporting

    reporting.report(path, out, xlsx, csv, costs, measure, force, quiet)


def budget(
    words: SettingAlone = None,
    plans: Annotated[
        list[str] | None, typer.Option("--plans", metavar="PLAN...", help="What money may be spent on; a+b are both.")
    ] = None,
    money: Annotated[float | None, typer.Option("--money", metavar="X", help="How much there is; needed.")] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option("--vary", metavar="NAME[=LOW:HIGH]", help="A field of a plan to be set; may be repeated."),
    ] = None,
    measure: Measure = None,
    costs: Costs = None,
    number: Annotated[int, typer.Option("--seeds", metavar="N", min=5, help="Seeds of the first round.")] = 20,
    fresh: Annotated[int, typer.Option("--fresh-seeds", metavar="N", min=5, help="Seeds to judge those left.")] = 100,
    levels: Annotated[int, typer.Option("--levels", metavar="N", min=2, help="Values tried of each field.")] = 8,
    uncertainty: Uncertainty = "none",
    weeks: Weeks = None,
    size: Size = None,
    people: People = None,
    ties: Ties = None,
    changes: Changes = None,
    out: Out = None,
    force: Force = False,
    page: Page = True,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """With this much money: which plan, and how much of it? Costs must be filled in; doing nothing more is one choice.

    All that can be afforded is run on a few seeds; what has no chance drops out; the rest is judged on fresh seeds.
    With --uncertainty posterior each seed draws its parameters too, so that the answer holds luck and parameters.
    """
    from sim import cli
    from sim.decisions import spending

    writing, asked = cli.Writing(out, force, page, quiet, as_json), Asked(weeks, size, people, ties, changes or [])
    wanted = spending.Question(
        alone(words or [], "budget"),
        plans or [],
        asked,
        money,
        vary or [],
        measure or USUAL,
        number,
        fresh,
        levels,
        costs,
        uncertainty,
    )
    spending.budget(wanted, writing)


def seeding(
    setting: Setting = None,
    plan: Annotated[str, typer.Option("--plan", metavar="PLAN", help="The plan that trains people.")] = "peer_leaders",
    chosen: Annotated[int, typer.Option("--number", metavar="K", min=1, help="How many people are trained.")] = 10,
    rules: Annotated[
        list[str] | None,
        typer.Option("--rule", metavar="RULE", help="A rule to compare; may be repeated.  [default: all]"),
    ] = None,
    measure: Measure = None,
    number: Annotated[int, typer.Option("--seeds", metavar="N", min=5, help="Fresh seeds to compare on.")] = 100,
    training: Annotated[
        int, typer.Option("--training-seeds", metavar="N", min=2, help="Seeds on which greedy chooses.")
    ] = 20,
    candidates: Annotated[
        int, typer.Option("--candidates", metavar="N", min=2, help="People among whom greedy chooses.")
    ] = 40,
    intervention: Annotated[
        str | None, typer.Option("--intervention", metavar="NAME", help="Which, if the plan has several.")
    ] = None,
    uncertainty: Uncertainty = "none",
    weeks: Weeks = None,
    size: Size = None,
    people: People = None,
    ties: Ties = None,
    changes: Changes = None,
    out: Out = None,
    force: Force = False,
    page: Page = True,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Whom to train? Rules compared with chance at equal cost, as each chooses equally many.

    nominated, degree, k_core, betweenness and group_spread look at the network; greedy tries people one by one on the
    model, which takes a while, and is judged on other seeds than it chose on. With --uncertainty posterior each seed
    draws its parameters too.
    """
    from sim import cli
    from sim.decisions import choosing

    writing, asked = cli.Writing(out, force, page, quiet, as_json), Asked(weeks, size, people, ties, changes or [])
    wanted = choosing.Question(
        setting, plan, asked, chosen, rules or [], measure or USUAL, number, training, candidates, intervention,
        uncertainty,
    )  # fmt: skip
    choosing.seeding(wanted, writing)
