"""Settings of the learned methods: budget first, then the options of the algorithm, each with a name of its own."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from .base import MethodSettings

CHECKPOINT_FILE, POLICY_FILE = "training.pt", "policy.pt"


class LearnedSettings(MethodSettings):
    """Settings that all learned methods share."""

    rounds: int = Field(4, ge=1, le=100, description="Rounds of the alternation between association and learning")
    episodes: int = Field(5, ge=0, le=100_000, description="Episodes of all environments per round; 0 learns nothing")
    environments: int = Field(32, ge=2, le=4096, description="Environments that fly at once")
    updates: int = Field(1, ge=1, le=64, description="Learning steps after every slot")
    patience: int = Field(
        0, ge=0, le=10_000, description="Ends a round after so many episodes without a gain (0: never)"
    )
    associator: Literal["exact", "milp", "active"] = Field(
        "exact", description="How P1 is solved: exactly, as the paper's CVXPY program, or on the true objective (ours)"
    )
    searches: int = Field(
        40, ge=1, le=1000, description="Solutions of P1 per round, each at other powers of idle subchannels (milp: one)"
    )
    nested: bool = Field(True, description="Solve P1 inside every step as well, so that it follows the flights")
    agent: Literal["factored", "joint", "plain"] = Field(
        "factored", description="A pilot and a power policy; one DDPG for everything; or the paper's plain DDPG"
    )
    actions: Literal["agent", "default", "plain"] = Field(
        "agent",
        description="What actions mean: what the agent comes with; turns from the straight way and power over served "
        "subchannels; or, as for the plain one, turns from east and power over all, with one solution of P1 per round",
    )
    trained: Literal["all", "pilot", "powers", "nothing"] = Field(
        "all", description="Which networks are updated; others stay as drawn, which shows what training adds"
    )
    keep_flights: bool = Field(True, description="Keep flights that are better than the straight ones")
    projection: bool = Field(True, description="Project moves onto the limits; else the paper's penalties teach them")
    hidden: int = Field(128, ge=8, le=4096, description="Width of the agents' two hidden layers (powers: 256)")
    discount: float = Field(0.9, ge=0.0, lt=1.0, description="What a reward one slot later is worth")
    actor_rate: float = Field(5e-4, gt=0.0, le=1.0, description="Adam step of the actor")
    critic_rate: float = Field(1e-3, gt=0.0, le=1.0, description="Adam step of the critics")
    layer_norm: bool = Field(True, description="Normalise hidden layers")
    twin_critics: bool = Field(True, description="Two critics; the more careful one counts")
    target_smoothing: float = Field(0.1, ge=0.0, le=1.0, description="Noise on the target policy's actions")
    actor_delay: int = Field(2, ge=1, le=100, description="Critic updates per actor update")
    small_last_layer: bool = Field(True, description="Start with actions near zero")
    action_penalty: float = Field(1e-3, ge=0.0, le=10.0, description="Price of saturated actions")
    correlated_noise: bool = Field(True, description="Ornstein-Uhlenbeck exploration instead of white noise")
    centred_reward: bool = Field(True, description="Rewards relative to the first flight's")
    relative_course: bool = Field(True, description="Actions turn away from the straight way instead of from east")
    reference_lines: bool = Field(True, description="Run a short planner first, as a line to compare the training with")
    policy: str = Field("", max_length=1000, description="File of a trained policy (policy.pt) to start from")

    @field_validator("trained")
    @classmethod
    def _there_are_parts(cls, trained: str, found: ValidationInfo) -> str:
        """Refuse to train one part of an agent that has only one."""
        if trained in ("pilot", "powers") and found.data.get("agent", "factored") != "factored":
            raise ValueError(
                f"the agent '{found.data['agent']}' is one network for flights and powers: choose all or nothing, or "
                "the agent 'factored'"
            )
        return trained


class RandomAssociationSettings(LearnedSettings):
    """Settings of RA: its association is drawn, not solved."""

    draws: int = Field(20, ge=1, le=1000, description="Random associations; the result is the one nearest their mean")


class EqualPowerSettings(LearnedSettings):
    """Settings of EPA, whose equal power can be read in two ways."""

    equal_over: Literal["all", "served"] = Field(
        "all",
        description="Equal power over all subchannels, as the paper has it; or over those that serve someone, with as "
        "many solutions of P1 as the proposed method tries",
    )
