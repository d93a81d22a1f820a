"""A study as plain data, and back: what a store's manifest says, so that a study can be finished from it alone."""

import hashlib
import io
import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import InputError, shown
from sim.results import PROGRAM
from sim.scenario import scenario_from_dict
from sim.study import file_digests, versions
from sim.sweeps.designs import SCENARIO, SEED, Factorial, Table
from sim.sweeps.stamps import stamp
from sim.sweeps.study import Study

FORMAT = "study 1"
MANIFEST, DESIGN = "manifest.json", "design.parquet"
OWN = ("world", "point", "scenario", "seed")  # columns that say which world a row is
FAILURE = "failure"


def described(study: Study) -> tuple[str, bytes | None]:
    """The text of a study's manifest, and its design as a file if it is a table. Both are functions of the study."""
    design = study.design
    table = design_file(design, study.labels) if isinstance(design, Table) else None
    vary: dict[str, Any] = {"names": list(design.names)}
    if isinstance(design, Factorial):
        vary["lists"] = [list(levels) for levels in design.levels]
    else:
        vary["table"] = {"file": DESIGN, "rows": design.points, "sha256": hashlib.sha256(table or b"").hexdigest()}
    about = {
        "program": PROGRAM,
        "format": FORMAT,
        "version": stamp().version,
        "sources": stamp().sources,
        "versions": versions(),
        "title": study.title,
        "scenarios": [
            {
                "label": label,
                "digest": base.digest(),
                "files": file_digests(base),
                "scenario": base.model_dump(mode="json"),
            }
            for label, base in zip(study.labels, study.bases, strict=True)
        ],
        "vary": vary,
        "seeds": spans(study.seeds),
        "measures": list(study.chosen.measures),
        "at": list(study.chosen.at),
        "worlds": study.worlds,
        "chunk": study.per_chunk,
        "columns": {field.name: str(field.type) for field in schema(study)},
    }
    return json.dumps(about, indent=1, ensure_ascii=True, allow_nan=False) + "\n", table


def rebuilt(about: Mapping[str, Any], folder: Path) -> Study:
    """The study that a manifest describes."""
    try:
        scenarios = {each["label"]: scenario_from_dict(each["scenario"]) for each in about["scenarios"]}
        names, vary = about["vary"]["names"], about["vary"]
        given: Any = dict(zip(names, vary["lists"], strict=True)) if "lists" in vary else read_design(vary, folder)
        study = Study(
            scenarios, given, unspanned(about["seeds"]), about["measures"], about["at"], about["title"], about["chunk"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("this manifest is damaged", file=folder / MANIFEST, found=repr(error)) from None
    for each, base in zip(about["scenarios"], study.bases, strict=True):
        if base.digest() != each["digest"]:
            raise InputError(
                "the files of this network are no longer those that were used",
                file=folder / MANIFEST,
                key=each["label"],
                found=", ".join(each["files"]) or "a changed scenario",
            )
    return study


def schema(study: Study) -> pa.Schema:
    """The columns of a study's table."""
    design = study.design
    columns = design.levels if isinstance(design, Factorial) else design.columns
    return pa.schema(
        [
            ("world", pa.int64()),
            ("point", pa.int64()),
            ("scenario", pa.string()),
            ("seed", pa.uint64()),
            *((name, kind(values)) for name, values in zip(design.names, columns, strict=True)),
            *((name, pa.float64()) for name in study.chosen.columns),
            (FAILURE, pa.string()),
        ]
    )


def kind(values: Sequence[Any]) -> pa.DataType:
    """The type of a column that can hold all these values; what is neither numbers nor texts is kept as JSON."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pa.bool_()
    if kinds == {int}:
        return pa.int64()
    if kinds and kinds <= {int, float}:
        return pa.float64()
    return pa.string()


def column(values: Any, wanted: pa.DataType) -> pa.Array:
    """Values as a column."""
    if isinstance(values, np.ndarray):
        return pa.array(values, wanted)
    if wanted == pa.string():
        return pa.array(
            [each if each is None or isinstance(each, str) else json.dumps(each) for each in values], wanted
        )
    return pa.array([None if each is None else float(each) for each in values] if wanted == pa.float64() else values,
                    wanted)  # fmt: skip


def arrow(columns: Mapping[str, Any], wanted: pa.Schema) -> pa.Table:
    """Columns as an Arrow table."""
    return pa.Table.from_arrays([column(columns[field.name], field.type) for field in wanted], schema=wanted)


def parquet(table: pa.Table) -> bytes:
    """A table as a Parquet file, with checksums of its pages: the same bytes for the same table."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd", write_page_checksum=True)
    return buffer.getvalue()


def design_file(design: Table, labels: Sequence[str]) -> bytes:
    """The points of a table as a file."""
    made: dict[str, pa.Array] = {}
    if design.scenarios is not None:
        made[SCENARIO] = pa.array([labels[each] for each in design.scenarios], pa.string())
    if design.seeds is not None:
        made[SEED] = pa.array(design.seeds, pa.uint64())
    for name, values in zip(design.names, design.columns, strict=True):
        made[name] = column(values, kind(values))
    return parquet(pa.table(made))


def read_design(vary: Mapping[str, Any], folder: Path) -> Any:
    """The points of a table from their file."""
    import pandas as pd

    file = folder / vary["table"]["file"]
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError("this file cannot be read", file=file, found=error.strerror) from None
    if hashlib.sha256(content).hexdigest() != vary["table"]["sha256"]:
        raise InputError("this design is not what the manifest says: it was changed", file=file)
    return pd.DataFrame(
        {
            name: pd.Series(values, dtype=object)
            for name, values in pq.read_table(io.BytesIO(content)).to_pydict().items()
        }
    )


def spans(seeds: Sequence[int]) -> list[list[int]]:
    """Seeds as runs of neighbours: [first, last] each."""
    made: list[list[int]] = []
    for seed in seeds:
        if made and seed == made[-1][1] + 1:
            made[-1][1] = seed
        else:
            made.append([seed, seed])
    return made


def unspanned(found: Any) -> list[int]:
    """The seeds of their runs."""
    if not isinstance(found, list) or not all(isinstance(span, list) and len(span) == 2 for span in found):
        raise InputError("this manifest is damaged", key="seeds", found=shown(found))
    return list(itertools.chain.from_iterable(range(first, last + 1) for first, last in found))
