"""Planning methods against the bound: ``python -m benchmarks.planners [--seeds 0:10] [--presets ...] [--users ...]``.

For every preset and number of users: the reference, each block of the planner alone, the gradient method, the planner
and the bound; mean and 95 % confidence interval over the seeds, wall time, served user slots and gap of the data, by
the objective that ``--objective`` names (``first``: coverage first, ``ignored``: data alone). One line of JSON per case
is appended to ``--log``, so that a long study can be cut into parts; ``--print-only`` prints what there is.

``--objectives`` prints another table: the planner by each objective, its utility beside the bound, Jain's index, the
worst user, changes of server and wall time (:mod:`benchmarks.objectives`).
"""

from __future__ import annotations

import os

for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.objectives import KINDS, objective_table
from benchmarks.smoke import sized, stored
from benchmarks.timing import print_machine
from itnt_core.bounds import gap, upper_bound
from itnt_core.city import build_city
from itnt_core.intervals import interval
from itnt_core.methods import METHODS, ProgressEvent, quiet, settings_of
from itnt_core.methods.block_ascent import BlockAscent
from itnt_core.methods.straight import StraightMethod, StraightSettings
from itnt_core.network import World, build_world, evaluate, find_violations
from itnt_core.objective import COVERAGE_FIRST, OBJECTIVES, Service, objective_of
from itnt_core.presets import preset

PATIENT = "planner, longer"
RIVALS = ("straight", "planner")
CITIES: dict[tuple[object, ...], object] = {}


def cached_world(name: str, users: int, seed: int, coverage: str = COVERAGE_FIRST.coverage) -> World:
    """Build a world whose city is made once per process."""
    scenario = preset(name, users=users, seed=seed).model_copy(update={"coverage": coverage})
    area = scenario.area
    key = (scenario.city.kind, area.size_m, area.lon, area.lat)
    if key not in CITIES:
        CITIES[key] = build_city(scenario.city.kind, area.lon, area.lat, area.size_m, scenario.city.seed)
    return build_world(scenario, city=CITIES[key])  # type: ignore[arg-type]


def block(world: World, steps: Callable[[BlockAscent], object], seed: int) -> dict[str, float]:
    """Run single blocks of the planner from the reference and return value and time."""
    started = time.perf_counter()
    reference = StraightMethod().solve(world, StraightSettings(), seed, quiet)
    ascent = BlockAscent(world, reference, shakes=4, seed=seed, energy_weight=3e-4)
    steps(ascent)
    service = ascent.top.service
    return {"mbit": service.data_mbit, "outage": 1.0 - service.served_share, "wall_s": time.perf_counter() - started}


def method(world: World, key: str, seed: int, **settings: float) -> dict[str, float]:
    """Run a whole method and return value, time, violations, outage and the time of its first gain."""
    chosen = METHODS[key]
    first: list[float] = []
    started = time.perf_counter()
    reference: list[Service] = []
    objective = objective_of(world.scenario)

    def watch(event: ProgressEvent) -> None:
        if event.objective_mbit is None:
            return
        reference.append(Service(event.served_share, event.objective_mbit))
        if not first and objective.better(reference[-1], reference[0]):
            first.append(time.perf_counter() - started)

    decision = chosen.solve(world, settings_of(chosen, settings), seed, watch)
    wall_s = time.perf_counter() - started
    evaluation = evaluate(world, decision)
    return {
        "mbit": evaluation.active.data_service_mbit,
        "wall_s": wall_s,
        "violations": len(find_violations(world, decision, evaluation)),
        "outage": evaluation.active.outage,
        "first_gain_s": first[0] if first else float("nan"),
    }


def case(name: str, users: int, seed: int, coverage: str, gradient: bool, patience: float) -> dict[str, object]:
    """Measure one preset, number of users and seed."""
    world = cached_world(name, users, seed, coverage)
    world.ground_gains  # noqa: B018 - part of no method
    answer: dict[str, Any] = {"preset": name, "users": users, "seed": seed, "coverage": coverage}
    answer["straight"] = method(world, "straight", seed)
    answer["association alone"] = block(world, BlockAscent.associate_at_equal_power, seed)
    answer["power alone"] = block(world, BlockAscent.control_power, seed)
    answer["flight alone"] = block(world, lambda ascent: ascent.fly(plan=True), seed)
    if gradient:
        answer["gradient"] = method(world, "gradient", seed, **sized({}, {"rounds": 1, "steps": 2}))
    answer["planner"] = method(world, "planner", seed, **sized({}, {"rounds": 1}))
    if patience:
        limit_s = patience * answer["planner"]["wall_s"]
        answer[PATIENT] = method(world, "planner", seed, time_limit_s=limit_s, rounds=10_000, tolerance=0.0)
    bound = upper_bound(world)
    answer["bound"] = {"mbit": bound.data_service_mbit, "outage": 1.0 - bound.served_share, "wall_s": bound.wall_s}
    return answer


def print_tables(cases: list[dict]) -> None:
    """Print one table per preset, number of users and objective."""
    for name, users, coverage in sorted({(item["preset"], item["users"], item["coverage"]) for item in cases}):
        asked = (name, users, coverage)
        chosen = [item for item in cases if (item["preset"], item["users"], item["coverage"]) == asked]
        objective = OBJECTIVES[coverage]
        print(f"\n{name}, {users} users, {len(chosen)} seeds, objective: {objective.name}")
        head = f"{'':18}{'Mbit':>8}{'+-':>7}{'x straight':>12}{'+-':>7}{'data gap %':>12}"
        print(f"{head}{'served %':>10}{'wall s':>8}{'max':>7}")
        for label in (
            "straight",
            "association alone",
            "power alone",
            "flight alone",
            "gradient",
            "planner",
            PATIENT,
            "bound",
        ):
            rows = [item for item in chosen if label in item]
            if not rows:
                continue
            mbit, half = interval([item[label]["mbit"] for item in rows])
            ratio, ratio_half = interval([item[label]["mbit"] / item["straight"]["mbit"] for item in rows])
            share = 100.0 * np.mean([gap(item[label]["mbit"], item["bound"]["mbit"]) for item in rows])
            walls = [item[label]["wall_s"] for item in rows]
            print(
                f"{label:18}{mbit:8.0f}{half:7.0f}{ratio:12.3f}{ratio_half:7.3f}{share:12.1f}"
                f"{100.0 * (1.0 - np.mean([item[label]['outage'] for item in rows])):10.2f}"
                f"{np.mean(walls):8.2f}{max(walls):7.1f}"
            )
        plans = [item["planner"] for item in chosen]
        pairs = [[Service(1.0 - item[key]["outage"], item[key]["mbit"]) for key in RIVALS] for item in chosen]
        below = sum(objective.better(straight, planner) for straight, planner in pairs)
        print(
            f"planner: worse than straight on {below} seeds, {sum(p['violations'] for p in plans)} violations, "
            f"first gain after {max(p['first_gain_s'] for p in plans):.2f} s at most"
        )


def main() -> None:
    """Run or print the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default=sized("1:11", "1:3"), help="first:last+1")
    parser.add_argument("--users", default=sized("12,24,36", "4"))
    parser.add_argument("--presets", default=sized("london-4km,london-2km,paper-free-space", "tiny"))
    parser.add_argument(
        "--gradient-seeds", type=int, default=sized(3, 1), help="the gradient method runs on the first of the seeds"
    )
    parser.add_argument("--patience", type=float, default=sized(0.0, 2.0), help="the planner again, so much longer")
    parser.add_argument("--objective", choices=list(OBJECTIVES), default=COVERAGE_FIRST.coverage)
    parser.add_argument("--objectives", action="store_true", help="the table of objectives instead")
    parser.add_argument("--kinds", default=",".join(KINDS[:3]), help="of that table")
    parser.add_argument("--log", type=Path, default=stored(Path(".itnt") / "planners.jsonl"))
    parser.add_argument("--print-only", action="store_true")
    options = parser.parse_args()
    print_machine()
    options.log.parent.mkdir(parents=True, exist_ok=True)
    first, last = (int(part) for part in options.seeds.split(":"))
    if options.objectives:
        users = [int(part) for part in options.users.split(",")]
        names, kinds = options.presets.split(","), options.kinds.split(",")
        log = options.log.with_name("objectives.jsonl")
        return objective_table(names, users, range(first, last), kinds, log)
    if not options.print_only:
        for name in options.presets.split(","):
            for users in (int(part) for part in options.users.split(",")):
                for seed in range(first, last):
                    found = case(
                        name, users, seed, options.objective, seed - first < options.gradient_seeds, options.patience
                    )
                    with options.log.open("a", encoding="utf-8") as handle:
                        handle.write(json.dumps(found) + "\n")
    print_tables([json.loads(line) for line in options.log.read_text(encoding="utf-8").splitlines()])


if __name__ == "__main__":
    main()
