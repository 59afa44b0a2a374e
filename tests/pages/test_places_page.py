"""Sectors, users indoors and users that move, on the page of Build as a script."""

import pytest

from itnt_core.scenario import apply_edit
from tests.pages.test_pages import texts
from tests.pages.test_scenario_page import PAGE, press


@pytest.fixture
def sectors(tiny):
    event = {"type": "place", "kind": "sector_site", "east_m": 1.0, "north_m": 2.0, "surface_m": 0.0}
    return apply_edit(tiny, event)


def labels(app):
    return {box.label for box in (*app.number_input, *app.selectbox)}


def test_the_panel_asks_for_what_counts_for_this_antenna_and_turns_a_sector(open_page, sectors):
    app = open_page(PAGE, scenario=sectors, map_selected=("ground_station", "gbs-1"))
    assert "Downtilt, °" in labels(app) and not {"Azimuth, °", "Elements", "Measured pattern"} & labels(app)
    app.session_state["map_selected"] = ("ground_station", "gbs-4")
    app.run()
    assert {"Azimuth, °", "Elements", "Downtilt, °"} <= labels(app)
    next(box for box in app.number_input if box.label == "Azimuth, °").set_value(99.0).run()
    assert not app.exception and app.session_state["scenario"].ground_stations[3].antenna.azimuth_deg == 99.0
    next(box for box in app.selectbox if box.label == "Antenna").set_value("measured").run()
    assert not app.exception and "it holds none" in texts(app)
    assert {"Measured pattern"} <= labels(app) and "Elements" not in labels(app)


def test_a_user_is_taken_indoors_and_the_floor_asked_for(open_page):
    app = open_page(PAGE, map_selected=("ground_user", "gu-1"))
    assert "Height, m" in labels(app) and "Floor, 1 = ground" not in labels(app)
    next(box for box in app.selectbox if box.label == "Where").set_value("high_loss").run()
    next(box for box in app.number_input if box.label == "Floor, 1 = ground").set_value(3).run()
    assert not app.exception and "Height, m" not in labels(app)
    assert app.session_state["scenario"].ground_users[0].position_m[2] == 7.5


def test_all_ground_users_are_set_moving_and_undo_takes_it_back(open_page, tiny):
    app = open_page(PAGE, scenario_tab="Ground users")
    press(app, "Set moving")
    assert all(user.moves for user in app.session_state["scenario"].ground_users)
    assert "4 of 4 ground users move" in texts(app)
    assert app.session_state["undo_steps"] == [tiny]
