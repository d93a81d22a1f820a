"""What a link holds: everything that makes a page show what it shows, as a query string and back, nothing trusted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from sim import shipped
from sim.app.fields import LATEST, checked
from sim.errors import InputError, listed, nearest
from sim.exploring.starts import STARTS

COLOURS = ("distress", "help", "stigma", "approval", "expects", "reached")
LONGEST_LINK = 4000  # characters
LARGEST_SEED = 2**32 - 1
SMALLEST, LARGEST = 20, 10_000  # members
MOST_CHANGES = 60
MOST_WORDS = 200
OWN = "own"  # the setting of a visitor with a network of her own, which no link can bring to another


@dataclass(frozen=True)
class Change:
    """A lever moved: from the week after ``week`` on, ``name`` has this value; week 0 means from the very beginning.

    Names are those of the registry, and of fields of plans (``peer_leaders.reach``); of these one is set by a word.
    """

    week: int
    name: str
    value: float | str


@dataclass(frozen=True, order=True)
class Addition:
    """A plan begun late: its first week is the one after ``week``."""

    week: int
    plan: str


@dataclass(frozen=True)
class Address:
    """Which community, with what done in it, at which week, seen how.

    ``begin`` is how people think at week 0, if not as the setting lets them: one of the two starts of a map.
    ``weeks`` is how many weeks the page looks ahead, if not as many as the setting says.
    """

    setting: str = "secondary_school"
    plans: tuple[str, ...] = ()
    seed: int = 1
    size: int | None = None
    week: int = 0
    colour: str = "distress"
    person: int | None = None
    changes: tuple[Change, ...] = ()
    additions: tuple[Addition, ...] = ()
    begin: str = ""
    weeks: int | None = None

    def same_life(self, other: "Address") -> bool:
        """Whether both are about the same lives, whatever week and view they show."""
        mine, hers = (replace(each, week=0, colour="distress", person=None) for each in (self, other))
        return mine == hers


def written(address: Address) -> str:
    """The query string of an address; what is as usual is left out."""
    usual = Address()
    words: list[tuple[str, Any]] = [("setting", address.setting)]
    words += [("plan", plan) for plan in address.plans]
    words.append(("seed", address.seed))
    optional = ("size", "weeks", "person")
    words += [(key, getattr(address, key)) for key in optional if getattr(address, key) is not None]
    words += [("begin", address.begin)] if address.begin else []
    words += [("colour", address.colour)] if address.colour != usual.colour else []
    words += [("set", f"{each.name}:{value_text(each.value)}" + at(each.week)) for each in address.changes]
    words += [("add", each.plan + at(each.week)) for each in address.additions]
    words += [("week", address.week)] if address.week else []
    return urlencode(words, safe=":@", quote_via=quote)


def value_text(value: float | str) -> str:
    """A lever's value as it stands in a link: as short as brings back the same."""
    return value if isinstance(value, str) else next(t for t in (f"{value:.10g}", repr(value)) if float(t) == value)


def at(week: int) -> str:
    """The part of a word that says from when."""
    return f"@{week}" if week else ""


def read(query: str | None) -> Address:
    """The address in a query string; an ``InputError`` says what in it cannot be."""
    text = (query or "").removeprefix("?")
    if len(text) > LONGEST_LINK:
        raise InputError("this link is too long", found=f"{len(text)} characters", allowed=f"{LONGEST_LINK}")
    if text.count("&") >= MOST_WORDS:
        raise InputError("this link says too much", found=f"{text.count('&') + 1} parts", allowed=f"{MOST_WORDS}")
    given: dict[str, list[str]] = {}
    for key, value in parse_qsl(text):
        given.setdefault(key, []).append(value)
    changes, additions = given.get("set", []), given.get("add", [])
    if len(changes) + len(additions) > MOST_CHANGES:
        raise InputError("this link moves too many levers", found=str(len(changes)), allowed=str(MOST_CHANGES))
    plans = [plan for plan in given.get("plan", []) if plan != "usual"]
    return Address(
        one_of("setting", last(given, "setting", Address.setting), [*shipped.names("setting"), OWN]),
        tuple(dict.fromkeys(one_of("plan", plan, shipped.names("plan")) for plan in plans[:10])),
        whole("seed", last(given, "seed", "1"), 0, LARGEST_SEED),
        whole("size", last(given, "size", "0"), SMALLEST, LARGEST) if "size" in given else None,
        whole("week", last(given, "week", "0"), 0, LATEST),
        one_of("colour", last(given, "colour", "distress"), COLOURS),
        whole("person", last(given, "person", "1"), 1, 10 * LARGEST) if "person" in given else None,
        in_order(change_in(word) for word in changes),
        tuple(sorted({addition_in(word) for word in additions})),
        one_of("begin", given["begin"][-1], STARTS) if "begin" in given else "",
        whole("weeks", last(given, "weeks", "0"), 1, LATEST) if "weeks" in given else None,
    )


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Changes by week and name; of two that say different things of the same, the last one."""
    by_place = {(each.week, each.name): each for each in changes}
    return tuple(by_place[place] for place in sorted(by_place))


def last(given: Mapping[str, Sequence[str]], key: str, usual: str) -> str:
    """The last value given for a key."""
    return given[key][-1] if given.get(key) else usual


def one_of(key: str, value: str, known: Sequence[str]) -> str:
    """A name that must be one of a few."""
    if value not in known:
        hint = nearest(value, known)
        raise InputError("there is no such name", key=key, found=value[:80], allowed=listed(known), hint=hint)
    return value


def whole(key: str, value: str, low: int, high: int) -> int:
    """A whole number within bounds."""
    if not (value.isascii() and value.isdigit() and len(value) < 12 and low <= int(value) <= high):
        raise InputError("this is no whole number in range", key=key, found=value[:40], allowed=f"{low} to {high}")
    return int(value)


def dated(word: str) -> tuple[str, int]:
    """A word apart from its ``@week``."""
    head, mark, week = word.rpartition("@")
    return (head, whole("week", week, 0, LATEST)) if mark else (word, 0)


def change_in(word: str) -> Change:
    """A lever in a link: ``norms.conformity:2`` or ``peer_leaders.reach:0.2@10``."""
    head, week = dated(word)
    name, _, text = head.partition(":")
    return Change(week, name, checked(name, text))


def addition_in(word: str) -> Addition:
    """A plan begun late, in a link: ``capacity@20``."""
    plan, week = dated(word)
    return Addition(week, one_of("plan", plan, shipped.names("plan")))
