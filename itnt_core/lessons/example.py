"""What lessons stand on: the open scenario with its city, its world, and the runs that the user has made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from itnt_core.arrays import Array, BoolArray
from itnt_core.cached import cached_property
from itnt_core.city import City
from itnt_core.flight import reference_flight
from itnt_core.network import Decision, Evaluation, World, build_world, evaluate
from itnt_core.power import equal_power
from itnt_core.scenario import AerialUser, Radio, Scenario, positions_m

from .evidence import Evidence
from .lesson import Sentence
from .missing import LACKS, station_count

MOST_ENTRIES = 1_000_000  # slots x users x stations x subchannels that lessons look at


@dataclass(frozen=True, eq=False)
class Example:
    """A scenario to teach on. Worlds are built when first asked for (ScenarioError when they cannot be)."""

    scenario: Scenario
    city: City
    evidence: Evidence = field(default_factory=Evidence)

    @cached_property
    def world(self) -> World:
        """Return the world of the scenario."""
        return build_world(self.scenario, city=self.city)

    def changed(self, scenario: Scenario) -> Example:
        """Return the same example under a changed scenario of the same city."""
        return Example(scenario, self.city, self.evidence)

    def with_radio(self, **changes: object) -> Example:
        """Return the same example with changed fields of the radio part."""
        radio = Radio(**{**self.scenario.radio.model_dump(), **changes})
        return self.changed(self.scenario.model_copy(update={"radio": radio}))

    def place(self, user_id: str) -> tuple[Array, bool]:
        """Return where a user is (3,), one that moves at its start, and whether it is aerial."""
        for aerial in self.scenario.aerial_users:
            if aerial.id == user_id:
                return np.array(aerial.start.position_m), True
        person = next(user for user in self.scenario.ground_users if user.id == user_id)
        return np.array(person.position_m), False

    def way(self, user_id: str) -> tuple[Array, bool]:
        """Return where a user is at the end of every slot (slots, 3), an aerial one on its straight flight, and whether
        it is aerial.
        """
        row = self.scenario.user_ids.index(user_id)
        if row < len(self.scenario.aerial_users):
            return reference_flight(self.world)[1:, row], True
        return self.world.ground_track_m[1:, row - len(self.scenario.aerial_users)], False

    def links(self, user_id: str) -> tuple[Array, BoolArray]:
        """Return a user's gains and lines of sight (slots, stations) on its way: with walls, without fast fading."""
        row, slots = self.scenario.user_ids.index(user_id), np.arange(self.world.slots)
        if row < len(self.scenario.aerial_users):
            return self.world.links_at(self.way(user_id)[0], slots, aerial=True)
        gains, sight = self.world.ground_links
        return gains[:, row - self.world.aerial_count], sight[:, row - self.world.aerial_count]

    def wall_db(self, user_id: str) -> float:
        """Return what a building takes from all links of a user in dB, 0 outdoors."""
        row = self.scenario.user_ids.index(user_id) - len(self.scenario.aerial_users)
        return 0.0 if row < 0 else float(self.world.penetration_db[row])

    def gains(self, points_m: Array, aerial: bool, slot: int = 1) -> Array:
        """Return the gains (n, stations) of points (n, 3) in a 1-based slot, fast fading left out."""
        return self.world.gains_at(points_m, slot - 1, aerial)

    def alone(self, user: AerialUser) -> World:
        """Return the world with one of its aerial users and no other: its own way, whoever else flies."""
        return replace(self.world, scenario=self.scenario.model_copy(update={"aerial_users": (user,)}))

    @property
    def user_gains(self) -> Array:
        """Return the gains (users, stations) of all users as a run has them in the first slot on the first subchannel.

        Aerial users are on their straight flights, fast fading is included, satellites that do not serve are silent.
        """
        return self.straight_gains[0, :, :, 0]

    @property
    def share_w(self) -> Array:
        """Return what every station sends on one subchannel at equal power in the first slot (stations,) in watts."""
        return self.world.equal_share_w[0]

    @cached_property
    def gbs_distances_m(self) -> Array:
        """Return the distances in plan (users, GBSs)."""
        users = np.array([self.place(name)[0][:2] for name in self.scenario.user_ids]).reshape(-1, 2)
        gbs_m = positions_m(self.scenario.ground_stations)[:, :2]
        return np.linalg.norm(users[:, None] - gbs_m[None], axis=2)

    @property
    def gbs_ids(self) -> tuple[str, ...]:
        """Return the ids of the GBSs."""
        return tuple(gbs.id for gbs in self.scenario.ground_stations)

    def nearest_gbs(self, user_id: str) -> str:
        """Return the id of the GBS nearest to a user in plan."""
        row = self.scenario.user_ids.index(user_id)
        return self.gbs_ids[int(self.gbs_distances_m[row].argmin())]

    @cached_property
    def straight(self) -> tuple[Decision, Evaluation]:
        """Return the reference decision (straight flights, equal power, exact association) and its worth."""
        from itnt_core.methods import StraightMethod, StraightSettings

        decision = StraightMethod().solve(self.world, StraightSettings(), self.scenario.seed, lambda event: None)
        return decision, evaluate(self.world, decision, self.straight_gains)

    @cached_property
    def straight_gains(self) -> Array:
        """Return the gains (slots, users, stations, subchannels) on straight flights, fading included."""
        return self.world.gains(reference_flight(self.world))

    @cached_property
    def equal_power_w(self) -> Array:
        """Return equal powers (slots, stations, subchannels)."""
        return equal_power(self.world)


def manageable(scenario: Scenario) -> tuple[Scenario, Sentence | None]:
    """Return a scenario that lessons can be computed on at once: with fewer ground users where it is large, and a note.

    What counts is the product of slots, users, stations and subchannels.
    """
    stations = station_count(scenario)
    per_user = scenario.time.slots * max(stations, 1) * scenario.radio.subchannels
    most = max(4, MOST_ENTRIES // per_user)
    if len(scenario.user_ids) <= most:
        return scenario, None
    aerial = scenario.aerial_users[: max(1, most // 4)]
    people = scenario.ground_users[: most - len(aerial)]
    note = LACKS.sentence("few users", kept=len(aerial) + len(people), users=len(scenario.user_ids))
    return scenario.model_copy(update={"aerial_users": aerial, "ground_users": people}), note
