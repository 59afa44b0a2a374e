"""OpenStreetMap files as their editors save them: new ids below 0, in any order, with what was deleted in them."""

import re

import geopandas
import numpy as np
import pytest
import shapely

from itnt_core.city.files.importing import import_city
from itnt_core.city.model import CityError
from tests.city.judge import footprints
from tests.city.made_files import box, osm, osm_way


def imported(text, tmp_path):
    (tmp_path / "a.osm").write_text(text)
    return import_city(tmp_path / "a.osm")


def houses(sign, attributes=("",) * 5):
    return [
        osm_way(sign * (k + 1), box(0.001 * k), sign * 100 * (k + 1), attributes[k], building="yes", height=10 + k)
        for k in range(5)
    ]


def elements(text, name):
    """Return the elements of a kind in XML of this module's making."""
    return re.findall(rf"<{name} [^>]*/>" if name == "node" else rf"<{name} .*?</{name}>", text)


@pytest.mark.parametrize("order", ["as written", "nodes backwards", "ways first", "ways backwards"])
@pytest.mark.parametrize("sign", [1, -1])
def test_ids_below_0_and_in_any_order_are_read(sign, order, tmp_path):
    text = "".join(houses(sign, ("action='modify' visible='true'",) * 5))
    nodes, ways = elements(text, "node"), elements(text, "way")
    if order == "nodes backwards":
        nodes.reverse()
    if order == "ways backwards":
        ways.reverse()
    city, report = imported(osm(*(ways + nodes if order == "ways first" else nodes + ways)), tmp_path)
    assert sorted(city.roof_heights_m) == [10.0, 11.0, 12.0, 13.0, 14.0] and report.left_out == 0
    rings = geopandas.GeoSeries([shapely.Polygon(box(0.001 * k)) for k in range(5)], crs="EPSG:4326")
    assert shapely.area(footprints(city)).sum() == pytest.approx(rings.to_crs("EPSG:32630").area.sum(), rel=3e-3)


def test_what_the_editor_has_deleted_is_no_building(tmp_path):
    marks = ("", "action='delete'", "visible='false'", "action='modify'", "action=\"delete\" version='3'")
    city, report = imported(osm(*houses(1, marks)), tmp_path)
    assert sorted(city.roof_heights_m) == [10.0, 13.0] and report.buildings == 2
    assert "3 objects that an editor had deleted were left out." in report.notes


def test_the_word_in_a_name_deletes_nothing(tmp_path):
    house = osm_way(1, box(), building="yes", height=4, name="action delete &amp; visible false", note="&lt;delete&gt;")
    city, report = imported(osm(house), tmp_path)
    assert report.buildings == 1 and city.places[0][0] == "action delete & visible false"


def test_a_ring_of_several_ways_keeps_its_courtyard(tmp_path):
    outer, inner = box(side=0.0009), box(0.0003, 0.0003)
    ways = [osm_way(-1, outer, -100), osm_way(-2, inner, -200)]
    members = "".join(f"<member type='way' ref='{k}' role='{role}'/>" for k, role in ((-1, "outer"), (-2, "inner")))
    tags = "<tag k='type' v='multipolygon'/><tag k='building' v='yes'/><tag k='height' v='9'/>"
    city, report = imported(osm(*ways, f"<relation id='-5'>{members}{tags}</relation>"), tmp_path)
    assert report.buildings == 1 and set(city.roof_heights_m) == {9.0}
    wanted = shapely.Polygon(outer, [inner]).area / shapely.Polygon(outer).area
    whole = shapely.union_all(footprints(city))
    assert whole.area / shapely.convex_hull(whole).area == pytest.approx(wanted, rel=1e-3)
    assert city.roof_m(np.zeros((1, 2))).tolist() == [0.0]


def test_xml_that_breaks_off_is_refused_in_a_sentence(tmp_path):
    text = osm(*houses(1, ("action='delete'",) * 5))
    with pytest.raises(CityError, match="OpenStreetMap file is damaged XML"):
        imported(text[:-30], tmp_path)
