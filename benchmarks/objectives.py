"""Objectives beyond all data: ``python -m benchmarks.objectives enumeration [--instances 100] [--bounds 1000]``.

``enumeration``: tiny networks of still users in which every association of every slot is tried, at full power and at
three powers of each link. Says on how many instances the planner, whose powers are free, reaches the best of them by
its objective, and on how many random ones the certified bound lies below it, which must be none.

``python -m benchmarks.planners --objectives`` prints the table of objectives on presets, which is made here too.
"""

from __future__ import annotations

import os

for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

import argparse
import itertools
import json
import time
from collections import Counter
from pathlib import Path

import numpy as np

from benchmarks.smoke import sized
from benchmarks.timing import print_machine
from benchmarks.tiny_networks import FULL, KINDS, LEVELS, Best, Choices, every_choice, is_as_good, tiny_scenario
from itnt_core.bounds import UpperBound, gap, upper_bound
from itnt_core.methods import METHODS, quiet, settings_of
from itnt_core.network import Decision, World, build_world, evaluate, find_violations
from itnt_core.objective import Service
from itnt_core.presets import preset
from itnt_core.qos import is_linked
from itnt_core.scenario import all_fields, scenario_of_data
from itnt_core.words.comparison import jain_index

REACHED = 1e-3  # relative: powers are found by steps that end here
ROUNDING = 1e-6
UNHURRIED: dict[str, float] = {"time_limit_s": 3600.0}  # of the planner: the same answer however loaded the machine is


def enumeration(instances: int, bounds: int, kinds: list[str], start: int = 0) -> None:
    """Print how often the planner reaches what enumeration finds, and whether the bound ever lies below it."""
    for kind in kinds:
        reached, broken, gaps = {FULL: 0, LEVELS: 0}, Counter[str](), []
        for seed in range(start, start + max(instances, bounds)):
            world = build_world(tiny_scenario(kind, seed))
            coverage, every = world.scenario.coverage, every_choice(world)
            if seed < start + bounds:
                bound = upper_bound(world)
                broken.update(broken_bounds(world, bound, every))
                worth = float(every.worth_mbit.max())
                if worth > ROUNDING and coverage != "priced":  # else a share says nothing
                    gaps.append(gap(worth, bound.utility_mbit))
            if seed < start + instances:
                mine = _planned(world)
                for levels in reached:
                    best = (every if levels == LEVELS else every_choice(world, levels)).best(coverage)
                    is_reached = is_as_good(coverage, mine, best, REACHED)
                    reached[levels] += int(is_reached)
                    if not is_reached:
                        print(f"  missed: {kind}, seed {seed}, {world.scenario.name}: {mine}, best {best}", flush=True)
        print(
            f"{kind:14} planner reaches the best of all at full power on {reached[FULL]}, at three powers on "
            f"{reached[LEVELS]} of {instances}; bound broken on {broken.total()} of {bounds} {dict(broken) or ''}, "
            f"mean gap of the best of all {100.0 * float(np.mean(gaps or [np.nan])):.1f} %",
            flush=True,
        )


def broken_bounds(world: World, bound: UpperBound, every: Choices) -> list[str]:
    """Return the adversarial case of a network once if any answer passes any limit of a bound."""
    most = bound.served_share * world.slots * world.user_count
    worth, data, served = (float(part.max()) for part in (every.worth_mbit, every.data_mbit, every.served))
    is_broken = (
        worth > bound.utility_mbit + ROUNDING * max(1.0, abs(bound.utility_mbit))
        or data > bound.data_service_mbit * (1.0 + ROUNDING) + ROUNDING
        or served > most + ROUNDING
    )
    return [world.scenario.name] if is_broken else []


def _planned(world: World) -> Best:
    """Return what the planner's answer lacks to least rates (below 0), whom it serves, and what it is worth."""
    planner = METHODS["planner"]
    decision: Decision = planner.solve(world, settings_of(planner, UNHURRIED | {"rounds": 8}), 1, quiet)
    found = evaluate(world, decision)
    broken = {violation.constraint for violation in find_violations(world, decision, found)}
    if broken - {"least_rate"}:  # which may be more than can be had
        raise RuntimeError(f"The planner's answer breaks {', '.join(sorted(broken))}.")
    service = Service.of(found)
    return service.reached_mbit, float(found.active.is_served.sum()), service.worth_mbit


def objective_case(name: str, users: int, seed: int, kind: str, city: object) -> dict[str, object]:
    """Measure the planner by one objective on a preset: its worth beside the bound, and how data are shared out."""
    data = all_fields(preset(name, users=users, seed=seed)) | {"objective": kind}
    world = build_world(scenario_of_data(data), city=city)  # type: ignore[arg-type]
    world.ground_gains  # noqa: B018 - part of no method
    planner = METHODS["planner"]
    started = time.perf_counter()
    decision = planner.solve(world, settings_of(planner, UNHURRIED | sized({}, {"rounds": 1})), seed, quiet)
    wall_s = time.perf_counter() - started
    found, bound = evaluate(world, decision), upper_bound(world)
    mbit = found.active.user_data_mbit(world.scenario.time.slot_s)
    before, after = decision.station[:-1], decision.station[1:]
    changes = (before != after) & is_linked(before) & is_linked(after)
    return {
        "preset": name,
        "users": users,
        "seed": seed,
        "objective": kind,
        "utility_mbit": found.active.utility_mbit,
        "bound_mbit": bound.utility_mbit,
        "mbit": found.active.data_service_mbit,
        "jain": jain_index(mbit),
        "worst_mbit": float(mbit.min()),
        "served": 1.0 - found.active.outage,
        "handovers": int(changes.sum()),
        "violations": len(find_violations(world, decision, found)),
        "wall_s": wall_s,
        "bound_wall_s": bound.wall_s,
    }


def objective_table(names: list[str], users: list[int], seeds: range, kinds: list[str], log: Path) -> None:
    """Measure what is not in the log yet, then print the table, told as it is."""
    from itnt_core.city import build_city

    cities: dict[tuple[object, ...], object] = {}
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    known = [json.loads(line) for line in lines if "utility_mbit" in line]
    have = {(item["preset"], item["users"], item["seed"], item["objective"]) for item in known}
    for name, count, seed, kind in itertools.product(names, users, seeds, kinds):
        if (name, count, seed, kind) in have:
            continue
        scenario = preset(name, users=count, seed=seed)
        area = scenario.area
        key = (scenario.city.kind, area.size_m, area.lon, area.lat, scenario.city.seed)
        if key not in cities:
            cities[key] = build_city(scenario.city.kind, area.lon, area.lat, area.size_m, scenario.city.seed)
        known.append(objective_case(name, count, seed, kind, cities[key]))
        with log.open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(known[-1]) + "\n")
    for name in names:
        print(f"\n{name}: mean over seeds {seeds.start} to {seeds.stop - 1}")
        print(f"{'users':>6} {'objective':14}{'utility':>9}{'gap %':>7}{'data':>8}{'Jain':>7}{'worst':>8}", end="")
        print(f"{'served %':>10}{'changes':>9}{'wall s':>8}{'bound s':>8}{'seeds':>6}")
        for count, kind in itertools.product(users, kinds):
            rows = [item for item in known if (item["preset"], item["users"], item["objective"]) == (name, count, kind)]
            if not rows:
                continue
            mean = {key: float(np.mean([row[key] for row in rows])) for key in rows[0] if key in MEASURED}
            share = 100.0 * float(np.mean([gap(row["utility_mbit"], row["bound_mbit"]) for row in rows]))
            print(
                f"{count:6} {kind:14}{mean['utility_mbit']:9.0f}{share:7.1f}{mean['mbit']:8.0f}{mean['jain']:7.3f}"
                f"{mean['worst_mbit']:8.1f}{100.0 * mean['served']:10.2f}{mean['handovers']:9.0f}{mean['wall_s']:8.2f}"
                f"{mean['bound_wall_s']:8.2f}{len(rows):6}"
            )


MEASURED = (
    "utility_mbit",
    "bound_mbit",
    "mbit",
    "jain",
    "worst_mbit",
    "served",
    "handovers",
    "wall_s",
    "bound_wall_s",
)


def main() -> None:
    """Run the study of enumeration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", choices=["enumeration"])
    parser.add_argument("--instances", type=int, default=sized(100, 2))
    parser.add_argument("--bounds", type=int, default=sized(1000, 2))
    parser.add_argument("--kinds", default=",".join(KINDS), help="objectives, one behind another")
    parser.add_argument("--start", type=int, default=0, help="the first seed, to cut a study into parts")
    options = parser.parse_args()
    print_machine()
    enumeration(options.instances, options.bounds, options.kinds.split(","), options.start)


if __name__ == "__main__":
    main()
