"""The commands that hold the model against data: validate and calibrate."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli_options import First, Json, Quiet, Threads, Uncertainty


def add(app: typer.Typer) -> None:
    """Declare them."""
    app.command(
        short_help="Hold the model against what was observed.",
        epilog="""\b
Examples:
  helpseek validate
  helpseek validate --quick
  helpseek validate --out results/scorecard --json""",
    )(validate)
    app.command(
        short_help="Fit the model's parameters to what was observed.",
        epilog="""\b
Examples:
  helpseek calibrate --quick --out results/fit
  helpseek calibrate --resume results/fit
  helpseek calibrate --out results/full        # the run that made the shipped posterior; an hour on two cores""",
    )(calibrate)


def validate(
    draws: Annotated[int | None, typer.Option("--draws", metavar="N", min=1, help="Parameter draws.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Few draws and no controls: a minute.")] = False,
    uncertainty: Uncertainty = "posterior",
    seed: First = 1,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write table, page and figure into this folder.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there already.")] = False,
    threads: Threads = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Hold the model against every fact: observed, simulated, met or missed, fitted or held out; misses stay."""
    from sim.calibration import doing

    doing.validate(draws, quick, uncertainty, seed, out, force, threads, quiet, as_json)


def calibrate(
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="A new folder for the fit.")] = None,
    resume: Annotated[
        Path | None, typer.Option("--resume", metavar="DIR", help="Go on with a fit that was begun; nothing is lost.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A small fit, to see how it goes: minutes, not an hour.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="The seed.")] = 1,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, help="Processes.  [default: all cores]")
    ] = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Fit the uncertain parameters: screening, waves with emulators, weighted draws of what agrees with the data."""
    from sim.calibration import doing

    doing.calibrate(out, resume, quick, seed, workers, quiet, as_json)
