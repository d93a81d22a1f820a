"""What the page shows of a community is what the engine lived: alone, twice, with levers moved, and in bytes."""

import base64
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import sim
from sim import style
from sim.app import diary, frames, palette, twins
from sim.app.address import Addition, Address, Change
from sim.app.community import WITH, WITHOUT, Community
from sim.app.places import places
from sim.app.words import words
from sim.people import column

SCHOOL = Address("secondary_school", ("stigma_contact",), 2, 200)


@cache
def lived():
    community = Community(SCHOOL)
    community.go(8)
    return community


def model(plan="stigma_contact", weeks=8, **changes):
    made = sim.HelpSeekingModel("secondary_school", plan, rng=2, people=200, **changes)
    for _ in range(weeks):
        made.step()
    return made


def test_both_worlds_are_the_ones_that_the_engine_lives_alone():
    series = lived().series()
    for world, plan in ((WITH, "stigma_contact"), (WITHOUT, "usual")):
        alone = model(plan).series()
        for name in frames.MEASURES:
            assert np.array_equal(series[name][world], alone[name], equal_nan=True), (plan, name)


def test_this_weeks_measures_are_the_last_of_all_weeks():
    series, now = lived().series(), lived().measures()
    for name in frames.MEASURES:
        assert np.array_equal(now[name], series[name][:, -1], equal_nan=True)


def test_a_lever_moved_later_acts_from_the_next_week_on_in_both_worlds():
    moved = Community(Address("secondary_school", ("stigma_contact",), 2, 200, 4))
    moved.address = Address("secondary_school", ("stigma_contact",), 2, 200, 4, changes=(Change(4, "care.open", 0.0),))
    moved.go(8)
    series, before = moved.series(), lived().series()
    for name in ("in_need", "speaks", "sought_professional"):
        assert np.array_equal(series[name][:, :5], before[name][:, :5], equal_nan=True)
    assert not np.nan_to_num(series["sought_professional"][:, 5:]).any()
    assert np.nan_to_num(before["sought_professional"][:, 1:]).any()
    at_once = Community(moved.address)
    at_once.go(8)
    assert np.array_equal(at_once.diary.pages, moved.diary.pages)


def test_a_plan_begun_late_is_the_one_that_the_model_begins_late():
    late = Community(Address("secondary_school", (), 2, 200, 8, additions=(Addition(3, "stigma_contact"),)))
    made = model("usual", 3)
    made.add_plan("stigma_contact", start=4)
    for _ in range(5):
        made.step()
    assert np.array_equal(late.series()["self_stigma"][WITH], made.series()["self_stigma"])
    assert np.array_equal(late.series()["self_stigma"][WITHOUT], model("usual").series()["self_stigma"])


def test_without_a_plan_the_two_worlds_are_one():
    community = Community(Address("secondary_school", (), 2, 200, 6))
    assert np.array_equal(community.diary.pages[:, WITH], community.diary.pages[:, WITHOUT])
    found = twins.compared(community.diary.pages)
    assert not found.kind.any()
    assert not community.has_plan


def test_the_diary_says_what_the_state_holds():
    community = lived()
    page, people = community.diary.pages[-1], community.population.state.people
    for world in (WITH, WITHOUT):
        rows = community.population.rows(world)
        for name in ("in_need", "recognised", "asked", "answer", "help_status", "care_event"):
            said = column(people, "episode" if name == "in_need" else name)[rows]
            assert np.array_equal(diary.read(page[world], name), said), name
        score = column(people, "distress")[rows]
        assert np.array_equal(page[world, diary.SCORE] >= 80, score >= 10)
        spread = page[world, diary.APPROVAL] / 255 * 2 - 1
        assert np.abs(spread - column(people, "injunctive_norm")[rows]).max() < 0.005


def test_what_is_counted_of_lives_is_what_was_tallied():
    from sim.measures import TALLIES

    community = lived()
    counts = twins.counted(twins.compared(community.diary.pages))
    for world, name in ((WITH, "with"), (WITHOUT, "without")):
        tallies = community.population.output.tallies[world, 1 : community.week + 1].sum(axis=(0, 1))
        asks = sum(tallies[TALLIES.index(f"asked_{source}")] for source in ("friend", "leader", "professional"))
        assert counts[f"asks_{name}"] == asks
        assert counts[f"weeks_in_need_{name}"] == tallies[TALLIES.index("in_need")]


def test_lives_are_told_apart_by_hand():
    pages = np.zeros((5, 2, diary.BYTES, 6), np.uint8)
    friend = 1 << 2
    for person, with_weeks, without_weeks in (
        (1, [2], []),
        (2, [1], [3]),
        (3, [3], [1]),
        (4, [], [2]),
        (5, [1, 2], [1]),
    ):
        for world, weeks in ((WITH, with_weeks), (WITHOUT, without_weeks)):
            pages[weeks, world, diary.DEEDS, person] = friend
    found = twins.compared(pages)
    assert [twins.NAMES[kind] for kind in found.kind] == list(twins.NAMES)
    stories = twins.stories(pages, found)
    assert [each["number"] for each in stories] == [2, 5, 3, 4]
    assert stories[0] == {"number": 2, "kind": "only_with", "week_with": 2, "source_with": "friend",
                          "week_without": None, "source_without": "none"}  # fmt: skip


@pytest.mark.parametrize("setting", ["secondary_school", "karate_club", "training_school"])
def test_nobody_stands_on_anybody_and_groups_keep_together(setting):
    community = Community(Address(setting))
    where = places(community.groups(), community.roles, community.scenario.setting)
    assert np.abs(where).max() <= 1.0
    for i in range(0, len(where), 97):
        distance = np.hypot(*(where - where[i]).T)
        distance[i] = np.inf
        nearest = np.argsort(distance)[:3]
        assert distance[nearest[0]] > 0.002
        assert (community.groups()[nearest] == community.groups()[i]).all()
    again = places(community.groups(), community.roles, community.scenario.setting)
    assert np.array_equal(where, again)


def test_frames_hold_the_bytes_of_everybody():
    community = lived()
    week = frames.week(community, both=True)
    for name, world in (("with", WITH), ("without", WITHOUT)):
        raw = np.frombuffer(base64.b64decode(week[name]), np.uint8)
        assert np.array_equal(raw.reshape(diary.BYTES, -1), community.diary.pages[-1, world])
    history = frames.history(community)
    assert {len(weeks) for weeks in history.values()} == {community.week + 1}
    assert week["measures"]["in_need"] == history["in_need"][-1]


def test_states_have_the_same_colours_as_in_figures():
    light = palette.variables(dark=False)
    assert {name: light[f"distress-{name}"] for name in style.DISTRESS} == style.DISTRESS
    assert {name: light[f"source-{name}"] for name in style.SOURCES} == style.SOURCES
    assert set(palette.variables(dark=True)) == set(light)


def contrast(one, other):
    """The contrast of two colours as WCAG has it."""

    def light(colour):
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read_and_controls_can_be_seen(dark):
    of = palette.variables(dark)
    for text in ("ink", "quiet", "accent", "warn"):
        for ground in ("paper", "ground", "soft"):
            assert contrast(of[text], of[ground]) >= 4.5, (text, ground)
    assert contrast(of["on-accent"], of["accent"]) >= 4.5
    assert contrast(of["field"], of["paper"]) >= 3
    assert contrast(of["distress-severe"], of["paper"]) >= 3


def words_used():
    """The words that templates and scripts name in full, such as ``w.player.play``."""
    folder = Path(palette.__file__).parent
    files = [*folder.glob("assets/*.js"), *folder.glob("pages/*.vue")]
    texts = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return sorted(set(re.findall(r"\bw\.([a-z_]+(?:\.[a-z_]+)*)(?![\w.\[(])", texts)))


def test_every_word_that_the_templates_ask_for_is_there():
    assert len(words_used()) > 50
    for path in words_used():
        here = words()
        for part in path.split("."):
            assert part in here, path
            here = here[part]
