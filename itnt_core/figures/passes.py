"""Passes as drawn and tabled: rows, the sky above a skyline, elevation over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from itnt_core.city import Skyline
from itnt_core.passes import PassTable
from itnt_core.sky import visible_s

from . import style
from .skyplot import INK, RADIUS, polar_points, sky_grid

if TYPE_CHECKING:
    import plotly.graph_objects as go

# With the dashes 21 kinds of line.
COLOURS = (style.BLUE, style.ORANGE, style.GREEN, style.PINK, style.RED, style.SKY, style.GREY)
DASHES = ("solid", "dash", "dot")
SVG_DASHES = {"solid": "", "dash": "7 4", "dot": "1.5 4"}
# Curves: at most, at first, and up to which each has its name beside it.
MOST_DRAWN, DRAWN_UNASKED, MOST_NAMED = 14, 7, 5
CURVE_STEP_S = 10.0
MOST_ROWS = 2000
COMPASS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")


@dataclass(frozen=True, eq=False)
class Curve:
    """One satellite from horizon to horizon: moments (n,) in seconds, directions (n,) in degrees.

    ``usable`` says where it is above the lowest elevation and not hidden by buildings.
    """

    label: str
    colour: str
    dash: str
    time_s: NDArray[np.float64]
    azimuth_deg: NDArray[np.float64]
    elevation_deg: NDArray[np.float64]
    usable: NDArray[np.bool_]


def compass(azimuth_deg: float) -> str:
    """Return the nearest of sixteen compass directions."""
    return COMPASS[round(azimuth_deg / 22.5) % 16]


def table_rows(table: PassTable, zone: tzinfo, most: int = MOST_ROWS) -> list[dict[str, Any]]:
    """Return one row per pass for reading, times in a zone; at most ``most`` rows."""
    rows = []
    for index, one in enumerate(table.passes[:most]):
        row = {
            "Satellite": table.name(one),
            "Rise": _clock(table, one.rise_s, zone, one.rise_clipped),
            "Culmination": _clock(table, one.culmination_s, zone),
            "Set": _clock(table, one.set_s, zone, one.set_clipped),
            "Max elevation, °": round(one.max_elevation_deg, 1),
            "Range, km": round(one.range_km),
            "Duration": _minutes(one.set_s - one.rise_s),
            "From, over, to": " - ".join(
                compass(angle) for angle in (one.rise_azimuth_deg, one.culmination_azimuth_deg, one.set_azimuth_deg)
            ),
        }
        if table.hidden is not None:
            row["In sight"] = _minutes(visible_s(one, table.hidden[index]))
        rows.append(row)
    return rows


def best_passes(table: PassTable, most: int = DRAWN_UNASKED) -> list[int]:
    """Return the numbers of a few passes, in order of rise: the highest of each part of the window, then others."""
    passes = table.passes
    part_s = table.duration_s / most
    order = sorted(range(len(passes)), key=lambda index: -passes[index].max_elevation_deg)
    first: dict[int, int] = {}
    for index in order:
        first.setdefault(int(passes[index].culmination_s / part_s), index)
    chosen = list(dict.fromkeys([*first.values(), *order]))[:most]
    return sorted(chosen)


def pass_curves(table: PassTable, chosen: Sequence[int], skyline: Skyline | None) -> list[Curve]:
    """Return the curves of some passes, from the horizon to the horizon or to the window's edges."""
    curves = []
    arcs = table.arcs_of(table.passes[index].satellite for index in chosen)
    for place, index in enumerate(chosen):
        one = table.passes[index]
        begin_s, end_s = arcs.bounds_s(one.satellite, one.culmination_s)
        steps = np.linspace(begin_s, end_s, max(2, int((end_s - begin_s) / CURVE_STEP_S) + 1))
        moments = np.union1d(steps, [one.rise_s, one.culmination_s, one.set_s])
        satellites = np.full(len(moments), one.satellite, dtype=np.int64)
        azimuth, elevation, _ = arcs.angles(arcs.pieces_at(satellites, moments), moments)
        up = elevation >= 0.0
        usable = (moments >= one.rise_s) & (moments <= one.set_s)
        if skyline:
            usable &= ~skyline.hides(azimuth, elevation)
        colour, dash = COLOURS[place % len(COLOURS)], DASHES[place // len(COLOURS) % len(DASHES)]
        curves.append(Curve(table.name(one), colour, dash, moments[up], azimuth[up], elevation[up], usable[up]))
    return curves


def sky_svg(curves: Sequence[Curve], skyline: Skyline | None = None) -> str:
    """Return the sky as SVG text: zenith in the middle, north up; bold where usable, a dot where a pass ends."""
    body = (_skyline_path(skyline) if skyline else "") + sky_grid()
    for curve in curves:
        body += _way(curve)
    for curve in curves:  # names above all ways
        body += _end(curve, named=len(curves) <= MOST_NAMED)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-125 -122 250 246" width="440" height="433" role="img" '
        f'font-family="sans-serif"><title>{escape(sky_words(curves))}</title>{body}</svg>'
    )


def sky_words(curves: Sequence[Curve]) -> str:
    """Describe the sky plot in words."""
    parts = [
        f"{curve.label} from {compass(curve.azimuth_deg[0])} to {compass(curve.azimuth_deg[-1])}, "
        f"up to {curve.elevation_deg.max():.0f}°"
        for curve in curves
    ]
    return f"Sky plot of {len(curves)} passes: " + "; ".join(parts) + "."


def elevation_figure(
    curves: Sequence[Curve], start: datetime, duration_s: float, zone: tzinfo, zone_name: str, min_elevation_deg: float
) -> go.Figure:
    """Draw elevation over time, a line per pass, bold where usable; the clock is that of the zone."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for curve in curves:
        clock = [_local(start, seconds, zone) for seconds in curve.time_s]
        seen = np.where(curve.usable, curve.elevation_deg, np.nan)
        line = {"color": curve.colour, "dash": curve.dash, "width": 2.5}
        hover = "%{y:.1f}° at %{x|%H:%M:%S}"
        label = style.plain(curve.label)
        figure.add_scatter(
            x=clock, y=seen, name=label, legendgroup=str(id(curve)), line=line, mode="lines", hovertemplate=hover
        )
        figure.add_scatter(
            x=clock,
            y=curve.elevation_deg,
            name=label,
            legendgroup=str(id(curve)),
            showlegend=False,
            mode="lines",
            line={"color": curve.colour, "width": 0.8},
            hoverinfo="skip",
        )
    figure.add_hline(min_elevation_deg, line={"color": INK, "width": 1, "dash": "dash"})
    figure.update_layout(
        height=400,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0.0},
        xaxis={"title": f"Time of day, {zone_name}", "range": [_local(start, s, zone) for s in (0.0, duration_s)]},
        yaxis={"title": "Elevation, °", "range": [0, 90], "dtick": 15},
    )
    return figure


def overview(table: PassTable, min_elevation_deg: float) -> list[tuple[str, str, str]]:
    """Return (label, value, explanation) of the headline figures of a pass table."""
    duration_s = table.duration_s
    spans = [(one.rise_s, one.set_s) for one in table.passes]
    at_once = sum(end - begin for begin, end in spans) / duration_s
    covered = _covered_s(spans)
    highest = max((one.max_elevation_deg for one in table.passes), default=None)
    level = f"above {min_elevation_deg:g}°"
    return [
        ("Passes", f"{len(table.passes):,}", f"Stays of a satellite {level} in the window."),
        ("Overhead at once", f"{at_once:.1f}", f"Satellites {level}, mean over the window; buildings left out."),
        ("Time with one", f"{100.0 * covered / duration_s:.0f} %", f"Share of the window with a satellite {level}."),
        ("Highest", "-" if highest is None else f"{highest:.0f}°", "The highest culmination."),
    ]


def _covered_s(spans: Sequence[tuple[float, float]]) -> float:
    """Return the seconds that at least one interval covers."""
    total, until = 0.0, -np.inf
    for begin, end in sorted(spans):
        total += max(0.0, end - max(begin, until))
        until = max(until, end)
    return total


def _local(start: datetime, seconds: float, zone: tzinfo) -> datetime:
    """Return a moment on the clock of a zone, without the zone: plotly would shift it to the reader's."""
    return (start + timedelta(seconds=float(seconds))).astimezone(zone).replace(tzinfo=None)


def _clock(table: PassTable, seconds: float, zone: tzinfo, clipped: bool = False) -> str:
    """Return day and time of a moment; an arrow marks what goes on beyond the window."""
    return f"{table.moment(seconds).astimezone(zone):%d %b %H:%M:%S}" + (" …" if clipped else "")


def _minutes(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def _skyline_path(skyline: Skyline) -> str:
    """Return what buildings hide as a filled ring at the rim."""
    every = 5  # half a degree
    azimuth = np.radians(np.arange(0, len(skyline.elevation_deg), every) * 360.0 / len(skyline.elevation_deg))
    highest = skyline.elevation_deg.reshape(-1, every).max(axis=1)
    distance = RADIUS * (90.0 - highest) / 90.0
    inner = " ".join(
        f"{x:.1f},{y:.1f}" for x, y in zip(distance * np.sin(azimuth), -distance * np.cos(azimuth), strict=True)
    )
    ring = f"M-{RADIUS} 0A{RADIUS} {RADIUS} 0 1 0 {RADIUS} 0A{RADIUS} {RADIUS} 0 1 0 -{RADIUS} 0Z"
    return f'<path d="{ring}M{inner}Z" fill="{INK}" fill-opacity="0.35" fill-rule="evenodd"/>'


def _way(curve: Curve) -> str:
    """Return one pass: thin as a whole, bold where it is in sight."""
    dash = SVG_DASHES[curve.dash]
    style = f'fill="none" stroke="{curve.colour}" stroke-linecap="round"' + (
        f' stroke-dasharray="{dash}"' if dash else ""
    )
    whole = f'<polyline points="{_points(curve.azimuth_deg, curve.elevation_deg)}" {style} stroke-width="1"/>'
    pieces = np.split(np.arange(len(curve.usable)), np.flatnonzero(np.diff(curve.usable)) + 1)
    bold = "".join(
        f'<polyline points="{_points(curve.azimuth_deg[own], curve.elevation_deg[own])}" {style} stroke-width="2.6"/>'
        for own in pieces
        if len(own) > 1 and curve.usable[own[0]]
    )
    return whole + bold


def _end(curve: Curve, named: bool) -> str:
    """Return the dot where a pass ends and, where there is room for names, its name beside its highest point."""
    x, y = polar_points(curve.azimuth_deg, np.maximum(curve.elevation_deg, 0.0))[-1]
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{curve.colour}"/>'
    if not named:
        return dot
    top = int(curve.elevation_deg.argmax())
    at_x, at_y = polar_points(curve.azimuth_deg, np.maximum(curve.elevation_deg, 0.0))[top]
    anchor, shift = ("end", -4) if at_x > 30 else ("start", 4)
    return dot + (
        f'<text x="{at_x + shift:.1f}" y="{at_y - 3:.1f}" font-size="7" font-weight="600" text-anchor="{anchor}" '
        f'fill="{curve.colour}">{escape(curve.label[:24])}</text>'
    )


def _points(azimuth_deg: NDArray[np.float64], elevation_deg: NDArray[np.float64]) -> str:
    points = polar_points(azimuth_deg, np.maximum(elevation_deg, 0.0))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
