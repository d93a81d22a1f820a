"""The shape of the trusted network, counted every few weeks: nominations, isolates, returned ties, closed triangles."""

import numpy as np

from sim.compiled import compiled, inlined
from sim.people import STRATUM
from sim.ties import FUTURE


@compiled
def trusts(i, other, p, ties):
    """Whether person ``i`` trusts ``other`` enough to ask (rows are sorted by target)."""
    low = ties.start[i]
    high = ties.start[i + 1]
    while low < high:
        middle = (low + high) // 2
        if ties.target[middle] < other:
            low = middle + 1
        else:
            high = middle
    return low < ties.start[i + 1] and ties.target[low] == other and is_trusted(low, p, ties)


@inlined
def is_trusted(tie, p, ties):
    """Whether a tie is one of enough trust to ask."""
    return ties.trust[tie] >= p.bonds_reach_trust and ties.kind[tie] < FUTURE


@compiled
def nominations(first, last, ties, p):
    """How many others trust each person of one world enough to ask."""
    received = np.zeros(last - first, np.int64)
    for i in range(first, last):
        for tie in range(ties.start[i], ties.start[i + 1]):
            if is_trusted(tie, p, ties):
                received[ties.target[tie] - first] += 1
    return received


@compiled
def step(first, last, people, ties, table, p):
    """Fill ``table`` (subgroups x census tallies) for one world, rows ``first`` to ``last``."""
    received = nominations(first, last, ties, p)
    for i in range(first, last):
        row = table[people.weeks[STRATUM, i]]
        row[0] += 1.0
        row[1] += received[i - first]
        if received[i - first] == 0:
            row[2] += 1.0
        row[5] += last - first - 1
        for tie in range(ties.start[i], ties.start[i + 1]):
            if not is_trusted(tie, p, ties):
                continue
            row[4] += 1.0
            friend = ties.target[tie]
            if trusts(friend, i, p, ties):
                row[3] += 1.0
            for second in range(ties.start[i], ties.start[i + 1]):
                if second != tie and is_trusted(second, p, ties):
                    row[7] += 1.0
                    if trusts(friend, ties.target[second], p, ties):
                        row[6] += 1.0
