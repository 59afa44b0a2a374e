"""Do promises hold? ``python -m benchmarks.promises [held | robust] [--presets ...] [--seeds 1:4]``.

``held``: for every preset a plan of ``--method``, its promise from ``--worlds`` drawn worlds, and the share of
``--checked`` other worlds, drawn neither in planning nor for the promise, that reach the 95 % value. ``robust``: for
every preset and seed the planner's plain flight and one chosen on ``--robust`` drawn worlds, both in the same
``--compared`` worlds that neither has seen: mean, worst tenth and 95 % value, with intervals of the differences world
by world; straight flights in the first ``--straight`` of them say how much flights matter there at all. Every world is
judged by the method's own rule. Flights and worlds are kept in ``--log``: a study that was cut short goes
on where it stopped.
"""

from __future__ import annotations

import os

for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

import argparse
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.kept import KeptRows, Row
from benchmarks.smoke import sized, stored
from benchmarks.timing import print_machine
from itnt_core.arrays import Array
from itnt_core.cached import cached_property
from itnt_core.intervals import interval
from itnt_core.methods import METHODS, PlannedFlight, quiet, settings_of, slot_rule
from itnt_core.network import World, WorldDraws, build_world, evaluate
from itnt_core.presets import preset
from itnt_core.promise import JUDGED, SHARE, promised, worst_tenth
from itnt_core.runs import cache_folder

CHECKED = "checked"  # the purpose of draws that neither planning nor promise has seen
LOW, HIGH = 0.93, 0.97  # where the share is to lie
RESAMPLES = 2000  # of the worlds, for the interval of a difference of worst tenths
PLAIN: dict[str, Any] = {}
QUICK = {"planner": {"rounds": 1, "shakes": 0}}  # of a smoke run
UNTIMED = {"planner": {"time_limit_s": 36_000.0}}  # a busy machine must not change the answer


@dataclass(frozen=True)
class Flight:
    """A flight by a method in a preset, and what it brings in drawn worlds by a method's rule, both kept."""

    preset: str
    seed: int
    method: str
    more: dict[str, Any]  # settings of the method beside those of every flight
    rule: str  # the method whose rule decides slots
    kept: KeptRows

    @property
    def asked(self) -> dict[str, Any]:
        """Return what the flight depends on."""
        return {"preset": self.preset, "seed": self.seed, "method": self.method, "more": self.more}

    @cached_property
    def world(self) -> World:
        """Return the forecast."""
        return build_world(preset(self.preset, seed=self.seed, cache_dir=cache_folder()), cache_dir=cache_folder())

    @cached_property
    def row(self) -> Row:
        """Return the flight with what it was planned to bring in Mbit, and how long that took."""
        return self.kept.row({"of": "flight", **self.asked}, self._planned)

    @cached_property
    def _rule(self) -> PlannedFlight:
        chosen = METHODS[self.rule]
        return PlannedFlight(slot_rule(chosen), np.array(self.row["flight_m"]), _settings(self.rule, {}), self.seed)

    def brought(self, purpose: str, count: int) -> Array:
        """Return the data in Mbit and the served share (2, count) of the first drawn worlds of a purpose."""
        asked = {"of": "world", **self.asked, "rule": self.rule, "purpose": purpose}
        rows = [self.kept.row({**asked, "number": n}, partial(self._judged, purpose, n)) for n in range(count)]
        return np.array([(row["mbit"], row["served"]) for row in rows]).T

    def _planned(self) -> Row:
        started = time.perf_counter()
        plan = METHODS[self.method].solve(self.world, _settings(self.method, self.more), self.seed, quiet)
        wall_s, planned_mbit = time.perf_counter() - started, evaluate(self.world, plan).active.data_service_mbit
        return {"flight_m": plan.positions_m.tolist(), "planned_mbit": planned_mbit, "wall_s": wall_s}

    def _judged(self, purpose: str, number: int) -> Row:
        service = self._rule.service(WorldDraws(self.world, purpose).world(number))
        return {"mbit": float(service.data_mbit), "served": float(service.served_share)}


def _settings(method: str, more: dict[str, Any]) -> Any:
    return settings_of(METHODS[method], {**sized(UNTIMED, QUICK).get(method, {}), **more})


def study_held(kept: KeptRows, options: argparse.Namespace) -> None:
    """Print what plans promise and how many other worlds reach it."""
    print(f"\n{'preset':18}{'method':10}{'planned':>9}{'promised':>10}{'of worlds':>11}{'reached by':>12}{'of':>7}")
    method, inside, names = options.method, 0, options.presets.split(",")
    for name in names:
        flight = Flight(name, options.first, method, PLAIN, method, kept)
        level = promised(flight.brought(JUDGED, options.worlds)[0], SHARE)
        assert level is not None, "too few worlds for a promise"
        share = float((flight.brought(CHECKED, options.checked)[0] >= level.value).mean())
        inside += LOW <= share <= HIGH
        print(
            f"{name:18}{method:10}{flight.row['planned_mbit']:9.0f}{level.value:10.0f}{options.worlds:11}"
            f"{100.0 * share:10.1f} %{options.checked:7}",
            flush=True,
        )
    print(f"{inside} of {len(names)} promises are reached by 93 to 97 % of worlds that were never drawn before")


def study_robust(kept: KeptRows, options: argparse.Namespace) -> None:
    """Print what robust flights bring beside plain ones in worlds that neither has seen."""
    more = {"robust": options.robust, "robust_aim": options.aim}
    print(f"\n{options.robust} worlds in planning, aim {options.aim}; {options.compared} others compared, data in %")
    print(
        f"{'preset':18}{'seed':>4}{'mean Mbit':>11}{'straight':>10}{'robust: mean':>16}{'worst tenth':>24}{'95 %':>8}"
    )
    for name in options.presets.split(","):
        changes = []
        for seed in range(options.first, options.last):
            straight, plain, robust = (
                Flight(name, seed, method, settings, "planner", kept)
                for method, settings in (("straight", PLAIN), ("planner", PLAIN), ("planner", more))
            )
            changes.append(compared(straight, plain, robust, options))
        mean, half = interval([100.0 * change for change in changes])
        print(f"{name:18} worst tenth with robust flights: {mean:+.2f} +- {half:.2f} % over {len(changes)} seeds")


def compared(straight: Flight, plain: Flight, robust: Flight, options: argparse.Namespace) -> float:
    """Print the case of a seed and return the relative change of the worst tenth."""
    first, other = (one.brought(CHECKED, options.compared)[0] for one in (plain, robust))
    base = first.mean()
    without = straight.brought(CHECKED, options.straight)[0] - first[: options.straight]
    mean, half = interval(list(other - first))
    change, low, high = tail_change(first, other)
    levels = [promised(one, SHARE) for one in (first, other)]
    level = f"{100.0 * (levels[1].value / levels[0].value - 1.0):+8.2f}" if levels[0] and levels[1] else f"{'-':>8}"
    print(
        f"{plain.preset:18}{plain.seed:4}{base:11.0f}{100.0 * without.mean() / base:+10.2f}"
        f"{100.0 * mean / base:+9.2f} +- {100.0 * half / base:.2f}"
        f"{100.0 * change:+8.2f} ({100.0 * low:+.2f} to {100.0 * high:+.2f}){level}",
        flush=True,
    )
    return change


def tail_change(plain: Array, robust: Array) -> tuple[float, float, float]:
    """Return the relative change of the worst tenth of worlds (n,), and its 95 % interval: worlds drawn again in pairs.

    Each of the two has a worst tenth of its own.
    """
    generator = np.random.default_rng(0)
    drawn = generator.integers(len(plain), size=(RESAMPLES, len(plain)))
    changes = [worst_tenth(robust[one]) / worst_tenth(plain[one]) - 1.0 for one in drawn]
    low, high = np.quantile(changes, [0.025, 0.975])
    return worst_tenth(robust) / worst_tenth(plain) - 1.0, float(low), float(high)


def main() -> None:
    """Run a study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", nargs="?", choices=("held", "robust"), help="both by default")
    parser.add_argument("--presets", default=sized("london-4km,london-2km,paper-free-space", "tiny"))
    parser.add_argument("--seeds", default=sized("1:4", "1:2"), help="first:last+1; held takes the first")
    parser.add_argument("--method", default="planner", help="of held")
    parser.add_argument("--worlds", type=int, default=sized(1000, 25))
    parser.add_argument("--checked", type=int, default=sized(1000, 20))
    parser.add_argument("--robust", type=int, default=sized(20, 2))
    parser.add_argument("--aim", choices=("mean", "worst"), default="worst")
    parser.add_argument("--compared", type=int, default=sized(100, 5))
    parser.add_argument("--straight", type=int, default=sized(20, 2))
    parser.add_argument("--log", type=Path, default=stored(Path(".itnt") / "promises.jsonl"))
    options = parser.parse_args()
    options.first, options.last = (int(part) for part in options.seeds.split(":"))
    print_machine()
    kept = KeptRows(options.log)
    if options.study != "robust":
        study_held(kept, options)
    if options.study != "held":
        study_robust(kept, options)


if __name__ == "__main__":
    main()
