"""Logarithms and powers in single precision that a compiler can do many at a time, since the C library's cannot be.

Polynomials fitted for the least greatest error over one octave; the errors are stated, and tested.
"""

from __future__ import annotations

import numpy as np

from dinh.engines.compiled import compiled

type Single = np.float32


@compiled(fast=True, inline=True)
def log2(x: Single) -> Single:
    """Base-2 logarithm of x >= 1e-30 (smaller is taken as that); absolute error below 1e-6 of an octave, or 2 ulp."""
    bits = np.float32(max(x, np.float32(1e-30))).view(np.int32)
    m = np.int32((bits & np.int32(0x7FFFFF)) | np.int32(0x3F800000)).view(np.float32) - np.float32(1.0)
    p = np.float32(-0.012671513725641181)
    p = p * m + np.float32(0.06484073509062296)
    p = p * m + np.float32(-0.15704818023428976)
    p = p * m + np.float32(0.2571672381697643)
    p = p * m + np.float32(-0.3538003669737133)
    p = p * m + np.float32(0.4801313714024552)
    p = p * m + np.float32(-0.7213143245226964)
    p = p * m + np.float32(1.4426948038111629)
    return np.float32(np.int32((bits >> np.int32(23)) - np.int32(127))) + p * m


@compiled(fast=True, inline=True)
def log10(x: Single) -> Single:
    """Base-10 logarithm, as `log2`."""
    return np.float32(0.30102999566398120) * log2(x)


@compiled(fast=True, inline=True)
def exp2(x: Single) -> Single:
    """2 to the power of x, x taken within -126 and 126; relative error below 4e-7."""
    within = np.float32(min(max(x, np.float32(-126.0)), np.float32(126.0)))
    # Rounding towards zero of what is positive is its floor.
    whole = np.int32(within + np.float32(127.0)) - np.int32(127)
    f = within - np.float32(whole)
    p = np.float32(0.0018964610780665137)
    p = p * f + np.float32(0.008942829152990883)
    p = p * f + np.float32(0.05586624615622682)
    p = p * f + np.float32(0.24013971114398086)
    p = p * f + np.float32(0.6931547524684739)
    p = p * f + np.float32(0.9999998931109624)
    return p * np.int32((whole + np.int32(127)) << np.int32(23)).view(np.float32)
