"""Negative controls: with a mechanism switched off, the facts that are said to rest on it must be missed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from sim.calibration.targets import Target, by_id
from sim.params import registry


@dataclass(frozen=True)
class Control:
    """A mechanism switched off, and the facts that should then be missed."""

    name: str
    label: str
    off: dict[str, float]
    facts: tuple[str, ...]  # targets


def without(*fields: str) -> dict[str, float]:
    """These parameters at zero."""
    return dict.fromkeys(fields, 0.0)


SOURCES = ("friend", "leader", "professional")
CONTROLS = (
    Control(
        "norms",
        "What others do and approve has no part in the choice",
        without(*(f"seeking.{source}_{norm}" for source in SOURCES for norm in ("injunctive", "descriptive"))),
        ("willing_use", "treated_peers_several", "norm_feedback_attitude"),
    ),
    Control(
        "ties",
        "Friends and leaders help nobody and hardly encourage, trust has no part in the choice, training bonds nobody",
        {
            **without("seeking.friend_trust", "seeking.leader_trust", "cohesion_training.bonding"),
            "replies.encouragement": 0.05,  # the least that the registry allows
            "distress.friend_ratio": 1.0,
            "distress.leader_ratio": 1.0,
        },
        ("prompted_share", "nominations_at_risk", "isolates_at_risk"),
    ),
    Control(
        "stigma",
        "Stigma has no part in the choice",
        without(*(f"seeking.{source}_stigma" for source in SOURCES)),
        ("stigma_of_seekers",),
    ),
    Control(
        "recognition",
        "Everybody in need soon sees it as one",
        {"seeking.recognition_hazard": 0.5, "seeking.recognition_severity": 0.0},
        ("need_perceived", "need_by_severity"),
    ),
    Control(
        "cohesion",
        "Cohesion has no bearing on distress",
        {"distress.cohesion_level": 0.0, "distress.cohesion_onset_ratio": 1.0},
        ("depression_one_month", "ideation_one_month", "depression_either_follow_up"),
    ),
)


def tried(observe: Callable[[Sequence[dict[str, float]], Sequence[Target]], pd.DataFrame]) -> pd.DataFrame:
    """Each control's facts with the mechanism off: control, id, value, missed.

    ``observe`` gives the facts of some targets at some values of the parameters, one row for each.
    """
    known = by_id()
    rows = []
    for control in CONTROLS:
        named = [known[name] for name in control.facts]
        unknown = control.off.keys() - registry().keys()
        if unknown:
            raise KeyError(f"no parameter {', '.join(sorted(unknown))}")
        found = observe([control.off], named).iloc[0]
        rows += [(control.name, each.id, float(found[each.fact]), not each.met(found[each.fact])) for each in named]
    return pd.DataFrame(rows, columns=["control", "id", "value", "missed"])
