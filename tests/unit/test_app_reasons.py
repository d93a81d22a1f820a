"""The reasons on the page are the engine's: their terms add up to the twin's utilities, and foretell every choice."""

from types import SimpleNamespace

import numpy as np
import pytest

from sim.app.address import Addition, Address, Change
from sim.app.community import WITH, WITHOUT, Community
from sim.app.reasons import Chooser, Moment
from sim.people import FRIEND, LEADER_ASKED, NONE, PROFESSIONAL
from sim.reference.seeking import Seeking

ADDRESSES = {
    "peer leaders": Address("secondary_school", ("peer_leaders",), 3, 200),
    "screening, a line, and counts": Address(
        "workplace", ("screening", "anonymous_line"), 5, 200, changes=(Change(0, "norms.influence_form", 1.0),)
    ),
    "contact that lowers stigma at once": Address(
        "university_campus", ("stigma_contact", "awareness_campaign"), 2, 240
    ),
    "levers moved and a plan begun late": Address(
        "military_unit",
        ("leader_training",),
        1,
        150,
        changes=(Change(2, "seeking.friend_constant", -1.9),),
        additions=(Addition(3, "gatekeeper_training"),),
    ),
}


class Twin(Seeking):
    """A person of the slow twin with the state that the page says she had."""

    def __init__(self, chooser):
        names = chooser.p.dtype.names
        self.__dict__["p"] = SimpleNamespace(**{name: float(chooser.p[name]) for name in names})
        self.__dict__["model"] = SimpleNamespace(service=chooser.service)
        self.__dict__["chooser"] = chooser

    def __getattr__(self, name):
        if name == "group":
            from sim.groups import CLIMATE

            state = self.chooser.state
            return SimpleNamespace(climate=state.groups.value[CLIMATE, state.people.group[self.chooser.row]])
        return self.chooser.of(name)


def chosen(found):
    """Whom somebody with these probabilities and this luck asks."""
    upper = 0.0
    for option in found.options:
        upper += option.probability
        if found.draw < upper:
            return option.source
    return NONE


@pytest.mark.parametrize("which", ADDRESSES)
def test_the_terms_foretell_every_choice_and_add_up_to_the_twins_utilities(which):
    community = Community(ADDRESSES[which])
    asked, closed = 0, set()
    for _ in range(6):
        community.step()
        moment = Moment(community)
        page = community.diary.pages[-1]
        for world in (WITH, WITHOUT):
            for number in np.flatnonzero(page[world, 1] & 1):
                found = moment.reasons(world, int(number))
                assert found.in_need
                assert found.asked == (page[world, 1, number] >> 2) & 3 == chosen(found)
                assert sum(each.probability for each in found.options) + found.nobody == pytest.approx(1, abs=1e-12)
                twin = Twin(Chooser(moment, world, int(number)))
                by_source = {each.source: each for each in found.options}
                for source, utility in (
                    (FRIEND, twin.friend_utility()),
                    (LEADER_ASKED, twin.leader_utility()),
                    (PROFESSIONAL, twin.professional_utility()),
                ):
                    assert by_source[source].utility == pytest.approx(utility, abs=1e-12)
                    closed |= set(by_source[source].closed)
                asked += found.asked != NONE
    assert asked > 0
    assert closed


def test_who_is_not_in_need_has_no_reasons():
    community = Community(ADDRESSES["peer leaders"])
    community.step()
    well = int(np.flatnonzero((community.diary.pages[-1][WITH, 1] & 1) == 0)[0])
    found = Moment(community).reasons(WITH, well)
    assert (found.options, found.nobody, found.asked) == ((), 1.0, NONE)


def test_an_earlier_week_is_the_same_moment():
    community = Community(ADDRESSES["peer leaders"])
    community.go(4)
    then = Moment(community)
    community.go(7)
    again = Moment(community, 4)
    for number in np.flatnonzero(community.diary.pages[4][WITH, 1] & 1):
        assert then.reasons(WITH, int(number)) == again.reasons(WITH, int(number))


def test_looking_changes_nothing():
    one, other = Community(ADDRESSES["peer leaders"]), Community(ADDRESSES["peer leaders"])
    for _ in range(4):
        one.step()
        other.step()
        Moment(one)
    assert np.array_equal(one.diary.pages, other.diary.pages)
    assert np.array_equal(one.population.output.tallies, other.population.output.tallies)
