"""Line charts, strips and sky plots, drawn by matplotlib from the data itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import Transform, blended_transform_factory
from numpy.typing import ArrayLike

from itnt_core.arrays import Array

from .drawing import HALO, LINE, TEXT_PT, Drawing, add_axes, empty_figure, label, label_width, style, title
from .palette import LIGHT, series_colour, series_dash

FULL_PT, HALF_PT = 504.0, 246.0  # widths of figures: of a page's whole width, and of one of two
CHART_PT, STRIP_PT, SKY_PT = 150.0, 27.0, 186.0  # heights: of a line chart, of one strip, of a sky plot
LEFT, RIGHT, TOP, BOTTOM = 34.0, 6.0, 22.0, 26.0  # points around the axes
LINK = 9.0  # from the end of a line to its name
STRIP_NAME, STRIP_GAP = 62.0, 7.0  # points: for its name, and between two strips
MOST_POINTS = 1500  # of a line: more than a page has dots across
ELEVATION_RINGS_DEG = (0, 30, 60)
AFTER_START = "time after the start, s"


@dataclass(frozen=True)
class Series:
    """One line: its name and values, one per time; ``steps`` where a value holds for the whole slot before its time."""

    name: str
    values: Array
    colour: str
    dash: tuple[float, ...] = ()
    width: float = 1.4
    steps: bool = False


def numbered(name: str, values: ArrayLike, number: int, *, steps: bool = False) -> Series:
    """Return a series of values (n,) whose look is that of its number."""
    return Series(name, np.asarray(values, float), series_colour(number), series_dash(number), steps=steps)


def line_chart(
    what: str,
    unit: str,
    time_s: ArrayLike,
    series: Sequence[Series],
    width_pt: float = FULL_PT,
    height_pt: float = CHART_PT,
) -> Drawing:
    """Return lines over times (n,) in seconds, each named at its end; stepped ones have one value fewer than there are.

    Where there are more than ``MOST_POINTS`` times, each point stands for the mean of its neighbours.
    """
    times = np.asarray(time_s, dtype=float)
    names = [label(line.name) for line in series]
    needed = sum(LINE * TEXT_PT * (1 + name.count("\n")) for name in names)
    with style():
        figure = empty_figure(width_pt, max(height_pt, needed + TOP + BOTTOM))
        right = max(map(label_width, names), default=0.0) + LINK + RIGHT
        axes = add_axes(figure, LEFT, TOP, right, BOTTOM)
        title(figure, what, unit)
        _scale(axes, times, series)
        _clock(axes)
        for line in series:
            _draw(axes, times, line)
        _name_ends(axes, series, names)
    return Drawing(figure, _alt(what, unit, series))


def strip_chart(
    what: str, unit: str, time_s: ArrayLike, series: Sequence[Series], width_pt: float = HALF_PT
) -> Drawing:
    """Return stepped series over times (n,) one under the other, all on one scale, each with its name before it."""
    times = np.asarray(time_s, dtype=float)
    with style():
        figure = empty_figure(width_pt, TOP + BOTTOM + len(series) * STRIP_PT)
        title(figure, what, unit)
        for number, line in enumerate(series):
            below = len(series) - 1 - number
            axes = add_axes(
                figure,
                STRIP_NAME,
                TOP + number * STRIP_PT + STRIP_GAP,
                LEFT - 6.0,
                BOTTOM + below * STRIP_PT,
            )
            _scale(axes, times, series)
            _ends_of_scale(axes)
            _draw(axes, times, line, filled=True)
            axes.text(0.0, 0.5, label(line.name, 12), transform=_before(figure, axes), va="center", linespacing=LINE)
            if below:
                axes.tick_params(labelbottom=False)
            _clock(axes, names_it=not below)
    return Drawing(figure, _alt(what, unit, series))


def _before(figure: Figure, axes: Any) -> Transform:
    """Return the place before axes: shares of the figure's width, of the axes' height."""
    return blended_transform_factory(figure.transFigure, axes.transAxes)


def short(value: float, position: object = None) -> str:
    """Return a number as a tick or a reading: four significant figures at most, none that say nothing."""
    del position
    if not np.isfinite(value):
        return "-"
    if abs(value) >= 1000.0:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def _scale(axes: Any, times: Array, series: Sequence[Series]) -> None:
    """Let the axes hold all values, and zero."""
    known = np.concatenate([line.values[np.isfinite(line.values)] for line in series] or [np.zeros(0)])
    low, top = (min(0.0, float(known.min())), max(0.0, float(known.max()))) if known.size else (0.0, 1.0)
    marks = MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, top if top > low else low + 1.0)
    axes.set_ylim(float(marks[0]), float(marks[-1]))
    axes.set_yticks(marks)
    axes.yaxis.set_major_formatter(FuncFormatter(short))
    axes.set_xlim(float(times[0]), float(times[-1]) or 1.0)


def _ends_of_scale(axes: Any) -> None:
    """Leave of a scale its ends, on the right."""
    axes.yaxis.tick_right()
    axes.tick_params(axis="y", labelsize=TEXT_PT - 1.5, pad=3.0)
    axes.set_yticks(axes.get_ylim())


def _clock(axes: Any, *, names_it: bool = True) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(short))
    if names_it:
        axes.set_xlabel(AFTER_START, loc="right", color=LIGHT["soft"], labelpad=2.0)


def _draw(axes: Any, times: Array, line: Series, *, filled: bool = False) -> None:
    shown, values = _thinned(times, line)
    colour = LIGHT[line.colour]
    dash = (0.0, line.dash) if line.dash and not filled else "solid"
    look = {"color": colour, "linewidth": 1.0 if filled else line.width, "linestyle": dash}
    if not line.steps:
        axes.plot(shown, values, **look)
        return
    if filled:
        axes.stairs(values, shown, baseline=0.0, fill=True, color=colour, alpha=0.22, linewidth=0.0)
    axes.stairs(values, shown, baseline=None, **look)


def _thinned(times: Array, line: Series) -> tuple[Array, Array]:
    """Return at most ``MOST_POINTS`` values and their times; neighbours become their mean."""
    group = -(-line.values.size // MOST_POINTS)
    if group <= 1:
        return times, line.values
    starts = np.arange(0, line.values.size, group)
    sizes = np.diff(np.append(starts, line.values.size))
    values = np.add.reduceat(line.values, starts) / sizes
    return (np.append(times[starts], times[-1]) if line.steps else times[starts]), values


def _name_ends(axes: Any, series: Sequence[Series], names: Sequence[str]) -> None:
    """Write every name beside the end of its line; names that would lie over one another move apart."""
    box = axes.get_window_extent()
    low, top = axes.get_ylim()
    ends = [next((float(value) for value in line.values[::-1] if np.isfinite(value)), 0.0) for line in series]
    wanted = np.array([(end - low) / (top - low) * box.height for end in ends])
    heights = np.array([LINE * TEXT_PT * (1 + name.count("\n")) for name in names])
    for line, name, end, place in zip(series, names, wanted, spread(wanted, heights, box.height), strict=True):
        colour = LIGHT[line.colour]
        x, y = (1.0, 1.0 + LINK / 2 / box.width, 1.0 + (LINK - 2.0) / box.width), (end, place, place)
        axes.plot(x, np.array(y) / box.height, transform=axes.transAxes, color=colour, linewidth=1.0)
        x_name = 1.0 + LINK / box.width
        axes.text(x_name, place / box.height, name, transform=axes.transAxes, va="center", linespacing=LINE)


def spread(wanted: Array, heights: Array, ceiling: float) -> Array:
    """Return middles for labels (n,) as near to the wanted ones as possible, none over another, none above the ceiling.

    Labels of ``heights`` (n,) keep the order of what is wanted, from the top. Where all of them need more room than
    there is, they hang over its lower end.
    """
    places = np.array(wanted, dtype=float)
    order = np.argsort(-places, kind="stable")
    floor = 0.0
    for number in order[::-1]:  # from the bottom up: nobody lower than zero and than who is below
        places[number] = max(places[number], floor + heights[number] / 2)
        floor = places[number] + heights[number] / 2
    highest = ceiling + (heights[order[0]] / 2 if order.size else 0.0)
    for number in order:
        places[number] = min(places[number], highest - heights[number] / 2)
        highest = places[number] - heights[number] / 2
    return places


def _alt(what: str, unit: str, series: Sequence[Series]) -> str:
    ends = [f"{line.name} ends at {short(float(line.values[-1]))}" for line in series if line.values.size]
    return f"{what} in {unit} over time: {', '.join(ends)}."


def sky_plot(names: Sequence[str], azimuth_deg: Array, elevation_deg: Array, width_pt: float = SKY_PT) -> Drawing:
    """Return the tracks (slots, satellites) across the sky: the zenith in the middle, north up, the horizon outside."""
    tops = zip(names, np.nanmax(elevation_deg, axis=0), strict=True)
    alt = "; ".join(f"{name} culminates at {float(top):.0f} degrees" for name, top in tops)
    with style():
        figure = empty_figure(width_pt, SKY_PT)
        title(figure, "Sky", "elevation in degrees")
        margin = (width_pt - SKY_PT + TOP + 26.0) / 2
        axes = add_axes(figure, margin, TOP + 10.0, margin, 16.0, projection="polar")
        axes.set_theta_zero_location("N")
        axes.set_theta_direction(-1)
        axes.set_rlim(0.0, 90.0)
        axes.set_rgrids([90.0 - ring for ring in ELEVATION_RINGS_DEG], [f"{ring}°" for ring in ELEVATION_RINGS_DEG])
        axes.set_thetagrids(range(0, 360, 90), "NESW")
        axes.set_rlabel_position(_free_direction_deg(azimuth_deg[elevation_deg >= 0.0]))
        axes.tick_params(axis="y", labelsize=TEXT_PT - 1.5)
        for number, name in enumerate(names):
            _track(axes, name, azimuth_deg[:, number], elevation_deg[:, number], number)
    return Drawing(figure, f"Sky plot: {alt}.")


def _free_direction_deg(azimuth_deg: Array) -> float:
    """Return where the names of the rings stand: as far as can be from all tracks."""
    directions = np.arange(22.5, 360.0, 45.0)
    if not azimuth_deg.size:
        return float(directions[0])
    apart = np.abs((directions[:, None] - azimuth_deg + 180.0) % 360.0 - 180.0)
    return float(directions[apart.min(axis=1).argmax()])


def _track(axes: Any, name: str, azimuth_deg: Array, elevation_deg: Array, number: int) -> None:
    """Draw one track above the horizon; a dot marks its end, where its name stands."""
    is_up = elevation_deg >= 0.0
    angle, radius = np.radians(azimuth_deg[is_up]), 90.0 - elevation_deg[is_up]
    if not radius.size:
        return
    colour, dash = LIGHT[series_colour(number)], series_dash(number)
    axes.plot(angle, radius, color=colour, linewidth=1.6, linestyle=(0.0, dash) if dash else "solid")
    axes.plot(angle[-1:], radius[-1:], "o", color=colour, markersize=5.0, markeredgecolor=LIGHT["paper"])
    east = np.sin(angle[-1]) > 0.0
    axes.annotate(
        label(name, 14),
        (angle[-1], radius[-1]),
        (-6.0 if east else 6.0, -3.0),
        textcoords="offset points",
        ha="right" if east else "left",
        bbox=HALO,
    )
