"""What matters given the data: ranges and points from posterior draws, in problems, designs, indices and commands."""

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim import posterior
from sim.__main__ import app
from sim.errors import InputError
from sim.exploring import designs, findings, given, indices
from sim.params import registry

NAMES = ["seeking.professional_constant", "distress.onset_hazard", "care.access_burden", "peer_leaders.reach"]
OWN = "secondary_school/seeking.professional_constant"  # draws of one setting's own value


def a_problem(names=NAMES, uncertainty="posterior", **options):
    options = {"people": 160, "weeks": 4, "changes": {"setting.burn_in": 2}} | options
    return sim.problem("secondary_school", "peer_leaders", names, uncertainty=uncertainty, **options)


def said(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_bounds_are_the_middle_of_the_draws_by_their_weights():
    problem, table = a_problem(), posterior.table()
    for name, column in (("seeking.professional_constant", OWN), ("distress.onset_hazard", "distress.onset_hazard")):
        low, high = problem["bounds"][NAMES.index(name)]
        weights, values = table[posterior.WEIGHT] / table[posterior.WEIGHT].sum(), table[column]
        assert weights[values < low].sum() <= 0.05 <= weights[values <= low].sum()
        assert weights[values < high].sum() <= 0.95 <= weights[values <= high].sum()
        middle = problem["usual"][NAMES.index(name)]
        assert weights[values < middle].sum() <= 0.5 <= weights[values <= middle].sum()
    assert problem["drawn"] == {NAMES[0]: OWN, NAMES[1]: NAMES[1]}


def test_what_has_no_draws_or_was_asked_for_keeps_its_range():
    plain, own = a_problem(uncertainty="none"), a_problem(ranges={"distress.onset_hazard": (0.001, 0.002)})
    assert "drawn" not in plain
    assert a_problem()["bounds"][2:] == plain["bounds"][2:]
    assert a_problem()["usual"][2:] == plain["usual"][2:]
    assert own["bounds"][1] == [0.001, 0.002]
    assert list(own["drawn"]) == ["seeking.professional_constant"]
    asked = a_problem(changes={"distress.onset_hazard": 0.004, "setting.burn_in": 2})
    each = registry()["distress.onset_hazard"]
    assert asked["bounds"][1] == [each.low, each.high]
    assert asked["usual"][1] == 0.004


@pytest.mark.parametrize(
    ("names", "uncertainty", "text"),
    [(NAMES, "posteriors", "posterior"), (["peer_leaders.reach", "care.access_burden"], "posterior", "no draws")],
)
def test_what_cannot_be_given_the_data_is_refused(names, uncertainty, text):
    with pytest.raises(InputError, match=text):
        a_problem(names, uncertainty)


@pytest.mark.parametrize("method", ["pawn", "delta"])
def test_points_of_pawn_and_delta_are_whole_draws_as_often_as_their_weights_say(method):
    made, table = designs.design(a_problem(), method, 400), posterior.table()
    drawn = table.iloc[made.blocks][[OWN, "distress.onset_hazard"]].to_numpy()
    assert np.array_equal(made.points[:, :2], drawn)
    wanted = 400 * (table[posterior.WEIGHT] / table[posterior.WEIGHT].sum()).to_numpy()
    assert np.abs(np.bincount(made.blocks, minlength=len(table)) - wanted).max() <= 1.0 + 1e-9
    for k, (low, high) in ((2, a_problem()["bounds"][2]), (3, (0.0, 1.0))):  # a Latin hypercube still
        assert np.histogram(made.points[:, k], 400, (low, high))[0].tolist() == [1] * 400
    assert np.array_equal(made.points, designs.design(a_problem(), method, 400).points)


@pytest.mark.parametrize("method", ["sobol", "morris", "tornado"])
def test_points_of_other_methods_vary_by_themselves_within_the_middle(method):
    problem = a_problem()
    low, high = np.array(problem["bounds"]).T
    points = designs.design(problem, method, 8).points
    assert (points >= low - 1e-12).all()
    assert (points <= high + 1e-12).all()


def test_the_same_draw_lived_four_times_makes_nothing_surer():
    problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1]] * 2}
    once = designs.design(problem, "pawn", 60)
    outcome = once.points[:, 0]
    four = once._replace(points=np.tile(once.points, (4, 1)), blocks=np.tile(once.blocks, 4))
    apart = four._replace(blocks=np.arange(240))
    first, together, alone = (
        indices.indices(problem, each, np.tile(outcome, len(each.points) // 60)).set_index("unit")
        for each in (once, four, apart)
    )
    wide = first["high"] - first["low"]
    assert (together["high"] - together["low"]).to_numpy() == pytest.approx(wide.to_numpy(), rel=0.5)
    assert together["by_luck"].iloc[0] == pytest.approx(first["by_luck"].iloc[0], abs=0.1)
    assert ((alone["high"] - alone["low"]) < wide).all()


@pytest.mark.parametrize("words", ["pawn --base 24", "sobol --base 4 --no-pairs", "morris --base 4 --screen 2"])
def test_the_command_says_that_it_is_given_the_data_and_is_verified(tmp_path, words):
    method, *more = words.split()
    command = ["sensitivity", "secondary_school", "peer_leaders", "--method", method, *more, "--uncertainty",
               "posterior", "--parameters", *NAMES, "--size", 160, "--weeks", 4, "--set", "setting.burn_in=2",
               "--workers", 1, "--quiet", "--out", tmp_path / "g"]  # fmt: skip
    answer = said(*command)
    assert answer.exit_code == 0, answer.output
    assert "Given the data" in answer.output
    about, found = findings.opened(tmp_path / "g")
    assert about["about"]["uncertainty"] == "posterior"
    assert "--uncertainty posterior" in about["command"]
    assert about["problem"]["drawn"].items() <= {NAMES[0]: OWN, NAMES[1]: NAMES[1]}.items()
    assert said("verify", tmp_path / "g").exit_code == 0
    assert len(found.points)


def test_what_was_made_from_other_draws_is_not_made_again_from_these(tmp_path):
    problem = a_problem()
    from sim.exploring.sensitivity import sensitivity

    found = sensitivity(problem, "pawn", 24, replicates=1, one_at_a_time=False)
    findings.save(problem, found, tmp_path / "g", figures=False)
    file = tmp_path / "g" / "manifest.json"
    about = json.loads(file.read_text())
    about["problem"]["draws"] = "0" * 64
    file.write_text(json.dumps(about))
    answer = said("verify", tmp_path / "g")
    assert answer.exit_code == 2
    assert "other posterior draws" in " ".join(answer.output.split())


def test_words_and_figures_say_what_the_ranges_are():
    problem = a_problem()
    assert "posterior draw of 2 parameters" in given.in_words(problem, "pawn")
    assert "middle 90%" in given.in_words(problem, "sobol")
    assert "medians" in given.in_words(problem, "tornado")
    assert "2 without draws" in given.in_words(problem, "morris")
    assert "registry" in given.in_words(a_problem(uncertainty="none"), "sobol")
    from sim.exploring.sensitivity import Found

    empty = pd.DataFrame()
    found = Found({"worlds": 1, "method": "pawn", "base": 2}, empty, empty, empty, empty)
    assert "posterior" in findings.foot(problem, found)
    assert "posterior" not in findings.foot(a_problem(uncertainty="none"), found)
