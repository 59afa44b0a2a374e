"""Positions of scenario objects as arrays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Placed(Protocol):
    """Something with a position: a GBS, a ground user, an end of a mission."""

    @property
    def position_m(self) -> tuple[float, float, float]:
        """Return east, north and height in local metres."""


def positions_m(objects: Iterable[Placed]) -> NDArray[np.float64]:
    """Return the positions (n, 3) of objects: east and north of the anchor and height above ground, metres."""
    return np.array([one.position_m for one in objects], dtype=np.float64).reshape(-1, 3)
