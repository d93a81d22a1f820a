"""Whoever is chosen in a picture is told of, her page is opened, and what it draws can be taken away."""

import csv
import io
from xml.etree import ElementTree

import numpy as np
import pytest
from test_numbers import QUERY, SIZE
from test_pages import faults

from sim.app.address import Address
from sim.app.community import WITH, WITHOUT, Community
from sim.app.diary import read
from sim.app.lives import ties
from sim.app.reasons import Moment
from sim.people import SOURCE_NAMES

pytestmark = pytest.mark.browser

SPACE = "{http://www.w3.org/2000/svg}"


def taken(page, where, what):
    """What a menu gives to take away."""
    page.locator(f"[data-take='{where}'] summary").click()
    with page.expect_download() as download:
        page.locator(f"[data-take='{where}']").get_by_role("button", name=what).click()
    return download.value.path().read_bytes()


def table(page, where):
    return list(csv.DictReader(io.StringIO(taken(page, where, "Data (CSV)").decode())))


def words_in(page, where):
    """The words of a picture, which every program can read: no colour that only browsers know."""
    text = taken(page, where, "Picture (SVG)").decode()
    assert not [name for name in ("oklab", "color-mix", "var(", "rgba(0, 0, 0, 0)") if name in text]
    return [each.text for each in ElementTree.fromstring(text).iter(SPACE + "text")]


def test_whoever_is_chosen_in_a_picture_is_told_of_and_opened(visitor):
    someone = visitor()
    page = someone.open("/?" + QUERY)
    someone.step(2)
    canvas = page.locator("canvas")
    canvas.focus()
    for _ in range(2):
        canvas.press("ArrowRight")
    told = page.inner_text("[data-chosen] b")
    assert faults(page) == []
    page.get_by_role("button", name="Her weeks, and why").click()
    page.get_by_role("heading", name=told, exact=False).first.wait_for()
    assert page.inner_text("h1").lower() == told.lower()
    assert "Workplace · Peer leaders · Seed 3" in page.inner_text("[data-community]")
    page.go_back()
    page.wait_for_selector(".hs-watch")
    page.get_by_role("button", name="Let go of her").click()
    page.locator("[data-chosen]").wait_for(state="detached")


def test_a_story_opens_the_person_it_is_of_whoever_was_looked_at_before(visitor):
    someone = visitor()
    page = someone.open("/twin?setting=secondary_school&plan=screening&seed=1&week=28&person=3")
    someone.step(2)
    story = page.locator(".hs-stories a").last
    told = story.inner_text()
    assert told.lower() != "person 3"
    story.click()
    page.wait_for_selector(".hs-strip")
    assert page.inner_text("h1").lower() == told.lower()


def test_a_persons_weeks_and_ties_can_be_taken_away(visitor):
    community = Community(Address("workplace", ("peer_leaders",), 3, SIZE, 8))
    number = max(range(1, community.people + 1), key=lambda each: len(ties(community, each - 1)))
    page = visitor().open(f"/person?{QUERY}&week=8&person={number}")
    rows = table(page, f"person_{number}_weeks")
    for world, name in ((WITH, "with"), (WITHOUT, "without")):
        mine = [row for row in rows if row["plan"] == name]
        weeks = np.stack([page[world, :, number - 1] for page in community.diary.pages])
        assert [int(row["in_need"]) for row in mine] == read(weeks[..., None], "in_need")[:, 0].tolist()
        assert [row["asked"] for row in mine] == [SOURCE_NAMES[int(k)] for k in read(weeks[..., None], "asked")[:, 0]]
    known = table(page, f"person_{number}_ties")
    assert [int(row["person"]) for row in known] == [each["number"] for each in ties(community, number - 1)]
    assert f"Person {number}. With the plan" in words_in(page, f"person_{number}_weeks")
    assert str(number) in words_in(page, f"person_{number}_ties")
    assert taken(page, f"person_{number}_weeks", "Picture (PNG)").startswith(b"\x89PNG")


def test_a_persons_reasons_can_be_taken_away(visitor):
    community = Community(Address("workplace", ("peer_leaders",), 3, SIZE, 8))
    number = int(np.flatnonzero(read(community.diary.pages[-1][WITH], "in_need"))[0])
    found = Moment(community, 8).reasons(WITH, number)
    page = visitor().open(f"/person?{QUERY}&week=8&person={number + 1}")
    where = f"person_{number + 1}_week_8"
    terms = {(row["source"], row["reason"]): float(row["effect"]) for row in table(page, where)}
    asked = {(SOURCE_NAMES[option.source], term.key): term.amount for option in found.options for term in option.terms}
    assert terms == pytest.approx(asked)
    assert "All together" in words_in(page, where)


@pytest.mark.parametrize("start", ["both", "absent"])
def test_a_map_can_be_taken_away_as_a_picture(visitor, start):
    page = visitor().open(f"/map?start={start}")
    page.wait_for_selector("[data-point]")
    told = words_in(page, "map")
    assert "Silent at the start" in told
    assert ("the beginning decides" in told) == (start == "both")
    assert taken(page, "map", "Picture (PNG)").startswith(b"\x89PNG")


def test_keys_play_and_step_wherever_nothing_is_typed(visitor):
    someone = visitor()
    page = someone.open("/?" + QUERY)
    page.get_by_label("Go to a week").focus()
    page.keyboard.press(".")
    someone.wait_for_week(1)
    page.get_by_role("button", name="One week on").focus()
    page.keyboard.press(".")
    someone.wait_for_week(2)
    page.keyboard.press(" ")  # the button that is in hand, once
    someone.wait_for_week(3)
    page.get_by_label("Seed").focus()
    page.keyboard.press(".")
    page.get_by_text("Levers", exact=True).click()  # an answer from the server: whatever was under way has come
    page.wait_for_selector(".hs-lever-list li")
    assert someone.week() == 3
