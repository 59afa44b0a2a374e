"""What changed between the twin's plan and the correction of a cycle, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from itnt_core.twin import SCHEME_TITLES, TWIN_FIGURES, TwinResult
from itnt_core.units import to_db

LEAST_GAP = 0.5  # per cent: what is less is called no gap
MOST = 4  # things that a sentence names
# Of the full power and of the steering: smaller changes have no sentence.
LEAST_POWER, LEAST_STEERING, LEAST_GAIN_DB = 0.05, 0.1, 3.0


# Of a result: what is looked at first. The bound and its gap stand in results that have them.
HEADLINE = ("mean_backlog_mbit", "bound_mbit", "gap", "delay_s", "satisfied_share", "ntn_share")


def twin_headline(kpis: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return (label, value with unit, explanation) of the few figures of a scheme that are looked at first."""
    figures = {figure.key: figure for figure in TWIN_FIGURES}
    values = [(figures[key], figures[key].value(kpis)) for key in HEADLINE if key in figures]
    return [(figure.label, figure.text(value), figure.words) for figure, value in values if value is not None]


def least_backlog_sentence(results: Sequence[TwinResult]) -> str:
    """Say which of several schemes of a question leaves least waiting; nothing where there is nothing to compare."""
    means = {result.kpis["scheme"]: result.kpis["mean_backlog_mbit"] for result in results}
    real = {key: value for key, value in means.items() if key != "genie"}
    if len(real) < 2:
        return ""
    best = min(real, key=real.__getitem__)
    text = f"Least backlog here: {SCHEME_TITLES[best]}, {real[best]:,.0f} Mbit on average."
    if "genie" in means:
        text += f" With perfect forecasts the same algorithm reaches {means['genie']:,.0f} Mbit."
    return text


def twin_sentence(result: TwinResult) -> str:
    """Say what the map shows of a result, for who cannot see it."""
    kpis, network = result.kpis, result.scenario.network
    return (
        f"{SCHEME_TITLES[kpis['scheme']]} on {network.name}: {len(network.ground_stations)} base stations and "
        f"{result.dataset.sizes['satellite']} satellites share {network.radio.subchannels} sub-bands for "
        f"{len(network.ground_users)} users over {result.scenario.cycles} cycles of {result.scenario.cycle_s:g} s; "
        f"{kpis['mean_backlog_mbit']:,.0f} Mbit wait on average, satellites serve {100 * kpis['ntn_share']:.0f} %."
    )


def user_backlog_rows(result: TwinResult) -> list[dict[str, Any]]:
    """Return a row per user: what waits for it, what was served to it by whom, in words and numbers of a table."""
    data = result.dataset
    waiting = data["queue_mbit"].sum("system")
    served = data["served_mbit"].sum("slot").values  # (2, users)
    return [
        {
            "User": str(name),
            "Waits on average, Mbit": round(float(waiting[:, user].mean()), 1),
            "Waits at most, Mbit": round(float(waiting[:, user].max()), 1),
            "Arrived, Mbit": round(float(data["arrivals_mbit"][:, user].sum()), 1),
            "Served by base stations, Mbit": round(float(served[0, user]), 1),
            "Served by satellites, Mbit": round(float(served[1, user]), 1),
        }
        for user, name in enumerate(data["user"].values)
    ]


def bound_sentence(results: Sequence[TwinResult]) -> str:
    """Say what is certified about the backlog of schemes of one question, and how near the best of them comes."""
    bounded = [result for result in results if isinstance(result.kpis.get("bound_mbit"), float)]
    if not bounded:
        why = next((str(one.manifest["no_bound"]) for one in results if one.manifest.get("no_bound")), "")
        return f"No certified bound: {why}." if why else "No certified bound is stored with these results."
    best = min(bounded, key=lambda result: float(result.kpis["gap"] or 0.0))
    return (
        f"Certified: no scheme that keeps the limits leaves less than {best.kpis['bound_mbit']:,.1f} Mbit on average, "
        f"whatever it knows; {_how_near(best)}."
    )


def _how_near(result: TwinResult) -> str:
    title, gap = SCHEME_TITLES[result.kpis["scheme"]], result.kpis["gap"]
    if gap is None:
        return f"{title} leaves next to nothing waiting"
    if 100.0 * gap < LEAST_GAP:
        return f"{title} is at the bound"
    return f"that of {title} could fall by {100.0 * gap:.0f} % at most"


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
