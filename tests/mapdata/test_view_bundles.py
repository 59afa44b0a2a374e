"""Bundles: what is packed comes back, and means what the browser takes it to mean."""

import itertools

import numpy as np
import pytest
import shapely

from itnt_core.mapdata import content_name, pack, unpack
from itnt_core.mapdata.replay import replay_bundle
from itnt_core.mapdata.scene import scene_bundle
from itnt_core.mapdata.skydome import dome_position_m


def test_a_container_gives_back_meta_and_arrays_of_every_type():
    arrays = {
        name: np.arange(7, dtype=name).reshape(7, 1)
        for name in ("float32", "float64", "int8", "int16", "uint8", "uint32")
    }
    meta, back = unpack(pack({"text": "Thames – 泰晤士", "list": [1, 2.5, None]}, arrays))
    assert meta == {"text": "Thames – 泰晤士", "list": [1, 2.5, None]}
    for name, array in arrays.items():
        np.testing.assert_array_equal(back[name], array)
        assert back[name].dtype == array.dtype


def test_arrays_start_at_multiples_of_eight_bytes_whatever_the_header_length():
    for length in range(20):
        blob = pack({"x": "y" * length}, {"a": np.ones(3, np.uint8), "b": np.ones(1)})
        header = int.from_bytes(blob[:4], "little")
        assert (4 + header) % 8 == 0
        assert unpack(blob)[1]["b"][0] == 1.0


def test_empty_and_non_contiguous_arrays_survive():
    grid = np.arange(12, dtype=np.float32).reshape(3, 4)
    _, back = unpack(pack({}, {"none": np.zeros((0, 2), np.float32), "turned": grid.T, "part": grid[:, ::2]}))
    assert back["none"].shape == (0, 2)
    np.testing.assert_array_equal(back["turned"], grid.T)
    np.testing.assert_array_equal(back["part"], grid[:, ::2])


def test_what_a_browser_cannot_read_is_refused():
    with pytest.raises(ValueError, match="float16"):
        pack({}, {"half": np.ones(2, np.float16)})
    with pytest.raises(ValueError, match="JSON compliant"):
        pack({"nan": float("nan")}, {})
    with pytest.raises(ValueError, match="not a container"):
        unpack(b"ab")


def test_the_name_of_a_blob_follows_its_content():
    assert content_name(b"a") == content_name(b"a") != content_name(b"b")
    assert content_name(b"a", ".js").endswith(".js")


def test_scene_rings_are_closed_and_starts_count_closed_corners(city, scenario):
    _, arrays = unpack(scene_bundle(city, scenario.area))
    starts, vertices = arrays["building_starts"], arrays["building_vertices"]
    assert list(starts) == [0, 5, 10, 15]
    for first, end in itertools.pairwise(starts):
        np.testing.assert_array_equal(vertices[first], vertices[end - 1])


def test_all_prisms_of_a_landmark_share_its_colour_and_its_label_stands_on_the_highest(city, scenario):
    meta, arrays = unpack(scene_bundle(city, scenario.area))
    assert list(arrays["building_class"]) == [0, 4, 4]
    label = meta["labels"][0]
    assert label["text"] == "High Tower"
    assert label["position"][2] == 200.0
    assert {"place", "bridge"} <= {label["kind"] for label in meta["labels"]}


def area_of(vertices, triangles):
    """Return the signed area of every triangle."""
    corners = vertices.astype(float)[triangles].reshape(-1, 3, 2)
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return 0.5 * (first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0])


def test_triangles_cover_each_shape_with_its_holes_and_run_counter_clockwise(city, scenario):
    _, arrays = unpack(scene_bundle(city, scenario.area))
    for name, shape in (("water", city.water), ("parks", city.parks)):
        areas = area_of(arrays[f"{name}_vertices"], arrays[f"{name}_triangles"])
        assert (areas > 0.0).all()
        assert areas.sum() == pytest.approx(shapely.area(shape), rel=1e-6)
    assert shapely.get_num_interior_rings(shapely.get_parts(city.water)).sum() == 1


def test_roofs_cover_the_footprints_and_name_corners_of_their_own_ring(city, scenario):
    _, arrays = unpack(scene_bundle(city, scenario.area))
    starts, vertices, triangles = (arrays[name] for name in ("building_starts", "building_vertices", "roof_triangles"))
    rings = np.searchsorted(starts, triangles.reshape(-1, 3), side="right") - 1
    assert (rings == rings[:, :1]).all()
    areas = area_of(vertices, triangles)
    assert (areas > 0.0).all()
    for ring, (first, end) in enumerate(itertools.pairwise(starts)):
        footprint = shapely.Polygon(vertices[first:end])
        assert areas[rings[:, 0] == ring].sum() == pytest.approx(footprint.area, rel=1e-5)


def test_bridge_decks_are_closed_clockwise_rings(city, scenario):
    _, arrays = unpack(scene_bundle(city, scenario.area))
    for first, end in itertools.pairwise(arrays["bridge_starts"]):
        ring = shapely.LinearRing(arrays["bridge_vertices"][first:end])
        assert not ring.is_ccw
    assert (area_of(arrays["bridge_vertices"], arrays["bridge_triangles"]) > 0.0).all()


def test_open_ground_makes_a_bundle_too(scenario):
    from itnt_core.city import build_city

    meta, arrays = unpack(scene_bundle(build_city("open", 0.0, 51.0, 1000.0, 1, None), scenario.area))
    assert meta["buildings"] == 0
    assert arrays["building_starts"].tolist() == [0]


def test_satellites_are_drawn_in_their_true_direction_at_reduced_height():
    east = dome_position_m(90.0, 30.0, 4000.0)
    assert east[0] > 0
    assert abs(east[1]) < 1e-3
    zenith = dome_position_m(0.0, 90.0, 4000.0)
    assert np.hypot(zenith[0], zenith[1]) < 1e-3
    assert 300.0 < zenith[2] < 1500.0
    assert np.isnan(dome_position_m(0.0, -1.0, 4000.0)).all()


def test_the_replay_bundle_holds_the_flight_and_cumulative_service(result):
    meta, arrays = unpack(replay_bundle(result))
    assert meta["slots"] == 5
    assert meta["ground_stations"] == 2
    assert arrays["au_position_m"].shape == (6, 2, 3)
    assert arrays["satellite_drawn_m"].shape == (6, 1, 3)
    assert arrays["serving_station"][0].tolist() == [2, 0, 0, 0, -1]
    # 4 of 5 users at 0.5 Mbit/s for 5 slots of 2 s
    assert arrays["service_total_mbit"][0] == 0.0
    assert arrays["service_total_mbit"][-1] == pytest.approx(20.0)
    assert arrays["service_always_on_mbit"][-1] == pytest.approx(10.0)
    assert arrays["energy_kj"][-1].tolist() == [2.5, 2.5]
    assert np.isnan(arrays["sinr_db"][0, -1])
