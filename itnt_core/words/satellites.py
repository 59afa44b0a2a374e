"""Satellites in rows and sentences: delay, Doppler and timing of links, power flux density and what its limit costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from itnt_core.arrays import Array
from itnt_core.methods import FluxCost
from itnt_core.network import Decision, Motion, World, satellite_flux_dbw_m2_mhz

from .amounts import mbit_words

UNIT = "dBW/m²/MHz"
MILLI, MICRO, KILO = 1e3, 1e6, 1e-3  # of a second in ms and µs; of a hertz or metre in kHz or km


def link_rows(world: World, decision: Decision, motion: Motion, user: int, slot: int) -> list[dict[str, Any]]:
    """Return a row per station that a user (index) may have in a slot (index): range, delay, Doppler shift, timing."""
    serves = np.concatenate([np.ones(world.gbs_count, dtype=bool), world.sky.serving[slot]])
    at = (slot, user)
    return [
        {
            "Station": name,
            "Serves": "yes" if decision.station[at] == station else "",
            "Distance, km": round(float(motion.range_m[at][station]) * KILO, 3),
            "Delay, ms": round(float(motion.delay_s[at][station]) * MILLI, 4),
            "Doppler, kHz": round(float(motion.doppler_hz[at][station]) * KILO, 4),
            "Timing advance, ms": round(float(motion.timing_advance_s[at][station]) * MILLI, 4),
            "Its drift, µs/s": round(float(motion.timing_drift_s_s[at][station]) * MICRO, 3),
        }
        for station, name in enumerate(world.station_ids)
        if serves[station]
    ]


def satellite_rows(world: World, decision: Decision, motion: Motion) -> list[dict[str, Any]]:
    """Return a row per satellite over the window, of all users together: delay, Doppler, timing; its densest flux."""
    densest = densest_flux_dbw_m2_mhz(world, decision)
    rows = []
    for column, name in enumerate(world.sky.station_ids):
        links = (world.sky.serving[:, column], slice(None), world.gbs_count + column)
        flux = float(densest[:, column].max(initial=-np.inf))
        rows.append(
            {
                "Satellite": name,
                "Delay, ms": _range(motion.delay_s[links] * MILLI, 3),
                "Doppler, kHz": _range(motion.doppler_hz[links] * KILO, 2),
                "Timing advance, ms": _range(motion.timing_advance_s[links] * MILLI, 3),
                "Its drift, µs/s": _range(motion.timing_drift_s_s[links] * MICRO, 2),
                f"Densest flux, {UNIT}": round(flux, 2) if math.isfinite(flux) else None,
            }
        )
    return rows


def densest_flux_dbw_m2_mhz(world: World, decision: Decision) -> Array:
    """Return the power flux density of each satellite's densest subchannel (slots, satellites); -inf where silent."""
    flux: Array = satellite_flux_dbw_m2_mhz(world, decision).max(axis=2, initial=-np.inf)
    return flux


def flux_sentences(costs: Sequence[FluxCost]) -> tuple[str, ...]:
    """Say what each limit of power flux density costs beside no limit, the first of the costs."""
    free, *limited = costs
    densest = free.densest_dbw_m2_mhz
    reach = f"the densest subchannel of a satellite reaches {densest:.1f} {UNIT} at the ground"
    reach = reach if math.isfinite(densest) else "no satellite serves anybody"
    what = "all users get" if free.objective.is_plain else f"by {free.objective.name} what users get is worth"
    first = f"Without a limit {reach}, and {what} {mbit_words(free.worth_mbit)}."
    return (first, *(_cost_sentence(cost, free) for cost in limited))


def flux_cost_rows(costs: Sequence[FluxCost]) -> list[dict[str, Any]]:
    """Return a row per limit, no limit first: data, its change, user slots served, the densest flux."""
    base = costs[0].service.data_mbit
    return [
        {
            f"Limit, {UNIT}": "none" if cost.limit_dbw_m2_mhz is None else f"{cost.limit_dbw_m2_mhz:g}",
            "Data, Mbit": round(float(cost.service.data_mbit), 1),
            "Change, %": round(100.0 * (cost.service.data_mbit / base - 1.0), 2) if base else None,
            "User slots served, %": round(100.0 * cost.service.served_share, 2),
            f"Densest flux, {UNIT}": round(cost.densest_dbw_m2_mhz, 2)
            if math.isfinite(cost.densest_dbw_m2_mhz)
            else None,
        }
        for cost in costs
    ]


def _cost_sentence(cost: FluxCost, free: FluxCost) -> str:
    lost = free.worth_mbit - cost.worth_mbit
    served = 100.0 * (free.service.served_share - cost.service.served_share)
    limit = f"A limit of {cost.limit_dbw_m2_mhz:g} {UNIT}"
    if abs(lost) < 0.05 and abs(served) < 0.005:
        return f"{limit} costs nothing."
    share = 100.0 * lost / free.worth_mbit if free.worth_mbit else 0.0
    more = f"brings {mbit_words(-lost)} more ({-share:.1f} %)"
    what = f"costs {mbit_words(lost)} ({share:.1f} %)" if lost >= 0.0 else more
    users = f", and {abs(served):.2f} % {'fewer' if served > 0.0 else 'more'} user slots are served"
    return f"{limit} {what}{users if abs(served) >= 0.005 else ''}."


def _range(values: Array, digits: int) -> str:
    if not values.size:
        return "–"
    return f"{values.min():.{digits}f} to {values.max():.{digits}f}"
