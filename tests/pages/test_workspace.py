"""The workspace as a script: the address says which mode is open, and what was asked on the map is answered."""

from types import SimpleNamespace

import pytest
from test_pages import texts

from pages.shared.bar import MODE_PAGES
from pages.workspace import replay

MAP = "scenario_map"


def mode_of(app):
    """Return the mode that the switch shows."""
    (switch,) = [control for control in app.button_group if control.key == "studio_mode"]
    return switch.value


def at(open_page, script, **parameters):
    app = open_page(script)
    app.query_params.update(parameters)
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize(("mode", "script"), MODE_PAGES.items())
def test_each_mode_has_an_address_and_every_address_has_all_modes(open_page, mode, script):
    app = at(open_page, script)
    assert mode_of(app) == mode
    for other in MODE_PAGES:
        app.query_params["mode"] = other.lower()
        assert mode_of(app.run()) == other and not app.exception


def test_a_mode_that_there_is_not_is_dropped(open_page):
    app = at(open_page, "pages/1_Scenario.py", mode="<b>")
    assert mode_of(app) == "Build" and "mode" not in app.query_params


def test_the_first_page_welcomes_until_something_is_asked_of_it(open_page):
    app = at(open_page, "dashboard.py")
    assert "Build your own" in [button.label for button in app.button]
    next(button for button in app.button if button.label == "Build your own").click().run()
    assert not app.exception and mode_of(app) == "Build"
    assert "Nothing selected" in texts(app)
    app.query_params.clear()  # the product's name leads back
    assert "Build your own" in [button.label for button in app.run().button]
    assert mode_of(at(open_page, "dashboard.py", run="demo")) == "Replay"
    assert mode_of(at(open_page, "dashboard.py", draft="none")) == "Build"


def test_the_panel_closes_opens_and_widens(open_page):
    app = at(open_page, "pages/1_Scenario.py")

    def width():
        return [text for text in (block.proto.body for block in app.get("html")) if "--studio-side-width" in text][-1]

    assert "340px" in width()
    app.button(key="size_side").click().run()
    assert "520px" in width()
    app.button(key="close_side").click().run()
    assert "--studio-side: 0px" in width()
    app.button(key="open_side").click().run()
    assert width().endswith(".st-key-side-open {display: none;}</style>") or "--studio-side: 0px" not in width()


@pytest.mark.parametrize("asked", [None, 5, {}, {"user": "x", "slot": 1}, {"user": "gu-1", "slot": 99}, {"user": [1]}])
def test_why_nonsense_from_the_browser_opens_nothing(monkeypatch, tiny, asked):
    session = {MAP: {"why": asked}}
    monkeypatch.setattr(replay.st, "session_state", session)
    replay._take_why(SimpleNamespace(scenario=tiny))
    assert set(session) == {MAP}


def test_what_is_asked_on_the_map_opens_the_answer(monkeypatch, tiny):
    session = {MAP: {"why": {"number": 1, "user": "gu-3", "slot": 4}}}
    monkeypatch.setattr(replay.st, "session_state", session)
    replay._take_why(SimpleNamespace(scenario=tiny))
    assert (session[replay.DRAWER], session["why_user"], session["why_slot"]) == (replay.WHY, "gu-3", 4)
