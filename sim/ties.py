"""Who knows whom and how far they trust: compressed sparse rows, one row per person, one entry per directed tie."""

from typing import NamedTuple

import numpy as np

from sim.compiled import spliced

# What kind of tie it is
PEER, LEADER_TIE, BRIDGE = 0, 1, 2
# Ties that begin when groups dissolve carry FUTURE + the event's number until it happens; they mean nothing before
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


@spliced
def find(i, other, ties):
    """The entry of person ``i`` about ``other``, or -1 (rows are sorted by target)."""
    low = ties.start[i]
    high = ties.start[i + 1]
    while low < high:
        middle = (low + high) // 2
        if ties.target[middle] < other:
            low = middle + 1
        else:
            high = middle
    return low if low < ties.start[i + 1] and ties.target[low] == other else -1


@spliced
def is_trusted(tie, ties, p):
    """Whether an entry is one of enough trust to ask."""
    return (ties.trust[tie] >= p.bonds_reach_trust) & (ties.kind[tie] < FUTURE)


@spliced
def is_valued(tie, ties, p):
    """Whether an entry is one of enough trust to name the other as valued; less than it takes to ask for help."""
    return (ties.trust[tie] >= p.bonds_valued_trust) & (ties.kind[tie] < FUTURE)


@spliced
def has_mutual_friend(i, other, ties, p):
    """Whether someone whom person ``i`` trusts enough to ask also knows ``other``."""
    for tie in range(ties.start[i], ties.start[i + 1]):
        if ties.target[tie] != other and is_trusted(tie, ties, p):
            known = find(ties.target[tie], other, ties)
            if known >= 0 and ties.kind[known] < FUTURE:
                return True
    return False
