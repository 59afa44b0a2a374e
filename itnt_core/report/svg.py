"""Pictures as SVG inside a page; colours are the page's own variables."""

from __future__ import annotations

from html import escape

from .picture import Circle, Path, Picture, Point, Shape, Words


def svg(picture: Picture) -> str:
    """Return a picture as one ``<svg>`` element that scales with the page."""
    body = "".join(_shape(shape) for shape in picture.shapes)
    return (
        f'<svg viewBox="0 0 {_number(picture.width)} {_number(picture.height)}" role="img" '
        f'aria-label="{escape(picture.alt, quote=True)}">{body}</svg>'
    )


def _shape(shape: Shape) -> str:
    if isinstance(shape, Path):
        return _path(shape)
    if isinstance(shape, Circle):
        place = f'cx="{_number(shape.x)}" cy="{_number(shape.y)}" r="{_number(shape.radius)}"'
        return f"<circle {place}{_look(shape.fill, shape.stroke, shape.width)}/>"
    return _words(shape)


def _path(path: Path) -> str:
    drawn = "".join(_ring(ring, path.closed) for ring in path.rings)
    dash = f' stroke-dasharray="{" ".join(map(_number, path.dash))}"' if path.dash else ""
    opacity = f' opacity="{_number(path.opacity)}"' if path.opacity < 1.0 else ""
    return f'<path d="{drawn}"{_look(path.fill, path.stroke, path.width)}{dash}{opacity}/>'


def _ring(points: tuple[Point, ...], closed: bool) -> str:
    (x, y), *others = points
    steps = "L".join(f"{_number(a)} {_number(b)}" for a, b in others)
    return f"M{_number(x)} {_number(y)}L{steps}" + ("Z" if closed else "")


def _look(fill: str | None, stroke: str | None, width: float) -> str:
    inside = f"fill:var(--{fill})" if fill else "fill:none"
    if stroke is None:
        return f' style="{inside}"'
    return f' style="{inside};stroke:var(--{stroke})" stroke-width="{_number(width)}" stroke-linejoin="round"'


def _words(words: Words) -> str:
    bold = ' font-weight="600"' if words.bold else ""
    halo = ";stroke:var(--paper);stroke-width:2.4px;paint-order:stroke;stroke-linejoin:round" if words.halo else ""
    return (
        f'<text x="{_number(words.x)}" y="{_number(words.y)}" font-size="{_number(words.size)}" '
        f'text-anchor="{words.anchor}"{bold} style="fill:var(--{words.colour}){halo}">{escape(words.text)}</text>'
    )


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
