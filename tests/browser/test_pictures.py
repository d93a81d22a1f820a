"""A picture of every page at three widths, each in a state that shows what the page is for: what the guides show."""

import io
import os
from pathlib import Path

import pytest
from conftest import LONG
from PIL import Image
from test_pages import SIZES

pytestmark = pytest.mark.browser

SCHOOL = "setting=secondary_school&seed=1&size=300"
PAGES = {  # where, and what has to stand there before the picture is taken
    "watch": (f"/?{SCHOOL}&plan=peer_leaders&set=peer_leaders.reach:0.3&week=26&colour=approval", "[data-chart=queue]"),
    "twin": ("/twin?setting=secondary_school&plan=screening&seed=1&week=30", "[data-lives]"),
    "person": (f"/person?{SCHOOL}&plan=stigma_contact&week=24", ".hs-strip"),
    "compare": (
        "/compare?in=workplace&with=capacity&with=awareness_campaign&n_people=200&n_weeks=26&n_seeds=20",
        "[data-row]",
    ),
    "map": ("/map", "[data-point]"),
    "lessons": ("/lessons", "[data-lesson]"),
    "lesson": ("/lessons?lesson=silent_majority", ".hs-slide"),
    "evidence": ("/evidence", "[data-entry]"),
    "about": ("/about", "#help"),
}
PROJECTOR = 800
TALLER = {"person": 1180, "map": 1060}  # what matters is further down


def prepared(page, name):
    """Do what has to be done before a page shows what it is for."""
    if name == "lesson":
        page.get_by_role("button", name="That is my guess").click()
        page.locator("[data-run]").click()
        page.wait_for_selector("[data-answer]", timeout=LONG)
        page.get_by_role("heading", name="Reveal").scroll_into_view_if_needed()
        page.evaluate("document.querySelectorAll('.hs-steps section')[2].scrollIntoView()")
    if name == "compare":
        page.evaluate("document.querySelectorAll('.hs-card')[1].scrollIntoView()")
    if name == "evidence":
        page.get_by_label("Search numbers, meanings and sources").fill("stigma")
    page.mouse.move(0, 0)
    page.evaluate("document.fonts.ready")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_a_picture_to_show(visitor, name):
    where, ready = PAGES[name]
    someone = visitor()
    for width, height in SIZES.items():
        tall = TALLER.get(name, PROJECTOR) if width == 1280 else height
        someone.page.set_viewport_size({"width": width, "height": tall})
        page = someone.open(where)
        page.locator(ready).first.wait_for(timeout=LONG)
        prepared(page, name)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} at {width}"
        assert len(picture.getcolors(1 << 24)) > 200  # something is drawn
        keep(picture, name, width)


def keep(picture, name, width):
    """Keep a picture where `make screenshots` wants it: all of them, and those for the guides as small files."""
    if folder := os.environ.get("SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        picture.save(f"{folder}/{name}_{width}.png")
    if (chosen := os.environ.get("PICTURES")) and width == 1280:
        Path(chosen).mkdir(parents=True, exist_ok=True)
        small = picture.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=2)
        small.save(f"{chosen}/{name}_{width}.png", optimize=True)
