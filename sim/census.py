"""The shape of the trusted network, counted every few weeks: nominations, isolates, returned ties, closed triangles."""

import numpy as np

from sim.compiled import borrowed, compiled, inlined
from sim.people import STRATUM
from sim.ties import FUTURE


@inlined
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
def count(first, last, origin, size, received, people, ties, table, p):
    """Add people ``first`` to ``last`` of one world of ``size`` people, who got ``received`` nominations, to ``table``."""
    most = 0
    for i in range(first, last):
        most = max(most, ties.start[i + 1] - ties.start[i])
    trusted = np.empty(most, np.int64)
    table = borrowed(table)
    for i in range(first, last):
        row = table[people.weeks[STRATUM, i]]
        row[0] += 1.0
        row[1] += received[i - origin]
        row[2] += 1.0 if received[i - origin] == 0 else 0.0
        row[5] += size - 1
        friends = 0
        for tie in range(ties.start[i], ties.start[i + 1]):
            if is_trusted(tie, p, ties):
                trusted[friends] = ties.target[tie]
                friends += 1
        row[4] += friends
        row[7] += friends * (friends - 1)
        for a in range(friends):
            row[3] += trusts(trusted[a], i, p, ties)
            for b in range(friends):
                if a != b:
                    row[6] += trusts(trusted[a], trusted[b], p, ties)


@compiled
def step(first, last, people, ties, table, p):
    """Fill ``table`` (subgroups x census tallies) for one world, rows ``first`` to ``last``."""
    received = nominations(first, last, ties, p)
    count(first, last, first, last - first, received, people, ties, table, p)
