"""Nobody gets past the guard who should not, and everything that leaves is dressed as an administrator expects."""

import asyncio

import pytest

from sim.app import presence, view
from sim.app.guard import HOME, LARGEST_BODY, Guard
from sim.app.presence import GRACE, Presence
from sim.app.session import Session


async def inner(scope, _receive, send):
    """A page that greets, or a socket that opens."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    headers = [(b"content-type", b"text/html"), (b"server", b"something 1.2.3")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


def asked(path="/", headers=(), method="GET", kind="http", visitors=0, hosts=HOME):
    """What the guard answers: the messages sent."""
    sent = []

    async def send(message):
        sent.append(message)

    named = [(b"host", b"127.0.0.1:8765")] if not any(key == b"host" for key, _ in headers) else []
    scope = {"type": kind, "path": path, "method": method, "headers": [*named, *headers]}
    asyncio.run(Guard(inner, hosts, Presence(dict.fromkeys(range(visitors)), 3))(scope, None, send))
    return sent


def test_pages_leave_with_headers_and_without_the_servers_name():
    headers = dict(asked()[0]["headers"])
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"referrer-policy"] == b"no-referrer"
    assert headers[b"cache-control"] == b"no-store"
    assert b"server" not in headers
    policy = headers[b"content-security-policy"].decode()
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert dict(asked("/static/assets/app.css")[0]["headers"])[b"cache-control"].startswith(b"public")


@pytest.mark.parametrize(
    ("asking", "status"),
    [
        ({}, 200),
        ({"headers": [(b"host", b"localhost:1")]}, 200),
        ({"headers": [(b"host", b"[::1]:8765")]}, 200),
        ({"headers": [(b"host", b"evil.example")]}, 421),
        ({"headers": [(b"host", b"evil.example")], "hosts": ()}, 200),
        ({"method": "PUT"}, 405),
        ({"method": "POST", "headers": [(b"content-length", str(LARGEST_BODY).encode())]}, 413),
        ({"method": "POST", "headers": [(b"content-length", b"-1")]}, 413),
        ({"visitors": 3}, 503),
        ({"visitors": 3, "path": "/readyz"}, 200),
        ({"visitors": 3, "path": "/static/assets/app.css"}, 200),
    ],
)
def test_requests_are_let_through_or_turned_away(asking, status):
    assert asked(**asking)[0]["status"] == status


@pytest.mark.parametrize(
    ("headers", "opened"),
    [
        ([], True),
        ([(b"origin", b"http://127.0.0.1:8765")], True),
        ([(b"origin", b"http://evil.example")], False),
        ([(b"origin", b"null")], False),
        ([(b"host", b"evil.example"), (b"origin", b"http://evil.example")], False),
    ],
)
def test_only_our_own_pages_open_sockets(headers, opened):
    kind = "websocket.accept" if opened else "websocket.close"
    assert asked(headers=headers, kind="websocket")[0]["type"] == kind


class Ending:
    """A session that is gone when it is closed."""

    def __init__(self, sessions, name):
        self.sessions, self.name = sessions, name

    def close(self, reason):
        assert reason == "evicted"
        del self.sessions[self.name]


def test_when_all_places_are_taken_whoever_has_been_silent_longest_makes_room(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(presence.time, "monotonic", lambda: now[0])
    sessions = {}
    here = Presence(sessions, 3)

    def room():
        return asyncio.run(here.make_room())

    for name in "abc":
        sessions[name] = Ending(sessions, name)
        here.came(name)
    here.came("c")  # two windows on one session
    for name in "bac":
        now[0] += 1
        here.went(name)
    assert not room()  # b left at 1, a at 2; c has a line still
    now[0] = 1 + GRACE
    assert room()
    assert sorted(sessions) == ["a", "c"]
    now[0] += GRACE
    assert room()  # there is a place: nobody is sent away
    sessions["d"] = Ending(sessions, "d")
    here.came("a")  # a is back
    here.came("d")
    assert not room()
    here.went("c")
    del sessions["c"]  # its browser said goodbye
    assert room()
    assert sorted(sessions) == ["a", "d"]


def test_several_may_ask_for_room_at_once():
    sessions = {}
    here = Presence(sessions, 1)
    for name in "abc":
        sessions[name] = Ending(sessions, name)
        here.came(name)
        here.went(name)
        here._silent[name] -= GRACE
    del sessions["c"]  # said goodbye after its line was cut

    async def at_once():
        await asyncio.gather(*(here.make_room() for _ in range(8)))  # some may come too early; none finds a fault
        return await here.make_room()

    assert asyncio.run(at_once())
    assert sessions == {}


class Told:
    """What stands where a page's widget would."""

    def __init__(self):
        self.session, self.notice, self.turn, self.heard = Session("size=60"), "", 0, []

    def vue_step(self, data):
        self.heard.append(data)

    def vue_fail(self, _data):
        raise ZeroDivisionError

    def vue_upload(self, data):
        self.heard.append(data)


@pytest.mark.parametrize(
    "content",
    [
        {"create_widget": ["os", "system"], "props": {"command": "true"}, "id": "1"},
        {"update_ref": {"objectRef": "session", "path": []}, "prop": "x", "id": "1"},
        {"destroy_widget": "1"},
        {"event": "__init__", "data": None},
        {"event": "no_such_thing"},
        {"event": ["step"]},
        {"event": "step", "data": "x" * view.LARGEST_MESSAGE},
        {"event": "upload", "data": {"ties": {"text": "x" * view.LARGEST_UPLOAD}}},
        "step",
        None,
    ],
)
def test_a_page_hears_only_what_it_has_a_method_for(content):
    told = Told()
    view.View._handle_event(told, None, content, None)
    view.refuse_widgets(told, None, content if isinstance(content, dict) and "event" not in content else None, None)
    assert told.heard == []


def test_a_page_hears_plain_events_and_survives_its_own_faults():
    told = Told()
    view.View._handle_event(told, None, {"event": "step", "data": 1}, None)
    view.View._handle_event(told, None, {"event": "step", "data": 2}, [b"buffer"])
    assert told.heard == [1]
    view.View._handle_event(told, None, {"event": "fail", "data": None}, None)
    assert "could not be done" in told.notice
    assert told.turn == 2
