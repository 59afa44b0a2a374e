"""How the planner grows with users, stations and slots: ``python -m benchmarks.growth [--picture PNG]``.

One size grows while the others stay at the default. Each case runs in a process of its own, so that the peak of its
memory is its own; the planner runs once through its blocks and two rounds, whatever the clock says.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.smoke import sized
from benchmarks.timing import print_machine
from itnt_core.methods import METHODS, quiet, settings_of
from itnt_core.network import build_world, evaluate, find_violations
from itnt_core.presets import preset
from itnt_core.scenario import Scenario
from itnt_core.scenario.model import GroundStation

PRESET = sized("london-4km", "tiny")
DEFAULT = {"users": sized(24, 4), "stations": sized(6, 4), "slots": 60}
SIZES = {
    "users": sized((12, 24, 50, 100, 200), ()),
    "stations": sized((4, 6, 9, 12, 16), ()),
    "slots": sized((15, 30, 60, 120, 240), (4,)),
}
LARGE = {"users": sized(200, 8), "stations": sized(12, 4), "slots": sized(60, 4)}


def scenario_of(users: int, stations: int, slots: int) -> Scenario:
    """Return the default scenario with other numbers of users, stations and slots; one user in eight flies."""
    base = preset(PRESET, users=users, aerial_users=max(1, users // 8))
    generator = np.random.default_rng(1)
    wanted = stations - len(base.passes)
    kept = base.ground_stations[: max(1, wanted)]
    extra = tuple(
        GroundStation(id=f"extra-{number}", east_m=float(east), north_m=float(north), height_m=60.0)
        for number, (east, north) in enumerate(
            generator.uniform(-0.45, 0.45, (wanted - len(kept), 2)) * base.area.size_m
        )
    )
    time_grid = base.time.model_copy(update={"slots": slots, "slot_s": base.time.duration_s / slots})
    return base.model_copy(update={"ground_stations": kept + extra, "time": time_grid})


def measure(users: int, stations: int, slots: int) -> dict[str, float]:
    """Run the planner on one size and return time, value against straight, violations and peak memory."""
    for name in METHODS:  # compiles everything beforehand, on a small case
        if name in ("straight", "planner"):
            METHODS[name].solve(build_world(scenario_of(4, 4, 5)), settings_of(METHODS[name], {}), 1, quiet)
    world = build_world(scenario_of(users, stations, slots))
    reference = evaluate(world, METHODS["straight"].solve(world, settings_of(METHODS["straight"], {}), 1, quiet))
    planner = METHODS["planner"]
    settings = settings_of(planner, {"rounds": 2, "time_limit_s": 86_400.0})
    started = time.perf_counter()
    decision = planner.solve(world, settings, 1, quiet)
    wall_s = time.perf_counter() - started
    judged = evaluate(world, decision)
    return {
        "wall_s": wall_s,
        "ratio": judged.active.data_service_mbit / reference.active.data_service_mbit,
        "violations": len(find_violations(world, decision, judged)),
        "memory_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def case(sizes: dict[str, int]) -> dict[str, float]:
    """Measure one size in a process of its own and print it."""
    command = [sys.executable, "-m", "benchmarks.growth", "--case", json.dumps(sizes)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    print(
        f"{sizes['users']:6} {sizes['stations']:9} {sizes['slots']:6} {found['wall_s']:9.1f} {found['ratio']:11.2f}"
        f" {found['violations']:11.0f} {found['memory_gb']:10.2f}",
        flush=True,
    )
    return found


def draw(curves: dict[str, list[tuple[int, float]]], path: Path) -> None:
    """Draw time against each size, both axes logarithmic, and save the picture."""
    import plotly.graph_objects as go
    from playwright.sync_api import sync_playwright
    from plotly.subplots import make_subplots

    from benchmarks.browser import BROWSER_FLAGS, chromium

    figure = make_subplots(
        1, len(curves), shared_yaxes=True, subplot_titles=[f"{name.capitalize()}" for name in curves]
    )
    for column, (name, points) in enumerate(curves.items(), start=1):
        sizes, walls = zip(*points, strict=True)
        figure.add_trace(go.Scatter(x=sizes, y=walls, mode="lines+markers", line_color="#0072b2"), 1, column)
        figure.update_xaxes(type="log", title=name, tickvals=sizes, row=1, col=column)
        figure.update_yaxes(type="log", title="two rounds, s" if column == 1 else None, row=1, col=column)
    figure.update_layout(showlegend=False, width=960, height=340, template="simple_white", margin={"t": 40, "b": 50})
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER_FLAGS)
        page = browser.new_page(viewport={"width": 960, "height": 340})
        page.set_content(f"<body style='margin:0'>{figure.to_html(include_plotlyjs=True, full_html=False)}")
        page.wait_for_selector(".main-svg")
        page.screenshot(path=path)
        browser.close()


def main() -> None:
    """Measure all sizes and the large case, or one case for the process that asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", type=json.loads)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    if options.case:
        print(json.dumps(measure(**options.case)))
        return
    print_machine()
    print(f"{'users':>6} {'stations':>9} {'slots':>6} {'seconds':>9} {'x straight':>11} {'violations':>11} {'GB':>10}")
    curves = {
        name: [(size, case({**DEFAULT, name: size})["wall_s"]) for size in sizes] for name, sizes in SIZES.items()
    }
    case(LARGE)
    if options.picture:
        draw(curves, options.picture)


if __name__ == "__main__":
    main()
