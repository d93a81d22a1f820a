"""The command that opens the page."""

from typing import Annotated

import typer

Host = Annotated[
    str,
    typer.Option(
        "--host",
        metavar="ADDRESS",
        help="Who may come: 127.0.0.1, this computer only; 0.0.0.0, everybody who can reach it, no password.",
    ),
]
Port = Annotated[int, typer.Option("--port", metavar="N", min=1, max=65535, help="The port to listen on.")]
Sessions = Annotated[int, typer.Option("--sessions", metavar="N", min=1, max=1000, help="Most visitors at a time.")]


def add(app: typer.Typer) -> None:
    """Declare ``helpseek app``."""

    @app.command(
        "app",
        short_help="Open the page: watch a community live.",
        epilog="""\\b
Examples:
  helpseek app
  helpseek app secondary_school peer_leaders --port 8765
  helpseek app --host 0.0.0.0 --sessions 40      # for a class: others on the same network can open it""",
    )
    def open_page(
        words: Annotated[
            list[str] | None, typer.Argument(metavar="SETTING PLAN", help="What to begin with: shipped names.")
        ] = None,
        port: Port = 8765,
        host: Host = "127.0.0.1",
        sessions: Sessions = 60,
        seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="The seed to begin with.")] = 1,
        quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but what goes wrong.")] = False,
    ) -> None:
        """Open the page: watch a community live, with and without a plan. It works without internet."""
        from sim.app.server import serve

        serve(words or [], seed, host, port, sessions, quiet)
