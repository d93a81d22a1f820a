"""The notebooks run from top to bottom without a warning, and are kept as they ran: clean, small, with outputs."""

import importlib.util
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "notebooks").glob("*.ipynb"))


def tool():
    """The script that runs the notebooks."""
    spec = importlib.util.spec_from_file_location("notebooks_tool", ROOT / "tools" / "notebooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    assert FILES


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_a_notebook_runs_and_nothing_is_said_on_the_error_stream(file):
    notebook = tool().executed(file)
    assert tool().warnings_in(notebook) == []
    assert all(cell.execution_count for cell in code_cells(notebook))


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_a_notebook_is_kept_with_its_outputs_and_nothing_else(file):
    notebook = nbformat.read(file, as_version=4)
    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert sum(bool(cell.outputs) for cell in cells) > len(cells) / 2
    assert not any(cell.metadata for cell in notebook.cells)
    assert tool().warnings_in(notebook) == []
    assert file.stat().st_size < tool().LARGEST
    assert "/home/" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_a_notebook_tells_where_to_find_help(file):
    text = "\n".join(cell.source for cell in nbformat.read(file, as_version=4).cells)
    assert "988" in text
    assert "findahelpline.com" in text


def test_a_notebook_that_fails_or_warns_is_noticed(tmp_path):
    cells = ["import warnings", "warnings.warn('no')", "import sys; print('no', file=sys.stderr)"]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    nbformat.write(made, tmp_path / "warns.ipynb")
    assert len(tool().warnings_in(tool().executed(tmp_path / "warns.ipynb"))) == 2
    made.cells.append(nbformat.v4.new_code_cell("import sim; sim.nothing"))
    nbformat.write(made, tmp_path / "fails.ipynb")
    with pytest.raises(CellExecutionError, match="nothing"):
        tool().executed(tmp_path / "fails.ipynb")
