"""Where lines leave a building, against shapely; and what indoor users see past their own walls."""

import numpy as np
import pytest
import shapely

from itnt_core.city import City, pack_polygons, ways_out_m

L_SHAPE = shapely.Polygon([(0, 0), (40, 0), (40, 15), (15, 15), (15, 50), (0, 50)])


def city_of(shapes, roofs_m, bases_m=()):
    vertices, starts = pack_polygons(shapes)
    plain = {"landmark_names": (), "water": (), "parks": (), "roads": (), "bridges": (), "places": (), "notice": ""}
    bases = {"base_heights_m": np.array(bases_m)} if len(bases_m) else {}
    return City("made", 0.0, 51.5, 1000.0, vertices, starts, np.array(roofs_m), **plain, **bases)


def test_level_lines_leave_through_the_first_wall_that_shapely_finds():
    city = city_of([L_SHAPE], [30.0])
    rng = np.random.default_rng(4)
    points = np.column_stack([rng.uniform(0.0, 40.0, 300), rng.uniform(0.0, 50.0, 300), np.full(300, 4.5)])
    points = points[shapely.contains_xy(L_SHAPE, points[:, 0], points[:, 1])]
    turn = rng.uniform(0.0, 2.0 * np.pi, (len(points), 5))
    ends = np.stack(
        [points[:, None, 0] + 200 * np.cos(turn), points[:, None, 1] + 200 * np.sin(turn), turn * 0 + 4.5], -1
    )
    out = ways_out_m(city, points, ends)
    for point, starts, reached in zip(points, out, ends, strict=True):
        for start, end in zip(starts, reached, strict=True):
            crossing = shapely.LineString([point[:2], end[:2]]).intersection(L_SHAPE.exterior)
            nearest = min(shapely.get_parts(crossing), key=lambda one: one.distance(shapely.Point(point[:2])))
            assert start[:2] == pytest.approx((nearest.x, nearest.y), abs=1e-9) and start[2] == pytest.approx(4.5)


def test_steep_lines_leave_through_the_roof_and_from_towers_on_a_base_the_outer_wall_counts():
    podium, tower = shapely.box(-50, -50, 50, 50), shapely.box(-10, -10, 10, 10)
    city = city_of([podium, tower], [20.0, 90.0])
    point = np.array([[0.0, 0.0, 10.0]])
    ends = np.array([[[0.0, 0.0, 1000.0], [300.0, 0.0, 10.0], [10.0, 0.0, 510.0]]])
    out = ways_out_m(city, point, ends)[0]
    assert out[0] == pytest.approx((0.0, 0.0, 90.0))  # straight up through the tower
    assert out[1] == pytest.approx((50.0, 0.0, 10.0))  # level: the base's wall
    assert out[2] == pytest.approx((1.6, 0.0, 90.0))  # steep: the tower's roof
    assert city.line_of_sight(out, ends[0]).all()


def test_nothing_changes_outside_of_buildings_and_parts_in_the_air_hold_their_own_floors():
    city = city_of([shapely.box(0, 0, 20, 20)], [40.0], [10.0])
    points = np.array([[5.0, 5.0, 1.5], [-5.0, 5.0, 1.5], [5.0, 5.0, 20.0]])
    ends = np.array([[[5.0, 5.0, 100.0]], [[100.0, 5.0, 1.5]], [[5.0, 5.0, 0.0]]])
    assert ways_out_m(city, points, ends)[:, 0] == pytest.approx(np.array([*points[:2], [5.0, 5.0, 10.0]]))
    assert ways_out_m(city_of([], []), points, ends)[:, 0] == pytest.approx(points)
