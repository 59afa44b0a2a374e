"""Who learns in the learned methods: the variants of the paper, their environment and their agents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from itnt_core.learning import (
    MOST_BYTES,
    PLAIN,
    Agents,
    DdpgOptions,
    DdqnOptions,
    EnvironmentOptions,
    FactoredAgents,
    JointAgents,
    ServiceDynamics,
    learning_bytes,
)
from itnt_core.network import World

from .base import SettingsError
from .learned_settings import LearnedSettings


@dataclass(frozen=True)
class Variant:
    """What distinguishes the learned methods: who flies, and how powers are set."""

    pilot: Literal["ddpg", "ddqn"] = "ddpg"
    power: Literal["learned", "equal", "equal_served"] = "learned"
    association: Literal["solved", "random"] = "solved"


def is_plain(settings: LearnedSettings, variant: Variant) -> bool:
    """Say whether the paper's plain DDPG flies; T-DDQN has a pilot of its own."""
    return settings.agent == "plain" and variant.pilot == "ddpg"


def environment_options(settings: LearnedSettings, variant: Variant) -> EnvironmentOptions:
    """Return the environment that settings and variant ask for."""
    plain = is_plain(settings, variant) if settings.actions == "agent" else settings.actions == "plain"
    return EnvironmentOptions(
        projection=settings.projection,
        course="relative" if settings.relative_course and not plain else "absolute",
        spread=variant.power if variant.power != "learned" else "all" if plain else "served",
        nested=settings.nested and variant.association == "solved",
    )


def make_agents(dynamics: ServiceDynamics, settings: LearnedSettings, variant: Variant, seed: int) -> Agents:
    """Build the agents that settings and variant ask for."""
    if is_plain(settings, variant):
        return JointAgents(dynamics, PLAIN, seed, settings.trained)
    names = ("hidden", "actor_rate", "critic_rate", "discount", "layer_norm", "twin_critics", "target_smoothing")
    more = ("actor_delay", "small_last_layer", "action_penalty", "correlated_noise")
    options = DdpgOptions(**{name: getattr(settings, name) for name in names + more})
    if variant.pilot == "ddqn":
        values = DdqnOptions(settings.hidden, settings.actor_rate, settings.discount, layer_norm=settings.layer_norm)
        return FactoredAgents(dynamics, values, seed, settings.centred_reward, settings.trained)
    if settings.agent == "joint":
        return JointAgents(dynamics, options, seed, settings.trained)
    return FactoredAgents(dynamics, options, seed, settings.centred_reward, settings.trained)


def check_size(world: World, settings: LearnedSettings) -> None:
    """Refuse a training that would not fit into memory (SettingsError says how large it is)."""
    needed = learning_bytes(world, settings.environments, settings.agent, settings.hidden)
    if needed > MOST_BYTES:
        raise SettingsError(
            f"A training with {settings.environments} environments in this scenario fills about {needed / 1e9:,.1f} GB "
            f"of memory, but at most {MOST_BYTES / 1e9:.0f} GB is allowed: lower the environments, or use fewer slots, "
            "users, stations or subchannels."
        )
