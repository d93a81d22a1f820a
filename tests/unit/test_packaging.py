"""What an install rests on: the lock, the wheel, and files that hold no trace of one machine."""

import re
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import sim

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")

# Written in two halves, so that this file does not break its own rule.
MACHINE_PATH = re.compile("|".join("/" + home for home in (r"root\b", r"home/\w+/", r"Users/\w+/", r"work/main\b")))
INDEX_HOST = re.compile("|".join(a + b for a, b in (("pypi", r"\.org"), ("python", "hosted"), ("npm", r"js\.org"))))


def locked_packages() -> list[tuple[Requirement, list[str]]]:
    """Every pin of the lock with its hashes; a package may have one pin for each kind of machine."""
    entries = [entry for entry in re.split(r"\n(?=[a-z0-9])", LOCK) if not entry.startswith("#")]
    return [(Requirement(entry.split("\\")[0].strip()), HASH.findall(entry)) for entry in entries]


def named_dependencies() -> list[str]:
    extras = [line for lines in PROJECT["optional-dependencies"].values() for line in lines]
    return PROJECT["dependencies"] + extras + PYPROJECT["build-system"]["requires"]


def tracked_files() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    return [path for name in listing.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_lock_names_no_host():
    assert "http" not in LOCK
    assert "--index" not in LOCK
    assert "--find-links" not in LOCK


@pytest.mark.parametrize("line", named_dependencies())
def test_dependency_is_locked_with_a_hash(line):
    wanted = Requirement(line)
    pins = [(pin, hashes) for pin, hashes in locked_packages() if pin.name == wanted.name]
    assert pins
    assert all(hashes for _, hashes in pins)
    versions = [version for pin, _ in pins for version in pin.specifier]
    assert {version.operator for version in versions} == {"=="}
    # A demand on one kind of machine is met by the pin for it; any other by every pin.
    met = [wanted.specifier.contains(version.version) for version in versions]
    assert any(met) if wanted.marker else all(met)


def test_uv_run_is_held_to_the_lock():
    constraints = [Requirement(line) for line in PYPROJECT["tool"]["uv"]["constraint-dependencies"]]
    assert constraints == [pin for pin, _ in locked_packages()]


def test_chosen_python_is_one_the_project_supports():
    chosen = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    assert SpecifierSet(PROJECT["requires-python"]).contains(chosen)


def test_citation_has_the_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == sim.__version__


def test_tracked_files_name_no_machine():
    found = []
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        hits = MACHINE_PATH.findall(text) + INDEX_HOST.findall(text)
        found += [f"{path.relative_to(ROOT)}: {hit}" for hit in hits]
    assert found == []


def test_wheel_holds_code_data_and_scenarios(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(built) as wheel:
        names = set(wheel.namelist())
        (metadata,) = [name for name in names if name.endswith("/METADATA")]
        version = Parser().parsestr(wheel.read(metadata).decode())["Version"]
    data = {path.relative_to(ROOT).as_posix() for path in (ROOT / "sim").rglob("*.yaml")}
    scenarios = [path for path in (ROOT / "scenarios").rglob("*") if path.suffix in (".yaml", ".csv")]
    assert version == sim.__version__
    assert data
    assert scenarios
    assert names >= {"sim/__init__.py", "sim/__main__.py"} | data
    assert names >= {f"sim/_{path.relative_to(ROOT).as_posix()}" for path in scenarios}
    assert not [name for name in names if name.startswith(("tests/", "scenarios/"))]
