"""The live optimum's answer as the map draws it while a scenario is edited."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from itnt_core.arrays import Array, IntArray
from itnt_core.network import Decision
from itnt_core.qos import UNSERVED
from itnt_core.scenario import Scenario, ground_track_m, positions_m

from .bundles import LIVE

SAME_WAY_M = 1.0  # a flight that stays within this of the one before has no ghost


def live_bundle(
    scenario: Scenario,
    decision: Decision,
    before: Decision | None,
    *,
    number: int,
    is_settled: bool,
    headline: str,
    figures: Sequence[tuple[str, str]],
) -> bytes:
    """Return the bundle of an answer; ``before`` is the answer to the question before the edit, None without one."""
    flight = decision.positions_m
    middle = flight[len(flight) // 2]
    halfway_s = len(flight) // 2 * scenario.time.slot_s
    users = np.concatenate([middle, ground_track_m(scenario, [halfway_s])[0]])
    stations = len(scenario.ground_stations)
    return LIVE.pack(
        {
            "number": number,
            "is_settled": is_settled,
            "headline": headline,
            "figures": [tuple(figure) for figure in figures],
            "gbs_count": stations,
        },
        {
            "server": main_server(decision).astype(np.int16),
            "user_position_m": users.astype(np.float32),
            "gbs_position_m": positions_m(scenario.ground_stations).astype(np.float32),
            "flight_m": flight.astype(np.float32),
            "ghost_m": _ghosts(flight, before).astype(np.float32),
        },
    )


def main_server(decision: Decision) -> IntArray:
    """Return the station that serves each user in most slots (users,), UNSERVED where none ever does."""
    links = decision.links
    counts = np.zeros((decision.station.shape[1], decision.power_w.shape[1]), dtype=np.int64)
    np.add.at(counts, (links.user, links.station), 1)
    return np.where(counts.any(axis=1), counts.argmax(axis=1), UNSERVED)


def _ghosts(flight: Array, before: Decision | None) -> Array:
    """Return the flights before (P, W, 3) that are not flown like this any more."""
    if before is None:
        return np.zeros((0, len(flight), 3))
    old = before.positions_m.transpose(1, 0, 2)
    if before.positions_m.shape != flight.shape:
        return old
    moved = np.linalg.norm(before.positions_m - flight, axis=2).max(axis=0) > SAME_WAY_M
    return old[moved]
