"""The service against queueing theory: sessions, drop-out, the queue's balance and order, places, waits, attendance."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest
from laboratory import (
    CHRONIC,
    HOLDS,
    NOBODY_ASKS,
    REFUTED,
    a_population,
    a_scenario,
    change,
    p_of_counts,
    p_of_score,
    p_of_share,
    put,
    state,
    value,
)
from scipy import stats

from sim import scenario
from sim.measures import SERVICE_TALLIES
from sim.people import DROPPED_OUT, GAVE_UP_WAITING, HELPED, IN_CARE, NOT_HELPED, NOT_IN_HELP, PROFESSIONAL, WAITING
from sim.population import Population, World

pytestmark = pytest.mark.verification

NOTHING_COUNTS = {
    f"seeking.professional_{term}": 0.0
    for term in (
        "distress",
        "stigma",
        "injunctive",
        "descriptive",
        "knowledge",
        "trust",
        "experience",
        "encouraged",
        "campaign",
        "wait",
        "reliance",
    )
} | {"norms.influence_form": 0.0, "care.access_burden": 0.0}


def logistic(x):
    return 1.0 / (1.0 + np.exp(-x))


def clinic(people: int, asking: float, slots: float, seeds, weeks: int, **care: float) -> Population:
    """Everybody is ill for good, sees it, and turns to professionals with the same weekly chance ``asking``."""
    parameters = NOBODY_ASKS | NOTHING_COUNTS
    parameters |= {"care.open": 1.0, "seeking.professional_constant": math.log(asking / (1.0 - asking))}
    parameters |= {"care.slots_per_1000": 1000.0 * slots / people}
    parameters |= {f"care.{name}": number for name, number in care.items()}
    population = a_population(a_scenario(people, parameters), seeds, weeks)
    change(population, CHRONIC)
    for name, all_have in (("episode", 1), ("recognised", 1), ("knowledge", 0.0), ("help_status", NOT_IN_HELP)):
        put(population, name, all_have)
    return population


class Week(NamedTuple):
    """One week of the service, person by person."""

    number: int
    before: np.ndarray  # status
    weeks_before: np.ndarray
    after: np.ndarray
    weeks_after: np.ndarray
    event: np.ndarray
    asked: np.ndarray
    sent: np.ndarray
    service: list[dict[str, float]]  # of each world

    @property
    def joined(self) -> np.ndarray:
        return (self.before == NOT_IN_HELP) & (self.asked == PROFESSIONAL)

    @property
    def ended(self) -> np.ndarray:
        return np.isin(self.event, (HELPED, NOT_HELPED, DROPPED_OUT))

    @property
    def admitted(self) -> np.ndarray:
        return (self.before != IN_CARE) & (self.after == IN_CARE)

    @property
    def gave_up(self) -> np.ndarray:
        return self.event == GAVE_UP_WAITING

    @property
    def offered(self) -> np.ndarray:
        return self.admitted | self.gave_up

    @property
    def left_well(self) -> np.ndarray:
        """Left the queue because the episode was over."""
        return (self.before == WAITING) & (self.after == NOT_IN_HELP) & ~self.gave_up

    @property
    def wait(self) -> np.ndarray:
        """Weeks waited by those in the queue when places were offered; -1 for others."""
        queued = (self.joined | (self.before == WAITING)) & ~self.left_well
        return np.where(queued, np.where(self.joined, 0, self.weeks_before + 1), -1)


def lived(population: Population, until: int) -> Iterator[Week]:
    """The next weeks, one after the other."""
    for week in range(population.week + 1, until + 1):
        status, weeks = state(population, "help_status"), state(population, "weeks_in_help")
        population.run(week)
        yield Week(
            week,
            status,
            weeks,
            *(state(population, name) for name in ("help_status", "weeks_in_help", "care_event", "asked")),
            state(population, "sent_by_others"),
            [dict(zip(SERVICE_TALLIES, row[week], strict=True)) for row in population.output.service],
        )


# Sessions and how care ends


@pytest.fixture(scope="module")
def courses() -> tuple[np.ndarray, np.ndarray]:
    """Sessions had, and how care ended, of people who began in the first 40 weeks of a service with room for all."""
    people, sessions, events = 4000, [], []
    population = clinic(people, 0.1, people, [1], 110)
    began = np.zeros(people, int)
    for week in lived(population, 110):
        counted = week.ended & (began <= 40)
        sessions.append(week.weeks_before[counted] + 1)
        events.append(week.event[counted])
        began[week.admitted] = week.number
    return np.concatenate(sessions), np.concatenate(events)


def test_sessions_are_geometric(courses):
    sessions, ending = courses[0], value("care.ending_chance")
    assert sessions.size > 5000
    counts = np.bincount(sessions, minlength=121)[1:121]
    number = np.arange(1, 121)
    assert p_of_counts(counts, stats.geom.pmf(number, ending) * sessions.size) > HOLDS
    assert counts.argmax() == 0  # one session is the commonest
    assert p_of_score((sessions.mean() - 1.0 / ending) / stats.geom.std(ending) * math.sqrt(sessions.size)) > HOLDS
    poisson = stats.poisson.pmf(number - 1, 1.0 / ending - 1.0) * sessions.size  # the same mean
    assert p_of_counts(counts, poisson) < REFUTED
    assert p_of_counts(counts, stats.geom.pmf(number, 1.15 * ending) * sessions.size) < REFUTED


def test_care_ends_in_the_registered_shares_however_long_it_lasted(courses):
    sessions, events = courses
    out, helped = value("care.dropout"), value("care.helped")
    counts = np.array([np.count_nonzero(events == event) for event in (DROPPED_OUT, HELPED, NOT_HELPED)])
    shares = np.array([out, (1.0 - out) * helped, (1.0 - out) * (1.0 - helped)])
    assert p_of_counts(counts, shares * events.size) > HOLDS
    assert p_of_counts(counts, np.array([out, helped, 1.0 - out - helped]) * events.size) < REFUTED
    length = np.minimum(sessions, 12)
    table = np.array([np.bincount(length[events == event], minlength=13)[1:] for event in (DROPPED_OUT, HELPED)])
    assert stats.chi2_contingency(table).pvalue > HOLDS
    early = np.where(table.cumsum(axis=1) <= table.sum(axis=1)[:, None] / 2, [[1.5], [0.75]], 1.0) * table
    assert stats.chi2_contingency(early).pvalue < REFUTED  # as if drop-outs left early


# The queue


@pytest.fixture(scope="module")
def town() -> list[Week]:
    """A year and a half of a town whose service is short of places, all processes at work."""
    plain = scenario.resolve("town", people=4000, parameters={"care.slots_per_1000": 3.0})
    young = plain.model_copy(update={"setting": plain.setting.model_copy(update={"burn_in": 0})})
    return list(lived(Population([World(young, 2)], 80, census_every=0), 80))


def test_the_queue_balances_exactly_every_week(town):
    queue = caseload = 0
    without_recovery = []
    for week in town:
        service = week.service[0]
        left_well = np.count_nonzero(week.left_well)
        gave_up = np.count_nonzero(week.gave_up)
        now = np.count_nonzero(week.after == WAITING)
        assert service["joined"] == np.count_nonzero(week.joined)
        assert service["attended"] == np.count_nonzero(week.admitted)
        assert service["offered"] == service["attended"] + gave_up
        assert service["joined"] == service["attended"] + gave_up + left_well + now - queue
        assert service["sessions"] == caseload == np.count_nonzero(week.before == IN_CARE)
        assert service["caseload"] == caseload + service["attended"] - np.count_nonzero(week.ended)
        assert service["caseload"] == np.count_nonzero(week.after == IN_CARE)
        assert service["queue"] == now
        assert service["attended_wait"] == week.wait[week.admitted].sum()
        without_recovery.append(service["joined"] == service["attended"] + gave_up + now - queue)
        queue, caseload = now, int(service["caseload"])
    assert not all(without_recovery)  # those who get well while waiting are part of the balance
    assert queue > 10


def test_new_admissions_never_exceed_the_places_that_are_free(town):
    slots = 3.0 * town[0].before.size / 1000.0
    places = np.array([week.service[0]["places"] for week in town])
    assert set(places) <= {math.floor(slots), math.ceil(slots)}
    full = 0
    for week in town:
        service = week.service[0]
        kept = np.count_nonzero((week.before == IN_CARE) & (week.after == IN_CARE))
        free = max(0, int(service["places"]) - kept)
        queued = np.count_nonzero(week.wait >= 0)
        assert service["offered"] == min(free, queued)
        assert service["caseload"] <= max(service["places"], kept)
        full += service["queue"] > 0
    assert full > 20  # places did run out


def first_come_first_served(offered: np.ndarray, kept_waiting: np.ndarray) -> bool:
    """Whether nobody who was offered a place had waited less than somebody who was not."""
    return not offered.size or not kept_waiting.size or offered.min() >= kept_waiting.max()


def test_nobody_is_admitted_before_someone_who_waited_longer(town):
    rng = np.random.default_rng(3)
    contested = broken_by_chance = 0
    for week in town:
        offered, kept = week.wait[week.offered], week.wait[week.after == WAITING]
        assert first_come_first_served(offered, kept)
        if offered.size and kept.size and np.ptp(np.concatenate([offered, kept])):
            contested += 1
            shuffled = rng.permutation(np.concatenate([offered, kept]))
            broken_by_chance += not first_come_first_served(shuffled[: offered.size], shuffled[offered.size :])
    assert contested > 20
    assert broken_by_chance > contested / 2  # a service that picked at random would be found out


def test_those_who_join_in_the_same_week_are_served_in_fair_order():
    """In many worlds everybody joins at once: who comes first has nothing to do with row or neighbour."""
    people, worlds = 100, 300
    population = clinic(people, 0.999999, 25.0, range(worlds), 3)
    week = next(lived(population, 1))
    assert np.count_nonzero(week.joined) > 0.999 * people * worlds
    offered = week.offered.reshape(worlds, people)
    assert np.array_equal(offered.sum(axis=1), np.full(worlds, 25))
    by_row = offered.sum(axis=0)
    even = np.full(people, worlds * 0.25)
    spread = math.sqrt(worlds * 0.25 * 0.75)

    def p_of_rows(counts: np.ndarray) -> float:
        return float(stats.chi2.sf((((counts - even) / spread) ** 2).sum() * (1 - 1 / people), people - 1))

    assert p_of_rows(by_row) > HOLDS
    row = np.arange(people) - (people - 1) / 2.0
    assert p_of_score((by_row @ row) / (spread * math.sqrt(row @ row))) > HOLDS
    both = np.mean(offered[:, :-1] & offered[:, 1:])
    together = 0.25 * 24 / 99
    assert p_of_score((both - together) / math.sqrt(together * (1 - together) / (worlds * 99))) > HOLDS
    in_order = np.where(row < -25.0, worlds, 0)
    assert p_of_rows(in_order) < REFUTED  # the first rows first
    earlier = week.offered
    week = next(lived(population, 2))  # those who joined at once and were not reached are drawn anew
    assert not np.any(week.offered & ~week.joined & earlier & (week.before == WAITING))


def test_an_overloaded_queue_grows_at_the_theoretical_rate():
    """Without an effect of waiting, flows follow from asking, places, endings and attendance alone."""
    people, asking, slots, weeks, seeds = 20_000, 0.003, 40.0, 80, range(6)
    population = clinic(people, asking, slots, seeds, weeks, attendance_wait=0.0, attendance_sent=0.0)
    population.run(weeks)
    tables = population.output.service
    queue = tables[:, :, SERVICE_TALLIES.index("queue")]
    attend, ending = float(logistic(value("care.attendance_constant"))), value("care.ending_chance")
    stay = 1.0 - ending

    def course(taken_up: float) -> np.ndarray:
        waiting, in_care, found = 0.0, 0.0, [0.0]
        for _ in range(weeks):
            joined = (people - waiting - in_care) * asking
            kept = in_care * stay
            offered = min(waiting + joined, slots - kept)
            in_care = kept + taken_up * offered
            waiting += joined - offered
            found.append(waiting)
        return np.array(found)

    for week in (20, 40, 80):
        joined = tables[:, 1 : week + 1, SERVICE_TALLIES.index("joined")].sum(axis=1)
        error = math.sqrt(joined.mean() * 1.2 / len(seeds))  # joiners scatter as a Poisson number, offers much less
        assert p_of_score((queue[:, week].mean() - course(attend)[week]) / error) > HOLDS
    assert p_of_score((queue[:, weeks].mean() - course(1.0)[weeks]) / error) < REFUTED  # as if all came when asked
    growth = np.diff(queue.mean(axis=0)[30:])
    in_care = attend * slots / (1.0 - (1.0 - attend) * stay)
    joined = tables[:, 31:, SERVICE_TALLIES.index("joined")].mean(axis=0)
    assert growth.mean() == pytest.approx((joined - (slots - stay * in_care)).mean(), rel=0.02)
    assert growth.mean() != pytest.approx((joined - slots * ending).mean(), rel=0.02)
    bend = np.polyfit(np.arange(51), queue.mean(axis=0)[30:], 1)
    line = np.polyval(bend, np.arange(51))
    assert np.abs(queue.mean(axis=0)[30:] - line).max() < 0.05 * bend[0] * 50  # a straight line


# Attendance


@pytest.fixture(scope="module")
def offers() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weeks waited, whether sent by others, and whether the place was taken up, of many offers."""
    population = clinic(6000, 0.004, 40.0, range(6), 260)
    rows = np.arange(6 * 6000)
    waits, sent, came = [], [], []
    for week in lived(population, 200):
        put(population, "encouraged", np.where(rows % 2, 255, 0))
        offered = week.offered
        waits.append(week.wait[offered])
        sent.append(week.sent[offered])
        came.append(week.admitted[offered])
    return np.concatenate(waits).astype(float), np.concatenate(sent).astype(float), np.concatenate(came)


def fitted(columns: np.ndarray, came: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logistic regression by Newton's method: estimates and their standard errors."""
    estimate = np.zeros(columns.shape[1])
    for _ in range(25):
        chance = logistic(columns @ estimate)
        information = (columns * (chance * (1.0 - chance))[:, None]).T @ columns
        estimate = estimate + np.linalg.solve(information, columns.T @ (came - chance))
    return estimate, np.sqrt(np.diag(np.linalg.inv(information)))


def test_attendance_falls_with_the_wait_at_the_registered_odds(offers):
    waits, sent, came = offers
    estimate, error = fitted(np.column_stack([np.ones_like(waits), waits, sent]), came)
    theory = np.array([value(f"care.attendance_{term}") for term in ("constant", "wait", "sent")])
    for k in range(3):
        assert p_of_score((estimate[k] - theory[k]) / error[k]) > HOLDS
        assert p_of_score(estimate[k] / error[k]) < REFUTED  # each of them counts
    chance = logistic(theory[0] + theory[1] * waits + theory[2] * sent)
    for low in range(0, int(waits.max()), 8):
        here = (waits >= low) & (waits < low + 8)
        score = (came[here].sum() - chance[here].sum()) / math.sqrt((chance * (1.0 - chance))[here].sum())
        assert p_of_score(score) > HOLDS
    assert p_of_share(came.sum(), came.size, float(logistic(theory[0]))) < REFUTED  # as if waiting cost nothing


# More demand, with and without more places


def test_a_campaign_without_capacity_lengthens_the_wait_and_empties_chairs():
    """A loud campaign that does not end, with the places as they are and with more of them."""
    weeks, seeds, figures = 52, range(8), []
    for plans in (("usual",), ("awareness_campaign",), ("awareness_campaign", "capacity")):
        plain = scenario.resolve("town", plans, people=5000, parameters={"care.slots_per_1000": 7.0})
        louder = {
            name: item.model_copy(update={"length": weeks, "reach": 1.0, "dose": 5.0 if name != "capacity" else 1.0})
            for name, item in plain.interventions.items()
        }
        young = plain.setting.model_copy(update={"burn_in": 26})
        short = plain.model_copy(update={"setting": young, "interventions": louder})
        population = Population([World(short, seed) for seed in seeds], weeks, census_every=0)
        population.run(weeks)
        late = np.moveaxis(population.output.service[:, 20:], 2, 0).sum(axis=2)
        total = dict(zip(SERVICE_TALLIES, late, strict=True))
        figures.append((total["attended_wait"] / total["attended"], total["attended"] / total["offered"]))
    usual, campaign, both = figures
    assert stats.ttest_rel(campaign[0], usual[0], alternative="greater").pvalue < 1e-3
    assert stats.ttest_rel(campaign[1], usual[1], alternative="less").pvalue < 1e-3
    assert stats.ttest_rel(both[0], campaign[0], alternative="less").pvalue < 1e-3  # places are what was missing
    assert both[1].mean() > campaign[1].mean()
