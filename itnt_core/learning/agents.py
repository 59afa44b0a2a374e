"""Who decides in an environment: one agent for everything (the paper's way), or a pilot and a power policy."""

from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor

from itnt_core.network import World

from .ddpg import Ddpg, DdpgOptions
from .ddqn import Ddqn, DdqnOptions
from .dynamics import Outcome, ServiceDynamics
from .observation import Layout
from .options import EQUAL_SPREADS, Trained
from .power_head import PowerHead


class Agents(Protocol):
    """Everything that acts and learns in an environment."""

    def act(self, observation: Tensor, exploration: float = 0.0, calm: int = 0) -> Tensor:
        """Return actions (n, 3 I + B (K + 1)) for observations (n, size); the first ``calm`` do not explore."""

    def power_action(self, observation: Tensor) -> Tensor:
        """Return the power part (n, B (K + 1)) for observations (n, size), without exploration."""

    def exploration(self, done_share: float) -> float:
        """Return the spread of the exploration after a share of the training."""

    def start_episode(self) -> None:
        """Forget what belongs to the episode before."""

    def remember(self, before: Tensor, action: Tensor, outcome: Outcome, slot: int, terminal: bool) -> None:
        """Store one step of n environments: observation (n, size) before it, actions, and what came of them."""

    def learn(self) -> dict[str, float]:
        """Update everything once; return losses and Q values."""

    def learn_powers(self, observation: Tensor) -> None:
        """Improve the powers for associations that were asked about, (n, size), where the agents can do that."""

    def bind(self, world: World) -> None:
        """Work for another world of the same shape."""

    def policy(self) -> dict[str, Any]:
        """Return the weights that act."""

    def load_policy(self, weights: dict[str, Any]) -> None:
        """Take over weights that act."""

    def state_dict(self) -> dict[str, Any]:
        """Return everything that a checkpoint needs."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a checkpoint."""


class JointAgents:
    """One DDPG over the whole observation and the whole action: the paper's agent; ``trained`` is all or nothing."""

    def __init__(self, dynamics: ServiceDynamics, options: DdpgOptions, seed: int, trained: Trained = "all"):
        self.agent = Ddpg(dynamics.observer.layout.size, dynamics.action_size, options, seed)
        self._is_trained = trained == "all"
        self._motion = dynamics.motion_size

    def act(self, observation: Tensor, exploration: float = 0.0, calm: int = 0) -> Tensor:
        """Return actions (n, 3 I + B (K + 1))."""
        return self.agent.act(observation, exploration, calm)

    def power_action(self, observation: Tensor) -> Tensor:
        """Return the power part (n, B (K + 1)) of the greedy action for observations (n, size)."""
        return self.agent.act(observation)[:, self._motion :]

    def exploration(self, done_share: float) -> float:
        """Return the spread of the exploration after a share of the training."""
        return self.agent.exploration(done_share)

    def start_episode(self) -> None:
        """Forget the noise of the episode before."""
        self.agent.start_episode()

    def remember(self, before: Tensor, action: Tensor, outcome: Outcome, slot: int, terminal: bool) -> None:
        """Store one step of n environments, observation (n, size) before it, with the whole reward."""
        del slot
        reward = torch.as_tensor(outcome.reward, dtype=torch.float32)
        self.agent.remember(before, action, reward, torch.as_tensor(outcome.observation), terminal)

    def learn(self) -> dict[str, float]:
        """Update the agent once, unless it stays as it is."""
        return self.agent.learn() if self._is_trained else {}

    def learn_powers(self, observation: Tensor) -> None:
        """Leave observations (n, size) alone: this agent learns from its memory."""

    def bind(self, world: World) -> None:
        """Do nothing: all that this agent knows is in the observation."""

    def policy(self) -> dict[str, Any]:
        """Return the actor's weights."""
        return {"agent": self.agent.policy()}

    def load_policy(self, weights: dict[str, Any]) -> None:
        """Take over an actor's weights."""
        self.agent.load_policy(weights["agent"])

    def state_dict(self) -> dict[str, Any]:
        """Return the agent's checkpoint."""
        return {"agent": self.agent.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over the agent's checkpoint."""
        self.agent.load_state_dict(state["agent"])


def pilot_states(observation: Tensor, layout: Layout) -> Tensor:
    """Return what the pilot reads of observations (n, size), one row per aerial user: (n I, own size)."""
    rows, aerial, stations = len(observation), layout.aerial, layout.stations

    def part(name: str, size: int) -> Tensor:
        count = layout.users if name in ("station", "sinr") else aerial
        return observation[:, layout.slices[name]].reshape(rows, count, size)

    serves = part("station", stations)[:, :aerial]
    shared = torch.cat([observation[:, layout.slices[name]] for name in ("time", "slot", "elevation")], dim=1)
    own = torch.eye(aerial)[None].expand(rows, -1, -1)
    states = torch.cat(
        [
            part("position", 3),
            part("to_destination", 3),
            part("aerial_gain", stations),
            part("to_masts", 2 * layout.gbs_count),
            part("ahead", stations),
            part("sinr", 1)[:, :aerial],
            1.0 - serves.sum(dim=2, keepdim=True),  # unserved
            serves,
            own,
            shared[:, None].expand(-1, aerial, -1),
        ],
        dim=2,
    )
    return states.flatten(0, 1)


class FactoredAgents:
    """A pilot that flies every aerial user by its own reward, and the power policy that subchannels share.

    An aerial user only receives, so its flight changes nobody else's rate: its own rate and energy are its reward.
    Rewards are centred on those of the first flight, slot by slot, which changes no preference and helps the critic.
    ``trained`` says which of the two are updated; the other acts, and explores, as it began.
    """

    def __init__(
        self,
        dynamics: ServiceDynamics,
        pilot: DdpgOptions | DdqnOptions,
        seed: int,
        centred: bool = True,
        trained: Trained = "all",
    ):
        self.layout, self._centred = dynamics.observer.layout, centred
        world = dynamics.world
        self._scale = float(world.user_count)
        self._powers = world.station_count * (world.subchannels + 1)
        size = pilot_states(torch.zeros((1, self.layout.size)), self.layout).shape[1]
        self.pilot = Ddqn(size, pilot, seed) if isinstance(pilot, DdqnOptions) else Ddpg(size, 3, pilot, seed)
        self.power = None if dynamics.options.spread in EQUAL_SPREADS else PowerHead(world, seed)
        self._is_pilot_trained = trained in ("all", "pilot") and self.layout.aerial > 0
        self._are_powers_trained = trained in ("all", "powers") and self.power is not None
        self.centre = torch.zeros((world.slots, max(world.aerial_count, 1)))
        self._seen = torch.zeros(world.slots, dtype=torch.bool)
        self._last: tuple[Tensor, Tensor] | None = None

    def act(self, observation: Tensor, exploration: float = 0.0, calm: int = 0) -> Tensor:
        """Return actions (n, 3 I + B (K + 1)); only the pilot explores, the powers have their exact gradient."""
        states = pilot_states(observation, self.layout)
        motion = self.pilot.act(states, exploration, calm * self.layout.aerial).reshape(len(observation), -1)
        return torch.cat([motion, self.power_action(observation)], dim=1)

    def power_action(self, observation: Tensor) -> Tensor:
        """Return the power part (n, B (K + 1)); zeros where powers are equal."""
        if self.power is None:
            return torch.zeros((len(observation), self._powers))
        return self.power.act(observation)

    def exploration(self, done_share: float) -> float:
        """Return the spread of the pilot's exploration after a share of the training."""
        return self.pilot.exploration(done_share)

    def start_episode(self) -> None:
        """Forget what belongs to the episode before."""
        self.pilot.start_episode()

    def remember(self, before: Tensor, action: Tensor, outcome: Outcome, slot: int, terminal: bool) -> None:
        """Store one step of every aerial user, observation (n, size) before it, with its own reward."""
        after = torch.as_tensor(outcome.observation)
        self._last = (before, after)
        if not self.layout.aerial:
            return
        reward = self._scale * torch.as_tensor(outcome.aerial_reward, dtype=torch.float32)
        if self._centred and not self._seen[slot]:
            self.centre[slot], self._seen[slot] = reward.mean(dim=0), True
        motion = action[:, : 3 * self.layout.aerial].reshape(-1, 3)
        states = pilot_states(before, self.layout), pilot_states(after, self.layout)
        self.pilot.remember(states[0], motion, (reward - self.centre[slot]).flatten(), states[1], terminal)

    def learn(self) -> dict[str, float]:
        """Update pilot and powers once, those that are trained; the powers learn from the step just taken."""
        metrics = self.pilot.learn() if self._is_pilot_trained else {}
        if self.power is not None and self._are_powers_trained and self._last is not None:
            metrics |= self.power.learn(*self._last)
        return metrics

    def learn_powers(self, observation: Tensor) -> None:
        """Take one step up the rate of the associations in observations (n, size)."""
        if self.power is not None and self._are_powers_trained:
            self.power.learn(observation, observation)

    def bind(self, world: World) -> None:
        """Work for another world of the same shape: the powers read its ground users' gains."""
        if self.power is not None:
            self.power.bind(world)

    def policy(self) -> dict[str, Any]:
        """Return the weights that act."""
        return {"pilot": self.pilot.policy()} | ({"power": self.power.network.state_dict()} if self.power else {})

    def load_policy(self, weights: dict[str, Any]) -> None:
        """Take over weights that act."""
        self.pilot.load_policy(weights["pilot"])
        if self.power is not None:
            self.power.network.load_state_dict(weights["power"])

    def state_dict(self) -> dict[str, Any]:
        """Return everything that a checkpoint needs."""
        state = {"pilot": self.pilot.state_dict(), "centre": self.centre, "seen": self._seen}
        return state | ({"power": self.power.state_dict()} if self.power else {})

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a checkpoint."""
        self.pilot.load_state_dict(state["pilot"])
        self.centre, self._seen = state["centre"], state["seen"]
        if self.power is not None:
            self.power.load_state_dict(state["power"])
