"""Gap between what is reached and what is proved: ``python -m benchmarks.bounds [seeds] [effort]``.

Reached is straight flight, active association and power control, once by each objective: coverage first, and data
alone, which is what the bound limits. A planner that also flies well comes closer.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import sys
import time
from dataclasses import replace

import numpy as np

from benchmarks.smoke import sized
from benchmarks.timing import print_machine
from itnt_core.association import make_problem
from itnt_core.association.active import ActiveAssociator
from itnt_core.bounds import gap, upper_bound
from itnt_core.flight import straight_flight
from itnt_core.network import Decision, World, build_world, evaluate, find_violations
from itnt_core.objective import COVERAGE_FIRST, DATA, Objective
from itnt_core.power import equal_power
from itnt_core.power.sca import improve_power
from itnt_core.presets import preset
from itnt_core.scenario import GroundStation

PRESETS = sized(("london-4km", "london-2km", "paper-free-space"), ("tiny",))
USERS = sized((12, 24, 36), (4,))
SHAKES = 4


def reached_mbit(world: World, objective: Objective) -> tuple[float, float]:
    """Return the active data service of association and power control on straight flights, and the share served."""
    positions = straight_flight(world.scenario)
    gains, power = world.gains(positions), equal_power(world)
    problem = replace(make_problem(world, gains, power), objective=objective)
    found = ActiveAssociator(SHAKES).solve(problem)
    decision = Decision(found.station, found.subchannel, positions, power, "active")
    better, _ = improve_power(world, decision, gains)
    decision = Decision(found.station, found.subchannel, positions, better, "active")
    evaluation = evaluate(world, decision, gains)
    if any(violation.constraint != "7h" for violation in find_violations(world, decision, evaluation)):
        raise RuntimeError("The decision that the bound is compared with breaks a constraint.")
    return evaluation.active.data_service_mbit, float(decision.linked.mean())


def large_world() -> World:
    """Return 200 users and 12 stations (10 GBSs, 2 satellites) over London."""
    base = preset("london-4km", users=sized(200, 8), aerial_users=sized(6, 1))
    stations = tuple(
        GroundStation(
            id=f"gbs-{i}", east_m=-1600.0 + 800.0 * (i % 5), north_m=-800.0 + 1600.0 * (i // 5), height_m=30.0
        )
        for i in range(10)
    )
    return build_world(base.model_copy(update={"ground_stations": stations}))


def show(label: str, world: World, effort: str) -> tuple[float, float]:
    """Print one line and return both gaps."""
    bound = upper_bound(world, effort)
    started = time.perf_counter()
    value, served = reached_mbit(world, COVERAGE_FIRST)
    rates, _ = reached_mbit(world, DATA)
    wall_s = time.perf_counter() - started
    limit = bound.data_service_mbit
    best = max(value, rates)
    kinds = " ".join(f"{bound.by_kind_mbit.get(kind, np.nan):9.0f}" for kind in ("capped", "undisturbed", "disturbed"))
    gaps = gap(value, limit), gap(best, limit)
    print(
        f"{label:<28}{value:8.0f}{served:7.2f}{best:8.0f}  {kinds}{limit:9.0f}{gaps[0]:8.1%}{gaps[1]:8.1%}"
        f"{bound.wall_s:8.2f}{wall_s:8.1f}",
        flush=True,
    )
    return gaps


def main() -> None:
    """Print reached values, the bound of each kind, gaps and wall times, and the mean gap per row group."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else sized(3, 1)
    effort = sys.argv[2] if len(sys.argv) > 2 else sized("standard", "quick")
    print_machine()
    upper_bound(build_world(preset("tiny")), effort)  # compiles
    print(
        f"{'Mbit':<28}{'served':>8}{'share':>7}{'rates':>8}  {'capped':>9} {'undisturb':>9} {'disturbed':>9}"
        f"{'bound':>9}{'gap':>8}{'rates':>8}{'bound s':>8}{'reach s':>8}"
    )
    for name in PRESETS:
        for users in USERS:
            worlds = [build_world(preset(name, users=users, seed=seed)) for seed in range(1, seeds + 1)]
            gaps = [show(f"{name} {users} #{i}", world, effort) for i, world in enumerate(worlds, start=1)]
            means = np.mean(gaps, axis=0)
            print(f"{'':<28}mean gap {means[0]:.1%}, for data alone {means[1]:.1%}")
    show("200 users, 12 stations", large_world(), effort)


if __name__ == "__main__":
    main()
