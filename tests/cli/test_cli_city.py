"""The command ``city``: import, list, export, a scenario on an imported city from file to verified run."""

import json
from contextlib import redirect_stdout
from io import StringIO

import pytest

from itnt_core import read_answer
from itnt_core.city import read_city_folder
from itnt_core.cli import main
from itnt_core.scenario import read_scenario
from tests.city.made_files import box, features, frame, square, write
from tests.sky.element_texts import tle_text


@pytest.fixture(scope="module")
def houses(tmp_path_factory):
    """Return a GeoPackage of 100 houses without one height."""
    folder = tmp_path_factory.mktemp("town")
    shapes = [square(34 * i, 34 * j, 18) for i in range(10) for j in range(10)]
    return write(frame(shapes, dach=[*range(5, 104), None]), folder / "houses.gpkg")


@pytest.fixture(scope="module")
def imported(houses, tmp_path_factory):
    """Return the folder of the imported city and the last line that the command printed."""
    folder = tmp_path_factory.mktemp("city") / "stored"
    with redirect_stdout(StringIO()) as told:
        assert main(["city", "import", str(houses), "--height-column", "dach", "-o", str(folder)]) == 0
    return folder, json.loads(told.getvalue().strip().splitlines()[-1])


def last_json(capsys):
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


def test_the_last_line_of_an_import_counts_everything(imported):
    folder, told = imported
    wanted = {"buildings": 100, "repaired": 0, "height_estimated": 1, "left_out": 0, "crs": "EPSG:27700"}
    assert {name: told[name] for name in wanted} == wanted
    assert read_city_folder(folder).content_hash == told["content_hash"]


def test_a_scenario_on_it_under_imported_satellites_is_computed_verified_and_replayed(imported, tmp_path, capsys):
    folder, told = imported
    path, elements = tmp_path / "tiny.yaml", tmp_path / "made.tle"
    elements.write_text(tle_text())
    assert main(["scenario", "new", "--preset", "tiny", "--city", str(folder), "-o", str(path)]) == 0
    area = read_scenario(path).area
    overhead = ["--lat", str(area.lat), "--lon", str(area.lon), "--start", "2026-06-21T06:00:00Z", "--hours", "12"]
    capsys.readouterr()
    assert main(["passes", *overhead, "--elements", str(elements), "--min-elevation", "20", "--json"]) == 0
    highest = json.loads(capsys.readouterr().out)[0]["culmination"]
    put = ["satellites", str(path), "--elements", str(elements), "--min-elevation", "20", "--start", highest]
    assert main([*put, "-o", str(path)]) == 0
    assert told["content_hash"] in path.read_text() and main(["scenario", "check", str(path)]) == 0
    for method, settings in (("straight", []), ("planner", ["--set", "time_limit_s=2"])):
        out = tmp_path / method
        assert main(["run", str(path), "--method", method, *settings, "-o", str(out)]) == 0
        assert last_json(capsys)["violations"] == 0
        assert main(["evaluate", str(out)]) == 0 and last_json(capsys)["passed"]
        answer = read_answer(out)
        assert any(str(station).startswith("sky-1") for station in answer.dataset["station"].values)
        answer.write_replay(tmp_path / "replay.html")
        assert (tmp_path / "replay.html").stat().st_size > 1e6


def test_cities_are_listed_and_exported_in_four_forms(imported, tmp_path, capsys):
    _, told = imported
    assert main(["city", "list"]) == 0
    assert "100 buildings from houses.gpkg" in capsys.readouterr().out
    for name in ("a.geojson", "a.gpkg", "a.json", "a.zip"):
        assert main(["city", "export", told["content_hash"][:10], "-o", str(tmp_path / name)]) == 0
        assert last_json(capsys)["prisms"] == 100
        assert main(["city", "import", str(tmp_path / name), "-o", str(tmp_path / "again")]) == 0
        again = last_json(capsys)
        assert again["buildings"] == 100
    assert again["content_hash"] == told["content_hash"]  # of the city file


def test_what_cannot_be_is_told_in_one_sentence_and_leaves_nothing(tmp_path, capsys):
    path = tmp_path / "metres.geojson"
    path.write_text(features(([[x * 1e6, y * 1e4] for x, y in box()], {})))
    for command, words in (
        (["city", "import", str(path), "-o", str(tmp_path / "out")], "--crs"),
        (["city", "export", "nowhere", "-o", str(tmp_path / "a.json")], "neither a folder"),
        (["city", "export", "open", "-o", str(tmp_path / "a.shp")], "must end in"),
        (["scenario", "new", "--preset", "tiny", "--city", "nowhere", "-o", str(tmp_path / "a.yaml")], "neither"),
    ):
        assert main(command) == 1
        error = capsys.readouterr().err.strip()
        assert words in error and "Traceback" not in error
    assert list(tmp_path.iterdir()) == [path]
