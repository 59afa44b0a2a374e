"""A polar plot of the sky as SVG text: zenith in the middle, horizon at the rim, north up, east to the right."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itnt_core.mapdata import whole_track, window_track
from itnt_core.scenario import Pass, Scenario
from itnt_core.sky import SkyTrack, look_angles

RADIUS = 100.0  # of the horizon, in units of the picture
COLOURS = ("#b5539c", "#2f86c9", "#c9820a", "#1f9e78", "#d55e00", "#7a6fd0")
INK = "#8a94a3"  # readable on a light and on a dark page


def sky_plot_svg(scenario: Scenario) -> str:
    """Return the sky plot: each satellite's whole pass thin, the part inside the time window bold, its end an arrow."""
    body = sky_grid()
    satellites = _tracks(scenario)
    for index, (identifier, whole, window) in enumerate(satellites):
        colour = COLOURS[index % len(COLOURS)]
        body += _line(whole, colour, 1.2, 'stroke-dasharray="3 3"') + _line(window, colour, 3.2)
        body += _name(identifier, window if len(window) else whole, colour)
    title = f"Sky plot of {len(satellites)} satellites"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-125 -122 250 246" width="320" height="314" role="img" '
        f'font-family="sans-serif"><title>{title}</title>{body}</svg>'
    )


def sky_sentences(scenario: Scenario) -> list[str]:
    """Return one sentence per satellite of the scenario about its elevation in the time window: the plot as text."""
    sky = look_angles(scenario)
    return [
        f"{identifier}: elevation {sky.elevation_deg[0, column]:.0f}° at the first slot, "
        f"{sky.elevation_deg[:, column].max():.0f}° at most, {sky.elevation_deg[-1, column]:.0f}° at the last; "
        f"{sky.range_km[:, column].min():.0f} km away at its nearest{_turn(sky, column)}."
        for column, identifier in enumerate(sky.station_ids)
    ]


def _turn(sky: SkyTrack, column: int) -> str:
    """Say in how many slots a satellite of a group holds a serving place; nothing for those that always serve."""
    if sky.serves is None or sky.serves[:, column].all():
        return ""
    slots = np.flatnonzero(sky.serves[:, column])
    return f"; serves in {len(slots)} of {len(sky.serves)} slots, from slot {slots[0] + 1} to {slots[-1] + 1}"


def polar_points(azimuth_deg: Any, elevation_deg: Any) -> NDArray[np.float64]:
    """Return plot points (n, 2), x right and y down, of the directions above the horizon."""
    azimuth, elevation = np.radians(np.asarray(azimuth_deg)), np.asarray(elevation_deg)
    distance = RADIUS * (90.0 - elevation) / 90.0
    points = np.stack([distance * np.sin(azimuth), -distance * np.cos(azimuth)], axis=-1)
    return points[elevation >= 0.0]


def _tracks(scenario: Scenario) -> list[tuple[str, NDArray[np.float64], NDArray[np.float64]]]:
    """Return (id, whole track, track in the window) of every satellite as plot points."""
    tracks = []
    sky = look_angles(scenario)
    for source in scenario.satellite_sources:
        if isinstance(source, Pass):
            whole, window = whole_track(source), window_track(source, scenario)
            parts = [polar_points(part.azimuth_deg[:, 0], part.elevation_deg[:, 0]) for part in (whole, window)]
            tracks.append((source.id, parts[0], parts[1]))
            continue
        for column in sky.columns(source.id):
            azimuth, elevation = sky.azimuth_deg[:, column], sky.elevation_deg[:, column]
            serves = slice(None) if sky.serves is None else sky.serves[:, column]
            window_points = polar_points(azimuth[serves], elevation[serves])
            tracks.append((sky.station_ids[column], polar_points(azimuth, elevation), window_points))
    return tracks


def sky_grid() -> str:
    """Return the rings at 0, 30 and 60 degrees with their labels and the four directions."""
    rings = "".join(
        f'<circle r="{RADIUS * (90 - elevation) / 90:.1f}" fill="none" stroke="{INK}" stroke-opacity="0.6"/>'
        f'<text x="3" y="{RADIUS * (90 - elevation) / 90 - 3:.1f}" font-size="9" fill="{INK}">{elevation}°</text>'
        for elevation in (0, 30, 60)
    )
    cross = f'<path d="M-100 0H100M0-100V100" stroke="{INK}" stroke-opacity="0.35"/>'
    names = (("N", 0, -106), ("E", 110, 4), ("S", 0, 116), ("W", -110, 4))
    marks = "".join(
        f'<text x="{x}" y="{y}" font-size="12" text-anchor="middle" fill="{INK}">{name}</text>' for name, x, y in names
    )
    return cross + rings + marks


def _line(points: NDArray[np.float64], colour: str, width: float, extra: str = "") -> str:
    """Return a polyline through plot points, empty for fewer than two."""
    if len(points) < 2:
        return ""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    stroke = f'stroke="{colour}" stroke-width="{width}" stroke-linecap="round"'
    return f'<polyline points="{path}" fill="none" {stroke} {extra}/>'


def _name(identifier: str, points: NDArray[np.float64], colour: str) -> str:
    """Return a satellite's id beside the end of its line, with a dot where it ends."""
    if not len(points):
        return ""
    x, y = points[-1]
    anchor, shift = ("end", -7) if x > 40 else ("start", 7)
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
        f'<text x="{x + shift:.1f}" y="{y - 6:.1f}" font-size="11" font-weight="600" text-anchor="{anchor}" '
        f'fill="{colour}">{escape(identifier)}</text>'
    )
