"""Stable-Baselines3's PPO on dispatching: how it does in held-out worlds as it learns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import spaces
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecEnv

from itnt_core.dispatch import DispatchDynamics


class WorldsInStep(VecEnv):
    """The batched twin as Stable-Baselines3 takes environments: every episode is a world of its own."""

    def __init__(self, dynamics: DispatchDynamics, seed: int):
        self.dynamics, self.generator = dynamics, np.random.default_rng(seed)
        observed = spaces.Box(-1.0, 1.0, (dynamics.observer.size,), np.float32)
        super().__init__(dynamics.count, observed, spaces.Box(-1.0, 1.0, (2 * dynamics.setting.aerial_count,)))

    def reset(self) -> np.ndarray:
        """Begin in new worlds; return the observations (n, size)."""
        return self.dynamics.reset(self.generator.integers(2**31, size=self.num_envs))

    def step_async(self, actions: np.ndarray) -> None:
        """Take the actions (n, 2 I)."""
        self.actions = actions

    def step_wait(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[dict[str, Any]]]:
        """Run the slot; return observations (n, size), rewards (n,), whether episodes are over (n,), and infos."""
        outcome = self.dynamics.take(self.actions)
        over = self.dynamics.slot >= self.dynamics.setting.world.slots
        infos = [{"terminal_observation": row} if over else {} for row in outcome.observation]
        observation = self.reset() if over else outcome.observation
        return observation, outcome.reward.astype(np.float32), np.full(self.num_envs, over), infos

    def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """Return nothing for every world: they have no such thing of their own."""
        return [None] * self.num_envs

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Refuse: worlds have nothing of their own to set."""
        raise AttributeError(f"Worlds in step have no '{attr_name}' of their own to set.")

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list[Any]:
        """Refuse: worlds have no methods of their own."""
        raise AttributeError(f"Worlds in step have no method '{method_name}' of their own.")

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
        """Return that no world is wrapped."""
        return [False] * self.num_envs


def judged(model: PPO, dynamics: DispatchDynamics, seeds: Sequence[int] | np.ndarray) -> np.ndarray:
    """Return the mean reward of a slot (n,) that the model's best actions earn in the worlds of seeds (n,)."""
    observation, slots = dynamics.reset(np.asarray(seeds)), dynamics.setting.world.slots
    total = np.zeros(dynamics.count)
    for _ in range(slots):
        action, _ = model.predict(observation, deterministic=True)
        outcome = dynamics.take(action)
        observation, total = outcome.observation, total + outcome.reward
    return np.asarray(total / slots)
