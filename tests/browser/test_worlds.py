"""Whole worlds in links: what is set of a plan, beginnings, fresh maps, levers and networks of one's own in Compare."""

import csv
import io
from pathlib import Path

import pytest
from conftest import LONG, STOP
from test_numbers import close, said, shown
from test_pages import faults
from test_visitors import PEOPLE, TIES, bring, files

from sim.app import fans, mapping
from sim.app.address import read
from sim.app.community import WITH, Community
from sim.app.pages import compare

pytestmark = pytest.mark.browser

STATE = "setting=workplace&plan=peer_leaders&seed=3&size=240&weeks=80&begin=absent&set=peer_leaders.reach:0.4"
KARATE = {
    "setting": "karate_club",
    "plan": "peer_leaders",
    "x": "peer_leaders.reach",
    "y": "norms.conformity",
    "measure": "injunctive_norm",
    "fineness": "coarse",
}


def quiet(done, total):
    return None


def test_a_link_with_a_plans_own_numbers_and_a_beginning_comes_back(visitor):
    someone = visitor()
    page = someone.open(f"/?{STATE}&set=peer_leaders.seeding:random&week=5")
    community = Community(read(f"{STATE}&set=peer_leaders.seeding:random&week=5"))
    for _ in range(2):
        number = float(community.measures()["injunctive_norm"][WITH])
        assert close(shown(page, "approval", "injunctive_norm"), said(number, "other"))
        moved = page.inner_text("[data-dates]")
        assert all(text in moved for text in ("Silent at week 0", "Peer leaders: reach: 0.4", "by lot"))
        assert page.get_by_label("Go to a week").get_attribute("max") == "80"
        page.reload()
        page.wait_for_selector("main h1", state="attached")
    page.get_by_text("Levers", exact=True).click()
    page.get_by_label("Find a lever").fill("who is chosen")
    page.locator("[id='lever-peer_leaders.seeding']").select_option("group_spread")
    someone.wait_for_link("set=peer_leaders.seeding:group_spread@5")
    page.locator(".hs-choose select").nth(1).select_option("usual")
    someone.wait_for_week(0)
    page.wait_for_function("!location.search.includes('peer_leaders')")  # its levers have gone with it


def test_a_preset_moves_its_levers_from_the_beginning_on(visitor):
    someone = visitor()
    page = someone.open("/?setting=workplace&seed=3&size=240&week=4&set=norms.conformity:2")
    page.get_by_text("Levers", exact=True).click()
    page.locator("[data-preset]").select_option("few_places")
    someone.wait_for_week(0)
    page.wait_for_function("document.querySelector('[data-dates]').innerText === 'Sessions per 1,000 people: 2.5'")
    someone.wait_for_address(read("setting=workplace&seed=3&size=240&set=care.slots_per_1000:2.5"))
    someone.step(3)
    community = Community(read("setting=workplace&seed=3&size=240&set=care.slots_per_1000:2.5&week=3"))
    assert shown(page, "queue", "queue") == said(float(community.measures()["queue"][WITH]), "whole")


@pytest.mark.parametrize(
    "query",
    [
        "set=peer_leaders.reach:0.5",
        "plan=peer_leaders&set=peer_leaders.reach:1e9",
        "plan=peer_leaders&set=peer_leaders.seeding:<img%20src=x%20onerror=alert(1)>",
        "set=__proto__.polluted:1&begin=constructor",
        "set=norms.conformity:1&set=" + "x" * 3000,
    ],
)
def test_a_hostile_link_is_refused_in_words_and_the_page_goes_on(visitor, query):
    someone = visitor()
    page = someone.open("/?size=200&" + query)
    page.get_by_role("alert").wait_for()
    assert page.locator(".hs-notice img").count() == 0
    assert len(page.inner_text(".hs-notice")) < 1500
    someone.step()


def test_a_fresh_map_is_the_engines_and_its_point_opens_its_world(visitor):
    someone = visitor()
    query = "&".join(f"map_{key}={value}" for key, value in KARATE.items())
    page = someone.open("/map?" + query)
    page.wait_for_function("document.querySelector('.hs-map-which select').value === 'fresh'", timeout=LONG)
    found = mapping.lived(KARATE, None, quiet)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Data (CSV)").click()
    rows = list(csv.reader(io.StringIO(Path(waiting.value.path()).read_text())))[1:]
    values = [[each["x"], each["y"], each["absent"]["value"], each["present"]["value"]] for each in found["points"]]
    assert [[float(cell) for cell in row] for row in rows] == values
    assert faults(page) == []
    someone.wait_for_link("map_x=peer_leaders.reach")
    page.locator("[data-point]").nth(12).focus()
    page.locator("[data-watch=present]").click()
    page.wait_for_selector(".hs-watch")
    someone.wait_for_link("begin=present")
    community = Community(read(page.url.partition("?")[2]))
    assert {each.value for each in community.address.changes} == set(values[12][:2])
    assert page.get_by_label("Go to a week").get_attribute("max") == str(mapping.WEEKS)
    number = float(community.measures()["injunctive_norm"][WITH])
    assert close(shown(page, "approval", "injunctive_norm"), said(number, "other"))


def test_a_map_is_chosen_made_and_stopped_while_the_page_goes_on(visitor):
    someone = visitor()
    someone.page.add_init_script(STOP)
    page = someone.open("/map")
    page.get_by_text("Make a map of your own").click()
    page.get_by_label("How fine").select_option("finer")
    page.locator("[data-side=x]").select_option("norms.usual_approval")
    page.locator("[data-make]").click()
    page.wait_for_selector("[data-work=stopped]", timeout=LONG)
    page.locator(".hs-map-which select").select_option("approval_by_speaking")
    page.wait_for_function("document.querySelector('.hs-map-which select').value === 'approval_by_speaking'")


def test_compare_takes_the_levers_as_they_are_moved(visitor):
    someone = visitor()
    lever = "set=norms.conformity:2.5&set=peer_leaders.reach:0.3@4"
    asked = {"setting": "workplace", "plans": ["peer_leaders"], "seeds": 4, "weeks": 8, "people": 180}
    page = someone.open(
        f"/compare?setting=workplace&plan=peer_leaders&{lever}&with=peer_leaders&in=workplace&n_people=180&n_weeks=8&n_seeds=4"
    )
    page.wait_for_selector("[data-row]", timeout=LONG)
    changes = {"norms.conformity": 2.5, "peer_leaders.reach": 0.3}
    results = compare.compared(asked, quiet, changes)
    for row in fans.differences(results, compare.MEASURES):
        text = page.inner_text(f"[data-plan=peer_leaders] [data-row={row['measure']}]")
        assert row["change"] in text
    page.locator("[data-levers] input").uncheck()
    page.get_by_role("button", name="Compare again").click()
    someone.wait_for_link("levers=0")


def test_compare_takes_a_visitors_own_network(visitor):
    someone = visitor()
    page = someone.open("/?seed=2&size=200")
    bring(page, files("ties.csv", TIES), files("people.csv", PEOPLE))
    someone.wait_for_link("setting=own")
    page.get_by_role("link", name="Compare").click()
    page.wait_for_selector("[data-compare]")
    assert page.locator(".hs-compare-form select").first.input_value() == "own"
    page.get_by_label("Peer support").check()
    page.get_by_label("Weeks", exact=True).fill("6")
    page.get_by_label("Communities", exact=True).fill("4")
    page.locator("[data-compare]").click()
    page.wait_for_selector("[data-row]", timeout=LONG)
    assert not [name for name in ("Ada", "Cleo", "Bluebirds") if name in page.content()]


@pytest.mark.parametrize("path", ["/", "/twin?plan=screening", f"/?{STATE}"])
def test_the_player_is_in_sight_on_a_projector(visitor, path):
    someone = visitor(1280, 800)
    page = someone.open(path)
    page.wait_for_function("document.querySelector('.hs-player').getBoundingClientRect().bottom <= innerHeight")


@pytest.mark.parametrize(
    ("path", "selector", "part"),
    [
        ("/evidence?find=norms.conformity", "[data-entry='norms.conformity']", "find="),
        ("/lessons?lesson=campaign&view=teacher", "[data-sheet=teacher]", "view=teacher"),
        (
            "/person?setting=workplace&plan=peer_leaders&seed=3&size=240&week=6&why=2",
            "h2:text('Why, in week 2')",
            "why=2",
        ),
        ("/map?start=absent&at=3", "[data-point='3'].on", "at=3"),
    ],
)
def test_a_link_holds_what_a_page_adds_of_its_own(visitor, path, selector, part):
    someone = visitor()
    page = someone.open(path)
    page.locator(selector).wait_for()
    someone.wait_for_link(part)
    assert page.locator("[role=alert]").count() == 0


def test_a_fresh_map_takes_the_levers_as_they_are_moved_and_says_so(visitor):
    someone = visitor()
    query = "&".join(f"map_{key}={value}" for key, value in KARATE.items())
    moved = {"norms.speaking_stigma": 0.9, "norms.conformity": 2.5}
    levers = "&".join(f"set={name}:{value}@3" for name, value in moved.items())
    page = someone.open(f"/map?setting=karate_club&{levers}&week=4&{query}")
    page.wait_for_function("document.querySelector('.hs-map-which select').value === 'fresh'", timeout=LONG)
    found = mapping.lived(KARATE, None, quiet, moved)
    told = page.inner_text("[data-lived-with]")
    held, gave_way = told.split("A side of the map")
    assert "0.9" in held
    assert "2.5" in gave_way
    assert faults(page) == []
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Data (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(Path(waiting.value.path()).read_text())))
    assert [float(row["injunctive_norm_absent"]) for row in rows] == [e["absent"]["value"] for e in found["points"]]
    assert {row["norms.speaking_stigma"] for row in rows} == {"0.9"}
    page.locator("[data-levers] input").uncheck()
    page.locator("[data-make]").click()
    someone.wait_for_link("map_levers=0")
    page.locator("[data-lived-with]").wait_for(state="detached", timeout=LONG)


def test_compare_begins_as_the_community_on_watch_does_and_says_so(visitor):
    someone = visitor()
    asked = {"setting": "workplace", "plans": ["capacity"], "seeds": 4, "weeks": 6, "people": 180, "begin": "present"}
    numbers = "in=workplace&n_people=180&n_weeks=6&n_seeds=4"
    page = someone.open(f"/compare?setting=workplace&begin=present&with=capacity&{numbers}")
    page.locator("[data-began]").wait_for(timeout=LONG)
    assert page.locator("[data-beginning]").input_value() == "present"
    results = compare.compared(asked, quiet)
    for row in fans.differences(results, compare.MEASURES):
        assert row["base"] in page.inner_text(f"[data-plan=capacity] [data-row={row['measure']}]")
    page.locator("[data-beginning]").select_option("")
    page.get_by_role("button", name="Compare again").click()
    someone.wait_for_link("begins=usual")
    page.locator("[data-began]").wait_for(state="detached", timeout=LONG)
    page.locator("[data-row]").first.wait_for(timeout=LONG)
