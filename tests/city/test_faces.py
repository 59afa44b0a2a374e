"""Shapes of faces (MultiPatch, TIN, polyhedral surfaces) and collections are buildings like any other."""

import json
import sqlite3
import struct
from contextlib import closing

import geopandas
import numpy as np
import pytest
import shapely

from itnt_core.city.files.importing import city_of_frame, import_city
from itnt_core.city.files.surfaces import polygons_of_wkb
from tests.city.judge import footprints
from tests.city.made_files import LAT, LON, box, features, frame, multipatch, polygon, square, write

STRIP, FAN, OUTER, INNER = 0, 1, 2, 3
EAST, NORTH = 500_000.0, 5_700_000.0


def strip(x, y, side, low, high):
    """Return the walls of a block as one triangle strip."""
    plan = [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]
    return STRIP, [(*point, z) for point in plan for z in (low, high)]


def fan(x, y, side, z):
    """Return a level square as a fan."""
    return FAN, [(x, y, z), (x + side, y, z), (x + side, y + side, z), (x, y + side, z)]


def ring(x, y, side, z, kind=OUTER):
    plan = [(x, y), (x, y + side), (x + side, y + side), (x + side, y), (x, y)]
    return kind, [(*point, z) for point in (plan if kind == OUTER else plan[::-1])]


def block(x, side, high, ground=50.0):
    """Return a block of strips and fans on a ground above the sea."""
    at = (EAST + x, NORTH)
    return [strip(*at, side, ground, ground + high), fan(*at, side, ground), fan(*at, side, ground + high)]


def imported(parts, tmp_path):
    city, report = import_city(multipatch(tmp_path, parts))
    return city, report, shapely.area(footprints(city))


def test_blocks_of_strips_and_fans_are_as_high_and_as_wide_as_their_corners(tmp_path):
    city, report, areas = imported([block(0, 20, 12.0), block(60, 10, 30.0)], tmp_path)
    assert city.roof_heights_m.tolist() == [12.0, 30.0] and report.left_out == report.height_estimated == 0
    assert areas == pytest.approx([400.0, 100.0], rel=2e-3)


def test_rings_and_strips_in_one_file_are_all_read(tmp_path):
    at = (EAST + 120, NORTH, 20)
    rings = [ring(*at, 50.0), ring(*at, 58.0)]
    city, report, areas = imported([rings, block(0, 20, 30.0), rings_of_walls(EAST + 180, 15, 9.0)], tmp_path)
    assert city.roof_heights_m.tolist() == [8.0, 30.0, 9.0] and report.left_out == 0
    assert areas == pytest.approx([400.0, 400.0, 225.0], rel=2e-3)


def rings_of_walls(x, side, high):
    """Return a block whose faces are rings, walls too."""
    corners = [(x, NORTH), (x + side, NORTH), (x + side, NORTH + side), (x, NORTH + side)]
    walls = [
        (OUTER, [(*a, 0.0), (*b, 0.0), (*b, high), (*a, high), (*a, 0.0)])
        for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)
    ]
    return [ring(x, NORTH, side, 0.0), ring(x, NORTH, side, high), *walls]


def test_a_courtyard_of_faces_stays_open(tmp_path):
    outer = [ring(EAST, NORTH, 30, z) for z in (0.0, 15.0)]
    inner = [ring(EAST + 10, NORTH + 10, 10, z, INNER) for z in (0.0, 15.0)]
    city, report, areas = imported([[outer[0], inner[0], outer[1], inner[1]]], tmp_path)
    assert areas.sum() == pytest.approx(900.0 - 100.0, rel=2e-3) and set(city.roof_heights_m) == {15.0}
    assert report.buildings == 1


def test_a_pitched_roof_of_triangles_counts_to_its_ridge(tmp_path):
    eaves = [(EAST, NORTH), (EAST + 20, NORTH), (EAST + 20, NORTH + 10), (EAST, NORTH + 10)]
    ridge = [(EAST, NORTH + 5, 9.0), (EAST + 20, NORTH + 5, 9.0)]
    roof = [
        (STRIP, [(*eaves[0], 6.0), (*eaves[1], 6.0), ridge[0], ridge[1]]),
        (STRIP, [ridge[0], ridge[1], (*eaves[3], 6.0), (*eaves[2], 6.0)]),
    ]
    city, _, areas = imported([[fan(EAST, NORTH, 10, 0.0), *roof]], tmp_path)
    assert city.roof_heights_m.tolist() == [9.0] and areas.sum() == pytest.approx(200.0, rel=2e-3)


@pytest.mark.parametrize("kind", [15, 16])
def test_a_polyhedral_surface_or_tin_of_a_geopackage_is_its_polygons(kind, tmp_path):
    x, y = 532_000.0, 181_000.0
    faces = [shapely.Polygon([(x + a, y + b, z) for a, b in ((0, 0), (9, 0), (0, 9))]) for z in (3.0, 14.0)]
    path = write(frame([shapely.MultiPolygon(faces)], use=["a"]), tmp_path / "a.gpkg", geometry_type="Unknown")
    with closing(sqlite3.connect(path)) as database, database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        (blob,) = database.execute("SELECT geom FROM a").fetchone()
        old = struct.pack("<BI", 1, 1006)
        assert blob.count(old) == 1
        blob = blob.replace(old, struct.pack("<BI", 1, 1000 + kind))
        if kind == 16:
            blob = blob.replace(struct.pack("<BI", 1, 1003), struct.pack("<BI", 1, 1017))
        database.execute("UPDATE a SET geom = ?", (blob,))
    assert geopandas.read_file(path, on_invalid="ignore").geometry.isna().all()
    city, report = import_city(path)
    assert city.roof_heights_m.tolist() == [11.0] and report.left_out == 0
    assert shapely.area(footprints(city)).sum() == pytest.approx(40.5, rel=2e-3)


def test_damaged_binary_is_no_shape():
    good = shapely.to_wkb(shapely.MultiPolygon([shapely.box(0, 0, 1, 1)]))
    assert polygons_of_wkb(good) == shapely.MultiPolygon([shapely.box(0, 0, 1, 1)])
    deep = shapely.to_wkb(shapely.Point(0, 0))
    for _ in range(50):
        deep = struct.pack("<BII", 1, 7, 1) + deep
    assert [polygons_of_wkb(blob) for blob in (b"", good[:-3], deep, struct.pack("<BII", 1, 16, 2**31))] == [None] * 4


def test_a_collection_is_the_building_of_its_polygons(tmp_path):
    shapes = [square(), square(30), shapely.Point(532_000, 181_000), shapely.LineString([(0, 0), (1, 1)])]
    nested = shapely.GeometryCollection([shapely.GeometryCollection(shapes[:2]), shapes[2]])
    table = frame(
        [shapely.GeometryCollection(shapes), nested, shapely.GeometryCollection(shapes[2:])], height=[7.0, 9.0, 4.0]
    )
    city, report = city_of_frame(table.iloc[[0, 2]])
    assert (report.buildings, city.building_count, report.left_out) == (1, 2, 1)
    city, report = import_city(write(table.iloc[[1]], tmp_path / "a.gpkg"))
    assert (report.buildings, city.roof_heights_m.tolist()) == (1, [9.0, 9.0])
    assert shapely.area(footprints(city)).sum() == pytest.approx(shapely.union_all(shapes[:2]).area, rel=2e-3)


def test_a_collection_in_geojson_is_read_and_a_bare_one_is_taken_apart(tmp_path):
    point = {"type": "Point", "coordinates": [LON, LAT]}
    collection = {"type": "GeometryCollection", "geometries": [point, polygon(box()), polygon(box(0.001))]}
    (tmp_path / "a.json").write_text(features((collection, {"height": 5}), (box(0.003), {"height": 8})))
    city, report = import_city(tmp_path / "a.json")
    assert (report.buildings, report.left_out) == (2, 0) and sorted(city.roof_heights_m) == [5.0, 5.0, 8.0]
    (tmp_path / "b.json").write_text(json.dumps(collection))
    _, report = import_city(tmp_path / "b.json")
    assert (report.buildings, report.left_out) == (2, 1)


def test_a_hole_stays_open_whichever_way_its_ring_runs(tmp_path):
    outer, inner = box(side=0.0009), box(0.0003, 0.0003)
    areas = []
    for number, hole in enumerate((inner, inner[::-1])):
        (tmp_path / f"{number}.json").write_text(features((polygon(outer, hole), {"height": 5})))
        city, report = import_city(tmp_path / f"{number}.json")
        assert report.buildings == 1 and city.roof_m([[0.0, 0.0]]).tolist() == [0.0]
        areas.append(shapely.area(footprints(city)).sum())
    assert areas[0] == pytest.approx(areas[1], rel=1e-6)
    flat = np.array(shapely.Polygon(outer, [inner]).area / shapely.Polygon(outer).area)
    whole = geopandas.GeoSeries([shapely.Polygon(outer)], crs="EPSG:4326").to_crs("EPSG:27700").area[0]
    assert areas[0] == pytest.approx(whole * flat, rel=3e-3)


@pytest.mark.parametrize("z_and_m", [(1, 0), (1, 1), (0, 1), (2, 0)])
def test_a_geopackage_of_any_shape_with_z_is_read_and_left_as_it_is(z_and_m, tmp_path):
    floors = [shapely.force_3d(square(40 * k), 3.0) for k in range(3)]
    path = write(frame(floors, height=[10.0, 11.0, 12.0]), tmp_path / "any.gpkg")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = 'GEOMETRY', z = ?, m = ?", z_and_m)
    before = path.read_bytes()
    city, report = import_city(path)
    assert city.roof_heights_m.tolist() == [10.0, 11.0, 12.0] and report.buildings == 3
    assert path.read_bytes() == before
