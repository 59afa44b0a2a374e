"""The run store: rows, ids, queue, renaming, deleting, schema."""

import json
import sqlite3
from dataclasses import replace

import pytest

from itnt_core.methods import SettingsError
from itnt_core.runs import LauncherError, RunStateError, RunStore, StoreError, UnknownRunError
from itnt_core.runs.cleanup import delete_older, purge, size_mb
from itnt_core.runs.folder import CANCEL_FILE, append_event, read_events
from itnt_core.runs.processes import ProcessIdentity
from itnt_core.runs.schema import _STEPS, SCHEMA_VERSION

HERE = "here"


def claim(store, token="token"):
    """Claim the next run as a worker of this very process would."""
    store.enter_worker(ProcessIdentity.current(token), HERE)
    return store.claim(token)


def test_a_queued_run_knows_its_place(store, tiny):
    ids = [store.submit(tiny) for _ in range(3)]
    assert [store_run.position for store_run in reversed(store.list())] == [1, 2, 3]
    assert claim(store).id == ids[0]
    places = {run.id: run.position for run in store.list()}
    assert [places[run_id] for run_id in ids] == [None, 1, 2]


def test_a_queued_run_is_cancelled_at_once(store, tiny):
    run_id = store.submit(tiny)
    store.cancel(run_id)
    assert store.get(run_id).state == "cancelled"
    assert claim(store) is None


def test_a_silent_worker_is_interrupted_and_cannot_finish_any_more(store, tiny, monkeypatch):
    run_id = store.submit(tiny)
    assert claim(store).id == run_id
    monkeypatch.setattr("itnt_core.runs.losses.SILENT_AFTER_S", -1.0)
    assert store.get(run_id).state == "interrupted"
    assert not store.beat(run_id, "token", 0.5, "still here")
    store.finish(run_id, "token", "done", "Too late.", {})
    assert store.get(run_id).state == "interrupted"


def test_no_more_workers_enter_than_allowed_and_one_without_work_leaves(store, monkeypatch):
    monkeypatch.setenv("ITNT_MAX_RUNS", "2")
    assert [store.enter_worker(ProcessIdentity.current(token), HERE) for token in "abc"] == [True, True, False]
    assert store.claim("a") is None
    assert store.enter_worker(ProcessIdentity.current("c"), HERE)


@pytest.mark.parametrize(
    ("cores", "limit", "runs", "threads"),
    [(2, "", 1, 2), (2, "", 5, 2), (8, "", 1, 8), (8, "", 2, 4), (8, "", 60, 1), (8, "2", 60, 4)],
)
def test_runs_that_are_computed_at_once_share_the_cores(store, tiny, monkeypatch, cores, limit, runs, threads):
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(cores)), raising=False)
    monkeypatch.setenv("ITNT_MAX_RUNS", limit)
    for _ in range(min(runs, 8)):
        store.submit(tiny)
    assert store.threads_of_a_run() == threads


@pytest.mark.parametrize("wrong", ["0", "-1", "many", "1.5", "1000"])
def test_a_wrong_limit_of_runs_gets_a_sentence(store, monkeypatch, wrong):
    monkeypatch.setenv("ITNT_MAX_RUNS", wrong)
    with pytest.raises(LauncherError, match="1 to 256"):
        store.enter_worker(ProcessIdentity.current("a"), HERE)


def test_a_dead_worker_takes_no_place(store):
    ghost = replace(ProcessIdentity.current("ghost"), started="before")  # this pid, but started at another time
    assert store.enter_worker(ghost, HERE)
    assert store.enter_worker(ProcessIdentity.current("me"), HERE)


def test_resuming_queues_an_unfinished_run_again_and_no_other(store, tiny):
    run_id = store.submit(tiny)
    with pytest.raises(ValueError, match="queued"):
        store.resume(run_id)
    store.cancel(run_id)
    (store.folder(run_id) / CANCEL_FILE).touch()
    store.resume(run_id)
    assert store.get(run_id).state == "queued"
    assert not (store.folder(run_id) / CANCEL_FILE).exists()
    claimed = claim(store)
    store.finish(run_id, "token", "done", "Finished.", {})
    assert claimed.attempts == 1
    with pytest.raises(ValueError, match="done"):
        store.resume(run_id)


@pytest.mark.parametrize("act", ["resume", "delete"])
def test_a_run_that_lost_its_worker_is_resumed_or_deleted_before_anybody_has_looked_at_it(store, tiny, act):
    """It is shown as interrupted before that is recorded: on a busy store both may be a while apart."""
    ghost = replace(ProcessIdentity.current("ghost"), started="before")
    run_id = store.submit(tiny)
    store.enter_worker(ghost, HERE)
    assert store.claim("ghost").id == run_id
    getattr(store, act)(run_id)
    assert [run.state for run in store.list(deleted=act == "delete")] == [
        "queued" if act == "resume" else "interrupted"
    ]


def test_resuming_keeps_the_figures_and_shows_only_the_new_attempt(store, tiny):
    run_id = store.submit(tiny)
    claim(store)
    append_event(store.folder(run_id), {"type": "attempt"})
    append_event(store.folder(run_id), {"type": "error", "message": "of the first attempt"})
    store.finish(run_id, "token", "timed out", "Stopped.", {"data_service_mbit": 3.0})
    store.resume(run_id)
    assert store.get(run_id).kpis == {"data_service_mbit": 3.0}
    append_event(store.folder(run_id), {"type": "attempt"})
    assert store.events(run_id)[0] == []
    store.cancel(run_id)
    store.delete(run_id)
    with pytest.raises(RunStateError, match="deleted"):
        store.resume(run_id)


def test_a_case_of_a_sweep_is_queued_once_and_comes_back_only_to_a_free_place(store, tiny):
    first = store.submit(tiny, case=("sweep", 0))
    with pytest.raises(RunStateError, match="already"):
        store.submit(tiny, case=("sweep", 0))
    assert [folder.name for folder in (store.root / "runs").iterdir()] == [first]
    store.delete(first)
    store.submit(tiny, case=("sweep", 0))
    with pytest.raises(RunStateError, match="in its place"):
        store.restore(first)


def test_a_run_is_renamed_but_never_to_nothing(store, tiny):
    run_id = store.submit(tiny)
    store.rename(run_id, "  Two   masts\n")
    assert store.get(run_id).title == "Two masts"
    with pytest.raises(ValueError, match="empty"):
        store.rename(run_id, " \n ")


def test_deleting_can_be_undone_until_the_purge(store, tiny):
    keep, drop = store.submit(tiny), store.submit(tiny)
    claim(store)
    with pytest.raises(ValueError, match="being computed"):
        store.delete(keep)
    store.delete(drop)
    assert [run.id for run in store.list()] == [keep]
    store.restore(drop)
    assert len(store.list()) == 2
    store.delete(drop)
    assert size_mb(store.folder(drop)) > 0.0
    assert purge(store) > 0.0
    assert not store.folder(drop).exists() and store.folder(keep).exists()
    assert store.list(deleted=True) == []
    with pytest.raises(UnknownRunError):
        store.restore(drop)


def test_old_runs_are_deleted_and_young_and_open_ones_are_not(store, tiny):
    old, young, open_run = (store.submit(tiny) for _ in range(3))
    for run_id in (old, young):
        store.cancel(run_id)
    with store.connection() as connection:
        connection.execute("UPDATE runs SET finished = finished - 864000 WHERE id = ?", (old,))
    assert delete_older(store, 7) == 1
    assert {run.id for run in store.list()} == {young, open_run}
    for wrong in (-5.0, float("nan")):
        with pytest.raises(RunStateError):
            delete_older(store, wrong)


@pytest.mark.parametrize("name", ["", "..", "a/b", "20260101-000000-0000000g", "20260101-000000-00000000\n", None])
def test_what_is_no_run_id_never_becomes_a_path(store, name):
    with pytest.raises(UnknownRunError):
        store.folder(name)


def test_an_unknown_run_is_said_to_be_unknown(store):
    for act in (store.get, store.cancel, store.resume, store.delete, store.restore):
        with pytest.raises(UnknownRunError, match="no run"):
            act("20260101-000000-00000000")


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


def test_a_store_of_the_first_version_is_brought_up_to_date_with_its_runs(tmp_path):
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        connection.executescript(_STEPS[0] + "PRAGMA user_version = 1;")
        connection.execute(
            "INSERT INTO runs (id, title, kind, method, state, created, kpis, scenario_hash) VALUES"
            " ('20260101-000000-00000000', 'Old', 'data service', 'straight', 'done', 1.0, ?, 'x')",
            (json.dumps({"data_service_mbit": 3.5}),),
        )
    (run,) = RunStore(tmp_path).list()
    assert (run.title, run.kpis, run.launcher, run.attempts) == ("Old", {"data_service_mbit": 3.5}, HERE, 0)
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION


def test_events_are_read_incrementally_and_never_by_halves(tmp_path):
    append_event(tmp_path, {"n": 1})
    events, offset = read_events(tmp_path)
    assert events == [{"n": 1}]
    with (tmp_path / "progress.jsonl").open("a") as handle:
        handle.write('{"n": 2}\n{"n": ')
    events, offset = read_events(tmp_path, offset)
    assert events == [{"n": 2}]
    assert read_events(tmp_path, offset) == ([], offset)
