"""Results: tables that can be told apart by their digests, a folder that is whole or not there, fair comparisons."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import sim
from sim import storing, study
from sim.measures import BY_NAME, MEASURES, TOTALS
from sim.results import Results

SEEDS = 6


def small(plans="usual", weeks=9, setting="workplace", **changes):
    made = sim.resolve(setting, plans, people=90 if setting == "workplace" else None, weeks=weeks)
    return sim.override(made, {"setting.burn_in": 4} | changes)


@pytest.fixture(scope="module")
def results():
    chosen = [small(), small("cohesion_training"), small(setting="karate_club")]
    return study.run(chosen, SEEDS, threads=2, labels=["usual", "training", "club"])


@pytest.fixture
def stored(results, tmp_path):
    return results.save(tmp_path / "stored")


# The folder


def test_what_is_written_is_what_is_read(results, stored):
    again = sim.open(stored, check=True)
    assert again.manifest == results.manifest
    assert again.labels == results.labels
    assert again.scenarios == results.scenarios
    assert again.persons is None
    assert again.groups is None
    for name in results.manifest["tables"]:
        pd.testing.assert_frame_equal(again.table(name), results.table(name), check_exact=True)


def test_one_line_of_pandas_reads_a_table(stored):
    weekly = pd.read_parquet(stored / "weekly.parquet")
    assert {"run", "label", "seed", "week", "mean_distress"} <= set(weekly)


def test_the_same_runs_write_the_same_bytes(results, stored, tmp_path):
    again = study.run(results.scenarios, SEEDS, threads=1, labels=results.labels).save(tmp_path / "again")
    for file in sorted(stored.glob("*.parquet")):
        assert file.read_bytes() == (again / file.name).read_bytes()


def test_a_folder_that_is_there_is_refused(results, stored):
    before = {file.name: file.read_bytes() for file in stored.iterdir()}
    with pytest.raises(sim.InputError, match="something here already"):
        results.save(stored)
    assert {file.name: file.read_bytes() for file in stored.iterdir()} == before


def test_a_result_is_replaced_if_one_insists(results, stored):
    (stored / "figure.png").write_bytes(b"old")
    results.save(stored, force=True)
    assert not (stored / "figure.png").exists()
    assert sorted(each.name for each in stored.parent.iterdir()) == ["stored"]
    sim.open(stored, check=True)


def test_it_is_replaced_where_folders_cannot_change_places_too(results, stored, monkeypatch):
    monkeypatch.setattr(storing, "exchange", lambda one, other: False)
    results.save(stored, force=True)
    assert sorted(each.name for each in stored.parent.iterdir()) == ["stored"]
    sim.open(stored, check=True)


@pytest.mark.parametrize("what", ["folder", "empty", "file", "other manifest"])
def test_what_is_no_result_is_never_replaced(results, tmp_path, what):
    place = tmp_path / "precious"
    if what == "file":
        place.write_text("mine")
    else:
        place.mkdir()
    if what == "folder":
        (place / "thesis.txt").write_text("mine")
    if what == "other manifest":
        (place / "manifest.json").write_text('{"name": "an extension of a browser"}')
    with pytest.raises(sim.InputError, match="no result"):
        results.save(place, force=True)
    assert place.exists()
    assert [each.name for each in tmp_path.iterdir()] == ["precious"]


@pytest.mark.parametrize("force", [False, True])
def test_a_failure_leaves_nothing_behind(results, stored, force):
    target = stored if force else stored.with_name("new")

    def fail(folder):
        assert (folder / "manifest.json").is_file()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        results.save(target, force=force, also=fail)
    assert sorted(each.name for each in stored.parent.iterdir()) == ["stored"]
    sim.open(stored, check=True)


def test_a_full_disk_leaves_nothing_behind_and_says_so(results, tmp_path, monkeypatch):
    def full(self, path, **options):
        path.write_bytes(b"half of")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(sim.InputError, match="cannot be written") as error:
        results.save(tmp_path / "new")
    assert error.value.found == "No space left on device"
    assert list(tmp_path.iterdir()) == []


def test_of_two_that_write_one_folder_the_first_stays(results, tmp_path):
    def overtaken(folder):
        (tmp_path / "new").mkdir()
        (tmp_path / "new" / "first").touch()

    with pytest.raises(sim.InputError, match="something here already"):
        results.save(tmp_path / "new", also=overtaken)
    assert [each.name for each in (tmp_path / "new").iterdir()] == ["first"]


def test_a_killed_process_leaves_no_half_result(results, stored):
    script = (
        "import os, signal, sys, sim; r = sim.open(sys.argv[1]);"
        "r.save(sys.argv[2], also=lambda folder: os.kill(os.getpid(), signal.SIGKILL))"
    )
    target = stored.with_name("new")
    done = subprocess.run([sys.executable, "-c", script, stored, target], check=False)
    assert done.returncode == -9
    assert not target.exists()


def test_more_files_appear_with_the_rest(results, tmp_path):
    path = results.save(tmp_path / "deep" / "er" / "one", also=lambda folder: (folder / "a.txt").write_text("a"))
    assert (path / "a.txt").read_text() == "a"
    assert path == tmp_path / "deep" / "er" / "one"


def test_a_place_that_cannot_be_written_is_an_input_error(results, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(sim.InputError, match="cannot be written"):
        results.save(tmp_path / "file" / "one")


def test_a_link_to_a_result_is_followed(results, stored):
    link = stored.with_name("link")
    link.symlink_to(stored)
    assert results.save(link, force=True) == stored
    assert link.is_symlink()
    sim.open(link, check=True)


def test_folders_change_places_in_one_step_here(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    for each in (one, other):
        each.mkdir()
        (each / each.name).touch()
    if not storing.exchange(one, other):
        pytest.skip("this system has no such step")
    assert (one / "other").exists()
    assert (other / "one").exists()


# What cannot be opened


def test_a_folder_that_is_not_there_and_the_nearest_that_is(stored):
    with pytest.raises(sim.InputError) as error:
        sim.open(stored.with_name("storde"))
    assert error.value.hint == str(stored)


def test_a_folder_without_a_manifest(tmp_path):
    with pytest.raises(sim.InputError, match="no manifest"):
        sim.open(tmp_path)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"program": "other"}', "\ud800", "[" * 100_000, '{"program": "help-seeking-norms", "format": 1}'],
)
def test_a_manifest_that_is_none(stored, text):
    (stored / "manifest.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(sim.InputError) as error:
        sim.open(stored)
    assert len(str(error.value).splitlines()) < 20


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": 2}, "another format"),
        ({"tables": {}}, "damaged"),
        ({"tables": {"../weekly": {"sha256": "", "rows": 1}}}, "damaged"),
        ({"scenarios": [1]}, "damaged"),
        ({"scenarios": None}, "damaged"),
        ({"seeds": "all"}, "damaged"),
        ({"persons": None}, "damaged"),
    ],
)
def test_a_manifest_that_was_tampered_with(stored, change, says):
    file = stored / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(sim.InputError, match=says):
        sim.open(stored)


def test_a_table_that_is_missing(stored):
    (stored / "weekly.parquet").unlink()
    with pytest.raises(sim.InputError, match="a table is missing"):
        sim.open(stored)


def test_a_table_that_is_none(stored):
    (stored / "weekly.parquet").write_bytes(b"PAR1 not really")
    found = sim.open(stored)
    with pytest.raises(sim.InputError, match="cannot be read"):
        found.check()


def test_a_table_that_was_changed(stored):
    weekly = pd.read_parquet(stored / "weekly.parquet")
    weekly.loc[0, "mean_distress"] = np.nextafter(weekly.loc[0, "mean_distress"], 30)
    weekly.to_parquet(stored / "weekly.parquet", index=False)
    sim.open(stored)
    with pytest.raises(sim.InputError, match="weekly is not what the manifest says"):
        sim.open(stored, check=True)


# Digests


FRAME = pd.DataFrame({"a": [1.0, np.nan, -2.0], "b": ["x", "y", "x"], "c": [True, False, True]})


def test_a_digest_is_of_values_not_of_how_they_are_held():
    other = FRAME.copy()
    other["b"] = pd.Categorical(other["b"], categories=["z", "y", "x"])
    odd_nan = np.array([0x7FF8000000000001], np.uint64).view(np.float64)[0]
    other["a"] = np.array([1.0, odd_nan, -2.0])[::1]
    assert storing.digest(other) == storing.digest(FRAME)
    assert storing.digest(FRAME.iloc[::-1].iloc[::-1]) == storing.digest(FRAME)


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.assign(a=[1.0, np.nan, np.nextafter(-2.0, 0)]),
        lambda frame: frame.assign(a=[1.0, 0.0, -2.0]),
        lambda frame: frame.assign(b=["x", "x", "y"]),
        lambda frame: frame.assign(b=["x", None, "x"]),
        lambda frame: frame.assign(c=[True, True, True]),
        lambda frame: frame.assign(a=frame["a"].astype("float32")),
        lambda frame: frame.rename(columns={"a": "d"}),
        lambda frame: frame[["b", "a", "c"]],
        lambda frame: frame.iloc[[1, 0, 2]],
        lambda frame: frame.iloc[:2],
    ],
)
def test_a_digest_sees_every_change(change):
    assert storing.digest(change(FRAME.copy())) != storing.digest(FRAME)


def test_unknown_truths_are_neither_true_nor_false():
    truths = [pd.array([value], dtype="boolean") for value in (True, False, None)]
    assert len({storing.digest(pd.DataFrame({"a": each})) for each in truths}) == 3


# Comparisons


def with_totals(results, column, usual, training):
    """The same results with other values of one measure for two labels."""
    totals = results.totals.copy()
    totals[column] = totals[column].astype(float)
    totals.loc[totals["label"] == "usual", column] = usual
    totals.loc[totals["label"] == "training", column] = training
    tables = {name: results.table(name) for name in results.manifest["tables"]} | {"totals": totals}
    return Results(results.manifest, tables)


USUAL = [3.0, 2.5, 3.2, 2.9, 3.1, 2.2]
TRAINING = [2.8, 2.1, 3.1, 2.2, 3.0, 2.4]


def test_pairs_give_students_interval_of_their_differences(results):
    found = with_totals(results, "final_mean_distress", USUAL, TRAINING)
    row = found.differences(measures=["mean_distress"]).query("label == 'training'").iloc[0]
    theory = stats.ttest_rel(TRAINING, USUAL).confidence_interval(0.95)
    assert row["difference"] == pytest.approx(np.mean(TRAINING) - np.mean(USUAL))
    assert (row["low"], row["high"]) == pytest.approx((theory.low, theory.high))
    assert row["standard_error"] == pytest.approx(stats.sem(np.subtract(TRAINING, USUAL)))
    assert (row["n"], row["n_base"], row["base_label"], row["unit"]) == (6, 6, "usual", "points (0-27)")
    assert row["paired"]
    unpaired = stats.ttest_ind(TRAINING, USUAL, equal_var=False).confidence_interval(0.95)
    assert row["low"] != pytest.approx(unpaired.low)


def test_other_settings_are_compared_as_independent_samples(results):
    row = results.differences(measures="mean_distress").query("label == 'club'").iloc[0]
    totals = results.totals
    usual, club = (totals.loc[totals["label"] == name, "final_mean_distress"] for name in ("usual", "club"))
    theory = stats.ttest_ind(club, usual, equal_var=False).confidence_interval(0.95)
    assert not row["paired"]
    assert (row["low"], row["high"]) == pytest.approx((theory.low, theory.high))


def test_a_pair_with_an_undefined_value_is_left_out(results):
    holed = [np.nan, *USUAL[1:]]
    found = with_totals(results, "final_mean_distress", holed, TRAINING)
    row = found.differences(measures=["mean_distress"]).query("label == 'training'").iloc[0]
    assert (row["n"], row["n_base"]) == (5, 5)
    assert row["difference"] == pytest.approx(np.mean(np.subtract(TRAINING, USUAL)[1:]))
    nothing = with_totals(results, "final_mean_distress", np.nan, TRAINING)
    row = nothing.differences(measures=["mean_distress"]).query("label == 'training'").iloc[0]
    assert row["n"] == 0
    assert np.isnan([row["difference"], row["low"], row["high"]]).all()


def test_no_difference_at_all_has_no_width(results):
    found = with_totals(results, "final_mean_distress", USUAL, USUAL)
    row = found.differences(measures=["mean_distress"]).query("label == 'training'").iloc[0]
    assert (row["difference"], row["low"], row["high"], row["standard_error"]) == (0, 0, 0, 0)


def test_one_seed_has_no_interval(results):
    one = study.run(results.scenarios[:2], 1, threads=1, labels=["usual", "training"])
    found = one.differences(measures=["mean_distress", "cost"])
    assert found["low"].isna().all()
    assert found["difference"].notna().all()


def test_every_measure_is_compared_unless_some_are_named(results):
    final, mean = results.differences(), results.differences(at="mean")
    assert list(dict.fromkeys(final["measure"])) == [measure.name for measure in MEASURES]
    assert list(dict.fromkeys(mean["measure"])) == list(BY_NAME)
    assert set(results.differences(base="club")["label"]) == {"usual", "training"}
    several = results.differences(measures=["cost", "person_weeks_in_need", "elevated"], at="final")
    assert list(several["measure"]) == ["cost", "person_weeks_in_need", "elevated"] * 2


@pytest.mark.parametrize("at", ["final", "mean"])
@pytest.mark.parametrize("by", ["role", "risk", "isolation"])
def test_parts_of_people_make_up_the_whole(results, by, at):
    summary = results.summary(at=at, measures=["asks", "first_asks", "mean_distress"], by=by)
    whole = results.summary(at=at, measures=["asks", "first_asks", "mean_distress"])
    for label in results.labels:
        for measure in ("asks", "first_asks"):
            parts = summary[(summary["label"] == label) & (summary["measure"] == measure)]
            total = whole[(whole["label"] == label) & (whole["measure"] == measure)]["mean"].iloc[0]
            sums = parts["mean"].to_numpy() * parts["n"].to_numpy()
            assert sums.sum() == pytest.approx(total * SEEDS)
    assert set(summary[by]) <= {"member", "leader", "usual", "higher", "connected", "isolated"}


def test_a_part_is_pooled_over_the_same_weeks_as_the_whole(results):
    """If every subgroup is given to one part, that part's measures are the whole's, to the last digits."""
    subgroups = results.subgroups.copy()
    subgroups["role"] = pd.Categorical(["member"] * len(subgroups))
    tables = {name: results.table(name) for name in results.manifest["tables"]} | {"subgroups": subgroups}
    merged = Results(results.manifest, tables)
    for at in ("final", "mean"):
        told = merged.summary(at=at, by="role").set_index(["label", "measure"])
        whole = results.summary(at=at).set_index(["label", "measure"])
        assert len(told) > 40 * 3
        for name in ("mean", "low", "high", "n"):
            assert told[name].to_numpy() == pytest.approx(whole.loc[told.index, name].to_numpy(), rel=1e-9, nan_ok=True)


def test_means_have_students_interval(results):
    row = results.summary(measures=["mean_distress"]).iloc[0]
    values = results.totals.loc[results.totals["label"] == "usual", "final_mean_distress"]
    low, high = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
    assert (row["mean"], row["low"], row["high"]) == pytest.approx((values.mean(), low, high))
    assert row["sd"] == pytest.approx(values.std())


def test_the_tables_agree_with_each_other(results):
    weekly, totals = results.weekly, results.totals
    last = weekly[weekly["week"] == 9]
    for measure in MEASURES:
        assert np.array_equal(last[measure.name].to_numpy(), totals[f"final_{measure.name}"], equal_nan=True)
    sums = results.subgroups.query("week > 0").groupby("run")["in_need"].sum().to_numpy()
    assert totals["person_weeks_in_need"].to_numpy() == pytest.approx(sums)
    assert {measure.name for measure in TOTALS} <= set(totals)


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"base": "usuel"}, "usual"),
        ({"measures": ["mean_distres"]}, "mean_distress"),
        ({"by": "age"}, None),
        ({"at": "end"}, None),
        ({"measures": ["queue"], "by": "role"}, None),
    ],
)
def test_what_cannot_be_compared(results, options, hint):
    with pytest.raises(sim.InputError) as error:
        results.differences(**options)
    assert error.value.hint == hint


def test_a_table_that_there_is_not(results):
    with pytest.raises(sim.InputError, match="no such table"):
        results.table("persons")


# The package


def test_import_sim_is_light():
    heavy = ["numba", "pandas", "mesa", "numpy", "scipy", "pyarrow", "matplotlib", "networkx", "yaml", "pydantic"]
    script = f"import sys, sim; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_opening_a_result_needs_no_compiler(stored):
    script = "import sys, sim; r = sim.open(sys.argv[1]); r.summary(); sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script, stored], check=False).returncode == 0


def test_public_names_are_there_and_others_are_not():
    assert set(sim.__all__) <= set(dir(sim))
    for name in set(sim.__all__) - {"HelpSeekingModel"}:
        assert getattr(sim, name) is not None
    assert sim.open == Results.open
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        sim.nonsense  # noqa: B018
