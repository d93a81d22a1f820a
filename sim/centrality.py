"""How central each person is among those who trust each other: the scores that seeding rules rank people by.

The graph has an edge between two people where at least one trusts the other enough to ask. All scores are of the start
of a world, before anything happens.
"""

import numpy as np

from sim import luck
from sim.compiled import compiled
from sim.ties import FUTURE

ALL_PIVOTS_UP_TO = 500  # people; beyond, betweenness is estimated
PIVOTS = 64  # shortest-path trees for the estimate (Brandes & Pich 2007, doi 10.1142/S0218127407018403)


@compiled
def degree(start, target, trust, kind):
    """Trust given and received, summed over present ties."""
    score = np.zeros(start.size - 1)
    for i in range(start.size - 1):
        for tie in range(start[i], start[i + 1]):
            if kind[tie] < FUTURE:
                score[i] += trust[tie]
                score[target[tie]] += trust[tie]
    return score


@compiled
def nominations(start, target, trust, kind, reach):
    """By how many others each person is trusted enough to be asked."""
    score = np.zeros(start.size - 1)
    for tie in range(target.size):
        if kind[tie] < FUTURE and trust[tie] >= reach:
            score[target[tie]] += 1.0
    return score


@compiled
def reachable(start, target, trust, kind, reach):
    """The graph of who is in reach of whom, as offsets and neighbours, each edge in both rows, rows sorted."""
    people = start.size - 1
    pen = start[:-1].copy()
    kept = np.zeros(target.size, np.bool_)
    # Rows are sorted and symmetric: going through people in order meets the entries j -> i of each row j in order.
    for i in range(people):
        for tie in range(start[i], start[i + 1]):
            back = pen[target[tie]]
            pen[target[tie]] += 1
            kept[back] = kind[tie] < FUTURE and (trust[tie] >= reach or trust[back] >= reach)
    offsets = np.zeros(people + 1, np.int64)
    neighbours = np.empty(kept.sum(), np.int32)
    filled = 0
    for i in range(people):
        for tie in range(start[i], start[i + 1]):
            if kept[tie]:
                neighbours[filled] = target[tie]
                filled += 1
        offsets[i + 1] = filled
    return offsets, neighbours


@compiled
def core_numbers(offsets, neighbours):
    """The largest k such that a person has k neighbours who have k such neighbours (Batagelj & Zaversnik 2003)."""
    people = offsets.size - 1
    core = np.empty(people, np.int64)
    for i in range(people):
        core[i] = offsets[i + 1] - offsets[i]
    order = np.argsort(core)
    place = np.empty(people, np.int64)
    first = np.zeros(np.max(core) + 2 if people else 2, np.int64)  # where people of each degree begin in the order
    for position in range(people):
        place[order[position]] = position
        first[core[order[position]] + 1] += 1
    for k in range(1, first.size):
        first[k] += first[k - 1]
    for position in range(people):
        i = order[position]
        for edge in range(offsets[i], offsets[i + 1]):
            j = neighbours[edge]
            if core[j] > core[i]:
                # One place down: change seats with the first of those who have as many neighbours left.
                seat = first[core[j]]
                other = order[seat]
                order[seat], order[place[j]] = j, other
                place[other], place[j] = place[j], seat
                first[core[j]] = seat + 1
                core[j] -= 1
    return core


@compiled
def betweenness(offsets, neighbours, seed):
    """How many shortest paths lead through each person (Brandes 2001), from everyone or from a sample of people."""
    people = offsets.size - 1
    score = np.zeros(people)
    pivots = np.arange(people)
    if people > ALL_PIVOTS_UP_TO:
        draws = np.empty(people)
        for i in range(people):
            draws[i] = luck.uniform(luck.person_key(seed, i), 2, luck.REACH)
        pivots = np.argsort(draws)[:PIVOTS]
    distance = np.full(people, -1, np.int64)
    paths, share = np.zeros(people), np.zeros(people)
    queue = np.empty(people, np.int64)
    for pivot in pivots:
        distance[pivot], paths[pivot] = 0, 1.0
        queue[0] = pivot
        head, tail = 0, 1
        while head < tail:
            i = queue[head]
            head += 1
            for edge in range(offsets[i], offsets[i + 1]):
                j = neighbours[edge]
                if distance[j] < 0:
                    distance[j] = distance[i] + 1
                    queue[tail] = j
                    tail += 1
                if distance[j] == distance[i] + 1:
                    paths[j] += paths[i]
        for position in range(tail - 1, -1, -1):
            j = queue[position]
            for edge in range(offsets[j], offsets[j + 1]):
                i = neighbours[edge]
                if distance[i] == distance[j] - 1:
                    share[i] += paths[i] / paths[j] * (1.0 + share[j])
            if j != pivot:
                score[j] += share[j]
        for position in range(tail):
            j = queue[position]
            distance[j], paths[j], share[j] = -1, 0.0, 0.0
    return score
