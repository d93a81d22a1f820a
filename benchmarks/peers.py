"""(b), (c) The same rules as plain Mesa agents: one large world week by week, many small ones by mesa.batch_run."""

from functools import partial
from time import perf_counter

import mesa

from benchmarks.extent import Extent
from benchmarks.plain import PlainModel
from benchmarks.timing import NANO, best, seconds, timed
from benchmarks.town import CENSUS_EVERY, mean_ties, people_in, town
from sim.population import Population, World
from sim.schema import Scenario

THREADS = 2
SMALL_WEEKS = 5  # weeks that plain Mesa is timed for at the smaller size
LARGE_WEEKS = 3  # and at most at the size of the comparison
ENGINE_TIMINGS = 2


def against_mesa(extent: Extent, engine_ns: dict[str, float]) -> dict[str, object]:
    """Times that plain Mesa's person-week is the engine's, at the size of the comparison if it can bear it."""
    found: dict[str, object] = {}
    small = plain_week(extent.mesa_people, SMALL_WEEKS)
    found["small"] = small | {"twin_ns": plain_week(extent.mesa_people, SMALL_WEEKS, twin=True)["ns"]}
    used = small
    weeks = min(LARGE_WEEKS, int(extent.mesa_seconds * NANO / (small["ns"] * extent.compared_people)))
    if weeks:
        used = found["large"] = plain_week(extent.compared_people, weeks)
    return found | {
        "times": round(used["ns"] / engine_ns["2"], 1),
        "times_one_thread": round(used["ns"] / engine_ns["1"], 1),
        "words": f"{used['ns']:,.0f} ns per person-week among {used['people']:,}; engine on {THREADS} threads",
    }


def plain_week(people: int, weeks: int, twin: bool = False) -> dict:
    """Nanoseconds of a person-week of plain agents (the best week), and the seconds to make them."""
    begun = perf_counter()
    model = PlainModel(town(people), 1, twin)
    build = perf_counter() - begun
    week = best(timed(model.step) for _ in range(weeks))
    count = len(model.people)
    return {
        "people": count,
        "weeks": weeks,
        "ns": round(week.seconds / count * NANO),
        "build_seconds": round(build, 2),
        "cores_taken_by_others": week.others,
    }


def against_batch_run(extent: Extent) -> dict[str, object]:
    """Times that mesa.batch_run with plain agents takes what the engine takes for the same small worlds."""
    scenario = town(extent.world_people)
    worlds = [World(scenario, seed) for seed in range(1, extent.worlds + 1)]
    made: list[Population] = []

    def build() -> None:
        made[:] = [Population(worlds, extent.world_weeks, CENSUS_EVERY)]

    build()
    building, living = [], []
    for _ in range(ENGINE_TIMINGS):
        building.append(timed(build))
        living.append(timed(lambda: made[0].run(extent.world_weeks, THREADS)))
    engine = best(building).seconds + best(living).seconds
    batch = {str(n): batch_seconds(scenario, n, extent) for n in extent.batch_processes}
    fastest = min(row["all_worlds_seconds"] for row in batch.values())
    return {
        "cores_taken_by_others": [best(building).others, best(living).others],
        "worlds": extent.worlds,
        "people": round(people_in(made[0]) / extent.worlds),
        "mean_ties": round(mean_ties(made[0]), 2),
        "weeks": extent.world_weeks,
        "engine_seconds": round(engine, 2),
        "engine_building_seconds": round(best(building).seconds, 2),
        "engine_living_seconds": round(best(living).seconds, 2),
        "by_processes": batch,
        "times": round(fastest / engine, 1),
        "times_by_processes": {n: round(row["all_worlds_seconds"] / engine, 1) for n, row in batch.items()},
        "words": f"{extent.worlds:,} worlds, {extent.world_people} people, {extent.world_weeks} weeks, with building",
    }


def batch_seconds(scenario: Scenario, processes: int, extent: Extent) -> dict[str, float]:
    """Seconds of mesa.batch_run for all the worlds: some are run, and the rest taken to cost what each more did."""
    fewer, more = extent.batch_worlds // 2, extent.batch_worlds
    times = {count: run_batch(scenario, processes, count, extent.world_weeks) for count in (fewer, more)}
    each = max(0.0, times[more] - times[fewer]) / (more - fewer)
    return {
        "worlds_run": more,
        "seconds": round(times[more], 2),
        "seconds_a_world": round(each, 3),
        "all_worlds_seconds": round(times[more] + each * (extent.worlds - more), 1),
    }


def run_batch(scenario: Scenario, processes: int, worlds: int, weeks: int) -> float:
    """Seconds of one call of mesa.batch_run."""
    call = partial(
        mesa.batch_run,
        PlainModel,
        parameters={"scenario": [scenario]},
        number_processes=processes,
        max_steps=weeks,
        display_progress=False,
        rng=list(range(1, worlds + 1)),
    )
    return seconds(call)
