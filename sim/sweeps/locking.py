"""Two processes never write to one store: the first holds a lock that also works on shared file systems.

The lock is a small file that only one process can create, on any file system that creates files exclusively, NFS
included; locks of the operating system are not relied on, since they do not reach other machines everywhere. It names
the process and its machine. A lock left behind by a process that was killed on this machine is taken over. Whether a
process on another machine still lives cannot be told from here, so such a lock is named, and left to the user.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import SoftFileLock, Timeout

from sim.errors import InputError

PATIENCE = 3.0  # seconds: long enough to take over what was left behind


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of a store's folder; an ``InputError`` says who holds it already."""
    folder.mkdir(exist_ok=True)
    lock = SoftFileLock(folder / "lock", timeout=PATIENCE)
    try:
        lock.acquire(poll_interval=0.1)
    except Timeout:
        raise InputError(
            "another process is writing to this store",
            file=folder.parent,
            found=holder(folder / "lock"),
            allowed=f"to wait for it; if its machine is gone for good, remove {folder / 'lock'}",
        ) from None
    try:
        yield
    finally:
        lock.release()


def holder(file: Path) -> str:
    """Who holds a lock, as far as its file says."""
    try:
        number, host, *_ = file.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError):
        return "a lock that does not say whose it is"
    return f"process {number} on {host}"
