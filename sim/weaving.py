"""How links become a structure: both ways, in sorted rows, with the trust of a settled life, and new groups to come."""

import math
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np

from sim import luck
from sim.compiled import borrowed, compiled, spliced
from sim.elementary import exponential, logarithm
from sim.links import link_leaders, link_units
from sim.people import LEADER, MEMBER
from sim.rows import LANES, SPAN, spread, widest
from sim.schema import Dissolve, Setting
from sim.ties import FUTURE, Ties, is_trusted

AT_THE_START = -1_000_000  # the week in which the first groups formed
NEW_CLUSTERING = 0.5  # assumed, where the setting has no units to say it
LONG_AGO = 1e6  # weeks: a time without end
SETTLING_ROUNDS = 2  # the share with a mutual friend moves by less than .02 after these
SETTLING_SAMPLE = 64  # people on whom the share with a mutual friend is measured
EVENT_LEVEL = 1000  # tells the draws for new groups from those for the units of the start


@dataclass(frozen=True, eq=False)
class Structure:
    """Who belongs where and who knows whom in one world."""

    group: np.ndarray  # int32 (people): the group at the start
    role: np.ndarray  # uint8 (people): MEMBER or LEADER
    next_group: np.ndarray  # int32 (events, people): the group that each dissolution moves a person to
    group_born: np.ndarray  # int64 (groups): the week in which each group forms
    ties: Ties
    ids: tuple[str, ...] | None = None  # one's own network only
    names: tuple[str, ...] = ()  # of the first groups, one's own network only
    unit_name: str = "group"

    @cached_property
    def group_names(self) -> tuple[str, ...]:
        """The name of each group: "class 12", or one's own; "class 3 after week 26" where it forms in that week."""
        count = int(np.count_nonzero(self.group_born == AT_THE_START))
        made = list(self.names) or [f"{self.unit_name} {number}" for number in range(1, count + 1)]
        for week in dict.fromkeys(self.group_born[count:].tolist()):
            later = range(1, int(np.count_nonzero(self.group_born == week)) + 1)
            made += [f"{self.unit_name} {number} after week {week}" for number in later]
        return tuple(made)

    def group_at(self, week: int) -> np.ndarray:
        """The group of each person in a week, dissolutions of that very week included."""
        past = {int(self.group_born[moves[0]]): moves for moves in self.next_group}
        past = {born: moves for born, moves in past.items() if born <= week}
        return past[max(past)] if past else self.group


@compiled
def to_offsets(start):
    """Turn the counts of each row into where each row begins; gives the total."""
    total = 0
    for i in range(start.size):
        count = start[i]
        start[i] = total
        total += count
    return total


@compiled
def count_both_ways(link_start, link_target, start):
    """Number of ties of each person, into ``start``; places not filled (-1) do not count."""
    for i in range(link_start.size - 1):
        for link in range(link_start[i], link_start[i + 1]):
            if link_target[link] < 0:
                break
            start[i] += 1
            start[link_target[link]] += 1


@compiled
def fill_both_ways(link_start, link_target, link_kind, start, target, kind):
    """Write each link in both rows, with ``start`` as the pens, which are set back afterwards; sort each row."""
    for i in range(link_start.size - 1):
        for link in range(link_start[i], link_start[i + 1]):
            other = link_target[link]
            if other < 0:
                break
            target[start[i]] = other
            kind[start[i]] = link_kind[link]
            start[i] += 1
            target[start[other]] = i
            kind[start[other]] = link_kind[link]
            start[other] += 1
    for i in range(start.size - 1, 0, -1):
        start[i] = start[i - 1]
    start[0] = 0
    for i in range(start.size - 1):
        sort_row(start[i], start[i + 1], target, kind)


@compiled
def sort_row(first, last, target, kind):
    """Sort one row by target, in place (Shell's method; most rows are short and nearly sorted)."""
    for gap in (701, 301, 132, 57, 23, 10, 4, 1):
        for place in range(first + gap, last):
            moved_target = target[place]
            moved_kind = kind[place]
            hole = place
            while hole - gap >= first and target[hole - gap] > moved_target:
                target[hole] = target[hole - gap]
                kind[hole] = kind[hole - gap]
                hole -= gap
            target[hole] = moved_target
            kind[hole] = moved_kind


@spliced
def pair_draw(seed, i, other):
    """64 random bits for a pair of people, the same from either side."""
    return luck.pair_bits(luck.person_key(seed, min(i, other)), 0, luck.TIE_START, max(i, other))


@spliced
def awake_fraction(draw, i, reciprocity):
    """Where in the awake range closeness lies: one draw for both sides with chance ``reciprocity``, else one each."""
    draw = luck.mix(draw)
    own = np.uint64(i + 1) * luck.STRIDE if luck.unit(draw) >= reciprocity else np.uint64(0)
    return luck.unit(luck.mix(draw + own))


class Balance(NamedTuple):
    """What start states are drawn from: a world's parameters, and the hazards that settle together."""

    waking: float  # weekly hazard that a dormant tie wakes
    fading: float
    reciprocity: float
    low: float
    high: float
    dormant: float
    growth: float
    decay: float
    new_trust: float


@compiled
def balance(mutual, p):
    """The balance where a share ``mutual`` of the dormant ties has a mutual friend."""
    need = p.distress_settled_need
    alike = 1.0 - 2.0 * need * (1.0 - need)
    likeness = (alike * p.bonds_homophily + 1.0 - alike) * (1.0 - need + need * p.bonds_distressed_waking)
    return Balance(
        (p.bonds_waking + p.bonds_closure * mutual) * likeness,
        p.bonds_fading,
        p.bonds_reciprocity,
        p.bonds_closeness_low,
        p.bonds_closeness_high,
        p.bonds_dormant_closeness,
        p.bonds_growth,
        p.bonds_decay,
        p.bonds_new_trust,
    )


@spliced
def drawn_closeness(draw, i, awake, b):
    """Closeness, in 1/256, that person ``i`` has in a tie that is awake or asleep."""
    share = b.low + awake_fraction(draw, i, b.reciprocity) * (b.high - b.low)
    return min(255.0, math.floor(256.0 * (share if awake else b.dormant)))


@spliced
def lived_trust(draw, i, awake, closeness, b):
    """Trust that a tie has come to: followed through its last times of contact and of silence, up to the present one.

    Times awake and asleep are exponential, with the weekly hazards of falling asleep and of waking; ``closeness`` is
    the present one, in 1/256. Two earlier times are enough for the start to be forgotten.
    """
    draw = luck.mix(draw + luck.GOLDEN)
    trust = lived_on(0.0, draw, awake, drawn_closeness(draw, i, awake, b), b)
    draw = luck.mix(draw + luck.GOLDEN)
    trust = lived_on(trust, draw, not awake, drawn_closeness(draw, i, not awake, b), b)
    return lived_on(trust, luck.mix(draw + luck.GOLDEN), awake, closeness, b)


@spliced
def lived_on(trust, draw, awake, closeness, b):
    """Trust after one more time awake or asleep, whose length is drawn."""
    gained = b.growth * closeness / 256.0
    leaving = b.fading if awake else b.waking
    weeks = -logarithm(1.0 - luck.unit(draw)) / leaving if leaving > 0.0 else LONG_AGO
    rate = gained + b.decay
    settled = gained / rate if rate > 0.0 else 0.0
    return settled + (trust - settled) * exponential(-rate * weeks)


@compiled
def start_span(seed, owner, target, kind, b, trust, closeness):
    """Closeness and trust, as settled in the balance, of the ties of a span of people; ``owner``: whose each is."""
    turnover = b.waking + b.fading
    for t in range(target.size):
        draw = pair_draw(seed, owner[t], target[t])
        awake = luck.unit(draw) * turnover < b.waking
        steps = drawn_closeness(draw, owner[t], awake, b)
        lived = lived_trust(luck.mix(draw), owner[t], awake, steps, b)
        trust[t] = b.new_trust if kind[t] >= FUTURE else lived
        closeness[t] = np.uint8(np.int32(steps))


@compiled
def start_states(last, seed, ties, b):
    """Closeness and trust of the ties of the first ``last`` people, as settled in the balance."""
    owner = np.empty(widest(0, last, ties.start) + LANES, np.int32)
    for first in range(0, last, SPAN):
        end = min(first + SPAN, last)
        begin, stop = ties.start[first], ties.start[end]
        spread(ties.start[first : end + 1], begin, np.arange(first, end).astype(np.int32), owner)
        trust, closeness = ties.trust[begin:stop], ties.closeness[begin:stop]
        start_span(seed, owner, ties.target[begin:stop], ties.kind[begin:stop], b, trust, closeness)


@compiled
def mutual_share(last, ties, p):
    """Share of the dormant ties of the first ``last`` people that have a mutual friend.

    A mutual friend is someone whom the person trusts enough to ask and who knows the other (nobody knows herself, so it
    is never the other).
    """
    dormant_steps = math.floor(256.0 * p.bonds_dormant_closeness)
    known = np.full(ties.start.size - 1, -1, np.int32)  # who last knew somebody through a friend
    dormant = mutual = 0
    for i in range(last):
        for tie in range(ties.start[i], ties.start[i + 1]):
            if is_trusted(tie, ties, p):
                for other in range(ties.start[ties.target[tie]], ties.start[ties.target[tie] + 1]):
                    if ties.kind[other] < FUTURE:
                        known[ties.target[other]] = i
        for tie in range(ties.start[i], ties.start[i + 1]):
            asleep = (ties.closeness[tie] <= dormant_steps) & (ties.kind[tie] < FUTURE)
            dormant += asleep
            mutual += asleep & (known[ties.target[tie]] == i)
    return mutual / dormant if dormant else 0.0


@compiled
def settle(seed, ties, p):
    """Start all ties where waking and falling asleep balance, which depends on how many mutual friends there are."""
    ties = Ties(
        borrowed(ties.start), borrowed(ties.target), borrowed(ties.trust), borrowed(ties.closeness), borrowed(ties.kind)
    )
    people = ties.start.size - 1
    sample = min(people, SETTLING_SAMPLE)
    mutual = 0.5
    for _ in range(SETTLING_ROUNDS):
        start_states(sample, seed, ties, balance(mutual, p))
        mutual = mutual_share(sample, ties, p)
    start_states(people, seed, ties, balance(mutual, p))


def weave(people: int, seed: np.uint64, parts: list, parameters: np.void) -> Ties:
    """Ties among ``people`` from ``parts``: kernels of ``links`` with all but the shared last arguments bound."""
    link_start = np.zeros(people + 1, np.int64)
    no_target, no_kind = np.empty(0, np.int32), np.empty(0, np.uint8)
    for part in parts:
        part(False, link_start, no_target, no_kind)
    links = to_offsets(link_start)
    link_target, link_kind = np.full(links, -1, np.int32), np.empty(links, np.uint8)
    for part in parts:
        part(True, link_start, link_target, link_kind)
    start = np.zeros(people + 1, np.int64)
    count_both_ways(link_start, link_target, start)
    total = to_offsets(start)
    target, kind = np.empty(total, np.int32), np.empty(total, np.uint8)
    fill_both_ways(link_start, link_target, link_kind, start, target, kind)
    del link_start, link_target, link_kind
    trust, closeness = np.empty(total, np.float32), np.empty(total, np.uint8)
    ties = Ties(start, target, trust, closeness, kind)
    settle(seed, ties, parameters)
    return ties


@compiled
def shuffled(rows, seed, slot):
    """The rows in random order (Durstenfeld 1964); ``slot`` tells one shuffle of a world from another."""
    rows = rows.copy()
    key = luck.person_key(seed, -1)
    for last in range(rows.size - 1, 0, -1):
        other = np.int64(luck.unit(luck.pair_bits(key, slot, luck.NEW_GROUP, last)) * (last + 1))
        rows[last], rows[other] = rows[other], rows[last]
    return rows


def even_bounds(count: int, units: int) -> np.ndarray:
    """Where each of ``units`` equal shares of ``count`` places begins, and the end: sizes differ by one at most."""
    return np.arange(units + 1, dtype=np.int64) * count // units


def share_out(count: int, size: float) -> int:
    """How many units of about ``size`` members hold ``count`` members."""
    return max(1, int(count / size + 0.5))


def regroup(
    setting: Setting, seed: np.uint64, role: np.ndarray, first_groups: int
) -> tuple[np.ndarray, np.ndarray, list]:
    """New groups for each dissolution: next_group, group_born, and the parts for ``weave`` that link them.

    Members are dealt out at random, so those who were together are mostly parted; leaders likewise, evenly over the new
    groups, and each knows her new group's members.
    """
    events = [event for event in setting.events if isinstance(event, Dissolve)]
    born = [np.full(first_groups, AT_THE_START, np.int64)]
    next_group = np.zeros((len(events), role.size), np.int32)
    clustering = setting.units[0].clustering if setting.units else NEW_CLUSTERING
    nobody, parts, groups = np.empty(0, np.int64), [], first_groups
    for number, event in enumerate(events):
        level, kind = EVENT_LEVEL + number, np.int64(FUTURE + number)
        members = shuffled(np.flatnonzero(role == MEMBER).astype(np.int32), seed, 2 * number)
        leaders = shuffled(np.flatnonzero(role == LEADER).astype(np.int32), seed, 2 * number + 1)
        units = share_out(members.size, event.size)
        bounds = even_bounds(members.size, units)
        leader_unit = np.arange(leaders.size, dtype=np.int64) * units // max(1, leaders.size)
        next_group[number, members] = groups + np.repeat(np.arange(units), np.diff(bounds))
        next_group[number, leaders] = groups + leader_unit
        shared = (float(event.ties), float(clustering), level, kind, seed)
        parts.append(partial(link_units, members, bounds, nobody, *shared))
        parts.append(partial(link_leaders, leaders, leader_unit, members, bounds, level, kind, seed))
        born.append(np.full(units, event.week, np.int64))
        groups += units
    return next_group, np.concatenate(born), parts
