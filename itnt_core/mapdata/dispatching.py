"""An episode of dispatching as one bundle for the map: the replay's, with what nobody knew before it came."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from itnt_core.dispatch import DispatchEpisode
from itnt_core.qos import min_sinr_db
from itnt_core.units import to_db

from .breakdown import heard_arrays
from .bundles import REPLAY, ReplayMeta
from .framing import overview_span_m
from .replay import extras, station_limits
from .satellites import beam_width_km, half_power_angle_deg
from .skydome import DOME_NOTE, drawn_track_m
from .sunlight import sun_over

Float32Array = NDArray[np.float32]


def episode_bundle(episode: DispatchEpisode) -> bytes:
    """Pack an episode for the map, as :data:`itnt_core.mapdata.bundles.REPLAY` states.

    Who is not there yet has no place (NaN), and missions say when they are told of: the map draws nothing before.
    """
    setting, world = episode.setting, episode.setting.world
    sky = world.sky
    served = np.cumsum(np.vstack([np.zeros(world.user_count), episode.served_mbit]), axis=0)
    flown_m = _flown(episode)
    ground_m = _ground(episode)
    arrays = {
        "au_position_m": np.where(_there(episode)[..., None], flown_m, np.nan).astype(np.float32),
        "gu_position_m": ground_m[0],
        "gbs_position_m": world.station_positions_m[0, : world.gbs_count].astype(np.float32),
        "satellite_drawn_m": drawn_track_m(sky.azimuth_deg, sky.elevation_deg, setting.scenario.area.size_m),
        "satellite_elevation_deg": sky.elevation_deg.astype(np.float32),
        "serving_station": episode.server.astype(np.int16),
        "served": episode.linked.astype(np.uint8),
        "sinr_db": _sinr_db(episode),
        "rate_mbit_s": (episode.served_mbit / setting.slot_s).astype(np.float32),
        "service_mbit": served.astype(np.float32),
        "service_total_mbit": served.sum(axis=1).astype(np.float32),
        "service_always_on_mbit": served.sum(axis=1).astype(np.float32),  # one convention: what is idle is silent
        "energy_kj": _from_nothing(episode.energy_j / 1e3),
        "beam_km": _beams_km(episode),
        "station_load": episode.load.astype(np.int16),
        **heard_arrays(episode.signal_w, episode.interference_w),
        "mover": np.arange(setting.ground_count, dtype=np.uint16),
        "mover_position_m": ground_m,
        "asks": episode.asks.astype(np.uint8),
        "serves": episode.serves.astype(np.uint8),
        "waiting_mbit": episode.waiting_mbit.astype(np.float32),
        "reward": _from_nothing(episode.reward),
    }
    return REPLAY.pack(_meta(episode, flown_m), _still(episode, arrays))


def _meta(episode: DispatchEpisode, flown_m: Float32Array) -> ReplayMeta:
    setting, scenario, world = episode.setting, episode.setting.scenario, episode.setting.world
    height_m = setting.heights_m
    return {
        **extras(scenario),
        "title": scenario.name,
        "start": scenario.time.start.isoformat(),
        "sun": sun_over(scenario),
        "slots": episode.slots,
        "slot_s": scenario.time.slot_s,
        "size_m": scenario.area.size_m,
        "overview_m": overview_span_m(scenario, flown_m),
        "aerial_users": [user.id for user in scenario.aerial_users],
        "ground_users": [user.id for user in scenario.ground_users],
        "stations": list(world.station_ids),
        "ground_stations": world.gbs_count,
        "min_sinr_db": min_sinr_db(scenario, "active"),
        "sky_note": DOME_NOTE,
        "noise_w": float(world.noise_w),
        "station_limits": station_limits(scenario, list(world.station_ids)),
        "upper_bound_mbit": None,
        "missions": [
            {"appears": int(slot), "destination": (float(end[0]), float(end[1]), float(height))}
            for slot, end, height in zip(episode.appears, episode.destination_m, height_m, strict=True)
        ],
    }


def _there(episode: DispatchEpisode) -> NDArray[np.bool_]:
    """Return whose mission (T + 1, I) is there at a waypoint, from the beginning of the slot in which it appears on."""
    return episode.appears <= np.arange(episode.slots + 1)[:, None]


def _flown(episode: DispatchEpisode) -> Float32Array:
    """Return where aerial users are at the waypoints (T + 1, I, 3), in metres; who is not there yet at its start."""
    height_m = np.broadcast_to(episode.setting.heights_m[:, None], (*episode.position_m.shape[:2], 1))
    return np.concatenate([episode.position_m, height_m], axis=2).astype(np.float32)


def _ground(episode: DispatchEpisode) -> Float32Array:
    """Return where ground users are at the waypoints (T + 1, J, 3), in metres."""
    places_m = episode.ground_places_m()
    height_m = np.full((*places_m.shape[:2], 1), episode.setting.ground_height_m)
    return np.concatenate([places_m, height_m], axis=2).astype(np.float32)


def _still(episode: DispatchEpisode, arrays: dict[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
    """Return the arrays with only those who really walk among the movers; without any, without their arrays."""
    places_m = arrays["mover_position_m"]
    walks = (places_m != places_m[:1]).any(axis=(0, 2))
    if not walks.any():
        return {name: array for name, array in arrays.items() if not name.startswith("mover")}
    return {**arrays, "mover": arrays["mover"][walks], "mover_position_m": places_m[:, walks]}


def _sinr_db(episode: DispatchEpisode) -> Float32Array:
    return np.asarray(to_db(np.where(episode.linked, episode.sinr, np.nan)), dtype=np.float32)


def _beams_km(episode: DispatchEpisode) -> Float32Array:
    world = episode.setting.world
    angles_deg = half_power_angle_deg(episode.setting.scenario, list(world.sky.station_ids))
    return beam_width_km(np.linalg.norm(world.sky.position_m, axis=2), angles_deg).astype(np.float32)


def _from_nothing(per_slot: NDArray[np.float64]) -> Float32Array:
    """Return what has come together up to each waypoint (T + 1, ...), nothing at the first."""
    return np.concatenate([np.zeros((1, *per_slot.shape[1:])), np.cumsum(per_slot, axis=0)]).astype(np.float32)
