"""The shape of the network, counted every few weeks: nominations, isolates, returned trust, closed triangles."""

import numpy as np

from sim.compiled import borrowed, compiled
from sim.people import STRATUM
from sim.ties import is_trusted, is_valued


@compiled
def nominations(first, last, ties, p):
    """How many others would name each person of one world as valued."""
    received = np.zeros(last - first, np.int64)
    for i in range(first, last):
        for tie in range(ties.start[i], ties.start[i + 1]):
            if is_valued(tie, ties, p):
                received[ties.target[tie] - first] += 1
    return received


@compiled
def count(first, last, origin, size, received, people, ties, table, p):
    """Add people ``first`` to ``last`` of one world of ``size`` people, to ``table``."""
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
            if is_trusted(tie, ties, p):
                trusted[friends] = ties.target[tie]
                friends += 1
        row[4] += friends
        row[7] += friends * (friends - 1)
        for friend in range(friends):
            for tie in range(ties.start[trusted[friend]], ties.start[trusted[friend] + 1]):
                if is_trusted(tie, ties, p):
                    row[3] += ties.target[tie] == i
                    for other in range(friends):
                        row[6] += ties.target[tie] == trusted[other]


@compiled
def step(first, last, people, ties, table, p):
    """Fill ``table`` (subgroups x census tallies) for one world, rows ``first`` to ``last``."""
    received = nominations(first, last, ties, p)
    count(first, last, first, last - first, received, people, ties, table, p)
