"""How trust forms and fades: contact builds it, time wears it down, acquaintances wake, close ties fall asleep."""

import math

import numpy as np

from sim import luck
from sim.compiled import compiled, spliced
from sim.groups import COHESION
from sim.people import (
    ADDED_BONDING,
    DISTRESSED,
    DISTRESSED_TIES,
    EPISODE,
    FRIEND_TRUST,
    LEADER,
    LEADER_TRUST,
    LEADS,
    PUBLISHED,
    REACHABLE_FRIENDS,
    REACHABLE_LEADERS,
    ROLE,
)
from sim.rows import COUNTS, FRIENDS, LEADERS, MOST, NOT_YET, TO_DISTRESSED, TO_LEADERS, WHOLE, listed_few, spread
from sim.ties import BRIDGE, FUTURE, LEADER_TIE, PEER, has_mutual_friend

STEPS = 256.0  # closeness is kept in 256 steps
ONE = np.uint64(1)
LOW_8, EIGHT = np.uint32(0xFF), np.uint32(8)
CHANCES = 16777216.0  # steps in which the draw of a tie is kept to find those that may turn


@spliced
def wakes(i, tie, chance, people, ties, p):
    """Whether a dormant tie wakes under this week's ``chance``: by contact, mutual friends and likeness."""
    other = ties.target[tie]
    likeness = p.bonds_distressed_waking if people.small[EPISODE, i] else 1.0
    if (people.small[PUBLISHED, other] & DISTRESSED != 0) == (people.small[EPISODE, i] != 0):
        likeness *= p.bonds_homophily
    if chance < p.bonds_waking * likeness:
        return True
    if chance >= (p.bonds_waking + p.bonds_closure) * likeness:
        return False
    return has_mutual_friend(i, other, ties, p)


@spliced
def pair_draw(week_key, a, b):
    """This week's 64 bits of a pair of people (numbers within the world), the same from either side."""
    code = (np.uint64(min(a, b)) << luck.SHIFT_32) | np.uint64(max(a, b))
    return luck.mix(week_key + (code + ONE) * luck.GOLDEN)


@spliced
def awake_closeness(draw, own, p):
    """Closeness, in 1/256, of a tie that wakes: shared by both sides with the registry's chance, else each its own."""
    pair_draw = luck.mix(draw)
    if luck.unit(pair_draw) >= p.bonds_reciprocity:
        pair_draw += np.uint64(own + 1) * luck.STRIDE
    fraction = luck.unit(luck.mix(pair_draw))
    share = p.bonds_closeness_low + fraction * (p.bonds_closeness_high - p.bonds_closeness_low)
    return min(255.0, STEPS * share)


@spliced
def turn(i, tie, chance, draw, origin, people, ties, p):
    """Let training bond two of a group, a dormant tie wake, or an awake one fall asleep, by this week's ``chance``."""
    dormant = math.floor(p.bonds_dormant_closeness * STEPS)
    if people.group[i] == people.group[ties.target[tie]]:
        bonding = people.real[ADDED_BONDING, i]
        if chance < bonding:
            if ties.closeness[tie] <= dormant:
                ties.closeness[tie] = awake_closeness(draw, i - origin, p)
            lift = p.bonds_training_lift * (p.bonds_reach_trust - p.bonds_valued_trust)
            ties.trust[tie] = max(ties.trust[tie], p.bonds_valued_trust + lift)
            return
        chance -= bonding
    wear = p.bonds_distressed_wear if people.small[EPISODE, i] else 1.0
    if ties.closeness[tie] <= dormant:
        if wakes(i, tie, chance, people, ties, p):
            ties.closeness[tie] = awake_closeness(draw, i - origin, p)
    elif chance < (p.bonds_bridge_fading if ties.kind[tie] == BRIDGE else p.bonds_fading) * wear:
        ties.closeness[tie] = dormant


@compiled
def draw_pairs(first, origin, week_key, target, desk):
    """This week's draw of every tie of a span: its upper 24 bits for waking and fading, the lowest 8 for contact."""
    owner, draw = desk.owner, desk.draw
    for t in range(target.size):
        x = pair_draw(week_key, owner[t] >> 1, target[t] - origin)
        draw[t] = (np.uint32(x >> luck.SHIFT_32) & ~LOW_8) | np.uint32(x & luck.LOW_8)


@compiled
def meet(trust, closeness, kind, desk, decay, bridge_decay, distressed_wear):
    """Contact builds trust, time wears it down, faster for bridges and for people in an episode."""
    owner, growth, draw = desk.owner, desk.growth, desk.draw
    for t in range(trust.size):
        worn = np.float64(trust[t]) * (
            1.0 - (bridge_decay if kind[t] == BRIDGE else decay) * (distressed_wear if owner[t] & 1 else 1.0)
        )
        gained = growth[t] if draw[t] & LOW_8 < closeness[t] else 0.0
        new = worn + gained * (1.0 - worn)
        trust[t] = trust[t] if kind[t] >= FUTURE else new


@compiled
def mark_turning(kind, desk, may_turn, bridge_may_turn):
    """Mark the ties whose draw lies below the highest hazard of waking or fading that a tie of the span can have."""
    draw, marked = desk.draw, desk.marked
    highest, bridge_highest = np.uint32(may_turn * CHANCES) + 1, np.uint32(bridge_may_turn * CHANCES) + 1
    for t in range(kind.size):
        limit = bridge_highest if kind[t] == BRIDGE else highest
        marked[t] = (draw[t] >> EIGHT < limit) & (kind[t] < FUTURE)
    for t in range(kind.size, kind.size + 8):
        marked[t] = 0


@compiled
def spread_growth(first, last, begin, people, ties, groups, p, desk):
    """How fast trust grows for each person of a span, written over her ties; gives the most that training adds."""
    growth = np.empty(last - first, np.float64)
    most = np.float32(0.0)
    for k in range(growth.size):
        cohesion = groups.value[COHESION, people.group[first + k]]
        growth[k] = max(0.0, p.bonds_growth * (1.0 + p.bonds_cohesion_growth * cohesion))
        most = max(most, people.real[ADDED_BONDING, first + k])
    spread(ties.start[first : last + 1], begin, growth, desk.growth)
    return most


@compiled
def step(first, last, origin, seed, week, people, ties, groups, desk, p):
    """A week of trust on every tie of a span of people, as ``desk`` has them, and who is in reach next week."""
    week_key = luck.bits(luck.person_key(seed, -1), week, luck.BOND)
    begin, end = ties.start[first], ties.start[last]
    kind = ties.kind[begin:end]
    added = spread_growth(first, last, begin, people, ties, groups, p, desk)
    draw_pairs(first, origin, week_key, ties.target[begin:end], desk)
    meet(
        ties.trust[begin:end],
        ties.closeness[begin:end],
        kind,
        desk,
        p.bonds_decay,
        p.bonds_bridge_decay,
        p.bonds_distressed_wear,
    )
    wear = max(1.0, p.bonds_distressed_wear)
    can_wake = (p.bonds_waking + p.bonds_closure) * max(1.0, p.bonds_homophily) * max(1.0, p.bonds_distressed_waking)
    may_turn = added + max(can_wake, p.bonds_fading * wear)
    mark_turning(kind, desk, may_turn, max(may_turn, added + p.bonds_bridge_fading * wear))
    for place in range(listed_few(desk.marked, kind.size, desk.chosen)):
        own = desk.owner[desk.chosen[place]] >> 1
        tie = begin + desk.chosen[place]
        draw = pair_draw(week_key, own, ties.target[tie] - origin)
        turn(origin + own, tie, luck.unit(draw), draw, origin, people, ties, p)
    sort_out(ties.trust[begin:end], desk, p.bonds_reach_trust)


@compiled
def sort_out(trust, desk, reach):
    """What each tie of a span counts for in who is in reach: trust in friends, trust in leaders, and heads."""
    unit, shown = np.float32(WHOLE), desk.shown
    friends, leaders, counts = desk.amounts[FRIENDS], desk.amounts[LEADERS], desk.amounts[COUNTS]
    for t in range(trust.size):
        near = (np.float64(trust[t]) >= reach) & (shown[t] < NOT_YET)
        leads = near & (shown[t] & LEADS != 0)
        distressed = near & (shown[t] & (LEADS | DISTRESSED) == DISTRESSED)
        amount = np.int32(trust[t] * unit)
        friends[t] = amount if near & (not leads) else 0
        leaders[t] = amount if leads else 0
        counts[t] = np.int32(near) + 256 * np.int32(leads) + 65536 * np.int32(distressed)


@compiled
def summarise(first, last, people, desk):
    """What next week's choices of a span of people need to know of their ties, from the sums over them."""
    small, real, sums = people.small, people.real, desk.sums
    for k in range(last - first):
        counts = sums[COUNTS, k]
        leaders, distressed = (counts >> TO_LEADERS) & MOST, counts >> TO_DISTRESSED
        friends = (counts & MOST) - leaders
        small[REACHABLE_FRIENDS, first + k] = min(friends, 255)
        small[REACHABLE_LEADERS, first + k] = min(leaders, 255)
        small[DISTRESSED_TIES, first + k] = min(distressed, 255)
        real[FRIEND_TRUST, first + k] = np.float64(sums[FRIENDS, k]) / (WHOLE * max(1.0, np.float64(friends)))
        real[LEADER_TRUST, first + k] = np.float64(sums[LEADERS, k]) / (WHOLE * max(1.0, np.float64(leaders)))


@compiled
def dissolve(first, last, event, next_group, people, ties, p):
    """Groups dissolve: ties to people who go elsewhere become bridges with less contact; new acquaintances begin."""
    for i in range(first, last):
        for tie in range(ties.start[i], ties.start[i + 1]):
            other = ties.target[tie]
            led = people.small[ROLE, i] == LEADER or people.small[ROLE, other] == LEADER
            if ties.kind[tie] == FUTURE + event or (ties.kind[tie] < FUTURE and next_group[i] == next_group[other]):
                ties.kind[tie] = LEADER_TIE if led else PEER
            elif ties.kind[tie] < BRIDGE:
                ties.kind[tie] = BRIDGE
                ties.closeness[tie] = math.floor(ties.closeness[tie] * p.bonds_bridge_contact)
        people.group[i] = next_group[i]
