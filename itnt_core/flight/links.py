"""What an aerial user's served links are worth at other places: it only receives, so nobody else is affected."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.network import Decision, World
from itnt_core.rate_laws import RateLaw
from itnt_core.sinr import sinr_of, spectral_efficiency

UNCAPPED_SHARE = 0.2  # worth of one of Shannon's bit/s/Hz that the link does not carry, beside one that it does


@dataclass(frozen=True, eq=False)
class AerialLinks:
    """The links of one aerial user over all slots, everything fixed but its position."""

    signal_w: Array  # (slots, stations): power of its own link at its station, zero elsewhere
    interfering_w: Array  # (slots, stations): powers of the others on its subchannel
    noise_w: float
    rate_law: RateLaw
    cap: float = np.inf  # bit/s/Hz that the user can use
    weight: float = 1.0  # what its data count

    def in_slots(self, slots: NDArray[np.int64]) -> AerialLinks:
        """Return the links of some slots alone (n,), indices from 0."""
        return replace(self, signal_w=self.signal_w[slots], interfering_w=self.interfering_w[slots])

    def efficiency(self, gains: Array) -> Array:
        """Return Shannon's efficiency (slots, ...) in bit/s/Hz for gains (slots, ..., stations)."""
        expand = (slice(None), *(None,) * (gains.ndim - 2), slice(None))
        signal = (gains * self.signal_w[expand]).sum(axis=-1)
        interference = (gains * self.interfering_w[expand]).sum(axis=-1)
        return spectral_efficiency(sinr_of(signal, interference, self.noise_w), None)

    def worth(self, efficiency: Array) -> Array:
        """Return what a planner maximises: what the link carries, plus a little for Shannon's efficiency; same shape.

        A better link than a cap or a step needs costs its station less power, which the power step gives to others.
        """
        carried = np.minimum(self.rate_law.carried(efficiency), self.cap)
        return self.weight * (carried + UNCAPPED_SHARE * efficiency)


def aerial_links(world: World, decision: Decision, index: int, weight: Array | None = None) -> AerialLinks:
    """Return the links of aerial user ``index`` under a decision's association and powers (active convention).

    ``weight`` (users,) is what a Mbit of each user is worth, 1 by default.
    """
    signal = np.zeros((world.slots, world.station_count))
    interfering = np.zeros_like(signal)
    links = decision.links
    slot, _, station, subchannel = (column[links.user == index] for column in links)
    interfering[slot] = decision.used_power_w[slot, :, subchannel]
    signal[slot, station] = interfering[slot, station]
    interfering[slot, station] = 0.0
    law, worth = world.scenario.radio.rate_law, 1.0 if weight is None else float(weight[index])
    return AerialLinks(signal, interfering, world.noise_w, law, float(world.user_cap[index]), worth)
