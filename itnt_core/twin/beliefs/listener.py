"""The twin that learns: reports of what users receive correct its gains where the next users will be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from itnt_core.arrays import Array, BoolArray, IntArray
from itnt_core.city import City, daytime_points
from itnt_core.radio import named_generator
from itnt_core.scenario import floor_height_m
from itnt_core.sky import SkyTrack
from itnt_core.twin.physics import gain_over_noise
from itnt_core.twin.planning.window import WEAKEST_GAIN
from itnt_core.twin.scenario import TwinScenario
from itnt_core.units import from_db, to_db

from .mistakes import TwinWorld, mistaken_places, unknown_db
from .shadow_map import GAUSSIAN_90, ShadowMap

SERVED_SHARE = 1e-6  # of the resource blocks, above which a user is served and reports


@dataclass(frozen=True, eq=False)
class Reports:
    """What was heard: when and from which links (n,), and how it differs from what the twin's physics says.

    ``residual_db`` (n,): the reported gain over that of physics. ``interval_db`` (n, 2): where nine tenths of such
    reports should lie, as the twin knew before it heard them.
    """

    cycle: IntArray
    transmitter: IntArray
    user: IntArray
    residual_db: Array
    interval_db: Array

    @classmethod
    def joined(cls, parts: Sequence[Reports]) -> Reports:
        """Return the reports of several cycles as one; none are none."""
        if not parts:
            none = np.zeros(0, dtype=np.int64)
            return cls(none, none, none, np.zeros(0), np.zeros((0, 2)))
        return cls(*(np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(cls)))

    @property
    def within(self) -> BoolArray:
        """Say which reports (n,) lie where nine tenths should."""
        low, high = self.interval_db.T
        found: BoolArray = (low <= self.residual_db) & (self.residual_db <= high)
        return found


@dataclass(eq=False)
class Listener:
    """What the twin makes of reports, cycle after cycle.

    ``actual`` and ``physics`` (transmitters, users, cycles): gains as they are, and as the twin's physics has them;
    ``places`` (cycles, users, 3): where the twin takes the users to be.
    """

    scenario: TwinScenario
    actual: Array
    physics: Array
    places: Array
    maps: list[ShadowMap]
    heard: list[Reports] = field(default_factory=list)

    def hear(self, cycle: int, transmitter: IntArray, user: IntArray) -> None:
        """Take the reports of one cycle from the links (n,) over which users were served."""
        order = np.lexsort((user, transmitter))
        transmitter, user = transmitter[order], user[order]
        audible = self.actual[transmitter, user, cycle] >= WEAKEST_GAIN
        transmitter, user = transmitter[audible], user[audible]
        normal = named_generator(self.scenario.seed, "twin", "reports", str(cycle)).standard_normal(
            self.actual.shape[:2]
        )
        residual = to_db(self.actual[transmitter, user, cycle] / _audible(self.physics[transmitter, user, cycle]))
        residual = residual + self.scenario.learning.report_sigma_db * normal[transmitter, user]
        points = self.places[cycle, user, :2]
        interval = np.zeros((user.size, 2))
        for number in np.unique(transmitter):
            chosen = transmitter == number
            mean, deviation = self.maps[number].predict(points[chosen])
            interval[chosen] = mean[:, None] + GAUSSIAN_90 * deviation[:, None] * np.array([-1.0, 1.0])
            self.maps[number].hear(points[chosen], residual[chosen])
        self.heard.append(Reports(np.full(user.size, cycle), transmitter, user, residual, interval))

    def gains(self, part: slice) -> Array:
        """Return the gains (transmitters, users, cycles) of some cycles as the twin now takes them."""
        places = self.places[part]
        cycles, users = places.shape[:2]
        found = np.array(self.physics[:, :, part])
        for number, shadow_map in enumerate(self.maps):
            difference, _ = shadow_map.predict(places[:, :, :2].reshape(-1, 2))
            found[number] *= from_db(difference.reshape(cycles, users).T)
        return found


def listener_of(
    scenario: TwinScenario,
    city: City,
    sky: SkyTrack,
    ids: tuple[str, ...],
    actual: Array,
    physics: Array,
    places: Array,
) -> Listener:
    """Return a twin that has heard of earlier users, if there were any, and is ready to hear of those of the run.

    ``ids`` are the transmitters'; ``places`` (cycles, users, 3) as the twin has them.
    """
    maps = [ShadowMap() for _ in ids]
    count = scenario.learning.earlier_reports
    if count:
        for shadow_map, (points, residual) in zip(maps, earlier_reports(scenario, city, sky, ids, count), strict=True):
            shadow_map.hear(points, residual)
    return Listener(scenario, actual, physics, places, maps)


def earlier_reports(
    scenario: TwinScenario, city: City, sky: SkyTrack, ids: tuple[str, ...], count: int
) -> list[tuple[Array, Array]]:
    """Return places (n, 2) and differences (n,) that earlier users reported of each transmitter.

    They stood where people stand by day, at the first cycle's sky; each reports its strongest base station and its
    strongest satellite.
    """
    seed = int(named_generator(scenario.seed, "twin", "earlier users").integers(2**31))
    points = np.column_stack([daytime_points(city, count, seed), np.full(count, floor_height_m(1))])[None]
    actual = gain_over_noise(scenario, city, sky, points, [0])[:, :, 0]
    taken_for = mistaken_places(scenario, points, "earlier places")
    unknown = unknown_db(scenario, ids, points, "earlier csi")
    physics = TwinWorld.of(scenario, city, sky).gain(taken_for, [0], unknown)[:, :, 0]
    noise = named_generator(scenario.seed, "twin", "earlier reports").standard_normal(actual.shape)
    residual = to_db(np.maximum(actual, WEAKEST_GAIN) / _audible(physics)) + scenario.learning.report_sigma_db * noise
    stations = len(scenario.network.ground_stations)
    heard = np.zeros(actual.shape, dtype=bool)
    for side in (slice(0, stations), slice(stations, None)):
        if actual[side].size:
            strongest = actual[side].argmax(axis=0) + (side.start or 0)
            heard[strongest, np.arange(count)] = True
    heard &= actual >= WEAKEST_GAIN
    return [(taken_for[0, heard[number], :2], residual[number, heard[number]]) for number in range(len(ids))]


def _audible(gain: Array) -> Array:
    """Return gains (n,) that are at least as great as what can be heard at all."""
    return np.maximum(gain, WEAKEST_GAIN)
