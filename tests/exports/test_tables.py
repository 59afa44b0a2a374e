"""Users, stations, flights and links come back from other libraries' readers: within 0.01 m, their times in UTC."""

import io
import json
import sqlite3
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import defusedxml.ElementTree
import geopandas
import numpy as np
import pyarrow.parquet
import pytest
import shapely
from pyproj import CRS, Transformer

import itnt_core as itnt
from itnt_core.city import CityError
from itnt_core.exports import LAYERS, ExportError, ExportOptions, ExportSource, export
from itnt_core.scenario import lonlat_to_local

ROOT = Path(__file__).parents[2]
CENTIMETRE_M = 0.01
KML = {"k": "http://www.opengis.net/kml/2.2"}


@cache
def to_degrees(crs):
    return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def local_m(places, crs, area):
    """Return coordinates (n, 3) of a system as east, north, height in metres around the anchor, by PROJ."""
    places = np.asarray(places, dtype=float)
    lon, lat = to_degrees(crs).transform(places[:, 0], places[:, 1])
    return np.column_stack([*lonlat_to_local(lon, lat, area.lon, area.lat), places[:, 2]])


def usual_layers(scenario):
    """Return the names of the layers that come unasked and hold something."""
    has = {"zones": scenario.no_fly_zones, "paths": any(user.path for user in scenario.ground_users)}
    return {name for name, layer in LAYERS.items() if layer.is_usual and has.get(name, True)}


def flown(source):
    """Return the moment and the place of every aerial user at every waypoint, from the arrays and the clock."""
    scenario, positions_m = source.scenario, source.result.dataset["position_m"].values
    moments = [
        scenario.time.start + timedelta(seconds=scenario.time.slot_s * number) for number in range(len(positions_m))
    ]
    return {
        (user.id, moment): positions_m[number, column]
        for column, user in enumerate(scenario.aerial_users)
        for number, moment in enumerate(moments)
    }


def assert_flown(found, source):
    """``found`` are (user, moment, local place)."""
    wanted = flown(source)
    assert len(found) == len(wanted)
    for user, moment, place_m in found:
        assert moment.utcoffset() == timedelta(0)
        assert np.abs(place_m - wanted[user, moment]).max() < CENTIMETRE_M


def linked(source):
    """Return (slot, user, station) of every link, by plain loops over the arrays."""
    data = source.result.dataset
    serving, users, stations = (data[name].values for name in ("serving_station", "user", "station"))
    return {
        (slot + 1, str(users[user]), str(stations[serving[slot, user]]))
        for slot in range(serving.shape[0])
        for user in range(serving.shape[1])
        if serving[slot, user] >= 0
    }


def ends_wanted(source, slot, user, station):
    """Return where user and station of a link are at a slot's end; a satellite is not looked at."""
    data, scenario = source.result.dataset, source.scenario
    column = scenario.user_ids.index(user)
    count = len(scenario.aerial_users)
    start = (
        data["position_m"].values[slot, column] if column < count else data["ground_position_m"].values[column - count]
    )
    gbs = {one.id: one.position_m for one in scenario.ground_stations}
    return start, gbs.get(station)


def assert_linked(rows, source, crs):
    """``rows`` are (slot, user, station, line in coordinates of ``crs``)."""
    assert {row[:3] for row in rows} == linked(source) and len(rows) == len(linked(source))
    for slot, user, station, line in rows:
        found = local_m(line, crs, source.scenario.area)
        start, end = ends_wanted(source, slot, user, station)
        assert np.abs(found[0] - start).max() < CENTIMETRE_M
        assert end is None or np.abs(found[1] - end).max() < CENTIMETRE_M


def coordinates(shape):
    return shapely.get_coordinates(shape, include_z=True)


def test_a_geopackage_is_read_by_sqlite_and_shapely(source, crs, tmp_path):
    """A geometry is a header of the standard, whose flags say how long its envelope is, and WKB."""
    path = tmp_path / "answer.gpkg"
    path.write_bytes(export(source, "gpkg", ExportOptions(crs=crs)))
    with sqlite3.connect(path) as file:
        tables = dict(file.execute("select table_name, srs_id from gpkg_contents"))
        assert set(tables) == usual_layers(source.scenario)
        assert set(tables.values()) == {int(crs.removeprefix("EPSG:"))}
        positions = file.execute('select "id", "time", geom from positions').fetchall()
        links = file.execute('select "slot", "id", "station", geom from links').fetchall()
        (users,) = file.execute("select count(*) from users").fetchone()
    file.close()

    def shape(blob):
        return shapely.from_wkb(blob[8 + (0, 32, 48, 48, 64)[blob[3] >> 1 & 7] :])

    found = local_m([coordinates(shape(blob))[0] for *_, blob in positions], crs, source.scenario.area)
    assert_flown(
        [(user, datetime.fromisoformat(when), place) for (user, when, _), place in zip(positions, found, strict=True)],
        source,
    )
    assert_linked([(slot, user, station, coordinates(shape(blob))) for slot, user, station, blob in links], source, crs)
    assert users == len(source.scenario.user_ids)


@pytest.mark.parametrize("is_projected", [False, True])
def test_geojson_is_read_as_json(source, crs, is_projected):
    crs = crs if is_projected else "EPSG:4326"
    data = json.loads(export(source, "geojson", ExportOptions(crs=crs)))
    assert ("crs" in data) == is_projected  # RFC 7946 has no such member
    if is_projected:
        assert CRS(data["crs"]["properties"]["name"]) == CRS(crs)
    features = data["features"]
    positions = [one for one in features if one["properties"]["layer"] == "positions"]
    found = local_m([one["geometry"]["coordinates"] for one in positions], crs, source.scenario.area)
    whens = [(one["properties"]["id"], datetime.fromisoformat(one["properties"]["time"])) for one in positions]
    assert_flown([(*when, place) for when, place in zip(whens, found, strict=True)], source)
    links = [one for one in features if one["properties"]["layer"] == "links"]
    rows = [
        (*(one["properties"][name] for name in ("slot", "id", "station")), one["geometry"]["coordinates"])
        for one in links
    ]
    assert_linked(rows, source, crs)
    users = [one["properties"] for one in features if one["properties"]["layer"] == "users"]
    assert {one["id"]: one["data_mbit"] for one in users} == pytest.approx(
        dict(zip(source.scenario.user_ids, data_mbit(source), strict=True)), abs=0.051
    )
    assert not any("sinr_db" in one for one in users)  # what a layer has not is not there


def data_mbit(source):
    rate = np.nan_to_num(source.result.dataset["rate_active_mbit_s"].values)
    return (rate.sum(axis=0) * source.scenario.time.slot_s).tolist()


def test_geoparquet_is_read_by_arrow_and_shapely(source, crs):
    table = pyarrow.parquet.read_table(io.BytesIO(export(source, "geoparquet", ExportOptions(crs=crs))))
    about = json.loads(table.schema.metadata[b"geo"])
    assert CRS.from_json_dict(about["columns"]["geometry"]["crs"]) == CRS(crs)
    assert str(table.schema.field("time").type.tz) == "UTC"
    rows = table.to_pylist()
    positions = [row for row in rows if row["layer"] == "positions"]
    found = local_m([coordinates(shapely.from_wkb(row["geometry"]))[0] for row in positions], crs, source.scenario.area)
    assert_flown([(row["id"], row["time"], place) for row, place in zip(positions, found, strict=True)], source)
    links = [row for row in rows if row["layer"] == "links"]
    assert_linked(
        [(row["slot"], row["id"], row["station"], coordinates(shapely.from_wkb(row["geometry"]))) for row in links],
        source,
        crs,
    )
    gbs = {row["id"]: row["geometry"] for row in rows if row["layer"] == "stations"}
    for station in source.scenario.ground_stations:
        place = local_m(coordinates(shapely.from_wkb(gbs[station.id])), crs, source.scenario.area)[0]
        assert place == pytest.approx(station.position_m, abs=CENTIMETRE_M)


def test_kml_is_read_as_xml_with_time_stamps_and_heights_above_ground(source):
    root = defusedxml.ElementTree.fromstring(export(source, "kml"))
    folders = {folder.find("k:name", KML).text: folder for folder in root.iterfind("k:Document/k:Document", KML)}
    assert set(folders) == usual_layers(source.scenario)

    def values(mark):
        fields = {one.get("name"): one.text for one in mark.iter(f"{{{KML['k']}}}SimpleData")}
        line = next(mark.iter(f"{{{KML['k']}}}coordinates")).text.split()
        when = mark.find("k:TimeStamp/k:when", KML)
        moment = None if when is None else datetime.fromisoformat(when.text)
        return mark.find("k:name", KML).text, moment, fields, [[float(x) for x in one.split(",")] for one in line]

    positions = [values(mark) for mark in folders["positions"].iterfind("k:Placemark", KML)]
    found = local_m([line[0] for *_, line in positions], "EPSG:4326", source.scenario.area)
    assert_flown([(name, moment, place) for (name, moment, *_), place in zip(positions, found, strict=True)], source)
    links = [values(mark) for mark in folders["links"].iterfind("k:Placemark", KML)]
    assert_linked(
        [(int(fields["slot"]), name, fields["station"], line) for name, _, fields, line in links], source, "EPSG:4326"
    )
    modes = {name: {one.text for one in folder.iter(f"{{{KML['k']}}}altitudeMode")} for name, folder in folders.items()}
    assert modes["satellites"] == {"absolute"} and modes["users"] == modes["links"] == {"relativeToGround"}


def test_chosen_layers_alone_are_written_and_a_scenario_without_an_answer_has_its_own(london):
    alone = ExportSource(london.scenario, None, london.cache_dir)
    layers = {one["properties"]["layer"] for one in json.loads(export(alone, "geojson"))["features"]}
    assert layers == {name for name in usual_layers(london.scenario) if not LAYERS[name].shows_answer}
    chosen = json.loads(export(alone, "geojson", ExportOptions(layers=("surface", "buildings"), cells=5)))["features"]
    assert sum(one["properties"]["layer"] == "surface" for one in chosen) == 25
    assert sum(one["properties"]["layer"] == "buildings" for one in chosen) == london.world.city.building_count


@pytest.mark.parametrize(
    ("form", "options", "sentence"),
    [
        ("gpkg", {"crs": "EPSG:4979"}, "not one of a flat map, but heights stay metres above ground here"),
        ("gpkg", {"crs": "EPSG:4978"}, "measures from the middle of the Earth"),
        ("gpkg", {"crs": "/etc/passwd"}, "'/etc/passwd' is not known: give a code such as EPSG:27700"),
        ("geojson", {"layers": ("roofs",)}, "The layer 'roofs' is not known: choose among users, stations"),
        ("kml", {"crs": "EPSG:27700"}, "KML does not depend on the coordinate reference system: leave"),
        ("czml", {"layers": ("users",)}, "CZML does not depend on the layers: leave that choice out"),
        ("geotiff", {"cells": 0}, "The number of cells is 0, but 1 to 2,000 a side is allowed: change it"),
        ("gpkg", {"layers": ("surface",), "height_m": float("nan")}, "The height is nan, but 0 to 10,000 m is allowed"),
        ("shapefile", {}, "The export format 'shapefile' is not known: choose among gpkg, geojson"),
    ],
)
def test_what_cannot_be_exported_is_refused_in_a_sentence(london, form, options, sentence):
    with pytest.raises((ExportError, CityError)) as refused:
        export(london, form, ExportOptions(**options))
    assert sentence in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize(("form", "layers"), [("czml", ()), ("channel", ()), ("gpkg", ("links",))])
def test_what_shows_an_answer_asks_for_one(london, form, layers):
    with pytest.raises(ExportError, match="has no answer yet, but this export shows one: run a method"):
        export(ExportSource(london.scenario, None, london.cache_dir), form, ExportOptions(layers=layers))


def test_a_system_without_coordinates_there_is_refused(london):
    with pytest.raises(ExportError, match="has no coordinates: leave the layer out, or choose another system"):
        export(london, "gpkg", ExportOptions(crs="ESRI:102037", layers=("users",)))


def test_the_five_lines_of_the_readme_lead_from_a_table_into_a_gis(zurich, tiny_scenario, tmp_path, monkeypatch):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = readme.partition("on a globe, five lines:\n\n")[2].partition("\n\n")[0]
    code = "\n".join(line.strip() for line in lines.splitlines())
    assert len(code.splitlines()) == 5
    for old, new in {"planner": "straight", "slot=30, cells=400": "slot=3, cells=9"}.items():
        code = code.replace(old, new)
    monkeypatch.chdir(tmp_path)
    frame = zurich.world.city.buildings().rename(columns={"height_m": "tall_m"})
    names = {"itnt": itnt, "frame": frame, "scenario": tiny_scenario}
    exec(code, names)
    places = names["places"]
    assert isinstance(places, geopandas.GeoDataFrame) and places.crs.to_epsg() == 2056
    assert set(places.layer) == usual_layers(tiny_scenario)
    links = geopandas.read_file(tmp_path / "answer.gpkg", layer="links")
    assert len(links) == (places.layer == "links").sum() and str(links.time.dt.tz) == "UTC"
    assert (tmp_path / "sinr.tif").stat().st_size > 1000
