"""The ledger: every number of the model with source and grade, every fact that it is held against, every source."""

from collections import Counter
from collections.abc import Sequence

from sim.calibration.targets import targets
from sim.params import GRADES, groups, references, registry

SAYS = (
    "Every number that the model rests on, with its source and how well it is known. Written from the registry by "
    "`python tools/tables.py`; do not edit it by hand. Most sources were read as abstracts only; "
    "each source's note says what was read. A grade says how well a figure is known, not how good the study was."
)


def markdown() -> str:
    """The whole ledger."""
    lines = ["# The ledger of evidence", "", SAYS, "", *counted(), ""]
    for group, members in groups().items():
        lines += [f"## {group.replace('_', ' ').capitalize()}", "", *numbers(members), ""]
    lines += ["## What the model is held against", "", *facts(), "", "## Sources", "", *sources(), ""]
    return "\n".join(lines)


def counted() -> list[str]:
    """How many numbers and facts there are of each grade."""
    numbers, facts = Counter(each.evidence for each in registry().values()), Counter(each.grade for each in targets())
    rows = [
        (grade.replace("_", "-"), meaning, str(numbers[grade]), str(facts[grade])) for grade, meaning in GRADES.items()
    ]
    rows.append(("all", "", str(sum(numbers.values())), str(sum(facts.values()))))
    return table(("grade", "meaning", "numbers", "facts"), rows)


def numbers(members) -> list[str]:
    """The numbers of one group."""
    rows = [
        (
            f"`{each.name}`",
            f"{each.value:g} {each.unit} ({each.low:g} to {each.high:g})",
            each.evidence.replace("_", "-"),
            ", ".join(each.sources) or "assumed",
            each.why,
        )
        for each in members
    ]
    return table(("number", "value (range)", "grade", "source", "why"), rows)


def facts() -> list[str]:
    """The facts."""
    rows = [
        (
            each.statement,
            f"{each.value:g} ({each.low:g} to {each.high:g}, {each.interval})",
            each.used_for.replace("_", " "),
            each.grade.replace("_", "-"),
            each.source,
            each.note,
        )
        for each in targets()
    ]
    return table(("fact", "observed", "used for", "grade", "source", "note"), rows)


def sources() -> list[str]:
    """The sources, each with what was read of it."""
    return [f"- `{key}`: {each}" for key, each in references().items()]


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """A Markdown table as lines."""
    lines = [head, ("---",) * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in lines]
