"""Six lessons: each is read strictly, and the engine shows what it claims, in communities not seen on the page."""

import numpy as np
import pytest

from sim.app import fans, lessons
from sim.app.address import read
from sim.app.community import WITH, scenarios
from sim.app.pages.lessons import told
from sim.errors import InputError
from sim.study import compare

NAMES = ("silent_majority", "one_visible_story", "who_to_train", "campaign", "cohesion", "what_we_do_not_know")
SMALL = {"silent_majority": 12, "one_visible_story": 16, "who_to_train": 16, "campaign": 40, "cohesion": 30}
OTHERS = 1001  # the first of the seeds that are lived here; the page shows 1 and on


def test_there_are_six_lessons_in_their_order():
    assert tuple(lessons.names()) == NAMES
    assert [lessons.lesson(name).number for name in NAMES] == [1, 2, 3, 4, 5, 6]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_engine_shows_what_a_lesson_claims(name):
    made = lessons.lesson(name)
    number = SMALL.get(name, made.seeds)
    results = lessons.lived(made, range(OTHERS, OTHERS + number))
    found = lessons.found(made, results)
    assert [each["text"] for each in found["claims"] if not each["held"]] == []


def test_a_lesson_shows_the_numbers_of_the_communities_that_have_lived():
    made = lessons.lesson("silent_majority").model_copy(update={"people": 160, "weeks": 6})
    results = lessons.lived(made, 4)
    found = lessons.found(made, results)
    by_hand = results.totals.assign(label=results.runs["label"])
    mean = by_hand[by_hand["label"] == "as_it_is"]["mean_would_speak"].mean()
    assert found["answer"]["value"] == pytest.approx(mean, rel=1e-12)
    assert found["seeds"] == 4
    weekly = results.weekly.query("label == 'unafraid' and week == 3")["gap"]
    course = found["courses"]["gap"][1]
    assert course["mean"][3] == pytest.approx(weekly.mean(), rel=1e-12)
    assert (course["low"][3], course["high"][3]) == pytest.approx(tuple(np.quantile(weekly, fans.BAND)))


def test_a_claim_that_is_not_so_is_not_said_to_be():
    made = lessons.lesson("silent_majority").model_copy(update={"people": 160, "weeks": 4})
    results = lessons.lived(made, 4)
    claims = {"higher": False, "lower": True, "not higher": True}
    for says, held in claims.items():
        claim = made.claims[1].model_copy(update={"says": says})
        assert lessons.claimed(claim, results)["held"] is held
    for bound, held in ((0.001, False), (1.0, True)):
        claim = made.claims[1].model_copy(update={"says": "within", "bound": bound})
        assert lessons.claimed(claim, results)["held"] is held


def test_differences_are_those_of_the_results():
    results = compare("karate_club", ["usual", "peer_leaders"], 5, weeks=4)
    row = fans.differences(results, ["speaks"])[0]
    want = results.differences(measures=["speaks"], at="mean").iloc[0]
    assert row["values"] == [want.mean_base, want.mean_plan, want.difference, want.low, want.high]
    lines = fans.table(results, ["speaks"]).splitlines()
    assert lines[0] == "label,seed,week,speaks"
    assert len(lines) == 1 + 2 * 5 * 5


def test_one_community_of_a_lesson_can_be_watched():
    shown = told("silent_majority")
    address = read(shown["arms"][1]["watch"].removeprefix("/?"))
    assert (address.setting, address.size, address.seed) == ("secondary_school", 300, 1)
    assert [(each.name, each.value) for each in address.changes] == [("norms.conformity", 0.0)]
    chosen = read(told("who_to_train")["arms"][1]["watch"].removeprefix("/?"))
    assert [(each.name, each.value) for each in chosen.changes] == [("peer_leaders.seeding", "random")]


@pytest.mark.parametrize("name", NAMES)
def test_the_community_that_can_be_watched_is_one_that_the_lesson_lives(name):
    made = lessons.lesson(name)
    for arm, lived in zip(told(name)["arms"], lessons.scenarios(made), strict=True):
        assert scenarios(read(arm["watch"].removeprefix("/?")))[WITH].digest() == lived.digest()


def test_a_lesson_that_speaks_of_what_there_is_not_is_refused():
    with pytest.raises(InputError, match="no such lesson"):
        lessons.lesson("silent_minority")
    made = lessons.lesson("campaign")
    wrong = {
        "no such measure": {"guess": made.guess.model_copy(update={"measure": "waits"})},
        "no such arm": {"claims": (made.claims[0].model_copy(update={"base": "nothin"}),)},
        "a base, or a bound": {"claims": (made.claims[0].model_copy(update={"says": "at least"}),)},
    }
    for said, change in wrong.items():
        with pytest.raises(InputError, match=said):
            lessons.check(made.model_copy(update=change), "here.yaml")
