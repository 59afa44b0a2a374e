"""Spectrum sharing: who wins where, how long it takes, and how it grows.

``python -m benchmarks.twin schemes [--seeds 1:11]``  all schemes, two regimes, three levels of twin error
``python -m benchmarks.twin dials [--seeds 1:6]``     backlog against the load and against Z_max, short coverage
``python -m benchmarks.twin times``                   plan, refine, lite at K = 14, F = 6, C = 4, and growth to K = 60
``python -m benchmarks.twin perfect``                 no scheme falls below the plan with perfect forecasts; bound, gap
``python -m benchmarks.twin gaps``                    bound and gap of the plans of ``perfect`` alone
``python -m benchmarks.twin loads``                   no constraint is broken at any load
``python -m benchmarks.twin resources``               more of a resource never hurts
``python -m benchmarks.twin bound``                   the certified bound on random and adversarial windows
``python -m benchmarks.twin tiny``                    plans of tiny windows against enumeration and search
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.stats import t as student

from benchmarks.smoke import sized, stored
from benchmarks.timing import seeds_in_words
from benchmarks.twin_claims import HURRY, PROCESSES, add_commands
from itnt_core.installed import asset
from itnt_core.results import write_text
from itnt_core.results.manifest import code_version
from itnt_core.runs import cache_folder
from itnt_core.twin import TwinError, TwinScenario, twin_preset
from itnt_core.twin.environment import build_environment, window_of
from itnt_core.twin.planning.ascent import equal_point
from itnt_core.twin.planning.conic import Conic
from itnt_core.twin.planning.foresight import Ahead, cycle_of
from itnt_core.twin.planning.joint import plan_joint
from itnt_core.twin.planning.refine import refine, refine_lite
from itnt_core.twin.planning.relaxed import free_bounds
from itnt_core.twin.planning.surrogate import Model
from itnt_core.twin.schemes import SCHEMES
from itnt_core.twin.simulate import figures, simulate

ASSETS = asset("twin")
STUDY, DIALS = ASSETS / "study.json", ASSETS / "dials.json"
LOADS_MBIT_S = sized((4.0, 6.0, 8.0, 10.0, 12.0), (8.0,))
USERS, SUBBANDS = sized((10, 4), (2, 1))
TIMED = sized(((14, 6, 4), (30, 6, 4), (60, 8, 6)), ((2, 1, 1),))  # users, sub-bands, cycles
DIAL_SCHEMES = ("joint_refine", "orthogonal_refine", "tn_only_refine", "lite")
REGIMES = sized(("short-coverage", "near-sufficient"), ("toy",))
ERRORS = {
    "small": TwinError(csi_tn_sigma_db=1.0, csi_ntn_sigma_db=0.5, traffic_sigma=0.1),
    "middle": TwinError(csi_tn_sigma_db=4.0, csi_ntn_sigma_db=1.0, traffic_sigma=0.2),
    "large": TwinError(csi_tn_sigma_db=8.0, csi_ntn_sigma_db=3.0, traffic_sigma=0.4),
}
ERRORS = {name: ERRORS[name] for name in sized(tuple(ERRORS), ("middle",))}
# The world does not depend on what the twin knows of it, so these are the same at every level.
WITHOUT_TWIN = ("genie", "greedy", "reactive")


def preset_of(name: str, seed: int, users: int, subbands: int) -> TwinScenario:
    """Return a preset with other numbers of users and sub-bands."""
    scenario = twin_preset(name, seed, users, cache_folder())
    radio = scenario.network.radio.model_copy(update={"subchannels": subbands})
    sharing = scenario.sharing.model_copy(update={"shared_most": max(1, 2 * subbands // 3), **HURRY})
    network = scenario.network.model_copy(update={"radio": radio})
    return scenario.model_copy(update={"network": network, "sharing": sharing})


def one_case(case: tuple[str, int, str, int, int]) -> list[dict[str, object]]:
    """Roll all schemes out over one regime, seed and level of error."""
    regime, seed, level, users, subbands = case
    scenario = preset_of(regime, seed, users, subbands).model_copy(update={"error": ERRORS[level]})
    environment = build_environment(scenario, cache_dir=cache_folder())
    rows = []
    for key in SCHEMES:
        if key in WITHOUT_TWIN and level != "middle":
            continue
        found = figures(environment, simulate(environment, key))
        rows.append({"regime": regime, "level": level, **found})
    return rows


def schemes(options: argparse.Namespace) -> None:
    """Print mean backlog and its 95 % interval per regime, level and scheme, and who wins how often."""
    first, last = (int(part) for part in options.seeds.split(":"))
    cases = [
        (regime, seed, level, options.users, options.subbands)
        for seed in range(first, last)
        for regime in REGIMES
        for level in ERRORS
    ]
    rows: list[dict[str, object]] = []
    version = code_version()  # before the file of the study changes, which is part of the code's folder
    with ProcessPoolExecutor(PROCESSES) as pool:
        for found in pool.map(one_case, cases):
            rows += found
            _store(Path(options.output), rows, options, version)
    show(rows)


def _store(path: Path, rows: list[dict[str, object]], options: argparse.Namespace, version: str) -> None:
    """Keep the rows with what they were computed from; the page shows the file of its default place."""
    told = (
        f"Mean and 95 % interval over the {seeds_in_words(options.seeds)}, {options.users} users, "
        f"{options.subbands} sub-bands of 5 MHz, two windows of four cycles of 5 s; computed by "
        "python -m benchmarks.twin schemes."
    )
    kept = (
        "regime",
        "level",
        "scheme",
        "seed",
        "mean_backlog_mbit",
        "max_backlog_mbit",
        "final_backlog_mbit",
        "violations",
        "ntn_share",
        "shared_subbands",
    )
    slim = [{key: row[key] for key in kept} for row in rows]
    write_text(path, json.dumps({"told": told, "code_version": version, "rows": slim}) + "\n")


def one_dial(case: tuple[str, float, int, int, int]) -> list[dict[str, object]]:
    """Roll the schemes out that a dial matters to, at one of its values and one seed, middle error."""
    dial, value, seed, users, subbands = case
    scenario = preset_of(REGIMES[0], seed, users, subbands).model_copy(update={"error": ERRORS["middle"]})
    part, change = ("traffic", {"mean_load_mbit_s": value}) if dial == "load" else ("sharing", {dial: int(value)})
    changed = getattr(scenario, part).model_copy(update=change)
    scenario = scenario.model_copy(update={part: changed})
    environment = build_environment(scenario, cache_dir=cache_folder())
    keys = DIAL_SCHEMES if dial == "load" else ("joint_refine", "lite")
    found = [figures(environment, simulate(environment, key)) for key in keys]
    kept = ("scheme", "seed", "mean_backlog_mbit", "violations")
    return [{"dial": dial, "value": value, **{name: row[name] for name in kept}} for row in found]


def dials(options: argparse.Namespace) -> None:
    """Print mean backlog against the load and against the number of shared sub-bands."""
    first, last = (int(part) for part in options.seeds.split(":"))
    size = options.users, options.subbands
    cases = [("load", load, seed, *size) for seed in range(first, last) for load in LOADS_MBIT_S]
    cases += [("shared_most", float(z), seed, *size) for seed in range(first, last) for z in range(size[1] + 1)]
    with ProcessPoolExecutor(PROCESSES) as pool:
        rows = [row for found in pool.map(one_dial, cases) for row in found]
    told = (
        "Terrestrial coverage short, middle error of the twin: mean and 95 % interval over the "
        f"{seeds_in_words(options.seeds)}, {options.users} users, {options.subbands} sub-bands; computed by "
        "python -m benchmarks.twin dials."
    )
    write_text(Path(options.output), json.dumps({"told": told, "code_version": code_version(), "rows": rows}) + "\n")
    for dial, value, key in sorted({(row["dial"], row["value"], row["scheme"]) for row in rows}, key=str):
        series = [
            row["mean_backlog_mbit"] for row in rows if (row["dial"], row["value"], row["scheme"]) == (dial, value, key)
        ]
        print(f"{dial:12} {value:5} {key:18} {np.mean(series):8.0f} Mbit over {len(series)} seeds")  # type: ignore[arg-type]
    print(f"violations over all {len(rows)} runs: {sum(int(row['violations']) for row in rows)}")  # type: ignore[call-overload]


def show(rows: list[dict[str, object]]) -> None:
    """Print the tables of stored rows."""
    for regime in REGIMES:
        for level in ERRORS:
            print(f"\n{regime}, twin error {level}: mean backlog in Mbit, 95 % interval")
            values = {
                key: {
                    row["seed"]: float(row["mean_backlog_mbit"])  # type: ignore[arg-type]
                    for row in rows
                    if row["regime"] == regime
                    and row["scheme"] == key
                    and (row["level"] == level or key in WITHOUT_TWIN)
                }
                for key in SCHEMES
            }
            real = [key for key in SCHEMES if key != "genie"]
            seeds = sorted(values["joint_refine"])
            wins = {key: sum(min(real, key=lambda k: values[k][s]) == key for s in seeds) for key in real}
            for key, by_seed in values.items():
                series = np.array([by_seed[seed] for seed in seeds])
                half = student.ppf(0.975, series.size - 1) * series.std(ddof=1) / np.sqrt(series.size)
                best = f"best on {wins[key]} of {series.size}" if key in wins else ""
                print(f"  {key:18} {series.mean():8.0f} +- {half:6.0f}   {best}")
            gap = np.array([values["orthogonal_refine"][s] - values["joint_refine"][s] for s in seeds])
            half = student.ppf(0.975, gap.size - 1) * gap.std(ddof=1) / np.sqrt(gap.size)
            print(f"  orthogonal_refine - joint_refine, seed by seed: {gap.mean():.0f} +- {half:.0f}")
    broken = sum(int(row["violations"]) for row in rows)  # type: ignore[call-overload]
    print(f"\nviolations over all {len(rows)} runs: {broken}")


def times(options: argparse.Namespace) -> None:
    """Print the time of plan, refinement and lite refinement, and of both ways to solve the same surrogate."""
    for users, subbands, cycles in TIMED:
        scenario = preset_of(REGIMES[0], 1, users, subbands)
        sharing = scenario.sharing.model_copy(update={"cycles_per_window": cycles})
        time_grid = scenario.network.time.model_copy(update={"slots": 5 * cycles})
        network = scenario.network.model_copy(update={"time": time_grid})
        environment = build_environment(scenario.model_copy(update={"network": network, "sharing": sharing}))
        nothing = np.zeros(users)
        part = slice(0, cycles)
        expected = environment.demand.predicted_mbit[part]
        window = window_of(
            environment, environment.predicted[:, :, part], expected, nothing, nothing, environment.visible.all(axis=0)
        )
        planned = plan_joint(window)
        first = {"arrivals_mbit": window.arrivals_mbit[:, :1], "slot_part": window.slot_part[:, :1]}
        actual = replace(window, gain=environment.gain[:, :, :1], **first)
        one, ahead = cycle_of(planned.at, 0), Ahead.of(window, planned.at, 0)
        print(
            f"K={users} F={subbands} C={cycles}, {window.links} links: DT-JointRA {planned.wall_s:.1f} s in "
            f"{len(planned.course)} steps, RT-Refine {refine(actual, one, ahead=ahead).wall_s:.2f} s a cycle, lite "
            f"{1000 * refine_lite(actual, one).wall_s:.0f} ms"
        )
        if users == TIMED[0][0]:
            start, bounds = equal_point(window, free_bounds(window)), free_bounds(window)
            began = time.perf_counter()
            Conic().improve(window, start, bounds, 20.0)
            direct = time.perf_counter() - began
            model = Model()
            began = time.perf_counter()
            model.improve(window, start, bounds, 20.0)
            first = time.perf_counter() - began
            began = time.perf_counter()
            model.improve(window, start, bounds, 20.0)
            again = time.perf_counter() - began
            print(f"  one surrogate: direct {direct:.2f} s; CVXPY {first:.1f} s compiling, then {again:.2f} s")


def main() -> None:
    """Run one benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    all_schemes = commands.add_parser("schemes")
    all_schemes.add_argument("--seeds", default=sized("1:11", "1:3"))
    all_schemes.add_argument("--users", type=int, default=USERS)
    all_schemes.add_argument("--subbands", type=int, default=SUBBANDS)
    all_schemes.add_argument("--output", default=stored(STUDY), help="default: the file that the page shows")
    all_schemes.set_defaults(command=schemes)
    turned = commands.add_parser("dials")
    turned.add_argument("--seeds", default=sized("1:6", "1:2"))
    turned.add_argument("--users", type=int, default=USERS)
    turned.add_argument("--subbands", type=int, default=SUBBANDS)
    turned.add_argument("--output", default=stored(DIALS))
    turned.set_defaults(command=dials)
    table = commands.add_parser("show", help="print the tables of stored rows again")
    table.add_argument("file", type=Path)
    table.set_defaults(command=lambda options: show(json.loads(options.file.read_text())["rows"]))
    commands.add_parser("times").set_defaults(command=times)
    add_commands(commands)
    options = parser.parse_args()
    options.command(options)


if __name__ == "__main__":
    main()
