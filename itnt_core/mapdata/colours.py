"""The map's colours, for maps that Python declares; ``assets/map3d/src/palette.js`` gives the same ones to the browser.

``tests/mapdata/test_notebook_map.py`` holds both together.
"""

from __future__ import annotations

import numpy as np

Colour = tuple[int, int, int]

KIND_COLOURS: dict[str, Colour] = {
    "ground_station": (0, 90, 160),
    "satellite": (150, 60, 130),
    "aerial_user": (213, 94, 0),
    "ground_user": (70, 78, 92),
    "no_fly_zone": (190, 30, 60),
}
# Link quality in four steps, as SINR_STEPS there: below these dB, colour, width in pixels, in words.
SINR_STEPS: tuple[tuple[float, Colour, float, str], ...] = (
    (0.0, (213, 94, 0), 1.2, "below 0 dB"),
    (10.0, (230, 159, 0), 1.8, "0 to 10 dB"),
    (20.0, (38, 150, 205), 2.4, "10 to 20 dB"),
    (np.inf, (0, 100, 180), 3.2, "above 20 dB"),
)
# By class of height, as itnt_core.mapdata.scene.height_classes numbers them: houses to towers, then landmarks.
BUILDINGS: tuple[Colour, ...] = ((236, 224, 206), (231, 217, 198), (222, 214, 202), (196, 210, 223), (229, 188, 150))
GROUND: Colour = (243, 239, 229)
WATER: Colour = (139, 186, 216)
PARK: Colour = (190, 214, 163)
STREET: Colour = (255, 254, 250)
STEM: tuple[int, int, int, int] = (60, 70, 90, 150)  # from the ground to what flies or stands high
TRAIL: Colour = (30, 84, 160)


def sinr_step(sinr_db: float) -> int:
    """Return which of the steps of ``SINR_STEPS`` a SINR in dB falls into.

    >>> [sinr_step(value) for value in (-3.0, 0.0, 19.9, 40.0)]
    [0, 1, 2, 3]
    """
    return int(np.searchsorted([below for below, *_ in SINR_STEPS], sinr_db, side="right"))
