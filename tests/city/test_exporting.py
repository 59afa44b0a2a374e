"""Cities leave as GeoJSON and CityJSON that validate, and come back the same."""

import json
from collections import Counter

import geopandas
import numpy as np
import pytest
import shapely

from itnt_core.city import City, build_city, city_frame, city_geopackage, generate_london
from itnt_core.city.files.exporting import city_cityjson, city_geojson
from itnt_core.city.files.importing import import_city
from tests.city.judge import footprints


@pytest.fixture(scope="module")
def town():
    """Half a kilometre of London with the Thames, parks, roads, bridges and towers in tiers."""
    return generate_london(-0.0865, 51.507, 700.0, 1)


@pytest.fixture(scope="module")
def cityjson_data(town):
    return json.loads(city_cityjson(town))


def test_geojson_is_read_by_geopandas_with_heights_in_place(town, tmp_path):
    path = tmp_path / "town.geojson"
    path.write_text(city_geojson(town))
    table = geopandas.read_file(path)
    built = table[table["building"] == "yes"]
    assert table.crs.to_epsg() == 4326 and len(built) == town.building_count
    assert built["height"].to_numpy() == pytest.approx(town.roof_heights_m, abs=0.006)
    metres = built.to_crs("EPSG:32630")
    assert metres.area.to_numpy() == pytest.approx(shapely.area(footprints(town)), rel=3e-3)
    outer = shapely.get_exterior_ring(built.geometry.to_numpy())
    assert shapely.is_ccw(outer).all()


WRITERS = {
    "geojson": lambda city: city_geojson(city).encode(),
    "gpkg": city_geopackage,
    "json": lambda city: city_cityjson(city).encode(),
}


@pytest.mark.parametrize("form", WRITERS)
def test_a_city_comes_back_the_same(town, form, tmp_path):
    path = tmp_path / f"town.{form}"
    path.write_bytes(WRITERS[form](town))
    back, report = import_city(path)
    assert (report.repaired, report.height_estimated, report.left_out) == (0, 0, 0)
    assert np.sort(back.roof_heights_m) == pytest.approx(np.sort(town.roof_heights_m), abs=0.011)
    shift = np.array([(back.lon - town.lon) * 69_400.0, (back.lat - town.lat) * 111_260.0])
    moved = shapely.transform(footprints(town), lambda points: points - shift)
    assert shapely.hausdorff_distance(moved, footprints(back)).max() < 0.25
    assert sum(shape.area for shape in back.water) == pytest.approx(sum(shape.area for shape in town.water), rel=0.1)
    if form != "json":
        assert {name[:40] for name, _, _ in town.roads} <= {name for name, _, _ in back.roads}


def test_geopackage_and_geojson_hold_the_same_shapes_tags_and_notice(town, tmp_path):
    (tmp_path / "town.geojson").write_bytes(WRITERS["geojson"](town))
    (tmp_path / "town.gpkg").write_bytes(WRITERS["gpkg"](town))
    json_table, table = (geopandas.read_file(tmp_path / f"town.{form}") for form in ("geojson", "gpkg"))
    assert set(table.pop("attribution")) == {town.notice}
    assert (json_table.geometry == table.geometry).all() and table.crs.to_epsg() == 4326
    tags = list(city_frame(town).columns.drop("geometry"))
    assert (
        json_table[tags]
        .astype(object)
        .where(json_table[tags].notna(), None)
        .equals(table[tags].astype(object).where(table[tags].notna(), None))
    )


def test_geojson_leaves_out_what_is_not_said(town):
    data = json.loads(city_geojson(town))
    assert (data["name"], data["attribution"]) == (town.name, town.notice)
    assert set(data) == {"type", "name", "attribution", "features"}
    for one in data["features"]:
        assert set(one) == {"type", "properties", "geometry"} and None not in one["properties"].values()
        degrees = shapely.get_coordinates(shapely.geometry.shape(one["geometry"]))
        assert (np.round(degrees, 8) == degrees).all()


def test_cityjson_keeps_the_rules_of_its_schema(cityjson_data, town):
    data = cityjson_data
    assert set(data) == {"type", "version", "metadata", "transform", "CityObjects", "vertices"}
    assert (data["type"], data["version"]) == ("CityJSON", "2.0")
    assert data["metadata"]["referenceSystem"] == "https://www.opengis.net/def/crs/EPSG/0/32630"
    assert all(len(data["transform"][key]) == 3 for key in ("scale", "translate"))
    vertices = np.array(data["vertices"])
    assert vertices.dtype.kind == "i" and vertices.shape[1] == 3
    assert len(np.unique(vertices, axis=0)) == len(vertices)
    used = set()
    for thing in data["CityObjects"].values():
        assert thing["type"] in ("Building", "WaterBody", "PlantCover")
        for geometry in thing["geometry"]:
            assert set(geometry) == {"type", "lod", "boundaries"} and isinstance(geometry["lod"], str)
            depth = 3 if geometry["type"] == "Solid" else 2
            used |= set(flat(geometry["boundaries"], depth))
    assert used == set(range(len(vertices)))
    real = vertices * data["transform"]["scale"] + data["transform"]["translate"]
    extent = data["metadata"]["geographicalExtent"]
    assert extent == pytest.approx([*real.min(axis=0), *real.max(axis=0)], abs=1e-3)
    assert sum(thing["type"] == "Building" for thing in data["CityObjects"].values()) == town.building_count


def test_every_solid_of_cityjson_is_closed_and_looks_outwards(cityjson_data, town):
    vertices = np.array(cityjson_data["vertices"]) * 0.001
    solids = [one["geometry"][0] for one in cityjson_data["CityObjects"].values() if one["type"] == "Building"]
    areas, heights = shapely.area(footprints(town)), town.roof_heights_m
    for solid, area, height in zip(solids, areas, heights, strict=True):
        (shell,) = solid["boundaries"]
        edges = Counter((a, b) for (ring,) in shell for a, b in zip(ring, ring[1:] + ring[:1], strict=True))
        assert all(count == 1 and edges[b, a] == 1 for (a, b), count in edges.items())
        assert volume(shell, vertices) == pytest.approx(area * height, rel=4e-3)


def test_nothing_and_the_southern_hemisphere_can_be_exported(tmp_path):
    empty = build_city("open", 10.0, -20.0, 500.0, 1)
    assert json.loads(city_geojson(empty))["features"] == []
    (tmp_path / "empty.gpkg").write_bytes(city_geopackage(empty))
    assert len(geopandas.read_file(tmp_path / "empty.gpkg")) == 0
    assert json.loads(city_cityjson(empty))["metadata"]["referenceSystem"].endswith("/32732")
    ring = np.array([[0.0, 0.0], [0.0, 30.0], [20.0, 30.0], [20.0, 0.0]])
    name = 'A "quoted" </script> name'
    one = City("South", 151.2, -33.87, 400.0, ring, [0, 4], [44.0], ((0, name),), (), (), (), (), (), "")
    path = tmp_path / "south.json"
    path.write_text(city_cityjson(one))
    back, report = import_city(path)
    assert report.crs == "EPSG:32756" and back.roof_heights_m.tolist() == [44.0] and back.places[0][0] == name
    assert shapely.area(footprints(back))[0] == pytest.approx(600.0, rel=5e-3)


def flat(values, depth):
    """Return all numbers of nested lists, which must be nested exactly so deep."""
    if depth == 0:
        assert len(values) >= 3 and all(isinstance(value, int) for value in values)
        return list(values)
    return [number for value in values for number in flat(value, depth - 1)]


def volume(shell, vertices):
    """Return the volume inside a shell by the divergence theorem: positive where all faces look outwards."""
    total = 0.0
    origin = vertices[shell[0][0][0]]
    for (ring,) in shell:
        corners = vertices[ring] - origin
        normal = 0.5 * np.cross(corners, np.roll(corners, -1, axis=0)).sum(axis=0)
        total += corners[0] @ normal
    return total / 3.0
