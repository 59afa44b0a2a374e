"""Figures of reports: matplotlib lays them out once, for a page (:mod:`.svg`) and for paper (:mod:`.pdf_drawing`).

Lengths are points (1/72 inch). Both forms measure text with the fonts of the PDF, so that a figure is laid out alike in
both, and names in any script neither warn nor vanish.
"""

from __future__ import annotations

import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from matplotlib import rc_context
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, weight_dict

from .fonts import BODY, BOLD, text_width
from .palette import LIGHT

TEXT_PT, TITLE_PT = 7.5, 8.5
LINE = 1.25  # of a text's size, from one line to the next
ASCENT, DESCENT = 0.93, 0.24  # of a text's size: those of the font
BOLD_FROM = 600  # weight of CSS
WIDER = 1.08  # than the fonts of the PDF, what a browser may take
HALO = {"facecolor": LIGHT["paper"], "alpha": 0.75, "linewidth": 0.0, "pad": 0.8}  # around names on lines and maps
STYLE: dict[Any, Any] = {  # matplotlib names every key in a type of its own
    "figure.dpi": 72.0,
    "figure.facecolor": "none",
    "font.family": "DejaVu Sans",
    "font.size": TEXT_PT,
    "text.color": LIGHT["ink"],
    "text.parse_math": False,  # names are names, also with dollars in them
    "path.simplify": False,
    "lines.scale_dashes": False,
    "lines.solid_capstyle": "round",
    "axes.facecolor": "none",
    "axes.edgecolor": LIGHT["frame"],
    "axes.linewidth": 0.8,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.xmargin": 0.0,
    "grid.color": LIGHT["grid"],
    "grid.linewidth": 0.6,
    "xtick.color": LIGHT["soft"],
    "xtick.major.size": 0.0,
    "xtick.major.pad": 4.0,
    "ytick.color": LIGHT["soft"],
    "ytick.major.size": 0.0,
    "ytick.major.pad": 4.0,
    "svg.fonttype": "none",
    "svg.hashsalt": "report",
}
_ONE_AT_A_TIME = threading.RLock()  # matplotlib's style belongs to the whole process


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure of matplotlib, and what it shows in words."""

    figure: Figure
    alt: str

    @property
    def width_pt(self) -> float:
        """Return its width in points."""
        return float(self.figure.get_figwidth()) * 72.0

    @property
    def height_pt(self) -> float:
        """Return its height in points."""
        return float(self.figure.get_figheight()) * 72.0


@contextmanager
def style() -> Iterator[None]:
    """Let figures look like those of a report: to be held while one is made, and while it is drawn."""
    with _ONE_AT_A_TIME, rc_context(STYLE):
        yield


def empty_figure(width_pt: float, height_pt: float) -> Figure:
    """Return a figure of a size without anything in it."""
    return Figure(figsize=(width_pt / 72.0, height_pt / 72.0), dpi=72.0)


def add_axes(figure: Figure, left: float, top: float, right: float, bottom: float, **more: Any) -> Any:
    """Return axes that leave these margins, in points, in a figure."""
    width, height = figure.get_figwidth() * 72.0, figure.get_figheight() * 72.0
    place = (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    return figure.add_axes(place, **more)


def title(figure: Figure, words: str, unit: str) -> None:
    """Write what a figure shows over its top left corner, the unit after it."""
    top = 1.0 - TITLE_PT / (figure.get_figheight() * 72.0)
    figure.text(0.0, top, words, fontsize=TITLE_PT, fontweight="bold", va="baseline")
    x = (WIDER * text_width(words, BOLD, TITLE_PT) + TEXT_PT / 2) / (figure.get_figwidth() * 72.0)
    figure.text(x, top, unit, fontsize=TEXT_PT, color=LIGHT["soft"], va="baseline")


def label(text: str, letters: int = 26, lines: int = 2) -> str:
    """Return a name in lines of so many letters; what has no room becomes an ellipsis, what is no letter a blank."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return "\n".join(textwrap.wrap(shown, letters, max_lines=lines, placeholder=" …")) or "–"


def label_width(text: str, size_pt: float = TEXT_PT) -> float:
    """Return the width in points that a text in lines may take."""
    return WIDER * max(text_width(line, BODY, size_pt) for line in text.split("\n"))


def font_of(prop: FontProperties) -> str:
    """Return the font of the PDF that stands for one of matplotlib's."""
    weight = prop.get_weight()
    number = weight_dict[weight] if isinstance(weight, str) else weight
    return BOLD if number >= BOLD_FROM else BODY


class Unclipped(GraphicsContextBase):
    """A look without clipping: whatever is drawn lies inside, and a page needs no references to clips."""

    def set_clip_rectangle(self, rectangle: Any) -> None:
        """Leave it."""

    def set_clip_path(self, path: Any) -> None:
        """Leave it."""


class Measures:
    """What both renderers share: text is as wide as in the PDF's fonts, and nothing is clipped."""

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        """Return width, height and descent of a line in points."""
        del ismath
        size = float(prop.get_size_in_points())
        return text_width(s, font_of(prop), size), (ASCENT + DESCENT) * size, DESCENT * size

    def new_gc(self) -> GraphicsContextBase:
        """Return a look that does not clip."""
        return Unclipped()
