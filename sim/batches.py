"""Worlds in batches: enough to keep every core busy, few enough to fit in memory, those that begin alike together."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.measures import CENSUS_TALLIES, SERVICE_TALLIES, TALLIES
from sim.population import SUBGROUPS, World, first_alike

if TYPE_CHECKING:
    from sim.schema import Scenario
    from sim.tabling import Run

BATCH_PEOPLE = 1_000_000  # people held in memory at once, unless a single world has more
BATCH_BYTES = 400_000_000  # of tallies, before they are reduced


def batches(runs: "Sequence[Run]", sizes: Mapping[int, int]) -> "Iterator[list[Run]]":
    """Runs in batches of bounded size and one length; those that begin alike stay together as far as they fit."""
    held: list[Run] = []
    people = size = 0
    for family in families(runs):
        family_people = sum(sizes[id(r.scenario)] for r in family)
        alone = family_people > BATCH_PEOPLE or len(family) * tally_bytes(family[0]) > BATCH_BYTES
        for part in ([r] for r in family) if alone else (family,):
            more_people, more = sum(sizes[id(r.scenario)] for r in part), len(part) * tally_bytes(part[0])
            full = people + more_people > BATCH_PEOPLE or size + more > BATCH_BYTES
            if held and (full or held[0].scenario.weeks != part[0].scenario.weeks):
                yield held
                held, people, size = [], 0, 0
            held.extend(part)
            people, size = people + more_people, size + more
    if held:
        yield held


def families(runs: "Sequence[Run]") -> "list[list[Run]]":
    """Runs of one length that begin alike, so that their burn-in can be shared; the shortest come first."""
    first = first_alike([World(r.scenario, r.seed) for r in runs])
    found: dict[tuple[int, int], list[Run]] = {}
    for each, origin in zip(runs, first.tolist(), strict=True):
        found.setdefault((each.scenario.weeks, origin), []).append(each)
    return [found[key] for key in sorted(found, key=lambda key: key[0])]


def tally_bytes(each: "Run") -> int:
    """The memory that one run's tallies take while its batch is worked on."""
    a_week = SUBGROUPS * (len(TALLIES) + len(CENSUS_TALLIES)) + len(SERVICE_TALLIES)
    return 8 * a_week * (each.scenario.weeks + 1)


def people_in(scenario: "Scenario") -> int:
    """How many people a scenario has, leaders included."""
    setting = scenario.setting
    if setting.network is not None:
        from sim import network

        return len(network.read(setting.network.people, setting.network.ties).ids)
    from sim import structure

    if setting.people is None or not setting.units:
        raise InputError("this setting has no people", file=scenario.setting_name)
    units, _ = structure.nest(setting.people, setting.units)
    leaders = sum(level.leaders * (bounds.size - 1) for level, bounds in zip(setting.units, units, strict=True))
    return setting.people + leaders
