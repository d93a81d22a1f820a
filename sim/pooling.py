"""Measures out of tallies: sums over subgroups, weeks and windows first, and one division last.

Sums are taken one term after another in a fixed order, never by a library's choice, so that a measure has the same bits
whatever other worlds were worked out beside it.
"""

import math
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from sim.measures import CENSUS_TALLIES, MEASURES, ONCE, SERVICE_TALLIES, TALLIES, TOTALS, Measure, terms_of

COLUMNS = (*TALLIES, *CENSUS_TALLIES, *SERVICE_TALLIES, "worlds")
PLACE = {name: place for place, name in enumerate(COLUMNS)}
OF_WORLDS = frozenset((*SERVICE_TALLIES, "worlds"))  # known of a whole world only, not of its subgroups


def ledger(tallies: np.ndarray, census: np.ndarray, service: np.ndarray) -> np.ndarray:
    """All tallies of each world and week, subgroups summed up: (worlds, weeks + 1, COLUMNS)."""
    worlds, weeks = tallies.shape[:2]
    made = np.zeros((worlds, weeks, len(COLUMNS)))
    counted = len(TALLIES) + len(CENSUS_TALLIES)
    for subgroup in range(tallies.shape[2]):
        made[:, :, : len(TALLIES)] += tallies[:, :, subgroup]
        made[:, :, len(TALLIES) : counted] += census[:, :, subgroup]
    made[:, :, counted:-1] = service
    made[:, :, -1] = 1.0
    return made


def windowed(sums: np.ndarray, window: int) -> np.ndarray:
    """For each week the sum over the ``window`` weeks up to it, from week 1 on; week 0 stands alone."""
    made = sums.copy()
    for back in range(1, min(window, sums.shape[1] - 1)):
        made[:, 1 + back :] += sums[:, 1:-back]
    return made


def whole_run(sums: np.ndarray) -> np.ndarray:
    """The sum over the weeks 1 to the last, a week without a network count adding nothing: (worlds, COLUMNS)."""
    made = np.zeros((sums.shape[0], sums.shape[2]))
    for week in range(1, sums.shape[1]):
        made += np.where(np.isnan(sums[:, week]), 0.0, sums[:, week])
    return made


def total(expression: str, column: Callable[[str], np.ndarray]) -> np.ndarray:
    """The value of a sum such as ``moderate + 0.5 people``; ``column`` gives a tally by its name."""
    (name, factor), *rest = terms_of(expression)
    made = factor * column(name)
    for name, factor in rest:
        made = made + factor * column(name)
    return made


def ratio(measure: Measure, column: Callable[[str], np.ndarray]) -> np.ndarray:
    """A measure out of sums of tallies; not a number where the denominator is nothing."""
    above = total(measure.numerator, column)
    if measure.denominator == ONCE:
        return measure.scale * above
    below = total(measure.denominator, column)
    made = np.full(np.shape(above), np.nan)
    np.divide(above, below, out=made, where=below > 0)
    return measure.scale * made


def ratios(measures: Iterable[Measure], sums: np.ndarray) -> dict[str, np.ndarray]:
    """Measures by name out of an array whose last axis is COLUMNS."""
    return {measure.name: ratio(measure, lambda name: sums[..., PLACE[name]]) for measure in measures}


def weekly(sums: np.ndarray, window: int) -> dict[str, np.ndarray]:
    """Every measure in every week: (worlds, weeks + 1) each."""
    in_window = windowed(sums, window)
    this_week = ratios([measure for measure in MEASURES if measure.weeks == 1], sums)
    over_weeks = ratios([measure for measure in MEASURES if measure.weeks == 0], in_window)
    made = this_week | over_weeks
    return {measure.name: made[measure.name] for measure in MEASURES}


def over_run(sums: np.ndarray) -> dict[str, np.ndarray]:
    """Every measure pooled over the whole run, and every sum over it: (worlds) each."""
    return ratios((*MEASURES, *TOTALS), whole_run(sums))


def tallies_in(measure: Measure) -> list[str]:
    """The tallies that a measure is made of."""
    below = [] if measure.denominator == ONCE else terms_of(measure.denominator)
    return [name for name, _ in (*terms_of(measure.numerator), *below)] if measure.numerator else []


def by_subgroup(measure: Measure) -> bool:
    """Whether a measure can be told for a part of a world's people."""
    return bool(measure.numerator) and not OF_WORLDS.intersection(tallies_in(measure))


def window_of(parameters: Mapping[str, float]) -> int:
    """The criterion's window in whole weeks."""
    return max(1, math.floor(parameters["norms.criterion_window"]))
