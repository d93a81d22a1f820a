"""Write docs/evidence.md, and the tables of docs/model.md, from the declarations that they repeat.

Run by `python tools/tables.py`.

A table stands between `<!-- begin: name -->` and `<!-- end: name -->`. With `--check` nothing is written, and the exit
code says whether anything would change.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path

from sim.calibration import ledger
from sim.measures import COST, MEASURES, NORM, TOTALS
from sim.params import groups
from sim.people import FIELDS
from sim.rules import PROCESSES, kinds

MODEL = Path(__file__).resolve().parents[1] / "docs" / "model.md"
LEDGER = MODEL.with_name("evidence.md")
MARKED = re.compile(r"(<!-- begin: ([a-z ]+) -->\n).*?(<!-- end: \2 -->)", re.DOTALL)


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n" + "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in lines) + "\n"


def fields() -> str:
    """What a person's state is."""
    rows = [(f"`{field.name}`", field.unit, field.meaning) for field in FIELDS]
    return table(("state", "unit", "meaning"), rows)


def measures() -> str:
    """What is reported."""
    every = (*MEASURES, *TOTALS, COST, NORM)
    rows = [(f"`{each.name}`", each.label, each.unit, each.meaning, each.better or "depends") for each in every]
    return table(("measure", "label", "unit", "meaning", "better if"), rows)


def parameters(group: str) -> str:
    """The numbers of one process."""
    rows = []
    for each in groups()[group]:
        value = f"{each.value:g} {each.unit}" + ("" if each.kind == "uncertain" else f" ({each.kind})")
        sources = ": " + ", ".join(each.sources) if each.sources else ""
        rows.append((f"`{each.name}`", each.label, value, f"{each.low:g} to {each.high:g}", each.evidence + sources))
    return table(("parameter", "label", "value", "range", "evidence"), rows)


def interventions() -> str:
    """What each kind of intervention adds to."""
    rows = []
    for kind, handles in kinds().items():
        for each in handles.values():
            sources = ": " + ", ".join(each.sources) if each.sources else ""
            rows.append((f"`{kind}`", f"`{each.name}`", f"{each.value:g} {each.unit}", each.evidence + sources))
    return table(("kind", "adds to", "amount at full strength", "evidence"), rows)


TABLES: dict[str, Callable[[], str]] = {"fields": fields, "measures": measures, "interventions": interventions}
TABLES |= {f"parameters {group}": (lambda group=group: parameters(group)) for group in PROCESSES}


def written(text: str) -> str:
    """The text with every table as it should be; a table that is missing, or one too many, is an error."""
    found = [name for _, name, _ in MARKED.findall(text)]
    if sorted(found) != sorted(TABLES):
        raise ValueError(f"tables in {MODEL.name}: {sorted(found)}; there should be {sorted(TABLES)}")
    return MARKED.sub(lambda match: match[1] + TABLES[match[2]]() + match[3], text)


if __name__ == "__main__":
    after = {MODEL: written(MODEL.read_text(encoding="utf-8")), LEDGER: ledger.markdown()}
    if "--check" in sys.argv:
        sys.exit(any(file.read_text(encoding="utf-8") != text for file, text in after.items()))
    for file, text in after.items():
        file.write_text(text, encoding="utf-8")
