"""The address at which the map asks for the live optimum: what is answered when, and to whom."""

import pytest
from starlette.requests import Request
from test_runs_page import end

from itnt_core.live import LiveAnswer, Look
from itnt_core.mapdata import unpack
from itnt_core.methods import ProgressEvent, optimise
from itnt_core.person import FIRST, Person, acting_for
from itnt_core.results import write_result
from itnt_core.runs import RunStore
from itnt_core.runs.best import BestKeeper
from itnt_core.twin import twin_preset
from pages.shared import live, live_run


class Standing:
    """A follower that stands where a test puts it."""

    def __init__(self, look):
        self.kept = look

    owner = "first"

    @property
    def follower(self):
        return self

    def look(self):
        return self.kept


def finished(coroutine):
    """Return what a coroutine returns that waits for nothing; a test before this may have left its loop running."""
    with pytest.raises(StopIteration) as end:
        coroutine.send(None)
    return end.value.value


@pytest.fixture
def ask(monkeypatch):
    """Return a function that puts a follower at an address and asks there."""
    held = {}
    monkeypatch.setattr(live, "_seats", held)

    def asked(look, token="seat", seen=""):
        held["seat"] = Standing(look)
        scope = {"type": "http", "path_params": {"token": token}, "headers": [(b"if-none-match", seen.encode())]}
        return finished(live.live_answer(Request(scope)))

    return asked


@pytest.fixture
def answer(straight_decision):
    return LiveAnswer(4, "0" * 64, "Powers", 0.2, True, 0.25, {"data_service_mbit": 12.0}, {}, straight_decision)


def look(scenario, answer=None, *, state="working", sentences=(), answers=0):
    """Return how it stands with edit 4."""
    return Look(4, scenario, answer, None, state, sentences, answers)


def test_nobody_else_gets_an_answer(ask, tiny_scenario):
    assert ask(look(tiny_scenario), token="another").status_code == 404


def test_somebody_else_who_knows_the_address_gets_none_either(ask, tiny_scenario, monkeypatch):
    """On a server an address that was seen over a shoulder is worth nothing: who asks is looked at."""
    monkeypatch.setenv("ITNT_PROFILE", "server")
    with acting_for(Person("adaadaadaada", "Ada")):
        assert ask(look(tiny_scenario)).status_code == 404
    with acting_for(FIRST):
        assert ask(look(tiny_scenario)).status_code == 204


def test_while_there_is_no_answer_nothing_is_sent(ask, tiny_scenario):
    assert ask(look(tiny_scenario)).status_code == 204


def test_an_answer_is_sent_once(ask, tiny_scenario, answer):
    settled = look(tiny_scenario, answer, state="settled", answers=7)
    first = ask(settled)
    assert first.status_code == 200 and first.headers["cache-control"] == "no-store"
    meta, arrays = unpack(first.body)
    assert (meta["number"], meta["is_settled"]) == (4, True)
    assert ("Data service", "12.0 Mbit") in [tuple(row) for row in meta["figures"]]
    assert arrays["server"].shape == (len(tiny_scenario.user_ids),)
    again = ask(settled, seen=first.headers["etag"])
    assert (again.status_code, again.body) == (304, b"")
    assert ask(look(tiny_scenario, answer, answers=8), seen=first.headers["etag"]).status_code == 200


def test_why_there_is_no_answer_is_said_in_plain_text(ask, tiny_scenario):
    told = ask(look(tiny_scenario, state="refused", sentences=("No station <b>.", "Place one.")))
    assert (told.status_code, told.body) == (200, b"No station <b>.\nPlace one.")  # 4xx: a fault in the console
    assert told.media_type == "text/plain"


def test_a_sessions_scenario_is_handed_over_once_and_no_process_starts_before_a_map_asks(monkeypatch, tiny_scenario):
    monkeypatch.setattr(live.st, "session_state", {})
    first = live.follow(tiny_scenario)
    assert live.follow(tiny_scenario) == first and first["number"] == 1
    seat = live.st.session_state[live.KEY]
    assert seat.follower.pid is None
    renamed = tiny_scenario.model_copy(update={"seed": 2})
    assert live.follow(renamed) == {**first, "number": 2}
    token = seat.token
    assert token in live._seats
    live.stop_following()
    del seat
    assert token not in live._seats and live.KEY not in live.st.session_state
    live.stop_following()  # and again: there is nothing to end
    assert status_at(token) == 204  # a map that has not heard of it yet: a 404 would be a fault in the console
    assert status_at("of nobody") == 404
    live.st.session_state.clear()
    assert status_at(token) == 404


def status_at(token):
    scope = {"type": "http", "path_params": {"token": token}, "headers": []}
    return finished(live.live_answer(Request(scope))).status_code


@pytest.fixture
def run_of(tmp_path, monkeypatch, tiny_scenario):
    """Return a store of runs at the server's place, and a run in it."""
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path))
    store = RunStore(tmp_path)
    return store, store.submit(tiny_scenario, "planner")


def of_run(run_id, seen=""):
    return live_run.run_answer(live_run.MARK + run_id, seen)


def test_a_run_shows_its_best_decision_so_far_and_each_one_once(run_of, straight_decision):
    store, run_id = run_of
    assert of_run(run_id).status_code == 204
    found = ProgressEvent(
        phase="x", fraction=0.5, objective_mbit=90.0, served_share=0.75, bound_mbit=100.0, decision=straight_decision
    )
    BestKeeper(store.folder(run_id)).take(found)
    first = of_run(run_id)
    assert first.status_code == 200 and first.headers["cache-control"] == "no-store"
    meta, arrays = unpack(first.body)
    assert meta["headline"] == "Best so far: 90.0 Mbit, bound 100.0 Mbit, gap 10.00 %"
    assert (meta["is_settled"], meta["number"]) == (False, live_run.follow_run(run_id)["number"])
    assert arrays["flight_m"].shape == straight_decision.positions_m.shape
    assert of_run(run_id, first.headers["etag"]).status_code == 304
    BestKeeper(store.folder(run_id)).take(found.model_copy(update={"objective_mbit": 95.0}))
    assert unpack(of_run(run_id, first.headers["etag"]).body)[0]["headline"].startswith("Best so far: 95.0 Mbit")


def test_a_run_that_is_over_shows_its_result_and_is_settled(run_of, tiny_scenario, city_cache):
    store, run_id = run_of
    result = optimise(tiny_scenario, "straight", cache_dir=city_cache)
    write_result(store.folder(run_id), result)
    end(store, run_id, "done", result.kpis)
    meta, _ = unpack(of_run(run_id).body)
    assert meta["is_settled"] and meta["headline"].startswith(f"Result: {result.kpis['data_service_mbit']:,.1f} Mbit")


def test_a_run_that_ended_without_a_decision_says_why(run_of):
    store, run_id = run_of
    end(store, run_id, "failed", None, "No world.")
    told = of_run(run_id)
    assert (told.status_code, told.media_type, told.body) == (200, "text/plain", b"No world.")


@pytest.mark.parametrize("run_id", ["20260101-000000-00000000", "../../etc/passwd", "", "x" * 5000])
def test_only_runs_of_the_store_have_an_address(run_of, run_id):
    assert of_run(run_id).status_code == 404


def test_a_run_of_another_study_has_nothing_for_this_map(run_of):
    assert of_run(run_of[0].submit(twin_preset("toy", 1))).status_code == 404


def test_the_answers_of_two_runs_are_told_apart(run_of, tiny_scenario, city_cache):
    store, first = run_of
    second = store.submit(tiny_scenario, "straight")
    result = optimise(tiny_scenario, "straight", cache_dir=city_cache)
    for run_id in (first, second):
        write_result(store.folder(run_id), result)
        end(store, run_id, "done", result.kpis)
    answers = [of_run(first), of_run(second)]
    assert answers[0].headers["etag"] != answers[1].headers["etag"]
    numbers = [unpack(answer.body)[0]["number"] for answer in answers]
    assert numbers == [live_run.follow_run(run_id)["number"] for run_id in (first, second)]
    assert numbers[0] != numbers[1]


def test_the_newest_run_of_just_this_scenario_is_found(run_of, tiny_scenario):
    store, _ = run_of
    newest = store.submit(tiny_scenario, "straight")
    store.submit(tiny_scenario.model_copy(update={"seed": 9}))
    assert live_run.newest_run(store, tiny_scenario).id == newest
    assert live_run.newest_run(store, tiny_scenario.model_copy(update={"seed": 10})) is None
