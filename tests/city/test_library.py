"""Stored cities: once by content, found again, seen from a scenario, moved, deleted, damaged."""

import io
import json
import zipfile
from dataclasses import asdict, replace

import numpy as np
import pytest

from itnt_core.city import CityError, build_city, city_of_scenario, find_city, list_cities
from itnt_core.city.files.importing import import_city
from itnt_core.city.files.survey import Reading
from itnt_core.city.library import (
    city_file,
    delete_city,
    library_folder,
    read_city_folder,
    seen_from,
    store_city,
    stored_report,
    write_city_folder,
)
from itnt_core.city.moving import on_city
from itnt_core.data_folder import cache_folder
from itnt_core.methods.straight import StraightMethod, StraightSettings
from itnt_core.network import build_world
from itnt_core.presets import preset
from itnt_core.scenario import City, ScenarioError, check_scenario, format_scenario, parse_scenario, scenario_of_data
from itnt_core.words.city_reports import reading_rows, report_rows
from tests.city.made_files import frame, square, write


@pytest.fixture(scope="module")
def grid_of_houses(tmp_path_factory):
    """Return a city of 15 x 15 houses on half a kilometre, and the report of its import."""
    folder = tmp_path_factory.mktemp("houses")
    shapes = [square(34 * i, 34 * j, 18 + (i * j) % 5) for i in range(15) for j in range(15)]
    heights = [6.0 + (7 * i) % 40 for i in range(225)]
    return import_city(write(frame(shapes, height=heights), folder / "houses.gpkg"))


@pytest.fixture
def stored(grid_of_houses, tmp_path):
    """Return a cache folder with the city stored beside it, and its hash."""
    cache = tmp_path / "cache"
    return cache, store_city(*grid_of_houses, library_folder(cache))


def test_a_city_is_stored_once_and_read_back_with_its_report(grid_of_houses, stored):
    cache, digest = stored
    city, report = grid_of_houses
    assert store_city(city, report, library_folder(cache)) == digest == city.content_hash()
    (card,) = list_cities(library_folder(cache))
    assert (card.content_hash, card.name, card.report) == (digest, "houses", report)
    assert read_city_folder(library_folder(cache) / digest).city.content_hash() == digest
    assert sorted(path.name for path in library_folder(cache).iterdir()) == [digest]


def test_a_city_is_found_by_folder_by_the_start_of_its_hash_and_by_name(stored, grid_of_houses):
    cache, digest = stored
    library = library_folder(cache)
    for name in (str(library / digest), digest[:8], digest, "houses"):
        assert find_city(name, library).content_hash() == digest
    with pytest.raises(CityError, match="neither a folder"):
        find_city("nowhere", library)
    with pytest.raises(CityError, match="no stored city"):
        find_city(str(cache.parent), library)


def test_a_city_file_gives_the_same_city_elsewhere(grid_of_houses, tmp_path):
    city, report = grid_of_houses
    (tmp_path / "a.zip").write_bytes(city_file(city, report))
    back, told = import_city(tmp_path / "a.zip")
    assert back.content_hash() == city.content_hash() and told == report and back.name == city.name


def test_a_damaged_or_foreign_city_is_told_and_listed_by_nobody(stored, grid_of_houses, tmp_path):
    cache, digest = stored
    folder = library_folder(cache) / digest
    write_city_folder(tmp_path / "other", *grid_of_houses)
    meta = json.loads((folder / "city.json").read_text())
    (folder / "city.json").write_text(json.dumps({**meta, "size_m": 900.0}))
    with pytest.raises(CityError, match="damaged"):
        read_city_folder(folder)
    with pytest.raises(ScenarioError, match="damaged"):
        build_city("imported", 0.0, 51.0, 500.0, 1, cache, digest)
    whole = store_city(*grid_of_houses, tmp_path / "another")
    (tmp_path / "another" / whole).rename(library_folder(cache) / ("0" * 64))
    odd = (
        json.dumps({**meta, **change}).encode() for change in ({"size_m": 1e300}, {"lon": float("nan")}, {"name": 1})
    )
    for content in (b"[]", b"\xff", b"[" * 200_000, *odd):
        (folder / "city.json").write_bytes(content)
        assert [card.content_hash for card in list_cities(library_folder(cache))] == ["0" * 64]
    (tmp_path / "other" / "report.json").write_text('{"source": 3}')
    assert read_city_folder(tmp_path / "other").report is None


def test_the_report_in_a_city_file_of_others_is_short_lines_that_can_be_seen(grid_of_houses, tmp_path):
    city, report = grid_of_houses
    bad = "\x1b[31m\u202ea\0b\n"
    sent = replace(
        report, attribution=bad, number_columns=(bad, "height"), notes=(bad * 100,) * 310, reasons={bad: 1, "": 2}
    )
    sent = replace(sent, readings=(Reading(bad, bad, bad),) * 310, warnings=(bad,))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, content in zip_members(city_file(city, report)):
            archive.writestr(name, json.dumps(asdict(sent)) if name == "report.json" else content)
    told = import_city(tmp_path / "a.zip")[1]
    assert (told.attribution, told.number_columns, told.reasons) == ("[31m a b", ("height",), {"[31m a b": 1})
    assert told.readings == (Reading("[31m a b", "[31m a b", "[31m a b"),) * 300 and told.warnings == ("[31m a b",)
    assert len(told.notes) == 300 and max(map(len, told.notes)) <= 500
    assert all(row["Value"].isprintable() and row["What"] for row in report_rows(told))
    write_city_folder(tmp_path / "stored", city, sent)
    assert read_city_folder(tmp_path / "stored").report == told
    (tmp_path / "stored" / "report.json").write_text(json.dumps({**asdict(report), "layer": "x" * 2_000_000}))
    assert read_city_folder(tmp_path / "stored").report is None


def zip_members(packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def test_a_report_of_before_opens_without_readings_and_warnings(grid_of_houses, tmp_path):
    city, report = grid_of_houses
    write_city_folder(tmp_path / "old", city, report)
    old = {name: value for name, value in asdict(report).items() if name not in ("readings", "warnings")}
    (tmp_path / "old" / "report.json").write_text(json.dumps(old))
    opened = read_city_folder(tmp_path / "old").report
    assert opened == replace(report, readings=(), warnings=()) and reading_rows(opened) == []


def test_what_a_file_calls_things_is_shown_as_text(tmp_path):
    bad = "\x1b[31m\u202ebuilding"
    table = frame([square(), square(60, 10)], height=[10.0, 20.0], licence=[bad, bad])
    table.to_file(tmp_path / "a.gpkg", layer=bad, driver="GPKG")
    write_city_folder(tmp_path / "stored", *import_city(tmp_path / "a.gpkg"))
    report = read_city_folder(tmp_path / "stored").report
    assert (report.layer, report.attribution) == ("[31m building", "[31m building")


def test_a_deleted_city_is_gone_and_its_scenarios_say_what_to_do(stored, grid_of_houses, tiny_scenario):
    cache, digest = stored
    scenario = on_city(tiny_scenario, grid_of_houses[0])
    assert city_of_scenario(scenario, cache).content_hash() == digest
    delete_city(digest, library_folder(cache))
    with pytest.raises(ScenarioError, match=f"not stored here .'{digest[:12]}….*import its file again"):
        build_world(scenario, cache_dir=cache)
    with pytest.raises(CityError, match="not stored here"):
        delete_city(digest, library_folder(cache))
    with pytest.raises(CityError, match="not stored here"):
        stored_report("../../etc", library_folder(cache))


def test_a_city_is_seen_from_another_anchor_and_cut_to_another_square(grid_of_houses):
    city, _ = grid_of_houses
    assert seen_from(city, city.lon, city.lat, city.size_m) is city
    part = seen_from(city, city.lon + 0.0005, city.lat, 200.0)
    assert 0 < part.building_count < city.building_count and np.abs(part.vertices_m).max() <= 100.0
    shift = city.vertices_m[:, 0].max() - 0.0005 * 69_300.0
    wide = seen_from(city, city.lon + 0.0005, city.lat, 2_000.0)
    assert wide.building_count == city.building_count and wide.vertices_m[:, 0].max() == pytest.approx(shift, abs=0.2)
    with pytest.raises(ScenarioError, match="the city 'houses' lies within"):
        seen_from(city, city.lon + 1.0, city.lat, 200.0)


def test_a_scenario_moves_onto_a_city_and_runs(stored, grid_of_houses, tiny_scenario):
    cache, digest = stored
    city, _ = grid_of_houses
    moved = on_city(tiny_scenario, city)
    assert check_scenario(moved) == [] and scenario_of_data(moved.model_dump(mode="json")) == moved
    assert (moved.area.lon, moved.area.size_m, moved.city.content_hash) == (city.lon, city.size_m, digest)
    users = np.array([(user.east_m, user.north_m) for user in moved.ground_users])
    assert city.is_free_ground(users).all()
    for station in moved.ground_stations:
        assert station.height_m >= city.roof_m([[station.east_m, station.north_m]])[0]
    world = build_world(moved, cache_dir=cache)
    assert world.city.content_hash() == digest
    assert StraightMethod().solve(world, StraightSettings(), 1, lambda event: None) is not None


def test_a_large_scenario_moves_onto_a_small_city(grid_of_houses, city_cache):
    wide = preset("london-2km", cache_dir=city_cache)
    moved = on_city(wide, grid_of_houses[0])
    assert [problem.sentence for problem in check_scenario(moved) if "area" in problem.allowed] == []


def test_scenario_files_name_the_city_and_older_ones_stay_as_they_were(grid_of_houses, tiny_scenario):
    moved = on_city(tiny_scenario, grid_of_houses[0])
    for form in ("yaml", "json"):
        assert parse_scenario(format_scenario(moved, form)) == moved
        assert "content_hash" not in format_scenario(tiny_scenario, form)
    assert tiny_scenario.model_dump(mode="json")["city"] == {"kind": "london", "seed": 1}
    for city in ({"kind": "imported"}, {"kind": "imported", "content_hash": "../../etc/passwd"}):
        with pytest.raises(ScenarioError, match="content_hash"):
            scenario_of_data({**tiny_scenario.model_dump(mode="json"), "city": city})
    assert City(kind="open").content_hash is None


def test_this_programs_own_cities_lie_beside_its_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path / "data"))
    assert cache_folder() == cache_folder(tmp_path / "data") == tmp_path / "data" / "cache"
    assert library_folder() == library_folder(cache_folder()) == tmp_path / "data" / "cities"
