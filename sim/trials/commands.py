"""The command for trials: run one many times, or ask how large one should be."""

from typing import Annotated

import typer

from sim.cli_options import Changes, First, Force, Json, Out, Page, Quiet, Threads, Uncertainty
from sim.cli_words import BROUGHT, VERIFIERS, Brought, several
from sim.errors import InputError

TRIAL = """\b
Examples:
  helpseek trial wingman_connect_2020 --replicates 100
  helpseek trial wingman_connect_2020 --replicates 100 --json > outcomes.json
  helpseek trial wingman_connect_2020 --power
  helpseek trial stigma_contact_programme --power --clusters 100 200 400 --target 0.9
  helpseek new trial my_trial && helpseek trial my_trial.yaml --replicates 20"""


def add(app: typer.Typer) -> None:
    """Put the command into the command line."""
    BROUGHT["trial"] = Brought("trials", "sim.trials.shipping")
    VERIFIERS.append("sim.trials.shipping")
    app.command(short_help="Run a published trial in silico, or plan one.", cls=several("--clusters"), epilog=TRIAL)(
        trial
    )


def trial(
    name: Annotated[
        str, typer.Argument(metavar="TRIAL", help="A shipped trial's name, or a .yaml file (kind: trial).")
    ],
    replicates: Annotated[
        int, typer.Option("--replicates", metavar="R", min=1, help="How many simulated trials.")
    ] = 100,
    first: First = 1,
    power: Annotated[bool, typer.Option("--power", help="Power by size, and the size for the power wanted.")] = False,
    clusters: Annotated[
        list[int] | None,
        typer.Option("--clusters", metavar="N N...", help="With --power: sizes, in what is randomised."),
    ] = None,
    target: Annotated[float, typer.Option("--target", metavar="P", help="With --power: the power wanted.")] = 0.8,
    uncertainty: Uncertainty = "none",
    changes: Changes = None,
    out: Out = None,
    force: Force = False,
    page: Page = True,
    threads: Threads = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Run a trial many times at its own size, analyse each as its authors did, and set it beside what was published.

    With --power: how likely a trial of some size is to find its effect, and how large it would have to be.
    """
    from sim.trials import doing

    asked = doing.Asked(name, replicates, first, changes or [], uncertainty, threads)
    writing = doing.Writing(out, force, page, quiet, as_json)
    if clusters and not power:
        raise InputError("sizes are for the power of a trial", key="--clusters", allowed="together with --power")
    if power:
        doing.power(asked, clusters, target, writing)
    else:
        doing.trial(asked, writing)
