"""The data service as a differentiable function of waypoints and powers, in torch.

The gains of aerial users towards GBSs are interpolated between the nodes of a grid, which softens the edges of line of
sight; satellite gains and ground users' gains do not depend on the waypoints. The judge is never softened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from itnt_core.arrays import Array
from itnt_core.network import Decision, World, min_sinr
from itnt_core.rate_laws import RateLaw
from itnt_core.sinr import sinr_of
from itnt_core.units import from_db, to_db

SPACING_M, LEVELS = 80.0, 8  # of the gain map: between its columns, and its heights
MOST_ENTRIES = 20_000_000  # of a gain map: a large area with many GBSs gets a wider spacing
ENTRIES_AT_ONCE = 2_000_000  # of one call of the channel, which needs some ten arrays of that size


@dataclass(frozen=True, eq=False)
class GainMap:
    """GBS gains in dB on a regular grid, interpolated linearly."""

    table_db: Any  # torch (nx, ny, nz, GBSs)
    low_m: Any  # torch (3,)
    step_m: Any  # torch (3,)

    @classmethod
    def of(cls, world: World) -> GainMap:
        """Evaluate the channel on a grid over the area and the heights that aerial users may use.

        The grid is 80 m wide, or as wide as 20 million entries (80 MB) need it to be.
        """
        import torch

        users = world.scenario.aerial_users
        half = world.scenario.area.size_m / 2
        count = int(np.ceil(2 * half / SPACING_M)) + 1
        count = max(2, min(count, int(np.sqrt(MOST_ENTRIES / (LEVELS * max(1, world.gbs_count))))))
        flat = np.linspace(-half, half, count)
        heights = np.linspace(min(u.min_height_m for u in users), max(u.max_height_m for u in users), LEVELS)
        mesh = np.stack([axis.ravel() for axis in np.meshgrid(flat, flat, heights, indexing="ij")], axis=1)
        flat_db = np.empty((len(mesh), world.gbs_count), dtype=np.float32)
        at_once = max(1, ENTRIES_AT_ONCE // max(1, world.gbs_count))
        for first in range(0, len(mesh), at_once):
            gains = world.channel.gbs_gain(mesh[first : first + at_once], aerial=True)
            flat_db[first : first + at_once] = to_db(gains)
        table = flat_db.reshape(count, count, LEVELS, world.gbs_count)
        low = np.array([flat[0], flat[0], heights[0]])
        step = np.array([flat[1] - flat[0], flat[1] - flat[0], max(heights[1] - heights[0], 1.0)])
        return cls(*(torch.tensor(item, dtype=torch.float32) for item in (table, low, step)))

    def __call__(self, points: Any) -> Any:
        """Return linear gains (..., GBSs) at torch points (..., 3)."""
        import torch

        sizes = torch.tensor(self.table_db.shape[:3])
        place = (points - self.low_m) / self.step_m
        place = torch.minimum(torch.maximum(place, torch.zeros(3)), sizes - 1.001)
        corner = place.detach().floor().long()
        share = place - corner
        total: Any = 0.0
        for dx in (0, 1):
            for dy in (0, 1):
                for dz in (0, 1):
                    bits = torch.tensor([dx, dy, dz])
                    weight = torch.where(bits.bool(), share, 1.0 - share).prod(dim=-1, keepdim=True)
                    index = torch.minimum(corner + bits, sizes - 1)
                    total = total + weight * self.table_db[index[..., 0], index[..., 1], index[..., 2]]
        return from_db(total)


@dataclass(frozen=True, eq=False)
class LinkTensors:
    """One association as torch tensors; gains are divided by the noise, powers are shares of the station's limit."""

    linked: Any  # (slots, users) float
    station: Any  # (slots, users) long, 0 where unserved
    subchannel: Any  # (slots, users) long, 0 where unserved
    heard: Any  # (slots, users, stations): active co-channel stations, the serving one included
    ground: Any  # (slots, ground users, stations) gain x P_max / noise on the user's own subchannel
    leo: Any  # (slots, aerial users, satellites)
    gbs_scale: Any  # (GBSs,) P_max / noise
    used: Any  # (slots, stations, subchannels) float
    min_sinr: float
    rate_law: RateLaw
    cap: Any  # (users,) bit/s/Hz that count at most

    @classmethod
    def of(cls, world: World, decision: Decision, gains: Array) -> LinkTensors:
        """Build from a decision and its gains (slots, users, stations, subchannels)."""
        import torch

        linked = decision.linked
        station, subchannel = (np.where(linked, array, 0) for array in (decision.station, decision.subchannel))
        used = decision.occupied.astype(float)
        own = np.take_along_axis(gains, subchannel[:, :, None, None], axis=3)[..., 0]
        scaled = own * world.station_max_power_w / world.noise_w
        heard = np.take_along_axis(used.transpose(0, 2, 1), subchannel[:, :, None], axis=1)
        aerial = world.aerial_count

        def real(array: Any) -> Any:
            return torch.tensor(np.ascontiguousarray(array), dtype=torch.float32)

        return cls(
            real(linked),
            torch.tensor(station),
            torch.tensor(subchannel),
            real(heard),
            real(scaled[:, aerial:]),
            real(scaled[:, :aerial, world.gbs_count :]),
            real(world.station_max_power_w[: world.gbs_count] / world.noise_w),
            real(used),
            min_sinr(world, "active"),
            world.scenario.radio.rate_law,
            real(world.user_cap),
        )


def efficiencies(links: LinkTensors, gain_map: GainMap | None, waypoints: Any, power: Any) -> tuple[Any, Any]:
    """Return Shannon's efficiencies and log-SINR shortfalls below the floor, both (restarts, slots, users).

    ``waypoints`` are (restarts, slots, aerial users, 3), ``power`` (restarts, slots, stations, subchannels) shares;
    ``gain_map`` is None where there are no aerial users.
    """
    import torch

    restarts = power.shape[0]
    gain = links.ground.expand(restarts, *links.ground.shape)
    if gain_map is not None:
        gbs = gain_map(waypoints) * links.gbs_scale
        aerial = torch.cat([gbs, links.leo.expand(restarts, *links.leo.shape)], dim=-1)
        gain = torch.cat([aerial, gain], dim=2)  # (R, T, U, B)
    index = links.subchannel[None, :, :, None].expand(restarts, -1, -1, power.shape[2])
    on_air = torch.gather(power.transpose(2, 3), 2, index)  # (R, T, U, B)
    received = gain * on_air * links.heard
    own = links.station[None, :, :, None].expand(restarts, -1, -1, 1)
    signal = torch.gather(received, 3, own)[..., 0]
    interference = torch.clamp(received.sum(dim=-1) - signal, min=0.0)  # in single precision it may fall below
    sinr = torch.clamp(sinr_of(signal, interference, 1.0), min=1e-9)
    shortfall = torch.relu(np.log(links.min_sinr * 1.05) - torch.log(sinr)) * links.linked
    return torch.log2(1.0 + sinr) * links.linked, shortfall
