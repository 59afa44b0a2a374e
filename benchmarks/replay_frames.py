"""Script time of a replay frame: 6 AUs with 100 users and 30 AUs with 1,000 users, over 10,000 buildings.

Run: python -m benchmarks.replay_frames. Plays the one-file replay of a made-up result in headless Chromium with the
draw calls stubbed, so that only script is measured, not the software raster: ScriptDuration of the page's metrics over
the frames that were painted.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import shapely
import xarray as xr
from playwright.sync_api import sync_playwright

from benchmarks.browser import chromium
from benchmarks.smoke import sized
from itnt_core.city import City, pack_polygons
from itnt_core.mapdata.export import replay_html
from itnt_core.scenario import AerialUser, Area, GroundStation, GroundUser, Pass, Point, Scenario, TimeGrid

SIDE_M, BUILDINGS_A_SIDE, SLOTS, STATIONS, SATELLITES = 4000.0, sized(100, 5), 120, 12, 2
SECONDS = sized(12.0, 0.5)
CROWDS = sized(((6, 100), (30, 1000)), ((1, 4),))
STUB = """for (const end of ['Elements', 'Arrays', 'ElementsInstanced', 'ArraysInstanced', 'RangeElements'])
  WebGL2RenderingContext.prototype[`draw${end}`] = () => {};"""
ROW = "{:>4} {:>6} {:>10} {:>9} {:>17} {:>9} {:>7}"
COUNT = """() => { const note = document.querySelector('.map3d'); const read = () => note.dataset.time;
  globalThis.frames_ = 0; let last = read();
  const tick = () => { if (read() !== last) { last = read(); globalThis.frames_ += 1; } requestAnimationFrame(tick); };
  requestAnimationFrame(tick); }"""
CURVES = """() => [...document.querySelectorAll(".graph")].every((graph) => graph.querySelector(".main-svg"))"""
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]


def crowd(aerial: int, users: int, rng: np.random.Generator) -> SimpleNamespace:
    """Return a made-up result: users anywhere, every subchannel of every station in use."""
    ground, stations = users - aerial, STATIONS + SATELLITES
    half = SIDE_M / 2

    def place(count: int) -> np.ndarray:
        return rng.uniform(-half, half, (count, 2))

    bases, people, starts, ends = place(STATIONS), place(ground), place(aerial), place(aerial)
    scenario = Scenario(
        name="Crowd",
        area=Area(size_m=SIDE_M),
        time=TimeGrid(slots=SLOTS),
        ground_stations=tuple(
            GroundStation(id=f"gbs-{n}", east_m=float(x), north_m=float(y)) for n, (x, y) in enumerate(bases)
        ),
        passes=tuple(Pass(id=f"leo-{n}") for n in range(SATELLITES)),
        aerial_users=tuple(
            AerialUser(
                id=f"au-{n}",
                start=Point(east_m=float(a[0]), north_m=float(a[1])),
                destination=Point(east_m=float(b[0]), north_m=float(b[1])),
            )
            for n, (a, b) in enumerate(zip(starts, ends, strict=True))
        ),
        ground_users=tuple(
            GroundUser(id=f"gu-{n}", east_m=float(x), north_m=float(y)) for n, (x, y) in enumerate(people)
        ),
    )
    serving = np.full((SLOTS, users), -1)
    for slot in range(SLOTS):
        served = rng.permutation(users)[: stations * 10]
        serving[slot, served] = np.arange(len(served)) % stations
    share = np.linspace(0, 1, SLOTS + 1)[:, None, None]
    flight = np.concatenate([starts + (ends - starts) * share, np.full((SLOTS + 1, aerial, 1), 120.0)], axis=2)
    angles = np.full((SLOTS, stations), np.nan)
    azimuth, elevation = angles.copy(), angles.copy()
    azimuth[:, STATIONS:], elevation[:, STATIONS:] = [60.0, 210.0], np.linspace(30.0, 70.0, SLOTS)[:, None]
    station_m = np.concatenate([np.c_[bases, np.full(STATIONS, 25.0)], np.full((SATELLITES, 3), 4e5)])
    pair = ("slot", "user")
    data = xr.Dataset(
        {
            "position_m": (("waypoint", "aerial_user", "axis"), flight),
            "ground_position_m": (("ground_user", "axis"), np.c_[people, np.full(ground, 1.5)]),
            "station_position_m": (("slot", "station", "axis"), np.broadcast_to(station_m, (SLOTS, stations, 3))),
            "station_kind": ("station", ["gbs"] * STATIONS + ["leo"] * SATELLITES),
            "azimuth_deg": (("slot", "station"), azimuth),
            "elevation_deg": (("slot", "station"), elevation),
            "serving_station": (pair, serving),
            "sinr_active_db": (pair, np.where(serving >= 0, rng.normal(12, 9, serving.shape), np.nan)),
            "rate_active_mbit_s": (pair, np.where(serving >= 0, 0.7, 0.0)),
            "rate_always_on_mbit_s": (pair, np.where(serving >= 0, 0.5, 0.0)),
            "signal_w": (pair, np.where(serving >= 0, 1e-12, 0.0)),
            "interference_w": ((*pair, "station"), np.where(serving[..., None] >= 0, 1e-14, np.zeros(stations))),
            "energy_j": (("slot", "aerial_user"), np.full((SLOTS, aerial), 300.0)),
        },
        coords={
            "user": list(scenario.user_ids),
            "aerial_user": [user.id for user in scenario.aerial_users],
            "ground_user": [user.id for user in scenario.ground_users],
            "station": [station.id for station in scenario.ground_stations] + [one.id for one in scenario.passes],
        },
        attrs={"noise_w": 4e-15},
    )
    names = ("data_service_mbit", "data_service_always_on_mbit", "outage", "energy_kj", "violations")
    return SimpleNamespace(scenario=scenario, dataset=data, manifest={"kpis": dict.fromkeys(names, 0)})


def blocks(rng: np.random.Generator) -> City:
    """Return a city of 10,000 boxes."""
    step = SIDE_M / BUILDINGS_A_SIDE
    corners = (np.arange(BUILDINGS_A_SIDE) - BUILDINGS_A_SIDE / 2) * step
    boxes = [shapely.box(x + 4, y + 4, x + step - 8, y + step - 8) for x in corners for y in corners]
    vertices, starts = pack_polygons(boxes)
    heights = rng.gamma(3.0, 8.0, len(boxes)) + 5.0
    return City("Blocks", -0.09, 51.508, SIDE_M, vertices, starts, heights, (), (), (), (), (), (), "Made up.")


def measure(browser, address: str) -> tuple[float, float, int]:
    """Return script milliseconds per frame, the part of our own code, and the frames counted."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(STUB)
    page.goto(address)
    for _ in range(300):
        state = page.evaluate("() => ({...document.querySelector('.map3d')?.dataset})")
        if state.get("painted") == "1" and float(state.get("time", 0)) > 2:
            break
        time.sleep(0.2)
    page.evaluate("document.querySelector('.charts').scrollIntoView()")
    page.wait_for_function(CURVES)  # drawn once, before what is counted
    page.evaluate("scrollTo(0, 0)")
    page.evaluate(COUNT)
    metrics = page.context.new_cdp_session(page)
    metrics.send("Performance.enable", {"timeDomain": "threadTicks"})  # other load does not count

    def script_s() -> float:
        return next(
            one["value"] for one in metrics.send("Performance.getMetrics")["metrics"] if one["name"] == "ScriptDuration"
        )

    before = script_s()
    time.sleep(SECONDS)
    spent, frames = script_s() - before, page.evaluate("() => globalThis.frames_")
    own = float(page.evaluate("() => document.querySelector('.map3d').dataset.scriptMs") or "nan")
    page.close()
    return 1000.0 * spent / max(1, frames), own, frames


def main() -> None:
    """Print one row per size."""
    rng = np.random.default_rng(1)
    city = blocks(rng)
    print(ROW.format("AUs", "users", "buildings", "file, MB", "script, ms/frame", "ours, ms", "frames"))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for aerial, users in CROWDS:
            path = Path(folder) / f"crowd-{users}.html"
            path.write_bytes(replay_html(crowd(aerial, users, rng), city))
            total, own, frames = measure(browser, path.as_uri())
            size = path.stat().st_size / 1e6
            figures = (f"{size:.2f}", f"{total:.2f}", f"{own:.2f}")
            print(ROW.format(aerial, users, len(city.roof_heights_m), *figures, frames))
        browser.close()


if __name__ == "__main__":
    main()
