"""Which version of the program is at work: its number, and a digest of the sources that make worlds what they are."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sim

SOURCE = Path(sim.__file__).parent
# below the package's folder; maps begin their worlds in a way of their own
MAKES_WORLDS = (
    "*.py",
    "*.yaml",
    "sweeps/*.py",
    *(f"exploring/{name}.py" for name in ("starts", "walking", "refining")),
)


@dataclass(frozen=True)
class Stamp:
    """A version and the digest of its sources: equal stamps mean equal worlds."""

    version: str
    sources: str

    def __str__(self) -> str:
        return f"version {self.version}, sources {self.sources}"


class OtherVersionError(RuntimeError):
    """A worker has another version of the program than the study: its worlds would not be the same."""


@cache
def stamp() -> Stamp:
    """The stamp of the program in this process, as its files were when it was first asked for."""
    digest = hashlib.sha256()
    for file in sorted({file for pattern in MAKES_WORLDS for file in SOURCE.glob(pattern)}):
        digest.update(file.relative_to(SOURCE).as_posix().encode())
        digest.update(hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).digest())
    return Stamp(sim.__version__, digest.hexdigest()[:16])


def check(wanted: Stamp, who: str) -> None:
    """Refuse to work for a study of another version."""
    here = stamp()
    if here != wanted:
        raise OtherVersionError(refusal(who, here, wanted))


def refusal(who: str, found: Stamp | None, wanted: Stamp) -> str:
    """Why a worker is refused."""
    has = str(found) if found else "no program of this name"
    return f"{who} has {has}; this study has {wanted}. Install the same version there, and start the worker again"
