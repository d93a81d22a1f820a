"""What visitors bring stays theirs, what they leave behind is nothing, and strangers' sockets stay shut."""

import asyncio
import contextlib
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from conftest import PATIENCE, Visitor, serving
from test_numbers import AT_LEAST

pytestmark = pytest.mark.browser

TIES = "source,target\nAda,Ben\nBen,Cleo\nCleo,Ada\nDov,Ada\nDov,Ben\n"
PEOPLE = "id,group,role\nAda,Bluebirds,member\nBen,Bluebirds,member\nCleo,Sparrows,leader\nDov,Sparrows,member\n"


def files(name, text):
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def bring(page, ties, people=None):
    if not page.locator(".hs-upload[open]").count():
        page.get_by_text("Your own network", exact=True).click()
    inputs = page.locator(".hs-upload input[type=file]")
    inputs.nth(0).set_input_files(ties)
    if people:
        inputs.nth(1).set_input_files(people)
    page.get_by_role("button", name="Let it live").click()


def test_a_visitors_own_network_lives_and_names_are_never_shown(visitor):
    someone, stranger = visitor(), visitor()
    page = someone.open("/?seed=2")
    bring(page, files("ties.csv", TIES), files("people.csv", PEOPLE))
    page.get_by_text("Understood: 4 people, 1 of them leaders, in 2 groups, with 5 ties.").wait_for()
    someone.wait_for_link("setting=own")
    someone.step(2)
    assert not [name for name in ("Ada", "Cleo", "Bluebirds", "Sparrows") if name in page.content()]
    page.get_by_role("link", name="A person").click()
    page.get_by_role("heading", name="Person").wait_for()
    stranger.open(page.url.removeprefix(someone.server))
    stranger.page.get_by_role("alert").wait_for()
    assert "stayed with her" in stranger.page.get_by_role("alert").inner_text()


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("ties.csv", "source,target\nA,B\nA,A\n", "nobody has a tie to herself"),
        ("ties.exe", TIES, "this kind of file is unknown"),
        ("ties.csv", "source,target\n" + "x" * 310_000, "larger than 300 kB"),
    ],
)
def test_what_is_no_network_is_refused_with_a_reason(visitor, name, text, reason):
    someone = visitor()
    page = someone.open("/?seed=2&size=200")
    page.get_by_text("Your own network", exact=True).click()
    page.locator(".hs-upload input[type=file]").nth(0).set_input_files(files(name, text))
    if "larger" in reason:
        page.get_by_text(reason).wait_for()
        assert page.get_by_role("button", name="Let it live").is_disabled()
    else:
        page.get_by_role("button", name="Let it live").click()
        page.get_by_role("alert").wait_for()
        assert reason in page.get_by_role("alert").inner_text()
    someone.step()


def waited(until):
    deadline = time.monotonic() + PATIENCE / 1000
    while not until() and time.monotonic() < deadline:
        time.sleep(0.2)
    return until()


def status(url):
    """The status of an answer, whose socket is closed, were it a refusal."""
    try:
        with urllib.request.urlopen(url) as reply:
            return reply.status
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code


def room(server):
    return status(server + "/") == 200


def threads(server, watched):
    """How many threads a server has. It lets those go that read files for it only when it is asked for another."""
    with urllib.request.urlopen(server + "/static/assets/app.css"):
        return watched.num_threads()


def test_no_more_come_than_agreed_and_who_leaves_makes_room_and_leaves_no_thread(chromium):
    with contextlib.ExitStack() as ends:
        server, process = ends.enter_context(serving("--sessions", "3"))
        watched = psutil.Process(process.pid)

        def comes():
            made = Visitor(chromium, server, 800, 700)
            ends.callback(made.context.close)
            return made

        first = comes()
        first.open("/?size=100")
        counts = []
        for _ in range(3):
            others = [comes(), comes()]
            for each in others:
                assert waited(lambda: room(server))  # for each: those who left may leave one by one
                each.open("/?size=100").get_by_role("button", name="Play").click()
                each.page.wait_for_function(AT_LEAST, arg=2)
            late = comes()
            assert late.page.goto(server + "/").status == 503
            assert "places are taken" in late.page.content()
            late.leave()
            others[0].leave()
            if len(counts) != 1:
                others[1].leave()
            else:
                others[1].context.close()  # without a farewell: she is waited for, but not while others want to come
            assert waited(lambda: room(server))
            counts.append(threads(server, watched))
        assert waited(lambda: threads(server, watched) <= counts[0]), counts
        first.step()
        first.leave()


def test_strangers_pages_open_no_sockets(server):
    import websockets

    address = server.replace("http:", "ws:") + "/jupyter/api/kernels/11111111-1111-4111-8111-111111111111/channels"

    async def answer(origin):
        try:
            async with websockets.connect(address + "?session_id=1", origin=origin, open_timeout=PATIENCE / 1000):
                return 101
        except websockets.InvalidStatus as refused:
            return refused.response.status_code

    with ThreadPoolExecutor(1) as aside:  # playwright has an event loop in this thread
        assert aside.submit(asyncio.run, answer(server)).result() == 101
        assert aside.submit(asyncio.run, answer("http://evil.example")).result() == 403


@pytest.mark.parametrize("path", ["/resourcez", "/_solara/api/evict/1", "/static/assets/../../session.py", "/docs"])
def test_what_nobody_needs_is_not_there(server, path):
    assert status(server + path) in (404, 405)
