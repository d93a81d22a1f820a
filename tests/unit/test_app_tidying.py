"""What is kept of sessions that are over is dropped, and nothing else; many who leave at once are one piece of work."""

import threading
from collections import defaultdict
from types import SimpleNamespace

from solara.server import kernel_context

from sim.app import tidying


def test_only_empty_sets_of_sessions_that_are_over_are_dropped(monkeypatch):
    tables = (defaultdict(set), defaultdict(set))
    for table in tables:
        table["over"], table["here"], table["heard"] = set(), set(), {"somebody"}
    store = SimpleNamespace(listeners=tables[0], listeners2=tables[1])
    monkeypatch.setattr(tidying, "stores", lambda: (store,))
    monkeypatch.setattr(kernel_context, "contexts", {"here": object()})
    tidying.forget()
    assert [sorted(table) for table in tables] == [["heard", "here"]] * 2


def test_those_who_leave_together_are_tidied_up_after_once(monkeypatch):
    done, calls = threading.Event(), []
    monkeypatch.setattr(tidying, "DELAY", 0.05)
    monkeypatch.setattr(tidying, "forget", lambda: (calls.append(1), done.set()))
    for _ in range(20):
        tidying.soon()
    assert done.wait(10)
    assert len(calls) == 1
    done.clear()
    tidying.soon()
    assert done.wait(10)


def test_free_memory_is_given_back_wherever_one_is():
    tidying.give_back()()
