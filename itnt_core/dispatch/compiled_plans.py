# mypy: disable-error-code="no-untyped-def"
"""Compiled scoring of what an aerial user may do: fly straight for some slots, then hover; over several horizons."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from itnt_core.radio import sum_of_rows

from .compiled import fade, forecast_rate, share_power

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


@numba.njit(**_OPTIONS)
def _fly(here_m, end_m, move, reach_m, half_m, path):
    """Write where a move leads (slots, 3) when it goes on: east, north, and what is left of the way to the end."""
    east_m, north_m = here_m[0], here_m[1]
    for k in range(len(path)):
        step_m, ahead_e, ahead_n = move[2] * reach_m, move[0], move[1]
        if move[3] == 1.0:
            ahead_e, ahead_n = end_m[0] - east_m, end_m[1] - north_m
            way_m = max(np.hypot(ahead_e, ahead_n), 1e-9)
            step_m, ahead_e, ahead_n = min(step_m, way_m), ahead_e / way_m, ahead_n / way_m
        east_m = min(max(east_m + step_m * ahead_e, -half_m), half_m)
        north_m = min(max(north_m + step_m * ahead_n, -half_m), half_m)
        path[k, 0], path[k, 1] = east_m, north_m
        path[k, 2] = np.hypot(end_m[0] - east_m, end_m[1] - north_m)


@numba.njit(**_OPTIONS)
def _shadow(spot, row, column, waves, phases, site_of, sigma, factor):
    """Write what the world's own shadowing makes of the map's gains (GBSs,) at a place (1, 3)."""
    last, value = -1, 0.0
    for b in range(len(site_of)):
        if site_of[b] != last:
            last = site_of[b]
            value = sum_of_rows(spot, waves[last], phases[last])[0]
        factor[b] = np.exp(-sigma[row, column, b] * value)


@numba.njit(**_OPTIONS)
def _foreseen(
    path,
    here_m,
    cells,
    half_m,
    per_m,
    level_m,
    offset,
    correlation_m,
    serves,
    sky_map,
    seen,
    shadowing,
    count,
    power_w,
    radio,
    rates,
):
    """Write the rates (slots, slots) of a path with its future known: row k where slot k led, in every slot.

    Where the shadowing is not ``seen`` it is that of :func:`_believed`.
    """
    waves, phases, site_of, sigma = shadowing
    size, sky_size = cells.shape[0], sky_map.shape[1]
    gain, factor, above = np.empty(len(count)), np.empty(cells.shape[2]), np.empty(serves.shape[1])
    spot = np.empty((1, 3))
    for k in range(len(path)):
        spot[0, 0], spot[0, 1], spot[0, 2] = path[k, 0], path[k, 1], level_m
        column = min(max(int((path[k, 0] + half_m) * per_m), 0), size - 1)
        row = min(max(int((path[k, 1] + half_m) * per_m), 0), size - 1)
        if seen:
            _shadow(spot, row, column, waves, phases, site_of, sigma, factor)
        else:
            fade(offset, np.hypot(path[k, 0] - here_m[0], path[k, 1] - here_m[1]), correlation_m, factor)
        for later in range(k, len(path)):
            for b in range(len(above)):
                cell = sky_map[later, row * sky_size // size, column * sky_size // size, b]
                above[b] = cell * serves[later, b]
            rates[k, later] = forecast_rate(
                path[k, 0], path[k, 1], cells, half_m, per_m, factor, above, count, power_w, radio, gain
            )


@numba.njit(**_OPTIONS)
def _believed(path, here_m, cells, half_m, per_m, offset, correlation_m, sky, count, power_w, radio, rates):
    """Write the same as far as is known: what was measured fades with the distance, all else stays."""
    gain, factor = np.empty(len(count)), np.empty(cells.shape[2])
    for k in range(len(path)):
        if k > 0 and path[k, 0] == path[k - 1, 0] and path[k, 1] == path[k - 1, 1]:
            rates[k] = rates[k - 1, k]
            continue
        fade(offset, np.hypot(path[k, 0] - here_m[0], path[k, 1] - here_m[1]), correlation_m, factor)
        rates[k] = forecast_rate(path[k, 0], path[k, 1], cells, half_m, per_m, factor, sky, count, power_w, radio, gain)


@numba.njit(**_OPTIONS)
def _weigh(path, stay, rates, queue, comes, first_m, flown, hovered, prices, horizons, scores):
    """Write the scores (H,) of a move that goes on for some slots before hovering.

    ``flown`` and ``hovered`` are what a slot of either takes, in Mbit; ``comes`` (slots,) is believed to arrive.
    """
    per_metre, slot_s, most = prices
    value, waiting, at = 0.0, queue, 0
    for k in range(len(path)):
        place = min(k, stay - 1)
        value -= flown if k < stay else hovered
        waiting = min(waiting + comes[k], most)
        drained = min(rates[place, k] * slot_s, waiting)
        waiting -= drained
        value += drained
        if k + 1 == horizons[at]:
            scores[at] = value + per_metre * (first_m - path[place, 2])
            at += 1


@numba.njit(**_OPTIONS)
def score_moves(
    state, moves, stays, horizons, cells, half_m, cell_m, correlation_m, radio, reach_m, energy, prices, ahead, scores
):
    """Write what every plan of every aerial user is worth in Mbit, as forecast over horizons.

    ``state`` is (places (n, I, 2), destinations (n, I, 2), present (n, I), offset (n, I, GBSs), sky (n, I, L), count
    (n, B), queue (n, U), comes (n, T', U): what is believed to arrive in the slots to come). ``moves`` (F, 4) are east
    and north of a unit vector, the speed as a share of the greatest, and 1 where the way to the destination stands for
    the vector; a plan is a move and for how many of ``stays`` (S,) slots it goes on before hovering. ``horizons`` (H,)
    are in slots and rise. ``energy`` (I, F) is what a slot of a move costs in Mbit, hovering first,
    ``prices`` (Mbit a metre, slot_s, most in a queue). ``ahead`` says what is known of the future: (False, ...) for
    nothing, or (True, whether shadowing is, serves (n, T', L), sky map (T', n, n, L), levels (I,) in metres, (waves,
    phases, site_of, sigma (I, n, n, GBSs))). Written are ``scores`` (n, I, F, S, H).
    """
    places, ends, present, offset, sky, count, queue, comes = state
    foreseen, seen, serves, sky_map, levels, shadowing = ahead
    waves, phases, site_of, sigma = shadowing
    longest = horizons[-1]
    path, rates = np.empty((longest, 3)), np.empty((longest, longest))
    power_w, per_m = np.empty(count.shape[1]), 1.0 / cell_m
    for n in range(places.shape[0]):
        share_power(count[n], radio[1], radio[2], power_w)
        for i in range(places.shape[1]):
            scores[n, i] = 0.0
            if not present[n, i]:
                continue
            here_m, end_m, level, served = places[n, i], ends[n, i], cells[i], count[n]
            first_m = np.hypot(end_m[0] - here_m[0], end_m[1] - here_m[1])
            for f in range(len(moves)):
                _fly(here_m, end_m, moves[f], reach_m[i], half_m, path)
                far, above = offset[n, i], sky[n, i]
                if foreseen:
                    row = n if seen else 0
                    own = (waves[row], phases[row], site_of, sigma[i if seen else 0])
                    _foreseen(
                        path,
                        here_m,
                        level,
                        half_m,
                        per_m,
                        levels[i],
                        far,
                        correlation_m,
                        serves[n],
                        sky_map,
                        seen,
                        own,
                        served,
                        power_w,
                        radio,
                        rates,
                    )
                else:
                    _believed(
                        path, here_m, level, half_m, per_m, far, correlation_m, above, served, power_w, radio, rates
                    )
                for at in range(len(stays)):
                    if at > 0 and (moves[f, 2] == 0.0 or stays[at - 1] >= longest):
                        scores[n, i, f, at] = scores[n, i, f, at - 1]
                        continue
                    _weigh(
                        path,
                        min(stays[at], longest),
                        rates,
                        queue[n, i],
                        comes[n, :, i],
                        first_m,
                        energy[i, f],
                        energy[i, 0],
                        prices,
                        horizons,
                        scores[n, i, f, at],
                    )
