"""A cluster through Dask distributed: connect, refuse workers of another version, hand out, free places that hang.

``--cluster`` takes the address of a scheduler that is already there (``tcp://host:port``), its scheduler file (.json),
or a cluster file (.yaml) that says which of Dask's classes makes one:

    kind: cluster
    class: dask_jobqueue.SLURMCluster
    options: {cores: 8, processes: 8, memory: 16GB, walltime: "02:00:00"}
    workers: 64
"""

import contextlib
import json
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from sim.checking import fault, validated
from sim.errors import InputError
from sim.files import places_of
from sim.reading import read
from sim.schema import Strict
from sim.sweeps import tasks
from sim.sweeps.stamps import Stamp, refusal, stamp
from sim.sweeps.tasks import Task

if TYPE_CHECKING:
    from distributed import Client

CONNECT = 30.0  # seconds
WAIT = 600.0  # seconds for the first worker: a batch system may let one wait
FAMILIES = ("dask_jobqueue.", "dask_kubernetes.", "dask_mpi.", "distributed.", "dask_cloudprovider.")

# Sent as it stands, so that it also runs where this package is of another version, or missing.
LOOK = """
def look():
    try:
        from sim.sweeps.stamps import stamp
        return stamp().version, stamp().sources
    except Exception as error:
        return repr(error)
"""


class ClusterFile(Strict):
    """Which cluster to make, and how many workers it should have."""

    kind: Literal["cluster"]
    maker: Annotated[str, Field(alias="class", max_length=200, description="such as dask_jobqueue.SLURMCluster")]
    options: Annotated[dict[str, Any], Field(description="what the class is made with")] = Field(default_factory=dict)
    workers: Annotated[int, Field(ge=1, le=100_000)]


class Cluster:
    """The workers of a Dask scheduler, as a crew."""

    limited = False

    def __init__(self, client: "Client", closing: "list[Any] | None" = None) -> None:
        self.client = client
        self.closing = closing or []  # what was made for this study
        try:
            self.client.wait_for_workers(1, timeout=WAIT if len(self.closing) > 1 else CONNECT)
            check_workers(self.client)
            warm_workers(self.client)
        except TimeoutError:
            self.close(at_once=True)
            raise InputError("this cluster has no workers", found=str(client.scheduler)) from None
        except InputError:
            self.close(at_once=True)
            raise

    @property
    def slots(self) -> int:
        """Twice as many tasks as the workers that are there now have threads: one to live, one to come."""
        return 2 * max(1, sum(self.client.nthreads().values()))

    def submit(self, task: Task) -> Any:
        """Hand the task to the scheduler."""
        return self.client.submit(tasks.live, task, pure=False)

    def abandon(self, future: Any) -> None:
        """Take the worker that hangs from the scheduler, so that its other tasks go elsewhere."""
        key = future.key
        stuck = {worker for worker, keys in self.client.processing().items() if key in keys}
        stuck |= set(self.client.who_has([future]).get(key, ()))  # done, but it cannot be fetched
        future.cancel()
        for worker in stuck:
            self.client.run_on_scheduler(removed, worker=worker)

    def close(self, at_once: bool) -> None:
        """Close the connection, and the cluster if it was made for this study."""
        for each in self.closing:
            with contextlib.suppress(Exception):
                each.close()


async def removed(dask_scheduler: Any = None, worker: str = "") -> None:
    """Take a worker from a scheduler."""
    await dask_scheduler.remove_worker(worker, stimulus_id="time-limit")


def check_workers(client: "Client") -> None:
    """Refuse workers of another version, by name."""
    names: dict[str, Any] = {"__name__": "__main__"}  # so that the function travels, not its name
    exec(LOOK, names)
    wanted = stamp()
    for worker, found in client.run(names["look"], on_error="return").items():
        here = Stamp(*found) if isinstance(found, tuple) else None
        if here != wanted:
            raise InputError(refusal(f"the worker at {worker}", here, wanted), key="--cluster")


def warm_workers(client: "Client") -> None:
    """Have the engine loaded on every worker that is there, so that no time limit counts it."""
    from distributed import wait

    waiting = [client.submit(tasks.warm, pure=False, workers=[worker]) for worker in client.nthreads()]
    with contextlib.suppress(TimeoutError):
        wait(waiting, timeout=WAIT)


def connected(where: "str | Client") -> Cluster:
    """The cluster at an address, of a scheduler file, of a cluster file, or of a client."""
    from distributed import Client

    if isinstance(where, Client):
        return Cluster(where)
    if where.endswith((".yaml", ".yml")):
        return made(where)
    if where.endswith(".json"):
        check_scheduler_file(where)
    found = {"scheduler_file": where} if where.endswith(".json") else {"address": where}
    try:
        client = Client(**found, timeout=CONNECT)
    except (OSError, TimeoutError, ValueError) as error:
        allowed = "a Dask scheduler, begun with: dask scheduler --port 8786"
        raise InputError("there is no scheduler at this address", key="--cluster", found=where, allowed=allowed,
                         hint=None) from error  # fmt: skip
    return Cluster(client, [client])


def check_scheduler_file(file: str) -> None:
    """Refuse a file that does not come, or is not a scheduler's: Dask itself would wait for it for ever."""
    end = time.monotonic() + CONNECT  # the scheduler may be about to write it
    while not Path(file).exists() and time.monotonic() < end:
        time.sleep(0.1)
    try:
        found = json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError("this scheduler file cannot be read", file=file, found=str(error),
                         allowed="one written by: dask scheduler --scheduler-file FILE") from None  # fmt: skip
    if not isinstance(found, dict) or not isinstance(found.get("address"), str):
        raise InputError("this is no scheduler file", file=file, key="address",
                         allowed="one written by: dask scheduler --scheduler-file FILE")  # fmt: skip


def asked_for(file: str) -> ClusterFile:
    """What a cluster file asks for, checked."""
    document = read(file)
    asked = validated(ClusterFile, document.data, places_of(document))
    if not asked.maker.startswith(FAMILIES):
        allowed = ", ".join(f"{family}..." for family in FAMILIES)
        raise fault("this is no cluster of Dask's", ("class",), places_of(document), found=asked.maker, allowed=allowed)
    return asked


def made(file: str) -> Cluster:
    """The cluster that a file describes."""
    from distributed import Client

    asked = asked_for(file)
    module, _, name = asked.maker.rpartition(".")
    try:
        cluster = getattr(import_module(module), name)(**asked.options)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise InputError(f"this cluster cannot be made: {error}", file=file, key="class", found=asked.maker) from error
    cluster.scale(asked.workers)
    client = Client(cluster)
    return Cluster(client, [client, cluster])
