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
ALONE = (*ARM_SCALES, "slope_odds_ratio", "ratio")  # effects that compare no two arms
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
            allowed = "any other: this is the baseline's"
            raise fault("a follow-up cannot have this name", here[:-1], places, found=name, allowed=allowed)
        if follow_up.week < trial.baseline:
            allowed = f"week {trial.baseline} or later"
            raise fault("a follow-up before the baseline", here, places, found=str(follow_up.week), allowed=allowed)
    if trial.attrition.by is not None:
        known(trial.attrition.by, trial.measures, ("attrition", "by"), places, "measure")
    check_arms(trial, places)
    for name, measure in trial.measures.items():
        check_measure(measure, ("measures", name), places)
    for name, outcome in trial.outcomes.items():
        check_outcome(outcome, ("outcomes", name), trial, places)
    check_records(trial, places)


def check_arms(trial: TrialFile, places: dict[Keys, Place]) -> None:
    """Shares that add up, and units enough to be randomised to the arms there are."""
    shares = [arm.share for arm in trial.arms.values()]
    if any(share is not None for share in shares) and (
        None in shares or abs(sum(share or 0.0 for share in shares) - 1.0) > 1e-9
    ):
        told = ", ".join("none" if share is None else f"{share:g}" for share in shares)
        message = "the arms' shares should be given for all and add up to 1"
        raise fault(message, ("arms",), places, found=told, allowed="a sum of 1, or no shares")
    design, arms = trial.design, len(trial.arms)
    if (design.randomise == "nobody") != (arms == 1):
        about = {"found": f"{design.randomise}, and {arms} arms", "allowed": "nobody with one arm, or more arms"}
        message = "one arm means that nobody is randomised, and the other way round"
        raise fault(message, ("design", "randomise"), places, **about)
    if design.randomise == "communities" and design.communities < arms:
        about = {"found": str(design.communities), "allowed": f"{arms} or more, one for each arm"}
        raise fault("too few communities to be randomised", ("design", "communities"), places, **about)


def check_records(trial: TrialFile, places: dict[Keys, Place]) -> None:
    """No two outcomes that nobody could tell apart in the records: one name, one week."""
    seen: dict[tuple[str, tuple[str, ...]], str] = {}
    for key, outcome in trial.outcomes.items():
        record = outcome.name or key, outcome.at
        if record in seen:
            about = {"found": record[0], "allowed": f"another name than that of {seen[record]}"}
            raise fault("two outcomes of one name at one time", ("outcomes", key, "name"), places, **about)
        seen[record] = key


def check_measure(measure: Measure, here: Keys, places: dict[Keys, Place]) -> None:
    """What is observed is known, its cut-point is one, and its bounds are apart."""
    known(measure.of, observing.KNOWN, (*here, "of"), places, "thing to observe")
    if isinstance(measure.cut, str):
        known(measure.cut, registry(), (*here, "cut"), places, "parameter")
    if measure.cut is not None and measure.top_share is not None:
        allowed = "one of the two"
        raise fault("a measure has one cut-point: cut or top_share", (*here, "top_share"), places, allowed=allowed)
    low, high = measure.lowest, measure.highest
    if low is not None and high is not None and low >= high:
        about = {"found": f"{low:g}", "allowed": f"less than the highest, {high:g}"}
        raise fault("the lowest score is no lower than the highest", (*here, "lowest"), places, **about)
    if measure.weeks is not None and not observing.KNOWN[measure.of].weekly:
        about = {"found": measure.of, "allowed": "only with what people do or meet, week by week"}
        raise fault("a state is observed when it is asked for, not over weeks", (*here, "weeks"), places, **about)


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
        for part, what in (("measure", "a measure"), ("at", "a list of follow-ups")):
            if not getattr(outcome, part):
                raise fault("a key is missing", (*here, part), places, allowed=f"{what} of this trial")
        known(outcome.measure, trial.measures, (*here, "measure"), places, "measure")
        check_kind(outcome, here, trial, places)
    for occasion in outcome.at:
        known(occasion, trial.occasions, (*here, "at"), places, "follow-up")
    check_people(outcome, here, trial, places)
    check_adjusted(outcome, here, trial, places)
    check_published(outcome, here, places)


def check_people(outcome: Outcome, here: Keys, trial: TrialFile, places: dict[Keys, Place]) -> None:
    """Arms that differ, and restrictions that say of each person yes or no."""
    for part in ("arm", "against"):
        if (name := getattr(outcome, part)) is not None:
            known(name, trial.arms, (*here, part), places, "arm")
    arms = list(trial.arms)
    one, other = outcome.arm or arms[-1], outcome.against or arms[0]
    if one == other and outcome.effect not in ALONE:
        part = "arm" if outcome.arm else "against"
        about = {"found": one, "allowed": f"another arm than {one}", "hint": next((a for a in arms if a != one), None)}
        raise fault("an arm is compared with itself", (*here, part), places, **about)
    for part in ("among", "not_among"):
        if (name := getattr(outcome, part)) is not None:
            known(name, trial.measures, (*here, part), places, "measure")
            if not says_yes(trial.measures[name]):
                message = f"{part} needs a measure that says yes or no"
                raise fault(message, (*here, part), places, found=name, allowed="one with a cut or top_share")


def check_adjusted(outcome: Outcome, here: Keys, trial: TrialFile, places: dict[Keys, Place]) -> None:
    """Measures to adjust for and to regress on that are known, each once, and are not the outcome itself."""
    if outcome.on is not None:
        known(outcome.on, trial.measures, (*here, "on"), places, "measure")
    for place, name in enumerate(outcome.adjust):
        known(name, trial.measures, (*here, "adjust"), places, "measure")
        if name in outcome.adjust[:place]:
            allowed = "each measure once"
            raise fault("this is adjusted for twice", (*here, "adjust"), places, found=name, allowed=allowed)
        if name == outcome.measure and outcome.at == (BASELINE,):
            allowed = "other measures, or a follow-up"
            message = "an outcome at baseline cannot be adjusted for itself"
            raise fault(message, (*here, "adjust"), places, found=name, allowed=allowed)


def says_yes(measure: Measure) -> bool:
    """Whether a measure says yes or no of each person."""
    return measure.binary or observing.KNOWN[measure.of].binary


def check_kind(outcome: Outcome, here: Keys, trial: TrialFile, places: dict[Keys, Place]) -> None:
    """An effect that the design and the measure can have."""
    measure = trial.measures[outcome.measure or ""]
    yes_or_no = says_yes(measure)
    if outcome.effect in ("odds_ratio", "risk_difference", "share", "slope_odds_ratio", "z") and not yes_or_no:
        message = f"{outcome.effect} needs a measure that says yes or no"
        raise fault(message, (*here, "measure"), places, found=outcome.measure, allowed="one with a cut or top_share")
    if len(outcome.at) > 1 and not yes_or_no:
        raise fault("only yes or no can be asked of several occasions", (*here, "at"), places)
    if trial.design.randomise == "nobody" and outcome.effect not in ALONE:
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
