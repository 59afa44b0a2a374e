"""The Scenario page as a script: quick look, side panel, surfaces, links, clusters."""

import re
from datetime import UTC, datetime

import pytest

from itnt_core.exports import ExportOptions
from itnt_core.scenario.link import link_token
from tests.pages.test_pages import place, texts

PAGE = "pages/1_Scenario.py"


def press(app, label):
    """Press a button by its label and run."""
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def figure(app, label):
    return next(metric for metric in app.metric if metric.label == label)


def test_the_quick_look_follows_every_change_and_says_what_changed(open_page):
    app = open_page(PAGE)
    before = figure(app, "Data service").value
    assert before.endswith("Mbit")
    assert not figure(app, "Data service").delta
    app.session_state["scenario_map"] = {"edits": [place(1)]}
    app.run()
    assert not app.exception
    assert figure(app, "Data service").value != before
    assert "Mbit" in figure(app, "Data service").delta


def test_the_quick_look_waits_while_there_are_problems(open_page, tiny):
    broken = tiny.model_copy(update={"ground_stations": (), "passes": ()})
    app = open_page(PAGE, scenario=broken)
    assert not app.exception
    assert not app.metric
    assert "quick look waits" in texts(app)


def test_the_panel_edits_every_field_of_the_selected_object(open_page):
    app = open_page(PAGE, map_selected=("ground_station", "gbs-1"))
    assert "gbs-1" in texts(app).replace("\\", "")
    next(box for box in app.number_input if box.label == "Height, m").set_value(77.0).run()
    next(box for box in app.selectbox if box.label == "Antenna").set_value("isotropic").run()
    next(box for box in app.number_input if box.label == "Most users").set_value(2).run()
    station = app.session_state["scenario"].ground_stations[0]
    assert (station.height_m, station.antenna.kind, station.max_users) == (77.0, "isotropic", 2)
    next(box for box in app.text_input if box.label == "Id").set_value("north").run()
    assert app.session_state["scenario"].ground_stations[0].id == "north"
    assert app.session_state["map_selected"] == ("ground_station", "north")
    assert len(app.session_state["undo_steps"]) == 4


def test_a_wrong_id_in_the_panel_is_told_and_taken_back(open_page, tiny):
    app = open_page(PAGE, map_selected=("aerial_start", "au-1"))
    next(box for box in app.text_input if box.label == "Id").set_value("no blanks!").run()
    assert not app.exception
    assert app.session_state["scenario"] == tiny
    assert "cannot be" in texts(app)
    assert next(box for box in app.text_input if box.label == "Id").value == "au-1"


def test_duplicate_selects_the_copy_and_delete_is_undone(open_page, tiny):
    app = press(open_page(PAGE, map_selected=("ground_user", "gu-1")), "Duplicate")
    assert len(app.session_state["scenario"].ground_users) == 5
    assert app.session_state["map_selected"] == ("ground_user", "gu-5")
    press(app, "Delete")
    assert app.session_state["scenario"] == tiny
    assert "Nothing selected" in texts(app)


def test_a_selection_of_what_is_not_there_shows_nothing(open_page):
    for chosen in (("ground_user", "nobody"), ("no kind", "gu-1"), ("ground_station", "gu-1")):
        app = open_page(PAGE, map_selected=chosen)
        assert not app.exception
        assert "Nothing selected" in texts(app)


def test_clusters_and_crowds_come_from_the_map(open_page):
    cluster = {**place(1), "kind": "cluster", "count": 12, "spread_m": 60}
    app = open_page(PAGE, scenario_map={"edits": [cluster, {"seq": 2, "type": "place", "kind": "crowd", "count": 8}]})
    assert not app.exception
    assert len(app.session_state["scenario"].ground_users) == 4 + 12 + 8
    assert len(app.session_state["undo_steps"]) == 2


def test_an_impossible_cluster_leaves_a_note_and_no_change(open_page, tiny):
    cluster = {**place(1), "kind": "cluster", "count": 10**9, "spread_m": 60}
    app = open_page(PAGE, scenario_map={"edits": [cluster]})
    assert app.session_state["scenario"] == tiny
    assert "at once are allowed" in texts(app)


def test_fifty_steps_and_more_can_be_undone(open_page, tiny):
    edits = [place(number, east_m=float(number)) for number in range(1, 61)]
    undos = [{"seq": 60 + number, "type": "undo"} for number in range(1, 61)]
    app = open_page(PAGE, scenario_map={"edits": [*edits, *undos]})
    assert app.session_state["scenario"] == tiny
    assert len(app.session_state["redo_steps"]) == 60


@pytest.mark.parametrize("kind", ["server", "sinr", "sight"])
def test_a_surface_is_also_told_in_words(open_page, kind):
    app = open_page(PAGE, surface_kind=kind)
    assert not app.exception
    assert "of the free area" in texts(app)
    assert "1.5 m above ground, slot 1" in texts(app)


def test_a_surface_is_shown_at_a_height_and_a_later_time(open_page):
    app = open_page(PAGE, surface_kind="sinr", surface_where="air")
    app.slider(key="surface_slot").set_value(8).run()
    app.slider(key="surface_height").set_value(150).run()
    assert not app.exception
    assert "150 m above ground, slot 8" in texts(app)


ADDS = (
    r"adds ([\d,.]+ Mbit)(?: and \S+ points of served user slots)? in the quick look: .* before anything is optimised "
    "anew"
)


def test_a_suggested_site_is_added_and_selected(open_page):
    app = press(open_page(PAGE), "Suggest a site")
    assert "Best of 81 sites" in texts(app)
    assert "One more base station would add up to" in texts(app)
    promised = re.search(ADDS, texts(app))[1]
    press(app, "Add it")
    assert figure(app, "Data service").delta == f"+{promised}"
    assert app.session_state["scenario"].ground_stations[-1].id == "gbs-3"
    assert app.session_state["map_selected"] == ("ground_station", "gbs-3")


def test_another_scenario_is_no_change_of_this_one(open_page):
    app = open_page(PAGE, scenario_menu=True)
    app.session_state["scenario_map"] = {"edits": [place(1)]}
    assert figure(app.run(), "Data service").delta
    app.radio(key="preset_name").set_value("tiny")
    app.number_input(key="preset_users").set_value(9)
    press(app, "Use this preset")
    assert len(app.session_state["scenario"].user_ids) == 9
    assert [metric.delta for metric in app.metric if metric.delta] == []
    app.session_state["scenario_map"] = {"edits": [{"seq": 3, "type": "undo"}]}
    assert not any(metric.delta for metric in app.run().metric)  # back at the former one
    app.session_state["scenario_map"] = {"edits": [{"seq": 4, "type": "undo"}]}
    assert figure(app.run(), "Data service").delta  # an edit of it taken back


@pytest.mark.parametrize("page", [PAGE, "pages/3_Optimise.py"])
def test_a_link_restores_its_scenario_and_undo_the_former(open_page, tiny, page):
    other = tiny.model_copy(update={"name": "from a link", "seed": 9})
    app = open_page(page)
    app.query_params["s"] = link_token(other)
    app.run()
    assert not app.exception
    assert app.session_state["scenario"] == other
    assert app.session_state["undo_steps"] == [tiny]
    assert "s" not in app.query_params
    assert "Opened the scenario of the link" in texts(app)
    assert not app.code  # it would travel with every change
    app.session_state["share_link"] = True
    app.run()
    assert any(link_token(other) in str(block.value) for block in app.code)


@pytest.mark.parametrize("bad", ["x", "<b>", "a" * 7000, "eJwrSSwuUUhJLElUyE0sSC0GAC5hBZM"])
def test_a_bad_link_is_dropped_with_a_note(open_page, tiny, bad):
    app = open_page(PAGE)
    app.query_params["s"] = bad
    app.run()
    assert not app.exception
    assert app.session_state["scenario"] == tiny
    assert "s" not in app.query_params
    assert "was left out" in texts(app)


def test_a_scenario_that_is_too_large_for_a_link_is_offered_as_a_file(open_page):
    cluster = {**place(1), "kind": "cluster", "count": 600, "spread_m": 100}
    app = open_page(PAGE, scenario_map={"edits": [cluster]}, share_link=True)
    assert "too large for a link" in texts(app)
    assert not app.code


def test_settings_take_effect_and_keep_the_limits_of_the_model(open_page):
    app = open_page(PAGE, scenario_tab="Settings")
    slots = next(box for box in app.number_input if box.label == "Slots")
    assert (slots.min, slots.max) == (1, 3600)
    slots.set_value(5).run()
    next(box for box in app.selectbox if box.label == "Channel model").set_value("free_space").run()
    rate = next(box for box in app.selectbox if box.label == "Rate law")
    assert any("TS 38.214" in name for name in rate.options)
    rate.set_value("nr_cqi").run()
    assert not app.exception
    scenario = app.session_state["scenario"]
    assert (scenario.time.slots, scenario.channel.model, scenario.radio.rate) == (5, "free_space", "nr_cqi")


def test_the_start_is_set_in_utc(open_page):
    app = open_page(PAGE, scenario_tab="Settings")
    moment = next(box for box in app.get("datetime_input") if box.label == "Start (UTC)")
    moment.set_value(datetime(2027, 3, 4, 5, 6)).run()
    assert not app.exception
    assert app.session_state["scenario"].time.start == datetime(2027, 3, 4, 5, 6, tzinfo=UTC)


def test_the_transmitter_of_a_pass_is_set_in_its_form(open_page):
    app = open_page(PAGE, scenario_tab="Satellites")
    next(box for box in app.number_input if box.label == "Power, W").set_value(9.0).run()
    assert not app.exception
    assert app.session_state["scenario"].passes[0].radio.max_power_w == 9.0


@pytest.mark.parametrize("tab", ["Base stations", "Aerial users", "Ground users", "Satellites", "Settings"])
def test_every_tab_opens(open_page, tab):
    assert not open_page(PAGE, scenario_tab=tab).exception


def test_a_scenario_leaves_for_a_gis_without_an_answer(open_page, tiny, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "itnt_core.exports.export_apart", lambda *arguments: asked.append(arguments[:3]) or b"GPKG", raising=False
    )
    app = open_page(PAGE, scenario_export_popover=True)
    assert "CZML" not in app.selectbox(key="scenario_export_format").options  # it shows an answer
    assert "Links" not in app.multiselect(key="scenario_export_layers").options
    app.button(key="scenario_export_make").click().run()
    assert not app.exception and asked == [(tiny, "gpkg", ExportOptions())]
