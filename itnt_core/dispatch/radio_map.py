"""The radio map that a dispatcher knows beforehand: gains over the area at every flight level, shadowing left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.cached import cached_property
from itnt_core.radio import satellite_links_at
from itnt_core.units import to_db

from .setting import Setting

SKY_CELLS = 20  # of the satellites' map along a side: a beam is much wider than the area


@dataclass(frozen=True, eq=False)
class RadioMap:
    """Gains at the centres of square cells; rows run north, columns east.

    Of GBSs for every level, of satellites for every slot at the middle level, in larger cells.
    """

    gain: Array  # (I, n, n, GBSs), linear
    sight: BoolArray  # (I, n, n, GBSs)
    sky_gain: Array  # (T, SKY_CELLS, SKY_CELLS, satellites), linear
    cell_m: float
    half_m: float

    @classmethod
    def of(cls, setting: Setting, cell_m: float | None = None) -> RadioMap:
        """Compute the map of a setting with cells of so many metres (the option's ``map_m``), a little less at most."""
        side_m = 2.0 * setting.half_m
        count = int(np.ceil(side_m / (setting.options.map_m if cell_m is None else cell_m)))
        levels = [_centres(setting, count, height_m) for height_m in setting.heights_m.tolist()]
        gain, sight = gbs_links(setting, np.stack(levels))
        above = _centres(setting, SKY_CELLS, float(np.median(setting.heights_m)))
        sky_gain = sky_links(setting, above, np.arange(setting.world.slots)[:, None])
        shape = (len(levels), count, count, -1)
        grid = (len(sky_gain), SKY_CELLS, SKY_CELLS, sky_gain.shape[2])
        return cls(gain.reshape(shape), sight.reshape(shape), sky_gain.reshape(grid), side_m / count, setting.half_m)

    def look_up(self, points_m: Array) -> tuple[Array, BoolArray]:
        """Return gains and sight (n, I, GBSs) of the cells that points (n, I, 2) in metres lie in, level by level."""
        place = self._places(points_m)
        return self.gain[place], self.sight[place]

    def look_up_gain(self, points_m: Array) -> Array:
        """Return the gains (n, I, GBSs) alone."""
        return self.gain[self._places(points_m)]

    def _places(self, points_m: Array) -> tuple[IntArray, IntArray, IntArray]:
        cells = ((points_m + self.half_m) / self.cell_m).astype(np.int64)
        np.clip(cells, 0, self.gain.shape[1] - 1, out=cells)
        return np.arange(self.gain.shape[0]), cells[..., 1], cells[..., 0]

    @cached_property
    def narrow_gain(self) -> NDArray[np.float32]:
        """Return the gains of GBSs (I, n, n, GBSs) in half the memory, for what is observed in such numbers."""
        return self.gain.astype(np.float32)

    def look_up_sky(self, points_m: Array, slot: int) -> Array:
        """Return gains of satellites (n, I, satellites) in the cells that points (n, I, 2) lie in, in a slot."""
        cells = ((points_m + self.half_m) * (SKY_CELLS / (2.0 * self.half_m))).astype(np.int64)
        np.clip(cells, 0, SKY_CELLS - 1, out=cells)
        return self.sky_gain[slot, cells[..., 1], cells[..., 0]]

    def errors_db(self, setting: Setting, points: int, seed: int) -> Array:
        """Return by how many dB the map is wrong (points, I, GBSs) at places drawn evenly over the area."""
        drawn = np.random.default_rng(seed).uniform(-self.half_m, self.half_m, (points, setting.aerial_count, 2))
        heights = np.broadcast_to(setting.heights_m[:, None], (points, setting.aerial_count, 1))
        exact, _ = gbs_links(setting, np.concatenate([drawn, heights], axis=2))
        return to_db(self.look_up(drawn)[0]) - to_db(exact)


def _centres(setting: Setting, count: int, height_m: float) -> Array:
    """Return the centres (cells, 3) of so many cells along a side at a height."""
    centres = ((np.arange(count) + 0.5) * 2.0 / count - 1.0) * setting.half_m
    north, east = np.meshgrid(centres, centres, indexing="ij")
    return np.stack([east.ravel(), north.ravel(), np.full(count * count, height_m)], axis=1)


def gbs_links(setting: Setting, points_m: Array) -> tuple[Array, BoolArray]:
    """Return the gains and the sight (n, I, GBSs) of aerial users at points (n, I, 3), shadowing left out."""
    flat = points_m.reshape(-1, 3)
    sight = setting.channel.gbs_sight(flat, True)
    shape = (*points_m.shape[:-1], sight.shape[1])
    return setting.channel.gbs_gain(flat, True, sight).reshape(shape), sight.reshape(shape)


def sky_links(setting: Setting, points_m: Array, slots: IntArray) -> Array:
    """Return the gains (n, I, satellites) of aerial users at points (n, I, 3) in slots (n, 1)."""
    return satellite_links_at(setting.channel, setting.world.sky, points_m, slots, True)[0]
