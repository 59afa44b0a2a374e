"""A run as plotly figures: rates, data service, and the map seen from above."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from . import style

if TYPE_CHECKING:
    import xarray as xr

BOUND = "#7B3294"  # purple: the bound is no method
MARGIN = {"l": 60, "r": 20, "t": 40, "b": 50}


def _titled(figure: go.Figure, title: str, x: str, y: str) -> go.Figure:
    return figure.update_layout(title=title, xaxis_title=x, yaxis_title=y, margin=MARGIN)


def rates_figure(result: Any) -> go.Figure:
    """Draw the rate of each user over time, active convention: aerial users blue, ground users grey, the sum red."""
    data: xr.Dataset = result.dataset
    time_s, rate = data["time_s"].values, np.nan_to_num(data["rate_active_mbit_s"].values)  # (slots, users)
    aerial = data.sizes["aerial_user"]
    figure = go.Figure()
    for column, user in enumerate(data["user"].values):
        is_aerial = column < aerial
        figure.add_scatter(
            x=time_s,
            y=rate[:, column],
            mode="lines",
            name=str(user),
            showlegend=bool(is_aerial),
            line={"color": style.BLUE if is_aerial else style.GREY, "width": 2 if is_aerial else 1},
        )
    figure.add_scatter(
        x=time_s,
        y=rate.sum(axis=1),
        mode="lines",
        name="all users",
        line={"color": style.RED, "width": 3, "dash": "dash"},
    )
    return _titled(figure, f"Rates, {result.scenario.name}", "Time, s", "Rate, Mbit/s")


def service_figure(result: Any) -> go.Figure:
    """Draw the data service up to each moment under both conventions, and the certified bound where there is one."""
    data, slot_s = result.dataset, result.scenario.time.slot_s
    figure = go.Figure()
    for name, words, colour in (("active", "active", style.BLUE), ("always_on", "always-on", style.GREEN)):
        served = np.cumsum(np.nan_to_num(data[f"rate_{name}_mbit_s"].values).sum(axis=1)) * slot_s
        figure.add_scatter(
            x=[0.0, *data["time_s"].values],
            y=[0.0, *served],
            mode="lines",
            name=words,
            line={"color": colour, "dash": "solid" if name == "active" else "dot"},
        )
    bound = result.kpis.get("upper_bound_mbit")
    if bound is not None:
        figure.add_hline(y=bound, line={"color": BOUND, "dash": "dash"}, annotation_text="certified upper bound")
    return _titled(figure, f"Data service, {result.scenario.name}", "Time, s", "Data service so far, Mbit")


def map_figure(result: Any) -> go.Figure:
    """Draw base stations, ground users and the flights seen from above, in metres east and north of the anchor."""
    data, half = result.dataset, result.scenario.area.size_m / 2
    ground = data["station_kind"].values == "gbs"
    stations = data["station_position_m"].isel(slot=0).values[ground]
    users = data["ground_position_m"].values
    figure = go.Figure()
    figure.add_scatter(
        x=users[:, 0],
        y=users[:, 1],
        mode="markers",
        name="ground users",
        marker={"color": style.GREY, "size": 6},
        text=[str(user) for user in data["ground_user"].values],
    )
    for index, user in enumerate(data["aerial_user"].values):
        flight = data["position_m"].values[:, index]
        figure.add_scatter(x=flight[:, 0], y=flight[:, 1], mode="lines", name=str(user), line={"width": 2})
    figure.add_scatter(
        x=stations[:, 0],
        y=stations[:, 1],
        mode="markers",
        name="base stations",
        marker={"color": style.RED, "size": 12, "symbol": "triangle-up"},
        text=[str(station) for station in data["station"].values[ground]],
    )
    style.equal_scales(figure).update_layout(xaxis_range=[-half, half], yaxis_range=[-half, half])
    return _titled(figure, f"Flights, {result.scenario.name}", "East, m", "North, m")
