"""Who there is: one array per attribute, one row per person, people of all worlds one after the other.

``FIELDS`` is the only place where a person's state is declared. Allocation, Mesa's windows, the persons table and the
documentation all read it. A new attribute is one line here.
"""

from collections import namedtuple
from typing import NamedTuple

import numpy as np


class Field(NamedTuple):
    """One attribute of a person: its name, storage type, unit and meaning."""

    name: str
    dtype: str
    unit: str
    meaning: str


# Roles
MEMBER, LEADER = 0, 1
# Sources of help, also the codes of `asked` (0 is none)
NONE, FRIEND, LEADER_ASKED, PROFESSIONAL = 0, 1, 2, 3
SOURCE_NAMES = ("none", "friend", "leader", "professional")
# Help status
NOT_IN_HELP, WAITING, IN_CARE = 0, 1, 2
# Answers of the friend or leader asked
UNANSWERED, UNSUPPORTIVE, SUPPORTIVE = 0, 1, 2
# What happened in professional care this week
NO_CHANGE, HELPED, NOT_HELPED, DROPPED_OUT, GAVE_UP_WAITING = 0, 1, 2, 3, 4
# What others can read of a person this week, one bit each
SPEAKS, SOUGHT, STRUGGLING, WAS_HELPED, DISTRESSED, LEADS = 1, 2, 4, 8, 16, 32

FIELDS = (
    # who a person is
    Field("group", "i4", "row", "the group (class, squad, team) the person belongs to: a row of the groups table"),
    Field("role", "u1", "code", "0 member, 1 leader or trusted adult"),
    Field("stratum", "i2", "code", "the subgroup in which the person is counted; see measures.py"),
    Field("vulnerability", "f4", "ratio", "factor on the onset hazard; log-normal, mean 1"),
    Field("knowledge", "f4", "z-score", "knowledge of where help is to be had"),
    Field("self_reliance", "f4", "z-score", "preference for handling problems alone"),
    Field("trust_in_services", "f4", "z-score", "trust in professionals, before any experience"),
    Field("coping_skill", "f4", "z-score", "skill in handling stress; lowers the level distress tends to"),
    Field("threshold", "f4", "share", "share of others who must be believed to seek help before it counts"),
    Field("outside_confidants", "u1", "people", "family and friends elsewhere who can be asked; not simulated"),
    # distress
    Field("episode", "u1", "yes/no", "in an episode of elevated distress (1) or in the usual regime (0)"),
    Field("slow", "u1", "yes/no", "this episode recovers slowly"),
    Field("latent", "f4", "z-score", "latent level within the regime, before cohesion and coping shift it"),
    Field("distress", "f4", "points", "PHQ-like distress score, 0 to 27"),
    Field("recognised", "u1", "yes/no", "the need is recognised; latched until remission"),
    Field("weeks_in_need", "i2", "weeks", "weeks since the episode began"),
    Field("weeks_recognised", "i2", "weeks", "weeks since the need was recognised"),
    Field("sources_asked", "u1", "bits", "sources asked in this episode: 1 friend, 2 leader, 4 professional"),
    # help
    Field("help_status", "u1", "code", "0 none, 1 waiting, 2 in care"),
    Field("weeks_in_help", "i2", "weeks", "weeks waited, or sessions had"),
    Field("sent_by_others", "u1", "yes/no", "joined the queue while encouraged by someone"),
    Field("past_care", "u1", "yes/no", "has been in professional care before"),
    Field("care_event", "u1", "code", "this week in care: 1 helped, 2 not helped, 3 dropped out, 4 gave up waiting"),
    Field("encouraged", "u1", "weeks", "weeks left of having been encouraged to see a professional"),
    Field("supported_by_friend", "u1", "weeks", "weeks left of a friend's support"),
    Field("supported_by_leader", "u1", "weeks", "weeks left of a leader's support"),
    Field("experience_friend", "f4", "-1 to 1", "experience with asking friends"),
    Field("experience_leader", "f4", "-1 to 1", "experience with asking leaders"),
    Field("experience_professional", "f4", "-1 to 1", "experience with professional help"),
    # stigma and norms
    Field("self_stigma", "f4", "z-score", "stigma the person holds about seeking help herself"),
    Field("stigma_anchor", "f4", "z-score", "slow anchor that self-stigma returns to"),
    Field("injunctive_norm", "f4", "-1 to 1", "perceived approval of seeking help: -1 silent or hostile, 1 open"),
    Field("descriptive_norm", "f4", "share", "believed share of people who seek help when they need it"),
    Field("prior_norm", "f4", "share", "what the descriptive norm is without any evidence"),
    Field("seen_seeking", "f4", "people", "remembered, trust-weighted people seen seeking help"),
    Field("seen_struggling", "f4", "people", "remembered, trust-weighted people seen struggling without help"),
    # summaries of the person's ties, as of last week
    Field("reachable_friends", "u1", "people", "peers trusted enough to be asked"),
    Field("reachable_leaders", "u1", "people", "leaders trusted enough to be asked"),
    Field("distressed_ties", "u1", "people", "reachable peers who are in an episode"),
    Field("friend_trust", "f4", "0 to 1", "mean trust in the reachable peers"),
    Field("leader_trust", "f4", "0 to 1", "mean trust in the reachable leaders"),
    # this week
    Field("asked", "u1", "code", "0 nobody, 1 friend, 2 leader, 3 professional"),
    Field("answer", "u1", "code", "0 none, 1 unsupportive, 2 supportive"),
    Field("visibility", "f4", "probability", "chance that a tie sees this week's seeking"),
    Field("first_ask", "u1", "yes/no", "this is the first time anyone is asked in this episode"),
    Field("need_window", "u1", "code", "this week the window since onset closed: 1 nobody asked, 2 someone asked"),
    Field("recognised_window", "u1", "code", "the same for the window since the need was recognised"),
    Field("episode_ended", "u1", "code", "an episode ended this week: 1 plus the bits of the sources asked in it"),
    Field("published", "u1", "bits", "what ties can read: speaks, sought, struggling, helped, distressed, leads"),
    # what interventions add
    Field("reached", "u4", "bits", "which of the world's interventions reach the person"),
    Field("added_cohesion", "f4", "SD", "training's contribution to the group's cohesion"),
    Field("added_climate", "f4", "SD", "training's contribution to the leader climate"),
    Field("added_helper_skill", "f4", "logit", "added skill in answering someone who asks"),
    Field("added_prompting", "f4", "probability", "added chance of encouraging professional help"),
    Field("added_speaking", "f4", "logit", "added readiness to speak of seeking help as a good thing"),
    Field("added_recognition", "f4", "log hazard", "added readiness to recognise a need"),
    Field("added_campaign", "f4", "exposure", "exposure to an awareness campaign, 0 to 1"),
    Field("added_bonding", "f4", "hazard", "added weekly chance that a dormant tie in the group wakes"),
    Field("added_supporter", "f4", "people", "peer supporters at hand"),
    Field("added_screening", "f4", "probability", "weekly chance that elevated distress is found and referred"),
)

People = namedtuple("People", [field.name for field in FIELDS])  # type: ignore[misc]
ADDED = tuple(field.name for field in FIELDS if field.name.startswith("added_"))


def allocate(count: int) -> People:
    """Zeroed arrays for ``count`` people, one per field."""
    return People(*(np.zeros(count, dtype=field.dtype) for field in FIELDS))


def bytes_per_person() -> int:
    """Bytes that one person's state takes, ties not counted."""
    return sum(np.dtype(field.dtype).itemsize for field in FIELDS)
