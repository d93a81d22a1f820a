"""What people believe of others (fast), and what they come to think themselves (slow).

Two kinds of evidence feed two beliefs. What people in need *do* feeds the descriptive norm, a Beta belief about the
share who seek help when they need it. What people *say* feeds the injunctive norm, perceived approval. Silence reads
as disapproval, so private attitudes can be mild while everybody is silent: pluralistic ignorance.
"""

import math

import numpy as np

from sim import luck
from sim.compiled import compiled, spliced
from sim.elementary import logistic
from sim.groups import COHESION
from sim.people import (
    ADDED_SPEAKING,
    ANSWER,
    ASKED,
    CARE_EVENT,
    DESCRIPTIVE_NORM,
    DISTRESSED,
    EPISODE,
    HELP_STATUS,
    HELPED,
    INJUNCTIVE_NORM,
    LEADER,
    LEADS,
    NONE,
    NOT_IN_HELP,
    PRIOR_NORM,
    PUBLISHED,
    ROLE,
    SEEN_SEEKING,
    SEEN_STRUGGLING,
    SELF_STIGMA,
    SOUGHT,
    SPEAKS,
    STIGMA_ANCHOR,
    STRUGGLING,
    SUPPORTIVE,
    UNSUPPORTIVE,
    VISIBILITY,
    WAS_HELPED,
)
from sim.rows import HEARD, NOT_YET, SAID, SPAN, WHOLE, listed

HALF_WIDTH = math.sqrt(3.0)  # a uniform draw on plus or minus this has unit variance


@spliced
def speaking_chance(stigma, approval, added, intercept, by_stigma, conformity):
    """Chance that somebody speaks of seeking help as a good thing in a week."""
    return logistic(intercept - by_stigma * stigma + conformity * approval + added)


@spliced
def visibility(i, cohesion, people, p):
    """Chance that a tie of person ``i`` sees that she sought help."""
    openness = logistic(cohesion + people.real[INJUNCTIVE_NORM, i] - people.real[SELF_STIGMA, i])
    return min(1.0, p.norms_disclosure * 2.0 * openness)


@compiled
def speak(first, origin, seed, week, stigma, approval, added, p, out):
    """Whether each person of a span speaks of seeking help as a good thing this week, into ``out``."""
    intercept, by_stigma, conformity = p.norms_speaking_intercept, p.norms_speaking_stigma, p.norms_conformity
    for k in range(out.size):
        chance = speaking_chance(stigma[k], approval[k], added[k], intercept, by_stigma, conformity)
        out[k] = luck.uniform(luck.person_key(seed, first - origin + k), week, luck.SPEAKING) < chance


@compiled
def publish(role, episode, asked, help_status, published):
    """Add to ``published``, so far 1 for those who speak, what else others can read of each person."""
    for k in range(published.size):
        sought = episode[k] & np.uint8(asked[k] != NONE)
        struggling = episode[k] & np.uint8(asked[k] == NONE) & np.uint8(help_status[k] == NOT_IN_HELP)
        shown = published[k] | LEADS * np.uint8(role[k] == LEADER) | DISTRESSED * episode[k]
        published[k] = shown | SOUGHT * sought | STRUGGLING * struggling


@compiled
def show(first, last, origin, seed, week, people, groups, p):
    """What each person lets others see and hear this week, written as bits that ties read."""
    small, real = people.small, people.real
    asking = np.empty(SPAN, np.int32)
    for a in range(first, last, SPAN):
        b = min(a + SPAN, last)
        published, asked = small[PUBLISHED, a:b], small[ASKED, a:b]
        speak(
            a,
            origin,
            seed,
            week,
            real[SELF_STIGMA, a:b],
            real[INJUNCTIVE_NORM, a:b],
            real[ADDED_SPEAKING, a:b],
            p,
            published,
        )
        publish(small[ROLE, a:b], small[EPISODE, a:b], asked, small[HELP_STATUS, a:b], published)
        for place in range(listed(asked, b - a, asking)):
            i = a + asking[place]
            people.real[VISIBILITY, i] = visibility(i, groups.value[COHESION, people.group[i]], people, p)


@compiled
def weigh(trust, shown, leader_weight, heard, said):
    """What each tie counts for in what a person hears, and in what she hears said for seeking help; leaders more."""
    highest = max(1.0, leader_weight)
    unit, leader_unit = np.float32(WHOLE / highest), np.float32(leader_weight * WHOLE / highest)
    for t in range(trust.size):
        amount = np.int32(trust[t] * (leader_unit if shown[t] & LEADS else unit))
        heard[t] = amount if shown[t] < NOT_YET else 0
        said[t] = amount if shown[t] & (SPEAKS | NOT_YET) == SPEAKS else 0


@compiled
def hear(heard, said, rate, approval):
    """Perceived approval moves towards what a person's ties say, weighted by trust."""
    for k in range(approval.size):
        norm = np.float64(approval[k])
        moved = norm + rate * (2.0 * np.float64(said[k]) / max(np.float64(heard[k]), 1.0) - 1.0 - norm)
        approval[k] = moved if heard[k] > 0 else norm


@compiled
def mark_notable(count, desk):
    """Mark the ties whose other has sought help, struggles, or was helped."""
    for t in range(count):
        desk.marked[t] = (desk.shown[t] & (SOUGHT | STRUGGLING | WAS_HELPED) != 0) & (desk.shown[t] < NOT_YET)


@compiled
def look_around(first, last, origin, seed, week, people, ties, desk, p):
    """What people ``first`` to ``last`` hear and see of others, tie by tie: what is seen is summed up at once."""
    begin, count = ties.start[first], ties.start[last] - ties.start[first]
    seen = desk.seen
    seen[:] = 0.0
    weigh(ties.trust[begin : begin + count], desk.shown, p.norms_leader_weight, desk.amounts[HEARD], desk.amounts[SAID])
    mark_notable(count, desk)
    for place in range(listed(desk.marked, count, desk.chosen)):
        t = desk.chosen[place]
        own, shown = desk.owner[t] >> 1, desk.shown[t]
        other = ties.target[begin + t]
        k = own + origin - first
        trust = np.float64(ties.trust[begin + t])
        weight = trust * p.norms_leader_weight if shown & LEADS else trust
        chance = np.float64(people.real[VISIBILITY, other]) if shown & SOUGHT else p.norms_noticing
        draw = luck.pair_uniform(luck.person_key(seed, own), week, luck.SEEING, other - origin)
        weight = weight if draw < chance else 0.0
        seen[0, k] += weight if shown & SOUGHT else 0.0
        seen[1, k] += weight if shown & (SOUGHT | STRUGGLING) == STRUGGLING else 0.0
        seen[2, k] += trust if shown & WAS_HELPED else 0.0


@compiled
def believe(seen, keep, weight, prior, seeking, struggling, belief):
    """The descriptive norm: what was seen of people in need, remembered, against the prior belief."""
    for k in range(belief.size):
        new_seeking = seen[0, k] + keep * seeking[k]
        new_struggling = seen[1, k] + keep * struggling[k]
        seeking[k] = new_seeking
        struggling[k] = new_struggling
        belief[k] = (weight * prior[k] + new_seeking) / (weight + new_seeking + new_struggling)


@compiled
def take_in(first, last, origin, seed, week, people, p, helped, change):
    """What the week does to self-stigma, into ``change``: luck, contact with people helped, one's own experience."""
    small = people.small
    answer, event = small[ANSWER, first:last], small[CARE_EVENT, first:last]
    noise, contact, experience = p.norms_stigma_noise * HALF_WIDTH, p.norms_contact_effect, p.norms_experience_effect
    for k in range(last - first):
        draw = luck.uniform(luck.person_key(seed, first - origin + k), week, luck.STIGMA)
        good = (answer[k] == SUPPORTIVE) | (event[k] == HELPED)
        bad = (answer[k] == UNSUPPORTIVE) | (event[k] > HELPED)
        step = noise * (2.0 * draw - 1.0) - contact * min(1.0, helped[k])
        change[k] = step + experience * (np.float64(bad) - np.float64(good))


@compiled
def internalise(change, approval, p, stigma, anchor):
    """Self-stigma drifts between its anchor and the perceived norm; the week's ``change`` comes on top."""
    strength, usual, share = p.norms_internalised_strength, p.norms_usual_approval, p.norms_internalised_share
    rate, anchor_rate, relief = p.norms_stigma_rate, p.norms_anchor_rate, p.norms_usual_relief
    for k in range(change.size):
        old, base = np.float64(stigma[k]), np.float64(anchor[k])
        believed = strength * (usual - approval[k])
        drift = rate * (share * (believed - old) + (1.0 - share) * (base - old))
        stigma[k] = old + drift + change[k]
        anchor[k] = base + anchor_rate * (old + relief - base)


@compiled
def observe(first, last, origin, seed, week, people, desk, p):
    """Both norms move with what a span of people heard and saw, and self-stigma follows."""
    real, seen, sums, change = people.real, desk.seen, desk.sums, np.empty(last - first)
    approval, belief = real[INJUNCTIVE_NORM, first:last], real[DESCRIPTIVE_NORM, first:last]
    seeking, struggling = real[SEEN_SEEKING, first:last], real[SEEN_STRUGGLING, first:last]
    hear(sums[HEARD], sums[SAID], p.norms_learning_rate, approval)
    keep, weight = 1.0 - p.norms_forgetting, p.norms_prior_weight
    believe(seen, keep, weight, real[PRIOR_NORM, first:last], seeking, struggling, belief)
    take_in(first, last, origin, seed, week, people, p, seen[2], change)
    internalise(change, approval, p, real[SELF_STIGMA, first:last], real[STIGMA_ANCHOR, first:last])
