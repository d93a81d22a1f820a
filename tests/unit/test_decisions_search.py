"""What money can buy, and whom to train: searches that find what is there, and claim nothing where nothing is."""

import json

import numpy as np
import pandas as pd
import pytest
import tiny
from test_command_line import said

import sim
from sim import plots
from sim.decisions import budget, equity, greedy, options, racing, training
from sim.population import Population, World
from sim.scenario import override, resolve

NEAR = {"setting.burn_in": 4, "weeks": 8}


def priced(plan="peer_leaders", **changes):
    return tiny.scenario(plan, **{f"{plan}.cost.per_person": 10.0, f"{plan}.cost.fixed": 50.0} | changes)


def club(**changes):
    return override(resolve("karate_club", ["peer_leaders"]), NEAR | changes)


# What can be afforded


def test_a_cost_that_is_expected_is_the_cost_that_comes():
    scenario = priced(**{"peer_leaders.reach": 0.11})
    lived = sim.run(scenario, 1).totals["cost"].iloc[0]
    assert options.expected_cost(scenario) == lived > 50


def test_all_that_is_offered_can_be_paid_and_the_money_is_used():
    fields = [options.varied("peer_leaders.reach")]
    found = options.affordable([priced()], ["peer_leaders"], fields, 200.0, 6)
    assert len(found) >= 5
    assert max(each.cost for each in found) == 200.0
    assert len({each.values["peer_leaders.reach"] for each in found}) == len(found)
    dearer = options.expected_cost(priced(**{"peer_leaders.reach": found[-1].values["peer_leaders.reach"] + 0.01}))
    assert dearer > 200


def test_two_fields_are_crossed_and_weeks_are_whole():
    fields = [options.varied("peer_leaders.reach=0.02:0.1"), options.varied("peer_leaders.length=2:8")]
    found = options.affordable([priced()], ["peer_leaders"], fields, 1e6, 3)
    assert len(found) == 9
    assert {each.scenario.interventions["peer_leaders"].length for each in found} == {2, 5, 8}


@pytest.mark.parametrize(
    "word", ["peer_leaders.dose", "peer_leaders.reach=1", "peer_leaders.reach=0.5:0.1", "a.reach=x:y"]
)
def test_what_cannot_be_varied_is_refused(word):
    with pytest.raises(sim.InputError):
        options.varied(word)


def test_a_plan_without_costs_has_no_budget_and_a_field_must_be_a_plans():
    with pytest.raises(sim.InputError, match="filled in"):
        options.affordable([tiny.scenario("peer_leaders")], ["p"], [], 100.0, 3)
    with pytest.raises(sim.InputError) as error:
        options.affordable([priced()], ["p"], [options.varied("peer_leader.reach")], 100.0, 3)
    assert error.value.hint == "peer_leaders.reach"


def test_too_little_money_says_what_would_be_enough():
    with pytest.raises(sim.InputError) as error:
        budget.asked([priced()], ["peer_leaders"], [options.varied("peer_leaders.reach")], 20.0, "unmet_need", 5, 5, 3)
    assert "peer_leaders from" in error.value.allowed


# The race


@pytest.fixture
def made_up(monkeypatch):
    """Scenarios that are numbers: what they come to is known."""

    def lived(scenarios, seeds, measure, draws):
        shared = [np.random.default_rng(seed).normal(0.0, 1.0) for seed in seeds]
        own = [[np.random.default_rng([seed, k]).normal(0.0, 0.3) for k in range(len(scenarios))] for seed in seeds]
        return np.array(shared)[:, None] + np.array(scenarios)[None, :] + np.array(own)

    monkeypatch.setattr(racing, "lived", lived)


def test_the_best_wins_and_the_base_never_drops_out(made_up):
    race = racing.run([0.0, 0.1, 2.0, 0.5, -3.0], "sought_in_time", 10, 20)
    assert race.left[0] == 0
    assert race.left[int(np.argmax(race.best))] == 2
    assert race.best.max() > 0.99
    assert len(race.last) == 20
    assert racing.run([0.0, 0.1, -2.0], "unmet_need", 10, 20).left[1] == 2  # where lower is better


def test_what_is_said_of_the_winner_is_free_of_the_winners_luck(made_up):
    equal = [0.0] * 12
    picked, judged = [], []
    for run in range(14):
        race = racing.run([x + 0.0 * run for x in equal], "sought_in_time", 5 + run % 3, 10)
        winner = race.left[int(np.argmax(race.first.mean(axis=0)[race.left]))]
        picked.append(racing.difference(race.first, winner)["difference"])
        judged.append(racing.difference(race.last, race.left.index(winner))["difference"])
    assert np.mean(picked) > 0.1
    assert abs(np.mean(judged)) < np.mean(picked) / 2


def test_a_budget_is_answered_from_end_to_end():
    found = budget.asked(
        [priced()], ["peer_leaders"], [options.varied("peer_leaders.reach")], 200.0, "injunctive_norm", 5, 6, 3
    )
    assert found.choices[0].label == "usual"
    assert sum(found.chance_of_plans.values()) == pytest.approx(1.0)
    assert found.chance_of_plans["peer_leaders"] > 0.9
    words = dict(budget.in_words(found))
    assert "Peer leaders" in words["In short"]
    assert "luck only" in words["How sure"]
    rows = budget.table(found)
    assert rows.chance_of_being_best.sum() == pytest.approx(1.0)
    assert (rows.cost <= 200).all()


# Whom to train


def test_people_put_in_by_hand_are_those_reached():
    scenario = club(**{"peer_leaders.reach": 3 / 32})
    trials = greedy.Trials(scenario, "peer_leaders", "injunctive_norm", [1, 2])
    chosen = training.by_rule(scenario, "peer_leaders", "nominated")
    assert len(chosen) == 3
    by_hand, by_rule, nobody = trials.by_seed([chosen, "nominated", []]).T
    assert by_hand.tolist() == by_rule.tolist()
    assert by_hand.tolist() != nobody.tolist()
    assert trials.worlds == 6


def test_other_interventions_keep_their_people():
    scenario = override(resolve("karate_club", ["peer_leaders", "stigma_contact"]), NEAR)
    alone = override(resolve("karate_club", ["stigma_contact"]), NEAR)
    without = greedy.Trials(scenario, "peer_leaders", "self_stigma", [1]).by_seed([[]])[0, 0]
    population = Population([World(alone, 1)], 8)
    population.run(8)
    assert without == pytest.approx(sim.run(alone, 1).totals["mean_self_stigma"].iloc[0])


def test_in_made_communities_a_rule_chooses_anew_with_every_seed():
    scenario = tiny.scenario("peer_leaders")
    found = training.compared(scenario, ["random", "nominated"], 4, "injunctive_norm", [5, 6, 7], [1], 5)
    by_chance, people = training.reaching(scenario, "peer_leaders", 4)
    assert 4 < len(people) <= 200
    results = sim.run(override(by_chance, {"peer_leaders.seeding": "nominated"}), [5, 6, 7])
    assert (results.totals["reached_peer_leaders"] == 4).all()
    assert found.values[:, 2].tolist() == pytest.approx(results.totals["mean_injunctive_norm"].tolist())
    assert found.people == {}


DRAWN = {"norms.conformity": [0.5, 3.0], "distress.onset_hazard": [0.002, 0.008]}


def drawing(seeds):
    """Parameters for each seed: two draws by turns."""
    return [{name: values[seed % 2] for name, values in DRAWN.items()} for seed in seeds]


def test_each_seed_meets_its_own_parameters_with_every_choice():
    """What a search makes of a seed is what one run with that seed's parameters gives."""
    names = [0.05, 0.2]
    scenarios = [tiny.scenario("peer_leaders", **{"peer_leaders.reach": reach}) for reach in names]
    values = racing.lived(scenarios, range(3, 6), "unmet_need", drawing)
    trials = greedy.Trials(scenarios[0], "peer_leaders", "unmet_need", range(3, 6), drawing)
    assert trials.by_seed(["random"])[:, 0].tolist() == values[:, 0].tolist()
    for place, seed in enumerate(range(3, 6)):
        for column, scenario in enumerate(scenarios):
            alone = override(scenario, drawing([seed])[0])
            assert values[place, column] == pytest.approx(sim.run(alone, [seed]).totals["mean_unmet_need"].iloc[0])
    assert values.tolist() != racing.lived(scenarios, range(3, 6), "unmet_need").tolist()


def test_what_an_answer_holds_is_said_as_it_is():
    asked = [priced()], ["peer_leaders"], [options.varied("peer_leaders.reach")], 200.0, "injunctive_norm", 5, 6, 3
    luck, both = (dict(budget.in_words(budget.asked(*asked, draws=draws))) for draws in (None, drawing))
    assert "luck only" in luck["How sure"]
    assert "luck and parameters" in both["How sure"]
    assert "of 6, worse in" in both["Draw by draw"]
    assert "Draw by draw" not in luck
    rules = ["random", "nominated"], 3, "injunctive_norm", range(11, 16), range(1, 4), 8
    luck, both = (dict(training.in_words(training.compared(club(), *rules, draws=draws))) for draws in (None, drawing))
    assert "luck only" in luck["How sure"]
    assert "luck and parameters" in both["How sure"]
    assert "“nominated” did better than chance in" in both["Draw by draw"]


class Covering:
    """People who each cover some places: what a set is worth is how many it covers, which is known."""

    def __init__(self, covers):
        self.covers, self.worlds = covers, 0

    def worth(self, sets):
        self.worlds += len(sets)
        return np.array([float(len(set().union(*(self.covers[p] for p in chosen)))) for chosen in sets])


def test_greedy_finds_what_plain_greedy_finds_with_fewer_trials():
    luck = np.random.default_rng(4)
    covers = {person: set(luck.choice(60, luck.integers(2, 15), replace=False).tolist()) for person in range(40)}
    lazy, plain = Covering(covers), []
    found = greedy.chosen(lazy, list(covers), 8)
    for _ in range(8):
        worth = {p: len(set().union(*(covers[q] for q in [*plain, p]))) for p in covers if p not in plain}
        plain.append(min(worth, key=lambda p: (-worth[p], p)))
    assert Covering(covers).worth([found]) == Covering(covers).worth([plain])
    assert lazy.worlds < 8 * 40 / 2


def test_rules_are_compared_on_fresh_seeds_at_equal_cost():
    rules = ["random", "nominated", "greedy"]
    found = training.compared(club(), rules, 3, "injunctive_norm", range(11, 21), range(1, 4), 8)
    assert {len(people) for people in found.people.values()} == {3}
    assert found.values.shape == (10, 4)
    assert found.training_worlds >= 8 * 3
    rows = training.table(found)
    assert list(rows.rule) == rules
    assert rows.difference.iloc[0] == 0
    assert (rows.difference_from_nobody > 0).all()
    assert rows.chance_of_being_best.sum() == pytest.approx(1.0)


def test_no_difference_is_said_to_be_none():
    values = np.random.default_rng(3).normal(0.4, 0.05, (60, 1)) + np.random.default_rng(4).normal(0, 0.02, (60, 4))
    found = training.Found(
        club(), "peer_leaders", "sought_in_time", 3, ["random", "nominated", "degree"], values, {}, 0, 0, 1
    )
    assert "no rule beats choosing 3 people at random" in dict(training.in_words(found))["In short"]
    values = values + np.array([0.0, 0.0, 0.05, 0.0])
    found = training.Found(
        club(), "peer_leaders", "sought_in_time", 3, ["random", "nominated", "degree"], values, {}, 0, 0, 1
    )
    assert "“nominated” did better" in dict(training.in_words(found))["In short"]
    assert training.table(found).verdict.tolist()[1] == equity.GAIN


@pytest.mark.parametrize(
    ("scenario", "rules", "number", "seeds", "wanted"),
    [
        (club(), ["random", "nominate"], 3, range(9, 12), "no such rule"),
        (club(), ["nominated"], 3, range(9, 12), "with chance"),
        (club(), ["random"], 99, range(9, 12), "cannot be chosen"),
        (club(), ["random"], 3, range(1, 9), "not made"),
        (tiny.scenario("peer_leaders"), ["random", "greedy"], 3, range(9, 12), "made community"),
        (override(resolve("karate_club", ["capacity"]), NEAR), ["random"], 3, range(9, 12), "one by one"),
    ],
)
def test_what_cannot_be_compared_is_refused(scenario, rules, number, seeds, wanted):
    if "capacity" in scenario.interventions:
        data = scenario.model_dump(mode="json")
        data["interventions"]["capacity"]["unit"] = "group"
        scenario = sim.scenario.scenario_from_dict(data)
    with pytest.raises(sim.InputError, match=wanted):
        training.compared(scenario, rules, number, "unmet_need", seeds, range(1, 4), 5)


# The command line

SHORT = ["--size", "160", "--weeks", "6", "--set", "setting.burn_in=4"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder to work in; pages have no figures but those of a decision, as others take long to draw."""
    monkeypatch.setattr(plots, "every", lambda results: [])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_compare_to_a_precision_and_report_it_with_tables(here):
    words = ["compare", "secondary_school", "--plans", "usual", "peer_leaders", *SHORT, "--out", "c", "--no-figures"]
    answer = said(*words, "--seeds", 6, "--precision", 0.01, "--measure", "injunctive_norm", "--most-seeds", 9)
    assert answer.exit_code == 0, answer.output
    assert "In short." in answer.stdout
    about = json.loads((here / "c" / "manifest.json").read_text())
    assert about["uncertainty"] == "luck"
    assert about["precision"]["measure"] == "injunctive_norm"
    assert about["command"].startswith("helpseek compare secondary_school --plans usual peer_leaders")
    again = said("report", "c", "--out", "c/report.html", "--xlsx", "--csv")
    assert again.exit_code == 0, again.output
    assert {"report.xlsx", "report-differences.csv", "report-about.csv"} <= {
        each.name for each in (here / "c").iterdir()
    }
    assert "--precision" in (here / "c" / "report.html").read_text()
    assert said("verify", "c").exit_code == 0


def test_parameters_drawn_with_each_seed_are_in_the_intervals(here, monkeypatch):
    from sim import posterior

    words = ["compare", "secondary_school", "--plans", "usual", "peer_leaders", *SHORT, "--seeds", 5, "--no-figures"]
    table = pd.DataFrame({"weight": [1.0, 1.0], "norms.conformity": [0.5, 3.0]})
    table.to_parquet(here / "draws.parquet")
    monkeypatch.setattr(posterior, "POSTERIOR_FILE", here / "draws.parquet")
    posterior.table.cache_clear()
    answer = said(*words, "--uncertainty", "posterior", "--out", "c", "--precision", 0.5)
    posterior.table.cache_clear()
    assert answer.exit_code == 0, answer.output
    about = json.loads((here / "c" / "manifest.json").read_text())
    assert about["uncertainty"] == "luck and parameters"
    assert len(about["draws"]) == 5
    assert "--uncertainty posterior" in about["command"]
    assert "luck and parameters" in " ".join(answer.stdout.split())
    assert said("verify", "c").exit_code == 0
    assert said(*words, "--uncertainty", "luck").exit_code == 2


def test_report_overwrites_nothing_but_its_own_page(here):
    assert said("run", "secondary_school", "peer_leaders", *SHORT, "--out", "r", "--no-figures").exit_code == 0
    assert said("report", "r").exit_code == 0
    assert said("report", "r").exit_code == 0  # its own page
    (here / "mine.html").write_text("mine")
    assert said("report", "r", "--out", "mine.html").exit_code == 2
    assert (here / "mine.html").read_text() == "mine"
    assert said("report", "r", "--out", "mine.html", "--force").exit_code == 0
    (here / "other.xlsx").write_text("mine")
    assert said("report", "r", "--out", "other.html", "--xlsx").exit_code == 2
    assert not (here / "other.html").exists()


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["report", "nowhere"], "no such folder"),
        (["report", "."], "no result"),
        (["report", ".", "--measure", "mild"], "neither more nor less"),
        (["compare", "town", "--plans", "usual", "capacity", "--measure", "unmet"], "no such measure"),
        (["compare", "town", "--plans", "usual", "capacity", "--precision", "-1"], "no precision"),
        (["budget", "town", "--plans", "capacity", "--money", "5"], "filled in"),
        (["budget", "town", "--money", "5"], "a plan is missing"),
        (["budget", "town", "--plans", "capacity", "--money", "inf"], "no amount of money"),
        (
            ["budget", "town", "--plans", "peer_support", "--money", "5", "--vary", "peer_support.rech"],
            "did you mean: peer_support.reach?",
        ),
        (
            ["budget", "town", "--plans", "peer_support", "--money", "5", "--vary", "peer_support.length=2:inf"],
            "this range is empty",
        ),
        (["budget", "town", "--plans", "capacity"], "an amount of money is missing"),
        (["budget", "town", "capacity", "--money", "5"], "helpseek budget town --plans capacity"),
        (["seeding", "town", "--rule", "greedy", "--rule", "random"], "made community"),
        (["seeding", "karate_club", "--rule", "random", "--rule", "random"], "named twice"),
        (["seeding", "karate_club", "--plan", "capacity"], "a plan that chooses persons"),
    ],
)
def test_mistakes_end_in_a_line(here, words, wanted):
    answer = said(*words)
    assert answer.exit_code == 2, answer.output
    assert wanted in answer.output
    assert "Traceback" not in answer.output


@pytest.fixture
def two_draws(here, monkeypatch):
    """A posterior of two draws in place of the shipped one."""
    from sim import posterior

    pd.DataFrame({"weight": [1.0, 1.0]} | DRAWN).to_parquet(here / "draws.parquet")
    monkeypatch.setattr(posterior, "POSTERIOR_FILE", here / "draws.parquet")
    posterior.table.cache_clear()
    yield
    posterior.table.cache_clear()


SEARCH = ["--vary", "peer_leaders.reach", "--seeds", 5, "--fresh-seeds", 6, "--levels", 2]
SEARCH += ["--set", "peer_leaders.cost.per_person=10"]


@pytest.mark.parametrize(
    "words",
    [
        ["budget", "secondary_school", "--plans", "peer_leaders", "--money", 300, *SEARCH, *SHORT],
        ["seeding", "karate_club", "--number", 3, "--seeds", 6, "--rule", "random,degree", *SHORT[2:]],
    ],
)
def test_an_answer_over_draws_says_so_everywhere(here, two_draws, words):
    words = [*words, "--measure", "injunctive_norm"]
    luck, both = said(*words, "--out", "luck"), said(*words, "--out", "both", "--uncertainty", "posterior")
    assert (luck.exit_code, both.exit_code) == (0, 0), luck.output + both.output
    for folder, holds, answer in (("luck", "luck", luck), ("both", "luck and parameters", both)):
        about = json.loads((here / folder / "answer.json").read_text())
        assert about["uncertainty"] == holds
        assert ("--uncertainty posterior" in about["command"]) == (folder == "both")
        page = (here / folder / "report.html").read_text()
        for text in (" ".join(answer.stdout.split()), page):
            assert ("luck only" in text) == (folder == "luck")
            assert ("luck and parameters" in text) == (folder == "both")
    assert said(*words, "--uncertainty", "draws").exit_code == 2


def test_budget_and_seeding_write_an_answer_a_page_and_a_figure(here):
    cost = ["--set", "peer_leaders.cost.per_person=10"]
    few = ["--seeds", 5, "--fresh-seeds", 5, "--levels", 3, "--measure", "injunctive_norm"]
    words = ["budget", "secondary_school", "--plans", "peer_leaders", "--money", 100, "--vary", "peer_leaders.reach"]
    answer = said(*words, *few, *cost, *SHORT, "--out", "b")
    assert answer.exit_code == 0, answer.output
    found = json.loads((here / "b" / "answer.json").read_text())
    assert found["kind"] == "budget"
    assert (here / "b" / "figures" / "budget.png").stat().st_size > 10_000
    words = ["seeding", "karate_club", "--number", 3, "--seeds", 5, "--training-seeds", 2, "--candidates", 4]
    answer = said(*words, "--weeks", 6, "--set", "setting.burn_in=4", "--out", "k", "--json")
    assert answer.exit_code == 0, answer.output
    assert len(json.loads(answer.stdout)["rows"]) == 7
    for folder in ("b", "k"):
        page = (here / folder / "report.html").read_text()
        assert "<script" not in page
        assert "988" in page
        assert "helpseek " in page
    assert said(*words, "--out", "k").exit_code == 2  # taken
    for command in ("report", "verify"):
        answer = said(command, "k")
        assert answer.exit_code == 2
        assert "an answer of budget or seeding" in answer.stderr
