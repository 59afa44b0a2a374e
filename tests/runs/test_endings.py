"""Every way a run can end, forced with real processes, and what is left behind."""

import os
import signal

import pytest
from processes_of_runs import children_of, clear_away, has_begun, is_gone, wait_for, workers_of

from itnt_core.methods import optimise
from itnt_core.presets import preset
from itnt_core.results import read_result
from itnt_core.runs import STATE_WORDS, RunStore, cache_folder
from itnt_core.runs.launchers import most_parallel_runs

LONG_TRAINING = {"rounds": 50, "episodes": 50, "reference_lines": False, "environments": 4, "hidden": 32, "patience": 0}
MILP = {"associator": "milp"}
LONG_ROUND = {"rounds": 1, "steps": 5000}  # minutes on any machine: it is cancelled inside


def in_its_child(store, run_id, phase):
    """Wait until a run has reported from this phase; return the only worker and the process that computes."""
    wait_for(lambda: has_begun(store, run_id, phase))
    (worker,) = workers_of(store)
    (child,) = children_of(worker)
    return worker, child


def at_work(store, slow):
    """Start a long run; return its id, its worker and the process that computes it, once it is at work."""
    run_id = store.submit(slow, settings=MILP)
    store.launch()
    return run_id, *in_its_child(store, run_id, "association")


def ended(store, run_id):
    """Wait for a run's end and return the run."""
    wait_for(lambda: store.get(run_id).is_over)
    return store.get(run_id)


@pytest.fixture(scope="module")
def queue(tmp_path_factory, city_cache):
    """Return a function that makes a store of its own, with the cities of all."""
    stores = []

    def make():
        stores.append(RunStore(tmp_path_factory.mktemp("data")))
        cache_folder(stores[-1].root).symlink_to(city_cache)
        return stores[-1]

    yield make
    for store in stores:
        clear_away(store)


@pytest.fixture(scope="module")
def worked_off(queue, tiny, slow):
    """A store whose one worker met all these ends in turn, the ids of its runs, and its last processes.

    In turn: an error, a sound run, a broken request, a crash, a sound run, a time limit, a cancellation.
    """
    store = queue()
    asked = {
        "error": (tiny, {}),
        "First try": (tiny, {}),
        "broken": (tiny, {}),
        "crash": (slow, {"settings": MILP}),
        "last": (tiny, {}),
        "limit": (slow, {"settings": MILP, "time_limit_s": 2.5}),
        "cancelled": (slow, {"settings": MILP}),
    }
    ids = {title: store.submit(scenario, title=title, **more) for title, (scenario, more) in asked.items()}
    (store.folder(ids["error"]) / "scenario.json").write_text('{"seed": -4}')
    (store.folder(ids["broken"]) / "request.json").write_text("{}")
    assert {store.get(run_id).state for run_id in ids.values()} == {"queued"}
    store.launch()
    in_its_child(store, ids["crash"], "association")[1].send_signal(signal.SIGSEGV)
    processes = in_its_child(store, ids["cancelled"], "association")
    store.cancel(ids["cancelled"])
    wait_for(lambda: all(run.is_over for run in store.list()))
    return store, ids, processes


@pytest.fixture(scope="module")
def trained(queue, tiny):
    """A store whose worker met two long trainings, one at its time limit and one cancelled, and its processes."""
    store = queue()
    ids = {"limit": store.submit(tiny, "proposed", settings=LONG_TRAINING, time_limit_s=3600.0)}
    ids["cancelled"] = store.submit(tiny, "proposed", settings=LONG_TRAINING)
    store.launch()
    in_its_child(store, ids["limit"], "training")
    (store.folder(ids["limit"]) / "cancel").write_text("timed out")  # as the supervisor does after 3600 s
    processes = in_its_child(store, ids["cancelled"], "training")
    store.cancel(ids["cancelled"])
    wait_for(lambda: all(run.is_over for run in store.list()))
    return store, ids, processes


def test_a_finished_run_is_done_with_the_figures_of_its_result(worked_off, tiny):
    store, ids, _ = worked_off
    run_id = ids["First try"]
    run = store.get(run_id)
    assert (run.state, run.title, run.progress, run.attempts) == ("done", "First try", 1.0, 1)
    assert run.kpis == read_result(store.folder(run_id)).kpis
    assert run.peak_mb > 50.0 and run.duration_s > 0.0 and run.work == 8 * 5 * 3 * tiny.radio.subchannels
    phases = [event["phase"] for event in store.events(run_id)[0] if event["type"] == "progress"]
    assert phases[0] == "world" and phases[-1] == "done"


def test_the_last_run_leaves_no_worker(worked_off):
    wait_for(lambda: workers_of(worked_off[0]) == [])


def test_twenty_submissions_are_worked_off_without_ever_exceeding_the_limit(store, tiny):
    ids = [store.submit(tiny) for _ in range(20)]
    for _ in range(3):
        store.launch()
    wait_for(lambda: all(run.is_over for run in store.list()))
    runs = [store.get(run_id) for run_id in ids]
    assert {run.state for run in runs} == {"done"}
    turns = sorted([(run.started, 1) for run in runs] + [(run.finished, -1) for run in runs])
    at_once = [sum(step for _, step in turns[: number + 1]) for number in range(len(turns))]
    assert max(at_once) <= most_parallel_runs()


def test_a_run_cancelled_in_a_solver_call_ends_and_leaves_no_process(worked_off):
    store, ids, (worker, child) = worked_off
    run = store.get(ids["cancelled"])
    assert run.state == "cancelled" and "no decision" in run.message
    wait_for(lambda: is_gone(child) and is_gone(worker))


def test_a_run_cancelled_in_a_torch_loop_keeps_its_best_decision_and_leaves_no_process(trained):
    store, ids, (worker, child) = trained
    run = store.get(ids["cancelled"])
    assert run.state == "cancelled"
    wait_for(lambda: is_gone(child) and is_gone(worker))
    result = read_result(store.folder(run.id))
    assert result.manifest["status"] == "stopped early"
    assert run.kpis == result.kpis and run.kpis["violations"] == 0
    assert "is kept" in run.message


def test_a_run_deaf_to_every_request_is_cancelled_and_leaves_no_process(store, slow, tmp_path, monkeypatch):
    """To SIGTERM and to the flag: the process is stopped, so nothing but a kill ends it."""
    (tmp_path / "sitecustomize.py").write_text("import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    run_id, worker, child = at_work(store, slow)
    os.kill(child.pid, signal.SIGSTOP)
    store.cancel(run_id)
    run = ended(store, run_id)
    assert run.state == "cancelled" and "no decision" in run.message
    wait_for(lambda: is_gone(child) and is_gone(worker))


def test_a_run_at_its_time_limit_is_timed_out(worked_off):
    store, ids, _ = worked_off
    run = store.get(ids["limit"])
    assert run.state == "timed out" and "2.5 s" in run.message


def test_a_method_stopped_at_the_time_limit_keeps_its_best_decision(trained):
    store, ids, _ = trained
    run = store.get(ids["limit"])
    assert run.state == "timed out" and "is kept" in run.message
    assert run.kpis["data_service_mbit"] == read_result(store.folder(run.id)).kpis["data_service_mbit"]


def test_a_crash_fails_that_run_alone(worked_off):
    store, ids, _ = worked_off
    run = store.get(ids["crash"])
    assert run.state == "failed" and "signal 11" in run.message
    assert store.get(ids["last"]).state == "done"


def test_an_error_is_told_in_its_own_words_and_fails_its_run_alone(worked_off):
    store, ids, _ = worked_off
    run = store.get(ids["error"])
    assert run.state == "failed" and "seed" in run.message and "-4" in run.message
    assert store.get(ids["First try"]).state == "done"


def test_a_broken_request_fails_its_run_alone(worked_off):
    store, ids, _ = worked_off
    assert store.get(ids["broken"]).state == "failed"
    assert store.get(ids["last"]).state == "done"


def test_a_run_whose_worker_was_killed_is_interrupted_and_can_be_resumed(store, slow, tiny):
    run_id, worker, child = at_work(store, slow)
    os.kill(worker.pid, signal.SIGKILL)
    wait_for(lambda: store.get(run_id).state == "interrupted")
    wait_for(lambda: is_gone(child))
    store.resume(run_id)
    store.launch()
    wait_for(lambda: store.get(run_id).state == "running")
    assert store.get(run_id).attempts == 2


def test_every_state_has_words_of_its_own():
    assert len(set(STATE_WORDS.values())) == len(STATE_WORDS) == 7


def test_a_free_place_is_used_while_another_worker_is_busy(store, tiny, slow, monkeypatch):
    monkeypatch.setenv("ITNT_MAX_RUNS", "2")
    long, _, child = at_work(store, slow)
    os.kill(child.pid, signal.SIGSTOP)  # it keeps its place, and leaves the other its core
    short = store.submit(tiny)
    store.launch()
    assert ended(store, short).state == "done"
    assert store.get(long).state == "running"


def test_a_silent_worker_is_ended_with_its_child_before_anyone_else_computes_its_run(store, slow, monkeypatch):
    run_id, worker, child = at_work(store, slow)
    os.kill(worker.pid, signal.SIGSTOP)
    monkeypatch.setattr("itnt_core.runs.losses.SILENT_AFTER_S", 0.0)
    assert store.get(run_id).state == "interrupted" and "silent" in store.get(run_id).message
    wait_for(lambda: is_gone(worker) and is_gone(child))


def test_a_run_that_was_to_end_ends_when_its_worker_is_lost(store, slow):
    run_id, worker, _ = at_work(store, slow)
    os.kill(worker.pid, signal.SIGSTOP)
    store.cancel(run_id)
    os.kill(worker.pid, signal.SIGKILL)
    assert ended(store, run_id).state == "cancelled"


def test_a_method_busy_between_two_reports_hands_over_what_it_has(store, city_cache):
    tiny = preset("tiny", cache_dir=city_cache)
    compiled = {"rounds": 1, "steps": 1}  # beforehand: nobody can interrupt a compiler
    optimise(tiny, "gradient", settings=compiled, cache_dir=city_cache)
    run_id = store.submit(preset("london-2km", users=24, cache_dir=city_cache), "gradient", settings=LONG_ROUND)
    store.launch()
    wait_for(lambda: has_begun(store, run_id, "world"))
    (child,) = children_of(workers_of(store)[0])
    busy_s = child.cpu_times().user
    wait_for(lambda: child.cpu_times().user > busy_s + 6.0)  # the ascent is on, and reports at its end only
    store.cancel(run_id)
    run = ended(store, run_id)
    assert run.state == "cancelled" and run.kpis["violations"] == 0
