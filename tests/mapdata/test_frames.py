"""Tables of places, judged by PROJ and shapely: where things are, how long ways are, who is linked to whom."""

import geopandas
import numpy as np
import pytest
import shapely
from pyproj import Geod
from skyfield.api import wgs84

from itnt_core.city import City, generate_london
from itnt_core.mapdata import (
    flight_frame,
    link_frame,
    mission_frame,
    satellite_frame,
    station_frame,
    surface_frame,
    user_frame,
    user_result_frame,
)
from itnt_core.network import coverage_surface
from itnt_core.scenario import Area, TimeGrid, local_to_lonlat, shapes_to_local, shapes_to_lonlat
from itnt_core.sky import geodetic

EARTH = Geod(ellps="WGS84")


def distance_m(lon, lat, scenario):
    """Return the geodesic from the anchor."""
    return EARTH.inv(scenario.area.lon, scenario.area.lat, lon, lat)[2]


def test_users_and_stations_stand_where_the_scenario_says_as_far_as_geodesics_tell(scenario):
    for frame, things in (
        (user_frame(scenario), [*(user.start for user in scenario.aerial_users), *scenario.ground_users]),
        (station_frame(scenario), scenario.ground_stations),
    ):
        assert frame.crs.to_epsg() == 4326 and len(frame) == len(things)
        for point, thing in zip(frame.geometry, things, strict=True):
            assert distance_m(point.x, point.y, scenario) == pytest.approx(
                np.hypot(*thing.position_m[:2]), rel=1e-3, abs=0.01
            )
            assert point.z == thing.height_m
    assert tuple(user_frame(scenario).index) == scenario.user_ids
    assert station_frame(scenario).name.tolist() == ["", "<img src=x>"]


def test_a_mission_is_a_straight_line_as_long_as_it_is(scenario):
    frame = mission_frame(scenario)
    assert [EARTH.geometry_length(line) for line in frame.geometry] == pytest.approx([150.0] * 2, rel=1e-3)


def test_flights_are_as_long_as_geodesics_and_cost_what_the_result_says(result):
    frame = flight_frame(result)
    assert frame.length_m.tolist() == pytest.approx([150.0] * 2)
    assert [EARTH.geometry_length(line) for line in frame.geometry] == pytest.approx(frame.length_m.tolist(), rel=1e-3)
    assert [shapely.get_coordinates(line, include_z=True)[:, 2].tolist() for line in frame.geometry] == [
        [100.0] * 6
    ] * 2
    assert frame.energy_kj.tolist() == [2.5, 2.5]


def test_links_run_from_the_user_to_the_station_that_serves_it(result):
    frame = link_frame(result, 2)
    assert frame.index.tolist() == [f"user-{number}" for number in range(4)]  # the last has no link
    assert frame.station.tolist() == ["leo-1", "gbs-1", "gbs-1", "gbs-1"]
    assert frame.served.all() and frame.sinr_db.tolist() == [12.0] * 4
    ends = shapely.get_coordinates(frame.geometry.array, include_z=True).reshape(4, 2, 3)
    for user, station in ends[1:]:
        assert distance_m(*station[:2], result.scenario) == pytest.approx(np.hypot(100.0, 50.0), rel=1e-3)
        assert station[2] == 30.0 and user[2] in (1.0, 100.0)
    east, north = ends[0, 0, :2]
    assert distance_m(east, north, result.scenario) == pytest.approx(60.0, rel=1e-3)  # at the second slot's end
    for slot in (0, 6):
        with pytest.raises(ValueError, match=f"slot is {slot}, but 1 to 5 is allowed"):
            link_frame(result, slot)


def test_a_link_to_a_satellite_ends_where_skyfield_sees_it(result):
    """Skyfield looks from the anchor at the line's end, and sees it where east, north and up of the result point."""
    area = result.scenario.area
    lon, lat, height_m = shapely.get_coordinates(link_frame(result, 1).geometry.iloc[0], include_z=True)[1]
    east_m, north_m, up_m = result.dataset["station_position_m"].values[0, 2]
    anchor, there = wgs84.latlon(area.lat, area.lon), wgs84.latlon(lat, lon, elevation_m=height_m)
    seen = there.itrs_xyz.m - anchor.itrs_xyz.m
    assert np.linalg.norm(seen) == pytest.approx(np.hypot(np.hypot(east_m, north_m), up_m), rel=1e-6)
    zenith = wgs84.latlon(area.lat, area.lon, elevation_m=1.0).itrs_xyz.m - anchor.itrs_xyz.m
    assert seen @ zenith == pytest.approx(up_m, rel=1e-6)


def test_ground_tracks_pass_below_the_satellites(scenario):
    frame = satellite_frame(scenario)
    assert frame.index.tolist() == ["leo-1"] and frame.source.tolist() == ["leo-1"]
    heights = shapely.get_coordinates(frame.geometry.iloc[0], include_z=True)[:, 2]
    assert len(heights) == scenario.time.slots and heights == pytest.approx(500e3, rel=0.03)  # a round Earth there
    one = scenario.model_copy(update={"time": TimeGrid(slots=1)})
    assert satellite_frame(one).geometry.geom_type.tolist() == ["LineString"]
    assert len(satellite_frame(scenario.without_satellites())) == 0


@pytest.mark.parametrize("lon", [0.0, 179.99, -179.99])
def test_places_in_the_sky_become_degrees_without_a_jump(lon):
    area = Area(lon=lon, lat=-17.0)
    found = geodetic([[0.0, 0.0, 5e5], [1e5, 0.0, 5e5], [-1e5, 0.0, 5e5]], area)
    assert found[0] == pytest.approx([lon, -17.0, 5e5])
    assert abs(found[:, 0] - lon).max() < 1.5
    assert np.sign(found[1:, 0] - lon).tolist() == [1.0, -1.0]


def test_a_surface_is_the_area_cut_into_cells(tiny_world):
    scenario = tiny_world.scenario
    surface = coverage_surface(tiny_world, 12, 2)
    frame = surface_frame(surface, scenario, tiny_world.station_ids)
    metres = frame.to_crs(frame.estimate_utm_crs())
    assert metres.area.sum() == pytest.approx(scenario.area.size_m**2, rel=2e-3)
    assert metres.union_all().area == pytest.approx(metres.area.sum(), rel=1e-6)  # no gap, no overlap
    east_m, north_m = 37.3, -181.9
    lon, lat = local_to_lonlat(east_m, north_m, scenario.area.lon, scenario.area.lat)
    (cell,) = frame[frame.contains(shapely.Point(float(lon), float(lat)))].itertuples()
    row, column = (int(np.abs(surface.axis_m - value).argmin()) for value in (north_m, east_m))
    assert cell.sinr_db == surface.sinr_db[row, column]
    assert cell.station == tiny_world.station_ids[surface.best_station[row, column]]


def test_users_of_a_result_keep_their_columns_and_get_a_place(result):
    frame = user_result_frame(result)
    assert isinstance(frame, geopandas.GeoDataFrame) and frame.index.name == "User"
    assert frame["Data, Mbit"].tolist() == [5.0, 5.0, 5.0, 5.0, 0.0]
    assert frame.geometry.tolist() == user_frame(result.scenario).geometry.tolist()


def test_buildings_are_as_large_as_their_rings(city):
    frame = city.buildings()
    assert frame.height_m.tolist() == [10.0, 90.0, 200.0] and frame.name.tolist()[2] == "High Tower (Nickname)"
    assert frame.to_crs("EPSG:32630").area.tolist() == pytest.approx([200.0, 1600.0, 625.0], rel=3e-3)
    town = generate_london(-0.0865, 51.507, 400.0, 1)
    rings = [
        shapely.Polygon(town.vertices_m[a:b]) for a, b in zip(town.ring_starts[:-1], town.ring_starts[1:], strict=True)
    ]
    assert shapely.equals(town.footprints(), rings).all()
    empty = City("Nothing", 0.0, 0.0, 400.0, np.zeros((0, 2)), [0], [], (), (), (), (), (), (), "")
    assert len(empty.buildings()) == 0 and empty.buildings().crs.to_epsg() == 4326


def test_shapes_come_back_from_degrees_with_their_heights():
    shapes = np.array([shapely.Point(10.0, 20.0, 30.0), shapely.box(0, 0, 5, 5), None], dtype=object)
    there = shapes_to_lonlat(shapes, -0.09, 51.508)
    back = shapes_to_local(there, -0.09, 51.508)
    assert shapely.has_z(there).tolist() == [True, False, False] and there[0].z == 30.0
    assert shapely.equals_exact(back[:2], shapes[:2], tolerance=1e-6).all() and back[2] is None
