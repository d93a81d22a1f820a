"""The machine in words: what the figures depend on, and nothing that tells whose it is."""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("numpy", "numba", "llvmlite", "mesa")


def describe() -> dict[str, object]:
    """Processor, cores, caches, memory, system and versions."""
    return {
        "processor": processor(),
        "cores": cores(),
        "memory_gb": round(total_memory() / 1e9, 1) if total_memory() else None,
        "system": platform.system(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def processor() -> str:
    """The processor's name as the system has it."""
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        for line in listing.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def total_memory() -> int | None:
    """Bytes of memory in the machine, where the system tells."""
    return pages("SC_PHYS_PAGES")


def available_memory() -> int | None:
    """Bytes that could be used now, within the limit set for this process' group if there is one."""
    found = [free for free in (listed_available() or pages("SC_AVPHYS_PAGES"), allowed_memory()) if free is not None]
    return min(found, default=None)


def pages(name: str) -> int | None:
    """One of the system's counts of memory pages, in bytes."""
    try:
        return os.sysconf(name) * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def listed_available() -> int | None:
    """What Linux holds to be available, caches that can be given up included."""
    listing = Path("/proc/meminfo")
    if not listing.exists():
        return None
    for line in listing.read_text(encoding="utf-8").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def allowed_memory() -> int | None:
    """What a container's limit leaves, if there is a limit."""
    folder = Path("/sys/fs/cgroup")
    try:
        limit = (folder / "memory.max").read_text(encoding="utf-8").strip()
        used = int((folder / "memory.current").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return None if limit == "max" else int(limit) - used


def resident() -> int | None:
    """Bytes of memory that this process holds now."""
    listing = Path("/proc/self/statm")
    if not listing.exists():
        return None
    return int(listing.read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def most_resident() -> int | None:
    """Most bytes of memory that this process has held so far."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
