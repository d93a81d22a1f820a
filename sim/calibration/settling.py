"""One point to stand for all draws: the nearest to the registry at which the emulators agree with the data."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sim.calibration import emulating
from sim.calibration.priors import Prior
from sim.calibration.targets import Target
from sim.params import registry

PULL = 1.0  # misfit of a parameter that moves by a quarter of its range: what it costs to leave the registry's value
REACH = 0.25
ROUNDS = 3  # of coordinate searches


def settled(
    space: Prior, targets: Sequence[Target], emulated: Mapping[str, emulating.Emulator], free: Sequence[str]
) -> pd.DataFrame:
    """The values of ``free`` parameters that fit best, each pulled towards where it was: parameter, before, after.

    All others stay where they are. The search goes along one parameter after another, so that one which the data hardly
    touch hardly moves.
    """
    before = space.unit(np.array([usual(name) for name in space.names]))
    places = space.places(free)

    def cost(points: np.ndarray) -> np.ndarray:
        pull = (((points - before) / REACH) ** 2).sum(axis=1) * PULL
        return emulating.misfit(targets, emulated, points) + pull

    now = before.copy()
    for width in np.geomspace(0.5, 0.05, ROUNDS):
        for place in places:
            steps = np.clip(now[place] + width * np.linspace(-1, 1, 21), 0, 1)
            tried = np.repeat(now[None], len(steps), axis=0)
            tried[:, place] = steps
            now[place] = steps[int(np.argmin(cost(tried)))]
    found = space.scaled(now[None])[0]
    return pd.DataFrame(
        {"parameter": list(free), "before": [usual(name) for name in free], "after": found[places]},
    )


def usual(name: str) -> float:
    """The value that a parameter has now: a setting's own, or the registry's."""
    setting, _, parameter = name.rpartition("/")
    if setting:
        from sim.scenario import resolve

        return float(resolve(setting, ["usual"]).parameters[parameter])
    return registry()[parameter].value
