"""What all learning agents share: the exploration's schedule and their checkpoint."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

import torch


class ExplorationOptions(Protocol):
    """The part of an agent's options that the schedule reads."""

    @property
    def first_noise(self) -> float:
        """Return the exploration at the start."""

    @property
    def last_noise(self) -> float:
        """Return the exploration at the end."""


class Learner:
    """An agent with options, a generator of its own, and named parts that make up its checkpoint."""

    PARTS: ClassVar[tuple[str, ...]]
    NOISE_PACE: ClassVar[float] = 1.0  # the last noise is reached after 1 / pace of the training

    options: ExplorationOptions
    generator: torch.Generator
    updates: int = 0

    def exploration(self, done_share: float) -> float:
        """Return the exploration after a share of the training: straight from first to last."""
        first, last = self.options.first_noise, self.options.last_noise
        return first + (last - first) * min(1.0, self.NOISE_PACE * done_share)

    def state_dict(self) -> dict[str, Any]:
        """Return everything that a checkpoint needs for going on as if nothing had happened."""
        state = {name: getattr(self, name).state_dict() for name in self.PARTS}
        return state | {"generator": self.generator.get_state(), "updates": self.updates}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a checkpoint."""
        for name in self.PARTS:
            getattr(self, name).load_state_dict(state[name])
        self.generator.set_state(state["generator"])
        self.updates = int(state["updates"])
