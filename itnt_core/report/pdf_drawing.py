"""Drawings as vectors on a page of the PDF: matplotlib draws straight onto the page's canvas.

So a figure has the fonts of the text around it, also for letters that matplotlib's own PDF could not show; they are
embedded once, and no library has to take one PDF apart to put it into another.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Transform
from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import FILL_NON_ZERO, Canvas

from .drawing import Drawing, Measures, font_of, style
from .fonts import runs, text_width

CAPS = {"butt": 0, "round": 1, "projecting": 2}
JOINS = {"miter": 0, "round": 1, "bevel": 2}


def draw(canvas: Canvas, drawing: Drawing, scale: float) -> None:
    """Draw upwards from the canvas' origin, scaled."""
    canvas.saveState()
    canvas.scale(scale, scale)
    with style():
        drawing.figure.draw(_Renderer(canvas, drawing))
    canvas.restoreState()


class _Renderer(Measures, RendererBase):
    """Draws on a canvas, whose origin is at the lower left as matplotlib's is."""

    def __init__(self, canvas: Canvas, drawing: Drawing):
        super().__init__()
        self.canvas = canvas
        self.size = drawing.width_pt, drawing.height_pt

    def flipy(self) -> bool:
        """Say that y grows upwards."""
        return False

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Return the size in points."""
        return self.size

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: Any = None,  # noqa: N803 - matplotlib's name, which it passes
    ) -> None:
        """Draw lines or areas; a hole is a ring that turns the other way."""
        drawn = self.canvas.beginPath()
        steps = {Path.MOVETO: drawn.moveTo, Path.LINETO: drawn.lineTo, Path.CURVE4: drawn.curveTo}
        for points, code in path.cleaned(transform, simplify=False, curves=True).iter_segments(simplify=False):
            if code == Path.CLOSEPOLY:
                drawn.close()
            else:
                steps[code](*(round(float(number), 2) for number in points))
        self.canvas.saveState()
        has_line = self._set_line(gc)
        if rgbFace is not None:
            self.canvas.setFillColor(_colour(gc, rgbFace))
        self.canvas.drawPath(drawn, stroke=int(has_line), fill=int(rgbFace is not None), fillMode=FILL_NON_ZERO)
        self.canvas.restoreState()

    def _set_line(self, gc: GraphicsContextBase) -> bool:
        """Take over how lines look; say whether there are any."""
        if gc.get_linewidth() <= 0.0 or _colour(gc, gc.get_rgb()).alpha == 0.0:
            return False
        self.canvas.setStrokeColor(_colour(gc, gc.get_rgb()))
        self.canvas.setLineWidth(gc.get_linewidth())
        self.canvas.setLineCap(CAPS[str(gc.get_capstyle())])
        self.canvas.setLineJoin(JOINS[str(gc.get_joinstyle())])
        offset, dash = gc.get_dashes()
        self.canvas.setDash([] if dash is None else [float(length) for length in np.ravel(dash)], offset or 0)
        return True

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Text | None = None,
    ) -> None:
        """Write a line of text, every letter in a font that has it."""
        del ismath, mtext
        size = float(prop.get_size_in_points())
        self.canvas.saveState()
        self.canvas.setFillColor(_colour(gc, gc.get_rgb()))
        self.canvas.translate(x, y)
        self.canvas.rotate(angle)
        place = 0.0
        for font, piece in runs(s, font_of(prop)):
            self.canvas.setFont(font, size)
            self.canvas.drawString(place, 0.0, piece)
            place += text_width(piece, font, size)
        self.canvas.restoreState()


def _colour(gc: GraphicsContextBase, rgb: Any) -> Color:
    opacity = gc.get_alpha() if gc.get_forced_alpha() else (rgb[3] if len(rgb) > 3 else 1.0)
    return Color(*(round(float(part), 4) for part in rgb[:3]), alpha=float(opacity))
