"""Script time of a frame of compared runs: two to four panes of 6 AUs and 100 users over the same 10,000 buildings.

Run: python -m benchmarks.compare_frames. Serves the map component with made-up results from a folder and plays them in
headless Chromium with the draw calls stubbed, so that only script is measured; see benchmarks.replay_frames.
"""

from __future__ import annotations

import functools
import json
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from benchmarks.browser import chromium
from benchmarks.replay_frames import FLAGS, blocks, crowd, measure
from benchmarks.smoke import sized
from itnt_core.mapdata.export import MODULES
from itnt_core.mapdata.libraries import deck_library, plotly_library
from itnt_core.mapdata.replay import replay_bundle
from itnt_core.mapdata.scene import scene_bundle

AERIAL, USERS, PANES = sized((6, 100, (2, 3, 4)), (1, 4, (2,)))
ROW = "{:>6} {:>17} {:>9} {:>7}"
PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><body><div id="root"></div>
<script type="module">
import {{ mount }} from "./main.js";
mount({{ parentElement: document.getElementById("root"), data: {data} }});
const waiting = setInterval(() => {{
  if (document.querySelector(".map3d")?.dataset.painted !== "1") return;
  clearInterval(waiting);
  document.querySelector("[data-action=play]").click();
}}, 200);
</script>"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a line per request."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript"}  # noqa: RUF012

    def log_message(self, *words: object) -> None:
        """Say nothing."""


def lay_out(folder: Path) -> None:
    """Write the component, the drawing library, one city, four runs, and a page per number of panes."""
    for source in MODULES.iterdir():
        (folder / source.name).write_bytes(source.read_bytes())
    rng = np.random.default_rng(1)
    first = crowd(AERIAL, USERS, rng)
    (folder / "deck.js").write_bytes(deck_library())
    (folder / "plotly.js").write_bytes(plotly_library())
    (folder / "city.bin").write_bytes(scene_bundle(blocks(rng), first.scenario.area))
    for number in range(max(PANES)):
        (folder / f"run-{number}.bin").write_bytes(replay_bundle(crowd(AERIAL, USERS, rng)))
    for panes in PANES:
        runs = [{"title": f"Run {n}", "city_url": "/city.bin", "replay_url": f"/run-{n}.bin"} for n in range(panes)]
        data = {
            "mode": "compare",
            "panes": runs,
            "deck_url": "/deck.js",
            "plotly_url": "/plotly.js",
            "style_url": "/map3d.css",
            "alt": "",
            "sky_note": "",
            "link": "/?",
        }
        (folder / f"{panes}.html").write_text(PAGE.format(data=json.dumps(data)), encoding="utf-8")


def main() -> None:
    """Print one row per number of panes."""
    print(ROW.format("panes", "script, ms/frame", "ours, ms", "frames"))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lay_out(Path(folder))
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for panes in PANES:
            total, own, frames = measure(browser, f"http://127.0.0.1:{server.server_port}/{panes}.html")
            print(ROW.format(panes, f"{total:.2f}", f"{own:.2f}", frames))
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
