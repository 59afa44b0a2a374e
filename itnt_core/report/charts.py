"""Line charts and sky plots as pictures, drawn from the data itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .picture import Circle, Path, Picture, Point, Words, series_colour, series_dash

WIDTH, HEIGHT = 500.0, 210.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 12.0, 22.0, 30.0
LEGEND_ROW = 13.0
MOST_POINTS = 1500
SKY_RADIUS = 105.0
ELEVATION_RINGS_DEG = (0, 30, 60)


@dataclass(frozen=True)
class Series:
    """One line: its name and values, one per time; ``steps`` where a value holds for the whole slot before its time."""

    name: str
    values: NDArray[np.float64]
    colour: str
    dash: tuple[float, ...] = ()
    width: float = 1.4
    steps: bool = False


def numbered(name: str, values: ArrayLike, number: int, *, steps: bool = False) -> Series:
    """Return a series whose look is that of its number."""
    return Series(name, np.asarray(values, float), series_colour(number), series_dash(number), steps=steps)


def line_chart(title: str, unit: str, time_s: ArrayLike, series: Sequence[Series]) -> Picture:
    """Return lines over time in seconds; stepped series have one value fewer than there are times.

    Where there are more than ``MOST_POINTS`` times, each point stands for the mean of its neighbours.
    """
    times = np.asarray(time_s, dtype=float)
    low, top = _range(series)
    rows = _legend_rows(series)
    picture = Picture(WIDTH, HEIGHT + LEGEND_ROW * len(rows), _alt(title, unit, series))
    frame = _Frame(float(times[0]), float(times[-1]) or 1.0, low, top)
    _grid(picture, frame, unit)
    for line in series:
        _draw(picture, frame, times, line)
    _legend(picture, rows)
    return picture


@dataclass(frozen=True)
class _Frame:
    """Where values stand in the picture."""

    first: float
    last: float
    low: float
    top: float

    def x(self, time: float) -> float:
        share = (time - self.first) / ((self.last - self.first) or 1.0)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.top - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def ticks(low: float, top: float, most: int = 6) -> list[float]:
    """Return round values from ``low`` or below to ``top`` or above, at most ``most`` steps apart."""
    span = max(top - low, 1e-12)
    power = 10.0 ** np.floor(np.log10(span / most))
    step = next(lead * power for lead in (1.0, 2.0, 2.5, 5.0, 10.0) if span / (lead * power) <= most)
    first, last = np.floor(low / step + 1e-9), np.ceil(top / step - 1e-9)
    return [float(step * number) for number in range(int(first), int(last) + 1)]


def _range(series: Sequence[Series]) -> tuple[float, float]:
    known = np.concatenate([line.values[np.isfinite(line.values)] for line in series] or [np.zeros(0)])
    low, top = (min(0.0, float(known.min())), max(0.0, float(known.max()))) if known.size else (0.0, 1.0)
    marks = ticks(low, top if top > low else low + 1.0)
    return marks[0], marks[-1]


def _grid(picture: Picture, frame: _Frame, unit: str) -> None:
    for value in ticks(frame.low, frame.top):
        y = frame.y(value)
        picture.line([(LEFT, y), (WIDTH - RIGHT, y)], "grid", 0.7)
        picture.add(Words(LEFT - 5, y + 2.8, short(value), 8.0, "end", "soft"))
    for time in ticks(frame.first, frame.last, 8):
        if time <= frame.last + 1e-9:
            picture.add(Words(frame.x(time), HEIGHT - BOTTOM + 12, short(time), 8.0, "middle", "soft"))
    picture.add(Words(WIDTH - RIGHT, HEIGHT - BOTTOM + 24, "time after the start, s", 8.0, "end", "soft"))
    picture.add(Words(4.0, TOP - 12, unit, 8.0, "start", "soft"))
    picture.line([(LEFT, HEIGHT - BOTTOM), (WIDTH - RIGHT, HEIGHT - BOTTOM)], "frame", 0.9)


def _draw(picture: Picture, frame: _Frame, times: NDArray[np.float64], line: Series) -> None:
    shown, values = _thinned(times, line)
    pieces: list[list[Point]] = [[]]
    for number, value in enumerate(values):
        if not np.isfinite(value):
            pieces.append([])
            continue
        y = frame.y(float(value))
        pieces[-1].append((frame.x(float(shown[number])), y))
        if line.steps:
            pieces[-1].append((frame.x(float(shown[number + 1])), y))
    rings = tuple(tuple(piece) for piece in pieces if len(piece) > 1)
    if rings:
        picture.add(Path(rings, stroke=line.colour, width=line.width, dash=line.dash))


def _thinned(times: NDArray[np.float64], line: Series) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return at most ``MOST_POINTS`` values and their times; neighbours become their mean."""
    group = -(-line.values.size // MOST_POINTS)
    if group <= 1:
        return times, line.values
    starts = np.arange(0, line.values.size, group)
    sizes = np.diff(np.append(starts, line.values.size))
    values = np.add.reduceat(line.values, starts) / sizes
    return (np.append(times[starts], times[-1]) if line.steps else times[starts]), values


def _legend_rows(series: Sequence[Series]) -> list[list[tuple[float, Series]]]:
    rows: list[list[tuple[float, Series]]] = [[]]
    x = LEFT
    for line in series:
        width = 34.0 + 4.4 * len(line.name)
        if rows[-1] and x + width > WIDTH - RIGHT:
            rows.append([])
            x = LEFT
        rows[-1].append((x, line))
        x += width
    return rows


def _legend(picture: Picture, rows: list[list[tuple[float, Series]]]) -> None:
    for number, row in enumerate(rows):
        y = HEIGHT + 6.0 + LEGEND_ROW * number
        for x, line in row:
            picture.line([(x, y - 2.6), (x + 20, y - 2.6)], line.colour, max(1.6, line.width), line.dash)
            picture.add(Words(x + 24, y, line.name, 8.0))


def _alt(title: str, unit: str, series: Sequence[Series]) -> str:
    ends = [f"{line.name} ends at {short(float(line.values[-1]))}" for line in series if line.values.size]
    return f"{title} in {unit} over time: {', '.join(ends)}."


def short(value: float) -> str:
    """Return a number as a tick or a reading: four significant figures at most, none that say nothing."""
    if not np.isfinite(value):
        return "-"
    if abs(value) >= 1000.0:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def sky_picture(names: Sequence[str], azimuth_deg: NDArray[np.float64], elevation_deg: NDArray[np.float64]) -> Picture:
    """Return the tracks (slots, satellites) across the sky: the zenith in the middle, north up, the horizon outside."""
    side = 2 * SKY_RADIUS + 36
    alt = "; ".join(
        f"{name} culminates at {float(np.nanmax(elevation_deg[:, number])):.0f} degrees"
        for number, name in enumerate(names)
    )
    picture = Picture(side, side + LEGEND_ROW * len(names), f"Sky plot: {alt}.")
    middle = side / 2
    for elevation in ELEVATION_RINGS_DEG:
        radius = SKY_RADIUS * (90 - elevation) / 90
        picture.add(Circle(middle, middle, radius, stroke="frame" if elevation == 0 else "grid", width=0.8))
        picture.add(Words(middle + 2, middle - radius + 8, f"{elevation}°", 7.0, colour="soft"))
    for text, dx, dy in (("N", 0, -1), ("E", 1, 0), ("S", 0, 1), ("W", -1, 0)):
        place = (middle + dx * (SKY_RADIUS + 9), middle + dy * (SKY_RADIUS + 9) + 3)
        picture.add(Words(*place, text, 8.5, "middle", bold=True))
    for number, name in enumerate(names):
        _track(picture, middle, azimuth_deg[:, number], elevation_deg[:, number], number)
        y = side + 4.0 + LEGEND_ROW * number
        picture.line([(14, y - 2.6), (34, y - 2.6)], series_colour(number), 1.8, series_dash(number))
        picture.add(Words(38, y, name, 8.0))
    return picture


def _track(
    picture: Picture, middle: float, azimuth_deg: NDArray[np.float64], elevation_deg: NDArray[np.float64], number: int
) -> None:
    """Draw one track above the horizon; a dot marks its end."""
    radius = SKY_RADIUS * (90.0 - elevation_deg) / 90.0
    angle = np.radians(azimuth_deg)
    up = elevation_deg >= 0.0
    points = [
        (float(middle + r * np.sin(a)), float(middle - r * np.cos(a)))
        for r, a in zip(radius[up], angle[up], strict=True)
    ]
    picture.line(points, series_colour(number), 1.8, series_dash(number))
    if points:
        picture.add(Circle(*points[-1], 3.0, fill=series_colour(number), stroke="paper"))
