"""Random numbers that belong to a place: the same block looks the same whichever square it is seen in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

KeyArray = NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # SplitMix64 (Steele, Lea and Flood 2014), as the next two
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)  # the multipliers of its mixing function


def mix(keys: NDArray[np.generic] | int, salt: NDArray[np.generic] | int) -> KeyArray:
    """Derive a new key from each key and an integer salt of the same shape, or one for all (SplitMix64 finaliser)."""
    state = _unsigned(keys) * _GOLDEN + _unsigned(salt) * _SECOND + _GOLDEN
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return np.asarray(state ^ (state >> np.uint64(31)), dtype=np.uint64)


def uniform(keys: KeyArray, salt: int) -> NDArray[np.float64]:
    """Draw one number in (0, 1) for each key; another salt gives an independent number."""
    bits = mix(keys, salt) >> np.uint64(11)
    return (bits.astype(np.float64) + 0.5) * 2.0**-53


def normal(keys: KeyArray, salt: int) -> NDArray[np.float64]:
    """Draw one standard normal number for each key."""
    return np.asarray(ndtri(uniform(keys, salt)), dtype=np.float64)


def _unsigned(values: NDArray[np.generic] | int) -> KeyArray:
    # At least 1-D: numpy warns of overflow for scalars only, and wrapping is what the mixer wants.
    array = np.atleast_1d(np.asarray(values))
    return array.astype(np.int64).view(np.uint64) if array.dtype.kind == "i" else array.astype(np.uint64)
