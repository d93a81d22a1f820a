"""The commands for what matters: sensitivity of outcomes to parameters, and maps of where a community tips."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli_options import (
    Changes,
    Force,
    Json,
    Out,
    People,
    Quiet,
    Setting,
    Size,
    Threads,
    Ties,
    Uncertainty,
    Weeks,
    Words,
)
from sim.cli_words import VERIFIERS, Asked, several

Figures = Annotated[bool, typer.Option("--figures/--no-figures", help="Draw the figures.")]
Ranges = Annotated[
    list[str] | None,
    typer.Option("--range", metavar="NAME=LOW:HIGH", help="Another range for a name; may be repeated."),
]

SENSITIVITY = """\b
Examples:
  helpseek sensitivity training_school usual --method sobol --base 64 --measure unmet_need
  helpseek sensitivity secondary_school peer_leaders --method morris --measure descriptive_norm
  helpseek sensitivity town usual --method sobol --screen 10 --base 128 --measure unmet_need mean_distress
  helpseek sensitivity workplace telehealth --method pawn --parameters care seeking telehealth.reach
  helpseek sensitivity secondary_school usual --method tornado --parameters norms --json
  helpseek sensitivity secondary_school usual --method pawn --base 1024 --uncertainty posterior

Stopped with Ctrl-C, the same command goes on where it was."""

MAP = """\b
Examples:
  helpseek map secondary_school --x peer_leaders.reach --y norms.conformity --measure norm --out results/m
  helpseek map training_school --x cohesion_training.reach --y norms.speaking_stigma --measure expects_approval
  helpseek map secondary_school --plans peer_leaders stigma_contact --x peer_leaders.reach --y stigma_contact.reach
  helpseek map secondary_school --x peer_leaders.reach --y norms.conformity --uncertainty posterior --seeds 24
  helpseek map --resume results/m
  helpseek map town --x norms.conformity --y norms.usual_approval --x-range 1 3 --points 60 --seeds 4"""


def add(app: typer.Typer) -> None:
    """Put the commands into the command line."""
    VERIFIERS.append("sim.exploring.records")
    app.command(
        short_help="Find out what matters for an outcome.", cls=several("--parameters", "--measure"), epilog=SENSITIVITY
    )(sensitivity)
    app.command("map", short_help="Map where a norm takes hold and lasts.", cls=several("--plans"), epilog=MAP)(
        make_map
    )


def sensitivity(
    words: Words = None,
    method: Annotated[
        str, typer.Option("--method", metavar="sobol|morris|pawn|delta|tornado", help="How to find out.")
    ] = "sobol",
    base: Annotated[
        int | None,
        typer.Option("--base", metavar="N", help="Draws.  [default: sobol 64, morris 10, pawn and delta 512]"),
    ] = None,
    measure: Annotated[
        list[str] | None, typer.Option("--measure", metavar="NAME...", help="The outcomes.  [default: unmet_need]")
    ] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option(
            "--parameters",
            metavar="all|NAME...",
            help="What is varied: all one by one, or parameters, mechanisms, fields of the plan."
            "  [default: all; for sobol as mechanisms]",
        ),
    ] = None,
    screen: Annotated[
        int | None,
        typer.Option("--screen", metavar="N", help="First screen all by Morris, and go on with the N largest."),
    ] = None,
    ranges: Ranges = None,
    replicates: Annotated[int, typer.Option("--replicates", metavar="R", min=1, help="Worlds at each point.")] = 2,
    seeds: Annotated[
        str, typer.Option("--seeds", metavar="common|independent", help="The same seeds at each point, or others.")
    ] = "common",
    at: Annotated[
        str, typer.Option("--at", metavar="mean|final|WEEK", help="All weeks, the last, or a week.")
    ] = "mean",
    tornado: Annotated[
        bool, typer.Option("--tornado/--no-tornado", help="Also each parameter alone, low and high.")
    ] = True,
    pairs: Annotated[
        bool | None, typer.Option("--pairs/--no-pairs", help="Sobol's second order.  [default: up to 20 names]")
    ] = None,
    uncertainty: Annotated[
        str,
        typer.Option("--uncertainty", metavar="none|posterior", help="Ranges of the registry, or what the data left."),
    ] = "none",
    weeks: Weeks = None,
    size: Size = None,
    people: People = None,
    ties: Ties = None,
    changes: Changes = None,
    out: Out = None,
    force: Force = False,
    figures: Figures = True,
    workers: Annotated[int | None, typer.Option("--workers", metavar="N", min=1, help="Processes.")] = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Find out what matters for an outcome: which mechanisms or parameters move it, and how much of it is luck.

    Uncertain parameters are varied over their ranges in the registry. There are so many that Sobol's method takes
    mechanisms as wholes, unless names or all are asked for. With --uncertainty posterior what counts is what the data
    left open: pawn and delta take posterior draws as points, the others the middle 90% of each parameter's draws.
    """
    from sim.cli import Writing
    from sim.exploring import doing

    asked = Asked(weeks, size, people, ties, changes or [])
    writing = Writing(out, force, figures, quiet, as_json)
    wanted = doing.Question(
        words or [], method, base, measure or ["unmet_need"], parameters or [], screen, ranges or [],
        replicates, seeds, at, tornado, pairs, workers, uncertainty,
    )  # fmt: skip
    doing.sensitivity(wanted, asked, writing)


def make_map(
    setting: Setting = None,
    x: Annotated[str, typer.Option("--x", metavar="NAME", help="A parameter, or a field of a plan.")] = "",
    y: Annotated[str, typer.Option("--y", metavar="NAME", help="Another.")] = "",
    measure: Annotated[str, typer.Option("--measure", metavar="NAME", help="What is mapped.")] = "norm",
    plans: Annotated[
        list[str] | None,
        typer.Option("--plans", metavar="PLAN...", help="Acting together.  [default: those that x and y name]"),
    ] = None,
    x_range: Annotated[tuple[float, float] | None, typer.Option("--x-range", metavar="LOW HIGH", help="Of x.")] = None,
    y_range: Annotated[tuple[float, float] | None, typer.Option("--y-range", metavar="LOW HIGH", help="Of y.")] = None,
    resume: Annotated[
        Path | None, typer.Option("--resume", metavar="DIR", help="Finish the map that was begun for this folder.")
    ] = None,
    level: Annotated[
        float | None, typer.Option("--level", metavar="V", help="Where the line lies.  [default: the measure's own]")
    ] = None,
    points: Annotated[int, typer.Option("--points", metavar="N", help="Places at most.")] = 90,
    seeds: Annotated[int, typer.Option("--seeds", metavar="N", min=1, help="Worlds at each place and start.")] = 8,
    uncertainty: Uncertainty = "none",
    depth: Annotated[int, typer.Option("--depth", metavar="N", help="How often cells are cut in four.")] = 2,
    weeks: Annotated[int, typer.Option("--weeks", metavar="N", help="Weeks after the start.")] = 156,
    size: Size = None,
    people: People = None,
    ties: Ties = None,
    changes: Changes = None,
    out: Out = None,
    force: Force = False,
    figures: Figures = True,
    threads: Threads = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Map an outcome over two levers, from a start without the norm of seeking help and from one with it.

    Where the two starts end apart, the community has two settled states, and keeps the one it has. With --uncertainty
    posterior each seed draws its parameters too, the levers apart. Stopped or killed, --resume DIR goes on.
    """
    from sim.cli import Writing
    from sim.exploring import mapping

    writing = Writing(out, force, figures, quiet, as_json)
    sides = {"x_range": x_range, "y_range": y_range, "level": level, "points": points, "depth": depth}
    wanted = mapping.Question(setting, x, y, measure, plans or [], seeds, uncertainty, sides)
    if resume:
        mapping.resume(resume, wanted, threads, writing)
    else:
        mapping.make_map(wanted, Asked(weeks, size, people, ties, changes or []), threads, writing)
