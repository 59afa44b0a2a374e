"""Where people stand: seeded, on free ground, as spread and weighted as asked."""

import numpy as np
import pytest
import shapely

from itnt_core.city import City, CityError, build_city
from itnt_core.city.people import _discs, cluster_points, daytime_points, free_ground_near
from itnt_core.city.settle import MOST_AT_ONCE, settled
from itnt_core.presets import preset
from itnt_core.scenario.edit import EditError, apply_edit


@pytest.fixture(scope="module")
def scenario(city_cache):
    return preset("tiny", cache_dir=city_cache)


@pytest.fixture(scope="module")
def city(scenario, city_cache):
    area = scenario.area
    return build_city("london", area.lon, area.lat, area.size_m, scenario.city.seed, city_cache)


@pytest.fixture(scope="module")
def open_city():
    return build_city("open", -0.09, 51.508, 4000.0, 1, None)


def test_a_cluster_is_seeded_free_and_inside(city):
    points = cluster_points(city, 10.0, -20.0, 200, 80.0, seed=4)
    assert points.shape == (200, 2)
    assert city.is_free_ground(points).all()
    assert (np.abs(points) <= 300.0).all()
    np.testing.assert_array_equal(points, cluster_points(city, 10.0, -20.0, 200, 80.0, seed=4))
    assert not np.array_equal(points, cluster_points(city, 10.0, -20.0, 200, 80.0, seed=5))


def test_the_spread_is_the_standard_deviation_on_open_ground(open_city):
    points = cluster_points(open_city, 100.0, 200.0, 4000, 50.0, seed=1)
    np.testing.assert_allclose(points.mean(axis=0), [100.0, 200.0], atol=4.0)
    np.testing.assert_allclose(points.std(axis=0), 50.0, rtol=0.05)


def test_people_follow_weight_times_area_of_the_neighbourhoods():
    wide = build_city("open", -0.09, 51.508, 20_000.0, 1, None)
    points = daytime_points(wide, 6000, seed=2)
    discs = _discs(wide.lon, wide.lat)
    gap = np.linalg.norm(points[:, None] - discs[None, :, :2], axis=2) - discs[None, :, 2]
    assert (gap.min(axis=1) <= 0.2).all()  # coordinates are rounded to decimetres
    lone = max(
        range(len(discs)),
        key=lambda k: min(
            np.hypot(*(discs[k, :2] - other[:2])) - discs[k, 2] - other[2] for j, other in enumerate(discs) if j != k
        ),
    )
    share = discs[:, 3] * discs[:, 2] ** 2
    assert (gap[:, lone] <= 0.2).mean() == pytest.approx(share[lone] / share.sum(), rel=0.25)


def test_without_neighbourhoods_people_are_spread_evenly():
    away = build_city("open", 10.0, 10.0, 1000.0, 1, None)
    points = daytime_points(away, 2000, seed=1)
    np.testing.assert_allclose(points.mean(axis=0), 0.0, atol=25.0)


def test_a_lake_has_no_free_ground():
    none = np.zeros((0, 2))
    lake = City(
        "Lake",
        0.0,
        51.0,
        100.0,
        none,
        np.zeros(1, np.int64),
        np.zeros(0),
        (),
        (shapely.box(-99, -99, 99, 99),),
        (),
        (),
        (),
        (),
        "",
    )
    with pytest.raises(CityError, match="too little free ground"):
        cluster_points(lake, 0.0, 0.0, 3, 10.0)
    assert free_ground_near(lake, 1.0, 2.0) == (1.0, 2.0)


def test_clusters_and_crowds_become_users_with_new_ids(scenario, city):
    cluster = {"type": "place", "kind": "cluster", "east_m": 0.0, "north_m": 0.0, "count": 30, "spread_m": 60.0}
    grown = apply_edit(scenario, settled(scenario, cluster, city))
    grown = apply_edit(grown, settled(grown, {"type": "place", "kind": "crowd", "count": 20}, city))
    assert len(grown.ground_users) == 4 + 30 + 20
    assert len(set(grown.user_ids)) == len(grown.user_ids)
    again = apply_edit(scenario, settled(scenario, cluster, city))
    assert again.ground_users == grown.ground_users[:34]


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": 0},
        {"count": MOST_AT_ONCE + 1},
        {"count": 2.5},
        {"count": True},
        {"count": "9"},
        {"count": None},
        {"spread_m": 0.0},
        {"spread_m": float("nan")},
        {"spread_m": "x"},
        {"east_m": None},
        {"north_m": float("inf")},
    ],
)
def test_a_cluster_that_makes_no_sense_is_refused_in_words(scenario, city, wrong):
    event = {"type": "place", "kind": "cluster", "east_m": 0.0, "north_m": 0.0, "count": 5, "spread_m": 60.0}
    with pytest.raises(EditError):
        settled(scenario, {**event, **wrong}, city)


def test_copies_stand_beside_their_originals_on_the_right_surface(scenario, city):
    for kind, group in (("ground_station", "ground_stations"), ("ground_user", "ground_users")):
        for original in getattr(scenario, group):
            event = {"type": "duplicate", "kind": kind, "id": original.id}
            copy = getattr(apply_edit(scenario, settled(scenario, event, city)), group)[-1]
            assert copy.id not in [member.id for member in getattr(scenario, group)]
            assert 0.0 < np.hypot(copy.east_m - original.east_m, copy.north_m - original.north_m) < 120.0
            place = [[copy.east_m, copy.north_m]]
            free = city.is_free_ground(place)[0] if kind == "ground_user" else copy.height_m > city.roof_m(place)[0]
            assert free


def test_a_copied_mission_keeps_its_shape_and_its_distance(scenario, city):
    original = scenario.aerial_users[0]
    event = {"type": "duplicate", "kind": "aerial_destination", "id": original.id}
    copy = apply_edit(scenario, settled(scenario, event, city)).aerial_users[-1]
    shift = copy.start.east_m - original.start.east_m
    assert abs(shift) >= original.min_separation_m
    assert copy.destination.east_m - original.destination.east_m == pytest.approx(shift, abs=0.11)
    assert copy.start.height_m == original.start.height_m
