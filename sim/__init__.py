"""When does seeking help become normal in a community, and what makes it so: a simulation to think with."""

from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Public names and where they live. They are imported when first used, so that `import sim` costs next to nothing.
_HOMES = {
    "HelpSeekingModel": ("sim.agents", "HelpSeekingModel"),
    "InputError": ("sim.errors", "InputError"),
    "Population": ("sim.population", "Population"),
    "Results": ("sim.results", "Results"),
    "Sample": ("sim.sweeps", "Sample"),
    "Study": ("sim.sweeps", "Study"),
    "Trial": ("sim.trials.trial", "Trial"),
    "World": ("sim.population", "World"),
    "compare": ("sim.study", "compare"),
    "evaluate": ("sim.exploring.evaluating", "evaluate"),
    "open": ("sim.results", "Results.open"),
    "override": ("sim.scenario", "override"),
    "problem": ("sim.exploring.problems", "problem"),
    "registry": ("sim.params", "registry"),
    "resolve": ("sim.scenario", "resolve"),
    "run": ("sim.study", "run"),
}

__all__ = [
    "HelpSeekingModel",
    "InputError",
    "Population",
    "Results",
    "Sample",
    "Study",
    "Trial",
    "World",
    "__version__",
    "compare",
    "evaluate",
    "open",
    "override",
    "problem",
    "registry",
    "resolve",
    "run",
]

if TYPE_CHECKING:
    from sim.agents import HelpSeekingModel
    from sim.errors import InputError
    from sim.exploring.evaluating import evaluate
    from sim.exploring.problems import problem
    from sim.params import registry
    from sim.population import Population, World
    from sim.results import Results
    from sim.scenario import override, resolve
    from sim.study import compare, run
    from sim.sweeps import Sample, Study
    from sim.trials.trial import Trial

    open = Results.open


def __getattr__(name: str) -> Any:
    """A public name, imported on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES[name]
    value = globals()[name] = attrgetter(attribute)(import_module(module))
    return value


def __dir__() -> list[str]:
    """The public names, imported or not."""
    return sorted(set(globals()) | set(__all__))
