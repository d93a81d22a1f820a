"""One palette with meaning: the same colour says the same thing in every figure, on the page and on screen.

Every set keeps its order of lightness, so that it can be read in grey; plans and sources of help differ also by line,
marker and hatching, so that colour is never the only sign.
"""

from typing import NamedTuple

INK = "#1f2933"  # text
QUIET = "#5b6770"  # second thoughts: sources, ticks
RULE = "#d5dbe0"  # grid and borders
PAPER = "#ffffff"

# States of distress, from well to severe: one cool hue, lighter to darker. No alarm red: distress is no danger sign.
DISTRESS = {"well": "#e4ecef", "mild": "#9ec3cc", "moderate": "#5a95aa", "severe": "#1f4e6b"}

# Sources of help, from the nearest to the most formal.
SOURCES = {"none": "#d9d9d9", "friend": "#e8a534", "leader": "#3f9c86", "professional": "#1c4a80"}
HATCHES = {"none": "", "friend": "", "leader": "//", "professional": "xx"}

# What is expected of others, against what people privately think.
PRIVATE = "#1c4a80"
PERCEIVED = "#e8a534"


class Look(NamedTuple):
    """How one plan is drawn."""

    colour: str
    line: str | tuple
    marker: str
    hatch: str  # of bars


# The first plan is what the others are compared with; it is neutral.
PLANS = (
    Look("#5b6268", "solid", "o", ""),
    Look("#0f6cb3", (0, (6, 1.5)), "s", "////"),
    Look("#d9641a", (0, (3, 1.2, 1, 1.2)), "D", "...."),
    Look("#2a9d7f", (0, (1.2, 1.2)), "^", "xxxx"),
    Look("#b56ba0", (0, (8, 2, 1, 2)), "v", "----"),
    Look("#e0a526", (0, (4, 3)), "P", "++++"),
    Look("#5cb3e0", (0, (2, 3)), "X", "||||"),
)


def look(place: int) -> Look:
    """How the plan in this place is drawn; colours come round again, each time with the next line, marker and hatch."""
    turn, colour = divmod(place, len(PLANS))
    return PLANS[(colour + turn) % len(PLANS)]._replace(colour=PLANS[colour].colour)
