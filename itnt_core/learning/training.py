"""Training in a batch of environments: one call is one episode of all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from itnt_core.arrays import Array

from .agents import Agents
from .dynamics import ServiceDynamics


@dataclass(frozen=True, eq=False)
class Episode:
    """What n environments did from start to end."""

    positions_m: Array  # (T + 1, n, I, 3)
    share: Array  # (T, n, B, K) of P_max
    sinr: Array  # (T, n, U)
    rate_mbit_s: Array  # (T, n, U)
    reward: Array  # (n,) summed over the slots
    penalty: Array  # (n,)
    energy_j: Array  # (n,)
    losses: dict[str, float]  # means over the updates


def run_episode(dynamics: ServiceDynamics, agents: Agents, exploration: float = 0.0, updates: int = 0) -> Episode:
    """Run one episode of all environments, with ``updates`` learning steps after every slot.

    Environment 0 never explores, so its reward is the policy's own.
    """
    agents.start_episode()
    observation = torch.as_tensor(dynamics.reset())
    positions, shares, outcomes = [dynamics.positions_m], [], []
    metrics: dict[str, list[float]] = {}
    for slot in range(dynamics.world.slots):
        action = agents.act(observation, exploration, calm=1)
        outcome = dynamics.step(action.numpy())
        if updates:
            agents.remember(observation, action, outcome, slot, slot + 1 == dynamics.world.slots)
        for _ in range(updates):
            for name, value in agents.learn().items():
                metrics.setdefault(name, []).append(value)
        observation = torch.as_tensor(outcome.observation)
        positions.append(dynamics.positions_m)
        shares.append(dynamics.share)
        outcomes.append(outcome)
    return Episode(
        np.stack(positions),
        np.stack(shares),
        np.stack([o.sinr for o in outcomes]),
        np.stack([o.rate_mbit_s for o in outcomes]),
        np.sum([o.reward for o in outcomes], axis=0),
        np.sum([o.penalty for o in outcomes], axis=0),
        np.sum([o.energy_j.sum(axis=1) for o in outcomes], axis=0),
        {name: float(np.mean(values)) for name, values in metrics.items()},
    )
