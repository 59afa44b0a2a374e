"""An export in a browser: chosen, made, saved, and read back; the server's process needs no GDAL for it."""

import geopandas
import numpy as np
from visitor import ARTIFACTS

from itnt_core.scenario import shapes_to_local


def test_a_result_is_saved_as_a_geopackage_in_the_system_that_is_asked_for(visit, tiny_run, tmp_path):
    run_id, result = tiny_run
    visitor = visit()
    visitor.open(f"/Replay?run={run_id}")
    visitor.wait_for_map("map.painted === '1' && map.state === 'ready' && map.mode === 'replay'")
    page = visitor.page
    page.get_by_role("button", name="Export", exact=True).click()
    system = page.get_by_label("Coordinate reference system")
    system.fill("EPSG:27700")
    system.press("Enter")
    page.get_by_role("button", name="Make the file").click()
    save = page.get_by_role("button", name="Save GeoPackage")
    save.wait_for()
    page.screenshot(path=ARTIFACTS / "export-1440.png")
    with page.expect_download() as download:
        save.click()
    assert download.value.suggested_filename == "tiny.gpkg"
    download.value.save_as(tmp_path / "tiny.gpkg")
    positions = geopandas.read_file(tmp_path / "tiny.gpkg", layer="positions")
    assert positions.crs.to_epsg() == 27700 and str(positions.time.dt.tz) == "UTC"
    area = result.scenario.area
    points = shapes_to_local(positions.to_crs("EPSG:4326").geometry.to_numpy(), area.lon, area.lat)
    wanted = result.dataset["position_m"].values[:, 0]
    assert np.abs([(point.x, point.y, point.z) for point in points] - wanted).max() < 0.01
