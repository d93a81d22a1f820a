"""Every page opens, is accessible, fits every screen, and asks nothing of other computers."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

STATE = "setting=secondary_school&plan=stigma_contact&seed=1&size=300&week=12"
PAGES = {
    "watch": f"/?{STATE}&colour=approval",
    "twin": "/twin?setting=secondary_school&plan=screening&seed=1&week=30",
    "twin_without_plan": "/twin?size=300",
    "person": f"/person?{STATE}",
    "evidence": "/evidence",
    "about": "/about",
}
SIZES = {1280: 900, 768: 1024, 390: 844}
SERIOUS = ("serious", "critical")


def faults(page):
    found = Axe().run(page).response["violations"]
    return [
        (each["id"], [node["html"][:160] for node in each["nodes"][:3]]) for each in found if each["impact"] in SERIOUS
    ]


def sizes(someone, path):
    """A page opened anew at each size, once of them in the dark: the width, and the page."""
    for width, height in SIZES.items():
        someone.page.set_viewport_size({"width": width, "height": height})
        someone.page.emulate_media(color_scheme="dark" if width == 768 else "light")
        yield width, someone.open(path)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_fits_and_is_accessible(visitor, name):
    for width, page in sizes(visitor(), PAGES[name]):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{name} scrolls sideways at {width}"
        )
        assert faults(page) == [], f"{name} at {width}"
        assert page.title().endswith("Help-seeking")
        assert page.evaluate("document.documentElement.lang") == "en"


def test_what_opens_is_accessible_as_well(visitor):
    someone = visitor()
    page = someone.open(PAGES["watch"])
    page.get_by_text("Levers", exact=True).click()
    page.wait_for_selector(".hs-lever-list li")
    page.get_by_text("What is this?").click()
    menu = page.locator("[data-chart=need] .hs-menu summary")
    menu.click()
    page.get_by_role("button", name="Show the numbers").click()
    menu.click()
    assert faults(page) == []


def test_from_page_to_page_and_back_the_state_stays(visitor):
    someone = visitor()
    page = someone.open("/?plan=peer_leaders&size=300&seed=5")
    someone.step(2)
    page.get_by_role("link", name="Twin").click()
    page.wait_for_selector(".hs-pair")
    assert someone.week() == 2
    someone.step()
    page.go_back()
    page.wait_for_selector(".hs-watch")
    assert someone.week() in (2, 3)
    assert page.locator(".hs-choose select").nth(1).input_value() == "peer_leaders"


def test_there_is_a_page_for_what_is_not_there(visitor, server):
    someone = visitor()
    assert someone.page.goto(server + "/nowhere").status == 404
    assert "no such page" in someone.page.inner_text("p >> nth=0")
    assert faults(someone.page) == []
    assert (404, server + "/nowhere") in someone.wrong
    someone.wrong.clear()  # it has been said, by the browser on its console too
    someone.page.get_by_role("link", name="Go to the first page").click()
    someone.page.wait_for_selector(".hs-watch")


def test_theme_is_chosen_and_kept(visitor):
    someone = visitor()
    page = someone.open("/about")
    page.get_by_role("button", name="Dark colours").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    someone.open("/about")
    assert page.get_by_role("button", name="Dark colours").get_attribute("aria-pressed") == "true"
    assert faults(page) == []


def test_evidence_finds_what_is_looked_for(visitor):
    from sim.params import registry

    someone = visitor()
    page = someone.open("/evidence")
    assert page.inner_text("[data-found]").startswith(f"{len(registry())} of")
    page.get_by_label("Search numbers, meanings and sources").fill("norms.conformity")
    page.wait_for_selector("[data-entry='norms.conformity']")
    entry = page.locator("[data-entry='norms.conformity']")
    assert registry()["norms.conformity"].meaning in entry.inner_text()
    page.get_by_label("Search numbers, meanings and sources").fill("no such thing at all")
    page.get_by_text("Nothing here has these words.").wait_for()
