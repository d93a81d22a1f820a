"""Trials run: published beside simulated, quick estimates, power, what is kept, and a trial written from scratch."""

import json
from html import escape

import numpy as np
import pandas as pd
import pytest
from tiny_trial import loaded, written
from typer.testing import CliRunner

from sim import drawing, storing
from sim.__main__ import app
from sim.errors import InputError
from sim.trials import analysing, claims, estimating, files, living, page, pictures, power, shipping, summing
from sim.trials.quick import quick
from sim.trials.trial import Trial, TrialResult

RECORD = {
    "outcome",
    "week",
    "published",
    "published_low",
    "published_high",
    "simulated",
    "simulated_low",
    "simulated_high",
    "standard_error",
    "icc",
    "inside",
    "used_for",
    "uncertainty",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("trials")


@pytest.fixture(scope="module")
def small(folder):
    return Trial(loaded(folder))


@pytest.fixture(scope="module")
def result(small):
    return small.run(12, threads=1)


# Published beside simulated


def test_a_record_has_these_fields_and_no_other(result):
    records = result.records()
    assert [set(each) for each in records] == [RECORD] * 3
    json.dumps(records, allow_nan=False)
    stigma, high, _ = records
    assert (stigma["outcome"], stigma["week"], stigma["published"]) == ("stigma", 2, -0.28)
    assert stigma["inside"] == (-0.39 <= stigma["simulated"] <= -0.17)
    assert (high["week"], high["published"], high["inside"], high["used_for"]) == (6, None, None, "none")


def test_ratios_are_told_as_ratios_and_their_errors_as_those_of_logarithms(result):
    estimates, table = result.estimates, result.outcomes.set_index("key")
    logs = estimates.estimate[estimates.key == "high"]
    assert table.simulated["high"] == pytest.approx(np.exp(logs.mean()))
    assert table.simulated_low["high"] == pytest.approx(np.exp(np.quantile(logs, 0.025)))
    assert table.spread["high"] == pytest.approx(logs.std())
    errors = estimates.error[estimates.key == "high"]
    assert table.standard_error["high"] == pytest.approx(np.sqrt((errors**2).mean()))


def test_what_the_plan_does_to_stigma_is_found(result):
    """The plan lowers stigma by 0.28 SD at once; measured with error the effect in SD of the score is a little less."""
    table = result.outcomes.set_index("key")
    assert -0.40 < table.simulated["stigma"] < -0.10
    assert table.detected["stigma"] > 0.2


def test_open_intervals_and_missing_figures(small):
    told = small.file.outcomes["stigma"].published
    assert summing.inside(told.model_copy(update={"low": None}), -5.0)
    assert not summing.inside(told.model_copy(update={"high": None}), -5.0)
    assert summing.inside(summing.UNREPORTED, 0.0) is None


def test_analyses_without_an_estimate_are_counted_and_not_hidden(small):
    data = living.simulate(small.found, [(1, {}), (2, {})], threads=1)
    data.rows.scores["high", "soon"][:] = 0.0
    data.rows.scores["high", "later"][:] = 0.0
    table = summing.table(analysing.analyse(data), small.file).set_index("key")
    assert table.failed["high"] == 2
    assert np.isnan(table.simulated["high"])
    assert "2 of 6 analyses gave no estimate" in " ".join(claims.hitches(table.reset_index()))
    assert summing.records(table.reset_index())[1]["simulated"] is None


def test_a_ratio_of_two_outcomes(folder):
    more = {
        "outcomes/stigma_later": {"title": "Later", "measure": "stigma", "at": ["later"], "effect": "smd"},
        "outcomes/left": {"title": "What is left", "effect": "ratio", "of": ["stigma_later", "stigma"]},
    }
    found = Trial(loaded(folder, more)).run(3, threads=1)
    table = found.outcomes.set_index("key")
    assert table.simulated["left"] == pytest.approx(table.simulated["stigma_later"] / table.simulated["stigma"])
    one = found.estimates[found.estimates.replicate == 0].set_index("key").estimate
    assert one["left"] == pytest.approx(one["stigma_later"] / one["stigma"])


def test_only_those_for_whom_a_measure_said_yes(folder):
    more = {
        "outcomes/high_stigma": {
            "title": "Among those with mild distress or more",
            "measure": "stigma",
            "at": ["soon"],
            "effect": "smd",
            "among": "high",
        },
        "outcomes/low_stigma": {
            "title": "Among the others",
            "measure": "stigma",
            "at": ["soon"],
            "effect": "smd",
            "not_among": "high",
        },
    }
    table = Trial(loaded(folder, more)).run(2, threads=1).outcomes.set_index("key")
    assert 0 < table.people["high_stigma"] < table.people["low_stigma"]
    assert table.people["high_stigma"] + table.people["low_stigma"] == table.people["stigma"]


# Quick estimates


def test_quick_estimates_are_those_of_the_full_analysis_with_less_noise(small):
    pairs = [(seed, {}) for seed in range(1, 13)]
    fast = quick(small.found, pairs, threads=1)
    slow = small.run(12, threads=1).estimates
    both = fast.merge(slow, on=["replicate", "key"], suffixes=("_fast", "_slow"))
    for key, found in both.groupby("key"):
        apart = found.estimate_fast - found.estimate_slow
        error = apart.std() / np.sqrt(len(apart))
        assert abs(apart.mean()) < 3.5 * error, key
    assert both[both.key == "stigma"].estimate_fast.std() < 0.6 * both[both.key == "stigma"].estimate_slow.std()


def test_quick_without_mirrors_is_the_same_trial(small):
    """A score that is adjusted, in clusters of one size with no variance between: the estimate is the same number."""
    fast = quick(small.found, [(3, {})], mirrored=False, threads=1).set_index("key").estimate
    slow = small.run(1, 3, threads=1).estimates.set_index("key").estimate
    assert fast["stigma"] == pytest.approx(slow["stigma"], abs=0.05)


def test_values_can_be_changed_for_each_pair(small):
    found = small.quick([(1, {}), (1, {"stigma_contact.dose": 0.0})], threads=1)
    stigma = found[found.key == "stigma"].estimate.to_numpy()
    assert stigma[0] < -0.1
    assert stigma[1] == pytest.approx(0.0, abs=1e-6)


# Power


def test_power_rises_with_size_and_says_what_clusters_and_losses_cost(small):
    found = small.power([8, 40], 0.8, replicates=8, threads=1)
    assert found.unit == "groups"
    assert found.own == 20
    assert list(found.table["size"]) == [8, 40]
    small_one, large_one = found.records()
    assert large_one["people"] > 4 * small_one["people"] * 0.9
    assert large_one["power"] >= small_one["power"]
    assert large_one["power_formula"] > small_one["power_formula"]
    assert large_one["standard_error"] < 0.6 * small_one["standard_error"]
    for row in (small_one, large_one):
        assert row["power_low"] <= row["power"] <= row["power_high"]
        assert row["power_no_clustering"] >= row["power_formula"]
    json.dumps(found.records(), allow_nan=False)


def test_the_size_for_a_power_follows_the_root_law():
    plan = power.Plan(-0.3, 0.1, 400, 40, 0.05, 0.0, 1.0, (0.0, 0.0))
    trial = files.load("wingman_connect_2020").model
    outcome = trial.outcomes["depression"]
    size, _ = power.sizes_needed(plan, outcome, 40, 0.8, trial)
    error = 0.1 * np.sqrt(40 / size)
    assert power.normal_power(-0.3, error) == pytest.approx(0.8, abs=0.02)
    assert size % 2 == 0  # pairs
    assert power.sizes_needed(plan._replace(effect=0.0), outcome, 40, 0.8, trial) == (None, None)


def test_designs_that_share_a_community_are_what_they_are_alone(small):
    primary = power.only_primary(small.found)
    half, _ = power.at_size(primary, {}, 8)
    pairs = [(seed, {}) for seed in (1, 2)]
    designs = [primary.model.design, half.model.design]
    together = living.simulate_designs(primary, designs, pairs, threads=1)
    for found, data in zip((primary, half), together, strict=True):
        alone = living.simulate(found, pairs, threads=1)
        assert data.rows.size == alone.rows.size
        for key, scores in alone.rows.scores.items():
            assert np.array_equal(scores, data.rows.scores[key], equal_nan=True)


def test_smaller_trials_take_part_of_the_community_and_larger_ones_need_a_larger(small):
    primary = power.only_primary(small.found)
    part, _ = power.at_size(primary, {}, 8)
    assert part.model.design.participants == 8
    assert part.model.people == primary.model.people == 240
    whole, _ = power.at_size(primary, {}, 40)
    assert whole.model.design.participants is None
    assert whole.model.people == 480
    assert list(primary.model.outcomes) == ["stigma"]
    assert primary.model.weeks == 2  # nothing is lived after the primary outcome
    alone = power.only_primary(files.load("stigma_contact_programme"))
    larger, _ = power.at_size(alone, {}, 4000)
    assert larger.model.design.participants == 4000
    assert larger.model.people > 4000


@pytest.mark.parametrize(("sizes", "target"), [([2], 0.8), ([10], 1.2)])
def test_a_size_or_power_that_cannot_be_is_refused(small, sizes, target):
    with pytest.raises(InputError):
        small.power(sizes, target, replicates=2)


def test_nothing_to_test_is_said(folder):
    more = {"outcomes": {"high": {"title": "x", "measure": "high", "at": ["soon"], "effect": "share", "arm": "usual"}}}
    with pytest.raises(InputError, match="nothing to test"):
        Trial(loaded(folder, more)).power([8], replicates=2)


# Kept


def test_a_result_is_kept_and_made_again(result, folder):
    result.save(folder / "kept")
    stored = TrialResult.open(folder / "kept")
    assert storing.digest(stored.estimates) == storing.digest(result.estimates)
    assert stored.records() == result.records()
    assert stored.again(threads=1) == []
    found = shipping.verified(folder / "kept", 1, None)
    assert found.ok
    assert shipping.verified(folder, 1, None) is None
    with pytest.raises(InputError, match="something here"):
        result.save(folder / "kept")
    result.save(folder / "kept", force=True)


def test_a_table_that_was_changed_is_found_out(result, folder):
    result.save(folder / "changed")
    file = folder / "changed" / "estimates.parquet"
    frame = pd.read_parquet(file)
    frame.loc[0, "estimate"] += 1e-9
    frame.to_parquet(file, index=False)
    with pytest.raises(InputError, match="was changed"):
        TrialResult.open(folder / "changed")


def test_no_folder_is_left_when_drawing_fails(result, folder):
    def fail(_):
        raise OSError(28, "no space left")

    with pytest.raises(InputError):
        result.save(folder / "half", also=fail)
    assert not (folder / "half").exists()
    assert not list(folder.glob(".half*"))


# Words and figures


def test_the_page_holds_every_outcome_and_claims_nothing_too_much(result, folder):
    drawn = pictures.every(result)
    target = folder / "figures"
    target.mkdir()
    for each in drawn:
        drawing.save(each.figure, target / each.name)
    text = page.page(result, drawn, target, "helpseek trial small.yaml")
    for outcome in result.trial.outcomes.values():
        assert outcome.title in text
    assert "validated" not in text.lower()
    assert "nan" not in text.split("<main>")[1].split("<img")[0].lower().split()
    assert "http://" not in text.split('<section class="help"')[0].replace("http://www.w3.org", "")
    assert escape(claims.FITTED) in text
    assert (target / "forest.png").stat().st_size > 5000


def test_every_spread_says_whether_it_holds_parameters_too(small, result):
    drawn = small.run(2, uncertainty="posterior", threads=1)
    assert {each["uncertainty"] for each in result.records()} == {"luck"}
    assert {each["uncertainty"] for each in drawn.records()} == {"luck and parameters"}
    assert "luck only" in pictures.source_line(result)
    assert "luck and parameters" in pictures.source_line(drawn)
    assert "luck alone" in pictures.caption(result)
    assert "parameters" in pictures.caption(drawn)
    assert "luck only" in claims.POWER_ERROR


def test_the_forest_says_in_words_what_it_shows(result):
    (drawn,) = pictures.every(result)
    assert "published -0.28" in drawn.alternative
    assert "12 simulated trials" in drawn.caption


def test_what_was_missed_is_named_whatever_it_was_used_for():
    rows = [("A", 1, "fit", True), ("B", 2, "none", False), ("C", 3, "none", None)]
    table = pd.DataFrame(rows, columns=["title", "week", "used_for", "inside"]).astype({"inside": "boolean"})
    fitted, neither, silent = claims.in_short(table)
    assert "within 1 of 1" in fitted
    assert "within 0 of 1" in neither
    assert "Missed: b (week 2)" in neither
    assert silent.endswith(": c.")


def test_cohesion_training_is_never_said_to_change_help_seeking():
    assert claims.COHESION in claims.limits(files.load("wingman_connect_2020").model)


def test_measures_that_cannot_be_told_apart_give_no_estimate(folder):
    same = {"measures/one": {"of": "distress"}, "measures/other": {"of": "distress"}}
    trial = Trial(loaded(folder, same | {"outcomes/stigma/adjust": ["one", "other"]}))
    found = trial.run(1, threads=1).estimates.set_index("key")
    assert np.isnan(found.loc["stigma", "estimate"])
    assert found.loc["stigma", "problem"] == estimating.NOT_APART
    assert np.isfinite(found.loc["high", "estimate"])


def test_power_is_drawn_and_told(small, folder):
    found = small.power([8, 20], 0.8, replicates=2, threads=1)
    drawn = pictures.power_by_size(found)
    drawing.save(drawn.figure, folder / "power")
    (folder / "power.svg").rename(folder / "figures" / "power.svg")
    text = page.power_page(found, drawn, folder / "figures", "helpseek trial small.yaml --power")
    assert "Design effect" in text
    assert (folder / "power.png").stat().st_size > 5000


# From scratch, without touching code


PLAN = """\
kind: plan
title: Listening hours
description: Older pupils sit with the younger once a week; a plan of the reader's own.
interventions:
  listening:
    kind: peer_support
    start: 1
    length: 12
    who: members
    reach: 1.0
"""
SETTING = """\
kind: setting
title: A small college
description: A setting of the reader's own.
people: 120
units:
  - name: tutorial
    size: 10
    ties: 4
    leaders: 1
  - name: college
    size: 120
    ties: 3
burn_in: 8
weeks: 12
"""
TRIAL = """\
kind: trial
title: Listening hours, a trial of my own
description: Twelve tutorials, half of them with listening hours.
setting: my_college.yaml
design:
  randomise: groups
arms:
  usual:
    title: Nothing new
  listening:
    title: Listening hours
    plans: [listening_hours.yaml]
    changes: {listening.dose: 1.5}
follow_ups:
  term_end: {week: 12, retained: 0.85}
attrition: {by: distress, odds_ratio: 1.5}
measures:
  exposure: {of: exposed}
  distress: {of: distress, reliability: 0.86, rounded: true, lowest: 0, highest: 27}
  attitude: {of: self_stigma, reliability: 0.88}
  intention: {of: intention_anyone, horizon: 8}
  informal: {of: asked_informal}
  formal: {of: asked_professional, cut: 1}
outcomes:
  exposure: {title: Reached, measure: exposure, at: [term_end], effect: share, arm: listening}
  attitude: {title: Stigma, measure: attitude, at: [term_end], effect: smd, adjust: [attitude]}
  intention: {title: Would ask, measure: intention, at: [term_end], effect: smd, adjust: [intention], primary: true}
  informal: {title: Asked someone near, measure: informal, at: [term_end], effect: rate_ratio}
  formal:
    title: Asked a professional
    measure: formal
    at: [term_end]
    effect: odds_ratio
    used_for: held_out
    published: {value: 1.1, low: 0.6, high: 2.0, interval: published, source: my own survey of 2025, evidence: read}
"""


def test_a_reader_writes_a_trial_from_scratch_and_runs_it(tmp_path):
    for name, text in (("my_college", SETTING), ("listening_hours", PLAN), ("my_trial", TRIAL)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    words = ["trial", str(tmp_path / "my_trial.yaml"), "--replicates", "6", "--json", "--quiet", "--threads", "1"]
    done = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    records = {each["outcome"]: each for each in json.loads(done.stdout)}
    assert all(set(each) == RECORD for each in records.values())
    assert records["exposure"]["simulated"] == 1.0
    assert records["intention"]["simulated"] > 0.2  # supporters at hand make asking likelier
    assert records["formal"]["used_for"] == "held_out"
    assert (tmp_path / "out" / "report.html").is_file()
    assert (tmp_path / "out" / "figures" / "forest.svg").is_file()
    again = CliRunner().invoke(app, ["verify", str(tmp_path / "out"), "--quiet", "--threads", "1"])
    assert again.exit_code == 0, again.output
    assert "the same again" in " ".join(again.output.split())  # a long path wraps the line


def test_the_starter_is_a_trial_that_runs(tmp_path):
    file = tmp_path / "my_first.yaml"
    runner = CliRunner()
    done = runner.invoke(app, ["new", "trial", "my_first", "--out", str(file)])
    assert done.exit_code == 0, done.output
    assert "helpseek trial" in done.output
    found = Trial(file, {"setting.burn_in": 1})
    table = found.run(2, threads=1).outcomes
    assert list(table.outcome) == ["distress", "asked_informal", "asked_formal"]


def test_the_command_line_lists_trials_and_gives_their_schema():
    runner = CliRunner()
    listed = json.loads(runner.invoke(app, ["list", "trials", "--json"]).stdout)["trials"]
    assert {"wingman_connect_2020", "gatekeeper_training"} <= {each["name"] for each in listed}
    schema = json.loads(runner.invoke(app, ["schema", "trial"]).stdout)
    observed = {each["const"] for each in schema["$defs"]["Measure"]["properties"]["of"]["oneOf"]}
    assert {"nominations", "intention_professional", "asked_informal", "attendance"} <= observed


def test_power_on_the_command_line(folder):
    file = written(folder)
    words = ["trial", str(file), "--power", "--clusters", "8", "12", "--replicates", "3", "--json", "--quiet"]
    done = CliRunner().invoke(app, [*words, "--no-figures", "--out", str(folder / "power_out")])
    assert done.exit_code == 0, done.output
    assert [each["size"] for each in json.loads(done.stdout)] == [8, 12]
    assert (folder / "power_out" / "power.parquet").is_file()
    again = CliRunner().invoke(app, [*words, "--no-figures", "--out", str(folder / "power_out")])
    assert again.exit_code == 2
    again = CliRunner().invoke(app, [*words, "--no-figures", "--force", "--out", str(folder / "power_out")])
    assert again.exit_code == 0, again.output


def test_bad_input_ends_with_2(folder):
    runner = CliRunner()
    assert runner.invoke(app, ["trial", "wingman"]).exit_code == 2
    assert runner.invoke(app, ["trial", str(written(folder)), "--set", "stigma.dose=2"]).exit_code == 2
    assert runner.invoke(app, ["trial", str(written(folder)), "--uncertainty", "some"]).exit_code == 2
    sizes = runner.invoke(app, ["trial", str(written(folder)), "--clusters", "8"])
    assert sizes.exit_code == 2
    assert "--power" in sizes.output
