"""What changed between the twin's plan and the correction of a cycle, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from itnt_core.twin import SCHEME_TITLES, TwinResult
from itnt_core.units import to_db

LEAST_GAP = 0.5  # per cent: what is less is called no gap
MOST = 4  # things that a sentence names
# Of the full power and of the steering: smaller changes have no sentence.
LEAST_POWER, LEAST_STEERING, LEAST_GAIN_DB = 0.05, 0.1, 3.0


def bound_sentence(results: Sequence[TwinResult]) -> str:
    """Say what is certified about the backlog of schemes of one question, and how near the best of them comes."""
    bounded = [result for result in results if isinstance(result.kpis.get("bound_mbit"), float)]
    if not bounded:
        why = next((str(one.manifest["no_bound"]) for one in results if one.manifest.get("no_bound")), "")
        return f"No certified bound: {why}." if why else "No certified bound is stored with these results."
    best = min(bounded, key=lambda result: float(result.kpis["gap"]))
    bound_mbit, gap = float(best.kpis["bound_mbit"]), 100 * float(best.kpis["gap"])
    title = SCHEME_TITLES[best.kpis["scheme"]]
    nearest = f"{title} is at the bound" if gap < LEAST_GAP else f"{title} could fall by {gap:.0f} % at most"
    return (
        f"Certified: no scheme that keeps the limits leaves less than {bound_mbit:,.1f} Mbit on average, whatever it "
        f"knows; {nearest}."
    )


def change_sentences(result: TwinResult, cycle: int) -> list[str]:
    """Say what the twin got wrong about a cycle (0-based) and what the correction did about it."""
    data = result.dataset.isel(cycle=cycle)
    found = [_arrivals(result, cycle), *_gains(data, result), *_powers(data, result), *_steering(data)]
    return [sentence for sentence in found if sentence]


def _arrivals(result: TwinResult, cycle: int) -> str:
    per = result.scenario.sharing.slots_per_cycle
    arrived = float(result.dataset["arrivals_mbit"].values[cycle * per : (cycle + 1) * per].sum())
    expected = float(result.dataset["predicted_mbit"].values[cycle].sum())
    if expected <= 0.0:
        return f"The twin expected no traffic; {arrived:,.0f} Mbit arrived."
    return (
        f"The twin expected {expected:,.0f} Mbit to arrive; {arrived:,.0f} Mbit did "
        f"({100 * (arrived / expected - 1):+.0f} %)."
    )


def _gains(data: object, result: TwinResult) -> list[str]:
    """Name the links in use whose gain the twin got most wrong."""
    actual, predicted = data["gain"].values, data["predicted_gain"].values  # type: ignore[index]
    used = data["share"].values.max(axis=2) > 0.0  # type: ignore[index]
    error = to_db(predicted, 1e-12) - to_db(actual, 1e-12)
    error = np.where(used, error, 0.0)
    order = np.argsort(-np.abs(error), axis=None)[:MOST]
    names, users = data["transmitter"].values, data["user"].values  # type: ignore[index]
    parts = [
        f"{users[k]} from {names[j]} {abs(error[j, k]):.0f} dB {'weaker' if error[j, k] > 0 else 'stronger'}"
        for j, k in (np.unravel_index(index, error.shape) for index in order)
        if abs(error[j, k]) >= LEAST_GAIN_DB
    ]
    return [f"Links turned out other than predicted: {', '.join(parts)}."] if parts else []


def _powers(data: object, result: TwinResult) -> list[str]:
    stations = len(result.scenario.network.ground_stations)
    change = (data["power"].values - data["planned_power"].values)[:stations]  # type: ignore[index]
    order = np.argsort(-np.abs(change), axis=None)[:MOST]
    names = data["transmitter"].values  # type: ignore[index]
    before = data["planned_power"].values  # type: ignore[index]
    parts = []
    for index in order:
        j, f = np.unravel_index(index, change.shape)
        if abs(change[j, f]) >= LEAST_POWER:
            now = before[j, f] + change[j, f]
            parts.append(f"{names[j]} on sub-band {f + 1} from {100 * before[j, f]:.0f} to {100 * now:.0f} %")
    return [f"Base stations changed their power (of the cap): {', '.join(parts)}."] if parts else []


def _steering(data: object) -> list[str]:
    change = data["steering"].values - data["planned_steering"].values  # type: ignore[index]
    order = np.argsort(-np.abs(change))[:MOST]
    users = data["user"].values  # type: ignore[index]
    parts = [
        f"{users[k]} {100 * abs(change[k]):.0f} % {'to base stations' if change[k] > 0 else 'to satellites'}"
        for k in order
        if abs(change[k]) >= LEAST_STEERING
    ]
    return [f"Traffic was steered anew: {', '.join(parts)}."] if parts else []
