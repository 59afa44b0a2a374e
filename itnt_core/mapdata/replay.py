"""A result as one binary bundle for the replay: the whole flight once, after which only a playhead moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from itnt_core.qos import min_sinr_db
from itnt_core.results import served_users
from itnt_core.scenario import Scenario, ground_track_m, waypoint_times_s

from .breakdown import breakdown_arrays
from .bundles import REPLAY, ReplayExtras, ReplayMeta
from .framing import overview_span_m
from .lobes import lobe_m
from .satellites import beam_width_km, half_power_angle_deg
from .skydome import DOME_NOTE, drawn_track_m
from .sunlight import sun_over
from .zones import zone_shape

if TYPE_CHECKING:
    import xarray as xr


def replay_bundle(result: Any) -> bytes:
    """Pack a result for the replay, as :data:`itnt_core.mapdata.bundles.REPLAY` states."""
    data: xr.Dataset = result.dataset
    ground = data["station_kind"].values == "gbs"
    arrays: dict[str, NDArray[Any]] = {
        "au_position_m": _float32(data["position_m"]),
        "gu_position_m": _float32(data["ground_position_m"]),
        "gbs_position_m": _ground_station_positions(data, ground),
        "satellite_drawn_m": drawn_track_m(
            data["azimuth_deg"].values[:, ~ground],
            data["elevation_deg"].values[:, ~ground],
            result.scenario.area.size_m,
        ),
        "satellite_elevation_deg": _float32(data["elevation_deg"])[:, ~ground],
        "serving_station": data["serving_station"].values.astype(np.int16),
        "served": served_users(result.scenario, data).astype(np.uint8),
        "sinr_db": _float32(data["sinr_active_db"]),
        "rate_mbit_s": _float32(data["rate_active_mbit_s"]),
        "service_mbit": _cumulated(data["rate_active_mbit_s"], result),
        "service_total_mbit": _cumulated(data["rate_active_mbit_s"], result).sum(axis=1),
        "service_always_on_mbit": _cumulated(data["rate_always_on_mbit_s"], result).sum(axis=1),
        "energy_kj": _cumulated_energy(data),
        "beam_km": _beam_widths(result, data, ~ground),
        "station_load": station_load(data),
        **breakdown_arrays(data),
        **_movers(result.scenario),
    }
    return REPLAY.pack(_meta(result, data, ground), arrays)


def _meta(result: Any, data: xr.Dataset, ground: NDArray[np.bool_]) -> ReplayMeta:
    """Return names, counts and times of the replay."""
    scenario = result.scenario
    stations = [str(station) for station in data["station"].values]
    return {
        **extras(scenario),
        "title": scenario.name,
        "start": scenario.time.start.isoformat(),
        "sun": sun_over(scenario),
        "slots": int(data.sizes["slot"]),
        "slot_s": scenario.time.slot_s,
        "size_m": scenario.area.size_m,
        "overview_m": overview_span_m(scenario, data["position_m"].values),
        "aerial_users": [str(user) for user in data["aerial_user"].values],
        "ground_users": [str(user) for user in data["ground_user"].values],
        "stations": stations,
        "ground_stations": int(ground.sum()),
        "min_sinr_db": min_sinr_db(scenario, "active"),
        "sky_note": DOME_NOTE,
        "noise_w": float(data.attrs["noise_w"]),
        "station_limits": station_limits(scenario, stations),
        "upper_bound_mbit": _upper_bound(result),
    }


def extras(scenario: Scenario) -> ReplayExtras:
    """Return lobes, no-fly zones and who is indoors, each where the scenario has it."""
    lobes = [lobe_m(scenario, station) for station in scenario.ground_stations]
    indoors = [number for number, user in enumerate(scenario.ground_users) if user.is_indoors]
    found: ReplayExtras = {}
    if any(lobes):
        found["lobes"] = lobes
    if scenario.no_fly_zones:
        found["zones"] = [zone_shape(zone) for zone in scenario.no_fly_zones]
    if indoors:
        found["indoors"] = indoors
    return found


def _movers(scenario: Scenario) -> dict[str, NDArray[Any]]:
    """Return which ground users move, and where they are at the waypoints; nothing where all stand still."""
    movers = [number for number, user in enumerate(scenario.ground_users) if user.moves]
    if not movers:
        return {}
    track_m = ground_track_m(scenario, waypoint_times_s(scenario))[:, movers]
    return {"mover": np.array(movers, dtype=np.uint16), "mover_position_m": track_m.astype(np.float32)}


def station_load(data: xr.Dataset) -> NDArray[np.int16]:
    """Return how many users are linked to each station in each slot ``(T, stations)``."""
    serving = data["serving_station"].values
    stations = range(data.sizes["station"])
    return np.stack([(serving == station).sum(axis=1) for station in stations], axis=1).astype(np.int16)


def station_limits(scenario: Any, stations: list[str]) -> list[int]:
    """Return the most users each station can serve: one per subchannel, or fewer where the scenario says so."""
    most = {station.id: station.max_users for station in scenario.ground_stations}
    radios = {station: scenario.satellite_radio(station) for station in stations if station not in most}
    most |= {station: radio.max_users for station, radio in radios.items() if radio}
    limits = [most.get(station) for station in stations]
    return [min(limit or scenario.radio.subchannels, scenario.radio.subchannels) for limit in limits]


def _upper_bound(result: Any) -> float | None:
    """Return the upper bound on the data service in Mbit if the run came with one."""
    bound = result.manifest["kpis"].get("upper_bound_mbit")
    return float(bound) if isinstance(bound, int | float) and np.isfinite(bound) else None


def _beam_widths(result: Any, data: xr.Dataset, sky: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the true width of each satellite's half-power footprint ``(T, L)`` across its beam in kilometres."""
    stations = [str(station) for station in data["station"].values[sky]]
    angles_deg = half_power_angle_deg(result.scenario, stations)
    distance_m = np.linalg.norm(data["station_position_m"].values[:, sky], axis=2)
    return beam_width_km(distance_m, angles_deg).astype(np.float32)


def _float32(array: xr.DataArray) -> NDArray[np.float32]:
    """Return the values of a labelled array as float32."""
    return array.values.astype(np.float32)


def _ground_station_positions(data: xr.Dataset, ground: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the fixed positions of the ground stations ``(G, 3)`` in metres."""
    return _float32(data["station_position_m"].isel(slot=0))[ground]


def _cumulated(rate_mbit_s: xr.DataArray, result: Any) -> NDArray[np.float32]:
    """Return data served up to each waypoint and user ``(T + 1, U)`` in Mbit; zero at the start."""
    per_slot_mbit = np.nan_to_num(rate_mbit_s.values) * result.scenario.time.slot_s
    served = np.cumsum(per_slot_mbit, axis=0, dtype=np.float64)
    return np.concatenate([np.zeros((1, served.shape[1])), served]).astype(np.float32)


def _cumulated_energy(data: xr.Dataset) -> NDArray[np.float32]:
    """Return energy spent up to each waypoint and AU ``(T + 1, I)`` in kilojoules."""
    spent = np.cumsum(data["energy_j"].values, axis=0, dtype=np.float64) / 1000.0
    return np.concatenate([np.zeros((1, spent.shape[1])), spent]).astype(np.float32)
