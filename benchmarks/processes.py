"""What each process of the week costs by itself, on one thread, in the order and the blocks of the engine."""

from collections.abc import Callable
from time import perf_counter

import numpy as np

from benchmarks.timing import NANO, wait_for_quiet
from benchmarks.town import CENSUS_EVERY, people_in
from sim import distress, engine, norms, replies, seeking
from sim.population import Population

WEEKS = 3  # timings of each process, of which the best counts


def blocks(population: Population) -> list[tuple[int, int]]:
    """The blocks of people who are summed up together, for the first world."""
    end = population.rows(0).stop
    return [(first, min(first + engine.BLOCK, end)) for first in range(0, end, engine.BLOCK)]


def spans(population: Population) -> list[tuple[int, int]]:
    """The runs of blocks that are worked on in one call, as when a large world is shared out among threads."""
    single = blocks(population)
    share = max(4, len(single) // 64)
    return [(part[0][0], part[-1][1]) for part in (single[k : k + share] for k in range(0, len(single), share))]


def steps(population: Population, week: int) -> dict[str, Callable[[], None]]:
    """The processes of one week of the first world, to be called in this order."""
    state, output = population.state, population.output
    people, ties, groups = state.people, state.ties, state.groups
    p, seed = state.parameters[0], state.worlds.seed[0]
    parts = spans(population)
    strain = engine.stress(0, week, state.worlds)
    now = engine.service(0, week, state)

    def each(function: Callable[..., object], *arguments: object) -> Callable[[], None]:
        def run() -> None:
            for first, last in parts:
                function(first, last, *arguments)

        return run

    def write() -> None:
        for first, last in blocks(population):
            table = np.zeros(output.tallies.shape[2:])
            engine.tally(first, last, 0, week, state, table)
            output.tallies[0, week] += table

    own = (0, seed, week, people)
    return {
        "interventions": each(engine.prepare, 0, week, state),
        "distress": each(distress.step, 0, seed, week, strain, people, groups, p),
        "seeking": each(seeking.step, *own, groups, now, p),
        "replies": each(replies.step, *own, ties, groups, p),
        "show": each(norms.show, *own, groups, p),
        "care": lambda: engine.treat(0, week, now, state, output.service[0, week]),
        "observe and bonds": each(engine.learn, 0, week, state),
        "groups": lambda: engine.gather(0, week, state),
        "tallies": write,
        "census": lambda: engine.count_network(0, state, output.census[0, week]),
    }


def live_week(population: Population) -> dict[str, float]:
    """Live one more week of a single large world process by process; the seconds that each took."""
    week = population.week + 1
    population.lengthen(week)
    taken = {}
    for name, step in steps(population, week).items():
        if name == "census" and week % CENSUS_EVERY:
            continue
        begun = perf_counter()
        step()
        taken[name] = perf_counter() - begun
    population.state.worlds.week[0] = week
    return taken


def breakdown(population: Population, weeks: int = WEEKS) -> dict[str, float]:
    """Nanoseconds for each person-week that each process takes; the census by its share of a week."""
    people = people_in(population)
    live_week(population)  # compiled, or read from the cache
    found: dict[str, list[float]] = {}
    wait_for_quiet()
    for _ in range(weeks):
        for name, taken in live_week(population).items():
            found.setdefault(name, []).append(taken)
    counted = np.zeros(population.output.census.shape[2:])
    engine.count_network(0, population.state, counted)
    begun = perf_counter()
    engine.count_network(0, population.state, counted)
    found["census"] = [(perf_counter() - begun) / CENSUS_EVERY]
    best = {name: round(min(taken) / people * NANO, 2) for name, taken in found.items()}
    return best | {"all": round(sum(best.values()), 1)}
