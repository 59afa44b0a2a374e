"""Legs past buildings and zones against shapely: ``python -m benchmarks.obstacles [--seeds 1:4] [--presets ...]``.

Ten thousand random legs over London first, then every leg of what all methods answer with, some ten thousand again.
Shapely is asked leg by leg and building by building: the part of the leg at the building's heights, cut out of it, and
its distance to the footprint. Answers are kept in ``--log``: a study that was cut short goes on where it stopped.
"""

from __future__ import annotations

import os

for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

import argparse
import time
from functools import partial
from itertools import combinations, pairwise, product
from pathlib import Path

import numpy as np
import shapely
from shapely.ops import substring

from benchmarks.kept import KeptRows, Row
from benchmarks.smoke import sized, stored
from benchmarks.timing import print_machine
from itnt_core.arrays import Array
from itnt_core.city import City, Obstacles, generate_london
from itnt_core.flight.economy import least_energy_j
from itnt_core.methods import METHODS, quiet, settings_of
from itnt_core.network import Decision, World, build_world, find_violations
from itnt_core.presets import preset
from itnt_core.scenario import AerialUser, Airspace, NoFlyZone, Point, Scenario, TimeGrid

SIZE_M, LEGS = sized((4000.0, 10_000), (800.0, 200))
PRESETS, FLYERS = sized(("london-2km,london-4km", 6), ("tiny", 2))
SHORT = {"rounds": 1, "episodes": 2, "environments": 8, "searches": 2, "reference_lines": False}  # flights, not quality
METHOD_SETTINGS: dict[str, dict[str, object]] = sized(
    {
        "straight": {},
        "planner": {"rounds": 6, "time_limit_s": 3600.0},
        "gradient": {},
        "proposed": SHORT,
        "t_ddqn": SHORT,
        "ra": {**SHORT, "draws": 2},
    },
    {"straight": {}, "planner": {"rounds": 1, "shakes": 0}},
)
CLEARANCE_M, ROUNDING_M, STANDING_M = 15.0, 1e-6, 1e-3
MOMENTS = 4001  # of a slot, at which two flights are compared by plain stepping
SQUARE = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))


def plain_beside_m(city: City, tree: shapely.STRtree, start: Array, end: Array) -> float:
    """Return how near one leg (3,) to (3,) comes to a footprint of the tree while within the clearance of its heights.

    Infinite where no footprint is near.
    """
    reach = CLEARANCE_M + 30.0
    box = shapely.box(*np.minimum(start, end)[:2] - reach, *np.maximum(start, end)[:2] + reach)
    chosen = np.sort(tree.query(box))
    line, nearest = shapely.LineString([start[:2], end[:2]]), np.inf
    for index in chosen.tolist():
        base_m, roof_m = city.base_heights_m[index], city.roof_heights_m[index]
        low = base_m - CLEARANCE_M if base_m > 0.0 else -np.inf
        part = _part(line, start, end, low, roof_m + CLEARANCE_M)
        if part is not None:
            nearest = min(nearest, float(shapely.distance(part, tree.geometries[index])))
    return nearest


def plain_inside_m(zone: NoFlyZone, start: Array, end: Array) -> float:
    """Return how many metres in plan of one leg (3,) to (3,) lie inside a zone at its heights, by shapely.

    One that stands still or goes straight up has no length in plan: it counts as with the judge, by the metres between
    its ends, at least STANDING_M.
    """
    if (start[:2] == end[:2]).all():
        low, high = sorted((start[2], end[2]))
        is_inside = (
            low < zone.ceiling_m
            and high > zone.floor_m
            and shapely.Polygon(zone.corners_m).contains(shapely.Point(start[:2]))
        )
        return max(float(high - low), STANDING_M) if is_inside else 0.0
    part = _part(shapely.LineString([start[:2], end[:2]]), start, end, zone.floor_m, zone.ceiling_m)
    return 0.0 if part is None else float(shapely.Polygon(zone.corners_m).intersection(part).length)


def _part(line: shapely.LineString, start: Array, end: Array, low: float, high: float) -> shapely.Geometry | None:
    """Return the part of a leg strictly between two heights, in plan; None where there is none."""
    if start[2] == end[2]:
        return line if low < start[2] < high else None
    shares = sorted((height - start[2]) / (end[2] - start[2]) for height in (low, high))
    first, last = max(shares[0], 0.0), min(shares[1], 1.0)
    return substring(line, first, last, normalized=True) if first < last else None


def plain_least_m(first: Array, second: Array) -> float:
    """Return the least distance of two straight moves (2, 3) in one slot, by looking at many moments of it."""
    share = np.linspace(0.0, 1.0, MOMENTS)[:, None]
    places = [move[0] + share * (move[1] - move[0]) for move in (first, second)]
    return float(np.linalg.norm(places[0] - places[1], axis=1).min())


def random_legs(size_m: float, count: int, seed: int = 1) -> tuple[Array, Array]:
    """Draw legs (count, 3) to (count, 3): up to 300 m long, level, sloped, upright and standing still."""
    rng = np.random.default_rng(seed)
    start = np.column_stack([rng.uniform(-size_m / 2, size_m / 2, (count, 2)), rng.uniform(20.0, 150.0, count)])
    end = start + np.column_stack([rng.normal(0.0, 90.0, (count, 2)), rng.normal(0.0, 30.0, count)])
    end[::4, 2] = start[::4, 2]
    end[::9, :2] = start[::9, :2]
    end[::36] = start[::36]
    return start, np.maximum(end, [-np.inf, -np.inf, 1.0])


def compare_random_legs() -> None:
    """Print how many answers of rays and of the judge differ from shapely's on random legs."""
    city = generate_london(-0.09, 51.508, SIZE_M, 1)
    corners = tuple((SIZE_M / 6 * east, SIZE_M / 8 * north) for east, north in SQUARE)
    zone = NoFlyZone(id="zone", corners_m=corners, floor_m=40.0, ceiling_m=90.0)
    obstacles = Obstacles(city, (zone,), CLEARANCE_M, 1.0)
    start, end = random_legs(SIZE_M, LEGS)
    obstacles.are_clear(start[:5], end[:5])  # compiles and builds the grid
    began = time.process_time()
    clear = obstacles.are_clear(start, end)
    rays_s = time.process_time() - began
    began = time.process_time()
    beside_m, inside_m = obstacles.beside_m(start, end)[0], obstacles.inside_m(start, end)[0]
    judge_s = time.process_time() - began
    tree = shapely.STRtree(city.footprints())
    plain = np.array([plain_beside_m(city, tree, *leg) for leg in zip(start, end, strict=True)])
    within = np.array([plain_inside_m(zone, *leg) for leg in zip(start, end, strict=True)])
    keeps = (plain >= CLEARANCE_M - ROUNDING_M) & (within < STANDING_M)
    known = np.isfinite(beside_m)
    wrong = np.abs(beside_m[known] - plain[known])
    off_m = np.abs(np.where(within > 0.0, inside_m - within, 0.0)).max()
    print(f"{LEGS} legs over {city.building_count} buildings: {clear.mean():.1%} clear, {keeps.mean():.1%} by shapely")
    print(f"clear by rays but not by shapely: {(clear & ~keeps).sum()}; refused without need: {(~clear & keeps).sum()}")
    print(f"judge's distances off by at most {wrong.max():.1e} m, way in the zone {off_m:.1e} m")
    print(f"rays {rays_s / LEGS * 1e6:.1f} us of CPU a leg, judge {judge_s / LEGS * 1e6:.1f} us")


def crowded(scenario: Scenario) -> Scenario:
    """Return a scenario whose missions lie as low among the buildings as their ends allow, with a zone on the first."""
    free = scenario.model_copy(update={"airspace": Airspace(obstacles="buildings", clearance_m=CLEARANCE_M)})
    obstacles = build_world(free).obstacles
    assert obstacles is not None
    users = tuple(_powered(_lowered(user, obstacles), free.time) for user in free.aerial_users)
    (a, b), half = (users[0].start, users[0].destination), scenario.area.size_m / 24
    middle = (a.east_m + b.east_m) / 2, (a.north_m + b.north_m) / 2
    corners = tuple((middle[0] + half * east, middle[1] + half * north) for east, north in SQUARE)
    return free.model_copy(update={"no_fly_zones": (NoFlyZone(id="zone", corners_m=corners),), "aerial_users": users})


def _lowered(user: AerialUser, obstacles: Obstacles) -> AerialUser:
    """Return a user with its ends at the lowest of some heights that are clear."""
    ends: dict[str, Point] = {}
    for name, end in (("start", user.start), ("destination", user.destination)):
        lower = (end.model_copy(update={"height_m": float(height)}) for height in range(70, 300, 10))
        ends[name] = next(one for one in lower if _is_clear(one, obstacles))
    highest = 30.0 + max(end.height_m for end in ends.values())
    return user.model_copy(update={**ends, "max_height_m": min(highest, 300.0)})


def _powered(user: AerialUser, time: TimeGrid) -> AerialUser:
    """Return a user with a battery for 300 W, or for a tenth more than a far mission takes at least."""
    least_kj = 1.1 * least_energy_j(user, time) / 1e3
    return user.model_copy(update={"energy_budget_kj": max(0.3 * time.duration_s, least_kj)})


def _is_clear(end: Point, obstacles: Obstacles) -> bool:
    at = np.array([end.position_m])
    return bool(obstacles.are_clear(at, at)[0])


def compare_answers(kept: KeptRows, presets: list[str], seeds: range) -> None:
    """Print what shapely and plain stepping find in the legs of the answers of every method."""
    total = np.zeros(4, dtype=int)
    for name, method in product(presets, METHOD_SETTINGS):
        found = [
            kept.row(
                {"preset": name, "flyers": FLYERS, "method": method, "seed": seed},
                partial(answered, name, method, seed),
            )
            for seed in seeds
        ]
        legs, touches, pairs, crowds, broken = (
            sum(row[key] for row in found) for key in ("legs", "touches", "pairs", "crowds", "broken")
        )
        wall_s = sum(row["wall_s"] for row in found)
        print(f"{name:12}{method:10}{legs:7} legs, {touches} touch; {pairs:6} pairs, {crowds} too close; ", end="")
        print(f"{broken} broken by the constraint table; {wall_s:.0f} s", flush=True)
        total += (legs, touches, pairs, crowds)
    print(f"{total[0]} legs of answers: {total[1]} touch something by shapely; ", end="")
    print(f"{total[3]} of {total[2]} pairs come too close")


def answered(name: str, method: str, seed: int) -> Row:
    """Return what the legs of a method's answer in a crowded preset do."""
    world, chosen = build_world(crowded(preset(name, aerial_users=FLYERS, seed=seed))), METHODS[method]
    started = time.perf_counter()
    decision = chosen.solve(world, settings_of(chosen, METHOD_SETTINGS[method]), seed, quiet)
    assert isinstance(decision, Decision)
    wall_s = time.perf_counter() - started
    legs, touches, pairs, crowds = _judged(world, decision.positions_m)
    of_air = {"clearance", "no_fly", "battery", "7g", "7h", "7i"}
    broken = sum(violation.constraint in of_air for violation in find_violations(world, decision))
    return {"legs": legs, "touches": touches, "pairs": pairs, "crowds": crowds, "broken": broken, "wall_s": wall_s}


def _judged(world: World, flight: Array) -> tuple[int, int, int, int]:
    """Return legs, legs that touch something, pairs in slots, pairs too close of a flight (slots + 1, I, 3)."""
    tree, zone = shapely.STRtree(world.city.footprints()), world.scenario.no_fly_zones[0]
    users = world.scenario.aerial_users
    legs = [(a, b) for way in flight.transpose(1, 0, 2) for a, b in pairwise(way)]
    wrong = sum(
        plain_beside_m(world.city, tree, a, b) < CLEARANCE_M - ROUNDING_M or plain_inside_m(zone, a, b) > ROUNDING_M
        for a, b in legs
    )
    pairs = [(slot, i, j) for slot in range(len(flight) - 1) for i, j in combinations(range(len(users)), 2)]
    crowds = sum(
        plain_least_m(flight[slot : slot + 2, i], flight[slot : slot + 2, j])
        < max(users[i].min_separation_m, users[j].min_separation_m) - ROUNDING_M
        for slot, i, j in pairs
    )
    return len(legs), wrong, len(pairs), crowds


def main() -> None:
    """Compare random legs, then the legs of answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", default=PRESETS)
    parser.add_argument("--seeds", default=sized("1:4", "1:2"), help="first:last+1")
    parser.add_argument("--log", type=Path, default=stored(Path(".itnt") / "obstacles.jsonl"))
    options = parser.parse_args()
    print_machine()
    compare_random_legs()
    first, last = (int(part) for part in options.seeds.split(":"))
    compare_answers(KeptRows(options.log), options.presets.split(","), range(first, last))


if __name__ == "__main__":
    main()
