"""Every word that the page says, from one file: another language is another file like it."""

from functools import cache
from pathlib import Path
from typing import Any

from sim.params import read

FILE = Path(__file__).with_name("words.yaml")


@cache
def words() -> dict[str, Any]:
    """All words by page and name."""
    return read(FILE)
