"""Points spread over ranges: Latin hypercube, Sobol and Saltelli designs, the same every time for the same seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.checking import nodes_at, schema_of
from sim.errors import InputError, listed, nearest, shown
from sim.params import registry
from sim.schema import Scenario
from sim.sweeps.variants import where, whole

if TYPE_CHECKING:
    import pandas as pd

METHODS = ("latin_hypercube", "sobol", "saltelli", "random")
MOST_POINTS = 100_000_000

Range = tuple[float, float]


@dataclass(frozen=True)
class Sample:
    """A number of points over ranges.

    ``over`` maps names to (low, high), or names alone stand for the registry's ranges. ``points`` is the number of
    points; for "saltelli" it is SALib's N (a power of two), of which come N (d + 2) points, or N (2d + 2) with
    ``second_order``. For "sobol" powers of two are spread most evenly. Where only whole numbers can stand, values are
    rounded down into equal shares of the range.
    """

    over: Mapping[str, Range | None] | Sequence[str]
    points: int
    method: str = "latin_hypercube"
    seed: int = 1
    second_order: bool = False

    def table(self, bases: Sequence[Scenario]) -> "pd.DataFrame":
        """The points as a table, one column for each name."""
        import pandas as pd

        over = dict(self.over) if isinstance(self.over, Mapping) else dict.fromkeys(self.over)
        self._check(over)
        ranges = {name: self._range(name, given, bases) for name, given in over.items()}
        unit = self._unit(len(ranges))
        made = {}
        for k, (name, (low, high)) in enumerate(ranges.items()):
            if whole(bases, name):
                steps = np.floor(unit[:, k] * (np.floor(high) - np.ceil(low) + 1))
                made[name] = np.minimum(np.ceil(low) + steps, np.floor(high)).astype(np.int64)
            else:
                made[name] = low + unit[:, k] * (high - low)
        return pd.DataFrame(made)

    def _check(self, over: Mapping[str, Range | None]) -> None:
        if self.method not in METHODS:
            hint = nearest(self.method, METHODS)
            allowed = listed(METHODS)
            raise InputError(
                "there is no such way to sample", key="method", found=shown(self.method), allowed=allowed, hint=hint
            )
        if not over:
            raise InputError("a sample needs names to vary", key="vary", found="nothing")
        if isinstance(self.points, bool) or not isinstance(self.points, int) or not 1 <= self.points <= MOST_POINTS:
            allowed = f"1 to {MOST_POINTS:,}"
            raise InputError("this is no number of points", key="points", found=shown(self.points), allowed=allowed)
        if self.method == "saltelli" and self.points & (self.points - 1):
            allowed = "a power of two: 64, 128, 256, ..."
            raise InputError("Saltelli's design keeps its balance only for some numbers of points", key="points",
                             found=str(self.points), allowed=allowed)  # fmt: skip

    def _range(self, name: str, given: Range | None, bases: Sequence[Scenario]) -> Range:
        """The range of a name: as given, or the registry's, or the one that the files allow."""
        limits = allowed_range(name, bases)
        if given is None:
            if limits is None:
                raise InputError("this name needs a range", key=f"vary.{name}", allowed="low and high")
            return limits
        low, high = (float(bound) for bound in given)
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            raise InputError("this is no range", key=f"vary.{name}", found=f"{low:g} to {high:g}", allowed="low < high")
        if limits is not None and not limits[0] <= low < high <= limits[1]:
            found, allowed = f"{low:g} to {high:g}", f"within {limits[0]:g} to {limits[1]:g}"
            raise InputError("this range is too wide", key=f"vary.{name}", found=found, allowed=allowed)
        return low, high

    def _unit(self, names: int) -> np.ndarray:
        """The points in the unit cube: (points, names)."""
        if self.method == "saltelli":
            from SALib.sample import sobol

            problem = {"num_vars": names, "names": [str(k) for k in range(names)], "bounds": [[0.0, 1.0]] * names}
            made = sobol.sample(problem, self.points, calc_second_order=self.second_order, seed=self.seed)
            return np.asarray(made, np.float64)
        rng = np.random.default_rng(self.seed)
        if self.method == "random":
            return rng.random((self.points, names))
        from scipy.stats import qmc

        if self.method == "latin_hypercube":
            return qmc.LatinHypercube(names, rng=rng).random(self.points)
        power = max(0, (self.points - 1).bit_length())  # a part of a balanced set: Sobol's points come in order
        return qmc.Sobol(names, rng=rng).random_base2(power)[: self.points]


def allowed_range(name: str, bases: Sequence[Scenario]) -> Range | None:
    """The range of a parameter by the registry, or of a field by its schema if it is bounded on both sides."""
    keys = next((keys for keys in (where(base, name) for base in bases) if keys is not None), ())
    if keys[:1] == ("parameters",):
        each = registry()[str(keys[1])]
        return each.low, each.high
    for node in nodes_at(schema_of(Scenario), keys, None):
        if "minimum" in node and "maximum" in node:
            return float(node["minimum"]), float(node["maximum"])
    return None
