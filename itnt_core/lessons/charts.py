"""Charts of lessons as Vega-Lite specifications: plain data, drawn by whoever shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Spec = dict[str, Any]
Rows = Sequence[Mapping[str, Any]]

# Okabe and Ito's colours, told apart by most colour-blind eyes, and dashes that tell lines apart without colour.
BLUE, ORANGE, GREEN, PINK, RED, GREY = "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#8a8f98"
COLOURS = (BLUE, RED, GREEN, PINK, ORANGE, GREY)
DASHES = ((1, 0), (7, 3), (2, 2), (9, 3, 2, 3), (4, 4), (1, 3))  # strokes and gaps in pixels
HEIGHT = 300  # in pixels


def log_axis(field: str, title: str) -> Spec:
    """Return the encoding of a positive number along a logarithmic axis."""
    return {"field": field, "type": "quantitative", "title": title, "scale": {"type": "log"}}


def number_axis(field: str, title: str, *, zero: bool = False, domain: Sequence[float] | None = None) -> Spec:
    """Return the encoding of a number along an axis."""
    scale: Spec = {"domain": list(domain)} if domain is not None else {"zero": zero}
    return {"field": field, "type": "quantitative", "title": title, "scale": scale}


def colour(names: Sequence[str], field: str = "series", colours: Sequence[str] = COLOURS) -> Spec:
    """Return the encoding of names as colours, with a legend on top."""
    scale = {"domain": list(names), "range": list(colours[: len(names)])}
    legend = {"orient": "top", "title": None, "columns": 2, "labelLimit": 0}
    return {"field": field, "type": "nominal", "scale": scale, "legend": legend}


def dash(names: Sequence[str], field: str = "series") -> Spec:
    """Return the encoding of names as dashes, without a legend of its own."""
    scale = {"domain": list(names), "range": [list(pattern) for pattern in DASHES[: len(names)]]}
    return {"field": field, "type": "nominal", "scale": scale, "legend": None}


def lines(rows: Rows, x: Spec, y: Spec, names: Sequence[str], *, stepped: bool = False) -> Spec:
    """Return a layer of lines, one per name in the field ``series``."""
    mark: Spec = {"type": "line", "strokeWidth": 2.5, "interpolate": "step-after" if stepped else "linear"}
    return _layer(rows, mark, {"x": x, "y": y, "color": colour(names), "strokeDash": dash(names)})


def here(rows: Rows, x: Spec, y: Spec, label: str = "here") -> Spec:
    """Return a layer of large points that mark where the lesson stands; the tooltip names them."""
    mark = {"type": "point", "filled": True, "size": 160, "color": RED, "stroke": "#ffffff", "opacity": 1}
    return _layer(rows, mark, {"x": x, "y": y, "tooltip": {"value": label}})


def bars(rows: Rows, x: Spec, y: Spec, names: Sequence[str], colours: Sequence[str] = COLOURS) -> Spec:
    """Return a layer of bars coloured by the field ``series``."""
    return _layer(rows, {"type": "bar"}, {"x": x, "y": y, "color": colour(names, colours=colours)})


def ticks(rows: Rows, x: Spec, names: Sequence[str], colours: Sequence[str]) -> Spec:
    """Return a layer of upright lines at values, coloured by name."""
    mark = {"type": "rule", "strokeWidth": 3}
    return _layer(rows, mark, {"x": x, "color": colour(names, colours=colours), "strokeDash": dash(names)})


def squares(rows: Rows, x: Spec, y: Spec, value: str, title: str) -> Spec:
    """Return a layer of squares coloured by a value: a surface from above. Rows hold x, x2, y, y2 and the value."""
    encoding = {
        "x": x,
        "x2": {"field": "x2"},
        "y": y,
        "y2": {"field": "y2"},
        "color": {
            "field": value,
            "type": "quantitative",
            "scale": {"scheme": "viridis"},
            "legend": {"orient": "bottom", "title": title, "gradientLength": 180},
        },
    }
    return _layer(rows, {"type": "rect", "strokeWidth": 0}, encoding)


def area(rows: Rows, x: Spec, y: Spec, fill: str = GREY) -> Spec:
    """Return a filled profile down to zero."""
    return _layer(rows, {"type": "area", "color": fill, "opacity": 0.55, "interpolate": "step"}, {"x": x, "y": y})


def marks(rows: Rows, x: Spec, y: Spec, shape: str, fill: str) -> Spec:
    """Return a layer of symbols with the name of each as its tooltip."""
    mark = {
        "type": "point",
        "shape": shape,
        "filled": True,
        "size": 130,
        "color": fill,
        "opacity": 1,
        "stroke": "#ffffff",
    }
    return _layer(rows, mark, {"x": x, "y": y, "tooltip": {"field": "name", "type": "nominal"}})


def path(rows: Rows, x: Spec, y: Spec, names: Sequence[str], colours: Sequence[str]) -> Spec:
    """Return ways from above, in the order of the field ``order``."""
    encoding = {
        "x": x,
        "y": y,
        "order": {"field": "order"},
        "color": colour(names, colours=colours),
        "strokeDash": dash(names),
    }
    return _layer(rows, {"type": "line", "strokeWidth": 3}, encoding)


def picture(layers: Sequence[Spec], told: str, height: int = HEIGHT) -> Spec:
    """Put layers over one another; colours of different layers stay independent."""
    return {
        "description": told,
        "height": height,
        "layer": list(layers),
        "resolve": {"scale": {"color": "independent", "strokeDash": "independent"}},
    }


def _layer(rows: Rows, mark: Spec, encoding: Spec) -> Spec:
    return {"data": {"values": [dict(row) for row in rows]}, "mark": mark, "encoding": encoding}
