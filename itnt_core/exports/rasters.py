"""The surface as a GeoTIFF: every cell holds what a user at its very centre would meet, in any coordinate system.

Nothing is resampled: the cells lie along the axes of the chosen system, and the radio is asked at their centres. In
longitude and latitude they are the cells of :func:`itnt_core.network.coverage_surface`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from itnt_core.arrays import Array
from itnt_core.network import coverage_at
from itnt_core.scenario import GROUND_USER_HEIGHT_M, LONLAT, Area, local_to_lonlat, lonlat_to_local

from .asking import ExportError, ExportOptions, ExportSource
from .layers import horizontal_crs

BANDS = {  # name: (unit, what it holds)
    "sinr_db": ("dB", "SINR of the strongest station, all others radiating"),
    "station": ("", "the strongest station, counted from 1: the tag STATIONS names them"),
    "stations_in_sight": ("", "stations in line of sight"),
    "inside_building": ("", "1 below a roof, where no user can be"),
}
_ALONG_EDGE = 33  # points of an edge of the area, whose outermost bound the raster
_SLACK = 1e-6  # of a cell: rounding of a border's coordinates makes no row of its own


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells along the axes of a coordinate system: its corner in the north-west, sizes, and their centres in metres."""

    west: float
    north: float
    width: float  # of a cell, in the system's units
    height: float
    east_m: Array  # (rows, columns) of the centres, local; rows run south
    north_m: Array


class GeoTiff:
    """Four bands over the area: SINR, strongest station, stations in sight, inside a building; outside it no data."""

    title = "GeoTIFF"
    suffix = ".tif"
    media_type = "image/tiff"
    takes = frozenset({"crs", "slot", "cells", "height_m"})
    shows_answer = False

    def write(self, source: ExportSource, options: ExportOptions) -> bytes:
        """Return a tiled, compressed GeoTIFF of 32-bit floats, NaN outside the area."""
        crs = horizontal_crs(options.crs)
        grid = grid_of(source.scenario.area, crs, options.cells)
        return _tiff(crs, grid, _bands(source, options, grid), _tags(source, options))


def grid_of(area: Area, crs: Any, cells: int) -> Grid:
    """Lay about ``cells`` x ``cells`` cells along a system's axes over the area.

    They are squares in a projected system; a geographic one has ``cells`` along each axis.
    """
    from pyproj import Transformer

    to_crs = Transformer.from_crs(LONLAT, crs, always_xy=True)
    half_m = area.size_m / 2
    along, edge = np.linspace(-half_m, half_m, _ALONG_EDGE), np.full(_ALONG_EDGE, half_m)
    east_m, north_m = np.concatenate([along, along, edge, -edge]), np.concatenate([edge, -edge, along, along])
    x, y = to_crs.transform(*local_to_lonlat(east_m, north_m, area.lon, area.lat))
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ExportError("The area lies where the coordinate reference system has no coordinates: choose another.")
    west, east, south, north = x.min(), x.max(), y.min(), y.max()
    width, height = (east - west) / cells, (north - south) / cells
    if crs.is_projected:
        width = height = area.size_m / cells / crs.axis_info[0].unit_conversion_factor
    columns, rows = (int(np.ceil(span - _SLACK)) for span in ((east - west) / width, (north - south) / height))
    grid_x, grid_y = np.meshgrid(west + width * (np.arange(columns) + 0.5), north - height * (np.arange(rows) + 0.5))
    lon, lat = to_crs.transform(grid_x, grid_y, direction="INVERSE")
    return Grid(west, north, width, height, *lonlat_to_local(lon, lat, area.lon, area.lat))


def _bands(source: ExportSource, options: ExportOptions, grid: Grid) -> Array:
    """Return the bands (bands, rows, columns), NaN outside the area."""
    half_m = source.scenario.area.size_m / 2 * (1.0 + 1e-9)
    inside = (np.abs(grid.east_m) <= half_m) & (np.abs(grid.north_m) <= half_m)
    height_m = GROUND_USER_HEIGHT_M if options.height_m is None else options.height_m
    points_m = np.column_stack([grid.east_m[inside], grid.north_m[inside], np.full(int(inside.sum()), height_m)])
    best, sinr_db, in_sight, indoors = coverage_at(source.world, points_m, options.slot, options.height_m is not None)
    values = np.full((len(BANDS), *inside.shape), np.nan)
    values[:, inside] = sinr_db, best + 1, in_sight, indoors
    return values


def _tags(source: ExportSource, options: ExportOptions) -> dict[str, str]:
    scenario = source.scenario
    return {
        "TITLE": scenario.name,
        "STATIONS": json.dumps(dict(enumerate(source.world.station_ids, 1))),
        "SLOT": str(options.slot),
        "TIME": scenario.time.moments()[options.slot].isoformat(timespec="milliseconds"),
        "HEIGHT_ABOVE_GROUND_M": f"{GROUND_USER_HEIGHT_M if options.height_m is None else options.height_m:g}",
        "SOFTWARE": "ITNT Studio",
    }


def _tiff(crs: Any, grid: Grid, bands: Array, tags: dict[str, str]) -> bytes:
    import rasterio
    from rasterio.io import MemoryFile

    profile = {
        "driver": "GTiff",
        "width": bands.shape[2],
        "height": bands.shape[1],
        "count": len(bands),
        "dtype": "float32",
        "nodata": np.nan,
        "crs": rasterio.CRS.from_wkt(crs.to_wkt()),
        "transform": rasterio.Affine(grid.width, 0.0, grid.west, 0.0, -grid.height, grid.north),
        "compress": "deflate",
        "predictor": 3,  # of floats
    }
    with MemoryFile() as memory:
        with memory.open(**profile) as file:
            file.write(bands.astype(np.float32))
            file.update_tags(**tags)
            for number, (name, (unit, words)) in enumerate(BANDS.items(), 1):
                file.set_band_description(number, name)
                file.set_band_unit(number, unit)
                file.update_tags(number, MEANING=words)
        return bytes(memory.read())
