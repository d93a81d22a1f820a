"""A fresh map is what ``tipping_map`` gives, its points open their worlds; what cannot be mapped is refused."""

import pytest

from sim.app import carried, mapping
from sim.app.address import read
from sim.app.charted import drawn, told
from sim.app.community import WITH, Community
from sim.app.jobs import Stopped
from sim.errors import InputError
from sim.exploring import map_files
from sim.exploring.maps import tipping_map
from sim.params import registry
from sim.scenario import names_of, resolve

ASKED = {
    "setting": "karate_club",
    "plan": "peer_leaders",
    "x": "peer_leaders.reach",
    "y": "norms.conformity",
    "measure": "injunctive_norm",
    "fineness": "coarse",
}


def test_a_fresh_map_is_the_one_that_the_command_makes_and_its_points_open_their_worlds():
    progress = []
    found = mapping.lived(ASKED, None, lambda done, total: progress.append(done / total))
    same = tipping_map(
        "karate_club", ASKED["x"], ASKED["y"], "injunctive_norm",
        plans=["peer_leaders"], seeds=3, points=25, depth=0, weeks=mapping.WEEKS,
    )  # fmt: skip
    assert found["points"] == map_files.document(same)["points"]
    assert progress == sorted(progress)
    assert progress[-1] == 1.0
    assert found["command"].startswith("helpseek map karate_club --x peer_leaders.reach")
    shown = drawn(found, "fresh")
    assert shown["people"] == 34
    at = next(k for k, each in enumerate(shown["points"]) if (each["x"], each["y"]) == (0.5, 1.75))
    for start in ("absent", "present"):
        address = read(shown["points"][at]["links"][start].removeprefix("/?"))
        community = Community(address)
        community.go(address.weeks)
        row = same.points.query("x == 0.5 and y == 1.75 and start == @start and seed == 1").iloc[0]
        lived = community.series()["injunctive_norm"][WITH][-12:].mean()
        assert lived == pytest.approx(row["injunctive_norm"], abs=1e-12)


def test_a_map_is_stopped_between_two_reports():
    def stop(done, total):
        raise Stopped

    with pytest.raises(Stopped):
        mapping.lived(ASKED, None, stop)


@pytest.mark.parametrize(
    "change",
    [
        {"setting": "own"},
        {"setting": "../../etc/passwd"},
        {"plan": "nothing_like_it"},
        {"x": "peer_leaders.__class__"},
        {"y": "setting.people"},
        {"measure": "in_need; drop"},
        {"fineness": "endless"},
        {"x": ["norms.conformity"]},
    ],
)
def test_what_cannot_be_mapped_is_refused(change):
    with pytest.raises(InputError):
        mapping.checked(ASKED | change, own=False)


def test_a_side_that_the_plan_does_not_have_is_refused_with_a_reason():
    with pytest.raises(InputError, match="no such lever"):
        mapping.lived(ASKED | {"x": "telehealth.reach"}, None, lambda done, total: None)


def test_everything_that_is_offered_can_be_a_side():
    offered = mapping.offered()
    assert {each["name"] for part in offered["model"] for each in part["items"]} <= set(registry())
    for plan, sides in offered["plans"].items():
        known = names_of(resolve("secondary_school", [plan]))
        assert [each["name"] for each in sides if each["name"] not in known] == []


def test_every_point_of_a_stored_map_has_a_link_that_can_be_read():
    for name in map_files.stored():
        for point in told(name)["points"]:
            for start, where in point["links"].items():
                address = read(where.removeprefix("/?"))
                assert address.begin == start
                assert {each.value for each in address.changes} == {point["x"], point["y"]}


MOVED = {
    "norms.speaking_stigma": 0.9,
    "peer_leaders.seeding": "random",
    "norms.conformity": 2.5,
    "telehealth.reach": 0.3,
}


def test_a_fresh_map_is_lived_with_the_levers_that_hold_and_says_which_give_way():
    found = mapping.lived(ASKED, None, lambda done, total: None, MOVED)
    held = {"norms.speaking_stigma": 0.9, "peer_leaders.seeding": "random"}
    assert found["levers"] == {"held": held, "sides": {"norms.conformity": 2.5}, "left": {"telehealth.reach": 0.3}}
    same = tipping_map(
        "karate_club", ASKED["x"], ASKED["y"], "injunctive_norm",
        plans=["peer_leaders"], seeds=3, points=25, depth=0, weeks=mapping.WEEKS, changes=held,
    )  # fmt: skip
    plain = mapping.lived(ASKED, None, lambda done, total: None)
    assert found["points"] == map_files.document(same)["points"] != plain["points"]
    assert found["command"] == plain["command"] + " --set norms.speaking_stigma=0.9 --set peer_leaders.seeding=random"
    shown = drawn(found, "fresh")
    assert [said for _, said in shown["levers"]["held"]] == [0.9, "random"]
    address = read(shown["points"][12]["links"]["present"].removeprefix("/?"))
    sides = {found["x"]["name"]: shown["points"][12]["x"], found["y"]["name"]: shown["points"][12]["y"]}
    assert {each.name: each.value for each in address.changes} == held | sides
    community = Community(address)
    community.go(address.weeks)
    lived = community.series()["injunctive_norm"][WITH][-12:].mean()
    row = same.points[(same.points["x"] == sides["peer_leaders.reach"]) & (same.points["seed"] == 1)]
    row = row[(row["y"] == sides["norms.conformity"]) & (row["start"] == "present")].iloc[0]
    assert lived == pytest.approx(row["injunctive_norm"], abs=1e-12)


def test_a_lever_gives_way_to_a_side_that_sets_the_same_under_another_name():
    lever = {"plans.stigma_contact.self_stigma": 0.1}
    kind = carried.of_kind("plans.stigma_contact.self_stigma", "stigma_contact")
    assert kind in registry()
    assert carried.carried(lever, "stigma_contact", (kind, "norms.conformity")).sides == lever
