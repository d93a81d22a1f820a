"""Made communities: counts, nesting, ties by unit, new groups, and that luck alone decides the rest."""

import dataclasses
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import params
from sim.people import LEADER, MEMBER
from sim.schema import Dissolve, Setting, Stress, Unit
from sim.structure import Structure, build
from sim.ties import FUTURE, LEADER_TIE, PEER
from sim.weaving import AT_THE_START, balance, mutual_share

PARAMETERS = params.record({})
SCHOOL = (
    Unit(name="class", size=25.0, ties=6.0, leaders=1),
    Unit(name="grade", size=100.0, ties=3.0),
    Unit(name="school", size=400.0, ties=2.0, leaders=2),
)


def setting(people: int, units=SCHOOL, events=()) -> Setting:
    return Setting(kind="setting", title="t", description="d", people=people, units=units, events=events)


def sources(structure: Structure) -> np.ndarray:
    return np.repeat(np.arange(structure.role.size), np.diff(structure.ties.start))


def same(one: Structure, other: Structure) -> bool:
    pairs = [(one.group, other.group), (one.role, other.role), (one.next_group, other.next_group)]
    pairs += [(one.group_born, other.group_born), *zip(one.ties, other.ties, strict=True)]
    return all(np.array_equal(a, b) for a, b in pairs)


def check_ties(structure: Structure) -> None:
    """What must hold of any structure's ties."""
    ties, source = structure.ties, sources(structure)
    people = structure.role.size
    assert ties.start[0] == 0
    assert ties.start[-1] == len(ties.target) == len(ties.trust) == len(ties.closeness) == len(ties.kind)
    assert not np.any(source == ties.target)
    code = source.astype(np.int64) * people + ties.target
    assert np.all(np.diff(code) > 0)  # rows sorted, no tie twice
    reverse = np.searchsorted(code, ties.target.astype(np.int64) * people + source)
    assert np.array_equal(code[reverse], ties.target.astype(np.int64) * people + source)  # both directions are there
    assert np.array_equal(ties.kind, ties.kind[reverse])
    dormant = math.floor(256 * PARAMETERS["bonds_dormant_closeness"])
    awake = ties.closeness > dormant
    assert np.all(ties.closeness[~awake] == dormant)
    assert np.array_equal(awake, awake[reverse])  # a pair wakes together
    assert ties.trust.min(initial=1) >= 0
    assert ties.trust.max(initial=0) < 1


def test_types_are_those_that_the_engine_reads():
    made = build(setting(60, events=(Dissolve(kind="dissolve", week=4, size=20.0, ties=4.0),)), 1, PARAMETERS)
    assert made.group.dtype == made.next_group.dtype == made.ties.target.dtype == np.int32
    assert made.role.dtype == made.ties.kind.dtype == made.ties.closeness.dtype == np.uint8
    assert made.ties.start.dtype == made.group_born.dtype == np.int64
    assert made.ties.trust.dtype == np.float32
    assert made.ids is None


def test_the_trial_has_1485_members_in_216_classes():
    levels = (Unit(name="class", size=1485 / 216, ties=4.0, leaders=1), Unit(name="base", size=1485.0, ties=1.0))
    made = build(setting(1485, levels), 7, PARAMETERS)
    sizes = np.bincount(made.group[made.role == MEMBER])
    assert np.count_nonzero(made.role == MEMBER) == 1485
    assert np.count_nonzero(made.role == LEADER) == 216
    assert sizes.size == 216
    assert set(sizes) == {6, 7}


def test_leaders_stand_before_their_unit_and_know_all_of_it():
    made = build(setting(400), 3, PARAMETERS)
    leaders = np.flatnonzero(made.role == LEADER)
    assert leaders.size == 16 + 2
    assert list(leaders[:3]) == [0, 1, 2]  # two of the school, one of class 1
    assert list(made.group[leaders]) == [0, 0, *range(16)]
    assert np.all(np.diff(made.group) >= 0)
    source = sources(made)
    of_class_5 = leaders[2 + 4]
    known = made.ties.target[source == of_class_5]
    assert np.array_equal(known, np.flatnonzero((made.group == 4) & (made.role == MEMBER)))
    assert np.all(made.ties.kind[source == of_class_5] == LEADER_TIE)
    assert np.all(made.ties.kind[made.role[made.ties.target] == LEADER] == LEADER_TIE)


def test_a_leader_of_a_large_unit_knows_an_even_sample():
    made = build(setting(400), 3, PARAMETERS)
    known = made.ties.target[made.ties.start[0] : made.ties.start[1]]
    assert known.size == 60
    assert np.all(np.bincount(made.group[known], minlength=16) >= 3)


def test_a_leader_of_a_unit_of_a_hundred_knows_everybody():
    levels = (Unit(name="ward", size=100.0, ties=3.0, leaders=1), Unit(name="site", size=400.0, ties=1.0))
    made = build(setting(400, levels), 3, PARAMETERS)
    assert set(np.diff(made.ties.start)[made.role == LEADER]) == {100}


def test_each_level_has_the_ties_asked_for():
    made = build(setting(20_000, (*SCHOOL[:2], Unit(name="town", size=1e8, ties=2.0))), 5, PARAMETERS)
    source, target = sources(made), made.ties.target
    peers = (made.role[source] == MEMBER) & (made.role[target] == MEMBER)
    classes = made.group[source] == made.group[target]
    grades = made.group[source] // 4 == made.group[target] // 4
    assert np.sum(peers & classes) / 20_000 == pytest.approx(6.0, abs=0.05)
    assert np.sum(peers & grades & ~classes) / 20_000 == pytest.approx(3.0, abs=0.05)
    assert np.sum(peers & ~grades) / 20_000 == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("ties", [1.0, 4.0, 6.0, 6.8])
def test_crowded_groups_have_the_ties_asked_for(ties):
    levels = (Unit(name="squad", size=8.0, ties=ties), Unit(name="site", size=8000.0, ties=0.0))
    made = build(setting(8000, levels), 2, PARAMETERS)
    assert made.ties.target.size / 8000 == pytest.approx(ties, rel=0.02)


def test_ties_to_all_others_make_everybody_know_everybody():
    made = build(
        setting(50, (Unit(name="squad", size=10.0, ties=9.0), Unit(name="unit", size=50.0, ties=40.0))), 1, PARAMETERS
    )
    assert np.all(np.diff(made.ties.start) == 49)


def test_near_neighbours_make_triangles():
    import networkx

    def clustering(share: float) -> float:
        made = build(setting(600, (Unit(name="site", size=600.0, ties=8.0, clustering=share),)), 1, PARAMETERS)
        graph = networkx.Graph(zip(sources(made).tolist(), made.ties.target.tolist(), strict=True))
        return networkx.average_clustering(graph)

    assert clustering(0.0) < 0.03
    assert clustering(1.0) > 0.3


def test_states_are_where_bonds_would_have_settled_them():
    made = build(setting(20_000), 1, PARAMETERS)
    low, high = PARAMETERS["bonds_closeness_low"], PARAMETERS["bonds_closeness_high"]
    awake = made.ties.closeness > math.floor(256 * PARAMETERS["bonds_dormant_closeness"])
    mutual = mutual_share(made.role.size, made.ties, PARAMETERS)
    wake = balance(mutual, PARAMETERS).waking
    assert awake.mean() == pytest.approx(wake / (wake + PARAMETERS["bonds_fading"]), abs=0.01)
    closeness = made.ties.closeness / 256.0
    assert closeness[awake].mean() == pytest.approx((low + high) / 2, abs=0.01)
    assert closeness[awake].max() <= high


def test_ties_without_turnover_start_at_the_trust_that_their_contact_settles_at():
    still = params.record({"bonds.fading": 1e-9, "bonds.waking": 1e-9, "bonds.closure": 0.0})
    made = build(setting(2000), 1, still)
    gained = still["bonds_growth"] * made.ties.closeness / 256.0
    assert made.ties.trust == pytest.approx(gained / (gained + still["bonds_decay"]), abs=1e-5)
    moving = build(setting(2000), 1, PARAMETERS).ties
    gained = PARAMETERS["bonds_growth"] * moving.closeness / 256.0
    assert np.abs(moving.trust - gained / (gained + PARAMETERS["bonds_decay"])).max() > 0.1


@pytest.mark.parametrize("reciprocity", [0.0, 0.2, 1.0])
def test_the_two_sides_share_their_closeness_as_often_as_reciprocity_says(reciprocity):
    made = build(setting(4000), 1, params.record({"bonds.reciprocity": reciprocity}))
    source, target = sources(made), made.ties.target
    code = source.astype(np.int64) * made.role.size + target
    reverse = np.searchsorted(code, target.astype(np.int64) * made.role.size + source)
    awake = made.ties.closeness > math.floor(256 * PARAMETERS["bonds_dormant_closeness"])
    alike = (made.ties.closeness == made.ties.closeness[reverse])[awake].mean()
    assert alike == pytest.approx(reciprocity, abs=0.03)


def test_dissolution_parts_people_and_brings_new_acquaintances():
    events = (
        Dissolve(kind="dissolve", week=30, size=12.0, ties=4.0),
        Stress(kind="stress", week=3, length=2, factor=2.0),
        Dissolve(kind="dissolve", week=10, size=20.0, ties=5.0),
    )
    made = build(setting(600, events=events), 4, PARAMETERS)
    check_ties(made)
    assert list(made.group_born) == [AT_THE_START] * 24 + [30] * 50 + [10] * 30
    assert made.next_group.shape == (2, made.role.size)
    members = made.role == MEMBER
    source, target = sources(made), made.ties.target
    for event, (first, groups, ties) in enumerate([(24, 50, 4.0), (74, 30, 5.0)]):
        new = made.next_group[event]
        assert set(new) == set(range(first, first + groups))
        assert set(np.bincount(new[members] - first)) == {600 // groups}
        mates = new[source] == new[target]
        future = made.ties.kind == FUTURE + event
        assert np.all(mates[future])
        peers = members[source] & members[target] & mates
        assert np.sum(peers & (made.ties.kind <= FUTURE + event)) / 600 == pytest.approx(ties, rel=0.1)
        assert np.all(made.ties.trust[future] == np.float32(PARAMETERS["bonds_new_trust"]))
        assert np.mean(made.group[source[future]] == made.group[target[future]]) < 0.15
    assert made.group_at(9) is made.group
    assert np.array_equal(made.group_at(10), made.next_group[1])
    assert np.array_equal(made.group_at(29), made.next_group[1])
    assert np.array_equal(made.group_at(30), made.next_group[0])


def test_events_leave_the_start_untouched():
    plain = build(setting(300), 9, PARAMETERS)
    moved = build(setting(300, events=(Dissolve(kind="dissolve", week=5, size=9.0, ties=4.0),)), 9, PARAMETERS)
    kept = moved.ties.kind < FUTURE
    for name in ("target", "trust", "closeness", "kind"):
        assert np.array_equal(getattr(moved.ties, name)[kept], getattr(plain.ties, name))


def test_new_groups_have_leaders():
    made = build(setting(300, events=(Dissolve(kind="dissolve", week=5, size=25.0, ties=4.0),)), 9, PARAMETERS)
    assert set(made.next_group[0][made.role == LEADER]) == set(range(12, 24))


def test_names_count_from_one():
    made = build(setting(100, events=(Dissolve(kind="dissolve", week=26, size=50.0, ties=4.0),)), 1, PARAMETERS)
    assert made.group_names[:4] == ("class 1", "class 2", "class 3", "class 4")
    assert made.group_names[4:] == ("class 1 after week 26", "class 2 after week 26")


def test_a_seed_makes_one_structure_and_another_seed_another():
    asked = setting(250, events=(Dissolve(kind="dissolve", week=5, size=9.0, ties=4.0),))
    first = build(asked, 12, PARAMETERS)
    assert same(first, build(asked, 12, PARAMETERS))
    other = build(asked, 13, PARAMETERS)
    assert not same(first, other)
    assert not np.array_equal(first.next_group, other.next_group)
    assert np.array_equal(first.group, other.group)


def test_any_whole_number_is_a_seed():
    for seed in (0, 2**63, 2**64 - 1, 2**64 + 5, -3):
        check_ties(build(setting(40), seed, PARAMETERS))


def test_worlds_built_in_threads_are_the_same():
    seeds = range(24)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda seed: build(setting(80), seed, PARAMETERS), seeds))
    assert all(same(one, build(setting(80), seed, PARAMETERS)) for one, seed in zip(together, seeds, strict=True))


def test_parameters_move_states_but_not_acquaintances():
    first = build(setting(250), 12, PARAMETERS)
    other = build(setting(250), 12, params.record({"bonds.closeness_high": 0.9, "bonds.fading": 0.001}))
    assert np.array_equal(first.ties.target, other.ties.target)
    assert not np.array_equal(first.ties.trust, other.ties.trust)


def test_without_people_or_units_there_is_nothing_to_build():
    with pytest.raises(ValueError, match="people and units"):
        build(setting(10, units=()), 1, PARAMETERS)


def test_as_many_dissolutions_as_a_setting_may_have():
    often = tuple(Dissolve(kind="dissolve", week=week, size=5.0, ties=1.0) for week in range(1, 101))
    made = build(setting(60, events=often), 1, PARAMETERS)
    check_ties(made)
    assert made.ties.kind.max() == FUTURE + 99


def test_the_last_unit_holds_everybody():
    made = build(setting(3000), 1, PARAMETERS)
    assert made.ties.start[2] - made.ties.start[0] == 2 * 60  # the school's two leaders know samples of all 3,000
    assert np.count_nonzero(made.role == LEADER) == 120 + 2


def test_a_structure_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        build(setting(10), 1, PARAMETERS).unit_name = "squad"


units = st.lists(
    st.builds(
        Unit,
        name=st.just("part"),
        size=st.floats(2, 60),
        ties=st.floats(0, 30),
        leaders=st.integers(0, 3),
        clustering=st.floats(0, 1),
    ),
    min_size=1,
    max_size=3,
).map(tuple)
dissolutions = st.lists(
    st.builds(Dissolve, kind=st.just("dissolve"), week=st.integers(1, 9), size=st.floats(2, 40), ties=st.floats(0, 20)),
    max_size=2,
).map(tuple)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(2, 120), units, dissolutions, st.integers(0, 2**64 - 1))
def test_any_setting_gives_a_sound_structure(people, levels, events, seed):
    made = build(setting(people, levels, events), seed, PARAMETERS)
    check_ties(made)
    assert np.count_nonzero(made.role == MEMBER) == people
    members = np.bincount(made.group[made.role == MEMBER])
    assert members.min() > 0
    assert members.max() - members.min() <= 1
    assert np.all(made.ties.kind[made.ties.kind < FUTURE] <= LEADER_TIE)
    peers = (made.role[sources(made)] == MEMBER) & (made.role[made.ties.target] == MEMBER)
    assert np.all(made.ties.kind[peers & (made.ties.kind < FUTURE)] == PEER)
