"""Every random draw is a function of (world seed, person, week, purpose): nothing is stored, nothing is consumed.

Two scenarios on one seed therefore share each draw that both use, a world gives the same bits alone or in a batch,
and the order in which people are visited cannot matter. The mixing function is the 64-bit finaliser of SplitMix64
(Steele, Lea & Flood 2014, doi 10.1145/2660193.2660195) with the constants of Stafford's variant 13.
"""

import math

import numpy as np

from sim.compiled import spliced
from sim.elementary import cosine_of_turn, logarithm, sine_of_turn

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
STRIDE = np.uint64(0xD1342543DE82EF95)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
SHIFT_30, SHIFT_27, SHIFT_31 = np.uint64(30), np.uint64(27), np.uint64(31)
SHIFT_11, SHIFT_32 = np.uint64(11), np.uint64(32)
LOW_32, LOW_8 = np.uint64(0xFFFFFFFF), np.uint64(0xFF)
PURPOSES = 64  # purposes a person may draw for in one week

# What a draw is for. A number is never reused for another purpose; new ones go at the end.
LATENT = 0  # the weekly movement of distress
ONSET = 1
SPEED = 2
REMISSION = 3
RECOGNITION = 4
CHOICE = 5
CONFIDANT = 6  # which of the people in reach is asked
REPLY = 7
ENCOURAGEMENT = 8
SPEAKING = 9
QUEUE = 10  # place among those who joined the queue in the same week
ATTENDANCE = 11
SESSION = 12
DROPOUT = 13
OUTCOME = 14
SEEING = 15  # per tie: is the other's seeking, or struggle, seen
BOND = 16  # per tie: contact, waking, fading
REACH = 17  # who an intervention reaches (week 0, plus the intervention's own number as the other)
SCREENING = 18
SLOTS = 19  # per world
STIGMA = 20  # the weekly movement of self-stigma
# Start states and structure (week 0 of the world's making)
TRAIT_VULNERABILITY = 32
TRAIT_KNOWLEDGE = 33
TRAIT_RELIANCE = 34
TRAIT_THRESHOLD = 35
TRAIT_CONFIDANTS = 36
TRAIT_STIGMA = 37
TRAIT_EXPERIENCE = 38
TRAIT_PRIOR = 39
START_EPISODE = 40
START_LATENT = 41
START_APPROVAL = 42
GROUP_COHESION = 43
GROUP_CLIMATE = 44
GROUP_STIGMA = 45
STRUCTURE = 46
STRUCTURE_PARTNER = 47
TIE_START = 48
TIE_TRUST = 49
NEW_GROUP = 50
TRAIT_SERVICES = 51
START_CARE = 52
GROUP_DRIFT = 53  # per group and week: how its cohesion wanders


@spliced
def mix(x):
    """Scramble 64 bits so that neighbouring inputs give unrelated outputs (SplitMix64 finaliser, variant 13)."""
    x = (x ^ (x >> SHIFT_30)) * FIRST
    x = (x ^ (x >> SHIFT_27)) * SECOND
    return x ^ (x >> SHIFT_31)


@spliced
def person_key(seed, person):
    """The 64-bit key of one person (number within the world; -1 is the world itself) under a world's seed."""
    return mix(mix(np.uint64(seed) + GOLDEN) + np.uint64(np.int64(person) + 2) * GOLDEN)


@spliced
def bits(key, week, purpose):
    """64 random bits for this person, week and purpose."""
    return mix(key + np.uint64(np.int64(week) * PURPOSES + purpose + 1) * STRIDE)


@spliced
def pair_bits(key, week, purpose, other):
    """64 random bits for this person, week and purpose about one other person (the other's number)."""
    return mix(bits(key, week, purpose) + np.uint64(np.int64(other) + 1) * GOLDEN)


@spliced
def unit(x):
    """A number in [0, 1) from 64 bits (the upper 53 are used)."""
    return np.float64(x >> SHIFT_11) * (1.0 / 9007199254740992.0)


@spliced
def uniform(key, week, purpose):
    """A uniform draw in [0, 1) for this person, week and purpose."""
    return unit(bits(key, week, purpose))


@spliced
def pair_uniform(key, week, purpose, other):
    """A uniform draw in [0, 1) for this person, week and purpose about one other person."""
    return unit(pair_bits(key, week, purpose, other))


@spliced
def polar(x):
    """Radius and angle, in turns, of two independent standard normal draws (Box & Muller 1958) from 64 bits."""
    radius = math.sqrt(-2.0 * logarithm((np.float64(x >> SHIFT_32) + 0.5) * (1.0 / 4294967296.0)))
    return radius, np.float64(x & LOW_32) * (1.0 / 4294967296.0)


@spliced
def normal_pair(key, week, purpose):
    """Two independent standard normal draws from one 64-bit hash; the largest value is about 6.7."""
    radius, turn = polar(bits(key, week, purpose))
    return radius * cosine_of_turn(turn), radius * sine_of_turn(turn)


@spliced
def normal(key, week, purpose):
    """The first of the two draws of ``normal_pair``, for half the work."""
    radius, turn = polar(bits(key, week, purpose))
    return radius * cosine_of_turn(turn)
