"""Studies from files and on the command line: what is shipped, what is refused and how, what comes out."""

import json
import os
import subprocess
import sys

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.__main__ import app
from sim.errors import InputError
from sim.sweeps import Store, Study, files
from sim.sweeps.samples import Sample

TINY = """
kind: study
title: Tiny
description: Quick.
settings: secondary_school
plans: [usual, peer_leaders]
set: {people: 160, burn_in: 2, weeks: 4}
vary:
  norms.conformity: [1, 2]
seeds: 3
measures: [unmet_need, asks]
chunk: 5
"""


def said(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """An empty folder to work in."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "tiny.yaml").write_text(TINY)
    return folder


def written(text):
    with open("study.yaml", "w", encoding="utf-8") as stream:
        stream.write(text)
    return "study.yaml"


# What is shipped


def test_the_first_sweep_is_as_the_issue_asks():
    study = files.load("first_sweep")
    assert study.worlds >= 2000
    assert len(study.bases) == 2
    assert len(study.design.names) == 1
    assert len({base.setting_name for base in study.bases}) == 1


def test_every_shipped_study_loads_and_is_listed():
    assert [each["name"] for each in files.listing()] == files.names()
    for name in files.names():
        assert files.load(name).worlds > 0
    answer = said("list", "studies")
    assert answer.exit_code == 0
    assert "first_sweep" in answer.stdout
    assert json.loads(said("list", "studies", "--json").stdout)["studies"][0]["title"]


def test_the_starter_is_a_study_that_fits_its_schema():
    import jsonschema

    answer = said("new", "study", "mine")
    assert answer.exit_code == 0
    assert "helpseek sweep mine.yaml" in answer.stdout
    study = files.load("mine.yaml")
    assert study.title == "Mine"
    assert study.worlds == 2 * 9 * 10
    schema = json.loads(said("schema", "study").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator(schema)
    import yaml

    for name in ("mine.yaml", "tiny.yaml", files.find("first_sweep")):
        with open(name, encoding="utf-8") as stream:
            assert not list(checker.iter_errors(yaml.safe_load(stream)))
    wrong = {"kind": "study", "title": "x", "description": "x", "settings": 3, "measures": ["norm"]}
    assert list(checker.iter_errors(wrong))


# What files say


def test_a_file_is_the_study_that_it_says():
    text = TINY.replace("[1, 2]", "{low: 1, high: 2, steps: 5}") + "first_seed: 10\nat: [mean, 3]\n"
    study = files.load(written(text))
    assert study.design.levels == ((1, 1.25, 1.5, 1.75, 2),)
    assert study.seeds == (10, 11, 12)
    assert list(study.chosen.columns) == ["mean_unmet_need", "week3_unmet_need", "asks"]
    assert all(base.setting.people == 160 and base.weeks == 4 for base in study.bases)
    assert study.labels == ("usual", "peer_leaders")
    assert study.chunk == 5


def test_a_file_may_ask_for_a_sample():
    text = TINY.replace("norms.conformity: [1, 2]", "norms.conformity: {low: 1, high: 2}\n  peer_leaders.reach: {}")
    study = files.load(written(text + "sample: {method: sobol, points: 8, seed: 3}\n"))
    twin = Study(dict(zip(study.labels, study.bases, strict=True)),
                 Sample({"norms.conformity": (1, 2), "peer_leaders.reach": None}, 8, "sobol", 3))  # fmt: skip
    assert study.design.columns == twin.design.columns


def test_plans_and_settings_of_ones_own_are_found_beside_the_study(nowhere):
    said("new", "plan", "mine", "--out", "mine.yaml")
    (nowhere / "deeper").mkdir()
    (nowhere / "deeper" / "study.yaml").write_text(TINY.replace("peer_leaders]", "../mine.yaml]"))
    assert files.load("deeper/study.yaml").labels == ("usual", "mine")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("kind: study", "kind: plan", 2, "a study is wanted"),
        ("title: Tiny", "titel: Tiny", 3, "title"),
        ("secondary_school", "secondary_skool", 5, "secondary_school"),
        ("peer_leaders", "peer_leadres", 6, "peer_leaders"),
        ("people: 160", "peopel: 160", 7, "people"),
        ("people: 160", "people: 20", 7, "too few people"),
        ("norms.conformity: [1, 2]", "norms.conformty: [1, 2]", 9, "norms.conformity"),
        ("[1, 2]", "[1, 2000]", 9, "out of range"),
        ("[1, 2]", "[1, 1]", 9, "twice"),
        ("[1, 2]", "[1, much]", 9, "no number"),
        ("[1, 2]", "{low: 1, high: 2}", 9, "neither a list nor a span"),
        ("[1, 2]", "{low: 1, high: 2, step: 5}", 9, "steps"),
        ("seeds: 3", "seeds: none", 10, "whole number"),
        ("seeds: 3", "seeds: 0", 10, "from 1"),
        ("unmet_need", "unmet_needs", 11, "unmet_need"),
        ("chunk: 5", "at: later", 12, "mean, final"),
        ("chunk: 5", "at: 9", 12, "the run ends before"),
        ("chunk: 5", "sample: {points: 5}", 9, "from a span"),
    ],
)
def test_a_fault_is_said_with_its_line(old, new, line, words):
    with pytest.raises(InputError) as error:
        files.load(written(TINY.replace(old, new)))
    assert error.value.file == "study.yaml"
    assert error.value.line == line, str(error.value)
    assert words in str(error.value)


# The command line


def test_a_sweep_from_beginning_to_end():
    answer = said("sweep", "tiny.yaml", "--out", "results/s", "--workers", 1)
    assert answer.exit_code == 0, answer.output
    assert "12 worlds" in answer.stdout
    assert "peer_leaders" in answer.stdout
    assert "\x1b" not in answer.output
    store = Store.open("results/s")
    assert store.complete
    pd.testing.assert_frame_equal(store.table(), files.load("tiny.yaml").table())
    answer = said("store", "check", "results/s")
    assert (answer.exit_code, "whole" in answer.stdout) == (0, True)
    answer = said("sweep", "--resume", "results/s", "--json")
    assert answer.exit_code == 0
    found = json.loads(answer.stdout)
    assert (found["worlds"], found["lived_now"], found["failed"], found["complete"]) == (12, 0, 0, True)
    assert said("sweep", "--resume", "results/s", "--quiet").output == ""


def test_a_damaged_store_is_told_by_the_exit_code():
    said("sweep", "tiny.yaml", "--out", "s", "--workers", 1)
    with open("s/chunks/000001.parquet", "r+b") as stream:
        stream.seek(60)
        stream.write(b"?")
    answer = said("store", "check", "s", "--json")
    assert answer.exit_code == 1
    found = json.loads(answer.stdout)
    assert not found["whole"]
    assert any("000001.parquet" in fault for fault in found["faults"])
    assert "NOT whole" in said("store", "check", "s").stdout


def test_worlds_that_fail_make_exit_code_1_and_are_named():
    text = TINY.replace("norms.conformity: [1, 2]", "people: [20, 160]")
    answer = said("sweep", written(text), "--out", "s", "--workers", 1)
    assert answer.exit_code == 1
    assert "6 worlds failed" in answer.stderr
    assert "too few people" in answer.stderr
    assert "people 20" in answer.stderr
    assert "--retry-failed" in answer.stderr
    again = said("sweep", "--resume", "s", "--retry-failed", "--json", "--workers", 1)
    assert again.exit_code == 1
    found = json.loads(again.stdout)
    assert found["failed"] == 6
    assert found["failures"][0]["failure"].startswith("there are too few people")
    assert said("store", "check", "s").exit_code == 0


def test_results_have_a_place_of_their_own():
    for _ in range(2):
        assert said("sweep", "tiny.yaml", "--workers", 1, "--quiet").exit_code == 0
    assert Store.open("results/tiny").complete
    assert Store.open("results/tiny-2").complete


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["sweep"], "a study is missing"),
        (["sweep", "frist_sweep"], "first_sweep"),
        (["sweep", "tinny.yaml"], "tiny.yaml"),
        (["sweep", "tiny.yaml", "--resume", "x"], "takes no STUDY"),
        (["sweep", "--resume", "x", "--out", "y"], "takes no --out"),
        (["sweep", "--resume", "results"], "no such folder"),
        (["sweep", "--resume", "."], "no manifest"),
        (["sweep", "tiny.yaml", "--retry-failed"], "with --resume"),
        (["sweep", "tiny.yaml", "--out", "."], "something here already"),
        (["sweep", "tiny.yaml", "--out", "new", "--cluster", "nowhere.yaml"], "cannot be read"),
        (["sweep", "tiny.yaml", "--out", "new", "--cluster", "tcp://nowhere:1", "--workers", "2"], "one of the two"),
        (["store", "check", "results"], "no such folder"),
        (["store", "check", "."], "no manifest"),
    ],
)
def test_mistakes_on_the_command_line_end_with_code_2(words, expected):
    answer = said(*words)
    assert answer.exit_code == 2, answer.output
    assert expected in answer.stderr
    assert not os.path.exists("new")


def test_a_store_that_is_there_is_kept_unless_force_is_used():
    said("sweep", "tiny.yaml", "--out", "s", "--workers", 1)
    answer = said("sweep", "tiny.yaml", "--out", "s", "--workers", 1)
    assert answer.exit_code == 2
    assert "--resume s" in answer.stderr
    written(TINY.replace("seeds: 3", "seeds: 2"))
    assert said("sweep", "study.yaml", "--out", "s", "--force", "--workers", 1).exit_code == 0
    assert Store.open("s").about["worlds"] == 8


# Scripts, clusters, documents


def test_five_lines_of_script_are_enough(nowhere):
    """As they stand in the guide, in a process of its own, without a guard for worker processes."""
    script = """import sim
plans = {plan: sim.resolve("secondary_school", [plan], people=160, weeks=4) for plan in ("usual", "peer_leaders")}
study = sim.Study(plans, vary={"norms.conformity": [1, 2], "burn_in": [2]}, seeds=3, measures=["unmet_need"], chunk=4)
table = study.run(workers=2)
print(table.groupby(["scenario", "norms.conformity"], observed=True)["unmet_need"].mean().to_string())
"""
    (nowhere / "script.py").write_text(script)
    done = subprocess.run([sys.executable, "script.py"], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 5


def test_the_job_script_of_the_slurm_example_asks_for_what_the_guide_says():
    """The cluster file of the guide, as dask-jobqueue turns it into a batch job; no SLURM is needed for that."""
    script = """
import sys, warnings
warnings.simplefilter("ignore")
from dask_jobqueue import SLURMCluster
from sim.sweeps import cluster
asked = cluster.asked_for(sys.argv[1])
made = SLURMCluster(**asked.options)
print(made.job_script())
made.close()
"""
    from pathlib import Path

    guide = (Path(__file__).parents[2] / "docs" / "studies.md").read_text(encoding="utf-8")
    example = next(block for block in guide.split("```yaml\n")[1:] if "SLURMCluster" in block).split("```")[0]
    Path("slurm.yaml").write_text(example)
    done = subprocess.run([sys.executable, "-c", script, "slurm.yaml"], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    for line in ("#SBATCH -p normal", "#SBATCH --cpus-per-task=8", "#SBATCH --mem=15G", "#SBATCH -t 04:00:00"):
        assert line in done.stdout
    for words in ("--nthreads 1", "--nworkers 8", "source ~/help-seeking-norms/.venv/bin/activate"):
        assert words in done.stdout
    assert "OMP_NUM_THREADS=1" in done.stdout


def test_a_cluster_file_names_only_clusters_of_dask():
    from sim.sweeps import cluster

    with open("odd.yaml", "w", encoding="utf-8") as stream:
        stream.write("kind: cluster\nclass: os.system\nworkers: 1\n")
    with pytest.raises(InputError, match=r"line 2.*no cluster of Dask"):
        cluster.connected("odd.yaml")


@pytest.mark.slow
def test_the_benchmark_of_sweeps_measures_what_it_says():
    from benchmarks import sweeps

    found = sweeps.measure(sweeps.TINY, lambda words: None)
    assert json.loads(json.dumps(found)) == found
    assert set(found["study"]["workers"]) == {"1", "2", "in this process"}
    assert all(found["mesa"][workers]["times"] > 0 for workers in ("1", "2"))
    assert all(cost > 0 for cost in found["milliseconds_per_chunk"].values())
    assert sweeps.sweep_study(10_000).worlds == 10_000


# Figures


def made_up():
    rows = [
        (point, label, seed, level, 0.1 * level + 0.01 * seed + 0.2 * (label == "leaders"))
        for point, level in enumerate([1.0, 2.0])
        for seed in (1, 2, 3)
        for label in ("usual", "leaders")
    ]
    return pd.DataFrame(rows, columns=["point", "scenario", "seed", "norms.conformity", "injunctive_norm"])


def test_lines_are_means_over_seeds_and_differences_are_taken_world_by_world():
    from sim.sweeps import pictures

    band = pictures.band(made_up(), "norms.conformity", "injunctive_norm", "usual")
    assert band["mean"].tolist() == pytest.approx([0.12, 0.22])
    half = 4.302652729911275 * 0.01 / 3**0.5  # Student's t on two degrees of freedom; the seeds differ by 0.01
    assert (band["high"] - band["mean"]).tolist() == pytest.approx([half, half])
    paired = pictures.band(made_up(), "norms.conformity", "injunctive_norm", "leaders", "usual")
    assert paired["mean"].tolist() == pytest.approx([0.2, 0.2])
    assert (paired["high"] - paired["low"]).tolist() == pytest.approx([0, 0], abs=1e-12)


def test_a_figure_names_its_units_and_says_what_its_intervals_hold():
    from sim.sweeps import pictures

    figure = pictures.along(made_up(), "norms.conformity", ["injunctive_norm"], base="usual")
    panel = figure.axes[0]
    assert panel.get_ylabel() == "on a scale from −1 to 1"
    assert "logit" in panel.get_xlabel()
    assert "difference from usual" in panel.get_title(loc="left")
    assert "luck only" in figure.get_supxlabel()
    with pytest.raises(InputError, match="no such column"):
        pictures.along(made_up(), "norms.conformity", ["unmet_need"])
