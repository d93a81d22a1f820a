"""Compare: a few plans in many communities, worked out beside the page: courses in bands, differences."""

from typing import Any

from sim import shipped, wording
from sim.app import address as link
from sim.app import fans
from sim.app.address import one_of, whole
from sim.app.choices import files
from sim.app.jobs import Tell
from sim.app.pages.lessons import said
from sim.app.working import Working
from sim.batches import people_in
from sim.errors import InputError
from sim.results import Results
from sim.scenario import resolve
from sim.study import run

USUAL = "usual"
SHOWN = ("injunctive_norm", "sought_in_time", "unmet_need", "mean_distress", "self_stigma", "wait")  # courses
MEASURES = (*SHOWN[:3], "asks", "formal_help", *SHOWN[3:], "people_helped", "norm")  # differences
MOST_PLANS, FEWEST_SEEDS, MOST_SEEDS = 3, 4, 100
FEWEST_WEEKS, MOST_WEEKS = 4, 156
FEWEST_PEOPLE, MOST_PEOPLE = 20, 2000
MOST_WORK = 60_000_000  # person-weeks: under half a minute on one core of a usual computer


class Page(Working):
    """The page at /compare."""

    template_file = (__file__, "compare.vue")
    asked: dict[str, Any] | None = None  # what is chosen, as the link holds it
    results: Results | None = None

    def stands(self) -> dict[str, Any]:
        """What can be chosen, and what is."""
        here = self.session.address
        chosen = self.asked or {
            "setting": "" if here.setting == link.OWN else here.setting,
            "plans": list(here.plans)[:MOST_PLANS],
            "seeds": 20,
            "weeks": 52,
            "people": min(here.size or 300, MOST_PEOPLE),
        }
        return {
            "choices": files(),
            "chosen": chosen,
            "measures": {name: said(name) | {"meaning": wording.said(name).meaning} for name in SHOWN},
            "shows": list(SHOWN),
            "own": here.setting == link.OWN,
            "limits": {
                "plans": MOST_PLANS,
                "seeds": [FEWEST_SEEDS, MOST_SEEDS],
                "weeks": [FEWEST_WEEKS, MOST_WEEKS],
                "people": [FEWEST_PEOPLE, MOST_PEOPLE],
            },
        }

    def query(self) -> list[tuple[str, str]]:
        """What is compared."""
        if not self.asked:
            return []
        words = [("with", plan) for plan in self.asked["plans"]]
        return [*words, ("in", self.asked["setting"]), *((f"n_{k}", str(self.asked[k])) for k in NUMBERS)]

    def vue_compare(self, asked: Any) -> None:
        """Begin to compare."""
        self.asked = checked(asked)
        self.results = None
        chosen = dict(self.asked)
        self.begin(lambda tell: self._work(chosen, tell))

    def _work(self, chosen: dict[str, Any], tell: Tell) -> dict[str, Any]:
        """Live everything, and put together what is shown."""
        results = compared(chosen, tell)
        self.results = results
        titles = {each["name"]: each["title"] for each in files()["plans"]}
        return {
            "labels": results.labels,
            "titles": [titles[label] for label in results.labels],
            "seeds": len(results.seeds),
            "courses": fans.courses(results, SHOWN),
            "differences": fans.differences(results, MEASURES) if len(results.labels) > 1 else [],
        }

    # The table of everything that was lived, sent when somebody asks for it
    def vue_download(self, _nothing: Any) -> None:
        """Send every week of every community."""
        if self.results is not None:
            self.frame = self.moves() | {"csv": fans.table(self.results, SHOWN), "file": "compare_weeks.csv"}


NUMBERS = ("seeds", "weeks", "people")


def checked(asked: Any) -> dict[str, Any]:
    """What a browser asks to have compared, if it can be."""
    if not isinstance(asked, dict) or not isinstance(asked.get("plans"), list):
        raise InputError("this is no comparison")
    setting = one_of("setting", str(asked.get("setting")), shipped.names("setting"))
    plans = [one_of("plan", str(plan), shipped.names("plan")) for plan in asked["plans"][: MOST_PLANS + 1]]
    plans = [plan for plan in dict.fromkeys(plans) if plan != USUAL]
    if not 1 <= len(plans) <= MOST_PLANS:
        raise InputError("choose plans to compare", key="plans", found=str(len(plans)), allowed=f"1 to {MOST_PLANS}")
    made: dict[str, Any] = {"setting": setting, "plans": plans}
    limits = {"seeds": (FEWEST_SEEDS, MOST_SEEDS), "weeks": (FEWEST_WEEKS, MOST_WEEKS)}
    made |= {name: whole(name, str(asked.get(name)), *limits[name]) for name in limits}
    made["people"] = whole("people", str(asked.get("people")), FEWEST_PEOPLE, MOST_PEOPLE)
    return made


def compared(chosen: dict[str, Any], tell: Tell) -> Results:
    """Live a setting under nothing and under each plan, with the same seeds."""
    fixed = resolve(chosen["setting"], [USUAL]).setting.network is not None
    people = None if fixed else chosen["people"]
    scenarios = [
        resolve(chosen["setting"], [plan], weeks=chosen["weeks"], people=people) for plan in (USUAL, *chosen["plans"])
    ]
    weeks = sum(each.setting.burn_in + each.weeks for each in scenarios)
    work = people_in(scenarios[0]) * weeks * chosen["seeds"]
    if work > MOST_WORK:
        allowed = f"{MOST_WORK:,} person-weeks; helpseek compare has no such limit"
        raise InputError("this is too much for a page", found=f"{work:,} person-weeks", allowed=allowed)
    return run(scenarios, chosen["seeds"], labels=[USUAL, *chosen["plans"]], threads=1, progress=tell)
