"""Double deep Q-learning (van Hasselt et al. 2016) over a fixed table of moves: the T-DDQN baseline's pilot.

27 moves: eight headings at full speed or hovering, each while sinking, holding or climbing. One network serves all
aerial users. A move is what the continuous pilot's action would be, so the environment need not know who flies.
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

HEADINGS = 8  # of a move, evenly round; staying is one more


@dataclass(frozen=True)
class DdqnOptions:
    """Choices of the algorithm."""

    hidden: int = 256
    rate: float = 5e-4
    discount: float = 0.9
    target_share: float = 2e-2
    batch: int = 256
    capacity: int = 50_000
    layer_norm: bool = True
    first_noise: float = 1.0
    last_noise: float = 0.05


def move_table() -> Tensor:
    """Return the 27 moves, shape (27, 3), as speed, heading and height actions in [-1, 1].

    Full speed is 1 and hovering -1 in both kinds of course; headings count from the destination's direction, or east.
    """
    ways = [(-1.0, 0.0)] + [(1.0, -1.0 + 2.0 * number / HEADINGS) for number in range(HEADINGS)]
    return torch.tensor([(speed, heading, height) for speed, heading in ways for height in (-1.0, 0.0, 1.0)])


class Ddqn(Learner):
    """A Q network over the moves, its slow copy and a replay memory."""

    PARTS = ("values", "slow_values", "optimiser", "memory")
    NOISE_PACE = 1.5

    options: DdqnOptions

    def __init__(self, state_size: int, options: DdqnOptions, seed: int):
        self.options, self.action_size = options, 3
        self.moves = move_table()
        sizes = [state_size, options.hidden, options.hidden, len(self.moves)]
        self.values = seeded(seed, lambda: mlp(sizes, options.layer_norm))
        self.slow_values = copy.deepcopy(self.values)
        self.optimiser = Adam(self.values.parameters(), options.rate)
        self.memory = ReplayMemory(options.capacity, state_size, 1, seed)
        self.generator = torch.Generator().manual_seed(seed)
        self._chosen = torch.zeros(0, dtype=torch.long)

    @torch.no_grad()
    def act(self, state: Tensor, exploration: float = 0.0, calm: int = 0) -> Tensor:
        """Return moves (n, 3); a random one with probability ``exploration``, never in the first ``calm`` rows."""
        chosen = self.values(state).argmax(dim=1)
        if exploration > 0.0:
            anything = torch.randint(len(self.moves), chosen.shape, generator=self.generator)
            lucky = torch.rand(chosen.shape, generator=self.generator) < exploration
            lucky[:calm] = False
            chosen = torch.where(lucky, anything, chosen)
        self._chosen = chosen
        return self.moves[chosen]

    def start_episode(self) -> None:
        """Do nothing: the exploration has no memory."""

    def remember(self, state: Tensor, action: Tensor, reward: Tensor, next_state: Tensor, terminal: bool) -> None:
        """Store one step of n users: states (n, size), rewards (n,); the moves are those chosen last.

        What became of them on the way, ``action`` (n, 3), does not count.
        """
        del action
        ends = torch.full((len(state), 1), float(terminal))
        self.memory.add(state=state, action=self._chosen.float(), reward=reward, next_state=next_state, terminal=ends)

    def learn(self) -> dict[str, float]:
        """Update from one random batch; return the loss and the mean Q value."""
        if self.memory.filled < self.options.batch:
            return {}
        batch = self.memory.sample(self.options.batch)
        value = self.values(batch["state"]).gather(1, batch["action"].long())
        loss = nn.functional.smooth_l1_loss(value, self._target(batch))
        descend(self.optimiser, loss)
        follow(self.slow_values, self.values, self.options.target_share)
        return {"critic_loss": float(loss.detach()), "q": float(value.detach().mean())}

    @torch.no_grad()
    def _target(self, batch: dict[str, Tensor]) -> Tensor:
        """Return r + gamma Q'(s', argmax Q(s', .)): the fast network chooses, the slow one judges."""
        best = self.values(batch["next_state"]).argmax(dim=1, keepdim=True)
        future = self.slow_values(batch["next_state"]).gather(1, best)
        return batch["reward"] + self.options.discount * (1.0 - batch["terminal"]) * future

    def policy(self) -> dict[str, Any]:
        """Return the Q network's weights."""
        return self.values.state_dict()

    def load_policy(self, weights: dict[str, Any]) -> None:
        """Take over a Q network's weights, also as the slow copy's."""
        self.values.load_state_dict(weights)
        self.slow_values.load_state_dict(weights)
