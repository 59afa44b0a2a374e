"""Clocks that are set, pids that lie, and processes that stand still while they hold the store."""

import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from processes_of_runs import wait_for

from itnt_core.cli import main
from itnt_core.runs import LauncherError, RunStore, StoreError, check_scheduler, clock, losses
from itnt_core.runs.folder import CHILD_FILE, end_processes, note_child
from itnt_core.runs.locks import lock_holders
from itnt_core.runs.processes import ProcessIdentity, end_process, is_alive, new_token
from itnt_core.runs.schema import _STEPS
from itnt_core.runs.worker import Beats

HERE = "here"
ROOT = Path(__file__).resolve().parents[2]
ANSWER_S, TOLD_S = 2.0, 20.0  # what the store promises; a busy machine is given three times as long
BUSY = 3.0


def claim(store, token="token"):
    store.enter_worker(ProcessIdentity.current(token), HERE)
    return store.claim(token)


def claimed(store, tiny):
    run_id = store.submit(tiny)
    assert claim(store).id == run_id
    return run_id


@pytest.mark.parametrize("step_s", [-3600.0, -1.0, 1.0, 3600.0])
def test_setting_the_clock_loses_no_healthy_run_and_leaves_no_ghost(store, tiny, monkeypatch, step_s):
    """Also the moment of the machine's start moves when the clock is set, and with it all start times made of it."""
    healthy = claimed(store, tiny)
    now, boot_time = time.time, psutil.boot_time
    monkeypatch.setattr(time, "time", lambda: now() + step_s)
    monkeypatch.setattr(psutil, "boot_time", lambda: boot_time() + step_s)
    monkeypatch.setattr("psutil._pslinux.boot_time", lambda: boot_time() + step_s, raising=False)
    assert store.get(healthy).state == "running"
    assert store.beat(healthy, "token", 0.5, "At work") and store.get(healthy).state == "running"
    steady = time.monotonic
    monkeypatch.setattr(clock, "steady_s", lambda: steady() + losses.SILENT_AFTER_S + 1.0)
    assert store.get(healthy).state == "interrupted"


@pytest.mark.parametrize("step_s", [-3600.0, 3600.0])
def test_how_long_a_run_took_is_not_told_by_the_clock_of_the_day(store, tiny, monkeypatch, step_s):
    run_id = claimed(store, tiny)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + step_s)
    store.finish(run_id, "token", "done", "Finished.", {})
    assert 0.0 <= store.get(run_id).duration_s < 60.0


def test_a_clock_set_back_does_not_turn_the_queue_round(store, tiny, monkeypatch):
    first = store.submit(tiny)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() - 3600.0)
    second = store.submit(tiny)
    assert [run.id for run in store.list()] == [second, first]
    assert claim(store).id == first


def test_a_restart_of_the_machine_interrupts_what_ran(store, tiny, monkeypatch):
    run_id = claimed(store, tiny)
    monkeypatch.setattr(clock, "boot", lambda: "another start")
    monkeypatch.setattr("itnt_core.runs.processes.boot", lambda: "another start")
    assert store.get(run_id).state == "interrupted"


def test_a_run_of_an_older_store_is_interrupted_and_can_be_resumed(tmp_path):
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        connection.executescript(_STEPS[0] + _STEPS[1] + "PRAGMA user_version = 2;")
        connection.execute(
            "INSERT INTO runs (id, title, kind, method, state, created, started, heartbeat, worker_pid, worker_started,"
            " worker_token, scenario_hash) VALUES ('20260101-000000-00000000', 'Old', 'data service', 'straight',"
            " 'running', 1.0, 1.0, 1.0, ?, 1.0, 'token', 'x')",
            (os.getpid(),),
        )
    store = RunStore(tmp_path)
    assert store.list()[0].state == "interrupted"
    (tmp_path / "runs" / "20260101-000000-00000000").mkdir(parents=True)
    store.resume("20260101-000000-00000000")
    assert store.list()[0].state == "queued"


@pytest.fixture
def bystander():
    """A process that has nothing to do with the store; its command line holds a token all the same."""
    token = new_token()
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", token], start_new_session=True)
    yield process, token
    process.kill()
    process.wait()


def test_a_process_is_known_by_pid_start_and_token_together(bystander):
    process, token = bystander
    wait_for(lambda: token in psutil.Process(process.pid).cmdline())
    known = ProcessIdentity.of(process.pid, token)
    assert is_alive(known)
    for wrong in ({"token": new_token()}, {"started": "x"}, {"started": ""}, {"token": ""}, {"pid": os.getppid()}):
        other = replace(known, **wrong)
        assert not is_alive(other) and not end_process(other)
    assert process.poll() is None
    assert end_process(known) and process.wait() == -signal.SIGKILL


@pytest.mark.parametrize("pid", [-1, 0, 1, -5, 2**31, 2**70, "12", None, True, 1.5, [1]])
def test_a_note_of_a_child_that_lies_kills_nobody(tmp_path, monkeypatch, bystander, pid):
    killed = []
    monkeypatch.setattr(os, "killpg", lambda *arguments: killed.append(arguments))
    monkeypatch.setattr(os, "kill", lambda *arguments: killed.append(arguments))
    nobody = ProcessIdentity(0, "", "")
    process, token = bystander
    started = ProcessIdentity.of(process.pid, token).started
    note = {"host": socket.gethostname(), "pid": pid, "started": started, "token": token}
    (tmp_path / CHILD_FILE).write_text(json.dumps(note))
    end_processes(tmp_path, nobody)
    end_processes(tmp_path, ProcessIdentity(pid, started, token))
    note_child(tmp_path, ProcessIdentity.of(process.pid, token))  # true, but no process that computes runs
    end_processes(tmp_path, nobody)
    monkeypatch.undo()
    assert killed == []


def start(store, token):
    script = str(Path(__file__).with_name("transactions.py"))
    command = [sys.executable, "-W", "ignore", script, "itnt_core.runs.worker", str(store.root), token]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True)


@pytest.fixture
def worker(store, tiny):
    """A worker at work on a run, and the run's id."""
    run_id, processes = store.submit(tiny), []
    processes.append(start(store, new_token()))
    wait_for(lambda: store.get(run_id).state == "running")
    yield processes[0], run_id
    processes[0].kill()
    processes[0].wait()


def slowest_answer_s(store, run_id):
    slowest = 0.0
    for act in (store.list, lambda: store.get(run_id), lambda: store.events(run_id), store.sweeps):
        started = time.monotonic()
        act()
        slowest = max(slowest, time.monotonic() - started)
    return slowest


def test_a_worker_stopped_at_random_moments_holds_nobody_up(store, worker):
    process, run_id = worker
    chance, held, slowest_s = random.Random(1), 0, 0.0
    for _ in range(100):
        time.sleep(chance.uniform(0.0, 0.01))
        process.send_signal(signal.SIGSTOP)
        held += process.pid in lock_holders(store.root / "runs.sqlite")
        slowest_s = max(slowest_s, slowest_answer_s(store, run_id))
        assert store.get(run_id).state == "running"
        process.send_signal(signal.SIGCONT)
    assert held > 5  # it really was in the middle of a transaction
    assert slowest_s < BUSY * ANSWER_S


def test_a_worker_stopped_in_a_transaction_is_ended_and_its_run_told_as_interrupted(store, worker, monkeypatch):
    process, run_id = worker
    wait_for(lambda: _stopped_inside(store, process))
    steady = time.monotonic
    monkeypatch.setattr(clock, "steady_s", lambda: steady() + losses.SILENT_AFTER_S + 1.0)
    assert losses.SILENT_AFTER_S + 2 * ANSWER_S < TOLD_S
    started = time.monotonic()
    assert store.get(run_id).state == "interrupted"
    assert time.monotonic() - started < BUSY * ANSWER_S
    assert process.wait(60.0) == -signal.SIGKILL


def test_who_writes_ends_a_worker_that_stands_still_with_the_lock(store, worker):
    process, run_id = worker
    wait_for(lambda: _stopped_inside(store, process))
    store.rename(run_id, "Written all the same")
    assert process.wait(60.0) == -signal.SIGKILL
    assert store.get(run_id).state == "interrupted"


def _stopped_inside(store, process):
    """Stop a process; let it go on where it did not hold the store."""
    process.send_signal(signal.SIGSTOP)
    wait_for(lambda: psutil.Process(process.pid).status() == psutil.STATUS_STOPPED)
    if process.pid in lock_holders(store.root / "runs.sqlite"):
        return True
    process.send_signal(signal.SIGCONT)
    return False


def test_a_store_held_by_a_stranger_is_read_all_the_same_and_the_stranger_named(store, tiny, monkeypatch):
    run_id = store.submit(tiny)
    code = (
        "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('PRAGMA journal_mode=WAL'); c.execute('BEGIN IMMEDIATE'); print(1, flush=True); time.sleep(600)"
    )
    stranger = subprocess.Popen(
        [sys.executable, "-c", code, str(store.root / "runs.sqlite")], stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        stranger.stdout.readline()
        stranger.send_signal(signal.SIGSTOP)
        monkeypatch.setattr("itnt_core.runs.database.PATIENT", (0.1, 2))
        assert slowest_answer_s(store, run_id) < BUSY * ANSWER_S
        with pytest.raises(StoreError, match=rf"locked by process {stranger.pid}"):
            store.rename(run_id, "Never")
        assert stranger.poll() is None  # it is not ours to end
    finally:
        stranger.kill()
        stranger.wait()
        stranger.stdout.close()


def test_a_worker_silent_between_two_runs_gives_its_place_up(store, tiny, monkeypatch):
    monkeypatch.setenv("ITNT_MAX_RUNS", "1")
    assert store.enter_worker(ProcessIdentity.current("a"), HERE)
    assert not store.enter_worker(ProcessIdentity.current("b"), HERE)
    steady = time.monotonic
    monkeypatch.setattr(clock, "steady_s", lambda: steady() + losses.SILENT_AFTER_S + 1.0)
    assert store.enter_worker(ProcessIdentity.current("c"), HERE)


def test_a_store_that_cannot_be_written_does_not_end_who_computes(store, tiny, monkeypatch, capsys):
    run_id = claimed(store, tiny)

    def full(*arguments, **more):
        raise StoreError("The run store cannot be written: the disk is full.")

    monkeypatch.setattr(type(store._database), "writing", full)
    assert Beats(store, run_id, "token")(0.5, "At work")
    assert "disk is full" in capsys.readouterr().err
    steady, ended = time.monotonic, []
    monkeypatch.setattr("itnt_core.runs.losses.end_processes", lambda *arguments: ended.append(arguments))
    monkeypatch.setattr(clock, "steady_s", lambda: steady() + 3600.0)
    assert store.get(run_id).state == "running" and ended == []


@pytest.fixture(params=["silent", "http", "banner"])
def listener(request):
    """Return the address of a server that is no Dask scheduler."""
    server = socket.create_server(("127.0.0.1", 0))
    lines = []

    def serve():
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            lines.append(line)
            if request.param == "banner":
                line.sendall(b"SSH-2.0-OpenSSH_9.6\r\n" * 10)
            if request.param == "http":
                line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                line.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()
    for line in lines:
        line.close()


def test_an_address_where_something_else_listens_fails_its_runs_in_a_sentence(
    store, tiny, listener, monkeypatch, capsys
):
    monkeypatch.setenv("ITNT_DATA_DIR", str(store.root))
    run_id = store.submit(tiny, launcher=listener)
    store.launch()
    monkeypatch.setattr("itnt_core.runs.launchers.GREETING_S", 1.0)  # the worker waits its five seconds meanwhile
    started = time.monotonic()
    with pytest.raises(LauncherError, match="does not answer as Dask does"):
        check_scheduler(listener)
    assert time.monotonic() - started < 10.0
    monkeypatch.setenv("ITNT_DASK_SCHEDULER", listener)
    for more in ([], ["--dask", listener]):
        assert main(["sweep", "--preset", "tiny", *more]) == 1
        assert "does not answer as Dask does" in capsys.readouterr().err
    wait_for(lambda: store.get(run_id).is_over)
    run = store.get(run_id)
    assert run.state == "failed" and "does not answer as Dask does" in run.message
    assert [run.id for run in store.list()] == [run_id]
