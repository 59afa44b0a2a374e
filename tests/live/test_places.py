"""Places for live workers: never more than there are, turns for all who wait, one at a time for each person."""

import gc
import time

import pytest

from itnt_core.fairness import by_turns
from itnt_core.live import follower as followers
from itnt_core.live import places


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_the_first_items_of_all_come_before_anybody_s_second():
    waiting = [("a1", "a"), ("a2", "a"), ("b1", "b"), ("a3", "a"), ("c1", "c"), ("b2", "b")]
    assert by_turns(waiting, {}) == ["a1", "b1", "c1", "a2", "b2", "a3"]
    assert by_turns(waiting, {"a": 7, "b": 3}) == ["c1", "b1", "a1", "b2", "a2", "a3"]
    assert by_turns([], {"a": 1}) == []


def test_there_are_never_more_workers_than_places_and_the_line_has_numbers(clock):
    line = places.WorkerPlaces(lambda: 2, clock)
    assert [line.ask(who) for who in "abcd"] == [0, 0, 1, 2]
    line.leave("c")  # who waits may go, too
    assert line.ask("d") == 1
    line.leave("a")
    assert [line.ask(who) for who in "bd"] == [0, 0]
    assert line.ask("e") == 1


def test_a_worker_gives_its_place_up_only_where_somebody_waits(clock):
    line = places.WorkerPlaces(lambda: 1, clock)
    line.ask("a")
    clock.now = 10 * places.TURN_S
    assert not line.is_over("a", settled=True)
    line.ask("b")
    assert line.is_over("a", settled=False)  # its turn is long over
    line.leave("a")
    assert line.ask("b") == 0 and line.ask("a") == 1
    assert line.is_over("b", settled=True) and not line.is_over("b", settled=False)


def test_a_person_with_many_tabs_has_no_more_turns_than_others(clock):
    line = places.WorkerPlaces(lambda: 1, clock)
    for tab in range(5):
        line.ask(f"ann {tab}", "ann")
    assert line.ask("bob", "bob") == 1  # before the four tabs that came earlier: their person has a place
    line.leave("ann 0")
    assert line.ask("ann 1", "ann") == 2 and line.ask("bob", "bob") == 0


def test_followers_take_turns_on_one_place(acted, tiny_scenario, tmp_path, monkeypatch):
    monkeypatch.setattr(followers, "PLACES", places.WorkerPlaces(lambda: 1))
    first, second = acted("answers"), acted("answers")
    first.submit(tiny_scenario)
    wait_for(lambda: first.state == "settled")
    second.submit(tiny_scenario)
    wait_for(lambda: second.state == "settled")
    assert first.pid is None and first.latest() is not None  # it gave its place up, its answer stays
    first.submit(tiny_scenario)
    wait_for(lambda: first.state == "settled")


def test_who_waits_is_told_its_number_and_a_session_that_goes_lets_the_next_one_in(
    acted, tiny_scenario, tmp_path, monkeypatch
):
    monkeypatch.setattr(followers, "PLACES", places.WorkerPlaces(lambda: 1))
    busy, waiting = acted("answers endless"), acted("answers")
    busy.submit(tiny_scenario)
    wait_for(lambda: busy.pid is not None)
    waiting.submit(tiny_scenario)
    wait_for(lambda: waiting.look().place == 1)
    assert waiting.pid is None and waiting.state == "working"
    busy.close()
    wait_for(lambda: waiting.state == "settled")
    assert waiting.look().place == 0


def test_who_waits_and_is_not_asked_for_leaves_the_line(acted, tiny_scenario, monkeypatch):
    line = places.WorkerPlaces(lambda: 1)
    monkeypatch.setattr(followers, "PLACES", line)
    monkeypatch.setattr(followers, "UNASKED_AFTER_S", 0.3)
    line.ask("somebody else")
    waiting = acted("answers")
    waiting.submit(tiny_scenario)
    time.sleep(1.0)
    assert line.ask("another") == 1
    line.leave("another")
    line.leave("somebody else")
    wait_for(lambda: waiting.latest() is not None)  # it is asked for again


def wait_for(condition):
    end = time.monotonic() + 60.0
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
        gc.collect(0)
