"""The line of sight over an imported city against shapely, and against the LiDAR surface of the Barbican."""

import numpy as np
import pytest

from itnt_core.city.files.importing import import_city
from tests.city.judge import Oracle
from tests.city.made_files import frame, square, write
from tests.shared import needs_shared, real_case, shared_file

BARBICAN = "data/london/barbican_lidar_buildings.geojson"
LIDAR_SHARES = {20.0: 0.14, 40.0: 0.42, 60.0: 0.68}  # of street points that see a satellite at this elevation
EDGE_M = 90.0  # streets at the rim of the data look over its edge


@pytest.fixture(scope="module")
def barbican():
    return import_city(shared_file(BARBICAN))[0]


@pytest.fixture(scope="module")
def rows_of_houses(tmp_path_factory):
    random = np.random.default_rng(3)
    shapes = [square(40 * i, 40 * j, side) for i in range(16) for j in range(16) for side in (30, 12)]
    table = frame(shapes, height=random.gamma(3.0, 8.0, len(shapes)) + 4.0)
    return import_city(write(table, tmp_path_factory.mktemp("town") / "town.gpkg"))[0]


@pytest.mark.parametrize("town", ["rows_of_houses", real_case(BARBICAN, case="barbican")])
def test_an_imported_city_agrees_with_shapely_on_ten_thousand_rays(town, request):
    town = request.getfixturevalue(town)
    random = np.random.default_rng(21)
    count, half = 10_000, town.size_m / 2
    start = np.column_stack([random.uniform(-half, half, (count, 2)), random.choice([0.0, 1.5, 20.0, 60.0], count)])
    reach = random.choice([20.0, 80.0, 300.0], (count, 1))
    end = np.column_stack([start[:, :2] + reach * random.normal(size=(count, 2)), random.uniform(0.0, 150.0, count)])
    judged = Oracle(town).clear(start, end)
    assert 0.1 < judged.mean() < 0.9
    assert np.flatnonzero(town.line_of_sight(start, end) != judged).tolist() == []


@needs_shared(BARBICAN)
@pytest.mark.parametrize("elevation_deg", LIDAR_SHARES)
def test_streets_of_the_barbican_see_as_much_sky_as_in_the_lidar(barbican, elevation_deg):
    town = barbican
    random = np.random.default_rng(22)
    low, high = town.vertices_m.min(axis=0) + EDGE_M, town.vertices_m.max(axis=0) - EDGE_M
    plan = random.uniform(low, high, (30_000, 2))
    plan = plan[town.is_free_ground(plan)]
    street = np.column_stack([plan, np.full(len(plan), 1.5)])
    azimuth = random.uniform(0.0, 2.0 * np.pi, len(plan))
    up = np.tan(np.radians(elevation_deg))
    ray = np.column_stack([np.sin(azimuth), np.cos(azimuth), np.full(len(plan), up)])
    share = town.line_of_sight(street, street + 5_000.0 * ray).mean()
    assert share == pytest.approx(LIDAR_SHARES[elevation_deg], abs=0.05)
