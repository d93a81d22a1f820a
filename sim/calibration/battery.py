"""All facts that take part in fitting, at any number of parameter points."""

from collections.abc import Mapping, Sequence

import pandas as pd

from sim.calibration import experiments, trial_facts


def battery(values: Sequence[Mapping[str, float]], seeds: Sequence[int]) -> pd.DataFrame:
    """Every fact that takes part in fitting, a row for each of ``values``; each lives with its own seed."""
    seen = experiments.observe(values, [[seed] for seed in seeds])
    tried = trial_facts.observe(values, [[seed] for seed in seeds])
    return pd.concat([seen, tried], axis=1)
