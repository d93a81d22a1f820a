"""What validate and calibrate do, once their words are understood."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from sim import cli_progress, cli_words, showing, storing
from sim.calibration import fitting, identifying, pointing, scorecard, scorecard_page
from sim.calibration.scorecard import DRAWS, QUICK_DRAWS, Scorecard
from sim.cli_words import STOPPED
from sim.errors import InputError
from sim.posterior import UNCERTAINTIES, WEIGHT

if TYPE_CHECKING:
    import pandas as pd

RECORDS = ("id", "statement", "observed", "low", "high", "simulated", "simulated_low", "simulated_high", "met")


def validate(
    draws: int | None,
    quick: bool,
    uncertainty: str,
    seed: int,
    out: Path | None,
    force: bool,
    threads: int | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Make the scorecard, print it, and write it down if there is a folder for it."""
    cli_words.one_of(uncertainty, UNCERTAINTIES, "uncertainty")
    if out is not None:
        storing.check_free(Path(os.path.realpath(out)), out, is_scorecard if force else None)
    number = draws or (QUICK_DRAWS if quick else DRAWS)
    with cli_progress.progress("holding the model against data", quiet, worlds=True) as moved:
        card = scorecard.scored(number, uncertainty, seed, threads or os.cpu_count() or 1, moved, not quick)
    if as_json:
        records = card.rows[[*RECORDS, "used_for", "grade", "source", "why_missed"]].to_dict("records")
        showing.json_out([each | {"uncertainty": card.uncertainty} for each in records])
    else:
        show(card)
    if out is not None:
        command = f"helpseek validate --draws {number} --uncertainty {uncertainty} --seed {seed}"
        save(card, out, force, command)
        if not quiet and not as_json:
            showing.show_files(str(out), sorted(os.listdir(out)))


def is_scorecard(folder: Path) -> bool:
    """Whether a folder holds a scorecard, and so may be replaced by another."""
    return (folder / "scorecard.csv").is_file()


def save(card: Scorecard, out: Path, force: bool, command: str) -> None:
    """Write the scorecard as tables, Markdown, page and figure: all or nothing."""
    from sim import drawing

    date = datetime.now(UTC).date().isoformat()

    def fill(folder: Path) -> None:
        drawn = scorecard_page.figure(card)
        drawing.save(drawn.figure, folder / drawn.name)
        card.rows.to_csv(folder / "scorecard.csv", index=False)
        card.controls.to_csv(folder / "controls.csv", index=False)
        text = scorecard_page.markdown(card, date, figure="scorecard.svg")
        (folder / "scorecard.md").write_text(text, encoding="utf-8")
        page = scorecard_page.page(card, drawn, folder, date, command)
        (folder / "scorecard.html").write_text(page, encoding="utf-8")

    storing.write_folder(out, fill, is_scorecard if force else None)


def show(card: Scorecard) -> None:
    """Print the scorecard."""
    screen = showing.console()
    for used_for, heading in scorecard_page.HEADINGS.items():
        part = card.rows[card.rows["used_for"] == used_for]
        if not len(part):
            continue
        shown = showing.table(heading, ("fact", "observed", "simulated", ""), right=("observed", "simulated"))
        for _, row in part.iterrows():
            observed = f"{scorecard_page.number(row['observed'])} ({scorecard_page.span(row['low'], row['high'])})"
            simulated = scorecard_page.span(row["simulated_low"], row["simulated_high"])
            given = f"{scorecard_page.number(row['simulated'])} ({simulated})"
            shown.add_row(row["statement"], observed, given, scorecard_page.mark(row["met"]))
        screen.print(shown)
    for line in scorecard_page.controlled(card):
        showing.put(screen, f"Off: {line[0]}. {line[1]}: {line[2]}, {line[3]}.")
    showing.put(screen, scorecard.verdict(card), f"Intervals of the model hold {card.uncertainty}.")


def calibrate(
    out: Path | None, resume: Path | None, quick: bool, seed: int, workers: int | None, quiet: bool, as_json: bool
) -> None:
    """Begin a fit or go on with one, and say what came of it."""
    folder = place(out, resume)
    if resume is None:
        fitting.begin(folder, fitting.QUICK if quick else fitting.FULL, seed)
    else:
        fitting.resumed(folder)
    try:
        with cli_progress.progress("fitting", quiet, worlds=True) as moved:
            table = fitting.run(folder, workers or os.cpu_count() or 1, told(moved))
    except KeyboardInterrupt:
        again = f"stopped; what is finished is kept. Go on with: helpseek calibrate --resume {folder}"
        raise cli_words.ended(again, STOPPED) from None
    found = identifying.identified(table)
    found["point"] = found["parameter"].map(pointing.read(folder / fitting.POINT))
    fitting.write(folder / "identified.parquet", found)
    if as_json:
        showing.json_out(found.to_dict("records"))
    else:
        show_fit(table, found, folder)


def place(out: Path | None, resume: Path | None) -> Path:
    """The folder of a fit."""
    if (out is None) == (resume is None):
        allowed = "--out DIR for a new fit, or --resume DIR to go on with one"
        raise InputError("where the fit lies is missing, or said twice", key="--out", allowed=allowed)
    chosen = out if out is not None else resume
    assert chosen is not None
    return chosen


def told(moved: Callable[[int, int], object] | None) -> fitting.Told | None:
    """Progress through a step, as the bar takes it."""
    return None if moved is None else lambda step, done, total: moved(done, total)


def show_fit(table: "pd.DataFrame", found: "pd.DataFrame", folder: Path) -> None:
    """What the data said of the parameters."""
    screen = showing.console()
    moved = found[found["verdict"] != identifying.AS_BEFORE].sort_values("narrowed")
    columns = ("parameter", "range", "mean", "SD", "SD over prior's", "point")
    shown = showing.table("Parameters that the data moved", columns, right=("mean", "SD", "point"))
    for _, row in moved.iterrows():
        cells = (
            f"{row['low']:g} to {row['high']:g}",
            f"{row['mean']:.3g}",
            f"{row['sd']:.2g}",
            f"{row['narrowed']:.2f}",
            "" if isnan(row["point"]) else f"{row['point']:g}",
        )
        shown.add_row(row["parameter"], *cells)
    screen.print(shown)
    for _, pair in identifying.tied(table, moved["parameter"].tolist()).iterrows():
        showing.put(
            screen, f"Hardly told apart: {pair['one']} and {pair['other']} (correlation {pair['correlation']:.2f})"
        )
    weights = table[WEIGHT].to_numpy()
    showing.put(
        screen,
        f"{len(found) - len(moved)} parameters are as before: the data say nothing of them.",
        f"{len(table)} draws, worth {identifying.effective(weights):.0f} of equal weight: {folder / fitting.POSTERIOR}",
        "Point: what fits, of those narrowed, where all else is as the registry has it.",
    )
