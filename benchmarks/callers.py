"""(f) Several Python threads run worlds at once, as visitors of a page do: the bits are those of one by one."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

from benchmarks.extent import Extent
from benchmarks.timing import seconds
from benchmarks.town import town
from sim.population import Population, World

SMALL_WORLDS = 8  # beside each caller's large world
WEEKS = 14  # a census falls into them


def callers(extent: Extent) -> dict[str, object]:
    """Each caller has a few small worlds and a large one, on two threads of its own: same bits or not, and the time."""
    large, small = town(extent.compared_people), town(extent.world_people)

    def lived(caller: int) -> str:
        worlds = [World(small, SMALL_WORLDS * caller + k) for k in range(SMALL_WORLDS)]
        population = Population([World(large, caller), *worlds], WEEKS)
        population.run(WEEKS, 2)
        return digest(population)

    numbers = range(extent.callers)
    alone: list[str] = []
    at_once: list[str] = []
    one_by_one = seconds(lambda: alone.extend(map(lived, numbers)))
    with ThreadPoolExecutor(extent.callers) as pool:
        together = seconds(lambda: at_once.extend(pool.map(lived, numbers)))
    return {
        "callers": extent.callers,
        "same_bits": alone == at_once,
        "different_worlds": len(set(alone)) == extent.callers,
        "one_by_one_seconds": round(one_by_one, 2),
        "at_once_seconds": round(together, 2),
    }


def digest(population: Population) -> str:
    """A digest of every bit of the people, the ties and what was written down."""
    found = sha256()
    for part in (population.state.people, population.state.ties, population.state.groups, population.output):
        for array in part:
            found.update(array.tobytes())
    return found.hexdigest()
