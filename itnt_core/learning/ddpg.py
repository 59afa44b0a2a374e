"""Deep deterministic policy gradient (Lillicrap et al. 2016), plain as in the paper or with what makes it work.

Every addition is an option of its own: layer norm (Ba et al. 2016), twin critics, target smoothing and a delayed actor
(Fujimoto et al. 2018), a small last layer and a penalty on pre-activations against saturated outputs, and
Ornstein-Uhlenbeck exploration. ``DdpgOptions()`` has them all, ``PLAIN`` has none.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from itnt_core.descent import Adam

from .learner import Learner
from .networks import descend, follow, mlp, seeded
from .replay import ReplayMemory


@dataclass(frozen=True)
class DdpgOptions:
    """Choices of the algorithm; rates and sizes first, then the additions to the plain one."""

    hidden: int = 256
    actor_rate: float = 5e-4
    critic_rate: float = 1e-3
    discount: float = 0.9
    target_share: float = 2e-2
    batch: int = 256
    capacity: int = 50_000
    layer_norm: bool = True
    twin_critics: bool = True
    target_smoothing: float = 0.1
    actor_delay: int = 2
    small_last_layer: bool = True
    action_penalty: float = 1e-3
    correlated_noise: bool = True
    first_noise: float = 0.3
    last_noise: float = 0.05


PLAIN = DdpgOptions(
    discount=0.95,
    target_share=5e-3,
    actor_rate=1e-4,
    critic_rate=5e-4,
    batch=128,
    capacity=100_000,
    layer_norm=False,
    twin_critics=False,
    target_smoothing=0.0,
    actor_delay=1,
    small_last_layer=False,
    action_penalty=0.0,
    correlated_noise=False,
    first_noise=0.2,
    last_noise=0.02,
)


class Ddpg(Learner):
    """An actor, one or two critics, their slow copies and a replay memory, over states and actions in [-1, 1]."""

    PARTS = ("actor", "critics", "slow_actor", "slow_critics", "actor_optimiser", "critic_optimiser", "memory")

    options: DdpgOptions

    def __init__(self, state_size: int, action_size: int, options: DdpgOptions, seed: int):
        self.options, self.action_size = options, action_size
        width, norm = options.hidden, options.layer_norm

        def actor() -> nn.Module:
            return mlp([state_size, width, width, action_size], norm, options.small_last_layer)

        def critic() -> nn.Module:
            return mlp([state_size + action_size, width, width, 1], norm)

        count = 2 if options.twin_critics else 1
        self.actor = seeded(seed, actor)
        self.critics = nn.ModuleList([seeded(seed + 1 + number, critic) for number in range(count)])
        self.slow_actor, self.slow_critics = copy.deepcopy(self.actor), copy.deepcopy(self.critics)
        self.actor_optimiser = Adam(self.actor.parameters(), options.actor_rate)
        self.critic_optimiser = Adam(self.critics.parameters(), options.critic_rate)
        self.memory = ReplayMemory(options.capacity, state_size, action_size, seed)
        self.generator = torch.Generator().manual_seed(seed)
        self.noise: Tensor | None = None

    @torch.no_grad()
    def act(self, state: Tensor, exploration: float = 0.0, calm: int = 0) -> Tensor:
        """Return actions (n, action_size) for states (n, state_size).

        ``exploration`` is the noise's spread; the first ``calm`` rows have none.
        """
        action = torch.tanh(self.actor(state))
        if exploration > 0.0:
            noise = exploration * self._next_noise(action.shape)
            noise[:calm] = 0.0
            action = action + noise
        return action.clamp(-1.0, 1.0)

    def start_episode(self) -> None:
        """Forget the correlated noise of the episode before."""
        self.noise = None

    def _next_noise(self, shape: torch.Size) -> Tensor:
        """Return standard noise; correlated noise keeps 85 % of the step before and the same spread."""
        fresh = torch.randn(shape, generator=self.generator)
        if not self.options.correlated_noise:
            return fresh
        kept = 0.85
        self.noise = fresh if self.noise is None else kept * self.noise + (1.0 - kept**2) ** 0.5 * fresh
        return self.noise

    def remember(self, state: Tensor, action: Tensor, reward: Tensor, next_state: Tensor, terminal: bool) -> None:
        """Store one step of n environments: states (n, size) and actions (n, actions), rewards (n,)."""
        ends = torch.full((len(state), 1), float(terminal))
        self.memory.add(state=state, action=action, reward=reward, next_state=next_state, terminal=ends)

    def learn(self) -> dict[str, float]:
        """Update from one random batch; return losses and the mean Q value."""
        if self.memory.filled < self.options.batch:
            return {}
        batch = self.memory.sample(self.options.batch)
        target = self._target(batch)
        both = torch.cat([batch["state"], batch["action"]], dim=1)
        values = [critic(both) for critic in self.critics]
        loss = torch.stack([nn.functional.mse_loss(value, target) for value in values]).sum()
        descend(self.critic_optimiser, loss)
        self.updates += 1
        metrics = {"critic_loss": float(loss.detach()), "q": float(values[0].detach().mean())}
        if self.updates % self.options.actor_delay == 0:
            metrics["actor_loss"] = self._learn_actor(batch["state"])
            follow(self.slow_actor, self.actor, self.options.target_share)
            follow(self.slow_critics, self.critics, self.options.target_share)
        return metrics

    @torch.no_grad()
    def _target(self, batch: dict[str, Tensor]) -> Tensor:
        """Return r + gamma min_i Q_i'(s', mu'(s') + clipped noise), without the future where the episode ends."""
        action = torch.tanh(self.slow_actor(batch["next_state"]))
        if self.options.target_smoothing > 0.0:
            noise = self.options.target_smoothing * torch.randn(action.shape, generator=self.generator)
            action = (action + noise.clamp(-0.25, 0.25)).clamp(-1.0, 1.0)
        both = torch.cat([batch["next_state"], action], dim=1)
        future = torch.stack([critic(both) for critic in self.slow_critics]).amin(dim=0)
        return batch["reward"] + self.options.discount * (1.0 - batch["terminal"]) * future

    def _learn_actor(self, state: Tensor) -> float:
        before = self.actor(state)
        value = self.critics[0](torch.cat([state, torch.tanh(before)], dim=1))
        loss = -value.mean() + self.options.action_penalty * before.pow(2).mean()
        descend(self.actor_optimiser, loss)
        return float(loss.detach())

    def policy(self) -> dict[str, Any]:
        """Return the actor's weights."""
        return self.actor.state_dict()

    def load_policy(self, weights: dict[str, Any]) -> None:
        """Take over an actor's weights, also as the slow copy's."""
        self.actor.load_state_dict(weights)
        self.slow_actor.load_state_dict(weights)
