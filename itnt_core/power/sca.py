"""QoS-aware power control of all slots by successive convex approximation."""

from __future__ import annotations

from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.deadline import Check, no_limit
from itnt_core.network import Decision, World, min_sinr
from itnt_core.sinr import sinr_of, spectral_efficiency

from .interior_point import improve_slot
from .steps import raise_steps


def improve_power(
    world: World,
    decision: Decision,
    gains: Array,
    rounds: int = 12,
    tolerance: float = 1e-3,
    check: Check = no_limit,
) -> tuple[Array, Array]:
    """Return powers (slots, stations, subchannels) for a decision's association and flight, and rate sums (slots,).

    Maximises the active rate sum of every slot under (7e), the limit of power flux density and (7f); a served user
    keeps the active floor, or its own SINR where that is lower, so a slot never gets worse. Idle subchannels get no
    power. The rate sums are in bit/s/Hz.
    A rate law of steps has no slope to climb: its ceiling is climbed, and then :func:`raise_steps` trims every power to
    the step that it reaches, from there and from the decision's own powers, and spends what that leaves.
    ``gains`` are (slots, users, stations, subchannels); ``tolerance`` ends a slot's rounds, in bit/s/Hz;
    ``check`` is called before every slot and may end the work.
    """
    power, links = np.zeros_like(decision.power_w), decision.links
    sums = np.zeros(world.slots)
    floor = min_sinr(world, "active")
    law = world.scenario.radio.rate_law
    limit = law.limit / law.slope  # in Shannon's bit/s/Hz, which the powers climb
    for slot in range(world.slots):
        check()
        _, users, station, subchannel = links.in_slot(slot)
        if not len(users):
            continue
        most_w, at_most = world.subchannel_max_power_w[slot], world.subchannels_at_most[slot]
        direct, cross = link_gains(gains[slot], users, station, subchannel, most_w)
        now = decision.power_w[slot, station, subchannel] / most_w[station]
        reached = sinr_of(direct * now, cross @ now, world.noise_w)
        kept = min(floor, float(reached.min()) * (1.0 - 1e-6))
        # A missing cap is a level no link can reach: the soft minimum needs a finite one.
        finite = min(limit, float(spectral_efficiency(direct.max() / world.noise_w, None)) + 1.0)
        scaled, total = improve_slot(
            now, station, at_most, direct, cross, world.noise_w, finite, kept, rounds, tolerance
        )
        sums[slot] = law.slope * total
        if law.is_stepped:
            network = station, at_most, direct, cross, world.noise_w, law.table, kept
            scaled, sums[slot] = max((raise_steps(start, *network) for start in (scaled, now)), key=itemgetter(1))
        power[slot, station, subchannel] = scaled * most_w[station]
    return power, sums


def link_gains(
    gain: Array, users: NDArray[np.int64], station: NDArray[np.int64], subchannel: NDArray[np.int64], limit_w: Array
) -> tuple[Array, Array]:
    """Return what served links receive per unit of scaled power: direct (n,) and cross (n, n), zero on the diagonal."""
    heard = gain[users[:, None], station[None, :], subchannel[None, :]] * limit_w[station][None, :]  # (n, n)
    shared = subchannel[:, None] == subchannel[None, :]
    cross = np.where(shared & ~np.eye(len(users), dtype=bool), heard, 0.0)
    return np.ascontiguousarray(np.diag(heard)), cross
