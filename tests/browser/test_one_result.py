"""A result in a browser: who is served is counted, an export is made, saved and read back, all on one load of the page.

The server's process needs no GDAL for it.
"""

import geopandas
import numpy as np

from itnt_core.presets import preset
from itnt_core.results import served_users
from itnt_core.scenario import shapes_to_local
from itnt_core.scenario.link import link_token

PAINTED = "map.painted === '1' && map.state === 'ready'"
ICON = "node => node.querySelector('path').getAttribute('d')"


def test_the_clock_counts_who_is_served_an_aerial_user_has_one_mark_and_the_result_leaves_as_a_geopackage(
    visit, tiny_run, tmp_path
):
    """The judge says who is served; the mark is the same in the tool bar and in the legends of both modes."""
    run_id, result = tiny_run
    visitor = visit(still=True)
    page = visitor.page
    visitor.open(f"/Scenario?s={link_token(preset('tiny'))}&run={run_id}")
    visitor.wait_for_map(f"{PAINTED} && map.mode === 'edit'")
    marks = [page.locator(mark).evaluate(ICON) for mark in (".legend .mark.quadcopter", "[data-tool=aerial_user]")]
    visitor.switch("Replay")
    visitor.wait_for_map(f"{PAINTED} && map.mode === 'replay' && map.slot === '0'")
    marks.append(page.locator(".legend .mark.quadcopter").evaluate(ICON))
    assert len(marks) == 3 and len(set(marks)) == 1
    served = served_users(result.scenario, result.dataset)
    for slot in (0, 4):
        page.get_by_label("Time", exact=True).fill(str(slot))
        visitor.wait_for_map(f"map.slot === '{slot}'")
        words = page.locator(".hud-clock").inner_text()
        assert words.endswith(f"{served[slot].sum()} of {served.shape[1]} users served")

    # the same result is saved in the system that is asked for
    page.get_by_role("button", name="Export", exact=True).click()
    system = page.get_by_label("Coordinate reference system")
    system.fill("EPSG:27700")
    system.press("Enter")
    page.get_by_role("button", name="Make the file").click()
    save = page.get_by_role("button", name="Save GeoPackage")
    save.wait_for()
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
