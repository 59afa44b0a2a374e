"""The curves of a run over time, as figures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from itnt_core.arrays import Array
from itnt_core.results import Result, decision_of, served_users

from .blocks import Block, Figure, Row
from .charts import CHART_PT, FULL_PT, SKY_PT, Series, line_chart, numbered, sky_plot, strip_chart
from .judged import JudgedRun, common_bound_mbit

MOST_LINES = 8  # with a name of their own; the others are drawn as their mean
GAP_PT = 12.0  # between figures side by side


def waypoint_times_s(result: Result) -> Array:
    """Return the moments of the waypoints (slots + 1,) in seconds after the start."""
    return np.arange(result.scenario.time.slots + 1, dtype=np.float64) * result.scenario.time.slot_s


def cumulated_mbit(result: Result, convention: str) -> Array:
    """Return the data that all users have got up to each waypoint (slots + 1,) in Mbit."""
    rate = np.nan_to_num(result.dataset[f"rate_{convention}_mbit_s"].values).sum(axis=1)
    return np.concatenate([[0.0], np.cumsum(rate * result.scenario.time.slot_s)])


def served_share(result: Result) -> Array:
    """Return the share of users that are served in each slot (slots,)."""
    share: Array = served_users(result.scenario, result.dataset).mean(axis=1)
    return share


def run_curves(run: JudgedRun) -> list[Block]:
    """Return the figures of one run: data service with its bound, sky, rates, powers, served share."""
    result = run.result
    times = waypoint_times_s(result)
    sky = _sky(result)
    width = FULL_PT - SKY_PT - GAP_PT if sky else FULL_PT
    service = line_chart("Cumulative data service", "Mbit", times, _service(run), width, SKY_PT if sky else CHART_PT)
    caption = "Data of all users under both conventions" + (
        ", and the certified upper bound of the whole window." if run.bound_mbit else "."
    )
    served = numbered("served", 100.0 * served_share(result), 1, steps=True)
    return [
        Row((Figure(service, caption, width / FULL_PT), *sky)),
        Row(
            (
                Figure(
                    strip_chart("Rate", "Mbit/s, active", times, _rates(result)),
                    "Rate of each aerial user, and the mean of ground users; all on one scale.",
                    0.5,
                ),
                Figure(
                    strip_chart("Transmit power", "W", times, _powers(result)),
                    "Power that each station transmits to its users; all on one scale.",
                    0.5,
                ),
            )
        ),
        Figure(strip_chart("Served users", "% of users", times, [served], FULL_PT), "Share of users served, by slot."),
    ]


def _sky(result: Result) -> list[Figure]:
    """Return the satellites' tracks, where there are satellites."""
    data = result.dataset
    is_leo = data["station_kind"].values == "leo"
    if not is_leo.any():
        return []
    names = [str(name) for name in data["station"].values[is_leo]]
    plot = sky_plot(names, data["azimuth_deg"].values[:, is_leo], data["elevation_deg"].values[:, is_leo])
    return [Figure(plot, "Satellites seen from the middle of the area; a dot marks the end.", SKY_PT / FULL_PT)]


def _service(run: JudgedRun) -> list[Series]:
    lines = [
        Series("active", cumulated_mbit(run.result, "active"), "series1", width=2.0),
        Series("always-on", cumulated_mbit(run.result, "always_on"), "series0", (5, 2.5), 1.6),
    ]
    return lines if run.bound_mbit is None else [*lines, bound_line(run, "upper bound")]


def bound_line(run: JudgedRun, name: str) -> Series:
    """Return the certified bound as a level line over the whole window."""
    level = np.full(run.result.scenario.time.slots + 1, run.bound_mbit or np.nan)
    return Series(name, level, "soft", (1.5, 2.5), 1.3)


def _rates(result: Result) -> list[Series]:
    data = result.dataset
    rate = np.nan_to_num(data["rate_active_mbit_s"].values)
    aerial = data.sizes["aerial_user"]
    lines = [
        numbered(str(name), rate[:, number], number, steps=True)
        for number, name in enumerate(data["aerial_user"].values[:MOST_LINES])
    ]
    if aerial > MOST_LINES:
        others = rate[:, MOST_LINES:aerial].mean(axis=1)
        lines.append(Series(f"mean of {aerial - MOST_LINES} other AUs", others, "frame", (7, 2.5), steps=True))
    if data.sizes["ground_user"]:
        lines.append(Series("mean of ground users", rate[:, aerial:].mean(axis=1), "soft", (1.5, 2.5), steps=True))
    return lines


def _powers(result: Result) -> list[Series]:
    data = result.dataset
    total = station_power_w(result)
    lines = [
        numbered(str(name), total[:, number], number, steps=True)
        for number, name in enumerate(data["station"].values[:MOST_LINES])
    ]
    if total.shape[1] > MOST_LINES:
        name = f"mean of {total.shape[1] - MOST_LINES} other stations"
        lines.append(Series(name, total[:, MOST_LINES:].mean(axis=1), "soft", (1.5, 2.5), steps=True))
    return lines


def station_power_w(result: Result) -> Array:
    """Return what each station transmits to its users (slots, stations): powers of subchannels that serve somebody."""
    total: Array = decision_of(result.dataset).used_power_w.sum(axis=2)
    return total


def compared_curves(runs: Sequence[JudgedRun]) -> list[Block]:
    """Return the curves of several runs over one another; the clock is that of the longest."""
    times = max((waypoint_times_s(run.result) for run in runs), key=lambda moments: float(moments[-1]))
    service = [
        numbered(run.name, _on_clock(times, waypoint_times_s(run.result), cumulated_mbit(run.result, "active")), number)
        for number, run in enumerate(runs)
    ]
    share = [
        numbered(
            run.name,
            _held(times[1:], waypoint_times_s(run.result)[1:], 100.0 * served_share(run.result)),
            number,
            steps=True,
        )
        for number, run in enumerate(runs)
    ]
    lines = _bound_lines(runs, times)
    return [
        Figure(
            line_chart("Cumulative data service", "Mbit", times, [*service, *lines]),
            "Cumulative data service (active), all users.",
        ),
        Figure(line_chart("Served users", "% of users", times, share), "Share of users served."),
    ]


def _bound_lines(runs: Sequence[JudgedRun], times: Array) -> list[Series]:
    """Return the bound that all runs share, or each run's own where they answer different questions."""
    common = common_bound_mbit(runs)
    if common is not None:
        return [
            _level(times, common, "lowest upper bound" if len({run.bound_mbit for run in runs}) > 1 else "upper bound")
        ]
    return [_level(times, run.bound_mbit, f"bound, {run.name}") for run in runs if run.bound_mbit is not None]


def _level(times: Array, value: float, name: str) -> Series:
    return Series(name, np.full(times.size, value), "soft", (1.5, 2.5), 1.3)


def _on_clock(times: Array, own_s: Array, values: Array) -> Array:
    """Return values at the moments of another clock; nothing after one's own end."""
    return np.interp(times, own_s, values, right=np.nan)


def _held(times: Array, own_s: Array, values: Array) -> Array:
    """Return the values of the slots in which the moments of another clock lie; nothing after one's own end."""
    slot = np.searchsorted(own_s, times - 1e-9)
    return np.where(slot < values.size, values[np.minimum(slot, values.size - 1)], np.nan)
