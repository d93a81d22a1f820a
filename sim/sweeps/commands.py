"""The commands for studies: sweep, and store check."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli_options import Force, Json
from sim.cli_words import BROUGHT, VERIFIERS, Brought

SWEEP = """\b
Examples:
  helpseek sweep first_sweep --out results/s --workers 2
  helpseek sweep --resume results/s
  helpseek sweep --resume results/s --retry-failed
  helpseek sweep my_study.yaml --uncertainty posterior --out results/u
  helpseek sweep my_study.yaml --out results/d --cluster tcp://127.0.0.1:8786
  helpseek sweep my_study.yaml --out results/big --cluster slurm.yaml --time-limit 600"""

STORE = """\b
Examples:
  helpseek store check results/s"""

CHECK = """\b
Examples:
  helpseek store check results/s
  helpseek store check results/s --json"""


def add(app: typer.Typer) -> None:
    """Put the commands into the command line."""
    BROUGHT["study"] = Brought("studies", "sim.sweeps.files")
    VERIFIERS.append("sim.sweeps.again")
    app.command(short_help="Run a study of any size, here or on a cluster.", epilog=SWEEP)(sweep)
    store = typer.Typer(
        rich_markup_mode=None, no_args_is_help=True, help="Look after the stores of studies.", epilog=STORE
    )
    store.command(short_help="Prove that a store is whole.", epilog=CHECK)(check)
    store.callback()(stores)
    app.add_typer(store, name="store", short_help="Look after the stores of studies: helpseek store check DIR.")


def sweep(
    study: Annotated[
        str | None, typer.Argument(metavar="STUDY", help="A shipped study's name, or a .yaml file (kind: study).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder of the store.  [default: a new one in results/]")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option("--resume", metavar="DIR", help="Finish the study of this store; no STUDY is needed.")
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="With --resume: also live again the worlds that failed.")
    ] = False,
    uncertainty: Annotated[
        str | None,
        typer.Option(
            "--uncertainty",
            metavar="none|posterior",
            help="Parameters as in the registry, or drawn by seed.  [default: as the study's file says]",
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, help="Processes here.  [default: one for each core]")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", metavar="WHERE", help="A Dask scheduler's address or file, or a cluster's .yaml."),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option("--time-limit", metavar="S", min=0.1, help="Seconds for a chunk; then its worker counts as lost."),
    ] = None,
    force: Force = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, and nothing said if all is well.")] = False,
    as_json: Json = False,
) -> None:
    """Run a study: every scenario at every point with every seed, a few measures of each world kept in a store.

    With --uncertainty posterior each seed draws its parameters too, so that differences between seeds hold both luck
    and parameters. Whatever stops it, what is finished is kept, and --resume does the rest. The exit code is 1 if a
    world failed.
    """
    from sim.sweeps import doing

    asked = doing.Asked(
        study, out, resume, retry_failed, uncertainty, workers, cluster, time_limit, force, quiet, as_json
    )
    raise typer.Exit(doing.sweep(asked))


def stores() -> None:
    """Look after the stores of studies."""


def check(
    path: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a store.")], as_json: Json = False
) -> None:
    """Read every chunk of a store and prove it whole: all there, and every value as it was written.

    The exit code is 1 if anything is missing or was changed.
    """
    from sim.sweeps import doing

    raise typer.Exit(doing.check(path, as_json))
