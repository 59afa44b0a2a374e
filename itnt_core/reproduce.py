"""The paper's figures 2 to 4, computed anew, and their controls: ``itnt reproduce fig2|fig3|fig4|controls``.

Every case (a number of users or a power, and a seed) is computed in a process of its own and appended to a log beside
the output, so that a study that was stopped goes on where it was. The answer is one JSON file with its provenance.
The paper's absolute numbers are not known (its text lost them), so only orders and trends can be compared.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from itnt_core.bounds import upper_bound
from itnt_core.methods import (
    CONTROL_USERS,
    CONTROLS,
    METHODS,
    LearnedSettings,
    ProgressEvent,
    override_scenario,
    quiet,
    settings_of,
)
from itnt_core.network import Decision, World, build_world, evaluate, find_violations
from itnt_core.presets import preset
from itnt_core.results import code_version, package_versions, write_text
from itnt_core.scenario import Scenario, positions_m

PRESET, COMMON_POWER_W = "london-4km", 4.0
COMPARED = ("proposed", "epa", "t_ddqn", "ra", "planner", "straight")
USERS, POWERS_W = (12, 18, 24, 30, 36), (1.0, 2.0, 4.0, 8.0)  # of the paper's figures 2 and 3
BUDGET = {"rounds": 3, "episodes": 4, "reference_lines": False}
CURVE_BUDGET = {"rounds": 1, "episodes": 16, "searches": 1, "reference_lines": False}
# as the methods come, written out so that the file says what was computed
CONTROL_BUDGET = LearnedSettings(reference_lines=False).model_dump(
    include={"rounds", "episodes", "environments", "searches", "reference_lines"}
)


@dataclass(frozen=True)
class Reproduction:
    """One figure: what it shows, its cases for given seeds, and how one case is computed."""

    title: str
    cases: Callable[[Sequence[int]], list[dict[str, Any]]]
    compute: Callable[[Mapping[str, Any], Path | None], dict[str, Any]]
    settings: Mapping[str, Any]


def _scenario(case: Mapping[str, Any], cache_dir: Path | None) -> Scenario:
    chosen = preset(PRESET, users=case.get("users"), seed=case["seed"], cache_dir=cache_dir)
    if "power_w" not in case:
        return chosen
    fields = {"ground_stations.*.max_power_w": case["power_w"], "passes.*.radio.max_power_w": case["power_w"]}
    return override_scenario(chosen, fields)


def _solved(world: World, key: str, seed: int, settings: Mapping[str, Any], notify: Any = quiet) -> Decision:
    method = METHODS[key]
    own = settings if key not in ("planner", "straight") else {}
    return method.solve(world, settings_of(method, own), seed, notify)


def _users_case(case: Mapping[str, Any], cache_dir: Path | None) -> dict[str, Any]:
    """Return the data service of every method and the bound for one number of users and seed."""
    world = build_world(_scenario(case, cache_dir), cache_dir=cache_dir)
    methods = {key: _judged(world, key, case["seed"], BUDGET) for key in COMPARED}
    return {"methods": methods, "bound_mbit": upper_bound(world, "quick").data_service_mbit}


def _control_case(case: Mapping[str, Any], cache_dir: Path | None) -> dict[str, Any]:
    """Return the data service of one row of the controls for one seed."""
    chosen = CONTROLS[case["row"]]
    world = build_world(_scenario({"users": CONTROL_USERS, **case}, cache_dir), cache_dir=cache_dir)
    return _judged(world, chosen.method, case["seed"], {**CONTROL_BUDGET, **chosen.settings})


def _judged(world: World, key: str, seed: int, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a method's answer serves, which constraints it breaks, and how long it took."""
    started = time.perf_counter()
    decision = _solved(world, key, seed, settings)
    evaluation = evaluate(world, decision)
    return {
        "mbit": evaluation.active.data_service_mbit,
        "outage": evaluation.active.outage,
        "violations": len(find_violations(world, decision, evaluation)),
        "wall_s": round(time.perf_counter() - started, 2),
    }


def _power_case(case: Mapping[str, Any], cache_dir: Path | None) -> dict[str, Any]:
    """Return the cumulative reward of the policy per episode, in units of the reference at the common power."""
    world = build_world(_scenario(case, cache_dir), cache_dir=cache_dir)
    common = build_world(_scenario({**case, "power_w": COMMON_POWER_W}, cache_dir), city=world.city)
    own_mbit, unit_mbit = (
        evaluate(place, _solved(place, "straight", case["seed"], {})).active.data_service_mbit
        for place in (world, common)
    )
    metrics: list[dict[str, float]] = []

    def watch(event: ProgressEvent) -> None:
        if event.metrics and "reward" in event.metrics:
            metrics.append(event.metrics)

    _solved(world, "proposed", case["seed"], CURVE_BUDGET, watch)
    return {
        "reward": [entry["reward"] * own_mbit / unit_mbit for entry in metrics],
        "policy_mbit": [entry["policy_mbit"] for entry in metrics],
    }


def _flight_case(case: Mapping[str, Any], cache_dir: Path | None) -> dict[str, Any]:
    """Return the flights of several methods and how far the aerial users are from the nearest GBS."""
    scenario = _scenario(case, cache_dir)
    world = build_world(scenario, cache_dir=cache_dir)
    stations_m = positions_m(scenario.ground_stations)[:, :2]
    flights = {}
    for key in ("proposed", "t_ddqn", "planner", "straight"):
        place = _solved(world, key, case["seed"], BUDGET).positions_m
        away = np.linalg.norm(place[1:, :, None, :2] - stations_m, axis=-1).min(axis=-1)
        flights[key] = {"path_m": np.round(place, 1).tolist(), "mean_distance_m": float(away.mean())}
    return {
        "flights": flights,
        "masts_m": stations_m.tolist(),
        "aerial_users": [user.id for user in scenario.aerial_users],
    }


def _grid(name: str, values: Sequence[float | str]) -> Callable[[Sequence[int]], list[dict[str, Any]]]:
    return lambda seeds: [{name: value, "seed": seed} for seed in seeds for value in values]


FIGURES = {
    "fig2": Reproduction("Data service against the number of users", _grid("users", USERS), _users_case, BUDGET),
    "fig3": Reproduction("Cumulative reward against episode", _grid("power_w", POWERS_W), _power_case, CURVE_BUDGET),
    "fig4": Reproduction("Flights", lambda seeds: [{"seed": seed} for seed in seeds], _flight_case, BUDGET),
    "controls": Reproduction("What learning adds", _grid("row", list(CONTROLS)), _control_case, CONTROL_BUDGET),
}


def _compute(name: str, cache_dir: Path | None, case: Mapping[str, Any]) -> dict[str, Any]:
    """Compute one case in a process of its own."""
    import torch

    torch.set_num_threads(1)
    return {**case, **FIGURES[name].compute(case, cache_dir)}


def reproduce(
    name: str,
    seeds: Sequence[int],
    output: Path,
    processes: int,
    cache_dir: Path | None,
    notify: Callable[[str], None],
) -> dict[str, Any]:
    """Compute all cases of a figure that the log does not hold yet, write the figure's file and return its content."""
    figure, log = FIGURES[name], output.with_suffix(".log.jsonl")
    stamp = {"settings": dict(figure.settings), "code": code_version()}
    known = _known(log, stamp)
    cases = figure.cases(seeds)
    waiting = [case for case in cases if _key(case) not in known]
    output.parent.mkdir(parents=True, exist_ok=True)
    # Spawned, not forked: torch and numba keep threads that a fork would lose.
    with ProcessPoolExecutor(max(1, processes), mp_context=get_context("spawn")) as pool:
        jobs = {pool.submit(partial(_compute, name, cache_dir), case): case for case in waiting}
        for number, job in enumerate(as_completed(jobs), start=1):
            found = job.result()
            known[_key(jobs[job])] = found
            with log.open("a", encoding="utf-8") as handle:
                handle.write(json.dumps({**stamp, "case": jobs[job], "found": found}) + "\n")
            notify(f"{number} of {len(waiting)}: {_key(jobs[job])}")
    content = {
        "figure": name,
        "title": figure.title,
        "preset": PRESET,
        "seeds": list(seeds),
        **stamp,
        "packages": package_versions(),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "cases": [known[_key(case)] for case in cases],
    }
    write_text(output, json.dumps(content) + "\n")
    log.unlink(missing_ok=True)
    return content


def _key(case: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(case.items()))


def _entry(line: bytes) -> dict[str, Any] | None:
    """Return a line of the log, None where it was cut off or is damaged: its case is computed again."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    whole = isinstance(entry, dict) and {"case", "found", "settings", "code"} <= {*entry}
    return entry if whole and isinstance(entry["case"], dict) else None


def _known(log: Path, stamp: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the cases of a log that were computed with the same settings and code."""
    if not log.exists():
        return {}
    entries = [entry for line in log.read_bytes().splitlines() if (entry := _entry(line)) is not None]
    return {
        _key(entry["case"]): entry["found"]
        for entry in entries
        if all(entry[name] == value for name, value in stamp.items())
    }
