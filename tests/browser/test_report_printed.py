"""The page for a board on paper: nothing is cut off at the edge of a sheet, of A4 or of letter."""

import pytest

import sim
from sim import plots
from sim.decisions import page
from sim.schema import Cost

pytestmark = pytest.mark.browser

PLANS = ["usual", "peer_leaders", "stigma_contact", "peer_leaders+stigma_contact"]
COSTS = {
    "peer_leaders": Cost(fixed=12_500.0, per_person=100.0, currency="EUR", source="our quote of March"),
    "stigma_contact": Cost(per_person=12.0, currency="EUR", source="a_long_name/" * 13),
}
MARGIN = 32.0  # mm, both sides
BEYOND = """
() => [...document.querySelectorAll("table, figure, p, pre, li")]
    .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(each => each.textContent.slice(0, 80))
"""


@pytest.mark.parametrize("width", [210.0, 215.9])
def test_nothing_is_cut_off_on_paper(chromium, tmp_path, monkeypatch, width):
    monkeypatch.setattr(plots, "every", lambda results: [])  # they fill the width, whatever it is
    short = {"setting.burn_in": 4, "weeks": 8}
    made = [sim.override(sim.resolve("secondary_school", plan.split("+"), people=160), short) for plan in PLANS]
    results = sim.run(made, 12, labels=PLANS)
    (tmp_path / "report.html").write_text(page.alone(results, COSTS), encoding="utf-8")
    context = chromium.new_context(viewport={"width": round((width - MARGIN) * 96 / 25.4), "height": 900})
    try:
        sheet = context.new_page()
        sheet.emulate_media(media="print")
        sheet.goto((tmp_path / "report.html").as_uri())
        assert sheet.evaluate(BEYOND) == []
    finally:
        context.close()
