"""The sun over a scenario, trees, banks and bridges: what is drawn beside what is computed."""

from datetime import UTC, datetime
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import shapely

from itnt_core.mapdata import unpack
from itnt_core.mapdata.editor import sky_bundle
from itnt_core.mapdata.replay import replay_bundle
from itnt_core.mapdata.sunlight import sun_over
from itnt_core.mapdata.trees import CLEAR_M, MOST_TREES, planted_trees
from itnt_core.mapdata.waterside import BANK_M, DECK_BASE_M, DECK_TOP_M, QUAY_M, bank_shapes, bridge_arrays, quay_shapes
from itnt_core.presets import preset
from itnt_core.sky import sun_angles_deg

SIZE_M = 2000.0
RIVER = shapely.box(-1000.0, -100.0, 1000.0, 100.0)
PARK = shapely.box(-400.0, 200.0, 400.0, 700.0)
HOUSES = [shapely.box(x, y, x + 30.0, y + 20.0) for x in range(-380, 380, 120) for y in (240, 400, 560)]
ROAD = shapely.LineString([(-1000.0, 450.0), (1000.0, 450.0)]).buffer(8.0)
BRIDGE = ("Bridge", shapely.LineString([(0.0, -105.0), (0.0, 105.0)]), 20.0)


def made_city(parks=(PARK,), water=(RIVER,), bridges=(BRIDGE,)):
    return SimpleNamespace(parks=parks, water=water, bridges=bridges, footprints=lambda: np.array(HOUSES, dtype=object))


def test_editor_and_replay_are_handed_the_sun_of_the_scenarios_hour(result, scenario):
    evening = scenario.time.model_copy(update={"start": datetime(2026, 6, 21, 18, 30, tzinfo=UTC)})
    scenario = scenario.model_copy(update={"time": evening})
    azimuth, elevation = sun_angles_deg(evening.start, scenario.area.lon, scenario.area.lat)
    expected = {"azimuth_deg": pytest.approx(azimuth, abs=0.06), "elevation_deg": pytest.approx(elevation, abs=0.06)}
    assert unpack(sky_bundle(scenario))[0]["sun"] == expected
    result.scenario = scenario
    assert unpack(replay_bundle(result))[0]["sun"] == expected
    assert sun_over(preset("tiny")) != expected


def test_trees_stand_in_parks_and_along_the_water_and_clear_of_all_else():
    trees = planted_trees(made_city(), [ROAD], SIZE_M)
    points = shapely.points(trees[:, :2].astype(float))
    assert trees.dtype == np.float32 and 500 < len(trees) <= MOST_TREES
    blocked = shapely.union_all([*HOUSES, RIVER, ROAD, BRIDGE[1].buffer(BRIDGE[2] / 2.0)])
    assert shapely.distance(points, blocked).min() > CLEAR_M - 0.01
    in_park, at_water = shapely.contains(PARK, points), shapely.distance(points, RIVER) < 6.0
    assert (in_park | at_water).all() and in_park.sum() > 300 and at_water.sum() > 200
    assert (np.abs(trees[:, :2]) < SIZE_M / 2.0).all() and (trees[:, 2] > 5.0).all()
    np.testing.assert_array_equal(trees, planted_trees(made_city(), [ROAD], SIZE_M))


def test_a_city_of_parks_has_no_more_trees_than_can_be_drawn_and_one_without_has_none():
    green = shapely.box(-9_000.0, -9_000.0, 9_000.0, 9_000.0)
    assert len(planted_trees(made_city(parks=(green,)), [ROAD], 20_000.0)) == MOST_TREES
    assert planted_trees(made_city((), (), ()), [], SIZE_M).shape == (0, 3)


def test_banks_follow_the_shore_on_either_side_of_it_and_not_where_the_area_ends():
    (bank,), (quay,) = bank_shapes([RIVER], SIZE_M), quay_shapes([RIVER], SIZE_M)
    assert bank.area == pytest.approx(2 * SIZE_M * BANK_M, rel=0.01)
    assert quay.area == pytest.approx(2 * SIZE_M * QUAY_M, rel=0.01)
    assert bank.intersection(RIVER).area == pytest.approx(0.0, abs=1e-6)
    assert quay.difference(RIVER).area == pytest.approx(0.0, abs=1e-6)
    assert not quay.intersects(shapely.Point(999.0, 0.0))
    assert bank_shapes([], SIZE_M)[0].is_empty and quay_shapes([], SIZE_M)[0].is_empty


def test_a_bridge_has_a_deck_with_edges_above_it_ramps_to_the_street_and_piers_in_the_water():
    arrays = bridge_arrays(made_city(), SIZE_M)
    rings = [slice(first, end) for first, end in pairwise(arrays["bridge_starts"])]
    shapes = [shapely.Polygon(arrays["bridge_vertices"][ring].astype(float)) for ring in rings]
    assert not any(shape.exterior.is_ccw for shape in shapes)
    parts = list(zip(shapes, (arrays["bridge_tops"][ring] for ring in rings), arrays["bridge_bases"], strict=True))
    is_deck = arrays["bridge_is_deck"] == 1
    deck = next(shape for shape, tops, base in parts if base and (tops == np.float32(DECK_TOP_M)).all())
    assert deck.area == pytest.approx(210.0 * 20.0)
    edges = [shape for shape, tops, base in parts if base and tops.min() > DECK_TOP_M]
    assert len(edges) == 2 and all(deck.buffer(0.1).contains(edge) for edge in edges)
    ramps = [(shape, tops) for shape, tops, base in parts if base == 0.0 and np.ptp(tops) > 0.0]
    assert len(ramps) == 2 and is_deck.sum() == 3
    for shape, tops in ramps:
        corners = np.asarray(shape.exterior.coords)
        np.testing.assert_array_equal(tops > 1.0, np.abs(corners[:, 1]) < 106.0)  # high where it meets the deck
    piers = [shape for shape, tops, base in parts if base == 0.0 and np.ptp(tops) == 0.0]
    assert piers and all(RIVER.contains(pier) and deck.contains(pier) for pier in piers)
    assert all(tops.max() == np.float32(DECK_BASE_M) for _, tops, base in parts if base == 0.0 and np.ptp(tops) == 0.0)


def test_a_city_without_a_bridge_has_empty_ones():
    arrays = bridge_arrays(made_city(bridges=()), SIZE_M)
    assert arrays["bridge_starts"].tolist() == [0] and not arrays["bridge_tops"].size


def test_a_bridge_that_leaves_the_area_has_no_ramp_there():
    cut = ("Bridge", shapely.LineString([(990.0, -105.0), (990.0, 105.0), (1000.0, 120.0)]), 20.0)
    assert (bridge_arrays(made_city(bridges=(cut,)), SIZE_M)["bridge_is_deck"] == 1).sum() == 2
