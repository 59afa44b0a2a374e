"""Figures of what the twin believes: its intervals against reports, what its mistakes cost, what learning is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from itnt_core.twin import SCHEME_TITLES, TwinResult

from . import style
from .sweep import half_width

_SCHEMES = {"joint_refine": style.GREEN, "joint": style.ORANGE}


def reports_figure(result: TwinResult) -> go.Figure | None:
    """Draw what users reported against what the twin expected of them, with its 90 % intervals; None without reports.

    Both in dB over what the twin's physics says. Reports outside of their interval stand out.
    """
    if "report_residual_db" not in result.dataset or not result.dataset.sizes["report"]:
        return None
    data = result.dataset
    low, high = data["report_interval_db"].values.T
    heard = data["report_residual_db"].values
    middle = (low + high) / 2.0
    within = (low <= heard) & (heard <= high)
    names, users = data["transmitter"].values, data["user"].values
    words = np.array(
        [
            f"{users[user]} from {names[transmitter]}, cycle {cycle}"
            for cycle, transmitter, user in zip(
                data["report_cycle"].values,
                data["report_transmitter"].values,
                data["report_user"].values,
                strict=True,
            )
        ]
    )
    figure = go.Figure()
    for chosen, name, colour, symbol in (
        (within, "Within the interval", style.BLUE, "circle"),
        (~within, "Outside of it", style.RED, "x"),
    ):
        figure.add_scatter(
            x=middle[chosen],
            y=heard[chosen],
            mode="markers",
            name=name,
            marker={"color": colour, "symbol": symbol, "size": 7},
            error_x={
                "type": "data",
                "array": (high - low)[chosen] / 2.0,
                "thickness": 0.6,
                "width": 0,
                "color": style.GREY,
            },
            text=words[chosen],
            hovertemplate="%{text}: expected %{x:.1f} dB, reported %{y:.1f} dB<extra></extra>",
        )
    ends = [float(min(low.min(), heard.min())), float(max(high.max(), heard.max()))]
    figure.add_scatter(
        x=ends,
        y=ends,
        mode="lines",
        name="As expected",
        line={"color": style.GREY, "dash": "dot"},
        hoverinfo="skip",
    )
    return style.laid_out(figure, 320, "Expected, dB over physics (bars: 90 %)", "Reported, dB over physics")


def beliefs_figure(rows: Sequence[Mapping[str, Any]], cases: Sequence[str], regime: str) -> go.Figure:
    """Draw by how much each case changes the mean backlog of the first, seed by seed, with 95 % intervals.

    ``rows`` as ``benchmarks.twin_beliefs`` keeps them; the first case is what the others are compared with.
    """
    figure = go.Figure()
    for scheme, colour in _SCHEMES.items():
        by_case = {
            case: {
                row["seed"]: row["mean_backlog_mbit"]
                for row in rows
                if (row["regime"], row["scheme"], row["case"]) == (regime, scheme, case)
            }
            for case in cases
        }
        seeds = sorted(by_case[cases[0]])
        changes = [np.array([by_case[case][seed] - by_case[cases[0]][seed] for seed in seeds]) for case in cases[1:]]
        figure.add_scatter(
            x=[float(change.mean()) for change in changes],
            y=list(cases[1:]),
            mode="markers",
            name=SCHEME_TITLES[scheme],
            marker={"color": colour, "size": 10, "symbol": "circle" if scheme == "joint_refine" else "diamond"},
            error_x={"type": "data", "array": [half_width(change) for change in changes], "thickness": 1.2},
            hovertemplate="%{y}: %{x:+,.0f} Mbit",
        )
    figure.add_vline(0.0, line={"color": style.GREY, "dash": "dot"})
    return style.laid_out(
        figure,
        110 + 45 * len(cases),
        f"Change of the mean backlog from “{cases[0]}”, Mbit (less is better)",
        "",
        yaxis={"autorange": "reversed"},
        scattermode="group",
    )
