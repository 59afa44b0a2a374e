"""SINR and the spectral efficiency that it allows: the one home of equations (4) and (5).

Compiled code cannot ask it and states them again; ``tests/network/test_sinr_is_one.py`` holds each of those against it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from itnt_core.arrays import Array
from itnt_core.rate_laws import RateLaw, as_law


def sinr_of(signal: Any, interference: Any, noise: Any) -> Any:
    """Return signal / (interference + noise), linear (eq. 4).

    All three are powers in one unit: numbers, arrays or torch's tensors, of shapes that fit one another.

    >>> sinr_of(4.0, 1.5, 0.5)
    2.0
    """
    return signal / (interference + noise)


def spectral_efficiency(sinr: Array, law: RateLaw | float | None) -> Array:
    """Return what a link carries in bit/s/Hz by a rate law (eq. 5); same shape.

    A number stands for log2(1 + SINR) limited to the best modulation's, None for it without a limit.

    >>> spectral_efficiency(np.array([1.0, 3.0, 1000.0]), 7.4063)
    array([1.    , 2.    , 7.4063])
    """
    shannon = np.log1p(sinr) / np.log(2.0)
    return shannon if law is None else as_law(law).carried(shannon)
