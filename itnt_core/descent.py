"""Adam's steps, with what they need and no more.

An optimiser of torch's loads torch's compiler when it is made, more than a second of processor time in each process,
and looks through a dozen options in every step. The arithmetic here is torch's own function, so its numbers are too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.optim.adam import adam

MEAN_KEPT, SQUARE_KEPT, LEAST_ROOT = 0.9, 0.999, 1e-8  # beta1, beta2 and epsilon of Kingma & Ba 2015


class Adam:
    """Adam (Kingma & Ba 2015) of tensors at one rate; ``decay`` is that of AdamW (Loshchilov & Hutter 2019)."""

    def __init__(self, parameters: Iterable[Tensor], rate: float, decay: float = 0.0):
        self.parameters, self.rate, self.decay = list(parameters), rate, decay
        self._begin()

    def _begin(self) -> None:
        self._means = [torch.zeros_like(one) for one in self.parameters]
        self._squares = [torch.zeros_like(one) for one in self.parameters]
        self._steps = [torch.tensor(0.0) for _ in self.parameters]

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for one in self.parameters:
            one.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move every tensor that has a gradient."""
        moved = [number for number, one in enumerate(self.parameters) if one.grad is not None]
        adam(
            [self.parameters[number] for number in moved],
            [gradient for one in self.parameters if (gradient := one.grad) is not None],
            [self._means[number] for number in moved],
            [self._squares[number] for number in moved],
            [],
            [self._steps[number] for number in moved],
            foreach=True,
            amsgrad=False,
            beta1=MEAN_KEPT,
            beta2=SQUARE_KEPT,
            lr=self.rate,
            weight_decay=self.decay,
            eps=LEAST_ROOT,
            maximize=False,
            decoupled_weight_decay=True,
        )

    def state_dict(self) -> dict[str, Any]:
        """Return the moments and the numbers of steps, in the form that torch's optimisers give them."""
        kept = zip(self._steps, self._means, self._squares, strict=True)
        parts = [{"step": step, "exp_avg": mean, "exp_avg_sq": square} for step, mean, square in kept]
        return {"state": dict(enumerate(parts))}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over moments and numbers of steps, torch's too; a tensor that was never moved has none there."""
        self._begin()
        for number, kept in state["state"].items():
            self._steps[number].copy_(kept["step"])
            self._means[number].copy_(kept["exp_avg"])
            self._squares[number].copy_(kept["exp_avg_sq"])
