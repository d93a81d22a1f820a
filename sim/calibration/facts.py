"""What a watched community shows, worked out as the surveys behind the targets worked it out."""

from collections.abc import Callable

import numpy as np

from sim.calibration.cohorts import Cohort
from sim.people import DROPPED_OUT, FRIEND, GAVE_UP_WAITING, HELPED, IN_CARE, LEADER_ASKED, PROFESSIONAL, WAITING

YEAR = 52
FEWEST = 5  # people below which a share or a difference says nothing
SEVERE = 15.0  # points


def share(mask: np.ndarray, among: np.ndarray) -> float:
    """The share of people ``among`` whom ``mask`` marks; not a number if there are too few."""
    number = int(among.sum())
    return float((mask & among).sum() / number) if number >= FEWEST else np.nan


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson's correlation; not a number where one of the two does not vary."""
    if a.size < FEWEST or a.std() == 0 or b.std() == 0:
        return np.nan
    return float(np.corrcoef(a, b)[0, 1])


def odds_ratio(exposed: np.ndarray, outcome: np.ndarray) -> float:
    """The odds ratio of two masks over the same people, half a person added to each cell."""
    cells = [np.count_nonzero((exposed == x) & (outcome == y)) + 0.5 for x in (True, False) for y in (True, False)]
    return float(cells[0] * cells[3] / (cells[1] * cells[2]))


def logistic_slopes(columns: list[np.ndarray], outcome: np.ndarray) -> np.ndarray:
    """Slopes of a logistic regression with an intercept, by Newton's method, held by a slight ridge."""
    x = np.column_stack([np.ones(outcome.size), *columns])
    slopes = np.zeros(x.shape[1])
    for _ in range(25):
        chance = 1.0 / (1.0 + np.exp(-np.clip(x @ slopes, -30, 30)))
        weight = np.maximum(chance * (1 - chance), 1e-9)
        bend = (x * weight[:, None]).T @ x + 1e-6 * np.eye(x.shape[1])
        move = np.linalg.solve(bend, x.T @ (outcome - chance) - 1e-6 * slopes)
        slopes += move
        if np.abs(move).max() < 1e-8:
            break
    return slopes[1:]


def standardised(values: np.ndarray) -> np.ndarray:
    """Values over their own standard deviation."""
    return (values - values.mean()) / max(float(values.std()), 1e-9)


# --- who was a case, who asked ----------------------------------------------------------------------------------------


def ever(c: Cohort, name: str, *codes: int) -> np.ndarray:
    """Who had one of these codes in any of the weeks 1 to 52 (or, without codes, anything but zero)."""
    values = c.weekly[name][1 : YEAR + 1]
    return (np.isin(values, codes) if codes else values != 0).any(axis=0)


def cases(c: Cohort) -> np.ndarray:
    """Who had an episode in the year."""
    return ever(c, "episode")


def formal(c: Cohort) -> np.ndarray:
    """Who turned to a professional, or was in care, in the year."""
    return ever(c, "asked", PROFESSIONAL) | ever(c, "help_status", IN_CARE)


def informal(c: Cohort) -> np.ndarray:
    """Who asked a friend or a leader in the year."""
    return ever(c, "asked", FRIEND, LEADER_ASKED)


def now_in_need(c: Cohort) -> np.ndarray:
    """Who is in an episode at the end of the year."""
    return c.weekly["episode"][min(YEAR, c.weeks)] == 1


def first_week(table: np.ndarray) -> np.ndarray:
    """For each person the first week that ``table`` (weeks, people) marks, or the number of weeks if there is none."""
    return np.where(table.any(axis=0), table.argmax(axis=0), len(table))


# --- distress ---------------------------------------------------------------------------------------------------------


def band(low: float, high: float) -> Callable[[Cohort], float]:
    """The share of person-weeks with a score from ``low`` to below ``high``."""

    def shown(c: Cohort) -> float:
        score = c.weekly["distress"]
        return float(((score >= low) & (score < high)).mean())

    return shown


def stability_two_weeks(c: Cohort) -> float:
    """Correlation of scores two weeks apart, mean over the weeks."""
    score = c.weekly["distress"]
    return float(np.mean([correlation(score[w], score[w + 2]) for w in range(0, c.weeks - 1, 8)]))


def ended_within(c: Cohort, onset: np.ndarray, people: np.ndarray, weeks: int) -> float:
    """The share of episodes, each seen from a week of ``onset`` on in one of ``people``, that end within ``weeks``."""
    episode = c.weekly["episode"]
    if onset.size < FEWEST:
        return np.nan
    ended = np.zeros(onset.size, bool)
    for later in range(1, weeks + 1):
        ended |= episode[onset + later, people] == 0
    return float(ended.mean())


def new_episodes(c: Cohort, weeks: int) -> tuple[np.ndarray, np.ndarray]:
    """Week and person of each episode that begins early enough to be followed for ``weeks``."""
    episode = c.weekly["episode"]
    began = (episode[1:] == 1) & (episode[:-1] == 0)
    week, person = np.nonzero(began[: max(0, c.weeks - weeks)])
    return week + 1, person


def recovered(weeks: int) -> Callable[[Cohort], float]:
    """The share of new episodes that end within ``weeks``."""
    return lambda c: ended_within(c, *new_episodes(c, weeks), weeks)


def remitted(weeks: int) -> Callable[[Cohort], float]:
    """The share of the episodes under way at week 0 that end within ``weeks``."""

    def shown(c: Cohort) -> float:
        person = np.flatnonzero(c.weekly["episode"][0])
        return ended_within(c, np.zeros(person.size, np.int64), person, weeks)

    return shown


# --- recognition and seeking ------------------------------------------------------------------------------------------


def perceived_need_severity(c: Cohort) -> float:
    """How many more see a need among severe than among other cases."""
    worst = c.weekly["distress"][1 : YEAR + 1].max(axis=0)
    seen, ill = ever(c, "recognised"), cases(c)
    return share(seen, ill & (worst >= SEVERE)) - share(seen, ill & (worst < SEVERE))


def stigma_difference(c: Cohort) -> float:
    """Self-stigma at week 0 of those who turned to a professional, less that of other cases, in SD."""
    stigma, ill, turned = c.start["self_stigma"].astype(float), cases(c), formal(c)
    seekers, others = stigma[ill & turned], stigma[ill & ~turned]
    if min(seekers.size, others.size) < FEWEST:
        return np.nan
    return float((seekers.mean() - others.mean()) / stigma[ill].std())


def perceived_odds_ratio(c: Cohort) -> float:
    """Odds ratio of turning to a professional per SD of perceived stigma, self-stigma held fixed, among cases."""
    ill = cases(c)
    turned = formal(c)[ill].astype(float)
    if min(turned.sum(), ill.sum() - turned.sum()) < FEWEST:
        return np.nan
    names = ("injunctive_norm", "self_stigma")
    approval, own = (standardised(c.start[name][ill].astype(float)) for name in names)
    return float(np.exp(logistic_slopes([-approval, own], turned)[0]))


def encouraged_first(c: Cohort) -> tuple[np.ndarray, np.ndarray]:
    """Who was encouraged before first turning to a professional (or at all), and who turned to one, from week 1 on."""
    asked = first_week(c.weekly["asked"] == PROFESSIONAL)
    urged = first_week(c.weekly["encouraged"] > 0)
    return urged < asked, asked <= c.weeks


def prompted(c: Cohort) -> float:
    """The share encouraged by someone, of those who first turn to a professional in the second half of the time."""
    urged, turned = encouraged_first(c)
    late = first_week(c.weekly["asked"] == PROFESSIONAL) > c.weeks // 2
    return share(urged, turned & late)


def prompt_odds_ratio(c: Cohort) -> float:
    """Odds ratio of turning to a professional for having been encouraged in the year, among those who see a need.

    In no order, as a survey asks: whether anyone encouraged you, and whether you went.
    """
    urged, turned, among = ever(c, "encouraged"), formal(c), ever(c, "recognised")
    return odds_ratio(urged[among], turned[among]) if among.sum() >= FEWEST else np.nan


def gap(c: Cohort) -> float:
    """How many more would speak of seeking help privately than are believed to, mean over the weeks."""
    return (c.tally("would_speak") - 0.5 * c.tally("people") - 0.5 * c.tally("injunctive_norm")) / c.tally("people")


def approval_drift(c: Cohort) -> float:
    """What people hear of others' approval, mean over people and weeks, less what is said to be usual."""
    return c.tally("injunctive_norm") / c.tally("people") - float(c.parameters["norms_usual_approval"])


def willingness(c: Cohort) -> np.ndarray:
    """How ready each person would be at week 0 to turn to a professional, if in need: the choice's own terms."""
    p, s = c.parameters, c.start
    share_seen = s["descriptive_norm"].astype(float) ** p["norms_threshold_steepness"]
    own = s["threshold"].astype(float) ** p["norms_threshold_steepness"]
    return (
        p["seeking_professional_stigma"] * s["self_stigma"]
        + p["seeking_professional_injunctive"] * s["injunctive_norm"] / p["norms_approval_spread"]
        + p["seeking_professional_descriptive"] * share_seen / (share_seen + own)
        + p["seeking_professional_knowledge"] * s["knowledge"]
        + p["seeking_professional_trust"] * s["trust_in_services"]
        + p["seeking_professional_experience"] * s["experience_professional"]
        + p["seeking_professional_reliance"] * s["self_reliance"]
    )


def willing_odds_ratio(c: Cohort) -> float:
    """Odds ratio of professional help in the year: the readiest third of all people against the least ready third."""
    ready = willingness(c)
    low, high = np.quantile(ready, [1 / 3, 2 / 3])
    ends = (ready <= low) | (ready >= high)
    return odds_ratio((ready >= high)[ends], formal(c)[ends])


def peers_rate_ratio(lowest: int, highest: int) -> Callable[[Cohort], float]:
    """Rate of first professional help with ``lowest`` to ``highest`` treated peers in one's group, against none."""

    def shown(c: Cohort) -> float:
        group = c.start["group"] - c.start["group"].min()
        recent = np.maximum(c.parameters["care_memory"] - YEAR, 0)
        treated = (c.start["past_care"] > recent) | (c.weekly["help_status"][0] == IN_CARE)
        peers = np.bincount(group, weights=treated)[group] - treated
        new = (c.start["past_care"] == 0) & ~treated
        exposed, none = new & (peers >= lowest) & (peers <= highest), new & (peers == 0)
        turned = formal(c)
        if min(turned[exposed].sum(), turned[none].sum()) < 1:
            return np.nan
        return share(turned, exposed) / share(turned, none)

    return shown


# --- care -------------------------------------------------------------------------------------------------------------


def wait_odds_ratio(c: Cohort) -> float:
    """Odds ratio of taking up an offered place per week waited."""
    status, event = c.weekly["help_status"], c.weekly["care_event"]
    before, after = status[:-1], status[1:]
    asked = c.weekly["asked"][1:] == PROFESSIONAL
    came = (after == IN_CARE) & (before != IN_CARE)
    stayed_away = event[1:] == GAVE_UP_WAITING
    offered = (came | stayed_away) & ((before == WAITING) | asked)
    waited = np.where(before == WAITING, c.weekly["weeks_in_help"][:-1] + 1, 0)[offered].astype(float)
    if offered.sum() < 20 or waited.std() == 0:
        return np.nan
    return float(np.exp(logistic_slopes([waited], came[offered].astype(float))[0]))


def spells(c: Cohort) -> np.ndarray:
    """Lengths of the spells of care that begin in the first half of the time and end within it, in sessions."""
    in_care = c.weekly["help_status"] == IN_CARE
    week, person = np.nonzero(in_care[1 : c.weeks // 2] & ~in_care[: c.weeks // 2 - 1])
    ahead = ~in_care[:, person]
    lengths = [int(np.argmax(ahead[w + 1 :, k])) for k, w in enumerate(week) if ahead[w + 1 :, k].any()]
    return np.array(lengths, np.int64)


def sessions(c: Cohort) -> float:
    """Mean number of sessions."""
    found = spells(c)
    return float(found.mean()) if found.size >= FEWEST else np.nan


def sessions_mode(c: Cohort) -> float:
    """The commonest number of sessions."""
    found = spells(c)
    return float(np.bincount(found)[1:].argmax() + 1) if found.size >= FEWEST else np.nan


def endings(c: Cohort) -> np.ndarray:
    """What ended care, by week and person: HELPED, NOT_HELPED, DROPPED_OUT or 0."""
    event = c.weekly["care_event"]
    return np.where((event >= HELPED) & (event <= DROPPED_OUT), event, 0)[1:]


def dropout(c: Cohort) -> float:
    """The share of care that ends in drop-out."""
    ended = endings(c)
    number = np.count_nonzero(ended)
    return float(np.count_nonzero(ended == DROPPED_OUT) / number) if number >= FEWEST else np.nan


def returned(c: Cohort) -> float:
    """The share of people still in an episode after unhelpful care who turn to a professional again, in the time."""
    ended, episode, asked = endings(c), c.weekly["episode"][1:], c.weekly["asked"][1:] == PROFESSIONAL
    early = ended[: c.weeks // 2]
    people = np.flatnonzero((early > HELPED).any(axis=0))
    when = (early > HELPED).argmax(axis=0)[people]
    still = episode[when, people] == 1
    again = np.array([asked[w + 1 :, person].any() for w, person in zip(when, people, strict=True)], bool)
    return share(again, still) if people.size else np.nan


def helped_by_second(c: Cohort) -> float:
    """The share helped by the second professional, of those who go on after the first if that did not help."""
    ended = endings(c)
    first, second = [], []
    for person in np.flatnonzero(ended.any(axis=0)):
        codes = ended[:, person][ended[:, person] > 0]
        first.append(codes[0] == HELPED)
        if codes[0] != HELPED and codes.size > 1:
            second.append(codes[1] == HELPED)
    if min(len(first), len(second)) < FEWEST:
        return np.nan
    return float(np.mean(first) + (1 - np.mean(first)) * np.mean(second))


# --- ties -------------------------------------------------------------------------------------------------------------


def confidants_of(c: Cohort) -> np.ndarray:
    """How many people each person can confide in at week 0, inside and outside."""
    inside = c.weekly["reachable_friends"][0].astype(float) + c.start["reachable_leaders"]
    return inside + c.start["outside_confidants"]


def reciprocity(c: Cohort) -> float:
    """The share of trusted ties that are returned, at week 0."""
    return c.counted("mutual") / c.counted("trusted_ties") if c.counted("trusted_ties") else np.nan


def distress_ties(c: Cohort) -> float:
    """Correlation of distress with the number of friends in reach, mean over quarters of the year."""
    weeks = range(13, c.weeks + 1, 13)
    score, friends = c.weekly["distress"], c.weekly["reachable_friends"]
    return float(np.mean([correlation(score[w], friends[w]) for w in weeks]))


def distress_homophily(c: Cohort) -> float:
    """Correlation of distress across trusted ties, in the last week."""
    score = c.weekly["distress"][-1]
    return correlation(score[c.pairs[0]], score[c.pairs[1]])


def seekers_ties(c: Cohort) -> float:
    """Friends in reach gained over the year by cases who turned to a professional, less those gained by others."""
    friends = c.weekly["reachable_friends"].astype(float)
    gained, ill, turned = friends[min(YEAR, c.weeks)] - friends[0], cases(c), formal(c)
    if min((ill & turned).sum(), (ill & ~turned).sum()) < FEWEST:
        return np.nan
    return float(gained[ill & turned].mean() - gained[ill & ~turned].mean())


def at_risk(c: Cohort) -> np.ndarray:
    """Who was at elevated risk by the proxy in any week of the year."""
    return (c.weekly["distress"][1 : YEAR + 1] >= c.parameters["distress_risk_score"]).any(axis=0)


ADULTS: dict[str, Callable[[Cohort], float]] = {
    "well": band(0, 5),
    "mild": band(5, 10),
    "moderate": band(10, 15),
    "severe": band(15, 28),
    "stability_two_weeks": stability_two_weeks,
    "recovered_26": recovered(26),
    "perceived_need": lambda c: share(ever(c, "recognised"), cases(c)),
    "perceived_need_severity": perceived_need_severity,
    "contact_given_need": lambda c: share(formal(c), cases(c) & ever(c, "recognised")),
    "informal_only": lambda c: share(informal(c) & ~formal(c), now_in_need(c)),
    "nobody": lambda c: share(~informal(c) & ~formal(c), now_in_need(c)),
    "informal_minus_formal": lambda c: share(informal(c), now_in_need(c)) - share(formal(c), now_in_need(c)),
    "stigma_difference": stigma_difference,
    "perceived_odds_ratio": perceived_odds_ratio,
    "gap": gap,
    "approval_drift": approval_drift,
    "prompted": prompted,
    "prompt_odds_ratio": prompt_odds_ratio,
    "willing_odds_ratio": willing_odds_ratio,
    "confidants": lambda c: float(confidants_of(c).mean()),
    "no_confidant": lambda c: float((confidants_of(c) == 0).mean()),
}
CARE: dict[str, Callable[[Cohort], float]] = {
    "wait_odds_ratio": wait_odds_ratio,
}
ENDINGS: dict[str, Callable[[Cohort], float]] = {  # few people are in care at once: these need a large town
    "sessions": sessions,
    "sessions_mode": sessions_mode,
    "dropout": dropout,
}
LONG: dict[str, Callable[[Cohort], float]] = {  # need three years after the first half
    "adults.unrecovered_156": lambda c: 1.0 - recovered(156)(c),
    "care.returned": returned,
    "care.helped_by_second": helped_by_second,
}
UNTREATED: dict[str, Callable[[Cohort], float]] = {f"remitted_{weeks}": remitted(weeks) for weeks in (13, 26, 52)}
STUDENTS: dict[str, Callable[[Cohort], float]] = {
    "friend": lambda c: share(ever(c, "asked", FRIEND), ever(c, "recognised")),
    "leader": lambda c: share(ever(c, "asked", LEADER_ASKED), ever(c, "recognised")),
    "professional": lambda c: share(formal(c), ever(c, "recognised")),
    "adult_help_at_risk": lambda c: share(ever(c, "asked", LEADER_ASKED) | formal(c), at_risk(c)),
    "reciprocity": reciprocity,
}
PEERS: dict[str, Callable[[Cohort], float]] = {  # few pupils are in care: these need many
    "peers_one": peers_rate_ratio(1, 1),
    "peers_several": peers_rate_ratio(2, 1000),
    "distress_ties": distress_ties,
    "distress_homophily": distress_homophily,
    "seekers_ties": seekers_ties,
}
SOLDIERS: dict[str, Callable[[Cohort], float]] = {"formal_in_need": lambda c: share(formal(c), cases(c))}


def shown(c: Cohort, group: str, facts: dict[str, Callable[[Cohort], float]]) -> dict[str, float]:
    """Each fact's value in one cohort, by its full name."""
    return {name if "." in name else f"{group}.{name}": fact(c) for name, fact in facts.items()}
