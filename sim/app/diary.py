"""A record of every life: a few bytes for each person and week, enough to draw her and to tell two lives apart."""

from collections.abc import Callable

import numpy as np

from sim import people
from sim.people import SPEAKS, column
from sim.population import Population

# The bytes of a person's week, in this order
SCORE = 0  # distress in eighths of a point, cut off: 5 points are 40
DEEDS = 1  # 1 in need, 2 recognised, 4 and 8 whom she asked, 16 and 32 the answer, 64 and 128 help status
MARKS = 2  # 1, 2 and 4 what care led to, 8 encouraged, 16 supported, 32 speaks of it, 64 has asked, 128 reached
STIGMA = 3  # self-stigma, from -3 to 3 SD
APPROVAL = 4  # perceived approval, from -1 to 1
EXPECTS = 5  # believed share who seek help
BYTES = 6
EIGHTHS = 8.0
STIGMA_SPAN = 3.0  # SD


class Diary:
    """The weeks lived so far of all people of two worlds: (weeks, 2, BYTES, people), one byte each."""

    def __init__(self, population: Population) -> None:
        self.rows = [population.rows(w) for w in range(population.count)]
        size = self.rows[0].stop - self.rows[0].start
        self._pages = np.zeros((32, len(self.rows), BYTES, size), np.uint8)
        self.length = 0
        self.write(population)

    @property
    def pages(self) -> np.ndarray:
        """All weeks written, the beginning first."""
        return self._pages[: self.length]

    def write(self, population: Population) -> None:
        """Write down the week that has just been lived."""
        if self.length == len(self._pages):
            self._pages = np.concatenate((self._pages, np.zeros_like(self._pages)))
        for world, rows in enumerate(self.rows):
            week_of(population.state.people, rows, self._pages[self.length, world])
        self.length += 1


def week_of(everyone: people.People, rows: slice, page: np.ndarray) -> None:
    """Write down these people's week on a page: (BYTES, people)."""

    def of(name: str) -> np.ndarray:
        return column(everyone, name)[rows]

    page[SCORE] = np.floor(of("distress") * EIGHTHS).astype(np.uint8)
    page[DEEDS] = of("episode") | of("recognised") << 1 | of("asked") << 2 | of("answer") << 4 | of("help_status") << 6
    page[MARKS] = (
        of("care_event")
        | (of("encouraged") > 0).astype(np.uint8) << 3
        | ((of("supported_by_friend") > 0) | (of("supported_by_leader") > 0)).astype(np.uint8) << 4
        | ((of("published") & SPEAKS) > 0).astype(np.uint8) << 5
        | ((of("sources_asked") > 0) & (of("episode") > 0)).astype(np.uint8) << 6
        | (of("reached") > 0).astype(np.uint8) << 7
    )
    page[STIGMA] = byte(of("self_stigma"), -STIGMA_SPAN, STIGMA_SPAN)
    page[APPROVAL] = byte(of("injunctive_norm"), -1.0, 1.0)
    page[EXPECTS] = byte(of("descriptive_norm"), 0.0, 1.0)


def byte(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Numbers from ``low`` to ``high`` as whole ones from 0 to 255; what lies outside is put at the end."""
    return np.rint(np.clip((values - low) / (high - low), 0.0, 1.0) * 255.0).astype(np.uint8)


# What the bytes say

READ: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "in_need": lambda page: page[..., DEEDS, :] & 1,
    "recognised": lambda page: page[..., DEEDS, :] >> 1 & 1,
    "asked": lambda page: page[..., DEEDS, :] >> 2 & 3,
    "answer": lambda page: page[..., DEEDS, :] >> 4 & 3,
    "help_status": lambda page: page[..., DEEDS, :] >> 6 & 3,
    "care_event": lambda page: page[..., MARKS, :] & 7,
    "score": lambda page: page[..., SCORE, :],
}


def read(pages: np.ndarray, what: str) -> np.ndarray:
    """One thing that pages say of everybody: (..., people)."""
    return READ[what](pages)
