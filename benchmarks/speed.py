"""(a) Nanoseconds for each person-week of the whole model, from a thousand people to ten million."""

from statistics import median
from time import perf_counter

from benchmarks.extent import Extent
from benchmarks.timing import NANO, Timing, best, seconds, timed
from benchmarks.town import CENSUS_EVERY, mean_ties, people_in, towns
from sim.engine import LARGE
from sim.population import Population

STACKED = 200_000  # people in the small worlds that are lived together, so that every thread has work
THREADS = (2, 1)
LARGE_REPEATS = 2  # timings of worlds of more than `LARGEST_REPEATED` people
LARGEST_REPEATED = 1_000_000


def speed(size: int, extent: Extent) -> tuple[dict[str, object], Population]:
    """The cost of a person-week in worlds of ``size`` people, and the population it was measured on."""
    count = 1 if size >= LARGE else max(1, min(STACKED, extent.person_weeks) // size)
    repeats = extent.repeats if size <= LARGEST_REPEATED else min(LARGE_REPEATS, extent.repeats)
    rounds = max(1, round(extent.person_weeks / (size * count * CENSUS_EVERY)))
    weeks = rounds * CENSUS_EVERY  # the census comes as often as in any run
    begun = perf_counter()
    population = towns(size, count, 2 + weeks * repeats * len(THREADS))
    built = perf_counter() - begun
    population.run(1, max(THREADS))
    lived = people_in(population) * weeks
    timings: dict[int, list[Timing]] = {threads: [] for threads in THREADS}
    for _ in range(repeats):
        for threads in THREADS:  # in turn, so that what else the machine does falls on both
            until = population.week + weeks
            timings[threads].append(timed(lambda: population.run(until, threads)))  # noqa: B023
    return {
        "ns": {str(threads): ns_each(best(found).seconds, lived) for threads, found in timings.items()},
        "median_ns": {
            str(threads): ns_each(median(each.seconds for each in found), lived) for threads, found in timings.items()
        },
        "worlds": count,
        "people": people_in(population),
        "mean_ties": round(mean_ties(population), 2),
        "weeks": weeks,
        "repeats": repeats,
        "build_seconds": round(built, 2),
        "cores_taken_by_others": best(timings[max(THREADS)]).others,
    }, population


def ns_each(seconds: float, lived: int) -> float:
    """Nanoseconds for each of the person-weeks lived."""
    return round(seconds / lived * NANO, 1)


def with_plans(size: int, extent: Extent) -> dict[str, object]:
    """The same with two interventions at work on most people, on as many threads as can be."""
    population = towns(size, 1, 2 + CENSUS_EVERY * extent.repeats, ("cohesion_training", "peer_leaders"))
    population.run(1, max(THREADS))
    lived = people_in(population) * CENSUS_EVERY
    least = min(
        seconds(lambda: population.run(population.week + CENSUS_EVERY, max(THREADS))) for _ in range(extent.repeats)
    )
    return {"plans": ["cohesion_training", "peer_leaders"], "people": size, "ns": ns_each(least, lived)}
