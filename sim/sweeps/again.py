"""A store proved whole, and its worlds lived again: the same values to the last bit, or where they differ."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from sim import storing
from sim.study import Verification, versions
from sim.sweeps import layout
from sim.sweeps.proving import checked
from sim.sweeps.stamps import Stamp, stamp
from sim.sweeps.store import Store


def verified(
    path: str | os.PathLike[str], threads: int | None, progress: Callable[[int, int], object] | None
) -> Verification | None:
    """Prove a store whole and live it again; None if the folder holds none."""
    if not Store.is_store(Path(path)):
        return None
    proof, store = checked(path), Store.open(path)
    faults = list(proof.faults)
    if proof.missing:
        faults.append(f"{proof.missing} of {proof.chunks} chunks are missing: helpseek sweep --resume {path}")
    faults = faults or list(unlike(store, threads, progress))
    return Verification(not faults, faults, changed(store))


def unlike(store: Store, threads: int | None, progress: Callable[[int, int], object] | None) -> Iterator[str]:
    """Where chunks differ from what their worlds come to now."""
    done, study = 0, store.study
    for chunk in store.present():
        worlds = store.worlds_of(chunk)
        then = store.read(chunk).replace_schema_metadata().to_pandas()
        now = layout.arrow(study.rows(worlds, study.piece(worlds).live(threads)), store.schema).to_pandas()
        if storing.digest(now) != storing.digest(then):
            yield f"{store.file(chunk).name}: {storing.where_unlike(then, now)}"
        done += len(worlds)
        if progress:
            progress(done, study.worlds)


def changed(store: Store) -> list[str]:
    """What a store was made with that is another here."""
    then = {**store.about["versions"], "program": str(Stamp(str(store.about["version"]), str(store.about["sources"])))}
    here = {**versions(), "program": str(stamp())}
    return [f"{name}: {then.get(name)} then, {here[name]} here" for name in here if then.get(name) != here[name]]
