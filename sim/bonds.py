"""How trust forms and fades: contact builds it, time wears it down, acquaintances wake, close ties fall asleep."""

import math

import numpy as np

from sim import luck
from sim.compiled import compiled, inlined
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
from sim.ties import BRIDGE, FUTURE, LEADER_TIE, PEER, has_mutual_friend

STEPS = 256.0  # closeness is kept in 256 steps
ONE = np.uint64(1)


@inlined
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


@inlined
def pair_code(a, b):
    """One 64-bit code for a pair of people (numbers within the world), the same from either side."""
    return (np.uint64(min(a, b)) << luck.SHIFT_32) | np.uint64(max(a, b))


@compiled
def awake_closeness(draw, own, p):
    """Closeness, in 1/256, of a tie that wakes: shared by both sides with the registry's chance, else each its own."""
    pair_draw = luck.mix(draw)
    if luck.unit(pair_draw) >= p.bonds_reciprocity:
        pair_draw += np.uint64(own + 1) * luck.STRIDE
    fraction = luck.unit(luck.mix(pair_draw))
    share = p.bonds_closeness_low + fraction * (p.bonds_closeness_high - p.bonds_closeness_low)
    return min(255.0, STEPS * share)


@inlined
def summarise(i, people, ties, p):
    """What next week's choices of person ``i`` need to know of her ties."""
    reached = leaders = distressed = 0
    total_trust = leader_trust = 0.0
    for tie in range(ties.start[i], ties.start[i + 1]):
        shown = people.small[PUBLISHED, ties.target[tie]]
        trust = ties.trust[tie]
        reach = trust >= p.bonds_reach_trust
        leads = reach & (shown & LEADS != 0)
        reached += reach
        leaders += leads
        distressed += reach & (shown & (LEADS | DISTRESSED) == DISTRESSED)
        total_trust += reach * trust
        leader_trust += leads * trust
    friends = reached - leaders
    friend_trust = total_trust - leader_trust
    people.small[REACHABLE_FRIENDS, i] = min(friends, 255)
    people.small[REACHABLE_LEADERS, i] = min(leaders, 255)
    people.small[DISTRESSED_TIES, i] = min(distressed, 255)
    people.real[FRIEND_TRUST, i] = friend_trust / friends if friends else 0.0
    people.real[LEADER_TRUST, i] = leader_trust / leaders if leaders else 0.0


@compiled
def turn(i, tie, chance, draw, origin, wear, people, ties, p):
    """Let training bond two of a group, a dormant tie wake, or an awake one fall asleep, by this week's ``chance``."""
    dormant = math.floor(p.bonds_dormant_closeness * STEPS)
    if people.group[i] == people.group[ties.target[tie]]:
        bonding = people.real[ADDED_BONDING, i]
        if chance < bonding:
            if ties.closeness[tie] <= dormant:
                ties.closeness[tie] = awake_closeness(draw, i - origin, p)
            ties.trust[tie] = max(ties.trust[tie], 0.5 * (p.bonds_valued_trust + p.bonds_reach_trust))
            return
        chance -= bonding
    if ties.closeness[tie] <= dormant:
        if wakes(i, tie, chance, people, ties, p):
            ties.closeness[tie] = awake_closeness(draw, i - origin, p)
    elif chance < (p.bonds_bridge_fading if ties.kind[tie] == BRIDGE else p.bonds_fading) * wear:
        ties.closeness[tie] = dormant


@compiled
def step(first, last, origin, seed, week, people, ties, groups, p):
    """A week of trust on every tie of people ``first`` to ``last``, and the summaries that next week's choices read."""
    week_key = luck.bits(luck.person_key(seed, -1), week, luck.BOND)
    can_wake = (p.bonds_waking + p.bonds_closure) * max(1.0, p.bonds_homophily)
    decay = (p.bonds_decay, p.bonds_decay, p.bonds_bridge_decay)
    for i in range(first, last):
        growth = max(0.0, p.bonds_growth * (1.0 + p.bonds_cohesion_growth * groups.value[COHESION, people.group[i]]))
        wear = p.bonds_distressed_wear if people.small[EPISODE, i] else 1.0
        bonding = people.real[ADDED_BONDING, i]
        may_turn = bonding + max(can_wake, p.bonds_fading * wear)
        bridge_may_turn = max(may_turn, bonding + p.bonds_bridge_fading * wear)
        for tie in range(ties.start[i], ties.start[i + 1]):
            kind = ties.kind[tie]
            if kind >= FUTURE:
                continue
            draw = luck.mix(week_key + (pair_code(i - origin, ties.target[tie] - origin) + ONE) * luck.GOLDEN)
            chance = luck.unit(draw)
            if chance < (bridge_may_turn if kind == BRIDGE else may_turn):
                turn(i, tie, chance, draw, origin, wear, people, ties, p)
            met = draw & luck.LOW_8 < ties.closeness[tie]
            trust = ties.trust[tie] * (1.0 - decay[kind] * wear)
            ties.trust[tie] = trust + met * growth * (1.0 - trust)
        summarise(i, people, ties, p)


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
