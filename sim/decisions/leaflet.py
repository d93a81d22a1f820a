"""A page for one answer, of the same make as the page of a comparison."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import sim
from sim import claims, report
from sim.decisions.sections import section
from sim.markup import bullets, paragraphs

if TYPE_CHECKING:
    from sim.plots import Drawn

MAIN = "<main>", "</main>"
SURE = (
    "Each seed is one simulated community with its own luck; all choices meet the same luck. Chances and intervals "
    "hold luck only. The model’s numbers are uncertain too, many of those about norms are assumptions, and that is not "
    "in them: run it again with other assumptions (--set) before you rely on it."
)


def page(
    heading: str,
    about: str,
    question: str,
    said: Sequence[tuple[str, str]],
    drawn: "Sequence[Drawn]",
    figures: Path,
    tables: str,
    command: str,
) -> str:
    """The page as one HTML text; ``figures`` holds the SVG files, ``tables`` are HTML."""
    top, rest = report.TEMPLATE.read_text(encoding="utf-8").split(MAIN[0], 1)
    foot = rest.split(MAIN[1], 1)[1]
    answer = "".join(f"<p>{report.theme(name)}{escape(text)}</p>" for name, text in said)
    body = [
        section("question", "The question", f"<p><strong>{escape(question)}</strong></p>"),
        section("answer", "The answer", f'<div class="answer">{answer}</div>'),
        section(
            "figures", "What the simulation shows", "".join(report.figure(x, figures / f"{x.name}.svg") for x in drawn)
        ),
        section("numbers", "The numbers", tables),
        section("sure", "How sure is this?", paragraphs([SURE])),
        section("rests", "What is calibrated, and what is assumed", bullets((claims.CALIBRATED, claims.NEVER_FITTED))),
        section("limits", "What must not be read into this", bullets(claims.ALWAYS)),
        section("repeat", "How to repeat it", f"<pre>{escape(command)}</pre>"),
    ]
    words = {"title": escape(heading), "heading": escape(heading), "about": escape(about), "version": sim.__version__}
    frame = [Template(part).substitute(words) for part in (top, foot)]
    return "\n".join([frame[0], MAIN[0], *body, MAIN[1], frame[1]])
