"""Where people stand on the page: members of a group close together, groups of a larger unit side by side, for good."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from sim.schema import Setting

Part = tuple[np.ndarray, np.ndarray, float]  # rows of people, their places, how far these reach from the middle

GOLDEN = np.pi * (3.0 - np.sqrt(5.0))  # the angle between one seed of a sunflower and the next
ROOM = 1.0  # half the distance between neighbours in a group
BETWEEN = 1.6  # room between groups, and more between the units that hold them
ROUNDS = 24
STARTS = tuple(k / 8 for k in range(24))  # turns of the spiral at which packing begins; the closest is taken
FEW = 40  # discs, up to which that is quick
WIDE = 1.6  # how much wider than high the whole is


def places(group: np.ndarray, role: np.ndarray, setting: Setting) -> np.ndarray:
    """Where each person stands: (people, 2), from -1 to 1, the picture as wide as it is high at most.

    People of a group stand in a disc, leaders in the middle; the discs of groups are packed into the disc of their
    unit, and so on outwards, so that a grade, a squadron or a district can be seen as well.
    """
    groups = [np.flatnonzero(group == number) for number in np.unique(group)]
    discs = [sunflower(rows, role) for rows in groups]
    parts = [(rows, disc, reach(disc)) for rows, disc in zip(groups, discs, strict=True)]
    for inner, outer in levels(len(parts), setting):
        share = np.arange(len(parts)) * outer // max(1, inner)
        parts = [packed([parts[k] for k in np.flatnonzero(share == unit)]) for unit in range(outer)]
    rows, where, _ = packed(parts, WIDE) if len(parts) > 1 else parts[0]
    made = np.zeros((len(group), 2))
    made[rows] = where
    made -= (made.max(axis=0) + made.min(axis=0)) / 2.0
    return made / max(1e-9, np.abs(made).max()) * 0.97


def levels(groups: int, setting: Setting) -> list[tuple[int, int]]:
    """How many units are packed into how many, from the inside out, without the last, which holds everybody."""
    found = []
    if setting.people and len(setting.units) > 2:
        for unit in setting.units[1:-1]:
            outer = min(groups, max(1, round(setting.people / unit.size)))
            if 1 < outer < groups:
                found.append((groups, outer))
                groups = outer
    return found


def sunflower(rows: np.ndarray, role: np.ndarray) -> np.ndarray:
    """A place for each row of one group: leaders first, from the middle outwards."""
    order = np.argsort(-role[rows].astype(np.int64), kind="stable")
    turn = np.arange(len(rows))
    radius = 1.75 * ROOM * np.sqrt(turn + 0.3)
    made = np.empty((len(rows), 2))
    made[order] = np.stack((radius * np.cos(turn * GOLDEN), radius * np.sin(turn * GOLDEN)), axis=1)
    return made


def reach(disc: np.ndarray) -> float:
    """How far a disc reaches from its middle, the width of a person added."""
    return float(np.sqrt((disc**2).sum(axis=1)).max()) + ROOM


def packed(parts: Sequence[Part], wide: float = 1.0) -> Part:
    """Discs side by side in one disc, or in something ``wide`` times wider than high: rows, places and reach."""
    radii = tuple(round(part[2] + BETWEEN, 9) for part in parts)
    centres = side_by_side(radii, wide)
    rows = np.concatenate([part[0] for part in parts])
    where = np.concatenate([part[1] + centre for part, centre in zip(parts, centres, strict=True)])
    return rows, where, float((np.sqrt((centres**2).sum(axis=1)) + np.array(radii)).max()) + BETWEEN


@lru_cache(maxsize=1000)  # units of the same sizes look alike: most of a large community is worked out once
def side_by_side(sizes: tuple[float, ...], wide: float) -> np.ndarray:
    """Centres (discs, 2) of discs of these radii that do not overlap: the closest of what a few spirals settle to."""
    radii = np.array(sizes)
    starts = STARTS if len(radii) <= FEW else STARTS[:1]
    x, y = settled(radii, wide, np.array(starts)[:, None])
    across = (x + radii).max(axis=1) - (x - radii).min(axis=1)
    high = (y + radii).max(axis=1) - (y - radii).min(axis=1)
    best = int(np.maximum(across / wide, high).argmin())
    made = np.stack((x[best], y[best]), axis=1)
    made -= made.mean(axis=0)
    made.flags.writeable = False  # many share it
    return made


def settled(radii: np.ndarray, wide: float, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Discs drawn together as far as they will go, from a spiral for each start: x and y, (starts, discs) each."""
    count = len(radii)
    spread = 1.05 * radii.mean() * np.sqrt(np.arange(count) + (0.0 if count == 1 else 0.5))
    turn = (np.arange(count) + starts) * GOLDEN
    x, y = 1.9 * wide * spread * np.cos(turn), 1.9 * spread * np.sin(turn)
    least = radii[:, None] + radii[None, :]
    itself = np.arange(count)
    for step in range(ROUNDS * 5):
        if step < ROUNDS * 4:
            x, y = 0.985 * x, (1.0 - 0.015 * wide**2) * y
        right, up = x[:, :, None] - x[:, None, :], y[:, :, None] - y[:, None, :]
        distance = np.sqrt(right * right + up * up)
        distance[:, itself, itself] = np.inf
        push = np.maximum(0.0, least - distance) / (2.0 * distance)
        push[:, itself, itself] = 0.0
        x, y = x + 0.9 * (right * push).sum(axis=2), y + 0.9 * (up * push).sum(axis=2)
    return x, y
