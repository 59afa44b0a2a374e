"""The command ``export``: a result folder, a run or a scenario, as a file that others read."""

import json

import geopandas
import pytest
import rasterio

from itnt_core.cli import main
from itnt_core.methods import optimise, quiet
from itnt_core.results import write_result
from itnt_core.scenario import scenario_file_text


@pytest.fixture(scope="module")
def folder(tmp_path_factory, tiny_scenario, city_cache):
    target = tmp_path_factory.mktemp("tiny") / "out"
    write_result(target, optimise(tiny_scenario, "straight", 1, {}, quiet, city_cache))
    return target


def test_a_result_becomes_a_geopackage_in_the_system_that_is_asked_for(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", str(folder), "--as", "gpkg", "--crs", "EPSG:27700"]) == 0
    assert capsys.readouterr().out.startswith("out.gpkg: GeoPackage, ")
    users = geopandas.read_file(tmp_path / "out.gpkg", layer="users")
    assert users.crs.to_epsg() == 27700 and len(users) == 5


def test_layers_and_the_surface_are_chosen(folder, tmp_path):
    layers = ["--layer", "flights", "--layer", "links", "-o", str(tmp_path / "some.geojson")]
    assert main(["export", str(folder), "--as", "geojson", *layers]) == 0
    features = json.loads((tmp_path / "some.geojson").read_text())["features"]
    assert {one["properties"]["layer"] for one in features} == {"flights", "links"}
    surface = ["--cells", "12", "--slot", "3", "--height", "120", "-o", str(tmp_path / "sinr.tif")]
    assert main(["export", str(folder), "--as", "geotiff", *surface]) == 0
    with rasterio.open(tmp_path / "sinr.tif") as file:
        assert file.shape == (12, 12) and file.tags()["SLOT"] == "3" and file.tags()["HEIGHT_ABOVE_GROUND_M"] == "120"


def test_a_scenario_file_leaves_without_an_answer(tiny_scenario, tmp_path):
    file = tmp_path / "tiny.yaml"
    file.write_text(scenario_file_text(tiny_scenario, file))
    assert main(["export", str(file), "--as", "geoparquet", "-o", str(tmp_path / "tiny.parquet")]) == 0
    assert set(geopandas.read_parquet(tmp_path / "tiny.parquet").layer) == {
        "users",
        "stations",
        "satellites",
        "missions",
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere", "--as", "gpkg"], "'nowhere' is neither a result folder nor the id of a run"),
        (["FOLDER", "--as", "shp"], "The export format 'shp' is not known: choose among gpkg, geojson, geoparquet"),
        (["FOLDER", "--as", "czml", "--crs", "EPSG:27700"], "CZML does not depend on the coordinate reference system"),
        (["FOLDER", "--as", "geotiff", "--slot", "99"], "The slot is 99, but 1 to 8 is allowed"),
    ],
)
def test_what_cannot_be_exported_ends_in_a_sentence(folder, tmp_path, monkeypatch, capsys, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    assert main(["export", *(str(folder) if one == "FOLDER" else one for one in arguments)]) == 1
    errors = capsys.readouterr().err
    assert sentence in errors and "fault of the program" not in errors
    assert not list(tmp_path.iterdir())
