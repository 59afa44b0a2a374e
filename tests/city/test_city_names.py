"""Names of cities: one that a person gives is refused for what nobody sees, those of a file are cleaned."""

import json

import numpy as np
import pytest
import shapely

from itnt_core.city.files.importing import import_city
from itnt_core.city.files.survey import ImportOptions
from itnt_core.city.library import list_cities
from itnt_core.city.model import City, CityError
from tests.hostile.scenario_texts import NAMES


def map_file(folder, name):
    ring = [[0.0, 0.0], [0.001, 0.0], [0.001, 0.001], [0.0, 0.001], [0.0, 0.0]]
    house = {
        "type": "Feature",
        "properties": {"name": name, "building": "yes", "height": 9.0},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path = folder / f"{name[:1].strip() or 'map'}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [house]}))
    return path


@pytest.mark.parametrize("name", list(NAMES.values())[::4])
def test_a_name_given_to_a_city_is_refused_by_its_character(tmp_path, name):
    path = map_file(tmp_path, "House")
    with pytest.raises(CityError, match=r"name of the city .* U\+[0-9A-F]+ may not stand in it: remove it") as caught:
        import_city(path, ImportOptions(name=name))
    assert str(caught.value).isprintable()


def test_names_in_a_file_are_cleaned_and_the_city_is_read():
    hidden = "Ho\x1b[31m\u202euse"
    line = shapely.LineString([(0, 0), (5, 5)])
    city = City(
        f" {hidden}",
        0.0,
        51.0,
        100.0,
        np.zeros((0, 2)),
        np.zeros(1, dtype=np.int64),
        np.zeros(0),
        (),
        (),
        (),
        ((hidden, line, 3.0),),
        ((hidden, line, 3.0),),
        ((hidden, 1.0, 2.0),),
        f"from '{hidden}'",
    )
    clean = "Ho [31m use"
    assert (city.name, city.roads[0][0], city.bridges[0][0], city.places[0][0]) == (clean,) * 4
    assert city.notice == f"from '{clean}'"


def test_a_stored_city_with_such_a_name_is_listed_by_a_clean_one(tmp_path):
    folder = tmp_path / ("a" * 64)
    folder.mkdir()
    (folder / "city.json").write_text(json.dumps({"name": "a\u202eb", "lon": 0.0, "lat": 51.0, "size_m": 100.0}))
    assert [card.name for card in list_cities(tmp_path)] == ["a b"]
