"""What the work of each process must cost at least: bytes moved, places looked up, and arithmetic, from its sizes.

The counts below are read off the source of each process; the price of each kind of work is measured on this machine,
on one thread. What a process takes beyond its largest part is branches, waiting for one result before the next can
begin, and bookkeeping.
"""

from typing import NamedTuple

import numpy as np

from benchmarks.timing import NANO, seconds
from benchmarks.town import CENSUS_EVERY, mean_ties, people_in
from sim import luck
from sim.compiled import compiled
from sim.people import column
from sim.population import Population

STREAMED = 2**25  # numbers of four bytes that are copied to see how fast memory streams
TRIED = 2_000_000  # look-ups, draws, functions tried
TRIES = 3


class Work(NamedTuple):
    """What one process does for one person in one week."""

    bytes: float  # read or written in order, each person's and each tie's own
    lookups: float  # reads at places that ties point to
    draws: float  # 64-bit hashes
    functions: float  # exponentials, logarithms, cosines, error functions


class Prices(NamedTuple):
    """Nanoseconds, on one thread of this machine."""

    byte: float
    lookup: float
    draw: float
    function: float


@compiled
def look_up(places, table):
    """Sum up what stands at the places."""
    total = 0
    for place in places:
        total += table[place]
    return total


@compiled
def draw_many(count):
    """Sum up uniform draws."""
    total = 0.0
    for i in range(count):
        total += luck.unit(luck.mix(np.uint64(i)))
    return total


@compiled
def exponentials(count):
    """Sum up exponentials, none of which the compiler can foresee."""
    total = 0.0
    for i in range(count):
        total += np.exp(i * -1e-6)
    return total


def works(ties: float, trusted: float, pairs: float, need: float) -> dict[str, Work]:
    """The work of each process, with so many ties, trusted ties and pairs of them a person, and a share in need."""
    return {
        "distress": Work(37, 0, 4, 4 + 2 * need),
        "seeking": Work(3 + 60 * need, 0, 3 * need, 5 * need),
        "replies": Work(23, 0, 4 * need, 0),
        "show": Work(22, 0, 2, 1),
        "care": Work(22, 0, 0, 0),
        "observe and bonds": Work(8 + 14 * ties + 68, ties * (1 + need), 2 + ties * (1 + 3 * need), 0),
        "groups": Work(13, 0, 0, 0),
        "tallies": Work(48, 0, 0, 1),
        "census": Work(
            (8 + 9 * ties) / CENSUS_EVERY,
            (trusted + 4 * (trusted + pairs)) / CENSUS_EVERY,  # a row of about 12 is searched in four steps
            0,
            0,
        ),
    }


def prices(people: int) -> Prices:
    """What each kind of work costs here; look-ups in a table of one byte for each of ``people``."""
    source = np.ones(STREAMED, np.float32)
    target = np.empty_like(source)
    random = np.random.default_rng(1)
    places = random.integers(0, people, TRIED, dtype=np.int32)
    table = np.ones(people, np.uint8)
    for function in (lambda: look_up(places[:2], table), lambda: draw_many(2), lambda: exponentials(2)):
        function()

    def best(function) -> float:
        return min(seconds(function) for _ in range(TRIES)) * NANO

    return Prices(
        byte=best(lambda: np.copyto(target, source)) / (8 * STREAMED),
        lookup=best(lambda: look_up(places, table)) / TRIED,
        draw=best(lambda: draw_many(TRIED)) / TRIED,
        function=best(lambda: exponentials(TRIED)) / TRIED,
    )


def bounds(population: Population, taken: dict[str, float]) -> dict[str, object]:
    """For each process what bandwidth, look-ups and arithmetic must take, and which is most, beside ``taken``."""
    everyone = population.state.people
    need = float(column(everyone, "episode").mean())
    friends = column(everyone, "reachable_friends").astype(float) + column(everyone, "reachable_leaders")
    trusted, pairs = float(friends.mean()), float((friends * (friends - 1.0)).mean())
    price = prices(people_in(population))
    found: dict[str, object] = {}
    for name, work in works(mean_ties(population), trusted, pairs, need).items():
        parts = {
            "bandwidth": work.bytes * price.byte,
            "look-ups": work.lookups * price.lookup,
            "arithmetic": work.draws * price.draw + work.functions * price.function,
        }
        most = max(parts, key=parts.__getitem__)
        found[name] = {
            "taken_ns": taken[name],
            **{f"{part.replace('-', '')}_ns": round(value, 2) for part, value in parts.items()},
            "most": most,
        }
    return {
        "share_in_episode": round(need, 4),
        "trusted_ties": round(trusted, 2),
        "trusted_pairs": round(pairs, 2),
        "prices_ns": rounded(price),
        "processes": found,
    }


def rounded(price: Prices) -> dict[str, float]:
    """Prices by name, to a few digits."""
    return {name: float(f"{value:.3g}") for name, value in price._asdict().items()}
