"""What the documents name must exist: commands, files, headings, parameters, modules, processes, tables."""

import importlib
import importlib.util
import re
import shlex
from pathlib import Path

import pytest
import typer

import sim
from sim import engine, shipped
from sim.__main__ import app
from sim.calibration import ledger
from sim.calibration.targets import targets
from sim.measures import BY_NAME
from sim.params import references, registry
from sim.people import FIELDS
from sim.rules import kinds
from sim.schema import Intervention

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
MODEL = ROOT / "docs" / "model.md"
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
GROUPS = "|".join(sorted({name.split(".")[0] for name in registry()}, key=len, reverse=True))
DOTTED = re.compile(rf"(?<![\w./])({GROUPS})\.([a-z0-9_]+)")
MODULE = re.compile(r"(?<![\w./])sim[./]([a-z_]+)((?:\.[a-zA-Z_]+)*)")
CITED = re.compile(r"\[([a-z0-9_]+_[a-z0-9_]+(?:, [a-z0-9_]+)*)\](?!\()")


def read(document):
    return document.read_text(encoding="utf-8")


def broken_links(text, document):
    """Links to files that are not there, or to headings that no document has."""
    found = []
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = document.parent / name if name else document
        if not file.exists() or (anchor and anchor not in anchors(read(file))):
            found.append(target)
    return found


def anchors(text):
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def unknown_targets(text):
    """Targets of make that the Makefile lacks."""
    named = re.findall(r"`make ([a-z-]+)", text)
    for _, block in FENCE.findall(text):
        named += re.findall(r"^make ([a-z-]+)", block, re.MULTILINE)
    return sorted(set(named) - TARGETS)


def commands(text):
    """Every helpseek command in a block, as its words."""
    lines = [line for language, block in FENCE.findall(text) if not language for line in block.splitlines()]
    found = [re.search(r"(?:^|/|\s)helpseek (.+)", line.split("  #")[0]) for line in lines]
    return [shlex.split(match[1], comments=True) for match in found if match]


def faults_of(words):
    """What is wrong with a command: an option that is not there, a setting or plan that is not shipped."""
    group = typer.main.get_command(app)
    name, rest = words[0], words[1:]
    if name not in group.commands:
        return [f"no command {name}"]
    try:
        given = group.commands[name].make_context(name, list(rest)).params
    except Exception as error:  # typer's own class for this is not public
        return [str(error)]
    names = [given.get("setting"), *(given.get("words") or []), *(given.get("plans") or [])]
    known = {*shipped.names("setting"), *shipped.names("plan")}
    parts = [part for each in names if each for part in each.split("+")]
    return [part for part in parts if not part.endswith(".yaml") and part not in known]


def unknown_names(text):
    """Dotted names that are neither a parameter nor a field of an intervention."""
    plans = set(shipped.names("plan"))
    found = []
    for group, name in DOTTED.findall(text):
        field = (group in kinds() or group in plans) and name in Intervention.model_fields
        if f"{group}.{name}" not in registry() and not field and name not in ("yaml", "py", "parquet"):
            found.append(f"{group}.{name}")
    return found


def unknown_modules(text):
    """Modules of sim, or names in them, that are not there."""
    found = []
    for first, rest in MODULE.findall(text):
        here = sim
        for name in (first, *rest.split(".")[1:]):
            if name in ("yaml", "py"):  # a file's ending
                break
            if here is sim and name not in sim.__all__ and importlib.util.find_spec(f"sim.{name}"):
                here = importlib.import_module(f"sim.{name}")
            elif hasattr(here, name):
                here = getattr(here, name)
            elif not (ROOT / "sim" / f"{name}.yaml").exists():
                found.append(f"sim.{first}{rest}")
                break
    return found


def tables():
    """The script that writes the tables of the model's description."""
    spec = importlib.util.spec_from_file_location("model_tables", ROOT / "tools" / "tables.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_names_exists(document):
    text = read(document)
    assert broken_links(text, document) == []
    assert unknown_targets(text) == []
    assert unknown_names(text) == []
    assert unknown_modules(text) == []
    assert [(words, faults) for words in commands(text) if (faults := faults_of(words))] == []


def test_what_is_not_there_is_noticed():
    text = "[x](gone.md) [y](model.md#no-such-heading) [z](guide.md) `make nothing` norms.conformty sim.nowhere\n"
    text += "sim.engine.DISORDER peer_leaders.raech peer_leaders.reach norms.conformity sim.engine.ORDER\n"
    text += "```\nmake less\nhelpseek run town usual --sead 1  # no\nhelpseek run towm usual\nhelpseek rum\n```\n"
    assert broken_links(text, MODEL) == ["gone.md", "model.md#no-such-heading"]
    assert unknown_targets(text) == ["less", "nothing"]
    assert unknown_names(text) == ["norms.conformty", "peer_leaders.raech"]
    assert unknown_modules(text) == ["sim.nowhere", "sim.engine.DISORDER"]
    wrong, misspelled, gone = (faults_of(words) for words in commands(text))
    assert "--sead" in wrong[0]
    assert misspelled == ["towm"]
    assert gone == ["no command rum"]


def test_there_are_commands_to_check():
    assert len(commands(read(ROOT / "README.md"))) >= 6
    named = {words[0] for words in commands(read(ROOT / "docs" / "guide.md"))}
    assert named == {"list", "show", "run", "compare", "verify", "new", "schema"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_python_in_a_document_uses_what_there_is(document):
    for language, block in FENCE.findall(read(document)):
        if language == "python":
            compile(block, document.name, "exec")
            assert unknown_modules(block) == []


@pytest.mark.slow
@pytest.mark.parametrize("document", [ROOT / "README.md", ROOT / "docs" / "guide.md"], ids=lambda path: path.name)
def test_python_in_a_document_runs(document, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    sim.compare("workplace", ["usual", "peer_leaders"], seeds=2, weeks=4).save("results/two")
    for language, block in FENCE.findall(read(document)):
        if language == "python":
            exec(compile(block, document.name, "exec"), {})
    assert "unmet_need" in capsys.readouterr().out


def test_the_ledger_is_that_of_the_program():
    found = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    assert found == ledger.markdown(), "run: python tools/tables.py"
    counts = [line for line in found.splitlines() if line.startswith("| all |")]
    assert counts == [f"| all |  | {len(registry())} | {len(targets())} |"]


def test_the_tables_are_those_of_the_program():
    text = read(MODEL)
    assert tables().written(text) == text, "run: python tools/tables.py"


def test_a_table_that_differs_is_noticed():
    text, value = read(MODEL), f"{registry()['norms.conformity'].value:g} logit per unit"
    changed = text.replace(value, "9 logit per unit")
    assert changed != text
    assert tables().written(changed) == text
    with pytest.raises(ValueError, match=r"tables in model\.md"):
        tables().written(text.replace("<!-- begin: fields -->", ""))


def test_the_model_names_every_process_and_every_state():
    text = read(MODEL)
    assert engine.ORDER in text
    rows = re.findall(r"^\| `([a-z_]+)` \|", text, re.MULTILINE)
    assert set(engine.ORDER.replace("|", " ").split()) <= set(rows)
    assert {field.name for field in FIELDS} <= set(rows)
    assert set(BY_NAME) <= set(rows)
    headings = anchors(text)
    assert set(engine.ORDER.replace("|", " ").split()) <= headings


def test_the_model_describes_every_intervention_field_and_shipped_file():
    guide = read(ROOT / "docs" / "guide.md")
    for name in (*shipped.names("setting"), *shipped.names("plan"), *Intervention.model_fields):
        assert f"`{name}`" in guide, name


def test_every_source_cited_is_a_reference():
    cited = {key for keys in CITED.findall(read(MODEL)) for key in keys.split(", ")}
    assert len(cited) > 10
    assert cited <= set(references())


def test_people_are_told_where_to_find_help():
    for document in (ROOT / "README.md", MODEL):
        text = read(document)
        for words in ("988", "findahelpline.com", "local emergency number", "medical advice"):
            assert words in text.replace("\n", " "), (document.name, words)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_words_do_no_harm(document):
    harmful = r"commit(s|ted|ting)? suicide|successful suicide|failed (suicide|attempt)|the mentally ill|epidemic"
    assert re.search(harmful, read(document), re.IGNORECASE) is None
    assert re.search(harmful, "a person who committed suicide")


def test_the_figure_is_small():
    for figure in (ROOT / "docs" / "figures").iterdir():
        assert figure.stat().st_size < 150_000, figure.name


def test_the_changelog_has_this_version():
    assert f"## [{sim.__version__}]" in read(ROOT / "CHANGELOG.md")


def test_every_module_has_its_room_in_the_map_of_the_code_and_says_its_idea_there():
    rooms = dict(
        re.findall(
            r"^\| `sim/(\w+)(?:\.py|/)` \| (.+) \|$",
            (ROOT / "docs" / "code.md").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    ideas = {}
    for path in (ROOT / "sim").iterdir():
        source = path / "__init__.py" if (path / "__init__.py").exists() else path
        if source.suffix == ".py" and path.name != "__init__.py":
            ideas[path.stem] = source.read_text(encoding="utf-8").split("\n")[0].strip('"')
    assert rooms == ideas
