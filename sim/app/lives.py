"""One person as the page tells of her: her weeks with the plan and without, whom she trusts, and why she asked."""

from typing import Any

import numpy as np

from sim.app.community import WITH, WITHOUT, Community, ties_of
from sim.app.diary import BYTES
from sim.app.frames import coded
from sim.app.reasons import Moment, Option, Reasons
from sim.people import SOURCE_NAMES, column

MOST_TIES = 40  # told of one person, those she trusts most


def life(community: Community, number: int, why: int | None) -> dict[str, Any]:
    """All that is told of person ``number`` (from 1); ``why`` is the week whose choice is explained, None the last."""
    row = number - 1
    weeks = np.ascontiguousarray(community.diary.pages[:, :, :, row])  # (weeks, 2, BYTES)
    asked_for = community.week if why is None else min(why, community.week)
    moment = Moment(community, asked_for) if asked_for >= 1 else None
    return {
        "number": number,
        "group": community.group_names()[int(community.groups()[row])],
        "leader": bool(community.roles[row]),
        "bytes": BYTES,
        "weeks_with": coded(weeks[:, WITH]),
        "weeks_without": coded(weeks[:, WITHOUT]),
        "traits": traits(community, row),
        "ties": ties(community, row),
        "outside": int(column(community.population.state.people, "outside_confidants")[row]),
        "why_week": asked_for,
        "why_with": told(moment.reasons(WITH, row)) if moment else None,
        "why_without": told(moment.reasons(WITHOUT, row)) if moment and community.has_plan else None,
    }


def traits(community: Community, row: int) -> dict[str, float]:
    """How she stands this week in the world with the plan."""
    people = community.population.state.people
    names = ("distress", "self_stigma", "injunctive_norm", "descriptive_norm", "knowledge", "self_reliance")
    return {name: float(column(people, name)[row]) for name in names}


def ties(community: Community, row: int) -> list[dict[str, Any]]:
    """Whom she trusts enough to ask, in the world with the plan, the most trusted first."""
    reach = community.scenario.parameters["bonds.reach_trust"]
    known = sorted((-trust, other) for other, trust in ties_of(community.population.state, row) if trust >= reach)
    return [
        {"number": other + 1, "trust": -trust, "leader": bool(community.roles[other])}
        for trust, other in known[:MOST_TIES]
    ]


def told(reasons: Reasons) -> dict[str, Any]:
    """Reasons as they are sent."""
    return {
        "week": reasons.week,
        "in_need": reasons.in_need,
        "recognised": reasons.recognised,
        "nobody": reasons.nobody,
        "draw": reasons.draw,
        "asked": SOURCE_NAMES[reasons.asked],
        "options": [option_told(each) for each in reasons.options],
    }


def option_told(option: Option) -> dict[str, Any]:
    """One source as it is sent: the terms with the largest say first."""
    terms = sorted(option.terms, key=lambda term: (term.key != "constant", -abs(term.amount)))
    return {
        "source": SOURCE_NAMES[option.source],
        "closed": list(option.closed),
        "utility": option.utility,
        "probability": option.probability,
        "terms": [[term.key, term.amount, term.state] for term in terms],
    }
