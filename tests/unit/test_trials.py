"""Trials as data: reading, arms, randomisation, instruments, losses, what is observed."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from tiny_trial import changed, loaded, written

from sim import shipped, study
from sim.errors import InputError
from sim.measures import SERVICE_TALLIES, TALLIES
from sim.params import references
from sim.people import FRIEND, LEADER, NONE, PROFESSIONAL, column
from sim.population import Population, World
from sim.scenario import override, resolve
from sim.trials import asking, assigning, chance, files, living, observing, scoring
from sim.trials.composing import compose
from sim.trials.observing import Moment, Past
from sim.trials.schema import Attrition, FollowUp, Measure

SHIPPED = shipped.names("trial")
FIVE = {
    "wingman_connect_2020",
    "stigma_contact_programme",
    "norm_feedback_2018",
    "gatekeeper_training",
    "counselling_capacity",
}
SMALLEST = {
    "setting.people": 60,
    "setting.burn_in": 2,
    "setting.units.class.size": 12,
    "setting.units.grade.size": 30,
}


def simulated(folder, changes=None, seeds=(1,), **how):
    return living.simulate(loaded(folder, changes), [(seed, {}) for seed in seeds], threads=1, **how)


# What is shipped


def test_the_five_trials_are_there():
    assert set(SHIPPED) >= FIVE


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_trial_names_where_each_figure_comes_from(name):
    trial = files.load(name).model
    told = [outcome for outcome in trial.outcomes.values() if outcome.published]
    assert told or name not in FIVE
    for outcome in told:
        assert all(key.strip() in references() for key in outcome.published.source.split(","))
        assert outcome.published.evidence != "assumed"
        assert outcome.published.interval is not None
    assert all(outcome.used_for == "none" for outcome in trial.outcomes.values() if not outcome.published)


def test_the_trial_of_cohesion_training_compares_no_help_seeking():
    trial = files.load("wingman_connect_2020").model
    seen = {trial.measures[each.measure].of for each in trial.outcomes.values() if each.measure}
    assert not {name for name in seen if name.startswith(("asked", "intention", "care"))}


@pytest.mark.parametrize("name", sorted(FIVE))
def test_exposure_attitude_intention_and_behaviour_are_told_apart(name):
    """Each trial of a programme that is meant to change seeking measures formal apart from informal help."""
    if name in ("wingman_connect_2020", "gatekeeper_training"):
        return
    seen = {measure.of for measure in files.load(name).model.measures.values()}
    assert {"asked_professional", "asked_informal"} <= seen


# Files that do not fit


FAULTS = {
    "an unknown key": ({"colour": "red"}, "colour"),
    "an unknown measure": ({"outcomes/stigma/measure": "stigmas"}, "measure"),
    "an unknown follow-up": ({"outcomes/stigma/at": ["sooner"]}, "follow-up"),
    "an unknown arm": ({"outcomes/stigma/arm": "train"}, "arm"),
    "something that cannot be observed": ({"measures/stigma/of": "shame"}, "observe"),
    "a source that is not listed": ({"outcomes/stigma/published/source": "griffith_2014"}, "reference"),
    "an interval that does not hold its value": ({"outcomes/stigma/published/low": -0.1}, "interval"),
    "a figure in use that was not reported": ({"outcomes/stigma/published": None}, "used"),
    "an odds ratio of a score": ({"outcomes/stigma/effect": "odds_ratio"}, "yes or no"),
    "one arm that is randomised": ({"arms/usual": None}, "randomised"),
    "two cut-points": ({"measures/high/top_share": 0.1}, "cut-point"),
    "a parameter that is none as a cut-point": ({"measures/high/cut": "distress.risk"}, "parameter"),
    "shares that do not add up": ({"arms/usual/share": 0.5, "arms/trained/share": 0.6}, "shares"),
    "a follow-up before the baseline": ({"baseline": 4}, "baseline"),
    "a score on several occasions": ({"outcomes/stigma/at": ["soon", "later"]}, "yes or no"),
    "a ratio of nothing": ({"outcomes/asks/effect": "ratio"}, "ratio"),
    "a reliability above one": ({"measures/stigma/reliability": 1.2}, "cannot be used"),
    "a share of one": ({"arms/usual/share": 1.0}, "above 0 and below 1"),
    "no arms": ({"arms": {}}, "1 to 8 of them"),
    "an arm against itself": ({"outcomes/stigma/arm": "usual"}, "with itself"),
    "people chosen by a score": ({"outcomes/stigma/among": "distress"}, "yes or no"),
    "the same adjusted for twice": ({"outcomes/stigma/adjust": ["stigma", "stigma"]}, "twice"),
    "a baseline adjusted for itself": ({"outcomes/stigma/at": ["baseline"]}, "for itself"),
    "bounds the wrong way round": ({"measures/stigma/lowest": 2, "measures/stigma/highest": 1}, "lowest"),
    "a state over weeks": ({"measures/stigma/weeks": 3}, "week by week"),
    "one community to be randomised": ({"design/randomise": "communities"}, "too few communities"),
    "two outcomes of one name": ({"outcomes/asks/at": ["soon"], "outcomes/asks/name": "stigma"}, "one name"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_said_with_its_file_and_line(name, tmp_path):
    changes, says = FAULTS[name]
    with pytest.raises(InputError) as caught:
        loaded(tmp_path, changes)
    assert caught.value.file == str(tmp_path / "small.yaml")
    assert caught.value.line is not None
    assert says in str(caught.value)


# What only the setting and the plans can show: found before anything is lived, with the trial's own file and line.
UNFIT = {
    "a setting that there is not": ({"setting": "secondary_skool"}, "setting"),
    "a plan that there is not": ({"arms/trained/plans": ["stigma_contacts"]}, "arms.trained.plans[0]"),
    "a plan's file that there is not": ({"arms/trained/plans": ["mine.yaml"]}, "arms.trained.plans[0]"),
    "a setting as a plan": ({"arms/trained/plans": ["town"]}, "arms.trained.plans[0]"),
    "a field that no plan has": (
        {"arms/trained/changes": {"stigma_contact.reech": 0.5}},
        "arms.trained.changes.stigma_contact.reech",
    ),
    "a parameter that there is not": ({"parameters": {"norms.conformty": 1.0}}, "parameters.norms.conformty"),
    "a parameter out of range": ({"parameters": {"norms.conformity": 99.0}}, "parameters.norms.conformity"),
    "a change of nothing": ({"changes/setting.burn_inn": 3}, "changes.setting.burn_inn"),
    "too few people": ({"people": 4, "changes": {}}, "people"),
    "a unit that the setting does not have": ({"design/within": "house"}, "design.within"),
    "more people than can be lived": ({"people": 10_000_000, "design/communities": 2000}, "design.communities"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_the_setting_or_a_plan_has_not_is_said_with_file_line_and_key(name, tmp_path):
    changes, key = UNFIT[name]
    with pytest.raises(InputError) as caught:
        compose(loaded(tmp_path, changes))
    assert caught.value.file == str(tmp_path / "small.yaml")
    assert caught.value.line is not None
    assert caught.value.key == key
    assert caught.value.allowed or caught.value.hint or "file" in caught.value.message


def test_what_was_asked_for_besides_is_not_laid_to_the_file(tmp_path):
    with pytest.raises(InputError) as caught:
        compose(loaded(tmp_path), {"setting.burn_in": -1})
    assert caught.value.file is None


def test_the_nearest_right_name_is_offered(tmp_path):
    with pytest.raises(InputError) as caught:
        loaded(tmp_path, {"outcomes/stigma/measure": "stigmas"})
    assert caught.value.hint == "stigma"


def test_a_unit_that_the_setting_does_not_have_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such unit"):
        simulated(tmp_path, {"design/within": "house"})


# Arms


def test_services_cannot_differ_between_arms_of_one_community(tmp_path):
    found = loaded(tmp_path, {"arms/trained": {"title": "More room", "plans": ["capacity"]}})
    with pytest.raises(InputError, match="services are shared"):
        compose(found)


def test_arms_stand_side_by_side_and_plans_keep_their_fields(tmp_path):
    made = compose(loaded(tmp_path), {"norms.conformity": 2.0, "stigma_contact.dose": 0.5})
    (scenario,) = made.scenarios
    assert made.masks == (0, 1)
    assert scenario.interventions["trained_stigma_contact"].dose == 0.5
    assert scenario.interventions["trained_stigma_contact"].reach == 1.0
    assert scenario.parameters["norms.conformity"] == 2.0
    with pytest.raises(InputError, match="no such name"):
        compose(loaded(tmp_path), {"stigma_contract.dose": 0.5})


def test_a_plan_reaches_its_own_arm_and_nobody_else(tmp_path):
    data = simulated(tmp_path, {"measures/exposed": {"of": "exposed"}, "outcomes/asks/adjust": ["exposed"]})
    rows = data.replicate(0)
    assert (rows.scores["exposed", "baseline"] == rows.arm).all()


def test_arms_that_do_the_same_differ_in_nothing(tmp_path):
    """Everybody seen in both arms, whose plans are the same: no difference at all, not even by luck."""
    data = simulated(
        tmp_path, {"arms/usual/plans": ["stigma_contact"], "arms/usual/changes": {"stigma_contact.reach": 0.0}}
    )
    assert data.turns == 1
    same = {"arms/trained/plans": [], "arms/trained/changes": None}
    data = simulated(tmp_path, same, mirrored=True)
    rows, half = data.replicate(0), data.rows.size // 2
    assert data.turns == 2
    assert (rows.arm[:half] != rows.arm[half:]).all()
    for scores in rows.scores.values():
        assert np.array_equal(scores[:half], scores[half:], equal_nan=True)


# Randomisation


def structure_of(setting="training_school", people=495):
    scenario = override(resolve(setting, [], people=people), {"setting.burn_in": 1, "weeks": 1})
    return Population([World(scenario, 1)], 1).structures[0], scenario.setting


def assigned(randomise="groups", pairs=True, within="squadron", seed=1, shares=(0.5, 0.5), **more):
    made, setting = structure_of()
    design = files.load("wingman_connect_2020").model.design
    design = design.model_copy(update={"randomise": randomise, "pairs": pairs, "within": within, **more})
    return made, assigning.assign(made, setting, design, list(shares), seed)


def test_one_class_of_each_pair_goes_to_each_arm_whole():
    made, found = assigned()
    members = made.role != LEADER
    arms = [set(found.arm[(made.group == group) & members]) for group in np.unique(made.group)]
    assert all(len(each) == 1 for each in arms)
    groups_of = {}
    for group in np.unique(made.group):
        row = np.flatnonzero(made.group == group)[0]
        groups_of.setdefault(int(found.pair[row]), []).append(int(found.arm[row]))
    assert all(sorted(each) == [0, 1] for each in groups_of.values())
    assert (found.taking_part == members).all()


def test_pairs_are_of_one_squadron_as_far_as_they_can_be():
    made, found = assigned()
    _, setting = structure_of()
    squadron = assigning.strata(made, setting, files.load("wingman_connect_2020").model.design)
    firsts = {group: np.flatnonzero(made.group == group)[0] for group in np.unique(made.group)}
    by_pair = {}
    for group, row in firsts.items():
        by_pair.setdefault(int(found.pair[row]), set()).add(int(squadron[group]))
    mixed = sum(len(each) > 1 for each in by_pair.values())
    odd = sum(np.bincount(squadron) % 2)
    assert mixed <= odd / 2  # only classes left over in their own squadron are matched across


def test_arms_are_drawn_anew_for_each_seed_and_the_same_for_the_same():
    first, again, other = (assigned(seed=seed)[1].arm for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()
    share = np.mean([assigned(seed=seed)[1].arm[0] for seed in range(40)])
    assert 0.2 < share < 0.8


def test_people_alone_are_shared_out_evenly_and_by_shares():
    _, found = assigned("people", pairs=False, within=None)
    members = found.taking_part
    assert abs((found.arm[members] == 1).mean() - 0.5) < 0.01
    _, found = assigned("people", pairs=False, within=None, shares=(0.75, 0.25))
    assert abs((found.arm[found.taking_part] == 1).mean() - 0.25) < 0.01
    _, found = assigned("people", pairs=False, within=None, participants=100)
    assert found.taking_part.sum() == 100
    assert (found.arm[~found.taking_part] == -1).all()


def test_a_part_of_the_groups_can_take_part_in_whole_pairs():
    made, found = assigned(participants=10)
    groups = np.unique(made.group[found.arm >= 0])
    assert groups.size == 10
    pairs = [found.pair[made.group == group][0] for group in groups]
    assert all(pairs.count(pair) == 2 for pair in pairs)


def test_whole_communities_can_be_randomised(tmp_path):
    changes = {
        "design": {"randomise": "communities", "communities": 6},
        "people": None,
        "changes": SMALLEST,
        "arms/trained": {"title": "More room", "plans": ["capacity"]},
    }
    data = simulated(tmp_path, changes)
    rows = data.replicate(0)
    assert np.unique(rows.cluster).size == 6
    arms = [set(rows.arm[rows.cluster == each]) for each in range(6)]
    assert all(len(each) == 1 for each in arms)
    assert sum(each == {1} for each in arms) == 3


def test_nobody_randomised_is_a_comparison_with_before(tmp_path):
    outcome = {"title": "Gain", "measure": "stigma", "at": ["later"], "effect": "gain"}
    changes = {
        "design": {"randomise": "nobody", "participants": 40},
        "arms/usual": None,
        "baseline": 2,
        "follow_ups/soon/week": 3,
        "arms/trained/changes": {"stigma_contact.reach": 1.0, "stigma_contact.start": 3},
        "outcomes": {"gain": outcome},
        "measures/exposed": {"of": "exposed"},
    }
    data = simulated(tmp_path, changes)
    assert data.rows.size == 40
    assert set(data.rows.arm) == {0}


# Instruments


def test_an_instrument_errs_as_its_reliability_says():
    draw = np.random.default_rng(1)
    true = {"baseline": draw.gamma(2.0, 3.0, 4000), "later": draw.gamma(2.0, 3.0, 4000)}
    scores = scoring.score("x", Measure(of="distress", reliability=0.7), true, 5, {})
    assert np.corrcoef(true["baseline"], scores["baseline"])[0, 1] ** 2 == pytest.approx(0.7, abs=0.03)
    errors = scores["baseline"] - true["baseline"], scores["later"] - true["later"]
    assert abs(np.corrcoef(*errors)[0, 1]) < 0.05  # errors of two occasions are apart
    exact = scoring.score("x", Measure(of="distress"), true, 5, {})
    assert np.array_equal(exact["later"], true["later"])


def test_an_adaptive_test_gives_normal_scores():
    draw = np.random.default_rng(2)
    true = {"baseline": draw.exponential(3.0, 4000), "later": draw.exponential(3.0, 4000) * 0.5}
    scores = scoring.score("x", Measure(of="distress", scale="normal"), true, 5, {})
    assert scores["baseline"].mean() == pytest.approx(0.0, abs=0.01)
    assert scores["baseline"].std() == pytest.approx(1.0, abs=0.01)
    assert scores["later"].mean() < -0.3
    order = np.argsort(true["later"])
    assert (np.diff(scores["later"][order]) >= 0).all()


def test_cut_points_by_number_by_parameter_and_by_share():
    true = {"baseline": np.arange(100.0)}
    assert scoring.score("x", Measure(of="distress", cut=90.0), true, 1, {})["baseline"].sum() == 10
    assert scoring.score("x", Measure(of="distress", cut=90.0, below=True), true, 1, {})["baseline"].sum() == 90
    by_name = Measure(of="distress", cut="distress.risk_score")
    assert scoring.score("x", by_name, true, 1, {"distress.risk_score": 70.0})["baseline"].sum() == 30
    assert scoring.score("x", Measure(of="distress", top_share=0.077), true, 1, {})["baseline"].mean() == 0.08
    bounded = Measure(of="distress", rounded=True, lowest=0, highest=27, reliability=0.5)
    scores = scoring.score("x", bounded, true, 1, {})["baseline"]
    assert scores.min() == 0
    assert scores.max() == 27
    assert (scores == np.round(scores)).all()


# Losses


def losses(attrition, retained=(0.9, 0.7), people=4000):
    trial = files.load("wingman_connect_2020").model
    names = ("one_month", "six_months")
    follow_ups = {
        name: FollowUp(week=week, retained=share) for name, week, share in zip(names, (4, 26), retained, strict=True)
    }
    trial = trial.model_copy(update={"attrition": attrition, "follow_ups": follow_ups})
    draw = np.random.default_rng(3)
    scores = {("depression", at): draw.normal(size=people) for at in ("baseline", *names)}
    return scoring.kept(trial, scores, people, 7), scores


def test_losses_at_random_are_as_many_as_reported_and_grow():
    kept, scores = losses(Attrition())
    assert kept["one_month"].mean() == pytest.approx(0.9, abs=0.015)
    assert kept["six_months"].mean() == pytest.approx(0.7, abs=0.02)
    assert not (kept["six_months"] & ~kept["one_month"]).any()
    lost = scores["depression", "one_month"][~kept["one_month"]]
    assert abs(lost.mean()) < 3.5 / np.sqrt(lost.size)


def test_losses_that_depend_on_distress_take_the_distressed():
    kept, scores = losses(Attrition(by="depression", odds_ratio=2.0))
    assert kept["six_months"].mean() == pytest.approx(0.7, abs=0.02)
    values, gone = scores["depression", "six_months"], ~kept["six_months"]
    assert values[gone].mean() > values[~gone].mean() + 0.3
    early, _ = losses(Attrition(by="depression", odds_ratio=2.0, when="baseline"))
    assert (early["six_months"] != kept["six_months"]).any()


# What is observed


@pytest.fixture(scope="module")
def watched():
    """A small campus, watched week by week: counts of what was done, and the sums that the engine wrote down."""
    changes = {"setting.burn_in": 30, "weeks": 12, "care.slots_per_1000": 6.0}
    scenario = override(resolve("university_campus", ["gatekeeper_training"], people=600), changes)
    population = Population([World(scenario, 3), World(scenario, 4)], 12, census_every=4)
    wanted = [each for each in observing.KNOWN.values() if each.weekly]
    counts = {each.name: np.zeros(population.state.people.group.size) for each in wanted}
    firsts = {name: [] for name in ("weeks_waited", "attendance")}
    trusted = []
    population.run(0, 1)
    for week in range(1, 13):
        past = Past(population, counts)
        population.run(week, 1)
        now = Moment(population)
        for each in wanted:
            if each.done:
                counts[each.name] += each.done(now, past)
            else:
                firsts[each.name].append(each.first(now, past))
        trusted.append(now.named(True).sum())
    return population, counts, firsts, trusted


def tally(population, name):
    return population.output.tallies[:, 1:, :, TALLIES.index(name)].sum()


def served(population, name):
    return population.output.service[:, 1:, SERVICE_TALLIES.index(name)].sum()


def test_asking_is_counted_as_the_engine_counts_it(watched):
    population, counts, _, _ = watched
    for name in ("friend", "leader", "professional"):
        assert counts[f"asked_{name}"].sum() == tally(population, f"asked_{name}") > 0
    assert np.array_equal(counts["asked_informal"], counts["asked_friend"] + counts["asked_leader"])
    assert np.array_equal(counts["asked_anyone"], counts["asked_informal"] + counts["asked_professional"])
    assert counts["time_in_need"].sum() == tally(population, "in_need")


def test_offers_and_waits_are_those_of_the_service(watched):
    population, counts, firsts, _ = watched
    assert counts["care_offered"].sum() == served(population, "offered") > 0
    assert counts["care_begun"].sum() == served(population, "attended")
    assert counts["gave_up_waiting"].sum() == served(population, "offered") - served(population, "attended")
    waited, taken = np.array(firsts["weeks_waited"]), np.array(firsts["attendance"])
    assert np.nansum(waited * taken) == served(population, "attended_wait")


def test_helpers_are_those_who_were_asked(watched):
    population, counts, _, _ = watched
    informal = counts["asked_informal"].sum()
    assert 0 < counts["asked_by_others"].sum() < informal  # the others asked people who are not simulated
    assert 0 < counts["answered_well"].sum() < counts["asked_by_others"].sum()
    assert 0 < counts["encouraged_others"].sum() < counts["answered_well"].sum()
    assert counts["answered_well"].sum() <= tally(population, "answered_supportively")


def test_nominations_are_those_of_the_census(watched):
    population, _, _, trusted = watched
    census = population.output.census[:, 12, :, 1].sum()
    assert trusted[-1] == census
    now = Moment(population)
    assert (now.named(False) <= now.named(True)).all()
    assert (now.named(False) < now.named(True)).any()


def test_intentions_are_the_chances_by_which_people_choose(watched):
    """The engine's own choice, put to a thousand evenly spaced draws, falls as often on each source."""
    from sim import engine, seeking

    population, _, _, _ = watched
    before = {name: column(population.state.people, name).copy() for name in ("distress", "recognised", "help_status")}
    found = Moment(population).intentions()
    for name, values in before.items():
        assert np.array_equal(column(population.state.people, name), values)  # nothing was changed
    state = population.state
    p, service = state.parameters[0], engine.service(0, 12, state)
    draws = (np.arange(1000) + 0.5) / 1000
    for i in range(0, 300, 23):
        people = state.people._replace(real=state.people.real.copy(), small=state.people.small.copy())
        for name, value in (("distress", 14.0), ("recognised", 1), ("encouraged", 0), ("help_status", 0)):
            column(people, name)[i] = value
        climate = state.groups.value[asking.CLIMATE, people.group[i]]
        chosen = [seeking.choice(i, draw, climate, service, people, p) for draw in draws]
        for place, source in enumerate((FRIEND, 2, PROFESSIONAL)):
            assert chosen.count(source) / 1000 == pytest.approx(found[place, i], abs=0.0015)
        assert chosen.count(NONE) > 0


def test_training_makes_people_readier_to_help(watched):
    population, _, _, _ = watched
    ready = Moment(population).readiness()
    trained = column(population.state.people, "reached") > 0
    assert ready[0][trained].mean() > ready[0][~trained].mean()
    assert ready.prod(axis=0)[trained].mean() > 1.4 * ready.prod(axis=0)[~trained].mean()
    assert ((ready >= 0) & (ready <= 1)).all()


def test_everything_that_can_be_observed_says_what_it_is():
    assert len(observing.KNOWN) == len((*observing.STATES, *observing.DONE, *observing.FIELDS))
    for each in observing.KNOWN.values():
        assert each.meaning
        assert each.unit
        assert sum((each.state is not None, each.done is not None, each.first is not None, bool(each.intention))) == 1


# Many at once


def test_trials_are_the_same_alone_and_in_a_batch(tmp_path):
    together = simulated(tmp_path, seeds=(1, 2, 3))
    alone = simulated(tmp_path, seeds=(2,))
    one, other = together.replicate(1), alone.replicate(0)
    assert np.array_equal(one.arm, other.arm)
    for key, scores in one.scores.items():
        assert np.array_equal(scores, other.scores[key], equal_nan=True)
    for key, kept in one.kept.items():
        assert np.array_equal(kept, other.kept[key])


def test_luck_of_the_trial_is_apart_from_luck_of_the_world():
    seeds = {int(chance.stream(1, name)) for name in ("arms", "losses", "participants", "cuts")}
    assert len(seeds | {1}) == 5
    assert chance.world_seed(7, 0) == 7
    assert chance.world_seed(7, 1) != chance.world_seed(7, 2)
    draws = chance.normals(chance.stream(1, "x"), 20_000)
    assert abs(draws.mean()) < 0.03
    assert draws.std() == pytest.approx(1.0, abs=0.02)


def test_a_trial_lives_the_worlds_that_a_study_lives(tmp_path):
    """With no plan in either arm, true states at the end are those of a plain run of the same scenario and seed."""
    changes = {"arms/trained/plans": [], "arms/trained/changes": None, "measures/stigma/reliability": 1.0}
    changes |= {"outcomes/stigma/at": ["later"]}
    found = loaded(tmp_path, changes)
    rows = living.simulate(found, [(5, {})], threads=1).replicate(0)
    scenario = compose(found).scenarios[0]
    persons = study.run(scenario, [5], persons=True).persons
    expected = persons[persons.role == "member"].self_stigma.to_numpy() if persons.role.dtype == object else None
    if expected is None:
        expected = persons.loc[persons.role.astype(str).isin(["member", "0"]), "self_stigma"].to_numpy()
    assert np.allclose(np.sort(rows.scores["stigma", "later"]), np.sort(expected), atol=1e-6)


def test_the_yaml_of_the_tests_is_what_a_reader_would_write(tmp_path):
    assert yaml.safe_load(written(tmp_path).read_text())["kind"] == changed()["kind"]


def test_the_guide_names_what_can_be_observed_and_what_is_shipped():
    text = (Path(__file__).resolve().parents[2] / "docs" / "trials.md").read_text(encoding="utf-8")
    for each in (*observing.STATES, *observing.DONE):
        assert f"| `{each.name}` | {each.unit} | {each.meaning}" in text, each.name
    assert all(f"`{name}`" in text for name in FIVE)
