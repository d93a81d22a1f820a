"""What was asked for, beside what was reached."""

from collections.abc import Callable
from typing import NamedTuple


class Target(NamedTuple):
    """One figure that was asked for."""

    words: str
    limit: float
    at_most: bool
    reached: Callable[[dict], float | None]


def growth(found: dict) -> float | None:
    """Cost of a person-week at ten million people, against a hundred thousand."""
    ns = found["ns_per_person_week"]
    return ns["10000000"] / ns["100000"] if {"10000000", "100000"} <= set(ns) else None


def largest_gigabytes(found: dict) -> float | None:
    """Most memory held while ten million people lived."""
    return found["speed"].get("10000000", {}).get("most_memory_gb")


TARGETS = (
    Target("ns per person-week, 100,000 people", 150, True, lambda f: f["ns_per_person_week"].get("100000")),
    Target("times plain Mesa, 100,000 people", 100, False, lambda f: f["times_mesa"]),
    Target("times mesa.batch_run, small worlds", 150, False, lambda f: f["times_batch_run"]),
    Target("GB for 10,000,000 people", 12, True, largest_gigabytes),
    Target("cost at 10,000,000 against 100,000", 2, True, growth),
    Target("seconds to import sim", 0.5, True, lambda f: f["import_seconds"]["import"]),
    Target("seconds of helpseek --help", 0.5, True, lambda f: f["import_seconds"]["help"]),
)


def compared(found: dict) -> list[dict[str, object]]:
    """Each target with what was reached and whether that meets it; nothing where it was not measured."""
    rows: list[dict[str, object]] = []
    for target in TARGETS:
        reached = target.reached(found)
        met = None if reached is None else (reached <= target.limit if target.at_most else reached >= target.limit)
        rows.append(
            {
                "target": target.words,
                "limit": target.limit,
                "sense": "at most" if target.at_most else "at least",
                "reached": reached,
                "met": met,
            }
        )
    return rows
