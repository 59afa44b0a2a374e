"""Problem P2 as a Gymnasium environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium import spaces

from itnt_core.arrays import Array
from itnt_core.association import Association, ExactAssociator, make_problem
from itnt_core.flight import reference_flight
from itnt_core.network import Decision, World, build_world, evaluate
from itnt_core.power import equal_power
from itnt_core.presets import EXAMS, PRESETS, preset
from itnt_core.scenario import Scenario, read_scenario, scenario_of_data

from .contract import Float32Array, PlainSpecEnv, action_to_take
from .dynamics import ServiceDynamics
from .options import EnvironmentOptions, EpisodeError


def reference(world: World) -> tuple[Association, float]:
    """Return the association and the data service in Mbit of straight flights at equal power: P1's answer and D_ref."""
    flight, power = reference_flight(world), equal_power(world)
    gains = world.gains(flight)
    found = ExactAssociator().solve(make_problem(world, gains, power))
    decision = Decision(found.station, found.subchannel, flight, power)
    return found, evaluate(world, decision, gains).active.data_service_mbit


class DataServiceEnv(PlainSpecEnv):
    """Fly the aerial users and set all station powers, slot by slot, for the most data at the least energy.

    **Action**: ``Box(-1, 1, (3 I + B (K + 1),), float32)`` for I aerial users, B base stations, K subchannels.

    ============================  ====================================================================================
    entries                       meaning
    ============================  ====================================================================================
    3 i, 3 i + 1, 3 i + 2         speed, heading, height of aerial user i. ``course="relative"``: 0, 0, 0 is the
                                  straight way to the destination at constant speed; +-1 is +-V_max, +-180 degrees,
                                  +-V_z. ``course="absolute"``: 0 to V_max, -180 to 180 degrees from east,
                                  lowest to highest flying height.
    3 I + b (K + 1) + k           logit (times 4) of subchannel k in station b's softmax
    3 I + b (K + 1) + K           s_b of the station's total P_max sigmoid(s_b), see :func:`power_shares`
    ============================  ====================================================================================

    **Observation**: ``Box(-1, 1, (size,), float32)``; the parts in order are those of :class:`Layout`: positions,
    ways to the destinations, gains over noise of the aerial users in dB (-40 to 80), ways to the GBSs by
    1 km, shares of the stations that will serve (a slot k later weighs 0.9^k), share of slots left, serving
    station and subchannel per user (-1: unserved), SINR of the slot before in dB (-40 to 80), gamma0, elevations of
    the satellites by 90 degrees, the slot as one-hot.

    **Reward** of a slot: r = D / (D_ref / T) - omega E / (I E_min) - phi2 - phi3, limited to [-5, 5]. D is the data
    served in the slot under the active convention, D_ref that of straight flights at equal power over all T slots, E
    the flying energy, E_min that of the most economical flight; phi2 punishes served users below gamma0 (0.1 per
    neper), phi3 crowding and, without projection, places off limits. phi1 (power) is zero by construction. Whatever the
    scenario's objective is, the reward counts data, of each user at most its demand; the objective decides the
    association (P1) alone.

    **Start**: every aerial user at its start in slot 0; the same at every reset, to the last bit, since for one seed
    the channel is a fixed function of position and slot: the seed of ``reset`` changes nothing. Give another scenario
    or another ``seed`` of a preset instead.

    **End**: ``terminated`` after the last slot, where the destinations are reached; never ``truncated``.

    ``info`` holds ``data_mbit``, ``energy_j``, ``penalty`` and ``slot``.

    **Errors**: an action that is no finite numbers of the right shape, and a step after the end, raise an
    :class:`EpisodeError` of one sentence; numbers beyond -1 and 1 are cut.

    Arguments: ``scenario`` (a :class:`Scenario`, the name of a preset, the path of a scenario file or its content as a
    dict), ``options`` (:class:`EnvironmentOptions` or a dict of their names), ``users`` and ``seed`` (of a preset),
    ``association`` (default: P1 on straight flights at equal power), ``cache_dir``, ``world`` (saves building it).
    ``spec.to_json()`` holds all but the last two, and makes the same environment again.
    """

    metadata = {"render_modes": []}  # noqa: RUF012 - Gymnasium's own convention

    def __init__(
        self,
        scenario: Scenario | Mapping[str, Any] | Path | str = "tiny",
        options: EnvironmentOptions | Mapping[str, Any] | None = None,
        association: Association | None = None,
        cache_dir: Path | str | None = None,
        world: World | None = None,
        users: int | None = None,
        seed: int | None = None,
    ):
        chosen = EnvironmentOptions.of(options)
        if world is None:
            cache = None if cache_dir is None else Path(cache_dir)
            world = build_world(scenario_of(scenario, users, seed, cache), cache_dir=cache)
        found, reference_mbit = reference(world)
        self.dynamics = ServiceDynamics(world, association or found, 1, chosen, reference_mbit)
        size = self.dynamics.observer.layout.size
        self.observation_space = spaces.Box(-1.0, 1.0, (size,), np.float32)
        self.action_space = spaces.Box(-1.0, 1.0, (self.dynamics.action_size,), np.float32)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Float32Array, dict[str, Any]]:
        """Put everyone at the start and return the first observation (size,)."""
        super().reset(seed=seed, options=options)
        return self.dynamics.restart()[0], {"slot": 0}

    def step(self, action: Float32Array) -> tuple[Float32Array, float, bool, bool, dict[str, Any]]:
        """Run one slot of an action (3 I + B (K + 1),).

        Returns the observation (size,), reward, terminated, truncated and info.
        """
        outcome = self.dynamics.step(self._checked(action)[None])
        slot_s = self.dynamics.world.scenario.time.slot_s
        info = {
            "slot": self.dynamics.slot,
            "data_mbit": float(outcome.rate_mbit_s.sum() * slot_s),
            "energy_j": float(outcome.energy_j.sum()),
            "penalty": float(outcome.penalty[0]),
        }
        over = self.dynamics.slot >= self.dynamics.world.slots
        return outcome.observation[0], float(outcome.reward[0]), over, False, info

    def _checked(self, action: Float32Array) -> Array:
        """Return an action that can be taken now (EpisodeError)."""
        dynamics = self.dynamics
        slot, shape = getattr(dynamics, "slot", None), self.action_space.shape
        return action_to_take(action, shape, slot, dynamics.world.slots, EpisodeError)


def scenario_of(
    asked: Scenario | Mapping[str, Any] | Path | str, users: int | None, seed: int | None, cache_dir: Path | None
) -> Scenario:
    """Return the scenario that is asked for: itself, a preset's, a file's or that of plain data.

    Raises ScenarioError where it is none, EpisodeError for users or a seed beside what is no preset.
    """
    if isinstance(asked, str) and asked in (*PRESETS, *EXAMS):
        return preset(asked, users=users, seed=seed, cache_dir=cache_dir)
    for name, value in (("users", users), ("seed", seed)):
        if value is not None:
            raise EpisodeError(
                f"{name}={value} is given beside a scenario of its own: only presets take it; leave it out."
            )
    if isinstance(asked, Scenario):
        return asked
    return scenario_of_data(dict(asked)) if isinstance(asked, Mapping) else read_scenario(asked)
