"""Counters that only rise, as routers and base stations keep them: what they rose by is the traffic."""

from __future__ import annotations

import numpy as np

from itnt_core.twin.planning.window import Array

RESET_SHARE = 0.1  # of the reading before: a counter that begins anew falls below it, traffic seldom does in one step
MOST_RESETS = 0.05  # of all steps
LEAST_RISING = 0.5  # of all steps: what stands still most of the time need be no counter
WRAPS = (2.0**32, 2.0**64)  # where counters of 32 and 64 bits begin anew


def looks_cumulative(level: Array, day: int) -> bool:
    """Say whether activity (cells, bins), NaN where missing, is a counter's reading in every cell that changes at all.

    Traffic falls at some time of every day of ``day`` bins; a counter rises for more than a day and falls to about 0
    where it begins anew.
    """
    readings = [row[~np.isnan(row)] for row in level]
    changing = [row for row in readings if row.size > 1 and np.ptp(row) > 0.0]
    return bool(changing) and all(_is_counter(row, day) for row in changing)


def _is_counter(reading: Array, day: int) -> bool:
    steps = np.diff(reading)
    falls = np.flatnonzero(steps < 0.0)
    longest = np.diff([-1, *falls, steps.size]).max() - 1
    resets = reading[falls + 1] < RESET_SHARE * reading[falls]
    rising = (steps > 0.0).sum() >= LEAST_RISING * steps.size
    return bool(rising and longest >= day and resets.all() and falls.size <= MOST_RESETS * steps.size)


def increments(level: Array) -> tuple[Array, int]:
    """Return by how much counters (cells, bins) rose in each bin (cells, bins - 1), and how often they began anew.

    A bin reaches from its reading to the next one. What rose over missing readings is spread evenly over them; a step
    in which a counter began anew is NaN, unless it ran over at 32 or 64 bits.
    """
    risen = np.full((level.shape[0], level.shape[1] - 1), np.nan)
    anew = 0
    for row, reading in enumerate(level):
        at = np.flatnonzero(~np.isnan(reading))
        steps = np.diff(reading[at])
        usual = steps[steps >= 0.0].max(initial=0.0)
        for wrap in WRAPS:
            ran_over = (steps < 0.0) & (steps + wrap <= 2.0 * usual) & (reading[at].max(initial=0.0) < wrap)
            steps = np.where(ran_over, steps + wrap, steps)
        anew += int((steps < 0.0).sum())
        rate = np.where(steps < 0.0, np.nan, steps / np.maximum(np.diff(at), 1))
        if at.size > 1:
            risen[row, at[0] : at[-1]] = np.repeat(rate, np.diff(at))
    return risen, anew
