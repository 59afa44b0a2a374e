"""A panel of the exam: a distribution within the range of those of the companies."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from itnt_core.calibration import Panel

from . import style

RANGE_COLOUR = "rgba(138, 143, 152, 0.35)"


def panel_figure(panel: Panel, across: str) -> go.Figure:
    """Draw the range of the companies, their median and ours: the share of users, %, up to each value in dB."""
    theirs, figure = panel.theirs, go.Figure()
    outline: dict[str, Any] = {"y": theirs.percentiles, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=theirs.lowest, showlegend=False, **outline)
    name, filled = f"{theirs.companies} companies", {"fill": "tonextx", "fillcolor": RANGE_COLOUR}
    figure.add_scatter(x=theirs.highest, name=name, showlegend=True, **filled, **outline)
    for name, values, colour, dash in (
        ("their median", theirs.median, style.GREY, "dash"),
        ("this program", panel.ours, style.BLUE if panel.passed else style.RED, "solid"),
    ):
        figure.add_scatter(
            x=values,
            y=theirs.percentiles,
            mode="lines",
            name=name,
            line={"color": colour, "dash": dash, "width": 2},
            hovertemplate=f"{name}: %{{y:.0f}} % of users up to %{{x:.1f}} dB<extra></extra>",
        )
    return style.laid_out(figure, 340, f"{across}, dB", "Users up to it, %", yaxis_range=[0, 100])
