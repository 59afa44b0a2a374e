"""What a user's SINR is made of: its own signal, the interference of every station, and noise (eq. 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from itnt_core.sinr import sinr_of
from itnt_core.units import to_db, watts_to_dbm

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Breakdown:
    """One user in one slot; powers in watts at the receiver, on the user's own subchannel."""

    user: str
    station: str
    signal_w: float
    interference_w: dict[str, float]  # by station, strongest first, zeros left out
    noise_w: float

    @property
    def sinr_db(self) -> float:
        """Return signal / (sum of interferers + noise) in dB."""
        return to_db(sinr_of(self.signal_w, sum(self.interference_w.values()), self.noise_w))

    @property
    def sentence(self) -> str:
        """Say how the SINR comes about, in dBm, for people and for screen readers."""
        heard = [f"{station} {watts_to_dbm(power):.1f} dBm" for station, power in self.interference_w.items()]
        return (
            f"{self.user}: signal of {self.station} {watts_to_dbm(self.signal_w):.1f} dBm, "
            f"interference {', '.join(heard) or 'none'}, noise {watts_to_dbm(self.noise_w):.1f} dBm; "
            f"SINR = signal / (sum of interferers + noise) = {self.sinr_db:.1f} dB."
        )


def sinr_breakdown(data: xr.Dataset, slot: int, user: str) -> Breakdown | None:
    """Return what makes up a user's SINR in slot 1, 2, ... (active convention), or None where it is not served."""
    column = int(np.flatnonzero(data["user"].values == user)[0])
    station = int(data["serving_station"].values[slot - 1, column])
    if station < 0:
        return None
    names = [str(name) for name in data["station"].values]
    powers_w = data["interference_w"].values[slot - 1, column]
    heard = {names[index]: float(powers_w[index]) for index in np.argsort(-powers_w) if powers_w[index] > 0.0}
    signal_w = float(data["signal_w"].values[slot - 1, column])
    return Breakdown(user, names[station], signal_w, heard, float(data.attrs["noise_w"]))


def breakdown_arrays(data: xr.Dataset) -> dict[str, NDArray[Any]]:
    """Return the same facts for all slots and users (T, U) as arrays for the browser, see :func:`heard_arrays`."""
    return heard_arrays(data["signal_w"].values, data["interference_w"].values)


def heard_arrays(signal_w: NDArray[Any], interference_w: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Return what users hear, signal (T, U) and interference (T, U, stations) in watts, as arrays for the browser.

    ``signal_w`` (T, U); interference as a sparse table, for most stations are silent on a user's subchannel: entries
    ``interferer_starts[n]`` to ``interferer_starts[n + 1]`` of ``interferer_station`` and ``interferer_w`` belong to
    cell n = (slot index) * U + user.
    """
    heard = interference_w > 0.0
    counts = heard.reshape(-1, heard.shape[2]).sum(axis=1)
    return {
        "signal_w": signal_w.astype(np.float32),
        "interferer_starts": np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32),
        "interferer_station": np.nonzero(heard)[2].astype(np.uint16),
        "interferer_w": interference_w[heard].astype(np.float32),
    }
