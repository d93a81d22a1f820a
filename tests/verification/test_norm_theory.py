"""Norms against theory: consensus, mean-field states of speaking, tipping, beliefs that forget, and drifting stigma."""

import math

import numpy as np
import pytest
from laboratory import (
    ALL_ALIKE,
    CHRONIC,
    HOLDS,
    NOBODY_ASKS,
    REFUTED,
    STIGMA_STAYS,
    TIES_STAY,
    a_population,
    a_scenario,
    change,
    p_of_mean,
    p_of_score,
    put,
    state,
    value,
)
from scipy import optimize, stats

from sim import params
from sim.people import LEADER
from sim.population import Population
from sim.schema import Dissolve, Unit

pytestmark = pytest.mark.verification

WELL = {"distress.onset_hazard": 0.0}
SURE = 60.0  # log odds that leave nothing to chance


def logistic(x):
    return 1.0 / (1.0 + np.exp(-np.asarray(x, float)))


def chorus(parameters: dict[str, float], seeds, weeks: int, people: int = 1000, leaders: int = 0) -> Population:
    """People who are all well and know many others: nothing but speaking and hearing goes on."""
    units = (Unit(name="group", size=float(people), ties=60.0, clustering=0.2, leaders=leaders),)
    population = a_population(a_scenario(people, NOBODY_ASKS | parameters, units), seeds, weeks)
    hush(population)
    return population


def hush(population: Population) -> None:
    """Ties and stigma stay as they are, and nobody is ill."""
    change(population, TIES_STAY | STIGMA_STAYS | WELL)
    put(population, "episode", 0)


def even_stigma(worlds: int, people: int) -> np.ndarray:
    """Self-stigma spread as a standard normal number without sampling error, in random order, for each world."""
    quantiles = stats.norm.ppf((np.arange(people) + 0.5) / people)
    rng = np.random.default_rng(1)
    return np.concatenate([rng.permutation(quantiles) for _ in range(worlds)])


def approval(population: Population) -> np.ndarray:
    """Mean perceived approval in each world."""
    return np.array([state(population, "injunctive_norm")[population.rows(w)].mean() for w in range(population.count)])


# Consensus


@pytest.mark.parametrize("said", [1.0, -1.0])
def test_where_all_say_the_same_everybody_comes_to_believe_it_exponentially(said):
    population = chorus({}, [1], 60)
    put(population, "added_speaking", said * SURE)
    start = state(population, "injunctive_norm").astype(float)
    rate = value("norms.learning_rate")
    for week in (1, 5, 20, 60):
        population.run(week)
        norm = state(population, "injunctive_norm")
        assert norm == pytest.approx(said + (start - said) * (1.0 - rate) ** week, abs=2e-6)
    wrong = said + (start - said) * (1.0 - rate / 2.0) ** 20
    population = chorus({}, [1], 20)
    put(population, "added_speaking", said * SURE)
    population.run(20)
    assert np.abs(state(population, "injunctive_norm") - wrong).mean() > 0.05  # at half the rate


def test_what_is_heard_is_weighted_by_trust_and_leaders_count_more():
    """Leaders speak and members do not: each believes in the share of trust that she has in leaders."""
    population = chorus({}, [2], 250, people=400, leaders=40)
    leads = state(population, "role") == LEADER
    put(population, "added_speaking", np.where(leads, SURE, -SURE))
    population.run(250)
    ties = population.state.ties
    rows = np.repeat(np.arange(leads.size), np.diff(ties.start))
    trust = ties.trust.astype(float)

    def believed(weight: float) -> np.ndarray:
        weights = np.where(leads[ties.target], weight, 1.0) * trust
        spoken = np.bincount(rows, weights * leads[ties.target], leads.size)
        return 2.0 * spoken / np.bincount(rows, weights, leads.size) - 1.0

    norm = state(population, "injunctive_norm")
    assert norm == pytest.approx(believed(value("norms.leader_weight")), abs=1e-5)
    assert np.abs(norm - believed(1.0)).mean() > 0.05


# Speaking in mean field


STIGMA = np.linspace(-9.0, 9.0, 361)
DENSITY = stats.norm.pdf(STIGMA) / stats.norm.pdf(STIGMA).sum()


def said(norm, intercept: float, conformity: float, committed: float = 0.0) -> np.ndarray:
    """What people hear, -1 to 1, where all perceive this approval and self-stigma is standard normal."""
    pull = conformity * np.asarray(norm, float)[..., None]
    share = logistic(intercept - value("norms.speaking_stigma") * STIGMA + pull) @ DENSITY
    return 2.0 * (committed + (1.0 - committed) * share) - 1.0


def intercept_for(conformity: float) -> float:
    """The intercept at which the usual approval reproduces itself."""
    usual = value("norms.usual_approval")
    return optimize.brentq(lambda a: float(said(usual, a, conformity)) - usual, -15.0, 15.0)


def settled_states(conformity: float, committed: float = 0.0) -> list[float]:
    """All values of perceived approval that reproduce themselves, from silence to openness (every other is stable)."""
    intercept = intercept_for(conformity)

    def gain(norm):
        return said(norm, intercept, conformity, committed) - norm

    grid = np.linspace(-1.0, 1.0, 667)
    up = gain(grid) > 0.0
    return [optimize.brentq(gain, grid[k], grid[k + 1]) for k in np.flatnonzero(up[:-1] != up[1:])]


def critical_share(conformity: float) -> float:
    """The share of committed speakers from which even silence gives way to approval."""
    return optimize.bisect(lambda x: settled_states(conformity, x)[0], 0.001, 0.6, xtol=1e-3)


def test_the_derived_intercept_keeps_the_usual_approval():
    for conformity in (0.0, value("norms.conformity"), 3.0):
        assert params.record({"norms.conformity": conformity})["norms_speaking_intercept"] == pytest.approx(
            intercept_for(conformity), abs=1e-6
        )
    population = chorus({}, range(2), 200)
    put(population, "self_stigma", even_stigma(2, 1000))
    put(population, "injunctive_norm", value("norms.usual_approval"))
    population.run(200)
    assert approval(population) == pytest.approx(value("norms.usual_approval"), abs=0.03)
    logit = math.log((1.0 + value("norms.usual_approval")) / (1.0 - value("norms.usual_approval")))
    naive = logit - value("norms.conformity") * value("norms.usual_approval")  # as if all had average stigma
    assert abs(naive - intercept_for(value("norms.conformity"))) > 0.05
    change(population, {"norms.speaking_intercept": naive})
    population.lengthen(320)
    population.run(320)
    assert np.abs(approval(population) - value("norms.usual_approval")).min() > 0.04


def ends(conformity: float, starts: tuple[float, ...], weeks: int = 400) -> np.ndarray:
    """Where perceived approval comes to in a world for each start."""
    people = 800
    population = chorus({"norms.conformity": conformity}, range(len(starts)), weeks, people)
    put(population, "self_stigma", even_stigma(len(starts), people))
    put(population, "injunctive_norm", np.repeat(starts, people))
    population.run(weeks)
    return approval(population)


def test_weak_conformity_has_one_settled_state():
    (theory,) = settled_states(1.5)
    assert theory == pytest.approx(value("norms.usual_approval"), abs=1e-6)
    found = ends(1.5, (-0.95, 0.95))
    assert found == pytest.approx([theory, theory], abs=0.04)
    assert found[1] < 0.0  # two lasting states, as with more conformity, would not do


def test_strong_conformity_has_two_settled_states():
    silent, tipping, open_ = settled_states(2.5)
    assert silent == pytest.approx(value("norms.usual_approval"), abs=1e-6)
    found = ends(2.5, (-0.95, tipping - 0.15, tipping + 0.15, 0.95))
    assert found == pytest.approx([silent, silent, open_, open_], abs=0.06)
    assert open_ - silent > 0.5  # one settled state for all would not do


def test_the_usual_state_holds_at_the_registered_conformity_and_falls_apart_at_the_strongest():
    """Where conformity is so strong that the usual approval is a tipping point, a world leaves it to either side."""
    usual, strongest = value("norms.usual_approval"), params.registry()["norms.conformity"].high
    found = ends(value("norms.conformity"), (usual - 0.1, usual + 0.1), 200)
    assert found == pytest.approx([usual, usual], abs=0.04)
    silent, tipping, open_ = settled_states(strongest)
    assert tipping == pytest.approx(usual, abs=1e-6)
    found = ends(strongest, (usual - 0.25, usual + 0.25))
    assert found == pytest.approx([silent, open_], abs=0.08)  # theory has no end of ties, the worlds have 60
    assert found[0] < usual - 0.05


def test_a_committed_minority_tips_silence_and_fewer_are_needed_where_conformity_is_strong():
    people, below, above = 1200, 0.75, 1.3
    strengths = (0.0, 1.5, 2.0)
    critical = [critical_share(conformity) for conformity in strengths]
    assert critical == sorted(critical, reverse=True)
    assert critical[0] == pytest.approx(
        -value("norms.usual_approval") / (1.0 - value("norms.usual_approval")), abs=2e-3
    )  # without conformity they only add up
    units = (Unit(name="group", size=float(people), ties=40.0, clustering=0.2),)
    worlds = [
        a_scenario(people, NOBODY_ASKS | {"norms.conformity": conformity}, units)
        for conformity in strengths
        for _ in (below, above)
    ]
    population = a_population(worlds, range(6), 400)
    hush(population)
    put(population, "self_stigma", even_stigma(6, people))
    put(population, "injunctive_norm", value("norms.usual_approval"))
    rng = np.random.default_rng(5)
    for w, share in enumerate(factor * each for each in critical for factor in (below, above)):
        committed = rng.permutation(people) < share * people
        speaking = np.where(committed, SURE, 0.0)
        everyone = state(population, "added_speaking")
        everyone[population.rows(w)] = speaking
        put(population, "added_speaking", everyone)
    population.run(400)
    found = approval(population).reshape(3, 2)
    assert np.all(found[:, 0] < 0.0)
    assert np.all(found[:, 1] > 0.0)
    # A share that tips the most conformist world leaves the others silent: no one share is critical for all.
    assert above * critical[2] < below * critical[0]


# Beliefs about what people in need do


ASKING = 0.1


def needy(seeds, weeks: int) -> Population:
    """Everybody is in need for good and asks a friend elsewhere with the same chance each week; all else is still."""
    people = 300
    terms = (
        "distress",
        "stigma",
        "injunctive",
        "descriptive",
        "trust",
        "experience",
        "encouraged",
        "campaign",
        "reliance",
    )
    parameters = NOBODY_ASKS | ALL_ALIKE | {f"seeking.friend_{term}": 0.0 for term in terms}
    parameters |= {"seeking.friend_constant": math.log(ASKING / (1.0 - ASKING)), "norms.influence_form": 0.0}
    parameters |= {"groups.cohesion_spread": 0.0}
    units = (Unit(name="group", size=float(people), ties=40.0),)
    population = a_population(a_scenario(people, parameters, units), seeds, weeks)
    change(population, TIES_STAY | STIGMA_STAYS | CHRONIC)
    given = {"episode": 1, "recognised": 1, "outside_confidants": 1, "added_speaking": -SURE, "injunctive_norm": -1.0}
    for name, all_have in (given | {"seen_seeking": 0.0, "seen_struggling": 0.0, "help_status": 0}).items():
        put(population, name, all_have)
    count = state(population, "episode").size
    put(population, "self_stigma", np.where(np.arange(count) % 2, 1.0, -1.0))
    return population


def trusted(population: Population, of_target: np.ndarray) -> np.ndarray:
    """For each person the sum over her ties of trust times something about the target."""
    ties = population.state.ties
    rows = np.repeat(np.arange(of_target.size), np.diff(ties.start))
    return np.bincount(rows, ties.trust * of_target[ties.target], of_target.size)


def per_world(population: Population, of_person: np.ndarray) -> np.ndarray:
    return np.array([of_person[population.rows(w)].mean() for w in range(population.count)])


def test_the_descriptive_norm_settles_where_the_belief_theory_has_it():
    weeks = 260
    population = needy(range(16), weeks)
    put(population, "prior_norm", 0.8)
    population.run(weeks)
    seeking, struggling = (state(population, name).astype(float) for name in ("seen_seeking", "seen_struggling"))
    everyone = np.ones(seeking.size)
    visible = value("norms.disclosure") * 2.0 * logistic(-1.0 - state(population, "self_stigma"))
    assert visible.max() < 1.0
    memory = (1.0 - (1.0 - value("norms.forgetting")) ** weeks) / value("norms.forgetting")
    seen = trusted(population, ASKING * visible) * memory
    noticed = trusted(population, everyone) * (1.0 - ASKING) * value("norms.noticing") * memory
    for counted, theory in ((seeking, seen), (struggling, noticed)):
        assert p_of_mean(per_world(population, counted) / per_world(population, theory), 1.0) > HOLDS
        assert p_of_mean(per_world(population, counted) / per_world(population, theory / memory * 40.0), 1.0) < REFUTED
    weight, prior = value("norms.prior_weight"), state(population, "prior_norm")
    belief = state(population, "descriptive_norm")
    assert belief == pytest.approx((weight * prior + seeking) / (weight + seeking + struggling), abs=1e-5)
    theory = per_world(population, (weight * prior + seen) / (weight + seen + noticed))
    assert per_world(population, belief).mean() == pytest.approx(theory.mean(), abs=0.003)
    assert abs(theory.mean() - ASKING) > 0.01  # what is believed is neither what is done
    for wrong in (seen / (seen + noticed), prior):  # nor only what is seen, nor what was thought before
        assert abs(per_world(population, wrong).mean() - theory.mean()) > 0.01


def test_what_was_seen_is_forgotten_at_the_registered_rate():
    population = needy([1], 120)
    population.run(20)
    change(population, {"seeking.friend_constant": -SURE, "norms.noticing": 0.0})
    before = {name: state(population, name).astype(float) for name in ("seen_seeking", "seen_struggling")}
    population.run(120)
    keep = (1.0 - value("norms.forgetting")) ** 100
    for name, seen in before.items():
        assert seen.min() > 0.0 or name == "seen_seeking"
        assert state(population, name) == pytest.approx(keep * seen, rel=1e-4, abs=1e-6)
        assert np.abs(state(population, name) - (1.0 - 2.0 * value("norms.forgetting")) ** 100 * seen).max() > 0.05
    weight, prior = value("norms.prior_weight"), state(population, "prior_norm")

    def belief(kept: float) -> np.ndarray:
        return (weight * prior + kept * before["seen_seeking"]) / (weight + kept * sum(before.values()))

    assert state(population, "descriptive_norm") == pytest.approx(belief(keep), abs=1e-5)
    assert np.abs(belief(1.0) - belief(keep)).mean() > 0.02  # as if nothing were forgotten


# Stigma


def loners(parameters: dict[str, float], people: int = 20_000, weeks: int = 300) -> Population:
    """People without ties, who are well: perceived approval stays, and stigma drifts about its settled value."""
    population = a_population(a_scenario(people, NOBODY_ASKS), [6], weeks)
    change(population, WELL | {"norms.anchor_rate": 0.0} | parameters)
    put(population, "episode", 0)
    return population


def taken_in(population: Population) -> np.ndarray:
    """Self-stigma that goes with perceived approval."""
    below_usual = value("norms.usual_approval") - state(population, "injunctive_norm").astype(float)
    return value("norms.internalised_strength") * below_usual


def test_self_stigma_settles_between_its_anchor_and_what_is_believed_of_others():
    population = loners({})
    rate, noise, share = (value(f"norms.{name}") for name in ("stigma_rate", "stigma_noise", "internalised_share"))
    anchor = state(population, "stigma_anchor").astype(float)
    centre = share * taken_in(population) + (1.0 - share) * anchor
    put(population, "self_stigma", centre + 3.0)
    keep = 1.0 - rate
    found = {}
    for week in (10, 50, 299, 300):
        population.run(week)
        found[week] = state(population, "self_stigma") - centre
        variance = noise**2 * (1.0 - keep ** (2 * week)) / (1.0 - keep**2)
        assert p_of_mean(found[week], 3.0 * keep**week) > HOLDS
        score = (found[week].var() / variance - 1.0) * math.sqrt(found[week].size / 2.0)
        assert p_of_score(score) > HOLDS
    assert np.array_equal(state(population, "stigma_anchor"), anchor.astype(np.float32))
    late = found[300] - 3.0 * keep**300
    settled = noise**2 / (2.0 * rate)
    assert stats.kstest(late / late.std(), "norm").pvalue > HOLDS
    assert p_of_score((late.var() / settled - 1.0) * math.sqrt(late.size / 2.0)) > HOLDS  # the limit of small rates
    assert p_of_score((late.var() / (2.0 * settled) - 1.0) * math.sqrt(late.size / 2.0)) < REFUTED
    link = np.corrcoef(found[299], found[300])[0, 1]
    assert link == pytest.approx(keep, abs=0.002)
    for wrong in (anchor, taken_in(population), 0.5 * anchor):
        shifted = state(population, "self_stigma") - wrong
        assert p_of_score((shifted.var() / settled - 1.0) * math.sqrt(shifted.size / 2.0)) < REFUTED


def test_anchors_follow_slowly_so_that_change_can_last():
    """Stigma and anchor are a linear system; on average they follow its matrix."""
    rates = {"norms.anchor_rate": 0.01, "norms.stigma_noise": 0.0}
    population = loners(rates, people=2000, weeks=200)
    put(population, "injunctive_norm", 0.5)
    rate, share = value("norms.stigma_rate"), value("norms.internalised_share")
    believed, relief = taken_in(population)[0], value("norms.usual_relief")
    pair = np.array([state(population, "self_stigma"), state(population, "stigma_anchor")], float)
    step = np.array([[1.0 - rate, rate * (1.0 - share)], [0.01, 0.99]])
    drive = np.array([[rate * share * believed], [0.01 * relief]])
    still = pair[1].copy()
    for week in range(1, 201):
        pair = step @ pair + drive
        if week in (20, 200):
            population.run(week)
            assert state(population, "self_stigma") == pytest.approx(pair[0], abs=1e-4)
            assert state(population, "stigma_anchor") == pytest.approx(pair[1], abs=1e-4)
    settled = share * believed + (1.0 - share) * still
    assert np.abs(state(population, "self_stigma") - settled).mean() > 0.05  # as if anchors stayed


def test_stigma_wanders_independently_of_distress():
    """Both are moved by chance each week; one may not tell of the other."""
    population = loners({}, people=60_000, weeks=1)
    before = {name: state(population, name).astype(float) for name in ("latent", "self_stigma")}
    share, rate = value("norms.internalised_share"), value("norms.stigma_rate")
    drift = rate * (
        share * taken_in(population) + (1.0 - share) * state(population, "stigma_anchor") - before["self_stigma"]
    )
    population.run(1)
    shock = state(population, "latent") - value("distress.inertia") * before["latent"]
    noise = state(population, "self_stigma") - before["self_stigma"] - drift

    def p_of_independence(one: np.ndarray, other: np.ndarray) -> float:
        cells = [np.argsort(np.argsort(x)) * 8 // x.size for x in (one, other)]
        return float(stats.chi2_contingency(np.bincount(cells[0] * 8 + cells[1], minlength=64).reshape(8, 8)).pvalue)

    assert p_of_independence(shock, shock**2) < REFUTED  # a link without any correlation is found
    assert p_of_independence(shock, noise) > HOLDS


# Who is heard


def test_people_of_a_group_to_come_are_not_heard_before():
    """Ties that begin when groups dissolve mean nothing until then: lives are the same with and without them."""
    units = (Unit(name="class", size=10.0, ties=5.0), Unit(name="school", size=400.0, ties=3.0))
    event = Dissolve(kind="dissolve", week=8, size=20.0, ties=8.0)
    lives = []
    for events in ((), (event,)):
        population = a_population(a_scenario(400, {}, units, events=events), [9], 8)
        population.run(7)
        lives.append([state(population, "injunctive_norm"), state(population, "seen_struggling")])
        population.run(8)
        lives[-1].append(state(population, "injunctive_norm"))
    (norm, seen, later), (other_norm, other_seen, other_later) = lives
    assert np.array_equal(norm, other_norm)
    assert np.array_equal(seen, other_seen)
    assert not np.array_equal(later, other_later)
