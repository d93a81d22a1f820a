"""Whom interventions reach: counts, nesting, roles and groups, and seeding rules on graphs with known answers."""

from itertools import pairwise

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import centrality, params
from sim.errors import InputError
from sim.people import LEADER, MEMBER
from sim.schema import Dissolve, Intervention, Setting, Unit
from sim.seeding import chosen
from sim.structure import build
from sim.ties import FUTURE, Ties
from sim.weaving import AT_THE_START, Structure

PARAMETERS = params.record({})
RULES = ("random", "degree", "betweenness", "k_core", "nominated", "group_spread")
SCHOOL = Setting(
    kind="setting",
    title="t",
    description="d",
    people=203,
    units=(Unit(name="class", size=20.0, ties=6.0, leaders=2), Unit(name="school", size=203.0, ties=3.0)),
    events=(Dissolve(kind="dissolve", week=10, size=12.0, ties=3.0),),
)


@pytest.fixture(scope="module")
def school() -> Structure:
    return build(SCHOOL, 1, PARAMETERS)


def reached(structure: Structure, seed: int = 1, number: int = 0, **asked) -> np.ndarray:
    return chosen(Intervention(kind="training", **asked), number, structure, seed, PARAMETERS)


def from_edges(people: int, edges, group=None, mutual: bool = True, role=None) -> Structure:
    """A structure in which ``a`` trusts ``b`` for each edge (and ``b`` trusts ``a``, if mutual)."""
    trust = np.zeros((people, people), np.float32)
    known = np.zeros((people, people), bool)
    for a, b in edges:
        trust[a, b] = 0.8
        known[a, b] = known[b, a] = True
        if mutual:
            trust[b, a] = 0.8
    source, target = np.nonzero(known)
    start = np.concatenate(([0], np.cumsum(np.bincount(source, minlength=people)))).astype(np.int64)
    nothing = np.zeros(target.size, np.uint8)
    ties = Ties(start, target.astype(np.int32), trust[source, target], nothing, nothing.copy())
    group = np.zeros(people, np.int32) if group is None else np.array(group, np.int32)
    role = np.zeros(people, np.uint8) if role is None else np.array(role, np.uint8)
    born = np.full(group.max() + 1, AT_THE_START, np.int64)
    return Structure(group, role, np.zeros((0, people), np.int32), born, ties)


def star(leaves: int) -> Structure:
    return from_edges(leaves + 1, [(leaf, leaves) for leaf in range(leaves)])


def barbell() -> Structure:
    """Two cliques of five (0 to 4, 6 to 10) with 5 as the only bridge."""
    edges = [(a, b) for a in range(5) for b in range(a)] + [(a, b) for a in range(6, 11) for b in range(6, a)]
    return from_edges(11, [*edges, (4, 5), (5, 6)])


def found(mask: np.ndarray) -> list[int]:
    return np.flatnonzero(mask).tolist()


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("unit", ["person", "group"])
def test_reach_zero_is_nobody_and_reach_one_everybody(school, rule, unit):
    assert not reached(school, seeding=rule, unit=unit, reach=0.0, who="everyone").any()
    assert reached(school, seeding=rule, unit=unit, reach=1.0, who="everyone").all()
    assert np.array_equal(reached(school, seeding=rule, unit=unit, reach=1.0), school.role == MEMBER)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("unit", ["person", "group"])
def test_wider_reach_keeps_those_already_reached(school, rule, unit):
    masks = [reached(school, seeding=rule, unit=unit, reach=share / 20) for share in range(21)]
    assert all(np.all(wider[narrower]) for narrower, wider in pairwise(masks))
    assert masks[3].sum() < masks[10].sum() < masks[20].sum()


@pytest.mark.parametrize("rule", RULES)
def test_counts_are_rounded_halves_up(school, rule):
    assert reached(school, seeding=rule, reach=0.1).sum() == 20  # of 203: 20.3
    assert reached(school, seeding=rule, reach=0.5).sum() == 102  # 101.5
    assert reached(school, seeding=rule, reach=0.5, who="leaders").sum() == 10


def test_who_is_eligible_goes_by_role(school):
    assert np.all(school.role[reached(school, reach=0.7, who="leaders")] == LEADER)
    assert np.all(school.role[reached(school, reach=0.7, who="members")] == MEMBER)


def test_whole_groups_are_reached(school):
    mask = reached(school, unit="group", reach=0.5, who="everyone")
    by_group = np.bincount(school.group, weights=mask) / np.bincount(school.group)
    assert sorted(by_group) == [0.0] * 5 + [1.0] * 5


def test_only_named_groups(school):
    mask = reached(school, groups=("class 3", "class 10"))
    assert set(school.group[mask]) == {2, 9}
    assert np.array_equal(mask, np.isin(school.group, [2, 9]) & (school.role == MEMBER))
    assert set(school.group[reached(school, groups=("class 3", "class 10"), unit="group", reach=0.5)]) < {2, 9}


def test_an_unknown_group_is_named_with_the_nearest(school):
    with pytest.raises(InputError) as caught:
        reached(school, groups=("class 3", "clas 7"))
    assert (caught.value.found, caught.value.key) == ("clas 7", "groups")
    assert caught.value.hint == "class 7"
    assert "class 1" in caught.value.allowed


def test_groups_are_those_of_the_first_week(school):
    mask = reached(school, groups=("class 2 after week 10",), start=10, who="everyone")
    assert np.array_equal(mask, school.next_group[0] == 11)
    assert not reached(school, groups=("class 2 after week 10",), start=9).any()
    later = reached(school, unit="group", reach=0.5, start=10)
    members = np.bincount(school.next_group[0][school.role == MEMBER])
    counted = np.bincount(school.next_group[0][later], minlength=members.size)
    assert np.all((counted == 0) | (counted == members))


def test_the_draw_goes_by_seed_and_by_intervention(school):
    first = reached(school, reach=0.4)
    assert np.array_equal(first, reached(school, reach=0.4))
    assert not np.array_equal(first, reached(school, reach=0.4, seed=2))
    assert not np.array_equal(first, reached(school, reach=0.4, number=1))


def test_random_reach_favours_nobody(school):
    times = sum(reached(school, reach=0.5, seed=seed).astype(int) for seed in range(400))[school.role == MEMBER]
    assert times.mean() == pytest.approx(200, abs=1)
    assert times.std() == pytest.approx(10, abs=1.5)  # binomial, 400 draws at one half


@pytest.mark.parametrize("rule", ["degree", "betweenness", "nominated"])
def test_the_middle_of_a_star_comes_first(rule):
    assert found(reached(star(9), seeding=rule, reach=0.1)) == [9]


def test_the_bridge_of_a_barbell_has_most_between_and_least_degree():
    bar = barbell()
    assert found(reached(bar, seeding="betweenness", reach=1 / 11)) == [5]
    assert found(reached(bar, seeding="betweenness", reach=3 / 11)) == [4, 5, 6]
    assert found(reached(bar, seeding="degree", reach=2 / 11)) == [4, 6]
    assert found(~reached(bar, seeding="degree", reach=10 / 11)) == [5]
    assert found(~reached(bar, seeding="k_core", reach=10 / 11)) == [5]


def test_nominated_counts_trust_received_and_degree_both_ways():
    lonely_helper = from_edges(6, [(1, 0), (2, 0), (3, 1), (3, 2), (3, 4), (3, 5)], mutual=False)
    assert found(reached(lonely_helper, seeding="nominated", reach=1 / 6)) == [0]
    assert found(reached(lonely_helper, seeding="degree", reach=1 / 6)) == [3]


def test_group_spread_takes_the_most_nominated_of_each_group():
    edges = [(1, 0), (2, 0), (0, 1), (2, 1), (0, 2), (5, 4), (3, 4)]
    classes = from_edges(6, edges, group=[0, 0, 0, 1, 1, 1], mutual=False)
    assert found(reached(classes, seeding="nominated", reach=2 / 6, seed=0)) != [0, 4]
    for seed in range(8):
        first = found(reached(classes, seeding="group_spread", reach=2 / 6, seed=seed))
        assert len(first) == 2
        assert 4 in first
        assert first[0] in (0, 1)


def test_groups_can_be_chosen_by_their_mean_score():
    edges = [(1, 0), (0, 1), (3, 2)]
    pairs = from_edges(6, edges, group=[0, 0, 1, 1, 2, 2], mutual=False)
    assert found(reached(pairs, seeding="nominated", unit="group", reach=1 / 3)) == [0, 1]
    assert found(reached(pairs, seeding="nominated", unit="group", reach=2 / 3)) == [0, 1, 2, 3]


def test_ties_to_come_do_not_count():
    bar = barbell()
    for kind in (FUTURE, FUTURE + 3):
        later = bar.ties._replace(kind=np.full_like(bar.ties.kind, kind))
        assert not centrality.degree(later.start, later.target, later.trust, later.kind).any()
        assert not centrality.nominations(later.start, later.target, later.trust, later.kind, 0.6).any()
        assert centrality.reachable(later.start, later.target, later.trust, later.kind, 0.6)[1].size == 0


edges = st.integers(1, 14).flatmap(
    lambda people: st.tuples(
        st.just(people + 1), st.sets(st.tuples(st.integers(0, people), st.integers(0, people)), max_size=50)
    )
)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(edges)
def test_scores_agree_with_networkx(drawn):
    people, pairs = drawn
    pairs = [(a, b) for a, b in pairs if a != b]
    facts = from_edges(people, pairs, mutual=False).ties
    facts = (facts.start, facts.target, facts.trust, facts.kind)
    graph = networkx.Graph()
    graph.add_nodes_from(range(people))
    graph.add_edges_from(pairs)
    offsets, neighbours = centrality.reachable(*facts, 0.6)
    assert [sorted(graph[i]) for i in range(people)] == [
        neighbours[offsets[i] : offsets[i + 1]].tolist() for i in range(people)
    ]
    cores = networkx.core_number(graph)
    assert centrality.core_numbers(offsets, neighbours).tolist() == [cores[i] for i in range(people)]
    between = networkx.betweenness_centrality(graph, normalized=False)
    score = centrality.betweenness(offsets, neighbours, np.uint64(1)) / 2
    assert score == pytest.approx([between[i] for i in range(people)])


def test_betweenness_of_many_is_estimated_from_some():
    size = centrality.ALL_PIVOTS_UP_TO + 100
    hubs = [(a, 0) for a in range(1, size // 2)] + [(a, size - 1) for a in range(size // 2, size - 1)]
    assert found(reached(from_edges(size, [*hubs, (0, size - 1)]), seeding="betweenness", reach=2 / size)) == [
        0,
        size - 1,
    ]
