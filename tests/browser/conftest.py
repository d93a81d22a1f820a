"""A server of our own, a Chromium that can reach nothing else, and pages whose console must stay silent."""

import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
PATIENCE = 90_000  # milliseconds: this machine may have other work
SILENT = ("log", "debug", "info")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:
            return reply.status == 200
    except OSError:
        return False


@contextlib.contextmanager
def serving(*words):
    """A server in a process of its own: its address and its process."""
    port = free_port()
    command = [sys.executable, "-m", "sim", "app", *words, "--port", str(port), "--quiet"]
    outside = socket.create_server(("127.0.0.1", 0))  # where the server would go to reach any other computer
    way = "http://{}:{}".format(*outside.getsockname())
    proxies = {name: way for each in ("http_proxy", "https_proxy", "all_proxy") for name in (each, each.upper())}
    environment = os.environ | proxies | {"no_proxy": "", "NO_PROXY": ""}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    try:
        deadline = time.monotonic() + 180  # a first compilation takes a while
        while not answers(f"http://127.0.0.1:{port}/readyz"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start: {process.stdout.read() if process.stdout else ''}")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        process.stdout.close()
        asked_outside = bool(select.select([outside], [], [], 0)[0])
        outside.close()
    assert not asked_outside, "the server asked something of another computer"


@pytest.fixture(scope="session")
def server():
    with serving() as (address, process):
        yield address
        assert process.poll() is None, "the server ended by itself"


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no Chromium here")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        yield browser
        browser.close()


class Visitor:
    """Somebody with a browser of her own; what it says on its console and asks of others is kept."""

    def __init__(self, chromium, server, width, height, **options):
        self.server = server
        self.context = chromium.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", accept_downloads=True, **options
        )
        self.context.set_default_timeout(PATIENCE)
        self.wrong = []
        self.page = self.context.new_page()
        self.page.on("console", lambda said: said.type not in SILENT and self.wrong.append((said.type, said.text)))
        self.page.on("pageerror", lambda error: self.wrong.append(("error", str(error))))
        self.page.on("request", self.asked)
        self.page.on("response", lambda reply: reply.status >= 400 and self.wrong.append((reply.status, reply.url)))

    def asked(self, request):
        inside = (self.server, self.server.replace("http:", "ws:"), "data:", "blob:")
        if not request.url.startswith(inside):
            self.wrong.append(("asked elsewhere", request.url))

    def open(self, path):
        self.page.goto(self.server + path)
        self.page.wait_for_selector("main h1", state="attached")
        return self.page

    def week(self):
        return int(self.page.inner_text("[data-week]").split()[-1])

    def wait_for_week(self, week):
        self.page.wait_for_function(
            "week => document.querySelector('[data-week]').innerText.endsWith(' ' + week)", arg=week
        )

    def step(self, times=1):
        for _ in range(times):
            week = self.week()
            self.page.get_by_role("button", name="One week on").click()
            self.wait_for_week(week + 1)

    def wait_for_link(self, part):
        """The address bar follows the state after a moment."""
        self.page.wait_for_function("part => location.href.includes(part)", arg=part)


@pytest.fixture
def visitor(chromium, server):
    """Makes visitors; at the end each one's console has been silent, and nobody asked anything of other computers."""
    made = []

    def make(width=1280, height=900, **options):
        made.append(Visitor(chromium, server, width, height, **options))
        return made[-1]

    yield make
    for each in made:
        each.context.close()
    assert [each.wrong for each in made] == [[] for _ in made]


# What .ci/run looks at. The rest takes minutes, and is marked slow: make test-browser runs everything.
ESSENTIAL = {
    "test_watch_shows_what_the_engine_computed",
    "test_play_goes_on_pause_stops_and_the_start_comes_back",
    "test_the_slider_goes_to_a_week_on_and_back",
    "test_there_is_a_page_for_what_is_not_there",
}


def pytest_collection_modifyitems(items):
    """Mark as slow what is not essential."""
    for item in items:
        if item.get_closest_marker("browser") and item.originalname not in ESSENTIAL:
            item.add_marker(pytest.mark.slow)
