"""What a plan brings in drawn worlds, as a distribution with what is promised of it."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from itnt_core.promise import SHARE, Promise

from . import style


def promise_figure(promise: Promise) -> go.Figure:
    """Draw the share of worlds that reach each amount of data, falling from left to right; the promise as a line."""
    ordered = np.sort(promise.data)
    share = 100.0 * (1.0 - np.arange(len(ordered)) / len(ordered))  # of worlds at or above each value
    figure = go.Figure()
    figure.add_scatter(
        x=ordered,
        y=share,
        mode="lines",
        name="drawn worlds",
        line={"color": style.BLUE, "width": 2, "shape": "vh"},
        hovertemplate="%{y:.1f} % of worlds reach %{x:,.0f} Mbit<extra></extra>",
    )
    level = promise.level()
    if level is not None:
        _mark(figure, level.value, f"promised for {100.0 * SHARE:g} %", style.RED, "dash")
    _mark(figure, promise.planned_mbit, "planned", style.GREY, "dot")
    return style.laid_out(figure, 320, "Data service (active), Mbit", "Worlds that reach it, %")


def _mark(figure: go.Figure, at_mbit: float, name: str, colour: str, dash: str) -> None:
    line = {"color": colour, "dash": dash, "width": 2}
    hover = f"{name}: %{{x:,.0f}} Mbit<extra></extra>"
    figure.add_scatter(x=[at_mbit, at_mbit], y=[0, 100], mode="lines", name=name, line=line, hovertemplate=hover)
