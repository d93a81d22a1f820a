"""What the command report does: a page of a stored result, and tables beside it, each written whole."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim import cli, cli_progress, showing
from sim.decisions.doing import check_measure
from sim.errors import InputError

OURS = '<meta name="generator" content="helpseek">'  # a page that may be replaced by a newer one


def report(
    path: str,
    out: Path | None,
    xlsx: bool,
    csv: bool,
    costs: Path | None,
    measure: str | None,
    force: bool,
    quiet: bool,
) -> None:
    """Write the page of a stored result, and if asked for its tables; nothing is written half."""
    from sim.decisions import page, pricing, sheets
    from sim.results import Results

    check_measure(measure)
    if (Path(path) / cli.ANSWER).is_file():
        message = "this is an answer of budget or seeding, which comes with a page of its own"
        raise InputError(message, file=path, hint=str(Path(path) / "report.html"))
    results = Results.open(path)
    given = None if costs is None else pricing.read(costs)
    target = out or Path(path) / "report.html"
    if target.suffix.lower() not in (".html", ".htm"):
        hint = str(target / "report.html" if target.is_dir() else target.with_suffix(".html"))
        allowed = "a browser prints it, also to PDF"
        raise InputError("a page ends in .html", key="--out", found=str(target), allowed=allowed, hint=hint)
    free(target, force or is_ours(target))
    tables = sheets.tables(results, given) if xlsx or csv else {}
    files = companions(target, tables, xlsx, csv)
    for file in files:
        free(file, force)
    with cli_progress.waiting("drawing", quiet):
        text = page.alone(results, given, measure)
    target.parent.mkdir(parents=True, exist_ok=True)
    for file, write in files.items():
        whole(file, write)
    whole(target, lambda file: file.write_text(text, encoding="utf-8"))
    if not quiet:
        showing.put(showing.console(error=True), *(f"written: {file}" for file in (target, *files)))


def companions(target: Path, tables: dict[str, Any], xlsx: bool, csv: bool) -> dict[Path, Callable[[Path], object]]:
    """The files beside a page, each with what writes it."""
    from sim.decisions import sheets

    made: dict[Path, Callable[[Path], object]] = {}
    if xlsx:
        made[target.with_suffix(".xlsx")] = lambda file: sheets.write_workbook(tables, file)
    for name, frame in tables.items() if csv else ():
        file = target.with_name(f"{target.stem}-{name.replace(' ', '-')}.csv")
        made[file] = lambda file, frame=frame: sheets.write_csv(frame, file)  # type: ignore[misc]
    return made


def free(file: Path, replace: bool) -> None:
    """Refuse a place that is taken."""
    if os.path.lexists(file) and not (replace and file.is_file()):
        raise InputError("there is something here already", file=file, allowed="a new file, or to replace it (--force)")


def is_ours(file: Path) -> bool:
    """Whether a file is a page that this program wrote."""
    try:
        with file.open(encoding="utf-8") as stream:
            return OURS in stream.read(2000)
    except (OSError, UnicodeDecodeError):
        return False


def whole(file: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its place, then rename it: it is there whole, or as it was before."""
    made = file.with_name(f".{file.name[:100]}-{secrets.token_hex(6)}{file.suffix}")
    try:
        write(made)
        os.replace(made, file)
    finally:
        made.unlink(missing_ok=True)
