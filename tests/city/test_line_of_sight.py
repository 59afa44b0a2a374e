"""The line of sight against shapely, on London and on the awkward cases."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from itnt_core.city import City, CityError
from tests.city.judge import Oracle, city_of

BOX = shapely.box(10.0, 10.0, 20.0, 30.0)
L_SHAPE = shapely.Polygon([(0, 0), (0, 12), (4, 12), (4, 4), (12, 4), (12, 0)])
grid_number = st.integers(-6, 18)


def clear(city, start, end):
    return bool(city.line_of_sight([start], [end])[0])


def test_london_agrees_with_shapely_on_ten_thousand_rays(london):
    rng = np.random.default_rng(11)
    count = 10_500
    start = np.column_stack([rng.uniform(-2_100, 2_100, (count, 2)), rng.choice([0.0, 1.5, 20.0, 60.0], count)])
    reach = rng.choice([10.0, 50.0, 200.0], (count, 1))
    end = np.column_stack([start[:, :2] + reach * rng.normal(size=(count, 2)), rng.uniform(0.0, 140.0, count)])
    end[::50, :2] = start[::50, :2]  # some go straight up
    ours = london.line_of_sight(start, end)
    judged = Oracle(london).clear(start, end)
    assert 0.1 < judged.mean() < 0.9
    assert np.flatnonzero(ours != judged).tolist() == []


def test_both_ways_see_the_same(london):
    rng = np.random.default_rng(12)
    start = np.column_stack([rng.uniform(-1_900, 1_900, (20_000, 2)), rng.uniform(0.0, 100.0, 20_000)])
    end = start + rng.normal(0.0, [200.0, 200.0, 40.0], (20_000, 3))
    assert (london.line_of_sight(start, end) == london.line_of_sight(end, start)).all()


def test_a_satellite_is_as_clear_as_a_point_above_all_roofs_on_the_way(london):
    rng = np.random.default_rng(13)
    start = np.column_stack([rng.uniform(-1_900, 1_900, (20_000, 2)), np.full(20_000, 1.5)])
    azimuth, elevation = rng.uniform(0, 2 * np.pi, 20_000), np.radians(rng.uniform(15.0, 89.0, 20_000))
    level = np.column_stack([np.cos(azimuth), np.sin(azimuth)]) / np.tan(elevation)[:, None]
    direction = np.column_stack([level, np.ones(20_000)])
    near, far = (
        london.line_of_sight(start, start + 310.0 * direction),
        london.line_of_sight(start, start + 5e5 * direction),
    )
    assert (near == far).mean() > 0.9999


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.tuples(grid_number, grid_number, st.integers(0, 9)), st.tuples(grid_number, grid_number, st.integers(0, 9)))
def test_rays_between_grid_points_agree_with_shapely(start, end):
    """Such rays graze corners, run along walls, start on walls and roofs, stand still or go straight up."""
    city = city_of([L_SHAPE, shapely.box(6, 6, 12, 12), shapely.Polygon([(-4, 0), (-2, 8), (0, 0)])], [5.0, 7.0, 3.0])
    assert clear(city, start, end) == Oracle(city).clear([start], [end])[0]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.floats(0.0, 6.28),
    st.tuples(grid_number, grid_number, st.floats(0, 9)),
    st.tuples(grid_number, grid_number, st.floats(0, 9)),
)
def test_turning_the_world_changes_nothing(angle, start, end):
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shapes = [L_SHAPE, shapely.box(6, 6, 12, 12)]
    turned = [shapely.transform(shape, lambda xy: xy @ turn.T + [500.0, -300.0]) for shape in shapes]
    moved = [np.append(turn @ np.array(point[:2]) + [500.0, -300.0], point[2]) for point in (start, end)]
    assert clear(city_of(turned, [5.0, 7.0]), *moved) == clear(city_of(shapes, [5.0, 7.0]), start, end)


@pytest.mark.parametrize(
    ("case", "start", "end", "expected"),
    [
        ("through the middle", (0, 20, 5), (40, 20, 5), False),
        ("over the roof", (0, 20, 12.1), (40, 20, 12.1), True),
        ("along the roof", (0, 20, 12), (40, 20, 12), True),
        ("along a wall", (10, 0, 5), (10, 40, 5), True),
        ("past a corner", (5, 15, 5), (15, 5, 5), True),
        ("up to the wall", (0, 20, 5), (10, 20, 5), True),
        ("a hair into the wall", (0, 20, 5), (10.001, 20, 5), False),
        ("up from the roof", (15, 20, 12), (500_000, 20, 400_000), True),
        ("down from the roof to the street", (15, 20, 12), (40, 20, 0), False),
        ("across and off the roof's edge", (20, 20, 12), (40, 20, 0), True),
        ("from inside", (15, 20, 5), (15, 20, 50), False),
        ("from a point inside to itself", (15, 20, 5), (15, 20, 5), False),
        ("from a point on the roof to itself", (15, 20, 12), (15, 20, 12), True),
        ("straight up beside", (9, 20, 0), (9, 20, 50), True),
        ("straight up on the wall", (10, 20, 0), (10, 20, 50), True),
        ("straight down onto the roof", (15, 20, 900), (15, 20, 12), True),
        ("straight down through the roof", (15, 20, 900), (15, 20, 11.9), False),
        ("rising just enough", (0, 20, 0), (40, 20, 48), True),
        ("rising too little", (0, 20, 0), (40, 20, 47.9), False),
        ("rising over the near edge", (0, 20, 2.1), (40, 20, 42.1), True),
        ("outside the square", (-9_000, -9_000, 1), (-8_000, -9_000, 1), True),
    ],
)
def test_one_box(case, start, end, expected):
    city = city_of([BOX], [12.0])
    assert clear(city, start, end) is expected
    assert clear(city, end, start) is expected


def test_a_ray_along_the_shared_wall_of_two_houses_is_clear():
    city = city_of([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)], [9.0, 9.0])
    assert clear(city, (10, -5, 3), (10, 15, 3))
    assert not clear(city, (9.9, -5, 3), (10.1, 15, 3))


def test_stacked_prisms_show_the_tallest_roof():
    city = city_of([shapely.box(0, 0, 20, 20), shapely.box(5, 5, 15, 15)], [10.0, 30.0])
    assert city.roof_m([[10, 10], [2, 2], [25, 2], [20, 10]]).tolist() == [30.0, 10.0, 0.0, 0.0]
    assert clear(city, (2, 2, 10), (2, 2, 90)) and not clear(city, (2, 10, 12), (18, 10, 12))


def test_roofs_and_free_ground_agree_with_shapely(london):
    points = np.random.default_rng(14).uniform(-2_050.0, 2_050.0, (5_000, 2))
    oracle_shapes = [
        london.vertices_m[a:b] for a, b in zip(london.ring_starts[:-1], london.ring_starts[1:], strict=True)
    ]
    tree = shapely.STRtree([shapely.Polygon(ring) for ring in oracle_shapes])
    expected = np.zeros(len(points))
    which, building = tree.query(shapely.points(points), predicate="within")
    np.maximum.at(expected, which, london.roof_heights_m[building])
    assert (london.roof_m(points) == expected).all()
    wet = shapely.contains_xy(shapely.union_all(list(london.water)), points)
    inside = (np.abs(points) <= 2_000.0).all(axis=1)
    assert (london.is_free_ground(points) == (inside & ~wet & (expected == 0.0))).all()


def test_no_rays_give_no_answers(london):
    assert london.line_of_sight(np.empty((0, 3)), np.empty((0, 3))).shape == (0,)
    assert london.roof_m(np.empty((0, 2))).shape == (0,)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ([[0.0, 0.0, np.nan]], [[0.0, 0.0, 0.0]]),
        ([[0.0, 0.0, 0.0]], [[np.inf, 0.0, 0.0]]),
        ([[0.0, 0.0]], [[0.0, 0.0]]),
        ([[0.0, 0.0, 0.0]], [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]),
        ([["a", "b", "c"]], [[0.0, 0.0, 0.0]]),
    ],
)
def test_unusable_rays_are_refused(london, start, end):
    with pytest.raises(CityError):
        london.line_of_sight(start, end)
    with pytest.raises(CityError):
        london.roof_m([[np.nan, 0.0]])


@pytest.mark.parametrize(
    "change",
    [
        {"roof_heights_m": np.array([1.0, 2.0])},
        {"roof_heights_m": np.array([np.nan])},
        {"roof_heights_m": np.array([0.0])},
        {"ring_starts": np.array([0, 2])},
        {"landmark_names": ((4, "nowhere"),)},
        {"size_m": 0.0},
    ],
)
def test_a_city_whose_arrays_do_not_fit_is_refused(change):
    fields = city_of([BOX], [12.0]).__dict__ | change
    with pytest.raises(CityError):
        City(**{name: fields[name] for name in City.__dataclass_fields__})
