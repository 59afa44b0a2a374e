"""A course of spectrum sharing as one binary bundle for the map: each cycle as it was planned and as it was run."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.scenario import positions_m
from itnt_core.sky import look_angles_deg
from itnt_core.twin import Environment, TwinResult, TwinScenario
from itnt_core.units import to_db

from .bundles import SHARING, SharingMeta
from .framing import overview_span_m
from .satellites import beam_width_km, half_power_angle_deg
from .skydome import dome_position_m
from .sunlight import sun_over

LEAST_SHARE = 0.02  # of the resource blocks of a sub-band: a thinner link is not drawn
LEAST_CHANGE = 1e-6  # of powers, shares and steering between plan and correction
NOT_DISTURBED_DB = -99.0
Plan = Literal["shown", "not kept", "not corrected", "undecided"]
PLAN_WORDS: dict[Plan, str] = {
    "shown": "Each cycle begins with a moment in which time stands still: what the twin had planned, as it believed.",
    "not kept": "What the twin had planned is not shown: the program that made this result did not keep its shares.",
    "not corrected": "Nothing was corrected: what the scheme had planned is what was run.",
    "undecided": "Nothing is decided yet: users and satellites move, and nobody is served.",
}


def sharing_bundle(result: TwinResult) -> bytes:
    """Pack a result of spectrum sharing for the map, as :data:`itnt_core.mapdata.bundles.SHARING` states."""
    data, scenario = result.dataset, result.scenario
    stations = [str(name) for name in data["transmitter"].values]
    gain = np.stack([data[name].values for name in ("predicted_gain", "gain")]).transpose(3, 0, 1, 2)
    power, share, steering = (_moments(data, name) for name in ("power", "share", "steering"))
    heard = gain.reshape(-1, *gain.shape[2:])  # (moments, transmitters, users)
    arrays = {
        **_moving(scenario, stations, data["position_m"].values, data["satellite_m"].values),
        "queue_mbit": np.pad(data["queue_mbit"].values, ((0, 0), (1, 0), (0, 0))),
        "power": power,
        "steering": steering,
        "disturbed_db": disturbed_db(heard, power, share, len(scenario.network.ground_stations)),
        **_links(share),
    }
    return _packed(scenario, stations, arrays, plan_of(result))


def question_bundle(environment: Environment) -> bytes:
    """Pack a question nobody has answered for the map: where everybody is and goes, without links and backlog."""
    scenario, stations = environment.scenario, list(environment.transmitter_ids)
    moments, users = 2 * scenario.cycles, environment.users
    arrays = {
        **_moving(scenario, stations, environment.positions_m, environment.sky.position_m),
        "queue_mbit": np.zeros((2, scenario.network.time.slots + 1, users)),
        "power": np.zeros((moments, environment.transmitters, scenario.network.radio.subchannels)),
        "steering": np.full((moments, users), 0.5),
        "disturbed_db": np.full((moments, users), NOT_DISTURBED_DB),
        **_links(np.zeros((moments, environment.transmitters, users, 1))),
    }
    return _packed(scenario, stations, arrays, "undecided")


def plan_of(result: TwinResult) -> Plan:
    """Return whether the plan of a result's cycles can be shown apart from what was run, else why it is not."""
    data = result.dataset
    pairs = [(name, f"planned_{name}") for name in ("power", "steering", "share")]
    kept = [(data[now].values, data[before].values) for now, before in pairs if before in data]
    if all(np.abs(now - before).max(initial=0.0) <= LEAST_CHANGE for now, before in kept):
        return "not corrected"
    return "shown" if len(kept) == len(pairs) else "not kept"


def disturbed_db(heard: Array, power: Array, share: Array, stations: int) -> Array:
    """Return what the other system's signals are over the noise at each user where it is served (moments, users), dB.

    ``heard`` (moments, transmitters, users) is the SNR at the power cap, ``power`` (moments, transmitters, subbands) of
    the cap, ``share`` (moments, transmitters, users, subbands) of the blocks; ``stations`` are base stations, which
    come first. A mean over the used blocks in linear terms; NOT_DISTURBED_DB where there is none.
    """
    received = heard[..., None] * power[:, :, None, :]  # (moments, transmitters, users, subbands)
    sides = (slice(None, stations), slice(stations, None))
    other = sum(
        share[:, own].sum(axis=1) * received[:, far].sum(axis=1) for own, far in (sides, sides[::-1])
    )  # (moments, users, subbands)
    used = share.sum(axis=(1, 3))
    mean = np.divide(other.sum(axis=2), used, out=np.zeros_like(used), where=used > 0.0)
    found = np.full_like(mean, NOT_DISTURBED_DB)
    found[mean > 0.0] = np.maximum(NOT_DISTURBED_DB, to_db(mean[mean > 0.0]))
    return found


def _moments(data: Any, name: str) -> Array:
    """Return a decided array (cycles, ...) as (moments, ...): planned, run, planned, run; as run where no plan is."""
    run = data[name].values
    planned = data[f"planned_{name}"].values if f"planned_{name}" in data else run
    both: Array = np.stack([planned, run], axis=1).reshape(-1, *run.shape[1:])
    return both


def _links(share: Array) -> dict[str, NDArray[Any]]:
    """Return the links of all moments from shares (moments, transmitters, users, subbands)."""
    moment, station, user, subband = np.nonzero(share > LEAST_SHARE)
    return {
        "link_starts": np.searchsorted(moment, np.arange(len(share) + 1)),
        "link_station": station,
        "link_user": user,
        "link_subband": subband,
        "link_share": share[moment, station, user, subband],
    }


def _moving(
    scenario: TwinScenario, stations: list[str], users_m: Array, satellites_m: Array
) -> dict[str, NDArray[Any]]:
    """Return who is where at the ends of the cycles, from positions (cycles, n, 3) in their middles."""
    network = scenario.network
    azimuth, elevation, range_km = look_angles_deg(_at_ends(satellites_m))
    angles = half_power_angle_deg(network, stations[len(network.ground_stations) :])
    return {
        "user_position_m": _at_ends(users_m),
        "gbs_position_m": positions_m(network.ground_stations),
        "satellite_drawn_m": dome_position_m(azimuth, elevation, network.area.size_m),
        "satellite_elevation_deg": elevation[:-1],
        "beam_km": beam_width_km(1000.0 * range_km[:-1], angles),
    }


def _at_ends(middles: Array) -> Array:
    """Return values at the ends of cycles (cycles + 1, ...) from those in their middles, on straight lines."""
    between = (middles[1:] + middles[:-1]) / 2.0
    first, last = (2.0 * one - next_one for one, next_one in _outer(middles, between))
    ends: Array = np.concatenate([first[None], between, last[None]])
    return ends


def _outer(middles: Array, between: Array) -> list[tuple[Array, Array]]:
    if not len(between):
        return [(middles[0], middles[0])] * 2
    return [(middles[0], between[0]), (middles[-1], between[-1])]


def _packed(scenario: TwinScenario, stations: list[str], arrays: dict[str, NDArray[Any]], plan: Plan) -> bytes:
    network = scenario.network
    meta: SharingMeta = {
        "title": network.name,
        "start": network.time.start.isoformat(),
        "sun": sun_over(network),
        "slots": network.time.slots,
        "slot_s": network.time.slot_s,
        "slots_per_cycle": scenario.sharing.slots_per_cycle,
        "cycles_per_window": scenario.sharing.cycles_per_window,
        "cycles": scenario.cycles,
        "size_m": network.area.size_m,
        "overview_m": overview_span_m(network),
        "users": [user.id for user in network.ground_users],
        "stations": stations,
        "ground_stations": len(network.ground_stations),
        "subbands": network.radio.subchannels,
        "plan": plan,
    }
    stated = {name: stated.partition(" ")[0] for name, stated in SHARING.arrays.items()}
    return SHARING.pack(meta, {name: np.asarray(arrays[name]).astype(dtype) for name, dtype in stated.items()})
