"""Dispatching without knowing the future: ``python -m benchmarks.dispatch [speed] [train] [study] [bound] [peer]``.

speed: slots of worlds a second of the batched twin in two processes, and of the single environment under
Stable-Baselines3's PPO; and by how many dB the radio map is wrong. train: a policy for each of five seeds, kept in
``.itnt`` (``--ship`` puts the first into the package). study: every dispatcher in the same held-out worlds of three
presets, paired intervals, what hindsight is made of, and a policy on more users than it has seen.
bound: the certified bound in these worlds.
peer: Stable-Baselines3's PPO, judged on held-out worlds on the way: as it comes in two frames of actions, and with
settings of its own (``--frame straight`` alone) beside straight flights.
"""

from __future__ import annotations

import os

for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

import argparse
import itertools
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.smoke import sized, stored
from benchmarks.timing import print_machine
from itnt_core.data_folder import cache_folder, data_path
from itnt_core.dispatch import (
    SHIPPED,
    DispatchDynamics,
    DispatchEnv,
    Dispatcher,
    DispatchOptions,
    Hindsight,
    Knows,
    LearnedDispatcher,
    Nothing,
    RadioMap,
    Replanning,
    Setting,
    Straight,
    dynamics_of,
    greedy,
    held_out_rewards,
    held_out_seeds,
    read_policy,
    reward_bound,
    run_episode,
    write_policy,
)
from itnt_core.intervals import interval
from itnt_core.presets import preset

WORLDS = sized(200, 3)
PRESETS = sized(("london-2km", "london-4km", "london-evening"), ("tiny",))
TAKEN_APART = sized("london-4km", "tiny")  # where hindsight is taken apart
HORIZONS = sized((4, 16, 24), (2, 4, 8))
COMPARED = HORIZONS[1]  # the replanning dispatcher that all others are compared with
TAUGHT = sized((("london-2km", 12), ("london-4km", 24), ("london-evening", 36)), (("tiny", 5),))  # presets, users
TAUGHT_WORLDS, ROUNDS = sized((80, 3), (4, 1))
SEEDS = sized(range(1, 6), range(1, 3))
MORE_USERS = sized(("london-4km", 60), ("tiny", 9))
BATCH, EPISODES = sized((512, 4), (4, 1))
FAST, FAST_USERS = sized(("london-2km", (24, 12)), ("tiny", (5,)))
PEER_STEPS, PEER_PARTS = sized((192_000, 5), (16, 1))  # 200,000 at most, in whole rollouts
# The frames of actions, for each what PPO is told, and its seeds. The settings of the last were chosen in worlds that
# are neither trained in nor held out: whole episodes of many worlds in step, a short memory, small steps beside what is
# flown anyway.
PEER_TUNED = {
    "n_steps": sized(60, 8),  # of each world
    "batch_size": sized(480, 8),
    "n_epochs": 5,
    "gamma": 0.95,
    "learning_rate": 1e-3,
    "policy_kwargs": {"log_std_init": -1.5},
}
PEER_TOGETHER = sized(64, 2)  # worlds in step
PEER_AS_IT_COMES: dict[str, Any] = sized({}, {"n_steps": 16, "batch_size": 8})
PEERS = {
    "map": (PEER_AS_IT_COMES, (1,)),
    "mission": (PEER_AS_IT_COMES, (1,)),
    "straight": (PEER_TUNED, sized((1, 2, 3), (1,))),
}
MAP_M = sized((5.0, 10.0, 20.0, 25.0), (20.0, 50.0))


def stage(name: str, users: int | None = None, **options: Any) -> Setting:
    """Return the setting of a preset."""
    return Setting.of(preset(name, users=users), DispatchOptions(**options), cache_folder())


def batched(gains: str, users: int, barrier: Any, answers: Any) -> None:
    """Step batches of worlds with random actions, and put steps, wall and processor time of it among the answers."""
    setting = stage(FAST, users, gains=gains, unit_mbit=1.0)
    dynamics = DispatchDynamics(setting, BATCH, 1.0)
    slots = setting.world.slots
    actions = np.random.default_rng(1).uniform(-1.0, 1.0, (slots, BATCH, setting.aerial_count, 2))

    def play(seed: int) -> None:
        dynamics.reset(seed + np.arange(BATCH))
        for action in actions:
            dynamics.step(action)

    play(0)
    barrier.wait()
    walls, processors = time.perf_counter(), time.process_time()
    for episode in range(EPISODES):
        play(10_000 * (episode + 1))
    answers.put((EPISODES * BATCH * slots, time.perf_counter() - walls, time.process_time() - processors))


def show_speed() -> None:
    """Print slots of worlds a second, resets included."""
    print(f"\nspeed: {FAST}, {BATCH} worlds in step in each of two processes, a step = one world, one slot")
    context = multiprocessing.get_context(sized("spawn", "fork"))
    rates = {}
    for users, gains in itertools.product(FAST_USERS, ("exact", "map")):
        barrier, answers = context.Barrier(2), context.SimpleQueue()
        started = [context.Process(target=batched, args=(gains, users, barrier, answers)) for _ in range(2)]
        for process in started:
            process.start()
        found = [answers.get() for _ in started]
        for process in started:
            process.join()
        wall = sum(steps for steps, _, _ in found) / max(wall_s for _, wall_s, _ in found)
        rate = sum(steps / processor_s for steps, _, processor_s in found)
        rates.setdefault(gains, rate)
        print(
            f"  {users:2} users, gains {gains:6}{wall:9.0f} steps/s by the clock, {rate:9.0f} by processor time of both"
        )
    setting = stage(FAST, FAST_USERS[0], unit_mbit=1.0)
    single = rate_of_single(setting)
    peer = rate_of_peer(setting)
    print(f"  single environment, random actions   {single:9.0f} steps/s by processor time, one process")
    print(f"  single environment, PPO of Stable-Baselines3 {peer:5.0f} steps/s, updates included")
    print(f"  twin of two processes over that: exact {rates['exact'] / peer:.0f} x, map {rates['map'] / peer:.0f} x")
    for cell_m in MAP_M:
        wrong = np.abs(RadioMap.of(setting, cell_m).errors_db(setting, sized(20_000, 50), 1))
        middle, most = np.quantile(wrong, [0.5, 0.95])
        share = (wrong > 3.0).mean()
        print(
            f"  map of {cell_m:3.0f} m: {middle:.2f} dB median, {most:.1f} dB at 95 %, {100 * share:.1f} % above 3 dB"
        )


def rate_of_single(setting: Setting) -> float:
    """Return steps a second of processor time of the single environment."""
    environment = DispatchEnv(setting=setting)
    environment.action_space.seed(1)
    steps = sized(600, 8)
    environment.reset(seed=1)
    started = time.process_time()
    for _ in range(steps):
        if environment.step(environment.action_space.sample())[2]:
            environment.reset()
    return steps / (time.process_time() - started)


def rate_of_peer(setting: Setting) -> float:
    """Return steps a second of processor time of Stable-Baselines3's PPO on the single environment."""
    from stable_baselines3 import PPO

    steps = sized(2048, 8)
    model = PPO("MlpPolicy", DispatchEnv(setting=setting), n_steps=steps, batch_size=sized(64, 4), device="cpu")
    started = time.process_time()
    model.learn(steps)
    return steps / (time.process_time() - started)


def policy_file(seed: int) -> Path:
    """Return where a trained policy is kept."""
    return stored(data_path() / "dispatch" / f"policy-{seed}.npz")


def show_train(files: dict[int, Path], ship: bool) -> None:
    """Train a policy for each seed, and print what it took and what it left unexplained."""
    from itnt_core.dispatch.training import TrainingOptions, train

    stages = [dynamics_of(stage(name, users, unit_mbit=1.0), TAUGHT_WORLDS) for name, users in TAUGHT]
    told = ", ".join(f"{name} with {users} users" for name, users in TAUGHT)
    print(f"\ntrain: {told}; {TAUGHT_WORLDS} worlds each in each of {ROUNDS} rounds")
    for seed, path in files.items():
        left: list[float] = []
        started = time.process_time()
        weights = train(stages, seed, TrainingOptions(rounds=ROUNDS), lambda _, error, left=left: left.append(error))  # type: ignore[misc]
        taken_s = time.process_time() - started
        weights = replace(weights, about={**weights.about, "stages": told, "command": "benchmarks.dispatch train"})
        for target in (path, SHIPPED) if ship and seed == SEEDS[0] else (path,):
            target.parent.mkdir(parents=True, exist_ok=True)
            write_policy(target, weights)
        rounds = " ".join(f"{error:.3f}" for error in left)
        slots = weights.about["slots"]
        print(
            f"  seed {seed}: {slots:,} slots of worlds, {taken_s:.0f} s of processor time, unexplained after rounds "
            f"{rounds}, {path.stat().st_size:,} bytes, sha256 {weights.content_hash[:12]}",
            flush=True,
        )


def rewards(dynamics: DispatchDynamics, dispatcher: Dispatcher) -> tuple[np.ndarray, float]:
    """Return the mean reward of a slot in every held-out world (n,), and milliseconds of a decision for a world."""
    started = time.process_time()
    found = held_out_rewards(dynamics, dispatcher)
    return found, 1e3 * (time.process_time() - started) / dynamics.count / dynamics.setting.world.slots


def show_study(files: dict[int, Path]) -> None:
    """Print every dispatcher on the same held-out worlds, and pairs against replanning."""
    shares: dict[str, list[np.ndarray]] = {}
    for name in PRESETS:
        dynamics = dynamics_of(stage(name), WORLDS)
        setting = dynamics.setting
        print(f"\nstudy: {name}, {WORLDS} held-out worlds, a reward of 1 is {dynamics.unit_mbit:.3f} Mbit a slot")
        rows: dict[str, Dispatcher] = {"nothing": Nothing(), "straight": Straight(), "greedy": greedy(setting)}
        rows |= {f"replanning {horizon}": Replanning(setting, horizon) for horizon in HORIZONS}
        rows |= {f"learned, seed {seed}": LearnedDispatcher(setting, read_policy(path)) for seed, path in files.items()}
        rows["hindsight"] = Hindsight(dynamics, HORIZONS[2])
        if name == TAKEN_APART:
            shadowing, demand = Knows(demand=False, satellites=False), Knows(shadowing=False, satellites=False)
            rows["hindsight of shadowing alone"] = Hindsight(dynamics, HORIZONS[2], shadowing)
            rows["hindsight of demand alone"] = Hindsight(dynamics, HORIZONS[2], demand)
        found = {row: rewards(dynamics, dispatcher) for row, dispatcher in rows.items()}
        learned = np.mean([found[f"learned, seed {seed}"][0] for seed in files], axis=0)
        base = found[f"replanning {COMPARED}"][0]
        for row, (reward, taken_ms) in found.items():
            print(f"  {row:30}{_told(reward, base)}   {taken_ms:6.2f} ms a decision", flush=True)
        print(f"  {'learned, mean of the seeds':30}{_told(learned, base)}")
        best = max((found[f"replanning {horizon}"][0] for horizon in HORIZONS), key=np.mean)
        for row, reward, other in (
            (f"learned over replanning {COMPARED}", learned, base),
            ("learned over the best horizon of each preset", learned, best),
            (f"hindsight over replanning {COMPARED}", found["hindsight"][0], base),
        ):
            shares.setdefault(row, []).append((reward - other) / other.mean())
    print()
    for row, parts in shares.items():
        mean, half = interval(np.concatenate(parts).tolist())
        print(f"{row}, all worlds: {100 * mean:+.1f} % +- {100 * half:.1f} %")
    show_more_users(files)


def show_bound() -> None:
    """Print the certified bound in the same held-out worlds, and how far below it hindsight stays."""
    print()
    for name in PRESETS:
        dynamics = dynamics_of(stage(name), WORLDS)
        hindsight, _ = rewards(dynamics, Hindsight(dynamics, HORIZONS[2]))
        dynamics.reset(held_out_seeds(WORLDS))
        bound = reward_bound(dynamics)
        (mean, half), (of_hindsight, around) = interval(bound.tolist()), interval(hindsight.tolist())
        told = f"bound {mean:.3f} +- {half:.3f}, hindsight {of_hindsight:.3f} +- {around:.3f}"
        print(f"bound: {name}, {told}, {(hindsight > bound).sum()} of {WORLDS} worlds above it", flush=True)


def show_more_users(files: dict[int, Path]) -> None:
    """Print what policies do with more users than they have seen."""
    name, users = MORE_USERS
    dynamics = dynamics_of(stage(name, users), WORLDS)
    base, _ = rewards(dynamics, Replanning(dynamics.setting, COMPARED))
    found = [rewards(dynamics, LearnedDispatcher(dynamics.setting, read_policy(path)))[0] for path in files.values()]
    print(f"\n{name} with {users} users: learned, mean of the seeds{_told(np.mean(found, axis=0), base)}")


def _told(reward: np.ndarray, base: np.ndarray) -> str:
    (mean, half), (more, around) = interval(reward.tolist()), interval((reward - base).tolist())
    return f"{mean:7.3f} +- {half:.3f}   against replanning {COMPARED}: {more:+.3f} +- {around:.3f}"


def show_peer(frames: Sequence[str]) -> None:
    """Print how Stable-Baselines3's PPO does on held-out worlds as it learns, by what its actions are added to."""
    for frame in frames:
        settings, seeds = PEERS[frame]
        for seed in seeds:
            show_peer_in(frame, settings, seed)


def show_peer_in(frame: str, settings: dict[str, Any], seed: int) -> None:
    """Print the same for one frame and one seed of PPO's."""
    from benchmarks.peer import PPO, WorldsInStep, judged

    name = PRESETS[0]
    dynamics = dynamics_of(stage(name, frame=frame), WORLDS)
    setting = Setting(dynamics.setting.world, replace(dynamics.setting.options, unit_mbit=dynamics.unit_mbit))
    seeds = held_out_seeds(WORLDS)
    straight = run_episode(dynamics, Straight(), seeds).mean(axis=1)
    told = f"{name}, frame {frame}, seed {seed}, {WORLDS} held-out worlds"
    print(f"\npeer: PPO of Stable-Baselines3, {told}; nothing earns 0, straight {straight.mean():.3f}")
    together = PEER_TOGETHER if settings is PEER_TUNED else 1
    worlds = WorldsInStep(dynamics_of(setting, together), seed) if together > 1 else DispatchEnv(setting=setting)
    model = PPO("MlpPolicy", worlds, seed=seed, device="cpu", **settings)
    for _part in range(PEER_PARTS):
        model.learn(PEER_STEPS // PEER_PARTS, reset_num_timesteps=False)
        reward = judged(model, dynamics, seeds)
        (mean, half), (more, around) = interval(reward.tolist()), interval((reward - straight).tolist())
        against = f"against straight: {more:+.3f} +- {around:.3f}"
        print(f"  {model.num_timesteps:8,} steps: {mean:6.3f} +- {half:.3f}   {against}", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the chosen parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["speed", "train", "study", "bound"])
    parser.add_argument("--ship", action="store_true", help="put the policy of the first seed into the package")
    parser.add_argument("--frame", choices=list(PEERS), help="of peer, one alone")
    options = parser.parse_args(arguments)
    import torch

    torch.set_num_threads(1)
    print_machine()
    files = {seed: policy_file(seed) for seed in SEEDS}
    for part in options.parts:
        {
            "speed": show_speed,
            "train": lambda: show_train(files, options.ship),
            "study": lambda: show_study(files),
            "bound": show_bound,
            "peer": lambda: show_peer([options.frame] if options.frame else list(PEERS)),
        }[part]()


if __name__ == "__main__":
    main()
