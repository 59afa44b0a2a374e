"""Bounds on the gains of aerial users over everything they can reach: ceilings for signals, floors for interference."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from itnt_core.network import World
from itnt_core.radio import Field, UrbanChannel, beam_gain, laws, scintillation_db
from itnt_core.scenario import Scenario
from itnt_core.units import from_db

from .field import lowest_field
from .known import stated_losses
from .pattern import PatternCeiling
from .places import Ceilings, greatest_gains
from .reach import Reach, reachable
from .types import Array

HEIGHT_CELLS = 6  # between the lowest and the highest place that a user reaches
MAX_RINGS, MIN_RINGS = 48, 4  # of distance around a GBS, as many as the budget allows
CELL_BUDGET = 4_000_000  # cells of all slots, users and GBSs together, about: bounds the memory
ALL_PLACES = 4_000_000  # boxes of places that are looked at for all GBSs together, at most
ROUNDING = 1e-9  # relative, far above what sums of doubles lose: the bound stays one
ROUNDING_DEG = 1e-6  # of angles in plan
FIRST_BEAM_NULL = 3.8  # the beam falls steadily up to x = 3.83

FREE_SPACE_MODELS = ("free_space", "power_law")  # of aerial users
Sector = tuple[Array, Array]  # bearing clockwise from north and half width, degrees
LossFloors = Callable[[Scenario, Array, Array, Array], tuple[Array, ...]]


def aerial_gain_bounds(world: World, places: int = 800) -> tuple[Array, Array]:
    """Return the ceiling and the floor (slots, aerial users, stations) of the gains over the reachable sets.

    Left out: separation between aerial users, what bars their way and what their batteries hold (each only leaves
    fewer flights), buildings (any link may be clear or blocked), and, for the floor, every urban link (0). Shadowing
    is a field that the scenario's seed fixes: where there is any, the ceiling is that of the field itself over small
    boxes that cover the reachable set (:mod:`itnt_core.bounds.places`), ``places`` of them per slot and GBS.
    """
    shape = (world.slots, world.aerial_count, world.station_count)
    ceiling, floor = np.zeros(shape), np.zeros(shape)
    scenario = world.scenario
    patterns = [PatternCeiling(one.antenna, scenario.antenna_pattern(one.antenna)) for one in scenario.ground_stations]
    rings = int(np.clip(CELL_BUDGET // max(1, ceiling.size * HEIGHT_CELLS), MIN_RINGS, MAX_RINGS))
    reaches = [reachable(world, user) for user in world.scenario.aerial_users]
    shadows = _shadows(world)
    for index, reach in enumerate(reaches):
        for column, pattern in enumerate(patterns):
            if not shadows:
                ceiling[:, index, column] = _ring_ceiling(world, reach, column, pattern, rings)
            floor[:, index, column] = _gbs_floor(world, reach, column, pattern)
        satellites = slice(world.gbs_count, None)
        ceiling[:, index, satellites], floor[:, index, satellites] = _leo_bounds(world, reach)
    if shadows and reaches:
        for column, (pattern, shadow) in enumerate(zip(patterns, shadows, strict=True)):
            gains = _place_ceilings(world.scenario, column, pattern, shadow)
            budget = min(places * world.slots, ALL_PLACES // len(patterns))
            ceiling[:, :, column] = greatest_gains(reaches, gains, budget)
    return ceiling * (1.0 + ROUNDING), floor * (1.0 - ROUNDING)


def _shadows(world: World) -> list[Field]:
    """Return the shadowing field of every GBS towards aerial users; none where the channel does not shadow.

    By the name of the model, as everything here: somebody else's may be a subclass, and another law.
    """
    channel = world.channel
    return channel.gbs_shadow if world.scenario.channel.model == "urban" and isinstance(channel, UrbanChannel) else []


def _ring_ceiling(world: World, reach: Reach, column: int, pattern: PatternCeiling, rings: int) -> Array:
    """Return the ceiling (slots,) of one GBS link without shadowing: the greatest over cells of distance and height."""
    scenario = world.scenario
    station = scenario.ground_stations[column]
    least, greatest = reach.horizontal_distances_m(station.east_m, station.north_m)
    share = np.linspace(0.0, 1.0, rings + 1) ** 2  # narrow rings close by, where the law is steep
    edges = least[:, None] + (np.maximum(greatest, least) - least)[:, None] * share  # (slots, rings + 1)
    heights = np.linspace(reach.low_m, np.maximum(reach.high_m, reach.low_m), HEIGHT_CELLS + 1, axis=1)
    near, far = edges[:, :-1, None], edges[:, 1:, None]  # (slots, rings, 1)
    low, high = heights[:, None, :-1], heights[:, None, 1:]  # (slots, 1, cells)
    sector = _sector_of_reach(scenario, column, reach) if pattern.antenna.is_directional else None
    antenna_db, distance_m = _directions(scenario, column, pattern, (near, far), (low, high), sector)
    losses = _loss_floors_db(world, distance_m, low, high)
    return from_db(antenna_db - np.minimum.reduce(losses)).max(axis=(1, 2))


def _loss_floors_db(world: World, distance_m: Array, low_m: Array, high_m: Array) -> tuple[Array, ...]:
    """Return the least path losses of cells, of each case that a link may be in (UnknownBoundError)."""
    known = LOSS_FLOORS.get(world.scenario.channel.model)
    if known is not None:
        return known(world.scenario, distance_m, low_m, high_m)
    least_db = stated_losses(world).least_gbs_loss_db(distance_m, low_m, high_m)
    return (np.broadcast_to(least_db, np.broadcast_shapes(distance_m.shape, high_m.shape)),)


def _place_ceilings(scenario: Scenario, column: int, pattern: PatternCeiling, shadow: Field) -> Ceilings:
    """Return a function for the ceiling of one shadowed GBS link over boxes of places."""
    station = scenario.ground_stations[column]
    deployment = scenario.channel.deployment

    def gains(middle_m: Array, shift_m: Array, half_m: Array) -> Array:
        place_m = middle_m[:, None, :] + shift_m  # (n, parts, 3)
        away = np.moveaxis(np.abs(place_m[..., :2] - (station.east_m, station.north_m)), -1, 0)
        side = half_m[:2, None, None]
        near, far = np.hypot(*np.maximum(away - side, 0.0)), np.hypot(*(away + side))
        low, high = place_m[..., 2] - half_m[2], place_m[..., 2] + half_m[2]
        sector = None
        if pattern.antenna.is_directional:
            radius_m = np.full(away.shape[1:], np.hypot(half_m[0], half_m[1]))
            sector = _sector(place_m[..., :2] - (station.east_m, station.north_m), radius_m)
        antenna_db, distance_m = _directions(scenario, column, pattern, (near, far), (low, high), sector)
        lowest = lowest_field(shadow, middle_m, shift_m, half_m)
        best_db = np.full(lowest.shape, -np.inf)
        for clear, loss_db in zip((True, False), _urban_floors_db(scenario, distance_m, low, high), strict=True):
            # the spread falls with height: where the field only takes away, it takes least at the top
            at = np.where(lowest < 0.0, low, high)
            sigma_db = laws.shadow_sigma_db(np.array(clear), at, True, deployment)
            best_db = np.maximum(best_db, antenna_db - loss_db - sigma_db * lowest)
        return from_db(best_db)

    return gains


def _sector_of_reach(scenario: Scenario, column: int, reach: Reach) -> Sector:
    """Return the directions (slots, 1, 1) in which a GBS sees what an aerial user reaches."""
    station = scenario.ground_stations[column]
    low, high = (corner[:, None, None, :2] for corner in reach.box_m)
    middle_m = (low + high) / 2.0 - (station.east_m, station.north_m)
    return _sector(middle_m, np.linalg.norm(np.maximum(high - low, 0.0), axis=-1) / 2.0)


def _sector(middle_m: Array, radius_m: Array) -> Sector:
    """Return bearing and half width in degrees of discs seen from the origin: middles (..., 2), radii (...)."""
    distance_m = np.hypot(middle_m[..., 0], middle_m[..., 1])
    is_outside = distance_m > radius_m
    sine = np.divide(radius_m, distance_m, out=np.ones_like(distance_m), where=is_outside)
    half_deg = np.where(is_outside, np.degrees(np.arcsin(sine)) + ROUNDING_DEG, 180.0)
    return np.degrees(np.arctan2(middle_m[..., 0], middle_m[..., 1])), half_deg


def _directions(
    scenario: Scenario,
    column: int,
    pattern: PatternCeiling,
    distances_m: tuple[Array, Array],
    heights_m: tuple[Array, Array],
    sector: Sector | None,
) -> tuple[Array, Array]:
    """Return the greatest antenna gain in dBi and the least distance in metres of cells of a GBS's surroundings.

    Least and greatest horizontal distances and heights in metres, bearing and half width in degrees (None: all around);
    shapes broadcast.
    """
    (near, far), (low, high) = distances_m, heights_m
    height_m = scenario.ground_stations[column].height_m
    below, above = low - height_m, high - height_m
    distance_m = np.hypot(near, np.maximum(np.maximum(below, -above), 0.0))
    lowest_deg = np.degrees(np.arctan2(below, np.where(below >= 0.0, far, near)))
    highest_deg = np.degrees(np.arctan2(above, np.where(above >= 0.0, near, far)))
    return pattern.highest_db(lowest_deg, highest_deg, *(sector or ())), distance_m


def _gbs_floor(world: World, reach: Reach, column: int, pattern: PatternCeiling) -> Array:
    """Return the floor (slots,) of one GBS link: the farthest corner, in the antenna's worst direction.

    Only free space, as both models of the paper have it for aerial users, promises anything.
    """
    if world.scenario.channel.model not in FREE_SPACE_MODELS:
        return np.zeros(world.slots)
    station = world.scenario.ground_stations[column]
    _, greatest = reach.horizontal_distances_m(station.east_m, station.north_m)
    tall = np.maximum(np.abs(reach.low_m - station.height_m), np.abs(reach.high_m - station.height_m))
    farthest = np.maximum(np.hypot(greatest, tall), 1.0)
    beta0 = laws.reference_gain(world.scenario.radio.carrier_ghz)
    return beta0 / farthest**2 * float(from_db(np.array(pattern.floor_db)))


def _free_space_floors_db(scenario: Scenario, distance_m: Array, low_m: Array, high_m: Array) -> tuple[Array, ...]:
    """Return the path loss of eqs. (1) and (2) at the least distance."""
    return (np.broadcast_arrays(laws.free_space_db(distance_m, scenario.radio.carrier_ghz), low_m)[0],)


def _urban_floors_db(scenario: Scenario, distance_m: Array, low_m: Array, high_m: Array) -> tuple[Array, ...]:
    """Return the least losses with and without line of sight: the laws fall with height and rise with distance."""
    carrier = scenario.radio.carrier_ghz
    if scenario.channel.deployment == "uma":
        return laws.uma_av_los_db(distance_m, carrier), laws.uma_av_nlos_db(distance_m, high_m, carrier)
    return laws.umi_av_los_db(distance_m, high_m, carrier), laws.umi_av_nlos_db(distance_m, high_m, carrier)


LOSS_FLOORS: dict[str, LossFloors] = {
    "free_space": _free_space_floors_db,
    "power_law": _free_space_floors_db,
    "urban": _urban_floors_db,
}


def _leo_bounds(world: World, reach: Reach) -> tuple[Array, Array]:
    """Return ceiling and floor (slots, satellites): clear sky at the beam's peak; the far corner off axis."""
    carrier, model = world.scenario.radio.carrier_ghz, world.scenario.channel.model
    satellites = world.sky.serving_position_m  # (slots, L, 3)
    low, high = (corner[:, None, :] for corner in reach.box_m)
    nearest = np.linalg.norm(np.maximum(np.maximum(low - satellites, satellites - high), 0.0), axis=-1)
    farthest = np.linalg.norm(np.maximum(np.abs(low - satellites), np.abs(high - satellites)), axis=-1)
    peak = from_db(np.array([radio.gain_dbi for radio in world.sky.radios], dtype=float))
    if model in LOSS_FLOORS:
        loss_db = laws.free_space_db(nearest, carrier) + (scintillation_db(carrier) if model == "urban" else 0.0)
    else:
        loss_db = stated_losses(world).least_leo_loss_db(nearest)
    ceiling = np.where(satellites[..., 2] > low[..., 2], peak * from_db(-loss_db), 0.0)
    # clutter or rain may take more than a floor can promise
    if model not in FREE_SPACE_MODELS or world.scenario.channel.atmosphere != "none":
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
