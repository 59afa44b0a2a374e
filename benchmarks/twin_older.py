"""Plans of a window by this planner, and by that of an older checkout with ten times its effort.

``python -m benchmarks.twin_older OTHER_CHECKOUT [--seeds 1:11] [--users 14 --subbands 6 --cycles 4]``
The older planner (a32f53e4) knows neither slots nor a cap of the spectral efficiency, so both plan windows without:
the backlog at the ends of cycles, as the older one minimises it. Time is that of the processor.
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from benchmarks.smoke import sized
from benchmarks.timing import print_machine
from benchmarks.twin import REGIMES, preset_of
from itnt_core.installed import app_folder
from itnt_core.twin.environment import build_environment, window_of
from itnt_core.twin.planning.joint import plan_joint
from itnt_core.twin.planning.objective import objective
from itnt_core.twin.planning.window import Plan, Window, find_faults

NEW_FIELDS = ("slot_part", "efficiency_cap", "most_users")
EFFORT = (4, 40, 100)  # iterations with binaries relaxed, decided, and at last; (2, 5, 12) is the older default
SIZE = sized((14, 6, 4), (2, 2, 1))
# Runs in the other checkout, so it knows nothing of what is new here.
ONE_WINDOW = """
import json, sys, time
import numpy as np
from itnt_core.twin.planning.joint import PlanningEffort, plan_joint
from itnt_core.twin.planning.window import Window
folder, effort = sys.argv[1], json.loads(sys.argv[2])
with np.load(folder + "/window.npz") as file:
    window = Window(**{name: value if value.ndim else value.item() for name, value in file.items()})
began = time.process_time()
planned = plan_joint(window, effort=PlanningEffort(*effort)).at.plan
names = ("power", "share", "steering", "mask_tn", "mask_ntn")
np.savez(folder + "/plan.npz", cpu_s=time.process_time() - began, **{name: getattr(planned, name) for name in names})
"""


def window_at(regime: str, seed: int, users: int, subbands: int, cycles: int) -> Window:
    """Return the first window of a preset as the twin predicts it, without what the older planner does not know."""
    scenario = preset_of(regime, seed, users, subbands)
    sharing = scenario.sharing.model_copy(update={"cycles_per_window": cycles})
    slots = scenario.network.time.model_copy(update={"slots": sharing.slots_per_cycle * cycles})
    network = scenario.network.model_copy(update={"time": slots})
    environment = build_environment(scenario.model_copy(update={"network": network, "sharing": sharing}))
    nothing, part = np.zeros(users), slice(0, cycles)
    window = window_of(
        environment,
        environment.predicted[:, :, part],
        environment.demand.predicted_mbit[part],
        nothing,
        nothing,
        environment.visible.all(axis=0),
    )
    return replace(window, slot_part=None, efficiency_cap=np.inf, most_users=None)


def plan_elsewhere(checkout: Path, window: Window) -> tuple[Plan, float]:
    """Return the plan of the other checkout's planner, and its seconds of processor time."""
    known = {field.name: getattr(window, field.name) for field in fields(window) if field.name not in NEW_FIELDS}
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / "window.npz", **{name: value for name, value in known.items() if value is not None})
        command = [sys.executable, "-c", ONE_WINDOW, folder, json.dumps(EFFORT)]
        subprocess.run(command, cwd=checkout, check=True, stdout=subprocess.DEVNULL)
        with np.load(Path(folder) / "plan.npz", allow_pickle=False) as file:
            values = dict(file)
    cpu_s = float(values.pop("cpu_s"))
    return Plan(**values), cpu_s


def main() -> None:
    """Compare seed by seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path, nargs="?", default=app_folder())
    parser.add_argument("--seeds", default=sized("1:11", "1:2"))
    for name, value in zip(("users", "subbands", "cycles"), SIZE, strict=True):
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    print_machine()
    first, last = (int(part) for part in options.seeds.split(":"))
    rows = []
    for seed in range(first, last):
        regime = REGIMES[(seed - first) % len(REGIMES)]
        window = window_at(regime, seed, options.users, options.subbands, options.cycles)
        began = time.process_time()
        here = plan_joint(window).at.plan
        cpu_s = time.process_time() - began
        there, other_s = plan_elsewhere(options.checkout, window)
        faults = len(find_faults(window, here))
        rows.append((objective(window, here), objective(window, there), cpu_s, other_s))
        print(
            f"{regime} {seed}: {rows[-1][0]:.2f} Mbit in {cpu_s:.1f} s here, {rows[-1][1]:.2f} Mbit in {other_s:.1f} s "
            f"there, {faults} constraints broken",
            flush=True,
        )
    mean = np.mean(rows, axis=0)
    wins = sum(here <= there * 1.001 + 0.01 for here, there, _, _ in rows)
    print(
        f"K={options.users} F={options.subbands} C={options.cycles}, {len(rows)} seeds, mean: {mean[0]:.2f} Mbit in "
        f"{mean[2]:.1f} s here, {mean[1]:.2f} Mbit in {mean[3]:.1f} s there; no more waits here on {wins}"
    )


if __name__ == "__main__":
    main()
