"""Shadowing of many seeds at once: what tells the channels of scenarios apart that differ in nothing but their seed."""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.scenario import Scenario, first_of_site
from itnt_core.units import from_db

from . import laws, satellite
from .random_fields import FEATURES, SpatialField, named_generator, sum_of_rows


class ShadowDraws:
    """The shadowing of an urban scenario by seed, a row for each seed; every other channel model has none.

    Row r holds the very fields that :class:`~itnt_core.radio.UrbanChannel` has for the scenario with that seed, so a
    gain without shadowing times the factor found here is that channel's gain.
    """

    def __init__(self, scenario: Scenario, satellite_ids: Sequence[str], rows: int):
        channel = scenario.channel
        self.scenario, self.rows = scenario, rows
        self.is_on = channel.model == "urban" and channel.shadowing
        sites = [scenario.ground_stations[index].id for index in first_of_site(scenario.ground_stations)]
        self._sites = list(dict.fromkeys(sites))
        self.site_of = np.array([self._sites.index(name) for name in sites], dtype=np.int64)
        self._share = channel.site_correlation
        self._names = [*self._sites, *satellite_ids, *([""] if self._share else [])]
        count = (rows if self.is_on else 0, len(self._names))
        self.waves, self.phases = np.zeros((*count, 3, FEATURES)), np.zeros((*count, FEATURES))
        self.amplitude = float(np.sqrt(2.0 / FEATURES))  # of each cosine, as of every field

    def draw(self, row: int, seed: int) -> None:
        """Give a row the fields of a seed."""
        if not self.is_on:
            return
        for number, name in enumerate(self._names):
            names = ("shadow", name) if name else ("shadow",)
            field = SpatialField(named_generator(seed, *names), self.scenario.channel.shadow_correlation_m)
            self.waves[row, number] = field.wave_vectors.T / (2.0 * np.pi)
            self.phases[row, number] = field.phases / (2.0 * np.pi)

    def gbs_factor(self, points_m: Array, sight: BoolArray, aerial: bool) -> Array:
        """Return what shadowing makes of gains of GBSs (rows, n, GBSs), linear, at points (rows, n, 3) of every row.

        ``sight`` (rows, n, GBSs) says which lines of sight are clear.
        """
        if not self.is_on:
            return np.ones(sight.shape)
        sites = self._values(points_m, range(len(self._sites)))
        if self._share:
            common = self._values(points_m, [len(self._names) - 1])
            sites = np.sqrt(self._share) * common + np.sqrt(1.0 - self._share) * sites
        sigma_db = laws.shadow_sigma_db(sight, points_m[..., 2:], aerial, self.scenario.channel.deployment)
        return from_db(-sigma_db * sites[..., self.site_of])

    def leo_factor(self, points_m: Array, elevation_deg: Array, sight: BoolArray) -> Array:
        """Return the same of satellites for ground users (rows, moments, n, satellites), at points of that lead.

        ``elevation_deg`` and ``sight`` have that shape; the points (rows, moments or 1, n, 3) may stay where they are.
        """
        if not self.is_on:
            return np.ones(sight.shape)
        first, shape = len(self._sites), points_m.shape[:-1]
        flat = points_m.reshape(shape[0], shape[1] * shape[2], 3)
        values = self._values(flat, range(first, first + sight.shape[-1])).reshape(*shape, sight.shape[-1])
        clutter, row = self.scenario.channel.clutter, satellite.table_row(elevation_deg)
        sigma_db = np.where(sight, satellite.SIGMA_LOS_DB[clutter][row], satellite.SIGMA_NLOS_DB[clutter][row])
        return from_db(-sigma_db * values)

    def _values(self, points_m: Array, numbers: Sequence[int]) -> Array:
        """Return fields by their numbers (rows, n, numbers) at points (rows, n, 3)."""
        points, wanted = np.ascontiguousarray(points_m, dtype=float), np.array(numbers, dtype=np.int64)
        return _row_fields(points, wanted, self.waves, self.phases) * self.amplitude


@numba.njit(cache=True, nogil=True)
def _row_fields(points: Array, wanted: IntArray, waves: Array, phases: Array) -> Array:  # pragma: no cover - compiled
    """Return the fields (rows, n, wanted) at points (rows, n, 3), each row by its own waves."""
    found = np.empty((points.shape[0], points.shape[1], len(wanted)))
    for row in range(len(points)):
        for column in range(len(wanted)):
            number = wanted[column]
            found[row, :, column] = sum_of_rows(points[row], waves[row, number], phases[row, number])
    return found
