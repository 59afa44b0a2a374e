"""What is drawn of a large city: fewer corners, then fewer buildings, and it is said; the city itself stays."""

import numpy as np
import pytest
import shapely

from itnt_core.city import City, pack_polygons
from itnt_core.mapdata import detail, unpack
from itnt_core.mapdata.scene import scene_bundle
from itnt_core.scenario import Area


@pytest.fixture(scope="module")
def round_towers():
    """Return 60 round towers of 65 corners each, one higher than the other."""
    shapes = [shapely.Point(30.0 * (k % 8), 30.0 * (k // 8)).buffer(8.0, quad_segs=16) for k in range(60)]
    vertices, starts = pack_polygons(shapes)
    return City("Towers", 0.0, 51.0, 600.0, vertices, starts, 10.0 + np.arange(60.0), (), (), (), (), (), (), "")


def test_a_city_that_fits_is_drawn_as_it_is(round_towers):
    drawn = detail.drawn_buildings(round_towers)
    assert drawn.sentence == "" and (drawn.vertices_m == round_towers.vertices_m).all()


def test_walls_are_straightened_before_a_building_is_left_out(round_towers):
    drawn = detail.drawn_buildings(round_towers, most_corners=800)
    assert drawn.kept.tolist() == list(range(60)) and len(drawn.vertices_m) <= 800
    assert "60 of 60 buildings" in drawn.sentence and "leaves out" not in drawn.sentence
    rings = np.split(drawn.vertices_m, drawn.ring_starts[1:-1])
    areas = [shapely.Polygon(ring).area for ring in rings]
    assert areas == pytest.approx([np.pi * 64.0] * 60, rel=0.25)


def test_the_smallest_are_left_out_last_and_the_map_says_so(round_towers, monkeypatch):
    monkeypatch.setattr(detail.drawn_buildings, "__defaults__", (150,))
    meta, arrays = unpack(scene_bundle(round_towers, Area(lon=0.0, lat=51.0, size_m=600.0)))
    assert 20 <= meta["buildings"] < 60 and arrays["building_heights"].min() >= 10.0 + 60 - meta["buildings"]
    assert f"draws {meta['buildings']} of 60 buildings" in meta["simplified"]
    assert "use every building as it is" in meta["simplified"]
    assert round_towers.building_count == 60
