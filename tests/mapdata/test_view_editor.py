"""The scenario as drawn and as tables."""

import pytest

from itnt_core.figures.skyplot import sky_plot_svg, sky_sentences
from itnt_core.mapdata.editor import editor_things, sky_passes
from itnt_core.scenario import Problem
from itnt_core.scenario.edit import EditError
from itnt_core.words import headline_figures, user_rows
from itnt_core.words.tables import TABLES, edited_members, table_rows, with_members


def test_every_object_is_a_thing_and_aerial_users_are_two(scenario):
    things = editor_things(scenario)
    assert len(things) == 2 + 2 * 2 + 3
    assert {thing["kind"] for thing in things} == {
        "ground_station",
        "aerial_start",
        "aerial_destination",
        "ground_user",
    }


def test_a_problem_is_drawn_at_its_object(scenario):
    problem = Problem("GBS 'gbs-1'", "bad", "good is allowed", "mend it", "gbs-1")
    marked = [thing for thing in editor_things(scenario, [problem]) if "problem" in thing]
    assert [thing["id"] for thing in marked] == ["gbs-1"]
    assert "mend it" in marked[0]["problem"]


def test_passes_are_drawn_above_the_ground_with_the_window_inside_the_track(scenario):
    (drawn,) = sky_passes(scenario)
    assert len(drawn["track"]) > len(drawn["window"]) / 2
    assert all(point[2] >= 0 for point in drawn["track"] + drawn["window"])
    assert drawn["marker"] in drawn["window"]


def test_names_in_the_sky_plot_are_text_not_markup(scenario):
    hostile = scenario.model_copy(
        update={"passes": (scenario.passes[0].model_copy(update={"id": "<script>alert(1)</script>"}),)}
    )
    svg = sky_plot_svg(hostile)
    assert "<script>" not in svg
    assert "&lt;script&gt;" in svg


def test_the_sky_is_also_told_in_words(scenario):
    (sentence,) = sky_sentences(scenario)
    assert sentence.startswith("leo-1: elevation")


@pytest.mark.parametrize("field", TABLES)
def test_a_table_without_edits_changes_nothing(scenario, field):
    members = getattr(scenario, field)
    assert edited_members(TABLES[field], scenario, members, {}) == members
    assert len(table_rows(TABLES[field], members)) == len(members)


def test_cells_rows_and_new_rows_are_taken_over(scenario):
    spec = TABLES["aerial_users"]
    difference = {
        "edited_rows": {0: {"Start east, m": -20, "Top speed, m/s": 12.5}},
        "deleted_rows": [1],
        "added_rows": [{"Dest. north, m": 77.0}, {}],
    }
    members = edited_members(spec, scenario, scenario.aerial_users, difference)
    assert [member.id for member in members] == ["au-0", "au-1", "au-2"]
    assert members[0].start.east_m == -20.0
    assert members[0].max_speed_m_s == 12.5
    assert members[1].destination.north_m == 77.0
    assert len(with_members(scenario, "aerial_users", members).aerial_users) == 3


def test_an_emptied_name_is_empty_and_an_emptied_limit_is_none(scenario):
    difference = {"edited_rows": {1: {"Name": None, "Most users": None}}}
    first, second = edited_members(TABLES["ground_stations"], scenario, scenario.ground_stations, difference)
    assert first == scenario.ground_stations[0]
    assert second.name == ""
    assert second.max_users is None


def test_a_value_that_is_not_allowed_becomes_a_sentence_naming_the_column(scenario):
    with pytest.raises(EditError, match="'Antenna height, m' of 'gbs-1' cannot be 9000"):
        difference = {"edited_rows": {0: {"Antenna height, m": 9000}}}
        edited_members(TABLES["ground_stations"], scenario, scenario.ground_stations, difference)


def test_user_rows_and_figures_carry_units(result):
    rows = user_rows(result)
    assert rows[0]["Data, Mbit"] == 5.0
    assert rows[-1]["Served, %"] == 0.0
    assert rows[-1]["Mean SINR when served, dB"] is None
    figures = {label: value for label, value, _ in headline_figures(result.manifest["kpis"])}
    assert list(figures)[:3] == ["Objective", "Served", "Data service"]
    assert (figures["Objective"], figures["Served"], figures["Data service"]) == (
        "Coverage first",
        "80.00 %",
        "20.0 Mbit",
    )
    alone = [label for label, _, _ in headline_figures(result.manifest["kpis"] | {"objective": "data"})]
    assert alone[:2] == ["Objective", "Data service"] and "Served" not in alone
