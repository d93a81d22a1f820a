"""Who there is: one array per attribute, one entry per person, people of all worlds one after the other.

The declarations below are the only place where a person's state is written down. Allocation, Mesa's windows, the
persons table and the documentation all read ``FIELDS``. A new attribute is one line here.

Attributes of one storage type lie together as the rows of one table (so ``people.real[DISTRESS, i]`` is the distress of
person ``i``, and ``people.real[DISTRESS]`` everybody's, side by side in memory). Handing five tables to compiled code,
not sixty arrays, is what keeps compilation short and calls cheap.
"""

from typing import NamedTuple

import numpy as np


class Field(NamedTuple):
    """One attribute of a person: its name, the table and row that hold it, storage type, unit and meaning."""

    name: str
    table: str
    row: int
    dtype: str
    unit: str
    meaning: str


class People(NamedTuple):
    """The state of all people of all worlds."""

    real: np.ndarray  # float32 (attributes, people)
    small: np.ndarray  # uint8 (attributes, people)
    weeks: np.ndarray  # int16 (attributes, people)
    group: np.ndarray  # int32 (people)
    reached: np.ndarray  # uint32 (people)


_declared: list[Field] = []


def _declare(table: str, dtype: str, name: str, unit: str, meaning: str) -> int:
    """Note down one attribute and return its row in its table."""
    row = sum(field.table == table for field in _declared)
    _declared.append(Field(name, table, row, dtype, unit, meaning))
    return row


def real(name: str, unit: str, meaning: str) -> int:
    """Declare an attribute that is a number."""
    return _declare("real", "f4", name, unit, meaning)


def small(name: str, unit: str, meaning: str) -> int:
    """Declare an attribute that is a code, a flag or a small count."""
    return _declare("small", "u1", name, unit, meaning)


def weeks(name: str, unit: str, meaning: str) -> int:
    """Declare an attribute that counts weeks, or is a larger code."""
    return _declare("weeks", "i2", name, unit, meaning)


def alone(name: str, dtype: str, unit: str, meaning: str) -> None:
    """Declare an attribute that has an array of its own."""
    _declare(name, dtype, name, unit, meaning)


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

# who a person is
alone("group", "i4", "row", "the group (class, squad, team) the person belongs to: a row of the groups table")
ROLE = small("role", "code", "0 member, 1 leader or trusted adult")
STRATUM = weeks("stratum", "code", "the subgroup in which the person is counted; see measures.py")
VULNERABILITY = real("vulnerability", "ratio", "factor on the onset hazard; log-normal, mean 1")
KNOWLEDGE = real("knowledge", "z-score", "knowledge of where help is to be had")
SELF_RELIANCE = real("self_reliance", "z-score", "preference for handling problems alone")
TRUST_IN_SERVICES = real("trust_in_services", "z-score", "trust in professionals, before any experience")
COPING_SKILL = real("coping_skill", "z-score", "skill in handling stress; lowers the level distress tends to")
THRESHOLD = real("threshold", "share", "share of others who must be believed to seek help before it counts")
OUTSIDE_CONFIDANTS = small(
    "outside_confidants", "people", "family and friends elsewhere who can be asked; not simulated"
)

# distress
EPISODE = small("episode", "yes/no", "in an episode of elevated distress (1) or in the usual regime (0)")
SLOW = small("slow", "yes/no", "this episode recovers slowly")
LATENT = real("latent", "z-score", "latent level within the regime, before cohesion and coping shift it")
DISTRESS = real("distress", "points", "PHQ-like distress score, 0 to 27")
RECOGNISED = small("recognised", "yes/no", "the need is recognised; latched until remission")
WEEKS_IN_NEED = weeks("weeks_in_need", "weeks", "weeks since the episode began")
WEEKS_RECOGNISED = weeks("weeks_recognised", "weeks", "weeks since the need was recognised")
SOURCES_ASKED = small("sources_asked", "bits", "sources asked in this episode: 1 friend, 2 leader, 4 professional")

# help
HELP_STATUS = small("help_status", "code", "0 none, 1 waiting, 2 in care")
WEEKS_IN_HELP = weeks("weeks_in_help", "weeks", "weeks waited, or sessions had")
SENT_BY_OTHERS = small("sent_by_others", "yes/no", "joined the queue while encouraged by someone")
PAST_CARE = small("past_care", "weeks", "weeks left in which having been in professional care counts")
CARE_EVENT = small("care_event", "code", "this week in care: 1 helped, 2 not helped, 3 dropped out, 4 gave up waiting")
ENCOURAGED = small("encouraged", "weeks", "weeks left of having been encouraged to see a professional")
SUPPORTED_BY_FRIEND = small("supported_by_friend", "weeks", "weeks left of a friend's support")
SUPPORTED_BY_LEADER = small("supported_by_leader", "weeks", "weeks left of a leader's support")
EXPERIENCE_FRIEND = real("experience_friend", "-1 to 1", "experience with asking friends")
EXPERIENCE_LEADER = real("experience_leader", "-1 to 1", "experience with asking leaders")
EXPERIENCE_PROFESSIONAL = real("experience_professional", "-1 to 1", "experience with professional help")

# stigma and norms
SELF_STIGMA = real("self_stigma", "z-score", "stigma the person holds about seeking help herself")
STIGMA_ANCHOR = real("stigma_anchor", "z-score", "slow anchor that self-stigma returns to")
INJUNCTIVE_NORM = real("injunctive_norm", "-1 to 1", "perceived approval of seeking help: -1 silent or hostile, 1 open")
DESCRIPTIVE_NORM = real("descriptive_norm", "share", "believed share of people who seek help when they need it")
PRIOR_NORM = real("prior_norm", "share", "what the descriptive norm is without any evidence")
SEEN_SEEKING = real("seen_seeking", "people", "remembered, trust-weighted people seen seeking help")
SEEN_STRUGGLING = real("seen_struggling", "people", "remembered, trust-weighted people seen struggling without help")

# summaries of the person's ties, as of last week
REACHABLE_FRIENDS = small("reachable_friends", "people", "peers trusted enough to be asked")
REACHABLE_LEADERS = small("reachable_leaders", "people", "leaders trusted enough to be asked")
DISTRESSED_TIES = small("distressed_ties", "people", "reachable peers who are in an episode")
FRIEND_TRUST = real("friend_trust", "0 to 1", "mean trust in the reachable peers")
LEADER_TRUST = real("leader_trust", "0 to 1", "mean trust in the reachable leaders")

# this week
ASKED = small("asked", "code", "0 nobody, 1 friend, 2 leader, 3 professional")
ANSWER = small("answer", "code", "0 none, 1 unsupportive, 2 supportive")
VISIBILITY = real("visibility", "probability", "chance that a tie sees this week's seeking")
FIRST_ASK = small("first_ask", "yes/no", "this is the first time anyone is asked in this episode")
NEED_WINDOW = small("need_window", "code", "this week the window since onset closed: 1 nobody asked, 2 someone asked")
RECOGNISED_WINDOW = small("recognised_window", "code", "the same for the window since the need was recognised")
EPISODE_ENDED = small("episode_ended", "code", "an episode ended this week: 1 plus the bits of the sources asked in it")
PUBLISHED = small("published", "bits", "what ties can read: speaks, sought, struggling, helped, distressed, leads")

# what interventions add
alone("reached", "u4", "bits", "which of the world's interventions reach the person")
ADDED_COHESION = real("added_cohesion", "SD", "training's contribution to the group's cohesion")
ADDED_CLIMATE = real("added_climate", "SD", "training's contribution to the leader climate")
ADDED_HELPER_SKILL = real("added_helper_skill", "logit", "added skill in answering someone who asks")
ADDED_PROMPTING = real("added_prompting", "probability", "added chance of encouraging professional help")
ADDED_SPEAKING = real("added_speaking", "logit", "added readiness to speak of seeking help as a good thing")
ADDED_RECOGNITION = real("added_recognition", "log hazard", "added readiness to recognise a need")
ADDED_CAMPAIGN = real("added_campaign", "exposure", "exposure to an awareness campaign, 0 to 1")
ADDED_BONDING = real("added_bonding", "hazard", "added weekly chance that a dormant tie in the group wakes")
ADDED_SUPPORTER = real("added_supporter", "people", "peer supporters at hand")
ADDED_SCREENING = real("added_screening", "probability", "weekly chance that elevated distress is found and referred")

FIELDS = tuple(_declared)
BY_NAME = {field.name: field for field in FIELDS}


def allocate(count: int) -> People:
    """Zeroed tables for ``count`` people."""
    rows = {table: sum(field.table == table for field in FIELDS) for table in ("real", "small", "weeks")}
    return People(
        np.zeros((rows["real"], count), np.float32),
        np.zeros((rows["small"], count), np.uint8),
        np.zeros((rows["weeks"], count), np.int16),
        np.zeros(count, np.int32),
        np.zeros(count, np.uint32),
    )


def column(people: People, name: str) -> np.ndarray:
    """The array of one attribute, a view: writing to it changes the people."""
    field = BY_NAME[name]
    table = getattr(people, field.table)
    return table if table.ndim == 1 else table[field.row]


def bytes_per_person() -> int:
    """Bytes that one person's state takes, ties not counted."""
    return sum(np.dtype(field.dtype).itemsize for field in FIELDS)
