"""What a picture holds, against a camera made of matrices, and every preset's overview against its own users."""

import numpy as np
import pytest

from itnt_core.mapdata.framing import (
    OVERVIEW_BEARING,
    OVERVIEW_PITCH,
    WIDEST,
    camera_on,
    on_picture,
    overview_span_m,
    span_to_hold_m,
)
from itnt_core.presets import PRESETS, preset
from itnt_core.scenario import lonlat_to_local


def by_matrices(points, centre, span, pitch, bearing):
    """Return the same places by rotating the world into a pinhole camera's own axes."""
    turn, tilt = np.radians(bearing), np.radians(pitch)
    ahead = np.array([np.sin(turn), np.cos(turn), 0.0])
    right = np.array([np.cos(turn), -np.sin(turn), 0.0])
    look = np.sin(tilt) * ahead - np.cos(tilt) * np.array([0.0, 0.0, 1.0])
    up = np.cross(right, look)
    height = span / WIDEST
    eye = np.array([*centre, 0.0]) - 1.5 * height * look
    seen = (points - eye) @ np.column_stack([right, up, look])
    return seen[:, :2] / seen[:, 2:] * 1.5 * height / (np.array([span, height]) / 2.0)


def test_the_picture_is_that_of_a_pinhole_camera():
    rng = np.random.default_rng(3)
    points = rng.uniform([-500, -500, 0], [500, 500, 200], (50, 3))
    for pitch, bearing in ((0.0, 0.0), (56.0, -17.0), (66.0, 130.0)):
        found = on_picture(points, (20.0, -30.0), 1800.0, pitch, bearing)
        np.testing.assert_allclose(found, by_matrices(points, (20.0, -30.0), 1800.0, pitch, bearing), atol=1e-9)


def test_the_span_is_the_smallest_that_holds_everything():
    points = [[0.0, 0.0, 300.0], [200.0, -200.0, 0.0]]
    span = span_to_hold_m(points, (0.0, 0.0), 100.0, 56.0, -17.0)
    assert np.abs(on_picture(points, (0.0, 0.0), span, 56.0, -17.0)).max() == pytest.approx(0.88, abs=1e-3)
    assert span_to_hold_m(points, (0.0, 0.0), 5000.0, 56.0, -17.0) == 5000.0


@pytest.mark.parametrize("name", PRESETS)
def test_nobody_of_a_preset_is_outside_its_overview(name, city_cache):
    scenario = preset(name, cache_dir=city_cache)
    things = [thing.position_m for thing in (*scenario.ground_users, *scenario.ground_stations)]
    things += [end.position_m for user in scenario.aerial_users for end in (user.start, user.destination)]
    span = overview_span_m(scenario)
    places = by_matrices(np.array(things), (0.0, 0.0), span, OVERVIEW_PITCH, OVERVIEW_BEARING)
    assert np.abs(places).max() < 0.9 and span >= scenario.area.size_m


@pytest.mark.parametrize(
    "points", [[(300.0, -200.0, 25.0)], [(-900.0, 100.0, 1.5), (700.0, 850.0, 120.0), (0.0, 0.0, 0.0)]]
)
def test_a_camera_on_things_holds_them_and_stands_close_to_one(points):
    area = preset("tiny").area
    camera = camera_on(area, points)
    centre = tuple(float(value) for value in lonlat_to_local(camera.longitude, camera.latitude, area.lon, area.lat))
    assert (np.abs(on_picture(points, centre, camera.span_m, camera.pitch, camera.bearing)) <= 1.0).all()
    assert camera.span_m >= 700.0
    if len(points) == 1:
        assert camera.span_m == 700.0 and centre == pytest.approx((300.0, -200.0), abs=0.1)
