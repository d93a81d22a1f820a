"""Any of the facts, wherever it is looked for: communities, trials and theory behind one door."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pandas as pd

from sim.calibration import experiments, theories, trial_facts
from sim.calibration.targets import Target

Progress = Callable[[int, int], object]  # pieces of work done, and their number in all
Values = Sequence[Mapping[str, float]]
Seeds = Sequence[Sequence[int]]
THEORIES = ("theory.trap", "theory.campaign_wait")


def observe(
    values: Values,
    seeds: Seeds,
    wanted: Sequence[Target],
    threads: int = 1,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """The facts of ``wanted`` for each of ``values``, the mean over its own ``seeds``: a row each, a column a fact."""
    facts = {target.fact for target in wanted}
    work: list[Callable[[Values, Seeds], pd.DataFrame]] = []
    for together in experiments.shared_worlds((*experiments.EXPERIMENTS, *experiments.ONLY_SHOWN)):
        if any(each.shows(facts) for each in together):
            work.append(partial(experiments.observe, experiments=together, threads=threads))
    for trial in (*trial_facts.TRIALS, *trial_facts.ONLY_SHOWN):
        if facts & {*trial.facts, *trial.errors}:
            work.append(partial(trial_facts.observe, trials=[trial], threads=threads))
    if facts & set(THEORIES):
        work.append(partial(theories.observe, threads=threads))
    parts = [slice(k, k + 4) for k in range(0, len(values), 4)]
    columns = []
    for number, each in enumerate(work):
        made = []
        for k, part in enumerate(parts):
            if progress:
                progress(number * len(parts) + k, len(work) * len(parts))
            made.append(each(values[part], seeds[part]))
        columns.append(pd.concat(made, ignore_index=True))
    if progress:
        progress(len(work) * len(parts), len(work) * len(parts))
    found = pd.concat(columns, axis=1)
    return found[list(dict.fromkeys(target.fact for target in wanted))]
