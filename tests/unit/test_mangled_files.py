"""Mangled files, names and changes: whatever comes in, the answer is a scenario or an InputError, never a traceback."""

import json

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import shipped
from sim.errors import InputError
from sim.params import registry
from sim.scenario import explain, override, resolve, scenario_from_dict

FILES = [
    path for kind in ("settings", "plans", "starters") for path in sorted((shipped.folder() / kind).glob("*.yaml"))
]
TEXTS = [path.read_text(encoding="utf-8") for path in FILES]
FRAGMENTS = [
    "!!python/object/apply:os.system ['true']", "!!binary aGk=", "!!set {a}", "!x", "&a", "*a", "&a [*a]", "<<: *a",
    "<<: {a: 1}", "[" * 300, "{" * 300, "{a: " * 40, "- " * 50, "? ", ": ", "---", "...", "%YAML 1.1", "%TAG ! x",
    "|", ">-", "'", '"', "\\", "\t", "\r", "#", "@", "`", "~", "null", "true", "off", ".nan", ".inf", "-.inf",
    "1e999", "1e-3", "0x1F", "12:30", "1_000", "9" * 100, "-1", "0", "3.5", "''", "[]", "{}", "[1, 2]", "{a: b}",
    "kind: plan", "kind: setting", "extends: town", "extends: usual", "extends: mangled.yaml", "extends: ../x.yaml",
    "extends: [a]", "units: 3", "\x00", "network: {ties: /dev/zero}", "network: {ties: ../../../etc/passwd}",
    "network: {ties: 'shipped:../..'}", "events: [{kind: dissolve}]", "interventions: [1]", "parameters: [1]",
    "effects: {speaking: x}", "people: 1e9", "\u2028", "\ufeff", "\x85", "\x1b[2J", "é", "😀", "\u202e", '"\\ud800"',
    '"\\x00"', "y" * 3000,
]  # fmt: skip
KEYS = [
    "kind", "extends", "title", "description", "people", "units", "network", "parameters", "events", "burn_in",
    "weeks", "notes", "interventions", "name", "size", "ties", "leaders", "clustering", "week", "factor", "length",
    "start", "who", "unit", "reach", "seeding", "groups", "fidelity", "dose", "half_life", "boosters", "effects",
    "cost", "strength", "norms.conformity", "speaking", "a", "A B", "",
]  # fmt: skip
VALUES = [
    "setting", "plan", "peer_leaders", "capacity", "dissolve", "stress", "town", "usual", "leaders", "group", "x", "",
]  # fmt: skip


@st.composite
def mutated(draw):
    """A shipped file with some lines dropped, doubled, moved, shifted, cut, or struck by a fragment."""
    lines = draw(st.sampled_from(TEXTS)).split("\n")
    if draw(st.booleans()):
        lines = [line for line in lines if not line.lstrip().startswith("#")]
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(lines) - 1)))
        line = lines[at] if lines else ""
        fragment = draw(st.sampled_from(FRAGMENTS))
        blank = len(line) - len(line.lstrip())
        action = draw(st.integers(0, 9))
        changed = {
            0: [],
            1: [line, line],
            2: [line[:blank] + fragment, line],
            3: [line.split(":")[0] + ": " + fragment],
            4: [line.split(":")[0] + ": " + fragment + " " + line.partition(":")[2]],
            5: ["  " + line],
            6: [line.lstrip()],
            7: [line[: draw(st.integers(0, len(line)))]],
            8: [draw(st.sampled_from(lines or [""]))],
            9: [line[:blank] + draw(st.text(max_size=8)) + line[blank:]],
        }[action]
        lines[at : at + 1] = changed
    return "\n".join(lines).encode("utf-8", "surrogatepass")


scalars = (
    st.none() | st.booleans() | st.integers(-3, 40) | st.integers() | st.floats() | st.sampled_from(VALUES) | st.text()
)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=20,
)


@st.composite
def shaped(draw):
    """A file of known keys and values of any type, from which some keys of a right one are not missing."""
    data = dict(yaml.safe_load(draw(st.sampled_from(TEXTS))))
    changes = draw(st.dictionaries(st.sampled_from(KEYS), trees, max_size=4))
    for key, value in changes.items():
        inner = data
        for _ in range(draw(st.integers(0, 3))):
            below = [
                each for each in (inner.values() if isinstance(inner, dict) else inner) if isinstance(each, dict | list)
            ]
            inner = draw(st.sampled_from(below)) if below else inner
        if isinstance(inner, dict):
            inner[key] = value
        else:
            inner.append(value)
    return yaml.safe_dump(data, allow_unicode=True).encode("utf-8", "surrogatepass")


numbers = st.integers(0, 60) | st.floats(0, 3) | st.sampled_from([6.875, 300, 1e6, 20_000, 5200, -4.1, 0.0021])


@st.composite
def near(draw):
    """A right file in which a few values are others of their kind, or stand under another key."""
    data = dict(yaml.safe_load(draw(st.sampled_from(TEXTS))))
    for _ in range(draw(st.integers(1, 3))):
        inner, keys = data, []
        while isinstance(inner, dict | list) and inner:
            keys.append((inner, draw(st.sampled_from(list(inner) if isinstance(inner, dict) else range(len(inner))))))
            inner = inner[keys[-1][1]]
        holder, key = keys[-1]
        same = numbers if isinstance(inner, int | float) else st.just(inner) if inner == [] else st.sampled_from(VALUES)
        if isinstance(holder, dict) and draw(st.integers(0, 4)) == 0:
            holder[draw(st.sampled_from([*KEYS, *list(registry())[::15]]))] = holder.pop(key)
        else:
            holder[key] = draw(same)
    return yaml.safe_dump(data, allow_unicode=True).encode()


CONTENTS = {
    "near": near(),
    "bytes": st.binary(max_size=300),
    "fragments": st.lists(st.sampled_from([*FRAGMENTS, "\n", "\n  ", "kind: plan\n", "a: ", "- "]), max_size=12).map(
        lambda parts: "".join(parts).encode("utf-8", "surrogatepass")
    ),
    "text": st.text(max_size=200).map(lambda text: f"kind: setting\n{text}".encode("utf-8", "surrogatepass")),
    "mutated": mutated(),
    "struck": st.tuples(mutated(), st.integers(0, 3000), st.binary(min_size=1, max_size=3)).map(
        lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] :]
    ),
    "shaped": shaped(),
}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("mangled") / "mangled.yaml"


def survives(function):
    """What ``function`` returns; None if it raised an InputError that fits on a screen. All else fails the test."""
    try:
        return function()
    except InputError as error:
        lines = str(error).split("\n")
        assert len(lines) < 24
        assert all(character.isprintable() for line in lines for character in line)
        return None


def loads(content, file):
    """Whatever is in the file: as a setting, as a plan, and as what another plan extends."""
    file.write_bytes(content)
    child = file.with_name("child.yaml")
    child.write_text(
        "kind: plan\nextends: mangled.yaml\ninterventions:\n  capacity: {kind: capacity}\n", encoding="utf-8"
    )
    outcomes = [survives(lambda: resolve(file, ["capacity"])), survives(lambda: resolve("town", [file, "usual"]))]
    survives(lambda: resolve("town", [child, file]))
    for scenario in outcomes:
        if scenario is not None:
            json.dumps(explain(scenario))
            assert scenario_from_dict(json.loads(scenario.model_dump_json())) == scenario
    return outcomes


def often(examples):
    """Hypothesis, the same examples each time."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(max_examples=examples, derandomize=True, deadline=None, database=None, suppress_health_check=checks)


def throw(strategy, property_, examples):
    """Try the property on many examples of the strategy."""

    @often(examples)
    @given(strategy)
    def thrown(example):
        property_(example)

    thrown()


@pytest.mark.parametrize("kind", CONTENTS)
def test_hundreds_of_mangled_files(kind, file):
    throw(CONTENTS[kind], lambda content: loads(content, file), 150)


@pytest.mark.slow
@pytest.mark.parametrize("kind", CONTENTS)
def test_thousands_of_mangled_files(kind, file):
    throw(CONTENTS[kind], lambda content: loads(content, file), 4000)


def test_some_mangled_files_still_load(file):
    """The mangling is mild enough to get past the reader, and strong enough to be refused: else it tests nothing."""
    outcomes = []
    throw(CONTENTS["mutated"], lambda content: outcomes.extend(loads(content, file)), 150)
    throw(CONTENTS["shaped"], lambda content: outcomes.extend(loads(content, file)), 150)
    loaded = sum(outcome is not None for outcome in outcomes)
    assert 0.02 * len(outcomes) < loaded < 0.5 * len(outcomes)


@pytest.mark.slow
def test_mangled_files_without_the_parser_in_c(file, monkeypatch):
    monkeypatch.delattr(yaml, "CSafeLoader")
    for strategy in CONTENTS.values():
        throw(strategy, lambda content: loads(content, file), 500)


NAMES = st.text(max_size=30) | st.sampled_from(["town", "usual", "../town.yaml", "/", "x" * 9000 + ".yaml", "a\0.yaml"])


def test_any_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def named(parts):
        setting, plan, ending = parts
        survives(lambda: resolve(setting + ending, [plan + ending]))
        survives(lambda: resolve(None, [plan], network=(setting, plan + ending)))
        survives(lambda: resolve("town", [], people=len(setting), weeks=len(plan)))

    throw(st.tuples(NAMES, NAMES, st.sampled_from(["", ".yaml", ".YML"])), named, 150)


def test_any_changes():
    scenario = resolve("training_school", ["peer_leaders", "cohesion_training"])
    fields = ["peer_leaders.reach", "plans.peer_leaders.boosters", "setting.people", "setting.units.class.size"]
    fields += ["weeks", "cohesion_training.groups", "plans.cohesion_training.cohesion", "peer_leaders.cost.fixed"]
    names = st.sampled_from([*fields, *list(registry())[::9]]) | st.text(max_size=12)

    def change(changes):
        survives(lambda: override(scenario, changes))
        survives(lambda: resolve("town", ["usual"], parameters=changes))

    throw(st.dictionaries(names, trees, max_size=3), change, 200)


def test_any_stored_scenario():
    stored = resolve("training_school", ["peer_leaders"]).model_dump(mode="json")

    def bring_back(parts):
        key, value, changes = parts
        survives(lambda: scenario_from_dict({**stored, **changes, key: value}))
        survives(lambda: scenario_from_dict({**stored, "setting": {**stored["setting"], **changes, key: value}}))

    keys = st.sampled_from([*stored, *stored["setting"]])
    throw(st.tuples(keys, trees, st.dictionaries(keys, trees, max_size=2)), bring_back, 150)
