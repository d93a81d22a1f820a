"""Why a person did or did not ask in a week: each term of her choice, as the engine had it at that very moment."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim import engine, luck
from sim.app.address import Address
from sim.app.community import Community, copied
from sim.care import Service
from sim.errors import InputError
from sim.groups import CLIMATE
from sim.people import BY_NAME, FRIEND, LEADER_ASKED, NOT_IN_HELP, PROFESSIONAL, column
from sim.seeking import POINTS, REFERENCE_SCORE
from sim.state import State

BEFORE_ANSWERS = ("encouraged", "experience_friend", "experience_leader")  # what the week's answers change


class Term(NamedTuple):
    """One term of a utility: what it is, how much it adds, and the state behind it as it is said."""

    key: str
    amount: float
    state: float


@dataclass(frozen=True)
class Option:
    """One source that a person could ask: open to her or not and why, with the terms that speak for it and against."""

    source: int
    closed: tuple[str, ...]  # what stands in the way; nothing if it is open
    terms: tuple[Term, ...]
    probability: float

    @property
    def utility(self) -> float:
        """The sum of the terms; asking nobody has 0."""
        return math.fsum(term.amount for term in self.terms)


@dataclass(frozen=True)
class Reasons:
    """Why one person did what she did in one week."""

    week: int
    in_need: bool
    recognised: bool
    options: tuple[Option, ...]  # empty if she was not in need
    nobody: float  # the probability of asking nobody
    draw: float  # her luck: below the first option's probability she takes that, and so on
    asked: int


class Moment:
    """The moment of choice in one week of both worlds: all that the choice reads, as it stood then."""

    def __init__(self, community: Community, week: int | None = None) -> None:
        """The last week lived, or an earlier one, which is lived again up to it."""
        week = community.week if week is None else week
        if not 1 <= week <= community.week:
            raise InputError("this week has not been lived", found=str(week), allowed=f"1 to {community.week}")
        if week != community.week or community.before is None:
            community = again(community, week)
        assert community.before is not None
        self.week, self.population = week, community.population
        self.state = copied(community.before)
        self.services: list[Service] = []
        self.stood: dict[str, np.ndarray] = {}
        self._decide()

    def _decide(self) -> None:
        """Bring the state to the moment of choice: what interventions did, distress, recognition."""
        spans = [self.population.rows(world) for world in range(self.population.count)]
        for world, rows in enumerate(spans):
            engine.prepare(rows.start, rows.stop, world, self.week, self.state)
            self.services.append(engine.service(world, self.week, self.state))
        self.stood = {name: column(self.state.people, name).copy() for name in BEFORE_ANSWERS}
        for world, rows in enumerate(spans):
            engine.decide(rows.start, rows.stop, world, self.week, self.services[world], self.state)
            self._screen(world, rows)

    def _screen(self, world: int, rows: slice) -> None:
        """Whom screening has found this week was encouraged before she chose."""
        chance = column(self.state.people, "added_screening")[rows]
        needs = column(self.state.people, "episode")[rows] > 0
        for number in np.flatnonzero((chance > 0) & needs):
            key = np.uint64(luck.person_key(self.state.worlds.seed[world], int(number)))
            if luck.uniform(key, self.week, luck.SCREENING) < chance[number]:
                weeks = int(self.state.parameters[world]["replies_encouragement_weeks"])
                self.stood["encouraged"][rows.start + number] = weeks

    def reasons(self, world: int, number: int) -> Reasons:
        """Why person ``number`` (from 0 within her world) of a world did what she did."""
        return Chooser(self, world, number).reasons()


class Chooser:
    """One person at the moment of choice; the formulas are those of ``sim.seeking``, term by term."""

    def __init__(self, moment: Moment, world: int, number: int) -> None:
        self.moment, self.world, self.number = moment, world, number
        self.row = moment.population.rows(world).start + number
        self.state: State = moment.state
        self.p = self.state.parameters[world]
        self.service = moment.services[world]

    def of(self, name: str) -> float:
        """Her state as it stood when she chose."""
        if name in BEFORE_ANSWERS:
            return float(self.moment.stood[name][self.row])
        return float(column(self.state.people, BY_NAME[name].name)[self.row])

    def reasons(self) -> Reasons:
        """All of it."""
        options = (self.friend(), self.leader(), self.professional()) if self.of("episode") else ()
        weights = [math.exp(each.utility) if not each.closed else 0.0 for each in options]
        total = 1.0 + sum(weights)
        key = np.uint64(luck.person_key(self.state.worlds.seed[self.world], self.number))
        return Reasons(
            self.moment.week,
            bool(self.of("episode")),
            bool(self.of("recognised")),
            tuple(
                Option(each.source, each.closed, each.terms, weight / total)
                for each, weight in zip(options, weights, strict=True)
            ),
            1.0 / total,
            float(luck.uniform(key, self.moment.week, luck.CHOICE)),
            int(self.of("asked")),
        )

    def friend(self) -> Option:
        """Asking a friend or family member."""
        p = self.p
        reachable = self.of("reachable_friends") > 0
        trust = self.of("friend_trust") if reachable else float(p["replies_outside_trust"])
        terms = [*self.common("friend"), self.trust("friend", trust), self.experience("friend")]
        if not self.of("recognised"):
            weight = float(p["seeking_unrecognised_weight"])
            terms.append(Term("unrecognised", math.log(weight), weight))
        nobody = not (reachable or self.of("outside_confidants") or self.of("added_supporter") > 0.0)
        return Option(FRIEND, ("no_friend",) if nobody else (), tuple(terms), 0.0)

    def leader(self) -> Option:
        """Asking a leader or trusted adult."""
        climate = float(self.state.groups.value[CLIMATE, self.state.people.group[self.row]])
        terms = [*self.common("leader"), self.trust("leader", self.of("leader_trust")), self.experience("leader")]
        terms.append(Term("climate", float(self.p["seeking_leader_climate"]) * climate, climate))
        closed = [] if self.of("recognised") else ["unrecognised"]
        closed += [] if self.of("reachable_leaders") else ["no_leader"]
        return Option(LEADER_ASKED, tuple(closed), tuple(terms), 0.0)

    def professional(self) -> Option:
        """Turning to a professional."""
        p, service = self.p, self.service
        terms = [*self.common("professional", 1.0 - float(p["care_line_relief"]) * service.line)]
        knowledge, trust = self.of("knowledge"), self.of("trust_in_services")
        terms += [
            Term("knowledge", float(p["seeking_professional_knowledge"]) * knowledge, knowledge),
            Term("services", float(p["seeking_professional_trust"]) * trust, trust),
            self.experience("professional"),
            Term("wait", -float(p["seeking_professional_wait"]) * service.expected_wait, service.expected_wait),
            Term("access", -float(p["care_access_burden"]) * (1.0 - service.remote), 1.0 - service.remote),
        ]
        closed = [] if self.of("recognised") else ["unrecognised"]
        closed += [] if self.of("help_status") == NOT_IN_HELP else ["in_help"]
        closed += [] if service.open else ["no_service"]
        knows = knowledge > float(p["seeking_knowledge_gate"]) or service.line > 0.0
        closed += [] if knows else ["knows_none"]
        return Option(PROFESSIONAL, tuple(closed), tuple(terms), 0.0)

    def common(self, source: str, weight_of_stigma: float = 1.0) -> list[Term]:
        """What matters for every source."""

        def weight(name: str) -> float:
            return float(self.p[f"seeking_{source}_{name}"])

        p, distress, stigma = self.p, self.of("distress"), self.of("self_stigma")
        approval, campaign, reliance = self.of("injunctive_norm"), self.of("added_campaign"), self.of("self_reliance")
        spread = float(p["norms_approval_spread"])
        terms = [
            Term("constant", weight("constant"), 0.0),
            Term("distress", weight("distress") * (distress - REFERENCE_SCORE) / POINTS, distress),
            Term("stigma", weight("stigma") * stigma * weight_of_stigma, stigma),
            Term("approval", weight("injunctive") * (approval - float(p["norms_usual_approval"])) / spread, approval),
            self.others(weight("descriptive")),
            Term("campaign", weight("campaign") * campaign, campaign),
            Term("reliance", weight("reliance") * reliance, reliance),
        ]
        if self.of("encouraged"):
            terms.append(Term("encouraged", weight("encouraged"), self.of("encouraged")))
        return terms

    def others(self, weight: float) -> Term:
        """What others are believed to do, by share or by count."""
        p = self.p
        if p["norms_influence_form"] >= 0.5:
            seen = self.of("seen_seeking")
            several, one = float(p["norms_count_several"]), float(p["norms_count_one"])
            return Term("others", several if seen >= 1.5 else one if seen >= 0.5 else 0.0, self.of("descriptive_norm"))
        steepness = float(p["norms_threshold_steepness"])
        share = self.of("descriptive_norm") ** steepness
        pull = share / (share + max(self.of("threshold"), 1e-3) ** steepness)
        return Term("others", weight * pull, self.of("descriptive_norm"))

    def trust(self, source: str, trust: float) -> Term:
        """How far she trusts those she could ask."""
        p = self.p
        weight, centre, spread = p[f"seeking_{source}_trust"], p["seeking_trust_centre"], p["seeking_trust_spread"]
        return Term("trust", float(weight) * (trust - float(centre)) / float(spread), trust)

    def experience(self, source: str) -> Term:
        """How it went before."""
        been = self.of(f"experience_{source}")
        return Term("experience", float(self.p[f"seeking_{source}_experience"]) * been, been)


def again(community: Community, week: int) -> Community:
    """The same lives once more, up to a week."""
    from dataclasses import replace

    address: Address = replace(community.address, week=week - 1)
    made = Community(address, community.network)
    made.step()
    return made
