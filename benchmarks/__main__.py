"""`python -m benchmarks`: measure, write benchmarks/latest.json, print the tables."""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from benchmarks import machine
from benchmarks.bounds import bounds
from benchmarks.callers import callers
from benchmarks.extent import EXTENTS, Extent
from benchmarks.memory import memory
from benchmarks.peers import against_batch_run, against_mesa
from benchmarks.processes import breakdown
from benchmarks.speed import speed, with_plans
from benchmarks.starts import starts
from benchmarks.table import show
from benchmarks.targets import compared
from benchmarks.timing import be_patient, load
from benchmarks.town import towns
from sim.engine import LARGE

LATEST = Path(__file__).parent / "latest.json"
SPARE = 1.15  # as much memory as was needed for each person at a smaller size, and a little more


def measure(extent: Extent, say=print) -> dict:
    """Everything of one extent, as it is written down."""
    found: dict = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "extent": extent.name,
        "machine": machine.describe(),
        "load": {"before": load()},
    }
    say("cold starts")
    found["import_seconds"] = starts(extent.starts)
    say("memory")
    found["memory"] = memory(extent.memory_people)
    found["bytes_per_person"] = found["memory"]["bytes_per_person"]
    say("several callers at once")
    found["callers"] = callers(extent)
    measure_sizes(extent, found, say)
    say("small worlds against mesa.batch_run")
    found["batch_run"] = against_batch_run(extent)
    found["times_batch_run"] = found["batch_run"]["times"]
    found["targets"] = compared(found)
    found["load"]["after"] = load()
    return found


def measure_sizes(extent: Extent, found: dict, say) -> None:
    """Speed, and each process by itself, at every size; plain Mesa beside the size that it is compared at."""
    found.update({"ns_per_person_week": {}, "ns_per_person_week_one_thread": {}, "speed": {}, "processes": {}})
    for size in extent.sizes:
        say(f"{size:,} people")
        lacking = lacking_memory(size, found["memory"])
        if lacking:
            say(lacking)
            found["speed"][str(size)] = {"skipped": lacking}
            continue
        row, population = speed(size, extent)
        if size in extent.process_sizes:
            alone = population if population.count == 1 else towns(size, 1, 2)
            alone.run(max(1, alone.week))
            ns = breakdown(alone)
            found["processes"][str(size)] = {"ns": ns, "bounds": bounds(alone, ns)}
        del population
        most = machine.most_resident()
        row["most_memory_gb"] = round(most / 1e9, 2) if most and size >= LARGE else None
        found["speed"][str(size)] = row
        found["ns_per_person_week"][str(size)] = row["ns"]["2"]
        found["ns_per_person_week_one_thread"][str(size)] = row["ns"]["1"]
        if size == extent.compared_people:
            say("plain Mesa, one person at a time")
            found["mesa"] = against_mesa(extent, row["ns"])
            found["times_mesa"] = found["mesa"]["times"]
            found["with_plans"] = with_plans(size, extent)


def lacking_memory(size: int, memory: dict) -> str | None:
    """Why a size is left out, if it is: more memory would be needed than there is."""
    free = machine.available_memory()
    needed = size * memory.get("most_bytes_per_person", 2 * memory["bytes_per_person"]) * SPARE
    if free is None or needed < free:
        return None
    return f"left out: {size:,} people need about {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free"


def write(found: dict, path: Path) -> None:
    """Write the results, whole or not at all."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)


def main() -> int:
    """Measure as asked for; 1 if several callers at once got other bits."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="up to 100,000 people, fewer repeats: a minute or two")
    parser.add_argument("--tiny", action="store_true", help="only to see that it works; the figures mean nothing")
    parser.add_argument(
        "--wait", type=float, default=0.0, metavar="SECONDS",
        help="before each timing, wait up to so long for others to leave the machine alone",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, default=LATEST, help="the file to write (benchmarks/latest.json)")
    asked = parser.parse_args()
    be_patient(asked.wait)
    extent = EXTENTS["tiny" if asked.tiny else "quick" if asked.quick else "full"]
    console, progress = Console(), Console(stderr=True)
    found = measure(extent, lambda words: progress.print(f"[dim]{words}[/dim]"))
    write(found, asked.out)
    show(found, console)
    console.print(f"Written to {asked.out.name}")
    return 0 if found["callers"]["same_bits"] else 1


if __name__ == "__main__":
    sys.exit(main())
