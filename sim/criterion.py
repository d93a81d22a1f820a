"""Whether help-seeking became a norm: most expect it of others and approve, most in need do it, and it lasts.

The verdict has three answers. A run that ends before the criterion could be met, or failed, tells nothing.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from sim.schema import Scenario

SHARES = (0.4, 0.5, 0.6)  # with WEEKS, under which the verdict's sensitivity is reported
WEEKS = (6, 12, 26)
YES, NO, UNKNOWN = 1, 0, -1


class Verdicts(NamedTuple):
    """One entry for each world."""

    norm: np.ndarray  # YES, NO, or UNKNOWN: it cannot be told
    longest: np.ndarray  # weeks running that it held after the last delivery, at most
    held: np.ndarray  # (worlds, weeks + 1): weeks running that it has held after the last delivery


def last_delivery(scenario: "Scenario") -> int:
    """The last week in which an intervention is delivered, boosters included; 0 without any.

    What reaches nobody, or begins after the last week, does not count; what fades afterwards is no delivery.
    """
    last = 0
    for item in scenario.interventions.values():
        if item.reach * item.fidelity * item.dose > 0 and item.start <= scenario.weeks:
            boosters = [item.start + booster.week for booster in item.boosters if booster.strength > 0]
            last = max(last, item.start + item.length - 1, *boosters)
    return last


def reached(values: np.ndarray, share: float | np.ndarray) -> np.ndarray:
    """Whether a share is reached; one that is not known is not."""
    return np.nan_to_num(values, nan=-1.0) >= share


def running(holds: np.ndarray, after: np.ndarray) -> np.ndarray:
    """For each world and week, how many weeks running something has held, counted from the week past ``after``."""
    made = np.zeros(holds.shape, np.int64)
    for week in range(1, holds.shape[1]):
        counts = holds[:, week] & (week > after)
        made[:, week] = np.where(counts, made[:, week - 1] + 1, 0)
    return made


def judged(holds: np.ndarray, after: np.ndarray, weeks: int | np.ndarray) -> Verdicts:
    """Whether something held for ``weeks`` weeks running, past the week ``after`` of each world.

    Yes, once it has. No, if the weeks were enough and it does not hold at the end. It cannot be told from a run that is
    over too soon after the last delivery, or while it has begun to hold.
    """
    held = running(holds, after)
    longest = held.max(axis=1)
    open_end = (held[:, -1] > 0) | (holds.shape[1] - 1 - after < weeks)
    return Verdicts(np.where(longest >= weeks, YES, np.where(open_end, UNKNOWN, NO)), longest, held)


def words(norm: int, longest: int, held_at_end: int, after: int, last: int, weeks: int) -> str:
    """The verdict on one world as a sentence."""
    since = f"after week {after}, the last of any intervention" if after else "from week 1 on"
    if norm == YES:
        return f"yes: it held for {longest} weeks running {since}; {weeks} are asked"
    if norm == NO:
        return f"no: at most {longest} weeks running {since}; {weeks} are asked"
    if after >= last:
        return f"cannot be told: an intervention is still delivered in the last week ({last})"
    if last - after < weeks:
        so_short = f"ends {last - after} weeks after the last intervention" if after else f"is {last} weeks long"
        return f"cannot be told: the run {so_short}; {weeks} are asked"
    return f"cannot be told: it has held for the last {held_at_end} weeks of the run; {weeks} are asked"


def asked(parameters: "dict[str, float]") -> tuple[float, int]:
    """The share of people and the number of weeks that a scenario's criterion asks for."""
    return parameters["norms.criterion_share"], max(1, round(parameters["norms.criterion_weeks"]))
