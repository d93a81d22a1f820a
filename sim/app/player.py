"""What the pages with a moving picture share: weeks are lived when the browser asks for the next one, and never before.

The browser asks for a week once it has drawn the last one and the pace allows it. So frames never pile up, a hidden tab
stands still, nothing runs on after a visitor has left, and no session needs a thread of its own.
"""

from dataclasses import replace
from typing import Any

import traitlets

from sim.app import address as link
from sim.app import frames, presets
from sim.app.address import COLOURS, LARGEST_SEED, LATEST, Addition, Address, Change, in_order, one_of, whole
from sim.app.choices import files, label, levers, pinned_by
from sim.app.community import WITH, Community, levers_at, scenarios
from sim.app.fields import checked, fits
from sim.app.view import View
from sim.errors import InputError
from sim.exploring.starts import STARTS
from sim.scenario import Network


class Player(View):
    """A page on which a community lives."""

    both = False  # whether the world without the plan is shown as well
    # What is known of each lever: sent when somebody opens them
    levers: list[dict[str, Any]] = traitlets.List().tag(sync=True)  # type: ignore[assignment]
    answered = traitlets.Int(0).tag(sync=True)  # how many of the weeks asked for have been lived, or could not be

    def stands(self) -> dict[str, Any]:
        """The picture, all weeks so far, and what can be chosen."""
        community = self.session.community
        self._groups = community.groups().tobytes()
        return frames.picture(community) | {
            "history": frames.history(community),
            "address": shown(self.session.address),
            "choices": files(),
            "own": self.session.upload.found if self.session.upload else None,
            "moved": levers_at(community.address.changes, community.week),
            "has_plan": community.has_plan,
            "plan_titles": plan_titles(community),
            "presets": presets.offered(community.address.setting),
            "horizon": community.scenario.weeks,
        }

    def show(self) -> None:
        """Send everything; the levers if they are open."""
        super().show()
        if self.levers:
            self.levers = levers(self.session.community)

    def vue_open_levers(self, _nothing: Any) -> None:
        """Send what is known of the levers."""
        self.levers = levers(self.session.community)

    def moves(self) -> dict[str, Any]:
        """This week."""
        return frames.week(self.session.community, self.both)

    def vue_step(self, _nothing: Any) -> None:
        """Live one week; whether or not it could be lived, the question has been answered."""
        try:
            self._step()
        finally:
            self.answered += 1

    def _step(self) -> None:
        """Live one week and show it."""
        community = self.session.community
        if community.week >= LATEST:
            raise InputError("this is as far as a page goes", found=f"week {community.week}", allowed=f"{LATEST}")
        community.step()
        if community.groups().tobytes() != self._groups:
            self.show()
        else:
            self.show_week()

    def vue_to_week(self, week: Any) -> None:
        """Go to a week: on to a later one, or back by living the weeks before it again."""
        self._move(replace(self.session.address, week=whole("week", str(week), 0, LATEST)))

    def vue_choose(self, asked: Any) -> None:
        """Another setting, plan, seed or beginning: lived anew. Levers stay where there still are such."""
        if not isinstance(asked, dict):
            raise InputError("this is no choice")
        here = self.session.address
        own = [link.OWN] if self.session.upload else []
        setting = one_of("setting", str(asked.get("setting", here.setting)), choices_of("settings") + own)
        plans = tuple(one_of("plan", str(each), choices_of("plans")) for each in asked.get("plans", here.plans)[:6])
        seed = whole("seed", str(asked.get("seed", here.seed)), 0, LARGEST_SEED)
        begin = asked.get("begin", here.begin)
        chosen = Address(
            setting, tuple(p for p in plans if p != "usual"), seed, week=0, colour=here.colour,
            begin=one_of("begin", str(begin), STARTS) if begin else "",
        )  # fmt: skip
        if setting == here.setting:
            chosen = replace(chosen, size=here.size, weeks=here.weeks)
            chosen = replace(chosen, changes=applicable(chosen, here.changes, self.session.network(chosen)))
        self._move(chosen)

    def vue_upload(self, asked: Any) -> None:
        """Take the visitor's own network."""
        self.session.bring(asked)
        self.show()

    def vue_set_colour(self, name: Any) -> None:
        """What people are coloured by: kept in the link."""
        self._keep(replace(self.session.community.address, colour=one_of("colour", str(name), COLOURS)))

    def vue_set_person(self, number: Any) -> None:
        """Who is looked at: kept in the link."""
        people = self.session.community.people
        person = None if number is None else whole("person", str(number), 1, people)
        self._keep(replace(self.session.community.address, person=person))

    def vue_lever(self, asked: Any) -> None:
        """Move a lever: from the next week on, or from the very beginning if no week has been lived."""
        if not isinstance(asked, dict) or not {"name", "value"} <= set(asked):
            raise InputError("this is no lever")
        name, value = str(asked["name"]), checked(str(asked["name"]), str(asked["value"]))
        here = self.session.address
        self._change(replace(here, changes=in_order((*here.changes, Change(here.week, name, value)))))

    def vue_add(self, plan: Any) -> None:
        """Begin a plan in the next week."""
        here = self.session.address
        addition = Addition(here.week, one_of("plan", str(plan), choices_of("plans")))
        self._change(replace(here, additions=tuple(sorted((*here.additions, addition)))))

    def vue_reset_levers(self, _nothing: Any) -> None:
        """Every lever back to the evidence, from the beginning on; plans that were begun late are gone."""
        self._move(replace(self.session.address, changes=(), additions=(), begin="", week=0))

    def vue_preset(self, name: Any) -> None:
        """Move a few levers at once, from the beginning on."""
        self._move(presets.taken(self.session.community, name))

    def _change(self, chosen: Address) -> None:
        """Go on from here with other levers: at once if nothing has been lived, else from the next week on."""
        if chosen.week == 0:
            self._move(chosen)
            return
        self.session.community.planned(chosen)
        self._keep(chosen)
        self.show()

    def _keep(self, chosen: Address) -> None:
        """Take down what does not change the lives lived so far."""
        self.session.community.address = chosen
        self.link = link.written(self.session.address)

    def _move(self, chosen: Address) -> None:
        """Go to another address and show it."""
        self.session.move(chosen)
        self.show()


def choices_of(kind: str) -> list[str]:
    """The names that can be chosen."""
    from sim import shipped

    return shipped.names(kind.removesuffix("s"))


def applicable(chosen: Address, changes: tuple[Change, ...], network: Network) -> tuple[Change, ...]:
    """Of some levers those that an address can have from its beginning on or later: the others were of another plan."""
    scenario = scenarios(chosen, network)[WITH]
    pinned = pinned_by(scenario)
    return tuple(each for each in changes if fits(each.name, scenario) and each.name not in pinned)


def plan_titles(community: Community) -> list[str]:
    """The plans of a community by the titles that their files give them, those begun late as well."""
    names = [*community.address.plans, *(each.plan for each in community.address.additions)]
    return [each["title"] for name in dict.fromkeys(names) for each in files()["plans"] if each["name"] == name]


def shown(address: Address) -> dict[str, Any]:
    """An address as the browser needs it."""
    return {
        "setting": address.setting,
        "plans": list(address.plans),
        "seed": address.seed,
        "colour": address.colour,
        "person": address.person,
        "week": address.week,
        "changes": [[each.week, each.name, each.value, label(each.name)] for each in address.changes],
        "additions": [[each.week, each.plan] for each in address.additions],
        "begin": address.begin,
    }
