"""One's own network: every kind of file gives the same ties, every fault is named in place, none is a traceback."""

import hashlib
import itertools
import json
from pathlib import Path

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import network, params
from sim.errors import InputError
from sim.people import LEADER
from sim.schema import Dissolve, Network, Setting
from sim.ties import FUTURE, LEADER_TIE, PEER

PARAMETERS = params.record({})
REACH = PARAMETERS["bonds_reach_trust"]
DORMANT = int(256 * PARAMETERS["bonds_dormant_closeness"])
PEOPLE = "id,group,role,shoe size\nana,red,member,38\nbo,red,,41\ncy,blue,Leader,40\ndee,,,39\n"
TIES = "source,target\nana,bo\nbo,ana\nana,cy\ndee,ana\n"
EXAMPLE = networkx.DiGraph([("ana", "bo"), ("bo", "ana"), ("ana", "cy"), ("dee", "ana")])
EXAMPLE.add_nodes_from(
    [("ana", {"group": "red"}), ("bo", {"group": "red"}), ("cy", {"group": "blue", "role": "leader"})]
)


def write(folder: Path, name: str, content: str | bytes) -> str:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(file)


def asked(people: str | None, ties: str, events=()) -> Setting:
    files = Network(people=people, ties=ties)
    return Setting(kind="setting", title="t", description="d", network=files, events=events)


def load(people: str | None, ties: str, seed: int = 1, events=(), values=None):
    return network.load(people, ties, asked(people, ties, events), seed, params.record(values or {}))


def entries(made) -> dict[tuple[str, str], int]:
    """The entry of each tie, by the ids of its two ends."""
    source = np.repeat(np.arange(made.role.size), np.diff(made.ties.start))
    ends = zip(source.tolist(), made.ties.target.tolist(), strict=True)
    return {(made.ids[i], made.ids[j]): entry for entry, (i, j) in enumerate(ends)}


def named_ties(made) -> set[tuple[str, str]]:
    return {pair for pair, entry in entries(made).items() if made.ties.trust[entry] >= REACH}


def fault(people: str | bytes | None, ties: str | bytes, tmp_path: Path, ending: str = ".csv") -> InputError:
    people_file = None if people is None else write(tmp_path, "people.csv", people)
    ties_file = write(tmp_path, "ties" + ending, ties)
    with pytest.raises(InputError) as caught:
        load(people_file, ties_file)
    return caught.value


def test_people_groups_and_roles_keep_the_order_of_the_file(tmp_path):
    made = load(write(tmp_path, "p.csv", PEOPLE), write(tmp_path, "t.csv", TIES))
    assert made.ids == ("ana", "bo", "cy", "dee")
    assert made.group_names == ("red", "blue", "everyone")
    assert made.group.tolist() == [0, 0, 1, 2]
    assert made.role.tolist() == [0, 0, LEADER, 0]
    assert made.next_group.shape == (0, 4)


def test_who_names_can_ask_and_who_is_only_named_cannot(tmp_path):
    made = load(write(tmp_path, "p.csv", PEOPLE), write(tmp_path, "t.csv", TIES))
    entry = entries(made)
    assert set(entry) == {*EXAMPLE.edges, ("cy", "ana"), ("ana", "dee")}
    assert named_ties(made) == set(EXAMPLE.edges)
    awake = {pair for pair, place in entry.items() if made.ties.closeness[place] > DORMANT}
    assert awake == set(EXAMPLE.edges)
    assert made.ties.closeness[entry["cy", "ana"]] == DORMANT
    assert made.ties.kind[entry["ana", "cy"]] == LEADER_TIE
    assert made.ties.kind[entry["ana", "bo"]] == PEER


def test_a_named_tie_is_settled_where_it_begins(tmp_path):
    lines = "".join(f"{i},{j}\n" for i in range(60) for j in range(60) if i != j)
    made = load(None, write(tmp_path, "t.csv", "source,target\n" + lines))
    assert np.all(made.ties.trust >= REACH)
    gained = PARAMETERS["bonds_growth"] * made.ties.closeness / 256.0
    assert made.ties.trust == pytest.approx(gained / (gained + PARAMETERS["bonds_decay"]), abs=1e-6)
    assert made.ties.closeness.max() <= 256 * PARAMETERS["bonds_closeness_high"]
    assert len(np.unique(made.ties.closeness)) > 30


def test_trust_given_is_trust_kept(tmp_path):
    made = load(None, write(tmp_path, "t.csv", "source,target,trust\na,b,0.35\nb,a,1\na,c,0\nb,c,\nc,b,.85\n"))
    entry = entries(made)
    trust = {pair: float(made.ties.trust[place]) for pair, place in entry.items()}
    assert trust["a", "b"] == pytest.approx(0.35)
    assert (trust["b", "a"], trust["a", "c"]) == (1.0, 0.0)
    assert trust["c", "b"] == pytest.approx(0.85)
    assert trust["b", "c"] >= REACH
    closeness = float(made.ties.closeness[entry["a", "b"]]) / 256
    gained = PARAMETERS["bonds_growth"] * closeness
    assert gained / (gained + PARAMETERS["bonds_decay"]) == pytest.approx(0.35, abs=0.01)
    assert made.ties.closeness[entry["b", "a"]] == 255


def test_reach_holds_where_contact_cannot_carry_it(tmp_path):
    values = {"bonds.growth": 0.01, "bonds.decay": 0.01, "bonds.reach_trust": 0.7}
    made = load(None, write(tmp_path, "t.csv", TIES), values=values)
    assert sum(made.ties.trust >= 0.7) == 4


GRAPHS = {
    ".graphml": lambda file: networkx.write_graphml(EXAMPLE, file),
    ".gexf": lambda file: networkx.write_gexf(EXAMPLE, file),
    ".gml": lambda file: networkx.write_gml(EXAMPLE, file),
    ".net": lambda file: networkx.write_pajek(EXAMPLE, file),
    ".json": lambda file: Path(file).write_text(json.dumps(networkx.node_link_data(EXAMPLE)), encoding="utf-8"),
    ".edgelist": lambda file: networkx.write_edgelist(EXAMPLE, file),
    ".adjlist": lambda file: networkx.write_adjlist(EXAMPLE, file),
    ".csv": lambda file: Path(file).write_text(TIES, encoding="utf-8"),
}


@pytest.mark.parametrize("ending", GRAPHS)
def test_every_kind_of_file_gives_the_same_ties(tmp_path, ending):
    file = str(tmp_path / ("ties" + ending))
    GRAPHS[ending](file)
    alone = load(None, file)
    assert named_ties(alone) == set(EXAMPLE.edges)
    with_people = load(write(tmp_path, "p.csv", PEOPLE), file)
    assert named_ties(with_people) == set(EXAMPLE.edges)
    assert with_people.ids == ("ana", "bo", "cy", "dee")
    if ending in (".graphml", ".gexf", ".gml", ".net", ".json"):
        assert dict(zip(alone.ids, alone.role.tolist(), strict=True))["cy"] == LEADER
        groups = {name: alone.group_names[group] for name, group in zip(alone.ids, alone.group, strict=True)}
        assert groups == {"ana": "red", "bo": "red", "cy": "blue", "dee": "everyone"}


@pytest.mark.parametrize("ending", [".graphml", ".gexf", ".gml", ".net", ".json"])
def test_an_undirected_graph_holds_both_ways(tmp_path, ending):
    file = str(tmp_path / ("ties" + ending))
    graph = networkx.path_graph(["a", "b", "c"])
    writers = {".graphml": networkx.write_graphml, ".gexf": networkx.write_gexf, ".gml": networkx.write_gml}
    if ending == ".json":
        Path(file).write_text(json.dumps(networkx.node_link_data(graph, edges="links")), encoding="utf-8")
    else:
        writers.get(ending, networkx.write_pajek)(graph, file)
    assert named_ties(load(None, file)) == {("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")}


def test_rows_may_say_that_they_hold_both_ways(tmp_path):
    made = load(None, write(tmp_path, "t.csv", "Source;Target;Type\na;b;Undirected\nb;c;Directed\n"))
    assert named_ties(made) == {("a", "b"), ("b", "a"), ("b", "c")}


@pytest.mark.parametrize(
    "text", ["source,target\r\na,b\r\n\r\n", "\ufeffsource\ttarget\textra\na\tb\t9\n", ' "source" , target\n"a",b']
)
def test_spreadsheets_write_tables_in_many_ways(tmp_path, text):
    assert named_ties(load(None, write(tmp_path, "t.csv", text.replace(' "source" ', '"source"')))) == {("a", "b")}


def test_a_seed_draws_what_files_do_not_say(tmp_path):
    file = write(tmp_path, "t.csv", TIES)
    first, again, other = load(None, file), load(None, file), load(None, file, seed=2)
    assert all(np.array_equal(a, b) for a, b in zip(first.ties, again.ties, strict=True))
    assert np.array_equal(first.ties.target, other.ties.target)
    assert not np.array_equal(first.ties.closeness, other.ties.closeness)


def test_what_was_read_cannot_be_spoilt_by_a_run(tmp_path):
    people, file = write(tmp_path, "p.csv", PEOPLE), write(tmp_path, "t.csv", TIES)
    first = load(people, file)
    first.ties.trust[:] = 0
    first.role[:] = 9
    first.group[:] = 9
    assert load(people, file).role.tolist() == [0, 0, LEADER, 0]
    assert load(people, file).group.tolist() == [0, 0, 1, 2]


def test_groups_of_ones_own_can_dissolve(tmp_path):
    lines = "".join(f"{i},{(i + 1) % 40}\n" for i in range(40))
    event = Dissolve(kind="dissolve", week=6, size=10.0, ties=4.0)
    made = load(None, write(tmp_path, "t.csv", "source,target\n" + lines), events=(event,))
    assert np.bincount(made.next_group[0]).tolist() == [0, 10, 10, 10, 10]
    assert made.group_names == ("everyone", *(f"group {k} after week 6" for k in (1, 2, 3, 4)))
    assert np.count_nonzero(made.ties.kind == FUTURE) > 80
    assert len(named_ties(made)) == 40


def test_a_changed_file_is_read_again(tmp_path):
    file = write(tmp_path, "t.csv", TIES)
    assert len(load(None, file).ids) == 4
    write(tmp_path, "t.csv", TIES + "ed,ana\n")
    assert len(load(None, file).ids) == 5


def test_digests_are_those_of_the_files(tmp_path):
    people, ties = write(tmp_path, "p.csv", PEOPLE), write(tmp_path, "t.csv", TIES)
    expected = {
        "people": hashlib.sha256(PEOPLE.encode()).hexdigest(),
        "ties": hashlib.sha256(TIES.encode()).hexdigest(),
    }
    assert network.digests(asked(people, ties)) == expected
    assert set(network.digests(asked(None, ties))) == {"ties"}
    assert network.digests(Setting(kind="setting", title="t", description="d")) == {}
    with pytest.raises(InputError, match="cannot be read"):
        network.digests(asked(None, ties + "x"))


def test_an_overview_says_what_was_understood(tmp_path):
    files = write(tmp_path, "p.csv", PEOPLE + "ed,red,,\n"), write(tmp_path, "t.csv", TIES)
    assert network.overview(*files) == {
        "people": 5,
        "leaders": 1,
        "groups": 3,
        "ties": 4,
        "mutual": 2,
        "with_trust": 0,
        "unconnected": 1,
        "ignored": ["shoe size"],
    }


FAULTS = [  # people, ties, line, key, part of the message, part of what was found, hint
    (None, "source,target\na,b\na,a\n", 3, None, "herself", "a", None),
    (None, "source,target\na,b\nb,a\na,b\n", 4, None, "twice", "a to b", None),
    (None, "source,target,type\na,b,undirected\nb,a,\n", 3, None, "twice", "b to a", None),
    (None, "source,target\na,b\n,b\n", 3, "source", "missing", None, None),
    (None, "source,target\na,b\nb\n", 3, "target", "missing", None, None),
    (None, "source,goal\na,b\n", 1, "target", "column target is missing", "source, goal", None),
    (None, "sourc,target\na,b\n", 1, "source", "column source is missing", "sourc, target", "sourc"),
    (None, "source,target,target\na,b,c\n", 1, "target", "twice", None, None),
    (None, "source,target,trust\na,b,1.2\n", 2, "trust", "no trust", "1.2", None),
    (None, "source,target,trust\na,b,-0.1\n", 2, "trust", "no trust", "-0.1", None),
    (None, "source,target,trust\na,b,much\n", 2, "trust", "no trust", "much", None),
    (None, "source,target,trust\na,b,nan\n", 2, "trust", "no trust", "nan", None),
    (None, "source,target,trust\na,b,0_1\n", 2, "trust", "no trust", "0_1", None),
    (None, "source,target,type\na,b,both\n", 2, "type", "unknown", "both", None),
    (None, "source,target\n", None, None, "two people", "0", None),
    (None, "  \n", None, None, "empty", None, None),
    (None, "", None, None, "empty", None, None),
    (None, 'source,target\n"a,b\n', 2, None, "no CSV", None, None),
    (None, b"source,target\na,b\xff\n", 2, None, "UTF-8", "0xff", None),
    (None, "source,target\na,b\x00\n", 2, None, "no text", "U+0000", None),
    (PEOPLE, "source,target\n", None, None, "no ties", "0 ties", None),
    (PEOPLE, "source,target\nana,bo\ndeee,ana\n", 3, "source", "unknown person", "deee", "dee"),
    (PEOPLE, "source,target\nana,boo\n", 2, "target", "unknown person", "boo", "bo"),
    (PEOPLE + "bo,red,,\n", TIES, 6, "id", "same id", "bo, first in line 3", None),
    (PEOPLE + ",red,,\n", TIES, 6, "id", "missing", None, None),
    (PEOPLE + "ed,red,laeder,\n", TIES, 6, "role", "unknown", "laeder", "leader"),
    ("name,group\nana,red\n", TIES, 1, "id", "column id is missing", "name, group", None),
    ("id\nana\n", TIES, None, None, "two people", "1", None),
]


@pytest.mark.parametrize(("people", "ties", "line", "key", "message", "found", "hint"), FAULTS)
def test_faults_are_named_in_place(tmp_path, people, ties, line, key, message, found, hint):
    caught = fault(people, ties, tmp_path)
    assert message in caught.message
    assert (caught.line, caught.key, caught.hint) == (line, key, hint)
    assert found is None or found in caught.found
    wrong = "people.csv" if people is not None and ties == TIES else "ties.csv"
    assert caught.file == str(tmp_path / wrong)


XML_BOMB = '<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY lol "lol">]>\n<graphml>&lol;</graphml>'


@pytest.mark.parametrize("ending", [".graphml", ".gexf"])
@pytest.mark.parametrize("text", [XML_BOMB, XML_BOMB.replace("!DOCTYPE", "! doctype"), "<a>\n<!ENTITY b 'c'></a>"])
def test_entities_are_refused(tmp_path, ending, text):
    caught = fault(None, text, tmp_path, ending)
    assert "XML is not read" in caught.message
    assert caught.line == 2


def test_an_encoding_that_xml_declares_does_not_apply(tmp_path):
    lines = networkx.generate_graphml(networkx.DiGraph([("Zoë", "Jürg")]))
    text = '<?xml version="1.0" encoding="cp037"?>\n' + "\n".join(lines)
    assert named_ties(load(None, write(tmp_path, "t.graphml", text))) == {("Zoë", "Jürg")}


GRAPH_FAULTS = [  # ending, content, part of the message, key
    (".graphml", "<graphml>", "cannot be read", None),
    (".gexf", "<a/>", "cannot be read", None),
    (".gml", "graph [ node [ id 1 ]", "cannot be read", None),
    (".net", '*Vertices 9\n1 "a"\n', "cannot be read", None),
    (".json", "[1, 2]", "nodes and links", None),
    (".json", '{"nodes": [{"id": 1}', "no JSON", None),
    (".json", "[" * 100_000, "no JSON", None),
    (".json", '{"nodes": {"id": 1}, "links": []}', "list is missing", "nodes"),
    (".json", '{"nodes": []}', "list is missing", "edges"),
    (".json", '{"nodes": [{"id": 1}, {"id": true}], "links": []}', "id is missing", "nodes.1.id"),
    (".json", '{"nodes": [{"id": 1}, {"id": 2}], "links": [{"source": 1}]}', "id is missing", "links.0.target"),
    (".json", '{"directed": 1, "nodes": [], "links": []}', "neither true nor false", "directed"),
    (".json", '{"nodes": [{"id": 1}, {"id": "1"}], "links": []}', "same id", "id"),
    (".json", '{"nodes": [{"id": 1}, {"id": 2}], "links": [{"source": 1, "target": 3}]}', "unknown person", "target"),
    (".json", '{"nodes": [{"id": 1, "role": "boss"}, {"id": 2}], "links": []}', "role is unknown", "role"),
    (".json", '{"nodes": [{"id": 1}, {"id": 2}], "links": []}', "no ties", None),
    (
        ".json",
        '{"nodes": [{"id": 1}, {"id": 2}], "links": [{"source": 1, "target": 2, "trust": NaN}]}',
        "no trust",
        "trust",
    ),
    (
        ".json",
        '{"nodes": [{"id": 1}, {"id": 2}], "links": [{"source": 1, "target": 2}, {"source": 2, "target": 1}]}',
        "twice",
        None,
    ),
    (".edgelist", "a b\nc\n", "two people", None),
    (".xlsx", "a b\n", "kind of file is unknown", None),
    ("", "a b\n", "kind of file is unknown", None),
]


@pytest.mark.parametrize(("ending", "content", "message", "key"), GRAPH_FAULTS)
def test_faults_of_graph_files(tmp_path, ending, content, message, key):
    caught = fault(None, content, tmp_path, ending)
    assert message in caught.message
    assert caught.key == key
    assert len(str(caught).splitlines()) < 15


def test_files_that_are_not_there_or_no_files(tmp_path):
    people, ties = write(tmp_path, "people.csv", PEOPLE), write(tmp_path, "ties.csv", TIES)
    for files, hint in (((people, ties.replace("ties", "tiess")), "ties.csv"), ((people + "x", ties), None)):
        with pytest.raises(InputError, match="no such file") as caught:
            load(*files)
        assert caught.value.hint == hint
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match="folder"):
        load(None, str(tmp_path / "folder.csv"))
    with pytest.raises(InputError):
        load(None, "a\0b.csv")


def test_a_file_too_large_is_refused_unread(tmp_path):
    file = tmp_path / "ties.csv"
    with open(file, "wb") as stream:
        stream.truncate(100_000_001)
    with pytest.raises(InputError, match="too large"):
        load(None, str(file))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("mangled")


@pytest.fixture(scope="module")
def valid(folder) -> dict[str, bytes]:
    made = {".people": PEOPLE.encode()}
    for ending, writer in GRAPHS.items():
        file = folder / ("valid" + ending)
        writer(str(file))
        made[ending] = file.read_bytes()
    return made


NUMBERS = itertools.count()
PIECES = st.one_of(
    st.binary(max_size=6),
    st.text(max_size=6).map(str.encode),
    st.sampled_from(
        [b",", b'"', b"\n", b"<", b">", b"[", b"]", b"{", b"nan", b"9" * 30, b"1e999", b"ana", b"&lt;", b"*Vertices"]
    ),
)
CUTS = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 12), PIECES), min_size=1, max_size=4)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(kind=st.sampled_from([".people", *GRAPHS]), cuts=CUTS)
def test_a_mangled_file_is_read_or_refused_but_never_ends_in_a_traceback(folder, valid, kind, cuts):
    content = valid[kind]
    for place, length, piece in cuts:
        place %= len(content) + 1
        content = content[:place] + piece + content[place + length :]
    people, number = None, next(NUMBERS)
    if kind == ".people":
        people, kind, content = write(folder, f"people{number}.csv", content), ".csv", valid[".csv"]
    try:
        made = load(people, write(folder, f"ties{number}{kind}", content))
    except InputError as error:
        said = str(error)
    else:
        said = "read"
        assert len(made.ids) == made.role.size >= 2
        assert np.all((made.ties.trust >= 0) & (made.ties.trust <= 1))
    assert 0 < len(said) < 5000
