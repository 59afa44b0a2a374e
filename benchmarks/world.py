"""Building the default world and judging a large one: ``python -m benchmarks.world``."""

from __future__ import annotations

import resource
import time

from benchmarks.smoke import sized
from benchmarks.timing import print_machine, timed
from itnt_core.association import ExactAssociator, associate
from itnt_core.city import build_city
from itnt_core.flight import straight_flight
from itnt_core.network import Decision, World, build_world, coverage_surface, evaluate, find_violations
from itnt_core.power import equal_power
from itnt_core.presets import preset
from itnt_core.scenario import GroundStation, Scenario

PRESET = sized("london-4km", "tiny")
LARGE_USERS, LARGE_GBS = sized((1000, 28), (10, 4))


def gains_of(scenario: Scenario, city: object) -> World:
    """Build a world and force all its gains."""
    world = build_world(scenario, city=city)  # type: ignore[arg-type]
    world.gains(straight_flight(scenario))
    return world


def large_scenario() -> Scenario:
    """Return 1,000 users and 30 stations (28 GBSs on a grid, 2 satellites) over London."""
    base = preset(PRESET, users=LARGE_USERS, aerial_users=sized(6, 1))
    unit_m = base.area.size_m / 4000.0
    stations = tuple(
        GroundStation(
            id=f"gbs-{i}",
            east_m=unit_m * (-1750.0 + 500.0 * (i % 7)),
            north_m=unit_m * (-1500.0 + 900.0 * (i // 7)),
            height_m=30.0,
        )
        for i in range(LARGE_GBS)
    )
    return base.model_copy(update={"ground_stations": stations})


def surfaces(world: World) -> None:
    """Print the time of a coverage surface of 100 x 100 points at the ground and in the air."""
    coverage_surface(world, 5)  # numba's first call
    for name, height_m in (("at the ground", None), ("100 m up", 100.0)):
        wall_s, _ = timed(lambda height=height_m: coverage_surface(world, 100, 5, height), 5)  # type: ignore[misc]
        print(f"surface of 100 x 100 points, {world.station_count} stations, {name}: {wall_s * 1e3:.0f} ms")


def main() -> None:
    """Measure the default world and the large evaluation and print them."""
    print_machine()
    scenario = preset(PRESET)
    area = scenario.area
    started = time.perf_counter()
    city = build_city("london", area.lon, area.lat, area.size_m, scenario.city.seed)
    print(f"city {city.building_count} buildings generated in {time.perf_counter() - started:.2f} s")
    gains_of(scenario, city)  # numba's first call
    build_s, _ = timed(lambda: gains_of(scenario, city), 5)
    print(f"default world, all gains: {build_s * 1e3:.0f} ms (median of 5, city given)")
    surfaces(gains_of(scenario, city))

    large = large_scenario()
    world_s, world = timed(lambda: gains_of(large, city), 1)
    flight, power = straight_flight(large), equal_power(world)
    gains = world.gains(flight)
    associate_s, association = timed(lambda: associate(world, gains, power, ExactAssociator()), 1)
    decision = Decision(association.station, association.subchannel, flight, power)
    evaluate_s, evaluation = timed(lambda: evaluate(world, decision), 3)
    check_s, violations = timed(lambda: find_violations(world, decision, evaluation), 3)
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{world.user_count} users x {world.station_count} stations x {world.slots} slots:")
    print(f"  world {world_s:.2f} s, exact association {associate_s:.2f} s")
    print(f"  evaluate {evaluate_s:.2f} s, constraint check {check_s:.2f} s, peak memory {peak_gb:.2f} GB")
    print(f"  {evaluation.active.data_service_mbit:.0f} Mbit active, {len(violations)} violations")


if __name__ == "__main__":
    main()
