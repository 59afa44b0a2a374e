"""Mistakes of the twin that go through the same physics: its map, the users' places, old reports, wrong orbits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from itnt_core.arrays import Array, BoolArray
from itnt_core.city import City, pack_polygons
from itnt_core.radio import SpatialField, named_generator
from itnt_core.scenario import positions_m
from itnt_core.sky import SkyTrack, look_angles
from itnt_core.twin.physics import gain_over_noise
from itnt_core.twin.scenario import TwinScenario
from itnt_core.twin.traffic.demand import autoregression
from itnt_core.units import from_db

LOWEST_ROOF_M = 1.0  # of a building that the twin's map has lower than it is


@dataclass(frozen=True, eq=False)
class TwinWorld:
    """The city and the sky as the twin has them."""

    scenario: TwinScenario
    city: City
    sky: SkyTrack

    @classmethod
    def of(cls, scenario: TwinScenario, city: City, sky: SkyTrack) -> TwinWorld:
        """Return the twin's world beside the true one; what is right in it is the true one's own."""
        return cls(scenario, mistaken_city(scenario, city), mistaken_sky(scenario, sky))

    def gain(self, positions: Array, moments: ArrayLike, unknown_db: Array) -> Array:
        """Return what the twin takes the gains (transmitters, users, cycles) for.

        ``positions`` (cycles, users, 3) as the twin has them at the ``moments`` (cycles,) of the sky; ``unknown_db``
        of the gains' shape is what it does not know beside its mistakes.
        """
        found: Array = gain_over_noise(self.scenario, self.city, self.sky, positions, moments) * from_db(unknown_db)
        return found


def is_mistaken(scenario: TwinScenario) -> bool:
    """Say whether the twin makes any mistake that physics has to be asked about."""
    error = scenario.error
    return any((error.missing_buildings, error.higher_m, error.place_m, error.age_cycles, error.ephemeris_s))


def mistaken_city(scenario: TwinScenario, city: City) -> City:
    """Return the city as the twin's map has it: some buildings missing, drawn by the seed, the others too high.

    Buildings under a base station are right: who runs the twin knows their own sites.
    """
    error = scenario.error
    if not (error.missing_buildings or error.higher_m) or not city.building_count:
        return city
    carries_station = _under_stations(scenario, city)
    drawn = named_generator(scenario.seed, "twin", "map").uniform(size=city.building_count)
    stays = carries_station | (drawn >= error.missing_buildings)
    roofs = np.where(
        carries_station,
        city.roof_heights_m,
        np.maximum(city.roof_heights_m + error.higher_m, city.base_heights_m + LOWEST_ROOF_M),
    )
    vertices, starts = pack_polygons(city.footprints()[stays])
    numbers = np.cumsum(stays) - 1
    return replace(
        city,
        vertices_m=vertices,
        ring_starts=starts,
        roof_heights_m=roofs[stays],
        base_heights_m=city.base_heights_m[stays],
        landmark_names=tuple((int(numbers[index]), name) for index, name in city.landmark_names if stays[index]),
    )


def _under_stations(scenario: TwinScenario, city: City) -> BoolArray:
    import shapely

    sites = shapely.points(positions_m(scenario.network.ground_stations)[:, :2])
    under: BoolArray = np.zeros(city.building_count, dtype=bool)
    footprints = city.footprints()
    for site in sites:
        under |= np.asarray(shapely.intersects(footprints, site))
    return under


def mistaken_sky(scenario: TwinScenario, sky: SkyTrack) -> SkyTrack:
    """Return the satellites where an ephemeris some seconds wrong has them, at the same moments, in the same order."""
    ahead_s = scenario.error.ephemeris_s
    if not ahead_s:
        return sky
    # Both together, so that whoever serves in either is known in both.
    both = look_angles(scenario.network, np.concatenate([sky.time_s, sky.time_s + ahead_s]))
    columns = [both.station_ids.index(name) for name in sky.station_ids]
    rows = slice(len(sky.time_s), None)
    return replace(
        sky,
        position_m=both.position_m[rows][:, columns],
        azimuth_deg=both.azimuth_deg[rows][:, columns],
        elevation_deg=both.elevation_deg[rows][:, columns],
        range_km=both.range_km[rows][:, columns],
        serves=None if both.serves is None else both.serves[rows][:, columns],
    )


def mistaken_places(scenario: TwinScenario, positions: Array, name: str = "places") -> Array:
    """Return where the twin has users (cycles, users, 3): each off by one distance, in a direction of its own."""
    off_m = scenario.error.place_m
    if not off_m:
        return positions
    angle = named_generator(scenario.seed, "twin", name).uniform(0.0, 2.0 * np.pi, positions.shape[1])
    moved = np.array(positions)
    moved[:, :, 0] += off_m * np.cos(angle)
    moved[:, :, 1] += off_m * np.sin(angle)
    return moved


def heard_last(scenario: TwinScenario, believed: Array) -> Array:
    """Return gains (transmitters, users, cycles) as old as the twin's reports are; the first ones stay the first."""
    age = scenario.error.age_cycles
    if not age:
        return believed
    cycles = believed.shape[2]
    return believed[:, :, np.maximum(0, np.arange(cycles) - age)]


def unknown_db(scenario: TwinScenario, transmitter_ids: tuple[str, ...], positions: Array, name: str = "csi") -> Array:
    """Return the shadowing in dB that the twin gets wrong (transmitters, users, cycles).

    Lognormal: a part that belongs to the place (a field over space of its own for each transmitter) and a part that is
    each link's own, AR(1) from cycle to cycle. ``positions`` (cycles, users, 3) are the true ones.
    """
    error = scenario.error
    cycles, users = positions.shape[:2]
    normal = named_generator(scenario.seed, "twin", name).standard_normal((cycles, len(transmitter_ids), users))
    wrong = np.moveaxis(autoregression(normal, error.csi_rho), 0, 2)
    if error.csi_fixed_share:
        stays = np.stack([fixed_field(scenario, name)(positions.reshape(-1, 3)) for name in transmitter_ids])
        stays = np.moveaxis(stays.reshape(len(transmitter_ids), cycles, users), 1, 2)
        wrong = np.sqrt(1.0 - error.csi_fixed_share) * wrong + np.sqrt(error.csi_fixed_share) * stays
    return sigmas_db(scenario, len(transmitter_ids))[:, None, None] * wrong


def sigmas_db(scenario: TwinScenario, transmitters: int) -> Array:
    """Return how wrong the twin is about each transmitter's gains (transmitters,), base stations first."""
    error = scenario.error
    stations = len(scenario.network.ground_stations)
    return np.where(np.arange(transmitters) < stations, error.csi_tn_sigma_db, error.csi_ntn_sigma_db)


def fixed_field(scenario: TwinScenario, transmitter_id: str) -> SpatialField:
    """Return the standard normal field over space of what stays wrong about one transmitter."""
    return SpatialField(
        named_generator(scenario.seed, "twin", "csi place", transmitter_id), scenario.error.csi_distance_m
    )
