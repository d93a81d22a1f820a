"""The command line: what can be said, and how it is explained. Everything heavy is imported when a command runs."""

import codecs
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

import sim
from sim.app import commands as page_commands
from sim.calibration import commands as calibration_commands
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
    Size,
    Threads,
    Ties,
    Uncertainty,
    Weeks,
    Words,
)
from sim.cli_words import Asked, Guarded, plain, seeds
from sim.decisions import commands as decision_commands
from sim.exploring import commands as exploring_commands
from sim.sweeps import commands as sweep_commands
from sim.trials import commands as trial_commands

app = typer.Typer(
    name="helpseek",
    cls=Guarded,
    add_completion=False,
    rich_markup_mode=None,  # plain help: quick, and the same on a terminal and in a pipe
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  helpseek list
  helpseek show training_school cohesion_training
  helpseek run secondary_school peer_leaders --weeks 52 --out results/one
  helpseek compare training_school --plans usual cohesion_training --seeds 100
  helpseek report results/one
  helpseek verify results/one

A model to think about communities with. It predicts no one person, and is no medical advice.""",
)

COMMANDS: tuple[ModuleType, ...] = (
    sweep_commands,
    trial_commands,
    exploring_commands,
    decision_commands,
    calibration_commands,
    page_commands,
)


def version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        typer.echo(f"helpseek {sim.__version__}")
        raise typer.Exit


@app.callback()
def helpseek(
    asked: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """When does seeking help become normal in a community, and what makes it so? A simulation to think with."""


@app.command(
    "list",
    short_help="List settings, plans, parameters and measures.",
    epilog="""\b
Examples:
  helpseek list
  helpseek list plans
  helpseek list parameters --json""",
)
def list_shipped(
    what: Annotated[
        str | None, typer.Argument(metavar="[settings|plans|parameters|measures|...]", help="What to list.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List settings, plans, parameters, measures, and what else is shipped: studies, for example."""
    from sim import cli

    cli.list_shipped(what, as_json)


@app.command(
    short_help="Show a scenario before it runs.",
    epilog="""\b
Examples:
  helpseek show training_school cohesion_training
  helpseek show secondary_school peer_leaders --set peer_leaders.reach=0.2
  helpseek show training_school cohesion_training --json""",
)
def show(
    words: Words = None,
    weeks: Weeks = None,
    size: Size = None,
    people: People = None,
    ties: Ties = None,
    changes: Changes = None,
    as_json: Json = False,
) -> None:
    """Show a scenario before it runs: every number with unit and source, every action with its date."""
    from sim import cli

    cli.show(words or [], Asked(weeks, size, people, ties, changes or []), as_json)


@app.command(
    epilog="""\b
Examples:
  helpseek run secondary_school peer_leaders --weeks 52 --seed 1 --out results/one
  helpseek run town awareness_campaign capacity --seeds 20
  helpseek run --people people.csv --ties ties.csv usual --weeks 52
  helpseek run training_school usual --set norms.conformity=2 --size 500""",
)
def run(
    words: Words = None,
    weeks: Weeks = None,
    first: First = 1,
    number: Number = 1,
    size: Size = None,
    people: People = None,
    ties: Ties = None,
    changes: Changes = None,
    out: Out = None,
    force: Force = False,
    persons: Persons = False,
    page: Page = True,
    threads: Threads = None,
    uncertainty: Uncertainty = "none",
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Run one scenario. With --ties it is your own network, and SETTING may be left out."""
    from sim import cli

    live = {"threads": threads, "persons": persons}
    asked = Asked(weeks, size, people, ties, changes or [])
    writing = cli.Writing(out, force, page, quiet, as_json)
    cli.run(words or [], asked, seeds(first, number), live, writing, uncertainty)


@app.command(
    short_help="Run a stored result again, and compare.",
    epilog="""\b
Examples:
  helpseek verify results/one
  helpseek verify results/one --json""",
)
def verify(
    path: Annotated[str, typer.Argument(metavar="DIR", help="The folder of a result.")],
    threads: Threads = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Run a stored result again from its manifest, and compare it to the last bit."""
    from sim import cli

    raise typer.Exit(cli.verify(path, threads, quiet, as_json))


@app.command(
    short_help="Write a setting, plan or study to begin with.",
    epilog="""\b
Examples:
  helpseek new setting my_school
  helpseek new plan student_guides --out plans/student_guides.yaml
  helpseek new study my_study""",
)
def new(
    kind: Annotated[str, typer.Argument(metavar="setting|plan|study|...", help="What to begin.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name: small letters, digits and _.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The file.  [default: NAME.yaml]")] = None,
) -> None:
    """Write a commented setting, plan or study to begin with; nothing is overwritten."""
    from sim import cli

    cli.new(kind, name, out)


@app.command(
    short_help="Print the JSON Schema of a kind of file.",
    epilog="""\b
Examples:
  helpseek schema plan
  helpseek schema setting --out setting.schema.json""",
)
def schema(
    kind: Annotated[str, typer.Argument(metavar="setting|plan|study|...", help="Of which files.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it here; not overwritten.")] = None,
) -> None:
    """Print the JSON Schema of settings, plans or studies, for editors that check and complete as one types."""
    from sim import cli

    cli.schema(kind, out)


# The commands of each part of the package are declared by that part.
for commands in COMMANDS:
    commands.add(app)


def main() -> None:
    """Run the command line."""
    codecs.register_error("plain", plain)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="plain")  # an old terminal may lack a sign; that is no reason to stop
    try:
        app(prog_name="helpseek")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
