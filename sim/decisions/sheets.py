"""Tables for a spreadsheet: one workbook, or a file of CSV each; no text in them can be taken for a formula."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim import claims, report, wording
from sim.decisions import bill as bills
from sim.decisions import board, comparisons, equity, page, pricing
from sim.params import registry

if TYPE_CHECKING:
    from sim.results import Results
    from sim.schema import Cost

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # a cell that begins with one may be run
WIDEST = 60  # characters of a column


def tables(results: "Results", costs: "Mapping[str, Cost] | None" = None) -> dict[str, pd.DataFrame]:
    """All tables by name, each with units in its columns or its rows."""
    bill = bills.drawn_up(results, costs)
    made = {"about": about(results, bill), "levels": levels(results)}
    if len(results.labels) > 1:
        made["differences"] = pd.concat(
            [comparisons.table(results, at=at).assign(at=WHEN[at]) for at in ("mean", "final")], ignore_index=True
        )
        made["parts of the people"] = equity.table(results)
        made["who gains more"] = equity.gaps(results)
        if bill.known:
            made["cost of effects"] = cost_of_effects(bill)
    made["unit costs"] = unit_costs(bill)
    made["week by week"] = weekly(results)
    made["numbers behind it"] = numbers(results)
    return {name: labelled(frame) for name, frame in made.items() if len(frame)}


WHEN = {"mean": "all weeks", "final": "last week"}


def labelled(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with a measure's label beside its name."""
    if "measure" not in frame or "measure_label" in frame:
        return frame
    made = frame.copy()
    made.insert(list(made.columns).index("measure") + 1, "measure_label", [wording.said(x).label for x in made.measure])
    return made


def about(results: "Results", bill: bills.Bill) -> pd.DataFrame:
    """What this is, the answer in short, and what must not be read into it."""
    rows = [("What was compared", report.heading(results)), ("Size", report.about(results))]
    if len(results.labels) > 1:
        rows += board.paragraphs(results, equity.table(results), bill, page.judged_by(results, None))
    rows += [("Intervals", wording.HOLDS[results.uncertainty])]
    rows += [("Calibrated", claims.CALIBRATED), ("Not calibrated", claims.NEVER_FITTED)]
    rows += [("Limits", text) for text in claims.ALWAYS]
    rows += [("To repeat", str(results.manifest.get("command") or "helpseek verify FOLDER"))]
    rows += [
        ("Help", "In danger, call your local emergency number. US: call or text 988. Elsewhere: findahelpline.com")
    ]
    return pd.DataFrame(rows, columns=["what", "text"])


def levels(results: "Results") -> pd.DataFrame:
    """Every measure of every plan, over all weeks and in the last."""
    return pd.concat([results.summary(at=at).assign(at=WHEN[at]) for at in ("mean", "final")], ignore_index=True)


def cost_of_effects(bill: bills.Bill) -> pd.DataFrame:
    """What each unit of effect costs."""
    rows = [
        {
            "label": each.label,
            "effect": each.effect.many,
            "meaning": each.effect.meaning,
            "gained": each.gain,
            f"cost_of_one_{bill.currency}": each.ratio.value,
            "low": each.ratio.low,
            "high": each.ratio.high,
            "told": each.ratio.told,
            "in_words": each.said,
        }
        for each in bill.lines
    ]
    return pd.DataFrame(rows)


def unit_costs(bill: bills.Bill) -> pd.DataFrame:
    """What somebody filled in."""
    rows = [
        {"intervention": name, **cost.model_dump(), "source": pricing.source(cost)}
        for name, cost in pricing.sources(bill.scenarios)
    ]
    return pd.DataFrame(rows)


def weekly(results: "Results") -> pd.DataFrame:
    """The mean over seeds of the headline measures, by plan and week."""
    have = [name for name in wording.HEADLINE if name in results.weekly]
    return results.weekly.groupby(["label", "week"], observed=True, sort=False)[have].mean().reset_index()


def numbers(results: "Results") -> pd.DataFrame:
    """The parameters that had a say, with their grades of evidence."""
    rows = []
    for each in claims.used(results):
        values = sorted({scenario.parameters[each.name] for scenario in results.scenarios})
        for value in values:
            rows.append(
                {
                    "name": each.name,
                    "label": each.label,
                    "value": value,
                    "usual": registry()[each.name].value,
                    "low": each.low,
                    "high": each.high,
                    "unit": each.unit,
                    "evidence": each.evidence,
                    "source": ", ".join(each.sources),
                }
            )
    return pd.DataFrame(rows)


def safe(value: Any) -> Any:
    """A cell of CSV: text that a spreadsheet might run gets an apostrophe in front, and stays on one line."""
    if not isinstance(value, str):
        return value
    return ("'" if value.startswith(RISKY) else "") + value.replace("\r", " ").replace("\n", " ")


def write_csv(frame: pd.DataFrame, file: Path) -> None:
    """One table as CSV in UTF-8, with the mark by which spreadsheets know that."""
    made = frame.astype(object).map(safe)
    made.columns = [safe(str(name)) for name in made.columns]
    made.to_csv(file, index=False, encoding="utf-8-sig", lineterminator="\n")


def write_workbook(found: Mapping[str, pd.DataFrame], file: Path) -> None:
    """All tables as one workbook, a sheet each; every text is written as text."""
    import xlsxwriter  # type: ignore[import-untyped]

    settings = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(str(file), settings) as book:
        book.set_properties({"title": "helpseek", "comments": "A simulation to think with; no medical advice."})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        text = book.add_format({"text_wrap": True, "valign": "top"})
        number = book.add_format({"num_format": "#,##0.####", "valign": "top"})
        for name, frame in found.items():
            sheet = book.add_worksheet(name[:31])
            fill(sheet, frame, head, text, number)


def fill(sheet: Any, frame: pd.DataFrame, head: Any, text: Any, number: Any) -> None:
    """One sheet: a head that stays in sight, texts as texts, numbers as numbers, what is not known left empty."""
    for column, name in enumerate(frame.columns):
        sheet.write_string(0, column, str(name).replace("_", " "), head)
        values = frame[name].tolist()
        words = [str(value) for value in values if isinstance(value, str)]
        longest = max([len(str(name)), *(len(each) for each in words)], default=8)
        sheet.set_column(column, column, min(WIDEST, max(9, longest + 1)))
        for row, value in enumerate(values, 1):
            if isinstance(value, str):
                sheet.write_string(row, column, value[:32_000], text)
            elif isinstance(value, bool | np.bool_):
                sheet.write_string(row, column, "yes" if value else "no", text)
            elif isinstance(value, int | float | np.number) and np.isfinite(value):
                sheet.write_number(row, column, float(value), number)
    sheet.freeze_panes(1, 0)
    if len(frame):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
