"""What is set of a plan itself stands in the link, comes back, and makes exactly the world of a map."""

import numpy as np
import pytest

from sim.app.address import LATEST, Addition, Address, Change, in_order, read, written
from sim.app.choices import levers
from sim.app.community import WITH, WITHOUT, Community
from sim.app.fields import fields
from sim.app.player import applicable
from sim.app.session import Session
from sim.errors import InputError
from sim.exploring.maps import tipping_map
from sim.params import registry

SMALL = 170
REACH = Change(0, "peer_leaders.reach", 0.3)
SCHOOL = Address("secondary_school", ("peer_leaders",), 1, SMALL)


def with_changes(*changes, week=0, **more):
    return Address("secondary_school", ("peer_leaders",), 1, SMALL, week, changes=in_order(changes), **more)


@pytest.mark.parametrize(
    "address",
    [
        with_changes(REACH, begin="absent", weeks=30),
        with_changes(Change(0, "peer_leaders.seeding", "group_spread"), Change(4, "peer_leaders.dose", 1 / 3)),
        with_changes(Change(0, "plans.peer_leaders.speaking", 2.5), begin="present"),
        with_changes(Change(0, "peer_leaders.start", 5.0), Change(0, "peer_leaders.length", 9.0)),
    ],
)
def test_a_link_brings_back_what_was_set_of_a_plan(address):
    assert read(written(address)) == address


@pytest.mark.parametrize(
    "query",
    [
        "set=peer_leaders.reach:1.01",
        "set=peer_leaders.reach:-0.1",
        "set=peer_leaders.reach:nan",
        "set=peer_leaders.reach:",
        "set=peer_leaders.reach:half",
        "set=peer_leaders.reach:" + "9" * 300,
        "set=peer_leaders.reach:\u0661",
        "set=peer_leaders.start:2.5",
        "set=peer_leaders.start:0",
        f"set=peer_leaders.length:{LATEST + 1}",
        "set=peer_leaders.seeding:everybody",
        "set=peer_leaders.seeding:<script>alert(1)</script>",
        "set=peer_leaders.kind:telehealth",
        "set=peer_leaders.cost.source:mine",
        "set=peer_leaders.__class__:1",
        "set=plans.peer_leaders.speaking:99",
        "set=setting.people:1000000000",
        "set=setting.burn_in:100000",
        "set=weeks:5200",
        "set=no_such_plan.reach:0.5",
        "begin=empty",
        "begin=absent&begin=../..",
        "weeks=0",
        f"weeks={LATEST + 1}",
        "weeks=1e2",
        "&" * 300,
        "person=%00",
        "seed=%FF%FE",
        "set=peer_leaders.reach:0.5@",
        "set=:&set=@",
    ],
)
def test_what_cannot_be_set_is_refused_with_a_reason(query):
    with pytest.raises(InputError) as refused:
        read("setting=secondary_school&plan=peer_leaders&" + query)
    assert len(str(refused.value)) < 1200
    session = Session("setting=secondary_school&plan=peer_leaders&" + query)
    assert session.notice
    assert session.community.week == 0


def test_a_field_of_a_plan_that_is_not_there_is_refused_and_the_page_goes_on():
    session = Session("setting=workplace&set=peer_leaders.reach:0.5&size=200")
    assert "peer_leaders.reach" in session.notice
    session.community.step()


def test_of_two_values_for_one_lever_the_last_one_holds():
    found = read("set=peer_leaders.seeding:random&set=peer_leaders.seeding:nominated&set=norms.conformity:1")
    assert found.changes == (Change(0, "norms.conformity", 1.0), Change(0, "peer_leaders.seeding", "nominated"))


def test_a_point_of_a_map_is_exactly_the_world_that_its_link_opens():
    lived = tipping_map(
        "secondary_school", "peer_leaders.reach", "norms.conformity", "injunctive_norm",
        seeds=1, weeks=16, people=SMALL, points=25, depth=0,
    )  # fmt: skip
    for row in lived.points.sample(4, random_state=3).itertuples():
        address = Address(
            "secondary_school", ("peer_leaders",), int(row.seed), SMALL, 16, begin=row.start, weeks=16,
            changes=(Change(0, "norms.conformity", row.y), Change(0, "peer_leaders.reach", row.x)),
        )  # fmt: skip
        community = Community(read(written(address)))
        series = community.series()["injunctive_norm"][WITH]
        assert series[-12:].mean() == pytest.approx(row.injunctive_norm, abs=1e-12)
        sign = 1.0 if row.start == "present" else -1.0
        assert series[0] == pytest.approx(0.9 * sign, abs=1e-5)  # week 0 is written down as it is put
        assert community.series()["injunctive_norm"][WITHOUT][0] == pytest.approx(0.9 * sign, abs=1e-5)


def test_what_is_set_of_a_plan_moves_the_world_with_the_plan_only():
    plain, reached = Community(with_changes(week=8)), Community(with_changes(REACH, week=8))
    assert np.array_equal(plain.diary.pages[:, WITHOUT], reached.diary.pages[:, WITHOUT])
    share = [float(each.measures()["reached"][WITH]) for each in (plain, reached)]
    assert share[1] > 2.0 * share[0] > 0.0


def test_a_plans_field_moved_later_acts_from_the_next_week_on():
    ended = Change(4, "peer_leaders.dose", 0.0)
    moved = Community(with_changes(week=4))
    moved.address = with_changes(ended, week=4)
    moved.go(10)
    fresh, plain = Community(with_changes(ended, week=10)), Community(with_changes(week=10))
    assert np.array_equal(fresh.diary.pages, moved.diary.pages)
    assert np.array_equal(fresh.diary.pages[:5], plain.diary.pages[:5])
    assert not np.array_equal(fresh.diary.pages[5:, WITH], plain.diary.pages[5:, WITH])
    assert np.array_equal(fresh.diary.pages[:, WITHOUT], plain.diary.pages[:, WITHOUT])


def test_levers_of_a_plan_begun_just_now_are_at_hand_and_hold():
    late = Address("secondary_school", (), 1, SMALL, 2, additions=(Addition(2, "peer_leaders"),))
    community = Community(late)
    found = {each["name"]: each for each in levers(community)}
    assert found["peer_leaders.reach"]["usual"] == fields()["peer_leaders.reach"].usual
    assert found["peer_leaders.seeding"]["choices"][0]["name"] == "random"
    community.address = Address(
        **{name: getattr(late, name) for name in ("setting", "plans", "seed", "size", "week", "additions")},
        changes=(Change(2, "peer_leaders.reach", 1.0),),
    )
    community.go(4)
    assert community.scenario.interventions["peer_leaders"].reach == 1.0
    assert community.scenario.interventions["peer_leaders"].start == 3


def test_with_another_plan_the_levers_of_the_first_are_gone_and_the_models_stay():
    changes = (Change(0, "norms.conformity", 2.0), REACH)
    other = Address("secondary_school", ("telehealth",), 1, SMALL)
    assert applicable(other, changes, None) == changes[:1]
    assert applicable(SCHOOL, changes, None) == changes


def test_every_field_that_can_be_set_has_its_plans_own_value_in_range():
    for each in fields().values():
        assert each.name not in registry()
        if each.field in ("reach", "dose", "fidelity", "start"):
            assert each.low <= each.usual <= each.high, each.name
        if each.choices:
            assert each.usual in each.choices
