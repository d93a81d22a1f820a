"""A module imports only from lower ranks; the list below is the house rule, and every module has its place in it."""

import ast
from pathlib import Path

import pytest

import sim

PACKAGE = Path(sim.__file__).parent
FOLDERS = {path.name for path in PACKAGE.iterdir() if path.is_dir()}  # their modules may import one another

RANKS = {
    0: "compiled elementary errors luck params reading shipped",
    1: "checking links measures people rows schema storing style ties",
    2: "bonds care distress groups interventions norms replies seeking "  # the week's processes
    "census centrality criterion files graphs pooling rosters rules tallies weaving",
    3: "columns comparing drawing explaining extracts manifests markup network scenario seeding start state structure "
    "wording writing",
    4: "asking curves engine population posterior windows",
    5: "answers batches claims collecting panels results sets tabling",
    6: "agents plots reference showing study trial",
    7: "cli_options cli_progress cli_words report",
    8: "cli sweeps trials",
    9: "calibration decisions exploring",
    10: "app",
    11: "__main__",
}
RANK = {module: rank for rank, modules in RANKS.items() for module in modules.split()}

# Within a rank, only these; what a tool needs of a tool, and what parts of one idea need of each other.
ASIDE = {
    ("elementary", "compiled"),
    ("luck", "compiled"),
    ("luck", "elementary"),
    ("rows", "people"),
    ("rows", "ties"),
    ("graphs", "rosters"),
    ("reading", "errors"),
    ("scenario", "explaining"),
    ("scenario", "writing"),
    ("population", "engine"),
    ("sweeps", "cli"),
    ("trials", "cli"),
}

# The week's processes know no other process: of one another they may take constants (in capitals) only.


def imports(source):
    """What a module imports from the package, anywhere in it, as (module, name); not what only types need."""
    tree = ast.parse(source)
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for statement in node.body
        for inner in ast.walk(statement)
    }
    found = []
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            parts = [each.name.split(".") for each in node.names]
            found += [(names[1], "*") for names in parts if names[0] == "sim" and len(names) > 1]
        elif isinstance(node, ast.ImportFrom):
            origin = (["sim"] if node.level else []) + (node.module.split(".") if node.module else [])
            if origin[:1] == ["sim"]:
                names = [each.name for each in node.names]
                found += [(name, "*") for name in names] if len(origin) == 1 else [(origin[1], name) for name in names]
    return found


def faults(module, source):
    """How a module breaks the rule, in words."""
    if module not in RANK:
        return [f"{module} has no rank yet: give it a place in RANKS"]
    found = []
    for other, name in imports(source):
        if other not in RANK:
            found.append(f"{module} imports {other}, which has no rank")
        elif other == module and module in FOLDERS:
            continue
        elif RANK[other] > RANK[module] or (RANK[other] == RANK[module] and not beside(module, other, name)):
            found.append(f"{module} (rank {RANK[module]}) imports {name} of {other} (rank {RANK[other]})")
    return found


def beside(module, other, name):
    """Whether a module may import this from another of its own rank."""
    return (module, other) in ASIDE or (RANK[module] == 2 and other != module and name.isupper())


def sources():
    """Every module of the package by its name; the modules of a folder stand under the folder's."""
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if module != "__init__":
            yield module, path.read_text(encoding="utf-8")


def test_every_module_imports_only_from_lower_ranks():
    assert [fault for module, source in sources() for fault in faults(module, source)] == []


def test_the_rule_was_put_to_many_imports():
    assert sum(len(imports(source)) for _, source in sources()) > 50


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("luck", "from sim.engine import step"),
        ("luck", "from sim import engine"),
        ("luck", "import sim.engine"),
        ("luck", "import sim.engine as e"),
        ("luck", "from . import engine"),
        ("luck", "from .engine import step"),
        ("luck", "def f():\n    from sim import engine"),
        ("luck", "class A:\n    def f(self):\n        if self:\n            import sim.study"),
        ("luck", "try:\n    import sim.params\nexcept ImportError:\n    pass"),
        ("engine", "from sim.agents import HelpSeekingModel"),
        ("engine", "if not TYPE_CHECKING_IS_DONE:\n    from sim import population"),
        ("care", "from sim.seeking import step"),
        ("replies", "from sim import seeking"),
        ("groups", "from sim.care import Service"),
        ("care", "import sim.seeking"),
        ("people", "from sim.ties import PEER"),
        ("care", "from sim.engine import ORDER"),
        ("errors", "from sim.errors import InputError"),
        ("brand_new", ""),
        ("engine", "from sim import brand_new"),
    ],
)
def test_a_violation_is_seen(module, source):
    assert faults(module, source)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("engine", "from sim import care\nimport numpy as np\nfrom simpy import x\nimport simulation.engine"),
        ("engine", "if TYPE_CHECKING:\n    from sim.population import Population"),
        ("care", "from sim.seeking import POINTS"),
        ("scenario", "from sim.files import load_plan"),
        ("app", "from sim.study import run\nfrom sim.plots import line"),
    ],
)
def test_what_is_allowed_is_let_be(module, source):
    assert faults(module, source) == []


def test_the_exceptions_are_needed_and_lead_in_no_circle():
    used = {(module, other) for module, source in sources() for other, _ in imports(source)}
    present = {module for module, _ in sources()}
    assert used >= {pair for pair in ASIDE if pair[0] in present}
    assert not {(other, module) for module, other in ASIDE} & used
