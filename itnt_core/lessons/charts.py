"""Charts of lessons: axes, layers over them, and the picture they make, a plotly figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from itnt_core.figures import style

if TYPE_CHECKING:
    import plotly.graph_objects as go

Rows = Sequence[Mapping[str, Any]]
Trace = dict[str, Any]

BLUE, GREEN, RED, GREY = style.BLUE, style.GREEN, style.RED, style.GREY
BLACK, WHITE = "#111111", "#FFFFFF"  # over a surface, whatever the page
SHADE = "rgba(138, 143, 152, 0.55)"  # GREY, seen through
HEIGHT = 300  # px
LONGEST_NAME = 24  # letters of a name beside an axis


@dataclass(frozen=True)
class Axis:
    """What an axis shows: a field of the rows, and how it is called, with its unit."""

    field: str
    title: str
    kind: Literal["linear", "log", "category"] = "linear"
    zero: bool = False  # begins at zero
    limits: tuple[float, float] | None = None
    whole: bool = False  # ticks at whole numbers only

    def of(self, rows: Rows) -> list[Any]:
        """Return this axis's values of rows."""
        return [row[self.field] for row in rows]


def log_axis(field: str, title: str) -> Axis:
    """Return a logarithmic axis of positive numbers."""
    return Axis(field, title, "log")


def number_axis(
    field: str, title: str, *, zero: bool = False, limits: tuple[float, float] | None = None, whole: bool = False
) -> Axis:
    """Return an axis of numbers."""
    return Axis(field, title, zero=zero, limits=limits, whole=whole)


def name_axis(field: str) -> Axis:
    """Return an axis of names, the first on top; names need no title."""
    return Axis(field, "", "category")


@dataclass(frozen=True)
class Layer:
    """Plotly traces, as plain data, over two axes, and what they need of the layout."""

    x: Axis
    y: Axis
    traces: list[Trace]
    layout: Mapping[str, Any] = field(default_factory=dict)


def lines(rows: Rows, x: Axis, y: Axis, names: Sequence[str], *, stepped: bool = False) -> Layer:
    """Return a line per name in the field ``series``; a stepped one holds its value until the next."""
    shape = "hv" if stepped else "linear"
    return Layer(x, y, [_line(own, x, y, name, n, 2.5, shape) for n, name, own in _series(rows, names)])


def paths(rows: Rows, x: Axis, y: Axis, names: Sequence[str], colours: Sequence[str]) -> Layer:
    """Return a way from above per name, in the order of the rows; the chart's title names them, not a legend."""
    traces = [_line(own, x, y, name, n, 3, "linear") for n, name, own in _series(rows, names)]
    for trace, colour in zip(traces, colours, strict=True):
        trace["line"]["color"], trace["showlegend"] = colour, False
    return Layer(x, y, traces)


def here(rows: Rows, x: Axis, y: Axis, label: str = "here") -> Layer:
    """Return a large point that marks where the lesson stands."""
    mark = {"size": 13, "color": RED, "line": style.EDGE}
    return Layer(x, y, [_scatter(rows, x, y, label) | {"mode": "markers", "marker": mark}])


def symbols(rows: Rows, x: Axis, y: Axis, shape: str, colour: str) -> Layer:
    """Return a symbol per row; the field ``name`` appears over it."""
    trace = _scatter(rows, x, y, "") | {
        "mode": "markers",
        "marker": {"symbol": shape, "size": 13, "color": colour, "line": style.EDGE},
        "hovertext": [style.plain(row["name"]) for row in rows],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "showlegend": False,
    }
    return Layer(x, y, [trace])


def area(rows: Rows, x: Axis, y: Axis) -> Layer:
    """Return a grey profile, filled down to zero."""
    filled = {"fill": "tozeroy", "fillcolor": SHADE, "line": {"width": 0, "shape": "hvh"}, "showlegend": False}
    return Layer(x, y, [_scatter(rows, x, y, "") | {"mode": "lines"} | filled])


def bars(rows: Rows, x: Axis, y: Axis, names: Sequence[str], colours: Sequence[str] = style.COLOURS) -> Layer:
    """Return a lying bar per row, those of one place below one another, coloured by the field ``series``."""
    traces = [_bar(own, x, y, name, colours[n]) for n, name, own in _series(rows, names)]
    return Layer(x, y, traces, {"barmode": "group"})


def levels(rows: Rows, x: Axis, y: Axis, names: Sequence[str], colours: Sequence[str], floor: float) -> Layer:
    """Return a lying bar per name from a floor to its level; the axis names the bars, so there is no legend."""
    traces = [_bar(own, x, y, name, colours[n]) for n, name, own in _series(rows, names)]
    for trace in traces:
        trace |= {"base": floor, "x": [level - floor for level in trace["customdata"]], "showlegend": False}
    return Layer(x, y, traces, {"barmode": "overlay", "xaxis": {"range": [floor, None]}})


def columns(rows: Rows, x: Axis, y: Axis, end: str, names: Sequence[str]) -> Layer:
    """Return columns upon one another, each from its place on x to the field ``end``: a histogram by ``series``."""
    traces = []
    for n, name, own in _series(rows, names):
        edges = [(row[x.field], row[end]) for row in own]
        traces.append(
            {
                "type": "bar",
                "name": style.plain(name),
                "x": [0.5 * (low + high) for low, high in edges],
                "width": [high - low for low, high in edges],
                "y": y.of(own),
                "customdata": edges,
                "marker": {"color": _colour(n)},
                "hovertemplate": f"{_hover(x, 'customdata[0]')} to %{{customdata[1]:,.4g}}<br>{_hover(y, 'y')}",
            }
        )
    return Layer(x, y, traces, {"barmode": "stack"})


def uprights(rows: Rows, x: Axis, y: Axis, names: Sequence[str], colours: Sequence[str]) -> Layer:
    """Return an upright line over the whole height per row, named by the field ``series``."""
    unseen = {"size": 8, "opacity": 0.0}  # px; keeps a line at the axis's end whole
    traces = []
    for n, name, own in _series(rows, names):
        (place,) = x.of(own)
        line = {"color": colours[n], "width": 3, "dash": style.DASHES[n]}
        over = {"x": [place, place], "y": [0.0, 1.0], "yaxis": "y2", "line": line, "marker": unseen}
        traces.append(_scatter(own, x, x, name) | {"mode": "lines+markers", "hovertemplate": _hover(x, "x")} | over)
    beside = {"overlaying": "y", "range": [0.0, 1.0], "visible": False, "fixedrange": True}
    return Layer(x, y, traces, {"yaxis2": beside})


def surface(rows: Rows, x: Axis, y: Axis, value: str, title: str) -> Layer:
    """Return a surface from above, coloured by a value: rows hold the middles of its cells and the value."""
    across, up = sorted(set(x.of(rows))), sorted(set(y.of(rows)))
    at = {(row[x.field], row[y.field]): row[value] for row in rows}
    trace = {
        "type": "heatmap",
        "x": across,
        "y": up,
        "z": [[at[east, north] for east in across] for north in up],
        "colorscale": "Viridis",
        "colorbar": {
            "orientation": "h",
            "y": 1.0,
            "yanchor": "bottom",
            "thickness": 12,
            "len": 0.6,
            "title": {"text": title, "side": "top"},
        },
        "hovertemplate": f"{_hover(x, 'x')}<br>{_hover(y, 'y')}<br>%{{z:,.4g}} {title}<extra></extra>",
    }
    return Layer(x, y, [trace])


def picture(layers: Sequence[Layer], height: int = HEIGHT, *, equal: bool = False) -> go.Figure:
    """Put layers over one another, on the axes of the first; ``equal``: both axes have one scale, as on a map."""
    import plotly.graph_objects as go

    x, y = layers[0].x, layers[0].y
    traces = [trace for layer in layers for trace in layer.traces]
    layout: dict[str, Any] = {"dragmode": False, "xaxis": {}, "yaxis": {}}
    for layer in layers:
        layout |= layer.layout
    layout["xaxis"] = layout["xaxis"] | _scale(x, traces, "x")
    layout["yaxis"] = layout["yaxis"] | _scale(y, traces, "y")
    # The whole layout at once: every change of a figure that stands takes plotly longer than to make it.
    figure = go.Figure(traces, style.layout_of(height, style.plain(x.title), style.plain(y.title), layout))
    if equal:
        style.equal_scales(figure)
    return figure


def _scale(axis: Axis, traces: Sequence[Trace], letter: str) -> dict[str, Any]:
    """Return how an axis runs, as plotly says it."""
    if axis.kind == "category":
        names = list(dict.fromkeys(_values(traces, letter)))
        return {
            "type": "category",
            "categoryorder": "array",
            "categoryarray": names,
            "autorange": "reversed",
            "tickvals": names,
            "ticktext": [style.plain(_short(name)) for name in names],
        }
    if axis.kind == "log":
        return {"type": "log", **style.log_ticks(_values(traces, letter))}
    whole = style.whole_ticks(_values(traces, letter)) if axis.whole else {}
    return whole | ({"range": axis.limits} if axis.limits else {"rangemode": "tozero" if axis.zero else "normal"})


def _values(traces: Sequence[Trace], letter: str) -> list[Any]:
    return [value for trace in traces for value in trace[letter]]


def _series(rows: Rows, names: Sequence[str]) -> list[tuple[int, str, Rows]]:
    """Return each name with its place and its rows."""
    return [(n, name, [row for row in rows if row["series"] == name]) for n, name in enumerate(names)]


def _scatter(rows: Rows, x: Axis, y: Axis, name: str) -> Trace:
    hover = f"{_hover(x, 'x')}<br>{_hover(y, 'y')}"
    return {
        "type": "scatter",
        "name": style.plain(name),
        "x": x.of(rows),
        "y": y.of(rows),
        "hovertemplate": hover if name else f"{hover}<extra></extra>",
        "showlegend": True,
    }


def _line(rows: Rows, x: Axis, y: Axis, name: str, n: int, width: float, shape: str) -> Trace:
    line = {"color": _colour(n), "dash": style.DASHES[n % len(style.DASHES)], "width": width, "shape": shape}
    return _scatter(rows, x, y, name) | {"mode": "lines", "line": line}


def _bar(rows: Rows, x: Axis, y: Axis, name: str, colour: str) -> Trace:
    return {
        "type": "bar",
        "orientation": "h",
        "name": style.plain(name),
        "x": x.of(rows),
        "y": y.of(rows),
        "customdata": x.of(rows),
        "marker": {"color": colour},
        "hovertext": [style.plain(place) for place in y.of(rows)],
        "hovertemplate": f"%{{hovertext}}<br>{_hover(x, 'customdata')}",
        "showlegend": True,
    }


def _colour(n: int) -> str:
    return style.COLOURS[n % len(style.COLOURS)]


def _hover(axis: Axis, value: str) -> str:
    return f"{style.plain(axis.title)}: %{{{value}:,.4g}}"


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
