"""How trust forms and fades: contact builds it, time wears it down, dormant acquaintances wake, close ties fall asleep."""

import numpy as np

from sim import luck
from sim.compiled import compiled
from sim.people import DISTRESSED, LEADS
from sim.ties import BRIDGE, FUTURE

STEPS = 256.0  # closeness is kept in 256 steps


@compiled
def has_mutual_friend(i, other, p, ties):
    """Whether someone whom person ``i`` trusts enough to ask also knows ``other``."""
    for tie in range(ties.start[i], ties.start[i + 1]):
        if ties.trust[tie] >= p.bonds_reach_trust and ties.target[tie] != other:
            if knows(ties.target[tie], other, ties):
                return True
    return False


@compiled
def knows(i, other, ties):
    """Whether person ``i`` has a tie to ``other``, of whatever strength (rows are sorted by target)."""
    low = ties.start[i]
    high = ties.start[i + 1]
    while low < high:
        middle = (low + high) // 2
        if ties.target[middle] < other:
            low = middle + 1
        else:
            high = middle
    return low < ties.start[i + 1] and ties.target[low] == other and ties.kind[low] < FUTURE


@compiled
def waking_hazard(i, tie, same_state, people, ties, p):
    """Weekly chance that a dormant tie wakes, by contact, mutual friends, likeness, and training that bonds groups."""
    other = ties.target[tie]
    hazard = p.bonds_waking
    if has_mutual_friend(i, other, p, ties):
        hazard += p.bonds_closure
    if people.episode[i]:
        hazard *= p.bonds_distressed_waking
    if same_state:
        hazard *= p.bonds_homophily
    if people.added_bonding[i] > 0.0 and people.group[i] == people.group[other]:
        hazard += people.added_bonding[i]
    return hazard


@compiled
def awake_closeness(fraction, p):
    """Closeness, in 1/256, of a tie that wakes: uniform between the registry's two bounds."""
    share = p.bonds_closeness_low + fraction * (p.bonds_closeness_high - p.bonds_closeness_low)
    return min(255.0, max(0.0, STEPS * share))


@compiled
def step(first, last, origin, seed, week, people, ties, groups, p):
    """A week of trust on every tie of people ``first`` to ``last``, and the summaries that next week's choices read."""
    dormant = p.bonds_dormant_closeness * STEPS
    for i in range(first, last):
        key = luck.bits(luck.person_key(seed, i - origin), week, luck.BOND)
        growth = max(0.0, p.bonds_growth * (1.0 + p.bonds_cohesion_growth * groups.cohesion[people.group[i]]))
        wear = p.bonds_distressed_wear if people.episode[i] else 1.0
        can_wake = max(
            p.bonds_waking + p.bonds_closure, (p.bonds_waking + p.bonds_closure) * p.bonds_homophily
        ) + float(people.added_bonding[i])
        friends = leaders = distressed = 0
        friend_trust = leader_trust = 0.0
        for tie in range(ties.start[i], ties.start[i + 1]):
            if ties.kind[tie] >= FUTURE:
                continue
            other = ties.target[tie]
            draw = luck.mix(key + np.uint64(other - origin + 1) * luck.GOLDEN)
            shown = people.published[other]
            trust = float(ties.trust[tie])
            bridge = ties.kind[tie] == BRIDGE
            decay = p.bonds_bridge_decay if bridge else p.bonds_decay
            trust -= decay * wear * trust
            if (draw & luck.LOW_8) < ties.closeness[tie]:
                trust += growth * (1.0 - trust)
            ties.trust[tie] = trust
            chance = luck.unit(draw)
            if ties.closeness[tie] <= dormant:
                if chance < can_wake:
                    same = (shown & DISTRESSED != 0) == (people.episode[i] != 0)
                    if chance < waking_hazard(i, tie, same, people, ties, p):
                        ties.closeness[tie] = awake_closeness(luck.unit(luck.mix(draw)), p)
            elif chance < (p.bonds_bridge_fading if bridge else p.bonds_fading) * wear:
                ties.closeness[tie] = dormant
            if trust >= p.bonds_reach_trust:
                if shown & LEADS:
                    leaders += 1
                    leader_trust += trust
                else:
                    friends += 1
                    friend_trust += trust
                    if shown & DISTRESSED:
                        distressed += 1
        people.reachable_friends[i] = min(friends, 255)
        people.reachable_leaders[i] = min(leaders, 255)
        people.distressed_ties[i] = min(distressed, 255)
        people.friend_trust[i] = friend_trust / friends if friends else 0.0
        people.leader_trust[i] = leader_trust / leaders if leaders else 0.0
