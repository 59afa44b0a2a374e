"""The live optimum: how soon after an edit its answer is as good as the full planner's, with a worker that is warm.

python -m benchmarks.live

Edits of a default scenario at random, each applied to the one before: a base station moved, added or removed, its power
changed, a user moved. For each the full planner's answer is computed afterwards with its default settings and judged by
the same figures; times count from the moment at which the page's process hands the edit over.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

from benchmarks.smoke import sized
from benchmarks.timing import print_machine
from itnt_core.live import Follower
from itnt_core.methods import optimise
from itnt_core.presets import preset
from itnt_core.scenario import Scenario, scenario_of_data

PRESET, EDITS, SEED = sized(("london-4km", 30, 20261128), ("tiny", 2, 1))
SHARES = (0.95, 0.985)
PATIENCE_S = 120.0


def edited(scenario: Scenario, dice: random.Random) -> tuple[str, Scenario]:
    """Return a random edit in words and the scenario after it."""
    data: dict[str, Any] = scenario.model_dump(mode="json")
    stations, users = data["ground_stations"], data["ground_users"]
    half = data["area"]["size_m"] / 2 - 50.0
    kind = dice.choice(["move a station", "add a station", "remove a station", "change a power", "move a user"])
    if kind == "remove a station" and len(stations) < 3:
        kind = "add a station"
    if kind == "move a station":
        station = dice.choice(stations)
        for axis in ("east_m", "north_m"):
            station[axis] = min(half, max(-half, station[axis] + dice.uniform(-400.0, 400.0)))
    elif kind == "add a station":
        number = 1 + max(int(station["id"].split("-")[-1]) for station in stations)
        place = {"east_m": dice.uniform(-half, half), "north_m": dice.uniform(-half, half)}
        stations.append({**stations[0], "id": f"gbs-{number}", "name": "", **place})
    elif kind == "remove a station":
        stations.remove(dice.choice(stations))
    elif kind == "change a power":
        station = dice.choice(stations)
        station["max_power_w"] *= dice.choice([0.5, 2.0])
    else:
        user = dice.choice(users)
        for axis in ("east_m", "north_m"):
            user[axis] = min(half, max(-half, user[axis] + dice.uniform(-300.0, 300.0)))
    return kind, scenario_of_data(data)


def followed(follower: Follower, scenario: Scenario) -> list[tuple[float, dict[str, Any]]]:
    """Hand an edit over; return when (s) which figures were there, until the answer has settled."""
    started, told = time.perf_counter(), []
    follower.submit(scenario)
    while True:
        answer, seen = follower.latest(), time.perf_counter() - started
        if answer is not None and (not told or told[-1][1] is not answer.kpis):
            told.append((seen, answer.kpis))
        if follower.state != "working":
            return told
        if seen > PATIENCE_S:
            raise SystemExit(f"The live optimum has not settled after {PATIENCE_S:g} s.")
        time.sleep(0.005)


def first_s(told: list[tuple[float, dict[str, Any]]], enough_mbit: float) -> float:
    """Return when an answer first had enough data, infinity where none did."""
    return next((seen for seen, kpis in told if kpis["data_service_mbit"] >= enough_mbit), float("inf"))


def main() -> None:
    """Print a line per edit and the medians."""
    print_machine()
    cache, dice = Path(mkdtemp()), random.Random(SEED)
    scenario, follower = preset(PRESET, cache_dir=cache), Follower(cache)
    print(f"{PRESET}, {len(scenario.user_ids)} users, {EDITS} random edits; the worker is warm after the first answer")
    followed(follower, scenario)
    times: dict[float, list[float]] = {share: [] for share in SHARES}
    firsts, lasts, gaps = [], [], []
    for number in range(EDITS):
        kind, scenario = edited(scenario, dice)
        told = followed(follower, scenario)
        full = optimise(scenario, "planner", cache_dir=cache).kpis
        mbit = full["data_service_mbit"]
        for share in SHARES:
            times[share].append(first_s(told, share * mbit))
        firsts.append(told[0][0])
        lasts.append(told[-1][1]["data_service_mbit"] / mbit)
        gaps.append(told[-1][1].get("gap", float("nan")))
        served = told[-1][1]["outage"] <= full["outage"] + 1e-9
        print(
            f"{number + 1:3} {kind:18} first {told[0][0]:5.2f} s {told[0][1]['data_service_mbit'] / mbit:6.3f}; "
            + "; ".join(f"{share} after {times[share][-1]:5.2f} s" for share in SHARES)
            + f"; settled {told[-1][0]:5.1f} s {lasts[-1]:6.3f}{'' if served else ', serves fewer'}",
            flush=True,
        )
    print(f"first answer, median: {statistics.median(firsts):.2f} s")
    for share in SHARES:
        print(f"{share} of the full planner, median: {statistics.median(times[share]):.2f} s")
    print(f"settled answer over the full planner, median: {statistics.median(lasts):.3f}")
    print(f"its gap to the bound, median: {100.0 * statistics.median(gaps):.1f} %")
    follower.close()


if __name__ == "__main__":
    main()
