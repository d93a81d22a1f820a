"""Strict YAML: what is read as what, the line of every value, and one clear error for all else."""

import os
import pickle

import pytest
import yaml

from sim import shipped
from sim.errors import InputError, clean, nearest
from sim.reading import LARGEST, parse, read

SCALARS = [
    ("1e-3", 0.001),
    (".5", 0.5),
    ("-2.", -2.0),
    ("+3", 3),
    ("007", 7),
    ("0x1F", 31),
    ("0o17", 15),
    ("true", True),
    ("False", False),
    ("null", None),
    ("~", None),
    ("", None),
    ("off", "off"),
    ("no", "no"),
    ("yes", "yes"),
    ("on", "on"),
    ("12:30", "12:30"),
    ("1_000", "1_000"),
    ("2020-01-01", "2020-01-01"),
    ("0b11", "0b11"),
    ("1e", "1e"),
    ("<<", "<<"),
    ("'7'", "7"),
    ('"true"', "true"),
    ('"\\u00e9"', "é"),
]


@pytest.fixture(params=["C", "Python"])
def loader(request, monkeypatch):
    """Both of PyYAML's parsers must agree: not every machine has the one in C."""
    if request.param == "Python":
        monkeypatch.delattr(yaml, "CSafeLoader")
    return request.param


@pytest.mark.parametrize(("written", "value"), SCALARS)
def test_scalars_follow_the_core_schema_of_yaml_1_2(written, value, loader):
    found = parse(f"key: {written}\n").data["key"]
    assert found == value
    assert type(found) is type(value)


def test_every_value_knows_its_line(loader):
    document = parse(
        "a: 1\n\n# a comment\nb:\n  c: [2,\n      3]\n  'd e':\n    - f: 4\n      g: |\n        text\n    - 5\n"
    )
    assert document.data == {"a": 1, "b": {"c": [2, 3], "d e": [{"f": 4, "g": "text\n"}, 5]}}
    assert document.lines[("a",)] == 1
    assert document.lines[("b",)] == 4
    assert document.lines[("b", "c")] == 5
    assert document.lines[("b", "c", 1)] == 6
    assert document.lines[("b", "d e", 0, "g")] == 9
    assert document.lines[("b", "d e", 1)] == 11


REFUSED = [
    ("a: 1\nb: 2\na: 3\n", 3, "given twice; the first is in line 1"),
    ("x: {a: 1, a: 2}", 1, "given twice"),
    ("a:\n  - b: 1\n    b: 2\n", 3, "given twice"),
    ("a: !!python/object/apply:os.system [ls]", 1, "tags"),
    ("a: !!int 3", 1, "tags"),
    ("a: ! 3", 1, "tags"),
    ("a: 1\nb: &x 2", 2, "anchors"),
    ("a: *x", 1, "anchors"),
    ("a: &a [*a]", 1, "anchors"),
    ("a: .inf", 1, "finite"),
    ("a: -.INF", 1, "finite"),
    ("a: .nan", 1, "finite"),
    ("a: 1e999", 1, "too large"),
    ("a: " + "9" * 5000, 1, "too long"),
    ("1: a", 1, "key must be text"),
    ("true: a", 1, "key must be text"),
    ("~: a", 1, "key must be text"),
    ("? [a, b]\n: c", 1, "key must be text"),
    ("? {a: b}\n: c", 1, "key must be text"),
    ("a: 1\n---\nb: 2", 2, "second document"),
    ("%YAML 1.1\n---\na: 1", 1, "directives"),
    ("%TAG !e! tag:example.org,2000:\n---\na: 1", 1, "directives"),
    ("- 1\n- 2", 1, "keys and values"),
    ("just text", 1, "keys and values"),
    ("", 1, "keys and values"),
    ("# only a comment", 1, "keys and values"),
    ("a: b: c", 1, "not YAML"),
    ("a: [1, 2", None, "not YAML"),
    ("a: 'open", None, "not YAML"),
    ("a: 1\n\tb: 2", 2, "not YAML"),
    ("a: 1\nb: \x00", 2, "no text"),
    ("a: \x1b[31m", 1, "no text"),
    ("a: 1\u2028b: 2", 1, "no text"),
    ('a: "\\0"', 1, "no text"),
    ('a: "\\e[31m"', 1, "no text"),
    ("a: " + "[" * 50_000, 1, "too deep"),
    ("a: " + "{b: " * 5_000, 1, "too deep"),
    ("a: [" + "1, " * 30_000 + "1]", 1, "too many"),
]


@pytest.mark.parametrize(("content", "line", "message"), REFUSED)
def test_surprises_are_refused_with_their_line(content, line, message, loader):
    with pytest.raises(InputError, match=message) as caught:
        parse(content, "some.yaml")
    assert caught.value.file == "some.yaml"
    if line is not None:  # the two parsers miss an end in different lines
        assert caught.value.line == line


def test_a_lone_surrogate_is_refused(loader):
    for content in ("a: \ud800", 'a: "\\ud800"'):
        with pytest.raises(InputError):
            parse(content)


def test_the_two_parsers_read_the_shipped_files_alike(monkeypatch):
    files = sorted(shipped.folder().rglob("*.yaml"))
    assert len(files) > 20
    by_c = [read(file) for file in files]
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert [read(file) for file in files] == by_c


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfkey: 1\n")
    assert read(tmp_path / "a.yaml").data == {"key": 1}


@pytest.mark.parametrize(
    ("content", "line", "offset"),
    [
        (b"a: 1\nb: caf\xe9\n", 2, 11),
        ("a: 1".encode("utf-16"), 1, 0),
        (b"a: \xed\xa0\x80", 1, 3),
        (b"a: \xc0\x80", 1, 3),
    ],
)
def test_other_encodings_are_refused_with_the_byte(tmp_path, content, line, offset):
    (tmp_path / "a.yaml").write_bytes(content)
    with pytest.raises(InputError, match="not UTF-8") as caught:
        read(tmp_path / "a.yaml")
    assert caught.value.line == line
    assert f"at offset {offset}" in caught.value.found


def test_a_file_of_100_mb_is_refused_without_reading_it(tmp_path, monkeypatch):
    with open(tmp_path / "large.yaml", "wb") as stream:
        stream.truncate(100_000_000)
    monkeypatch.setattr("builtins.open", lambda *_: pytest.fail("the file was opened"))
    with pytest.raises(InputError, match=r"100,000,000 bytes[\s\S]*1,000,000"):
        read(tmp_path / "large.yaml")


def test_a_file_of_just_the_largest_size_is_read(tmp_path):
    content = b"a: 1\n#"
    (tmp_path / "a.yaml").write_bytes(content + b"x" * (LARGEST - len(content)))
    assert read(tmp_path / "a.yaml").data == {"a": 1}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(InputError, match="not an ordinary file"):
        read(tmp_path / "pipe.yaml")


@pytest.mark.parametrize("name", [".", "absent.yaml", "nul\0.yaml", "x" * 5000 + ".yaml"])
def test_what_is_no_file_is_an_input_error(tmp_path, name):
    with pytest.raises(InputError):
        read(os.path.join(tmp_path, name))


def test_a_bomb_is_refused_at_once():
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    with pytest.raises(InputError, match="anchors") as caught:
        parse(bomb)
    assert caught.value.line == 1


def test_an_error_is_one_short_screen_of_plain_text():
    error = InputError(
        "wrong\x1b[2J\nand\u202e more",
        file="a.yaml",
        line=3,
        key="x." * 500,
        found="y" * 5000,
        allowed="z " * 2000,
        hint="w",
    )
    lines = str(error).split("\n")
    assert lines[0].startswith("a.yaml, line 3: wrong")
    assert len(lines) < 24
    assert all(character.isprintable() for line in lines for character in line)


def test_an_error_survives_the_way_between_processes():
    error = InputError("wrong", file="a.yaml", line=3, key="k", found="f", allowed="a", hint="h")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_the_nearest_name_is_near():
    names = ["norms.conformity", "care.dropout", "reach", "start"]
    assert nearest("norms.conformty", names) == "norms.conformity"
    assert nearest("care.conformity", names) == "norms.conformity"
    assert nearest("Reach", names) == "reach"
    assert nearest("elephant", names) is None
    assert clean("a\tb\n c") == "a b c"
