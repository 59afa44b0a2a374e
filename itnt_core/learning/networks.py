"""Small networks, built the same for the same seed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from itnt_core.descent import Adam

SMALL = 1e-2  # first actions lie near zero (Lillicrap et al. 2016, section 7, start the last layer near it)


def seeded(seed: int, build: Callable[[], nn.Module]) -> nn.Module:
    """Return what ``build`` makes with torch's global generator set to a seed and put back afterwards."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build()


def mlp(sizes: Sequence[int], layer_norm: bool = False, small_last: bool = False) -> nn.Sequential:
    """Return a ReLU network; ``layer_norm`` after each hidden layer, ``small_last`` starts the output near zero."""
    layers: list[nn.Module] = []
    for number, (size, following) in enumerate(itertools.pairwise(sizes)):
        layers.append(nn.Linear(size, following))
        if number < len(sizes) - 2:
            layers += [nn.LayerNorm(following)] * layer_norm + [nn.ReLU()]
    last = layers[-1]
    if small_last and isinstance(last, nn.Linear):
        with torch.no_grad():
            last.weight.mul_(SMALL)
            last.bias.zero_()
    return nn.Sequential(*layers)


@torch.no_grad()
def follow(target: nn.Module, source: nn.Module, share: float) -> None:
    """Move a target network's weights towards the source by a share (soft update)."""
    for slow, fast in zip(target.parameters(), source.parameters(), strict=True):
        slow.lerp_(fast, share)


def descend(optimiser: Adam, loss: Tensor, largest_norm: float = 10.0) -> None:
    """Take one step down a loss (a tensor of shape ()), with the gradient's norm limited."""
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(optimiser.parameters, largest_norm)
    optimiser.step()
