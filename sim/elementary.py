"""The elementary functions without branches, so that compiled loops can take several people at a time.

A call into the C library is what keeps a compiler from working on four or eight numbers at once. These are the same
functions as polynomials, with errors well below what single precision keeps; sums, products and quotients only, so
that the bits are the same on any processor. The slow twin uses Python's own ``math``; tests hold the two together.
"""

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from sim.compiled import spliced

LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # ln 2 in two parts (fdlibm)
SHIFTER = 6755399441055744.0  # 1.5 * 2 ** 52: adding it leaves a number's nearest whole number in the low bits
SHIFTER_BITS = np.int64(0x4338000000000000)
BIAS, MANTISSA_BITS = np.int64(1023), np.int64(52)
HALF_ROOT_TWO = np.int64(0x3FE6A09E00000000)  # bits of sqrt(1/2), cut short
MANTISSA = np.int64(0x000FFFFFFFFFFFFF)
LARGEST, SMALLEST = 708.0, -708.0  # exp stays a normal number between these
TURN = 6.283185307179586


@intrinsic
def bits_of(typing_context, number):
    """The 64 bits of a double, as a whole number."""

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def number_of(typing_context, bits):
    """The double that 64 bits stand for."""

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


@intrinsic
def fused(typing_context, a, b, c):
    """``a * b + c``, rounded once: one instruction where the processor has it, and the same bits where it has not."""

    def generate(context, builder, signature, arguments):
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


@spliced
def exponential(x):
    """E to the power of ``x``, kept within [-708, 708]; relative error below 1e-13."""
    x = min(max(x, SMALLEST), LARGEST)
    shifted = fused(x, LOG2_E, SHIFTER)
    whole = shifted - SHIFTER
    power = bits_of(shifted) - SHIFTER_BITS
    r = fused(whole, -LN2_LOW, fused(whole, -LN2_HIGH, x))  # within half of ln 2
    p = 1.0 / 39916800.0
    p = fused(p, r, 1.0 / 3628800.0)
    p = fused(p, r, 1.0 / 362880.0)
    p = fused(p, r, 1.0 / 40320.0)
    p = fused(p, r, 1.0 / 5040.0)
    p = fused(p, r, 1.0 / 720.0)
    p = fused(p, r, 1.0 / 120.0)
    p = fused(p, r, 1.0 / 24.0)
    p = fused(p, r, 1.0 / 6.0)
    p = fused(p, r, 0.5)
    p = fused(p, r, 1.0)
    p = fused(p, r, 1.0)
    return p * number_of((power + BIAS) << MANTISSA_BITS)


@spliced
def logarithm(x):
    """Natural logarithm of a normal number above zero; relative error below 1e-15 (the polynomial of fdlibm)."""
    offset = bits_of(x) - HALF_ROOT_TWO
    power = offset >> MANTISSA_BITS
    f = number_of((offset & MANTISSA) + HALF_ROOT_TWO) - 1.0  # the mantissa lies between sqrt(1/2) and sqrt(2)
    whole = number_of(power + SHIFTER_BITS) - SHIFTER
    s = f / (2.0 + f)
    z = s * s
    p = 1.479819860511658591e-01
    p = fused(p, z, 1.531383769920937332e-01)
    p = fused(p, z, 1.818357216161805012e-01)
    p = fused(p, z, 2.222219843214978396e-01)
    p = fused(p, z, 2.857142874366239149e-01)
    p = fused(p, z, 3.999999999940941908e-01)
    p = fused(p, z, 6.666666666666735130e-01)
    half = 0.5 * f * f
    return whole * LN2_HIGH - ((half - (s * (half + p * z) + whole * LN2_LOW)) - f)


@spliced
def logistic(x):
    """The logistic function; relative error below 1e-13."""
    return 1.0 / (1.0 + exponential(-x))


@spliced
def sine_of_turns(t):
    """Sine of ``t`` full turns, for ``t`` in [-1/4, 1/4]; absolute error below 1e-15."""
    x = TURN * t
    z = x * x
    p = 1.0 / 51090942171709440000.0
    p = fused(p, -z, 1.0 / 121645100408832000.0)
    p = fused(p, -z, 1.0 / 355687428096000.0)
    p = fused(p, -z, 1.0 / 1307674368000.0)
    p = fused(p, -z, 1.0 / 6227020800.0)
    p = fused(p, -z, 1.0 / 39916800.0)
    p = fused(p, -z, 1.0 / 362880.0)
    p = fused(p, -z, 1.0 / 5040.0)
    p = fused(p, -z, 1.0 / 120.0)
    p = fused(p, -z, 1.0 / 6.0)
    return x - x * z * p


@spliced
def cosine_of_turn(t):
    """Cosine of ``t`` full turns, for ``t`` in [0, 1)."""
    return sine_of_turns(abs(t - 0.5) - 0.25)


@spliced
def sine_of_turn(t):
    """Sine of ``t`` full turns, for ``t`` in [0, 1)."""
    t = t - 0.25
    return sine_of_turns(abs((t + 1.0 if t < 0.0 else t) - 0.5) - 0.25)


@spliced
def normal_below(z):
    """Share of a standard normal below ``z``, kept within [-7, 7]; absolute error below 1e-14 (Hart 1968, 5666)."""
    far = min(abs(z), 7.0)
    top = 0.0352624965998911
    top = fused(top, far, 0.700383064443688)
    top = fused(top, far, 6.37396220353165)
    top = fused(top, far, 33.912866078383)
    top = fused(top, far, 112.079291497871)
    top = fused(top, far, 221.213596169931)
    top = fused(top, far, 220.206867912376)
    bottom = 0.0883883476483184
    bottom = fused(bottom, far, 1.75566716318264)
    bottom = fused(bottom, far, 16.064177579207)
    bottom = fused(bottom, far, 86.7807322029461)
    bottom = fused(bottom, far, 296.564248779674)
    bottom = fused(bottom, far, 637.333633378831)
    bottom = fused(bottom, far, 793.826512519948)
    bottom = fused(bottom, far, 440.413735824752)
    tail = exponential(-0.5 * far * far) * top / bottom
    return tail if z < 0.0 else 1.0 - tail
