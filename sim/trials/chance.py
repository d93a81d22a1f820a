"""Chance in a trial: arms, measuring errors and losses are functions of its seed, apart from the world's luck."""

import zlib

import numpy as np

from sim import luck
from sim.compiled import compiled

SEED_BITS = 0xFFFFFFFFFFFFFFFF


def stream(seed: int, *names: str | int) -> np.uint64:
    """A seed of its own for each use, from the trial's seed and what it is used for."""
    found = np.uint64(seed & SEED_BITS)
    with np.errstate(over="ignore"):
        for name in names:
            found = luck.mix(found + luck.GOLDEN + np.uint64(zlib.crc32(str(name).encode())) * luck.STRIDE)
    return np.uint64(found)


def world_seed(seed: int, number: int) -> int:
    """The seed of one of a trial's communities; the first has the trial's own."""
    return seed & SEED_BITS if number == 0 else int(stream(seed, "community", number))


@compiled
def uniforms(seed, count):
    """Uniform draws, one for each of so many people or units."""
    made = np.empty(count)
    for i in range(count):
        made[i] = luck.uniform(luck.person_key(seed, i), 0, 0)
    return made


@compiled
def normals(seed, count):
    """Standard normal draws, one for each of so many people."""
    made = np.empty(count)
    for i in range(count):
        made[i] = luck.normal(luck.person_key(seed, i), 0, 0)
    return made
