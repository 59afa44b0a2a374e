"""How far a base station reaches without line of sight, by the scenario's own law, powers and antennas."""

from __future__ import annotations

import numpy as np

from itnt_core.radio import channel_of
from itnt_core.scenario import GroundStation
from itnt_core.sky import look_angles
from itnt_core.units import to_db

from .world import World

STEP_M = 10.0


def blocked_reach_m(world: World, station: GroundStation, height_m: float, aerial: bool, floor_db: float) -> float:
    """Return up to which distance in plan (metres) a GBS like ``station`` reaches an SNR in dB without line of sight.

    The GBS sends its equal share of power on one subchannel, nobody else sends, and shadowing and fading are left out;
    ``height_m`` and ``aerial`` are the user's. Every nearer place is reached too. At most the area's diagonal, for no
    two places lie farther apart; 0 where not even 10 m are reached. With a directional antenna, in its main direction.
    """
    scenario = world.scenario
    channel = scenario.channel.model_copy(update={"shadowing": False, "fading": False})
    middle = station.model_copy(update={"east_m": 0.0, "north_m": 0.0})
    probe = scenario.without_satellites().model_copy(update={"channel": channel, "ground_stations": (middle,)})
    model = channel_of(probe, world.city, look_angles(probe))
    distances_m = np.arange(STEP_M, np.sqrt(2.0) * scenario.area.size_m, STEP_M)
    turn = np.radians(station.antenna.azimuth_deg)
    direction = (np.sin(turn), np.cos(turn)) if station.antenna.is_directional else (1.0, 0.0)
    along_m = distances_m[:, None] * direction
    points_m = np.column_stack([along_m, np.full_like(distances_m, height_m)])
    gain = model.gbs_gain(points_m, aerial, np.zeros((len(points_m), 1), dtype=bool))[:, 0]
    reached = to_db(gain * station.max_power_w / world.subchannels / world.noise_w) >= floor_db
    first_missed = len(reached) if reached.all() else int(np.argmin(reached))
    return float(distances_m[first_missed - 1]) if first_missed else 0.0


def strongest_station(world: World) -> GroundStation:
    """Return the GBS that sends most towards its best direction; a usual one where the scenario has none."""
    stations = world.scenario.ground_stations
    usual = GroundStation(id="gbs", east_m=0.0, north_m=0.0)
    return max(stations, key=lambda one: to_db(one.max_power_w) + one.antenna.gain_dbi, default=usual)
