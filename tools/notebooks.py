"""Run the notebooks and keep what they show: `python tools/notebooks.py`, or with the names of some.

What changes from one run to the next, and from one machine to the next, is left out: times, counters of versions, ids.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
LONGEST = 600  # seconds for one cell
LARGEST = 400_000  # bytes of a notebook with its outputs
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def executed(file: Path) -> nbformat.NotebookNode:
    """The notebook with fresh outputs and nothing else that changes."""
    notebook = nbformat.read(file, as_version=4)
    client = NotebookClient(notebook, timeout=LONGEST, kernel_name="python3", resources={"metadata": {"path": FOLDER}})
    client.execute()
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number}"
        cell.metadata = {}
    nbformat.validate(notebook)
    return notebook


def warnings_in(notebook: nbformat.NotebookNode) -> list[str]:
    """What was said on the error stream: a notebook to show has nothing there."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"]


def main(names: list[str]) -> None:
    """Run each notebook and write it back."""
    for file in sorted(FOLDER.glob("*.ipynb")):
        if names and file.stem not in names:
            continue
        notebook = executed(file)
        text = nbformat.writes(notebook) + "\n"
        if len(text.encode()) > LARGEST or warnings_in(notebook):
            raise SystemExit(f"{file.name}: {len(text.encode())} bytes; said: {warnings_in(notebook)}")
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
