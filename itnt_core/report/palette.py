"""Colours and dashes of reports.

Colours have names, so that a page can follow the reader's light or dark theme and paper stays light. No two names have
the same light colour: the name is found by it again.
"""

from __future__ import annotations

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
    "road": "#fefefe",
    "bridge": "#c9bfae",
    "building": "#dcd3c4",
    "tower": "#b9a88e",
    "gbs": "#005aa0",
    "gu": "#464e5c",
    "zone": "#be1e3c",
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
    "gu": "#bec6d2",
    "zone": "#ff697d",
    "series0": "#ff8c32",
    "series1": "#4fa8e0",
    "series2": "#35c29a",
    "series3": "#e096cd",
    "series4": "#d9ab3a",
    "series5": "#8fcdf2",
    "series6": "#c79a6b",
    "series7": "#a996e6",
}
NAMES = {colour: name for name, colour in LIGHT.items()}
SERIES = 8
DASHES_PT: tuple[tuple[float, ...], ...] = ((), (6, 2.5), (1.5, 2.5), (7, 2.5, 1.5, 2.5))


def series_colour(number: int) -> str:
    """Return the palette's name of a series' colour."""
    return f"series{number % SERIES}"


def series_dash(number: int) -> tuple[float, ...]:
    """Return the dash of a series: lines of the same colour differ in it, and in print all do."""
    return DASHES_PT[(number // SERIES + number) % len(DASHES_PT)]
