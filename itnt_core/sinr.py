"""SINR and the spectral efficiency that it allows: the one home of equations (4) and (5).

Compiled code cannot ask it and states them again; ``tests/network/test_sinr_is_one.py`` holds each of those against it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from itnt_core.arrays import Array


def sinr_of(signal: Any, interference: Any, noise: Any) -> Any:
    """Return signal / (interference + noise), linear (eq. 4).

    All three are powers in one unit: numbers, arrays or torch's tensors, of shapes that fit one another.

    >>> sinr_of(4.0, 1.5, 0.5)
    2.0
    """
    return signal / (interference + noise)


def spectral_efficiency(sinr: Array, cap: float | None) -> Array:
    """Return log2(1 + SINR) in bit/s/Hz, limited to the best modulation's where a cap is set (eq. 5); same shape.

    >>> spectral_efficiency(np.array([1.0, 3.0, 1000.0]), cap=7.4063)
    array([1.    , 2.    , 7.4063])
    """
    efficiency = np.log1p(sinr) / np.log(2.0)
    return efficiency if cap is None else np.minimum(efficiency, cap)
