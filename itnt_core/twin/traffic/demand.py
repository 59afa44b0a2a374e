"""The demand: ten-minute levels of every user, what arrives in each slot, and what the twin expects to arrive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from itnt_core.arrays import IntArray
from itnt_core.radio import named_generator
from itnt_core.scenario import positions_m
from itnt_core.twin.planning.window import Array
from itnt_core.twin.scenario import TrafficSeries, TwinScenario

from .forecast import FORECASTERS, History
from .places import nearest_cells
from .profiles import LONDON, archetypes_at, daily_level

BIN_S, HISTORY_DAYS = 600.0, 15
CYCLE_RHO = 0.8  # of the log fluctuation between cycles


@dataclass(frozen=True, eq=False)
class Demand:
    """What arrives and what was expected.

    ``arrivals_mbit`` (slots, users); ``predicted_mbit`` (cycles, users), without headroom; ``history`` the levels in
    Mbit/s up to and with the bin in which the run begins, its last one; ``source`` says in words where it comes from.
    """

    arrivals_mbit: Array
    predicted_mbit: Array
    history: History
    source: str


def build_demand(scenario: TwinScenario) -> Demand:
    """Draw the demand of a scenario; the same scenario gives the same demand, whatever the twin knows of it."""
    levels, source = _levels(scenario)
    bins = bins_of_run(scenario, levels.step_s)
    first = levels.level.shape[1] - bins
    at = _bin_of_cycles(scenario, levels.step_s)  # (cycles,)
    level = levels.level[:, first:][:, at].T  # Mbit/s of each user in each cycle
    cycles, users = level.shape
    traffic, seed = scenario.traffic, scenario.seed
    generator = named_generator(seed, "arrivals")
    shock = autoregression(generator.standard_normal((cycles, users)), CYCLE_RHO) * traffic.cycle_sigma
    rate = level * np.exp(shock - traffic.cycle_sigma**2 / 2.0)  # (cycles, users)
    bursts = generator.gamma(
        traffic.burst_shape, 1.0 / traffic.burst_shape, (cycles, scenario.sharing.slots_per_cycle, users)
    )
    slot_s = scenario.network.time.slot_s
    arrivals = (rate[:, None, :] * slot_s * bursts).reshape(-1, users)
    if traffic.forecaster == "perfect":
        expected = arrivals.reshape(cycles, -1, users).sum(axis=1)
    else:
        forecast = FORECASTERS[traffic.forecaster](
            levels, first
        )  # each bin from what was measured until the one before
        expected = forecast[:, at].T * scenario.cycle_s
    wrong = named_generator(seed, "twin", "traffic").standard_normal((cycles, users))
    factor = np.exp(autoregression(wrong, CYCLE_RHO) * scenario.error.traffic_sigma)
    return Demand(arrivals, expected * factor, levels.until(first + 1), source)


def bins_of_run(scenario: TwinScenario, step_s: float) -> int:
    """Return how many bins of a traffic series a run meets; the first begins with it."""
    return int(_bin_of_cycles(scenario, step_s)[-1]) + 1


def _bin_of_cycles(scenario: TwinScenario, step_s: float) -> IntArray:
    """Return in which bin of the run each cycle begins (cycles,)."""
    starts_s = scenario.cycle_s * np.arange(scenario.cycles)
    found: IntArray = np.floor(starts_s / step_s + 1e-9).astype(np.int64)
    return found


def autoregression(normal: Array, rho: float) -> Array:
    """Turn independent standard normals (steps, ...) into a stationary AR(1) of unit variance along the first axis."""
    series = np.array(normal)
    for step in range(1, len(series)):
        series[step] = rho * series[step - 1] + np.sqrt(1.0 - rho**2) * normal[step]
    return series


def _levels(scenario: TwinScenario) -> tuple[History, str]:
    return _generated(scenario) if scenario.traffic.series is None else _from_series(scenario, scenario.traffic.series)


def _generated(scenario: TwinScenario) -> tuple[History, str]:
    """Draw ten-minute levels to the run's end: profile of the neighbourhood, lognormal over users, AR(1) residual."""
    network, traffic = scenario.network, scenario.traffic
    points = positions_m(network.ground_users)[:, :2]
    kinds = archetypes_at(points, network.area.lon, network.area.lat)
    end = network.time.start
    past = round(HISTORY_DAYS * 86_400.0 / BIN_S)
    bins = past + bins_of_run(scenario, BIN_S)
    start = end - timedelta(seconds=past * BIN_S)
    moments = [start + timedelta(seconds=index * BIN_S) for index in range(bins)]
    daily = {kind: daily_level(kind, moments) for kind in set(kinds)}
    generator = named_generator(scenario.seed, "traffic")
    sigma = traffic.place_sigma
    place = np.exp(sigma * generator.standard_normal(len(kinds)))
    place /= place.mean()
    spread = traffic.residual_sigma / np.sqrt(1.0 - traffic.residual_rho**2)
    residual = spread * autoregression(generator.standard_normal((bins, len(kinds))), traffic.residual_rho)
    shape = np.stack([daily[kind] / daily[kind][: past + 1].mean() for kind in kinds])
    usual = place[:, None] * shape
    drawn = usual * np.exp(residual.T - spread**2 / 2.0)
    # A strong residual has its mean in peaks that no day needs to hold: the day of the run keeps the load asked for.
    day = slice(-round(86_400.0 / BIN_S), None)
    level = traffic.mean_load_mbit_s * drawn * (usual[:, day].sum() / drawn[:, day].sum())
    return History(level, start, BIN_S), f"generated after {', '.join(sorted(set(kinds)))} neighbourhoods"


def _from_series(scenario: TwinScenario, series: TrafficSeries) -> tuple[History, str]:
    """Map a user's series to the users: each the nearest cell, shared evenly by its users, scaled to the mean load.

    Where the file has no places the cells are taken in turn.

    The run begins in the last bin of the file at the scenario's time of day after which the file is long enough for it,
    on a day of the same kind where the file has one.
    """
    activity = np.array(series.activity)
    needed = bins_of_run(scenario, series.step_s)
    first = _bin_of_run(series, scenario.network.time.start, activity.shape[1] - needed + 1)
    last = first + needed - 1
    cell, how = _cells_of_users(scenario, series)
    shared = np.bincount(cell, minlength=activity.shape[0])
    level = activity[cell, : last + 1] / shared[cell, None]
    mean = level[:, : first + 1].mean()
    scale = scenario.traffic.mean_load_mbit_s / mean if mean > 0.0 else 0.0
    own = scenario.traffic.own_forecast
    forecast = None if own is None else _aligned(own, series, last)[cell] / shared[cell, None] * scale
    moment = (series.start + timedelta(seconds=first * series.step_s)).astimezone(LONDON)
    words = f"your file, {np.unique(cell).size} cells {how}, {moment:%A %d %B %Y %H:%M} in London"
    return History(level * scale, series.start, series.step_s, forecast), words


def _cells_of_users(scenario: TwinScenario, series: TrafficSeries) -> tuple[IntArray, str]:
    """Return the cell that each user is in (users,), and in words how it was found."""
    users = scenario.network.ground_users
    if series.places is None:
        return np.arange(len(users)) % len(series.cells), "in turn, as it names no places"
    points_m = positions_m(users)[:, :2]
    cell, is_moved = nearest_cells(np.array(series.places), points_m, scenario.network.area)
    return cell, "by place" + (", moved over the area with their distances kept" if is_moved else "")


def _bin_of_run(series: TrafficSeries, start: datetime, bins: int) -> int:
    """Return the last bin at the time of day of ``start``, on a like day if there is one; none of the first 2."""
    wanted = start.astimezone(LONDON)
    seconds = wanted.hour * 3600 + wanted.minute * 60 + wanted.second
    like, same_time = None, None
    for index in range(bins - 1, 1, -1):
        moment = (series.start + timedelta(seconds=index * series.step_s)).astimezone(LONDON)
        if 0 <= seconds - (moment.hour * 3600 + moment.minute * 60 + moment.second) < series.step_s:
            same_time = index if same_time is None else same_time
            if (moment.weekday() >= 5) == (wanted.weekday() >= 5):
                like = index
                break
    found = like if like is not None else same_time
    return bins - 1 if found is None else found


def _aligned(own: TrafficSeries, series: TrafficSeries, last: int) -> Array:
    """Return a user's forecast (cells, bins) on the bins of the series, by cell name and time; the measured level where
    it says nothing."""
    measured = np.array(series.activity)[:, : last + 1]
    forecast = np.concatenate([measured[:, :1], measured[:, :-1]], axis=1)
    offset = round((own.start - series.start).total_seconds() / series.step_s)
    for row, name in enumerate(series.cells):
        if name in own.cells:
            values = np.array(own.activity[own.cells.index(name)])
            target = offset + np.arange(values.size)
            inside = (target >= 0) & (target <= last)
            forecast[row, target[inside]] = values[inside]
    return forecast
