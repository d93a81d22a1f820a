"""The elementary functions without branches are the usual ones, to far more digits than are kept."""

import math

import numpy as np
import pytest
from scipy import special

from sim import elementary
from sim.compiled import compiled


@compiled
def exponentials(x, out):
    for k in range(x.size):
        out[k] = elementary.exponential(x[k])


@compiled
def logarithms(x, out):
    for k in range(x.size):
        out[k] = elementary.logarithm(x[k])


@compiled
def logistics(x, out):
    for k in range(x.size):
        out[k] = elementary.logistic(x[k])


@compiled
def shares(x, out):
    for k in range(x.size):
        out[k] = elementary.normal_below(x[k])


@compiled
def waves(x, out):
    for k in range(x.size):
        out[0, k], out[1, k] = elementary.cosine_of_turn(x[k]), elementary.sine_of_turn(x[k])


def of(function, x: np.ndarray) -> np.ndarray:
    out = np.empty_like(x)
    function(x, out)
    return out


GRID = np.linspace(-1.0, 1.0, 40_001)


@pytest.mark.parametrize("width", [1e-9, 1e-3, 1.0, 40.0, 700.0])
def test_exponential(width):
    x = width * GRID
    assert of(exponentials, x) == pytest.approx(np.exp(x), rel=1e-13)
    assert of(logistics, x) == pytest.approx(special.expit(x), rel=1e-13)


def test_exponential_stays_finite_beyond_what_a_double_holds():
    far = of(exponentials, np.array([-1e4, 1e4]))
    assert 0.0 < far[0] < 1e-300
    assert 1e300 < far[1] < math.inf
    assert of(logistics, np.array([-1e4, 1e4])) == pytest.approx([0.0, 1.0], abs=1e-300)


@pytest.mark.parametrize("width", [1e-9, 1e-3, 0.5, 40.0, 700.0])
def test_logarithm(width):
    x = np.exp(width * GRID)
    assert of(logarithms, x) == pytest.approx(np.log(x), rel=1e-14, abs=1e-17)


def test_sine_and_cosine():
    turns = np.linspace(0.0, 1.0, 40_001)[:-1]
    out = np.empty((2, turns.size))
    waves(turns, out)
    assert out[0] == pytest.approx(np.cos(2.0 * np.pi * turns), abs=1e-15)
    assert out[1] == pytest.approx(np.sin(2.0 * np.pi * turns), abs=1e-15)


def test_share_of_a_normal_distribution():
    z = 6.9 * GRID
    assert of(shares, z) == pytest.approx(special.ndtr(z), abs=1e-14)
    assert of(shares, z) == pytest.approx(special.ndtr(z), rel=1e-7)
    assert of(shares, 1.01 * z) != pytest.approx(special.ndtr(z), abs=1e-3)
    assert of(shares, np.array([-40.0, 40.0])) == pytest.approx([0.0, 1.0], abs=1e-11)
