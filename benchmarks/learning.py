"""The learned methods: ``python -m benchmarks.learning [speed] [time] [ablation] [quality] [controls]`` (else all).

speed: environment steps a second, updates included, ours against Stable-Baselines3's DDPG and against the same
algorithm on one environment as single-file implementations run it; same environment, network sizes and batch.
time: how long the default training takes to 95 % of what it ends with. ablation: each option of the algorithm taken
away alone. quality: data service against the planner and the baselines, read from the figure that
``python -m itnt_core reproduce fig2`` has computed. controls: what learning adds, part by part and seed against seed,
read from what ``python -m itnt_core reproduce controls`` has computed.
"""

from __future__ import annotations

import os

for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

import argparse
import json
import time
from typing import Any

import numpy as np
import torch

from benchmarks.planners import cached_world
from benchmarks.smoke import sized
from benchmarks.timing import print_machine
from itnt_core.figures.controls import ControlRow, stored_controls
from itnt_core.figures.paper import FIGURE_FOLDER, NAMES, PAPER_ORDER
from itnt_core.intervals import interval
from itnt_core.learning.agents import FactoredAgents, JointAgents
from itnt_core.learning.ddpg import DdpgOptions
from itnt_core.learning.dynamics import ServiceDynamics
from itnt_core.learning.environment import DataServiceEnv, reference
from itnt_core.learning.options import EnvironmentOptions
from itnt_core.learning.training import run_episode
from itnt_core.methods import METHODS, UNTRAINED, ProgressEvent, quiet, settings_of
from itnt_core.network import World, evaluate, find_violations

PRESET, USERS = sized(("london-4km", 24), ("tiny", 4))
HIDDEN, BATCH = sized((128, 256), (8, 8))
STEPS, SOME, MANY = sized((400, 32, 64), (8, 2, 3))  # of the peer; environments of ours
BUDGET = sized({}, {"rounds": 1, "episodes": 1, "environments": 2, "searches": 1, "hidden": 8})
STUDIED_USERS = 24  # of the stored figure
ABLATIONS: dict[str, dict[str, Any]] = {
    "straight flights, no pilot": {"keep_flights": False},
    "as it comes": {},
    "without layer_norm": {"layer_norm": False},
    "without twin_critics": {"twin_critics": False},
    "without target_smoothing": {"target_smoothing": 0.0},
    "without actor_delay": {"actor_delay": 1},
    "without small_last_layer": {"small_last_layer": False},
    "without action_penalty": {"action_penalty": 0.0},
    "without correlated_noise": {"correlated_noise": False},
    "without centred_reward": {"centred_reward": False},
    "without relative_course": {"relative_course": False},
    "without projection": {"projection": False},
    "without nested": {"nested": False},
    "one solution of P1 per round": {"searches": 1},
    "active association": {"associator": "active"},
    "one agent for everything": {"agent": "joint"},
    "the paper's plain DDPG": {"agent": "plain"},
}
ABLATIONS = dict(list(ABLATIONS.items())[: sized(None, 2)])


def batched_rate(world: World, agent: str, count: int, episodes: int = 3) -> float:
    """Return environment steps a second of the batched environment with one update per step of all environments."""
    association, reference_mbit = reference(world)
    dynamics = ServiceDynamics(world, association, count, EnvironmentOptions(), reference_mbit)
    options = DdpgOptions(hidden=HIDDEN, batch=BATCH)
    agents = JointAgents(dynamics, options, 1) if agent == "joint" else FactoredAgents(dynamics, options, 1)
    run_episode(dynamics, agents, 0.3, updates=1)  # fills the memory and warms up
    started = time.perf_counter()
    for _ in range(episodes):
        run_episode(dynamics, agents, 0.3, updates=1)
    return episodes * world.slots * count / (time.perf_counter() - started)


def stable_baselines_rate(world: World, steps: int = STEPS) -> float:
    """Return environment steps a second of Stable-Baselines3's DDPG, an update per step, as it comes."""
    from stable_baselines3 import DDPG

    environment = DataServiceEnv(world=world)
    model = DDPG(
        "MlpPolicy",
        environment,
        learning_starts=BATCH,
        batch_size=BATCH,
        buffer_size=50_000,
        seed=1,
        policy_kwargs={"net_arch": [HIDDEN, HIDDEN]},
        device="cpu",
    )
    model.learn(BATCH + sized(50, 0))
    started = time.perf_counter()
    model.learn(steps, reset_num_timesteps=False)
    return steps / (time.perf_counter() - started)


def single_rate(world: World) -> float:
    """Return environment steps a second of our own DDPG on one environment, an update per step."""
    association, reference_mbit = reference(world)
    dynamics = ServiceDynamics(world, association, 1, EnvironmentOptions(), reference_mbit)
    agents = JointAgents(
        dynamics, DdpgOptions(hidden=HIDDEN, batch=BATCH, twin_critics=False, layer_norm=False, actor_delay=1), 1
    )
    for _ in range(-(-BATCH // world.slots)):
        run_episode(dynamics, agents, 0.3, updates=1)
    started = time.perf_counter()
    for _ in range(4):
        run_episode(dynamics, agents, 0.3, updates=1)
    return 4 * world.slots / (time.perf_counter() - started)


def show_speed() -> None:
    """Print steps a second and ratios, all measured here."""
    world = cached_world(PRESET, USERS, 1)
    rates = {
        "Stable-Baselines3 DDPG, one environment": stable_baselines_rate(world),
        "single-file style DDPG, one environment": single_rate(world),
        "ours, one agent, 32 environments": batched_rate(world, "joint", SOME),
        "ours, pilot and powers, 32 environments": batched_rate(world, "factored", SOME),
        "ours, pilot and powers, 64 environments": batched_rate(world, "factored", MANY),
    }
    peer, single = list(rates.values())[:2]
    print(f"\nspeed: {PRESET}, {USERS} users, two hidden layers of {HIDDEN}, batch {BATCH}, one thread")
    for name, rate in rates.items():
        print(f"  {name:42}{rate:9.0f} steps/s {rate / peer:7.1f} x SB3 {rate / single:7.1f} x single")


def trained(seed: int, settings: dict[str, Any]) -> dict[str, Any]:
    """Train `proposed` and return its data service against straight and planner, and its course over time."""
    world = cached_world(PRESET, USERS, seed)
    world.ground_gains  # noqa: B018 - part of no method
    course: list[tuple[float, float]] = []
    started = time.perf_counter()

    def watch(event: ProgressEvent) -> None:
        if event.metrics and event.objective_mbit is not None:
            course.append((time.perf_counter() - started, event.objective_mbit))

    method = METHODS["proposed"]
    decision = method.solve(world, settings_of(method, {"reference_lines": False, **BUDGET, **settings}), seed, watch)
    wall_s = time.perf_counter() - started
    evaluation = evaluate(world, decision)
    return {
        "mbit": evaluation.active.data_service_mbit,
        "wall_s": wall_s,
        "course": course,
        "violations": len(find_violations(world, decision, evaluation)),
    }


def show_time(seeds: range) -> None:
    """Print when the default training reaches 95 % of what it ends with."""
    print("\ntime: seconds to 95 % of the final data service, and to the end")
    for seed in seeds:
        found = trained(seed, {})
        reached = next(at for at, mbit in found["course"] if mbit >= 0.95 * found["mbit"])
        print(f"  seed {seed}: {reached:6.1f} s of {found['wall_s']:6.1f} s, {found['mbit']:.0f} Mbit")


def show_ablation(seeds: range) -> None:
    """Print the data service with each option taken away, in units of the straight flight's."""
    print(f"\nablation: data service over the straight line's, seeds {seeds[0]} to {seeds[-1]}")
    base = {seed: _straight_mbit(seed) for seed in seeds}
    for name, settings in ABLATIONS.items():
        found = [trained(seed, settings) for seed in seeds]
        ratios = [item["mbit"] / base[seed] for item, seed in zip(found, seeds, strict=True)]
        told = " ".join(f"{ratio:.3f}" for ratio in ratios)
        wall = np.mean([item["wall_s"] for item in found])
        broken = sum(item["violations"] for item in found)
        print(f"  {name:32}{np.mean(ratios):7.3f}   ({told})  {wall:5.0f} s  {broken} violations", flush=True)


def _straight_mbit(seed: int) -> float:
    world, method = cached_world(PRESET, USERS, seed), METHODS["straight"]
    return evaluate(world, method.solve(world, settings_of(method, {}), seed, quiet)).active.data_service_mbit


def show_quality() -> None:
    """Print the stored figure 2 at the default number of users: means, intervals, and shares of the planner."""
    content = json.loads((FIGURE_FOLDER / "fig2.json").read_text(encoding="utf-8"))
    cases = [case for case in content["cases"] if case["users"] == STUDIED_USERS]
    print(f"\nquality: {content['preset']}, {STUDIED_USERS} users, {len(cases)} seeds, code {content['code']}")
    for key in ("planner", *PAPER_ORDER, "straight"):
        mbit, half = interval([case["methods"][key]["mbit"] for case in cases])
        share, share_half = interval(
            [case["methods"][key]["mbit"] / case["methods"]["planner"]["mbit"] for case in cases]
        )
        wall = np.median([case["methods"][key]["wall_s"] for case in cases])
        print(
            f"  {NAMES[key]:20}{mbit:7.0f} +- {half:4.0f} Mbit   {share:.3f} +- {share_half:.3f} of the planner's"
            f"   {wall:5.0f} s"
        )
    for key in PAPER_ORDER[1:]:
        pairs = [case["methods"]["proposed"]["mbit"] / case["methods"][key]["mbit"] for case in cases]
        ratio, half = interval(pairs)
        print(f"  Proposed over {NAMES[key]}, seed by seed: {ratio:.3f} +- {half:.3f}")


def show_controls() -> None:
    """Print the stored controls as the rows of README's table, and what they show."""
    found = stored_controls()
    if found is None:
        raise SystemExit("The controls are not computed: run python -m itnt_core reproduce controls.")
    print(f"\ncontrols: {found.made}")
    for key, row in found.rows.items():
        print(control_line(row, is_base=key == UNTRAINED))
    print(f"violations over all: {sum(row.violations for row in found.rows.values())}")
    for sentence in (found.source, found.parts, found.plain):
        print(sentence)


def control_line(row: ControlRow, is_base: bool) -> str:
    """Return a row of the controls as README has it."""
    gain = "| |" if is_base else f"{row.gain.percent:+z.1f} | {row.gain.interval} |"
    return f"| {row.title} | {row.learned} | {row.mbit:.0f} | {row.share:.3f} | {gain} {row.wall_s:.0f} |"


def main() -> None:
    """Run the chosen parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["speed", "time", "ablation", "quality", "controls"])
    parser.add_argument("--seeds", default=sized("1:4", "1:2"), help="first:last+1 of time and ablation")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print_machine()
    seeds = range(*(int(part) for part in options.seeds.split(":")))
    for part in options.parts:
        {
            "speed": show_speed,
            "time": lambda: show_time(seeds),
            "ablation": lambda: show_ablation(seeds),
            "quality": show_quality,
            "controls": show_controls,
        }[part]()


if __name__ == "__main__":
    main()
