"""Do promises hold? ``python -m benchmarks.promises [--presets ...] [--method straight] [--worlds 1000]``.

For every preset: a plan of ``--method``, its promise from ``--worlds`` drawn worlds, and the share of ``--checked``
other worlds, drawn neither in planning nor for the promise, that reach the 95 % value. Then, with ``--robust N``, the
planner's plain flight and one chosen on N drawn worlds, both judged on the same ``--compared`` worlds that neither has
seen: mean, worst tenth and 95 % value. Every world is judged by the method's own rule.
"""

from __future__ import annotations

import os

for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.smoke import sized, stored
from benchmarks.timing import print_machine
from itnt_core.arrays import Array
from itnt_core.methods import METHODS, PlannedFlight, quiet, settings_of, slot_rule
from itnt_core.network import World, WorldDraws, build_world, evaluate
from itnt_core.presets import preset
from itnt_core.promise import JUDGED, SHARE, promised, worst_tenth
from itnt_core.runs import cache_folder

CHECKED = "checked"  # the purpose of draws that neither planning nor promise has seen
LOW, HIGH = 0.93, 0.97  # where the share is to lie


def brought(world: World, method: str, flight_m: Array, settings: dict[str, Any], purpose: str, count: int) -> Array:
    """Return the data (count, 2) in Mbit and the served share of drawn worlds on a flight."""
    chosen = METHODS[method]
    planned = PlannedFlight(slot_rule(chosen), flight_m, settings_of(chosen, settings), world.scenario.seed)
    found = [planned.service(one) for one in WorldDraws(world, purpose).worlds(count)]
    return np.array([(one.data_mbit, one.served_share) for one in found])


def held(name: str, method: str, settings: dict[str, Any], worlds: int, checked: int) -> dict[str, Any]:
    """Return what a plan promises and how many other worlds reach it."""
    world = build_world(preset(name, cache_dir=cache_folder()), cache_dir=cache_folder())
    plan = METHODS[method].solve(world, settings_of(METHODS[method], settings), world.scenario.seed, quiet)
    started = time.perf_counter()
    level = promised(brought(world, method, plan.positions_m, settings, JUDGED, worlds)[:, 0], SHARE)
    others = brought(world, method, plan.positions_m, settings, CHECKED, checked)[:, 0]
    assert level is not None, "too few worlds for a promise"
    return {
        "preset": name,
        "method": method,
        "worlds": worlds,
        "checked": checked,
        "planned_mbit": evaluate(world, plan).active.data_service_mbit,
        "promised_mbit": level.value,
        "share": float((others >= level.value).mean()),
        "low": level.low,
        "high": level.high,
        "wall_s": time.perf_counter() - started,
    }


def compared(name: str, robust: int, aim: str, settings: dict[str, Any], worlds: int) -> dict[str, Any]:
    """Return what the plain flight and a robust one bring in worlds that neither has seen."""
    world = build_world(preset(name, cache_dir=cache_folder()), cache_dir=cache_folder())
    answer: dict[str, Any] = {"preset": name, "planned_on": robust, "aim": aim, "compared": worlds}
    for label, more in (("plain", {}), ("robust", {"robust": robust, "robust_aim": aim})):
        started = time.perf_counter()
        method = METHODS["planner"]
        plan = method.solve(world, settings_of(method, settings | more), world.scenario.seed, quiet)
        wall_s = time.perf_counter() - started
        data, served = brought(world, "planner", plan.positions_m, settings, CHECKED, worlds).T
        level = promised(data, SHARE)
        answer[label] = {
            "mean_mbit": float(data.mean()),
            "worst_tenth_mbit": worst_tenth(data),
            "promised_mbit": None if level is None else level.value,
            "served": float(served.mean()),
            "wall_s": wall_s,
            "forecast_mbit": evaluate(world, plan).active.data_service_mbit,
        }
    return answer


def print_held(rows: list[dict[str, Any]]) -> None:
    """Print which promises held."""
    print(f"\n{'preset':18}{'method':10}{'worlds':>8}{'planned':>10}{'promised':>10}{'reached by %':>14}{'':>4}wall s")
    for row in rows:
        mark = "in" if LOW <= row["share"] <= HIGH else "out"
        print(
            f"{row['preset']:18}{row['method']:10}{row['worlds']:8}{row['planned_mbit']:10.0f}"
            f"{row['promised_mbit']:10.0f}{100.0 * row['share']:14.1f} {mark:>3}{row['wall_s']:7.1f}"
        )
    inside = sum(LOW <= row["share"] <= HIGH for row in rows)
    print(f"{inside} of {len(rows)} promises are reached by 93 to 97 % of worlds that were never drawn before")


def print_compared(rows: list[dict[str, Any]]) -> None:
    """Print what robust flights bring beside plain ones."""
    for row in rows:
        print(
            f"\n{row['preset']}, {row['planned_on']} worlds in planning, aim {row['aim']}, {row['compared']} compared"
        )
        print(f"{'':10}{'mean':>10}{'worst 10 %':>12}{'95 %':>10}{'served %':>10}{'forecast':>10}{'plan s':>8}")
        for label in ("plain", "robust"):
            one = row[label]
            level = f"{one['promised_mbit']:10.0f}" if one["promised_mbit"] is not None else f"{'-':>10}"
            print(
                f"{label:10}{one['mean_mbit']:10.0f}{one['worst_tenth_mbit']:12.0f}{level}{100.0 * one['served']:10.2f}"
                f"{one['forecast_mbit']:10.0f}{one['wall_s']:8.1f}"
            )
        change = row["robust"]["worst_tenth_mbit"] / row["plain"]["worst_tenth_mbit"] - 1.0
        print(f"worst tenth with robust flights: {100.0 * change:+.2f} %")


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", default=sized("london-4km,london-2km,paper-free-space", "tiny"))
    parser.add_argument("--method", default="straight")
    parser.add_argument("--worlds", type=int, default=sized(1000, 25))
    parser.add_argument("--checked", type=int, default=sized(1000, 20))
    parser.add_argument("--robust", type=int, default=sized(20, 2), help="0: no comparison")
    parser.add_argument("--aim", choices=("mean", "worst"), default="worst")
    parser.add_argument("--compared", type=int, default=sized(200, 5))
    parser.add_argument("--log", type=Path, default=stored(Path(".itnt") / "promises.jsonl"))
    options = parser.parse_args()
    print_machine()
    options.log.parent.mkdir(parents=True, exist_ok=True)
    quick = sized({"time_limit_s": 3600.0}, {"rounds": 1, "shakes": 0})  # a busy machine must not change the answer
    settings = quick if options.method == "planner" else {}
    names = options.presets.split(",")
    rows = [held(name, options.method, settings, options.worlds, options.checked) for name in names]
    print_held(rows)
    pairs = [compared(name, options.robust, options.aim, quick, options.compared) for name in names if options.robust]
    print_compared(pairs)
    with options.log.open("a", encoding="utf-8") as handle:
        handle.writelines(json.dumps(row) + "\n" for row in (*rows, *pairs))


if __name__ == "__main__":
    main()
