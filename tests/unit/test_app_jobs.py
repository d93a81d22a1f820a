"""Long work beside a page goes on while somebody looks, stops when told, and says what went wrong."""

import threading

import pytest

from sim.app import jobs
from sim.app.address import read
from sim.app.charted import told
from sim.app.jobs import Job, Stopped
from sim.app.pages.compare import checked
from sim.errors import InputError
from sim.exploring import map_files


def ended(job):
    job.thread.join(10)
    assert not job.thread.is_alive()
    return job.look()


def test_work_is_done_and_its_find_kept():
    job = Job(lambda tell: tell(1, 2) or "found")
    assert ended(job) == {"state": "done", "share": 1.0, "problem": ""}
    assert job.found == "found"


def test_work_stops_at_the_next_occasion():
    begun, go = threading.Event(), threading.Event()

    def work(tell):
        begun.set()
        go.wait(10)
        tell(1, 4)
        pytest.fail("it went on")

    job = Job(work)
    assert begun.wait(10)
    job.stop()
    go.set()
    assert ended(job)["state"] == "stopped"


def test_nobody_asks_so_it_ends(monkeypatch):
    monkeypatch.setattr(jobs, "LEFT", -1.0)
    job = Job(lambda tell: tell(1, 4))
    assert ended(job)["state"] == "stopped"


def test_what_went_wrong_is_said_and_makes_room_for_others():
    def wrong(tell):
        raise InputError("there are too few people")

    for _ in range(jobs.AT_ONCE + 1):
        seen = ended(Job(wrong))
        assert seen["state"] == "failed"
        assert "too few people" in seen["problem"]
    assert ended(Job(lambda tell: None))["state"] == "done"


def test_a_job_that_was_stopped_raises():
    job = Job(lambda tell: None)
    ended(job)
    job.stop()
    with pytest.raises(Stopped):
        job.tell(1, 2)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"plans": []}, "plans"),
        ({"plans": ["peer_leaders", "capacity", "telehealth", "screening"]}, "plans"),
        ({"plans": ["peer_leader"]}, "plan"),
        ({"setting": "../settings/town"}, "setting"),
        ({"seeds": 101}, "seeds"),
        ({"weeks": "1e9"}, "weeks"),
        ({"people": -5}, "people"),
    ],
)
def test_a_comparison_that_cannot_be_is_refused(change, key):
    asked = {"setting": "town", "plans": ["peer_leaders"], "seeds": 20, "weeks": 52, "people": 300}
    assert checked(asked)["plans"] == ["peer_leaders"]
    with pytest.raises(InputError) as refused:
        checked(asked | change)
    assert refused.value.key == key


def test_a_map_shows_what_its_document_holds():
    name = "approval_by_speaking"
    data, shown = map_files.read(name), told(name)
    assert [point["absent"]["value"] for point in shown["points"]] == [p["absent"]["value"] for p in data["points"]]
    assert shown["lines"] == data["lines"]
    for point in shown["points"][::7]:
        address = read(point["links"]["absent"].removeprefix("/?"))
        values = {each.name: each.value for each in address.changes}
        assert values == {data["x"]["name"]: point["x"], data["y"]["name"]: point["y"]}
        assert (list(address.plans), address.size) == (data["plans"], data["people"])
