"""A day of spectrum sharing: how long it takes, whether a kill changes anything, and what the hours look like.

``python -m benchmarks.twin_day [--scheme lite]``
The preset ``a-day`` is rolled out in a process of its own; a second process is killed on the way and started again.
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import argparse
import multiprocessing
import sys
import tempfile
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import psutil

from benchmarks.smoke import SMOKE, sized
from benchmarks.timing import print_machine
from itnt_core.runs import cache_folder
from itnt_core.twin import TwinResult, TwinScenario, read_twin_result, run_scheme, twin_preset, write_twin_result
from itnt_core.twin.checkpoint import FOLDER

SLOTS, USERS = sized((None, None), (24, 3))  # of the day; all of it as it comes
FILES_BEFORE_KILL = sized(8, 1)


def question() -> TwinScenario:
    """Return the day, or its first minutes in a smoke run."""
    day = twin_preset("a-day", users=USERS, cache_dir=cache_folder())
    if SLOTS is None:
        return day
    network = day.network.model_copy(update={"time": day.network.time.model_copy(update={"slots": SLOTS})})
    return day.model_copy(update={"network": network})


def child(folder: Path, scheme: str) -> None:
    """Roll the day out in this process and keep the result in a folder."""
    if SMOKE:
        from itnt_core.twin import checkpoint

        checkpoint.EVERY_S = 0.0
    result = run_scheme(question(), scheme, cache_dir=cache_folder(), folder=folder)
    write_twin_result(folder, result)


def started(folder: Path, scheme: str) -> BaseProcess:
    """Start a process that rolls the day out in a folder; it loads all it needs anew where that is measured."""
    context = multiprocessing.get_context(sized("spawn", "fork"))
    process = context.Process(target=child, args=(folder, scheme))
    process.start()
    return process


def finished(process: BaseProcess) -> tuple[float, float]:
    """Wait for a process; return the processor time that it took, and the most memory in GB."""
    watched, cpu_s, memory = psutil.Process(process.pid), 0.0, 0.0
    while process.is_alive():
        try:
            times = watched.cpu_times()
            cpu_s, memory = times.user + times.system, max(memory, watched.memory_info().rss / 1e9)
        except psutil.Error:
            break
        time.sleep(0.2)
    process.join()
    if process.exitcode != 0:
        sys.exit(f"The process ended with {process.exitcode}.")
    return cpu_s, memory


def show_hours(result: TwinResult) -> None:
    """Print load, backlog and the satellites' share by the hour."""
    data = result.dataset
    slot_s = result.scenario.network.time.slot_s
    hours = np.floor(np.arange(data.sizes["slot"]) * slot_s / 3600.0).astype(int)
    arrived = data["arrivals_mbit"].sum("user").values
    queue = data["queue_mbit"].sum(("system", "user")).values
    served = data["served_mbit"].sum("user").values  # (2, slots)
    print("hour  load Mbit/s  mean backlog Mbit  by satellites")
    for hour in np.unique(hours):
        chosen = hours == hour
        share = served[1, chosen].sum() / max(served[:, chosen].sum(), 1e-9)
        rate = arrived[chosen].sum() / (chosen.sum() * slot_s)
        print(f"{hour:4d}  {rate:11.1f}  {queue[chosen].mean():17.1f}  {100 * share:11.1f} %")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scheme", default="lite")
    options = parser.parse_args()
    print_machine()
    with tempfile.TemporaryDirectory() as name:
        os.environ["ITNT_DATA_DIR"] = name  # its own results are read here, which need no limits
        whole, halved = Path(name) / "runs" / "whole", Path(name) / "runs" / "halved"
        for folder in (whole, halved):
            folder.mkdir(parents=True)
        began = time.perf_counter()
        cpu_s, memory = finished(started(whole, options.scheme))
        wall_s = time.perf_counter() - began
        result = read_twin_result(whole)
        show_hours(result)
        print(f"{result.scenario.windows} windows in {wall_s:.0f} s, {cpu_s:.0f} s of processor time, {memory:.1f} GB")
        process = started(halved, options.scheme)
        while len(list((halved / FOLDER).glob("*.npz"))) < FILES_BEFORE_KILL and process.is_alive():
            time.sleep(0.1)
        process.kill()
        process.join()
        kept = len(list((halved / FOLDER).glob("*.npz")))
        finished(started(halved, options.scheme))
        again = read_twin_result(halved)
        differing = [
            name
            for name in result.dataset.data_vars
            if not np.array_equal(result.dataset[name].values, again.dataset[name].values, equal_nan=True)
        ]
        print(f"killed with {kept} files kept, then resumed: arrays that differ: {', '.join(differing) or 'none'}")


if __name__ == "__main__":
    main()
