"""Runs: their cost, what a sweep adds to it, how soon a run is found and cancelled, what reruns leave behind; workers
that are stopped.

python -m benchmarks.runs [costs|sweep|found|cancel|reruns|stopped ...]
"""

from __future__ import annotations

import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

import numpy as np
import psutil

from benchmarks.smoke import SMOKE, sized, stored
from benchmarks.timing import print_machine
from itnt_core.methods import METHODS
from itnt_core.presets import preset
from itnt_core.results import write_text
from itnt_core.runs import Run, RunStore, most_parallel_runs, recorded_runs
from itnt_core.runs.costs import REFERENCE_FILE, START_S
from itnt_core.runs.locks import lock_holders
from itnt_core.runs.processes import new_token
from itnt_core.runs.sweeps import make_sweep, submit_sweep
from itnt_core.scenario.link import link_token
from itnt_core.studies import study_of

ROOT = Path(__file__).resolve().parents[1]


SWEEPS: dict[str, dict[str, Any]] = {
    "planner, 2 rounds, london-2km": {"preset": "london-2km", "methods": ["planner"], "grid": {"rounds": [2]}},
    "straight, london-4km": {"preset": "london-4km"},
}
if SMOKE:
    SWEEPS = {"straight, tiny": {"preset": "tiny"}}
SWEPT, TRIES, KEPT_RUNS = sized((60, 3, 40), (2, 1, 2))
MEASURED_METHODS = sized(tuple(METHODS), ("straight",))
DEFAULT_PRESET = sized("london-4km", "tiny")


def wait(store: RunStore) -> list[Run]:
    """Wait until every run of a store is over and return them, oldest first."""
    while True:
        runs = store.list()
        if all(run.is_over for run in runs):
            return runs[::-1]
        time.sleep(0.1)


def computed_s(store: RunStore, run: Run) -> float:
    """Return the seconds a run spent computing, by its own clock: without start, queue and bookkeeping."""
    return float(max(event["elapsed_s"] for event in store.events(run.id)[0] if "elapsed_s" in event))


def bound_cost() -> dict[str, float]:
    """Return what the certified bound takes per slot and per entry, from a small and a large scenario."""
    rows, seconds = [], []
    for scenario in (preset("tiny"), preset(DEFAULT_PRESET, users=sized(None, 9))):
        store = RunStore(Path(tempfile.mkdtemp()))
        for seed in (2, 1):  # the first one makes the city and loads compiled code
            store.submit(scenario, seed=seed)
        store.launch()
        run = wait(store)[-1]
        asked = study_of(scenario).prepare(scenario, "straight", None, {})
        rows.append([asked.slots, asked.entries])
        seconds.append((run.duration_s or 0.0) - START_S - (run.computing_s or 0.0))
    per_slot, per_entry = np.linalg.solve(rows, seconds)
    return {"seconds_per_slot": max(0.0, float(per_slot)), "seconds_per_entry": max(0.0, float(per_entry))}


def show_costs() -> None:
    """Run every method once at the default scenario and keep what it took as the reference for estimates."""
    print(f"\ncosts: {DEFAULT_PRESET}, default settings, one run each")
    scenario = preset(DEFAULT_PRESET)
    methods = {}
    for key in MEASURED_METHODS:
        store = RunStore(Path(tempfile.mkdtemp()))
        store.submit(scenario, seed=2)  # makes the city, loads compiled code, leaves the bound to be found
        store.submit(scenario, key)
        store.launch()
        run = wait(store)[-1]
        if run.state != "done" or run.computing_s is None or not run.work:
            raise SystemExit(f"{key}: {run.state}, {run.message}")
        per_entry = run.computing_s / run.work
        methods[key] = {"seconds_per_entry": per_entry, "peak_mb": round(run.peak_mb or 0.0)}
        print(f"  {key:12}{run.computing_s:8.1f} s {run.peak_mb:8.0f} MB", flush=True)
    kept, machine = stored(REFERENCE_FILE), f"{os.cpu_count()} cores, {platform.machine()}"
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_text(
        kept,
        json.dumps({"machine": machine, "bound": bound_cost(), "methods": methods}, indent=2) + "\n",
    )


def show_sweep() -> None:
    """Print what a sweep of short runs takes beyond its runs."""
    print(f"\nsweep: {SWEPT} runs, {most_parallel_runs()} at once (one core is left to the dashboard)")
    for name, spec in SWEEPS.items():
        store = RunStore(Path(tempfile.mkdtemp()))
        started = time.perf_counter()
        submit_sweep(store, make_sweep({**spec, "seeds": list(range(1, SWEPT + 1))}), start=True)
        runs = wait(store)
        wall_s = time.perf_counter() - started
        runs_s, computed = sum(run.duration_s or 0.0 for run in runs), sum(computed_s(store, run) for run in runs)
        over = [100 * (wall_s * most_parallel_runs() / total - 1) for total in (runs_s, computed)]
        done = sum(run.state == "done" for run in runs)
        print(
            f"  {name:30}{done} done in {wall_s:6.1f} s; the runs {runs_s:6.1f} s (overhead {over[0]:.1f} %), of it "
            f"computing {computed:6.1f} s (overhead {over[1]:.1f} %)",
            flush=True,
        )


def show_found() -> None:
    """Print how long after its tab was closed a run is on the screen of a new one."""
    from playwright.sync_api import sync_playwright

    from benchmarks.browser import BROWSER_FLAGS, arrive, chromium, leave, served

    folder = Path(tempfile.mkdtemp())
    store, scenario = RunStore(folder), preset(DEFAULT_PRESET)
    title = f"Straight line, {scenario.name}"
    with served("dashboard.py", folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER_FLAGS)
        visitor = arrive(browser, address)
        first = visitor.page
        visitor.open(f"/Scenario?s={link_token(scenario)}")
        first.get_by_text("Worst users").wait_for(timeout=60_000)
        visitor.go("Optimise")
        visitor.unfold("To compare")
        first.get_by_role("button", name="Start", exact=True).click(timeout=20_000)
        first.get_by_text(title).first.wait_for(timeout=60_000)
        leave(visitor)
        seconds = []
        for number, page in enumerate(("Runs", "Optimise") * sized(3, 1)):
            if number == 2:
                wait(store)
            started = time.perf_counter()
            visitor = arrive(browser, address)
            again = visitor.page
            visitor.open(f"/{page}")
            if page == "Optimise":
                again.get_by_text("All runs").click(timeout=60_000)
            words = f"{1 + len(recorded_runs())} of {1 + len(recorded_runs())} runs shown" if page == "Runs" else title
            again.get_by_text(words).first.wait_for(timeout=60_000)
            seconds.append(time.perf_counter() - started)
            leave(visitor)
        browser.close()
    print("\nfound: seconds from a new tab to the run on it, Runs and Optimise: while it computes, and twice after")
    print("  " + ", ".join(f"{value:.2f}" for value in seconds))


def show_cancel() -> None:
    """Print how long after the request a run and all its processes are gone."""
    print(f"\ncancel: seconds from the request to the end of the run, {TRIES} times each")
    tiny = preset("tiny")
    slow = tiny.model_copy(update={"time": tiny.time.model_copy(update={"slots": sized(3000, 200)})})
    training = {"rounds": 50, "episodes": 50, "environments": 4, "hidden": 32, "reference_lines": False, "patience": 0}
    cases = {
        "in solver calls": (slow, "straight", {"associator": "milp"}, "association"),
        "in a torch loop": (tiny, "proposed", training, "training"),
    }
    for name, (scenario, method, settings, phase) in list(cases.items())[: sized(None, 1)]:
        print(f"  {name:20}{', '.join(f'{_cancelled_s(scenario, method, settings, phase):.2f}' for _ in range(TRIES))}")
    folder = Path(tempfile.mkdtemp())
    (folder / "sitecustomize.py").write_text("import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n")
    os.environ["PYTHONPATH"] = f"{folder}{os.pathsep}{ROOT}"
    deaf = [_cancelled_s(slow, "straight", {"associator": "milp"}, "association", stopped=True) for _ in range(TRIES)]
    print(f"  {'deaf to everything':20}{', '.join(f'{seconds:.2f}' for seconds in deaf)}")


def _cancelled_s(scenario, method, settings, phase, *, stopped=False) -> float:  # type: ignore[no-untyped-def]
    store = RunStore(Path(tempfile.mkdtemp()))
    run_id = store.submit(scenario, method, settings=settings)
    store.launch()
    while not any(event.get("phase") == phase for event in store.events(run_id)[0]):
        if store.get(run_id).is_over:
            raise RuntimeError(f"The run was over before its phase '{phase}' began: make it longer.")
        time.sleep(0.05)
    with store.connection() as connection:
        worker = psutil.Process(connection.execute("SELECT pid FROM workers").fetchone()[0])
    children = worker.children(recursive=True)
    if stopped:
        for child in children:
            child.suspend()
    started = time.perf_counter()
    store.cancel(run_id)
    while not store.get(run_id).is_over or any(_lives(process) for process in (worker, *children)):
        time.sleep(0.02)
    return time.perf_counter() - started


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def show_reruns(times: int = sized(300, 2)) -> None:
    """Print how much the page process grows over many reruns with many runs in the store."""
    from streamlit.testing.v1 import AppTest

    folder = tempfile.mkdtemp()
    os.environ["ITNT_DATA_DIR"] = folder
    store, tiny = RunStore(Path(folder)), preset("tiny")
    for _ in range(KEPT_RUNS):
        store.cancel(store.submit(tiny))
    print(f"\nreruns: growth of the process over {times} reruns of a page, {KEPT_RUNS} runs in the store")
    process = psutil.Process()
    for script in ("pages/3_Optimise.py", "pages/4_Runs.py"):
        app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).switch_page(script)
        app.session_state["scenario"], app.session_state["undo_steps"], app.session_state["redo_steps"] = tiny, [], []
        for _ in range(sized(20, 1)):
            app.run()
        before, started = process.memory_info().rss, time.perf_counter()
        for _ in range(times):
            app.run()
        grown = (process.memory_info().rss - before) / 1e6
        pace = (time.perf_counter() - started) / times
        print(f"  {script:24}{grown:6.1f} MB, {1000 * pace:.0f} ms a rerun", flush=True)


def show_stopped(times: int = sized(100, 2), at_once: int = sized(10, 2)) -> None:
    """Print how long a store takes to answer, and to tell a run as interrupted, once its worker stands still."""
    print(f"\nstopped: {times} workers at random moments of their transactions, {at_once} stores at a time")
    answers, told, held = [], [], 0
    for _ in range(times // at_once):
        crowd = [_at_work() for _ in range(at_once)]
        for store, _, worker in crowd:
            time.sleep(random.uniform(0.0, 0.05))
            worker.suspend()
            held += worker.pid in lock_holders(store.root / "runs.sqlite")
        since, waiting = time.perf_counter(), list(crowd)
        while waiting:
            for entry in list(waiting):
                store, run_id, _ = entry
                started = time.perf_counter()
                state = store.get(run_id).state
                store.list()
                answers.append(time.perf_counter() - started)
                if state == "interrupted":
                    told.append(time.perf_counter() - since)
                    waiting.remove(entry)
            time.sleep(0.2)
        for _, _, worker in crowd:
            with suppress(psutil.Error):
                worker.kill()
    print(
        f"  {held} of {times} held the store; slowest answer {max(answers):.2f} s; told after {max(told):.1f} s at most"
    )


def _at_work() -> tuple[RunStore, str, psutil.Process]:
    """Return a store, its run, and a worker that does nothing but transactions for it."""
    store, token = RunStore(Path(tempfile.mkdtemp())), new_token()
    run_id = store.submit(preset("tiny"))
    script = str(ROOT / "tests" / "runs" / "transactions.py")
    command = [sys.executable, script, "itnt_core.runs.worker", str(store.root), token]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True)
    while store.get(run_id).state != "running":
        time.sleep(0.05)
    return store, run_id, psutil.Process(process.pid)


PARTS = {
    "costs": show_costs,
    "sweep": show_sweep,
    "found": show_found,
    "cancel": show_cancel,
    "reruns": show_reruns,
    "stopped": show_stopped,
}

if __name__ == "__main__":
    print_machine()
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
