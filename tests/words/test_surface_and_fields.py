"""Surfaces as pictures, forms from the model, the quick look in words."""

from types import SimpleNamespace

import numpy as np
import pytest

from itnt_core.mapdata import unpack
from itnt_core.mapdata.surface import (
    SEQUENCE,
    SERVERS,
    SURFACE_KINDS,
    gain_picture,
    surface_bundle,
    surface_picture,
)
from itnt_core.methods import quick_look
from itnt_core.network import coverage_surface
from itnt_core.scenario import AerialUser, GroundStation, GroundUser, Pass, Scenario, WalkerShell
from itnt_core.words.fields import field_value, fields_of
from itnt_core.words.quick import QuickFigure, quick_figures, sinr_rows, worst_rows


def made_up(**more):
    """A 2 x 2 surface: row 0 is the south."""
    numbers = {
        "height_m": 1.5,
        "slot": 3,
        "best_station": np.array([[0, 1], [1, 1]]),
        "sinr_db": np.array([[-10.0, 2.0], [12.0, 40.0]]),
        "sight_count": np.array([[0, 1], [2, 2]]),
        "inside_building": np.array([[False, False], [False, True]]),
    }
    return SimpleNamespace(**{**numbers, **more})


def test_the_first_row_of_a_picture_is_the_north():
    picture = surface_picture(made_up(), "server", ["a", "b"])
    assert tuple(picture.rgba[1, 0, :3]) == SERVERS[0]  # south-west
    assert tuple(picture.rgba[0, 0, :3]) == SERVERS[1]


def test_inside_buildings_a_surface_is_transparent():
    for kind in SURFACE_KINDS:
        alpha = surface_picture(made_up(), kind, ["a", "b"]).rgba[..., 3]
        assert alpha[0, 1] == 0
        assert (alpha.ravel()[[0, 2, 3]] > 0).all()


def test_sinr_classes_follow_the_legend():
    picture = surface_picture(made_up(), "sinr", ["a", "b"])
    colours = {text: colour for colour, text in picture.legend}
    assert tuple(picture.rgba[1, 0, :3]) == colours["below -5 dB"]
    assert tuple(picture.rgba[1, 1, :3]) == colours["0 to 5 dB"]
    assert tuple(picture.rgba[0, 0, :3]) == colours["10 to 20 dB"]
    assert "10 dB or better on 33%" in picture.sentence
    assert "slot 3" in picture.title


def test_only_servers_that_serve_somewhere_stand_in_the_legend():
    picture = surface_picture(made_up(), "server", ["a", "b", "c"])
    assert [text for _, text in picture.legend] == ["a", "b"]
    assert "b on 67%, a on 33%" in picture.sentence


def test_sight_is_counted_up_to_the_last_class():
    few = surface_picture(made_up(), "sight", ["a", "b"])
    assert [text for _, text in few.legend] == ["no station in sight", "1 in sight", "2 in sight"]
    many = surface_picture(made_up(sight_count=np.array([[0, 9], [5, 4]])), "sight", list("abcdefghi"))
    assert many.legend[-1][1] == "5 or more in sight"
    assert tuple(many.rgba[1, 1, :3]) == SEQUENCE[-1]


def test_a_surface_without_free_area_is_drawn_too():
    for kind in SURFACE_KINDS:
        assert surface_picture(made_up(inside_building=np.ones((2, 2), bool)), kind, ["a", "b"]).sentence.endswith(".")


def test_the_gain_of_a_site_is_drawn_from_loss_to_best():
    picture = gain_picture(np.array([[-5.0, 0.0], [40.0, 100.0]]))
    assert tuple(picture.rgba[-1, 0, :3]) == SEQUENCE[0]
    assert tuple(picture.rgba[0, -1, :3]) == SEQUENCE[-1]
    assert "100 Mbit" in picture.sentence
    assert gain_picture(np.full((2, 2), -1.0)).sentence  # nothing helps


def test_a_picture_travels_as_a_container():
    meta, arrays = unpack(surface_bundle(surface_picture(made_up(), "sinr", ["a", "b"]), 600.0))
    assert arrays["rgba"].shape == (2, 2, 4)
    assert meta["size_m"] == 600.0
    assert len(meta["legend"]) == 6


def test_real_surfaces_of_every_kind_at_every_height(tiny_world):
    for height in (None, 120.0):
        surface = coverage_surface(tiny_world, 12, 1, height)
        for kind in SURFACE_KINDS:
            picture = surface_picture(surface, kind, tiny_world.station_ids)
            assert picture.rgba.shape == (12, 12, 4)
            assert picture.height_m == (height or 1.5)


@pytest.mark.parametrize("part", [GroundStation, AerialUser, GroundUser, Pass, WalkerShell, Scenario])
def test_every_number_of_a_form_has_the_limits_of_the_model(part):
    fields = fields_of(part)
    assert len({field.path for field in fields}) == len(fields)
    assert all(field.low is not None and field.high is not None for field in fields if field.kind == "number")
    assert all(field.choices for field in fields if field.kind == "choice")


def test_fields_are_read_where_they_stand(tiny_scenario):
    user = tiny_scenario.aerial_users[0]
    by_path = {field.path: field for field in fields_of(AerialUser)}
    assert by_path["start.height_m"].label == "Start height, m"
    assert field_value(user, "start.height_m") == user.start.height_m
    limit = {field.path: field for field in fields_of(GroundStation)}["max_users"]
    assert (limit.kind, limit.optional, limit.low) == ("integer", True, 1)


def test_the_quick_look_is_told_in_figures_and_rows(tiny_scenario, tiny_world):
    look = quick_look(tiny_scenario, tiny_world.city)
    figures = quick_figures(look)
    assert [figure.label for figure in figures] == ["Served", "Data service", "Always-on", "By satellite"]
    assert figures[0].text.endswith("%") and figures[1].text.endswith("Mbit")
    alone = quick_look(tiny_scenario.model_copy(update={"coverage": "ignored"}), tiny_world.city)
    assert quick_figures(alone)[0].label == "Data service"
    assert len(sinr_rows(look)) == 5
    assert {"User", "Unserved, %", "Rate, Mbit/s"} == set(worst_rows(look)[0])


def test_a_figure_tells_its_change_only_when_there_is_one():
    figure = QuickFigure("Served", 98.3, "%", "")
    assert figure.text == "98.3 %"
    assert figure.change(None) is None
    assert figure.change(98.3) is None
    assert figure.change(90.0) == "+8.3 %"
    assert figure.change(99.0) == "-0.7 %"
