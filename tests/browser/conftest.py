"""A server of our own, a Chromium that can reach nothing else, and pages whose console must stay silent."""

import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import pytest

from sim.app import address as link

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
PATIENCE = 150_000  # milliseconds until a test gives up on something: only what has failed takes so long
LONG = 4 * PATIENCE  # the same for long work beside a page
STARTS = 1200.0  # seconds for a server to start: on a busy machine a first compilation takes minutes
SILENT = ("log", "debug", "info")
SLOW = "was preloaded using link preload but not used"  # a browser's remark on a computer, not on the page
STOP = """
new MutationObserver(() => {
  const stop = document.querySelector(".hs-work button");
  if (stop && !window.stopped) { window.stopped = true; stop.click(); }
}).observe(document, {childList: true, subtree: true});
"""  # presses Stop the moment there is such a button: whoever looks for it from outside may find the work done


def free_port():
    """A port to listen on, out of those that no computer takes for its own calls: free now, and free in a minute."""
    for port in range(20_000 + 7 * os.getpid() % 10_000, 32_000):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("there is no free port")


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:
            return reply.status == 200
    except OSError:
        return False


@contextlib.contextmanager
def serving(*words):
    """A server in a process of its own: its address and its process. What it says goes to a file, which never fills."""
    port = free_port()
    command = [sys.executable, "-m", "sim", "app", *words, "--port", str(port), "--quiet"]
    address = f"http://127.0.0.1:{port}"
    with contextlib.ExitStack() as ends:
        outside = ends.enter_context(socket.create_server(("127.0.0.1", 0)))  # where the way to other computers leads
        way = "http://{}:{}".format(*outside.getsockname())
        proxies = {name: way for each in ("http_proxy", "https_proxy", "all_proxy") for name in (each, each.upper())}
        environment = os.environ | proxies | {"no_proxy": "", "NO_PROXY": ""}
        log = ends.enter_context(tempfile.TemporaryFile("w+"))
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
        ends.callback(ended, process)
        deadline = time.monotonic() + STARTS
        while not answers(address + "/readyz"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start:\n{said_in(log)}")
            time.sleep(0.1)
        yield address, process
        assert process.poll() is None, f"the server ended by itself:\n{said_in(log)}"
        ended(process)
        assert "Traceback" not in said_in(log), said_in(log)
        assert not select.select([outside], [], [], 0)[0], "the server asked something of another computer"


def ended(process):
    """End a process kindly, or else unkindly."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def said_in(log):
    log.seek(0)
    return log.read()


@pytest.fixture(scope="session")
def server():
    with serving() as (address, _process):
        yield address


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no Chromium here")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, headless=True, args=list(FLAGS), timeout=PATIENCE)
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
        self.page.on("console", self.said)
        self.page.on("pageerror", lambda error: self.wrong.append(("error", str(error))))
        self.page.on("request", self.asked)
        self.page.on("response", lambda reply: reply.status >= 400 and self.wrong.append((reply.status, reply.url)))

    def said(self, message):
        if message.type not in SILENT and SLOW not in message.text:
            self.wrong.append((message.type, message.text))

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

    def wait_for_address(self, wanted):
        """The same for the whole of an address."""
        self.page.wait_for_function("query => location.search === '?' + query", arg=link.written(wanted))

    def leave(self):
        """Close the page as whoever closes a tab: its farewell reaches the server, which forgets her at once."""
        try:
            with self.page.expect_event("close"):
                self.page.close(run_before_unload=True)
        finally:
            self.context.close()


@pytest.fixture
def visitor(chromium, server):
    """Makes visitors; at the end each one's console has been silent, and nobody asked anything of other computers."""
    made = []

    def make(width=1280, height=900, **options):
        made.append(Visitor(chromium, server, width, height, **options))
        return made[-1]

    yield make
    with contextlib.ExitStack() as ends:  # one that cannot leave keeps no other from leaving
        for each in made:
            ends.callback(each.leave)
    assert [each.wrong for each in made] == [[] for _ in made]
