"""`python -m benchmarks.page`: sessions that each play at one week a second, and what is left when they are gone.

Each session speaks to the server as a browser does, over a socket of its own, on this computer; nothing is drawn.
"""

import argparse
import asyncio
import json
import os
import socket
import statistics
import struct
import subprocess
import sys
import time
import urllib.request
import uuid
from datetime import UTC, datetime
from pathlib import Path

import psutil
import websockets

from benchmarks import machine

RESULT = Path(__file__).parent / "page.json"
LATE = 1.0  # seconds: an answer that comes after the next question is due counts as missed
BESIDE = ("browser",)  # what benchmarks.painting has written beside
MEGABYTE = 1e6
PATIENCE = 120.0
COOKIE = "solara-session-id"  # by which the server knows a browser


class Session:
    """One visitor without a screen."""

    def __init__(self, server: str, query: str) -> None:
        self.server, self.query = server, query
        self.kernel, self.client = str(uuid.uuid4()), str(uuid.uuid4())
        self.page = ""  # the comm of the page's widget
        self.turn = 0
        self.took: list[float] = []
        self.missed = 0

    async def __aenter__(self) -> "Session":
        address = f"{self.server.replace('http:', 'ws:')}/jupyter/api/kernels/{self.kernel}/channels"
        self.socket = await websockets.connect(
            f"{address}?session_id={self.client}",
            origin=self.server,
            additional_headers={"Cookie": f"{COOKIE}={self.client}"},  # a browser of its own
            max_size=None,
            open_timeout=PATIENCE,
        )
        control = str(uuid.uuid4())
        await self.say("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {}})
        run = {"method": "run", "args": {"path": "/" + self.query, "dark": False, "themes": {"light": {}, "dark": {}}}}
        await self.say("comm_msg", {"comm_id": control, "data": run})
        while not self.page:
            self.hear(await asyncio.wait_for(self.socket.recv(), PATIENCE))
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.socket.close()
        farewell = f"{self.server}/_solara/api/close/{self.kernel}?session_id={self.client}"
        await asyncio.to_thread(urllib.request.urlopen, urllib.request.Request(farewell, method="POST"))

    async def say(self, kind: str, content: dict) -> None:
        """Send one message."""
        header = {
            "msg_id": str(uuid.uuid4()),
            "msg_type": kind,
            "session": self.client,
            "username": "",
            "version": "5.3",
        }
        whole = {
            "header": header,
            "parent_header": {},
            "metadata": {},
            "content": content,
            "buffers": [],
            "channel": "shell",
        }
        await self.socket.send(json.dumps(whole))

    def hear(self, raw: str | bytes) -> None:
        """Take in one message: which widget is the page, and how many questions it has answered."""
        if isinstance(raw, bytes):
            parts = struct.unpack("!i", raw[:4])[0]
            offsets = [*struct.unpack("!" + "I" * parts, raw[4 : 4 * (parts + 1)]), None]
            raw = raw[offsets[0] : offsets[1]].decode()
        content = json.loads(raw).get("content", {})
        state = content.get("data", {}).get("state", {}) if isinstance(content.get("data"), dict) else {}
        if "frame" in state and "still" in state:
            self.page = content["comm_id"]
        if content.get("comm_id") == self.page:
            self.turn = state.get("turn", self.turn)

    async def step(self) -> float:
        """Ask for a week and wait until it has come; seconds."""
        before, began = self.turn, time.perf_counter()
        data = {"method": "custom", "content": {"event": "step", "data": None}}
        await self.say("comm_msg", {"comm_id": self.page, "data": data})
        while self.turn == before:
            self.hear(await asyncio.wait_for(self.socket.recv(), PATIENCE))
        return time.perf_counter() - began

    async def play(self, weeks: int, offset: float) -> None:
        """One week a second."""
        await asyncio.sleep(offset)
        begin = time.perf_counter()
        for week in range(weeks):
            await asyncio.sleep(max(0.0, begin + week - time.perf_counter()))
            self.took.append(await self.step())
            self.missed += self.took[-1] > LATE


async def playing(server: str, query: str, sessions: int, weeks: int) -> list[Session]:
    """So many sessions at once, all of them open before the first begins."""
    visitors = [Session(server, query) for _ in range(sessions)]
    for visitor in visitors:
        await visitor.__aenter__()
    await asyncio.gather(*(each.play(weeks, number / sessions) for number, each in enumerate(visitors)))
    for visitor in visitors:
        await visitor.__aexit__()
    return visitors


async def coming_and_going(server: str, query: str, sessions: int, at_once: int = 5) -> None:
    """So many sessions, a few at a time, each living a few weeks."""

    async def one() -> None:
        async with Session(server, query) as visitor:
            for _ in range(3):
                await visitor.step()

    for first in range(0, sessions, at_once):
        await asyncio.gather(*(one() for _ in range(min(at_once, sessions - first))))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ready(server: str) -> bool:
    """Whether the server answers."""
    try:
        with urllib.request.urlopen(server + "/readyz", timeout=2) as reply:
            return reply.status == 200
    except OSError:
        return False


def measured(sessions: int, weeks: int, visits: int, query: str) -> dict:
    """All of it, against a server of our own."""
    port = free_port()
    server = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "sim", "app", "--port", str(port), "--sessions", str(sessions + 10), "--quiet"]
    process = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + 180
        while not ready(server):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("the server did not start")
            time.sleep(0.2)
        watched = psutil.Process(process.pid)
        asyncio.run(coming_and_going(server, query, 10))
        before, threads = watched.memory_info().rss, watched.num_threads()
        busy = watched.cpu_times()
        began = time.perf_counter()
        visitors = asyncio.run(playing(server, query, sessions, weeks))
        span = time.perf_counter() - began
        used = sum(watched.cpu_times()[:2]) - sum(busy[:2])
        asyncio.run(coming_and_going(server, query, visits))
        time.sleep(5.0)  # those who left are tidied up after
        after = watched.memory_info().rss
        took = sorted(each for visitor in visitors for each in visitor.took)
        missed = sum(visitor.missed for visitor in visitors)
        return {
            "when": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine.describe(),
            "load_before": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
            "sessions": sessions,
            "weeks_a_second": 1,
            "steps_asked": sessions * weeks,
            "steps_done": sessions * weeks - missed,
            "median_ms": round(1000 * statistics.median(took), 1),
            "p95_ms": round(1000 * took[int(0.95 * (len(took) - 1))], 1),
            "server_cores_used": round(used / span, 2),
            "visits_before_memory_after": visits,
            "memory_before_mb": round(before / MEGABYTE),
            "memory_after_mb": round(after / MEGABYTE),
            "threads_before": threads,
            "threads_after": watched.num_threads(),
        }
    finally:
        process.terminate()
        process.wait(20)


def main() -> None:
    """Measure, write benchmarks/page.json, print it."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--sessions", type=int, default=30)
    words.add_argument("--weeks", type=int, default=20)
    words.add_argument("--visits", type=int, default=200)
    words.add_argument("--query", default="?setting=secondary_school&plan=peer_leaders&seed=1")
    words.add_argument("--out", type=Path, default=RESULT)
    asked = words.parse_args()
    found = measured(asked.sessions, asked.weeks, asked.visits, asked.query)
    if asked.out.exists():
        kept = json.loads(asked.out.read_text(encoding="utf-8"))
        found |= {name: value for name, value in kept.items() if name in BESIDE}
    asked.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
