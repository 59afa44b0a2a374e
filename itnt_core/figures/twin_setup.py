"""The set-up of spectrum sharing from above: who stands where, and how well each user hears its best base station."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from itnt_core.twin import Environment
from itnt_core.units import to_db

from . import style
from .city import city_picture, put_city_under
from .twin import NTN, TN


def setup_figure(environment: Environment) -> go.Figure:
    """Draw the set-up from above: base stations, users where they start, satellites at the edge."""
    network = environment.scenario.network
    half = network.area.size_m / 2
    edge = 1.22 * half
    users = environment.positions_m[0]
    best = to_db(environment.gain[: environment.stations, :, 0].max(axis=0), 1e-12)
    satellites = _satellite_places(environment.sky.position_m[0], half)
    figure = go.Figure(
        [
            go.Scatter(
                x=users[:, 0],
                y=users[:, 1],
                mode="markers",
                name="user, by its best base station",
                marker={
                    "color": best,
                    "colorscale": "Viridis",
                    "cmin": -10,
                    "cmax": 30,
                    "size": 11,
                    "line": {"width": 1, "color": "white"},
                    "colorbar": {"title": "SNR, dB", "thickness": 10},
                },
                text=[user.id for user in network.ground_users],
                customdata=best,
                hovertemplate="%{text}: %{customdata:.0f} dB at the power cap<extra></extra>",
            ),
            go.Scatter(
                x=[s.east_m for s in network.ground_stations],
                y=[s.north_m for s in network.ground_stations],
                mode="markers+text",
                text=[s.id for s in network.ground_stations],
                textposition="top center",
                marker={"symbol": "triangle-up", "size": 15, "color": TN, "line": {"width": 1, "color": "white"}},
                name="base station",
                hovertemplate="%{text}<extra></extra>",
            ),
            _satellite_trace(satellites, environment.sky.station_ids, environment.sky.elevation_deg[0]),
        ]
    )
    put_city_under(figure, city_picture(environment.city), half, 0.55)
    figure.update_layout(
        height=460,
        margin=style.MARGIN,
        legend={"orientation": "h", "y": -0.01, "yanchor": "top"},
        xaxis={"range": [-edge, edge], "visible": False, "constrain": "domain"},
        yaxis={"range": [-edge, edge], "visible": False, "scaleanchor": "x"},
    )
    return figure


def _satellite_trace(places: np.ndarray, ids: Any, elevation_deg: np.ndarray) -> go.Scatter:
    words = [f"{name}, {angle:.0f}° high" for name, angle in zip(ids, elevation_deg, strict=True)]
    return go.Scatter(
        x=places[:, 0],
        y=places[:, 1],
        mode="markers+text",
        text=words,
        textposition=["middle right" if east < 0.0 else "middle left" for east in places[:, 0]],
        name="satellite, at the edge in its direction",
        hovertemplate="%{text}<extra></extra>",
        marker={"symbol": "diamond", "size": 13, "color": NTN, "line": {"width": 1, "color": "white"}},
    )


def _satellite_places(satellites_m: np.ndarray, half: float) -> np.ndarray:
    """Return where satellites stand on the map (n, 2): at its edge, in their direction."""
    ground = np.hypot(satellites_m[:, 0], satellites_m[:, 1])
    return 1.1 * half * satellites_m[:, :2] / np.maximum(1.0, ground)[:, None]
