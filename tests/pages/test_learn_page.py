"""The Learn page as a script: every step, empty scenarios, addresses, knobs, lecture screens, the glossary."""

import json

import pytest
from test_pages import texts

from itnt_core.lessons import PATH, glossary
from itnt_core.runs import RunStore, cache_folder
from itnt_core.runs.executing import execute
from itnt_core.scenario import Scenario
from itnt_core.twin import twin_preset
from pages.learning.place import KEYS, NAMES, SCREENS, title_of

PAGE = "pages/8_Learn.py"


@pytest.fixture
def at(open_page):
    """Return a function that opens the page at an address, in one session, so that little is computed twice."""
    app = None

    def go(step="1", scenario=None, **address):
        nonlocal app
        if app is None or scenario is not None:
            app = open_page(PAGE, **({"scenario": scenario} if scenario is not None else {}))
        app.query_params.clear()
        app.query_params["step"] = step
        for name, value in address.items():
            app.query_params[name] = value
        return app.run()

    return go


def test_every_step_opens_with_its_words_equations_and_charts(at):
    for key in KEYS:
        app = at(NAMES[key])
        assert not app.exception
        assert [header.value for header in app.header] == [title_of(key)]
        if key != "glossary":
            assert app.get("latex") and app.get("plotly_chart")
            assert not app.warning
            assert all(chart.proto.alt for chart in app.get("plotly_chart"))
        if key == "everything":
            assert "recorded demo" in texts(app)


def test_an_empty_scenario_gets_a_sentence_of_what_to_do_on_every_step(at):
    at("1", Scenario())
    for number in range(1, len(PATH) + 1):
        app = at(str(number))
        assert not app.exception
        assert "in Build" in app.info[0].value


def test_steps_open_without_satellites_or_aerial_users(at, tiny):
    at("5", tiny.model_copy(update={"aerial_users": (), "passes": ()}))
    for name in ("4", "5", "7", "9", "10", "twin"):
        assert not at(name).exception


def test_a_wrong_address_is_dropped_with_a_note(at):
    for address, told in (
        ({"step": "11"}, "not one of 1 to 10"),
        ({"step": "<b>"}, "not one of 1 to 10"),
        ({"step": "2", "lecture": "yes"}, "asked for a lecture"),
        ({"step": "2", "lecture": "1", "screen": "99"}, "whole number from 1 to 5"),
        ({"step": "glossary", "lecture": "1"}, "asked for a lecture"),
    ):
        app = at(**address)
        assert not app.exception
        assert told in app.warning[0].value


def test_a_knob_changes_the_sentences_and_can_be_put_back(at):
    app = at()
    before = app.markdown[0].value
    power = next(box for box in app.number_input if box.label == "Power, W")
    power.set_value(3.0).run()
    assert "**3**" in app.markdown[0].value and app.markdown[0].value != before
    next(button for button in app.button if "scenario's values" in button.label).click().run()
    assert app.markdown[0].value == before


def test_a_knob_stays_where_it_was_put_while_other_steps_are_shown(at):
    app = at()
    next(box for box in app.number_input if box.label == "Power, W").set_value(3.0).run()
    for label in (title_of("noise-and-rate"), title_of("one-link")):
        next(button for button in app.button if button.label == label).click().run()
        assert not app.exception
    assert "**3**" in app.markdown[0].value


def test_another_user_starts_from_its_own_distance(at, tiny):
    app = at()
    choice = next(box for box in app.selectbox if box.label == "User")
    other = next(name for name in tiny.user_ids if name != choice.value)
    distance = next(box for box in app.number_input if box.label == "Distance, m").value
    choice.set_value(other).run()
    assert not app.exception
    assert next(box for box in app.number_input if box.label == "Distance, m").value != distance


@pytest.mark.parametrize("key", ["one-link", "everything"])
def test_a_lecture_shows_one_thing_per_screen_and_turns_its_pages(at, key):
    screens = SCREENS if key == "everything" else SCREENS[:-1]
    app = at(NAMES[key], lecture="1", screen="1")
    for number, screen in enumerate(screens, start=1):
        assert not app.exception
        assert app.title[0].value == title_of(key)
        assert f"{screen} · screen {number} of {len(screens)}" in texts(app)
        assert bool(app.get("latex")) == (screen == "Equation")
        if number < len(screens):
            app.button(key="lecture_Next").click().run()
    app.button(key="lecture_Back").click().run()
    assert f"screen {len(screens) - 1} of" in texts(app)
    app.button(key="lecture_leave").click().run()
    assert "lecture" not in app.query_params
    assert [header.value for header in app.header] == [title_of(key)]


def test_a_lecture_goes_on_with_the_next_step_after_the_last_screen(at):
    app = at("1", lecture="1", screen="5")
    app.button(key="lecture_Next").click().run()
    assert app.title[0].value == title_of("noise-and-rate")
    app.button(key="lecture_Back").click().run()
    assert "screen 5 of 5" in texts(app)
    first = at("1", lecture="1", screen="1")
    assert first.button(key="lecture_Back").disabled


def test_the_glossary_finds_terms_and_says_when_there_are_none(at):
    app = at("glossary")
    assert len(app.dataframe[0].value) == len(glossary())
    app.text_input(key="glossary_text").set_value("sinr").run()
    assert 0 < len(app.dataframe[0].value) < len(glossary())
    app.text_input(key="glossary_text").set_value("no such thing").run()
    assert "No term holds" in texts(app)


def test_names_of_objects_are_never_markup(at, tiny):
    users = tuple(user.model_copy(update={"id": f"a_b_{n}"}) for n, user in enumerate(tiny.ground_users))
    app = at("1", tiny.model_copy(update={"ground_users": users}))
    assert not app.exception
    assert "a\\_b\\_" in app.markdown[0].value or "au\\-1" in app.markdown[0].value


def end(store, run_id, kpis):
    """Put the end of a run into the store as a worker would."""
    with store.connection() as connection:
        connection.execute(
            "UPDATE runs SET state = 'done', kpis = ?, started = 1, finished = 2 WHERE id = ?",
            (json.dumps(kpis), run_id),
        )


def test_the_users_own_runs_appear_with_their_figures(at, tiny, tmp_path, city_cache):
    store = RunStore(tmp_path)
    kpis = {"data_service_mbit": 123.0, "violations": 0, "outage": 0.25, "upper_bound_mbit": 200.0, "gap": 0.385}
    end(store, store.submit(tiny, title="My own"), kpis)
    app = at("10")
    assert not app.exception
    assert "My own" in texts(app)
    assert all(f"**{number}**" in texts(app) for number in ("123", "200", "38\\.5", "25\\.0"))

    question = twin_preset("toy", cache_dir=city_cache)
    run_id = store.submit(question, "greedy")
    kpis = execute(store.folder(run_id), cache_folder(store.root)).kpis
    end(store, run_id, kpis)
    app = at("twin")
    assert not app.exception
    assert f"{kpis['mean_backlog_mbit']:,.1f}".replace(".", "\\.") in texts(app)

    (store.folder(run_id) / "result.nc").unlink()  # a lost result costs its line, not the page
    store.rename(run_id, "Lost")
    app = at("twin")
    assert not app.exception
    assert "no run of your own yet" in texts(app)
