"""Page Passes as a script: shells, files, clocks, buildings, and satellites into the scenario and out again."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "sky"))
from element_texts import EPOCH, FLEET, tle_text

from itnt_core.passes import with_best
from itnt_core.sky import elements_folder, keep_elements, parse_elements

PAGE = "pages/2_Passes.py"


@pytest.fixture
def page(open_page):
    """Return a function that opens the page and checks that nothing went wrong."""

    def run(**session):
        app = open_page(PAGE, **session)
        assert not app.exception
        return app

    return run


def button(app, label):
    return next(item for item in app.button if item.label == label)


def words(app):
    kinds = (app.caption, app.info, app.warning, app.error, app.success, app.text)
    return " ".join(str(item.value) for kind in kinds for item in kind).replace("\\", "")


def test_it_opens_with_a_shell_overhead(page):
    app = page()
    figures = {item.label: item.value for item in app.metric}
    assert int(figures["Passes"]) > 30 and figures["Time with one"].endswith("%")
    table = app.dataframe[0].value
    assert len(table) == int(figures["Passes"]) and "Max elevation, °" in table.columns
    assert "Sun 21 Jun 2026, 13:00 BST = 2026-06-21 12:00 UTC" in words(app)


def test_the_clock_changes_what_is_shown_and_not_the_moment(page):
    app = page()
    before = app.dataframe[0].value["Rise"].tolist()
    app.selectbox(key="passes_zone").set_value("UTC").run()
    assert app.session_state["passes_start"] == datetime(2026, 6, 21, 12, tzinfo=UTC)
    after = app.dataframe[0].value["Rise"].tolist()
    assert len(before) == len(after) and before[5].replace(" 13:", " 12:") == after[5]
    app.datetime_input[0].set_value(datetime(2026, 12, 21, 9, 30)).run()
    app.selectbox(key="passes_zone").set_value("Europe/London").run()
    assert "09:30 GMT = 2026-12-21 09:30 UTC" in words(app)
    app.datetime_input[0].set_value(datetime(2026, 7, 1, 9, 30)).run()
    assert app.session_state["passes_start"] == datetime(2026, 7, 1, 8, 30, tzinfo=UTC)


def test_the_best_placed_satellites_go_into_the_scenario_and_undo_takes_them_out(page, tiny):
    app = page()
    button(app, "Use the best placed").click().run()
    assert not app.exception
    scenario = app.session_state["scenario"]
    assert len(scenario.orbits) == 1 and scenario.passes == tiny.passes
    assert "In the scenario as sky-1" in words(app)
    button(app, "Undo").click().run()
    assert app.session_state["scenario"] == tiny


def test_instead_of_all_others_and_a_moved_start(page):
    app = page(passes_start=datetime(2026, 6, 21, 15, 0, tzinfo=UTC))
    app.toggle(key="passes_replace").set_value(True).run()
    button(app, "Use the best placed").click().run()
    scenario = app.session_state["scenario"]
    assert scenario.passes == () and len(scenario.orbits) == 1
    assert scenario.time.start == datetime(2026, 6, 21, 15, 0, tzinfo=UTC)


def test_a_stored_file_is_offered_with_its_day_and_old_elements_are_told(page, tmp_path):
    elements = parse_elements(tle_text().encode(), "<b>made</b>.tle").elements
    digest = keep_elements(elements_folder(tmp_path), elements)
    app = page(passes_kind="Element file", passes_start=datetime(2027, 6, 21, 12, 0, tzinfo=UTC))
    assert "365 days away" in words(app)
    button(app, "Day of the elements").click().run()
    assert app.session_state["passes_start"] == EPOCH and "days away" not in words(app)
    app.selectbox(key="passes_hours").set_value(24.0).run()
    names = set(app.dataframe[0].value["Satellite"])
    assert names <= {f"MADE {n}" for n in range(1, 7)} and names
    assert app.session_state["passes_elements"] == digest
    app.text_input(key="passes_names").set_value("made 3").run()
    assert set(app.dataframe[0].value["Satellite"]) <= {"MADE 3"}
    app.text_input(key="passes_names").set_value("nobody").run()
    assert "No satellite has 'nobody'" in words(app)


def test_what_was_left_out_of_a_file_is_listed_with_the_reasons(page, tmp_path):
    read = parse_elements((tle_text() + "MADE 7\n").encode(), "made.tle")
    digest = keep_elements(elements_folder(tmp_path), read.elements)
    app = page(passes_kind="Element file", passes_told={digest: (read.sentence, read.reasons)})
    assert "1 member of the file left out" in words(app)
    assert "The file ends with 'MADE 7' without elements" in words(app)
    assert "What was left out, and why" in [item.label for item in app.expander]


def test_without_a_file_it_says_what_to_do(page):
    assert "No element file yet" in words(page(passes_kind="Element file"))


def test_hand_made_passes_are_shown_with_their_forms(page, tiny):
    app = page(passes_kind="Hand-made passes")
    assert app.dataframe[0].value["Satellite"].tolist() == [tiny.passes[0].name]
    empty = page(passes_kind="Hand-made passes", scenario=tiny.model_copy(update={"passes": ()}))
    assert "has no hand-made pass" in words(empty)


def test_buildings_hide_and_other_places_can_be_looked_from(page):
    app = page(passes_masked=True)
    assert "In sight" in app.dataframe[0].value.columns
    app.selectbox(key="passes_place").set_value("Base station gbs-1").run()
    assert not app.exception and "antenna" in words(app)
    app.selectbox(key="passes_place").set_value("Latitude and longitude").run()
    app.number_input(key="passes_lat").set_value(-33.9).run()
    assert not app.exception and "In sight" not in app.dataframe[0].value.columns


def test_nothing_overhead_says_what_to_change(page):
    app = page(passes_shell="kuiper-590-km", passes_elevation=80.0)
    assert "No satellite is above 80°" in words(app)


def test_page_scenario_shows_the_group_and_can_remove_it(page, open_page):
    app = page()
    button(app, "Use the best placed").click().run()
    scenario = app.session_state["scenario"]
    there = open_page("pages/1_Scenario.py", scenario=scenario, scenario_tab="Satellites")
    assert not there.exception
    names = [satellite.name for satellite in scenario.orbits[0].satellites]
    assert all(name in words(there) for name in names)
    assert "sky-1-" in words(there)  # the sentences of the sky plot
    remove = [item for item in there.button if item.label == "Remove" and "group_" in item.key]
    remove[0].click().run()
    assert there.session_state["scenario"].orbits == ()


@pytest.mark.parametrize("hours", range(0, 48, 5))
def test_the_made_up_fleet_has_satellites_overhead_whatever_start_the_page_proposes(tiny, hours):
    fleet = parse_elements(tle_text(shell=FLEET).encode(), "made.tle").elements
    start = fleet.epochs[1].replace(second=0, microsecond=0) + timedelta(hours=hours)
    scenario = tiny.model_copy(update={"time": tiny.time.model_copy(update={"start": start})})
    _, group, _ = with_best(scenario, fleet, "", 2, 25.0)
    assert len(group.satellites) >= 2
