"""How much is measured: all of it, a quick look, or the least that fills every field."""

from typing import NamedTuple


class Extent(NamedTuple):
    """Sizes and repeats of one run of the benchmarks."""

    name: str
    sizes: tuple[int, ...]  # people in a world
    person_weeks: int  # lived in each timing, at least
    repeats: int  # timings, of which the best counts (fewer for the largest sizes)
    process_sizes: tuple[int, ...]  # sizes at which each process is timed by itself
    mesa_people: int  # people among whom plain Mesa is timed first
    mesa_seconds: float  # how long plain Mesa may take at the size of the comparison
    compared_people: int  # people in the comparison with plain Mesa
    worlds: int  # small worlds
    world_people: int
    world_weeks: int
    batch_worlds: int  # of which mesa.batch_run lives these; the rest is in proportion
    batch_processes: tuple[int, ...]
    memory_people: int
    starts: int  # cold starts of each command
    callers: int  # Python threads that run worlds at once


FULL = Extent(
    name="full",
    sizes=(1_000, 10_000, 100_000, 1_000_000, 10_000_000),
    person_weeks=5_000_000,
    repeats=5,
    process_sizes=(10_000, 100_000, 1_000_000, 10_000_000),
    mesa_people=2_000,
    mesa_seconds=60.0,
    compared_people=100_000,
    worlds=1_000,
    world_people=200,
    world_weeks=26,
    batch_worlds=32,
    batch_processes=(1, 2),
    memory_people=1_000_000,
    starts=9,
    callers=4,
)
QUICK = FULL._replace(
    name="quick",
    sizes=(1_000, 10_000, 100_000),
    repeats=3,
    process_sizes=(10_000, 100_000),
    mesa_seconds=15.0,
    batch_worlds=16,
    memory_people=200_000,
    starts=5,
)
TINY = Extent(
    name="tiny",
    sizes=(300,),
    person_weeks=300,
    repeats=1,
    process_sizes=(300,),
    mesa_people=60,
    mesa_seconds=0.0,
    compared_people=300,
    worlds=4,
    world_people=60,
    world_weeks=3,
    batch_worlds=2,
    batch_processes=(1,),
    memory_people=20_000,
    starts=1,
    callers=2,
)
EXTENTS = {extent.name: extent for extent in (FULL, QUICK, TINY)}
