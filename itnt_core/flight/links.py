"""What an aerial user's served links are worth at other places: it only receives, so nobody else is affected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array
from itnt_core.network import Decision, World
from itnt_core.sinr import sinr_of, spectral_efficiency

UNCAPPED_SHARE = 0.2  # worth of a bit/s/Hz above the cap beside one below it


@dataclass(frozen=True, eq=False)
class AerialLinks:
    """The links of one aerial user over all slots, everything fixed but its position."""

    signal_w: Array  # (slots, stations): power of its own link at its station, zero elsewhere
    interfering_w: Array  # (slots, stations): powers of the others on its subchannel
    noise_w: float
    efficiency_cap: float | None

    def efficiency(self, gains: Array) -> Array:
        """Return the spectral efficiency (slots, ...) in bit/s/Hz for gains (slots, ..., stations)."""
        expand = (slice(None), *(None,) * (gains.ndim - 2), slice(None))
        signal = (gains * self.signal_w[expand]).sum(axis=-1)
        interference = (gains * self.interfering_w[expand]).sum(axis=-1)
        return spectral_efficiency(sinr_of(signal, interference, self.noise_w), None)

    def worth(self, efficiency: Array) -> Array:
        """Return what a planner maximises: the capped efficiency, plus a little for a margin above the cap; same shape.

        A better link than the cap needs costs its station less power, which the power step gives to others.
        """
        capped = efficiency if self.efficiency_cap is None else np.minimum(efficiency, self.efficiency_cap)
        return capped + UNCAPPED_SHARE * efficiency


def aerial_links(world: World, decision: Decision, index: int) -> AerialLinks:
    """Return the links of aerial user ``index`` under a decision's association and powers (active convention)."""
    signal = np.zeros((world.slots, world.station_count))
    interfering = np.zeros_like(signal)
    links = decision.links
    slot, _, station, subchannel = (column[links.user == index] for column in links)
    interfering[slot] = decision.used_power_w[slot, :, subchannel]
    signal[slot, station] = interfering[slot, station]
    interfering[slot, station] = 0.0
    return AerialLinks(signal, interfering, world.noise_w, world.scenario.radio.spectral_efficiency_cap)
