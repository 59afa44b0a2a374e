"""Figures of spectrum sharing: backlog of all schemes, the band over time, the steps of the planner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from itnt_core.results import outcomes, table_row
from itnt_core.twin import SCHEME_TITLES, TWIN_FIGURES, TwinResult

from . import style
from .sweep import half_width

TN, NTN, SHARED, SILENT = style.BLUE, style.ORANGE, style.GREEN, "#B5BAC1"
_LINES = {
    "genie": (style.GREY, "dot"),
    "joint_refine": (style.GREEN, "solid"),
    "joint": (style.GREEN, "dash"),
    "orthogonal_refine": (style.ORANGE, "solid"),
    "tn_only_refine": (style.BLUE, "solid"),
    "greedy": (style.RED, "solid"),
    "reactive": (style.PINK, "solid"),
    "lite": (style.SKY, "dash"),
}
HOUR_S = 3600.0
BAND_WORDS = ("nobody sends", "base stations only", "satellites only", "both systems")
BAND_COLOURS = (SILENT, TN, NTN, SHARED)


def times_s(result: TwinResult) -> np.ndarray:
    """Return the ends of the slots in seconds."""
    return result.scenario.network.time.slot_s * result.dataset["slot"].values


def backlog_mbit(result: TwinResult) -> np.ndarray:
    """Return the backlog of both systems and all users (slots,)."""
    return np.asarray(result.dataset["queue_mbit"].sum(("system", "user")).values)


def backlog_figure(results: Sequence[TwinResult]) -> go.Figure:
    """Draw the backlog over time, a line per scheme; perfect forecasts dotted, windows marked."""
    figure = go.Figure()
    for result in results:
        key = result.kpis["scheme"]
        colour, dash = _LINES.get(key, (SILENT, "solid"))
        figure.add_scatter(
            x=times_s(result),
            y=backlog_mbit(result),
            name=SCHEME_TITLES[key],
            mode="lines",
            line={"color": colour, "dash": dash, "width": 2.5},
            hovertemplate="%{y:,.0f} Mbit after %{x:g} s",
        )
    if results:
        scenario = results[0].scenario
        for window in range(1, scenario.windows):
            figure.add_vline(
                window * scenario.sharing.cycles_per_window * scenario.cycle_s, line={"dash": "dot", "color": SILENT}
            )
    return style.laid_out(figure, 360, "Time, s", "Backlog, Mbit", yaxis_rangemode="tozero")


def hours_figure(results: Sequence[TwinResult]) -> go.Figure | None:
    """Draw load, mean backlog and what satellites serve by the hour, a line per scheme; None for runs of an hour."""
    if not results or results[0].scenario.network.time.duration_s <= HOUR_S:
        return None
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.06)
    figure.add_bar(
        x=_hour_axis(results[0]),
        y=_by_hour(results[0], results[0].dataset["arrivals_mbit"].sum("user").values) / _slot_s(results[0]),
        name="Load",
        marker_color=SILENT,
        hovertemplate="%{y:,.1f} Mbit/s arrive in hour %{x:g}<extra></extra>",
        row=1,
        col=1,
    )
    for result in results:
        key = result.kpis["scheme"]
        colour, dash = _LINES.get(key, (SILENT, "solid"))
        served = result.dataset["served_mbit"].sum("user").values  # (2, slots)
        all_served = np.maximum(_by_hour(result, served.sum(axis=0)), 1e-9)
        rows = (
            (2, _by_hour(result, backlog_mbit(result)), "%{y:,.0f} Mbit wait in hour %{x:g}"),
            (3, 100.0 * _by_hour(result, served[1]) / all_served, "%{y:.0f} % by satellites in hour %{x:g}"),
        )
        for row, values, hover in rows:
            figure.add_scatter(
                x=_hour_axis(result),
                y=values,
                name=SCHEME_TITLES[key],
                legendgroup=key,
                showlegend=row == 2,
                line={"color": colour, "dash": dash, "shape": "hvh"},
                mode="lines",
                hovertemplate=hover,
                row=row,
                col=1,
            )
    titles = ("Load, Mbit/s", TWIN_FIGURES[0].heading, "By satellites, %")
    for row, title in enumerate(titles, start=1):
        figure.update_yaxes(title_text=title, rangemode="tozero", row=row, col=1)
    figure = style.laid_out(figure, 560, "", "Load, Mbit/s")
    return figure.update_xaxes(title_text="Hours after the start", row=3, col=1)


def _slot_s(result: TwinResult) -> float:
    return float(result.scenario.network.time.slot_s)


def _hour_axis(result: TwinResult) -> np.ndarray:
    """Return the middles of a run's hours (hours,)."""
    return np.arange(np.ceil(result.scenario.network.time.duration_s / HOUR_S)) + 0.5


def _by_hour(result: TwinResult, values: np.ndarray) -> np.ndarray:
    """Return the means over each hour (hours,) of values (slots,)."""
    hour = (np.arange(values.size) * _slot_s(result) / HOUR_S + 1e-9).astype(int)
    return np.bincount(hour, values) / np.bincount(hour)


def band_states(result: TwinResult) -> np.ndarray:
    """Return who sends on each sub-band (cycles, subbands): 0 nobody, 1 base stations, 2 satellites, 3 both.

    From the powers, not from the masks: a system that may send need not.
    """
    tn, ntn = result.dataset["active"].values
    return (tn + 2 * ntn).astype(int)


def waterfall_figure(result: TwinResult) -> go.Figure:
    """Draw the band: a row per sub-band, a column per cycle, coloured by who sends; the load stands in the cells."""
    states = band_states(result)
    load = result.dataset["load_mbit_s"].sum("system").values  # (cycles, subbands)
    scale = [[edge, colour] for n, colour in enumerate(BAND_COLOURS) for edge in (n / 4, (n + 1) / 4)]
    words = np.array(BAND_WORDS)[states]
    figure = go.Figure(
        go.Heatmap(
            z=states.T,
            x=result.dataset["cycle"].values,
            y=result.dataset["subband"].values,
            colorscale=scale,
            zmin=-0.5,
            zmax=3.5,
            xgap=2,
            ygap=2,
            showscale=False,
            text=np.round(load.T).astype(int),
            texttemplate="%{text}",
            customdata=words.T,
            hovertemplate="cycle %{x}, sub-band %{y}: %{customdata}, up to %{text} Mbit/s<extra></extra>",
        )
    )
    for colour, text in zip(BAND_COLOURS, BAND_WORDS, strict=True):
        figure.add_scatter(
            x=[None], y=[None], mode="markers", marker={"color": colour, "symbol": "square", "size": 12}, name=text
        )
    return style.laid_out(figure, 300, "Cycle", "Sub-band", xaxis={"dtick": 1}, yaxis={"dtick": 1})


def steps_figure(course: Iterable[Mapping[str, Any]]) -> go.Figure | None:
    """Draw the planner's steps: surrogate, true objective, how undecided the binaries are; None without steps."""
    steps = list(course)
    if not steps:
        return None
    number = list(range(1, len(steps) + 1))
    words = [f"{step['phase']}, step {step['number']}" for step in steps]
    figure = go.Figure()
    for key, name, colour, dash in (
        ("surrogate_mbit", "Surrogate", NTN, "dot"),
        ("backlog_mbit", "True objective after the polish", SHARED, "solid"),
    ):
        figure.add_scatter(
            x=number,
            y=[step[key] for step in steps],
            name=name,
            mode="lines+markers",
            marker={"size": 4},
            line={"color": colour, "dash": dash},
            text=words,
            hovertemplate="%{text}: %{y:,.1f} Mbit",
        )
    figure.add_scatter(
        x=number,
        y=[step["binary_gap"] for step in steps],
        name="Binary gap",
        mode="lines",
        yaxis="y2",
        line={"color": SILENT},
        text=words,
        hovertemplate="%{text}: %{y:.3f}",
    )
    return style.laid_out(
        figure,
        300,
        "Step",
        "Mean backlog of the window, Mbit",
        yaxis_rangemode="tozero",
        yaxis2={"overlaying": "y", "side": "right", "range": [0, 0.55], "title": "Binary gap", "showgrid": False},
    )


def delay_figure(results: Sequence[TwinResult]) -> go.Figure:
    """Draw which share of the users waits no longer than so many seconds, by Little's law, a line per scheme."""
    figure = go.Figure()
    for result in results:
        key = result.kpis["scheme"]
        colour, dash = _LINES.get(key, (SILENT, "solid"))
        delay = np.sort(user_delays_s(result))
        finite = delay[np.isfinite(delay)]
        share = np.arange(1, finite.size + 1) / max(1, delay.size)
        figure.add_scatter(
            x=np.concatenate([[0.0], finite]),
            y=np.concatenate([[0.0], share]),
            name=SCHEME_TITLES[key],
            line={"color": colour, "dash": dash, "shape": "hv"},
            mode="lines",
            hovertemplate="%{y:.0%} of the users wait up to %{x:.1f} s",
        )
    return style.laid_out(
        figure, 300, "Mean waiting time, s", "Share of users", yaxis={"range": [0, 1.02], "tickformat": ".0%"}
    )


def backlog_share_figure(results: Sequence[TwinResult]) -> go.Figure:
    """Draw for which share of the users no more than so much waits, on the mean over the slots, a line per scheme."""
    figure = go.Figure()
    for result in results:
        key = result.kpis["scheme"]
        colour, dash = _LINES.get(key, (SILENT, "solid"))
        waiting = np.sort(user_backlog_mbit(result))
        figure.add_scatter(
            x=np.concatenate([[0.0], waiting]),
            y=np.arange(waiting.size + 1) / max(1, waiting.size),
            name=SCHEME_TITLES[key],
            line={"color": colour, "dash": dash, "shape": "hv"},
            mode="lines",
            hovertemplate="%{y:.0%} of the users have up to %{x:,.1f} Mbit waiting",
        )
    return style.laid_out(
        figure, 300, "Mean backlog of a user, Mbit", "Share of users", yaxis={"range": [0, 1.02], "tickformat": ".0%"}
    )


def user_backlog_mbit(result: TwinResult) -> np.ndarray:
    """Return what waits for each user on the mean over the slots, at both systems (users,)."""
    return np.asarray(result.dataset["queue_mbit"].sum("system").mean("slot").values)


def user_delays_s(result: TwinResult) -> np.ndarray:
    """Return each user's mean waiting time (users,): mean queue over throughput; infinite where nothing is served."""
    data, slot_s = result.dataset, result.scenario.network.time.slot_s
    queue = user_backlog_mbit(result)
    rate = data["served_mbit"].sum(("system", "slot")).values / (slot_s * data.sizes["slot"])
    delay = np.divide(queue, rate, out=np.full(queue.size, np.inf), where=rate > 0.0)
    delay[queue <= 1e-9] = 0.0
    return delay


def scheme_rows(results: Sequence[TwinResult]) -> list[dict[str, Any]]:
    """Return one row of figures per scheme."""
    figures = outcomes(TWIN_FIGURES)
    return [{"Scheme": SCHEME_TITLES[result.kpis["scheme"]], **table_row(figures, result.kpis)} for result in results]


def forecast_figure(result: TwinResult) -> go.Figure:
    """Draw what the twin expected to arrive in each cycle beside what arrived."""
    data, scenario = result.dataset, result.scenario
    arrived = data["arrivals_mbit"].sum("user").values.reshape(scenario.cycles, -1).sum(axis=1)
    figure = go.Figure()
    cycles = data["cycle"].values
    figure.add_bar(x=cycles, y=arrived, name="Arrived", marker_color=SILENT)
    figure.add_scatter(
        x=cycles,
        y=data["predicted_mbit"].sum("user").values,
        name="Predicted by the twin",
        mode="lines+markers",
        line={"color": NTN},
    )
    return style.laid_out(figure, 260, "Cycle", "Arrivals, Mbit", xaxis={"dtick": 1})


STUDY_LEVELS = ("small", "middle", "large")


def study_figure(rows: Sequence[Mapping[str, Any]], regime: str) -> go.Figure:
    """Draw mean backlog against the twin's error, a line per scheme, with 95 % intervals over the seeds.

    ``rows`` as ``benchmarks.twin`` keeps them; schemes without a twin are the same at every level.
    """
    chosen = [row for row in rows if row["regime"] == regime]
    values: dict[str, dict[str, list[float]]] = {}
    for key in _LINES:
        own = [row for row in chosen if row["scheme"] == key]
        for level in STUDY_LEVELS:
            found = [row["mean_backlog_mbit"] for row in own if row["level"] == level]
            values.setdefault(key, {})[level] = found or [row["mean_backlog_mbit"] for row in own]
    return _lines_with_intervals(values, "Error of the twin", "%{y:,.0f} Mbit at a %{x} error")


def dial_figure(rows: Sequence[Mapping[str, Any]], dial: str, title: str) -> go.Figure:
    """Draw mean backlog against a dial's value, a line per scheme, with 95 % intervals over the seeds.

    ``rows`` as ``benchmarks.twin dials`` keeps them; ``title`` names the axis with its unit.
    """
    values: dict[str, dict[float, list[float]]] = {}
    for row in sorted(rows, key=lambda row: row["value"]):
        if row["dial"] == dial:
            values.setdefault(row["scheme"], {}).setdefault(row["value"], []).append(row["mean_backlog_mbit"])
    return _lines_with_intervals(values, title, "%{y:,.0f} Mbit at %{x}")


def _lines_with_intervals(values: Mapping[str, Mapping[Any, Sequence[float]]], title: str, hover: str) -> go.Figure:
    """Draw a line per scheme through the means of ``values`` (scheme, place on the axis), with their 95 % intervals."""
    figure = go.Figure()
    for key, (colour, dash) in _LINES.items():
        kept = {place: np.array(series) for place, series in values.get(key, {}).items() if len(series) > 1}
        if not kept:
            continue
        halves = [half_width(series) for series in kept.values()]
        figure.add_scatter(
            x=list(kept),
            y=[float(series.mean()) for series in kept.values()],
            error_y={"type": "data", "array": halves, "thickness": 1.2},
            mode="lines+markers",
            name=SCHEME_TITLES[key],
            line={"color": colour, "dash": dash},
            hovertemplate=hover,
        )
    return style.laid_out(figure, 380, title, TWIN_FIGURES[0].heading, yaxis_rangemode="tozero")
