"""What is allowed but hardly meant: London elsewhere, base stations in buildings or water, an empty sky."""

from dataclasses import replace
from datetime import timedelta

import geopandas
import numpy as np
import pytest
import shapely

from itnt_core.city import (
    City,
    ImportOptions,
    build_city,
    city_of_frame,
    library_folder,
    on_city,
    pack_polygons,
    store_city,
)
from itnt_core.cli import main
from itnt_core.network import find_doubts
from itnt_core.passes import city_for_mask
from itnt_core.presets import PRESETS, preset
from itnt_core.scenario import ScenarioError, WalkerShell, format_scenario, read_scenario
from itnt_core.sky import look_angles

BUILDINGS = [shapely.box(-60.0, -60.0, -20.0, -20.0), shapely.box(20.0, 20.0, 60.0, 60.0)]
ROOFS_M = [12.0, 30.0]
WATER = shapely.box(100.0, -200.0, 160.0, 200.0)


@pytest.fixture(scope="module")
def town():
    corners, starts = pack_polygons(BUILDINGS)
    none = ()
    return City("Delft", 4.36, 52.01, 600.0, corners, starts, ROOFS_M, none, (WATER,), none, none, none, none, "")


def doubts(scenario, city):
    return [doubt.sentence for doubt in find_doubts(scenario, city, look_angles(scenario))]


def with_stations(scenario, *places):
    station = scenario.ground_stations[0]
    made = [
        station.model_copy(update={"id": f"gbs-{number}", "east_m": east, "north_m": north, "height_m": height})
        for number, (east, north, height) in enumerate(places, start=1)
    ]
    return scenario.model_copy(update={"ground_stations": tuple(made)})


def test_a_base_station_inside_a_building_or_in_the_water_is_doubted(tiny_scenario, town):
    random = np.random.default_rng(4)
    places = [*random.uniform(-250.0, 250.0, (60, 2)).round(1).tolist(), [30.0, 30.0], [120.0, 0.0], [-40.0, -40.0]]
    scenario = with_stations(tiny_scenario, *((east, north, 20.0) for east, north in places))
    found = find_doubts(scenario, town, look_angles(scenario))
    points = [shapely.Point(place) for place in places]
    inside = {f"gbs-{n}" for n, point in enumerate(points, 1) if BUILDINGS[1].contains(point)}  # 30 m, the other 12
    wet = {f"gbs-{n}" for n, point in enumerate(points, 1) if WATER.contains(point)}
    assert {doubt.object_id for doubt in found} == inside | wet and inside and wet
    sentences = {doubt.object_id: doubt.sentence for doubt in found}
    assert all("20 m high inside a building of 30 m" in sentences[one] for one in inside)
    assert all("is in the water" in sentences[one] for one in wet)


def test_a_base_station_on_a_roof_is_none_and_on_one_over_water_neither(tiny_scenario, town):
    assert doubts(with_stations(tiny_scenario, (40.0, 40.0, 30.0), (-40.0, -40.0, 15.0)), town) == []
    pier = replace(town, water=(shapely.box(-80.0, -80.0, 0.0, 0.0),))
    assert doubts(with_stations(tiny_scenario, (-40.0, -40.0, 15.0)), pier) == []


def test_london_elsewhere_is_doubted_and_london_is_not(tiny_scenario, city_cache):
    paris = tiny_scenario.model_copy(update={"area": tiny_scenario.area.model_copy(update={"lon": 2.35, "lat": 48.86})})
    paris = paris.model_copy(update={"city": paris.city.model_copy(update={"kind": "london"})})
    area = paris.area
    empty = build_city("london", area.lon, area.lat, area.size_m, 1, city_cache)
    assert [sentence[:57] for sentence in doubts(paris, empty)] == [
        "The city 'london' is without buildings around 48.86, 2.35"
    ]


def test_an_imported_city_called_london_hides_satellites_where_the_generated_one_is_not(tmp_path):
    cache = tmp_path / "cache"
    with pytest.raises(ScenarioError, match=r"without buildings around 42\.98, -81\.25"):
        city_for_mask("london", -81.25, 42.98, cache)
    houses = geopandas.GeoDataFrame(
        {"height": ROOFS_M}, geometry=BUILDINGS, crs="+proj=aeqd +lon_0=-81.25 +lat_0=42.98"
    )
    store_city(*city_of_frame(houses, ImportOptions(name="london")), library_folder(cache))
    found = city_for_mask("london", -81.25, 42.98, cache)
    assert found.name == "london" and found.building_count == 2


def test_an_empty_sky_is_doubted_with_what_to_do(tiny_scenario, town):
    scenario = with_stations(tiny_scenario, (0.0, 0.0, 20.0))
    (none,) = doubts(scenario.without_satellites(), town)
    assert none.startswith("The sky is without a satellite, but everyone is served from the ground")
    shell = WalkerShell(id="low", planes=2, satellites_per_plane=2, inclination_deg=5.0, altitude_km=500.0)
    (empty,) = doubts(scenario.without_satellites().model_copy(update={"walker_shells": (shell,)}), town)
    assert "empty, as no satellite of 'low' serves in the" in empty and "move the start" in empty
    later = scenario.passes[0].model_copy(update={"id": "set"})
    moved = scenario.model_copy(update={"passes": (later,)})
    assert doubts(moved, town) == []
    beyond = timedelta(hours=3).total_seconds()
    gone = later.model_copy(update={"culmination_s": later.culmination_s - beyond})
    assert "no satellite of 'set'" in doubts(moved.model_copy(update={"passes": (gone,)}), town)[0]


@pytest.mark.parametrize("name", [name for name in PRESETS if "london" not in name])
def test_presets_are_beyond_doubt(name, city_cache):
    scenario = preset(name, cache_dir=city_cache)
    area, city = scenario.area, scenario.city
    made = build_city(city.kind, area.lon, area.lat, area.size_m, city.seed, city_cache)
    assert doubts(scenario, made) == []


def test_a_scenario_on_an_imported_city_carries_its_name(tiny_scenario, town):
    assert on_city(tiny_scenario, town).name == "Delft"
    assert on_city(tiny_scenario, town, "open").name == tiny_scenario.name
    assert on_city(on_city(tiny_scenario, town), replace(town, name="Open ground"), "open").name == "Open ground"
    assert len(on_city(tiny_scenario, replace(town, name="x" * 120)).name) == 80


def test_the_check_of_a_file_prints_warnings_and_passes(tiny_scenario, tmp_path, capsys):
    path = tmp_path / "tiny.yaml"
    assert main(["scenario", "new", "--preset", "tiny", "-o", str(path)]) == 0
    capsys.readouterr()
    assert main(["scenario", "check", str(path)]) == 0
    assert "Warning" not in capsys.readouterr().err
    path.write_text(format_scenario(read_scenario(path).without_satellites()))
    assert main(["scenario", "check", str(path)]) == 0
    read = capsys.readouterr()
    assert read.out.startswith("No problem.") and "Warning: The sky is without a satellite" in read.err
