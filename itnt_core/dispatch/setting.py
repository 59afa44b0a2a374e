"""What all worlds of a dispatcher share, and what it knows beforehand: city, stations, orbits, map, limits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from itnt_core.arrays import Array, IntArray
from itnt_core.cached import cached_property
from itnt_core.network import World, build_world, min_sinr
from itnt_core.radio import ChannelModel, channel_of, named_generator
from itnt_core.scenario import Scenario

from .options import DispatchError, DispatchOptions

BANK = 4096  # places drawn for ground users to stand at, of which those on free ground are kept


@dataclass(frozen=True, eq=False)
class Setting:
    """A scenario as the stage of many worlds; axes and units are those of :class:`~itnt_core.network.World`.

    Of the scenario's users only numbers and limits count: where they are is drawn for every world.
    """

    world: World
    options: DispatchOptions

    @classmethod
    def of(cls, scenario: Scenario, options: DispatchOptions, cache_dir: Path | None = None) -> Setting:
        """Assemble the stage of a scenario (DispatchError where it cannot be one)."""
        check_scenario_known(scenario)
        setting = cls(build_world(scenario, cache_dir=cache_dir), options)
        highest = setting.heights_m[-1]
        most = min(user.max_height_m for user in scenario.aerial_users)
        least = max(user.min_height_m for user in scenario.aerial_users)
        if highest > most or options.lowest_level_m < least:
            raise DispatchError(
                f"The flight levels reach from {options.lowest_level_m:g} to {highest:g} m, but {least:g} to {most:g} "
                "m is what the aerial users are allowed: change lowest_level_m, or use fewer aerial users."
            )
        if not len(setting.places_m):
            raise DispatchError("The area has no free ground to place users on: choose another scenario.")
        return setting

    @property
    def scenario(self) -> Scenario:
        """Return the scenario."""
        return self.world.scenario

    @property
    def aerial_count(self) -> int:
        """Return the number of aerial users I."""
        return self.world.aerial_count

    @property
    def ground_count(self) -> int:
        """Return the number of ground users J."""
        return self.world.user_count - self.world.aerial_count

    @property
    def slot_s(self) -> float:
        """Return the length of a slot in seconds."""
        return self.scenario.time.slot_s

    @cached_property
    def heights_m(self) -> Array:
        """Return the flight levels (I,) in metres: each aerial user its own, at their separations."""
        users = self.scenario.aerial_users
        step_m = max((user.min_separation_m for user in users), default=0.0)
        return np.array([self.options.lowest_level_m + step_m * number for number in range(len(users))])

    @cached_property
    def reach_m(self) -> Array:
        """Return how far each aerial user (I,) flies in a slot at most, in metres."""
        return np.array([user.max_speed_m_s * self.slot_s for user in self.scenario.aerial_users])

    @cached_property
    def half_m(self) -> float:
        """Return half the side of the area in metres."""
        return self.scenario.area.size_m / 2

    @cached_property
    def channel(self) -> ChannelModel:
        """Return the channel without shadowing, which is each world's own."""
        bare = self.scenario.channel.model_copy(update={"shadowing": False})
        scenario = self.scenario.model_copy(update={"channel": bare})
        return channel_of(scenario, self.world.city, self.world.sky)

    @cached_property
    def places_m(self) -> Array:
        """Return the places (n, 2) on free ground, in metres, among which ground users' are drawn."""
        generator = named_generator(self.scenario.seed, "dispatch", "places")
        drawn = np.round(generator.uniform(-self.half_m, self.half_m, (BANK, 2)), 1)
        return drawn[self.world.city.is_free_ground(drawn)]

    @cached_property
    def ground_height_m(self) -> float:
        """Return how high ground users' antennas are, in metres: as high as the first one's of the scenario."""
        users = self.scenario.ground_users
        return users[0].height_m if users else 1.5

    @cached_property
    def block_of_slot(self) -> IntArray:
        """Return the block (T,) that a slot lies in: ground users' links hold as long as fading would."""
        return np.arange(self.world.slots) // self.scenario.channel.coherence_slots

    @cached_property
    def floor(self) -> float:
        """Return the SINR that a link needs to be allowed, linear, every station radiating: as in P1."""
        return min_sinr(self.world, "always_on")

    @cached_property
    def best_rate_mbit_s(self) -> float:
        """Return the rate of a subchannel at the best, which observations are divided by."""
        limit = self.scenario.radio.rate_law.limit
        return self.world.bandwidth_hz * (limit if np.isfinite(limit) else 10.0) / 1e6


def check_scenario_known(scenario: Scenario) -> None:
    """Raise DispatchError for what worlds of a dispatcher do not know."""
    needs = (
        (not scenario.aerial_users, "has no aerial users", "add one"),
        (scenario.has_obstacles, "has buildings or zones in the way", "leave airspace and zones out"),
        (scenario.has_budgets, "limits batteries", "leave energy_budget_kj out: energy has a price here"),
        (bool(scenario.users_with_needs), "has users with needs of their own", "leave them out: demand is drawn here"),
        (scenario.handover.couples, "couples slots by handover", "leave handover out"),
        (any(user.is_indoors for user in scenario.ground_users), "has users indoors", "take them outdoors"),
    )
    for found, what, remedy in needs:
        if found:
            raise DispatchError(f"The scenario '{scenario.name}' {what}, which dispatching does not know: {remedy}.")
