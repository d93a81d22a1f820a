"""Which parameters move which facts: Morris's elementary effects over all of them, luck held fixed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.calibration.priors import Prior
from sim.calibration.targets import Target

LEVELS = 6  # of the grid on which trajectories walk
MATTERS = 0.25  # of a fact's half interval, moved by a parameter's whole range
MOST_INPUTS = 10  # parameters that one fact's emulator may use


def design(prior: Prior, trajectories: int, seed: int) -> np.ndarray:
    """Points in the unit cube, (trajectories * (parameters + 1), parameters), each one step from the one before."""
    from SALib.sample import morris

    return np.asarray(morris.sample(problem(prior), trajectories, num_levels=LEVELS, seed=seed))


def problem(prior: Prior) -> dict:
    """The unit cube as SALib knows it."""
    count = len(prior.names)
    return {"num_vars": count, "names": list(prior.names), "bounds": [[0.0, 1.0]] * count}


def effects(prior: Prior, points: np.ndarray, facts: pd.DataFrame, targets: Sequence[Target]) -> pd.DataFrame:
    """How far each parameter moves each fact: a row a parameter, a column a fact.

    The unit is half the fact's interval: 1 means that the parameter's range moves the model from the middle of what was
    observed to its edge. Means of absolute elementary effects (mu star).
    """
    from SALib.analyze import morris

    found = {}
    for target in targets:
        values = filled(target.bounded(facts[target.fact].to_numpy(float)))
        moved = morris.analyze(problem(prior), points, values, num_levels=LEVELS, num_resamples=2, seed=1)
        found[target.id] = np.nan_to_num(np.asarray(moved["mu_star"], float)) / ((target.high - target.low) / 2)
    return pd.DataFrame(found, index=pd.Index(prior.names, name="parameter"))


def filled(values: np.ndarray) -> np.ndarray:
    """Values with what is missing replaced by the median, which moves nothing."""
    known = np.isfinite(values)
    return np.where(known, values, np.median(values[known]) if known.any() else 0.0)


def inputs(moved: pd.DataFrame) -> dict[str, list[str]]:
    """For each fact the parameters that matter to it, the strongest first; at least two."""
    chosen = {}
    for name in moved:
        ranked = moved[name].sort_values(ascending=False, kind="stable")
        strong = ranked.index[ranked >= MATTERS].tolist()
        chosen[str(name)] = (strong if len(strong) >= 2 else ranked.index[:2].tolist())[:MOST_INPUTS]
    return chosen


def kept(chosen: dict[str, list[str]], prior: Prior) -> list[str]:
    """Every parameter that matters to some fact, in the prior's order."""
    wanted = {name for names in chosen.values() for name in names}
    return [name for name in prior.names if name in wanted]
