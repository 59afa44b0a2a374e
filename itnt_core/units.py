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
    """Convert a linear power ratio, or an array of any shape, to decibels; what is below ``least`` counts as that.

    >>> to_db(100.0)
    20.0
    >>> to_db(np.array([0.5, 1.0, 2.0])).round(2)
    array([-3.01,  0.  ,  3.01])
    >>> to_db(0.0, least=1e-12)
    -120.0
    """
    value_db = 10.0 * np.log10(np.maximum(ratio, least))
    return value_db if isinstance(ratio, np.ndarray) else float(value_db)


@overload
def from_db(value_db: float) -> float: ...
@overload
def from_db(value_db: Array) -> Array: ...
def from_db(value_db: float | Array) -> float | Array:
    """Convert decibels, or an array of any shape, to a linear power ratio.

    >>> from_db(20.0)
    100.0
    """
    return 10.0 ** (value_db / 10.0)


def watts_to_dbm(power_w: float) -> float:
    """Convert watts to decibels over a milliwatt; silence counts as -270 dBm.

    >>> watts_to_dbm(1.0)
    30.0
    """
    return to_db(power_w) + 30.0


def dbm_to_watts(level_dbm: float) -> float:
    """Convert decibels over a milliwatt to watts.

    >>> round(dbm_to_watts(46.0), 1)
    39.8
    """
    return from_db(level_dbm - 30.0)
