"""Each number on a page is the engine's, worked out here once more; each control does what it says."""

import csv
import io
import re
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect

import sim
from sim.app import twins
from sim.app.address import Address, Change, read
from sim.app.community import WITH, Community
from sim.app.reasons import Moment
from sim.people import SOURCE_NAMES

pytestmark = pytest.mark.browser

SIZE = 240
QUERY = f"setting=workplace&plan=peer_leaders&seed=3&size={SIZE}"
AT_LEAST = "week => Number(document.querySelector('[data-week]').innerText.split(' ')[1]) >= week"


def said(value, kind="share"):
    """A number as the page writes it."""
    if value is None or not np.isfinite(value):
        return "–"
    sign, size = "−" if value < 0 else "", abs(value)
    if kind == "share":
        return f"{sign}{100 * size:.{1 if size < 0.0995 else 0}f}%"
    return sign + (f"{round(size):,}" if kind == "whole" else f"{size:.2f}")


def model(weeks, plan="peer_leaders", **more):
    made = sim.HelpSeekingModel("workplace", plan, rng=3, people=SIZE, **more)
    for _ in range(weeks):
        made.step()
    return made


def shown(page, chart, measure):
    return page.inner_text(f"[data-chart={chart}] [data-measure={measure}]")


def close(one, other):
    """Whether two numbers as written are the same, or differ in the last digit only, where halves are rounded."""
    if "–" in (one, other):
        return one == other
    numbers = [float(re.sub(r"[^\d.−]", "", text).replace("−", "-")) for text in (one, other)]
    return abs(numbers[0] - numbers[1]) <= (1.01 if "." not in one else 0.11 if "%" in one else 0.011)


def test_watch_shows_what_the_engine_computed(visitor):
    someone = visitor()
    page = someone.open("/?" + QUERY)
    someone.step(6)
    made, usual = model(6), model(6, "usual")
    for chart, measure, kind in (
        ("need", "in_need", "share"),
        ("seeking", "sought_friend", "share"),
        ("ignorance", "would_speak", "share"),
        ("ignorance", "gap", "share"),
        ("approval", "injunctive_norm", "other"),
        ("stigma", "self_stigma", "other"),
        ("criterion", "sought_in_time", "share"),
        ("queue", "queue", "whole"),
    ):
        assert close(shown(page, chart, measure), said(made.measure(measure), kind)), measure
    assert close(shown(page, "need", "in_need_without"), said(usual.measure("in_need")))
    assert close(page.inner_text("[data-figure=unmet_need]"), said(made.measure("unmet_need")))


def test_play_goes_on_pause_stops_and_the_start_comes_back(visitor):
    someone = visitor()
    page = someone.open("/?" + QUERY)
    page.get_by_label("Weeks a second").select_option("20")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(AT_LEAST, arg=5)
    page.get_by_role("button", name="Pause").click()
    page.get_by_text("Levers", exact=True).click()  # an answer from the server: whatever was under way has come
    page.wait_for_selector(".hs-lever-list li")
    week = someone.week()
    page.get_by_label("Find a lever").fill("conformity")
    page.wait_for_selector("[id='lever-norms.conformity']")
    assert someone.week() == week
    assert close(shown(page, "need", "in_need"), said(model(week).measure("in_need")))
    page.get_by_role("button", name="Back to the start").click()
    someone.wait_for_week(0)
    assert close(shown(page, "need", "in_need"), said(model(0).measure("in_need")))


def test_the_slider_goes_to_a_week_on_and_back(visitor):
    someone = visitor()
    page = someone.open("/?" + QUERY)
    slider = page.get_by_label("Go to a week")
    for week in (9, 4):
        slider.evaluate(
            "(each, week) => { each.value = week; each.dispatchEvent(new Event('change', {bubbles: true})) }", week
        )
        someone.wait_for_week(week)
        assert close(shown(page, "ignorance", "speaks"), said(model(week).measure("speaks")))


def test_another_plan_setting_and_seed_are_another_life(visitor):
    someone = visitor()
    page = someone.open("/?" + QUERY)
    someone.step(2)
    page.locator(".hs-choose select").nth(1).select_option("usual")
    someone.wait_for_address(Address("workplace", (), 3, SIZE))
    assert someone.week() == 0
    page.get_by_label("Seed").fill("8")
    page.get_by_label("Seed").press("Enter")
    someone.wait_for_address(Address("workplace", (), 8, SIZE))
    page.get_by_label("Seed").fill("eight")
    page.get_by_label("Seed").press("Enter")
    expect(page.get_by_label("Seed")).to_have_value("8")
    page.locator(".hs-choose select").first.select_option("karate_club")
    someone.wait_for_link("setting=karate_club")
    assert close(
        shown(page, "need", "in_need"), said(sim.HelpSeekingModel("karate_club", "usual", rng=8).measure("in_need"))
    )


def test_a_link_brings_back_exactly_this(visitor):
    someone = visitor()
    page = someone.open("/?" + QUERY + "&colour=stigma&person=17")
    someone.step(4)
    page.get_by_text("Levers", exact=True).click()
    page.get_by_label("Find a lever").fill("conformity")
    exact = page.locator("[id='lever-norms.conformity'] + .hs-exact")
    exact.fill("2.5")
    exact.press("Enter")
    page.wait_for_selector("[data-dates]")
    someone.step(3)
    address = Address("workplace", ("peer_leaders",), 3, SIZE, 7, "stigma", 17, (Change(4, "norms.conformity", 2.5),))
    someone.wait_for_address(address)
    link = page.evaluate("location.href")
    assert read(urlsplit(link).query) == address
    names = ("would_speak", "speaks", "gap")
    numbers = [shown(page, "ignorance", name) for name in names]
    community = Community(address)
    for name, number in zip(names, numbers, strict=True):
        assert close(number, said(float(community.measures()[name][WITH])))
    other = visitor()
    other.open(link.removeprefix(other.server))
    assert other.week() == 7
    assert [shown(other.page, "ignorance", name) for name in names] == numbers
    assert other.page.get_by_label("Colour people by").input_value() == "stigma"
    page.reload()
    page.wait_for_selector("main h1", state="attached")
    assert [shown(page, "ignorance", name) for name in names] == numbers


def test_a_plan_can_be_begun_late_and_everything_put_back(visitor):
    someone = visitor()
    page = someone.open(f"/?setting=workplace&seed=3&size={SIZE}")
    someone.step(2)
    page.get_by_text("Levers", exact=True).click()
    page.get_by_label("Begin a plan").select_option("stigma_contact")
    page.get_by_role("button", name="From next week on").click()
    page.wait_for_selector("[data-dates]")
    someone.step(2)
    made = model(2, "usual")
    made.add_plan("stigma_contact", start=3)
    made.step()
    made.step()
    assert close(shown(page, "stigma", "self_stigma"), said(made.measure("self_stigma"), "other"))
    page.get_by_role("button", name="All back to the evidence").click()
    someone.wait_for_week(0)
    page.wait_for_selector("[data-dates]", state="detached")


def test_two_visitors_do_not_see_each_other(visitor):
    one, other = visitor(), visitor()
    one.open("/?" + QUERY)
    other.open("/?" + QUERY)
    one.step(3)
    assert (one.week(), other.week()) == (3, 0)
    other.step()
    assert (one.week(), other.week()) == (3, 1)


def test_the_twin_counts_lives_as_the_engine_lived_them(visitor):
    someone = visitor()
    page = someone.open(f"/twin?{QUERY.replace('peer_leaders', 'screening')}&week=20")
    community = Community(Address("workplace", ("screening",), 3, SIZE, 20))
    found = twins.compared(community.diary.pages)
    counts = twins.counted(found)
    for name in twins.NAMES[1:]:
        assert page.inner_text(f"[data-lives={name}]") == str(counts[name])
    both = [model(20, plan).population.output.tallies[0, 1:].sum(axis=(0, 1)) for plan in ("screening", "usual")]
    from sim.measures import TALLIES

    asks = [sum(each[TALLIES.index(f"asked_{source}")] for source in SOURCE_NAMES[1:]) for each in both]
    assert [counts["asks_with"], counts["asks_without"]] == asks
    heads = page.locator(".hs-pair figcaption").all_inner_texts()
    assert all(f"{round(number):,} times" in head for number, head in zip(asks, heads, strict=True))
    stories = twins.stories(community.diary.pages, found)
    assert stories
    page.get_by_role("link", name=f"person {stories[0]['number']}", exact=True).click()
    page.get_by_role("heading", name=f"Person {stories[0]['number']}", exact=True).wait_for()


def test_a_persons_reasons_are_the_engines(visitor):
    address = Address("workplace", ("peer_leaders",), 3, SIZE, 8)
    community = Community(address)
    asked = [(week, int(np.flatnonzero(page[WITH, 1] >> 2 & 3)[0])) for week, page in enumerate(community.diary.pages)
             if week and (page[WITH, 1] >> 2 & 3).any()]  # fmt: skip
    week, number = asked[-1]
    found = Moment(community, week).reasons(WITH, number)
    someone = visitor()
    page = someone.open(f"/person?{QUERY}&week=8&person={number + 1}")
    for before in range(7, week - 1, -1):
        page.get_by_role("button", name="The week before").click()
        page.get_by_role("heading", name=f"Why, in week {before}", exact=True).wait_for()
    assert close(page.inner_text("[data-chance=none]"), said(found.nobody))
    for option in found.options:
        name = SOURCE_NAMES[option.source]
        assert close(page.inner_text(f"[data-chance={name}]"), said(option.probability))
        page.get_by_role("group", name="Reasons for and against asking").get_by_role(
            "button", name={"friend": "a friend", "leader": "a leader", "professional": "a professional"}[name]
        ).click()
        total = page.inner_text("[data-term=sum]").replace("−", "-").replace("+", "")
        assert float(total) == pytest.approx(option.utility, abs=0.0051)
        for term in option.terms:
            if term.amount:
                amount = page.inner_text(f"[data-term={term.key}]").replace("−", "-").replace("+", "")
                assert float(amount) == pytest.approx(term.amount, abs=0.0051), term


def test_a_person_is_found_by_keyboard(visitor):
    someone = visitor()
    page = someone.open("/?" + QUERY)
    canvas = page.get_by_role("application")
    canvas.focus()
    canvas.press("ArrowRight")
    canvas.press("ArrowRight")
    number = int(re.match(r"person (\d+)", page.locator(".hs-stage [role=status]").inner_text(), re.IGNORECASE)[1])
    someone.wait_for_address(Address("workplace", ("peer_leaders",), 3, SIZE, person=number))
    canvas.press("Enter")
    page.get_by_role("heading", name=f"Person {number}", exact=True).wait_for()


def test_a_person_is_found_by_her_number(visitor):
    someone = visitor()
    page = someone.open(f"/person?{QUERY}&week=2&person=3")
    number = page.get_by_label("Person", exact=True)
    number.fill("17")
    number.press("Enter")
    page.get_by_role("heading", name="Person 17", exact=True).wait_for()
    number.fill("no number")
    number.press("Enter")
    expect(number).to_have_value("17")
    someone.step(2)
    assert page.get_by_role("heading", name="Person 17", exact=True).is_visible()


def test_weeks_that_are_asked_for_faster_than_they_come_are_not_lost(visitor):
    someone = visitor()
    page = someone.open("/?" + QUERY)
    page.get_by_role("button", name="One week on").dblclick()
    someone.wait_for_week(2)
    page.get_by_label("Weeks a second").select_option("20")
    page.get_by_role("button", name="Play").click()
    for colour in ("stigma", "approval", "help", "distress"):  # other questions on the way stop nothing
        page.get_by_label("Colour people by").select_option(colour)
    week = someone.week()
    page.wait_for_function(AT_LEAST, arg=week + 10)
    page.get_by_role("button", name="Pause").click()


def test_the_data_behind_a_chart_can_be_taken_away(visitor):
    someone = visitor()
    page = someone.open("/?" + QUERY)
    someone.step(3)
    chart = page.locator("[data-chart=need]")
    got = {}
    for name in ("Data (CSV)", "Picture (PNG)", "Picture (SVG)"):
        chart.locator("summary").click()
        with page.expect_download() as download:
            chart.get_by_role("button", name=name).click()
        got[download.value.suggested_filename] = download.value.path().read_bytes()
    rows = list(csv.DictReader(io.StringIO(got["need.csv"].decode())))
    series = model(3).series()["in_need"]
    assert [float(row["in_need"]) for row in rows] == pytest.approx(list(series), abs=0)
    assert got["need.png"].startswith(b"\x89PNG")
    assert b"<svg" in got["need.svg"]
    assert b"Who is in need" in got["need.svg"]


def test_the_community_can_be_taken_away(visitor):
    someone = visitor()
    page = someone.open("/?" + QUERY)
    someone.step(2)
    menu = page.locator(".hs-stage-menu")
    got = {}
    for name in ("Data of this week (CSV)", "Picture (PNG)", "Picture (SVG)"):
        menu.locator("summary").click()
        with page.expect_download() as download:
            menu.get_by_role("button", name=name).click()
        got[download.value.suggested_filename] = download.value.path().read_bytes()
    rows = list(csv.DictReader(io.StringIO(got["community.csv"].decode())))
    agents = model(2).agents
    assert [int(row["in_need"]) for row in rows] == [int(each) for each in agents.get("episode")]
    assert [row["asked"] for row in rows] == [SOURCE_NAMES[int(each)] for each in agents.get("asked")]
    distress = [float(row["distress_score"]) for row in rows]
    assert distress == pytest.approx(list(agents.get("distress")), abs=0.126)
    assert got["community.png"].startswith(b"\x89PNG")
    assert got["community.svg"].count(b"<circle") > SIZE


def test_a_bad_link_says_why_and_the_page_goes_on(visitor):
    someone = visitor()
    page = someone.open("/?setting=../../secrets&seed=1")
    page.get_by_role("alert").wait_for()
    assert "This link holds something that cannot be here" in page.get_by_role("alert").inner_text()
    assert "there is no such name" in page.get_by_role("alert").inner_text()
    someone.step()
    page.get_by_role("button", name="Close this message").click()
    page.get_by_role("alert").wait_for(state="detached")
