"""The page of a comparison, with all that a decision asks for; figures beside it or only within it."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sim import plots, report
from sim.decisions import bill as bills
from sim.decisions import board, equity, pictures, precise, sections
from sim.measures import BY_NAME

if TYPE_CHECKING:
    import pandas as pd

    from sim.results import Results
    from sim.schema import Cost


def written(
    results: "Results",
    figures: Path,
    command: str | None = None,
    costs: "Mapping[str, Cost] | None" = None,
    measure: str | None = None,
) -> str:
    """The page as one HTML text; its figures are drawn into the folder ``figures``."""
    bill = bills.drawn_up(results, costs)
    found = equity.table(results) if len(results.labels) > 1 else None
    drawn, more = plots.every(results), extra(results, found, bill)
    for each in (*drawn, *more):
        plots.save(each.figure, figures / each.name)
    short = [] if found is None else board.paragraphs(results, found, bill, judged_by(results, measure))
    parts = sections.every(results, found, bill, more, figures)
    return report.page(results, drawn, figures, command or results.manifest.get("command"), short, parts)


def extra(results: "Results", found: "pd.DataFrame | None", bill: "bills.Bill") -> list[plots.Drawn]:
    """The figures for a decision between plans."""
    if found is None or len(results.seeds) < 2:
        return []
    made = [pictures.likely_best(results), pictures.who_gains(results, found)]
    made += [pictures.money(results, bill)] if bill.known else []
    return [each for each in made if each is not None]


def judged_by(results: "Results", measure: str | None) -> str:
    """The measure that plans are judged by: the one asked for now, or when they were run, or the usual one."""
    chosen = measure or results.manifest.get("precision", {}).get("measure", precise.MEASURE)
    return chosen if chosen in BY_NAME and BY_NAME[chosen].better else precise.MEASURE


def alone(results: "Results", costs: "Mapping[str, Cost] | None" = None, measure: str | None = None) -> str:
    """The page by itself, its figures within it."""
    with tempfile.TemporaryDirectory() as folder:
        return written(results, Path(folder), costs=costs, measure=measure)
