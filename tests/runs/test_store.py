"""The run store and its workers, with real processes."""

import os
import signal
import sqlite3
import time

import psutil
import pytest

from itnt_core.methods import SettingsError
from itnt_core.presets import preset
from itnt_core.results import load_result
from itnt_core.runs import RunStore, StoreError, UnknownRunError
from itnt_core.runs.execute import append_event, read_events
from itnt_core.runs.processes import ProcessIdentity

PATIENCE_S = 60.0


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "data")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return preset("tiny", cache_dir=tmp_path_factory.mktemp("cache"))


def wait_for(condition):
    """Poll until a condition holds; fail loudly when it never does."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("The condition did not come true in time.")


def slow(tiny):
    """A scenario whose binary programs keep a worker busy long enough to be stopped."""
    return tiny.model_copy(update={"time": tiny.time.model_copy(update={"slots": 3000})})


def test_a_submitted_run_is_computed_by_a_worker_and_verified_figures_are_stored(store, tiny):
    run_id = store.submit(tiny, title="First try")
    assert store.get(run_id).state == "queued"
    store.launch()
    wait_for(lambda: store.get(run_id).is_over)
    run = store.get(run_id)
    assert (run.state, run.title, run.progress) == ("done", "First try", 1.0)
    result = load_result(store.folder(run_id))
    assert run.kpis == result.kpis
    phases = [event["phase"] for event in store.events(run_id)[0] if event["type"] == "progress"]
    assert phases[0] == "world" and phases[-1] == "done"


def test_one_launch_works_through_the_whole_queue_one_run_at_a_time(store, tiny):
    ids = [store.submit(tiny) for _ in range(3)]
    store.launch()
    store.launch()
    limit = max(1, (os.cpu_count() or 1) - 1)
    most = 0
    while not all(run.is_over for run in store.list()):
        most = max(most, sum(run.state == "running" for run in store.list()))
        time.sleep(0.05)
    assert {store.get(run_id).state for run_id in ids} == {"done"}
    assert most <= limit


def test_a_queued_run_is_cancelled_at_once(store, tiny):
    run_id = store.submit(tiny)
    store.cancel(run_id)
    assert store.get(run_id).state == "cancelled"


def test_a_running_run_is_cancelled_and_leaves_no_process(store, tiny):
    run_id = store.submit(slow(tiny), settings={"associator": "milp"})
    store.launch()
    wait_for(lambda: any(event.get("phase") == "association" for event in store.events(run_id)[0]))
    store.cancel(run_id)
    wait_for(lambda: store.get(run_id).is_over)
    assert store.get(run_id).state == "cancelled"
    folder = str(store.folder(run_id))
    wait_for(lambda: not any(folder in " ".join(p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"])))


def test_a_run_stops_at_its_time_limit(store, tiny):
    run_id = store.submit(slow(tiny), settings={"associator": "milp"}, time_limit_s=1.0)
    store.launch()
    wait_for(lambda: store.get(run_id).is_over)
    assert store.get(run_id).state == "timed out"


def test_a_killed_computation_fails_that_run_alone(store, tiny):
    run_id = store.submit(slow(tiny), settings={"associator": "milp"})
    other = store.submit(tiny)
    store.launch()
    wait_for(lambda: any(event.get("phase") == "association" for event in store.events(run_id)[0]))
    children = [
        process
        for process in psutil.process_iter(["cmdline"])
        if "itnt_core.runs.child" in (process.info["cmdline"] or ()) and str(store.folder(run_id)) in process.cmdline()
    ]
    assert len(children) == 1
    children[0].send_signal(signal.SIGKILL)
    wait_for(lambda: store.get(run_id).is_over and store.get(other).is_over)
    assert store.get(run_id).state == "failed"
    assert "signal 9" in store.get(run_id).message
    assert store.get(other).state == "done"


def test_a_run_whose_worker_was_killed_becomes_interrupted(store, tiny):
    run_id = store.submit(slow(tiny), settings={"associator": "milp"})
    store.launch()
    wait_for(lambda: store.get(run_id).state == "running")
    with sqlite3.connect(store.root / "runs.sqlite") as connection:
        worker = connection.execute("SELECT worker_pid FROM runs WHERE id = ?", (run_id,)).fetchone()[0]
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: store.get(run_id).state == "interrupted")
    folder = str(store.folder(run_id))
    wait_for(lambda: not any(folder in " ".join(p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"])))


def test_a_silent_worker_is_interrupted_and_cannot_finish_any_more(store, tiny, monkeypatch):
    run_id = store.submit(tiny)
    assert store.claim(ProcessIdentity.current(), "token", limit=1).id == run_id
    monkeypatch.setattr("itnt_core.runs.store.SILENT_AFTER_S", -1.0)
    assert store.get(run_id).state == "interrupted"
    store.finish(run_id, "token", "done", "Too late.", {})
    assert store.get(run_id).state == "interrupted"


def test_a_failing_scenario_is_told_in_its_own_words(store, tiny):
    run_id = store.submit(tiny)
    (store.folder(run_id) / "scenario.json").write_text('{"seed": -4}')
    store.launch()
    wait_for(lambda: store.get(run_id).is_over)
    run = store.get(run_id)
    assert run.state == "failed" and "seed" in run.message and "-4" in run.message


@pytest.mark.parametrize(
    "name", ["", "..", "../../etc", "20260101-000000-0000000g", "a/b", "20260101-000000-00000000\n", None]
)
def test_hostile_ids_never_become_paths(store, name):
    with pytest.raises(UnknownRunError):
        store.folder(name)


def test_an_unknown_run_is_said_to_be_unknown(store):
    with pytest.raises(UnknownRunError, match="no run"):
        store.get("20260101-000000-00000000")


def test_wrong_methods_and_settings_are_refused_before_anything_is_written(store, tiny):
    for arguments in ({"method": "magic"}, {"settings": {"associator": "best"}}, {"settings": {"speed": 3}}):
        with pytest.raises(SettingsError):
            store.submit(tiny, **arguments)
    assert store.list() == [] and not (store.root / "runs").exists()


def test_a_newer_store_is_refused_with_a_sentence(store):
    with sqlite3.connect(store.root / "runs.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="version 99"):
        RunStore(store.root)


def test_events_are_read_incrementally_and_never_by_halves(tmp_path):
    append_event(tmp_path, {"n": 1})
    events, offset = read_events(tmp_path)
    assert events == [{"n": 1}]
    with (tmp_path / "progress.jsonl").open("a") as handle:
        handle.write('{"n": 2}\n{"n": ')
    events, offset = read_events(tmp_path, offset)
    assert events == [{"n": 2}]
    assert read_events(tmp_path, offset) == ([], offset)
