"""What theory says should follow: not data, and held against the model all the same."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sim.calibration.cohorts import Cohort, watch
from sim.calibration.experiments import at, average
from sim.measures import SERVICE_TALLIES
from sim.people import column
from sim.population import Population, World
from sim.scenario import override, resolve

RELIEF = 1.0  # SD by which private opinion is moved at once
TRAP_WEEKS = 26


def observe(values: Sequence[Mapping[str, float]], seeds: Sequence[Sequence[int]], threads: int = 1) -> pd.DataFrame:
    """The facts of theory for each of ``values``, the mean over its ``seeds``."""
    rows = []
    for point, own in zip(values, seeds, strict=True):
        rows.append({"theory.trap": trap(point, own, threads), "theory.campaign_wait": campaign(point, own, threads)})
    return pd.DataFrame(rows)


def campaign(values: Mapping[str, float], seeds: Sequence[int], threads: int) -> float:
    """Weeks by which a campaign without more places lengthens the expected wait, in the second half-year."""
    changes = {"setting.people": 2000, "weeks": 52}
    plans = [override(resolve("town", [plan]), changes) for plan in ("usual", "awareness_campaign")]
    scenarios = [at(plan, "town", values) for plan in plans]
    population = Population([World(s, seed) for seed in seeds for s in scenarios], 52, 52)
    population.run(52, threads)
    waits = population.output.service[:, 27:, SERVICE_TALLIES.index("expected_wait")].mean(axis=1)
    return float((waits[1::2] - waits[::2]).mean())


def trap(values: Mapping[str, float], seeds: Sequence[int], threads: int) -> float:
    """What is left of the gap between opinion and belief, in silent cohesive groups over silent loose ones.

    Everybody's private opinion is moved at week 0, unseen. Cohesive and loose are the upper and lower third of groups,
    silent the half in which people believe the least in others' approval.
    """
    scenario = at(override(resolve("workplace", ["usual"]), {"weeks": TRAP_WEEKS}), "workplace", values)
    cohorts = watch([World(scenario, seed) for seed in seeds], TRAP_WEEKS, threads, begin=relieved)
    return average([left_over(cohort) for cohort in cohorts])


def relieved(population: Population) -> None:
    """Lower everybody's own stigma at once."""
    for name in ("self_stigma", "stigma_anchor"):
        column(population.state.people, name)[:] -= RELIEF


def left_over(c: Cohort) -> float:
    """Misjudgement left after the weeks as a share of that at first: cohesive silent groups over loose silent ones."""
    group = c.start["group"] - c.start["group"].min()
    count = np.maximum(np.bincount(group), 1)
    present = np.bincount(group) > 0
    gaps = [np.bincount(group, weights=misjudged(c, week)) / count for week in (0, c.weeks)]
    believed = np.bincount(group, weights=c.weekly["injunctive_norm"][0].astype(float)) / count
    cohesion = np.bincount(group, weights=c.cohesion) / count
    silent = present & (believed <= np.median(believed[present]))
    low, high = np.quantile(cohesion[silent], [1 / 3, 2 / 3])
    cohesive, loose = (
        gaps[1][silent & side].mean() / gaps[0][silent & side].mean() for side in (cohesion >= high, cohesion <= low)
    )
    return float(cohesive / loose) if loose > 0 else float("nan")


def misjudged(c: Cohort, week: int) -> np.ndarray:
    """For each person how much readier she would be to speak of it privately than she believes others to be."""
    p = c.parameters
    ready = p["norms_speaking_intercept"] - p["norms_speaking_stigma"] * c.weekly["self_stigma"][week].astype(float)
    return 1.0 / (1.0 + np.exp(-ready)) - (1.0 + c.weekly["injunctive_norm"][week].astype(float)) / 2.0
