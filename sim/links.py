"""Who starts a link with whom: near neighbours or anybody of the unit, one's leaders, or the pairs that a file names.

Every kernel here runs twice with the same arguments: once to count (``filling`` false), once to fill. So memory is
asked for once, in its final size. A link stands only at the end of the person who starts it, in rows ``start``,
``target``, ``kind``; places not filled hold target -1.
"""

import math

import numpy as np

from sim import luck
from sim.compiled import compiled

TRIES = 16  # draws for a partner who is not known yet
NEAR_TRIES = 4  # of these, how many may stay near
LEADER_KNOWS_ALL = 200  # assumed: in a larger unit a leader knows a sample of the members
LEADER_SAMPLE = 60  # assumed: how many


@compiled
def link_kind(i, other, start, target, kind):
    """The kind of the link between two people so far, whoever started it; -1 if there is none."""
    for person, sought in ((i, other), (other, i)):
        for entry in range(start[person], start[person + 1]):
            if target[entry] < 0:
                break
            if target[entry] == sought:
                return np.int64(kind[entry])
    return np.int64(-1)


@compiled
def propose(position, bounds, wide, clustering, draw):
    """A place in the unit, outside one's inner unit, that the draw points to; -1 if it points to the inner unit.

    With probability ``clustering`` it is near: just after one's own place in the innermost unit, at about one's own
    place in the next inner unit further out (the last goes on to the first). Neighbours then know the same people, so
    triangles form.
    """
    first, last, inner_first, inner_last = bounds
    inner = inner_last - inner_first
    if luck.unit(draw) >= clustering:
        other = first + np.int64(luck.unit(luck.mix(draw)) * (last - first - inner))
        return other + inner if other >= inner_first else other
    draw = luck.mix(draw)
    if inner == 1:
        shift = 1 + np.int64(luck.unit(draw) * wide)
    else:
        shift = inner - wide + np.int64(luck.unit(draw) * (2 * wide + 1))
    near = first + (position - first + shift) % (last - first)
    return np.int64(-1) if inner_first <= near < inner_last else near


@compiled
def add_link(i, other, new_kind, slot, start, target, kind):
    """Write the link at ``slot`` unless there is one; 1 if written, -1 if one of this kind is there, 0 if another is.

    Kinds are filled one after the other, what is there at the start before what groups bring later. So a pair keeps the
    tie that comes first.
    """
    found = link_kind(i, other, start, target, kind)
    if found >= 0:
        return -1 if found == new_kind else 0
    target[slot] = other
    kind[slot] = new_kind
    return 1


@compiled
def link_one(position, order, bounds, wide, clustering, draw_key, new_kind, slot, start, target, kind):
    """Start one link from the person at ``position`` to somebody of her unit; 1 if one was written, else 0."""
    for attempt in range(TRIES):
        draw = luck.mix(draw_key + np.uint64(attempt + 1) * luck.GOLDEN)
        near = clustering if attempt < NEAR_TRIES else 0.0
        other = propose(position, bounds, wide, near, draw)
        if other >= 0:
            written = add_link(order[position], order[other], new_kind, slot, start, target, kind)
            if written >= 0:
                return written
    return 0


@compiled
def link_all(position, order, bounds, share, level, new_kind, seed, slot, filling, start, target, kind):
    """Link the person at ``position`` to each of those after her inner unit with probability ``share``; the count."""
    key = luck.person_key(seed, order[position])
    count = 0
    for place in range(bounds[3], bounds[1]):
        if share >= 1.0 or luck.pair_uniform(key, level, luck.STRUCTURE_PARTNER, order[place]) < share:
            if filling:
                count += max(0, add_link(order[position], order[place], new_kind, slot + count, start, target, kind))
            else:
                count += 1
    return count


@compiled
def link_units(order, units, inner_units, ties, clustering, level, new_kind, seed, filling, start, target, kind):
    """Each person starts half her ties to others of her unit who are not of the same inner unit.

    ``order`` gives the row at each place; ``units`` and ``inner_units`` are the places at which units begin (no inner
    units: everyone is her own). Where ``ties`` are more than half of the others, every pair is drawn instead, so that a
    crowded unit has as many ties as asked for, and everybody knows everybody if they cover all.
    """
    wide = max(1, np.int64(math.ceil(0.5 * ties)))
    inner = 0
    for u in range(units.size - 1):
        for position in range(units[u], units[u + 1]):
            bounds = (units[u], units[u + 1], position, position + 1)
            if inner_units.size > 0:
                while inner_units[inner + 1] <= position:
                    inner += 1
                bounds = (units[u], units[u + 1], inner_units[inner], inner_units[inner + 1])
            i = order[position]
            slot = start[i]
            if filling:
                slot = first_free(i, start, target)
            others = bounds[1] - bounds[0] - (bounds[3] - bounds[2])
            if 2.0 * ties > others:
                share = ties / max(1, others)
                count = link_all(
                    position, order, bounds, share, level, new_kind, seed, slot, filling, start, target, kind
                )
                start[i] += 0 if filling else count
                continue
            key = luck.person_key(seed, i)
            wanted = np.int64(0.5 * ties + luck.uniform(key, level, luck.STRUCTURE))
            if not filling:
                start[i] += wanted
                continue
            for number in range(wanted):
                draw_key = luck.pair_bits(key, level, luck.STRUCTURE_PARTNER, number)
                slot += link_one(
                    position, order, bounds, wide, clustering, draw_key, new_kind, slot, start, target, kind
                )


@compiled
def first_free(i, start, target):
    """The first place of row ``i`` that is not filled (the end, if all are)."""
    slot = start[i]
    while slot < start[i + 1] and target[slot] >= 0:
        slot += 1
    return slot


@compiled
def link_leaders(leaders, unit_of, order, units, level, new_kind, seed, filling, start, target, kind):
    """Each leader (a row) has ties with the members of her unit, or in a large unit with an even sample of them."""
    for number in range(leaders.size):
        i = leaders[number]
        first, last = units[unit_of[number]], units[unit_of[number] + 1]
        size = last - first
        wanted = size if size <= LEADER_KNOWS_ALL else LEADER_SAMPLE
        if not filling:
            start[i] += wanted
            continue
        key = luck.person_key(seed, i)
        slot = first_free(i, start, target)
        for part in range(wanted):
            low = first + part * size // wanted
            high = first + (part + 1) * size // wanted
            draw = luck.unit(luck.pair_bits(key, level, luck.STRUCTURE_PARTNER, part))
            other = order[low + np.int64(draw * (high - low))]
            slot += max(0, add_link(i, other, new_kind, slot, start, target, kind))


@compiled
def link_pairs(first, second, new_kind, filling, start, target, kind):
    """The links that a file names: one for each pair of rows, each pair once."""
    for number in range(first.size):
        i = first[number]
        if not filling:
            start[i] += 1
            continue
        slot = first_free(i, start, target)
        target[slot] = second[number]
        kind[slot] = new_kind[number]
