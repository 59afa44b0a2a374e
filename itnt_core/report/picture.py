"""Pictures as lists of simple shapes: drawn once, written as SVG for a page and as vectors into a PDF.

Lengths are points (1/72 inch), x to the right and y downwards from the top left. Colours are names of a palette, so
that a page can follow the reader's light or dark theme and paper stays light.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]

# Okabe and Ito's colour-blind-safe set for data; the map's own colours as on the 3D map, paler for paper.
LIGHT = {
    "ink": "#1d2733",
    "soft": "#5d6773",
    "grid": "#d9dde2",
    "paper": "#ffffff",
    "frame": "#8a8f98",
    "ground": "#f6f3ec",
    "water": "#a9cde3",
    "park": "#cfe0b8",
    "road": "#ffffff",
    "bridge": "#c9bfae",
    "building": "#dcd3c4",
    "tower": "#b9a88e",
    "gbs": "#005aa0",
    "leo": "#963c82",
    "au": "#d55e00",
    "gu": "#464e5c",
    "series0": "#d55e00",
    "series1": "#0072b2",
    "series2": "#009e73",
    "series3": "#b0568c",
    "series4": "#9a6f00",
    "series5": "#2f8fc4",
    "series6": "#8a5a2b",
    "series7": "#6a4fb3",
}
DARK = LIGHT | {
    "ink": "#e6ebf1",
    "soft": "#a3adba",
    "grid": "#343e4a",
    "paper": "#161c24",
    "frame": "#76818f",
    "ground": "#1d242d",
    "water": "#1d4468",
    "park": "#2b4a3b",
    "road": "#39424e",
    "bridge": "#5b6370",
    "building": "#4a515b",
    "tower": "#6f7a88",
    "gbs": "#56b4e9",
    "leo": "#e096cd",
    "au": "#ff8c32",
    "gu": "#bec6d2",
    "series0": "#ff8c32",
    "series1": "#4fa8e0",
    "series2": "#35c29a",
    "series3": "#e096cd",
    "series4": "#d9ab3a",
    "series5": "#8fcdf2",
    "series6": "#c79a6b",
    "series7": "#a996e6",
}
DASHES: tuple[tuple[float, ...], ...] = ((), (6, 2.5), (1.5, 2.5), (7, 2.5, 1.5, 2.5))
SERIES = 8


@dataclass(frozen=True)
class Path:
    """Lines or areas of one look: many rings are one path, which keeps a city of thousands of houses small."""

    rings: tuple[tuple[Point, ...], ...]
    fill: str | None = None
    stroke: str | None = None
    width: float = 1.0
    dash: tuple[float, ...] = ()
    opacity: float = 1.0

    @property
    def closed(self) -> bool:
        """Say whether it is an area."""
        return self.fill is not None


@dataclass(frozen=True)
class Circle:
    """A circle: a user, a station, a ring."""

    x: float
    y: float
    radius: float
    fill: str | None = None
    stroke: str | None = None
    width: float = 1.0


@dataclass(frozen=True)
class Words:
    """A line of text on its base line; ``halo`` puts the paper's colour around it."""

    x: float
    y: float
    text: str
    size: float = 8.0
    anchor: Anchor = "start"
    colour: str = "ink"
    bold: bool = False
    halo: bool = False


Shape = Path | Circle | Words


@dataclass
class Picture:
    """A picture under construction: its size in points, its shapes from back to front, and what it shows in words."""

    width: float
    height: float
    alt: str
    shapes: list[Shape] = field(default_factory=list)

    def add(self, *shapes: Shape) -> None:
        """Put shapes on top."""
        self.shapes.extend(shapes)

    def line(self, points: Sequence[Point], stroke: str, width: float = 1.0, dash: tuple[float, ...] = ()) -> None:
        """Draw a line through points."""
        if len(points) > 1:
            self.add(Path((tuple(points),), stroke=stroke, width=width, dash=dash))

    def box(self, x: float, y: float, width: float, height: float, fill: str | None, stroke: str | None = None) -> None:
        """Draw a rectangle from its top left corner."""
        ring = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
        closed = ring if fill else (*ring, ring[0])
        self.add(Path((closed,), fill=fill, stroke=stroke))


def series_colour(number: int) -> str:
    """Return the palette's name of a series' colour."""
    return f"series{number % SERIES}"


def series_dash(number: int) -> tuple[float, ...]:
    """Return the dash of a series: lines of the same colour differ in it, and in print all do."""
    return DASHES[(number // SERIES + number) % len(DASHES)]
