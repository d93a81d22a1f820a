"""Compare lives what is asked with the visitor's levers and network, and nothing that it cannot hold."""

import pytest

from sim.app.address import Address
from sim.app.community import WITH, WITHOUT, Community
from sim.app.pages.compare import arm, checked, compared
from sim.app.uploads import Upload
from sim.errors import InputError
from sim.study import compare

ASKED = {"setting": "workplace", "plans": ["peer_leaders", "capacity"], "seeds": 4, "weeks": 6, "people": 170}
TIES = "source,target\n" + "".join(f"p{k},p{(k + step) % 30}\n" for k in range(30) for step in (1, 2, 5))


def quiet(done, total):
    return None


def test_levers_hold_in_all_that_is_compared_and_those_of_a_plan_in_that_plan():
    changes = {"norms.conformity": 2.5, "peer_leaders.reach": 0.4, "peer_leaders.seeding": "random"}
    usual, leaders, capacity = (arm(ASKED, plan, changes, None) for plan in ("usual", "peer_leaders", "capacity"))
    assert {each.parameters["norms.conformity"] for each in (usual, leaders, capacity)} == {2.5}
    item = leaders.interventions["peer_leaders"]
    assert (item.reach, item.seeding) == (0.4, "random")
    results = compared(ASKED, quiet, changes)
    same = compare("workplace", ["usual", "capacity"], 4, 6, {"norms.conformity": 2.5}, 170)
    assert results.labels == ["usual", "peer_leaders", "capacity"]
    for label in same.labels:
        lived, alone = (each.weekly[each.weekly["label"] == label]["speaks"].to_list() for each in (results, same))
        assert lived == alone


def test_a_lever_of_a_plan_that_is_not_compared_is_refused():
    with pytest.raises(InputError, match="none of these plans"):
        compared(ASKED, quiet, {"telehealth.reach": 0.5})


def test_a_visitors_own_network_is_compared():
    upload = Upload({"ties": {"name": "ties.csv", "text": TIES}})
    try:
        asked = checked(ASKED | {"setting": "own"}, own=True)
        results = compared(asked, quiet, network=upload.files)
        assert set(results.runs["people"]) == {30}
    finally:
        upload.close()


@pytest.mark.parametrize(
    "change",
    [
        {"setting": "own"},
        {"plans": []},
        {"plans": ["usual"]},
        {"seeds": 1},
        {"weeks": "many"},
        {"people": 10**9},
        {"begin": "loud"},
    ],
)
def test_what_cannot_be_compared_is_refused(change):
    with pytest.raises(InputError):
        checked(ASKED | change)


@pytest.mark.parametrize("begin", ["", "absent", "present"])
def test_what_is_compared_begins_as_the_community_on_watch_does(begin):
    results = compared(checked(ASKED | {"begin": begin}), quiet)
    for world, label in ((WITH, "capacity"), (WITHOUT, "usual")):
        community = Community(Address("workplace", ("capacity",), 3, ASKED["people"], ASKED["weeks"], begin=begin))
        rows = results.weekly[(results.weekly["label"] == label) & (results.weekly["seed"] == 3)]
        for name in ("injunctive_norm", "descriptive_norm", "self_stigma", "speaks", "in_need"):
            assert rows[name].to_list() == community.series()[name][world].tolist()
