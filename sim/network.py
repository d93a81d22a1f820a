"""One's own network: files of people and ties in, the structure of a world out.

Who names somebody knows her well enough to ask her; who is named, but does not name back, is a distant acquaintance.
"""

import hashlib
import math
import os
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

from sim import shipped
from sim.compiled import compiled
from sim.errors import InputError, listed, nearest
from sim.graphs import PARSERS, read_graph
from sim.links import link_pairs
from sim.people import LEADER, MEMBER
from sim.rosters import (
    Namings,
    Roster,
    check_once,
    content,
    ends_of,
    line_of,
    numbered,
    read_list,
    read_people,
    read_ties,
)
from sim.ties import FUTURE, LEADER_TIE, PEER, find
from sim.weaving import Structure, awake_fraction, pair_draw, regroup, weave

if TYPE_CHECKING:
    from sim.schema import Setting

TABLES = (".csv", ".tsv", ".txt")
LISTS = {".edgelist": False, ".adjlist": True}
GRAPHS = (*PARSERS, ".json")
NO_GROUP = "everyone"  # the group of those for whom a file names none
SEED_BITS = 0xFFFFFFFFFFFFFFFF


@dataclass(frozen=True, eq=False)
class Named:
    """People and ties of one's own files, checked; a tie that holds both ways stands twice."""

    ids: tuple[str, ...]
    group: np.ndarray  # int32 (people)
    role: np.ndarray  # uint8 (people)
    groups: tuple[str, ...]
    source: np.ndarray  # int32 (ties): who names
    target: np.ndarray  # int32 (ties): who is named
    trust: np.ndarray  # float64 (ties): as given, NaN where nothing is said
    ignored: tuple[str, ...]  # columns and attributes that mean nothing here


def load(
    people_file: str | os.PathLike[str] | None,
    ties_file: str | os.PathLike[str],
    setting: "Setting",
    seed: int,
    parameters: np.void,
) -> Structure:
    """The structure that one's own files describe; the seed draws what they do not say."""
    named, world = read(people_file, ties_file), np.uint64(seed & SEED_BITS)
    people = len(named.ids)
    low, high = np.minimum(named.source, named.target), np.maximum(named.source, named.target)
    pairs = np.unique(low.astype(np.int64) * people + high)
    first, second = (pairs // people).astype(np.int32), (pairs % people).astype(np.int32)
    led = (named.role[first] == LEADER) | (named.role[second] == LEADER)
    kind = np.where(led, LEADER_TIE, PEER).astype(np.uint8)
    next_group, group_born, later = regroup(setting, world, named.role, len(named.groups))
    ties = weave(people, world, [partial(link_pairs, first, second, kind), *later], parameters)
    settle(named.source, named.target, named.trust, world, ties, parameters)
    return Structure(
        named.group.copy(), named.role.copy(), next_group, group_born, ties, ids=named.ids, names=named.groups
    )


@compiled
def settle(source, target, given, seed, ties, p):
    """Give each named tie contact and trust enough to ask, or the trust given; let all others be dormant."""
    growth, decay, reach = p.bonds_growth, p.bonds_decay, p.bonds_reach_trust
    distant = math.floor(256.0 * p.bonds_dormant_closeness)
    for tie in range(ties.target.size):
        if ties.kind[tie] < FUTURE:
            ties.closeness[tie] = np.uint8(distant)
            ties.trust[tie] = settled(distant, growth, decay)
    least = max(min(255.0, math.ceil(contact(reach, growth, decay))), 256.0 * p.bonds_closeness_low)
    for number in range(source.size):
        i, other = source[number], target[number]
        tie = find(i, other, ties)
        if math.isnan(given[number]):
            fraction = awake_fraction(pair_draw(seed, i, other), i, p.bonds_reciprocity)
            steps = math.floor(min(255.0, least + fraction * max(0.0, 256.0 * p.bonds_closeness_high - least)))
            ties.closeness[tie] = np.uint8(steps)
            ties.trust[tie] = settled(steps, growth, decay)
            if ties.trust[tie] < reach:
                ties.trust[tie] = np.nextafter(np.float32(reach), np.float32(1.0))
        else:
            ties.closeness[tie] = np.uint8(math.floor(contact(given[number], growth, decay) + 0.5))
            ties.trust[tie] = given[number]


@compiled
def settled(steps, growth, decay):
    """The trust at which contact of so many steps (1/256 a week) settles."""
    gained = growth * steps / 256.0
    return gained / (gained + decay) if gained > 0.0 else 0.0


@compiled
def contact(trust, growth, decay):
    """The contact, in steps of 1/256 a week, that settles at this trust; at most 255."""
    if trust >= 1.0 or growth <= 0.0:
        return 255.0
    return min(255.0, 256.0 * trust * decay / (growth * (1.0 - trust)))


def read(people_file: str | os.PathLike[str] | None, ties_file: str | os.PathLike[str]) -> Named:
    """People and ties from one's own files, checked, in the files' order; kept until a file changes."""
    files = [None if file is None else shipped.located(os.fspath(file)) for file in (people_file, ties_file)]
    return read_once(files[0], str(files[1]), tuple(stamp(file) for file in files))


def stamp(file: str | None) -> tuple[int, int] | None:
    """What tells one state of a file from the next."""
    try:
        status = os.stat(file or "")
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=4)
def read_once(people_file: str | None, ties_file: str, stamps: tuple) -> Named:
    """See ``read``."""
    roster, namings = read_ties_file(ties_file)
    if people_file is not None:
        roster = read_people(people_file, content(people_file))
    elif roster is None:
        ids = dict.fromkeys(end for pair in zip(namings.sources, namings.targets, strict=True) for end in pair)
        roster = Roster(ties_file, list(ids), [""] * len(ids), [False] * len(ids))
    return checked(roster, namings)


def read_ties_file(file: str) -> tuple[Roster | None, Namings]:
    """Ties, and people if the file has any, by the ending of the file's name."""
    ending = os.path.splitext(file)[1].lower()
    known = (*TABLES, *LISTS, *GRAPHS)
    if ending not in known:
        raise InputError(
            "this kind of file is unknown",
            file=file,
            found=ending or "no ending",
            allowed=listed(known, len(known)),
            hint=nearest(ending, known),
        )
    text = content(file)
    if ending in TABLES:
        return None, read_ties(file, text)
    if ending in LISTS:
        return None, read_list(file, text, LISTS[ending])
    return read_graph(file, text, ending)


def checked(roster: Roster, namings: Namings) -> Named:
    """People who are all different, ties between two of them, each once."""
    number = numbered(roster)
    if len(number) < 2:
        raise InputError("a community is at least two people", file=roster.file, found=str(len(number)))
    if not namings.sources:
        raise InputError("there are no ties", file=namings.file, found="0 ties", allowed="at least one")
    ends = [
        ends_of(names, key, number, roster, namings)
        for names, key in ((namings.sources, "source"), (namings.targets, "target"))
    ]
    source, target = (np.array(end, np.int32) for end in ends)
    own = np.flatnonzero(source == target)
    if own.size:
        place = int(own[0])
        raise InputError(
            "nobody has a tie to herself", file=namings.file, line=line_of(namings, place), found=namings.sources[place]
        )
    place_of, mutual = np.arange(source.size), np.array(namings.mutual, bool)
    source, target = np.concatenate((source, target[mutual])), np.concatenate((target, source[mutual]))
    place_of = np.concatenate((place_of, place_of[mutual]))
    check_once(source, target, place_of, len(number), namings)
    groups = {name: place for place, name in enumerate(dict.fromkeys(name or NO_GROUP for name in roster.groups))}
    return Named(
        ids=tuple(roster.ids),
        group=np.array([groups[name or NO_GROUP] for name in roster.groups], np.int32),
        role=np.where(roster.leads, LEADER, MEMBER).astype(np.uint8),
        groups=tuple(groups),
        source=source,
        target=target,
        trust=np.array(namings.trust)[place_of],
        ignored=tuple(dict.fromkeys((*roster.ignored, *namings.ignored))),
    )


def digests(setting: "Setting") -> dict[str, str]:
    """The SHA-256 of each file that a setting's network comes from, by what it holds: people, ties."""
    found = {}
    for part in ("people", "ties"):
        file = getattr(setting.network, part, None)
        if file is not None:
            try:
                with open(shipped.located(file), "rb") as stream:
                    found[part] = hashlib.file_digest(stream, "sha256").hexdigest()
            except (OSError, ValueError):
                raise InputError("this file cannot be read", file=file) from None
    return found


def overview(people_file: str | os.PathLike[str] | None, ties_file: str | os.PathLike[str]) -> dict[str, object]:
    """What was understood of one's own files, to be shown before anything runs."""
    named = read(people_file, ties_file)
    pairs = set(zip(named.source.tolist(), named.target.tolist(), strict=True))
    return {
        "people": len(named.ids),
        "leaders": int(np.count_nonzero(named.role == LEADER)),
        "groups": len(named.groups),
        "ties": len(pairs),
        "mutual": sum((other, i) in pairs for i, other in pairs),
        "with_trust": int(np.count_nonzero(~np.isnan(named.trust))),
        "unconnected": len(named.ids) - len({i for pair in pairs for i in pair}),
        "ignored": list(named.ignored),
    }
