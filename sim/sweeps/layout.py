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

from sim import posterior
from sim.errors import InputError, shown
from sim.manifests import PROGRAM
from sim.scenario import scenario_from_dict
from sim.study import file_digests, versions
from sim.sweeps.designs import SCENARIO, SEED, Factorial, Table
from sim.sweeps.draws import DRAW, Draws
from sim.sweeps.stamps import stamp
from sim.sweeps.study import Study
from sim.wording import LUCK, LUCK_AND_PARAMETERS

FORMAT = "study 1"
MANIFEST, DESIGN, DRAWS = "manifest.json", "design.parquet", "draws.parquet"
OWN = ("world", "point", "scenario", "seed")  # columns that say which world a row is
FAILURE = "failure"


def described(study: Study) -> tuple[str, dict[str, bytes]]:
    """The text of a study's manifest, and its design and its draws as files by name, where it has a table of them.

    All of it is a function of the study.
    """
    design = study.design
    files: dict[str, bytes] = {}
    vary: dict[str, Any] = {"names": list(design.names)}
    if isinstance(design, Factorial):
        vary["lists"] = [list(levels) for levels in design.levels]
    else:
        files[DESIGN] = design_file(design, study.labels)
        vary["table"] = filed(DESIGN, design.points, files[DESIGN])
    if study.draws is not None:
        files[DRAWS] = draws_file(study.draws)
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
        "uncertainty": LUCK if study.draws is None else LUCK_AND_PARAMETERS,
        "draws": None if study.draws is None else filed(DRAWS, len(study.draws.table), files[DRAWS]),
        "measures": list(study.chosen.measures),
        "at": list(study.chosen.at),
        "worlds": study.worlds,
        "chunk": study.per_chunk,
        "columns": {field.name: str(field.type) for field in schema(study)},
    }
    return json.dumps(about, indent=1, ensure_ascii=True, allow_nan=False) + "\n", files


def filed(name: str, rows: int, content: bytes) -> dict[str, Any]:
    """What a manifest says of a file."""
    return {"file": name, "rows": rows, "sha256": hashlib.sha256(content).hexdigest()}


def rebuilt(about: Mapping[str, Any], folder: Path) -> Study:
    """The study that a manifest describes."""
    try:
        scenarios = {each["label"]: scenario_from_dict(each["scenario"]) for each in about["scenarios"]}
        names, vary = about["vary"]["names"], about["vary"]
        given: Any = dict(zip(names, vary["lists"], strict=True)) if "lists" in vary else read_design(vary, folder)
        uncertainty = read_draws(about["draws"], folder) if about.get("draws") else "none"
        study = Study(
            scenarios, given, unspanned(about["seeds"]), about["measures"], about["at"], about["title"],
            about["chunk"], uncertainty,
        )  # fmt: skip
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
            *(((DRAW, pa.int64()),) if study.draws is not None else ()),
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


def draws_file(draws: Draws) -> bytes:
    """A table of draws as a file, its rows numbered."""
    return parquet(pa.Table.from_pandas(draws.table.rename_axis(DRAW).reset_index(), preserve_index=False))


def shipped_draws() -> str:
    """The SHA-256 of the file of those draws that come with this program."""
    return hashlib.sha256(draws_file(Draws(posterior.table()))).hexdigest()


def unfiled(entry: Mapping[str, Any], folder: Path) -> pa.Table:
    """The table of a file that a manifest names; refused if it is not the one that was written."""
    file = folder / entry["file"]
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError("this file cannot be read", file=file, found=error.strerror) from None
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise InputError("this file is not what the manifest says: it was changed", file=file)
    return pq.read_table(io.BytesIO(content))


def read_design(vary: Mapping[str, Any], folder: Path) -> Any:
    """The points of a table from their file."""
    import pandas as pd

    found = unfiled(vary["table"], folder).to_pydict()
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in found.items()})


def read_draws(entry: Mapping[str, Any], folder: Path) -> Draws:
    """The draws from their file."""
    return Draws(unfiled(entry, folder).to_pandas().drop(columns=DRAW))


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
