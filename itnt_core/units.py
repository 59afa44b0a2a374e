"""Decibels: the one place where power ratios and watts become decibels and come back."""

from __future__ import annotations

from typing import overload

import numpy as np

from itnt_core.arrays import Array

SILENCE = 1e-30  # a ratio so small that nothing is heard: -300 dB, where the logarithm of nothing would be endless


@overload
def to_db(ratio: float, least: float = ...) -> float: ...
@overload
def to_db(ratio: Array, least: float = ...) -> Array: ...
def to_db(ratio: float | Array, least: float = SILENCE) -> float | Array:
    """Convert a linear power ratio, or an array of any shape, to decibels; what is below ``least`` counts as that."""
    value_db = 10.0 * np.log10(np.maximum(ratio, least))
    return value_db if isinstance(ratio, np.ndarray) else float(value_db)


@overload
def from_db(value_db: float) -> float: ...
@overload
def from_db(value_db: Array) -> Array: ...
def from_db(value_db: float | Array) -> float | Array:
    """Convert decibels to a linear power ratio."""
    return 10.0 ** (value_db / 10.0)


def watts_to_dbm(power_w: float) -> float:
    """Convert watts to decibels over a milliwatt; silence counts as -270 dBm."""
    return to_db(power_w) + 30.0


def dbm_to_watts(level_dbm: float) -> float:
    """Convert decibels over a milliwatt to watts."""
    return from_db(level_dbm - 30.0)
