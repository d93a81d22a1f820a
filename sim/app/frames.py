"""What is sent to a browser: the picture that stands still once, and each week as a few bytes and numbers."""

import base64
from typing import Any

import numpy as np

from sim.app import twins
from sim.app.community import WITH, WITHOUT, Community, levers_at
from sim.app.places import places
from sim.ties import FUTURE

# The measures whose weeks are drawn, charts as on the page
CHARTS: dict[str, tuple[str, ...]] = {
    "need": ("in_need", "unmet_need"),
    "seeking": ("sought_friend", "sought_leader", "sought_professional"),
    "expectations": ("descriptive_norm", "expects_both", "sought_in_time"),
    "approval": ("injunctive_norm", "perceived_stigma"),
    "stigma": ("self_stigma",),
    "ignorance": ("would_speak", "speaks", "gap"),
    "queue": ("queue",),
}
MEASURES = tuple(dict.fromkeys(name for names in CHARTS.values() for name in names))
MOST_TIES = 12_000  # drawn; a picture with more is grey all over
GRID = 65_535  # steps of a place, from -1 to 1


def coded(array: np.ndarray) -> str:
    """An array's bytes as text."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")


def picture(community: Community) -> dict[str, Any]:
    """Who stands where, in which group, tied to whom: sent when a community is made, and when groups have changed."""
    group = community.groups()
    where = places(group, community.roles, community.scenario.setting)
    return {
        "people": community.people,
        "places": coded(np.rint((where + 1.0) / 2.0 * GRID).astype("<u2")),
        "leaders": coded(community.roles.astype(np.uint8)),
        "group": coded(group.astype("<u2")),
        "groups": list(community.group_names()),
        "ties": coded(trusted(community)),
    }


def trusted(community: Community) -> np.ndarray:
    """Pairs of people of whom one trusts the other enough to ask, each pair once: (pairs, 2)."""
    rows = community.population.rows(WITH)
    ties = community.population.state.ties
    span = slice(int(ties.start[rows.start]), int(ties.start[rows.stop]))
    reach = community.scenario.parameters["bonds.reach_trust"]
    source = np.repeat(np.arange(rows.start, rows.stop), np.diff(ties.start[rows.start : rows.stop + 1]))
    close = (ties.trust[span] >= reach) & (ties.kind[span] < FUTURE)
    source, target = source[close], ties.target[span][close]
    pairs = np.unique(np.stack((np.minimum(source, target), np.maximum(source, target)), axis=1), axis=0)
    step = max(1, -(-len(pairs) // MOST_TIES))
    return pairs[::step].astype("<u2")


def week(community: Community, both: bool) -> dict[str, Any]:
    """This week: everybody's bytes in the world with the plan, and if asked in the other, and the measures."""
    page = community.diary.pages[-1]
    made: dict[str, Any] = {
        "week": community.week,
        "with": coded(page[WITH]),
        "measures": values(community.measures()),
        "norm": community.norm(),
        "levers": levers_at(community.address.changes, community.week),
    }
    if both:
        pages = community.diary.pages
        found = twins.compared(pages)
        made |= {
            "stories": twins.stories(pages, found),
            "without": coded(page[WITHOUT]),
            "kinds": coded(found.kind),
            "counts": twins.counted(found),
        }
    return made


def values(measures: dict[str, np.ndarray]) -> dict[str, list[float | None]]:
    """The measures that are drawn, with the plan and without; what is not known is None."""
    return {name: [known(float(number)) for number in measures[name]] for name in MEASURES}


def history(community: Community) -> dict[str, list[list[float | None]]]:
    """All weeks of the measures that are drawn, the beginning first: for each week with the plan and without."""
    series = community.series()
    return {name: [[known(float(number)) for number in both] for both in series[name].T] for name in MEASURES}


def known(number: float) -> float | None:
    """A number as it can be sent."""
    return number if np.isfinite(number) else None
