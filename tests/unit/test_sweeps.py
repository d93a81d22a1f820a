"""Studies in memory: every world by its number, cheap variants that are exactly overrides, the measures chosen."""

import itertools

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import InputError
from sim.population import World
from sim.scenario import override, resolve
from sim.sweeps import Chosen, Sample, Study, measured, outcomes
from sim.sweeps.designs import Factorial, Table
from sim.sweeps.variants import Variants

SHORT = {"setting.burn_in": 2, "weeks": 6}
FEW = ["unmet_need", "norm", "cost", "density", "asks", "sought_in_time"]


def school(*plans, size=160):
    return override(resolve("secondary_school", list(plans), people=size), SHORT)


def two():
    return {"usual": school("usual"), "leaders": school("peer_leaders")}


# Variants


CHANGES = {
    "norms.conformity": [0.5, 2],
    "bonds.reach_trust": [0.55, 0.6],
    "peer_leaders.reach": [0, 0.25],
    "plans.peer_leaders.speaking": [1.0, 1.5],
    "peer_leaders.cost.per_person": [3, 4.5],
    "peer_leaders.start": [2, 3.0],
    "peer_leaders.seeding": ["degree", "random"],
    "peer_leaders.half_life": [None, 4],
    "people": [200, 240.0],
    "burn_in": [3, 0],
    "weeks": [4, 5],
    "setting.units.class.ties": [5, 6.5],
}


def test_variants_are_what_override_makes():
    base = school("peer_leaders")
    names = list(CHANGES)
    variants = Variants(base, names)
    rng = np.random.default_rng(3)
    for _ in range(20):
        values = tuple(CHANGES[name][rng.integers(2)] for name in names)
        full = {"people": "setting.people", "burn_in": "setting.burn_in"}
        asked = {full.get(name, name): value for name, value in zip(names, values, strict=True)}
        assert variants.scenario(values) == override(base, asked)
        assert variants.scenario(values) is variants.scenario(values)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("norms.conformity", 1e9),
        ("norms.conformity", "much"),
        ("norms.conformity", True),
        ("peer_leaders.reach", 1.5),
        ("peer_leaders.start", 2.5),
        ("plans.peer_leaders.speaking", 1e6),
        ("people", 20),
        ("weeks", 0),
        ("peer_leaders.seeding", "loudest"),
    ],
)
def test_variants_refuse_what_override_refuses_in_the_same_words(name, value):
    base = school("peer_leaders")
    with pytest.raises(InputError) as quick:
        Variants(base, [name]).scenario((value,))
    with pytest.raises(InputError) as full:
        override(base, {{"people": "setting.people"}.get(name, name): value})
    assert str(quick.value) == str(full.value)


def test_a_name_that_a_scenario_does_not_know_changes_nothing_in_it():
    base = school("usual")
    variants = Variants(base, ["peer_leaders.reach"])
    assert variants.scenario((0.1,)) is variants.scenario((0.2,))
    assert variants.scenario((0.1,)) == base


# Measures


def test_measures_are_those_of_results_to_the_last_bit():
    scenarios = two()
    chosen = Chosen.of(FEW, ["mean", "final", 4])
    found = outcomes(scenarios, seeds=3, measures=chosen)
    results = sim.run(list(scenarios.values()), 3, labels=list(scenarios))
    totals = results.totals
    assert list(found["scenario"]) == list(totals["label"])
    assert list(found["seed"]) == list(totals["seed"])
    for name in ("mean_unmet_need", "final_unmet_need", "mean_sought_in_time", "final_sought_in_time", "final_density"):
        assert np.array_equal(found[name], totals[name], equal_nan=True), name
    for name in ("cost", "asks"):
        assert np.array_equal(found[name], totals[name])
    assert np.array_equal(found["norm"], totals["norm"].to_numpy(float, na_value=np.nan), equal_nan=True)
    weekly = results.weekly
    week = weekly.loc[weekly["week"] == 4].reset_index()
    for name in ("unmet_need", "sought_in_time", "density"):
        assert np.array_equal(found[f"week4_{name}"], week[name], equal_nan=True), name
    assert not np.array_equal(found["week4_unmet_need"], found["final_unmet_need"])


def test_the_network_is_counted_only_where_a_measure_needs_it():
    assert Chosen.of(["unmet_need", "norm"]).census_every == 0
    assert Chosen.of(["unmet_need", "isolates"]).census_every > 0


@pytest.mark.parametrize(
    ("measures", "at", "said"),
    [
        (["unmet_needs"], "mean", "unmet_need"),
        ([], "mean", "at least one"),
        (["norm", "norm"], "mean", "twice"),
        (["norm"], "later", "mean, final, or a week"),
        (["norm"], -1, "mean, final, or a week"),
        (["norm"], ["mean", "mean"], "twice"),
        (["unmet_need"], 7, "up to 6"),
    ],
)
def test_measures_and_times_that_there_are_not_are_refused(measures, at, said):
    with pytest.raises(InputError, match=said):
        Study(school("usual"), measures=measures, at=at)


# Designs


def test_every_world_of_a_factorial_stands_once_and_those_that_begin_alike_stand_together():
    vary = {"peer_leaders.reach": [0.1, 0.2, 0.3], "norms.conformity": [1, 2]}
    study = Study(two(), vary, seeds=[7, 5])
    rows = study.rows(np.arange(study.worlds), study.piece(np.arange(0)).live())
    found = list(zip(rows["norms.conformity"], rows["peer_leaders.reach"], rows["scenario"], rows["seed"].tolist(),
                     strict=True))  # fmt: skip
    assert set(found) == set(itertools.product([1, 2], [0.1, 0.2, 0.3], ["usual", "leaders"], [5, 7]))
    assert len(found) == study.worlds == 24
    begins = [(conformity, seed) for conformity, _, _, seed in found]
    assert [key for key, _ in itertools.groupby(begins)] == [(1, 7), (1, 5), (2, 7), (2, 5)]


def test_every_row_of_a_table_stands_once_and_those_that_begin_alike_stand_together():
    table = pd.DataFrame({"norms.conformity": [1, 2, 1, 2, 1], "peer_leaders.reach": [0.1, 0.2, 0.3, 0.4, 0.5]})
    study = Study(two(), table, seeds=2)
    point, scenario, seed = study.located(np.arange(study.worlds))
    found = list(zip(point.tolist(), scenario.tolist(), seed.tolist(), strict=True))
    assert sorted(found) == sorted(itertools.product(range(5), range(2), [1, 2]))
    begins = [(table["norms.conformity"][each], s) for each, _, s in found]
    assert [key for key, _ in itertools.groupby(begins)] == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_a_table_may_say_for_which_scenario_and_seed_a_row_is():
    table = pd.DataFrame(
        {"scenario": ["leaders", "usual", "leaders"], "seed": [3, 3, 9], "norms.conformity": [1, 1, 2]}
    )
    found = outcomes(two(), table, seeds=5, measures="unmet_need")
    assert list(found["scenario"]) == ["leaders", "usual", "leaders"]
    assert list(found["seed"]) == [3, 3, 9]
    alone = measured([World(override(two()["leaders"], {"norms.conformity": 2}), 9)], "unmet_need")
    assert found["unmet_need"][2] == alone.values["unmet_need"][0]


def test_a_factorial_of_a_thousand_million_points_is_never_written_out():
    vary = {"norms.criterion_share": np.linspace(0.5, 0.8, 1000), "norms.conformity": np.linspace(1, 2, 1000)}
    study = Study(school("usual"), vary, seeds=1000)
    assert isinstance(study.design, Factorial)
    assert study.worlds == 10**9
    assert study.design.values(999_999) == (0.8, 2.0)
    piece = study.piece(np.array([0, 10**9 - 1]))
    assert piece.values == ((0.5, 1.0), (0.8, 2.0))
    assert piece.seeds == (1, 1000)


@pytest.mark.parametrize(
    ("vary", "said"),
    [
        ({"norms.conformty": [1]}, "norms.conformity"),
        ({"peer_leader.reach": [1]}, "peer_leaders.reach"),
        ({"norms.conformity": [1, 1e9]}, "out of range"),
        ({"norms.conformity": []}, "empty list"),
        ({"norms.conformity": 1}, "a list of values"),
        ({"norms.conformity": [1, 1]}, "twice"),
        ({"people": [200], "setting.people": [300]}, "the same"),
        ("norms.conformity", "no way to vary"),
        (pd.DataFrame({"norms.conformity": []}), "at least one row"),
        (pd.DataFrame({"scenario": ["leader"], "norms.conformity": [1]}), "leaders"),
        (pd.DataFrame({"seed": [-1], "norms.conformity": [1]}), "no seed"),
        (Sample({"norms.conformity": (0.5, 1e9)}, 4), "too wide"),
        (Sample({"norms.conformity": (2, 1)}, 4), "no range"),
        (Sample(["peer_leaders.start"], 0), "number of points"),
        (Sample(["norms.conformity"], 3, "saltelli"), "power of two"),
        (Sample(["norms.conformity"], 3, "sobl"), "sobol"),
        (Sample(["norms.conformitee"], 3), "norms.conformity"),
        (Sample(["peer_leaders.cost.fixed"], 3), "needs a range"),
    ],
)
def test_designs_that_cannot_be_are_refused_before_any_work(vary, said):
    with pytest.raises(InputError, match=said):
        Study(two(), vary)


def test_a_usual_effect_under_a_plan_with_its_own_is_refused():
    own = override(school("peer_leaders"), {"plans.peer_leaders.speaking": 1.0})
    with pytest.raises(InputError, match="its own value"):
        Study({"usual": school("usual"), "own": own}, {"peer_leaders.speaking": [1.0, 1.5]})


# Samples


@pytest.mark.parametrize("method", ["latin_hypercube", "sobol", "random", "saltelli"])
def test_samples_fill_their_ranges_and_are_the_same_every_time(method):
    bases = [school("peer_leaders")]
    over = {"norms.conformity": (1.0, 2.0), "peer_leaders.reach": None, "peer_leaders.start": (1, 4)}
    sample = Sample(over, 64, method, seed=5)
    table = sample.table(bases)
    assert list(table) == list(over)
    assert len(table) == (64 * 5 if method == "saltelli" else 64)
    assert table["norms.conformity"].between(1, 2).all()
    assert set(table["peer_leaders.start"]) == {1, 2, 3, 4}
    for name, low, high in (("norms.conformity", 1, 2), ("peer_leaders.reach", 0, 1)):
        counts = np.histogram(table[name], 4, (low, high))[0]
        assert counts.min() > len(table) / 8
    pd.testing.assert_frame_equal(table, sample.table(bases))
    assert not table.equals(Sample(over, 64, method, seed=6).table(bases))


def test_a_latin_hypercube_has_one_point_in_every_stratum():
    table = Sample(["norms.conformity"], 50).table([school("usual")])
    low, high = sim.registry()["norms.conformity"].low, sim.registry()["norms.conformity"].high
    assert np.histogram(table["norms.conformity"], 50, (low, high))[0].tolist() == [1] * 50


def test_saltelli_is_what_salib_analyses():
    from SALib.analyze import sobol

    table = Sample({"norms.conformity": (0, 1), "peer_leaders.reach": (0, 1)}, 256, "saltelli").table(
        [school("peer_leaders")]
    )
    problem = {"num_vars": 2, "names": list(table), "bounds": [[0, 1]] * 2}
    y = (3 * table["norms.conformity"] + table["peer_leaders.reach"]).to_numpy()
    found = sobol.analyze(problem, y, calc_second_order=False, seed=1)
    assert found["S1"] == pytest.approx([0.9, 0.1], abs=0.03)


# The same bits whatever is done beside


def test_a_world_is_the_same_alone_in_company_in_any_order_and_on_any_threads():
    table = pd.DataFrame({"norms.conformity": [1, 2, 3, 1], "people": [160, 200, 170, 160],
                          "peer_leaders.reach": [0.1, 0.2, 0.3, 0.4]})  # fmt: skip
    whole = outcomes(two(), table, seeds=2, measures=FEW, threads=1)
    turned = outcomes(two(), table[::-1].reset_index(drop=True), seeds=[2, 1], measures=FEW, threads=3)
    turned["point"] = 3 - turned["point"]
    back = turned.sort_values(["point", "scenario", "seed"], ignore_index=True).drop(columns="world")
    pd.testing.assert_frame_equal(whole.drop(columns="world"), back)
    for _, row in whole.iloc[::3].iterrows():
        asked = {"norms.conformity": row["norms.conformity"], "setting.people": row["people"]}
        if row["scenario"] == "leaders":
            asked["peer_leaders.reach"] = row["peer_leaders.reach"]
        alone = measured([World(override(two()[row["scenario"]], asked), int(row["seed"]))], FEW)
        assert np.array_equal([alone.values[name][0] for name in FEW], row[FEW].astype(float), equal_nan=True)
    assert whole.groupby("point")["unmet_need"].mean().nunique() >= 3


# Worlds that fail


def test_worlds_that_cannot_be_made_are_noted_and_the_others_live():
    found = outcomes(two(), {"people": [20, 160]}, seeds=2, measures="unmet_need")
    failed = found["failure"].notna()
    assert list(failed) == [people == 20 for people in found["people"]]
    assert found["unmet_need"].isna().tolist() == failed.tolist()
    assert "too few people" in found["failure"][0]


def test_a_world_that_fails_while_it_is_built_is_found_in_its_batch():
    named = override(school("peer_leaders"), {"peer_leaders.groups": ["nowhere"]})
    good = school("peer_leaders")
    worlds = [World(good, 1), World(named, 1), World(good, 2), World(named, 3), World(good, 3)]
    found = measured(worlds, "unmet_need")
    assert list(found.failures) == [1, 3]
    assert "there is no such group" in found.failures[1]
    alone = measured([worlds[0], worlds[2], worlds[4]], "unmet_need")
    assert found.values["unmet_need"][[0, 2, 4]].tolist() == alone.values["unmet_need"].tolist()


def test_a_world_too_short_for_a_week_that_is_asked_for_is_noted():
    found = outcomes(school("usual"), {"weeks": [3, 6]}, measures="unmet_need", at=5)
    assert found["failure"].notna().tolist() == [True, False]
    assert "week 5" in found["failure"][0]


def test_tables_and_lists_of_the_same_points_are_one_study():
    lists = outcomes(two(), {"norms.conformity": [1, 2], "peer_leaders.reach": [0.1, 0.3]}, seeds=2)
    table = pd.DataFrame(
        list(itertools.product([1, 2], [0.1, 0.3])), columns=["norms.conformity", "peer_leaders.reach"]
    )
    again = outcomes(two(), table.astype({"norms.conformity": int}), seeds=2)
    pd.testing.assert_frame_equal(lists, again)
    assert isinstance(Study(two(), table).design, Table)
