"""Stores: the same bytes however a study was run, never half written, proved whole, finished by whoever comes next."""

import contextlib
import json
import os
import pickle
import shutil
import subprocess
import sys
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.errors import InputError
from sim.scenario import override, resolve
from sim.sweeps import Study, living, stamps, tasks
from sim.sweeps.crews import Alone, Pool, called
from sim.sweeps.progress import Progress
from sim.sweeps.proving import checked, prove
from sim.sweeps.running import run
from sim.sweeps.store import Store, opened
from sim.sweeps.workers import LocalWorkers

FEW = ["unmet_need", "norm", "asks"]


@cache
def schools():
    short = {"setting.burn_in": 2, "weeks": 5}
    return {
        name: override(resolve("secondary_school", [name], people=160), short) for name in ("usual", "peer_leaders")
    }


def study(**options):
    """48 worlds in 8 chunks, the last of them smaller."""
    vary = {"peer_leaders.reach": [0.1, 0.2, 0.3], "norms.conformity": [1, 2.5]}
    return Study(schools(), vary, **{"seeds": 4, "measures": FEW, "chunk": 7} | options)


def files(folder):
    """Every file of a store with its bytes, but for what belongs to one run only."""
    paths = [path for path in Path(folder).rglob("*") if path.is_file() and "run" not in path.relative_to(folder).parts]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def lived(folder, made=None, crew=None, **options):
    """A store with everything lived."""
    store = opened(folder, made or study())
    outcome = run(store, crew or Alone(1), **options)
    return store, outcome


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """What a study comes to if nothing happens."""
    folder = tmp_path_factory.mktemp("undisturbed") / "store"
    store, outcome = lived(folder)
    assert outcome.well
    assert store.complete
    return folder


# The same bytes


def test_a_store_has_the_same_bytes_with_threads_here(tmp_path, undisturbed):
    lived(tmp_path / "store", crew=Alone(3))
    assert files(tmp_path / "store") == files(undisturbed)


def test_a_store_has_the_same_bytes_on_threads_that_answer_when_they_are_ready(tmp_path, undisturbed):
    with ThreadPoolExecutor(3) as pool:
        lived(tmp_path / "store", crew=Pool(pool))
    assert files(tmp_path / "store") == files(undisturbed)


def test_a_store_has_the_same_bytes_on_worker_processes(tmp_path, undisturbed):
    with LocalWorkers(2) as workers:
        lived(tmp_path / "store", crew=Pool(workers))
        assert 1 <= len(workers.processes) <= 2
    assert files(tmp_path / "store") == files(undisturbed)
    assert workers.processes == []


@pytest.mark.slow
def test_a_store_has_the_same_bytes_on_a_process_pool_and_on_loky(tmp_path, undisturbed):
    """In a process of its own: pools of processes leave threads behind."""
    script = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
import loky
from test_store import lived, Pool
if __name__ == "__main__":
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        lived({str(tmp_path / "pool")!r}, crew=Pool(pool))
    with loky.ProcessPoolExecutor(2) as pool:
        lived({str(tmp_path / "loky")!r}, crew=Pool(pool))
"""
    (tmp_path / "script.py").write_text(script)
    subprocess.run([sys.executable, tmp_path / "script.py"], check=True, timeout=300)
    assert files(tmp_path / "pool") == files(tmp_path / "loky") == files(undisturbed)


def test_chunks_may_come_in_any_order(tmp_path, undisturbed, monkeypatch):
    monkeypatch.setattr(Store, "missing", lambda store: iter([3, 0, 6, 5, 1, 4, 2]))
    lived(tmp_path / "store")
    assert files(tmp_path / "store") == files(undisturbed)


def test_the_table_is_that_of_the_study_in_memory_whatever_the_chunks(tmp_path, undisturbed):
    table = study().table()
    pd.testing.assert_frame_equal(Store.open(undisturbed).table(), table)
    other, _ = lived(tmp_path / "store", study(chunk=20))
    pd.testing.assert_frame_equal(other.table(), table)
    assert files(tmp_path / "store").keys() != files(undisturbed).keys()
    pd.testing.assert_frame_equal(study().run(executor=ThreadPoolExecutor(2)), table)
    assert Store.open(undisturbed).table(["norm", "seed"]).equals(table[["norm", "seed"]])


def test_points_of_a_table_are_kept_with_the_store(tmp_path):
    points = pd.DataFrame(
        {"scenario": ["usual", "peer_leaders", "usual"], "seed": [3, 2**63, 5], "norms.conformity": [1, 2.5, 1],
         "peer_leaders.half_life": [None, 4, None], "peer_leaders.seeding": ["degree", "random", "random"]}
    )  # fmt: skip
    made = Study(schools(), points, 1, FEW, chunk=2)
    _, outcome = lived(tmp_path / "store", made)
    assert outcome.well
    again = Store.open(tmp_path / "store")
    pd.testing.assert_frame_equal(again.table(), made.table())
    assert again.study.rows(np.arange(3), made.piece(np.arange(3)).live())["seed"].tolist() == [3, 2**63, 5]
    assert prove(again).whole
    (tmp_path / "store" / "design.parquet").write_bytes(b"else")
    with pytest.raises(InputError, match="was changed"):
        checked(tmp_path / "store")


def test_a_store_for_a_thousand_million_worlds_takes_little_memory(tmp_path):
    levels = {"norms.criterion_share": np.linspace(0.5, 0.8, 1000), "norms.conformity": np.linspace(1, 2, 1000)}
    tracemalloc.start()
    store = Store.create(tmp_path / "store", Study(schools()["usual"], levels, 1000, "unmet_need"))
    chunk = next(store.missing())
    piece = store.study.piece(store.worlds_of(chunk))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert store.about["worlds"] == 10**9
    assert len(piece.seeds) == store.about["chunk"] <= 5000
    assert peak < 30_000_000
    assert Store.open(tmp_path / "store").study.worlds == 10**9


# Readers


def test_a_store_reads_straight_into_pandas_polars_and_duckdb(undisturbed):
    import duckdb
    import polars

    table = study().table()
    mean = table["unmet_need"].mean()
    pandas = pd.read_parquet(undisturbed / "chunks")
    assert len(pandas) == len(table)
    assert pandas["unmet_need"].mean() == pytest.approx(mean, rel=1e-12)
    frame = polars.read_parquet(f"{undisturbed}/chunks/*.parquet")
    assert frame.group_by("scenario").len().sort("scenario").rows() == [("peer_leaders", 24), ("usual", 24)]
    assert frame["unmet_need"].mean() == pytest.approx(mean, rel=1e-12)
    with duckdb.connect() as base:
        found = base.sql(f"""select "norms.conformity", count(*), avg(unmet_need)
                             from '{undisturbed}/chunks/*.parquet' where failure is null group by 1 order by 1""")
        rows = found.fetchall()
    by = table.groupby("norms.conformity")["unmet_need"].mean()
    assert [row[:2] for row in rows] == [(1.0, 24), (2.5, 24)]
    assert [row[2] for row in rows] == pytest.approx(by.tolist(), rel=1e-12)


# Proof


def test_a_whole_store_is_proved(undisturbed):
    proof = checked(undisturbed)
    assert proof.whole
    assert (proof.worlds, proof.lived, proof.failed, proof.chunks, proof.missing) == (48, 48, 0, 7, 0)


def flip(path, where=0.5):
    content = bytearray(path.read_bytes())
    content[int(len(content) * where)] ^= 1
    path.write_bytes(content)


def swap(one, other):
    one.rename(one.with_name("aside"))
    other.rename(one)
    one.with_name("aside").rename(other)


SPOILED = {
    "a value in a chunk": lambda s: flip(s / "chunks/000002.parquet", 0.1),
    "the end of a chunk": lambda s: flip(s / "chunks/000002.parquet", 0.999),
    "a chunk cut short": lambda s: os.truncate(s / "chunks/000003.parquet", 700),
    "an empty chunk": lambda s: os.truncate(s / "chunks/000003.parquet", 0),
    "a chunk gone": lambda s: (s / "chunks/000004.parquet").unlink(),
    "two chunks in each other's place": lambda s: swap(s / "chunks/000001.parquet", s / "chunks/000002.parquet"),
    "one chunk too many": lambda s: shutil.copy(s / "chunks/000001.parquet", s / "chunks/000007.parquet"),
    "a strange file": lambda s: (s / "chunks/notes.txt").write_text("mine"),
    "another title": lambda s: edit(s / "manifest.json", title="another"),
    "other measures": lambda s: edit(s / "manifest.json", measures=["unmet_need", "norm"]),
    "no digests": lambda s: (s / "digests.json").unlink(),
    "other digests": lambda s: edit(s / "digests.json", **{"chunks/000001.parquet": "0" * 64}),
    "digests that are none": lambda s: (s / "digests.json").write_text("[]"),
}


def edit(file, **changes):
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


@pytest.mark.parametrize("how", SPOILED)
def test_whatever_was_changed_is_found(tmp_path, undisturbed, how):
    shutil.copytree(undisturbed, tmp_path / "store")
    SPOILED[how](tmp_path / "store")
    assert not checked(tmp_path / "store").whole


@pytest.mark.parametrize("how", ["gone", "format", "json", "worlds", "scenario"])
def test_a_store_without_a_sound_manifest_is_refused(tmp_path, undisturbed, how):
    shutil.copytree(undisturbed, tmp_path / "store")
    manifest = tmp_path / "store" / "manifest.json"
    {
        "gone": manifest.unlink,
        "format": lambda: edit(manifest, format="study 0"),
        "json": lambda: manifest.write_text("{"),
        "worlds": lambda: edit(manifest, worlds="many"),
        "scenario": lambda: edit(manifest, scenarios=[{"label": "usual"}]),
    }[how]()
    with pytest.raises(InputError):
        checked(tmp_path / "store")


def test_a_changed_world_with_a_matching_digest_of_its_chunk_is_still_found(tmp_path, undisturbed):
    """Somebody writes a chunk anew with another value, and the right marks; the digest of the file gives it away."""
    shutil.copytree(undisturbed, tmp_path / "store")
    store = Store.open(tmp_path / "store")
    frame = store.read(1).to_pandas()
    frame.loc[0, "unmet_need"] += 1e-12
    store.write(1, {name: frame[name].to_numpy() if name in FEW else frame[name].tolist() for name in frame})
    assert [fault.split(":")[0] for fault in checked(tmp_path / "store").faults] == ["chunks/000001.parquet"]


# Failures and trying again


def broken(monkeypatch, seeds, error=RuntimeError):
    """Worlds of some seeds cannot be built."""
    usual = living.Population

    def build(worlds, *rest):
        if bad := [world.seed for world in worlds if world.seed in seeds]:
            raise error(f"seed {bad[0]} is not to be had")
        return usual(worlds, *rest)

    monkeypatch.setattr(living, "Population", build)


def test_failed_worlds_are_kept_with_their_messages_and_lived_again_when_asked(tmp_path, undisturbed, monkeypatch):
    with monkeypatch.context() as patched:
        broken(patched, {2})
        store, outcome = lived(tmp_path / "store")
    assert not outcome.well
    assert outcome.failed == 12
    failures = store.failures()
    assert set(failures["seed"]) == {2}
    assert set(failures["failure"]) == {"RuntimeError: seed 2 is not to be had"}
    assert set(failures["norms.conformity"]) == {1.0, 2.5}
    assert store.complete
    assert checked(tmp_path / "store").whole
    assert checked(tmp_path / "store").failed == 12
    assert store.table()["unmet_need"].isna().sum() == 12

    before = files(tmp_path / "store")
    _, again = lived(tmp_path / "store")  # nothing is missing, so nothing is done
    assert (again.lived, again.failed) == (0, 12)
    assert files(tmp_path / "store") == before
    _, again = lived(tmp_path / "store", retry_failed=True)
    assert again.well
    assert again.lived == 12
    assert files(tmp_path / "store") == files(undisturbed)
    assert json.loads((tmp_path / "store/run/progress.json").read_text())["failed"] == 0


def test_worlds_that_fail_again_are_still_failed(tmp_path, monkeypatch):
    broken(monkeypatch, {2, 3})
    lived(tmp_path / "store")
    before = files(tmp_path / "store")
    _, again = lived(tmp_path / "store", retry_failed=True)
    assert again.failed == 24
    assert files(tmp_path / "store") == before


def test_an_error_of_the_machine_is_no_failure_of_the_worlds(tmp_path, undisturbed, monkeypatch):
    with monkeypatch.context() as patched:
        broken(patched, {2}, MemoryError)
        store, outcome = lived(tmp_path / "store")
    assert outcome.unfinished
    assert outcome.failed == 0
    assert not store.complete
    assert not checked(tmp_path / "store").whole
    _, outcome = lived(tmp_path / "store")
    assert outcome.well
    assert files(tmp_path / "store") == files(undisturbed)


def test_a_bug_in_the_program_ends_the_study_and_leaves_what_is_finished(tmp_path, undisturbed, monkeypatch):
    usual, calls = tasks.live, []

    def live(task, *rest):
        calls.append(task)
        if len(calls) > 3:
            raise ZeroDivisionError("a bug")
        return usual(task, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(tasks, "live", live)
        with pytest.raises(ZeroDivisionError):
            lived(tmp_path / "store")
    assert json.loads((tmp_path / "store/run/progress.json").read_text())["state"] == "failed"
    assert checked(tmp_path / "store").lived == 21
    lived(tmp_path / "store")
    assert files(tmp_path / "store") == files(undisturbed)


# Finishing


def test_what_is_missing_is_done_and_nothing_else(tmp_path, undisturbed):
    shutil.copytree(undisturbed, tmp_path / "store")
    for chunk in (1, 6):
        (tmp_path / "store" / f"chunks/{chunk:06d}.parquet").unlink()
    (tmp_path / "store" / "digests.json").unlink()
    (tmp_path / "store" / "chunks/000001.parquet.part").write_bytes(b"half")
    kept = (tmp_path / "store/chunks/000000.parquet").stat().st_mtime_ns
    _, outcome = lived(tmp_path / "store")
    assert outcome.lived == 7 + 6
    assert files(tmp_path / "store") == files(undisturbed)
    assert (tmp_path / "store/chunks/000000.parquet").stat().st_mtime_ns == kept


def test_another_study_does_not_go_into_a_store(tmp_path, undisturbed):
    with pytest.raises(InputError, match="another study"):
        opened(undisturbed, study(seeds=5))


def test_another_version_does_not_finish_a_store(tmp_path, undisturbed):
    shutil.copytree(undisturbed, tmp_path / "store")
    edit(tmp_path / "store" / "manifest.json", sources="0123456789abcdef")
    with pytest.raises(InputError, match="another version"):
        run(Store.open(tmp_path / "store"), Alone(1))


def test_a_worker_of_another_version_refuses_before_it_unpacks_anything():
    task = replace(tasks.Task.of(study().piece(np.arange(2))), packed=b"not to be unpacked")
    other = replace(task, stamp=stamps.Stamp("9.9.9", "f" * 16))
    with pytest.raises(stamps.OtherVersionError, match=r"has version .*this study has version 9\.9\.9"):
        tasks.live(other)
    with pytest.raises(pickle.UnpicklingError):
        tasks.live(task)


def test_refused_workers_end_the_study_with_a_clear_message(tmp_path, monkeypatch):
    def live(task, *rest):
        stamps.check(stamps.Stamp("9.9.9", "f" * 16), "worker 1 on node7")

    monkeypatch.setattr(tasks, "live", live)
    with ThreadPoolExecutor(2) as pool, pytest.raises(InputError, match=r"worker 1 on node7 .*9\.9\.9"):
        lived(tmp_path / "store", crew=Pool(pool))


# The lock


def test_two_processes_do_not_write_to_one_store(tmp_path, undisturbed):
    shutil.copytree(undisturbed, tmp_path / "store")
    hold = (
        "import sys, pathlib\n"
        "from sim.sweeps.locking import held\n"
        "with held(pathlib.Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    words = [sys.executable, "-c", hold, str(tmp_path / "store" / "run")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(InputError, match=f"process {other.pid} on "):
            lived(tmp_path / "store")
        other.kill()  # it leaves its lock behind
        other.wait()
    assert (tmp_path / "store" / "run" / "lock").exists()
    _, outcome = lived(tmp_path / "store")
    assert outcome.well
    assert not (tmp_path / "store" / "run" / "lock").exists()


def test_a_lock_of_another_machine_is_named_and_left_alone(tmp_path, undisturbed, monkeypatch):
    monkeypatch.setattr("sim.sweeps.locking.PATIENCE", 0.3)
    shutil.copytree(undisturbed, tmp_path / "store")
    (tmp_path / "store" / "run" / "lock").write_text("4711\nnode7\n")
    with pytest.raises(InputError, match="process 4711 on node7"):
        lived(tmp_path / "store")
    assert (tmp_path / "store" / "run" / "lock").exists()


# Progress


def test_progress_is_told_and_written_down(tmp_path):
    seen = []
    lived(tmp_path / "store", shown=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (48, 48)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    said = json.loads((tmp_path / "store" / "run" / "progress.json").read_text())
    assert said["state"] == "finished"
    assert (said["worlds"], said["done"], said["chunks_done"], said["failed"]) == (48, 48, 7, 0)
    assert said["seconds_left"] == 0
    assert said["process"] == os.getpid()


def test_the_progress_file_can_be_read_at_any_time(tmp_path):
    progress = Progress(tmp_path / "progress.json", 100, 10)
    progress.there(20, 0, 2)
    time.sleep(0.01)
    progress.moved(10)
    progress.write("running")
    said = json.loads((tmp_path / "progress.json").read_text())
    assert said["done"] == 30
    assert said["seconds_left"] == pytest.approx(70 / said["worlds_per_second"], rel=0.2, abs=0.11)
    assert [path.name for path in tmp_path.iterdir()] == ["progress.json"]


# Whom to call


def test_little_is_done_here_and_much_by_others():
    assert isinstance(called(None, None, None, small=True), Alone)
    assert isinstance(called(None, 1, None, small=False), Alone)
    for options in ((None, 2, None, False), (None, 1, 60.0, True)):
        crew = called(*options)
        assert isinstance(crew.executor, LocalWorkers)
        assert crew.executor.workers == options[1]
        crew.close(at_once=False)
    with pytest.raises(InputError, match="cannot live worlds"):
        called(5, None, None, small=True)


def test_workers_are_started_only_when_there_is_work():
    with LocalWorkers(2) as workers:
        assert workers.processes == []


def test_a_manifest_names_no_machine_and_no_day(undisturbed):
    text = (undisturbed / "manifest.json").read_text()
    assert os.uname().nodename not in text.replace('"vm', "") or len(os.uname().nodename) < 4
    assert not set(json.loads(text)) & {"created", "date", "host", "machine", "folder"}
    assert str(undisturbed.parent) not in text
    with contextlib.suppress(KeyError):
        assert os.environ["HOME"] not in text
