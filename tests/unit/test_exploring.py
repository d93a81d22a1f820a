"""Problems, the model as a function, what drives it, designs, the commands, and what they write."""

import importlib.util
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim import storing
from sim.__main__ import app
from sim.errors import InputError
from sim.exploring import designs, findings, index_plots, problems, stored
from sim.exploring import sensitivity as analysing
from sim.exploring.evaluating import Failed, evaluate
from sim.params import registry
from sim.scenario import override

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
SHORT = {"setting.burn_in": 4}
NAMES = ["norms.conformity", "peer_leaders.reach"]


def a_problem(names=NAMES, measures="injunctive_norm", **options):
    options = {"people": 160, "weeks": 8, "changes": SHORT} | options
    return sim.problem("secondary_school", "peer_leaders", names, measures=measures, **options)


def run_command(*words):
    return CliRunner().invoke(app, list(map(str, words)))


# Problems


def test_a_problem_holds_what_is_uncertain_and_at_work():
    found = sim.problem("training_school", "usual")
    assert found["num_vars"] == len(found["names"]) == len(found["bounds"]) == len(found["groups"])
    assert {registry()[name].kind for name in found["names"]} == {"uncertain"}
    assert not any(name.startswith("peer_leaders.") for name in found["names"])
    with_plan = sim.problem("training_school", "peer_leaders")
    assert {"peer_leaders.speaking", "peer_leaders.helper_skill"} <= set(with_plan["names"])
    for name, (low, high), group in zip(found["names"], found["bounds"], found["groups"], strict=True):
        assert (low, high) == (registry()[name].low, registry()[name].high)
        assert group == registry()[name].group


def test_names_ranges_and_groups_are_as_asked():
    single = a_problem(ranges={"norms.conformity": (1, 2)})
    assert single["names"] == NAMES
    assert single["bounds"] == [[1.0, 2.0], [0.0, 1.0]]
    assert "groups" not in single
    assert single["usual"] == [single["scenario"].parameters["norms.conformity"], 0.08]
    whole = a_problem(["norms", "peer_leaders.reach"])
    assert set(whole["groups"]) == {"norms", "peer_leaders"}
    assert "groups" not in a_problem(["norms"], grouped=False)
    effect = a_problem(["plans.peer_leaders.speaking"])
    assert effect["bounds"] == [[registry()["peer_leaders.speaking"].low, registry()["peer_leaders.speaking"].high]]


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"names": ["norms.conformty"]}, "norms.conformty"),
        ({"names": []}, "names"),
        ({"names": ["norms", "norms.conformity"]}, "norms.conformity"),
        ({"ranges": {"norms.conformity": (2, 1)}}, "norms.conformity"),
        ({"ranges": {"norms.conformity": (0, 99)}}, "norms.conformity"),
        ({"ranges": {"norms.forgetting": (0.01, 0.02)}}, "norms.forgetting"),
        ({"names": ["peer_leaders.length"]}, "peer_leaders.length"),
        ({"names": ["peer_leaders.seeding"]}, "peer_leaders.seeding"),
    ],
)
def test_a_problem_that_cannot_be_is_refused(options, key):
    with pytest.raises(InputError) as error:
        a_problem(**options)
    assert key in str(error.value)


# Points in, outcomes out


def test_outcomes_are_those_of_plain_runs():
    found = evaluate({"norms.conformity": 2.0, "peer_leaders.reach": 0.3}, a_problem(), seeds=[5])
    scenario = override(a_problem()["scenario"], {"norms.conformity": 2.0, "peer_leaders.reach": 0.3})
    results = sim.run(scenario, [5])
    assert found["injunctive_norm"] == results.totals["mean_injunctive_norm"].iloc[0]
    final = evaluate({"norms.conformity": 2.0, "peer_leaders.reach": 0.3}, a_problem(), seeds=[5], at="final")
    assert final["injunctive_norm"] == results.totals["final_injunctive_norm"].iloc[0]


def test_outcomes_come_in_the_shape_of_the_points():
    problem, two = a_problem(), ["injunctive_norm", "unmet_need"]
    points = np.array([[0.5, 0.1], [2.5, 0.9], [1.0, 0.0]])
    one = evaluate(points, problem)
    assert one.shape == (3,)
    assert evaluate(points, problem, measures=two).shape == (3, 2)
    assert evaluate(points, problem, measures=two, replicates=2, each=True).shape == (3, 2, 2)
    assert evaluate(points[0], problem) == one[0]
    assert isinstance(evaluate(points[0].tolist(), problem), float)
    assert evaluate(points[0], problem, measures=two).shape == (2,)
    table = evaluate(pd.DataFrame(points, index=list("xyz"), columns=NAMES), problem, measures=two)
    assert list(table.columns) == two
    assert table["injunctive_norm"].tolist() == one.tolist()
    assert list(table.index) == list("xyz")
    by_name = evaluate(problem=problem, norms_conformity=0.5, peer_leaders_reach=0.1)
    assert by_name == {"injunctive_norm": one[0]} == evaluate(pd.Series(points[0], NAMES), problem)
    left_out = evaluate({"norms.conformity": 0.5}, problem)  # reach as the plan has it
    assert left_out["injunctive_norm"] == evaluate([[0.5, 0.08]], problem)[0]


def test_replicates_have_common_seeds_or_their_own():
    problem, points = a_problem(), np.array([[1.0, 0.1], [1.0, 0.1]])
    common = evaluate(points, problem, replicates=3, each=True)
    assert (common[0] == common[1]).all()
    assert len(set(common[0])) == 3
    assert evaluate(points, problem, replicates=3).tolist() == pytest.approx(common.mean(axis=1).tolist())
    own = evaluate(points, problem, replicates=3, seeds="independent", each=True)
    assert len(set(own.ravel())) == 6
    rows = evaluate(pd.DataFrame(points, columns=NAMES), problem, seeds=[7, 9], each=True)
    assert rows["seed"].tolist() == [7, 9, 7, 9]
    assert rows["injunctive_norm"].tolist() == evaluate(points, problem, seeds=[7, 9], each=True).ravel().tolist()


@pytest.mark.parametrize(
    ("points", "options", "key"),
    [
        ([[1.0]], {}, "points"),
        ([["a", "b"]], {}, "points"),
        ({"norms.conformty": 1.0}, {}, "norms.conformty"),
        ({"norms.conformity": 99.0}, {}, "norms.conformity"),
        ([[1.0, 0.1]], {"seeds": "other"}, "seeds"),
        ([[1.0, 0.1]], {"seeds": [1, 2], "replicates": 3}, "replicates"),
        ([[1.0, 0.1]], {"measures": "unmet_neeed"}, "unmet_neeed"),
        (None, {}, "points"),
    ],
)
def test_points_that_cannot_be_are_refused(points, options, key):
    with pytest.raises(InputError) as error:
        evaluate(points, a_problem(), **options)
    assert key in str(error.value)


def test_progress_is_told_in_worlds(monkeypatch):
    monkeypatch.setattr("sim.exploring.evaluating.CHUNK", 1)
    steps = []
    evaluate([[1.0, 0.1], [2.0, 0.1]], a_problem(), replicates=2, progress=lambda *step: steps.append(step))
    assert steps == [(2, 4), (4, 4)]


def test_a_measure_that_is_undefined_in_one_replicate_is_the_mean_of_the_others():
    nothing = math.nan
    from sim.exploring.evaluating import mean

    found = mean(np.array([[[1.0], [nothing]], [[nothing], [nothing]]]))
    assert found[0, 0] == 1.0
    assert math.isnan(found[1, 0])


# Drivers


SMALL = {"people": 160, "changes": {"setting.burn_in": 4, "weeks": 8}}


def example(name):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_salib_drives_the_model():
    spec = example("drive_salib").main(base=2, replicates=1, **SMALL | {"people": 100})
    assert spec.analysis["ST"].shape == (3,)
    assert spec.results.shape == (2 * 5,)
    assert np.isfinite(spec.results).all()


def test_the_ema_workbench_drives_the_model(capsys):
    experiments, outcomes = example("drive_ema_workbench").main(scenarios=2, policies=2, **SMALL)
    assert len(experiments) == 4
    problem = sim.problem(
        "secondary_school", "peer_leaders", NAMES, measures=["injunctive_norm", "unmet_need"], **SMALL
    )
    names = {"peer_leaders_reach": "peer_leaders.reach"} | {
        each: each.replace("_", ".", 1) for each in ("norms_conformity", "norms_speaking_stigma")
    }
    points = experiments[list(names)].rename(columns=names).astype(float)
    again = evaluate(points, problem, replicates=2)
    assert outcomes["injunctive_norm"] == pytest.approx(again["injunctive_norm"].to_numpy(), abs=0)


def test_optuna_drives_the_model():
    study = example("drive_optuna").main(trials=3, replicates=1, **SMALL)
    assert len(study.trials) == 3
    assert all(math.isfinite(trial.value) for trial in study.trials)
    assert set(study.best_params) == {"peer_leaders.reach", "peer_leaders.dose"}


def test_a_table_and_an_optimiser_drive_the_model():
    table, turning = example("drive_pandas").main(rows=3, replicates=1, **SMALL)
    assert list(table.columns) == ["norms.conformity", "injunctive_norm", "speaks"]
    assert table["injunctive_norm"].iloc[-1] > table["injunctive_norm"].iloc[0]
    assert 0.0 <= turning <= 3.5


# Designs


def test_designs_have_as_many_points_as_they_say():
    problem = a_problem(["norms", "replies"])
    grouped, single = 2, problem["num_vars"]
    assert len(designs.design(problem, "sobol", 8).points) == 8 * (2 * grouped + 2)
    assert len(designs.design(problem, "sobol", 8, second_order=False).points) == 8 * (grouped + 2)
    assert len(designs.design(problem, "morris", 5).points) == 5 * (grouped + 1)
    assert len(designs.design(problem | {"groups": None}, "morris", 5).points) == 5 * (single + 1)
    assert len(designs.design(problem, "pawn", 20).points) == 20
    alone = designs.design(problem, "tornado", 2).points
    assert len(alone) == 2 * single + 1
    assert (np.count_nonzero(alone[1:] != alone[0], axis=1) <= 1).all()


@pytest.mark.parametrize("method", ["sobol", "morris", "pawn", "delta", "tornado"])
def test_points_of_all_designs_can_be_lived(method):
    problem = a_problem()
    for point in designs.design(problem, method, 4).points:
        override(problem["scenario"], dict(zip(NAMES, point.tolist(), strict=True)))


@pytest.mark.parametrize(("method", "base"), [("sobol", 6), ("sobol", 1), ("anova", 8), ("morris", 10**9)])
def test_designs_that_cannot_be_are_refused(method, base):
    with pytest.raises(InputError):
        designs.design(a_problem(), method, base)


def test_salib_leaves_warnings_and_random_numbers_as_they_were():
    import warnings

    np.random.seed(1)  # noqa: NPY002
    first = np.random.random()  # noqa: NPY002
    np.random.seed(1)  # noqa: NPY002
    before, formatting = list(warnings.filters), warnings.formatwarning
    problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1]] * 2}
    from sim.exploring import indices

    for method in ("pawn", "delta", "sobol"):
        design = designs.design(problem, method, 64)
        indices.indices(problem, design, design.points.sum(axis=1))
    assert np.random.random() == first  # noqa: NPY002
    assert warnings.filters == before
    assert warnings.formatwarning is formatting


def test_seeds_that_there_are_not_are_refused_by_every_method():
    for method in ("sobol", "tornado"):
        with pytest.raises(InputError, match="common, independent"):
            analysing.sensitivity(a_problem(), method, 2, seeds="other")


# Whole analyses


@pytest.fixture(scope="module")
def analysed():
    problem = a_problem(measures=["injunctive_norm", "unmet_need"])
    return problem, analysing.sensitivity(problem, "sobol", 8, replicates=2)


def test_an_analysis_says_what_matters(analysed):
    _, found = analysed
    assert found.about["points"] == {"sobol": 8 * 6, "tornado": 5, "luck": 8}
    apart = found.points[found.points["part"] == "luck"]
    assert apart["seed"].is_unique
    assert len(found.points) == 8 * 6 * 2 + 5 * analysing.LEAST_SEEDS + len(apart) == found.about["worlds"]
    assert len(apart) == 8 * analysing.APART[1]
    first = found.indices[(found.indices["measure"] == "injunctive_norm") & (found.indices["index"] == "total")]
    assert first.set_index("unit")["value"].idxmax() == "peer_leaders.reach"
    assert set(found.indices["mechanism"]) == {"norms", "peer_leaders"}
    assert (found.luck["share"].between(0, 1)).all()


def test_the_tornado_is_the_difference_from_the_usual_point(analysed):
    problem, found = analysed
    row = found.tornado[found.tornado["measure"] == "injunctive_norm"].set_index("unit").loc["peer_leaders.reach"]
    usual = evaluate(problem["usual"], problem, measures="injunctive_norm", replicates=4, each=True)
    highest = evaluate([problem["usual"][0], 1.0], problem, measures="injunctive_norm", replicates=4, each=True)
    assert row["at_highest"] == pytest.approx((highest - usual).mean(), abs=1e-12)
    assert row["low_at_highest"] < row["at_highest"] < row["high_at_highest"]
    assert row["highest"] == 1.0


def test_an_analysis_is_written_whole_and_read_again(analysed, tmp_path):
    problem, found = analysed
    folder = findings.save(problem, found, tmp_path / "g", "helpseek sensitivity")
    about, again = findings.opened(folder)
    for name, described in about["tables"].items():
        assert storing.digest(findings.tables_of(again)[name]) == described["sha256"]
    assert about["about"]["method"] == "sobol"
    assert (folder / "figures" / "indices_injunctive_norm.png").stat().st_size > 10_000
    assert "luck" in (folder / "summary.txt").read_text().lower()
    with pytest.raises(InputError):
        findings.save(problem, found, folder)
    findings.save(problem, found, folder, force=True, figures=False)
    assert not (folder / "figures").exists()
    (tmp_path / "other").mkdir()
    with pytest.raises(InputError):
        findings.save(problem, found, tmp_path / "other", force=True)


def test_figures_say_what_they_rest_on_and_name_units(analysed):
    from matplotlib.text import Text

    problem, found = analysed
    for each in index_plots.every(found, findings.foot(problem, found)):
        said = " ".join(text.get_text() for text in each.figure.findobj(Text))
        assert "Secondary school" in said
        assert "worlds" in said
        assert each.caption.endswith(".")
        assert len(each.alternative) > 20
    drawn = [each.name for each in index_plots.every(found, "")]
    assert {"indices_unmet_need", "tornado_unmet_need", "indices_injunctive_norm"} <= set(drawn)


@pytest.mark.parametrize("method", ["morris", "pawn", "delta", "tornado"])
def test_other_methods_run_and_are_drawn(method):
    problem = a_problem(["norms.conformity", "peer_leaders.reach", "norms.prior_mean"], "descriptive_norm")
    found = analysing.sensitivity(problem, method, 4 if method == "morris" else 24, replicates=2)
    drawn = index_plots.every(found, "")
    assert drawn
    assert findings.summary(problem, found)
    if method != "tornado":
        largest = index_plots.main(found, "descriptive_norm")["unit"].iloc[0]
        assert largest == "norms.prior_mean"


def test_a_store_gives_what_living_gives_and_goes_on_where_it_was(analysed, tmp_path):
    problem, found = analysed
    live = stored.keeping(problem, tmp_path / "worlds", workers=1)
    again = analysing.sensitivity(problem, "sobol", 8, replicates=2, live=live)
    for name in findings.TABLES:
        assert storing.digest(findings.tables_of(found)[name]) == storing.digest(findings.tables_of(again)[name])
    files = sorted((tmp_path / "worlds").rglob("*.parquet"))
    times = [file.stat().st_mtime_ns for file in files]
    analysing.sensitivity(problem, "sobol", 8, replicates=2, live=live)
    assert [file.stat().st_mtime_ns for file in files] == times  # nothing is lived again
    own = analysing.sensitivity(problem, "sobol", 8, replicates=2, seeds="independent", live=live)
    plain = analysing.sensitivity(problem, "sobol", 8, replicates=2, seeds="independent")
    assert storing.digest(own.points) == storing.digest(plain.points)


def test_an_outcome_that_does_not_vary_has_no_indices():
    problem = a_problem(["norms.criterion_weeks", "norms.criterion_share"], "mean_distress")
    found = analysing.sensitivity(problem, "sobol", 2, replicates=2)
    assert (found.indices["value"] == 0.0).all()
    assert found.luck["share"].iloc[0] == 1.0


def test_an_outcome_that_is_undefined_is_refused():
    problem = a_problem(measures="norm")  # the run ends before it can be told
    with pytest.raises(InputError, match="undefined"):
        analysing.sensitivity(problem, "sobol", 2, replicates=1, one_at_a_time=False)


def test_failures_are_said():
    problem = a_problem()

    def fails(points, seeds, progress):
        raise Failed("3 of 4 worlds failed")

    with pytest.raises(Failed, match="3 of 4"):
        analysing.sensitivity(problem, "sobol", 2, live=fails)


# The command


QUICK = ("--size", "160", "--weeks", "8", "--set", "setting.burn_in=4", "--workers", "1")


def test_the_command_writes_a_folder_and_says_what_was_done(tmp_path):
    target = tmp_path / "g"
    words = ("secondary_school", "peer_leaders", "--base", "2", "--parameters", "groups", "peer_leaders.reach")
    done = run_command("sensitivity", *words, "--measure", "unmet_need", "--out", target, *QUICK)
    assert done.exit_code == 0, done.output
    assert "2 mechanisms" in done.output
    assert (target / "figures" / "tornado_unmet_need.svg").exists()
    assert not list(tmp_path.glob(".g*"))
    about = json.loads((target / "manifest.json").read_text())
    assert about["command"].startswith("helpseek sensitivity secondary_school peer_leaders --method sobol --base 2")
    assert "--size 160" in about["command"]
    again = run_command("sensitivity", *words, "--measure", "unmet_need", "--out", target, *QUICK)
    assert again.exit_code == 2


def test_screening_keeps_what_moves_most(tmp_path):
    names = ("norms.conformity", "peer_leaders.reach", "norms.criterion_share")
    words = ("secondary_school", "peer_leaders", "--parameters", *names, "--screen", "1", "--base", "2", "--no-tornado")
    done = run_command("sensitivity", *words, "--measure", "injunctive_norm", "--out", tmp_path / "g", "--json", *QUICK)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert {row["unit"] for row in found["indices"]} == {"peer_leaders.reach"}


@pytest.mark.parametrize(
    "words",
    [
        ("--method", "anova"),
        ("--base", "6"),
        ("--measure", "unmet_neeed"),
        ("--parameters", "norms.conformty"),
        ("--range", "norms.conformity=1"),
        ("--parameters", "norms.conformity", "--screen", "7"),
        ("--seeds", "other"),
        ("--at", "never"),
    ],
)
def test_a_question_that_cannot_be_is_refused(words, tmp_path):
    done = run_command("sensitivity", "secondary_school", "usual", *words, "--out", tmp_path / "g", *QUICK)
    assert done.exit_code == 2, done.output
    assert not (tmp_path / "g").exists()


def test_labels_are_readable():
    assert problems.label_of("peer_leaders.reach") == "Peer leaders: reach"
    assert problems.label_of("norms.conformity") == registry()["norms.conformity"].label
