"""The trials that come with the program, and what helps to write another: a list, a starter, a JSON Schema."""

import os
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import shipped
from sim.reading import read

if TYPE_CHECKING:
    from sim.study import Verification

KIND = "trial"
TRY = "try it: helpseek trial {file} --replicates 10"


def listing() -> list[dict[str, str]]:
    """The shipped trials: name, title, description, file."""
    found = []
    for name in shipped.names(KIND):
        file = shipped.path(KIND, name)
        data = read(file).data
        about = {key: " ".join(str(data.get(key, "")).split()) for key in ("title", "description")}
        found.append({"name": name, **about, "file": str(file)})
    return found


def starter() -> str:
    """A commented trial that can be run as it is."""
    return shipped.starter(KIND).read_text(encoding="utf-8")


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a trial's file, with what can be observed and the registry's names in it, for editors."""
    from sim.checking import schema_of
    from sim.params import registry
    from sim.trials import observing
    from sim.trials.schema import TrialFile
    from sim.writing import DIALECT, options, ranged

    schema = deepcopy(schema_of(TrialFile))
    known = [{"const": each.name, "description": f"{each.meaning} ({each.unit})"} for each in observing.KNOWN.values()]
    schema["$defs"]["Measure"]["properties"]["of"] = {"oneOf": known, "title": "Of"}
    schema["properties"]["parameters"] = options({name: ranged(each) for name, each in registry().items()})
    return {"$schema": DIALECT, **schema}


def verified(
    path: str | os.PathLike[str], threads: int | None, progress: Callable[[int, int], object] | None
) -> "Verification | None":
    """Run a stored trial again and compare it; None if the folder holds none."""
    from sim.study import Verification, changed_versions
    from sim.trials import trial

    if not trial.is_trial(Path(path)):
        return None
    stored = trial.TrialResult.open(path)
    differences = stored.again(threads, progress)
    return Verification(not differences, differences, changed_versions(trial.read_manifest(Path(path))))
