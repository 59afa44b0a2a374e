"""The page's end of the live optimum: workers are lost, slow, late or forgotten, and nobody waits or reads old news."""

import gc
import os
import signal
import time

import psutil
import pytest

from itnt_core.live import Follower, follower
from itnt_core.network import build_world, evaluate

PATIENCE_S = 120.0


def wait_for(condition):
    """Wait until a condition holds."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def is_gone(pid):
    """Say whether a process has ended."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def started(folder):
    """Return the process ids of all workers that were started so far."""
    path = folder / "started"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def test_an_edit_is_answered_and_the_answer_is_that_of_the_worker(acted, tiny_scenario, straight_decision):
    following = acted("answers")
    assert (following.state, following.latest(), following.pid) == ("idle", None, None)
    number = following.submit(tiny_scenario)
    wait_for(lambda: following.state == "settled")
    answer = following.latest()
    assert (answer.number, answer.kpis) == (number, {"data_service_mbit": 1.0})
    for name in ("station", "subchannel", "positions_m", "power_w"):
        assert (getattr(answer.decision, name) == getattr(straight_decision, name)).all()
    assert answer.decision.convention == straight_decision.convention


def test_an_answer_to_an_older_edit_is_never_shown(acted, tiny_scenario):
    following = acted("is late")
    for _ in range(3):
        following.submit(tiny_scenario)
    wait_for(lambda: following.pid is not None)
    time.sleep(0.3)  # what it says meanwhile is of older edits
    assert following.latest() is None and following.state == "working"


def test_the_answer_is_dropped_in_the_moment_of_the_next_edit(acted, tiny_scenario):
    following = acted("answers")
    following.submit(tiny_scenario)
    wait_for(lambda: following.latest() is not None)
    following.submit(tiny_scenario)
    answer = following.latest()
    assert answer is None or answer.number == 2


@pytest.mark.parametrize("way", ["dies once", "stands still once", "says nonsense once"])
def test_a_lost_worker_is_replaced_and_the_newest_edit_answered(acted, tiny_scenario, tmp_path, monkeypatch, way):
    monkeypatch.setattr(follower, "SILENT_AFTER_S", 1.0)
    following = acted(way)
    following.submit(tiny_scenario)
    number = following.submit(tiny_scenario)
    wait_for(lambda: following.state == "settled")
    assert following.latest().number == number
    first, second = started(tmp_path)[:2]
    assert following.pid == second
    wait_for(lambda: is_gone(first))


def test_an_edit_that_costs_two_workers_is_told_and_the_next_edit_has_a_new_one(acted, tiny_scenario, tmp_path):
    following = acted("dies")
    following.submit(tiny_scenario)
    wait_for(lambda: following.state == "lost")
    assert "ended 2 times over this edit" in following.sentences[0]
    assert len(started(tmp_path)) == 2
    following.submit(tiny_scenario)
    assert following.sentences == ()
    wait_for(lambda: following.state == "lost")
    assert len(started(tmp_path)) == 4


def test_a_worker_that_cannot_be_started_is_told(tmp_path, tiny_scenario):
    following = Follower(tmp_path, [str(tmp_path / "not there")])
    following.submit(tiny_scenario)
    wait_for(lambda: following.state == "lost")
    assert "cannot be started" in following.sentences[0]
    following.close()


def test_an_edit_is_compared_with_the_last_settled_answer(acted, tiny_scenario):
    following = acted("answers")
    following.submit(tiny_scenario)
    wait_for(lambda: following.state == "settled")
    following.submit(tiny_scenario)
    assert following.look().before.number == 1
    endless = acted("answers endless")
    endless.submit(tiny_scenario)
    wait_for(lambda: endless.latest() is not None)
    endless.submit(tiny_scenario)
    assert endless.look().before is None  # or what its plan had still to gain would be told as the edit's


def test_what_the_worker_refuses_is_told_in_its_words(acted, tiny_scenario):
    following = acted("refuses")
    following.submit(tiny_scenario)
    wait_for(lambda: following.state == "refused")
    assert following.sentences == ("The seed is -4.",) and following.latest() is None


def test_nobody_waits_for_a_worker_that_stands_still(acted, tiny_scenario):
    """Also where its pipe is full: an edit of many users is larger than what a pipe holds."""
    following = acted("answers endless")
    following.submit(tiny_scenario)
    wait_for(lambda: following.latest() is not None)
    os.kill(following.pid, signal.SIGSTOP)
    user = tiny_scenario.ground_users[0]
    crowd = tuple(user.model_copy(update={"id": f"gu-{number}"}) for number in range(3000))
    large = tiny_scenario.model_copy(update={"ground_users": crowd})
    for _ in range(5):  # a write into the pipe would wait for ever
        following.submit(large)
        assert following.latest() is None
    assert following.state == "working"


def test_closing_ends_the_worker_and_so_does_forgetting_the_follower(acted, tiny_scenario, tmp_path):
    following = acted("answers")
    following.submit(tiny_scenario)
    wait_for(lambda: following.pid is not None and following.state == "settled")
    pid = following.pid
    following.close()
    wait_for(lambda: is_gone(pid))
    forgotten = [Follower(tmp_path, acted.command("answers"))]
    forgotten[0].submit(tiny_scenario)
    wait_for(lambda: forgotten[0].pid is not None)
    pid = forgotten[0].pid
    forgotten.clear()
    gc.collect()
    wait_for(lambda: is_gone(pid))


def test_a_worker_that_nobody_asks_is_given_back_and_comes_again(acted, tiny_scenario, tmp_path, monkeypatch):
    monkeypatch.setattr(follower, "UNASKED_AFTER_S", 0.2)
    following = acted("answers endless")
    following.submit(tiny_scenario)
    wait_for(lambda: started(tmp_path))
    (first,) = started(tmp_path)
    wait_for(lambda: is_gone(first))
    monkeypatch.setattr(follower, "UNASKED_AFTER_S", 60.0)
    wait_for(lambda: following.latest() is not None and len(started(tmp_path)) == 2)


def test_two_sessions_make_fifty_edits_each_and_both_get_the_answer_to_their_last(tiny_scenario, city_cache):
    sessions = [Follower(city_cache), Follower(city_cache)]
    asked = [tiny_scenario, tiny_scenario]
    try:
        for number in range(50):
            for index, session in enumerate(sessions):
                moved = tiny_scenario.ground_stations[0].model_copy(update={"east_m": -150.0 + number + 60.0 * index})
                stations = (moved, *tiny_scenario.ground_stations[1:])
                asked[index] = tiny_scenario.model_copy(update={"ground_stations": stations})
                session.submit(asked[index])
                answer = session.latest()
                assert answer is None or answer.number == number + 1
            time.sleep(0.02)
        wait_for(lambda: all(session.state == "settled" for session in sessions))
        pids = [session.pid for session in sessions]
        assert len(set(pids)) == 2
        for session, scenario in zip(sessions, asked, strict=True):
            answer = session.latest()
            assert (answer.number, answer.content_hash) == (50, scenario.content_hash())
            evaluation = evaluate(build_world(scenario, cache_dir=city_cache), answer.decision)
            assert evaluation.active.data_service_mbit == pytest.approx(answer.kpis["data_service_mbit"], rel=1e-12)
    finally:
        for session in sessions:
            session.close()
    wait_for(lambda: all(is_gone(pid) for pid in pids))


def test_a_real_worker_follows_edits_and_ends_with_its_input(tiny_scenario, city_cache):
    following = Follower(city_cache)
    try:
        following.submit(tiny_scenario)
        wait_for(lambda: following.state == "settled")
        first = following.latest()
        station = tiny_scenario.ground_stations[0].model_copy(update={"max_power_w": 4.0})
        edited = tiny_scenario.model_copy(update={"ground_stations": (station, *tiny_scenario.ground_stations[1:])})
        for _ in range(5):
            following.submit(tiny_scenario)
        number = following.submit(edited)
        wait_for(lambda: following.state == "settled")
        second = following.latest()
        assert (second.number, second.content_hash) == (number, edited.content_hash())
        for answer in (first, second):
            assert answer.kpis["violations"] == 0
            assert answer.kpis["data_service_mbit"] <= answer.kpis["upper_bound_mbit"]
        pid = following.pid
    finally:
        following.close()
    wait_for(lambda: is_gone(pid))
