"""``exact`` against ``milp`` over a whole default scenario in one run: ``python -m benchmarks.association``.

Then ``exact`` and local search at 1,000 users, 30 stations with 50 subchannels each, and 60 slots.
"""

from __future__ import annotations

import time
from functools import partial

import numpy as np

from benchmarks.smoke import sized
from benchmarks.timing import print_machine, timed
from benchmarks.world import large_scenario
from itnt_core.association import ActiveAssociator, AssociationProblem, ExactAssociator, MilpAssociator, make_problem
from itnt_core.cores import use_threads
from itnt_core.flight import straight_flight
from itnt_core.network import build_world
from itnt_core.power import equal_power
from itnt_core.presets import preset


def main() -> None:
    """Measure both solvers on the same problems and print times, ratio and the largest difference of the optima."""
    print_machine()
    scenario = preset(sized("london-4km", "tiny"))
    world = build_world(scenario)
    gains, power = world.gains(straight_flight(scenario)), equal_power(world)
    problem = make_problem(world, gains, power)
    milp = MilpAssociator()
    milp.solve(make_problem(world, gains[:1], power[:1]))  # compiles the model once, as a user's session would

    def prepare() -> AssociationProblem:
        fresh = make_problem(world, gains, power)
        fresh.weight  # noqa: B018 - SINR, rates and weights of all slots, cached on the problem
        return fresh

    prepare_s, _ = timed(prepare, sized(11, 1))
    exact_s, exact = timed(lambda: ExactAssociator().solve(problem), sized(11, 1))
    milp_s, reference = timed(lambda: milp.solve(problem), sized(3, 1))
    difference = np.abs(problem.value(exact) - problem.value(reference)).max()
    print(f"slots {world.slots}, users {world.user_count}, stations {world.station_count}, K {world.subchannels}")
    print(f"SINR, rates and weights of all slots, needed by both: {prepare_s * 1e3:.2f} ms")
    print(
        f"exact  {exact_s * 1e3:9.2f} ms all slots ({exact_s / world.slots * 1e3:.3f} ms a slot), preparation left out"
    )
    print(f"milp   {milp_s * 1e3:9.1f} ms all slots ({milp_s / world.slots * 1e3:.1f} ms a slot), preparation left out")
    whole = (milp_s + prepare_s) / (exact_s + prepare_s)
    print(f"ratio  {milp_s / exact_s:.0f} x ({whole:.0f} x with the preparation on both sides)")
    active = ActiveAssociator(shakes=4, seed=1)
    active.improve(problem, [exact])  # compiles
    for threads in (1, 2):
        with use_threads(threads):
            began = time.process_time()
            active_s, _ = timed(lambda: active.improve(problem, [exact]), sized(5, 1))
            processor_s = (time.process_time() - began) / sized(5, 1)
        print(
            f"active {active_s * 1e3:9.1f} ms all slots ({active_s / world.slots * 1e3:.2f} ms a slot, "
            f"{processor_s / world.slots * 1e3:.2f} ms of processor time), 4 restarts, threads: {threads}"
        )
    print(f"largest difference of the optima {difference:.1e} Mbit/s")
    large()


def large() -> None:
    """Measure both searches where many users are served; SINR, rates and weights included."""
    scenario = large_scenario()
    radio = scenario.radio.model_copy(update={"subchannels": sized(50, 10)})
    world = build_world(scenario.model_copy(update={"radio": radio}))
    gains, power = world.gains(straight_flight(scenario)), equal_power(world)
    few = make_problem(world, gains[:2], power[:2])
    start = ExactAssociator().solve(few)  # compiles, as the searches below
    exact_s, exact = timed(lambda: ExactAssociator().solve(make_problem(world, gains, power)), 1)
    places = world.station_count * world.subchannels
    print(f"{world.user_count} users, {places} places, {world.slots} slots: exact {exact_s:.2f} s")
    problem = make_problem(world, gains, power)
    for shakes in (4, 0):
        active = ActiveAssociator(shakes=shakes, seed=1)
        active.improve(few, [start])
        for threads in (1, 2):
            with use_threads(threads):
                began = time.process_time()
                active_s, _ = timed(partial(active.improve, problem, [exact]), 1)
                processor_s = time.process_time() - began
            print(
                f"active {active_s / world.slots * 1e3:9.1f} ms a slot, {processor_s / world.slots * 1e3:.1f} ms of "
                f"processor time, {shakes} restarts, threads: {threads}"
            )


if __name__ == "__main__":
    main()
