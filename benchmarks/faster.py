"""The planner as it comes, in this checkout and in another: ``python -m benchmarks.faster [OTHER_CHECKOUT]``.

Each checkout has a process of its own, with everything compiled before; both take the same scenario and seed in turn,
so that whatever else the machine does meets both. Time by the clock and of the processor, data service, served user
slots, constraints broken, and the certified bound of this checkout. ``--threads`` says among how many threads this
program's own work is shared out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

import numpy as np

from benchmarks.smoke import sized
from benchmarks.timing import print_machine
from itnt_core.bounds import upper_bound
from itnt_core.installed import app_folder
from itnt_core.network import build_world
from itnt_core.presets import preset

PRESETS = sized("london-4km,london-2km,paper-free-space", "tiny")
USERS, SEEDS = sized(24, 4), sized("1:11", "1:2")
ROUNDING = 1e-9  # relative
# Runs in the other checkout as well, so it knows nothing of what is new here.
ONE_AFTER_ANOTHER = """
import json, sys, time
from itnt_core.methods import METHODS, quiet, settings_of
from itnt_core.network import build_world, evaluate, find_violations
from itnt_core.presets import preset
planner = METHODS["planner"]
for line in sys.stdin:
    name, users, seed, rounds = json.loads(line)
    world = build_world(preset(name, users=users, seed=seed))
    world.ground_gains
    began, processor = time.perf_counter(), time.process_time()
    decision = planner.solve(world, settings_of(planner, {} if rounds is None else {"rounds": rounds}), seed, quiet)
    found = {"wall_s": time.perf_counter() - began, "cpu_s": time.process_time() - processor}
    judged = evaluate(world, decision)
    found["mbit"], found["outage"] = judged.active.data_service_mbit, judged.active.outage
    found["violations"] = len(find_violations(world, decision, judged))
    print(json.dumps(found), flush=True)
"""


class Checkout:
    """A process that plans with the code of a checkout."""

    def __init__(self, folder: Path, threads: int):
        self.process = subprocess.Popen(
            [sys.executable, "-c", ONE_AFTER_ANOTHER],
            cwd=folder,
            env={**os.environ, "NUMBA_NUM_THREADS": str(threads), "PYTHONPATH": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def planned(self, name: str, users: int, seed: int, rounds: int | None = None) -> dict[str, float]:
        """Plan one scenario and return what it took and brings."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps([name, users, seed, rounds]) + "\n")
        self.process.stdin.flush()
        found: dict[str, float] = json.loads(self.process.stdout.readline())
        return found


def print_rows(name: str, users: int, found: dict[str, list[dict[str, float]]]) -> None:
    """Print medians and means of each checkout."""
    for label, rows in found.items():
        column = {key: np.array([row[key] for row in rows]) for key in rows[0]}
        print(
            f"{name:20} {users:5} {label:6} {np.median(column['wall_s']):7.2f} {np.median(column['cpu_s']):7.2f}"
            f" {column['wall_s'].max():7.1f} {column['mbit'].mean():9.1f} {100 * (1 - column['outage'].mean()):8.2f}"
            f" {column['violations'].sum():6.0f}",
            flush=True,
        )


def above(name: str, users: int, seed: int, rows: list[dict[str, Any]]) -> int:
    """Return how many answers to a scenario are above its certified bound."""
    bound = upper_bound(build_world(preset(name, users=users, seed=seed)))
    return sum(row["mbit"] > bound.data_service_mbit * (1.0 + ROUNDING) for row in rows)


def main() -> None:
    """Plan in turn and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", nargs="?", type=Path, help="another checkout, such as an older one")
    parser.add_argument("--presets", default=PRESETS)
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--seeds", default=SEEDS, help="first:last+1")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-bound", action="store_true", help="leave out the bound")
    options = parser.parse_args()
    print_machine()
    places = {"now": app_folder(), **({"other": options.other.resolve()} if options.other else {})}
    checkouts = {label: Checkout(folder, options.threads) for label, folder in places.items()}
    for checkout in checkouts.values():
        checkout.planned("tiny", 4, 1, 1)  # compiles
    print(
        f"{'preset':17} {'users':>3} {'':6}{'wall s':>7} {'CPU s':>7} {'most s':>7} {'Mbit':>9} {'served %':>8} broken"
    )
    first, last = (int(part) for part in options.seeds.split(":"))
    for name in options.presets.split(","):
        for checkout in checkouts.values():
            checkout.planned(name, options.users, first, 1)  # what this kind of world compiles
        found: dict[str, list[dict[str, float]]] = {label: [] for label in checkouts}
        too_good = 0
        for seed in range(first, last):
            for label, checkout in checkouts.items():
                found[label].append(checkout.planned(name, options.users, seed))
                print_rows(f"{name} {seed}", options.users, {label: found[label][-1:]})
            if not options.no_bound:
                too_good += above(name, options.users, seed, [rows[-1] for rows in found.values()])
        print_rows(name, options.users, found)
        if not options.no_bound:
            print(f"{'':33}above the certified bound: {too_good} of {len(found) * (last - first)}")
    for checkout in checkouts.values():
        checkout.process.terminate()


if __name__ == "__main__":
    main()
