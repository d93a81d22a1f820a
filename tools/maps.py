"""Draw the maps that come with the program again: `python tools/maps.py`, or with the names of some.

Each says in itself by which command it can be made. They are modest: enough points to see what there is to see.
"""

import sys
from pathlib import Path

from sim.exploring import map_files, map_plots, maps

FOLDER = Path(__file__).resolve().parents[1] / "scenarios" / "maps"

MAPS = {
    "norm_by_peer_leaders": ("secondary_school", "peer_leaders.reach", "norms.conformity", "norm"),
    "approval_by_speaking": ("secondary_school", "norms.conformity", "peer_leaders.speaking", "injunctive_norm"),
    "approval_by_peer_leaders": ("secondary_school", "peer_leaders.reach", "norms.conformity", "injunctive_norm"),
}
POINTS, SEEDS, PEOPLE = 50, 6, 300


def command(setting: str, x: str, y: str, measure: str) -> str:
    """The command that makes a map."""
    size = f"--points {POINTS} --seeds {SEEDS} --size {PEOPLE}"
    return f"helpseek map {setting} --x {x} --y {y} --measure {measure} {size}"


def main(names: list[str]) -> None:
    """Live each map and write its document."""
    FOLDER.mkdir(exist_ok=True)
    for name, asked in MAPS.items():
        if names and name not in names:
            continue
        found = maps.tipping_map(*asked, points=POINTS, seeds=SEEDS, people=PEOPLE)
        map_files.write(map_files.document(found, command(*asked)), FOLDER / f"{name}.json")
        print(f"{name}: {map_plots.in_words(found)}")


if __name__ == "__main__":
    main(sys.argv[1:])
