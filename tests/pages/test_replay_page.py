"""The Replay page as a script."""

import pytest

from itnt_core.exports import ExportError, ExportOptions
from itnt_core.methods import optimise
from itnt_core.promise import PROMISE_FILE, draw_promise, read_promise
from itnt_core.results import read_result, write_result
from itnt_core.runs import RunStore, cache_folder
from itnt_core.words import promise_sentences


@pytest.fixture
def finished(tmp_path, tiny):
    """Return the id and the folder of a finished run of the tiny scenario, its name full of markup."""
    scenario = tiny.model_copy(update={"name": "</script><b>x</b> :red[hi]"})
    store = RunStore(tmp_path)
    run_id = store.submit(scenario)
    write_result(store.folder(run_id), optimise(scenario, cache_dir=cache_folder(tmp_path)))
    with store.connection() as connection:
        connection.execute("UPDATE runs SET state = 'done', progress = 1 WHERE id = ?", (run_id,))
    return run_id, store.folder(run_id)


def open_run(open_page, run_id, **session):
    """Open the page with a run in its address."""
    app = open_page("pages/5_Replay.py", **session)
    app.query_params["run"] = run_id
    return app.run()


def test_a_finished_run_offers_its_replay_as_one_file_and_its_users_as_a_table(open_page, finished):
    app = open_run(open_page, finished[0], replay_tab="Users")
    assert not app.exception
    labels = [button.label for button in app.get("download_button")]
    assert labels == ["One-file replay", "Report (HTML)", "Report (PDF)"]
    assert list(app.dataframe[0].value["User"]) == ["au-1", "gu-1", "gu-2", "gu-3", "gu-4"]


def test_a_result_that_lost_a_file_is_told_in_a_sentence(open_page, finished):
    (finished[1] / "result.nc").unlink()
    app = open_run(open_page, finished[0])
    assert not app.exception
    assert "not complete" in app.error[0].value


def test_why_a_user_is_served_by_this_station_is_answered_for_any_user_and_slot(open_page, finished):
    app = open_run(open_page, finished[0], replay_tab="Why this station?")
    dataset = read_result(finished[1]).dataset
    for user, slot in (("gu-2", 1), ("au-1", 5)):
        app.selectbox(key="why_user").set_value(user)
        app.slider(key="why_slot").set_value(slot).run()
        assert not app.exception
        (table,) = [table.value for table in app.dataframe if "Why" in table.value]
        serving = table.loc[table["Why"] == "Serves the user", "Station"]
        index = int(dataset["serving_station"].sel(user=user, slot=slot))
        assert list(serving) == ([] if index < 0 else [str(dataset["station"].values[index])])
        assert len(table) == dataset.sizes["station"]


def test_a_chosen_run_goes_into_the_address_and_its_slot_is_dropped(open_page, finished):
    app = open_run(open_page, finished[0])
    app.query_params["t"] = "3"
    app.selectbox(key="replay_choice").set_value("demo").run()
    assert not app.exception
    assert app.query_params["run"] in ("demo", ["demo"])
    assert "t" not in app.query_params


def test_a_result_is_exported_as_it_is_chosen_and_what_is_wrong_is_told(open_page, finished, monkeypatch):
    asked = []

    def made(what, name, options, cache_dir):
        asked.append((what, name, options))
        if name == "czml":
            raise ExportError("The export was not made.")
        return b"x" * 1_000_000

    monkeypatch.setattr("itnt_core.exports.export_apart", made, raising=False)
    app = open_page("pages/5_Replay.py", replay_export_popover=True)
    app.query_params["run"] = finished[0]
    app.run()
    assert app.selectbox(key="replay_export_format").options[:4] == ["GeoPackage", "GeoJSON", "GeoParquet", "KML"]
    app.text_input(key="replay_export_crs").set_value("EPSG:4978").run()
    assert not app.exception and "middle of the Earth" in app.error[0].value and not asked
    assert "Make the file" not in [button.label for button in app.button]
    app.text_input(key="replay_export_crs").set_value("EPSG:27700").run()
    app.multiselect(key="replay_export_layers").set_value(["links", "surface"]).run()
    app.number_input(key="replay_export_slot").set_value(3).run()
    app.button(key="replay_export_make").click().run()
    assert not app.exception and not app.error
    assert asked[-1] == (finished[1], "gpkg", ExportOptions("EPSG:27700", ("links", "surface"), 3))
    labels = [button.label for button in app.get("download_button")]
    assert "Save GeoPackage, 1.0 MB" in labels
    app.selectbox(key="replay_export_format").set_value("czml").run()  # what was made is no CZML
    assert not any(button.label.startswith("Save ") for button in app.get("download_button"))
    app.button(key="replay_export_make").click().run()
    assert not app.exception and app.error[0].value.startswith("The export was not made")


def test_how_sure_a_run_is_stands_in_the_drawer_once_worlds_are_drawn(open_page, finished, monkeypatch):
    def drawn_at_once(folder, worlds, errors, cache_dir):
        yield 0.5
        yield draw_promise(read_result(folder), worlds, errors, cache_dir, folder)

    monkeypatch.setattr("pages.replaying.promise.promise_apart", drawn_at_once)
    app = open_run(open_page, finished[0], replay_tab="How sure is it?")
    assert not app.exception and not (finished[1] / PROMISE_FILE).exists()
    app.number_input(key="promise_worlds").set_value(40)
    app.button(key="promise_draw").click().run()
    assert not app.exception
    kept = read_promise(finished[1], read_result(finished[1]))
    assert kept.worlds == 40
    assert f"**{promise_sentences(kept)[0]}**" in [text.value for text in app.markdown]


def test_satellites_show_their_links_and_what_a_limit_costs(open_page, finished):
    app = open_run(open_page, finished[0], replay_tab="Satellites")
    assert not app.exception
    tables = [table.value for table in app.dataframe]
    (links,) = [table for table in tables if "Doppler, kHz" in table and "Station" in table]
    assert list(links["Station"]) == ["gbs-1", "gbs-2", "leo-1"]
    app.button(key="flux_ask").click().run()
    assert not app.exception
    assert any(text.value.startswith("A limit of -120 dBW/m²/MHz ") for text in app.markdown)
