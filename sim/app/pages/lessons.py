"""Lessons: predict, run, reveal, discuss; six of ten minutes, each lived by the engine there and then."""

from typing import Any

from sim import wording
from sim.app import address as link
from sim.app import lessons
from sim.app.address import Address, Change
from sim.app.fields import checked
from sim.app.jobs import Tell
from sim.app.lessons import Arm, Lesson
from sim.app.working import Working
from sim.errors import InputError
from sim.scenario import resolve


class Page(Working):
    """The page at /lessons."""

    template_file = (__file__, "lessons.vue")
    name = ""  # of the lesson that is open

    def stands(self) -> dict[str, Any]:
        """All lessons by title, and the open one."""
        made: dict[str, Any] = {"lessons": [listed(name) for name in lessons.names()], "lesson": None}
        if self.name:
            made["lesson"] = told(self.name)
        return made

    def query(self) -> list[tuple[str, str]]:
        """The open lesson."""
        return [("lesson", self.name)] if self.name else []

    def vue_open(self, name: Any) -> None:
        """Open a lesson, or with nothing the list."""
        if name:
            lessons.lesson(str(name))
        self.end()
        self.name = str(name or "")
        self.show()

    def vue_run(self, _nothing: Any) -> None:
        """Live the open lesson."""
        if not self.name:
            return
        made = lessons.lesson(self.name)

        def work(tell: Tell) -> dict[str, Any]:
            return lessons.found(made, lessons.lived(made, made.seeds, tell))

        key, once = ("lesson", self.name), self.session.once
        self.begin(lambda tell: once(key, lambda: work(tell)))


def listed(name: str) -> dict[str, Any]:
    """A lesson in the list."""
    made = lessons.lesson(name)
    return {"name": name, "number": made.number, "title": made.title, "idea": made.idea}


def told(name: str) -> dict[str, Any]:
    """A lesson as the page needs it, with how each measure is said and where an arm can be watched."""
    made = lessons.lesson(name)
    measures = {measure for picture in made.pictures for measure in picture.measures} | {made.guess.measure}
    setting = resolve(made.setting, ["usual"]).setting
    return listed(name) | {
        "community": setting.title,
        "people": made.people,
        "weeks": made.weeks,
        "seeds": made.seeds,
        "before": list(made.before),
        "after": list(made.after),
        "discuss": list(made.discuss),
        "teacher": list(made.teacher),
        "claims": [claim.text for claim in made.claims],
        "guess": made.guess.model_dump(mode="json"),
        "pictures": [picture.model_dump(mode="json") for picture in made.pictures],
        "arms": [{"name": arm.name, "label": arm.label, "watch": watched(made, arm)} for arm in made.arms],
        "measures": {each: said(each) for each in measures},
    }


def said(measure: str) -> dict[str, str]:
    """How a measure is said, and in what kind of number."""
    how = wording.said(measure)
    return {"label": how.label, "unit": how.unit, "kind": "share" if how.factor == 100.0 else "other"}


def watched(made: Lesson, arm: Arm) -> str:
    """The link to the first of this arm's communities; nothing where a link cannot hold what the arm sets."""
    try:
        changes = link.in_order(Change(0, name, checked(name, str(value))) for name, value in arm.set.items())
    except InputError:
        return ""
    plans = tuple(plan for plan in arm.plans if plan != "usual")
    first = Address(made.setting, plans, 1, made.people, changes=changes, weeks=made.weeks)
    return "/?" + link.written(first)
