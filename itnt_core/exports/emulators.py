"""Tables for channel emulators: gain, delay and Doppler of every link, and where everything is and how it moves.

Each is CSV whose first lines, after ``#``, say what every column holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from itnt_core.arrays import Array
from itnt_core.inert import csv_bytes
from itnt_core.mapdata import utc_times
from itnt_core.network import World
from itnt_core.sky import look_angles_deg, slot_ends_s
from itnt_core.units import to_db

from .asking import ExportError, ExportOptions, ExportSource
from .motion import Ephemeris, motion_of

MOST_ROWS = 3_000_000  # about 500 MB of text
_ROW = {
    "slot": "number of the slot, from 1; the row holds at its end",
    "time_utc": "the end of the slot in UTC, ISO 8601",
    "time_s": "the same in seconds after the start",
}
CHANNEL_COLUMNS = _ROW | {
    "user": "id of the receiver",
    "user_kind": "aerial or ground",
    "station": "id of the transmitter",
    "station_kind": "gbs (ground base station) or leo (satellite)",
    "linked": "1 where the answer links this user to this station in this slot",
    "range_m": "distance between both, in metres",
    "delay_s": "range over the speed of light, in seconds",
    "range_rate_m_s": "change of the range in m/s; a flight's speed is that of the slot that ends",
    "doppler_hz": "shift at the carrier in hertz: -range rate / speed of light x carrier, above 0 while both approach",
    "gain_db": "power gain in dB with antennas, shadowing and walls, without fast fading; empty: no link is possible",
    "line_of_sight": "1 where nothing stands between them",
    "azimuth_deg": "direction of the station seen from the user, clockwise from north",
    "elevation_deg": "angle of the station above the user's horizon",
}
EPHEMERIS_COLUMNS = _ROW | {
    "id": "id of the user or station",
    "kind": "aerial, ground (users), gbs or leo (stations)",
    "lon_deg": "longitude, WGS84",
    "lat_deg": "latitude, WGS84",
    "height_m": "height above the ellipsoid, on which the ground of the scenario lies flat",
    "x_m": "Earth-centred, Earth-fixed (EPSG:4978), towards longitude 0",
    "y_m": "the same, towards longitude 90",
    "z_m": "the same, towards the north pole",
    "vx_m_s": "velocity along x in that turning frame; a flight's is that of the slot that ends",
    "vy_m_s": "along y",
    "vz_m_s": "along z",
}


class ChannelTable:
    """A row per slot, user and station."""

    title = "Channel table (CSV)"
    suffix = ".channel.csv"
    media_type = "text/csv"
    takes: frozenset[str] = frozenset()
    shows_answer = True

    def write(self, source: ExportSource, options: ExportOptions) -> bytes:
        """Return the table, its columns described in front of it."""
        del options
        world = source.world
        shape = world.slots, world.user_count, world.station_count
        _check_rows(shape)
        motion = motion_of(source)
        gains, sight = _links(world, motion.users_m)
        azimuth_deg, elevation_deg, _ = look_angles_deg(motion.away_m)
        serving = source.answer.dataset["serving_station"].values[..., None]
        columns = {
            "user": np.array(source.scenario.user_ids)[:, None],
            "user_kind": np.array(_user_kinds(world))[:, None],
            "station": np.array(world.station_ids),
            "station_kind": source.answer.dataset["station_kind"].values.astype(str),
            "linked": (serving == np.arange(world.station_count)).astype(int),
            "range_m": motion.range_m.round(4),
            "delay_s": motion.delay_s,
            "range_rate_m_s": motion.range_rate_m_s.round(6),
            "doppler_hz": motion.doppler_hz.round(4),
            "gain_db": np.where(gains > 0.0, to_db(gains), np.nan).round(4),
            "line_of_sight": sight.astype(int),
            "azimuth_deg": azimuth_deg.round(6),
            "elevation_deg": elevation_deg.round(6),
        }
        return _described(source, columns, shape, CHANNEL_COLUMNS)


class EphemerisTable:
    """A row per slot and object: users, base stations, satellites."""

    title = "Ephemeris (CSV)"
    suffix = ".ephemeris.csv"
    media_type = "text/csv"
    takes: frozenset[str] = frozenset()
    shows_answer = True

    def write(self, source: ExportSource, options: ExportOptions) -> bytes:
        """Return the table, its columns described in front of it."""
        del options
        world, scenario = source.world, source.scenario
        shape = world.slots, world.user_count + world.station_count
        _check_rows(shape)
        found = Ephemeris.of(source)
        kinds = (*_user_kinds(world), *source.answer.dataset["station_kind"].values)
        columns: dict[str, Any] = {
            "id": np.array([*scenario.user_ids, *world.station_ids]),
            "kind": np.array(kinds, dtype=str),
            "lon_deg": found.lonlat_height[..., 0].round(9),
            "lat_deg": found.lonlat_height[..., 1].round(9),
            "height_m": found.lonlat_height[..., 2].round(4),
        }
        for number, axis in enumerate("xyz"):
            columns[f"{axis}_m"] = found.place_m[..., number].round(4)
            columns[f"v{axis}_m_s"] = found.velocity_m_s[..., number].round(6)
        return _described(source, columns, shape, EPHEMERIS_COLUMNS)


def _user_kinds(world: World) -> tuple[str, ...]:
    return ("aerial",) * world.aerial_count + ("ground",) * (world.user_count - world.aerial_count)


def _links(world: World, users_m: Array) -> tuple[Array, Array]:
    """Return gains and lines of sight (slots, users, stations) of users (slots, users, 3)."""
    slots, count = np.arange(world.slots)[:, None], world.aerial_count
    flying = world.links_at(users_m[:, :count], slots, aerial=True)
    gains, sight = (np.concatenate(both, axis=1) for both in zip(flying, world.ground_links, strict=True))
    return gains, sight


def _check_rows(shape: tuple[int, ...]) -> None:
    rows = int(np.prod(shape))
    if rows > MOST_ROWS:
        raise ExportError(
            f"The table would have {rows:,} rows, but {MOST_ROWS:,} is the limit: shorten the time window, or use "
            "fewer users or stations."
        )


def _described(
    source: ExportSource, columns: Mapping[str, Array], shape: tuple[int, ...], meanings: Mapping[str, str]
) -> bytes:
    """Return a table of arrays that broadcast to ``shape``, slots first, below the meanings of its columns."""
    import pandas as pd

    slots = np.arange(shape[0]).reshape(-1, *(1,) * (len(shape) - 1))
    times = utc_times(source.scenario)[1:].strftime("%Y-%m-%dT%H:%M:%S.%f").str.slice(stop=-3) + "Z"
    when = {
        "slot": slots + 1,
        "time_utc": times.to_numpy()[slots],
        "time_s": slot_ends_s(source.scenario)[slots].round(6),
    }
    whole = when | dict(columns)
    table = pd.DataFrame({name: np.broadcast_to(whole[name], shape).ravel() for name in meanings})
    scenario = source.scenario
    head = [
        f"ITNT Studio, scenario {scenario.content_hash()[:16]}",
        f"carrier_hz: {scenario.radio.carrier_ghz * 1e9:.0f}, slot_s: {scenario.time.slot_s:g}",
        *(f"{name}: {words}" for name, words in meanings.items()),
    ]
    return "".join(f"# {line}\n" for line in head).encode() + csv_bytes(table)
