"""What is written down each week: what is tallied person by person, and the measures that are made of it.

A tally is a sum over people. A measure is a ratio of two sums of tallies, so that it can be pooled over weeks,
subgroups and worlds without averaging averages.
"""

from typing import NamedTuple

ONCE = "once"  # the denominator of a sum over a whole run
HIGHER, LOWER = "higher", "lower"

TALLIES = (
    "people",
    "distress",
    "mild",
    "moderate",
    "severe",
    "elevated_risk",
    "in_need",
    "recognised",
    "asked_friend",
    "asked_leader",
    "asked_professional",
    "asked_while_recognised",
    "nobody_asked_yet",
    "first_asks",
    "weeks_to_first_ask",
    "first_asks_recognised",
    "weeks_from_recognition",
    "need_closed",
    "need_closed_asked",
    "recognised_closed",
    "recognised_closed_asked",
    "episodes_ended",
    "ended_asked_anyone",
    "ended_asked_professional",
    "answered",
    "answered_supportively",
    "encouraged",
    "waiting",
    "in_care",
    "helped",
    "not_helped",
    "dropped_out",
    "gave_up_waiting",
    "descriptive_norm",
    "injunctive_norm",
    "expects_seeking",
    "expects_approval",
    "expects_both",
    "speaks",
    "would_speak",
    "self_stigma",
    "reachable_friends",
    "reachable_leaders",
    "without_confidant",
    "experience_professional",
    "cohesion",
    "climate",
    "morale",
    "reached",
)
SERVICE_TALLIES = (
    "places",
    "sessions",
    "joined",
    "offered",
    "attended",
    "attended_wait",
    "queue",
    "caseload",
    "expected_wait",
)
CENSUS_TALLIES = ("members", "nominations", "isolates", "mutual", "trusted_ties", "pairs", "closed_pairs", "open_pairs")


class Measure(NamedTuple):
    """One measure: the sum of some tallies over the sum of others, pooled over a window of weeks.

    A sum is written as it is read: ``moderate + severe``, ``would_speak - 0.5 people``.
    """

    name: str
    label: str
    unit: str
    meaning: str
    numerator: str  # tallies joined by " + " or " - ", each with a factor before it if it has one
    denominator: str  # the same; "worlds" is one per world and week, ONCE one per run
    scale: float = 1.0
    weeks: int = 1  # pooled over this many weeks up to the one reported; 0 is the registry's criterion window
    better: str = ""  # HIGHER or LOWER where more, or less, is better in itself; nothing where that depends


MEASURES = (
    # distress
    Measure(
        "mean_distress", "Mean distress", "points (0-27)", "mean PHQ-like score", "distress", "people", better=LOWER
    ),
    Measure(
        "well", "Well", "share of people", "score below 5", "people - mild - moderate - severe", "people", better=HIGHER
    ),
    Measure("mild", "Mild", "share of people", "score 5 to 9", "mild", "people"),
    Measure("moderate", "Moderate", "share of people", "score 10 to 14", "moderate", "people"),
    Measure("severe", "Severe", "share of people", "score 15 or more", "severe", "people", better=LOWER),
    Measure(
        "elevated",
        "Elevated distress",
        "share of people",
        "score 10 or more",
        "moderate + severe",
        "people",
        better=LOWER,
    ),
    Measure(
        "at_least_mild",
        "At least mild distress",
        "share of people",
        "score 5 or more",
        "mild + moderate + severe",
        "people",
        better=LOWER,
    ),
    Measure(
        "elevated_risk",
        "Elevated risk proxy",
        "share of people",
        "suicide-risk proxy",
        "elevated_risk",
        "people",
        better=LOWER,
    ),
    Measure(
        "in_need", "In need", "share of people", "in an episode of elevated distress", "in_need", "people", better=LOWER
    ),
    Measure(
        "recognised",
        "Need recognised",
        "share of those in need",
        "see it as a need",
        "recognised",
        "in_need",
        better=HIGHER,
    ),
    # seeking, over both denominators
    Measure(
        "sought",
        "Sought help this week",
        "share of those in need",
        "asked anyone this week",
        "asked_friend + asked_leader + asked_professional",
        "in_need",
        better=HIGHER,
    ),
    Measure(
        "sought_recognised",
        "Sought help this week, need recognised",
        "share of those who recognise a need",
        "asked anyone this week",
        "asked_while_recognised",
        "recognised",
        better=HIGHER,
    ),
    Measure("sought_friend", "Asked a friend", "share of those in need", "this week", "asked_friend", "in_need"),
    Measure("sought_leader", "Asked a leader", "share of those in need", "this week", "asked_leader", "in_need"),
    Measure(
        "sought_professional",
        "Turned to a professional",
        "share of those in need",
        "this week",
        "asked_professional",
        "in_need",
    ),
    Measure(
        "sought_in_time",
        "Sought help in time",
        "share of those in need",
        "asked anyone within 13 weeks of onset, or before it ended; pooled over the criterion's window",
        "need_closed_asked",
        "need_closed",
        weeks=0,
        better=HIGHER,
    ),
    Measure(
        "sought_in_time_recognised",
        "Sought help in time, need recognised",
        "share of those who recognise a need",
        "asked anyone within 13 weeks of recognition, or before it ended; pooled over the criterion's window",
        "recognised_closed_asked",
        "recognised_closed",
        weeks=0,
        better=HIGHER,
    ),
    Measure(
        "any_help",
        "Any help in an episode",
        "share of episodes ended",
        "asked anyone at any time in the episode; pooled over 13 weeks",
        "ended_asked_anyone",
        "episodes_ended",
        weeks=0,
        better=HIGHER,
    ),
    Measure(
        "formal_help",
        "Professional help in an episode",
        "share of episodes ended",
        "turned to a professional at any time in the episode; pooled over 13 weeks",
        "ended_asked_professional",
        "episodes_ended",
        weeks=0,
    ),
    Measure(
        "unmet_need",
        "Unmet need",
        "share of those in need",
        "have asked nobody in this episode",
        "nobody_asked_yet",
        "in_need",
        better=LOWER,
    ),
    Measure(
        "weeks_to_help",
        "Weeks from onset to first asking",
        "weeks",
        "mean over first asks; pooled over 13 weeks",
        "weeks_to_first_ask",
        "first_asks",
        weeks=0,
        better=LOWER,
    ),
    Measure(
        "weeks_from_recognition",
        "Weeks from recognition to first asking",
        "weeks",
        "mean over first asks; pooled over 13 weeks",
        "weeks_from_recognition",
        "first_asks_recognised",
        weeks=0,
        better=LOWER,
    ),
    Measure(
        "maturity",
        "Community maturity",
        "asks per 100 person-weeks of need",
        "how often help-seeking is expressed",
        "asked_friend + asked_leader + asked_professional",
        "in_need",
        scale=100.0,
        weeks=0,
        better=HIGHER,
    ),
    Measure(
        "supportive_answers",
        "Supportive answers",
        "share of answers",
        "of friends and leaders asked; pooled over 13 weeks",
        "answered_supportively",
        "answered",
        weeks=0,
        better=HIGHER,
    ),
    # norms
    Measure(
        "descriptive_norm",
        "Descriptive norm",
        "share",
        "believed share who seek help when they need it",
        "descriptive_norm",
        "people",
        better=HIGHER,
    ),
    Measure(
        "injunctive_norm",
        "Injunctive norm",
        "-1 to 1",
        "perceived approval",
        "injunctive_norm",
        "people",
        better=HIGHER,
    ),
    Measure(
        "expects_seeking",
        "Expects that most seek help",
        "share of people",
        "",
        "expects_seeking",
        "people",
        better=HIGHER,
    ),
    Measure("expects_approval", "Expects approval", "share of people", "", "expects_approval", "people", better=HIGHER),
    Measure(
        "expects_both", "Expects both", "share of people", "both expectations", "expects_both", "people", better=HIGHER
    ),
    Measure("speaks", "Speaks of it", "share of people", "as a good thing, this week", "speaks", "people"),
    Measure(
        "would_speak",
        "Would speak if opinion were even",
        "share of people",
        "private approval: chance of speaking if others were thought evenly split",
        "would_speak",
        "people",
        better=HIGHER,
    ),
    Measure(
        "perceived_stigma",
        "Perceived stigma",
        "-1 to 1",
        "the opposite of perceived approval",
        "injunctive_norm",
        "people",
        scale=-1.0,
        better=LOWER,
    ),
    Measure(
        "gap",
        "Pluralistic ignorance",
        "share of people",
        "how many more would speak of it privately than are believed to: (1 + perceived approval) / 2 speak, as heard",
        "would_speak - 0.5 people - 0.5 injunctive_norm",
        "people",
    ),
    Measure("self_stigma", "Personal stigma", "SD", "mean self-stigma", "self_stigma", "people", better=LOWER),
    Measure(
        "experience",
        "Experience with professionals",
        "-1 to 1",
        "mean of all people",
        "experience_professional",
        "people",
        better=HIGHER,
    ),
    # ties and groups
    Measure("reachable_friends", "Friends in reach", "people", "trusted enough to ask", "reachable_friends", "people"),
    Measure("reachable_leaders", "Leaders in reach", "people", "trusted enough to ask", "reachable_leaders", "people"),
    Measure(
        "without_confidant",
        "Without a confidant",
        "share of people",
        "nobody inside or outside to confide in",
        "without_confidant",
        "people",
        better=LOWER,
    ),
    Measure("cohesion", "Cohesion", "SD", "mean over people of their group's", "cohesion", "people"),
    Measure("morale", "Morale", "SD", "mean over people of their group's", "morale", "people", better=HIGHER),
    Measure("climate", "Leader climate", "SD", "mean over people of their group's", "climate", "people"),
    Measure("reached", "Reached", "share of people", "by any intervention at work", "reached", "people"),
    # professional help
    Measure("waiting", "Waiting", "share of people", "in the queue", "waiting", "people"),
    Measure("in_care", "In care", "share of people", "in professional care", "in_care", "people"),
    Measure("queue", "Queue", "people", "waiting at the end of the week", "queue", "worlds"),
    Measure(
        "wait", "Expected wait", "weeks", "as the queue lets people expect", "expected_wait", "worlds", better=LOWER
    ),
    Measure("load", "Load", "share of places", "caseload over places; pooled", "caseload", "places", weeks=0),
    Measure(
        "waited",
        "Weeks waited",
        "weeks",
        "mean of those who took up a place; pooled",
        "attended_wait",
        "attended",
        weeks=0,
        better=LOWER,
    ),
    Measure(
        "attendance",
        "Attendance",
        "share of offers",
        "places taken up; pooled",
        "attended",
        "offered",
        weeks=0,
        better=HIGHER,
    ),
    Measure("sessions", "Sessions", "sessions", "held this week", "sessions", "worlds"),
    Measure(
        "helped",
        "Helped",
        "share of endings",
        "care that helped; pooled",
        "helped",
        "helped + not_helped + dropped_out",
        weeks=0,
    ),
    # network, counted every few weeks
    Measure(
        "nominations", "Nominations received", "people", "others who would name one as valued", "nominations", "members"
    ),
    Measure(
        "isolates",
        "Isolates",
        "share of people",
        "whom nobody would name as valued",
        "isolates",
        "members",
        better=LOWER,
    ),
    Measure("density", "Density", "share of pairs", "trusted ties among all ordered pairs", "trusted_ties", "pairs"),
    Measure("reciprocity", "Reciprocity", "share of trusted ties", "returned", "mutual", "trusted_ties"),
    Measure(
        "clustering", "Clustering", "share of pairs of confidants", "who trust each other", "closed_pairs", "open_pairs"
    ),
)

# Sums over the weeks 1 to the last of a whole run
TOTALS = (
    Measure(
        "person_weeks_in_need", "Time in need", "person-weeks", "spent in an episode", "in_need", ONCE, better=LOWER
    ),
    Measure(
        "person_weeks_elevated",
        "Time in elevated distress",
        "person-weeks",
        "score 10 or more",
        "moderate + severe",
        ONCE,
        better=LOWER,
    ),
    Measure(
        "person_weeks_unmet",
        "Time in need, nobody asked",
        "person-weeks",
        "in an episode in which nobody was asked yet",
        "nobody_asked_yet",
        ONCE,
        better=LOWER,
    ),
    Measure("first_asks", "Episodes in which help was sought", "episodes", "first asks", "first_asks", ONCE),
    Measure(
        "asks",
        "Times that anyone was asked",
        "times",
        "friends, leaders and professionals",
        "asked_friend + asked_leader + asked_professional",
        ONCE,
    ),
    Measure("care_sessions", "Sessions of care", "sessions", "held over the whole run", "sessions", ONCE),
    Measure("people_helped", "Care that helped", "endings", "over the whole run", "helped", ONCE),
    Measure(
        "people_gave_up", "Gave up waiting", "endings", "over the whole run", "gave_up_waiting", ONCE, better=LOWER
    ),
)
# What a run has one of, and no tally makes
COST = Measure(
    "cost", "Cost", "currency of the plan", "of all interventions, by the plan's own figures", "", ONCE, better=LOWER
)
NORM = Measure(
    "norm", "Help-seeking became a norm", "share of runs", "of those in which it can be told", "", ONCE, better=HIGHER
)

BY_NAME = {measure.name: measure for measure in (*MEASURES, *TOTALS, COST, NORM)}


def terms_of(expression: str) -> list[tuple[str, float]]:
    """The tallies in a sum such as ``moderate + severe - 0.5 people``, each with its factor."""
    found = []
    for part in expression.replace(" - ", " + -").split(" + "):
        sign, words = (-1.0, part[1:].split()) if part.startswith("-") else (1.0, part.split())
        factor = float(words[0]) if len(words) == 2 else 1.0
        found.append((words[-1], sign * factor))
    return found
