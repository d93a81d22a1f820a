"""Lessons, Map and Compare: they open, fit and are accessible, and each number is the one that the engine gives."""

import csv
import io
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import LONG, STOP
from playwright.sync_api import expect
from test_pages import faults, sizes

from sim.app import fans, lessons
from sim.app.address import read
from sim.app.pages import compare
from sim.exploring import map_files

pytestmark = pytest.mark.browser

PATHS = {
    "lessons": "/lessons",
    "lesson": "/lessons?lesson=campaign",
    "map": "/map",
    "compare": "/compare?setting=workplace&plan=peer_leaders",
}
READY = {"lessons": "[data-lesson]", "lesson": ".hs-choice", "map": "[data-point]", "compare": "[data-compare]"}
ASKED = {"setting": "workplace", "plans": ["peer_leaders", "capacity"], "seeds": 6, "weeks": 10, "people": 180}
COMPARED = "/compare?in=workplace&with=peer_leaders&with=capacity&n_people=180&n_weeks=10&n_seeds=6"


@pytest.mark.parametrize("name", PATHS)
def test_a_page_opens_fits_and_is_accessible(visitor, name):
    for width, page in sizes(visitor(), PATHS[name]):
        page.wait_for_selector(READY[name])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} at {width}"
        assert faults(page) == [], f"{name} at {width}"


def committed(page, choice=0):
    """Make a guess."""
    if page.locator(".hs-choice").count():
        page.locator(".hs-choice input").nth(choice).check()
    page.get_by_role("button", name="That is my guess").click()


@pytest.mark.parametrize("name", lessons.names())
def test_each_lesson_runs_and_shows_what_the_engine_gives(visitor, name):
    someone = visitor()
    page = someone.open(f"/lessons?lesson={name}")
    page.wait_for_selector(".hs-steps")
    assert page.locator("[data-run]").is_disabled()  # predict comes first
    committed(page)
    page.locator("[data-run]").click()
    page.wait_for_selector("[data-answer]", timeout=LONG)
    made = lessons.lesson(name)
    found = lessons.found(made, lessons.lived(made, made.seeds))
    assert page.locator("[data-shown]").all_inner_texts() == [each["shown"] for each in found["claims"]]
    if made.guess.kind == "number":
        assert found["answer"]["text"] in page.inner_text("[data-answer]")
    else:
        text = next(each.text for each in made.guess.choices if each.when == found["answer"]["choice"])
        assert text in page.inner_text("[data-answer]")
    assert page.locator(".hs-band").count() >= len(made.pictures)
    assert faults(page) == []
    page.get_by_role("button", name="Worksheet").click()
    assert made.discuss[0] in page.inner_text("[data-sheet=worksheet]")
    page.get_by_role("button", name="Teacher's note").click()
    assert made.teacher[0] in page.inner_text("[data-sheet=teacher]")


def test_on_paper_there_is_the_worksheet_alone(visitor):
    someone = visitor()
    page = someone.open("/lessons?lesson=who_to_train")
    page.get_by_role("button", name="Worksheet").click()
    page.emulate_media(media="print")
    assert page.locator("[data-sheet=worksheet]").is_visible()
    assert not page.locator(".hs-nav").is_visible()
    assert not page.locator(".hs-steps").is_visible()
    assert "findahelpline.com" in page.locator("[data-sheet=worksheet] [data-paper-help]").inner_text()


def test_a_link_to_no_lesson_says_so(visitor):
    someone = visitor()
    page = someone.open("/lessons?lesson=nothing_like_it")
    page.get_by_role("alert").wait_for()
    assert "no such lesson" in page.inner_text(".hs-notice")
    expect(page.locator("[data-lesson]")).to_have_count(len(lessons.names()))


def test_the_map_shows_its_document_and_opens_a_community(visitor):
    name = "approval_by_speaking"
    data = map_files.read(name)
    someone = visitor()
    page = someone.open("/map")
    page.wait_for_selector("[data-point]")
    page.locator(".hs-map-which select").select_option(name)
    someone.wait_for_link(f"map={name}")
    expect(page.locator("[data-point]")).to_have_count(len(data["points"]))
    point = page.locator("[data-point].on")
    point.focus()
    page.keyboard.press("ArrowRight")
    at = int(page.locator("[data-point].on").get_attribute("data-point"))
    where = data["points"][at]
    assert page.inner_text("[data-value=absent]").startswith(fans_text(where["absent"]["value"]))
    assert page.inner_text("[data-value=present]").startswith(fans_text(where["present"]["value"]))
    page.keyboard.press("Enter")
    page.wait_for_selector(".hs-watch")
    someone.wait_for_link("set=")
    address = read(urlsplit(page.url).query)
    assert {each.name: each.value for each in address.changes} == {
        data["x"]["name"]: where["x"],
        data["y"]["name"]: where["y"],
    }


def fans_text(value):
    from sim import wording

    return wording.level("injunctive_norm", value)


def test_compare_shows_what_the_engine_gives(visitor):
    someone = visitor()
    page = someone.open(COMPARED)
    page.wait_for_selector("[data-row]", timeout=LONG)
    results = compare.compared(ASKED, lambda done, total: None)
    for row in fans.differences(results, compare.MEASURES):
        shown = page.inner_text(f"[data-plan={row['label']}] [data-row={row['measure']}]")
        assert row["change"] in shown
        assert row["base"] in shown
    assert faults(page) == []
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Every week of every community").click()
    rows = list(csv.reader(io.StringIO(Path(waiting.value.path()).read_text())))
    assert rows == list(csv.reader(io.StringIO(fans.table(results, compare.SHOWN))))
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Differences (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(Path(waiting.value.path()).read_text())))
    want = fans.differences(results, compare.MEASURES)
    assert [row["measure"] for row in rows] == [row["measure"] for row in want]
    assert float(rows[0]["difference"]) == pytest.approx(want[0]["values"][2])


def test_compare_can_be_stopped_and_blocks_nobody(visitor):
    someone = visitor()
    someone.page.add_init_script(STOP)
    page = someone.open("/compare?in=secondary_school&with=peer_leaders&n_people=1500&n_weeks=52&n_seeds=90")
    page.wait_for_selector("[data-work=stopped]", timeout=LONG)
    page.get_by_label("Communities", exact=True).fill("4")
    page.get_by_label("People", exact=True).fill("170")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.wait_for_selector("[data-row]", timeout=LONG)


def test_what_cannot_be_compared_is_refused_in_words(visitor):
    someone = visitor()
    page = someone.open("/compare?in=secondary_school&with=peer_leaders&n_people=40&n_weeks=10&n_seeds=4")
    page.wait_for_selector("[data-work=failed]", timeout=LONG)
    assert "too few people" in page.inner_text("[data-work=failed]")


def test_whoever_goes_to_see_a_community_of_a_lesson_comes_back_to_its_answer(visitor):
    someone = visitor()
    page = someone.open("/lessons?lesson=silent_majority")
    page.wait_for_selector(".hs-steps")
    page.get_by_label("How many in a hundred").fill("62")
    committed(page)
    page.locator("[data-run]").click()
    page.wait_for_selector("[data-answer]", timeout=LONG)
    answer = page.inner_text("[data-answer]")
    assert "62%" in answer
    someone.wait_for_link("guess=62&lived=1")
    page.get_by_role("link", name="Watch one of them: As it is").click()
    page.wait_for_selector(".hs-watch")
    for way in (page.go_back, page.reload):
        way()
        page.wait_for_selector("[data-answer]", timeout=LONG)
        assert page.inner_text("[data-answer]") == answer


def test_a_link_with_no_such_guess_begins_the_lesson(visitor):
    page = visitor().open("/lessons?lesson=campaign&guess=nothing&lived=1")
    page.wait_for_selector(".hs-choice")
    assert page.locator("[data-run]").is_disabled()


def test_a_link_holds_which_lives_are_marked_on_twin(visitor):
    someone = visitor()
    page = someone.open("/twin?plan=screening&size=300&week=4")
    page.locator(".hs-lives button").nth(1).click()
    someone.wait_for_link("only=earlier")
    page.reload()
    expect(page.locator(".hs-lives button").nth(1)).to_have_attribute("aria-pressed", "true")
