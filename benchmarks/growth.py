"""How the planner grows with users, stations and slots: ``python -m benchmarks.growth [--beside CHECKOUT]``.

One size grows while the others stay at the default. Each case runs in a process of its own, so that the peak of its
memory is its own; the planner runs once through its blocks and two rounds, whatever the clock says. The large cases run
as users get them, with all rounds and a limit of time, and then with ten times the time, as long as it lasts: what that
brings tells which part of the gap is the bound's. ``--beside`` runs each case in another checkout as well; ``--large``
leaves out all but the large cases, ``--small`` those, ``--picture PNG`` draws the curves. Seconds of processor time
tell more than those of the clock where the machine has other work.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.smoke import sized
from benchmarks.timing import print_machine
from benchmarks.world import large_scenario
from itnt_core.bounds import upper_bound
from itnt_core.methods import METHODS, quiet, settings_of
from itnt_core.network import World, build_world, evaluate, find_violations
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
LARGE: dict[str, float] = {
    "users": sized(200, 8),
    "stations": sized(12, 4),
    "slots": sized(60, 4),
    "limit_s": sized(60.0, 5.0),
}
EFFORT = sized(10.0, 1.2)  # times the time that the planner takes as it comes
LARGEST: dict[str, float] = {
    "users": sized(1000, 8),
    "stations": sized(30, 4),
    "slots": sized(60, 4),
    "subchannels": sized(50, 10),
    "limit_s": sized(60.0, 5.0),
}
HEAD = f"{'':8}{'users':>6}{'stations':>9}{'slots':>6}{'wall s':>8}{'cpu s':>8}{'Mbit':>9}{'x straight':>11}"
ROOT = Path(__file__).resolve().parent.parent


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


def world_of(sizes: dict[str, float]) -> World:
    """Build the world of a case: the default scenario grown, or that of the largest case."""
    subchannels = sizes.get("subchannels")
    if subchannels is None:
        return build_world(scenario_of(int(sizes["users"]), int(sizes["stations"]), int(sizes["slots"])))
    base = large_scenario()
    time_grid = base.time.model_copy(update={"slots": int(sizes["slots"])})
    radio = base.radio.model_copy(update={"subchannels": int(subchannels)})
    return build_world(base.model_copy(update={"radio": radio, "time": time_grid}))


def measure(sizes: dict[str, float]) -> dict[str, float]:
    """Run the planner on one size and return times, value against straight, violations and peak memory."""
    straight, planner = METHODS["straight"], METHODS["planner"]
    for users, stations, slots in sized(((4, 4, 5), (200, 12, 2)), ((4, 4, 5),)):  # compiles everything beforehand
        planner.solve(build_world(scenario_of(users, stations, slots)), settings_of(planner, {"rounds": 2}), 1, quiet)
    world = world_of(sizes)
    reference = evaluate(world, straight.solve(world, settings_of(straight, {}), 1, quiet))
    limit_s = sizes.get("limit_s")
    chosen = {"rounds": 2, "time_limit_s": 86_400.0} if limit_s is None else {"time_limit_s": limit_s}
    if "patient" in sizes:
        chosen = {"time_limit_s": limit_s, "rounds": 10_000, "tolerance": 0.0}
    started, worked = time.perf_counter(), time.process_time()
    decision = planner.solve(world, settings_of(planner, chosen), 1, quiet)
    wall_s, cpu_s = time.perf_counter() - started, time.process_time() - worked
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    judged = evaluate(world, decision)
    return {
        "wall_s": wall_s,
        "cpu_s": cpu_s,
        "mbit": judged.active.data_service_mbit,
        "served": 1.0 - judged.active.outage,
        "ratio": judged.active.data_service_mbit / reference.active.data_service_mbit,
        "violations": len(find_violations(world, decision, judged)),
        "memory_gb": peak_kb / 1e6,
    }


def bounded(sizes: dict[str, float]) -> dict[str, float]:
    """Return the bound of a case and what it takes."""
    world = world_of(sizes)
    found = upper_bound(world)
    return {"mbit": found.data_service_mbit, "wall_s": found.wall_s}


def in_a_process(option: str, sizes: dict[str, float], checkout: Path = ROOT) -> dict[str, float]:
    """Run this file with an option on the code of a checkout, and return what it prints last."""
    command = [sys.executable, "-P", __file__, option, json.dumps(sizes)]
    answer = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
    )
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return found


def case(sizes: dict[str, float], beside: Path | None, bound_mbit: float = float("nan")) -> dict[str, dict[str, float]]:
    """Measure one size, first in the checkout beside where there is one, and print it; return it by checkout."""
    measured: dict[str, dict[str, float]] = {}
    for name, checkout in (("beside", beside), ("", ROOT)):
        if checkout is None:
            continue
        found = measured[name or "now"] = in_a_process("--case", sizes, checkout)
        print(
            f"{name:8}{sizes['users']:6.0f}{sizes['stations']:9.0f}{sizes['slots']:6.0f}{found['wall_s']:8.1f}"
            f"{found['cpu_s']:8.1f}{found['mbit']:9.0f}{found['ratio']:11.2f}{100.0 * found['served']:10.2f}"
            f"{100.0 * (1.0 - found['mbit'] / bound_mbit):7.1f}{found['violations']:11.0f}{found['memory_gb']:6.2f}",
            flush=True,
        )
    return measured


def draw(curves: dict[str, dict[str, list[tuple[int, float]]]], path: Path) -> None:
    """Draw time against each size, both axes logarithmic, a line for each checkout, and save the picture."""
    import plotly.graph_objects as go
    from playwright.sync_api import sync_playwright
    from plotly.subplots import make_subplots

    from benchmarks.browser import BROWSER_FLAGS, chromium

    figure = make_subplots(
        1, len(curves), shared_yaxes=True, subplot_titles=[f"{name.capitalize()}" for name in curves]
    )
    for column, (name, by_checkout) in enumerate(curves.items(), start=1):
        sizes: tuple[int, ...] = ()
        for checkout, points in by_checkout.items():
            sizes, seconds = zip(*points, strict=True)
            title, colour = {"now": ("now", "#0072b2"), "beside": ("before", "#999999")}[checkout]
            line = go.Scatter(x=sizes, y=seconds, mode="lines+markers", line_color=colour, name=title)
            figure.add_trace(line.update(showlegend=column == 1 and len(by_checkout) > 1), 1, column)
        figure.update_xaxes(type="log", title=name, tickvals=sizes, row=1, col=column)
        figure.update_yaxes(type="log", title="two rounds, processor s" if column == 1 else None, row=1, col=column)
    figure.update_layout(width=960, height=340, template="simple_white", margin={"t": 40, "b": 50})
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
    parser.add_argument("--bound", type=json.loads)
    parser.add_argument("--beside", type=Path, help="another checkout, whose planner runs the same cases")
    parser.add_argument("--large", action="store_true", help="the large cases alone")
    parser.add_argument("--small", action="store_true", help="no large cases")
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    for asked, action in ((options.case, measure), (options.bound, bounded)):
        if asked:
            print(json.dumps(action(asked)))
            return
    print_machine()
    print(f"{HEAD}{'served %':>10}{'gap %':>7}{'violations':>11}{'GB':>6}")
    curves: dict[str, dict[str, list[tuple[int, float]]]] = {}
    for name, sizes in {} if options.large else SIZES.items():
        curves[name] = {"beside": [], "now": []} if options.beside else {"now": []}
        for size in sizes:
            for checkout, found in case({**DEFAULT, name: size}, options.beside).items():
                curves[name][checkout].append((size, found["cpu_s"]))
    for large in () if options.small else sized((LARGE, LARGEST), (LARGEST,)):
        bound = in_a_process("--bound", large)
        found = case(large, options.beside, bound["mbit"])["now"]
        longer_s = EFFORT * min(found["wall_s"], large["limit_s"])
        patient = case({**large, "limit_s": longer_s, "patient": 1.0}, None, bound["mbit"])["now"]
        more = 100.0 * (patient["mbit"] / found["mbit"] - 1.0)
        print(f"{'':8}{EFFORT:g} times the time, {longer_s:.0f} s, bring {more:.2f} % more")
        print(f"{'':8}bound {bound['mbit']:.0f} Mbit in {bound['wall_s']:.1f} s")
    if options.picture:
        draw(curves, options.picture)


if __name__ == "__main__":
    main()
