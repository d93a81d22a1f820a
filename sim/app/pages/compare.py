"""Compare: a few plans in many communities, worked out beside the page: courses in bands, differences."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sim import shipped, wording
from sim.app import address as link
from sim.app import fans
from sim.app.address import LATEST, Address, one_of, whole
from sim.app.choices import files, label
from sim.app.community import levers_at
from sim.app.fields import fits, of_plan
from sim.app.jobs import Tell
from sim.app.pages.lessons import said
from sim.app.working import Working
from sim.batches import people_in
from sim.errors import InputError
from sim.exploring.starts import STARTS, put_all
from sim.population import Population
from sim.results import Results
from sim.scenario import Network, override, resolve
from sim.schema import Scenario
from sim.study import checked_seeds, lived

USUAL = "usual"
SHOWN = ("injunctive_norm", "sought_in_time", "unmet_need", "mean_distress", "self_stigma", "wait")  # courses
MEASURES = (*SHOWN[:3], "asks", "formal_help", *SHOWN[3:], "people_helped", "norm")  # differences
MOST_PLANS, FEWEST_SEEDS, MOST_SEEDS = 3, 4, 100
FEWEST_WEEKS, MOST_WEEKS = 4, 156
FEWEST_PEOPLE, MOST_PEOPLE = 20, 2000
MOST_WORK = 60_000_000  # person-weeks: under half a minute on one core of a usual computer


Moved = Mapping[str, float | str]


class Page(Working):
    """The page at /compare."""

    template_file = (__file__, "compare.vue")
    asked: dict[str, Any] | None = None  # what is chosen, as the link holds it
    results: Results | None = None

    def stands(self) -> dict[str, Any]:
        """What can be chosen, and what is."""
        here = self.session.address
        begun = [*here.plans, *(each.plan for each in here.additions)]
        chosen = self.asked or {
            "setting": here.setting,
            "plans": list(dict.fromkeys(begun))[:MOST_PLANS],
            "seeds": 20,
            "weeks": 52,
            "people": min(here.size or 300, MOST_PEOPLE),
            "levers": True,
            "begin": here.begin,
        }
        return {
            "choices": files(),
            "chosen": chosen,
            "measures": {name: said(name) | {"meaning": wording.said(name).meaning} for name in SHOWN},
            "shows": list(SHOWN),
            "own": self.session.upload is not None,
            "levers": [[label(name), value] for name, value in levers_at(here.changes, LATEST).items()],
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
        words += [] if self.asked["levers"] else [("levers", "0")]
        begin = self.asked["begin"]
        words += [] if begin == self.session.address.begin else [("begins", begin or USUAL)]
        return [*words, ("in", self.asked["setting"]), *((f"n_{k}", str(self.asked[k])) for k in NUMBERS)]

    def vue_compare(self, asked: Any) -> None:
        """Begin to compare."""
        self.asked = checked(asked, own=self.session.upload is not None)
        self.results = None
        chosen, here = dict(self.asked), self.session.address
        changes = levers_at(here.changes, LATEST) if chosen["levers"] else {}
        network = self.session.network(Address(setting=chosen["setting"]))
        self.begin(lambda tell: self._work(chosen, tell, changes, network))

    def _work(self, chosen: dict[str, Any], tell: Tell, changes: Moved, network: Network) -> dict[str, Any]:
        """Live everything, and put together what is shown."""
        results = compared(chosen, tell, changes, network)
        self.results = results
        titles = {each["name"]: each["title"] for each in files()["plans"]}
        return {
            "labels": results.labels,
            "titles": [titles[label] for label in results.labels],
            "seeds": len(results.seeds),
            "begin": chosen["begin"],
            "courses": fans.courses(results, SHOWN),
            "differences": fans.differences(results, MEASURES) if len(results.labels) > 1 else [],
        }

    # The table of everything that was lived, sent when somebody asks for it
    def vue_download(self, _nothing: Any) -> None:
        """Send every week of every community."""
        if self.results is not None:
            self.frame = self.moves() | {"csv": fans.table(self.results, SHOWN), "file": "compare_weeks.csv"}


NUMBERS = ("seeds", "weeks", "people")


def checked(asked: Any, own: bool = False) -> dict[str, Any]:
    """What a browser asks to have compared, if it can be; ``own`` is whether the visitor has a network of hers."""
    if not isinstance(asked, dict) or not isinstance(asked.get("plans"), list):
        raise InputError("this is no comparison")
    settings = [*shipped.names("setting"), *([link.OWN] if own else [])]
    setting = one_of("setting", str(asked.get("setting")), settings)
    plans = [one_of("plan", str(plan), shipped.names("plan")) for plan in asked["plans"][: MOST_PLANS + 1]]
    plans = [plan for plan in dict.fromkeys(plans) if plan != USUAL]
    if not 1 <= len(plans) <= MOST_PLANS:
        raise InputError("choose plans to compare", key="plans", found=str(len(plans)), allowed=f"1 to {MOST_PLANS}")
    made: dict[str, Any] = {"setting": setting, "plans": plans, "levers": asked.get("levers") is not False}
    made["begin"] = one_of("begin", str(asked["begin"]), STARTS) if asked.get("begin") else ""
    limits = {"seeds": (FEWEST_SEEDS, MOST_SEEDS), "weeks": (FEWEST_WEEKS, MOST_WEEKS)}
    made |= {name: whole(name, str(asked.get(name)), *limits[name]) for name in limits}
    made["people"] = whole("people", str(asked.get("people")), FEWEST_PEOPLE, MOST_PEOPLE)
    return made


def compared(
    chosen: dict[str, Any], tell: Tell, changes: Moved = MappingProxyType({}), network: Network = None
) -> Results:
    """Live a setting under nothing and under each plan: with the same seeds, levers and beginning."""
    scenarios = [arm(chosen, plan, changes, network) for plan in (USUAL, *chosen["plans"])]
    unmet = [name for name in changes if not any(fits(name, each) for each in scenarios)]
    if unmet:
        why = "none of these plans has this lever; leave the levers out, or add its plan"
        raise InputError(why, key=unmet[0])
    weeks = sum(each.setting.burn_in + each.weeks for each in scenarios)
    work = people_in(scenarios[0]) * weeks * chosen["seeds"]
    if work > MOST_WORK:
        allowed = f"{MOST_WORK:,} person-weeks; helpseek compare has no such limit"
        raise InputError("this is too much for a page", found=f"{work:,} person-weeks", allowed=allowed)
    labels, start = [USUAL, *chosen["plans"]], chosen.get("begin", "")

    def begin(population: Population) -> None:
        put_all(population, start)

    return lived(scenarios, labels, checked_seeds(chosen["seeds"]), False, 1, tell, begin=begin if start else None)


def arm(chosen: dict[str, Any], plan: str, changes: Moved, network: Network) -> Scenario:
    """One of the scenarios that are compared: the levers of the model, and of those of plans what this plan has."""
    setting = None if network else chosen["setting"]
    fixed = network is not None or resolve(setting, [USUAL]).setting.network is not None
    parameters = {name: float(value) for name, value in changes.items() if not of_plan(name)}
    made = resolve(setting, [plan], parameters, chosen["weeks"], None if fixed else chosen["people"], network)
    own = {name: value for name, value in changes.items() if of_plan(name) and fits(name, made)}
    return override(made, own) if own else made
