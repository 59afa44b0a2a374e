"""QoS-aware power control of all slots by successive convex approximation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.cores import shared_out
from itnt_core.deadline import Check, no_limit
from itnt_core.network import Decision, World, min_sinr
from itnt_core.sinr import sinr_of, spectral_efficiency

from .interior_point import improve_slot, link_rates
from .steps import raise_steps


def improve_power(
    world: World,
    decision: Decision,
    gains: Array,
    rounds: int = 12,
    tolerance: float = 1e-3,
    check: Check = no_limit,
    weight: Array | None = None,
    slots: Iterable[int] | None = None,
) -> tuple[Array, Array]:
    """Return powers (slots, stations, subchannels) for a decision's association and flight, and rate sums (slots,).

    Maximises the active rate sum of every slot under (7e), the limit of power flux density and (7f), of a user at most
    its demand, weighted by ``weight`` (users,), which is 1 by default; a served user keeps the active floor, or its own
    SINR where that is lower, so a slot never gets worse. Idle subchannels get no power. The rate sums are in bit/s/Hz.
    A rate law of steps has no slope to climb: its ceiling is climbed, and then :func:`raise_steps` trims every power to
    the step that it reaches, from there and from the decision's own powers, and spends what that leaves; it knows
    neither demands nor weights, but the best of all by them is taken.
    ``gains`` are (slots, users, stations, subchannels); ``tolerance`` ends a slot's rounds, in bit/s/Hz; ``check`` is
    called before every slot and may end the work; of ``slots`` alone (indices from 0) powers change, and the sums of
    others are 0.
    """
    links, sums = decision.links, np.zeros(world.slots)
    power = np.zeros_like(decision.power_w) if slots is None else decision.used_power_w
    weight = np.ones(world.user_count) if weight is None else weight
    starts = np.searchsorted(links.slot, np.arange(world.slots + 1))

    def improve(slot: int) -> None:
        """Write down powers and sum of one slot: slots do not depend on each other."""
        of_slot = slice(starts[slot], starts[slot + 1])
        chosen = users, station, subchannel = links.user[of_slot], links.station[of_slot], links.subchannel[of_slot]
        if len(users):
            now_w = decision.power_w[slot, station, subchannel]
            found_w, sums[slot] = improve_links(world, slot, gains[slot], chosen, now_w, weight, rounds, tolerance)
            power[slot, station, subchannel] = found_w

    shared_out(improve, range(world.slots) if slots is None else list(slots), check)
    return power, sums


def improve_links(
    world: World,
    slot: int,
    gain: Array,
    links: Sequence[NDArray[np.int64]],
    power_w: Array,
    weight: Array,
    rounds: int = 12,
    tolerance: float = 1e-3,
) -> tuple[Array, float]:
    """Return powers (n,) of the links of one slot, and their rate sum, as :func:`improve_power` does for all slots.

    ``links`` are users, stations and subchannels, each (n,), and ``power_w`` (n,) the powers to start from; ``gain`` is
    (users, stations, subchannels), ``weight`` (users,).
    """
    users, station, subchannel = map(np.ascontiguousarray, links)  # one layout: another one is compiled anew
    floor, law = min_sinr(world, "active"), world.scenario.radio.rate_law
    most_w, at_most = world.subchannel_max_power_w[slot], world.subchannels_at_most[slot]
    limit = world.user_cap[users] / law.slope  # (n,) in Shannon's bit/s/Hz, which the powers climb
    now, direct, cross, finite, kept = _start(
        gain, users, station, subchannel, power_w, most_w, world.noise_w, limit, floor
    )
    received = (direct, cross, world.noise_w, finite, weight[users])
    scaled, total = improve_slot(now, station, at_most, *received, kept, rounds, tolerance)
    total = law.slope * total
    if law.is_stepped:
        network = station, at_most, direct, cross, world.noise_w, law.table, kept
        tries = [raise_steps(start, *network) for start in (scaled, now)]
        if not world.utility.is_plain or world.utility.has_demand:
            every = [*(found for found, _ in tries), scaled, now]
            tries = [(found, _worth(world, found, received, users)) for found in every]
        scaled, total = max(tries, key=itemgetter(1))
    return scaled * most_w[station], total


def _worth(world: World, scaled: Array, received: tuple[Any, ...], users: NDArray[np.int64]) -> float:
    """Return what the links of one slot carry (n,) at scaled powers (n,), up to their demands, weighted and summed."""
    direct, cross, noise_w, _, weight = received
    sinr = sinr_of(direct * scaled, cross @ scaled, noise_w)
    efficiency = spectral_efficiency(sinr, world.scenario.radio.rate_law)
    return float((weight * np.minimum(efficiency, world.user_cap[users])).sum())


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _start(gain, users, station, subchannel, power_w, most_w, noise, limit, floor):  # type: ignore[no-untyped-def]
    """Return what :func:`improve_slot` starts from: scaled powers, gains, caps (n,), the SINR that all links keep.

    It is the floor or, where that is lower, what the worst link has. A missing cap is a level no link can reach: the
    soft minimum needs a finite one.
    """
    direct, cross = link_gains(gain, users, station, subchannel, most_w)
    now = power_w / most_w[station]
    worst = np.inf
    for i in range(len(users)):
        heard = noise
        for j in range(len(users)):
            heard += cross[i, j] * now[j]
        worst = min(worst, direct[i] * now[i] / heard)
    strongest, alone, no_cap = np.array([direct.max()]), np.zeros((1, 1)), np.array([np.inf])
    highest = link_rates(np.ones(1), strongest, alone, noise, no_cap)[0] + 1.0
    return now, direct, cross, np.minimum(limit, highest), min(floor, worst * (1.0 - 1e-6))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def link_gains(gain, users, station, subchannel, limit_w):  # type: ignore[no-untyped-def]
    """Return what served links receive per unit of scaled power: direct (n,) and cross (n, n), zero on the diagonal.

    ``gain`` is (users, stations, subchannels), ``limit_w`` (stations,); users, stations and subchannels are (n,).
    """
    n = len(users)
    direct, cross = np.empty(n), np.zeros((n, n))
    for i in range(n):
        direct[i] = gain[users[i], station[i], subchannel[i]] * limit_w[station[i]]
        for j in range(n):
            if j != i and subchannel[j] == subchannel[i]:
                cross[i, j] = gain[users[i], station[j], subchannel[j]] * limit_w[station[j]]
    return direct, cross
