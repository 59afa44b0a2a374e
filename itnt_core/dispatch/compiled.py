# mypy: disable-error-code="no-untyped-def"
"""Compiled kernels of dispatching: the fast blocks that link users and set powers in every slot, and forecasts.

``law`` (steps, 4) is the table of the rate law. The SINR is that of :mod:`itnt_core.sinr`
(``tests/network/test_sinr_is_one.py``), the links are those of :class:`itnt_core.association.MaxSinrAssociator`.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from itnt_core.compiled_rates import carried

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
# Counting references to the arrays on every inner call takes time; nothing inside allocates.
_INNER_OPTIONS: dict[str, Any] = {**_OPTIONS, "_nrt": False}


@numba.njit(**_OPTIONS)
def _best_station(user, gain, equal_w, heard_w, noise_w, floor, free, lean):
    """Return the SINR with every station radiating, times its lean, of a user's best station, and which; -1 for none.

    Only stations with a free seat count, and links of at least the floor.
    """
    best, at = -1.0, -1
    for b in range(len(equal_w)):
        own = equal_w[b] * gain[user, b]
        if free[b] <= 0 or own <= 0.0:
            continue
        sinr = own / (heard_w - own + noise_w)
        if sinr >= floor and sinr * lean[b] > best:
            best, at = sinr * lean[b], b
    return best, at


@numba.njit(**_OPTIONS)
def _link(gain, asks, equal_w, noise_w, floor, seats, favour, lean, server, subchannel, count):
    """Serve the strongest link first, then the next that is free; a station fills its subchannels from the first on.

    How strong a link counts is its SINR times ``favour`` (U,) of its user and ``lean`` (B,) of its station.
    """
    users, stations = gain.shape
    free = seats.copy()
    heard_w, best, at = np.zeros(users), np.full(users, -1.0), np.full(users, -1)
    for user in range(users):
        server[user], subchannel[user] = -1, -1
        if asks[user]:
            for b in range(stations):
                heard_w[user] += equal_w[b] * gain[user, b]
            best[user], at[user] = _best_station(user, gain, equal_w, heard_w[user], noise_w, floor, free, lean)
    count[:] = 0
    while True:
        chosen, highest = -1, 0.0
        for user in range(users):
            if at[user] != -1 and best[user] * favour[user] > highest:
                chosen, highest = user, best[user] * favour[user]
        if chosen == -1:
            return
        b = at[chosen]
        server[chosen], subchannel[chosen], at[chosen] = b, count[b], -1
        count[b] += 1
        free[b] -= 1
        if free[b] == 0:
            for user in range(users):
                if at[user] == b:
                    best[user], at[user] = _best_station(user, gain, equal_w, heard_w[user], noise_w, floor, free, lean)


@numba.njit(**_INNER_OPTIONS)
def share_power(count, full_w, most_w, power_w):
    """Write what a subchannel of every station gets (B,) in watts when so many (B,) are served."""
    for b in range(len(count)):
        power_w[b] = min(full_w[b] / max(count[b], 1), most_w[b])


@numba.njit(**_OPTIONS)
def serve(
    gain, asks, equal_w, full_w, most_w, noise_w, floor, seats, law, width_mhz, links, server, subchannel, count, rate
):
    """Link the users of n worlds in one slot, split powers evenly over served subchannels, write rates in Mbit/s.

    ``gain`` (n, U, B), ``asks`` (n, U): who wants data; ``equal_w`` (B,) is what a subchannel gets when all radiate,
    ``full_w`` (B,) what a station has, ``most_w`` (B,) what a subchannel may get, ``seats`` (B,) how many are served at
    most; ``links`` are favour (n, U), lean (n, B) and power (n, B) of :class:`itnt_core.dispatch.links.Links`. Written
    are ``server`` and ``subchannel`` (n, U), -1 for none, ``count`` (n, B) and ``rate`` (n, U).
    """
    users, stations = gain.shape[1], gain.shape[2]
    has_w, power_w = np.zeros(stations), np.zeros(stations)
    favour, lean, power = links
    for n in range(len(gain)):
        leans = (favour[n], lean[n])
        _link(gain[n], asks[n], equal_w, noise_w, floor, seats, *leans, server[n], subchannel[n], count[n])
        for b in range(stations):
            has_w[b] = full_w[b] * power[n, b]
        share_power(count[n], has_w, most_w, power_w)
        for user in range(users):
            rate[n, user] = 0.0
            own, k = server[n, user], subchannel[n, user]
            if own == -1:
                continue
            disturbed_w = noise_w
            for b in range(stations):
                if b != own and count[n, b] > k:
                    disturbed_w += power_w[b] * gain[n, user, b]
            sinr = power_w[own] * gain[n, user, own] / disturbed_w
            rate[n, user] = width_mhz * carried(np.log2(1.0 + sinr), law)


@numba.njit(**_INNER_OPTIONS)
def fade(offset, distance_m, correlation_m, factor):
    """Write by what the map's gains (GBSs,) are multiplied so far from where they differed by ``offset`` (GBSs,).

    The offset, a natural logarithm, fades with the distance as the shadowing's correlation does.
    """
    left = np.exp(-distance_m / correlation_m)
    for b in range(len(offset)):
        factor[b] = np.exp(offset[b] * left) if offset[b] != 0.0 else 1.0


@numba.njit(**_INNER_OPTIONS)
def forecast_rate(east_m, north_m, cells, half_m, per_m, factor, sky, count, power_w, radio, gain):
    """Return the rate in Mbit/s that an aerial user expects at a place, by the map and what it measured last.

    ``cells`` (n, n, GBSs) is the map of its level, ``per_m`` how many cells a metre has, ``factor`` (GBSs,) what
    :func:`fade` makes of it there. ``sky`` (satellites,) are the gains measured last, ``count`` (B,) whom stations
    served last, each subchannel with ``power_w`` (B,). The server is the strongest; another station disturbs with the
    probability that it has the subchannel in use. ``radio`` is (equal_w, full_w, most_w, noise_w, law, width_mhz),
    ``gain`` (B,) room to work in.
    """
    equal_w, noise_w, law, width_mhz = radio[0], radio[3], radio[4], radio[5]
    size, gbs, stations = cells.shape[0], cells.shape[2], len(equal_w)
    column = min(max(int((east_m + half_m) * per_m), 0), size - 1)
    row = min(max(int((north_m + half_m) * per_m), 0), size - 1)
    own, strongest = -1, 0.0
    for b in range(stations):
        gain[b] = cells[row, column, b] * factor[b] if b < gbs else sky[b - gbs]
        if equal_w[b] * gain[b] > strongest:
            own, strongest = b, equal_w[b] * gain[b]
    if own == -1:
        return 0.0
    each = 1.0 / max(count[own], 1)
    disturbed_w = noise_w
    for b in range(stations):
        if b != own:
            disturbed_w += min(count[b] * each, 1.0) * power_w[b] * gain[b]
    sinr = power_w[own] * gain[own] / disturbed_w
    return width_mhz * carried(np.log2(1.0 + sinr), law)


@numba.njit(**_OPTIONS)
def look_around(
    places_m, present, ahead, ways, reach_m, cells, half_m, cell_m, correlation_m, offset, sky, count, radio, found
):
    """Write the forecast rates (n, I, ways) of aerial users at places (n, I, 2) moved by ways (ways, 2) of a reach.

    Ways are ahead and to the left, where ``ahead`` (n, I, 2) are unit vectors.
    """
    gain, power_w, factor = np.empty(count.shape[1]), np.empty(count.shape[1]), np.empty(offset.shape[2])
    per_m = 1.0 / cell_m
    for n in range(len(places_m)):
        share_power(count[n], radio[1], radio[2], power_w)
        for i in range(places_m.shape[1]):
            found[n, i] = 0.0
            if not present[n, i]:
                continue
            here_m, level, far, above, served = places_m[n, i], cells[i], offset[n, i], sky[n, i], count[n]
            last_m = -1.0
            for w in range(len(ways)):
                distance_m = reach_m[i] * np.hypot(ways[w, 0], ways[w, 1])
                if abs(distance_m - last_m) > 1e-6:
                    fade(far, distance_m, correlation_m, factor)
                    last_m = distance_m
                east = ways[w, 0] * ahead[n, i, 0] - ways[w, 1] * ahead[n, i, 1]
                north = ways[w, 0] * ahead[n, i, 1] + ways[w, 1] * ahead[n, i, 0]
                east_m = min(max(here_m[0] + east * reach_m[i], -half_m), half_m)
                north_m = min(max(here_m[1] + north * reach_m[i], -half_m), half_m)
                found[n, i, w] = forecast_rate(
                    east_m, north_m, level, half_m, per_m, factor, above, served, power_w, radio, gain
                )
