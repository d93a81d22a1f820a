"""Options that several commands share, each written once: its name, its type, its help."""

from pathlib import Path
from typing import Annotated

import typer

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="SETTING PLAN", help="Names, or .yaml files; several plans act together."),
]
Setting = Annotated[str | None, typer.Argument(metavar="SETTING", help="A name, or a .yaml file.")]
SettingAlone = Annotated[list[str] | None, typer.Argument(metavar="SETTING", help="A name, or a .yaml file.")]
Number = Annotated[int, typer.Option("--seeds", metavar="N", help="How many seeds, from --seed on.")]
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output, for scripts.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, and no list of the files written.")]
Weeks = Annotated[int | None, typer.Option("--weeks", metavar="N", help="Weeks to simulate.  [default: the setting's]")]
Size = Annotated[int | None, typer.Option("--size", metavar="N", help="Number of members.  [default: the setting's]")]
People = Annotated[
    str | None, typer.Option("--people", metavar="FILE", help="Your own people: a table with id, and group and role.")
]
Ties = Annotated[
    str | None,
    typer.Option("--ties", metavar="FILE", help="Your own ties: a table with source and target, or a graph."),
]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Change a parameter or a plan's field; may be repeated."),
]
First = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="The first seed.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Folder for the results.  [default: a new one in results/]")
]
Force = Annotated[bool, typer.Option("--force", help="Replace results that are there already.")]
Threads = Annotated[
    int | None,
    typer.Option(
        "--threads", metavar="N", min=1, help="Threads; the results do not depend on it.  [default: all cores]"
    ),
]
Persons = Annotated[bool, typer.Option("--persons", help="Also keep everybody's state in the last week.")]
Uncertainty = Annotated[
    str,
    typer.Option(
        "--uncertainty", metavar="none|posterior", help="Parameters as in the registry, or drawn with each seed."
    ),
]
Page = Annotated[bool, typer.Option("--figures/--no-figures", help="Draw the figures and write the page.")]
