"""What the spectrum twin promises, counted: nobody beats perfect forecasts, more never hurts, bounds hold.

Commands of ``python -m benchmarks.twin``; see there.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import numpy as np

from benchmarks.smoke import sized
from itnt_core.runs import cache_folder
from itnt_core.twin import TwinError, TwinScenario, bound_of, gap_of, twin_preset
from itnt_core.twin.environment import Environment, build_environment
from itnt_core.twin.names import IGNORES_SHARED_MOST
from itnt_core.twin.planning.bound import prove_bound
from itnt_core.twin.planning.joint import QUICK, plan_joint
from itnt_core.twin.planning.objective import mean_backlog, slot_queues
from itnt_core.twin.planning.window import Window, find_faults
from itnt_core.twin.schemes import SCHEMES
from itnt_core.twin.simulate import figures, simulate
from tests.twin.brute_force import best_by_enumeration
from tests.twin.windows import random_window, with_backlog

REGIMES = sized(("short-coverage", "near-sufficient"), ("toy",))
SEEDS, CHANGES, WINDOWS, TINY = (sized(many, few) for many, few in ((30, 1), (40, 2), (1000, 4), (60, 2)))
LOADS_MBIT_S = sized((1.0, 10.0, 30.0, 100.0, 300.0, 1000.0), (100.0,))
HURRY = sized({}, {"effort": "quick"})  # how plans are made in a smoke run
PROCESSES = sized(2, 1)  # each loads all it needs, longer than it computes in a smoke run
NO_WORSE, SLACK_MBIT = 0.01, 1.0  # of a figure that counts as no worse, and what is too little to count at all


def _world(scenario: TwinScenario) -> Environment:
    sharing = scenario.sharing.model_copy(update=HURRY)
    return build_environment(scenario.model_copy(update={"sharing": sharing}), cache_dir=cache_folder())


def _value(environment: Environment, scheme: str = "genie") -> float:
    return float(figures(environment, simulate(environment, scheme))["objective_mbit"])


def perfect(options: argparse.Namespace) -> None:
    """Count the worlds in which a scheme falls below the plan with perfect forecasts, and show bound and gap."""
    below, violations, pairs = 0, 0, []
    for regime in REGIMES:
        for seed in range(1, options.seeds + 1):
            world = _world(twin_preset(regime, seed, options.users, cache_folder()))
            found = {key: figures(world, simulate(world, key)) for key in SCHEMES}
            value = {key: row["objective_mbit"] for key, row in found.items()}
            rivals = [value[key] for key in value if key != "genie" and key not in IGNORES_SHARED_MOST]
            below += min(rivals) < (1.0 - NO_WORSE) * value["genie"] - SLACK_MBIT
            violations += sum(int(row["violations"]) for row in found.values())
            bound_mbit = bound_of(world).backlog_mbit
            pairs.append((value["genie"], bound_mbit))
            words = f"best other {min(rivals):.2f}, {_pair_told(*pairs[-1])}"
            print(f"{regime} {seed}: {value['genie']:.2f} Mbit, {words}", flush=True)
    print(
        f"{below} of {len(pairs)} worlds with a scheme below perfect forecasts by more than 1 %; "
        f"{violations} violations; {_gaps_told(pairs)}"
    )


def gaps(options: argparse.Namespace) -> None:
    """Show bound and gap of plans with perfect forecasts alone, over the worlds of ``perfect``."""
    cases = [(regime, seed, options.users) for seed in range(1, options.seeds + 1) for regime in REGIMES]
    pairs = []
    with ProcessPoolExecutor(PROCESSES) as pool:
        for (regime, seed, _), pair in zip(cases, pool.map(_one_gap, cases), strict=True):
            pairs.append(pair)
            print(f"{regime} {seed}: {pair[0]:.2f} Mbit, {_pair_told(*pair)}", flush=True)
    for regime in REGIMES:
        own = [pair for (name, _, _), pair in zip(cases, pairs, strict=True) if name == regime]
        print(f"{regime}: {_gaps_told(own)}")
    print(_gaps_told(pairs))


def _one_gap(case: tuple[str, int, int]) -> tuple[float, float | None]:
    regime, seed, users = case
    world = _world(twin_preset(regime, seed, users, cache_folder()))
    return _value(world), bound_of(world).backlog_mbit


def _pair_told(waits_mbit: float, bound_mbit: float | None) -> str:
    if bound_mbit is None:
        return "no bound"
    gap = gap_of(waits_mbit, bound_mbit)
    return f"bound {bound_mbit:.2f}, " + ("next to nothing waits" if gap is None else f"gap {100 * gap:.0f} %")


def _gaps_told(pairs: list[tuple[float, float | None]]) -> str:
    """Return mean and median gap of pairs (what waits, bound), and the gap of all that waits together."""
    known = [(waits, bound_mbit) for waits, bound_mbit in pairs if bound_mbit is not None]
    found = [gap for gap in (gap_of(*pair) for pair in known) if gap is not None]
    if not found:
        return f"no gap in {len(pairs)} worlds"
    all_of_it = 1.0 - sum(bound_mbit for _, bound_mbit in known) / sum(waits for waits, _ in known)
    return (
        f"gap in {len(found)} of {len(pairs)} worlds {100 * np.mean(found):.1f} % mean, {100 * np.median(found):.1f} % "
        f"median, {100 * all_of_it:.1f} % of all that waits"
    )


def _more(scenario: TwinScenario, generator: np.random.Generator) -> tuple[str, TwinScenario]:
    """Return a scenario with more of one resource, and which."""
    network, sharing = scenario.network, scenario.sharing
    kind = ("satellites", "EIRP", "feeder", "headroom", "sub-bands")[int(generator.integers(5))]
    if kind == "satellites":
        fewer = scenario.model_copy(update={"network": network.model_copy(update={"passes": network.passes[:1]})})
        return kind, fewer
    if kind == "sub-bands":
        radio = network.radio.model_copy(update={"subchannels": network.radio.subchannels - 1})
        lower = sharing.model_copy(update={"shared_most": min(sharing.shared_most, radio.subchannels)})
        return kind, scenario.model_copy(
            update={"network": network.model_copy(update={"radio": radio}), "sharing": lower}
        )
    change = {
        "EIRP": {"satellite_eirp_dbw_per_mhz": float(generator.uniform(0.0, 45.0))},
        "feeder": {"feeder_mbit_s": float(generator.uniform(5.0, 200.0))},
        "headroom": {"headroom": 0.0},
    }[kind]
    return kind, scenario.model_copy(update={"sharing": sharing.model_copy(update=change)})


def resources(options: argparse.Namespace) -> None:
    """Count the changes in which more of a resource leaves more waiting, with a twin that is right."""
    generator, worse = np.random.default_rng(0), 0
    right = TwinError(csi_tn_sigma_db=0.0, csi_ntn_sigma_db=0.0, traffic_sigma=0.0)
    for number in range(options.changes):
        regime = REGIMES[number % len(REGIMES)]
        scenario = twin_preset(regime, 1 + number // len(REGIMES), options.users, cache_folder())
        traffic = scenario.traffic.model_copy(update={"forecaster": "perfect"})
        scenario = scenario.model_copy(update={"error": right, "traffic": traffic})
        kind, less = _more(scenario, generator)
        scheme = "joint_refine" if kind == "headroom" else "genie"
        before, after = _value(_world(less), scheme), _value(_world(scenario), scheme)
        hurts = after > (1.0 + NO_WORSE) * before + SLACK_MBIT
        worse += hurts
        print(f"{regime}: more {kind}: {before:.2f} to {after:.2f} Mbit{'  HURTS' if hurts else ''}", flush=True)
    print(f"{worse} of {options.changes} changes in which more hurts")


def loads(options: argparse.Namespace) -> None:
    """Count the broken constraints at loads up to far beyond what can be served."""
    violations, runs = 0, 0
    for regime in REGIMES:
        for load in LOADS_MBIT_S:
            scenario = twin_preset(regime, 1, options.users, cache_folder())
            traffic = scenario.traffic.model_copy(update={"mean_load_mbit_s": load})
            world = _world(scenario.model_copy(update={"traffic": traffic}))
            found = {key: figures(world, simulate(world, key)) for key in SCHEMES}
            broken = sum(int(row["violations"]) for row in found.values())
            violations, runs = violations + broken, runs + len(found)
            waits = found["joint_refine"]["mean_backlog_mbit"]
            print(f"{regime}, {load:g} Mbit/s a user: {waits:,.1f} Mbit wait, {broken} constraints broken", flush=True)
    print(f"{violations} constraints broken in {runs} runs at loads up to {max(LOADS_MBIT_S):,g} Mbit/s a user")


def _adversarial(seed: int) -> Window:
    """Return a random window, every other one at an extreme: loud, silent, overloaded, idle, capped, one slot, many."""
    generator = np.random.default_rng(seed)
    size = {
        "stations": int(generator.integers(1, 4)),
        "beams": int(generator.integers(0, 3)),
        "users": int(generator.integers(1, 5)),
        "subbands": int(generator.integers(1, 4)),
        "cycles": int(generator.integers(1, 3)),
    }
    load = float(10.0 ** generator.uniform(-1.0, 4.0 if seed % 2 else 2.5))
    window = random_window(seed, **size, load_mbit=load, station_decades=float(generator.uniform(0.5, 8.0)))
    window = replace(with_backlog(window, seed), shared_most=int(generator.integers(0, size["subbands"] + 1)))
    if seed % 3 == 0:
        window = replace(window, efficiency_cap=float(generator.uniform(0.5, 8.0)))
    if seed % 5 == 0 and size["beams"]:
        window = replace(window, feeder_mbit_s=float(10.0 ** generator.uniform(-1.0, 2.0)))
    if seed % 4 == 0:
        window = replace(window, slot_part=generator.dirichlet(np.ones(3), window.arrivals_mbit.shape))
    return window


def bound(options: argparse.Namespace) -> None:
    """Count the random windows in which a plan lies below the bound, and those whose plan breaks a constraint."""
    broken, faults, gaps = 0, 0, []
    for seed in range(options.windows):
        window = _adversarial(seed)
        plan = plan_joint(window, effort=QUICK).at.plan
        value = mean_backlog(slot_queues(window, plan), window.weight)
        found = prove_bound(window, rounds=6, nodes=3000).backlog_mbit
        assert found is not None
        broken += found > value * (1.0 + 1e-6) + 1e-6
        faults += bool(find_faults(window, plan))
        gap = gap_of(value, found)
        gaps += [] if gap is None else [gap]
    print(
        f"{broken} of {options.windows} windows with a plan below the bound, {faults} with a fault; "
        f"gap of quick plans in {len(gaps)} {100 * np.mean(gaps):.1f} % mean, {100 * np.median(gaps):.1f} % median"
    )


def tiny(options: argparse.Namespace) -> None:
    """Compare plans of tiny windows with enumeration and search."""
    gaps, started = [], time.process_time()
    for seed in range(options.windows):
        window = random_window(seed)
        value = plan_joint(window).backlog_mbit
        best = min(value, best_by_enumeration(window))
        gaps.append((value - best) / max(1.0, best))
    elapsed = (time.process_time() - started) / max(1, options.windows)
    mean, worst = 100 * np.mean(gaps), 100 * max(gaps)
    print(f"{options.windows} tiny windows: {mean:.2f} % mean, {worst:.1f} % worst above the best")
    print(f"{elapsed:.2f} s of CPU each, enumeration included")


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands to those of ``python -m benchmarks.twin``."""
    users = sized(14, 2)
    for name, command, words in (
        ("perfect", perfect, "nobody below perfect forecasts"),
        ("gaps", gaps, "bound and gap of plans with perfect forecasts"),
        ("loads", loads, "nothing is broken at any load"),
        ("resources", resources, "more of a resource never hurts"),
        ("bound", bound, "the bound on random windows"),
        ("tiny", tiny, "plans of tiny windows against enumeration"),
    ):
        parser = commands.add_parser(name, help=words)
        parser.add_argument("--users", type=int, default=users)
        parser.add_argument("--seeds", type=int, default=SEEDS)
        parser.add_argument("--changes", type=int, default=CHANGES)
        parser.add_argument("--windows", type=int, default=TINY if name == "tiny" else WINDOWS)
        parser.set_defaults(command=command)
