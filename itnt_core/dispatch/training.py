"""Training of a dispatcher by what hindsight says; the one place here that needs torch.

In drawn worlds every move is scored twice: as far as is known, and with the future known. A small network learns the
mean of the second from the first and from the situation, and the dispatcher takes the move of which hindsight may be
expected to think best (hindsight optimisation: Chong, Givan and Chang, A framework for simulation-based network control
via hindsight optimization, IEEE CDC 2000). So each situation teaches about all moves at once, where a reward teaches
about the one that was made. Situations are those that the replanning dispatcher gets into and then, round by round, the
learned one itself (Ross, Gordon and Bagnell, DAgger, AISTATS 2011).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from itnt_core.descent import Adam

from .dispatchers import Hindsight
from .dynamics import DispatchDynamics
from .features import HORIZONS, SCALE_MBIT, SIZE, Features
from .moves import best_actions
from .policy import HIDDEN, PolicyWeights

FloatArray = NDArray[np.float32]
GATHERING = 0.75  # share of a round's time that finding situations takes; the rest is learning
Watch = Callable[[float], None]  # hears which share is done


@dataclass(frozen=True)
class TrainingOptions:
    """How much a dispatcher is taught."""

    rounds: int = 3  # of gathering situations and learning from all of them
    every: int = 6  # slots between situations of one world, which are alike
    wander: float = 0.2  # share of slots in which any move is made instead of the best
    epochs: int = 4  # over all situations so far, in each round
    batch: int = 512  # situations
    learning_rate: float = 2e-3  # falls evenly to a tenth
    weight_decay: float = 1e-4


class MoveNet(nn.Module):
    """Scores moves in Mbit: the plan's score over the longest horizon, and what a network adds."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(SIZE, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, HIDDEN), nn.Tanh())
        self.head = nn.Linear(HIDDEN, 1, bias=False)
        self.trust = nn.Parameter(torch.tensor([0.0] * (len(HORIZONS) - 1) + [SCALE_MBIT[-1]]))
        nn.init.zeros_(self.head.weight)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return the scores (rows, F) of features (rows, F, SIZE)."""
        scores: torch.Tensor = self.head(self.body(features))[..., 0] + features[..., : len(HORIZONS)] @ self.trust
        return scores

    def weights(self) -> dict[str, FloatArray]:
        """Return the policy's numbers by their names in files, of the shapes that files have."""
        first, second = self.body[0], self.body[2]
        parts = {
            "w0": first.weight.T,
            "b0": first.bias,
            "w1": second.weight.T,
            "b1": second.bias,
            "w2": self.head.weight.T,
            "trust": self.trust,
        }
        return {name: part.detach().numpy().astype(np.float32).copy() for name, part in parts.items()}


def _unheard(share: float) -> None:
    """Hear nothing."""


def train(
    stages: Sequence[DispatchDynamics],
    seed: int,
    options: TrainingOptions,
    watch: Callable[[int, float], None] = lambda round_, error: None,
    on_share: Watch = _unheard,
) -> PolicyWeights:
    """Return a policy taught in worlds of stages, which take turns; worlds and network follow from the seed.

    ``watch`` hears the share of hindsight's variance that is left unexplained after every round, ``on_share`` in every
    slot and epoch which share of the training is done.
    """
    torch.manual_seed(seed)
    generator = np.random.default_rng(seed)
    net, taught, slots = MoveNet(), [], 0
    for number in range(options.rounds):
        for place, stage in enumerate(stages):
            before, part = number + GATHERING * place / len(stages), GATHERING / len(stages)
            taught.append(gather(stage, net, generator, options, _part(on_share, before, part, options.rounds)))
            slots += stage.count * stage.setting.world.slots
        learning = _part(on_share, number + GATHERING, 1.0 - GATHERING, options.rounds)
        watch(number, learn(net, taught, options, generator, learning))
    about = {"taught_by": __name__, "seed": seed, "slots": slots, "rounds": options.rounds}
    return PolicyWeights(net.weights(), about)


def _part(on_share: Watch, before: float, length: float, rounds: int) -> Watch:
    """Return what turns the share of a part that begins after so many rounds into the share of all of them."""
    return lambda share: on_share((before + length * share) / rounds)


def gather(
    stage: DispatchDynamics,
    net: MoveNet,
    generator: np.random.Generator,
    options: TrainingOptions,
    on_share: Watch = _unheard,
) -> tuple[FloatArray, FloatArray]:
    """Return situations in new worlds, features (rows, F, SIZE), and hindsight's scores (rows, F) beyond hovering."""
    features, hindsight = Features(stage.setting), Hindsight(stage, HORIZONS[-1])
    weights = PolicyWeights(net.weights())
    stage.reset(generator.integers(2**31, size=stage.count))
    seen, labels = [], []
    offset = int(generator.integers(options.every))
    for slot in range(stage.setting.world.slots):
        known = stage.known()
        plans = features.moves.plans(known, HORIZONS)
        numbers = features.of_plans(known, plans)
        scores = weights.logits(numbers)
        if slot % options.every == offset:
            chosen = plans[..., -1].argmax(axis=3)[..., None]  # the plan that a move stands for, as far as is known
            true = np.take_along_axis(hindsight.plans(known), chosen, axis=3)[..., 0]
            seen.append(numbers[known.present])
            labels.append((true - true[..., :1])[known.present].astype(np.float32))
        wanders = generator.random(scores.shape[:2]) < options.wander
        scores = np.where(wanders[..., None], generator.random(scores.shape, dtype=np.float32), scores)
        stage.step(best_actions(features.moves.actions(known), scores))
        on_share((slot + 1) / stage.setting.world.slots)
    return np.concatenate(seen), np.concatenate(labels)


def learn(
    net: MoveNet,
    taught: Sequence[tuple[FloatArray, FloatArray]],
    options: TrainingOptions,
    generator: np.random.Generator,
    on_share: Watch = _unheard,
) -> float:
    """Teach the network pairs of features (rows, F, SIZE) and scores (rows, F).

    Returns the share of the variance between moves that it leaves unexplained.
    """
    groups = [(torch.from_numpy(seen), torch.from_numpy(labels)) for seen, labels in taught]
    optimiser = Adam(net.parameters(), options.learning_rate, options.weight_decay)
    parts = [(group, part) for group, (seen, _) in enumerate(groups) for part in _batches(len(seen), options)]
    steps, total = options.epochs * len(parts), 0
    left, all_of_it = 0.0, 1e-12
    for epoch in range(options.epochs):
        shuffled = [torch.from_numpy(generator.permutation(len(seen))) for seen, _ in groups]
        for index in generator.permutation(len(parts)):
            group, part = parts[index]
            some = shuffled[group][part]
            seen, labels = groups[group][0][some], groups[group][1][some]
            wanted = labels - labels.mean(dim=1, keepdim=True)
            found = net(seen)
            loss = ((found - found.mean(dim=1, keepdim=True) - wanted) ** 2).mean()
            optimiser.rate = options.learning_rate * (1.0 - 0.9 * total / steps)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += 1
            if epoch == options.epochs - 1:
                left, all_of_it = left + float(loss.detach()), all_of_it + float((wanted**2).mean())
        on_share((epoch + 1) / options.epochs)
    return left / all_of_it


def _batches(count: int, options: TrainingOptions) -> list[slice]:
    return [slice(start, start + options.batch) for start in range(0, count, options.batch)]
