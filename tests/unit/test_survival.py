"""Studies survive: workers killed or hanging, the coordinator killed, the disk full, here and on a Dask cluster.

In every case nothing finished is lost, a resumed study does the rest, and the store is byte for byte that of a study
that nothing happened to. Nothing here depends on timing: a coordinator that is to be disturbed in the middle waits for
it there, everything else waits for what it is about, and limits are generous.
"""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pandas as pd
import pytest
from test_store import files

from sim.errors import InputError
from sim.sweeps import files as study_files
from sim.sweeps.crews import Alone, Pool
from sim.sweeps.proving import checked
from sim.sweeps.running import run
from sim.sweeps.store import Store, opened
from sim.sweeps.workers import LocalWorkers

LIMIT = 900.0  # seconds that anything may take
STUDY = """
kind: study
title: Many small pieces
description: To be disturbed.
settings: secondary_school
plans: [usual, peer_leaders]
set: {people: 160, burn_in: 2, weeks: 4}
vary:
  norms.conformity: [1.0, 1.5, 2.0, 2.5]
seeds: 40
measures: [unmet_need, asks]
chunk: 8
"""


# A coordinator that writes two chunks, and then waits, until a file is there, to be disturbed.
WAITING = """
import os, sys, time
from sim.sweeps.store import Store
usual, written, go = Store.write, [], sys.argv[1]

def write(store, *rest):
    while len(written) == 2 and not os.path.exists(go):
        time.sleep(0.02)
    written.append(usual(store, *rest))

Store.write = write
from sim.__main__ import main
sys.argv[:2] = ["helpseek"]
sys.exit(main())
"""


@pytest.fixture
def study_file(tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY)
    return tmp_path / "study.yaml"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    (folder / "study.yaml").write_text(STUDY)
    store = opened(folder / "store", study_files.load(folder / "study.yaml"))
    assert run(store, Alone(2)).well
    return folder / "store"


def until(condition, process=None):
    """Wait for something; fail if it never comes, or if a process ends before it."""
    end = time.monotonic() + LIMIT
    while not (found := condition()):
        assert time.monotonic() < end, "this never came"
        assert process is None or process.poll() is None, "the process ended before"
        time.sleep(0.01)
    return found


def chunks(folder):
    return len(list((folder / "chunks").glob("*.parquet"))) if (folder / "chunks").is_dir() else 0


def helpseek(*words, **options):
    return subprocess.Popen([sys.executable, "-m", "sim", *map(str, words)], stderr=subprocess.PIPE,
                            stdout=subprocess.DEVNULL, text=True, **options)  # fmt: skip


def in_the_middle(go, folder, *words):
    """A study that has written two chunks into a folder, and goes on when the file ``go`` is there."""
    process = subprocess.Popen([sys.executable, "-c", WAITING, str(go), *map(str, words), "--out", str(folder)],
                               stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)  # fmt: skip
    until(lambda: chunks(folder) == 2, process)
    return process


def resumed(folder, *words):
    """Finish a store from the command line."""
    process = helpseek("sweep", "--resume", folder, "--quiet", "--workers", 2, *words)
    _, said = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, said


def same(folder, undisturbed):
    """The store is whole, and byte for byte the same."""
    assert checked(folder).whole
    assert files(folder) == files(undisturbed)


def events(folder):
    file = folder / "run" / "log.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


class Once:
    """Does something when the first worlds are there."""

    def __init__(self, action):
        self.action, self.done = action, False

    def __call__(self, done, total):
        if not self.done and done < total:
            self.done = True
            self.action()


# Here


def test_a_worker_killed_in_the_middle_is_replaced(tmp_path, study_file, undisturbed):
    store = opened(tmp_path / "store", study_files.load(study_file))
    with LocalWorkers(2) as workers:
        killed = []

        def kill():
            killed.append(workers.processes[0])
            os.kill(killed[0], signal.SIGKILL)

        outcome = run(store, Pool(workers), Once(kill))
        assert killed
        assert killed[0] not in workers.processes
    assert outcome.well
    assert [event["event"] for event in events(tmp_path / "store")] == ["lost"]
    same(tmp_path / "store", undisturbed)


@pytest.mark.slow
def test_a_worker_that_hangs_is_ended_after_its_time(tmp_path, study_file, undisturbed):
    store = opened(tmp_path / "store", study_files.load(study_file))
    with LocalWorkers(1, time_limit=30) as workers:  # one: the first worlds are its own, so it has begun its work
        stopped = []

        def stop():
            stopped.append(workers.processes[0])
            os.kill(stopped[0], signal.SIGSTOP)

        outcome = run(store, Pool(workers), Once(stop))
        assert stopped
        assert stopped[0] not in workers.processes
    assert outcome.well
    assert any("more than" in event["error"] for event in events(tmp_path / "store"))
    same(tmp_path / "store", undisturbed)


@pytest.mark.slow
def test_what_takes_too_long_every_time_is_left_for_another_day(tmp_path, study_file, undisturbed):
    text = study_file.read_text().replace("chunk: 8", "chunk: 200")
    study_file.write_text(text)
    store = opened(tmp_path / "store", study_files.load(study_file))
    with LocalWorkers(1, time_limit=0.001) as workers:
        outcome = run(store, Pool(workers))
    assert set(outcome.unfinished) == {0, 1}
    assert not outcome.well
    assert not store.complete
    assert len(events(tmp_path / "store")) == 6
    assert run(Store.open(tmp_path / "store"), Alone(2)).well
    assert checked(tmp_path / "store").whole
    pd.testing.assert_frame_equal(store.table(), Store.open(undisturbed).table())


def test_the_coordinator_killed_in_the_middle(tmp_path, study_file, undisturbed):
    folder = tmp_path / "store"
    process = in_the_middle(tmp_path / "go", folder, "sweep", study_file, "--workers", 2)
    process.kill()
    process.communicate(timeout=LIMIT)
    assert chunks(folder) == 2
    assert not (folder / "digests.json").exists()
    before = files(folder)
    resumed(folder)
    after = files(folder)
    assert all(after[name] == content for name, content in before.items() if not name.endswith(".part"))
    same(folder, undisturbed)


@pytest.mark.slow
def test_a_polite_request_to_end_is_heeded(tmp_path, study_file, undisturbed):
    folder = tmp_path / "store"
    process = in_the_middle(tmp_path / "go", folder, "sweep", study_file, "--workers", 2)
    process.terminate()
    _, said = process.communicate(timeout=LIMIT)
    assert process.returncode == 130
    assert "--resume" in said
    assert json.loads((folder / "run" / "progress.json").read_text())["state"] == "stopped"
    resumed(folder)
    same(folder, undisturbed)


@contextlib.contextmanager
def small_disk(folder, size):
    """A small file system in memory, if one may be mounted."""
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True)
    if made.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True, timeout=60)


@pytest.mark.skipif(not sys.platform.startswith("linux") or os.getuid() != 0, reason="only root may mount")
def test_a_full_disk_ends_a_study_that_goes_on_when_there_is_room(tmp_path, study_file, undisturbed):
    with small_disk(tmp_path / "disk", "96k") as disk:
        process = helpseek("sweep", study_file, "--out", disk / "store", "--workers", 1)
        _, said = process.communicate(timeout=LIMIT)
        assert process.returncode == 1
        assert "no space left on device" in said
        assert "--resume" in said
        there = chunks(disk / "store")
        assert 0 < there < 40
        proof = checked(disk / "store")
        assert not proof.faults
        assert proof.lived == 8 * there
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True, timeout=60)
        resumed(disk / "store")
        same(disk / "store", undisturbed)


def test_a_file_that_may_not_grow_ends_a_study_that_goes_on_later(tmp_path, study_file, undisturbed):
    """As a full disk or a quota does, without being root: no file may be larger than a chunk."""
    folder = tmp_path / "store"
    store = opened(folder, study_files.load(study_file))
    assert run_with_largest(store, 3_000) == 1
    assert not list((folder / "chunks").iterdir())
    resumed(folder)
    same(folder, undisturbed)


def run_with_largest(store, size):
    """The exit code of a study whose files may not grow beyond a size."""

    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    process = helpseek("sweep", "--resume", store.path, "--workers", 1, preexec_fn=limited)
    _, said = process.communicate(timeout=LIMIT)
    assert "file too large" in said
    assert "--resume" in said
    return process.returncode


# What has a worker, and says its number
OF_A_STUDY = "from sim.sweeps.workers import LocalWorkers as made; it = made(1); number = it._process(0).pid"
OF_A_FIT = "from sim.calibration.chunks import workers_of as made; it = made(1); number = it.submit(os.getpid).result()"


@pytest.mark.parametrize("work", [OF_A_STUDY, OF_A_FIT])
def test_workers_end_when_their_coordinator_is_killed(work):
    script = f"import os, time\n{work}\nprint(number, flush=True)\ntime.sleep(600)\n"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        worker = int(process.stdout.readline())
        os.kill(worker, 0)
        process.kill()
    until(lambda: not alive(worker))


def alive(process):
    """Whether a process runs; one that has ended and waits to be taken note of does not."""
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False


# On a cluster


class Dask:
    """A scheduler and workers, each a process of its own, over TCP on this machine."""

    def __init__(self, folder, workers, environment=None):
        self.folder, self.processes = folder, []
        file = folder / "scheduler.json"
        self.scheduler = self.start("scheduler", "--port", "0", "--scheduler-file", str(file))
        self.address = until(lambda: file.exists() and file.stat().st_size and address(file), self.scheduler)
        self.workers = [self.start("worker", self.address, "--nthreads", "1", "--no-nanny", "--local-directory",
                                   str(folder / f"worker{k}"), env=environment) for k in range(workers)]  # fmt: skip
        from distributed import Client

        with Client(self.address, timeout=LIMIT) as client:
            client.wait_for_workers(workers, timeout=LIMIT)

    def start(self, *words, env=None):
        log = (self.folder / f"{words[0]}-{len(self.processes)}.log").open("w")
        words = [sys.executable, "-m", "dask", *words, "--host", "127.0.0.1", "--no-dashboard"]
        process = subprocess.Popen(words, stdout=log, stderr=log, env=os.environ | (env or {}), cwd=self.folder)
        log.close()
        self.processes.append(process)
        return process

    def end(self):
        for process in reversed(self.processes):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait(60)


def address(file):
    with contextlib.suppress(ValueError):
        return json.loads(file.read_text())["address"]


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and three workers."""
    made = []

    def begin(workers=3, environment=None):
        (tmp_path / "dask").mkdir()
        made.append(Dask(tmp_path / "dask", workers, environment))
        return made[-1]

    yield begin
    for each in made:
        each.end()


dask = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning",
                                                     "ignore::pytest.PytestUnraisableExceptionWarning")]  # fmt: skip


class TestDask:
    """Everything on a scheduler and three workers that are processes of their own."""

    pytestmark = dask

    def test_a_cluster_gives_the_same_bytes(self, cluster, tmp_path, study_file, undisturbed):
        where = cluster().address
        process = helpseek("sweep", study_file, "--out", tmp_path / "store", "--cluster", where, "--quiet")
        _, said = process.communicate(timeout=LIMIT)
        assert process.returncode == 0, said
        same(tmp_path / "store", undisturbed)

    def test_a_worker_killed_on_a_cluster(self, cluster, tmp_path, study_file, undisturbed):
        made = cluster()
        words = ("sweep", study_file, "--cluster", made.address, "--quiet")
        process = in_the_middle(tmp_path / "go", tmp_path / "store", *words)
        made.workers[1].kill()
        (tmp_path / "go").touch()
        _, said = process.communicate(timeout=LIMIT)
        assert process.returncode == 0, said
        same(tmp_path / "store", undisturbed)

    def test_the_coordinator_of_a_cluster_killed(self, cluster, tmp_path, study_file, undisturbed):
        made = cluster()
        words = ("sweep", study_file, "--cluster", made.address, "--quiet")
        process = in_the_middle(tmp_path / "go", tmp_path / "store", *words)
        process.kill()
        process.communicate(timeout=LIMIT)
        assert chunks(tmp_path / "store") == 2
        process = helpseek("sweep", "--resume", tmp_path / "store", "--cluster", made.address, "--quiet")
        _, said = process.communicate(timeout=LIMIT)
        assert process.returncode == 0, said
        same(tmp_path / "store", undisturbed)

    def test_a_worker_of_a_cluster_that_hangs(self, cluster, tmp_path, study_file, undisturbed):
        made = cluster()
        words = ("sweep", study_file, "--cluster", made.address, "--time-limit", 60)
        process = in_the_middle(tmp_path / "go", tmp_path / "store", *words)
        made.workers[0].send_signal(signal.SIGSTOP)
        (tmp_path / "go").touch()
        _, said = process.communicate(timeout=LIMIT)
        assert process.returncode == 0, said
        lost = events(tmp_path / "store")
        assert lost  # each at its first attempt: the worker that hangs gets nothing more
        assert {event["attempt"] for event in lost} == {1}
        assert "Remove worker" in (tmp_path / "dask" / "scheduler-0.log").read_text()
        same(tmp_path / "store", undisturbed)

    def test_workers_of_another_version_are_refused(self, cluster, tmp_path, study_file):
        (tmp_path / "sitecustomize.py").write_text("import sim\nsim.__version__ = '9.9.9'\n")
        made = cluster(1, {"PYTHONPATH": str(tmp_path)})
        process = helpseek("sweep", study_file, "--out", tmp_path / "store", "--cluster", made.address)
        _, said = process.communicate(timeout=LIMIT)
        assert process.returncode == 2
        assert "has version 9.9.9" in said
        assert "tcp://127.0.0.1" in said
        assert chunks(tmp_path / "store") == 0

    def test_a_client_of_ones_own_and_a_cluster_file(self, cluster, tmp_path, study_file, undisturbed):
        made = cluster(2)
        script = f"""
from distributed import Client
from sim.sweeps import files
study = files.load({str(study_file)!r})
with Client({made.address!r}) as client:
    store = study.run(client, store={str(tmp_path / "own")!r})
assert store.complete
"""
        subprocess.run([sys.executable, "-c", script], check=True, timeout=LIMIT)
        same(tmp_path / "own", undisturbed)
        options = "{n_workers: 0, threads_per_worker: 1, processes: true, dashboard_address: null}"
        text = f"kind: cluster\nclass: distributed.LocalCluster\noptions: {options}\nworkers: 2\n"
        (tmp_path / "local.yaml").write_text(text)
        process = helpseek("sweep", study_file, "--out", tmp_path / "made", "--cluster", tmp_path / "local.yaml")
        _, said = process.communicate(timeout=LIMIT)
        assert process.returncode == 0, said
        same(tmp_path / "made", undisturbed)


def test_an_address_without_a_scheduler_is_named(monkeypatch):
    from sim.sweeps import cluster as clusters

    monkeypatch.setattr(clusters, "CONNECT", 0.5)
    with pytest.raises(InputError, match="no scheduler at this address"):
        clusters.connected("tcp://127.0.0.1:9")


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), ("{", "cannot be read"), ('{"id": 1}', "no scheduler file")]
)
def test_a_scheduler_file_that_does_not_come_is_not_waited_for_for_ever(tmp_path, monkeypatch, content, said):
    from sim.sweeps import cluster as clusters

    monkeypatch.setattr(clusters, "CONNECT", 0.1)
    if content is not None:
        (tmp_path / "scheduler.json").write_text(content)
    with pytest.raises(InputError, match=said):
        clusters.connected(str(tmp_path / "scheduler.json"))


def test_threads_left_behind():
    """Workers leave no thread of theirs in the coordinator."""
    with LocalWorkers(2) as workers:
        keepers = list(workers._keepers)
        assert len(set(keepers) & set(threading.enumerate())) == 2
    assert not set(keepers) & set(threading.enumerate())
