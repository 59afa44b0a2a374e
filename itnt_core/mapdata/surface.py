"""Surfaces over the map as pictures: best server, SINR, line of sight, and the gain of one more base station.

Every picture is drawn in classes, so that a legend can name each colour, and comes with a sentence that says what it
shows. SINR, sight and gain grow lighter from class to class; servers have colours that differ in lightness, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itnt_core.network import CoverageSurface

from .bundles import SURFACE, SurfaceMeta

SURFACE_KINDS = {"server": "Best server", "sinr": "SINR", "sight": "Line of sight"}
SINR_EDGES_DB = (-5.0, 0.0, 5.0, 10.0, 20.0)
# Six steps of "viridis", which keep their order in lightness for colour-blind and other eyes.
SEQUENCE = ((68, 1, 84), (65, 68, 135), (42, 120, 142), (34, 168, 132), (122, 209, 81), (253, 231, 37))
SERVERS = (  # RGB of stations: Okabe and Ito 2008, and brown
    (0, 114, 178),
    (230, 159, 0),
    (0, 158, 115),
    (204, 121, 167),
    (213, 94, 0),
    (86, 180, 233),
    (240, 228, 66),
    (120, 94, 60),
)
OPACITY = 200  # of 255: streets shine through
GROUND_LIFT_M = 1.5
FINE = 4  # a coarse grid of gains is shown as larger squares of texture, so that no edge is blurred

Colour = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class SurfacePicture:
    """A picture of the area: pixels (n, n, 4) from the north-west corner, legend, and what it shows in words."""

    rgba: NDArray[np.uint8]
    height_m: float
    title: str
    legend: tuple[tuple[Colour, str], ...]
    sentence: str


def surface_picture(surface: CoverageSurface, kind: str, station_ids: Sequence[str]) -> SurfacePicture:
    """Draw one kind of a coverage surface; points inside buildings stay transparent."""
    classes, legend, title, sentence = _DRAWN[kind](surface, station_ids)
    colours = np.array([colour for colour, _ in legend], dtype=np.uint8)
    rgba = np.empty((*classes.shape, 4), dtype=np.uint8)
    rgba[..., :3] = colours[classes]
    rgba[..., 3] = np.where(surface.inside_building, 0, OPACITY)
    where = f"{surface.height_m:g} m above ground, slot {surface.slot}"
    shown = tuple(item for number, item in enumerate(legend) if kind != "server" or (classes == number).any())
    lift = max(surface.height_m, GROUND_LIFT_M)
    return SurfacePicture(rgba[::-1].copy(), lift, f"{title}, {where}", shown, f"{where.capitalize()}: {sentence}")


def gain_picture(gain_mbit: NDArray[np.float64]) -> SurfacePicture:
    """Draw the gain (rows, columns) of one more base station over a grid of sites; rows run north."""
    top = max(float(gain_mbit.max()), 1e-9)
    edges = tuple(top * share for share in (0.0, 0.25, 0.5, 0.75, 0.9))
    classes = np.searchsorted(edges, gain_mbit, side="right").repeat(FINE, axis=0).repeat(FINE, axis=1)
    names = ["below 0 Mbit", *(f"from {edge:,.0f} Mbit" for edge in edges)]
    legend = tuple(zip(SEQUENCE, names, strict=True))
    rgba = np.full((*classes.shape, 4), OPACITY, dtype=np.uint8)
    rgba[..., :3] = np.array(SEQUENCE, dtype=np.uint8)[classes]
    share = float((gain_mbit > 0.0).mean())
    sentence = (
        f"One more base station would add up to {top:,.0f} Mbit; it would help at {share:.0%} of the sites tried."
    )
    return SurfacePicture(rgba[::-1].copy(), GROUND_LIFT_M, "Gain of one more base station", legend, sentence)


def surface_bundle(picture: SurfacePicture, size_m: float) -> bytes:
    """Pack a picture for the map."""
    meta: SurfaceMeta = {
        "size_m": size_m,
        "height_m": picture.height_m,
        "title": picture.title,
        "legend": [{"colour": colour, "text": text} for colour, text in picture.legend],
    }
    return SURFACE.pack(meta, {"rgba": picture.rgba})


def _sinr(surface: CoverageSurface, station_ids: Sequence[str]) -> tuple[Any, Any, str, str]:
    """Return classes, legend, title and sentence of the SINR surface."""
    del station_ids
    classes = np.searchsorted(SINR_EDGES_DB, surface.sinr_db, side="right")
    names = [f"below {SINR_EDGES_DB[0]:g} dB", *_between(SINR_EDGES_DB), f"above {SINR_EDGES_DB[-1]:g} dB"]
    open_air = ~surface.inside_building
    values = surface.sinr_db[open_air]
    good, bad = _share(values >= 10.0), _share(values < 0.0)
    sentence = f"the SINR is 10 dB or better on {good} of the free area and below 0 dB on {bad}, all stations sending."
    return classes, tuple(zip(SEQUENCE, names, strict=True)), "SINR of the best server", sentence


def _server(surface: CoverageSurface, station_ids: Sequence[str]) -> tuple[Any, Any, str, str]:
    """Return classes, legend, title and sentence of the best-server surface."""
    legend = tuple((SERVERS[number % len(SERVERS)], name) for number, name in enumerate(station_ids))
    best = surface.best_station[~surface.inside_building]
    counts = np.bincount(best, minlength=len(station_ids)) / max(best.size, 1)
    order = [int(number) for number in np.argsort(-counts, kind="stable") if counts[number] > 0]
    parts = [f"{station_ids[number]} on {counts[number]:.0%}" for number in order[:6]]
    sentence = f"the strongest station is {', '.join(parts)} of the free area." if parts else "there is no free area."
    return surface.best_station, legend, "Best server", sentence


def _sight(surface: CoverageSurface, station_ids: Sequence[str]) -> tuple[Any, Any, str, str]:
    """Return classes, legend, title and sentence of the line-of-sight surface."""
    most = min(len(station_ids), len(SEQUENCE) - 1)
    classes = np.minimum(surface.sight_count, most)
    steps = np.linspace(0, len(SEQUENCE) - 1, most + 1).round().astype(int)
    names = ["no station in sight", *(f"{number} in sight" for number in range(1, most + 1))]
    if len(station_ids) > most:
        names[-1] = f"{most} or more in sight"
    dark = _share(surface.sight_count[~surface.inside_building] == 0)
    legend = tuple((SEQUENCE[step], name) for step, name in zip(steps, names, strict=True))
    return classes, legend, "Stations in line of sight", f"no station is in line of sight on {dark} of the free area."


def _between(edges: Sequence[float]) -> list[str]:
    """Return the names of the classes between neighbouring edges."""
    return [f"{low:g} to {high:g} dB" for low, high in pairwise(edges)]


def _share(condition: NDArray[np.bool_]) -> str:
    """Return how often a condition holds, in percent."""
    return f"{condition.mean() if condition.size else 0.0:.0%}"


_DRAWN = {"sinr": _sinr, "server": _server, "sight": _sight}
