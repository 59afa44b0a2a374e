"""Worlds as they turn out to be: users, demand, missions, satellites and shadowing, drawn for each seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.radio import ShadowDraws, by_station, elevations_at_deg, links_at, named_generator

from .setting import Setting

EDGE = 0.95  # of half the side: missions begin within
LEG_SHARE = (0.35, 0.8)  # of what an aerial user could reach, and of the side at most, as in the presets
LATEST = 0.5  # of the window: when the last mission appears
FAILS, ARRIVES = (0.2, 0.8), (0.1, 0.6)  # of the window: when satellites fail, and when late ones begin


@dataclass(eq=False)
class DrawnWorlds:
    """What happens in n worlds, the future included; a dispatcher sees of it what has happened.

    T slots, I aerial and J ground users, U = I + J, L satellites, B stations.
    """

    start_m: Array  # (n, I, 2)
    destination_m: Array  # (n, I, 2)
    appears: IntArray  # (n, I): the slot in which a mission is there first
    arrivals_mbit: Array  # (n, T, U)
    serves: BoolArray  # (n, T, L)
    ground_m: Array  # (n, blocks, J, 2): where ground users are while a block lasts
    ground_gain: Array  # (n, blocks, J, B): while all satellites serve


def draw_worlds(setting: Setting, seeds: IntArray, shadows: ShadowDraws) -> DrawnWorlds:
    """Return the worlds of seeds (n,) and put their shadowing into the rows of ``shadows``; the same for each seed."""
    rows, aerial, ground = len(seeds), setting.aerial_count, setting.ground_count
    slots, satellites = setting.world.slots, len(setting.world.sky.station_ids)
    sizes = (2 * ground, 5 * aerial, (slots + 1) * (aerial + ground), 2 * satellites)
    drawn = np.empty((rows, sum(sizes)))
    for row, seed in enumerate(seeds.tolist()):
        drawn[row] = named_generator(seed, "dispatch", "world").random(drawn.shape[1])
        shadows.draw(row, seed)
    places, missions, demand, sky = np.split(drawn, np.cumsum(sizes[:-1]), axis=1)
    start_m, destination_m, appears = _missions(setting, missions.reshape(rows, aerial, 5))
    present = appears[:, None] <= np.arange(slots)[:, None]
    arrivals = _arrivals(setting, demand.reshape(rows, slots + 1, aerial + ground))
    arrivals[:, :, :aerial] *= present
    ground_m = _ground_places(setting, places.reshape(rows, 2, ground))
    serves = _serving(setting, sky.reshape(rows, satellites, 2))
    gains = _ground_gains(setting, ground_m, shadows)
    return DrawnWorlds(start_m, destination_m, appears, arrivals, serves, ground_m, gains)


def _missions(setting: Setting, drawn: Array) -> tuple[Array, Array, IntArray]:
    """Return starts, destinations (n, I, 2) and first slots (n, I) from numbers (n, I, 5) between 0 and 1."""
    half_m, slots = EDGE * setting.half_m, setting.world.slots
    start_m = half_m * (2.0 * drawn[..., :2] - 1.0)
    late = setting.options.late_missions
    share = drawn[..., 2] / late if late else np.ones(drawn.shape[:2])
    appears = np.where(share < 1.0, np.floor(share * LATEST * slots), 0.0).astype(np.int64)
    reach_m = np.minimum(setting.reach_m * (slots - appears), 2.0 * half_m)
    leg_m = (LEG_SHARE[0] + (LEG_SHARE[1] - LEG_SHARE[0]) * drawn[..., 3]) * reach_m
    angle = 2.0 * np.pi * drawn[..., 4]
    end_m = start_m + leg_m[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return start_m, np.clip(end_m, -half_m, half_m), appears


def _arrivals(setting: Setting, drawn: Array) -> Array:
    """Return what users ask for (n, T, U) in Mbit a slot, from numbers (n, T + 1, U): it comes and goes."""
    options, slot_s = setting.options, setting.slot_s
    comes = min(slot_s / options.off_s, 1.0) if options.off_s else 1.0
    goes = min(slot_s / options.on_s, 1.0) if options.off_s else 0.0
    is_on = np.empty(drawn.shape, dtype=bool)
    is_on[:, 0] = drawn[:, 0] < options.on_s / (options.on_s + options.off_s)
    for slot in range(1, drawn.shape[1]):
        is_on[:, slot] = np.where(is_on[:, slot - 1], drawn[:, slot] >= goes, drawn[:, slot] < comes)
    rate = np.full(drawn.shape[2], options.ground_mbit_s)
    rate[: setting.aerial_count] = options.aerial_mbit_s
    return is_on[:, 1:] * (rate * slot_s)


def _serving(setting: Setting, drawn: Array) -> BoolArray:
    """Return which satellites serve (n, T, L), from numbers (n, L, 2): most always, some fail, some come late."""
    options, slots = setting.options, setting.world.slots
    fails, late = drawn[..., 0] < options.failing, drawn[..., 0] >= 1.0 - options.arriving_late
    ends, begins = (slots * (low + (high - low) * drawn[..., 1]) for low, high in (FAILS, ARRIVES))
    slot = np.arange(slots)[:, None]
    return ~(fails[:, None] & (slot >= ends[:, None])) & ~(late[:, None] & (slot < begins[:, None]))


def _ground_places(setting: Setting, drawn: Array) -> Array:
    """Return where ground users are (n, blocks, J, 2), from numbers (n, 2, J): the first of them walk somewhere."""
    chosen = setting.places_m[(drawn * len(setting.places_m)).astype(np.int64)]  # (n, 2, J, 2)
    first = np.flatnonzero(np.diff(setting.block_of_slot, prepend=-1))
    walked_m = setting.options.walk_m_s * setting.slot_s * first  # (blocks,)
    way = chosen[:, 1] - chosen[:, 0]
    length_m = np.maximum(np.hypot(way[..., 0], way[..., 1]), 1e-9)
    share = np.minimum(walked_m[:, None] / length_m[:, None], 1.0)
    share[:, :, walkers(setting) :] = 0.0
    return chosen[:, :1] + share[..., None] * way[:, None]


def walkers(setting: Setting) -> int:
    """Return how many ground users walk."""
    return round(setting.options.walking * setting.ground_count)


def _ground_gains(setting: Setting, ground_m: Array, shadows: ShadowDraws) -> Array:
    """Return the gains (n, blocks, J, B) of ground users at places (n, blocks, J, 2), shadowing included."""
    walking = walkers(setting)
    height_m = np.full((*ground_m.shape[:3], 1), setting.ground_height_m)
    points_m = np.concatenate([ground_m, height_m], axis=3)
    moving = _gains_of(setting, points_m[:, :, :walking], shadows)
    standing = _gains_of(setting, points_m[:, :1, walking:], shadows)
    return np.concatenate([moving, standing], axis=2)


def _gains_of(setting: Setting, points_m: Array, shadows: ShadowDraws) -> Array:
    """Return gains (n, blocks, users, B) at points (n, blocks or 1, users, 3)."""
    first = np.flatnonzero(np.diff(setting.block_of_slot, prepend=-1))[:, None]
    gains, sight = links_at(setting.channel, setting.world.sky, points_m, first, False)
    gbs, (rows, moments, users, _) = setting.world.gbs_count, points_m.shape
    clear = sight[:, :moments, :, :gbs]
    flat = (rows, moments * users)
    of_gbs = shadows.gbs_factor(points_m.reshape(*flat, 3), clear.reshape(*flat, gbs), False).reshape(clear.shape)
    elevation = elevations_at_deg(setting.world.sky, points_m, first)
    of_leo = shadows.leo_factor(points_m, elevation, sight[..., gbs:])
    return gains * by_station(of_gbs, of_leo)
