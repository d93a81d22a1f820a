"""The facts that a watched community is asked for, by kind of community: worked out as the surveys behind them did."""

from sim.calibration import care_facts, distress_facts, seeking_facts, tie_facts
from sim.calibration.cohorts import Cohort, Fact
from sim.calibration.people_seen import at_risk, cases, ever, formal, informal, now_in_need
from sim.calibration.statistics import share
from sim.people import FRIEND, LEADER_ASKED

ADULTS: dict[str, Fact] = {
    "well": distress_facts.band(0, 5),
    "mild": distress_facts.band(5, 10),
    "moderate": distress_facts.band(10, 15),
    "severe": distress_facts.band(15, 28),
    "stability_two_weeks": distress_facts.stability_two_weeks,
    "recovered_26": distress_facts.recovered(26),
    "perceived_need": lambda c: share(ever(c, "recognised"), cases(c)),
    "perceived_need_severity": seeking_facts.perceived_need_severity,
    "contact_given_need": lambda c: share(formal(c), cases(c) & ever(c, "recognised")),
    "informal_only": lambda c: share(informal(c) & ~formal(c), now_in_need(c)),
    "nobody": lambda c: share(~informal(c) & ~formal(c), now_in_need(c)),
    "informal_minus_formal": lambda c: share(informal(c), now_in_need(c)) - share(formal(c), now_in_need(c)),
    "stigma_difference": seeking_facts.stigma_difference,
    "perceived_odds_ratio": seeking_facts.perceived_odds_ratio,
    "gap": seeking_facts.gap,
    "approval_drift": seeking_facts.approval_drift,
    "prompted": seeking_facts.prompted,
    "prompt_odds_ratio": seeking_facts.prompt_odds_ratio,
    "willing_odds_ratio": seeking_facts.willing_odds_ratio,
    "confidants": lambda c: float(tie_facts.confidants_of(c).mean()),
    "no_confidant": lambda c: float((tie_facts.confidants_of(c) == 0).mean()),
}
CARE: dict[str, Fact] = {
    "wait_odds_ratio": care_facts.wait_odds_ratio,
}
ENDINGS: dict[str, Fact] = {  # few people are in care at once: these need a large town
    "sessions": care_facts.sessions,
    "sessions_mode": care_facts.sessions_mode,
    "dropout": care_facts.dropout,
}
LONG: dict[str, Fact] = {  # need three years after the first half
    "adults.unrecovered_156": lambda c: 1.0 - distress_facts.recovered(156)(c),
    "care.returned": care_facts.returned,
    "care.helped_by_second": care_facts.helped_by_second,
}
UNTREATED: dict[str, Fact] = {f"remitted_{weeks}": distress_facts.remitted(weeks) for weeks in (13, 26, 52)}
STUDENTS: dict[str, Fact] = {
    "friend": lambda c: share(ever(c, "asked", FRIEND), ever(c, "recognised")),
    "leader": lambda c: share(ever(c, "asked", LEADER_ASKED), ever(c, "recognised")),
    "professional": lambda c: share(formal(c), ever(c, "recognised")),
    "adult_help_at_risk": lambda c: share(ever(c, "asked", LEADER_ASKED) | formal(c), at_risk(c)),
    "reciprocity": tie_facts.reciprocity,
}
PEERS: dict[str, Fact] = {  # few pupils are in care: these need many
    "peers_one": seeking_facts.peers_rate_ratio(1, 1),
    "peers_several": seeking_facts.peers_rate_ratio(2, 1000),
    "distress_ties": tie_facts.distress_ties,
    "distress_homophily": tie_facts.distress_homophily,
    "seekers_ties": tie_facts.seekers_ties,
}
SOLDIERS: dict[str, Fact] = {"formal_in_need": lambda c: share(formal(c), cases(c))}


def shown(c: Cohort, group: str, facts: dict[str, Fact]) -> dict[str, float]:
    """Each fact's value in one cohort, by its full name."""
    return {name if "." in name else f"{group}.{name}": fact(c) for name, fact in facts.items()}
