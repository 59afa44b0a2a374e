"""The paper's figures as charts: lines in bands of confidence, flights from above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import style
from .paper import NAMES, PaperFigure

if TYPE_CHECKING:
    import plotly.graph_objects as go

Look = Mapping[str, str]
Rows = Sequence[Mapping[str, Any]]

LOOKS: dict[str, Look] = {
    NAMES["bound"]: {"color": style.GREY, "dash": "2px,2px"},
    NAMES["planner"]: {"color": style.BLUE, "dash": "8px,3px"},
    NAMES["proposed"]: {"color": style.GREEN, "dash": "solid"},
    NAMES["epa"]: {"color": style.ORANGE, "dash": "6px,2px,2px,2px"},
    NAMES["t_ddqn"]: {"color": style.PINK, "dash": "4px,4px"},
    NAMES["ra"]: {"color": style.RED, "dash": "2px,4px"},
    NAMES["straight"]: {"color": style.SKY, "dash": "1px,3px"},
}
POWER_COLOURS = (style.SKY, style.BLUE, style.GREEN, style.RED)  # from little to much
BAND_OPACITY = 0.15  # of 1: a line under it stays readable
HEIGHT, MAP_HEIGHT = 440, 600  # px


def users_chart(figure: PaperFigure) -> go.Figure:
    """Draw data service against the number of users, a line in its 95 % interval per method."""
    chart = _bands_and_lines(figure.rows, ("users", "mbit"), LOOKS, "%{y:,.0f} Mbit with %{x} users")
    return style.laid_out(chart, HEIGHT, "Users", "Data service, Mbit")


def power_chart(figure: PaperFigure) -> go.Figure:
    """Draw cumulative reward against episode, a line in its 95 % interval per power."""
    names = list(dict.fromkeys(row["series"] for row in figure.rows))
    looks = {
        name: {"color": POWER_COLOURS[n % len(POWER_COLOURS)], "dash": style.DASHES[n % len(style.DASHES)]}
        for n, name in enumerate(names)
    }
    chart = _bands_and_lines(figure.rows, ("episode", "reward"), looks, "%{y:.1f} in episode %{x}")
    return style.laid_out(chart, HEIGHT, "Episode of all environments", "Cumulative reward")


def _bands_and_lines(rows: Rows, fields: tuple[str, str], looks: Mapping[str, Look], hover: str) -> go.Figure:
    """Draw a line per name of ``looks`` and, below all of them, the band from the field ``low`` to ``high``."""
    import plotly.graph_objects as go

    lines, bands = [], []
    across, up = fields
    for name, look in looks.items():
        own = [row for row in rows if row["series"] == name]
        x = [row[across] for row in own]
        bands.append(
            go.Scatter(
                x=[*x, *reversed(x)],
                y=[*(row["high"] for row in own), *(row["low"] for row in reversed(own))],
                fill="toself",
                fillcolor=look["color"],
                opacity=BAND_OPACITY,
                line={"width": 0},
                mode="lines",
                hoverinfo="skip",
                legendgroup=name,
                showlegend=False,
            )
        )
        lines.append(
            go.Scatter(
                x=x,
                y=[row[up] for row in own],
                name=name,
                mode="lines+markers",
                line={**look, "width": 2},
                hovertemplate=hover,
                legendgroup=name,
            )
        )
    return go.Figure([*bands, *lines])


def flights_chart(figure: PaperFigure) -> go.Figure:
    """Draw the flights from above, both axes in one scale, with the GBSs as triangles."""
    import plotly.graph_objects as go

    stations = [row for row in figure.rows if row["series"] == "GBS"]
    chart = go.Figure()
    for name, look in LOOKS.items():
        own = [row for row in figure.rows if row["series"] == name]
        if own:
            chart.add_scatter(**_flights(own), name=name, line={**look, "width": 2})
    chart.add_scatter(
        x=[row["east_m"] for row in stations],
        y=[row["north_m"] for row in stations],
        name="GBS",
        mode="markers",
        marker={"symbol": "triangle-up", "size": 14, "color": style.GREY, "line": style.EDGE},
        hovertemplate="%{x:,.0f} m east, %{y:,.0f} m north",
    )
    return style.equal_scales(style.laid_out(chart, MAP_HEIGHT, "East, m", "North, m"))


def _flights(rows: Rows) -> dict[str, Any]:
    """Return the flights of all users as one line with gaps between them, in the order of their slots."""
    x: list[float | None] = []
    y: list[float | None] = []
    labels: list[str | None] = []
    for user in dict.fromkeys(row["user"] for row in rows):
        own = sorted((row for row in rows if row["user"] == user), key=lambda row: row["slot"])
        x += [*(row["east_m"] for row in own), None]
        y += [*(row["north_m"] for row in own), None]
        labels += [*(f"{style.plain(user)}, slot {row['slot']}" for row in own), None]
    return {"x": x, "y": y, "mode": "lines", "customdata": labels, "hovertemplate": "%{customdata}"}
