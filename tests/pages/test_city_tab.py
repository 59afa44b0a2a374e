"""The tab City of the Scenario page: look, use, undo, delete, and a city that is not at hand."""

import pytest
import shapely
import streamlit as st

from itnt_core.apart import Limits
from itnt_core.city import list_cities
from itnt_core.city.files.import_process import import_apart
from itnt_core.city.files.importing import city_of_frame, import_city
from itnt_core.city.files.survey import ImportOptions
from itnt_core.city.library import library_folder, read_city_folder, store_city
from itnt_core.city.model import CityError
from itnt_core.city.moving import on_city
from tests.city.made_files import box, features, frame, square, write
from tests.pages.test_pages import texts

PAGE = "pages/1_Scenario.py"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Return 64 houses, one of them without a height, and the report of their import."""
    path = tmp_path_factory.mktemp("town") / "town.gpkg"
    shapes = [square(40 * i, 40 * j, 20) for i in range(8) for j in range(8)]
    return import_city(write(frame(shapes, height=[*range(5, 68), None]), path), ImportOptions(name="town *1*"))


@pytest.fixture
def stored(town, tmp_path):
    """Store the town in the page's data folder and return its hash."""
    return store_city(*town, library_folder(tmp_path / "cache"))


def test_a_stored_city_is_looked_at_used_and_undone(open_page, stored, tiny):
    app = open_page(PAGE, scenario_tab="City", city_preview=stored)
    assert not app.exception
    assert "Preview of town" in texts(app).replace("\\", "") and "1 heights estimated" in texts(app).replace("\\", "")
    rows = {
        row["What"].replace("\\", ""): row["Value"].replace("\\", "") for row in app.table[-1].value.to_dict("records")
    }
    assert rows["Buildings"] == "64" and rows["Estimated: heights, for none is given"] == "1"
    assert rows["Coordinate system"] == "EPSG:27700"
    app.button(key="use_previewed").click().run()
    assert not app.exception
    used = app.session_state["scenario"]
    assert (used.city.kind, used.city.content_hash) == ("imported", stored) and used.area.size_m < 600.0
    assert "now stands on" in texts(app) and app.metric
    assert len(app.session_state["undo_steps"]) == 1 and app.session_state["undo_steps"][0] == tiny


def test_an_unused_city_is_deleted_and_the_one_in_use_is_not(open_page, stored, town, tiny, tmp_path):
    app = open_page(PAGE, scenario_tab="City", scenario=on_city(tiny, town[0]))
    assert app.button(key="delete_city").disabled and "choose another city first" in texts(app)
    app = open_page(PAGE, scenario_tab="City", city_preview=stored)
    app.button(key="delete_city").click().run()
    assert not app.exception and "was deleted" in texts(app)
    assert list_cities(library_folder(tmp_path / "cache")) == []


def test_a_city_that_is_not_at_hand_is_told_and_another_can_be_chosen(open_page, town, tiny):
    app = open_page(PAGE, scenario_tab="City", scenario=on_city(tiny, town[0]))
    assert not app.exception and not app.metric
    assert "not stored here" in texts(app) and "import its file again" in texts(app)
    optimise = open_page("pages/3_Optimise.py", scenario=on_city(tiny, town[0]))
    assert not optimise.exception and "not stored here" in texts(optimise)


def test_the_import_of_the_page_runs_apart_and_tells_progress_and_failure(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text(features((box(), {"height": 7})))
    events = list(import_apart(path, ImportOptions(name="One house"), tmp_path / "cities"))
    assert events[0]["words"] == "looking at the file"
    assert list_cities(tmp_path / "cities")[0].name == "One house"
    assert events[-1]["content_hash"] == list_cities(tmp_path / "cities")[0].content_hash
    path.write_text("{}")
    with pytest.raises(CityError, match="no map"):
        list(import_apart(path, ImportOptions(), tmp_path / "cities"))
    with pytest.raises(CityError, match=r"longer than 0\.01 s"):
        list(import_apart(path, ImportOptions(), tmp_path / "cities", Limits(seconds=0.01)))


def test_the_report_says_at_one_glance_what_was_taken_counted_and_doubted(open_page, tmp_path):
    x, y = 981_000.0, 199_000.0
    shapes = [shapely.box(x + 200 * k, y, x + 200 * k + 100, y + 100) for k in range(4)]
    table = frame(shapes, "EPSG:2263", height=[20.0, 30.0, 40.0, None])
    content_hash = store_city(*city_of_frame(table, ImportOptions(name="Feet")), library_folder(tmp_path / "cache"))
    app = open_page(PAGE, scenario_tab="City", city_preview=content_hash)
    assert not app.exception and "Look at 1 warning" in texts(app).replace("\\", "")
    counts = {metric.label: metric.value for metric in app.metric}
    assert (counts["Buildings"], counts["Heights estimated"], counts["Left out"]) == ("4", "1", "0")
    assert any("read the file again with metres" in warning.value.replace("\\", "") for warning in app.warning)
    taken = {row["What"]: row["Taken"].replace("\\", "") for row in app.table[0].value.to_dict("records")}
    assert taken["Unit of heights"] == "US survey foot, of column 'height'"
    assert app.table[1].value.to_dict("records")[0]["How many"] == "1"


def test_a_file_is_read_again_with_another_unit_and_column(open_page, tmp_path, monkeypatch):
    asked = []

    def imported(path, options, library):
        asked.append(options)
        yield {"content_hash": store_city(*import_city(path, options), library)}

    rerun = st.rerun
    monkeypatch.setattr("pages.building.city_import.import_apart", imported)
    monkeypatch.setattr(st, "rerun", lambda scope: rerun())  # an AppTest runs whole pages, never a fragment alone
    app = open_page(PAGE, scenario_tab="City")
    app.file_uploader(key="city_upload").upload(
        "a.geojson", features((box(), {"height": 30, "dach": 60})).encode()
    ).run()
    app.button(key="city_import").click().run()
    assert not app.exception and app.button(key="city_import").label == "Import again"
    assert "Read it again with another unit, column, system or encoding" in [one.label for one in app.expander]
    assert app.selectbox(key="city_height_column").options == ["height", "dach"]
    app.selectbox(key="city_height_column").select("dach")
    app.selectbox(key="city_height_unit").select("ft")
    app.selectbox(key="city_axis_order").select("en")
    app.text_input(key="city_crs").input("OGC:CRS84")
    app.text_input(key="city_encoding").input("utf-8").run()
    app.button(key="city_import").click().run()
    assert not app.exception and asked[0] == ImportOptions()
    assert asked[1] == ImportOptions("dach", "ft", crs="OGC:CRS84", encoding="utf-8", axis_order="en")
    heights = [
        read_city_folder(tmp_path / "cities" / card.content_hash).city.roof_heights_m[0] for card in list_cities()
    ]
    assert sorted(heights) == [18.29, 30.0]
