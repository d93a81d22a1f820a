"""Who knows whom and how far they trust: compressed sparse rows, one row per person, one entry per directed tie."""

from typing import NamedTuple

import numpy as np

# What kind of tie it is
PEER, LEADER_TIE, BRIDGE = 0, 1, 2
# Ties that begin when groups dissolve carry FUTURE + the number of that event until it happens; they mean nothing before
FUTURE = 8


class Ties(NamedTuple):
    """Directed ties of all people of all worlds.

    ``start[i]:start[i + 1]`` are the entries of person ``i``, sorted by target. A dormant acquaintance is a tie of low
    closeness: contact is rare, so trust stays low. A tie wakes when its closeness is drawn anew.
    """

    start: np.ndarray  # int64 (people + 1): first entry of each row
    target: np.ndarray  # int32: row of the person known
    trust: np.ndarray  # float32, 0 to 1: how far the row's person trusts the target
    closeness: np.ndarray  # uint8: weekly chance of contact, in 1/256
    kind: np.ndarray  # uint8: PEER, LEADER_TIE, BRIDGE, or FUTURE + event


def bytes_per_tie() -> int:
    """Bytes that one directed tie takes."""
    return 4 + 4 + 1 + 1
