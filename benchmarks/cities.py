"""Measure imported cities: `python -m benchmarks.cities [import] [sight] [map] [frames] [10000] [50000] [100000]`.

`import`: wall time and peak memory of the confined import of GeoJSON, GeoPackage and CityJSON; `sight`:
rays per second; `map`: size of the bundle for the browser, time to make it; `frames`: script of a replay frame.
Buildings are made up: L-shapes, boxes and a few courtyards on a jittered grid, a tenth of them without a height.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import geopandas
import numpy as np
import psutil
import shapely

from benchmarks.smoke import sized
from itnt_core.city import City
from itnt_core.city.files.exporting import city_cityjson
from itnt_core.city.files.import_process import import_apart
from itnt_core.city.files.survey import ImportOptions
from itnt_core.city.library import read_city_folder

SIZES = sized((10_000, 50_000, 100_000), (60,))
STEP_M, RAYS = 40.0, sized(400_000, 2_000)
L_SHAPE = np.array([[0, 0], [0, 30], [12, 30], [12, 14], [26, 14], [26, 0]], dtype=float)
YARD = np.array([[5, 4], [5, 9], [20, 9], [20, 4]], dtype=float)


def made_up(count: int) -> geopandas.GeoDataFrame:
    """Return a table of footprints in EPSG:32633 with heights as people write them."""
    random = np.random.default_rng(count)
    side = int(np.ceil(np.sqrt(count)))
    cell = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2)[:count]
    corner = cell * STEP_M + random.uniform(0.0, 6.0, (count, 2)) + [500_000.0, 5_500_000.0]
    kind = random.integers(0, 10, count)
    shapes = [
        shapely.Polygon(L_SHAPE + at, [YARD + at] if one == 0 else None) if one < 6 else shapely.box(*at, *(at + 25.0))
        for at, one in zip(corner, kind, strict=True)
    ]
    heights = random.gamma(3.0, 5.0, count) + 3.0
    words = np.array([f"{height:.1f} m" for height in heights], dtype=object)
    words[random.random(count) < 0.1] = None
    return geopandas.GeoDataFrame({"building": "yes", "height": words}, geometry=shapes, crs="EPSG:32633")


def written(count: int, form: str, folder: Path) -> Path:
    """Write a made-up city as a file and return its path."""
    path = folder / f"{count}.{form}"
    table = made_up(count)
    if form == "geojson":
        table.to_crs("EPSG:4326").to_file(path, driver="GeoJSON")
    elif form == "gpkg":
        table.to_file(path, driver="GPKG")
    else:
        path.write_text(city_cityjson(stored(count, folder)))
    return path


def imported(path: Path, library: Path) -> tuple[str, float, float, float]:
    """Import a file in a process of its own; return the hash, seconds by the clock and of CPU, peak memory in MB."""
    began, before = time.perf_counter(), cpu_of_children()
    with watched_memory() as peak_mb:
        *_, last = import_apart(path, ImportOptions(), library)
    spent = time.perf_counter() - began
    return last["content_hash"], spent, cpu_of_children() - before, max(peak_mb)


@contextmanager
def watched_memory() -> Iterator[list[float]]:
    """Yield a list that grows by the memory of this process's children, in MB, twenty times a second."""
    seen, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            with suppress(psutil.Error):  # it has just ended
                seen.append(sum(one.memory_info().rss for one in psutil.Process().children()) / 1e6)

    watch = threading.Thread(target=look)
    watch.start()
    try:
        yield seen
    finally:
        over.set()
        watch.join()


def cpu_of_children() -> float:
    """Return the seconds of CPU that ended children took: other load does not count."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def stored(count: int, folder: Path) -> City:
    """Return a made-up city as the import stores it."""
    return read_city_folder(folder / "cities" / digest_of(count, folder)).city


@cache
def digest_of(count: int, folder: Path) -> str:
    """Import a made-up city, once for all that look at it, and return its hash."""
    path = folder / f"{count}.gpkg"
    if not path.exists():
        written(count, "gpkg", folder)
    return imported(path, folder / "cities")[0]


def measure_imports(folder: Path, sizes: list[int]) -> None:
    """Print wall time and peak memory by form and size."""
    print(f"{'buildings':>9} {'form':>8} {'file, MB':>9} {'seconds':>8} {'CPU, s':>7} {'peak, MB':>9}")
    for count in sizes:
        for form in ("gpkg", "geojson", "json"):
            path = written(count, form, folder)
            _, spent, cpu_s, peak = imported(path, folder / "cities")
            print(
                f"{count:>9,} {form:>8} {path.stat().st_size / 1e6:>9.1f} {spent:>8.1f} {cpu_s:>7.1f} {peak:>9.0f}",
                flush=True,
            )


def measure_sight(folder: Path, sizes: list[int]) -> None:
    """Print rays per second from the street to a satellite and to a point 300 m away."""
    print(f"{'buildings':>9} {'grid, s':>8} {'satellite rays/s':>17} {'mast rays/s':>12} {'clear':>6}")
    for count in sizes:
        city = stored(count, folder)
        random = np.random.default_rng(5)
        half = city.size_m / 2 - 100.0
        began = time.perf_counter()
        start = np.column_stack([random.uniform(-half, half, (RAYS, 2)), np.full(RAYS, 1.5)])
        city.line_of_sight(start[:10], start[10:20])
        grid_s = time.perf_counter() - began
        azimuth, elevation = random.uniform(0, 2 * np.pi, RAYS), np.radians(random.uniform(20, 80, RAYS))
        level = np.column_stack([np.cos(azimuth), np.sin(azimuth)]) * np.cos(elevation)[:, None]
        sky = start + 5e5 * np.column_stack([level, np.sin(elevation)])
        antenna = np.column_stack([start[:, :2] + random.normal(0, 300, (RAYS, 2)), np.full(RAYS, 30.0)])
        speeds = []
        for end in (sky, antenna):
            began = time.perf_counter()
            clear = city.line_of_sight(start, end)
            speeds.append(RAYS / (time.perf_counter() - began))
        print(f"{count:>9,} {grid_s:>8.2f} {speeds[0]:>17,.0f} {speeds[1]:>12,.0f} {clear.mean():>6.2f}", flush=True)


def measure_map(folder: Path, sizes: list[int]) -> None:
    """Print what the browser is sent, how long it takes to make, and what is simplified."""
    import gzip

    from itnt_core.mapdata import unpack
    from itnt_core.mapdata.scene import scene_bundle
    from itnt_core.scenario import Area

    print(f"{'buildings':>9} {'drawn':>8} {'seconds':>8} {'MB':>6} {'gzip':>6}")
    for count in sizes:
        city = stored(count, folder)
        began = time.perf_counter()
        blob = scene_bundle(city, Area(lon=city.lon, lat=city.lat, size_m=city.size_m))
        spent = time.perf_counter() - began
        meta, _ = unpack(blob)
        packed = len(gzip.compress(blob, 6)) / 1e6
        print(f"{count:>9,} {meta['buildings']:>8,} {spent:>8.1f} {len(blob) / 1e6:>6.1f} {packed:>6.1f}")
        print(f"          {meta['simplified']}", flush=True)


def measure_frames(folder: Path, sizes: list[int]) -> None:
    """Print the script time of a replay frame over each city: 6 aerial and 94 ground users."""
    from playwright.sync_api import sync_playwright

    from benchmarks.browser import chromium
    from benchmarks.replay_frames import FLAGS, crowd, measure
    from itnt_core.mapdata.export import replay_html

    print(f"{'buildings':>9} {'file, MB':>9} {'script, ms/frame':>17} {'ours, ms':>9} {'frames':>7}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for count in sizes:
            city, result = stored(count, folder), crowd(6, 100, np.random.default_rng(1))
            area = result.scenario.area.model_copy(update={"lon": city.lon, "lat": city.lat, "size_m": city.size_m})
            result.scenario = result.scenario.model_copy(update={"area": area})
            path = folder / f"{count}.html"
            path.write_bytes(replay_html(result, city))
            total, own, frames = measure(browser, path.as_uri())
            size_mb = path.stat().st_size / 1e6
            print(f"{count:>9,} {size_mb:>9.1f} {total:>17.2f} {own:>9.2f} {frames:>7}", flush=True)
        browser.close()


PARTS = {"import": measure_imports, "sight": measure_sight, "map": measure_map, "frames": measure_frames}


def main() -> None:
    """Print the tables that were asked for, all by default."""
    with tempfile.TemporaryDirectory() as folder:
        sizes = [int(word) for word in sys.argv[1:] if word.isdigit()] or list(SIZES)
        for name in [word for word in sys.argv[1:] if not word.isdigit()] or PARTS:
            PARTS[name](Path(folder), sizes)


if __name__ == "__main__":
    main()
