"""The point that stands for a fit: what the data narrowed where it fits, all else as the registry has it.

Draws spread what the data left alone over its whole range, so the middle of the draws is no community that fits: each
parameter that the data narrowed makes up for others. The point holds those others at what the evidence says of them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from sim.calibration import emulating, sampling
from sim.calibration.priors import Prior
from sim.calibration.targets import Target
from sim.errors import InputError

POINT_FILE = Path(__file__).with_name("point.json")
LIVED = 96  # points near it that are lived, so that emulators know the place well
DRAWN = 1000  # draws whose mean it is
DIGITS = 2  # of its values: more would claim what no fit of this kind knows


def shipped() -> dict[str, float]:
    """The point that the registry, and settings of their own, are set to: that of the fit whose draws are shipped."""
    return read(POINT_FILE)


def read(file: Path) -> dict[str, float]:
    """A point that was written down: a value for each parameter that the data narrowed."""
    try:
        found: dict[str, float] = json.loads(file.read_text(encoding="utf-8"))
        return {name: float(value) for name, value in found.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        allowed = "a point as the fit wrote it; take it away, and --resume makes it again"
        raise InputError("this point cannot be read", file=file, found=str(error), allowed=allowed) from None


def near(
    targets: Sequence[Target],
    emulated: Mapping[str, emulating.Emulator],
    centre: np.ndarray,
    narrowed: Sequence[int],
    known: np.ndarray,
    number: int,
    seed: int,
    progress: Callable[[int, int], object] | None = None,
) -> np.ndarray:
    """Points of the unit cube where emulators agree with the data, all but the columns ``narrowed`` held at ``centre``.

    The walk sets out from the best of ``known`` (points, parameters), with their other columns held as well.
    """
    narrowed = list(narrowed)

    def whole(some: np.ndarray) -> np.ndarray:
        points = np.tile(centre, (len(some), 1))
        points[:, narrowed] = some
        return points

    def misfit(some: np.ndarray) -> np.ndarray:
        return emulating.misfit(targets, emulated, whole(some))

    seen = known[:, narrowed]
    start = seen[np.argsort(misfit(seen), kind="stable")]
    return whole(sampling.draws(misfit, start, number, seed, progress))


def middle(space: Prior, points: np.ndarray, narrowed: Sequence[int]) -> dict[str, float]:
    """The mean of points of the unit cube in the columns ``narrowed``, by name and rounded."""
    values = space.scaled(points.mean(axis=0, keepdims=True))[0]
    return {space.names[place]: rounded(float(values[place])) for place in narrowed}


def rounded(value: float) -> float:
    """A value with as many digits as a point has, and one more where the first is 1, so that steps are alike."""
    leading = f"{abs(value):e}"[0] == "1"
    return float(f"{value:.{DIGITS + leading}g}")
