"""The interface's figures in headless Chromium: ``python -m benchmarks.ui [OLD]``.

Starts the app with an empty data folder and measures what the interface promises. Software rendering makes pictures
slow, so script cost is measured with the draw calls replaced by nothing, and clicks by the time their handlers take.
``OLD`` is another checkout, whose own benchmark runs first, on the same machine in the same run.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks.browser import BROWSER_FLAGS, HEIGHT, ROOT, WIDTH, Visitor, arrive, chromium, leave, serving, stop
from benchmarks.smoke import sized
from benchmarks.timing import print_machine
from itnt_core.methods import optimise
from itnt_core.presets import preset
from itnt_core.results import write_result
from itnt_core.runs import RunStore, cache_folder
from itnt_core.scenario.link import link_token

EDITING = "map.painted === '1' && map.state === 'ready' && map.mode === 'edit'"
REPLAYING = "map.painted === '1' && map.state === 'ready' && map.mode === 'replay'"
COMPARING = "map.painted === '1' && map.state === 'ready' && map.mode === 'compare'"
SWITCH_PAUSE_MS, PLAYED_BEFORE_MS = sized((1500, 2000), (0, 0))
PAGES = ("dashboard.py", "pages/1_Scenario.py", "pages/3_Optimise.py", "pages/5_Replay.py")
CLICKS, FREE_CLICKS, ROUNDS, RERUNS, LOOK_MS, PLAYED_S = sized((6, 100, 10, 20, 9000, 6.0), (1, 2, 1, 1, 0, 0.5))
FREE_EAST, FREE_DOWN = (0.2, 0.26, 0.32, 0.38, 0.44, 0.5), 0.8  # shares of the map: the default scenario is free there
LIVE_PAUSE_MS = sized(3000, 0)  # in which the optimum gets better, before the next edit
LARGE = sized(("london-4km", 100, 6), ("tiny", 4, 1))  # preset, users, of them aerial
PLACE = "Add a GBS (G)"
EDITED = sized("", f"?s={link_token(preset('tiny'))}")  # what the Scenario page opens with
LOADS = (("first useful page (home, replay painted)", "5 s"), ("second load of it", "1 s"))[: sized(None, 1)]
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
FIND_MAP = """const find = root => root.querySelector(".map3d") ?? [...root.querySelectorAll("*")]
    .map(node => node.shadowRoot && find(node.shadowRoot)).find(Boolean);
  const camera = () => JSON.stringify(globalThis.itntMap3d.camera.view);"""
REMEMBER_MAP = f"() => {{ {FIND_MAP} globalThis.mapBefore = [find(document), camera()]; }}"
SAME_MAP = f"""() => {{ {FIND_MAP} const [node, view] = globalThis.mapBefore;
  return find(document) === node && camera() === view; }}"""
COUNT_FRAMES = """() => { globalThis.frames0 = 0; const tick = () => { frames0 += 1; requestAnimationFrame(tick); };
  requestAnimationFrame(tick); }"""
# Seconds from the next click to the first picture of a mode, looked for in every frame.
AWAIT_MODE = f"""mode => {{ {FIND_MAP} globalThis.switched = new Promise(done => addEventListener("click", () => {{
  const started = performance.now();
  const look = () => {{
    const {{ state, painted, mode: shown }} = find(document)?.dataset ?? {{}};
    if (state !== "ready" || painted !== "1" || shown !== mode) return requestAnimationFrame(look);
    setTimeout(() => done((performance.now() - started) / 1e3)); // deck.gl draws in this frame, too: after it
  }};
  look();
}}, {{ capture: true, once: true }})); }}"""
FIGURES = "() => [...document.querySelectorAll('[data-testid=stMetricValue]')].map(node => node.textContent).join()"


def main() -> None:
    """Measure everything and print one line per figure, those of an older checkout first."""
    print_machine()
    for old in sys.argv[1:2]:
        print(f"before, {old}:", flush=True)
        subprocess.run([sys.executable, "-m", "benchmarks.ui"], cwd=old, check=True)
        print("after:", flush=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder)
        large = record_large_run(data)
        with server(data) as address:
            browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER_FLAGS)
            complaints: list[str] = []
            for measure in (pages, editing, switching, partial(replaying, run_id=large), following):
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
    visitor = arrive(browser, address)
    for what, target in LOADS:
        started = time.perf_counter()
        visitor.open("/")
        visitor.wait_for_map(REPLAYING)
        show(what, f"{time.perf_counter() - started:.1f} s", target)
    visitor.page.wait_for_timeout(LOOK_MS)  # a look around, while the server gets ready
    started = time.perf_counter()
    visitor.page.get_by_role("button", name="Build your own").click()
    visitor.wait_for_map(EDITING)
    show("from there to the editor (Build your own)", f"{time.perf_counter() - started:.1f} s", "1 s")
    return leave(visitor)


def editing(browser: Any, address: str) -> list[str]:
    """Measure a click on the default scenario, its bytes, its way to the numbers, and 100 clicks in a row."""
    visitor = arrive(browser, address)
    received: list[int] = []
    visitor.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    visitor.open(f"/Scenario{EDITED}")
    visitor.wait_for_map(EDITING)
    visitor.page.get_by_text("Worst users").wait_for(timeout=120_000)
    visitor.choose(PLACE)
    handlers, waits, sizes = [], [], []
    for number in range(CLICKS):
        before, start = visitor.page.evaluate(FIGURES), len(received)
        started = time.perf_counter()
        handlers.append(visitor.page.evaluate(CLICK, [FREE_EAST[number], FREE_DOWN]))
        visitor.page.wait_for_function(f"before => ({FIGURES})() !== before", arg=before, timeout=60_000, polling=50)
        waits.append(time.perf_counter() - started)
        visitor.wait_for_map("map.pending === '0'")
        visitor.page.wait_for_timeout(500)
        sizes.append(sum(received[start:]))
    show(f"click to object on screen, script (median of {CLICKS})", f"{statistics.median(handlers):.0f} ms", "100 ms")
    show(f"click to quick-look numbers (median of {CLICKS})", f"{statistics.median(waits):.2f} s", "1 s")
    show(
        f"bytes over the websocket per added GBS (median of {CLICKS})",
        f"{statistics.median(sizes) / 1e3:.1f} kB",
        "19 kB",
    )
    return leave(visitor) + many_clicks(browser, address)


def many_clicks(browser: Any, address: str) -> list[str]:
    """Click many free places of open ground without waiting and count the stations that arrived."""
    visitor = arrive(browser, address)
    visitor.open(f"/Scenario?s={link_token(preset('paper-free-space', users=1, aerial_users=0))}")
    visitor.wait_for_map(f"{EDITING} && map.things === '5'")
    visitor.page.get_by_text("Worst users").wait_for(timeout=120_000)
    visitor.choose(PLACE)
    placed = 0
    for number in range(FREE_CLICKS):
        before = int(visitor.map_state()["things"])
        visitor.page.evaluate(CLICK, [0.3 + 0.045 * (number % 10), 0.5 + 0.027 * (number // 10)])
        placed += int(visitor.map_state()["things"]) > before
    visitor.wait_for_map("map.pending === '0' && Number(map.things) > 5", 180)
    lost = 5 + placed - int(visitor.map_state()["things"])
    others = FREE_CLICKS - placed
    show(f"stations lost of {placed} clicked ({others} clicks met an object, or lay outside)", str(lost), "0")
    return leave(visitor)


def switching(browser: Any, address: str) -> list[str]:
    """Measure switches between modes, warm, nothing playing: time, the map's place on the page, WebGL contexts."""
    visitor = arrive(browser, address)
    visitor.page.add_init_script(COUNT_CONTEXTS)
    visitor.open(f"/Scenario{EDITED}")
    visitor.wait_for_map(EDITING)
    visitor.page.evaluate(REMEMBER_MAP)
    waits: dict[str, list[float]] = {"Replay": [], "Build": []}
    for number in range(ROUNDS + 1):
        for mode, shown in (("Replay", "replay"), ("Build", "edit")):
            visitor.page.evaluate(AWAIT_MODE, shown)
            visitor.switch(mode)
            taken_s = visitor.page.evaluate("switched")
            if number:  # the first round loads what each mode needs
                waits[mode].append(taken_s)
            visitor.page.wait_for_timeout(SWITCH_PAUSE_MS)
    for mode, seconds in waits.items():
        show(f"switch to {mode}, map ready (median of {ROUNDS})", f"{statistics.median(seconds):.2f} s", "0.5 s")
    kept = visitor.page.evaluate(SAME_MAP)
    show(f"  the map's node and camera after {2 * ROUNDS + 2} switches", "kept" if kept else "made anew", "kept")
    show("  WebGL contexts", str(visitor.page.evaluate("contextsMade")), "few, never 16")
    show_time_bars(visitor)
    return leave(visitor)


def show_time_bars(visitor: Visitor) -> None:
    """Say whether the time bar of both players is in view."""
    for mode, state in (("Replay", REPLAYING), ("Compare", COMPARING)):
        visitor.switch(mode)
        visitor.wait_for_map(state)
        box = visitor.page.locator(".player").bounding_box()
        bottom = box["y"] + box["height"]
        verdict = "in view" if box["y"] >= 0 and bottom <= HEIGHT else "out of view"
        show(f"time bar of {mode} at {WIDTH} x {HEIGHT}", verdict, "in view")


def replaying(browser: Any, address: str, run_id: str) -> list[str]:
    """Measure the script time per frame of a large replay, with drawing itself taken out."""
    visitor = arrive(browser, address)
    visitor.page.add_init_script(DRAW_NOTHING)
    visitor.open(f"/Replay?run={run_id}")
    visitor.wait_for_map(REPLAYING, 180)
    tracer = visitor.page.context.new_cdp_session(visitor.page)
    tracer.send("Performance.enable")
    visitor.page.get_by_role("button", name="Play (space)").click()
    visitor.page.wait_for_timeout(PLAYED_BEFORE_MS)
    visitor.page.evaluate(COUNT_FRAMES)
    before = script_seconds(tracer)
    visitor.page.wait_for_timeout(PLAYED_S * 1e3)
    frames = visitor.page.evaluate("frames0")
    per_frame = (script_seconds(tracer) - before) / max(frames, 1)
    show(f"replay script per frame, {LARGE[0]}, {LARGE[1]} users, {LARGE[2]} AUs", f"{per_frame * 1e3:.1f} ms", "6 ms")
    show("  frames per second while measured", f"{frames / PLAYED_S:.0f}", "60 on a graphics card")
    return leave(visitor)


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
        walls = sorted(timed_ms(app.run) for _ in range(RERUNS))
        late_ms = walls[int(0.95 * (RERUNS - 1))]
        show(f"rerun of {script}, p95 of {RERUNS} (median {walls[RERUNS // 2]:.0f} ms)", f"{late_ms:.0f} ms", "300 ms")


def timed_ms(action: Callable[[], Any]) -> float:
    """Return how long an action takes in milliseconds."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1e3


def record_large_run(data: Path) -> str:
    """Record a replay over the default city (9,900 buildings) with many users; return its id."""
    scenario = preset(LARGE[0], users=LARGE[1], aerial_users=LARGE[2])
    store = RunStore(data)
    run_id = store.submit(scenario)
    result = optimise(scenario, cache_dir=cache_folder(data))
    write_result(store.folder(run_id), result)
    with store.connection() as connection:
        connection.execute("UPDATE runs SET state = 'done', progress = 1 WHERE id = ?", (run_id,))
    return run_id


def following(browser: Any, address: str) -> list[str]:
    """Measure a click on the map to the first new optimum on it, and how long the server's pages are held up then."""
    visitor = arrive(browser, address)
    visitor.open(f"/Scenario{EDITED}")
    visitor.wait_for_map(EDITING)
    visitor.page.get_by_text("Live optimum", exact=True).first.click()  # its switch, off at first
    visitor.wait_for_map(f"{EDITING} && map.live === 'settled'", 300)
    visitor.choose(PLACE)
    waits, answers = [], []
    for number in range(CLICKS):
        started = time.perf_counter()
        visitor.page.evaluate(CLICK, [FREE_EAST[number], FREE_DOWN])
        visitor.wait_for_map(f"map.edit === '{number + 2}' && (map.live === 'working' || map.live === 'settled')")
        waits.append(time.perf_counter() - started)
        asked = time.perf_counter()
        visitor.page.evaluate("fetch('/_stcore/health').then(answer => answer.text())")
        answers.append(time.perf_counter() - asked)
        visitor.page.wait_for_timeout(LIVE_PAUSE_MS)
    show(f"click to the first new optimum on the map (median of {CLICKS})", f"{statistics.median(waits):.2f} s", "-")
    show("  slowest answer of the server meanwhile", f"{1e3 * max(answers):.0f} ms", "300 ms")
    return leave(visitor)


@contextmanager
def server(data: Path) -> Iterator[str]:
    """Run the app on a free port; yield its address."""
    started = time.perf_counter()
    process, address = serving("dashboard.py", data)
    try:
        show("server answers after", f"{time.perf_counter() - started:.1f} s", "-")
        yield address
    finally:
        stop(process)


if __name__ == "__main__":
    main()
