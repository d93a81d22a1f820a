"""Many runs: the same bits however the work is shared out, and a result that can be made again from its manifest."""

import json

import numpy as np
import pandas as pd
import pytest

import sim
from sim import batches, rules, shipped, study
from sim.people import FIELDS
from sim.population import Population, World

SEEDS = (3, 1, 2**63)


def small(plans="usual", weeks=10, setting="workplace", burn_in=6, **changes):
    people = {"workplace": 90, "secondary_school": 160}.get(setting)
    made = sim.resolve(setting, plans, people=people, weeks=weeks)
    return sim.override(made, {"setting.burn_in": burn_in} | changes)


@pytest.fixture(scope="module")
def scenarios():
    """Two that begin alike, one of another setting, one of another length."""
    return [small(), small("peer_leaders"), small(setting="karate_club"), small(weeks=7)]


@pytest.fixture(scope="module")
def results(scenarios):
    return study.run(scenarios, SEEDS, threads=2, persons=True, labels=["usual", "peers", "club", "short"])


def digests(results):
    return {name: each["sha256"] for name, each in results.manifest["tables"].items()}


def again(results, scenarios, **options):
    return study.run(scenarios, SEEDS, persons=True, labels=results.labels, **options)


def test_one_thread_or_two(results, scenarios):
    assert digests(again(results, scenarios, threads=1)) == digests(results)


@pytest.mark.parametrize(("people", "size"), [(1, 10**9), (200, 10**9), (10**9, 1)])
def test_batches_of_any_size(results, scenarios, monkeypatch, people, size):
    monkeypatch.setattr(batches, "BATCH_PEOPLE", people)
    monkeypatch.setattr(batches, "BATCH_BYTES", size)
    assert digests(again(results, scenarios, threads=2)) == digests(results)


def test_a_scenario_alone(results, scenarios):
    for label, scenario in zip(results.labels, scenarios, strict=True):
        alone = study.run(scenario, SEEDS[1:2], threads=1, labels=[label], persons=True)
        for name in ("weekly", "totals", "persons", "subgroups"):
            one, all_of_them = alone.table(name), results.table(name)
            chosen = all_of_them[(all_of_them["label"] == label) & (all_of_them["seed"] == SEEDS[1])]
            shared = [column for column in one if column not in ("run", "label")]
            pd.testing.assert_frame_equal(
                one[shared].reset_index(drop=True),
                chosen[shared].reset_index(drop=True),
                check_exact=True,
                check_dtype=False,
                check_categorical=False,
            )


def test_another_seed_is_another_world(results):
    totals = results.totals[results.totals["label"] == "usual"]
    assert totals["final_mean_distress"].nunique() == len(SEEDS)


def test_runs_are_in_the_order_in_which_they_were_asked_for(results):
    runs = results.runs
    assert runs["run"].tolist() == list(range(12))
    assert runs["label"].tolist() == [label for label in results.labels for _ in SEEDS]
    assert runs["seed"].tolist() == list(SEEDS) * 4
    assert runs["weeks"].tolist() == [10] * 9 + [7] * 3
    weekly = results.weekly
    assert weekly["run"].is_monotonic_increasing
    assert weekly.groupby("run")["week"].apply(list).tolist() == [list(range(w + 1)) for w in runs["weeks"]]


def test_every_person_is_in_the_tables(results):
    people = results.runs["people"].to_numpy()
    assert results.persons.groupby("run").size().tolist() == people.tolist()
    assert results.groups.groupby("run")["size"].sum().tolist() == people.tolist()
    tallied = results.subgroups.groupby(["run", "week"])["people"].sum()
    assert (tallied == people[tallied.index.get_level_values("run")]).all()
    last = results.persons.groupby("run")["distress"].mean().to_numpy()
    assert results.totals["final_mean_distress"].to_numpy() == pytest.approx(last, rel=1e-5)
    kept = {field.name for field in FIELDS} - {"group", "role"}
    assert kept | {"person", "group", "role", "risk", "isolation", "id"} <= set(results.persons)


def test_people_of_ones_own_network_keep_their_names(results):
    persons = results.persons
    club = persons[persons["label"] == "club"]
    assert club["id"].notna().all()
    assert club["id"].nunique() == 34
    assert persons[persons["label"] == "usual"]["id"].isna().all()
    assert persons["group"].notna().all()


def test_shares_of_people_add_up(results):
    weekly = results.weekly
    assert (weekly["well"] + weekly["at_least_mild"]).to_numpy() == pytest.approx(1.0)
    assert weekly["mean_distress"].between(0, 27).all()
    assert (weekly["norm_now"] == (weekly["norm_expects"] & weekly["norm_seeks"])).all()


def test_networks_are_counted_every_four_weeks_and_in_the_last(results):
    weekly = results.weekly[results.weekly["label"] == "usual"]
    assert sorted(weekly.loc[weekly["nominations"].notna(), "week"].unique()) == [0, 4, 8, 10]


def test_progress_ends_at_the_total_that_it_began_with(scenarios):
    seen = []
    study.run(scenarios, SEEDS, threads=2, progress=lambda done, total: seen.append((done, total)))
    done, totals = [each for each, _ in seen], {total for _, total in seen}
    assert done == sorted(done)
    assert totals == {done[-1]}


def test_people_are_counted_before_they_are_made(scenarios):
    for scenario in scenarios:
        made = Population([World(scenario, 1)], 1)
        assert batches.people_in(scenario) == made.rows(0).stop


def test_worlds_are_built_and_lived_by_no_more_threads_than_were_asked_for(scenarios, monkeypatch):
    from concurrent import futures

    from sim import engine, population

    asked = []

    class Watched(futures.ThreadPoolExecutor):
        def __init__(self, workers, *rest, **options):
            asked.append(workers)
            super().__init__(workers, *rest, **options)

    for module in (engine, population):
        monkeypatch.setattr(module, "ThreadPoolExecutor", Watched)
    study.run(scenarios, SEEDS, threads=1)
    assert set(asked) == {1}
    study.run(scenarios, SEEDS, threads=3)
    assert max(asked) <= 3


def test_batches_are_bounded_and_keep_together_what_begins_alike(scenarios, monkeypatch):
    from sim.tabling import Run

    runs = [Run(k, "", scenario, seed) for k, (scenario, seed) in enumerate((c, s) for c in scenarios for s in SEEDS)]
    sizes = {id(scenario): batches.people_in(scenario) for scenario in scenarios}
    monkeypatch.setattr(batches, "BATCH_PEOPLE", 250)
    made = list(batches.batches(runs, sizes))
    assert sorted(run.number for batch in made for run in batch) == list(range(12))
    for batch in made:
        assert sum(sizes[id(run.scenario)] for run in batch) <= 250
        assert len({run.scenario.weeks for run in batch}) == 1
    for seed in SEEDS:
        assert any({(0, seed), (1, seed)} <= {(scenarios.index(r.scenario), r.seed) for r in batch} for batch in made)


@pytest.mark.parametrize("kind", sorted(set(shipped.names("plan")) - {"usual"}))
def test_a_plan_that_reaches_nobody_is_no_plan(kind):
    made = small(kind, setting="secondary_school", weeks=8)
    name = next(iter(made.interventions))
    nothing = sim.override(made, {f"plans.{name}.reach": 0.0})
    usual = small(setting="secondary_school", weeks=8)
    population = Population([World(each, 4) for each in (usual, nothing, made)], 8)
    population.run(8, threads=2)
    for table in population.output:
        assert np.array_equal(table[0], table[1], equal_nan=True)
    rows = [population.rows(w) for w in range(3)]
    people = population.state.people
    for table in (people.real, people.small, people.weeks, people.reached):
        assert np.array_equal(table[..., rows[0]], table[..., rows[1]])
    different = [not np.array_equal(t[0], t[2], equal_nan=True) for t in population.output]
    assert any(different)  # and with its reach it is one


def test_a_number_of_seeds_counts_from_one():
    assert study.checked_seeds(3) == [1, 2, 3]
    assert study.checked_seeds(np.arange(2)) == [0, 1]


@pytest.mark.parametrize("seeds", [0, -1, True, [], [1, 1], [-1], [2**64], [1.0], ["1"], [True], [None]])
def test_seeds_that_are_none_are_refused(seeds):
    with pytest.raises(sim.InputError) as error:
        study.run(small(), seeds)
    assert "seed" in str(error.value)


@pytest.mark.parametrize("weeks", [0, 5201, "ten", 1.5])
def test_weeks_that_cannot_be_are_refused(weeks):
    with pytest.raises(sim.InputError):
        study.run(small(), 1, weeks=weeks)


def test_weeks_replace_what_scenarios_say(scenarios):
    found = study.run(scenarios[:1], 1, weeks=3, threads=1)
    assert found.weekly["week"].max() == 3
    assert found.scenarios[0].weeks == 3


def test_nothing_to_run_is_refused():
    with pytest.raises(sim.InputError):
        study.run([], 1)


def test_labels_are_the_plans_names():
    one, other = small("peer_leaders"), small(["peer_leaders", "capacity"])
    elsewhere = small(setting="karate_club")
    assert study.labelled([one, other], None) == ["peer_leaders", "peer_leaders+capacity"]
    assert study.labelled([one, one], None) == ["peer_leaders", "peer_leaders (2)"]
    assert study.labelled([one, elsewhere], None) == ["workplace: peer_leaders", "karate_club: usual"]
    assert study.labelled([one.model_copy(update={"plan_names": ()})], None) == ["usual"]


@pytest.mark.parametrize("labels", [["a"], ["a", "a"], ["a", ""], ["a", 1]])
def test_labels_that_do_not_fit_are_refused(labels):
    with pytest.raises(sim.InputError):
        study.labelled([small(), small("capacity")], labels)


def test_plans_are_compared_by_name_together_or_from_a_file(tmp_path):
    own = tmp_path / "a+b.yaml"
    own.write_text("kind: plan\ntitle: Mine\ndescription: Nothing\ninterventions: {}\n")
    found = study.compare("karate_club", ["usual", "capacity+screening", str(own), ["capacity"]], 1, 2, threads=1)
    assert found.labels == ["usual", "capacity+screening", "a+b", "capacity"]
    assert [len(scenario.interventions) for scenario in found.scenarios] == [0, 2, 0, 1]


def test_what_an_intervention_costs():
    made = small("peer_leaders", weeks=10)
    fields = {"start": 3, "length": 4, "half_life": None, "reach": 0.1}
    cost = {"cost.fixed": 100.0, "cost.per_person": 10.0, "cost.per_week": 1.0, "cost.currency": "EUR"}
    item = {f"plans.peer_leaders.{name}": value for name, value in (fields | cost).items()}
    priced = sim.override(made, item)
    boosters = [{"week": 1, "strength": 1.0}, {"week": 6, "strength": 0.5}, {"week": 50, "strength": 1.0}]
    boosted = sim.override(priced, {"plans.peer_leaders.boosters": boosters})
    late = sim.override(priced, {"plans.peer_leaders.start": 11})
    found = study.run([small(weeks=10), priced, boosted, late], 1, threads=1, labels=list("upbl"))
    totals = found.totals.set_index("label")
    assert totals["people_reached"].tolist() == [0, 9, 9, 0]
    assert totals["cost"].tolist() == [0.0, 194.0, 194.5, 0.0]  # a booster within the delivery adds nothing
    assert totals["cost_peer_leaders"].tolist()[1:] == [194.0, 194.5, 0.0]
    assert np.isnan(totals["cost_peer_leaders"].iloc[0])
    assert totals["currency"].tolist() == ["", "EUR", "EUR", "EUR"]


def test_the_verdict_stands_in_the_tables(results):
    totals, weekly = results.totals, results.weekly
    assert totals["norm_words"].str.split(":").str[0].isin(["yes", "no", "cannot be told"]).all()
    said = totals["norm_words"].str.split(":").str[0].map({"yes": 1, "no": 0, "cannot be told": -1}).astype(int)
    assert (totals["norm"].astype("Int8").fillna(-1).astype(int) == said).all()
    assert (totals["norm_longest"] == weekly.groupby("run")["norm_weeks"].max().to_numpy()).all()
    assert totals["norm_after"].tolist() == [0] * 3 + [26] * 3 + [0] * 6
    assert totals.loc[totals["label"] == "peers", "norm"].isna().all()  # its leaders are still at work in week 10


@pytest.fixture
def stored(results, tmp_path):
    return results.save(tmp_path / "stored")


def edited(path, change):
    file = path / "manifest.json"
    about = json.loads(file.read_text())
    change(about)
    file.write_text(json.dumps(about))


def test_a_result_can_be_made_again(stored):
    assert study.verify(stored, threads=1) == study.Verification(True, [], [])


def test_a_changed_table_is_found(stored):
    weekly = pd.read_parquet(stored / "weekly.parquet")
    weekly.loc[5, "mean_distress"] += 1e-15
    weekly.to_parquet(stored / "weekly.parquet", index=False)
    found = study.verify(stored)
    assert not found.ok
    assert found.differences == ["weekly: this table was changed since it was written"]


def test_a_table_that_does_not_come_out_again_is_found_and_where(stored, results):
    from sim import storing

    weekly = results.weekly.copy()
    weekly.loc[5, "mean_distress"] += 0.5
    weekly.to_parquet(stored / "weekly.parquet", index=False)
    edited(stored, lambda about: about["tables"]["weekly"].update(sha256=storing.digest(weekly)))
    found = study.verify(stored)
    assert not found.ok
    assert len(found.differences) == 1
    assert found.differences[0].startswith(
        "weekly: mean_distress differs in 1 of 123 rows, first at run 0, label usual"
    )


def test_a_changed_scenario_is_found(stored):
    edited(stored, lambda about: about["scenarios"][1]["scenario"]["parameters"].update({"norms.conformity": 1.6}))
    found = study.verify(stored)
    assert not found.ok
    assert "peers: this scenario was changed" in found.differences[0]


def test_a_scenario_that_is_none_any_more_is_said(stored):
    edited(stored, lambda about: about["scenarios"][1]["scenario"]["parameters"].update({"norms.nonsense": 1.6}))
    found = study.verify(stored)
    assert not found.ok
    assert "norms.nonsense" in found.differences[0]


def test_other_versions_are_named_and_do_no_harm(stored):
    edited(stored, lambda about: about["versions"].update(numpy="1.0"))
    found = study.verify(stored, threads=2)
    assert found.ok
    assert len(found.versions) == 1
    assert found.versions[0].startswith("numpy: 1.0 then")


def test_a_network_file_that_changed_is_found_before_anything_runs(tmp_path):
    ties = tmp_path / "ties.csv"
    ties.write_text("source,target\na,b\nb,c\n")
    made = sim.override(sim.resolve(None, "usual", weeks=2, network=(None, ties)), {"setting.burn_in": 2})
    stored = study.run(made, 1, threads=1).save(tmp_path / "stored")
    assert study.verify(stored).ok
    ties.write_text("source,target\na,b\nb,d\n")
    found = study.verify(stored, progress=lambda done, total: pytest.fail("it should not have run"))
    assert found.differences == ["usual: the file of ties is no longer the one that was used"]
    ties.unlink()
    found = study.verify(stored)
    assert not found.ok
    assert "no such file" in found.differences[0]


# Draws of parameters


def test_draws_that_change_nothing_change_no_number(scenarios):
    usual = [{"norms.conformity": each.parameters["norms.conformity"]} for each in scenarios[:1]] * 2
    plain, drawn = (study.run(scenarios[:1], 2, draws=draws) for draws in (None, usual))
    assert drawn.weekly.equals(plain.weekly)
    assert (plain.uncertainty, drawn.uncertainty) == ("luck", "luck and parameters")


def test_each_seed_has_its_own_draw_and_can_be_made_again(scenarios, tmp_path):
    draws = [{"norms.conformity": 0.5}, {"norms.conformity": 2.5}]
    drawn = study.run(scenarios[:1], 2, draws=draws)
    for place, draw in enumerate(draws):
        alone = study.run([sim.override(scenarios[0], draw)], [place + 1])
        mine = drawn.weekly[drawn.weekly["seed"] == place + 1].drop(columns=["run", "label"])
        assert mine.reset_index(drop=True).equals(alone.weekly.drop(columns=["run", "label"]))
    drawn.save(tmp_path / "drawn")
    assert study.verify(tmp_path / "drawn").ok


def test_a_plan_keeps_what_it_says_itself_whatever_is_drawn():
    handle = next(iter(rules.kinds()["peer_leaders"].values()))
    own = f"plans.{handle.name}"
    pinned = small("peer_leaders", **{own: handle.low})
    assert study.drawn(pinned, {handle.name: handle.high}) == pinned
    free = study.drawn(small("peer_leaders"), {handle.name: handle.high})
    assert free.parameters[handle.name] == handle.high


def test_too_few_draws_are_refused(scenarios):
    with pytest.raises(sim.InputError, match="differ in number"):
        study.run(scenarios[:1], 2, draws=[{}])
