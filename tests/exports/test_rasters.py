"""The GeoTIFF, cell by cell as rasterio reads it: each holds what plain arithmetic says of its centre."""

import json
from datetime import datetime
from io import BytesIO

import numpy as np
import pytest
import rasterio
from pyproj import Transformer
from rasterio.io import MemoryFile

from itnt_core.exports import ExportOptions, export
from itnt_core.network import coverage_surface
from itnt_core.scenario import lonlat_to_local

CELLS, SLOT = 15, 2
NAMES = ("sinr_db", "station", "stations_in_sight", "inside_building")


def read(content):
    """Return the bands by name, the centres (rows, columns) in the file's system, its CRS and tags."""
    with MemoryFile(BytesIO(content)) as memory, memory.open() as file:
        assert file.descriptions == NAMES and np.isnan(file.nodata)
        rows, columns = np.meshgrid(np.arange(file.height), np.arange(file.width), indexing="ij")
        centres = rasterio.transform.xy(file.transform, rows.ravel(), columns.ravel())
        bands = dict(zip(NAMES, file.read(), strict=True))
        return bands, [np.reshape(axis, rows.shape) for axis in centres], file.crs, file.tags()


def test_in_longitude_and_latitude_it_is_the_surface_turned_north_up(source):
    bands, _, crs, tags = read(export(source, "geotiff", ExportOptions(cells=CELLS, slot=SLOT)))
    wanted = coverage_surface(source.world, CELLS, SLOT)
    assert crs.to_epsg() == 4326
    assert bands["sinr_db"] == pytest.approx(wanted.sinr_db[::-1], abs=1e-3)
    assert (bands["station"] == wanted.best_station[::-1] + 1).all()
    assert (bands["stations_in_sight"] == wanted.sight_count[::-1]).all()
    assert (bands["inside_building"] == wanted.inside_building[::-1]).all()
    assert json.loads(tags["STATIONS"]) == {
        str(number): name for number, name in enumerate(source.world.station_ids, 1)
    }
    assert datetime.fromisoformat(tags["TIME"]) == source.scenario.time.moments()[SLOT]


@pytest.mark.parametrize("height_m", [None, 120.0])
def test_in_a_projected_system_every_cell_holds_what_is_at_its_centre(source, crs, height_m):
    content = export(source, "geotiff", ExportOptions(crs=crs, cells=CELLS, slot=SLOT, height_m=height_m))
    bands, (x, y), found_crs, _ = read(content)
    world, area = source.world, source.scenario.area
    assert f"EPSG:{found_crs.to_epsg()}" == crs
    step_m = x[0, 1] - x[0, 0]
    assert step_m == pytest.approx(area.size_m / CELLS) and y[0, 0] - y[1, 0] == pytest.approx(step_m)
    lon, lat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(x, y)
    east_m, north_m = lonlat_to_local(lon, lat, area.lon, area.lat)
    inside = np.maximum(np.abs(east_m), np.abs(north_m)) <= area.size_m / 2
    assert (np.isnan(bands["sinr_db"]) == ~inside).all() and inside.sum() > 0.9 * CELLS**2
    for row, column in np.argwhere(inside):
        point = np.array([[east_m[row, column], north_m[row, column], 1.5 if height_m is None else height_m]])
        gains, sight = world.links_at(point, SLOT - 1, height_m is not None)
        received = gains[0] * world.station_max_power_w / world.subchannels
        strongest = received.max()
        sinr = strongest / (received.sum() - strongest + world.noise_w)
        assert bands["sinr_db"][row, column] == pytest.approx(10.0 * np.log10(sinr), abs=1e-3)
        assert bands["station"][row, column] == received.argmax() + 1
        assert bands["stations_in_sight"][row, column] == sight.sum()
        assert bands["inside_building"][row, column] == (world.city.roof_m(point[:, :2])[0] > point[0, 2])


def test_cells_of_a_system_in_feet_are_as_wide_in_metres(london):
    _, (x, _), crs, _ = read(export(london, "geotiff", ExportOptions(crs="EPSG:2263", cells=CELLS)))
    assert crs.linear_units_factor[1] == pytest.approx(0.3048, rel=1e-5)
    assert (x[0, 1] - x[0, 0]) * 0.3048006 == pytest.approx(london.scenario.area.size_m / CELLS, rel=1e-5)
