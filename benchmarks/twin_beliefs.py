"""The spectrum twin's beliefs: whether its intervals hold, what its mistakes cost, and what learning is worth.

``python -m benchmarks.twin_beliefs intervals [--seeds 1:11]``  nine tenths of reports held out, within nine tenths?
``python -m benchmarks.twin_beliefs mistakes [--seeds 1:11]``   backlog with each mistake of the twin, seed by seed
``python -m benchmarks.twin_beliefs learning [--seeds 1:11]``   backlog with and without reports, seed by seed
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import argparse
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import t as student

from benchmarks.smoke import sized, stored
from benchmarks.timing import seeds_in_words
from benchmarks.twin import preset_of
from benchmarks.twin_claims import PROCESSES
from itnt_core.installed import asset
from itnt_core.results import write_text
from itnt_core.results.manifest import code_version
from itnt_core.runs import cache_folder
from itnt_core.twin import TwinScenario
from itnt_core.twin.beliefs.listener import earlier_reports
from itnt_core.twin.beliefs.shadow_map import GAUSSIAN_90, ShadowMap
from itnt_core.twin.environment import build_environment
from itnt_core.twin.simulate import figures, simulate

BELIEFS = asset("twin/beliefs.json")
REGIMES = sized(("short-coverage", "near-sufficient"), ("toy",))
USERS, SUBBANDS = sized((10, 4), (3, 2))
SCHEMES = ("joint_refine", "joint")
HEARD, HELD_OUT = sized((300, 300), (40, 40))  # reports that are learned from, and that are predicted
# A twin that is right but for small errors, so that each mistake stands alone.
NEARLY_RIGHT = {"csi_tn_sigma_db": 1.0, "csi_ntn_sigma_db": 0.5, "traffic_sigma": 0.1}
MISTAKES: dict[str, dict[str, float]] = {
    "none": {},
    "3 of 10 buildings missing": {"missing_buildings": 0.3},
    "buildings 10 m higher": {"higher_m": 10.0},
    "users 20 m off": {"place_m": 20.0},
    "links of the cycle before": {"age_cycles": 1},
    "links of a minute before": {"age_cycles": 12},
    "ephemeris 10 s ahead": {"ephemeris_s": 10.0},
}
# What can be learned: shadowing that belongs to places, alike over 100 m, with a fifth of its variance that does not.
TO_LEARN = {"csi_tn_sigma_db": 6.0, "csi_ntn_sigma_db": 3.0, "csi_fixed_share": 0.8, "csi_distance_m": 100.0}
REPORTS: dict[str, dict[str, Any] | None] = {
    "no reports": {},
    "reports of the run": {"from_reports": True},
    "and 100 of earlier users": {"from_reports": True, "earlier_reports": 100},
    "and 400 of earlier users": {"from_reports": True, "earlier_reports": 400},
    "gains known": None,
}

MISTAKES = dict(list(MISTAKES.items())[: sized(None, 2)])
REPORTS = dict(list(REPORTS.items())[: sized(None, 2)])


def changed(scenario: TwinScenario, part: str, fields: Mapping[str, Any]) -> TwinScenario:
    """Return a question with other fields in one of its parts."""
    return scenario.model_copy(update={part: getattr(scenario, part).model_copy(update=dict(fields))})


def one_interval(case: tuple[str, int, dict[str, float]]) -> dict[str, Any]:
    """Learn from reports of earlier users and predict those of others, in one world."""
    regime, seed, error = case
    scenario = changed(preset_of(regime, seed, USERS, SUBBANDS), "error", {**TO_LEARN, **error})
    environment = build_environment(scenario, cache_dir=cache_folder())
    heard = earlier_reports(scenario, environment.city, environment.sky, environment.transmitter_ids, HEARD + HELD_OUT)
    within, before, after = [], [], []
    for points, residual in heard:
        known = len(points) * HEARD // (HEARD + HELD_OUT)
        shadow_map = ShadowMap()
        shadow_map.hear(points[:known], residual[:known])
        if known == len(points):
            continue
        mean, deviation = shadow_map.predict(points[known:])
        within += list(np.abs(residual[known:] - mean) <= GAUSSIAN_90 * deviation)
        before += list(residual[known:])
        after += list(residual[known:] - mean)
    rms = [float(np.sqrt(np.mean(np.square(series)))) for series in (before, after)]
    return {"regime": regime, "seed": seed, "reports": len(within), "within": int(sum(within)), "rms_db": rms}


def intervals(options: argparse.Namespace) -> None:
    """Print which share of reports held out lies within intervals for nine tenths, with and without mistakes."""
    for name, error in {"shadowing by place": {}, "and 3 of 10 buildings missing": {"missing_buildings": 0.3}}.items():
        for regime in REGIMES:
            rows = list(_over_cores(one_interval, [(regime, seed, error) for seed in seeds_of(options)]))
            held = np.array([row["within"] / row["reports"] for row in rows])
            total = sum(row["within"] for row in rows) / sum(row["reports"] for row in rows)
            rms = np.mean([row["rms_db"] for row in rows], axis=0)
            print(
                f"{regime}, {name}: {100 * total:.1f} % of {sum(row['reports'] for row in rows)} reports within, by "
                f"seed {100 * held.min():.1f} to {100 * held.max():.1f} %; error {rms[0]:.2f} -> {rms[1]:.2f} dB rms"
            )


def one_mistake(case: tuple[str, int, str]) -> list[dict[str, Any]]:
    """Roll the schemes out over one world that the twin takes for another."""
    regime, seed, name = case
    scenario = changed(preset_of(regime, seed, USERS, SUBBANDS), "error", {**NEARLY_RIGHT, **MISTAKES[name]})
    return _rolled_out(scenario, regime, name)


def one_learning(case: tuple[str, int, str]) -> list[dict[str, Any]]:
    """Roll the schemes out over one world of which the twin hears more or less."""
    regime, seed, name = case
    scenario = preset_of(regime, seed, USERS, SUBBANDS)
    learning = REPORTS[name]
    error = {"csi_tn_sigma_db": 0.0, "csi_ntn_sigma_db": 0.0} if learning is None else TO_LEARN
    scenario = changed(changed(scenario, "error", error), "learning", learning or {})
    return _rolled_out(scenario, regime, name)


def _rolled_out(scenario: TwinScenario, regime: str, name: str) -> list[dict[str, Any]]:
    environment = build_environment(scenario, cache_dir=cache_folder())
    rows = []
    for scheme in SCHEMES:
        found = figures(environment, simulate(environment, scheme))
        kept = {key: found.get(key) for key in ("mean_backlog_mbit", "violations", "reports", "reports_within")}
        rows.append({"regime": regime, "seed": scenario.seed, "case": name, "scheme": scheme, **kept})
    return rows


def mistakes(options: argparse.Namespace) -> None:
    """Print what each mistake of the twin costs."""
    _study(options, "mistakes", one_mistake, list(MISTAKES))


def learning(options: argparse.Namespace) -> None:
    """Print what reports are worth."""
    _study(options, "learning", one_learning, list(REPORTS))


def _study(options: argparse.Namespace, name: str, one: Callable[..., list[dict[str, Any]]], cases: list[str]) -> None:
    asked = [(regime, seed, case) for seed in seeds_of(options) for regime in REGIMES for case in cases]
    rows = [row for found in _over_cores(one, asked) for row in found]
    told = (
        f"Seed by seed over the {seeds_in_words(options.seeds)}, {USERS} users, {SUBBANDS} sub-bands of 5 MHz, two "
        f"windows of four cycles of 5 s, with 95 % intervals; computed by python -m benchmarks.twin_beliefs {name}."
    )
    path = Path(options.output)
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known[name] = {"told": told, "code_version": code_version(), "cases": cases, "rows": rows}
    write_text(path, json.dumps(known) + "\n")
    for regime in REGIMES:
        for scheme in SCHEMES:
            print(f"\n{regime}, {scheme}: mean backlog in Mbit, and the change from '{cases[0]}' seed by seed")
            _table(rows, regime, scheme, cases)
    print(f"\nviolations over all {len(rows)} runs: {sum(row['violations'] for row in rows)}")


def _table(rows: list[dict[str, Any]], regime: str, scheme: str, cases: list[str]) -> None:
    by_case = {
        case: np.array(
            [
                row["mean_backlog_mbit"]
                for row in rows
                if (row["regime"], row["scheme"], row["case"]) == (regime, scheme, case)
            ]
        )
        for case in cases
    }
    for case, series in by_case.items():
        change = series - by_case[cases[0]]
        half = student.ppf(0.975, change.size - 1) * change.std(ddof=1) / np.sqrt(change.size)
        print(f"  {case:28} {series.mean():8.0f}   {change.mean():+7.0f} +- {half:.0f}")


def _over_cores(one: Callable[..., Any], cases: list[Any]) -> list[Any]:
    with ProcessPoolExecutor(PROCESSES) as pool:
        return list(pool.map(one, cases))


def seeds_of(options: argparse.Namespace) -> range:
    """Return the seeds that are asked for as first:last + 1."""
    first, last = (int(part) for part in options.seeds.split(":"))
    return range(first, last)


def main() -> None:
    """Run one benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for command in (intervals, mistakes, learning):
        one = commands.add_parser(command.__name__)
        one.add_argument("--seeds", default=sized("1:11", "1:3"))
        one.add_argument("--output", default=stored(BELIEFS), help="default: the file that the page shows")
        one.set_defaults(command=command)
    options = parser.parse_args()
    options.command(options)


if __name__ == "__main__":
    main()
