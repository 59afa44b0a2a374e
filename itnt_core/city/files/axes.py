"""Which coordinate of a file runs east: most files give east (longitude) first, some follow their system's authority.

EPSG:4326 says latitude first, yet GeoJSON, GeoPackage and most exporters write longitude first; CityJSON 2.0 leaves it
open. So the coordinates themselves are asked: whether they lie where their system is used, then whether the solids
would be inside out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from itnt_core.arrays import Array
from itnt_core.city.files.crs import plan_of
from itnt_core.city.files.survey import AXES, Reading, Survey
from itnt_core.city.model import CityError

EAST_FIRST, NORTH_FIRST = "en", "ne"
# What they are called in degrees, and in metres.
AXIS_ORDERS = {EAST_FIRST: ("longitude, latitude", "east, north"), NORTH_FIRST: ("latitude, longitude", "north, east")}
MARGIN_DEG = 1.0  # around the area in which a system is used


class AxisOrder(NamedTuple):
    """Tell which coordinate runs east, how that was found, and what to look at where it was not (else None)."""

    north_first: bool
    reading: Reading | None
    warning: str | None

    def note_in(self, survey: Survey) -> None:
        """Write into a survey what its report is to say."""
        if self.reading is not None:
            survey.readings.append(self.reading)
        if self.warning is not None:
            survey.warnings.append(self.warning)


def axis_order(
    bounds: Array, crs: Any, chosen: str | None, are_mirrored: Callable[[], bool | None] | None
) -> AxisOrder:
    """Find the order of coordinates with the bounds (4,) as they stand in the file: first low, second low, highs.

    ``chosen`` is one of ``AXIS_ORDERS``, or None; ``are_mirrored`` says whether solids, read east first, are inside out
    (None: nobody can say), and is itself None where the format puts east first. Raises CityError for an unknown choice.
    """
    plan = plan_of(crs)
    if chosen is not None:
        if chosen not in AXIS_ORDERS:
            raise CityError(f"The order of coordinates is '{chosen:.20}', but 'en' or 'ne' is needed.")
        return AxisOrder(chosen == NORTH_FIRST, _reading(plan, chosen == NORTH_FIRST, "chosen by you"), None)
    if not np.isfinite(bounds).all():
        return AxisOrder(False, None, None)
    fits, fits_swapped = _lies_there(bounds, plan), _lies_there(bounds[[1, 0, 3, 2]], plan)
    if fits_swapped and not fits:
        why = "only so the buildings lie where this system is used"
        return AxisOrder(True, _reading(plan, True, why), None)
    if not fits:
        return AxisOrder(False, None, _far_away(bounds, plan))
    if are_mirrored is None or not _puts_north_first(plan):
        return AxisOrder(False, None, None)
    if not fits_swapped:
        why = "only so the buildings lie where this system is used"
        return AxisOrder(False, _reading(plan, False, why), None)
    mirrored = are_mirrored()
    if mirrored is not None:
        why = "the other way round the solids would be inside out"
        return AxisOrder(mirrored, _reading(plan, mirrored, why), _doubt(bounds, plan, "ne") if mirrored else None)
    return AxisOrder(
        False, _reading(plan, False, "usual, though the authority says the other way round"), _doubt(bounds, plan, "en")
    )


def _doubt(bounds: Array, plan: Any, taken: str) -> str:
    """Return a warning that says where the city lies in either order; both lie where the system is used."""
    east_first, north_first = (lonlat_of(order, plan) for order in (bounds, bounds[[1, 0, 3, 2]]))
    here, there = (north_first, east_first) if taken == NORTH_FIRST else (east_first, north_first)
    other = EAST_FIRST if taken == NORTH_FIRST else NORTH_FIRST
    return (
        "The order of coordinates is not certain: the city was put at latitude "
        f"{here[1]:.4f}, longitude {here[0]:.4f}. If it lies at latitude {there[1]:.4f}, "
        f"longitude {there[0]:.4f}, read the file again with "
        f"'{AXIS_ORDERS[other][not plan.is_geographic]}' (--axis-order {other}, or the field for it on the page)."
    )


def _far_away(bounds: Array, plan: Any) -> str | None:
    """Return a warning that says where the city lies: not where its system is used; None where it lies nowhere."""
    lon, lat = lonlat_of(bounds, plan)
    if not np.isfinite([lon, lat]).all() or plan.area_of_use is None:
        return None
    area = plan.area_of_use
    return (
        f"The city lies at latitude {lat:.4f}, longitude {lon:.4f}, but '{plan.name:.80}' is used from {area.south:g} "
        f"to {area.north:g} and {area.west:g} to {area.east:g} degrees: read the file again in another coordinate "
        "system, unless that is meant (--crs CODE, or the field for it on the page)."
    )


def _reading(plan: Any, north_first: bool, why: str) -> Reading:
    words = AXIS_ORDERS[NORTH_FIRST if north_first else EAST_FIRST]
    return Reading(AXES, words[0 if plan.is_geographic else 1], why)


def _puts_north_first(plan: Any) -> bool:
    return bool(plan.axis_info) and str(plan.axis_info[0].direction).lower() in ("north", "south")


def _lies_there(bounds: Array, plan: Any) -> bool:
    """Say whether the middle of bounds, read east first, lies where a system is used."""
    area = plan.area_of_use
    west, south, east, north = (area.west, area.south, area.east, area.north) if area else (-180.0, -90.0, 180.0, 90.0)
    lon, lat = lonlat_of(bounds, plan)
    if not (np.isfinite([lon, lat]).all() and south - MARGIN_DEG <= lat <= north + MARGIN_DEG):
        return False
    width = (east - west) % 360.0 or 360.0  # across 180 degrees, west is the greater one
    return bool((lon - west + MARGIN_DEG) % 360.0 <= width + 2.0 * MARGIN_DEG)


def lonlat_of(bounds: Array, plan: Any) -> tuple[float, float]:
    """Return longitude and latitude of the middle of bounds (4,), read east first; not finite where that is nowhere."""
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    try:
        lon, lat = Transformer.from_crs(plan, "EPSG:4326", always_xy=True).transform(*((bounds[:2] + bounds[2:]) / 2.0))
    except ProjError:
        return float("nan"), float("nan")
    return float(lon), float(lat)
