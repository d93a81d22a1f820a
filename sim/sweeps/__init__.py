"""Studies of any size: scenarios x points x seeds, a few measures of each world, on any executor, in a sound store."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Imported when first used: the command line only needs the commands.
_HOMES = {
    "Chosen": "measuring",
    "LocalWorkers": "workers",
    "Sample": "samples",
    "Store": "store",
    "Study": "study",
    "measured": "living",
    "outcomes": "study",
}

__all__ = ["Chosen", "LocalWorkers", "Sample", "Store", "Study", "measured", "outcomes"]

if TYPE_CHECKING:
    from sim.sweeps.living import measured
    from sim.sweeps.measuring import Chosen
    from sim.sweeps.samples import Sample
    from sim.sweeps.store import Store
    from sim.sweeps.study import Study, outcomes
    from sim.sweeps.workers import LocalWorkers


def __getattr__(name: str) -> Any:
    """A public name, imported on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
