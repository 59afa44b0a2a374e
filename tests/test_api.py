"""The library for notebooks: five lines from a question to a picture, and the same figures as everywhere else."""

import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import geopandas
import nbformat
import numpy as np
import pydeck
import pytest
import shapely
from nbclient import NotebookClient

import itnt_core as itnt
from itnt_core.methods import SettingsError
from itnt_core.network import build_world
from itnt_core.scenario import Scenario, ScenarioError

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def answer(tiny_scenario):
    return itnt.optimise(tiny_scenario, method="straight")


def test_the_package_offers_its_names_without_importing_what_is_heavy():
    heavy = ("torch", "cvxpy", "streamlit", "numba", "geopandas", "pyogrio", "pyproj", "pydeck")
    code = (
        "import sys, itnt_core as itnt; assert set(itnt.__all__) <= set(dir(itnt)); "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
    with pytest.raises(AttributeError, match="has no attribute 'optimize'"):
        _ = itnt.optimize


def test_a_presets_answer_is_the_judged_result_and_passes_its_own_check(answer):
    assert answer.kpis["violations"] == 0
    assert answer.check().passed
    rate = np.nan_to_num(answer.dataset["rate_active_mbit_s"].values)
    slot_s = answer.scenario.time.slot_s
    assert answer.kpis["data_service_mbit"] == pytest.approx(rate.sum() * slot_s)
    assert answer.users()["Data, Mbit"].sum() == pytest.approx(rate.sum() * slot_s, abs=0.05 * rate.shape[1])


def test_the_pictures_hold_the_answers_arrays(answer):
    rate = np.nan_to_num(answer.dataset["rate_active_mbit_s"].values)
    lines = {line.name: np.asarray(line.y) for line in answer.plot_rates().data}
    for column, user in enumerate(answer.dataset["user"].values):
        np.testing.assert_allclose(lines[str(user)], rate[:, column])
    np.testing.assert_allclose(lines["all users"], rate.sum(axis=1))
    active, always_on = answer.plot_service().data
    assert active.y[-1] == pytest.approx(answer.kpis["data_service_mbit"])
    assert always_on.y[-1] == pytest.approx(answer.kpis["data_service_always_on_mbit"])
    flights = [line for line in answer.plot_map().data if line.mode == "lines"]
    assert len(flights) == len(answer.scenario.aerial_users)


def test_a_scenario_and_an_answer_give_tables_of_places(answer, tiny_scenario, tmp_path):
    tables = {name: getattr(tiny_scenario, name)() for name in ("users", "missions", "stations", "satellites")}
    tables |= {"buildings": tiny_scenario.buildings(), "surface": tiny_scenario.surface(points_per_side=8)}
    tables |= {"of users": answer.users(), "flights": answer.flights(), "links": answer.links(3)}
    assert {name: (table.crs.to_epsg(), len(table)) for name, table in tables.items()} == {
        "users": (4326, 5),
        "missions": (4326, 1),
        "stations": (4326, 2),
        "satellites": (4326, 1),
        "buildings": (4326, build_world(tiny_scenario).city.building_count),
        "surface": (4326, 64),
        "of users": (4326, 5),
        "flights": (4326, 1),
        "links": (4326, int((answer.dataset["serving_station"].values[2] != -1).sum())),
    }
    for name, table in tables.items():  # every one of them is what GIS files take
        table.to_file(tmp_path / "tables.gpkg", layer=name)
        assert (geopandas.read_file(tmp_path / "tables.gpkg", layer=name).geometry == table.geometry.to_numpy()).all()


def test_maps_are_decks_without_tiles(answer, tiny_scenario):
    for deck in (tiny_scenario.map(), answer.map(3)):
        assert isinstance(deck, pydeck.Deck) and deck.map_provider is None
        assert {layer.type for layer in deck.layers} >= {"PolygonLayer", "ScatterplotLayer", "PathLayer"}
    with pytest.raises(ValueError, match="slot is 9, but 1 to 8 is allowed"):
        answer.map(9)


@pytest.mark.parametrize("name", ["map", "area", "content_hash", "user_ids", "model_dump"])
def test_a_view_of_a_scenario_takes_no_name_that_it_has(name):
    with pytest.raises(ValueError, match=f"A scenario has '{name}' already"):
        Scenario.add_view(name)(lambda scenario: None)


def test_a_reloaded_library_gives_its_views_again(tiny_scenario):
    view = Scenario.users
    assert Scenario.add_view("users")(view) is view and len(tiny_scenario.users()) == 5


@pytest.mark.parametrize("form", ["table", "file"])
def test_a_city_of_ones_own_carries_a_scenario_from_question_to_answer(tiny_scenario, tmp_path, form, monkeypatch):
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path))
    grid = [(530_000.0 + 60.0 * east, 180_000.0 + 60.0 * north) for east in range(9) for north in range(9)]
    shapes = [shapely.box(east, north, east + 20.0, north + 20.0) for east, north in grid]
    table = geopandas.GeoDataFrame({"tall": np.linspace(5.0, 45.0, 81)}, geometry=shapes, crs="EPSG:27700")
    table.to_file(tmp_path / "town.gpkg")
    city = itnt.city(table if form == "table" else tmp_path / "town.gpkg", height="tall", name="Ours")
    assert itnt.city is importlib.import_module("itnt_core.city")  # the room that the function is, too
    assert city.building_count == 81 and city.name == "Ours"
    assert city.buildings().to_crs("EPSG:27700").area.sum() == pytest.approx(81 * 400.0, rel=2e-3)
    moved = itnt.on_city(tiny_scenario, city)
    assert moved.city.content_hash == city.content_hash() and len(moved.buildings()) == 81
    assert itnt.optimise(moved, method="straight").kpis["violations"] == 0


def test_an_answer_is_kept_opened_again_and_replayed_from_one_file(answer, tmp_path):
    answer.write(tmp_path / "kept")
    again = itnt.read_answer(tmp_path / "kept")
    assert again.kpis == answer.kpis and again.scenario == answer.scenario
    again.write_replay(tmp_path / "replay.html")
    page = (tmp_path / "replay.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and not re.search(r'(src|href)="https?:', page)


def test_a_scenario_is_changed_written_and_read(tiny_scenario, tmp_path):
    changed = itnt.change(tiny_scenario, {"radio.carrier_ghz": 3.5})
    for name in ("question.yaml", "question.json", "question.JSON", "question"):
        itnt.write_scenario(changed, tmp_path / name)
        assert itnt.read_scenario(tmp_path / name) == itnt.read_scenario(str(tmp_path / name)) == changed
        assert itnt.parse_scenario((tmp_path / name).read_text(encoding="utf-8")) == changed
        assert (tmp_path / name).read_text().startswith("{") == name.lower().endswith(".json")
    assert itnt.parse_scenario(itnt.format_scenario(changed, "json")) == changed
    with pytest.raises(SettingsError, match=r"radio\.colour"):
        itnt.change(tiny_scenario, {"radio.colour": 1})
    with pytest.raises(ScenarioError, match="carrier"):
        itnt.change(tiny_scenario, {"radio.carrier_ghz": 99.0})
    with pytest.raises(SettingsError, match="'best'"):
        itnt.optimise(tiny_scenario, method="best")
    assert "planner" in itnt.list_methods()


def test_names_in_the_notebooks_of_users_go_on_working_and_tell_the_new_name(answer, tiny_scenario, tmp_path):
    for old, new in {"read": "read_scenario", "write": "write_scenario", "open_answer": "read_answer"}.items():
        with pytest.warns(DeprecationWarning, match=f"itnt_core.{old} is now called {new}"):
            assert getattr(itnt, old) is getattr(itnt, new)
    with pytest.warns(DeprecationWarning, match=r"Answer.save is now called write"):
        answer.save(tmp_path / "kept")
    assert itnt.read_answer(tmp_path / "kept").kpis == answer.kpis
    with pytest.raises(AttributeError, match="no attribute 'keep'"):
        _ = answer.keep


def test_public_names_read_and_write_files_and_parse_and_format_text():
    """No room offers another verb for the same; ``read_*`` takes a path first, ``parse_*`` text or a file's content."""
    names = {
        f"{room.name}.{name}": getattr(module, name)
        for room in sorted((ROOT / "itnt_core").iterdir())
        if (room / "__init__.py").exists()
        for module in [importlib.import_module(f"itnt_core.{room.name}")]
        for name in getattr(module, "__all__", ())
    } | {f"api.{name}": getattr(itnt, name) for name in itnt.__all__}
    assert [name for name in names if re.search(r"\.(load|save|dump|open|from)_", name)] == []
    first = {
        name: next(iter(inspect.signature(function).parameters))
        for name, function in names.items()
        if re.search(r"\.(read|parse)_", name)
    }
    reads = {name: argument for name, argument in first.items() if ".read_" in name}
    assert {name: argument for name, argument in reads.items() if argument not in ("path", "folder")} == {}
    parses = {name: argument for name, argument in first.items() if ".parse_" in name}
    assert {name: argument for name, argument in parses.items() if argument not in ("text", "content")} == {}
    assert len(reads) > 5 and len(parses) > 2


def test_names_are_shown_literally_in_notebooks(answer):
    told = answer._repr_html_()
    assert "Data service" in told and "<script" not in told


def test_the_five_lines_of_the_readme_run_as_written(tmp_path, tiny_scenario, monkeypatch):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.search(r"( {4}import itnt_core as itnt\n(?: {4}.*\n)+)", readme)
    assert lines is not None
    code = "\n".join(line[4:] for line in lines.group(1).splitlines())
    assert len(code.splitlines()) <= 5
    monkeypatch.setattr("itnt_core.api.preset", lambda name: tiny_scenario)
    names: dict[str, object] = {}
    exec(code.replace(".show()", ""), names)
    assert isinstance(names["answer"], itnt.Answer)


def test_the_example_notebook_runs_from_top_to_bottom():
    book = nbformat.read(ROOT / "assets" / "notebooks" / "tour.ipynb", as_version=4)
    assert all(not cell.get("outputs") for cell in book.cells), "kept without outputs: they would be stale"
    NotebookClient(book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()
    text = "".join(
        str(output.get("data", {}).get("text/plain", "")) for c in book.cells for output in c.get("outputs", [])
    )
    assert "(True, 0, [])" in text
