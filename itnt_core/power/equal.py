"""Equal power: every station splits its limit evenly over all subchannels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from itnt_core.network import World


def equal_power(world: World) -> NDArray[np.float64]:
    """Return the powers (slots, stations, subchannels) in watts: P_max / K each (the EPA rule; meets 7e).

    A satellite sends less where the scenario limits its power flux density.
    """
    shape = (world.slots, world.station_count, world.subchannels)
    return np.broadcast_to(world.equal_share_w[:, :, None], shape).copy()
