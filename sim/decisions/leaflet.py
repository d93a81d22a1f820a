"""A page for one answer, of the same make as the page of a comparison."""

from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import sim
from sim import claims, report, wording
from sim.decisions.sections import section
from sim.markup import bullets, paragraphs

if TYPE_CHECKING:
    from sim.decisions.answering import Written

MAIN = "<main>", "</main>"
SURE = {
    wording.LUCK: (
        "Each seed is one simulated community with its own luck; all choices meet the same luck. Chances and intervals "
        "hold luck only.",
        "The model’s numbers are uncertain too, many of those about norms are assumptions, and that is not in them: "
        "run it again with --uncertainty posterior, or with other assumptions (--set), before you rely on it.",
    ),
    wording.LUCK_AND_PARAMETERS: (
        "Each seed is one simulated community with its own luck and its own draw of the model’s uncertain numbers; all "
        "choices meet the same luck and the same numbers. Chances and intervals hold luck and parameters. They are of "
        "the mean over draws; what one draw gives may lie much further away.",
        claims.WITH_PARAMETERS[1],
    ),
}


def page(written: "Written", figures: Path) -> str:
    """The page as one HTML text; ``figures`` holds the SVG file of what was drawn."""
    top, rest = report.TEMPLATE.read_text(encoding="utf-8").split(MAIN[0], 1)
    foot = rest.split(MAIN[1], 1)[1]
    answer = "".join(f"<p>{report.theme(name)}{escape(text)}</p>" for name, text in written.said)
    figure = report.figure(written.drawn, figures / f"{written.drawn.name}.svg")
    body = [
        section("question", "The question", f"<p><strong>{escape(written.question)}</strong></p>"),
        section("answer", "The answer", f'<div class="answer">{answer}</div>'),
        section("figures", "What the simulation shows", figure),
        section("numbers", "The numbers", written.rows),
        section("sure", "How sure is this?", paragraphs(SURE[written.uncertainty])),
        section("rests", "What is calibrated, and what is assumed", bullets((claims.CALIBRATED, claims.NEVER_FITTED))),
        section("limits", "What must not be read into this", bullets(claims.ALWAYS)),
        section("repeat", "How to repeat it", f"<pre>{escape(written.command)}</pre>"),
    ]
    words = {name: escape(text) for name, text in (("title", written.heading), ("about", written.about))}
    words |= {"heading": words["title"], "version": sim.__version__}
    frame = [Template(part).substitute(words) for part in (top, foot)]
    return "\n".join([frame[0], MAIN[0], *body, MAIN[1], frame[1]])
