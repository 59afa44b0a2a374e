"""Dispatching as a parallel environment of PettingZoo, an agent for each aerial user; needs ``pettingzoo``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium import spaces
from pettingzoo import ParallelEnv

from itnt_core.learning import Float32Array
from itnt_core.scenario import Scenario

from .dynamics import SlotOutcome
from .environment import DispatchEnv
from .options import DispatchError, DispatchOptions
from .setting import Setting


class DispatchParallelEnv(ParallelEnv[str, Float32Array, Float32Array]):
    """The worlds of :class:`DispatchEnv`, led by one agent for each aerial user; agents are named as these are.

    **Action** of an agent: ``Box(-1, 1, (2,), float32)``, its velocity. **Observation**: ``Box(-1, 1, (size + I,),
    float32)``, all that the single environment tells, and who the agent is, one-hot. **Reward** of an agent: what its
    own user was served beyond hovering, less its own price of energy, plus its own progress, by the same unit; what
    flights do to ground users is nobody's. All agents begin and end together. Arguments and errors are those of the
    single environment; ``seed`` of ``reset`` draws the same world there.
    """

    metadata = {"name": "itnt/Dispatch-v0", "render_modes": []}  # noqa: RUF012 - PettingZoo's own convention

    def __init__(
        self,
        scenario: Scenario | Mapping[str, Any] | Path | str = "london-2km",
        options: DispatchOptions | Mapping[str, Any] | None = None,
        users: int | None = None,
        seed: int | None = None,
        cache_dir: Path | str | None = None,
        setting: Setting | None = None,
    ):
        self.single = DispatchEnv(scenario, options, users, seed, cache_dir, setting)
        chosen = self.single.dynamics.setting.options.actions
        if chosen != "flights":
            remedy = "choose 'flights', or DispatchEnv"
            raise DispatchError(f"The option actions is '{chosen}', but agents of aerial users only fly: {remedy}.")
        self.possible_agents = [user.id for user in self.single.dynamics.setting.scenario.aerial_users]
        self.agents: list[str] = []
        size = self.single.dynamics.observer.size + len(self.possible_agents)
        self.observation_spaces = {name: spaces.Box(-1.0, 1.0, (size,), np.float32) for name in self.possible_agents}
        self.action_spaces = {name: spaces.Box(-1.0, 1.0, (2,), np.float32) for name in self.possible_agents}

    def observation_space(self, agent: str) -> spaces.Space[Any]:
        """Return what an agent observes."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Space[Any]:
        """Return what an agent may do."""
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Float32Array], dict[str, dict[str, Any]]]:
        """Draw a world; return every agent's first observation (size + I,) and an info."""
        observed, info = self.single.reset(seed=seed, options=options)
        self.agents = list(self.possible_agents)
        return self._by_agent(observed), {name: dict(info) for name in self.agents}

    def step(
        self, actions: dict[str, Float32Array]
    ) -> tuple[dict[str, Float32Array], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]]]:
        """Run one slot of every agent's action (2,): observations, rewards, terminated, truncated, infos by agent."""
        missing = [name for name in self.agents if name not in actions]
        if missing:
            raise DispatchError(
                f"The agent '{missing[0]}' has no action: give one for each of {', '.join(self.agents)}."
            )
        wanted = self.single.check(np.array([actions[name] for name in self.agents]).ravel())[None]
        outcome = self.single.dynamics.take(wanted)
        observed, own = self._by_agent(outcome.observation[0]), self._own_rewards(outcome)
        slot = self.single.dynamics.slot
        over = slot >= self.single.dynamics.setting.world.slots
        names = self.agents
        self.agents = [] if over else names
        return (
            observed,
            own,
            dict.fromkeys(names, over),
            dict.fromkeys(names, False),
            {name: {"slot": slot} for name in names},
        )

    def _by_agent(self, observation: Float32Array) -> dict[str, Float32Array]:
        count = len(self.possible_agents)
        who = np.eye(count, dtype=np.float32)
        return {name: np.concatenate([observation, who[number]]) for number, name in enumerate(self.possible_agents)}

    def _own_rewards(self, outcome: SlotOutcome) -> dict[str, float]:
        aerial = len(self.possible_agents)
        gained = (outcome.served_mbit - outcome.hovering_mbit)[0, :aerial] + outcome.flights_mbit[0]
        return dict(zip(self.possible_agents, (gained / self.single.dynamics.unit_mbit).tolist(), strict=True))
