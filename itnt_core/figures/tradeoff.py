"""What a run gains in one figure it may pay in another: runs as points, and those that none beats in both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from itnt_core.results import DATA_FIGURES, Better
from itnt_core.runs import Run, method_title

from . import style

_CHOSEN = ("data_service_mbit", "data_service_always_on_mbit", "energy_kj", "outage", "gap", "wall_s")
AXES = {figure.key: figure for key in _CHOSEN for figure in DATA_FIGURES if figure.key == key}
COLOURS = (*style.COLOURS[:5], style.SKY, "#8A5A2B")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star")
FRONT = style.GREY


@dataclass(frozen=True)
class TradeOff:
    """Runs as points: values ``(n, 2)`` in shown units, and which are on the Pareto front ``(n,)``."""

    runs: tuple[Run, ...]
    axes: tuple[str, str]
    values: NDArray[np.float64]
    front: NDArray[np.bool_]
    left_out: int  # runs without one of the two figures


def trade_off(runs: Iterable[Run], across: str, up: str) -> TradeOff:
    """Return the finished runs as points on two of ``AXES`` (KeyError for another)."""
    axes = (AXES[across], AXES[up])
    known: list[tuple[Run, list[float]]] = []
    left_out = 0
    for run in runs:
        values = [AXES[key].value(run.kpis) for key in (across, up)]
        if None in values:
            left_out += 1
        else:
            known.append((run, [value for value in values if value is not None]))
    points = np.array([values for _, values in known], dtype=float).reshape(-1, 2)
    front = pareto_front(points, [axis.better for axis in axes])
    return TradeOff(tuple(run for run, _ in known), (across, up), points, front, left_out)


def pareto_front(points: ArrayLike, better: Sequence[Better]) -> NDArray[np.bool_]:
    """Return which points ``(n, 2)`` no other one beats: at least as good in both figures, and better in one.

    Sorted once by the first figure, so it costs n log n. Equal points are on the front together.
    """
    signs = np.array([1.0 if wish == "more" else -1.0 for wish in better])
    goodness = np.asarray(points, dtype=float).reshape(-1, 2) * signs
    if not len(goodness):
        return np.zeros(0, dtype=bool)
    distinct, which = np.unique(goodness, axis=0, return_inverse=True)
    on_front = np.zeros(len(distinct), dtype=bool)
    best = -np.inf
    for row in np.lexsort((-distinct[:, 1], -distinct[:, 0])):  # the best in the first figure first
        on_front[row] = distinct[row, 1] > best
        best = max(best, distinct[row, 1])
    return on_front[which.ravel()]


def trade_off_sentence(found: TradeOff) -> str:
    """Say how many runs are shown, on the front, and left out."""
    across, up = (AXES[key] for key in found.axes)
    words = (
        f"{len(found.runs)} runs; {int(found.front.sum())} are on the Pareto front: no other run is at least as good "
        f"in both and better in one ({across.label}: {across.better} is better, "
        f"{up.label}: {up.better} is better)."
    )
    return f"{words} {found.left_out} without these figures are left out." if found.left_out else words


def trade_off_rows(found: TradeOff) -> list[dict[str, Any]]:
    """Return one row per run, those on the front first, then by the first figure."""
    across, up = (AXES[key] for key in found.axes)
    order = sorted(range(len(found.runs)), key=lambda row: (not found.front[row], found.values[row, 0]))
    return [
        {
            "Run": found.runs[row].title,
            "Method": method_title(found.runs[row]),
            "On the front": "yes" if found.front[row] else "no",
            across.heading: round(float(found.values[row, 0]), across.digits),
            up.heading: round(float(found.values[row, 1]), up.digits),
            "Id": found.runs[row].id,
        }
        for row in order
    ]


def trade_off_figure(found: TradeOff, chosen: str | None = None) -> go.Figure:
    """Draw a point per run, a shape and colour per method, the front as a dashed line with rings, the chosen run named.

    Each point carries its run's id as custom data.
    """
    across, up = (AXES[key] for key in found.axes)
    figure = go.Figure(_front_trace(found))
    titles = [method_title(run) for run in found.runs]
    for number, title in enumerate(dict.fromkeys(titles)):
        rows = [row for row, name in enumerate(titles) if name == title]
        figure.add_scatter(
            x=found.values[rows, 0],
            y=found.values[rows, 1],
            mode="markers",
            name=style.plain(title),
            customdata=[[found.runs[row].id, style.plain(found.runs[row].title)] for row in rows],
            marker={
                "symbol": SYMBOLS[number % len(SYMBOLS)],
                "size": 11,
                "color": COLOURS[number % len(COLOURS)],
                "line": style.EDGE,
            },
            hovertemplate="<br>".join(
                ("%{customdata[1]}", f"{across.heading} %{{x:,.4g}}", f"{up.heading} %{{y:,.4g}}<extra></extra>")
            ),
        )
    _mark_chosen(figure, found, chosen)
    return style.laid_out(figure, 440, across.heading, up.heading, clickmode="event+select")


def _front_trace(found: TradeOff) -> go.Scatter:
    points = found.values[found.front]
    points = points[np.lexsort((points[:, 1], points[:, 0]))]
    return go.Scatter(
        x=points[:, 0],
        y=points[:, 1],
        mode="lines+markers",
        name="Pareto front",
        hoverinfo="skip",
        line={"color": FRONT, "dash": "dash", "width": 1.5},
        marker={"symbol": "circle-open", "size": 19, "color": FRONT, "line": {"width": 1.5}},
    )


def _mark_chosen(figure: go.Figure, found: TradeOff, chosen: str | None) -> None:
    for run, (east, north) in zip(found.runs, found.values, strict=True):
        if run.id == chosen:
            figure.add_annotation(x=east, y=north, text="chosen", showarrow=True, arrowhead=2, ax=26, ay=-32)
