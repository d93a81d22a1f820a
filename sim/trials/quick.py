"""Estimates fast enough to fit parameters with: everybody seen in every arm under the same luck, and no errors."""

from collections.abc import Sequence

import pandas as pd

from sim.files import Loaded
from sim.trials import analysing, living
from sim.trials.living import Pair, Progress
from sim.trials.schema import TrialFile


def quick(
    trial: Loaded[TrialFile] | str,
    pairs: Sequence[Pair],
    *,
    mirrored: bool = True,
    threads: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Estimates of every outcome for pairs of a seed and changed values: replicate, key, outcome, week, estimate.

    Estimates are on the scale of the analysis: SD for ``smd`` and ``gain``, logarithms for ratios, shares for shares.
    They are what the full analysis estimates, under independence within clusters, so without any standard error.
    ``mirrored`` (where arms have equal shares) lives each trial once for each turn of its arms.
    """
    from sim.trials import files

    found = files.load(trial) if isinstance(trial, str) else trial
    data = living.simulate(found, pairs, mirrored=mirrored, threads=threads, progress=progress)
    return analysing.analyse(data, quick=True)[["replicate", "key", "outcome", "week", "estimate"]]
