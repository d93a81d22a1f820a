"""Lessons as data, strictly read: what is asked, what is lived, what is shown, and what a lesson claims."""

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field

from sim import reading, shipped, wording
from sim.app import fans
from sim.checking import Place, validated
from sim.errors import InputError, nearest
from sim.measures import BY_NAME
from sim.results import Results
from sim.scenario import override, resolve
from sim.schema import Name, Scenario, Strict
from sim.study import Progress, run

ALONE = ("at least", "at most")  # claims about one arm; others compare two
BOUNDED = (*ALONE, "within")
When = Literal["mean", "final"]
Text = Annotated[str, Field(min_length=2, max_length=900)]


class Arm(Strict):
    """One way in which the community lives: with plans, and with parameters or fields of plans set."""

    name: Name
    label: Text
    plans: tuple[Name, ...] = ("usual",)
    set: Annotated[dict[str, float | str], Field(default_factory=dict)]


class Choice(Strict):
    """A guess among a few; ``when`` is an arm's name, or what the interval of the difference says."""

    text: Text
    when: str


class Guess(Strict):
    """What a student commits to: a number of one arm, the arm with the most, or which way a measure goes."""

    question: Text
    kind: Literal["number", "most", "way"]
    measure: Name
    at: When = "mean"
    arm: Name
    base: Name | None = None
    choices: tuple[Choice, ...] = ()


class Claim(Strict):
    """What a lesson says that the engine shows: of one arm within bounds, or of an arm against another."""

    text: Text
    measure: Name
    at: When = "mean"
    arm: Name
    base: Name | None = None
    says: Literal["higher", "lower", "not higher", "within", "at least", "at most"]
    bound: float | None = None


class Picture(Strict):
    """A chart: one measure of every arm, or a few measures of the first."""

    title: Text
    measures: Annotated[tuple[Name, ...], Field(min_length=1, max_length=3)]
    note: str = ""


class Lesson(Strict):
    """A lesson of ten minutes."""

    kind: Literal["lesson"]
    number: Annotated[int, Field(ge=1, le=6)]
    title: Text
    idea: Text
    setting: Name
    people: Annotated[int, Field(ge=20, le=2000)]
    weeks: Annotated[int, Field(ge=4, le=156)]
    seeds: Annotated[int, Field(ge=4, le=60)]
    before: Annotated[tuple[Text, ...], Field(min_length=1)]
    arms: Annotated[tuple[Arm, ...], Field(min_length=1, max_length=4)]
    guess: Guess
    pictures: Annotated[tuple[Picture, ...], Field(min_length=1, max_length=3)]
    claims: Annotated[tuple[Claim, ...], Field(min_length=1, max_length=5)]
    after: Annotated[tuple[Text, ...], Field(min_length=1)]
    discuss: Annotated[tuple[Text, ...], Field(min_length=2, max_length=6)]
    teacher: Annotated[tuple[Text, ...], Field(min_length=1)]


@cache
def names() -> list[str]:
    """The lessons in their order."""
    return sorted(shipped.names("lesson"), key=lambda name: lesson(name).number)


@cache
def lesson(name: str) -> Lesson:
    """A lesson by its name; an ``InputError`` names the file, line and key of what is wrong with it."""
    if name not in shipped.names("lesson"):
        hint = nearest(name, shipped.names("lesson"))
        raise InputError("there is no such lesson", key="lesson", found=name[:80], hint=hint)
    document = reading.read(shipped.path("lesson", name))
    places = {keys: Place(document.file, line) for keys, line in document.lines.items()}
    made = validated(Lesson, document.data, places)
    check(made, document.file)
    return made


def check(made: Lesson, file: str) -> None:
    """Refuse a lesson that speaks of a measure or an arm that there is not."""
    arms = [arm.name for arm in made.arms]
    measures = [made.guess.measure, *(c.measure for c in made.claims), *(m for p in made.pictures for m in p.measures)]
    spoken = [made.guess.arm, made.guess.base, *(each for c in made.claims for each in (c.arm, c.base))]
    if made.guess.kind == "most":
        spoken += [choice.when for choice in made.guess.choices]
    for measure in measures:
        if measure not in BY_NAME:
            raise InputError("there is no such measure", file=file, found=measure, hint=nearest(measure, BY_NAME))
    for arm in spoken:
        if arm is not None and arm not in arms:
            raise InputError("this lesson has no such arm", file=file, found=arm, hint=nearest(arm, arms))
    for claim in made.claims:
        if (claim.base is None) != (claim.says in ALONE) or (claim.bound is None) == (claim.says in BOUNDED):
            raise InputError("this claim needs a base, or a bound", file=file, key="says", found=claim.says)


def scenarios(made: Lesson) -> list[Scenario]:
    """The scenario of each arm."""
    return [
        override(resolve(made.setting, list(arm.plans), weeks=made.weeks, people=made.people), dict(arm.set))
        for arm in made.arms
    ]


def lived(made: Lesson, seeds: int | Sequence[int], progress: Progress | None = None) -> Results:
    """Live every arm with every seed: the same people with the same luck in each arm."""
    labels = [arm.name for arm in made.arms]
    return run(scenarios(made), seeds, labels=labels, threads=1, progress=progress)


def found(made: Lesson, results: Results) -> dict[str, Any]:
    """What came of it, as the page shows it: courses, the number asked for, and each claim beside what was found."""
    measures = list(dict.fromkeys(name for picture in made.pictures for name in picture.measures))
    return {
        "courses": fans.courses(results, measures),
        "seeds": len(results.seeds),
        "answer": answer(made.guess, results),
        "claims": [claimed(claim, results) for claim in made.claims],
    }


def answer(guess: Guess, results: Results) -> dict[str, Any]:
    """What the engine says to a guess: the number, as text too, and which choice it bears out."""
    levels = means(results, guess.measure, guess.at)
    made: dict[str, Any] = {
        "value": fans.number(levels[guess.arm]),
        "text": wording.level(guess.measure, levels[guess.arm]),
        "levels": {label: wording.level(guess.measure, value) for label, value in levels.items()},
    }
    if guess.kind == "most":
        return made | {"choice": max(levels, key=lambda label: levels[label])}
    if guess.kind == "way":
        row = compared(results, guess.measure, guess.at, guess.arm, guess.base)
        made |= {"change": row["change"], "step": row["step"]}
        return made | {"choice": row["verdict"] if row["verdict"] in wording.MARKED else "unclear"}
    return made


def means(results: Results, measure: str, at: str) -> dict[str, float]:
    """The mean over seeds of a measure in each arm."""
    table = results.summary(at=at, measures=[measure])
    return {str(row.label): float(row.mean) for row in table.itertuples(index=False)}


def compared(results: Results, measure: str, at: str, arm: str, base: str | None) -> dict[str, Any]:
    """One arm against another (the first, if none is named)."""
    table = results.differences(base=base, measures=[measure], at=at)
    row = next(row for row in table.itertuples(index=False) if row.label == arm)
    return {
        "text": f"{wording.level(measure, row.mean_plan, row.unit)} against "
        f"{wording.level(measure, row.mean_base, row.unit)}",
        "change": wording.change(measure, row.difference, row.low, row.high, row.unit),
        "step": wording.said(measure, row.unit).step,
        "difference": float(row.difference),
        "verdict": wording.verdict(row.difference, row.low, row.high),
    }


def claimed(claim: Claim, results: Results) -> dict[str, Any]:
    """A claim, the numbers found, and whether these communities bear it out."""
    bound = 0.0 if claim.bound is None else claim.bound
    label = wording.said(claim.measure).label
    if claim.base is None:
        value = means(results, claim.measure, claim.at)[claim.arm]
        held = value >= bound if claim.says == "at least" else value <= bound
        return {"text": claim.text, "shown": f"{label}: {wording.level(claim.measure, value)}", "held": bool(held)}
    row = compared(results, claim.measure, claim.at, claim.arm, claim.base)
    ways = {
        "higher": row["verdict"] == "higher",
        "lower": row["verdict"] == "lower",
        "not higher": row["verdict"] != "higher",
        "within": abs(row["difference"]) <= bound,
    }
    shown = f"{label}: {row['text']}, a difference of {row['change']} {row['step']}"
    return {"text": claim.text, "shown": shown, "held": ways[claim.says]}
