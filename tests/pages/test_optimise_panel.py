"""The side panel of Optimise as a script: the planner first, then how good its answer is and what to do next."""

import pytest
from test_pages import texts
from test_runs_page import end

from itnt_core.runs import RunStore

PAGE = "pages/3_Optimise.py"


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(RunStore, "launch", lambda self: None)
    return RunStore(tmp_path)


def kpis(mbit, **more):
    return {"data_service_mbit": mbit, "outage": 0.0, "violations": 0, "objective": "coverage first", **more}


def answered(store, scenario, method, mbit, **more):
    run_id = store.submit(scenario, method)
    end(store, run_id, "done", kpis(mbit, **more))
    return run_id


def press(app, label):
    return next(button for button in app.button if button.label == label).click().run()


def test_one_button_starts_the_planner_with_its_time(open_page, store):
    app = open_page(PAGE)
    app.number_input(key="planner_budget_s").set_value(25.0)
    app = press(app, "Optimise")
    assert not app.exception
    (run,) = store.list()
    assert (run.method, run.title) == ("planner", "Planner, Tiny")
    assert '"time_limit_s": 25.0' in (store.folder(run.id) / "request.json").read_text()
    assert any("Place 1 in the queue" in caption.value for caption in app.caption)


def test_a_scenario_without_an_answer_says_so(open_page, store, tiny):
    answered(store, tiny.model_copy(update={"seed": 9}), "planner", 10.0)
    app = open_page(PAGE)
    assert any("not been optimised yet as it is now" in caption.value for caption in app.caption)


def test_an_answer_is_one_sentence_with_rank_and_leads_on(open_page, store, tiny):
    rival = answered(store, tiny, "straight", 100.0)
    newest = answered(store, tiny, "planner", 110.0, gap=0.05)
    app = open_page(PAGE)
    assert not app.exception
    shown = texts(app).replace("\\", "")
    assert (
        "Planner: 110 Mbit, within 5.0 % of the certified bound; best of 2 methods on this scenario, 10.0 % above "
        "Straight line." in shown
    )
    labels = [button.label for button in app.button]
    assert "Replay" in labels and "Compare with Straight line" in labels
    app = press(app, "Compare with Straight line")
    assert app.query_params["runs"] in (f"{newest},{rival}", [f"{newest},{rival}"])


def test_a_lonely_answer_is_compared_with_the_run_before(open_page, store, tiny):
    answered(store, tiny.model_copy(update={"seed": 9}), "planner", 10.0)
    answered(store, tiny, "planner", 11.0)
    app = open_page(PAGE)
    assert "Compare with the run before" in [button.label for button in app.button]


def test_a_run_at_work_can_be_cancelled_here(open_page, store, tiny):
    run_id = store.submit(tiny, "planner")
    app = open_page(PAGE)
    app.button(key=f"newest_cancel_{run_id}").click().run()
    assert not app.exception
    assert store.get(run_id).state == "cancelled"


def test_a_scenario_with_problems_cannot_be_optimised(open_page, store, tiny):
    twice = (tiny.ground_users[0], *tiny.ground_users)
    broken = tiny.model_copy(update={"ground_users": twice})
    app = open_page(PAGE, scenario=broken)
    assert next(button for button in app.button if button.label == "Optimise").disabled
