"""Files in, one checked scenario out: what is shipped, what extends what, how plans compose, what is refused."""

import ast
import json
import re
import subprocess
import sys
from itertools import product
from pathlib import Path

import jsonschema
import pytest

import sim
from sim import rules, shipped
from sim.errors import InputError
from sim.params import registry
from sim.reading import read
from sim.scenario import explain, json_schema, listing, override, resolve, scenario_from_dict, starter

SETTINGS, PLANS = shipped.names("setting"), shipped.names("plan")


def edited(folder, kind, *changes, name=None):
    """The path of a starter with some of its text replaced."""
    text = starter(kind)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file = folder / (name or f"{kind}.yaml")
    file.write_text(text, encoding="utf-8")
    return str(file)


def refused(function, *parts):
    """The text of the error that ``function`` raises, which must have these parts."""
    with pytest.raises(InputError) as caught:
        function()
    assert len(str(caught.value).split("\n")) < 24
    unwrapped = " ".join(str(caught.value).split())
    for part in parts:
        assert part in unwrapped
    return caught.value


# What is shipped


def test_the_shipped_files_are_the_expected_ones():
    assert SETTINGS == [
        "karate_club", "military_unit", "secondary_school", "town", "training_school", "university_campus", "workplace",
    ]  # fmt: skip
    assert {"usual", "cohesion_training", "stress_management", "peer_leaders", "capacity"} <= set(PLANS)
    assert not set(SETTINGS) & set(PLANS)


@pytest.mark.parametrize(("setting", "plan"), list(product(SETTINGS, PLANS)))
def test_every_shipped_pair_resolves_shows_itself_and_comes_back(setting, plan):
    scenario = resolve(setting, [plan])
    assert set(scenario.parameters) == set(registry())
    assert json.loads(json.dumps(explain(scenario)))["setting"]["name"] == setting
    again = scenario_from_dict(json.loads(json.dumps(scenario.model_dump(mode="json"))))
    assert again == scenario
    assert type(scenario).model_validate_json(scenario.model_dump_json()) == scenario
    assert again.digest() == scenario.digest()


@pytest.mark.parametrize("name", [name for name in SETTINGS if name != "karate_club"])
def test_a_made_setting_has_whole_groups_and_about_twelve_ties_a_person(name):
    setting = resolve(name).setting
    assert 11.5 <= sum(unit.ties for unit in setting.units) <= 12.5
    groups = setting.people / setting.units[0].size
    assert abs(groups - round(groups)) < 1e-9


def test_the_training_school_is_the_published_trial():
    setting = resolve("training_school").setting
    assert setting.people == 1485
    assert setting.people / setting.units[0].size == 216
    assert [event.kind for event in setting.events] == ["dissolve"]
    assert setting.events[0].week < 26 == setting.weeks


@pytest.mark.parametrize("name", SETTINGS)
def test_every_number_of_a_setting_says_where_it_is_from(name):
    lines = shipped.path("setting", name).read_text(encoding="utf-8").splitlines()
    for before, line in zip(["", *lines], lines, strict=False):
        value = re.match(r"\s*(?:- )?([\w.]+): [-\d.]+\s*(#.*)?$", line)
        outermost = (
            value and value[1] == "size" and float(line.split(":")[1].split("#")[0]) == resolve(name).setting.people
        )
        if value and not outermost:
            assert value[2] or before.lstrip().startswith(("#", "- kind")), line


def test_there_is_a_plan_for_every_kind_and_every_effect_is_a_handle():
    found = {item.kind for name in PLANS for item in resolve("town", [name]).interventions.values()}
    assert found == set(rules.kinds())
    tree = ast.parse((Path(sim.__file__).parent / "interventions.py").read_text(encoding="utf-8"))
    groups = {node.targets[0].id: node.value for node in tree.body if isinstance(node, ast.Assign)
              and isinstance(node.targets[0], ast.Name)}  # fmt: skip
    handles = {h for group in ("LEVELS", "SERVICE_LEVELS", "IMPULSES") for h in ast.literal_eval(groups[group])}
    assert {handle for handles_ in rules.kinds().values() for handle in handles_} == handles


def test_no_plan_claims_what_was_not_found():
    text = " ".join(resolve("town", ["cohesion_training"]).model_dump_json().split())
    description = " ".join(read(shipped.path("plan", "cohesion_training")).data["description"].split())
    assert "No published trial that could be found measured its effect on seeking help" in description
    assert "yours to fill in" in text


def test_listing_names_what_is_shipped():
    found = listing()
    assert [entry["name"] for entry in found["settings"]] == SETTINGS
    assert [entry["name"] for entry in found["plans"]] == PLANS
    assert all(entry["title"] and len(entry["description"]) > 40 for entries in found.values() for entry in entries)


def test_karate_club_is_the_graph_that_networkx_bundles():
    networkx = pytest.importorskip("networkx")
    graph = networkx.karate_club_graph()
    network = resolve("karate_club").setting.network
    people = [line.split(",") for line in Path(network.people).read_text().splitlines()[1:]]
    ties = [tuple(map(int, line.split(",")[:2])) for line in Path(network.ties).read_text().splitlines()[1:]]
    assert {(int(person), group) for person, group, _ in people} == set(graph.nodes(data="club"))
    assert {frozenset(tie) for tie in ties} == {frozenset(edge) for edge in graph.edges}
    assert len(ties) == 78


# Helps for writing


def test_a_starter_can_be_used_as_it_is(tmp_path):
    scenario = resolve(edited(tmp_path, "setting"), [edited(tmp_path, "plan")])
    assert scenario.setting.people == 300
    assert scenario.interventions["student_guides"].kind == "peer_leaders"
    assert all(kind in starter("plan") for kind in rules.kinds())
    assert all(
        field in starter("plan")
        for field in type(scenario.interventions["student_guides"]).model_fields
        if field != "groups"
    )


def test_the_commented_lines_of_the_setting_starter_can_be_used_too(tmp_path):
    text = starter("setting").replace("events: []", "events:").replace("parameters: {}", "parameters:")
    text = re.sub(r"^#  (?=- |  \w|\w+\.)", "  ", text, flags=re.M)
    (tmp_path / "full.yaml").write_text(text, encoding="utf-8")
    scenario = resolve(tmp_path / "full.yaml")
    setting = scenario.setting
    dated = [(each["from_week"], each["to_week"], each["what"][:20]) for each in explain(scenario)["calendar"]]
    assert dated == [(10, 12, "a stressful time: ep"), (40, 40, "groups dissolve; new")]
    assert [event.kind for event in setting.events] == ["stress", "dissolve"]
    assert setting.parameters == {"distress.onset_hazard": 0.0021, "care.slots_per_1000": 8.0}


@pytest.mark.parametrize(("kind", "names"), [("setting", SETTINGS), ("plan", PLANS)])
def test_the_json_schema_takes_what_is_shipped(kind, names):
    checker = jsonschema.Draft202012Validator(json_schema(kind))
    checker.check_schema(checker.schema)
    for name in names:
        checker.validate(read(shipped.path(kind, name)).data)


def test_the_json_schema_refuses_what_the_loader_refuses():
    setting, plan = read(shipped.starter("setting")).data, read(shipped.starter("plan")).data
    settings = jsonschema.Draft202012Validator(json_schema("setting"))
    plans = jsonschema.Draft202012Validator(json_schema("plan"))
    assert settings.is_valid(setting)
    assert plans.is_valid(plan)
    assert not settings.is_valid(setting | {"parameters": {"norms.conformty": 1.0}})
    assert not settings.is_valid(setting | {"parameters": {"norms.conformity": 99}})
    guides = plan["interventions"]["student_guides"]
    for wrong in ({"kind": "peer_leader"}, {"reach": 2}, {"effects": {"speakng": 1}}, {"effects": {"speaking": 99}}):
        assert not plans.is_valid(plan | {"interventions": {"guides": guides | wrong}})


def test_starters_and_schemas_of_other_kinds_are_refused():
    refused(lambda: starter("settings"), "found", "setting or plan", "did you mean: setting?")
    refused(lambda: json_schema("../plan"), "setting or plan")


# Where files are found


def test_a_bare_name_is_a_shipped_file_and_a_path_ends_in_yaml(tmp_path, monkeypatch):
    edited(tmp_path, "setting", name="town.yaml")
    monkeypatch.chdir(tmp_path)
    assert resolve("town").setting.people == 5000
    assert resolve("town.yaml").setting.people == 300
    assert resolve("town.yaml").setting_name == "town.yaml"


def test_names_that_lead_nowhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused(lambda: resolve("training_schol"), "training_schol", "did you mean: training_school?")
    refused(lambda: resolve("usual"), "usual is a plan; a setting is wanted here")
    refused(lambda: resolve("town", ["town"]), "town is a setting; a plan is wanted here")
    edited(tmp_path, "plan", name="mine.yaml")
    refused(lambda: resolve("town", ["mine"]), "did you mean: mine.yaml?")
    refused(lambda: resolve("town", ["mime.yaml"]), "mime.yaml: there is no such file", "did you mean: mine.yaml?")
    refused(lambda: resolve("mine.yaml"), "mine.yaml, line 3", 'found: the text "plan"', "kind: setting")
    refused(lambda: resolve(None), "a setting is missing")
    for odd in ("", "..", "/", "a\0b", "settings/town", "x" * 10_000, "nul\0.yaml", "~/x.yaml"):
        refused(lambda odd=odd: resolve(odd))


# What extends what


def test_a_child_changes_its_parent_key_by_key(tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "kind: plan\nextends: cohesion_training\ninterventions:\n  cohesion_training:\n    reach: 0.5\n"
        "    boosters: []\n    cost: {fixed: 9}\n  capacity: {kind: capacity}\n"
    )
    parent, child = resolve("town", ["cohesion_training"]), resolve("town", [str(tmp_path / "mine.yaml")])
    was, now = parent.interventions["cohesion_training"], child.interventions["cohesion_training"]
    assert (now.reach, now.boosters, now.cost.fixed) == (0.5, (), 9.0)
    assert now.model_copy(update={"reach": was.reach, "boosters": was.boosters, "cost": was.cost}) == was
    assert list(child.interventions) == ["capacity", "cohesion_training"]
    assert child.origins["capacity"].endswith("mine.yaml, line 8")


def test_a_chain_of_files_in_one_folder(tmp_path):
    (tmp_path / "a.yaml").write_text("kind: setting\nextends: b.yaml\npeople: 1200\n")
    (tmp_path / "b.yaml").write_text("kind: setting\nextends: secondary_school\nparameters:\n  norms.conformity: 2\n")
    scenario = resolve(tmp_path / "a.yaml")
    assert scenario.setting.people == scenario.setting.units[-1].size == 1200
    assert scenario.parameters["norms.conformity"] == 2.0
    assert scenario.parameters["seeking.leader_constant"] == -3.6  # merged, from the school
    assert scenario.origins["norms.conformity"].endswith("b.yaml, line 4")


def test_an_error_in_a_parent_names_the_parents_line(tmp_path):
    (tmp_path / "a.yaml").write_text("kind: setting\nextends: b.yaml\ntitle: A\nunits:\n  - {name: x, size: 5000}\n")
    (tmp_path / "b.yaml").write_text("kind: setting\nextends: town\n\nparameters:\n  norms.conformity: 20\n")
    error = refused(lambda: resolve(tmp_path / "b.yaml"), "norms.conformity", "20", "0 to 3.5")
    assert (Path(error.file).name, error.line) == ("b.yaml", 5)
    error = refused(lambda: resolve(tmp_path / "a.yaml"), "a key is missing", "units[0].ties")
    assert (Path(error.file).name, error.line) == ("a.yaml", 5)


def test_circles_and_missing_parents(tmp_path):
    (tmp_path / "a.yaml").write_text("kind: plan\nextends: b.yaml\n")
    (tmp_path / "b.yaml").write_text("kind: plan\ntitle: B\nextends: c.yaml\n")
    (tmp_path / "c.yaml").write_text("kind: plan\nextends: a.yaml\n")
    error = refused(
        lambda: resolve("town", [tmp_path / "a.yaml"]), "circle", "a.yaml extends", "b.yaml extends", "c.yaml"
    )
    assert (Path(error.file).name, error.line) == ("c.yaml", 2)
    for parent, hint in (("peerleaders", "peer_leaders"), ("bb.yaml", "b.yaml")):
        (tmp_path / "d.yaml").write_text(f"kind: plan\nextends: {parent}\n")
        refused(lambda: resolve("town", [tmp_path / "d.yaml"]), "d.yaml, line 2", parent, f"did you mean: {hint}?")
    for odd in ("../b.yaml", "/etc/passwd", "3", "[]", "{a: b}", "town", "''"):
        (tmp_path / "d.yaml").write_text(f"kind: plan\nextends: {odd}\n")
        refused(lambda: resolve("town", [tmp_path / "d.yaml"]), "d.yaml, line 2")


def test_a_long_chain_is_refused(tmp_path):
    for number in range(30):
        (tmp_path / f"p{number}.yaml").write_text(f"kind: plan\nextends: p{number + 1}.yaml\n")
    refused(lambda: resolve("town", [tmp_path / "p0.yaml"]), "extends")


# How plans compose


def test_plans_compose_in_any_order():
    one = resolve("town", ["peer_leaders", "capacity"])
    other = resolve("town", ["capacity", "peer_leaders"])
    assert list(one.interventions) == list(other.interventions) == ["capacity", "peer_leaders"]
    assert one.interventions == other.interventions
    assert resolve("town", ["usual"]).interventions == resolve("town").interventions == {}
    assert resolve("town", "capacity").interventions == {"capacity": one.interventions["capacity"]}


def test_two_plans_that_disagree_are_an_error_that_names_both_and_the_key(tmp_path):
    text = "kind: plan\nextends: peer_leaders\ninterventions:\n  peer_leaders:\n    reach: {}\n"
    a, b = tmp_path / "a.yaml", tmp_path / "b.yaml"
    a.write_text(text.format(0.2))
    b.write_text(text.format(0.3))
    for plans in ([a, b], [a, "peer_leaders", b]):
        refused(
            lambda plans=plans: resolve("town", plans),
            "b.yaml, line 5",
            "a.yaml, line 5",
            "interventions.peer_leaders.reach",
            "0.2",
            "0.3",
        )
    b.write_text(text.format(0.2))
    assert resolve("town", [a, b]).interventions["peer_leaders"].reach == 0.2  # they agree
    for plans in ([a, "peer_leaders"], ["peer_leaders", a]):
        assert resolve("town", plans).interventions["peer_leaders"].reach == 0.2  # one descends from the other


def test_there_is_an_end_to_interventions(tmp_path):
    rows = "".join(f"  i{number}: {{kind: capacity}}\n" for number in range(33))
    (tmp_path / "many.yaml").write_text(f"kind: plan\ntitle: T\ndescription: D\ninterventions:\n{rows}")
    refused(lambda: resolve("town", [tmp_path / "many.yaml"]), "too many interventions", "33", "32")


# What is refused

PLAN_FAULTS = [
    ("reach: 0.1", "reach: 1.4", "interventions.student_guides.reach", ["1.4", "from 0 to 1"]),
    ("reach: 0.1", "raech: 0.1", "interventions.student_guides.raech", ["no such key", "did you mean: reach?"]),
    ("reach: 0.1", "reach: 10%", "interventions.student_guides.reach", ['"10%"', "did you mean: 0.1?"]),
    ("reach: 0.1", "reach: '0.1'", "interventions.student_guides.reach", ["0.1, without quotes?"]),
    ("reach: 0.1", "reach: true", "interventions.student_guides.reach", ["true", "a number"]),
    ("reach: 0.1", "reach:", "interventions.student_guides.reach", ["nothing", "a number"]),
    ("reach: 0.1", "reach: [1]", "interventions.student_guides.reach", ["a list of 1"]),
    ("start: 1 ", "start: 1.5 ", "interventions.student_guides.start", ["1.5", "whole number from 1 to 5,200"]),
    ("start: 1 ", "start: 0 ", "interventions.student_guides.start", ["whole number from 1"]),
    ("who: members", "who: member", "interventions.student_guides.who", ["everyone, members, leaders", "members?"]),
    ("kind: peer_leaders", "kind: peer_leader", "interventions.student_guides.kind", ["did you mean: peer_leaders?"]),
    (
        "effects: {}",
        "effects: {speakng: 1}",
        "interventions.student_guides.effects.speakng",
        ["did you mean: speaking?"],
    ),
    (
        "effects: {}",
        "effects: {cohesion: 1}",
        "interventions.student_guides.effects.cohesion",
        ["what peer_leaders changes"],
    ),
    ("effects: {}", "effects: {speaking: 9}", "interventions.student_guides.effects.speaking", ["0 to 4 (logit)"]),
    ("student_guides:", "Guides!:", "interventions.Guides!", ["small letters"]),
    ("week: 20", "week: 20\n        stregth: 1", "interventions.student_guides.boosters[0].stregth", ["strength?"]),
    ("- week: 20", "- week: 20\n      - week: 20", "interventions.student_guides.boosters", ["20, 20"]),
    ("fixed: 0", "fixed: -1", "interventions.student_guides.cost.fixed", ["-1", "from 0 upwards"]),
    ("title: My plan", "titel: My plan", "titel", ["did you mean: title?"]),
    ("title: My plan", "people: 3", "people", ["no such key"]),
    ("kind: plan", "kynd: plan", "kind", ["a key is missing", "kind: plan"]),
]


@pytest.mark.parametrize(("old", "new", "key", "parts"), PLAN_FAULTS)
def test_a_faulty_plan(tmp_path, old, new, key, parts):
    file = edited(tmp_path, "plan", (old, new))
    error = refused(lambda: resolve("secondary_school", [file]), *parts)
    assert (error.file, error.key) == (file, key)
    line = Path(file).read_text().split("\n")[error.line - 1]
    assert key.split(".")[-1].split("[")[0] in line or "missing" in error.message


SETTING_FAULTS = [
    ("people: 300", "people: 299", "units[1].size", ["300", "299, as people says"]),
    ("people: 300", "pepole: 300", "pepole", ["did you mean: people?"]),
    ("people: 300", "# none", "people", ["a key is missing"]),
    ("people: 300", "people: 300.0", "people", ["did you mean: 300?"]),
    ("people: 300", "people: 3e2", "people", ["did you mean: 300?"]),
    ("people: 300", "people: 1_000", "people", ['"1_000"', "did you mean: 1000?"]),
    ("size: 25", "size: 2500", "people", ["300", "more than the 2500 of a class"]),
    ("size: 25", "size: 1", "units[0].size", ["from 2"]),
    ("ties: 7", "ties: 25", "units[0].ties", ["less than the 25 people of a class"]),
    ("  - name: school", "  - {name: x, size: 2, ties: 1}\n  - name: school", "units[1].size", ["more than the 25"]),
    ("name: school", "name: class", "units[1].name", ["same name"]),
    ("leaders: 1", "leaders: some", "units[0].leaders", ['"some"', "whole number from 0 to 100"]),
    ("parameters: {}", "parameters: {norms.conformty: 1}", "parameters.norms.conformty", ["conformity?", "0 to 3.5"]),
    ("parameters: {}", "parameters: {conformity: 1}", "parameters.conformity", ["norms.conformity?"]),
    ("parameters: {}", "parameters: {norms.conformity: 20}", "parameters.norms.conformity", ["20", "0 to 3.5"]),
    ("parameters: {}", "parameters: {norms.conformity: x}", "parameters.norms.conformity", ['"x"', "a number"]),
    ("events: []", "events: [{kind: disolve, week: 3}]", "events[0].kind", ["dissolve, stress", "dissolve?"]),
    ("events: []", "events: [{week: 3}]", "events[0].kind", ["missing", "dissolve, stress"]),
    ("events: []", "events: [3]", "events[0]", ["a mapping"]),
    ("events: []", "events: [{kind: dissolve, week: 3, size: 15}]", "events[0].ties", ["missing"]),
    ("events: []", "events: [{kind: dissolve, week: 3, size: 900, ties: 1}]", "events[0].size", ["900", "up to 300"]),
    ("events: []", "events: [{kind: dissolve, week: 3, size: 5, ties: 5}]", "events[0].ties", ["less than 5"]),
    ("events: []", "events: [&x {kind: stress}]", "events", ["anchors"]),
    ("events: []", "network: {ties: t.csv}", "units", ["a network, or people and units"]),
    ("weeks: 52", "weeks: 0", "weeks", ["whole number from 1 to 5,200"]),
    ("title: My community", "title: " + "long" * 100, "title", ["at most 120 characters"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "parts"), SETTING_FAULTS)
def test_a_faulty_setting(tmp_path, old, new, key, parts):
    file = edited(tmp_path, "setting", (old, new))
    error = refused(lambda: resolve(file), *parts)
    assert (error.file, error.key) == (file, key)
    line = Path(file).read_text().split("\n")[error.line - 1]
    assert key.split(".")[-1].split("[")[0] in line or "missing" in error.message or "[" in key


def test_groups_that_dissolve_twice_in_a_week(tmp_path):
    event = "\n  - {kind: dissolve, week: 3, size: 5, ties: 2}"
    file = edited(tmp_path, "setting", ("events: []", "events:" + event + event))
    refused(lambda: resolve(file), "events[1].week", "twice")


def test_an_empty_setting_and_missing_network_files(tmp_path):
    (tmp_path / "a.yaml").write_text("kind: setting\ntitle: T\ndescription: D\n")
    refused(lambda: resolve(tmp_path / "a.yaml"), "a.yaml, line 1", "nobody is in it", "people and units, or a network")
    (tmp_path / "a.yaml").write_text("kind: setting\ntitle: T\ndescription: D\nnetwork:\n  ties: tias.csv\n")
    (tmp_path / "ties.csv").write_text("source,target\na,b\n")
    refused(lambda: resolve(tmp_path / "a.yaml"), "a.yaml, line 5", "network.ties", "did you mean: ties.csv?")
    (tmp_path / "a.yaml").write_text("kind: setting\ntitle: T\ndescription: D\nnetwork:\n  ties: ties.csv\n")
    assert resolve(tmp_path / "a.yaml").setting.network.ties == str(tmp_path / "ties.csv")
    (tmp_path / "a.yaml").write_text("kind: setting\ntitle: T\ndescription: D\nnetwork:\n  ties: 'shipped:../../x'\n")
    refused(lambda: resolve(tmp_path / "a.yaml"), "a.yaml, line 5")


# What is asked for on top


def test_numbers_given_for_a_run():
    scenario = resolve("training_school", weeks=8, people=600, parameters={"norms.conformity": 2})
    assert (scenario.weeks, scenario.setting.people, scenario.setting.units[-1].size) == (8, 600, 600)
    assert scenario.parameters["norms.conformity"] == 2.0
    assert scenario.parameters["distress.onset_hazard"] == 0.0021  # the setting's
    assert scenario.origins["norms.conformity"] == "given for this run"
    refused(lambda: resolve("town", people=20), "too few people", "20", "more than the 500 of a district")
    refused(lambda: resolve("town", people=10**12), "1000000000000", "2 to 100,000,000")
    refused(lambda: resolve("town", weeks=0), "weeks", "1 to 5,200")
    refused(lambda: resolve("town", weeks="many"), '"many"')
    refused(lambda: resolve("karate_club", people=20), "a network brings its own people")
    for value in (float("nan"), float("inf"), 10**400, -1, "x", None, True, [1]):
        refused(
            lambda value=value: resolve("town", parameters={"norms.conformity": value}), "norms.conformity", "0 to 3.5"
        )
    refused(lambda: resolve("town", parameters={"norms.conformty": 1}), "did you mean: norms.conformity?")


def test_a_network_of_ones_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text("id\na\nb\n")
    (tmp_path / "ties.csv").write_text("source,target\na,b\n")
    alone = resolve(None, ["usual"], network=("people.csv", "ties.csv"))
    assert alone.setting.network.ties == str(tmp_path / "ties.csv")
    instead = resolve("town", ["usual"], network=(None, "ties.csv"))
    assert (instead.setting.people, instead.setting.units, instead.setting.network.people) == (None, (), None)
    refused(lambda: resolve("town", network=("people.csv", "tie.csv")), "tie.csv", "did you mean: ties.csv?")
    refused(lambda: resolve(None, network=("people.csv", "ties.csv"), people=3), "a network brings its own people")


def test_dotted_changes():
    numpy = pytest.importorskip("numpy")
    scenario = resolve("training_school", ["peer_leaders", "cohesion_training"])
    changed = override(
        scenario,
        {
            "norms.conformity": numpy.float64(2.0),
            "peer_leaders.speaking": 1.5,  # the registry's, for every intervention of the kind
            "peer_leaders.reach": 0.1,
            "peer_leaders.length": numpy.float64(13.0),
            "plans.cohesion_training.cohesion": 1,  # this intervention's own
            "cohesion_training.cost.fixed": 5,
            "setting.people": numpy.int64(300),
            "setting.units.squadron.ties": 4,
            "weeks": 12.0,
        },
    )
    assert (changed.parameters["norms.conformity"], changed.parameters["peer_leaders.speaking"]) == (2.0, 1.5)
    assert (changed.interventions["peer_leaders"].reach, changed.interventions["peer_leaders"].length) == (0.1, 13)
    assert changed.interventions["peer_leaders"].effects == {}
    assert changed.interventions["cohesion_training"].effects == {"cohesion": 1.0}
    assert changed.interventions["cohesion_training"].cost.fixed == 5
    assert (changed.setting.people, changed.setting.units[-1].size, changed.setting.units[1].ties) == (300, 300, 4)
    assert changed.weeks == 12
    assert scenario == resolve("training_school", ["peer_leaders", "cohesion_training"])
    assert override(scenario, {}) == scenario


def test_dotted_changes_are_checked_like_files():
    scenario = resolve("training_school", ["peer_leaders"])
    refused(lambda: override(scenario, {"peer_leaders.raech": 1}), "did you mean: peer_leaders.reach?")
    refused(lambda: override(scenario, {"cohesion_training.reach": 1}), "no such name")
    refused(lambda: override(scenario, {"peer_leaders.reach": 3}), "interventions.peer_leaders.reach", "from 0 to 1")
    refused(lambda: override(scenario, {"norms.conformity": 9}), "0 to 3.5")
    refused(lambda: override(scenario, {"plans.peer_leaders.speaking": 9}), "0 to 4")
    refused(lambda: override(scenario, {"setting.people": 10}), "too few people")
    refused(lambda: override(scenario, {"weeks": 1.5}), "whole number")
    pinned = override(scenario, {"plans.peer_leaders.speaking": 1})
    refused(lambda: override(pinned, {"peer_leaders.speaking": 2}), "did you mean: plans.peer_leaders.speaking?")


# What a scenario says of itself


def test_equal_digests_mean_equal_scenarios(tmp_path):
    digest = resolve("town", ["peer_leaders", "capacity"]).digest()
    usual = {"norms.conformity": registry()["norms.conformity"].value}
    assert len(digest) == 64
    assert resolve("town", ["peer_leaders", "capacity"], parameters=usual).digest() == digest
    assert resolve("town", ["peer_leaders", "capacity"], parameters={"norms.conformity": 1.4}).digest() != digest
    assert resolve("town", ["peer_leaders", "capacity"], weeks=3).digest() != digest


def test_the_digest_sees_what_is_in_network_files_and_not_where_they_are(tmp_path):
    digests = []
    for folder, row in (("a", "x,y"), ("b", "x,y"), ("c", "x,z")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "ties.csv").write_text(f"source,target\n{row}\n")
        digests.append(resolve(None, network=(None, tmp_path / folder / "ties.csv")).digest())
    assert digests[0] == digests[1] != digests[2]


def test_a_shipped_network_is_stored_by_a_name_that_holds_on_any_machine():
    stored = resolve("karate_club").model_dump(mode="json")
    assert stored["setting"]["network"]["ties"] == "shipped:networks/karate_ties.csv"
    assert Path(scenario_from_dict(stored).setting.network.ties).is_file()
    assert str(shipped.folder()) not in json.dumps(stored)


def test_a_stored_scenario_is_checked_when_it_comes_back():
    stored = resolve("town", ["peer_leaders"]).model_dump(mode="json")
    refused(lambda: scenario_from_dict(stored | {"weeks": -1}), "weeks")
    fewer = {name: value for name, value in stored["parameters"].items() if name != "norms.conformity"}
    refused(lambda: scenario_from_dict(stored | {"parameters": fewer}), "missing", "norms.conformity")
    refused(lambda: scenario_from_dict(stored | {"parameters": stored["parameters"] | {"norms.old": 1.0}}), "norms.old")
    refused(lambda: scenario_from_dict({}), "a key is missing")
    circle: dict = {}
    circle["setting"] = circle
    refused(lambda: scenario_from_dict(circle))


def test_a_scenario_explains_itself():
    scenario = resolve("training_school", ["cohesion_training"], parameters={"cohesion_training.cohesion": 1.0})
    shown = explain(scenario)
    dated = [(each["who"], each["from_week"], each["to_week"], each["strength"]) for each in shown["calendar"]]
    assert dated == [
        ("cohesion_training", 1, 4, 1.0),
        ("cohesion_training", 4, 4, 0.5),
        ("cohesion_training", 5, None, None),
        ("setting", 13, 13, None),
    ]
    parameters = {each["name"]: each for each in shown["parameters"]}
    assert set(parameters) == set(registry())
    changed = {name for name, each in parameters.items() if each["changed"]}
    assert changed == {"cohesion_training.cohesion", "distress.onset_hazard"}  # the latter is the setting's own
    assert parameters["distress.onset_hazard"]["origin"].startswith("shipped:settings/training_school.yaml, line ")
    assert {"value", "unit", "low", "high", "source", "evidence"} <= set(parameters["norms.conformity"])
    effects = {each["handle"]: each for each in shown["interventions"][0]["effects"]}
    assert effects["cohesion"]["value"] == 1.0
    assert effects["cohesion"]["origin"] == "given for this run"
    assert effects["bonding"]["origin"] == "registry"


def test_a_scenario_says_what_might_surprise(tmp_path):
    file = edited(
        tmp_path, "plan", ("start: 1 ", "start: 60 "), ("who: members", "who: leaders"), ("dose: 1.0", "dose: 0")
    )
    setting = edited(tmp_path, "setting", ("leaders: 1", "leaders: 0"))
    notes = " ".join(explain(resolve(setting, [file]))["notes"])
    assert "after the last week (52)" in notes
    assert "this setting has none" in notes
    assert "has no strength" in notes
    assert explain(resolve("training_school", ["cohesion_training"]))["notes"] == []
    assert "week 13, after the last week (8)" in " ".join(explain(resolve("training_school", weeks=8))["notes"])


def test_reading_scenarios_loads_nothing_heavy():
    code = (
        "import sys, sim.scenario as s; s.explain(s.resolve('training_school', ['cohesion_training'])); s.listing();"
        "heavy = 'numba', 'pandas', 'scipy', 'networkx', 'mesa', 'matplotlib', 'pyarrow';"
        "print([name for name in heavy if name in sys.modules])"
    )
    root = Path(sim.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "[]"
