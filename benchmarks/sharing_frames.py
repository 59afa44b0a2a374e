"""Script time of a frame of spectrum sharing on the map: 60 users, 8 sub-bands, over 10,000 buildings.

Run: python -m benchmarks.sharing_frames. Plays a made-up course in headless Chromium with the draw calls stubbed, as
``benchmarks.replay_frames`` does: ScriptDuration of the page's metrics over the frames that were painted.
"""

from __future__ import annotations

import functools
import http.server
import shutil
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.browser import chromium
from benchmarks.replay_frames import COUNT, FLAGS, SIDE_M, STUB, blocks
from benchmarks.smoke import sized
from itnt_core.mapdata import deck_library, scene_bundle
from itnt_core.mapdata.bundles import SHARING
from itnt_core.mapdata.export import MODULES
from itnt_core.scenario import Area

USERS, BANDS, STATIONS, SATELLITES = sized(60, 4), 8, 5, 2
CYCLES, PER_CYCLE = 24, 5
SECONDS = sized(10.0, 0.5)
ROW = "{:>6} {:>9} {:>10} {:>16} {:>9} {:>7}"
PAGE = """<!doctype html><style>body {margin: 0} #map {height: 900px}</style><div id="map"></div>
<script type="module">import { mount } from "./main.js";
const data = {mode: "sharing", layout: "page", style_url: "map3d.css", deck_url: "deck.js", city_url: "city.bin",
  replay_url: "course.bin", sky_note: "", plan_note: "", alt: "a course"};
mount({data, parentElement: document.getElementById("map"), setStateValue() {}});</script>"""


def course(rng: np.random.Generator) -> bytes:
    """Return a made-up course: each user at two stations, each link on half of the sub-bands."""
    moments, slots, everybody = 2 * CYCLES, CYCLES * PER_CYCLE, STATIONS + SATELLITES
    half = SIDE_M / 2
    start, walk = rng.uniform(-half, half, (USERS, 2)), rng.normal(0.0, 5.0, (USERS, 2))
    users = np.concatenate(
        [start + walk * np.arange(CYCLES + 1)[:, None, None], np.full((CYCLES + 1, USERS, 1), 1.5)], axis=2
    )
    sky = np.stack([np.linspace(-1500.0, 1500.0, CYCLES + 1)] * SATELLITES, axis=1)[..., None] * [0.3, 1.0, 0.0]
    links = [
        (moment, station, user, band)
        for moment in range(moments)
        for user in range(USERS)
        for station in (user % STATIONS, STATIONS + user % SATELLITES)
        for band in range(moment % 2, BANDS, 2)
    ]
    moment, station, user, band = np.array(links).T
    arrays = {
        "user_position_m": users,
        "gbs_position_m": np.c_[rng.uniform(-half, half, (STATIONS, 2)), np.full(STATIONS, 30.0)],
        "satellite_drawn_m": sky + np.array([0.0, 0.0, 600.0]),
        "satellite_elevation_deg": np.full((CYCLES, SATELLITES), 55.0),
        "beam_km": np.full((CYCLES, SATELLITES), 20.0),
        "queue_mbit": rng.gamma(2.0, 20.0, (2, slots + 1, USERS)),
        "power": rng.uniform(0.0, 1.0, (moments, everybody, BANDS)),
        "steering": rng.uniform(0.0, 1.0, (moments, USERS)),
        "disturbed_db": rng.uniform(-5.0, 25.0, (moments, USERS)),
        "link_starts": np.searchsorted(moment, np.arange(moments + 1)),
        "link_station": station,
        "link_user": user,
        "link_subband": band,
        "link_share": rng.uniform(0.1, 0.9, len(links)),
    }
    meta = {
        "title": "Crowd",
        "start": "2026-06-24T12:00:00+00:00",
        "sun": {"azimuth_deg": 180.0, "elevation_deg": 50.0},
        "slots": slots,
        "slot_s": 1.0,
        "slots_per_cycle": PER_CYCLE,
        "cycles_per_window": 4,
        "cycles": CYCLES,
        "size_m": SIDE_M,
        "overview_m": SIDE_M,
        "users": [f"ue-{n}" for n in range(USERS)],
        "stations": [f"gbs-{n}" for n in range(STATIONS)] + [f"leo-{n}" for n in range(SATELLITES)],
        "ground_stations": STATIONS,
        "subbands": BANDS,
        "plan": "shown",
    }
    stated = {name: words.partition(" ")[0] for name, words in SHARING.arrays.items()}
    return SHARING.pack(meta, {name: np.asarray(arrays[name]).astype(dtype) for name, dtype in stated.items()})


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serve files and say nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def measure(page: Page, address: str) -> tuple[float, str, int]:
    """Return script milliseconds per frame, the part of our own code, and the frames counted."""
    page.add_init_script(STUB)
    page.goto(address)
    page.locator('.map3d[data-painted="1"]').wait_for(timeout=120_000)
    page.keyboard.press("n")
    page.locator('[data-action="play"]').click()
    page.evaluate(COUNT)
    metrics = page.context.new_cdp_session(page)
    metrics.send("Performance.enable", {"timeDomain": "threadTicks"})  # other load does not count

    def script_s() -> float:
        values = {one["name"]: one["value"] for one in metrics.send("Performance.getMetrics")["metrics"]}
        return float(values["ScriptDuration"])

    before = script_s()
    time.sleep(SECONDS)
    spent, frames = script_s() - before, int(page.evaluate("() => globalThis.frames_"))
    own = str(page.evaluate("() => document.querySelector('.map3d').dataset.scriptMs") or "nan")
    return 1000.0 * spent / max(1, frames), own, frames


def main() -> None:
    """Print one row."""
    rng = np.random.default_rng(1)
    city = blocks(rng)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder)
        shutil.copytree(MODULES, root, dirs_exist_ok=True)
        (root / "index.html").write_text(PAGE)
        (root / "deck.js").write_bytes(deck_library())
        (root / "city.bin").write_bytes(scene_bundle(city, Area(size_m=SIDE_M)))
        (root / "course.bin").write_bytes(course(rng))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        total, own, frames = measure(page, f"http://127.0.0.1:{server.server_port}/index.html")
        print(ROW.format("users", "sub-bands", "buildings", "script, ms/frame", "ours, ms", "frames"))
        print(ROW.format(USERS, BANDS, len(city.roof_heights_m), f"{total:.2f}", own, frames))
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
