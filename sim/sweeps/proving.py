"""Whether a store is whole: every chunk there, every value as it was written, nothing that does not belong."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sim import storing
from sim.errors import InputError
from sim.sweeps.layout import FAILURE, arrow
from sim.sweeps.living import Lived
from sim.sweeps.store import CHUNK_FILE, CHUNKS, DIGESTS, PART, Store


@dataclass(frozen=True)
class Proof:
    """What a check of a store came to."""

    worlds: int  # in the whole study
    lived: int
    failed: int
    chunks: int
    missing: int  # chunks
    faults: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether everything is there and as it was written."""
        return not self.faults and not self.missing


def prove(store: Store) -> Proof:
    """Read and check everything in a store."""
    worlds = store.study.worlds
    faults = list(strangers(store))
    if worlds != store.about["worlds"]:
        faults.append(f"manifest.json: the study has {worlds} worlds, and here stands {store.about['worlds']}")
    lived = failed = 0
    for chunk in store.present():
        if chunk >= store.chunks:
            continue
        found = chunk_faults(store, chunk)
        if isinstance(found, str):
            faults.append(f"{store.file(chunk).name}: {found}")
        else:
            lived, failed = lived + found[0], failed + found[1]
    missing = sum(1 for _ in store.missing())
    faults += digest_faults(store, missing)
    return Proof(int(store.about["worlds"]), lived, failed, store.chunks, missing, tuple(faults))


def chunk_faults(store: Store, chunk: int) -> str | tuple[int, int]:
    """What is wrong with a chunk; if nothing is, how many worlds it has, and how many of them failed."""
    try:
        table = store.read(chunk)
    except (OSError, ValueError, pa.ArrowException) as error:
        return f"it cannot be read: {' '.join(str(error).split())[:200]}"
    marks = {key.decode(): text.decode("ascii", "replace") for key, text in (table.schema.metadata or {}).items()}
    if marks.get("study") != store.identity:
        return "it belongs to another study, or the manifest was changed"
    if marks.get("chunk") != str(chunk):
        return f"it is chunk {marks.get('chunk')} under another name"
    plain = table.replace_schema_metadata()
    if plain.schema != store.schema:
        return "its columns are not those of the study"
    if storing.digest(plain.to_pandas()) != marks.get("sha256"):
        return "its values are not those that were written"
    worlds = store.worlds_of(chunk)
    nothing = Lived({name: np.full(len(worlds), np.nan) for name in store.study.chosen.columns}, {})
    expected = arrow(store.study.rows(worlds, nothing), store.schema)
    own = [name for name in store.schema.names if name not in (*store.study.chosen.columns, FAILURE)]
    if not plain.select(own).equals(expected.select(own)):
        return "its worlds are not those that the study has here"
    return plain.num_rows, plain.num_rows - plain.column(FAILURE).null_count


def strangers(store: Store) -> Iterator[str]:
    """Files that do not belong."""
    for entry in sorted((store.path / CHUNKS).iterdir()):
        name = CHUNK_FILE.fullmatch(entry.name)
        if name and int(name[1]) >= store.chunks:
            yield f"{entry.name}: the study has only {store.chunks} chunks"
        elif not name and not entry.name.endswith(PART):
            yield f"{entry.name}: this does not belong to a store"


def digest_faults(store: Store, missing: int) -> list[str]:
    """How the files differ from their digests, which are written when the store is complete."""
    file = store.path / DIGESTS
    if not file.is_file():
        return [] if missing else [f"{DIGESTS} is missing: finish the study with helpseek sweep --resume"]
    try:
        then = json.loads(file.read_text(encoding="utf-8"))
        assert isinstance(then, dict)
    except (OSError, ValueError, AssertionError):
        return [f"{DIGESTS} cannot be read"]
    here = store.digests()
    faults = [f"{name}: it is gone" for name in then if name not in here]
    faults += [f"{name}: its bytes are not those that were written" for name in here if then.get(name) != here[name]]
    return faults


def checked(path) -> Proof:
    """The proof of the store in a folder."""
    try:
        return prove(Store.open(path))
    except AssertionError as error:
        raise InputError("this store is damaged", file=path, found=str(error)) from None
