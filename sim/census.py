"""The shape of the network, counted every few weeks: nominations, isolates, returned trust, closed triangles."""

from typing import NamedTuple

import numpy as np

from sim.compiled import borrowed, compiled
from sim.people import STRATUM
from sim.ties import is_trusted, is_valued


class Trusted(NamedTuple):
    """Whom each person of one world trusts enough to ask: rows ``start``, ``target`` as numbers within the world."""

    start: np.ndarray  # int64 (people + 1)
    target: np.ndarray  # int32
    received: np.ndarray  # int64 (people): how many others would name each as valued


@compiled
def trusted_ties(first, last, ties, p):
    """The ties of one world, rows ``first`` to ``last``, that are of enough trust to ask; and who is valued."""
    start, received = np.zeros(last - first + 1, np.int64), np.zeros(last - first, np.int64)
    target = np.empty(ties.start[last] - ties.start[first] + 1, np.int32)
    found = 0
    for i in range(first, last):
        for tie in range(ties.start[i], ties.start[i + 1]):
            other = ties.target[tie] - first
            trusted = is_trusted(tie, ties, p)
            target[found] = other
            received[other] += is_valued(tie, ties, p)
            found += trusted
        start[i - first + 1] = found
    return Trusted(start, target, received)


@compiled
def count(first, last, origin, trusted, people, table):
    """Add people ``first`` to ``last`` (rows) of one world to ``table``; ``origin`` is its person 0."""
    start, target, received = borrowed(trusted.start), borrowed(trusted.target), borrowed(trusted.received)
    table = borrowed(table)
    size = received.size
    marks = np.zeros(size, np.uint8)  # whom the person at hand trusts
    for i in range(first - origin, last - origin):
        returned = closed = 0
        for friend in range(start[i], start[i + 1]):
            marks[target[friend]] = 1
        for friend in range(start[i], start[i + 1]):
            for other in range(start[target[friend]], start[target[friend] + 1]):
                returned += target[other] == i
                closed += marks[target[other]]
        for friend in range(start[i], start[i + 1]):
            marks[target[friend]] = 0
        friends = start[i + 1] - start[i]
        row = table[people.weeks[STRATUM, origin + i]]
        row[0] += 1.0
        row[1] += received[i]
        row[2] += received[i] == 0
        row[3] += returned
        row[4] += friends
        row[5] += size - 1
        row[6] += closed
        row[7] += friends * (friends - 1)


@compiled
def step(first, last, people, ties, table, p):
    """Fill ``table`` (subgroups x census tallies) for one world, rows ``first`` to ``last``."""
    count(first, last, first, trusted_ties(first, last, ties, p), people, table)
