"""What the model is held against: observed facts with interval, source and grade, each to fit or held out."""

from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from scipy.special import log_ndtr

from sim.checking import Place, validated
from sim.errors import InputError
from sim.params import GRADES, references
from sim.reading import read

TARGETS_FILE = Path(__file__).with_name("targets.yaml")

NORMAL_95 = 1.96
COMMUNITIES, USUAL_CHANCE = 20, 0.95  # where the model jumps: seen in so many, and in this share of them as said
LEAST_CHANCE = 0.01  # that a fact is met, whatever an emulator says

FIT, HELD_OUT, THEORY = "fit", "held_out", "theory"


class Target(BaseModel):
    """One fact: what was observed, and which of the model's own numbers it is held against."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(description="short name, small letters, digits and _")
    statement: str = Field(description="the fact in a sentence")
    fact: str = Field(description="how the model's own value is worked out, as in facts.py")
    value: float = Field(description="what was observed")
    low: float = Field(description="lower end of its interval")
    high: float = Field(description="upper end of its interval")
    interval: Literal["published", "derived", "chosen"] = Field(description="where the interval comes from")
    flat: bool = Field(default=False, description="only the bounds are known: no value inside is likelier than another")
    jumps: bool = Field(default=False, description="the model is in the interval or far from it, seldom in between")
    note: str = Field(default="", description="arithmetic, or what the figure leaves open")
    setting: str = Field(description="the shipped setting in which the model is asked")
    week: int | None = Field(default=None, description="weeks after the start of what is done, if anything is")
    subgroup: str = Field(default="", description="of whom, if not of everybody")
    source: str = Field(description="a key of references.yaml")
    grade: str = Field(description="how well the figure is known, as in the registry")
    used_for: Literal["fit", "held_out", "theory"] = Field(description="whether it had a part in fitting")
    why_missed: str = Field(default="", description="the best understood reason, where the model misses it")

    def misfit(self, value: np.ndarray, variance: np.ndarray | float = 0.0) -> np.ndarray:
        """Minus twice the log-likelihood of values of the model, each known up to a ``variance``, but for a constant.

        The interval is read as 95%: normal around the observed value, each side with its own spread; where only bounds
        are known, the chance to lie within them, with edges of an eighth of their width. What is hardly known agrees
        with nothing well: doubt costs, so that draws do not gather where emulators know least.
        """
        if self.flat:
            edge = (self.high - self.low) / 8
            return -2.0 * log_chance(self.low, self.high, value, np.sqrt(edge**2 + variance))
        away = value - self.value
        least = (self.high - self.low) / 16  # a value at the edge of its interval is no certainty
        spread = np.where(away < 0, max(self.value - self.low, least), max(self.high - self.value, least)) / NORMAL_95
        return away**2 / (spread**2 + variance) + np.log1p(variance / spread**2)

    def bounded(self, values: np.ndarray) -> np.ndarray:
        """Values of the model, none further from the interval than four times its width: beyond, all are just wrong."""
        reach = 4 * (self.high - self.low)
        return np.clip(values, self.low - reach, self.high + reach)

    def learned(self, values: np.ndarray) -> np.ndarray:
        """What emulators learn of values of the model: how large they are or, where it jumps, whether they are met.

        A smooth surface through two states runs where the model never is; the chance of either is smooth.
        """
        if not self.jumps:
            return self.bounded(values)
        return np.where(np.isfinite(values), (self.low <= values) & (values <= self.high), np.nan)

    def emulated_misfit(self, mean: np.ndarray, variance: np.ndarray | float) -> np.ndarray:
        """The misfit of what an emulator says of that which it learned: its mean and its variance.

        Where the model jumps, the interval read as 95% is that of communities: of twenty, nineteen are in it.
        """
        if self.jumps:
            chance = np.clip(mean, LEAST_CHANCE, USUAL_CHANCE)
            seen = USUAL_CHANCE * np.log(USUAL_CHANCE / chance)
            unseen = (1.0 - USUAL_CHANCE) * np.log((1.0 - USUAL_CHANCE) / (1.0 - chance))
            return 2.0 * COMMUNITIES * (seen + unseen)
        return self.misfit(mean, variance)

    def met(self, value: float) -> bool:
        """Whether a value lies in the fact's interval."""
        return self.low <= value <= self.high


def log_chance(low: float, high: float, value: np.ndarray, spread: np.ndarray | float) -> np.ndarray:
    """Log of the chance, however small, that a normal number around ``value`` lies between ``low`` and ``high``."""
    beyond = np.abs(np.asarray(value, float) - (low + high) / 2) - (high - low) / 2  # of the nearer bound
    near, far = log_ndtr(-beyond / spread), log_ndtr(-(beyond + high - low) / spread)
    return near + np.log1p(-np.exp(far - near))


@cache
def targets() -> tuple[Target, ...]:
    """All targets, in the order of the file. Raises InputError if the file is at fault."""
    return load(TARGETS_FILE)


def load(file: Path) -> tuple[Target, ...]:
    """The targets of a file, checked."""
    document = read(file)
    found = []
    for name, entry in document.data.items():
        places = {keys[1:]: Place(str(file), line) for keys, line in document.lines.items() if keys[:1] == (name,)}
        target = validated(Target, {"id": name, **entry}, places)
        if not target.low <= target.value <= target.high:
            allowed = "low <= value <= high"
            raise InputError("the interval does not hold the value", file=str(file), key=name, allowed=allowed)
        if target.source not in references() or target.grade not in GRADES:
            raise InputError("source or grade is unknown", file=str(file), key=name, found=target.source)
        found.append(target)
    return tuple(found)


def by_id() -> dict[str, Target]:
    """All targets by their name."""
    return {target.id: target for target in targets()}
