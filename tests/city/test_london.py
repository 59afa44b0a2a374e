"""The generated London against the facts, against real measured buildings, and against itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

from itnt_core.city import CityError, build_city, generate_london
from itnt_core.city.london.facts import FACT_FILES, FACTS_DIR, london_facts
from itnt_core.scenario.frame import lonlat_to_local
from tests.city.judge import ANCHOR_LAT, ANCHOR_LON, footprints

ROOT = Path(__file__).resolve().parents[2]
IN_WATER = {"Tower Bridge (towers)", "London Eye"}


def landmark_index(city, name):
    return {label: index for index, label in city.landmark_names}[name]


def local(lon, lat):
    return np.array(lonlat_to_local(lon, lat, ANCHOR_LON, ANCHOR_LAT))


def test_the_same_seed_gives_the_same_bytes_in_another_process():
    code = "from itnt_core.city import generate_london as g; print(g(-0.09, 51.512, 700.0, 5).content_hash())"
    environment = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": str(ROOT)}
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert other.stdout.strip() == generate_london(-0.09, 51.512, 700.0, 5).content_hash()


def test_another_seed_gives_another_city_with_the_same_landmarks():
    one, other = (generate_london(-0.09, 51.512, 700.0, seed) for seed in (5, 6))
    assert one.content_hash() != other.content_hash()
    assert [name for _, name in one.landmark_names] == [name for _, name in other.landmark_names]


def test_a_smaller_square_shows_the_same_buildings(london):
    small = generate_london(ANCHOR_LON, ANCHOR_LAT, 1_000.0, 1)
    points = np.random.default_rng(2).uniform(-450.0, 450.0, (20_000, 2))
    assert (small.roof_m(points) == london.roof_m(points)).mean() > 0.99


def test_the_default_square_holds_five_to_ten_thousand_buildings(london):
    assert 5_000 <= london.building_count <= 10_000


@pytest.mark.parametrize("size_m", [50.0, 600.0, 2_000.0])
def test_any_size_works(size_m):
    city = generate_london(ANCHOR_LON, ANCHOR_LAT, size_m, 1)
    assert city.size_m == size_m
    assert np.abs(city.vertices_m).max(initial=0.0) <= size_m / 2.0


def test_beyond_the_facts_the_nearest_neighbourhood_continues():
    city = generate_london(0.30, 51.45, 800.0, 1)
    assert city.building_count > 40
    assert city.landmark_names == ()


def test_footprints_are_simple_clockwise_and_inside_the_square(london):
    shapes = footprints(london)
    assert shapely.is_valid(shapes).all()
    assert not shapely.is_ccw(shapely.get_exterior_ring(shapes)).any()
    assert np.abs(london.vertices_m).max() <= 2_000.0


def test_no_building_stands_in_water_except_the_two_that_do(london):
    shapes, water = footprints(london), shapely.union_all(list(london.water))
    allowed = shapely.union_all(
        [shapes[landmark_index(london, name)].buffer(80.0) for name in IN_WATER & named(london)]
    )
    wet = shapely.area(shapely.intersection(shapes, water.difference(allowed)))
    assert wet.max() < 0.1


def named(city):
    return {name for _, name in city.landmark_names}


def test_parks_and_main_roads_are_free_of_ordinary_buildings(london):
    facts = london_facts(ANCHOR_LON, ANCHOR_LAT)
    marks = [shapely.Point(mark.east_m, mark.north_m).buffer(130.0) for mark in facts.landmarks]
    lines = [line.buffer(width / 2.0) for _, line, width in london.roads + london.bridges]
    kept_free = shapely.union_all([*london.parks, *lines]).difference(shapely.union_all(marks))
    assert shapely.area(shapely.intersection(footprints(london), kept_free)).max() < 0.1


def test_ordinary_buildings_do_not_overlap(london):
    first_mark = min(index for index, _ in london.landmark_names) - 12
    shapes = footprints(london)[:first_mark]
    one, other = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    assert shapely.area(shapely.intersection(shapes[one], shapes[other])).max(initial=0.0) < 1.0


@pytest.mark.parametrize(
    ("name", "lon", "lat", "height_m"),
    [
        ("The Shard", -0.0866, 51.5045, 309.6),
        ("St Paul's Cathedral", -0.0984, 51.5138, 111.3),
        ("Tower 42", -0.0840, 51.5153, 183.0),
        ("22 Bishopsgate", -0.0829, 51.5145, 278.0),
        ("30 St Mary Axe (Gherkin)", -0.0803, 51.5145, 180.0),
    ],
)
def test_landmarks_stand_where_they_stand(london, name, lon, lat, height_m):
    assert london.roof_heights_m[landmark_index(london, name)] == pytest.approx(height_m, abs=0.05)
    assert london.roof_m([local(lon, lat)])[0] == pytest.approx(height_m, abs=0.05)


def test_tower_bridge_has_two_towers_in_the_river(london):
    index = landmark_index(london, "Tower Bridge (towers)")
    water = shapely.union_all(list(london.water))
    shapes, centre = footprints(london), shapely.Point(local(-0.0754, 51.5055))
    near = [i for i in range(london.building_count) if shapes[i].distance(centre) < 40.0]
    tallest = [shapes[i].centroid for i in near if london.roof_heights_m[i] == 65.0]
    assert london.roof_heights_m[index] == 65.0
    assert len(tallest) == 2 and all(water.contains(point) for point in tallest)
    assert tallest[0].distance(tallest[1]) == pytest.approx(61.0, abs=0.5)


def test_the_shard_stands_alone_south_of_the_river(london):
    shard = local(-0.0866, 51.5045)
    centres = np.array([shape.centroid.coords[0] for shape in footprints(london)])
    south = np.hypot(*(centres - shard).T) < 500.0
    towers = london.roof_heights_m[south & (np.hypot(*(centres - shard).T) > 40.0)]
    assert towers.max() < 155.0  # Guy's Hospital is the next one


def test_landmarks_do_not_run_into_other_buildings(london):
    facts = london_facts(ANCHOR_LON, ANCHOR_LAT)
    shapes, first = footprints(london), min(index for index, _ in london.landmark_names) - 12
    tree = shapely.STRtree(shapes[:first])
    towers = [shapely.Point(m.east_m, m.north_m).buffer(4.0) for m in facts.landmarks]
    assert tree.query(towers, predicate="intersects").size == 0


def test_the_city_is_much_taller_than_the_east(london):
    points = np.random.default_rng(0).uniform(-200.0, 200.0, (4_000, 2))
    city = london.roof_m(points + local(-0.085, 51.514))
    bermondsey = london.roof_m(points + local(-0.066, 51.494))
    assert city[city > 0.0].mean() > 2.5 * bermondsey[bermondsey > 0.0].mean()


def test_the_river_bends_through_the_square(london):
    river = max(london.water, key=lambda polygon: polygon.area)
    assert 0.6e6 < river.area < 1.6e6
    middle = [shapely.intersection(river, shapely.box(x, -2_000, x + 20, 2_000)).centroid.y for x in (-1_900, 0, 1_900)]
    assert middle[2] < middle[0] - 150.0 and middle[1] > 0.5 * (middle[0] + middle[2])


def test_roads_bridges_places_and_notice_come_along(london):
    assert {"London Bridge", "Tower Bridge", "Millennium Bridge"} <= {name for name, _, _ in london.bridges}
    assert any("Bishopsgate" in name and width == 18.0 for name, _, width in london.roads)
    assert {"Bank", "Moorgate"} <= {name for name, _, _ in london.places}
    assert "Contains OS data (c) Crown copyright and database right" in london.notice
    assert all((FACTS_DIR / name).is_file() for name in (*FACT_FILES, "NOTICE.md"))


@pytest.mark.parametrize(
    "hood", ["Barbican / Moorgate", "St Paul's / Cheapside / Fleet Street", "Shoreditch / Old Street"]
)
def test_density_and_height_follow_the_neighbourhood(london, hood):
    facts = next(h for h in london_facts(ANCHOR_LON, ANCHOR_LAT).neighbourhoods if h.name == hood)
    around = np.random.default_rng(1).uniform(-300.0, 300.0, (8_000, 2))
    roofs = london.roof_m(around + np.array([facts.east_m, facts.north_m]))
    assert (roofs > 0.0).mean() == pytest.approx(facts.plan_share, abs=0.12)
    assert roofs[roofs > 0.0].mean() == pytest.approx(facts.mean_height_m, rel=0.3)


@pytest.mark.parametrize(
    ("lon", "lat", "measured"),
    [
        (-0.0943, 51.51835, (0.139, 0.409, 0.645)),  # Barbican
        (-0.1226, 51.51215, (0.112, 0.322, 0.572)),  # Covent Garden
    ],
)
def test_the_sky_seen_from_the_street_is_as_in_the_lidar_buildings(lon, lat, measured):
    """Compare shares of clear rays at 20, 40 and 60 degrees with those measured among the real LiDAR buildings."""
    rng, shares = np.random.default_rng(3), []
    for seed in (1, 2, 3):
        city = generate_london(lon, lat, 1_200.0, seed)
        ground = rng.uniform(-230.0, 230.0, (8_000, 2))
        start = np.pad(ground[city.is_free_ground(ground)], ((0, 0), (0, 1)), constant_values=1.5)
        azimuth = rng.uniform(0.0, 2.0 * np.pi, len(start))
        shares.append([clear_share(city, start, azimuth, elevation) for elevation in (20.0, 40.0, 60.0)])
    assert np.mean(shares, axis=0) == pytest.approx(measured, abs=0.08)


def clear_share(city, start, azimuth, elevation_deg):
    elevation = np.radians(elevation_deg)
    level = np.column_stack([np.cos(azimuth), np.sin(azimuth)]) * np.cos(elevation)
    away = np.column_stack([level, np.full(len(start), np.sin(elevation))])
    return city.line_of_sight(start, start + 500e3 * away).mean()


def test_open_ground_is_empty_and_sees_everything():
    city = build_city("open", 10.0, -20.0, 500.0, 3)
    assert city.building_count == 0 and city.water == ()
    assert city.roof_m([[0.0, 0.0]]).tolist() == [0.0]
    assert city.is_free_ground([[0.0, 0.0], [251.0, 0.0]]).tolist() == [True, False]
    assert city.line_of_sight([[0.0, 0.0, 0.0]], [[400.0, 0.0, 0.0]]).tolist() == [True]


@pytest.mark.parametrize(
    "question",
    [
        ("atlantis", 0.0, 0.0, 100.0),
        ("london", 0.0, 95.0, 100.0),
        ("open", 0.0, 0.0, -1.0),
        ("london", float("nan"), 51.5, 100.0),
        ("london", 0.0, 51.5, 1e9),
    ],
)
def test_a_question_without_an_answer_is_refused_in_one_sentence(question):
    with pytest.raises(CityError) as refusal:
        build_city(*question, seed=1)
    assert str(refusal.value).endswith(".") and "\n" not in str(refusal.value)


def test_the_cache_gives_back_the_same_city(tmp_path):
    made = build_city("london", -0.088, 51.506, 800.0, 1, tmp_path)
    kept = build_city("london", -0.088, 51.506, 800.0, 1, tmp_path)
    assert kept.content_hash() == made.content_hash()
    assert (kept.landmark_names, kept.places, kept.notice) == (made.landmark_names, made.places, made.notice)
    assert [name for name, _, _ in kept.roads] == [name for name, _, _ in made.roads]
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".npz"]


@pytest.mark.parametrize("damage", ["cut", "empty", "swapped", "other json"])
def test_a_damaged_cache_is_made_again(tmp_path, damage):
    made = build_city("london", -0.088, 51.506, 500.0, 1, tmp_path)
    arrays, names = sorted(tmp_path.glob("*.npz"))[0], sorted(tmp_path.glob("*.json"))[0]
    if damage == "cut":
        arrays.write_bytes(arrays.read_bytes()[:-900])
    elif damage == "empty":
        names.write_text("")
    elif damage == "other json":
        names.write_text(json.dumps(["not", "a", "city"]))
    else:
        build_city("london", -0.088, 51.506, 500.0, 2, tmp_path)
        other = next(path for path in tmp_path.glob("*.npz") if path != arrays)
        other.replace(arrays)
    again = build_city("london", -0.088, 51.506, 500.0, 1, tmp_path)
    assert again.content_hash() == made.content_hash()
    assert not list(tmp_path.glob("*.tmp"))


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(tmp_path):
    (tmp_path / "file").write_text("in the way")
    kept, unkept = (build_city("london", -0.09, 51.51, 600.0, 1, tmp_path / place) for place in ("cache", "file/cache"))
    assert kept.content_hash() == unkept.content_hash()
