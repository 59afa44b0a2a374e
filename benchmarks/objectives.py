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
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.smoke import sized
from benchmarks.timing import print_machine
from itnt_core.bounds import gap, upper_bound
from itnt_core.methods import METHODS, quiet, settings_of
from itnt_core.network import Decision, World, build_world, evaluate, find_violations, min_sinr
from itnt_core.presets import preset
from itnt_core.qos import is_linked
from itnt_core.scenario import Scenario, all_fields, scenario_of_data
from itnt_core.sinr import sinr_of, spectral_efficiency
from itnt_core.utility import Utility
from itnt_core.words.comparison import jain_index

KINDS = ("sum", "proportional", "max_min", "alpha")
COVERAGES = ("first", "priced", "ignored")
SLOTS, USERS, STATIONS = 3, 3, 2
FULL, LEVELS = (1.0,), (1.0, 0.4, 0.1)  # of P_max, of a link
REACHED = 1e-3  # relative: powers are found by steps that end here
UNHURRIED: dict[str, float] = {"time_limit_s": 3600.0}  # of the planner: the same answer however loaded the machine is
ADVERSARIAL = ("far users", "one strong station", "tiny demands", "high floor")


def tiny_scenario(kind: str, seed: int) -> Scenario:
    """Return still users and two stations on open ground, drawn by a seed; every fourth one is adversarial."""
    draw = np.random.default_rng([seed, KINDS.index(kind)])
    case = ADVERSARIAL[seed // 4 % len(ADVERSARIAL)] if seed % 4 == 3 else ""
    half = 900.0 if case == "far users" else 300.0
    needs = [_needs(draw, case) for _ in range(USERS)]
    users = [
        {"id": f"gu-{n}", "east_m": float(e), "north_m": float(m), **needs[n]}
        for n, (e, m) in enumerate(draw.uniform(-half, half, (USERS, 2)))
    ]
    powers = (40.0, 0.2) if case == "one strong station" else tuple(10.0 ** draw.uniform(-1.0, 1.0, STATIONS))
    stations = [
        {"id": f"gbs-{n}", "east_m": float(e), "north_m": float(m), "max_power_w": float(powers[n])}
        for n, (e, m) in enumerate(draw.uniform(-250.0, 250.0, (STATIONS, 2)))
    ]
    data = {
        "seed": seed,
        "area": {"size_m": 2000.0},
        "city": {"kind": "open"},
        "time": {"slots": SLOTS},
        "radio": {"subchannels": 1},
        "channel": {"coherence_slots": 1},
        "qos": {"min_sinr_active_db": 12.0 if case == "high floor" else float(draw.uniform(-5.0, 5.0))},
        "objective": kind,
        "alpha": float(draw.choice([0.5, 1.0, 2.0, 5.0])),
        "coverage": COVERAGES[seed % 3],
        "coverage_price_mbit": float(draw.uniform(0.0, 3.0)),
        "ground_stations": stations,
        "ground_users": users,
    }
    return scenario_of_data(data)


def _needs(draw: np.random.Generator, case: str) -> dict[str, float]:
    """Return priority and demand of a user; most have a full buffer."""
    needs = {"priority": float(draw.choice([1.0, 1.0, 3.0]))}
    if case == "tiny demands" or draw.random() < 0.3:
        needs["demand_mbit_s"] = float(10.0 ** draw.uniform(-2.0, 0.0))
    return needs


def best_of_all(world: World, levels: tuple[float, ...] = LEVELS) -> tuple[float, float]:
    """Return the greatest number of served user slots and worth, in this order where coverage comes first.

    With nothing of the methods: every set of links of a slot, each at every level, keeps
    the active floor or is left out; then every combination of slots.
    """
    slots = [np.array(list(_slot_options(world, slot, levels))) for slot in range(world.slots)]
    served, data = slots[0][:, 0], slots[0][:, 1:]
    for more in slots[1:]:
        served = (served[:, None] + more[None, :, 0]).ravel()
        data = (data[:, None, :] + more[None, :, 1:]).reshape(len(served), -1)
    utility = Utility.of(world.scenario)
    worth = utility.value_mbit(data, world.slots * world.user_count - served)
    if world.scenario.coverage == "first":
        worth = np.where(served == served.max(), worth, -np.inf)
    best = int(worth.argmax())
    return float(served[best]), float(worth[best])


def _slot_options(world: World, slot: int, levels: tuple[float, ...]) -> Iterator[tuple[float, ...]]:
    """Yield served users, and the data of each in Mbit, of every feasible way to serve in a slot."""
    gain, limit = world.ground_gains[slot, :, :, 0], world.station_max_power_w
    floor, demand = min_sinr(world, "active"), Utility.of(world.scenario).demand_mbit_s
    law = world.scenario.radio.rate_law
    for users in itertools.product(range(-1, USERS), repeat=STATIONS):
        on = [station for station in range(STATIONS) if users[station] >= 0]
        if len({users[station] for station in on}) < len(on):
            continue
        for chosen in itertools.product(levels, repeat=len(on)):
            power = np.zeros(STATIONS)
            power[on] = np.array(chosen) * limit[on]
            data, is_feasible = np.zeros(USERS), True
            for station in on:
                user = users[station]
                heard = gain[user] * power
                sinr = sinr_of(heard[station], heard.sum() - heard[station], world.noise_w)
                is_feasible &= bool(sinr >= floor)
                rate = min(world.bandwidth_hz * float(spectral_efficiency(np.array(sinr), law)) / 1e6, demand[user])
                data[user] = rate * world.scenario.time.slot_s
            if is_feasible:
                yield (float(len(on)), *data)


def enumeration(instances: int, bounds: int, kinds: list[str], start: int = 0) -> None:
    """Print how often the planner reaches what enumeration finds, and whether the bound ever lies below it."""
    for kind in kinds:
        reached, broken, gaps = {FULL: 0, LEVELS: 0}, 0, []
        for seed in range(start, start + max(instances, bounds)):
            world = build_world(tiny_scenario(kind, seed))
            served, worth = best_of_all(world)
            if seed < start + bounds:
                bound = upper_bound(world)
                most = bound.served_share * world.slots * world.user_count
                broken += int(worth > bound.utility_mbit + 1e-6 * abs(bound.utility_mbit) or served > most + 1e-9)
                if worth > 0.0 and world.scenario.coverage != "priced":  # else a share says nothing
                    gaps.append(gap(worth, bound.utility_mbit))
            if seed < start + instances:
                found = _planned(world)
                mine = (found.is_served.sum(), found.utility_mbit)
                for levels in reached:
                    reached[levels] += int(_is_as_good(world, mine, best_of_all(world, levels)))
        print(
            f"{kind:14} planner reaches the best of all at full power on {reached[FULL]}, at three powers on "
            f"{reached[LEVELS]} of {instances}; bound broken on {broken} of {bounds}, mean gap of the best of all "
            f"{100.0 * float(np.mean(gaps or [np.nan])):.1f} %",
            flush=True,
        )


def _is_as_good(world: World, mine: tuple[float, float], best: tuple[float, float]) -> bool:
    """Say whether served user slots and worth are no less than the best ones, in order where coverage comes first."""
    is_worth_it = mine[1] >= best[1] - REACHED * abs(best[1])
    if world.scenario.coverage == "first":
        return mine[0] > best[0] or (mine[0] == best[0] and is_worth_it)
    return is_worth_it


def _planned(world: World):  # type: ignore[no-untyped-def]
    planner = METHODS["planner"]
    decision: Decision = planner.solve(world, settings_of(planner, {"rounds": 8}), 1, quiet)
    found = evaluate(world, decision)
    if find_violations(world, decision, found):
        raise RuntimeError("The planner's answer breaks a constraint.")
    return found.active


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
