"""The mean load is the one asked for, however strong the residual; and traffic goes to users by place."""

from datetime import UTC, datetime

import numpy as np
import pytest

from itnt_core.twin import TrafficSeries, twin_preset
from itnt_core.twin.traffic.demand import build_demand
from itnt_core.twin.traffic.files import parse_traffic
from itnt_core.twin.traffic.places import nearest_cells, spikes

DAY = 144  # bins of ten minutes


def day_load(scenario, **traffic):
    changed = scenario.model_copy(update={"traffic": scenario.traffic.model_copy(update=traffic)})
    return build_demand(changed).history.level[:, -DAY:].mean()


@pytest.fixture(scope="module")
def toy(city_cache):
    return twin_preset("toy", 1, cache_dir=city_cache)


@pytest.mark.parametrize(("rho", "sigma"), [(0.0, 1.0), (0.95, 0.14), (0.99, 0.3), (0.999, 1.0)])
def test_the_mean_load_of_the_day_is_kept_whatever_the_residual(toy, rho, sigma):
    found = day_load(toy, residual_rho=rho, residual_sigma=sigma)
    assert found == pytest.approx(day_load(toy, residual_sigma=0.0), rel=0.05)


def series(places, activity):
    return TrafficSeries(
        start=datetime(2026, 6, 22, tzinfo=UTC),
        step_s=3600.0,
        cells=tuple(f"c{n}" for n in range(len(places))),
        activity=activity,
        places=places,
    )


def test_each_user_gets_the_traffic_of_the_nearest_cell(toy):
    area, users = toy.network.area, toy.network.ground_users
    east = np.array([user.east_m for user in users])
    # Two cells, 1 km west and east of the anchor at the latitude of London: 0.0144 degrees.
    both = series(((area.lon - 0.0144, area.lat), (area.lon + 0.0144, area.lat)), ((1.0,) * 72, (1.0,) * 72))
    cell, is_moved = nearest_cells(np.array(both.places), np.stack([east, 0 * east], axis=1), area)
    np.testing.assert_array_equal(cell, (east > 0.0).astype(int))
    assert not is_moved
    demand = build_demand(toy.model_copy(update={"traffic": toy.traffic.model_copy(update={"series": both})}))
    assert "by place" in demand.source
    level, shared = demand.history.level[:, -1], np.bincount(cell, minlength=2)
    np.testing.assert_allclose(level * shared[cell], (level * shared[cell])[0])  # a cell's traffic, shared evenly


def test_cells_of_another_city_are_laid_over_the_area(toy):
    there = np.array([[9.19, 45.46], [9.21, 45.46]])
    _, is_moved = nearest_cells(there, np.zeros((1, 2)), toy.network.area)
    assert is_moved


def rows(values, places):
    lines = ["cell,lon,lat,time,bytes"]
    for name, (lon, lat) in places.items():
        lines += [f"{name},{lon},{lat},{1_700_000_000 + 600 * n},{value}" for n, value in enumerate(values)]
    return "\n".join(lines).encode()


def test_places_and_spikes_of_a_file_are_read_and_said():
    values = [1.0 + 0.5 * np.sin(n / 9.0) for n in range(200)]
    values[50] = 1e6
    read = parse_traffic(rows(values, {"a": (-0.1, 51.5), "b": (-0.09, 51.51)}))
    assert read.series.places == ((-0.1, 51.5), (-0.09, 51.51))
    assert "2 values above 30 times the middle one" in read.summary
    assert spikes(np.ones((2, 9))) == (0, 0)
