"""Write docs/validation.md and its figure: the whole scorecard over the shipped posterior. Run by `make scorecard`."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from sim import drawing
from sim.calibration import scorecard, scorecard_page

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Hold the model against everything, and write it down."""
    card = scorecard.scored(threads=os.cpu_count() or 1)
    drawn = scorecard_page.figure(card)
    drawing.save(drawn.figure, ROOT / "docs" / "figures" / "scorecard")
    asked = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    date = datetime.now(UTC).date().isoformat()
    text = scorecard_page.markdown(card, date, commit, "figures/scorecard.svg")
    (ROOT / "docs" / "validation.md").write_text(text, encoding="utf-8")
    card.rows.to_csv(ROOT / "docs" / "validation.csv", index=False)


if __name__ == "__main__":
    main()
