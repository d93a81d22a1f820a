"""What a visitor had found is found again while she is here, in bounds, and forgotten with what she brought."""

from sim.app.session import MOST_KEPT, Session

TIES = {"ties": {"name": "ties.csv", "text": "source,target\nAda,Ben\nBen,Cleo\nCleo,Ada\nDov,Ada\n"}}


def test_work_is_done_once_and_the_oldest_findings_go_first():
    session, done = Session("size=100"), []
    for key in (*range(MOST_KEPT), 1, MOST_KEPT, 0):
        assert session.once(key, lambda key=key: done.append(key) or f"found {key}") == f"found {key}"
    assert done == [*range(MOST_KEPT + 1), 0]
    assert len(session.kept) == MOST_KEPT


def test_findings_are_forgotten_when_a_network_is_brought():
    session = Session("size=100")
    session.once("map", lambda: 1)
    session.bring(TIES)
    assert session.kept == {}
    session.close()
