"""The labelled arrays of a result: everything a view needs, and the decision in full precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from itnt_core.qos import Convention, is_served
from itnt_core.scenario import Scenario
from itnt_core.units import from_db, to_db

from .labelled import LabelledArrays

if TYPE_CHECKING:
    import xarray as xr

    from itnt_core.network import Decision, Evaluation, World

_AXES = ["east", "north", "up"]


def to_dataset(world: World, decision: Decision, evaluation: Evaluation) -> xr.Dataset:
    """Build the dataset of a result."""
    return labelled_answer(world, decision, evaluation).to_dataset()


def labelled_answer(world: World, decision: Decision, evaluation: Evaluation) -> LabelledArrays:
    """Put the arrays of a result together.

    Dims slot, waypoint (slot 0 is the start), user (aerial first), aerial_user, ground_user, station (GBSs first),
    subchannel, axis. Every variable carries its unit.
    """
    return LabelledArrays(
        {**_decision_variables(decision), **_place_variables(world), **_link_variables(decision, evaluation)},
        _coordinates(world),
        {"noise_w": world.noise_w, "convention": decision.convention, "format_version": 1},
    )


def _coordinates(world: World) -> dict[str, object]:
    scenario = world.scenario
    return {
        "slot": np.arange(1, world.slots + 1),
        "waypoint": np.arange(world.slots + 1),
        "user": list(scenario.user_ids),
        "aerial_user": [user.id for user in scenario.aerial_users],
        "ground_user": [user.id for user in scenario.ground_users],
        "station": list(world.station_ids),
        "subchannel": np.arange(world.subchannels),
        "axis": _AXES,
        "time_s": ("slot", world.sky.time_s, {"units": "s", "long_name": "end of the slot after the start"}),
    }


def _decision_variables(decision: Decision) -> dict[str, tuple[object, ...]]:
    none = "-1 where unserved"
    return {
        "serving_station": (
            ("slot", "user"),
            decision.station.astype(np.int32),
            {"long_name": f"station index, {none}"},
        ),
        "serving_subchannel": (("slot", "user"), decision.subchannel.astype(np.int32), {"long_name": f"index, {none}"}),
        "power_w": (("slot", "station", "subchannel"), decision.power_w, {"units": "W"}),
        "position_m": (("waypoint", "aerial_user", "axis"), decision.positions_m, {"units": "m"}),
    }


def _place_variables(world: World) -> dict[str, tuple[object, ...]]:
    blank = np.full((world.slots, world.gbs_count), np.nan)
    kinds = np.array(["gbs"] * world.gbs_count + ["leo"] * (world.station_count - world.gbs_count))
    return {
        "station_kind": ("station", kinds),
        "station_position_m": (("slot", "station", "axis"), world.station_positions_m, {"units": "m"}),
        "ground_position_m": (("ground_user", "axis"), world.ground_points_m, {"units": "m"}),
        **_ground_tracks(world),
        "elevation_deg": (("slot", "station"), np.hstack([blank, world.sky.elevation_deg]), {"units": "deg"}),
        "azimuth_deg": (("slot", "station"), np.hstack([blank, world.sky.azimuth_deg]), {"units": "deg"}),
    }


def _ground_tracks(world: World) -> dict[str, tuple[object, ...]]:
    """Return where the ground users are at the waypoints if one of them moves, else nothing: they stand still."""
    if not any(user.moves for user in world.scenario.ground_users):
        return {}
    return {"ground_track_m": (("waypoint", "ground_user", "axis"), world.ground_track_m, {"units": "m"})}


def _link_variables(decision: Decision, evaluation: Evaluation) -> dict[str, tuple[object, ...]]:
    def served_db(ratio: np.ndarray) -> np.ndarray:
        safe = np.where(decision.linked & (ratio > 0.0), ratio, np.nan)
        return to_db(safe)

    pair = ("slot", "user")
    active, always_on = evaluation.active, evaluation.always_on
    return {
        "sinr_active_db": (pair, served_db(active.sinr), {"units": "dB"}),
        "sinr_always_on_db": (pair, served_db(always_on.sinr), {"units": "dB"}),
        "rate_active_mbit_s": (pair, active.rate_bit_s / 1e6, {"units": "Mbit/s"}),
        "rate_always_on_mbit_s": (pair, always_on.rate_bit_s / 1e6, {"units": "Mbit/s"}),
        "signal_w": (pair, evaluation.signal_w, {"units": "W"}),
        "interference_w": ((*pair, "station"), active.interference_w, {"units": "W", "long_name": "active convention"}),
        "energy_j": (("slot", "aerial_user"), evaluation.energy_j, {"units": "J"}),
    }


def decision_of(dataset: xr.Dataset) -> Decision:
    """Read the decision back out of a dataset (KeyError when a variable is missing)."""
    from itnt_core.network import Decision  # slow to import: who makes and reads results pays, nobody else

    return Decision(
        dataset["serving_station"].values.astype(np.int64),
        dataset["serving_subchannel"].values.astype(np.int64),
        dataset["position_m"].values.astype(float),
        dataset["power_w"].values.astype(float),
        "active" if dataset.attrs.get("convention") == "active" else "always_on",
    )


def served_users(scenario: Scenario, dataset: xr.Dataset, convention: Convention = "active") -> np.ndarray:
    """Say who is served in a stored result (slots, users) as the judge does: linked, at or above the SINR floor."""
    sinr_db = dataset[f"sinr_{convention}_db"].values  # NaN where there is no link
    return is_served(scenario, convention, dataset["serving_station"].values, from_db(sinr_db))
