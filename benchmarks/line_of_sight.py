"""Measure the line of sight over a London of 10,000 buildings against shapely: `python -m benchmarks.line_of_sight`."""

from __future__ import annotations

import time

import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.smoke import sized
from itnt_core.city import City, generate_london

SIZE_M, RAYS, ORACLE_RAYS = sized((4_300.0, 400_000, 1_500), (600.0, 2_000, 20))
Rays = tuple[NDArray[np.float64], NDArray[np.float64]]


def rays_of_kind(city: City, kind: str, count: int) -> Rays:
    """Draw rays from free ground 1.5 m up to a mast 300 m away, a drone at 150 m or a satellite 500 km away."""
    rng = np.random.default_rng(7)
    half = city.size_m / 2.0
    plan = rng.uniform(-half, half, (3 * count, 2))
    plan = plan[city.is_free_ground(plan)][:count]
    start = np.column_stack([plan, np.full(len(plan), 1.5)])
    if kind == "satellite":
        azimuth, elevation = rng.uniform(0.0, 2.0 * np.pi, len(plan)), np.radians(rng.uniform(20.0, 80.0, len(plan)))
        level = np.column_stack([np.cos(azimuth), np.sin(azimuth)]) * np.cos(elevation)[:, None]
        return start, start + 500e3 * np.column_stack([level, np.sin(elevation)])
    spread_m, height_m = (300.0, 30.0) if kind == "mast" else (500.0, 150.0)
    return start, np.column_stack([plan + rng.normal(0.0, spread_m, plan.shape), np.full(len(plan), height_m)])


def oracle_clear(city: City, tree: shapely.STRtree, start: NDArray[np.float64], end: NDArray[np.float64]) -> bool:
    """Answer one ray with shapely: cut the part below each roof and ask whether it meets the footprint's interior."""
    tallest = float(city.roof_heights_m.max())
    low = start + (end - start) * min(1.0, (tallest - start[2]) / max(end[2] - start[2], 1e-9))
    line = shapely.LineString([start[:2], low[:2]])
    for index in tree.query(line, predicate="intersects").tolist():
        share = min(1.0, max(0.0, (city.roof_heights_m[index] - start[2]) / max(end[2] - start[2], 1e-9)))
        below = shapely.LineString([start[:2], start[:2] + share * (end - start)[:2]])
        if share > 0.0 and shapely.relate_pattern(below, tree.geometries[index], "T********"):
            return False
    return True


def main() -> None:
    """Print buildings, rays, rays per second of both, their ratio and how many answers differ."""
    began = time.perf_counter()
    city = generate_london(-0.09, 51.508, SIZE_M, 1)
    print(f"London {SIZE_M:.0f} m: {city.building_count} buildings in {time.perf_counter() - began:.2f} s")
    tree = shapely.STRtree(city.footprints())
    print(f"{'rays to a':<12}{'rays':>9}{'clear':>8}{'rays/s':>13}{'shapely/s':>12}{'ratio':>9}{'differ':>8}")
    for kind in ("mast", "drone", "satellite"):
        start, end = rays_of_kind(city, kind, RAYS)
        city.line_of_sight(start[:10], end[:10])  # compiles and builds the grid
        began = time.perf_counter()
        clear = city.line_of_sight(start, end)
        ours = len(start) / (time.perf_counter() - began)
        began = time.perf_counter()
        answers = [oracle_clear(city, tree, a, b) for a, b in zip(start[:ORACLE_RAYS], end[:ORACLE_RAYS], strict=True)]
        theirs = ORACLE_RAYS / (time.perf_counter() - began)
        differ = int((np.array(answers) != clear[:ORACLE_RAYS]).sum())
        speeds = f"{ours:>13,.0f}{theirs:>12,.0f}{ours / theirs:>9,.0f}"
        print(f"{kind:<12}{len(start):>9}{clear.mean():>8.2f}{speeds}{differ:>8}")


if __name__ == "__main__":
    main()
