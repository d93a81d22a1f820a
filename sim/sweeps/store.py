"""A study on the disk: a manifest, then chunks of Parquet that are whole or not there, at the end all their digests.

    manifest.json          what the study is, written first; the study can be finished from it alone
    design.parquet         its points, if they are a table
    draws.parquet          the parameters that seeds draw, if they draw any; each row of a chunk names its draw
    chunks/000000.parquet  the worlds 0 to n - 1, and so on
    digests.json           written last: the SHA-256 of every file above
    run/                   progress, log and lock: of one machine and one day, and no part of the store

All but ``run`` are the same bytes however, wherever and in how many attempts the study was run.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim import manifests, storing, wording
from sim.errors import InputError, nearest, shown
from sim.sweeps import layout
from sim.sweeps.layout import DESIGN, FAILURE, FORMAT, MANIFEST, OWN
from sim.sweeps.stamps import Stamp, stamp
from sim.sweeps.study import Study, ordered

if TYPE_CHECKING:
    import pandas as pd

CHUNKS, DIGESTS, RUN = "chunks", "digests.json", "run"
CHUNK_FILE = re.compile(r"(\d{6,})\.parquet")
PART = ".part"  # ends the name of a file that is being written
SHAPE = {"scenarios": list, "vary": dict, "seeds": list, "measures": list, "worlds": int, "chunk": int}


class Store:
    """A study in a folder."""

    def __init__(self, path: str | os.PathLike[str], about: Mapping[str, Any], study: Study | None = None) -> None:
        self.path = Path(path)
        self.about = dict(about)
        if study is not None:
            self.__dict__["study"] = study

    # Beginning and opening

    @classmethod
    def create(
        cls, path: str | os.PathLike[str], study: Study, replaceable: Callable[[Path], bool] | None = None
    ) -> "Store":
        """A new store for a study, which appears with its manifest or not at all; see ``storing.write_folder``."""
        text, files = layout.described(study)

        def fill(folder: Path) -> None:
            (folder / MANIFEST).write_text(text, encoding="utf-8")
            (folder / CHUNKS).mkdir()
            (folder / RUN).mkdir()
            for name, content in files.items():
                (folder / name).write_bytes(content)

        storing.write_folder(path, fill, replaceable)
        return cls(path, json.loads(text), study)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> "Store":
        """A store from its folder; an ``InputError`` says what is wrong with it."""
        folder = Path(path)
        if not folder.is_dir():
            near = [each.name for each in folder.parent.glob("*/") if (each / CHUNKS).is_dir()]
            hint = nearest(folder.name, near)
            raise InputError("there is no such folder", file=path, hint=hint and str(folder.parent / hint))
        return cls(folder, read_manifest(folder))

    @classmethod
    def is_store(cls, path: Path) -> bool:
        """Whether a folder holds a store."""
        try:
            read_manifest(path)
        except InputError:
            return False
        return True

    @cached_property
    def study(self) -> Study:
        """The study, rebuilt from the manifest."""
        return layout.rebuilt(self.about, self.path)

    @cached_property
    def identity(self) -> str:
        """The SHA-256 of the manifest, which every chunk names."""
        return hashlib.sha256((self.path / MANIFEST).read_bytes()).hexdigest()

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns of every chunk."""
        return layout.schema(self.study)

    def check_version(self) -> None:
        """Refuse to go on with a store of another version: its worlds would be of two models."""
        then = Stamp(str(self.about.get("version")), str(self.about.get("sources")))
        if then != stamp():
            raise InputError(
                "this store was begun with another version of the program, and can only be finished with that",
                file=self.path / MANIFEST,
                found=f"{then}; here is {stamp()}",
                allowed="the same version, or a new store",
            )
        if self.about.get("draws") and self.about["draws"]["sha256"] != layout.shipped_draws():
            raise InputError(
                "the draws of the parameters are no longer those that this store was begun with: the model was fitted "
                "again since",
                file=self.path / layout.DRAWS,
                found=f"draws {self.about['draws']['sha256'][:16]}; here are {layout.shipped_draws()[:16]}",
                allowed="the version that began it, or a new store",
            )

    # Chunks

    @property
    def chunks(self) -> int:
        """How many chunks the whole study has."""
        return -(-int(self.about["worlds"]) // int(self.about["chunk"]))

    def worlds_of(self, chunk: int) -> np.ndarray:
        """The numbers of a chunk's worlds."""
        size = int(self.about["chunk"])
        return np.arange(chunk * size, min((chunk + 1) * size, int(self.about["worlds"])))

    def file(self, chunk: int) -> Path:
        """Where a chunk is, or will be."""
        return self.path / CHUNKS / f"{chunk:06d}.parquet"

    def present(self) -> list[int]:
        """The chunks that are there."""
        names = (CHUNK_FILE.fullmatch(entry.name) for entry in os.scandir(self.path / CHUNKS))
        return sorted(int(name[1]) for name in names if name)

    def missing(self) -> Iterator[int]:
        """The chunks that are not there yet."""
        there = set(self.present())
        return (chunk for chunk in range(self.chunks) if chunk not in there)

    def write(self, chunk: int, columns: Mapping[str, Any]) -> None:
        """Write a chunk, whole or not at all; on the disk when this returns."""
        table = layout.arrow(columns, self.schema)
        marks = {"study": self.identity, "chunk": str(chunk), "sha256": storing.digest(table.to_pandas())}
        whole(self.file(chunk), layout.parquet(table.replace_schema_metadata(marks)))

    def read(self, chunk: int) -> pa.Table:
        """A chunk as it was written, every page checked."""
        return pq.read_table(self.file(chunk), page_checksum_verification=True, partitioning=None)

    def clear_parts(self) -> None:
        """Remove what was being written when a run ended."""
        for folder in (self.path, self.path / CHUNKS):
            for left in folder.glob(f"*{PART}"):
                left.unlink(missing_ok=True)

    # The end

    @property
    def complete(self) -> bool:
        """Whether every chunk is there and the digests are written."""
        return (self.path / DIGESTS).is_file()

    def reopen(self) -> None:
        """Say that the store is no longer complete, before a chunk of it is replaced."""
        (self.path / DIGESTS).unlink(missing_ok=True)
        storing.flush(self.path)

    def finish(self) -> None:
        """Write down the digest of every file, if every chunk is there."""
        if len(self.present()) == self.chunks:
            text = json.dumps(self.digests(), indent=1) + "\n"
            whole(self.path / DIGESTS, text.encode())

    def digests(self) -> dict[str, str]:
        """The SHA-256 of every file of the store."""
        names = [MANIFEST, *([DESIGN] if "table" in self.about["vary"] else [])]
        names += [layout.DRAWS] if self.about.get("draws") else []
        names += [f"{CHUNKS}/{self.file(chunk).name}" for chunk in self.present()]
        return {name: file_digest(self.path / name) for name in names}

    # Reading

    def table(self, columns: Sequence[str] | None = None) -> "pd.DataFrame":
        """All worlds that have been lived so far, in the order of points, scenarios and seeds."""
        wanted = None if columns is None else [*dict.fromkeys([*OWN, *columns])]
        files = [self.file(chunk) for chunk in self.present()]
        tables = [pq.read_table(file, columns=wanted, partitioning=None).replace_schema_metadata() for file in files]
        empty = self.schema.empty_table() if wanted is None else self.schema.empty_table().select(wanted)
        frame = ordered(pa.concat_tables([empty, *tables]).to_pandas(), self.labels)
        return frame if columns is None else frame[list(columns)]

    @property
    def uncertainty(self) -> str:
        """What differences between seeds hold: ``wording.LUCK``, or ``LUCK_AND_PARAMETERS``."""
        return str(self.about.get("uncertainty", wording.LUCK))

    @property
    def labels(self) -> list[str]:
        """The scenarios' labels."""
        return [each["label"] for each in self.about["scenarios"]]

    def failures(self, chunks: Iterable[int] | None = None) -> "pd.DataFrame":
        """The worlds that failed: their parameters, seeds and messages."""
        found = []
        for chunk in self.present() if chunks is None else chunks:
            table = pq.read_table(self.file(chunk), partitioning=None, filters=[(FAILURE, "!=", "")])
            found.append(table.replace_schema_metadata())
        return pa.concat_tables([self.schema.empty_table(), *found]).to_pandas()


def opened(path: str | os.PathLike[str], study: Study) -> Store:
    """The store of a study in a folder: a new one, or the one that is there, if it is of the same study."""
    if not (Path(path) / MANIFEST).is_file():
        return Store.create(path, study)
    found = Store.open(path)
    found.check_version()
    if found.identity != hashlib.sha256(layout.described(study)[0].encode()).hexdigest():
        raise InputError("there is another study in this store", file=path, allowed="a new folder, or the same study")
    return found


def whole(file: Path, content: bytes) -> None:
    """A file that appears with all its content, on the disk, or not at all."""
    part = file.with_name(file.name + PART)
    try:
        with part.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, file)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    storing.flush(file.parent)


def file_digest(file: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_manifest(folder: Path) -> dict[str, Any]:
    """A folder's manifest, checked to be one of a store that this version understands."""
    found, file = manifests.parsed(folder, "store of a study"), folder / MANIFEST
    if "worlds" not in found:
        raise InputError("this folder is no store of a study", file=folder, allowed="what helpseek sweep has written")
    if found.get("format") != FORMAT:
        raise InputError("this store has another format", file=file, found=shown(found.get("format")), allowed=FORMAT)
    manifests.require(found, file, SHAPE)
    if found["chunk"] < 1 or found["worlds"] < 1:
        raise InputError("this manifest is damaged", file=file, key="chunk", found=shown(found["chunk"]))
    return found
