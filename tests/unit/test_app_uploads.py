"""One's own network: the good is taken, the bad is refused with a reason, and nothing of it stays or is shown."""

import json
import os

import pytest

from sim.app import frames
from sim.app import uploads as limits
from sim.app.address import OWN, Address
from sim.app.session import Session
from sim.app.uploads import Upload
from sim.errors import InputError

TIES = {"name": "ties.csv", "text": "source,target\nAda,Ben\nBen,Cleo\nCleo,Ada\nDov,Ada\n"}
PEOPLE = {
    "name": "people.csv",
    "text": "id,group,role\nAda,Bluebirds,member\nBen,Bluebirds,member\nCleo,Sparrows,leader\nDov,Sparrows,member\n",
}
NAMES = ("Ada", "Ben", "Cleo", "Dov", "Bluebirds", "Sparrows")


def test_a_good_network_lives_and_no_name_leaves_the_session():
    session = Session("seed=4")
    session.bring({"ties": TIES, "people": PEOPLE})
    session.community.go(2)
    assert session.address == Address(OWN, seed=4, week=2)
    assert session.upload.found["people"] == session.community.people == 4
    sent = json.dumps([frames.picture(session.community), frames.week(session.community, True), session.upload.found])
    assert not [name for name in NAMES if name in sent]
    folder = session.upload.folder.name
    assert os.stat(session.upload.files[1]).st_mode & 0o077 == 0
    session.close()
    assert not os.path.exists(folder)


def test_a_link_to_somebodys_own_network_brings_nobody_there():
    session = Session(f"setting={OWN}")
    assert "stayed with her" in session.notice
    assert session.address.setting != OWN


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (None, "missing"),
        ({}, "missing"),
        ({"ties": "text"}, "no file"),
        ({"ties": {"name": "ties.exe", "text": "x"}}, "kind of file"),
        ({"ties": {"name": "ties", "text": "x"}}, "kind of file"),
        ({"ties": {"name": "ties.csv", "text": "source,target\na,a\na,b\n"}}, "herself"),
        ({"ties": {"name": "ties.csv", "text": "source,target\n"}}, "ties"),
        ({"ties": {"name": "ties.csv", "text": "from,to\na,b\n"}}, None),
        ({"ties": TIES, "people": {"name": "people.csv", "text": "id\nAda\n"}}, None),
        ({"ties": {"name": "ties.graphml", "text": "<graphml><nope"}}, None),
        (
            {"ties": {"name": "t.graphml", "text": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><graphml>&b;</graphml>'}},
            None,
        ),
        ({"ties": {"name": "ties.csv", "text": "source,target\n" + "x" * limits.LARGEST}}, "too large"),
    ],
)  # fmt: skip
def test_a_bad_network_is_refused_with_a_reason_and_leaves_nothing(files, reason, tmp_path, monkeypatch):
    monkeypatch.setattr(limits.tempfile, "tempdir", str(tmp_path))
    with pytest.raises(InputError, match=reason) as problem:
        Upload(files)
    assert str(tmp_path) not in str(problem.value)
    assert list(tmp_path.iterdir()) == []


def test_too_many_people_are_refused(monkeypatch):
    monkeypatch.setattr(limits, "MOST_PEOPLE", 3)
    with pytest.raises(InputError, match="too large for a page"):
        Upload({"ties": TIES})


def test_what_will_not_do_leaves_the_visitor_where_she_was():
    session = Session("seed=4&week=2")
    with pytest.raises(InputError):
        session.bring({"ties": {"name": "ties.csv", "text": "source,target\na,a\n"}})
    assert session.address == Address(seed=4, week=2)
    assert session.upload is None
