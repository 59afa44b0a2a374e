"""Pictures as vectors on a PDF's canvas."""

from __future__ import annotations

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from .fonts import BODY, BOLD, runs
from .picture import LIGHT, Circle, Path, Picture, Words

HALO = 1.8


def draw(canvas: Canvas, picture: Picture, scale: float) -> None:
    """Draw a picture upwards from the canvas' origin, scaled."""
    canvas.saveState()
    canvas.scale(scale, scale)
    for shape in picture.shapes:
        if isinstance(shape, Path):
            _path(canvas, shape, picture.height)
        elif isinstance(shape, Circle):
            _circle(canvas, shape, picture.height)
        else:
            _words(canvas, shape, picture.height)
    canvas.restoreState()


def _path(canvas: Canvas, path: Path, height: float) -> None:
    canvas.saveState()
    _look(canvas, path.fill, path.stroke, path.width)
    canvas.setDash(list(path.dash))
    if path.opacity < 1.0:
        canvas.setFillAlpha(path.opacity)
        canvas.setStrokeAlpha(path.opacity)
    drawn = canvas.beginPath()
    for (x, y), *others in path.rings:
        drawn.moveTo(x, height - y)
        for a, b in others:
            drawn.lineTo(a, height - b)
        if path.closed:
            drawn.close()
    canvas.drawPath(drawn, stroke=int(path.stroke is not None), fill=int(path.fill is not None))
    canvas.restoreState()


def _circle(canvas: Canvas, circle: Circle, height: float) -> None:
    _look(canvas, circle.fill, circle.stroke, circle.width)
    stroke, fill = int(circle.stroke is not None), int(circle.fill is not None)
    canvas.circle(circle.x, height - circle.y, circle.radius, stroke=stroke, fill=fill)


def _look(canvas: Canvas, fill: str | None, stroke: str | None, width: float) -> None:
    if fill:
        canvas.setFillColor(HexColor(LIGHT[fill]))
    if stroke:
        canvas.setStrokeColor(HexColor(LIGHT[stroke]))
        canvas.setLineWidth(width)
    canvas.setLineJoin(1)


def _words(canvas: Canvas, words: Words, height: float) -> None:
    pieces = runs(words.text, BOLD if words.bold else BODY)
    widths = [canvas.stringWidth(piece, font, words.size) for font, piece in pieces]
    x = words.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[words.anchor] * sum(widths)
    if words.halo:
        canvas.saveState()
        canvas.setStrokeColor(HexColor(LIGHT["paper"]))
        canvas.setLineWidth(HALO)
        _pieces(canvas, pieces, widths, x, height - words.y, words.size, outlined=True)
        canvas.restoreState()
    canvas.setFillColor(HexColor(LIGHT[words.colour]))
    _pieces(canvas, pieces, widths, x, height - words.y, words.size)


def _pieces(
    canvas: Canvas,
    pieces: list[tuple[str, str]],
    widths: list[float],
    x: float,
    y: float,
    size: float,
    *,
    outlined: bool = False,
) -> None:
    for (font, piece), width in zip(pieces, widths, strict=True):
        text = canvas.beginText(x, y)
        text.setFont(font, size)
        if outlined:
            text.setTextRenderMode(1)
        text.textOut(piece)
        canvas.drawText(text)
        x += width
