"""Replay memory in arrays that are allocated once."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

FIELDS = ("state", "action", "reward", "next_state", "terminal")


class ReplayMemory:
    """The last ``capacity`` transitions; sampling is uniform and with replacement, from its own generator."""

    def __init__(self, capacity: int, state_size: int, action_size: int, seed: int):
        sizes = {"state": state_size, "action": action_size, "reward": 1, "next_state": state_size, "terminal": 1}
        self.data = {name: torch.zeros((capacity, sizes[name])) for name in FIELDS}
        self.capacity, self.next, self.filled = capacity, 0, 0
        self.generator = torch.Generator().manual_seed(seed)

    def add(self, **rows: Tensor) -> None:
        """Store rows (n, size) of every field; the oldest ones make room."""
        count = len(rows["state"])
        place = (self.next + torch.arange(count)) % self.capacity
        for name in FIELDS:
            self.data[name][place] = rows[name].reshape(count, -1)
        self.next = (self.next + count) % self.capacity
        self.filled = min(self.capacity, self.filled + count)

    def sample(self, count: int) -> dict[str, Tensor]:
        """Return ``count`` random transitions, each field (count, size)."""
        rows = torch.randint(self.filled, (count,), generator=self.generator)
        return {name: self.data[name][rows] for name in FIELDS}

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint needs: the filled rows and the generator."""
        filled = {name: self.data[name][: self.filled].clone() for name in FIELDS}
        return {"rows": filled, "next": self.next, "generator": self.generator.get_state()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a checkpoint."""
        self.filled, self.next = len(state["rows"]["state"]), int(state["next"])
        for name in FIELDS:
            self.data[name][: self.filled] = state["rows"][name]
        self.generator.set_state(state["generator"])
