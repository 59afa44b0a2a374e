"""The address at which the map asks for the live optimum: what is answered when, and to whom."""

import pytest
from starlette.requests import Request

from itnt_core.live import LiveAnswer, Look
from itnt_core.mapdata import unpack
from pages.shared import live


class Standing:
    """A follower that stands where a test puts it."""

    def __init__(self, look):
        self.kept = look

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
    monkeypatch.setattr(live, "_followers", held)

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
    assert (told.status_code, told.body) == (409, b"No station <b>.\nPlace one.")
    assert told.headers["content-type"].startswith("text/plain")


def test_a_sessions_scenario_is_handed_over_once_and_no_process_starts_before_a_map_asks(monkeypatch, tiny_scenario):
    monkeypatch.setattr(live.st, "session_state", {})
    first = live.follow(tiny_scenario)
    assert live.follow(tiny_scenario) == first and first["number"] == 1
    seat = live.st.session_state[live.KEY]
    assert seat.follower.pid is None
    renamed = tiny_scenario.model_copy(update={"seed": 2})
    assert live.follow(renamed) == {**first, "number": 2}
    token = seat.token
    assert token in live._followers
    live.stop_following()
    del seat
    assert token not in live._followers and live.KEY not in live.st.session_state
    live.stop_following()  # and again: there is nothing to end
