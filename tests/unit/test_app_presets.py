"""Presets are levers within their ranges, away from what is usual, some for every setting, and lived from the start."""

import pytest

from sim import shipped
from sim.app import presets
from sim.app.address import Addition, Address, Change, read, written
from sim.app.community import Community
from sim.app.words import words
from sim.errors import InputError
from sim.params import registry


@pytest.mark.parametrize("setting", shipped.names("setting"))
def test_every_setting_has_presets_that_move_levers_away_from_the_evidence(setting):
    community = Community(Address(setting, size={"karate_club": None, "town": 1000}.get(setting, 300)))
    offered = [each["name"] for each in presets.offered(setting)]
    assert len(offered) >= 5
    for name in offered:
        found = presets.taken(community, name)
        assert read(written(found)) == found
        for change in found.changes:
            about = registry()[change.name]
            assert about.low <= change.value <= about.high
            assert change.value != community.usual[change.name]


def test_a_preset_takes_the_place_of_other_levers_and_begins_anew():
    here = Address(
        "workplace", ("peer_leaders",), 4, 200, 5, "help", 3,
        (Change(2, "norms.conformity", 2.0),), (Addition(3, "capacity"),), "absent",
    )  # fmt: skip
    found = presets.taken(Community(here), "few_places")
    assert found.changes == (Change(0, "care.slots_per_1000", 2.5),)
    assert (found.additions, found.week, found.begin, found.plans) == ((), 0, "absent", ("peer_leaders",))


@pytest.mark.parametrize("name", ["far_away", "nothing_like_it", None])
def test_a_preset_of_another_setting_is_refused(name):
    with pytest.raises(InputError):
        presets.taken(Community(Address("workplace", size=100)), name)


def test_each_preset_has_words():
    assert set(words()["levers"]["presets"]) == set(presets.PRESETS)
