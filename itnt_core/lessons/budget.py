"""Link budgets of lessons: what a station sends, what is gained and lost on the way, what arrives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array
from itnt_core.radio import station_gain_db
from itnt_core.scenario import AntennaPattern, GroundStation
from itnt_core.units import watts_to_dbm

from .example import Example
from .laws import Law, Link, law_of


@dataclass(frozen=True)
class GbsBudget:
    """The budget of a GBS link on one subchannel, fast fading left out; what arrives is the channel model's own gain.

    ``shadow_db`` is the part of the loss that the law does not explain: shadowing.
    """

    sent_dbm: float
    antenna_db: float
    law: Law
    shadow_db: float
    received_dbm: float
    los: bool
    link: Link
    elevation_deg: float  # of the user seen from the antenna
    wall_db: float = 0.0  # what a building around the user takes

    @property
    def rows(self) -> tuple[dict[str, object], ...]:
        """Return the budget as rows of a table."""
        wall: list[dict[str, object]] = []
        if self.wall_db:
            wall.append({"Part": "Through the building", "Value": f"{-self.wall_db:+.2f} dB"})
        return (
            {"Part": "Sent on one subchannel", "Value": f"{self.sent_dbm:.2f} dBm"},
            {"Part": "Antenna gain towards the user", "Value": f"{self.antenna_db:+.2f} dB"},
            {"Part": f"Path loss: {self.law.name}", "Value": f"{-self.law.loss_db:+.2f} dB"},
            {"Part": "Shadowing", "Value": f"{-self.shadow_db:+.2f} dB"},
            *wall,
            {"Part": "Received", "Value": f"{self.received_dbm:.2f} dBm"},
        )


def gbs_budget(
    example: Example, gbs_id: str, point_m: Array, aerial: bool, sent_w: float, wall_db: float = 0.0
) -> GbsBudget:
    """Return the budget of the link from a GBS to a point (3,) when it sends ``sent_w`` watts on a subchannel.

    ``wall_db`` is what a building around the user takes.
    """
    index = example.gbs_ids.index(gbs_id)
    gbs = example.scenario.ground_stations[index]
    link = link_to(example, gbs_id, point_m)
    received = received_dbm(example, gbs_id, point_m, aerial, sent_w)
    los = bool(example.world.channel.gbs_sight(point_m[None], aerial)[0, index])
    elevation = float(np.degrees(np.arctan2(point_m[2] - gbs.height_m, link.d2d_m)))
    antenna = float(gains_db(example, gbs_id, point_m, np.array([elevation]))[0])
    law = law_of(example.scenario, link, los, aerial)
    shadow = antenna - law.loss_db - (received - watts_to_dbm(sent_w))
    got = received - wall_db
    return GbsBudget(watts_to_dbm(sent_w), antenna, law, shadow, got, los, link, elevation, wall_db)


def received_dbm(example: Example, gbs_id: str, point_m: Array, aerial: bool, sent_w: float) -> float:
    """Return what arrives at a point (3,) of ``sent_w`` watts from a GBS, under whatever channel model."""
    gain = float(example.world.channel.gbs_gain(point_m[None], aerial)[0, example.gbs_ids.index(gbs_id)])
    return watts_to_dbm(sent_w * gain)


def link_to(example: Example, gbs_id: str, point_m: Array) -> Link:
    """Return the geometry of the link from a GBS to a point (3,)."""
    gbs = example.scenario.ground_stations[example.gbs_ids.index(gbs_id)]
    d2d = float(np.hypot(point_m[0] - gbs.east_m, point_m[1] - gbs.north_m))
    d3d = float(np.hypot(d2d, point_m[2] - gbs.height_m))
    return Link(d2d, d3d, gbs.height_m, float(point_m[2]), example.scenario.radio.carrier_ghz)


def bearing_deg(gbs: GroundStation, point_m: Array) -> float:
    """Return in which direction a GBS sees a point (3,), clockwise from north."""
    return float(np.degrees(np.arctan2(point_m[0] - gbs.east_m, point_m[1] - gbs.north_m)))


def gains_db(example: Example, gbs_id: str, point_m: Array, elevations_deg: Array) -> Array:
    """Return the antenna gains in dBi of a GBS at elevations of any shape, in the direction of a point (3,)."""
    gbs = example.scenario.ground_stations[example.gbs_ids.index(gbs_id)]
    return station_gain_db(gbs.antenna, elevations_deg, bearing_deg(gbs, point_m), _pattern(example, gbs))


def _pattern(example: Example, gbs: GroundStation) -> AntennaPattern | None:
    return example.scenario.antenna_pattern(gbs.antenna)


def moved_to(example: Example, gbs_id: str, point_m: Array, distance_m: float) -> Array:
    """Return the point (3,) at another distance in plan from a GBS, in the same direction."""
    gbs = example.scenario.ground_stations[example.gbs_ids.index(gbs_id)]
    way = point_m[:2] - (gbs.east_m, gbs.north_m)
    length = float(np.hypot(*way))
    unit = way / length if length > 0.0 else np.array([1.0, 0.0])
    return np.array([gbs.east_m + distance_m * unit[0], gbs.north_m + distance_m * unit[1], point_m[2]])
