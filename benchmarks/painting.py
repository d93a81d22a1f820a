"""`python -m benchmarks.painting`: how soon the page is seen and answers, and how fast its weeks are, in Chromium.

Each visitor is a browser context of her own, with nothing in its cache. A week is measured from the press of the button
until the new week stands on the page and the browser has drawn it: asked, lived twice (with a plan and without), sent,
taken in and painted. Results go beside those of the load test, into benchmarks/page.json.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

from benchmarks import machine
from benchmarks.page import RESULT, free_port, ready

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
LOOK = {"width": 1280, "height": 800}
SIZES = (500, 2000)
STEP = """async () => {
  const week = () => document.querySelector("[data-week]").innerText, before = week();
  const began = performance.now();
  document.querySelector(".hs-player .hs-round:nth-of-type(3)").click();
  while (week() === before) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""
SEEN = """() => ({
  paint_ms: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  community_ms: performance.getEntriesByName("helpseek.first").concat({startTime: null})[0].startTime,
})"""


def opened(browser: Any, server: str, path: str) -> tuple[Any, dict[str, float]]:
    """A visitor at a page: the page, and how many milliseconds it took to be seen and to be ready for her."""
    context = browser.new_context(viewport=LOOK, reduced_motion="reduce")
    page = context.new_page()
    began = time.perf_counter()
    page.goto(server + path, wait_until="commit")
    page.wait_for_selector("main h1", state="attached")
    took = {"ready_ms": 1000 * (time.perf_counter() - began)}
    return page, took | page.evaluate(SEEN)


def openings(browser: Any, server: str, times: int) -> dict[str, float]:
    """The medians over several visitors who open the page for the first time."""
    found = []
    for _ in range(times):
        page, took = opened(browser, server, "/")
        found.append(took)
        page.context.close()
    return {name: round(statistics.median(each[name] for each in found)) for name in found[0]}


def weeks(browser: Any, server: str, people: int, times: int) -> dict[str, Any]:
    """How long a week takes with so many people, as the one who watches waits for it."""
    query = f"/?setting=secondary_school&plan=peer_leaders&seed=1&size={people}"
    page, took = opened(browser, server, query)
    for _ in range(3):
        page.evaluate(STEP)
    each = sorted(page.evaluate(STEP) for _ in range(times))
    page.context.close()
    return {
        "people": people,
        "ready_ms": round(took["ready_ms"]),
        "week_median_ms": round(statistics.median(each), 1),
        "week_p95_ms": round(each[int(0.95 * (times - 1))], 1),
    }


def measured(times: int) -> dict[str, Any]:
    """All of it, against a server of our own."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("there is no Chromium here")
    port = free_port()
    server = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([sys.executable, "-m", "sim", "app", "--port", str(port), "--quiet"])
    try:
        while not ready(server):
            time.sleep(0.1)
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, headless=True, args=list(FLAGS))
            first, _ = opened(browser, server, "/")
            first.context.close()
            found = {
                "when": datetime.now(UTC).isoformat(timespec="seconds"),
                "machine": machine.describe(),
                "load_before": None if load is None else round(load, 2),
                "visitors": times,
                "first_visit": openings(browser, server, times),
                "weeks": [weeks(browser, server, people, 4 * times) for people in SIZES],
            }
            browser.close()
        return found
    finally:
        process.terminate()
        process.wait(20)


def main() -> None:
    """Measure, write it beside the load test's results, print it."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--times", type=int, default=7)
    words.add_argument("--print-only", action="store_true")
    asked = words.parse_args()
    found = measured(asked.times)
    if not asked.print_only:
        kept = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
        RESULT.write_text(json.dumps(kept | {"browser": found}, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
