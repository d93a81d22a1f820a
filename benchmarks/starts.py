"""(e) Cold starts: how long a new process takes until `helpseek --help` has been printed, or `sim` is imported."""

import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter


def commands() -> dict[str, list[str]]:
    """What is started."""
    installed = next(Path(sys.executable).parent.glob("helpseek*"), None)
    helpseek = [str(installed)] if installed else [sys.executable, "-m", "sim"]
    return {
        "help": [*helpseek, "--help"],
        "import": [sys.executable, "-c", "import sim"],
        "python": [sys.executable, "-c", "pass"],
    }


def starts(times: int) -> dict[str, float | None]:
    """Median seconds of each start, files already in the system's cache; none for what does not start."""
    return {name: start(command, times) for name, command in commands().items()}


def start(command: list[str], times: int) -> float | None:
    """Median seconds from the start of a command to its end, after one start to warm up."""
    taken = []
    for _ in range(times + 1):
        begun = perf_counter()
        done = subprocess.run(command, capture_output=True, check=False)
        taken.append(perf_counter() - begun)
        if done.returncode:
            return None
    return round(median(taken[1:]), 3)
