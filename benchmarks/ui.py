"""The interface's figures in headless Chromium: ``python -m benchmarks.ui``.

Starts the app with an empty data folder and measures what the interface promises. Software rendering makes pictures
slow, so script cost is measured with the draw calls replaced by nothing, and clicks by the time their handlers take.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks.timing import print_machine
from itnt_core.methods import optimise
from itnt_core.presets import preset
from itnt_core.results import save_result
from itnt_core.runs import RunStore, cache_folder
from itnt_core.scenario.link import link_token

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))
from serving import ROOT  # the browser tests' own helpers
from visitor import BROWSER_FLAGS, Visitor, chromium

EDITING = "map.painted === '1' && map.state === 'ready' && map.mode === 'edit'"
REPLAYING = "map.painted === '1' && map.state === 'ready' && map.mode === 'replay'"
PAGES = ("dashboard.py", "pages/1_Scenario.py", "pages/3_Optimise.py", "pages/5_Replay.py")
COUNT_CONTEXTS = """const known = new Set(), get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  const made = get.call(this, kind, ...rest);
  if (kind.startsWith("webgl") && made) known.add(this);
  globalThis.contextsMade = known.size;
  return made;
};"""
DRAW_NOTHING = """for (const name of ["drawArrays", "drawElements", "drawArraysInstanced", "drawElementsInstanced"])
  WebGL2RenderingContext.prototype[name] = () => {};"""
# One click by events of our own, timed from the press to the end of the last handler.
CLICK = """([east, down]) => {
  const find = root => root.querySelector(".stage") ?? [...root.querySelectorAll("*")]
    .map(node => node.shadowRoot && find(node.shadowRoot)).find(Boolean);
  const stage = find(document), box = stage.getBoundingClientRect(), target = stage.querySelector("canvas");
  const at = {clientX: box.left + box.width * east, clientY: box.top + box.height * down, bubbles: true,
              composed: true, button: 0, pointerId: 1, isPrimary: true};
  const started = performance.now();
  for (const type of ["pointerdown", "pointerup"]) target.dispatchEvent(new PointerEvent(type, at));
  return performance.now() - started;
}"""
COUNT_FRAMES = """() => { globalThis.frames0 = 0; const tick = () => { frames0 += 1; requestAnimationFrame(tick); };
  requestAnimationFrame(tick); }"""
FIGURES = "() => [...document.querySelectorAll('[data-testid=stMetricValue]')].map(node => node.textContent).join()"


def main() -> None:
    """Measure everything and print one line per figure."""
    print_machine()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder)
        large = record_large_run(data)
        with server(data) as address:
            browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER_FLAGS)
            complaints: list[str] = []
            for measure in (pages, editing, switching, lambda *where: replaying(*where, large)):
                complaints += measure(browser, address)
            browser.close()
        external = [text for text in complaints if "another host" in text]
        show("requests to other hosts", f"{len(external)}", "0")
        show("console and page errors", f"{len(complaints) - len(external)}", "0")
        for text in complaints:
            print("   ", text)
        reruns(data)


def show(what: str, value: str, target: str) -> None:
    """Print one figure beside its target."""
    print(f"{what:<58} {value:>22}   target {target}", flush=True)


def pages(browser: Any, address: str) -> list[str]:
    """Measure the first useful page and the second load of it."""
    visitor = Visitor(browser, address, height=1100)
    for what, target in (("first useful page (home, replay painted)", "5 s"), ("second load of it", "1 s")):
        started = time.perf_counter()
        visitor.open("/")
        visitor.wait_for_map(REPLAYING)
        show(what, f"{time.perf_counter() - started:.1f} s", target)
    visitor.page.wait_for_timeout(9000)  # a look around, while the server gets ready
    for name, state in (("Scenario", EDITING), ("Replay", REPLAYING)):
        started = time.perf_counter()
        visitor.follow(name)
        visitor.wait_for_map(state)
        show(f"from there to the {name} page, map drawn", f"{time.perf_counter() - started:.1f} s", "1 s")
    visitor.context.close()
    return visitor.complaints


def editing(browser: Any, address: str) -> list[str]:
    """Measure a click on the default scenario, its bytes, its way to the numbers, and 100 clicks in a row."""
    visitor = Visitor(browser, address, height=1100)
    received: list[int] = []
    visitor.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    visitor.open("/Scenario")
    visitor.wait_for_map(EDITING)
    visitor.page.get_by_text("Worst users").wait_for(timeout=120_000)
    handlers, waits, sizes = [], [], []
    for number in range(6):
        before, start = visitor.page.evaluate(FIGURES), len(received)
        started = time.perf_counter()
        handlers.append(visitor.page.evaluate(CLICK, [0.3 + 0.07 * number, 0.62]))
        visitor.page.wait_for_function(f"before => ({FIGURES})() !== before", arg=before, timeout=60_000, polling=50)
        waits.append(time.perf_counter() - started)
        visitor.wait_for_map("map.pending === '0'")
        visitor.page.wait_for_timeout(500)
        sizes.append(sum(received[start:]))
    show("click to object on screen, script (median of 6)", f"{statistics.median(handlers):.0f} ms", "100 ms")
    show("click to quick-look numbers (median of 6)", f"{statistics.median(waits):.2f} s", "1 s")
    show("bytes over the websocket per added GBS (median of 6)", f"{statistics.median(sizes) / 1e3:.1f} kB", "19 kB")
    visitor.context.close()
    return visitor.complaints + hundred_clicks(browser, address)


def hundred_clicks(browser: Any, address: str) -> list[str]:
    """Click a hundred free places of open ground without waiting and count the stations that arrived."""
    visitor = Visitor(browser, address, height=1100)
    visitor.open(f"/Scenario?s={link_token(preset('paper-free-space', users=1, aerial_users=0))}")
    visitor.wait_for_map(f"{EDITING} && map.things === '5'")
    visitor.page.get_by_text("Worst users").wait_for(timeout=120_000)
    selections, selected = 0, ""
    for number in range(100):
        visitor.page.evaluate(CLICK, [0.3 + 0.045 * (number % 10), 0.5 + 0.027 * (number // 10)])
        now = visitor.map_state()["selected"]
        selections, selected = selections + (now != selected), now
    visitor.wait_for_map("map.pending === '0' && Number(map.things) > 5", 180)
    lost = 105 - selections - int(visitor.map_state()["things"])
    show(f"clicks lost of 100 ({selections} met an object and selected it)", str(lost), "0")
    visitor.context.close()
    return visitor.complaints


def switching(browser: Any, address: str) -> list[str]:
    """Count the WebGL contexts made by twenty switches between pages."""
    visitor = Visitor(browser, address, height=1100)
    visitor.page.add_init_script(COUNT_CONTEXTS)
    visitor.open("/")
    for _ in range(10):
        visitor.wait_for_map(REPLAYING)
        visitor.follow("Scenario")
        visitor.wait_for_map(EDITING)
        visitor.follow("Replay", nth=0)
    visitor.wait_for_map(REPLAYING)
    show("WebGL contexts after 20 page switches", str(visitor.page.evaluate("contextsMade")), "few, never 16")
    visitor.context.close()
    return visitor.complaints


def replaying(browser: Any, address: str, run_id: str) -> list[str]:
    """Measure the script time per frame of a large replay, with drawing itself taken out."""
    visitor = Visitor(browser, address, height=1100)
    visitor.page.add_init_script(DRAW_NOTHING)
    visitor.open(f"/Replay?run={run_id}")
    visitor.wait_for_map(REPLAYING, 180)
    tracer = visitor.context.new_cdp_session(visitor.page)
    tracer.send("Performance.enable")
    visitor.page.get_by_role("button", name="Play (space)").click()
    visitor.page.wait_for_timeout(2000)
    visitor.page.evaluate(COUNT_FRAMES)
    before = script_seconds(tracer)
    visitor.page.wait_for_timeout(6000)
    frames = visitor.page.evaluate("frames0")
    per_frame = (script_seconds(tracer) - before) / max(frames, 1)
    show("replay script per frame, 6 AUs, 100 users, 10,000 buildings", f"{per_frame * 1e3:.1f} ms", "6 ms")
    show("  frames per second while measured", f"{frames / 6:.0f}", "60 on a graphics card")
    visitor.context.close()
    return visitor.complaints


def script_seconds(tracer: Any) -> float:
    """Return the time the page's scripts have run so far."""
    metrics = tracer.send("Performance.getMetrics")["metrics"]
    return float(next(entry["value"] for entry in metrics if entry["name"] == "ScriptDuration"))


def reruns(data: Path) -> None:
    """Measure how long the server works for a rerun of each page, whole page, warm."""
    from streamlit.testing.v1 import AppTest

    os.environ["ITNT_DATA_DIR"] = str(data)
    for script in PAGES:
        app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120)
        if script != "dashboard.py":
            app.switch_page(script)
        app.run()
        walls = sorted(timed_ms(app.run) for _ in range(20))
        show(f"rerun of {script}, p95 of 20 (median {walls[10]:.0f} ms)", f"{walls[18]:.0f} ms", "300 ms")


def timed_ms(action: Callable[[], Any]) -> float:
    """Return how long an action takes in milliseconds."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1e3


def record_large_run(data: Path) -> str:
    """Record a replay over the default city (9,900 buildings) with 6 aerial and 94 ground users; return its id."""
    scenario = preset("london-4km", users=100, aerial_users=6)
    store = RunStore(data)
    run_id = store.submit(scenario)
    result = optimise(scenario, cache_dir=cache_folder(data))
    save_result(store.folder(run_id), result)
    with store.connection() as connection:
        connection.execute("UPDATE runs SET state = 'done', progress = 1 WHERE id = ?", (run_id,))
    return run_id


@contextmanager
def server(data: Path) -> Iterator[str]:
    """Run the app on a free port; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port)]
    with (data / "server.log").open("w") as log:
        started = time.perf_counter()
        environment = {**os.environ, "ITNT_DATA_DIR": str(data)}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        address = f"http://127.0.0.1:{port}"
        try:
            wait_until_healthy(address, process)
            show("server answers after", f"{time.perf_counter() - started:.1f} s", "-")
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_until_healthy(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers; RuntimeError when it ends or never does."""
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The server did not start.")


if __name__ == "__main__":
    main()
