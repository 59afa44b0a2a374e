"""Dispatching as a Gymnasium environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.learning import Float32Array, PlainSpecEnv, action_to_take, scenario_of
from itnt_core.scenario import Scenario

from .dynamics import DispatchDynamics
from .links import action_sizes
from .options import DispatchError, DispatchOptions
from .radio_map import RadioMap
from .scale import greedy_unit_mbit
from .setting import Setting

MOST_SEED = 2**63 - 1  # what a whole number of eight bytes holds


class DispatchEnv(PlainSpecEnv):
    """Lead the aerial users of one world, slot by slot, without knowing what comes.

    **World**: ``reset(seed)`` draws one: places of ground users on free ground, of whom some walk; demand of every user
    that comes and goes (two states, exponential stays); for each aerial user a mission with a start, a destination and
    the slot in which it appears; satellites that fail on the way or begin to serve late; the shadowing of all GBS
    links, and of satellites' for ground users. It keeps the scenario's city, stations, orbits, time grid and radio; of
    its users only numbers, speeds and separations. ``reset()`` without a seed goes on with the last seed's numbers.

    **Action**: ``Box(-1, 1, (2 I,), float32)`` for I aerial users: east and north velocity of aerial user i in units of
    its greatest speed at 2 i and 2 i + 1 (``frame="mission"``: towards its destination, and to the left of that;
    ``"straight"``: the same, added to the velocity that leads straight to the destination in the time that is left).
    A longer vector than 1 is cut to 1; the area is not left; who is not there yet stays. Heights are fixed:
    ``lowest_level_m``, each next user its separation higher, so nobody comes too close.

    With ``actions="links"`` U + B numbers follow, for U users and B stations: by how many times 10 dB their links count
    more when it is decided who is served by whom; a link has to be as strong as ever to be allowed. With
    ``"everything"`` B more: below 0, by how many times 20 dB a station radiates less than it may. Zeros change nothing.

    **In a slot** users fly, then demand arrives in their queues, then the project's own fast blocks answer: who has
    something waiting is linked, the strongest link first
    (:class:`~itnt_core.association.MaxSinrAssociator`, floor and seats included); every station splits its power evenly
    over the subchannels that it serves; rates are the scenario's rate law of the active SINR. Ground users' links hold
    for ``coherence_slots`` slots. A queue holds ``queue_mbit`` at most.

    **Observation**: ``Box(-1, 1, (size,), float32)``, parts in order as :attr:`DispatchObserver.sizes` says, each with
    its unit: time left; who is there, where, and the way to its destination; gains that were measured in the slot
    before; rates that the radio map (gains without shadowing, known beforehand) promises here and around; queues; what
    arrived and what was served in the slot before; where ground users were; satellites' elevations. Nothing in it
    depends on what happens later, but for missions: one is told at the beginning of the slot in which it appears.

    **Reward** of a slot: (D - D_0 - c (E - E_0) + w L) / unit. D is what all users were served, in Mbit, D_0 what they
    would have been served in this slot had everybody hovered at the start all along; E the flying energy in kJ of those
    there, E_0 that of hovering; c ``energy_mbit_per_kj``; L by how many km the aerial users came nearer to their
    destinations, w ``progress_mbit_per_km``. So hovering earns 0 in every world. ``unit_mbit`` is by default what the
    greedy dispatcher gains in a slot, the mean of 32 worlds of their own: it earns about 1. Its weights are this
    project's own choice, as all numbers of the scenario.

    **End**: ``terminated`` after the last slot; never ``truncated``.

    ``info`` holds ``slot``, ``served_mbit``, ``hovering_mbit``, ``energy_j`` and ``progress_km`` of the slot.

    **Errors**: an action that is no finite numbers of the right shape, and a step before the first reset or after the
    end, raise a :class:`DispatchError` of one sentence; numbers beyond -1 and 1 are cut.

    **Left out**: fast fading, so that a user's gain is the same on all subchannels, and an action for each of them has
    nothing to choose; obstacles, batteries, handover and
    needs of users, which are refused; walls in the way of who walks; wind; errors of what is measured.

    Arguments: ``scenario`` (a :class:`Scenario`, the name of a preset, the path of a scenario file or its content as a
    dict), ``options`` (:class:`DispatchOptions` or a dict of their names), ``users`` and ``seed`` (of a preset),
    ``cache_dir``, ``setting`` (saves assembling it). ``spec.to_json()`` holds all but the last two.
    """

    metadata = {"render_modes": []}  # noqa: RUF012 - Gymnasium's own convention

    def __init__(
        self,
        scenario: Scenario | Mapping[str, Any] | Path | str = "london-2km",
        options: DispatchOptions | Mapping[str, Any] | None = None,
        users: int | None = None,
        seed: int | None = None,
        cache_dir: Path | str | None = None,
        setting: Setting | None = None,
    ):
        if setting is None:
            cache = None if cache_dir is None else Path(cache_dir)
            setting = Setting.of(scenario_of(scenario, users, seed, cache), DispatchOptions.of(options), cache)
        self.dynamics = dynamics_of(setting, 1)
        size = self.dynamics.observer.size
        self.observation_space = spaces.Box(-1.0, 1.0, (size,), np.float32)
        self.action_space = spaces.Box(-1.0, 1.0, (sum(action_sizes(setting).values()),), np.float32)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Float32Array, dict[str, Any]]:
        """Draw a world and return the first observation (size,): the same for the same seed, to the last bit."""
        super().reset(seed=seed, options=options)
        world = int(self.np_random.integers(2**31)) if seed is None else seed
        if world > MOST_SEED:
            raise DispatchError(f"The seed is {world}, but 0 to {MOST_SEED} stand for worlds: choose one of these.")
        return self.dynamics.reset(np.array([world]))[0], {"slot": 0, "world": world}

    def step(self, action: Float32Array) -> tuple[Float32Array, float, bool, bool, dict[str, Any]]:
        """Run one slot of an action (size,).

        Returns the observation (size,), reward, terminated, truncated and info.
        """
        outcome = self.dynamics.take(self.check(action)[None])
        info = {
            "slot": self.dynamics.slot,
            "served_mbit": float(outcome.served_mbit.sum()),
            "hovering_mbit": float(outcome.hovering_mbit.sum()),
            "energy_j": float(outcome.energy_j.sum()),
            "progress_km": float(outcome.progress_km.sum()),
        }
        over = self.dynamics.slot >= self.dynamics.setting.world.slots
        return outcome.observation[0], float(outcome.reward[0]), over, False, info

    def check(self, action: NDArray[Any]) -> Array:
        """Return an action that can be taken now as an array of its shape, or raise DispatchError."""
        dynamics = self.dynamics
        slot, shape = getattr(dynamics, "slot", None), self.action_space.shape
        return action_to_take(action, shape, slot, dynamics.setting.world.slots, DispatchError)


def dynamics_of(setting: Setting, count: int) -> DispatchDynamics:
    """Return n worlds in step, with the unit of the reward that the options name or the greedy dispatcher sets."""
    radio_map, unit_mbit = RadioMap.of(setting), setting.options.unit_mbit
    unit_mbit = greedy_unit_mbit(setting, radio_map) if unit_mbit is None else unit_mbit
    return DispatchDynamics(setting, count, unit_mbit, radio_map)
