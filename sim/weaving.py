"""How links become a structure: both ways, in sorted rows, with the trust of a settled life, and new groups to come."""

import math
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from sim import luck
from sim.compiled import borrowed, compiled
from sim.links import link_leaders, link_units
from sim.people import LEADER, MEMBER
from sim.schema import Dissolve, Setting
from sim.ties import FUTURE, Ties, has_mutual_friend

AT_THE_START = -1_000_000  # the week in which the first groups formed
NEW_CLUSTERING = 0.5  # assumed, where the setting has no units to say it
PAST_TIMES = 2  # times awake or asleep before the present one, to know how far trust has come
LONG_AGO = 1e6  # weeks: a time without end
SETTLING_ROUNDS = 2  # the share with a mutual friend moves by less than .02 after these
SETTLING_SAMPLE = 64  # people on whom the share with a mutual friend is measured
EVENT_LEVEL = 1000  # tells the draws for new groups from those for the units of the start
PARAMETERS = (
    "bonds_waking",
    "bonds_closure",
    "bonds_fading",
    "bonds_reciprocity",
    "bonds_closeness_low",
    "bonds_closeness_high",
    "bonds_dormant_closeness",
    "bonds_growth",
    "bonds_decay",
    "bonds_new_trust",
)


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


@compiled
def pair_draw(seed, i, other):
    """64 random bits for a pair of people, the same from either side."""
    return luck.pair_bits(luck.person_key(seed, min(i, other)), 0, luck.TIE_START, max(i, other))


@compiled
def awake_fraction(draw, i, reciprocity):
    """Where in the awake range closeness lies: one draw for both sides with chance ``reciprocity``, else one each."""
    draw = luck.mix(draw)
    if luck.unit(draw) >= reciprocity:
        draw += np.uint64(i + 1) * luck.STRIDE
    return luck.unit(luck.mix(draw))


@compiled
def waking_hazard(mutual, p):
    """Mean weekly hazard that a dormant tie wakes, where a share ``mutual`` of them has a mutual friend."""
    need = p.distress_settled_need
    alike = 1.0 - 2.0 * need * (1.0 - need)
    likeness = (alike * p.bonds_homophily + 1.0 - alike) * (1.0 - need + need * p.bonds_distressed_waking)
    return (p.bonds_waking + p.bonds_closure * mutual) * likeness


@compiled
def lived_trust(draw, i, awake, closeness, hazard, p):
    """Trust that a tie has come to: followed through its last times of contact and of silence, up to the present one.

    Times awake and asleep are exponential, with the weekly hazards of falling asleep and of waking; ``closeness`` is
    the present one, in 1/256. ``PAST_TIMES`` earlier times are enough for the start to be forgotten.
    """
    trust = 0.0
    for past in range(PAST_TIMES, -1, -1):
        draw = luck.mix(draw + luck.GOLDEN)
        was_awake = awake == (past % 2 == 0)
        steps = closeness if past == 0 else drawn_closeness(draw, i, was_awake, p)
        gained = p.bonds_growth * steps / 256.0
        leaving = p.bonds_fading if was_awake else hazard
        weeks = -math.log1p(-luck.unit(draw)) / leaving if leaving > 0.0 else LONG_AGO
        rate = gained + p.bonds_decay
        settled = gained / rate if rate > 0.0 else 0.0
        trust = settled + (trust - settled) * math.exp(-rate * weeks)
    return trust


@compiled
def drawn_closeness(draw, i, awake, p):
    """Closeness, in 1/256, that person ``i`` has in a tie that is awake or asleep."""
    share = p.bonds_dormant_closeness
    if awake:
        fraction = awake_fraction(draw, i, p.bonds_reciprocity)
        share = p.bonds_closeness_low + fraction * (p.bonds_closeness_high - p.bonds_closeness_low)
    return min(255.0, math.floor(256.0 * share))


@compiled
def start_states(last, hazard, seed, ties, p):
    """Closeness and trust of the ties of the first ``last`` people, as settled when dormant ties wake at ``hazard``."""
    turnover = hazard + p.bonds_fading
    for i in range(last):
        for tie in range(ties.start[i], ties.start[i + 1]):
            draw = pair_draw(seed, i, ties.target[tie])
            awake = luck.unit(draw) * turnover < hazard
            steps = drawn_closeness(draw, i, awake, p)
            ties.closeness[tie] = np.uint8(steps)
            if ties.kind[tie] >= FUTURE:
                ties.trust[tie] = p.bonds_new_trust
            else:
                ties.trust[tie] = lived_trust(luck.mix(draw), i, awake, steps, hazard, p)


@compiled
def mutual_share(last, ties, p):
    """Share of the dormant ties of the first ``last`` people that have a mutual friend."""
    dormant = mutual = 0
    for i in range(last):
        for tie in range(ties.start[i], ties.start[i + 1]):
            if ties.closeness[tie] <= math.floor(256.0 * p.bonds_dormant_closeness) and ties.kind[tie] < FUTURE:
                dormant += 1
                mutual += has_mutual_friend(i, ties.target[tie], ties, p)
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
        start_states(sample, waking_hazard(mutual, p), seed, ties, p)
        mutual = mutual_share(sample, ties, p)
    start_states(people, waking_hazard(mutual, p), seed, ties, p)


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
