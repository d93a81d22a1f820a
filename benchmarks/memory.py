"""(d) Bytes for each person and each tie: counted from the declarations, and measured in a process of its own."""

import json
import subprocess
import sys

from benchmarks import machine
from benchmarks.town import mean_ties, people_in, town
from sim.people import bytes_per_person
from sim.population import Population, World
from sim.ties import bytes_per_tie

BYTES_PER_START = 8  # where each person's ties begin
WEEKS = 2


def memory(people: int) -> dict[str, object]:
    """What a person takes with her ties, measured at ``people`` people, and what a tie takes."""
    usual, twice = (measured_elsewhere(people, ties) for ties in (1.0, 2.0))
    ties, more_ties = usual["mean_ties"], twice["mean_ties"]
    counted = bytes_per_person() + BYTES_PER_START + bytes_per_tie() * ties
    found = {
        "people": usual["people"],
        "mean_ties": round(ties, 2),
        "bytes_per_person_counted": round(counted, 1),
        "bytes_per_person_without_ties": bytes_per_person() + BYTES_PER_START,
        "bytes_per_tie_counted": bytes_per_tie(),
    }
    if usual["held"] is None:
        return found | {"bytes_per_person": round(counted, 1), "how": "counted: this system does not tell"}
    each, each_of_twice = usual["held"] / usual["people"], twice["held"] / twice["people"]
    return found | {
        "bytes_per_person": round(each, 1),
        "bytes_per_tie": round((each_of_twice - each) / (more_ties - ties), 2),
        "most_bytes_per_person": round(usual["most"] / usual["people"], 1),
        "how": "growth of resident memory from before the town is built until two weeks are lived; most: on the way",
    }


def measured_elsewhere(people: int, ties: float) -> dict:
    """``measured`` in a fresh process, where no earlier work has left memory to be used again."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory", str(people), str(ties)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def measured(people: int, ties: float) -> dict[str, float | None]:
    """Memory that a town takes in this process once it has been lived in; none where the system does not tell."""
    lived(min(people, 1_000), ties)  # code is loaded
    before = machine.resident()
    population = lived(people, ties)
    after, most = machine.resident(), machine.most_resident()
    known = before is not None and after is not None
    return {
        "people": people_in(population),
        "mean_ties": mean_ties(population),
        "held": after - before if known else None,
        "most": most - before if known and most is not None else None,
    }


def lived(people: int, ties: float) -> Population:
    """A town after its first weeks."""
    population = Population([World(town(people, ties=ties), 1)], WEEKS)
    population.run(WEEKS)
    return population


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]), float(sys.argv[2]))))
