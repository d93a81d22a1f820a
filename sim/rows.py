"""A stretch of people and all their ties at once: what is a person's spread over her ties, theirs summed up for her.

The week's passes over people and ties are short loops without branches, over at most ``SPAN`` people, so that the
compiler takes several at a time and what one pass leaves is still at hand for the next. Sums over ties are sums of
whole numbers: the same whatever the order in which they are taken.
"""

from typing import NamedTuple

import numpy as np

from sim.compiled import compiled, spliced
from sim.people import EPISODE, PUBLISHED
from sim.ties import FUTURE

SPAN = 256  # people worked on at once
LANES = 16  # ties of one person worked on at once
NOT_YET = 128  # what is read of the other on a tie that has not begun
# What is summed up over the ties of each person, in whole numbers
HEARD, SAID, FRIENDS, LEADERS, COUNTS = 0, 1, 2, 3, 4
# Three counts share one sum: everybody in reach in the lowest bits, then leaders, then those in distress
TO_LEADERS, TO_DISTRESSED, MOST = 21, 42, (1 << 21) - 1
WHOLE = 134_217_720.0  # trust is summed up in this many parts of the most that a tie can count: LANES fit into 32 bits


class Desk(NamedTuple):
    """Room for what is worked out about the ties of a span of people, tie by tie; ``chosen`` lists ties or people."""

    owner: np.ndarray  # int32: twice the person's number within the world, plus 1 if she is in an episode
    growth: np.ndarray  # float64: how much of what is missing in trust a contact of hers closes
    draw: np.ndarray  # uint32: chance of the week in the upper 24 bits, contact in the lower 8
    shown: np.ndarray  # uint8: what the other lets be read, or NOT_YET
    marked: np.ndarray  # uint8: to be looked at one by one
    chosen: np.ndarray  # int32
    amounts: np.ndarray  # int32 (5, ties): what is to be summed up, HEARD to COUNTS
    sums: np.ndarray  # int64 (5, people): the sums
    inside: np.ndarray  # int32 (LANES + 1, LANES): row n has all bits set in its first n places
    seen: np.ndarray  # float64 (3, people): trust in others seen seeking, seen struggling, and known to be helped


@compiled
def widest(first, last, start):
    """The largest number of ties of any span of people from ``first`` to ``last``."""
    most = 0
    for a in range(first, last, SPAN):
        most = max(most, start[min(a + SPAN, last)] - start[a])
    return most


@compiled
def desk_for(first, last, start):
    """A desk for the spans of people from ``first`` to ``last``; a little wider, since rows are filled lane by lane."""
    size = (widest(first, last, start) + 2 * LANES) // 8 * 8
    inside = np.zeros((LANES + 1, LANES), np.int32)
    for count in range(LANES + 1):
        inside[count, :count] = -1
    return Desk(
        np.empty(size, np.int32),
        np.empty(size, np.float64),
        np.empty(size, np.uint32),
        np.empty(size, np.uint8),
        np.zeros(size, np.uint8),
        np.empty(max(size, SPAN), np.int32),
        np.zeros((5, size), np.int32),
        np.zeros((5, SPAN), np.int64),
        inside,
        np.zeros((3, SPAN)),
    )


@spliced
def heads(counts):
    """Three counts of eight bits each, moved apart so that they can be added up to any row's length."""
    return counts & 255 | ((counts >> 8) & 255) << TO_LEADERS | (counts >> 16) << TO_DISTRESSED


@compiled
def add_up(first, last, start, desk):
    """Sum up the five amounts of each tie for each person of a span."""
    begin, inside, sums = start[first], desk.inside, desk.sums
    heard, said, friends, leaders, counts = (
        desk.amounts[0],
        desk.amounts[1],
        desk.amounts[2],
        desk.amounts[3],
        desk.amounts[4],
    )
    for i in range(first, last):
        place, end = np.uint64(start[i] - begin), np.uint64(start[i + 1] - begin)
        all_heard = all_said = all_friends = all_leaders = all_counts = 0
        while place < end:
            mask = inside[min(end - place, np.uint64(LANES))]
            a = b = c = d = e = np.int32(0)
            for lane in range(LANES):  # a body large enough not to be unrolled is worked on in vectors
                a += heard[place + np.uint64(lane)] & mask[lane]
                b += said[place + np.uint64(lane)] & mask[lane]
                c += friends[place + np.uint64(lane)] & mask[lane]
                d += leaders[place + np.uint64(lane)] & mask[lane]
                e += counts[place + np.uint64(lane)] & mask[lane]
            all_heard += a
            all_said += b
            all_friends += c
            all_leaders += d
            all_counts += heads(e)
            place += np.uint64(LANES)
        k = i - first
        sums[HEARD, k], sums[SAID, k], sums[FRIENDS, k] = all_heard, all_said, all_friends
        sums[LEADERS, k], sums[COUNTS, k] = all_leaders, all_counts


@spliced
def spread(start, begin, values, out):
    """Write each person's value to the places of all her ties (rows ``start``, the first at ``begin``)."""
    for k in range(values.size):
        place, end = np.uint64(start[k] - begin), np.uint64(start[k + 1] - begin)
        value = values[k]
        while place < end:
            for lane in range(8):
                out[place + np.uint64(lane)] = value
            place += np.uint64(8)


@spliced
def listed(marked, count, out):
    """Write the places of the marks among the first ``count`` to ``out``, and give their number (many are marked)."""
    found = 0
    for k in range(count):
        out[np.uint64(found)] = k
        found += 1 if marked[k] else 0
    return found


@spliced
def listed_few(marked, count, out):
    """The same where few are marked: eight places are passed over at a time."""
    found = 0
    words = marked.view(np.uint64)
    for word in range((count + 7) // 8):
        if words[word]:
            for k in range(8 * word, min(8 * word + 8, count)):
                if marked[k]:
                    out[found] = k
                    found += 1
    return found


@compiled
def look(first, last, origin, people, ties, desk):
    """Lay out the ties of people ``first`` to ``last``: whose each is, and what the other lets be read."""
    begin, end = ties.start[first], ties.start[last]
    owner = np.empty(last - first, np.int32)
    episode = people.small[EPISODE, first:last]
    for k in range(owner.size):
        owner[k] = 2 * (first - origin + k) + episode[k]
    spread(ties.start[first : last + 1], begin, owner, desk.owner)
    published = people.small[PUBLISHED]
    target, kind = ties.target[begin:end], ties.kind[begin:end]
    for t in range(target.size):
        desk.shown[t] = published[np.uint64(target[t])] if kind[t] < FUTURE else NOT_YET


@compiled
def run_down(weeks):
    """One week less of what is left, down to none."""
    for k in range(weeks.size):
        weeks[k] -= np.uint8(weeks[k] > 0)


@compiled
def fade(values, keep):
    """Keep a share of each value."""
    for k in range(values.size):
        values[k] = values[k] * keep
