"""Sweeps: expansion, going on, tables; here and on a real Dask cluster."""

import contextlib
import errno
import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest
from processes_of_runs import children_of, clear_away, has_begun, wait_for, workers_of

from itnt_core.city import city_of_scenario
from itnt_core.methods import SettingsError
from itnt_core.results import read_result
from itnt_core.runs import LauncherError, RunStore, cache_folder, queueing
from itnt_core.runs import store as store_module
from itnt_core.runs.exports import table_bytes
from itnt_core.runs.folder import read_events
from itnt_core.runs.resizing import resized
from itnt_core.runs.schema import StoreError
from itnt_core.runs.sweeps import expand, make_sweep, parse_values, read_sweep, submit_sweep, sweep_table, works
from itnt_core.scenario import ScenarioError, WalkerShell, format_scenario

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def spec(tiny):
    return make_sweep(
        {
            "title": "Carrier",
            "scenario": tiny,
            "grid": {"radio.carrier_ghz": [2.0, 3.5], "associator": ["exact", "milp"]},
            "methods": ["straight"],
            "seeds": [1, 2],
        }
    )


@pytest.fixture(scope="module")
def swept(spec, tmp_path_factory, city_cache):
    """A store in which the sweep was queued twice, lost two runs, was queued again and worked off; what was queued."""
    store = RunStore(tmp_path_factory.mktemp("data"))
    cache_folder(store.root).symlink_to(city_cache)
    queued = [submit_sweep(store, spec), submit_sweep(store, spec)]
    first, second = (run.id for run in store.list()[:2])
    store.cancel(first)
    store.delete(second)
    queued.append(submit_sweep(store, spec))
    store.launch()
    wait_for(lambda: all_over(store))
    yield store, queued
    clear_away(store)


def begun(store, run_id):
    """Return how often a run has been begun."""
    return [event["type"] for event in read_events(store.folder(run_id))[0]].count("attempt")


def all_over(store):
    return all(run.is_over for run in store.list())


def test_a_grid_expands_to_every_combination_with_fields_and_settings_in_their_places(spec):
    cases = expand(spec)
    assert len(cases) == spec.run_count == 8
    assert [case.number for case in cases] == list(range(8))
    seen = {(case.scenario.radio.carrier_ghz, case.settings["associator"], case.scenario.seed) for case in cases}
    assert len(seen) == 8


def test_users_of_a_preset_are_varied_by_placing_them_anew(city_cache):
    cases = expand(make_sweep({"preset": "tiny", "grid": {"users": [4, 6]}}), city_cache)
    assert [len(case.scenario.user_ids) for case in cases] == [4, 6]


def test_users_stations_and_satellites_of_a_scenario_are_the_first_ones_and_more_users_are_added(tiny, city_cache):
    grid = {"users": [3, 5, 9], "stations": [1, 2], "satellites": [0, 1]}
    cases = expand(make_sweep({"scenario": tiny, "grid": grid}), city_cache)
    assert len(cases) == 12
    for case in cases:
        wanted = case.fields
        assert len(case.scenario.user_ids) == wanted["users"]
        assert case.scenario.aerial_users == tiny.aerial_users
        assert case.scenario.ground_stations == tiny.ground_stations[: wanted["stations"]]
        assert case.scenario.satellite_count == wanted["satellites"]
        shared = min(wanted["users"], len(tiny.user_ids)) - len(tiny.aerial_users)
        assert case.scenario.ground_users[:shared] == tiny.ground_users[:shared]
    by_users = {case.fields["users"]: case.scenario for case in cases}
    (more,) = {expand(make_sweep({"scenario": tiny, "grid": {"users": [7]}}), city_cache)[0].scenario}
    assert by_users[9].ground_users[: len(more.ground_users)] == more.ground_users  # fewer are the first of more
    city = city_of_scenario(tiny, city_cache)
    new = np.array([[user.east_m, user.north_m] for user in by_users[9].ground_users[len(tiny.ground_users) :]])
    assert len(new) == 4 and city.is_free_ground(new).all()
    assert len(set(by_users[9].user_ids)) == 9


def test_satellites_of_all_kinds_are_counted_from_the_front(tiny):
    shell = WalkerShell(id="shell", planes=4, satellites_per_plane=4, phasing=1, satellites_used=3)
    mixed = tiny.model_copy(update={"walker_shells": (shell,)})
    for count in range(mixed.satellite_count + 1):
        found = resized(mixed, {"satellites": count})
        assert found.satellite_count == count
        assert found.passes == mixed.passes[:count]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"preset": "tiny"}, "either a preset or a scenario"),
        ({"scenario": None}, "either a preset or a scenario"),
        ({"scenario": None, "preset": "atlantis"}, "atlantis"),
        ({"grid": {"users": [0]}}, "has 1 aerial users alone"),
        ({"grid": {"users": ["many"]}}, "a whole number from 0"),
        ({"grid": {"stations": [99]}}, "99 base stations are asked for, but the scenario has 2"),
        ({"grid": {"satellites": [7]}}, "7 satellites are asked for, but the scenario has 1"),
        ({"grid": {"radio.carrier_ghz": []}}, "no values"),
        ({"seeds": [1, 1]}, "different"),
        ({"seeds": list(range(6000))}, "6,000 runs"),
        ({"methods": []}, "methods"),
        ({"speed": 3}, "speed"),
        ({"methods": ["straight", "straight"]}, "twice"),
        ({"settings": {"planner": {}}}, "none of the methods"),
    ],
)
def test_a_wrong_sweep_is_refused_with_a_sentence(tiny, change, words):
    with pytest.raises(SettingsError, match=words):
        expand(make_sweep({"scenario": tiny} | change))


@pytest.mark.parametrize("grid", [{"radio.colour": [1]}, {"radio.carrier_ghz": [-1.0]}, {"rounds": ["many"]}])
def test_nothing_is_queued_of_a_sweep_with_one_impossible_value(store, tiny, grid):
    spec = make_sweep({"scenario": tiny, "grid": {"radio.bandwidth_mhz": [10.0]} | grid, "methods": ["planner"]})
    with pytest.raises((SettingsError, ScenarioError)):
        submit_sweep(store, spec)
    assert store.list() == [] and store.sweeps() == []


def test_a_sweep_is_read_from_a_file_that_names_its_scenario(tmp_path, tiny):
    (tmp_path / "london.json").write_text(format_scenario(tiny, "json"))
    (tmp_path / "sweep.yaml").write_text("scenario: london.json\ngrid: {radio.carrier_ghz: [2, 3]}\nseeds: [4]\n")
    assert len(expand(read_sweep(tmp_path / "sweep.yaml"))) == 2
    (tmp_path / "list.yaml").write_text("- 1\n")
    with pytest.raises(SettingsError, match="mapping"):
        read_sweep(tmp_path / "list.yaml")


@pytest.mark.parametrize("name", ["../outside.yaml", "/etc/hostname", "link.yaml", "a/../../outside.yaml"])
def test_a_sweep_opens_no_file_but_one_beside_it(name, tmp_path):
    folder = tmp_path / "sent"
    folder.mkdir()
    (tmp_path / "outside.yaml").write_text("name: a secret")
    (folder / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (folder / "sweep.yaml").write_text(f"scenario: {name}\nmethods: [straight]\n")
    with pytest.raises(SettingsError, match="a file beside the sweep is needed"):
        read_sweep(folder / "sweep.yaml")


def test_values_are_read_from_text():
    assert parse_values("1, 2.5,exact , true,") == [1, 2.5, "exact", True]
    for hostile in ("9" * 5000, "[" * 200_000):
        assert isinstance(parse_values(hostile)[0], str)


def test_each_method_of_a_sweep_keeps_its_own_settings(tiny):
    settings = {"planner": {"rounds": 7}, "gradient": {"rounds": 2}}
    spec = make_sweep({"scenario": tiny, "methods": ["planner", "gradient"], "settings": settings})
    assert {case.method: case.settings["rounds"] for case in expand(spec)} == {"planner": 7, "gradient": 2}


def test_the_size_of_a_sweep_follows_what_it_varies(tiny):
    spec = make_sweep({"scenario": tiny, "grid": {"time.slots": [8, 80]}, "seeds": [1, 2, 3]})
    one_slot = 5 * 3 * tiny.radio.subchannels
    assert [(work, count) for _, work, _, count in works(spec)] == [(8 * one_slot, 3), (80 * one_slot, 3)]
    many = make_sweep({"scenario": tiny, "grid": {"radio.carrier_ghz": [1 + 0.01 * n for n in range(200)]}})
    assert sum(count for *_, count in works(many)) == pytest.approx(200)


def test_a_sweep_goes_on_where_it_stopped_and_its_table_is_complete(swept):
    store, ((sweep_id, queued), again, after_a_loss) = swept
    assert queued == 8
    assert again == (sweep_id, 0)
    assert after_a_loss == (sweep_id, 2)
    table = sweep_table(store, sweep_id)
    assert list(table["state"]) == ["done"] * 8
    assert {"radio.carrier_ghz", "associator", "method", "seed", "data_service_mbit", "gap"} <= set(table.columns)
    for _, row in table.iterrows():
        result = read_result(store.folder(row["run"]))
        assert result.scenario.radio.carrier_ghz == row["radio.carrier_ghz"]
        assert result.kpis["data_service_mbit"] == row["data_service_mbit"]
    assert table_bytes(table, "csv").startswith(b"radio.carrier_ghz,associator,method,seed")
    assert table_bytes(table, "parquet").startswith(b"PAR1")


def test_a_sweep_is_queued_whole_or_not_at_all(store, spec, monkeypatch):
    count, insert = [], store_module.insert_orders

    def full_disk(connection, ids, orders, launcher, owner):
        insert(connection, ids[:5], orders[:5], launcher, owner)
        count.append(connection.execute("SELECT COUNT(*) FROM runs").fetchone()[0])
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(store_module, "insert_orders", full_disk)
    with pytest.raises(StoreError):
        submit_sweep(store, spec)
    assert count == [5] and store.list() == [] and store.sweeps() == []
    assert list((store.root / "runs").iterdir()) == []
    monkeypatch.undo()
    assert submit_sweep(store, spec)[1] == 8


def test_a_sweep_whose_folders_cannot_be_written_leaves_none(store, spec, monkeypatch):
    write = queueing.write_request
    full = OSError(errno.ENOSPC, "No space left on device")

    def runs_out(folder, question, request):
        write(folder, question, request)
        if len(list(folder.parent.iterdir())) > 3:
            raise full

    monkeypatch.setattr(queueing, "write_request", runs_out)
    with pytest.raises(StoreError, match=r"cannot be queued: .*the disk is full"):
        submit_sweep(store, spec)
    assert store.list() == [] and list((store.root / "runs").iterdir()) == []


def test_a_sweep_that_two_start_at_once_is_queued_once(store, spec):
    with ThreadPoolExecutor(4) as crowd:
        answers = list(crowd.map(lambda _: submit_sweep(store, spec), range(4)))
    assert {sweep_id for sweep_id, _ in answers} == {spec.id}
    assert sorted(queued for _, queued in answers) == [0, 0, 0, 8]
    assert sorted(run.case_number for run in store.list()) == list(range(8))
    assert {folder.name for folder in (store.root / "runs").iterdir()} == {run.id for run in store.list()}


def test_a_run_of_a_sweep_whose_worker_is_lost_is_retried_once(store, slow):
    submit_sweep(store, make_sweep({"scenario": slow, "grid": {"associator": ["milp"]}}))
    (run,) = store.list()
    for attempt, state in ((1, "queued"), (2, "interrupted")):
        store.launch()
        wait_for(lambda attempt=attempt: begun(store, run.id) == attempt and has_begun(store, run.id))
        assert store.get(run.id).attempts == attempt
        (worker,) = workers_of(store)
        os.kill(worker.pid, signal.SIGKILL)
        wait_for(lambda state=state: store.get(run.id).state == state)


@contextlib.contextmanager
def cluster(folder, workers=2):
    """Start a real Dask scheduler and workers as processes of their own; yield its address and the workers."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__WORKER__MEMORY__TERMINATE": "false"}
    address_file = folder / "scheduler.json"

    def start(*arguments):
        with (folder / "cluster.log").open("ab") as log:
            command = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]]
            return subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)

    scheduler = start(
        "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(address_file)
    )
    crowd = []
    try:
        wait_for(address_file.exists)
        options = ("--scheduler-file", str(address_file), "--nthreads", "1", "--no-nanny", "--no-dashboard")
        crowd = [start("dask_worker", *options) for _ in range(workers)]
        import json

        yield json.loads(address_file.read_text())["address"], crowd
    finally:
        for process in (*crowd, scheduler):
            for child in children_of(psutil.Process(process.pid)) if process.poll() is None else ():
                child.kill()
            process.kill()
            process.wait()


def test_the_same_sweep_gives_the_same_results_on_a_cluster_and_survives_the_loss_of_a_worker(
    tmp_path, spec, swept, tiny
):
    medium = tiny.model_copy(update={"time": tiny.time.model_copy(update={"slots": 150})})
    (here, ((sweep_id, _), *_)), there = swept, RunStore(tmp_path / "there")
    with cluster(tmp_path) as (address, workers):
        lost = there.submit(medium, settings={"associator": "milp"}, launcher=address, case=("lost", 0))
        there.launch()
        wait_for(lambda: has_begun(there, lost))
        (victim,) = [worker for worker in workers if _computes(worker, there, lost)]
        os.kill(victim.pid, signal.SIGKILL)
        assert submit_sweep(there, spec, address) == (sweep_id, 8)
        wait_for(lambda: all_over(there))
    assert [event["type"] for event in read_events(there.folder(lost))[0]].count(
        "attempt"
    ) == 2  # begun again elsewhere
    assert there.get(lost).state == "done"
    tables = [sweep_table(store, sweep_id) for store in (here, there)]
    assert list(tables[0]["state"]) == list(tables[1]["state"]) == ["done"] * 8
    for mine, other in zip(tables[0]["run"], tables[1]["run"], strict=True):
        a, b = read_result(here.folder(mine)).dataset, read_result(there.folder(other)).dataset
        assert all(np.array_equal(a[name].values, b[name].values, equal_nan=a[name].dtype.kind == "f") for name in a)


def _computes(worker, store, run_id):
    """Say whether a cluster worker's child writes into a run's folder: its log is open there."""
    return any(
        str(store.folder(run_id)) in file.path
        for child in children_of(psutil.Process(worker.pid))
        for file in child.open_files()
    )


def test_a_cluster_that_does_not_answer_fails_its_runs_with_a_sentence(store, tiny):
    run_id = store.submit(tiny, launcher="tcp://127.0.0.1:9")
    store.launch()
    wait_for(lambda: store.get(run_id).is_over)
    run = store.get(run_id)
    assert run.state == "failed" and "does not answer" in run.message


def test_the_environment_names_the_cluster_and_a_wrong_address_is_refused(store, tiny, monkeypatch):
    monkeypatch.setenv("ITNT_DASK_SCHEDULER", "tcp://10.0.0.5:8786")
    assert store.get(store.submit(tiny)).launcher == "tcp://10.0.0.5:8786"
    for wrong in ("; rm -rf /", "tcp://host", "tcp://host:99999", "tcp://[:80", "tcp://a:b:80", "tls://host:80"):
        monkeypatch.setenv("ITNT_DASK_SCHEDULER", wrong)
        with pytest.raises(LauncherError, match="tcp://"):
            store.submit(tiny)
    assert len(list((store.root / "runs").iterdir())) == 1
