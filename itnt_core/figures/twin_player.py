"""The window plays: the city from above with users, links and satellites, cycle by cycle, plan and correction apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from itnt_core.city import City
from itnt_core.twin import Environment, TwinResult
from itnt_core.units import to_db

from . import style
from .city import city_picture, put_city_under
from .twin import NTN, TN

LEAST_SHARE = 0.02  # of the resource blocks of one sub-band: a thinner link is not drawn
STEERING = [[0.0, NTN], [0.5, "#9AA0A6"], [1.0, TN]]


PLAYER_WORDS = (
    "Solid lines: served by a base station; dotted: by a satellite, which stands at the edge in its direction. A "
    "user's size shows what waits for it, its colour where its traffic goes (blue base stations, orange satellites), "
    "its red ring how much the other system disturbs it."
)


def player_figure(result: TwinResult, city: City) -> go.Figure:
    """Draw the city with two moments a cycle, the twin's plan and the correction, and buttons to play and pause.

    A user's size shows its backlog, its colour which system gets its traffic; lines show who serves it.
    """
    frames = [
        go.Frame(name=f"{cycle + 1}{mark}", data=_traces(result, cycle, refined), layout={"title": {"text": words}})
        for cycle in range(result.scenario.cycles)
        for refined, mark, words in (
            (False, " plan", f"Cycle {cycle + 1}: what the twin had planned"),
            (True, "", f"Cycle {cycle + 1}: as it was run"),
        )
        if refined or _is_corrected(result)
    ]
    figure = go.Figure(data=frames[0].data, frames=frames)
    half = result.scenario.network.area.size_m / 2
    edge = 1.22 * half
    put_city_under(figure, city_picture(city), half, 0.55)
    figure.update_layout(
        height=620,
        margin=style.MARGIN | {"t": 40},
        title={"text": frames[0].layout.title.text, "font": {"size": 15}},
        xaxis={"range": [-edge, edge], "visible": False, "constrain": "domain"},
        yaxis={"range": [-edge, edge], "visible": False, "scaleanchor": "x"},
        showlegend=False,
        updatemenus=[_buttons()],
        sliders=[_slider(frames)],
    )
    return figure


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


def _is_corrected(result: TwinResult) -> bool:
    data = result.dataset
    moved = np.abs(data["power"].values - data["planned_power"].values).max()
    return bool(max(moved, np.abs(data["steering"].values - data["planned_steering"].values).max()) > 1e-6)


def _traces(result: TwinResult, cycle: int, refined: bool) -> list[Any]:
    data = result.dataset.isel(cycle=cycle)
    half = result.scenario.network.area.size_m / 2
    places = _satellite_places(data["satellite_m"].values, half)
    stations = [(s.east_m, s.north_m) for s in result.scenario.network.ground_stations]
    transmitters = np.concatenate([np.array(stations, dtype=float).reshape(-1, 2), places])
    users = data["position_m"].values[:, :2]
    share = data["share"].values.max(axis=2)  # (transmitters, users)
    steering = data["steering" if refined else "planned_steering"].values
    return [
        _links(transmitters, users, share, range(len(stations)), TN, "solid", "served by a base station"),
        _links(
            transmitters, users, share, range(len(stations), len(transmitters)), NTN, "dot", "served by a satellite"
        ),
        _station_trace(result, data, refined),
        _satellite_trace(places, data["satellite"].values, data["elevation_deg"].values),
        _user_trace(result, data, cycle, users, steering, refined),
    ]


def _links(
    transmitters: np.ndarray, users: np.ndarray, share: np.ndarray, which: range, colour: str, dash: str, name: str
) -> go.Scatter:
    east: list[float | None] = []
    north: list[float | None] = []
    for j in which:
        for k in np.flatnonzero(share[j] > LEAST_SHARE):
            east += [transmitters[j, 0], users[k, 0], None]
            north += [transmitters[j, 1], users[k, 1], None]
    return go.Scatter(
        x=east or [None],
        y=north or [None],
        mode="lines",
        name=name,
        hoverinfo="skip",
        line={"color": colour, "width": 1.4, "dash": dash},
    )


def _station_trace(result: TwinResult, data: Any, refined: bool) -> go.Scatter:
    stations = result.scenario.network.ground_stations
    power = data["power" if refined else "planned_power"].values[: len(stations)]  # (stations, subbands)
    words = [", ".join(f"{100 * value:.0f}" for value in row) for row in power]
    return go.Scatter(
        x=[s.east_m for s in stations],
        y=[s.north_m for s in stations],
        mode="markers+text",
        name="base station",
        text=[s.id for s in stations],
        textposition="top center",
        customdata=words,
        marker={"symbol": "triangle-up", "size": 15, "color": TN, "line": {"width": 1, "color": "white"}},
        hovertemplate="%{text}: power per sub-band, %% of the cap: %{customdata}<extra></extra>",
    )


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


def _user_trace(
    result: TwinResult, data: Any, cycle: int, users: np.ndarray, steering: np.ndarray, refined: bool
) -> go.Scatter:
    per = result.scenario.sharing.slots_per_cycle
    end = (cycle + 1) * per - 1 if refined else cycle * per - 1
    queue = result.dataset["queue_mbit"].sum("system").values[end] if end >= 0 else np.zeros(len(users))
    noise = _from_the_other_system(result, data, refined)
    words = [
        f"{name}: backlog {waiting:,.0f} Mbit, {100 * part:.0f} % of its traffic to base stations, interference of the "
        f"other system {level:+.0f} dB over the noise"
        for name, waiting, part, level in zip(data["user"].values, queue, steering, noise, strict=True)
    ]
    return go.Scatter(
        x=users[:, 0],
        y=users[:, 1],
        mode="markers",
        name="user: size by backlog, ring by interference",
        text=words,
        marker={
            "size": 9.0 + 2.0 * np.sqrt(queue),
            "color": steering,
            "cmin": 0.0,
            "cmax": 1.0,
            "colorscale": STEERING,
            "line": {"color": style.RED, "width": np.clip(noise, 0.0, 20.0) / 5.0},
            "opacity": 0.9,
            "sizemin": 6,
        },
        hovertemplate="%{text}<extra></extra>",
    )


def _from_the_other_system(result: TwinResult, data: Any, refined: bool) -> np.ndarray:
    """Return for each user what the system that carries less of it sends it over the noise, in dB (users,)."""
    stations = len(result.scenario.network.ground_stations)
    power = data["power" if refined else "planned_power"].values.mean(axis=1)  # (transmitters,)
    heard = data["gain"].values * power[:, None]  # (transmitters, users)
    share = data["share"].values.sum(axis=2)
    by_tn = share[:stations].sum(axis=0) >= share[stations:].sum(axis=0)
    other = np.where(by_tn, heard[stations:].sum(axis=0), heard[:stations].sum(axis=0))
    return to_db(other, 1e-3)


def _buttons() -> dict[str, Any]:
    def button(label: str, frames: Any, wait_ms: int) -> dict[str, Any]:
        options = {"frame": {"duration": wait_ms, "redraw": True}, "transition": {"duration": 0}, "mode": "immediate"}
        return {"label": label, "method": "animate", "args": [frames, {**options, "fromcurrent": True}]}

    return {
        "type": "buttons",
        "direction": "left",
        "x": 0.0,
        "y": 0.0,
        "xanchor": "left",
        "yanchor": "top",
        "pad": {"t": 22},
        "showactive": False,
        "buttons": [button("▶ Play", None, 1400), button("❚❚ Pause", [None], 0)],
    }


def _slider(frames: list[go.Frame]) -> dict[str, Any]:
    options = {"frame": {"duration": 0, "redraw": True}, "mode": "immediate", "transition": {"duration": 0}}
    steps = [{"label": frame.name, "method": "animate", "args": [[frame.name], options]} for frame in frames]
    return {"steps": steps, "currentvalue": {"prefix": "Cycle "}, "pad": {"t": 10}, "x": 0.28, "len": 0.72}
