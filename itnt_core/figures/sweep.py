"""The runs of a sweep: a figure against an axis with confidence bands over the seeds, and all of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from itnt_core.intervals import interval
from itnt_core.results import DATA_FIGURES, Figure
from itnt_core.runs import SweepSpec, axis_label, axis_words

from . import style

if TYPE_CHECKING:
    import pandas as pd

METHOD, SEED = "method", "seed"  # the two axes that every sweep has
MOST_CURVES = 12  # that are drawn
BAND_ALPHA = 0.18  # lines behind a band stay visible
MOST_TICKS = 12  # that stand beside one another
SWEEP_FIGURES = {figure.key: figure for figure in DATA_FIGURES if figure.better}
SHOWN_AT_ONCE = ("data_service_mbit", "gap", "outage", "energy_kj")


@dataclass(frozen=True)
class SweepCurve:
    """One curve: values on the axis, mean of the figure over the seeds, half the width of its 95 % interval, counts.

    ``half`` is NaN where a mean rests on one seed.
    """

    name: str
    at: tuple[Any, ...]
    mean: tuple[float, ...]
    half: tuple[float, ...]
    count: tuple[int, ...]


def sweep_axes(spec: SweepSpec) -> list[str]:
    """Return what a sweep varies, the axis that is most worth looking at first."""
    varied = [key for key, values in spec.grid.items() if len(values) > 1]
    return [*varied, METHOD] if len(spec.methods) > 1 or not varied else varied


def sweep_axis_title(key: str) -> str:
    """Return what an axis of a sweep is called."""
    return {METHOD: "Method", SEED: "Seed"}.get(key) or axis_label(key)


def shown_table(table: pd.DataFrame, spec: SweepSpec, methods: dict[str, str]) -> pd.DataFrame:
    """Return the table of a sweep for people: varied values first, under their names, then figures in shown units.

    ``methods`` are titles by key. The raw table is that of :func:`itnt_core.runs.sweep_table`.
    """
    import pandas as pd

    columns: dict[str, Any] = {sweep_axis_title(key): table[key] for key in spec.grid}
    columns["Method"] = [methods.get(key, key) for key in table[METHOD]]
    columns["Seed"], columns["State"] = table[SEED], table["state"]
    for key, figure in SWEEP_FIGURES.items():
        if key in table:
            columns[figure.heading] = _values(table, figure).round(figure.digits)
    return pd.DataFrame(columns)


def _values(table: pd.DataFrame, figure: Figure) -> pd.Series[float]:
    import pandas as pd

    return pd.to_numeric(table[figure.key], errors="coerce") * figure.factor


def sweep_curves(
    table: pd.DataFrame, spec: SweepSpec, axis: str, figure_key: str, methods: dict[str, str]
) -> list[SweepCurve]:
    """Return a figure against an axis: one curve for each method and each combination of the other varied values.

    The interval is Student's t over the seeds: mean +- t(0.975, n - 1) s / sqrt(n).
    """
    if figure_key not in table:
        return []
    known = table.assign(value=_values(table, SWEEP_FIGURES[figure_key])).dropna(subset=["value"])
    others = [key for key in (*spec.grid, METHOD) if key != axis and known[key].astype(str).nunique() > 1]
    parts = _parts(known, others) if others else [({}, known)]
    groups = [(_name(others, values, methods), part) for values, part in parts]
    return [_curve(name, part, axis, methods) for name, part in groups if len(part)]


def _parts(table: pd.DataFrame, keys: Sequence[str]) -> list[tuple[dict[str, Any], pd.DataFrame]]:
    """Return the parts of a table in which several columns are the same, each with its values."""
    groups = table.groupby([table[key].astype(str) for key in keys], sort=False)
    return [({key: part[key].iloc[0] for key in keys}, part) for _, part in groups]


def _name(keys: Sequence[str], values: dict[str, Any], methods: dict[str, str]) -> str:
    parts = []
    for key in (METHOD, *keys) if METHOD in keys else keys:
        if key == METHOD:
            parts.append(methods.get(values[key], str(values[key])))
        else:
            parts.append(axis_words(key, values[key]))
    return ", ".join(dict.fromkeys(parts))


def _curve(name: str, part: pd.DataFrame, axis: str, methods: dict[str, str]) -> SweepCurve:
    points = []
    for values, same in _parts(part, [axis]):
        found = same["value"].to_numpy(dtype=float)
        at = methods.get(values[axis], values[axis]) if axis == METHOD else values[axis]
        points.append((at, float(found.mean()), half_width(found), len(found)))
    if all(isinstance(point[0], int | float | np.number) for point in points):
        points.sort(key=lambda point: point[0])
    at, mean, half, count = zip(*points, strict=True)
    return SweepCurve(name, at, mean, half, count)


def half_width(values: np.ndarray) -> float:
    """Return half the width of the 95 % confidence interval of the mean of ``values`` (n,), NaN for fewer than two."""
    return interval(values.tolist())[1]


def sweep_figure(curves: Sequence[SweepCurve], axis: str, figure_key: str) -> go.Figure:
    """Draw a figure of a sweep against an axis: means as a line with a band over the seeds, as bars for methods."""
    figure = go.Figure()
    for number, curve in enumerate(curves[:MOST_CURVES]):
        colour = style.COLOURS[number % len(style.COLOURS)]
        dash = style.DASHES[(number + number // len(style.COLOURS)) % len(style.DASHES)]
        _add(figure, curve, colour, dash, is_line=axis != METHOD and _is_numeric(curve.at))
    style.laid_out(figure, 290, style.plain(sweep_axis_title(axis)), SWEEP_FIGURES[figure_key].heading)
    values = [value for curve in curves for value in curve.at]
    if axis != METHOD and _is_numeric(values) and all(float(value).is_integer() for value in values):
        figure.update_xaxes(style.whole_ticks(values))
    return figure.update_layout(showlegend=len(curves) > 1)


def _is_numeric(values: Sequence[Any]) -> bool:
    return all(isinstance(value, int | float | np.number) and not isinstance(value, bool) for value in values)


def _add(figure: go.Figure, curve: SweepCurve, colour: str, dash: str, *, is_line: bool) -> None:
    name, at = style.plain(curve.name or "Mean over the seeds"), list(curve.at)
    mean, half = np.array(curve.mean), np.nan_to_num(np.array(curve.half))
    hover = "%{x}: %{y:,.4g} ± %{customdata[0]:,.2g}, %{customdata[1]} seeds<extra>" + name + "</extra>"
    more = {"customdata": list(zip(half, curve.count, strict=True)), "hovertemplate": hover, "name": name}
    if not is_line:
        figure.add_bar(
            x=[style.plain(str(x)) for x in at], y=mean, error_y={"array": half}, marker_color=colour, **more
        )
        return
    if half.any():
        outline = {"x": [*at, *at[::-1]], "y": [*(mean + half), *(mean - half)[::-1]]}
        fill = f"rgba({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))}, {BAND_ALPHA})"
        band = {"mode": "lines", "line_width": 0, "fill": "toself", "fillcolor": fill, "hoverinfo": "skip"}
        figure.add_scatter(**outline, **band, showlegend=False, legendgroup=name)
    line = {"color": colour, "dash": dash, "width": 2}
    figure.add_scatter(x=at, y=mean, mode="lines+markers", line=line, legendgroup=name, **more)


def sweep_sentence(curves: Sequence[SweepCurve], axis: str, figure_key: str) -> str:
    """Say which curve is best at the end of the axis, over how many seeds, and how many curves are not drawn."""
    figure, seeds = SWEEP_FIGURES[figure_key], max((max(curve.count) for curve in curves), default=0)
    if not curves:
        return "No run of this sweep has this figure yet."
    where, who, value, half = _best(curves, axis, -1.0 if figure.better == "less" else 1.0)
    spread = f" ± {half:,.{figure.digits}f}" if np.isfinite(half) else ""
    best = f"best is {who} with " if who else ""
    words = f"{figure.label}{where}: {best}{value:,.{figure.digits}f}{spread} {figure.unit}".rstrip()
    band = f", mean and 95 % interval over {seeds} seeds" if seeds > 1 else ", one seed"
    more = f" {len(curves) - MOST_CURVES} more curves are in the table alone." if len(curves) > MOST_CURVES else ""
    return f"{words}{band}.{more}"


def _best(curves: Sequence[SweepCurve], axis: str, sign: float) -> tuple[str, str, float, float]:
    """Return where, who, its mean and half its interval: the best method, or the best curve at the end of the axis."""
    if axis != METHOD:
        curve = max(curves, key=lambda curve: sign * curve.mean[-1])
        where = f" at {sweep_axis_title(axis).lower()} {curve.at[-1]}"
        return where, curve.name, curve.mean[-1], curve.half[-1]
    points = [
        (", ".join(filter(None, (str(at), curve.name))), mean, half)
        for curve in curves
        for at, mean, half in zip(curve.at, curve.mean, curve.half, strict=True)
    ]
    return ("", *max(points, key=lambda point: sign * point[1]))


def parallel_figure(table: pd.DataFrame, spec: SweepSpec, methods: dict[str, str]) -> go.Figure | None:
    """Draw every finished run as a line over the varied values and its main figures; None where none is finished."""
    main = SHOWN_AT_ONCE[0]
    known = table.dropna(subset=[main]) if main in table else table[:0]
    if not len(known):
        return None
    shown = [SWEEP_FIGURES[key] for key in SHOWN_AT_ONCE if key in known and known[key].notna().all()]
    shown = [figure for figure in shown if figure.key == main or known[figure.key].nunique() > 1]
    keys = [key for key in (*spec.grid, METHOD, SEED) if known[key].astype(str).nunique() > 1]
    dimensions = [_dimension(known, key, methods) for key in keys]
    dimensions += [{"label": figure.heading, "values": _values(known, figure)} for figure in shown]
    line = {"color": _values(known, shown[0]), "colorscale": [[0.0, style.BLUE], [1.0, style.ORANGE]]}
    figure = go.Figure(go.Parcoords(dimensions=dimensions, line=line))
    return figure.update_layout(height=290, margin={"l": 60, "r": 40, "t": 50, "b": 20})


def _dimension(table: pd.DataFrame, key: str, methods: dict[str, str]) -> dict[str, Any]:
    """Return an axis of parallel coordinates; texts stand as ticks."""
    values = list(table[key])
    title = style.plain(sweep_axis_title(key))
    if _is_numeric(values):
        ticks = sorted(set(values))
        return {"label": title, "values": values} | ({"tickvals": ticks} if len(ticks) <= MOST_TICKS else {})
    names = list(dict.fromkeys(map(str, values)))
    texts = [style.plain(methods.get(name, name) if key == METHOD else name) for name in names]
    places = [names.index(str(value)) for value in values]
    return {"label": title, "values": places, "tickvals": list(range(len(names))), "ticktext": texts}
