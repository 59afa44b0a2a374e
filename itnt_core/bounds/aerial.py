"""Bounds on the gains of aerial users over everything they can reach: ceilings for signals, floors for interference."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from itnt_core.network import World
from itnt_core.radio import laws
from itnt_core.radio.random_fields import FEATURES
from itnt_core.radio.satellite import beam_gain, scintillation_db
from itnt_core.scenario import Scenario
from itnt_core.units import from_db

from .pattern import PatternCeiling
from .reach import Reach, reachable
from .types import Array

HEIGHT_CELLS = 6
MAX_RINGS, MIN_RINGS = 48, 4
CELL_BUDGET = 4_000_000
# A field of random cosines with amplitude sqrt(2 / n) each can nowhere exceed sqrt(2 n).
FIELD_LIMIT = float(np.sqrt(2.0 * FEATURES)) + 1e-6
ROUNDING = 1e-9
FIRST_BEAM_NULL = 3.8  # the beam falls steadily up to x = 3.83

LossFloor = Callable[[Scenario, Array, Array, Array], Array]


def aerial_gain_bounds(world: World) -> tuple[Array, Array]:
    """Return the ceiling and the floor (slots, aerial users, stations) of the gains over the reachable sets.

    Left out: separation between aerial users, buildings (any link may be clear or blocked), and, for the floor, every
    urban link (0). With shadowing, the ceiling of an urban GBS link is the field's own limit, far above any real gain:
    with an efficiency cap it stands for "reaches the cap".
    """
    shape = (world.slots, world.aerial_count, world.station_count)
    ceiling, floor = np.zeros(shape), np.zeros(shape)
    patterns = [PatternCeiling(station.antenna) for station in world.scenario.ground_stations]
    rings = int(np.clip(CELL_BUDGET // max(1, ceiling.size * HEIGHT_CELLS), MIN_RINGS, MAX_RINGS))
    for index, user in enumerate(world.scenario.aerial_users):
        reach = reachable(world, user)
        for column, pattern in enumerate(patterns):
            ceiling[:, index, column], floor[:, index, column] = _gbs_bounds(world, reach, column, pattern, rings)
        satellites = slice(world.gbs_count, None)
        ceiling[:, index, satellites], floor[:, index, satellites] = _leo_bounds(world, reach)
    return ceiling * (1.0 + ROUNDING), floor * (1.0 - ROUNDING)


def _gbs_bounds(world: World, reach: Reach, column: int, pattern: PatternCeiling, rings: int) -> tuple[Array, Array]:
    """Return ceiling and floor (slots,) of one GBS link: the greatest over cells of distance and height."""
    station = world.scenario.ground_stations[column]
    least, greatest = reach.horizontal_distances_m(station.east_m, station.north_m)
    share = np.linspace(0.0, 1.0, rings + 1) ** 2  # narrow rings close by, where the law is steep
    edges = least[:, None] + (np.maximum(greatest, least) - least)[:, None] * share  # (slots, rings + 1)
    heights = np.linspace(reach.low_m, np.maximum(reach.high_m, reach.low_m), HEIGHT_CELLS + 1, axis=1)
    near, far = edges[:, :-1, None], edges[:, 1:, None]  # (slots, rings, 1)
    low, high = heights[:, None, :-1], heights[:, None, 1:]  # (slots, 1, cells)
    below, above = low - station.height_m, high - station.height_m
    distance = np.hypot(near, np.maximum(np.maximum(below, -above), 0.0))
    lowest_deg = np.degrees(np.arctan2(below, np.where(below >= 0.0, far, near)))
    highest_deg = np.degrees(np.arctan2(above, np.where(above >= 0.0, near, far)))
    loss_db = LOSS_FLOORS[world.scenario.channel.model](world.scenario, distance, low, high)
    ceiling = from_db(pattern.highest_db(lowest_deg, highest_deg) - loss_db).max(axis=(1, 2))
    if world.scenario.channel.model == "urban":
        return ceiling, np.zeros(world.slots)
    tall = np.maximum(np.abs(reach.low_m - station.height_m), np.abs(reach.high_m - station.height_m))
    farthest = np.maximum(np.hypot(greatest, tall), 1.0)
    beta0 = laws.reference_gain(world.scenario.radio.carrier_ghz)
    return ceiling, beta0 / farthest**2 * float(from_db(np.array(pattern.floor_db)))


def _free_space_floor_db(scenario: Scenario, distance_m: Array, low_m: Array, high_m: Array) -> Array:
    """Return the path loss of eqs. (1) and (2) at the least distance."""
    return np.broadcast_arrays(laws.free_space_db(distance_m, scenario.radio.carrier_ghz), low_m)[0]


def _urban_floor_db(scenario: Scenario, distance_m: Array, low_m: Array, high_m: Array) -> Array:
    """Return the least loss over both sight states and all shadowing: laws fall with height, rise with distance."""
    carrier, deployment = scenario.radio.carrier_ghz, scenario.channel.deployment
    if deployment == "uma":
        clear = laws.uma_av_los_db(distance_m, carrier)
        blocked = laws.uma_av_nlos_db(distance_m, high_m, carrier)
    else:
        clear = laws.umi_av_los_db(distance_m, high_m, carrier)
        blocked = laws.umi_av_nlos_db(distance_m, high_m, carrier)
    if not scenario.channel.shadowing:
        return np.minimum(clear, blocked)
    sigma_clear = laws.shadow_sigma_db(np.array(True), low_m, True, deployment)  # falls with height
    sigma_blocked = laws.shadow_sigma_db(np.array(False), low_m, True, deployment)
    return np.minimum(clear - sigma_clear * FIELD_LIMIT, blocked - sigma_blocked * FIELD_LIMIT)


LOSS_FLOORS: dict[str, LossFloor] = {
    "free_space": _free_space_floor_db,
    "power_law": _free_space_floor_db,
    "urban": _urban_floor_db,
}


def _leo_bounds(world: World, reach: Reach) -> tuple[Array, Array]:
    """Return ceiling and floor (slots, satellites): clear sky at the beam's peak; the far corner off axis."""
    carrier, urban = world.scenario.radio.carrier_ghz, world.scenario.channel.model == "urban"
    satellites = world.sky.serving_position_m  # (slots, L, 3)
    low, high = (corner[:, None, :] for corner in reach.box_m)
    nearest = np.linalg.norm(np.maximum(np.maximum(low - satellites, satellites - high), 0.0), axis=-1)
    farthest = np.linalg.norm(np.maximum(np.abs(low - satellites), np.abs(high - satellites)), axis=-1)
    peak = from_db(np.array([radio.gain_dbi for radio in world.sky.radios], dtype=float))
    loss_db = laws.free_space_db(nearest, carrier) + (scintillation_db(carrier) if urban else 0.0)
    ceiling = np.where(satellites[..., 2] > low[..., 2], peak * from_db(-loss_db), 0.0)
    if urban or world.scenario.channel.atmosphere != "none":  # clutter or rain may take more than a floor can promise
        return ceiling, np.zeros_like(ceiling)
    reach_m = np.linalg.norm(np.maximum(np.abs(low), np.abs(high)), axis=-1)
    sine = np.minimum(reach_m / np.linalg.norm(satellites, axis=-1), 1.0)
    apertures = np.array([radio.beam_aperture_m for radio in world.sky.radios], dtype=float)
    beam = np.zeros_like(sine)
    for column, aperture in enumerate(apertures):
        beam[:, column] = beam_gain(np.arcsin(sine[:, column]), aperture, carrier)
    steady = 2.0 * np.pi * carrier * 1e9 / laws.SPEED_OF_LIGHT_M_S * apertures * sine < FIRST_BEAM_NULL
    seen = steady & (sine < 0.7) & (satellites[..., 2] > high[..., 2])
    return ceiling, np.where(seen, peak * beam * laws.reference_gain(carrier) / farthest**2, 0.0)
