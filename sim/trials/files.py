"""A trial by name: its file read and checked, every name in it known."""

import os
from collections.abc import Iterable

from sim import files
from sim.checking import Place, fault
from sim.errors import listed, nearest
from sim.files import Loaded
from sim.params import references, registry
from sim.reading import Keys
from sim.trials import observing
from sim.trials.schema import ARM_SCALES, BASELINE, Measure, Outcome, TrialFile

KIND = "trial"
NEEDED = {"slope_odds_ratio": ("on",), "ratio": ("of",)}  # what an effect cannot do without


def load(name: str | os.PathLike[str]) -> Loaded[TrialFile]:
    """The trial of this name or path; an ``InputError`` says what does not fit."""
    found = files.load(KIND, os.fspath(name), TrialFile)
    check(found.model, found.places)
    return found


def check(trial: TrialFile, places: dict[Keys, Place]) -> None:
    """What single values cannot show: names that are known, effects that fit their measures, occasions in order."""
    for name, follow_up in trial.follow_ups.items():
        here: Keys = ("follow_ups", name, "week")
        if name == BASELINE:
            raise fault("a follow-up cannot have this name", here[:-1], places, found=name)
        if follow_up.week < trial.baseline:
            raise fault("a follow-up before the baseline", here, places, found=str(follow_up.week))
    if trial.attrition.by is not None:
        known(trial.attrition.by, trial.measures, ("attrition", "by"), places, "measure")
    shares = [arm.share for arm in trial.arms.values()]
    if any(share is not None for share in shares) and abs(sum(share or 0.0 for share in shares) - 1.0) > 1e-9:
        raise fault("the arms' shares should be given for all and add up to 1", ("arms",), places)
    nobody = trial.design.randomise == "nobody"
    if nobody != (len(trial.arms) == 1):
        message = "one arm means that nobody is randomised, and the other way round"
        raise fault(message, ("design", "randomise"), places, found=f"{len(trial.arms)} arms")
    for name, measure in trial.measures.items():
        check_measure(measure, ("measures", name), trial, places)
    for name, outcome in trial.outcomes.items():
        check_outcome(outcome, ("outcomes", name), trial, places)


def check_measure(measure: Measure, here: Keys, trial: TrialFile, places: dict[Keys, Place]) -> None:
    """What is observed is known, and its cut-point is one."""
    known(measure.of, observing.KNOWN, (*here, "of"), places, "thing to observe")
    if isinstance(measure.cut, str):
        known(measure.cut, registry(), (*here, "cut"), places, "parameter")
    if measure.cut is not None and measure.top_share is not None:
        raise fault("a measure has one cut-point: cut or top_share", (*here, "top_share"), places)


def check_outcome(outcome: Outcome, here: Keys, trial: TrialFile, places: dict[Keys, Place]) -> None:
    """Its measure, occasions, arms, outcomes and source are known, and go together."""
    for part in NEEDED.get(outcome.effect, ()):
        if not getattr(outcome, part):
            raise fault(f"{outcome.effect} needs this key", (*here, part), places)
    if outcome.effect == "ratio":
        for other in outcome.of:
            known(other, trial.outcomes, (*here, "of"), places, "outcome")
            if trial.outcomes[other].effect == "ratio":
                raise fault("a ratio of ratios cannot be worked out", (*here, "of"), places, found=other)
        if len(outcome.of) != 2:
            raise fault("a ratio is of two outcomes", (*here, "of"), places)
    else:
        for part in ("measure", "at"):
            if not getattr(outcome, part):
                raise fault("a key is missing", (*here, part), places, allowed=f"a {part} of this trial")
        known(outcome.measure, trial.measures, (*here, "measure"), places, "measure")
        check_kind(outcome, here, trial, places)
    for occasion in outcome.at:
        known(occasion, trial.occasions, (*here, "at"), places, "follow-up")
    for part in ("among", "not_among", "on"):
        if (name := getattr(outcome, part)) is not None:
            known(name, trial.measures, (*here, part), places, "measure")
    for name in outcome.adjust:
        known(name, trial.measures, (*here, "adjust"), places, "measure")
    for part in ("arm", "against"):
        if (name := getattr(outcome, part)) is not None:
            known(name, trial.arms, (*here, part), places, "arm")
    check_published(outcome, here, places)


def check_kind(outcome: Outcome, here: Keys, trial: TrialFile, places: dict[Keys, Place]) -> None:
    """An effect that the design and the measure can have."""
    measure = trial.measures[outcome.measure or ""]
    yes_or_no = measure.binary or observing.KNOWN[measure.of].binary
    if outcome.effect in ("odds_ratio", "risk_difference", "share", "slope_odds_ratio", "z") and not yes_or_no:
        message = f"{outcome.effect} needs a measure that says yes or no"
        raise fault(message, (*here, "measure"), places, found=outcome.measure, allowed="one with a cut or top_share")
    if len(outcome.at) > 1 and not yes_or_no:
        raise fault("only yes or no can be asked of several occasions", (*here, "at"), places)
    alone = outcome.effect in (*ARM_SCALES, "slope_odds_ratio")
    if trial.design.randomise == "nobody" and not alone:
        allowed = "gain, mean, share or slope_odds_ratio"
        raise fault("there is no second arm to compare with", (*here, "effect"), places, allowed=allowed)


def check_published(outcome: Outcome, here: Keys, places: dict[Keys, Place]) -> None:
    """An interval that holds its value; a fitted or held-out figure with an interval; sources that are listed."""
    told = outcome.published
    if told is None:
        if outcome.used_for != "none":
            raise fault("what was not reported cannot be used", (*here, "used_for"), places, found=outcome.used_for)
        return
    inside = (*here, "published")
    values = [each for each in (told.low, told.value, told.high) if each is not None]
    if values != sorted(values):
        raise fault("the interval does not hold the value", (*inside, "value"), places, allowed="low, value, high")
    if outcome.used_for != "none" and told.low is None and told.high is None:
        raise fault("a figure that is used needs an interval", (*inside, "low"), places)
    if " " not in told.source.replace(", ", ","):
        for key in told.source.replace(" ", "").split(","):
            known(key, references(), (*inside, "source"), places, "reference")


def known(name: str | None, names: Iterable[str], keys: Keys, places: dict[Keys, Place], what: str) -> None:
    """Refuse a name that nothing has."""
    found = list(names)
    if name not in found:
        about = {"allowed": listed(found, 40), "hint": nearest(name, found)}
        raise fault(f"there is no such {what}", keys, places, found=str(name), **about)
