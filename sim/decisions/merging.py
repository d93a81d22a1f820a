"""Results of more seeds put together with those there are: the same tables as if all had been run at once."""

from typing import Any

import pandas as pd

from sim.errors import InputError
from sim.manifests import described
from sim.results import Results
from sim.tabling import as_categories


def joined(one: Results, other: Results) -> Results:
    """The results of the seeds of ``one`` and then of ``other``, which are of the same scenarios."""
    first, second = ([each["digest"] for each in results.manifest["scenarios"]] for results in (one, other))
    if first != second or one.labels != other.labels:
        raise InputError("results of different scenarios cannot be put together", key="scenarios")
    if set(one.seeds) & set(other.seeds):
        raise InputError("a seed stands in both results", key="seeds")
    names = one.manifest["tables"]
    tables = {name: together(one.table(name), other.table(name), one, other) for name in names}
    about: dict[str, Any] = one.manifest | {"seeds": one.seeds + other.seeds, "created": other.manifest["created"]}
    if one.manifest.get("draws") is not None:
        about["draws"] = [*one.manifest["draws"], *other.manifest["draws"]]
    return Results(about | {"tables": described(tables)}, tables)


def together(first: pd.DataFrame, second: pd.DataFrame, one: Results, other: Results) -> pd.DataFrame:
    """One table: label by label, first the seeds of the one and then of the other, runs numbered anew."""
    counts = len(one.seeds), len(other.seeds)
    pieces = []
    for place, (table, before) in enumerate(((first, 0), (second, counts[0]))):
        label, within = divmod(table["run"].to_numpy(), counts[place])
        pieces.append(table.assign(run=label * sum(counts) + before + within))
    texts = {name for name in first if isinstance(first[name].dtype, pd.CategoricalDtype)}
    unlike = [name for name in texts if not first[name].cat.categories.equals(second[name].cat.categories)]
    pieces = [piece.astype(dict.fromkeys(unlike, object)) for piece in pieces]
    made = pd.concat(pieces, ignore_index=True).sort_values("run", kind="stable", ignore_index=True)
    return as_categories(made)
