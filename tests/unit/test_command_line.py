"""The command line: what can be said, what comes out, what is written, and how every mistake ends."""

import codecs
import json
import os
import re
import shlex
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from sim import cli_progress, cli_words, showing
from sim.__main__ import app
from sim.errors import InputError

COMMANDS = (
    "list",
    "show",
    "run",
    "compare",
    "report",
    "budget",
    "seeding",
    "verify",
    "new",
    "schema",
    "sweep",
    "store",
)
SHORT = ["--size", "160", "--weeks", "4", "--set", "setting.burn_in=4"]
ESCAPE = "\x1b"


def said(*words):
    """What a command answers."""
    return CliRunner().invoke(app, [str(word) for word in words])


def process(*words, **options):
    """What a command answers in a process of its own."""
    how = {"capture_output": True, "text": True, "encoding": "utf-8", "timeout": 300}
    return subprocess.run([sys.executable, "-m", "sim", *map(str, words)], **how | options)


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """An empty folder to work in."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A comparison with its figures and its page, and what the command said."""
    out = tmp_path_factory.mktemp("stored") / "two"
    answer = said(
        "compare",
        "secondary_school",
        "--plans",
        "usual",
        "leader_disclosure",
        "--seeds",
        3,
        *SHORT,
        "--out",
        out,
        "--json",
    )
    return out, answer


def untouched(folder):
    return list(folder.iterdir()) == []


# Help


def test_version():
    assert re.fullmatch(r"helpseek \d+\.\d+\.\d+\n", said("--version").output)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples_that_use_its_own_options(command):
    answer = said(command, "--help")
    assert answer.exit_code == 0
    assert ESCAPE not in answer.output
    examples = re.findall(rf"^ +(helpseek {command} .*|helpseek {command})$", answer.output, re.MULTILINE)
    assert examples
    options = set(re.findall(r"--[a-z][a-z-]*", answer.output.split("Examples:")[0]))
    for example in examples:
        words = shlex.split(example.split(" > ")[0])
        assert {word for word in words if word.startswith("--")} <= options


def test_help_lists_every_command_in_full_lines():
    answer = said("--help")
    for command in COMMANDS:
        assert re.search(rf"^  {command} .*\.$", answer.output, re.MULTILINE), command
    assert "..." not in answer.output.split("Commands:")[1]
    assert "no medical advice" in " ".join(answer.output.split())


def test_every_example_of_the_first_page_is_a_command():
    for example in re.findall(r"^ +helpseek (\w+)", said("--help").output, re.MULTILINE):
        assert example in COMMANDS


def test_no_words_at_all_show_the_help():
    answer = process()
    assert answer.returncode == 2
    assert "Usage: helpseek" in answer.stdout + answer.stderr


def test_help_is_light():
    heavy = {"numpy", "pandas", "numba", "matplotlib", "scipy", "pydantic", "rich", "yaml", "mesa", "networkx"}
    source = "import sys, sim.__main__; print(sorted(set(sys.modules) & set(sys.argv[1:])))"
    out = subprocess.run([sys.executable, "-c", source, *heavy], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


# list, show


def test_list_is_json_for_scripts():
    found = json.loads(said("list", "--json").stdout)
    assert set(found) >= {"settings", "plans", "parameters", "measures"}
    assert {"name", "title", "description", "file"} <= set(found["settings"][0])
    assert "training_school" in {each["name"] for each in found["settings"]}
    assert len(found["parameters"]) > 100
    assert {"name", "value", "unit", "low", "high", "source", "evidence", "why"} <= set(found["parameters"][0])


@pytest.mark.parametrize("what", ["settings", "plans", "parameters", "measures"])
def test_list_of_one_kind(what):
    assert list(json.loads(said("list", what, "--json").stdout)) == [what]
    assert said("list", what).exit_code == 0


def test_list_on_screen_names_every_setting_and_plan():
    found = json.loads(said("list", "--json").stdout)
    output = said("list").output
    for each in found["settings"] + found["plans"]:
        assert each["name"] in output


def test_show_on_screen_has_every_number_that_has_a_say():
    output = said("show", "training_school", "cohesion_training").output
    found = json.loads(said("show", "training_school", "cohesion_training", "--json").stdout)
    kinds = {each["name"].split(".")[0] for each in found["parameters"]} & {"telehealth", "screening", "capacity"}
    assert kinds
    for each in found["parameters"]:
        own = each["name"].split(".")[0] in ("distress", "seeking", "replies", "care", "norms", "bonds", "groups")
        assert not own or re.search(rf"^ {re.escape(each['name'])} +\S+", output, re.MULTILINE), each["name"]
    for effect in found["interventions"][0]["effects"]:
        assert effect["handle"] in output
    assert "groups dissolve" in output
    assert "0.0049 *" in said("show", "university_campus").output  # the setting's own onset hazard is marked


def test_show_takes_changes():
    found = json.loads(
        said(
            "show", "secondary_school", "peer_leaders", "--set", "peer_leaders.reach=0.2", "--weeks", 9, "--json"
        ).stdout
    )
    assert found["interventions"][0]["reach"] == 0.2
    assert found["weeks"] == 9
    assert json.loads(said("show", "town", "usual", "--size", 700, "--json").stdout)["setting"]["people"] == 700


def test_shows_plans_together():
    found = json.loads(said("show", "town", "capacity", "telehealth", "--json").stdout)
    assert {each["name"] for each in found["interventions"]} >= {"capacity", "telehealth"}


def test_brackets_in_titles_are_no_markup(nowhere):
    (nowhere / "odd.yaml").write_text("kind: plan\ntitle: '[bold]x[/nope]'\ndescription: '[/]'\n", encoding="utf-8")
    (nowhere / "odd_setting.yaml").write_text(
        "kind: setting\nextends: town\ntitle: '[bold]x[/nope]'\ndescription: '[/]'\n", encoding="utf-8"
    )
    answer = said("show", "odd_setting.yaml", "odd.yaml")
    assert answer.exit_code == 0
    assert "[bold]x[/nope]" in answer.output


# compare, run, verify


def test_compare_gives_a_list_of_records(stored):
    _, answer = stored
    assert answer.exit_code == 0
    records = json.loads(answer.stdout)
    wanted = ("measure", "label", "base_label", "n", "mean_base", "mean_plan", "difference", "low", "high")
    assert {*wanted, "standard_error", "paired", "unit", "at"} <= set(records[0])
    assert {each["label"] for each in records} == {"leader_disclosure"}
    assert {each["base_label"] for each in records} == {"usual"}
    assert all(each["paired"] is True and each["at"] == "mean" for each in records)
    assert "NaN" not in answer.stdout


def test_compare_writes_tables_figures_and_a_page(stored):
    out, answer = stored
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {"manifest.json", "runs.parquet", "weekly.parquet", "totals.parquet", "report.html"} <= files
    assert {f"figures/{name}.{end}" for name in ("differences", "norms") for end in ("png", "svg")} <= files
    assert str(out) in answer.stderr
    assert "report.html" in answer.stderr
    page = (out / "report.html").read_text(encoding="utf-8")
    command = "helpseek compare secondary_school --plans usual leader_disclosure --weeks 4 --size 160"
    assert f"{command} --set setting.burn_in=4 --seed 1 --seeds 3" in page


def test_verify_says_that_it_is_the_same(stored):
    out, _ = stored
    answer = said("verify", out)
    assert answer.exit_code == 0
    assert "to the last bit" in " ".join(answer.output.split())
    assert json.loads(said("verify", out, "--json").stdout)["ok"] is True


def test_verify_finds_a_changed_table(stored, tmp_path):
    import shutil

    import pandas as pd

    out, _ = stored
    copy = tmp_path / "copy"
    shutil.copytree(out, copy)
    weekly = pd.read_parquet(copy / "weekly.parquet")
    weekly.loc[3, "mean_distress"] += 1e-9
    weekly.to_parquet(copy / "weekly.parquet", index=False)
    answer = said("verify", copy)
    assert answer.exit_code == 1
    assert "NOT the same" in answer.output
    assert "weekly" in answer.output
    assert json.loads(said("verify", copy, "--json").stdout)["ok"] is False


@pytest.mark.parametrize(
    "words",
    [
        ["secondary_school", "--plans", "usual", "leader_disclosure"],
        ["secondary_school", "--plans", "usual", "--plans", "leader_disclosure"],
        ["secondary_school", "--plans", "usual,leader_disclosure"],
        ["secondary_school", "--plans=usual", "--plans=leader_disclosure"],
        ["--seed", "1", "--plans", "usual", "leader_disclosure", "--quiet", "secondary_school"],
    ],
)
def test_every_way_of_naming_plans_is_the_same(stored, words):
    options = ["--seeds", 3, *SHORT, "--no-figures", "--quiet", "--json", "--out", "out"]
    answer = said("compare", *words, *options)
    assert answer.exit_code == 0, answer.output
    assert answer.stderr == ""
    assert json.loads(answer.stdout) == json.loads(stored[1].stdout)


def test_the_table_says_paired_and_how_many_seeds(stored):
    answer = said(
        "compare", "secondary_school", "--plans", "usual", "leader_disclosure", "--seeds", 3, *SHORT, "--no-figures"
    )
    assert "paired: yes; 3 seeds each" in answer.stdout
    assert "luck only, not parameter uncertainty" in answer.stdout
    for label in ("Mean distress", "Unmet need", "Sought help in time", "Personal stigma", "Expected wait"):
        assert label in answer.stdout
    assert ESCAPE not in answer.output


def test_the_last_week_can_be_asked_for():
    options = ["--seeds", 2, *SHORT, "--no-figures", "--json", "--at", "final"]
    records = json.loads(said("compare", "secondary_school", "--plans", "usual", "leader_disclosure", *options).stdout)
    assert {each["at"] for each in records} == {"final"}


def test_a_folder_is_made_and_numbered_if_none_is_named(nowhere):
    for _ in range(2):
        assert said("run", "secondary_school", "usual", *SHORT, "--no-figures").exit_code == 0
    names = sorted(path.name for path in (nowhere / "results").iterdir())
    assert names == ["secondary_school-usual", "secondary_school-usual-2"]


def test_run_tells_one_seed_from_an_interval():
    one = said("run", "secondary_school", "peer_leaders", *SHORT, "--no-figures")
    assert "1 seed: no interval" in one.stdout
    several = said("run", "secondary_school", "peer_leaders", *SHORT, "--seeds", 3, "--no-figures")
    assert "luck only" in several.stdout
    records = json.loads(said("run", "secondary_school", *SHORT, "--no-figures", "--json").stdout)
    assert {"measure", "label", "mean", "unit", "at"} <= set(records[0])
    assert {each["label"] for each in records} == {"usual"}


def test_seeds_begin_where_they_are_told(nowhere):
    said("run", "secondary_school", *SHORT, "--seed", 7, "--seeds", 3, "--no-figures", "--persons", "--out", "r")
    manifest = json.loads((nowhere / "r" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["seeds"] == [7, 8, 9]
    assert (nowhere / "r" / "persons.parquet").is_file()


def test_threads_do_not_matter(nowhere):
    for threads in (1, 2):
        said("run", "secondary_school", *SHORT, "--threads", threads, "--no-figures", "--out", f"r{threads}")
    first, second = (json.loads((nowhere / f"r{n}" / "manifest.json").read_text("utf-8"))["tables"] for n in (1, 2))
    assert first == second


def test_a_change_bears_only_where_its_name_is_known(nowhere):
    answer = said(
        *("compare", "secondary_school", "--plans", "usual", "peer_leaders", "peer_leaders+capacity", "--seeds", 2),
        *(*SHORT, "--set", "peer_leaders.reach=0", "--no-figures", "--json", "--out", "r"),
    )
    assert answer.exit_code == 0, answer.output
    records = json.loads(answer.stdout)
    assert {each["label"] for each in records} == {"peer_leaders", "peer_leaders+capacity"}
    assert all(each["difference"] in (0.0, None) for each in records if each["label"] == "peer_leaders")
    assert any(each["difference"] for each in records if each["label"] == "peer_leaders+capacity")


@pytest.fixture
def own(nowhere):
    """One's own network: a ring of twelve with a leader."""
    people = [f"p{k},{'red' if k < 6 else 'blue'},{'leader' if k == 0 else 'member'}" for k in range(12)]
    ties = [f"p{k},p{(k + step) % 12}" for k in range(12) for step in (1, 2)]
    (nowhere / "people.csv").write_text("id,group,role\n" + "\n".join(people) + "\n", encoding="utf-8")
    (nowhere / "ties.csv").write_text("source,target\n" + "\n".join(ties) + "\n", encoding="utf-8")
    return ["--people", "people.csv", "--ties", "ties.csv"]


def test_run_on_ones_own_network(nowhere, own):
    answer = said("run", *own, "usual", "--weeks", 4, "--out", "results/three")
    assert answer.exit_code == 0, answer.output
    assert "12 people" in answer.stdout
    manifest = json.loads((nowhere / "results" / "three" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenarios"][0]["scenario"]["setting_name"] == "own_network"
    assert said("verify", "results/three").exit_code == 0


def test_a_setting_may_lend_its_parameters_to_ones_own_network(own):
    found = json.loads(said("show", *own, "university_campus", "usual", "--json").stdout)
    assert found["setting"]["name"] == "university_campus"
    onset = next(each for each in found["parameters"] if each["name"] == "distress.onset_hazard")
    assert onset["changed"]
    assert json.loads(said("show", *own, "--json").stdout)["setting"]["name"] == "own_network"


def test_compare_on_ones_own_network(own):
    answer = said(
        "compare", *own, "--plans", "usual", "peer_leaders", "--weeks", 4, "--seeds", 2, "--no-figures", "--json"
    )
    assert answer.exit_code == 0, answer.output


def test_force_replaces_a_result_and_nothing_else(nowhere):
    words = ["run", "secondary_school", *SHORT, "--no-figures", "--out", "r"]
    assert said(*words).exit_code == 0
    assert said(*words).exit_code == 2
    assert said(*words, "--force").exit_code == 0
    (nowhere / "precious").mkdir()
    (nowhere / "precious" / "novel.txt").write_text("chapter one", encoding="utf-8")
    refused = said("run", "secondary_school", *SHORT, "--no-figures", "--out", "precious", "--force")
    assert refused.exit_code == 2
    assert (nowhere / "precious" / "novel.txt").read_text(encoding="utf-8") == "chapter one"


# new, schema


@pytest.mark.parametrize("kind", ["setting", "plan"])
def test_new_files_can_be_used_at_once(nowhere, kind):
    answer = said("new", kind, "my_own")
    assert answer.exit_code == 0
    assert (nowhere / "my_own.yaml").read_text(encoding="utf-8").count("#") > 10
    words = ["my_own.yaml", "usual"] if kind == "setting" else ["secondary_school", "my_own.yaml"]
    shown = said("show", *words)
    assert shown.exit_code == 0
    assert f"helpseek show {' '.join(words)}" in answer.output


def test_new_overwrites_nothing(nowhere):
    (nowhere / "mine.yaml").write_text("precious", encoding="utf-8")
    answer = said("new", "plan", "mine")
    assert answer.exit_code == 2
    assert (nowhere / "mine.yaml").read_text(encoding="utf-8") == "precious"


def test_schema_is_json(nowhere):
    assert json.loads(said("schema", "plan").stdout)["type"] == "object"
    assert said("schema", "setting", "--out", "s.json").exit_code == 0
    assert json.loads((nowhere / "s.json").read_text(encoding="utf-8"))["type"] == "object"
    assert said("schema", "setting", "--out", "s.json").exit_code == 2


# Mistakes


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("bogus", "No such command"),
        ("compar", "Did you mean 'compare'"),
        ("list plan", "did you mean: plans?"),
        ("show trainin_school usual", "did you mean: training_school?"),
        ("show training_school cohesion_trainin", "did you mean: cohesion_training?"),
        ("show peer_leaders usual", "peer_leaders is a plan"),
        ("show missing.yaml", "no such file"),
        ("show", "a setting is missing"),
        ("run", "a setting is missing"),
        ("run town usual --weeks 0", "1 to 5,200"),
        ("run town usual --weeks many", "--weeks"),
        ("run town usual --size 1", "2 to 100,000,000"),
        ("run town usual --seeds 0", "1 to 1,000,000"),
        ("run town usual --seed -1", "--seed"),
        ("run town usual --threads 0", "--threads"),
        ("run town usual --seedz 3", "--seeds"),
        ("run town usual --set norms.conformty=2", "did you mean: norms.conformity?"),
        ("run town usual --set norms.conformity", "name=value"),
        ("run town usual --set norms.conformity=99", "0 to 3.5"),
        ("run town usual --set norms.conformity=nan", "norms.conformity"),
        ("run town usual --set norms.conformity=high", "no number"),
        ("run town usual --set peer_leaders.reach=0.5", "no such name"),
        ("run --people people.csv usual", "a file of ties"),
        ("run --ties nowhere.csv usual", "nowhere.csv"),
        ("compare town", "two plans"),
        ("compare town --plans usual", "two plans"),
        ("compare town --plans usual usual", "named twice"),
        ("compare town --plans", "--plans"),
        ("compare --plans usual capacity town", "helpseek compare town --plans usual capacity"),
        ("compare town --plans usual capacity --at last", "there is no such time"),
        ("verify nowhere", "no such folder"),
        ("verify .", "no manifest"),
        ("new plan My-Plan", "small letters"),
        ("new plann mine", "did you mean: plan?"),
        ("new plan mine --out mine.txt", "ends in .yaml"),
        ("schema plann", "did you mean: plan?"),
    ],
)
def test_bad_input_is_a_line_an_exit_code_and_nothing_else(nowhere, words, wanted):
    answer = said(*words.split())
    assert answer.exit_code == 2, answer.output
    assert wanted in " ".join(answer.stderr.split())
    assert answer.stdout == ""
    assert "Traceback" not in answer.output
    assert ESCAPE not in answer.output
    assert len(answer.stderr.splitlines()) < 40
    assert untouched(nowhere)


def test_a_taken_folder_is_refused_before_anything_is_run(nowhere, monkeypatch):
    from sim import study

    def never(*_, **__):
        raise AssertionError("it was run")

    monkeypatch.setattr(study, "run", never)
    (nowhere / "taken").mkdir()
    assert said("run", "town", "usual", "--out", "taken").exit_code == 2


@pytest.mark.parametrize(
    ("error", "code", "wanted"),
    [
        (KeyboardInterrupt(), 130, "helpseek: stopped; nothing was written"),
        (MemoryError(), 1, "not enough memory"),
        (OSError(28, "No space left on device", "/x/y"), 1, "helpseek: /x/y: no space left on device"),
        (InputError("odd", found="this"), 2, "found:        this"),
    ],
)
def test_whatever_goes_wrong_ends_in_a_line(nowhere, monkeypatch, error, code, wanted):
    from sim import study

    def fails(*_, **__):
        raise error

    monkeypatch.setattr(study, "run", fails)
    answer = said("run", "town", "usual")
    assert answer.exit_code == code
    assert wanted in answer.stderr
    assert answer.stdout == ""
    assert untouched(nowhere)


def test_a_bug_is_not_hidden(monkeypatch):
    from sim import study

    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(study, "run", broken)
    answer = said("run", "town", "usual")
    assert answer.exit_code == 1
    assert isinstance(answer.exception, ZeroDivisionError)


def test_a_figure_that_fails_leaves_no_half_result(nowhere, monkeypatch):
    from sim import plots

    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(plots, "save", fails)
    answer = said("run", "secondary_school", *SHORT, "--out", "r")
    assert answer.exit_code in (1, 2)
    assert "no space left" in answer.stderr.lower()
    assert untouched(nowhere)


# Words


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("x --plans a b --seeds 3", "x --plans a --plans b --seeds 3"),
        ("--plans a b", "--plans a --plans b"),
        ("--plans a --plans b c", "--plans a --plans b --plans c"),
        ("x --plans", "x --plans"),
        ("x --plans --json", "x --plans --json"),
        ("--plans=a b", "--plans=a b"),
        ("x y --json", "x y --json"),
    ],
)
def test_plans_spread(words, wanted):
    assert cli_words.spread(words.split(), "--plans") == wanted.split()


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("a.b=1", ("a.b", 1)),
        ("a=0.5", ("a", 0.5)),
        ("a=.5", ("a", 0.5)),
        ("a=1e-3", ("a", 0.001)),
        ("a = true", ("a", True)),
        ("a=null", ("a", None)),
        ('a=["x", "y"]', ("a", ["x", "y"])),
        ("a=degree", ("a", "degree")),
        ("a=b=c", ("a", "b=c")),
        ("a=", ("a", "")),
    ],
)
def test_changes(word, wanted):
    assert cli_words.change(word) == wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["run", "town", "usual", "usual"], "named twice"),
        (["compare", "town", "--plans", "usual", "capacity+capacity"], "named twice"),
        (["run", "town", "--weeks", "3", "--set", "weeks=4"], "--weeks 3 beside it"),
        (["run", "town", "--weeks", "3", "--set", "setting.weeks=4"], "--weeks 3 beside it"),
        (["run", "town", "--size", "900", "--set", "setting.people=800"], "--size 900 beside it"),
        (["run", "town", "capacity", "--set", "capacity.start=2", "--set", "plans.capacity.start=3"], "the same value"),
        (["compare", "town", "usual", "capacity"], "helpseek compare town --plans usual capacity?"),
        (["compare", "--plans", "usual", "town", "capacity"], "helpseek compare town --plans usual capacity?"),
        (["compare", "town", "--plans", "usual"], "--plans usual peer_leaders?"),
        (["run", "town", "--out", "file.txt/r"], "is a file"),
        (["new", "setting", "x", "--out", "nowhere/x.yaml"], "cannot be written"),
        (["new", "setting", "x", "--out", "x.txt"], "x.yaml?"),
    ],
)
def test_nothing_is_guessed(nowhere, words, wanted):
    (nowhere / "file.txt").write_text("mine")
    answer = said(*words)
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert wanted in " ".join(answer.stderr.split())


def test_a_name_is_set_once():
    assert cli_words.changes(["a=1", "b=2"]) == {"a": 1, "b": 2}
    with pytest.raises(InputError, match="twice"):
        cli_words.changes(["a=1", "b=2", "a=1"])


# Terminals and pipes


def test_nothing_colours_a_pipe(stored):
    answer = process("list", "plans", env=None)
    assert answer.returncode == 0
    assert ESCAPE not in answer.stdout + answer.stderr


def test_a_reader_who_leaves_is_no_error():
    command = f"{shlex.quote(sys.executable)} -m sim list parameters | head -n 2"
    answer = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=120)
    assert "Traceback" not in answer.stderr
    assert "Exception" not in answer.stderr


def test_signs_that_an_old_terminal_lacks_stop_nothing():
    import os

    env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    answer = process("list", env=env, encoding="ascii", errors="strict")
    assert answer.returncode == 0
    assert "training_school" in answer.stdout


class Terminal:
    """A stream that says that it is a terminal."""

    encoding = "utf-8"

    def __init__(self):
        self.text = ""

    def isatty(self):
        return True

    def write(self, text):
        self.text += text
        return len(text)

    def flush(self):
        pass


@pytest.mark.parametrize("no_colour", [True, False])
def test_no_colour_is_honoured(monkeypatch, no_colour):
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_colour:
        monkeypatch.setenv("NO_COLOR", "1")
    showing.put(showing.console(), "words", style="bold")
    assert (ESCAPE in stream.text) is not no_colour


@pytest.mark.parametrize(
    ("warm", "quiet", "wanted"), [(False, False, True), (True, False, False), (False, True, False)]
)
def test_the_first_compilation_is_announced_once(monkeypatch, capsys, warm, quiet, wanted):
    from sim import compiled

    monkeypatch.setattr(compiled, "is_warm", lambda: warm)
    with cli_progress.progress("running", quiet) as moved:
        assert moved is None
    out, err = capsys.readouterr()
    assert out == ""
    assert (cli_progress.COMPILING in err) is wanted


def test_no_number_is_cut_however_narrow_the_screen(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "30")
    columns = ["measure", *(f"plan {number}" for number in range(12))]
    made = showing.table("", columns, right=columns[1:])
    made.add_row("a measure with a long label", *["over 99%"] * 12)
    showing.put_table(showing.console(), made)
    assert capsys.readouterr().out.count("over 99%") == 12


def test_a_terminal_without_signs_gets_plain_ones():
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    answer = process("show", "town", "capacity", env=environment)
    assert answer.returncode == 0, answer.stderr
    assert "?" not in answer.stdout
    codecs.register_error("plain", cli_words.plain)
    assert "±1–2 “x” ☃".encode("ascii", "plain") == b'+/-1-2 "x" ?'


def test_a_terminal_sees_a_bar(monkeypatch):
    from sim import compiled

    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(compiled, "is_warm", lambda: False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "140")
    with cli_progress.progress("running it", quiet=False) as moved:
        moved(500_000, 1_000_000)
        moved(1_000_000, 1_000_000)
    assert "compiling the engine, once for this machine" in stream.text
    assert "running it" in stream.text
    assert "100%" in stream.text
