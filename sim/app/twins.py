"""How two lives with the same luck came to differ: who asked that would not have, who earlier, later or no more."""

from typing import Any, NamedTuple

import numpy as np

from sim.app.community import WITH, WITHOUT
from sim.app.diary import read
from sim.people import SOURCE_NAMES

# What differs, in the order in which it is shown; 0 is nothing
SAME, ONLY_WITH, EARLIER, LATER, ONLY_WITHOUT, OTHER = range(6)
NAMES = ("same", "only_with", "earlier", "later", "only_without", "other")
NEVER = np.iinfo(np.int32).max


class Compared(NamedTuple):
    """One entry for each person, over all weeks from 1 on."""

    kind: np.ndarray  # uint8: SAME to OTHER
    first: np.ndarray  # int32 (2, people): the week in which she first asked, or NEVER
    asks: np.ndarray  # int64 (2, people): weeks in which she asked
    in_need: np.ndarray  # int64 (2, people): weeks in need


def compared(pages: np.ndarray) -> Compared:
    """Compare everybody's weeks in the two worlds; ``pages`` are a diary's, the beginning first."""
    lived = pages[1:]
    asked = read(lived, "asked") > 0
    if len(lived):
        first = np.where(asked.any(axis=0), asked.argmax(axis=0) + 1, NEVER).astype(np.int32)
    else:
        first = np.full(pages.shape[1::2], NEVER, np.int32)
    asks = asked.sum(axis=0)
    in_need = read(lived, "in_need").astype(bool).sum(axis=0)
    kind = np.zeros(pages.shape[-1], np.uint8)
    kind[(asks[WITH] != asks[WITHOUT]) | (in_need[WITH] != in_need[WITHOUT])] = OTHER
    both = (first != NEVER).all(axis=0)
    kind[both & (first[WITH] < first[WITHOUT])] = EARLIER
    kind[both & (first[WITH] > first[WITHOUT])] = LATER
    kind[(first[WITH] != NEVER) & (first[WITHOUT] == NEVER)] = ONLY_WITH
    kind[(first[WITH] == NEVER) & (first[WITHOUT] != NEVER)] = ONLY_WITHOUT
    return Compared(kind, first, asks, in_need)


def stories(pages: np.ndarray, found: Compared, most: int = 24) -> list[dict[str, Any]]:
    """The lives that differ in asking, told in a few numbers, those first who asked only with the plan."""
    order = (ONLY_WITH, ONLY_WITHOUT, EARLIER, LATER)
    rows = [int(row) for kind in order for row in np.flatnonzero(found.kind == kind)][:most]
    asked = read(pages, "asked")

    def first(world: int, row: int) -> tuple[int | None, str]:
        week = int(found.first[world, row])
        return (None, "none") if week == NEVER else (week, SOURCE_NAMES[int(asked[week, world, row])])

    made = []
    for row in rows:
        (week, source), (other_week, other_source) = first(WITH, row), first(WITHOUT, row)
        made.append(
            {
                "number": row + 1,
                "kind": NAMES[int(found.kind[row])],
                "week_with": week,
                "source_with": source,
                "week_without": other_week,
                "source_without": other_source,
            }
        )
    return made


def counted(found: Compared) -> dict[str, int]:
    """How many people are of each kind, and the sums over everybody in both worlds."""
    counts = {name: int(np.count_nonzero(found.kind == code)) for code, name in enumerate(NAMES)}
    for name, each in (("asks", found.asks), ("weeks_in_need", found.in_need)):
        counts |= {f"{name}_with": int(each[WITH].sum()), f"{name}_without": int(each[WITHOUT].sum())}
    return counts
