"""An answer of the commands budget and seeding: shown, and written down whole."""

import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sim
from sim import cli, cli_progress, showing
from sim.cli_words import Asked

if TYPE_CHECKING:
    import pandas as pd

    from sim.plots import Drawn


@dataclass(frozen=True)
class Written:
    """All of an answer that is written down."""

    kind: str  # budget or seeding
    heading: str
    about: str
    question: str
    said: list[tuple[str, str]]
    table: "pd.DataFrame"
    drawn: "Drawn"
    rows: str  # the table as HTML
    facts: dict[str, Any]
    words: list[str]
    measure: str
    uncertainty: str  # what intervals hold: wording.LUCK, or wording.LUCK_AND_PARAMETERS

    @property
    def command(self) -> str:
        """The command that gives this answer again."""
        return shlex.join(["helpseek", *self.words])


def common(asked: Asked, measure: str, uncertainty: str) -> list[str]:
    """Options that both commands have, as words."""
    drawn = [] if uncertainty == "none" else ["--uncertainty", uncertainty]
    return [*asked.options(), "--measure", measure, *drawn]


class teller:
    """Says how far the search is, on standard error, unless it is to be quiet."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.bar: Any = None

    def __enter__(self) -> Callable[[str], object] | None:
        if self.quiet:
            return None
        if not sim_is_warm():
            showing.put(showing.console(error=True), cli_progress.COMPILING)
        screen = showing.console(error=True)
        if not screen.is_terminal:
            return lambda text: None
        self.bar = screen.status("searching")
        self.bar.__enter__()
        return lambda text: self.bar.update(text)

    def __exit__(self, *about: object) -> None:
        if self.bar is not None:
            self.bar.__exit__(*about)


def sim_is_warm() -> bool:
    """Whether the engine is compiled already."""
    from sim import compiled

    return compiled.is_warm()


def put(written: Written, target: Path, writing: cli.Writing) -> None:
    """Show an answer, and write it into a folder that appears whole or not at all."""
    from sim import storing

    facts = about(written)

    def fill(folder: Path) -> None:
        from sim import plots
        from sim.decisions import leaflet, sheets

        (folder / cli.ANSWER).write_text(json.dumps(showing.finite(facts), indent=1) + "\n", encoding="utf-8")
        sheets.write_csv(written.table, folder / f"{written.kind}.csv")
        if writing.page:
            figures = folder / "figures"
            figures.mkdir()
            plots.save(written.drawn.figure, figures / written.drawn.name)
            (folder / "report.html").write_text(leaflet.page(written, figures), encoding="utf-8")

    storing.write_folder(target, fill, is_answer if writing.force else None)
    if writing.as_json:
        showing.json_out(facts)
    else:
        show(written)
    if not writing.quiet:
        files = [f"{cli.ANSWER}, {written.kind}.csv", *(["report.html, figures/"] if writing.page else [])]
        showing.show_files(str(target), files)


def about(written: Written) -> dict[str, Any]:
    """An answer as plain data."""
    return {
        "program": "help-seeking-norms",
        "kind": written.kind,
        "version": sim.__version__,
        "command": written.command,
        "measure": written.measure,
        "uncertainty": written.uncertainty,
        "question": written.question,
        "answer": dict(written.said),
        **written.facts,
        "rows": written.table.to_dict("records"),
    }


def is_answer(folder: Path) -> bool:
    """Whether a folder holds an answer of this kind."""
    try:
        return bool(json.loads((folder / cli.ANSWER).read_text(encoding="utf-8"))["program"] == "help-seeking-norms")
    except (OSError, ValueError, KeyError, TypeError):
        return False


def show(written: Written) -> None:
    """The answer on the screen."""
    screen = showing.console()
    showing.put(screen, "", written.heading, style="bold")
    showing.put(screen, written.question)
    for heading, text in written.said:
        showing.put(screen, "", f"{heading}. {text}")
