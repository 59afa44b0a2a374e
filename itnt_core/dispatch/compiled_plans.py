# mypy: disable-error-code="no-untyped-def"
"""Compiled scoring of what an aerial user may do: fly straight for some slots, then hover; over several horizons."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from itnt_core.radio import sum_of_rows

from .compiled import fade, forecast_rate

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


@numba.njit(**_OPTIONS)
def _shadow(place_m, level, row, column, height_m, waves, phases, site_of, sigma, factor):
    """Write what the world's own shadowing makes of the map's gains (GBSs,) at a place."""
    place_m[0, 2] = height_m
    last, value = -1, 0.0
    for b in range(len(site_of)):
        if site_of[b] != last:
            last = site_of[b]
            value = sum_of_rows(place_m, waves[last], phases[last])[0]
        factor[b] = np.exp(-sigma[level, row, column, b] * value)


@numba.njit(**_OPTIONS)
def score_moves(
    state, moves, stays, horizons, cells, half_m, cell_m, correlation_m, radio, reach_m, hover_j, prices, ahead, scores
):
    """Write what every first move of every aerial user is worth in Mbit, as forecast over horizons.

    ``state`` is (places (n, I, 2), destinations (n, I, 2), present (n, I), offset (n, I, GBSs), sky (n, I, L), count
    (n, B), queue (n, U), comes (n, T', U): what is believed to arrive in the slots to come). ``moves`` (F, 4) are east
    and north of a unit vector, the speed as a share of the greatest, and 1 where the way to the destination stands for
    the vector; ``stays`` (S,) for how many slots a move goes on before hovering: the best counts, for each of
    ``horizons`` (H,) slots. ``prices`` is (Mbit a joule, Mbit a metre, slot_s, most in a queue, energy_j (I, F)).
    ``ahead`` says what is known of the future: nothing, or (True, serves (n, T', L), sky map (T', n, n, L), levels (I,)
    in metres, waves, phases, site_of, sigma (I, n, n, GBSs), amplitude included). Written are ``scores`` (n, I, F, H).
    """
    places, ends, present, offset, sky, count, queue, comes = state
    per_joule, per_metre, slot_s, most, energy_j = prices
    seen, serves, sky_map, levels, waves, phases, site_of, sigma = ahead
    longest = horizons[-1]
    gain, factor = np.empty(count.shape[1]), np.ones(offset.shape[2])
    above, spot = np.zeros(sky.shape[2]), np.zeros((1, 3))
    size, sky_size = cells.shape[1], sky_map.shape[1]
    for n in range(places.shape[0]):
        for i in range(places.shape[1]):
            scores[n, i] = 0.0
            if not present[n, i]:
                continue
            here_m, end_m, level, far = places[n, i], ends[n, i], cells[i], offset[n, i]
            above[:] = sky[n, i]
            first_m = np.hypot(end_m[0] - here_m[0], end_m[1] - here_m[1])
            for f in range(len(moves)):
                scores[n, i, f] = -np.inf
                for s in range(len(stays)):
                    east_m, north_m, waiting, value, rate = here_m[0], here_m[1], queue[n, i], 0.0, 0.0
                    at = 0
                    for k in range(longest):
                        moving = k < stays[s] and moves[f, 2] > 0.0
                        if moving:
                            step_m = moves[f, 2] * reach_m[i]
                            ahead_e, ahead_n = moves[f, 0], moves[f, 1]
                            if moves[f, 3] == 1.0:
                                way_m = np.hypot(end_m[0] - east_m, end_m[1] - north_m)
                                step_m = min(step_m, way_m)
                                ahead_e, ahead_n = (
                                    (end_m[0] - east_m) / max(way_m, 1e-9),
                                    (end_m[1] - north_m) / max(way_m, 1e-9),
                                )
                            east_m = min(max(east_m + step_m * ahead_e, -half_m), half_m)
                            north_m = min(max(north_m + step_m * ahead_n, -half_m), half_m)
                            value -= per_joule * energy_j[i, f]
                        else:
                            value -= per_joule * hover_j
                        if moving or k == 0 or seen:
                            if seen:
                                column = min(max(int((east_m + half_m) / cell_m), 0), size - 1)
                                row = min(max(int((north_m + half_m) / cell_m), 0), size - 1)
                                if moving or k == 0:
                                    spot[0, 0], spot[0, 1] = east_m, north_m
                                    _shadow(
                                        spot, i, row, column, levels[i], waves[n], phases[n], site_of, sigma, factor
                                    )
                                for b in range(len(above)):
                                    above[b] = (
                                        sky_map[k, row * sky_size // size, column * sky_size // size, b]
                                        * serves[n, k, b]
                                    )
                            else:
                                away_m = np.hypot(east_m - here_m[0], north_m - here_m[1])
                                fade(far, away_m, correlation_m, factor)
                            rate = forecast_rate(
                                east_m, north_m, level, half_m, cell_m, factor, above, count[n], radio, gain
                            )
                        waiting = min(waiting + comes[n, k, i], most)
                        drained = min(rate * slot_s, waiting)
                        waiting -= drained
                        value += drained
                        if k + 1 == horizons[at]:
                            left_m = np.hypot(end_m[0] - east_m, end_m[1] - north_m)
                            worth = value + per_metre * (first_m - left_m)
                            scores[n, i, f, at] = max(scores[n, i, f, at], worth)
                            at += 1
                    if moves[f, 2] == 0.0:
                        break
