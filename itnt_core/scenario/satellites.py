"""What brings satellites: hand-made passes, published Walker shells, imported elements; each a part of a scenario."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from .names import NameText
from .part import Identifier, Part


def _to_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the moment lies outside the years 1 to 9999 in UTC") from error


UtcTime = Annotated[AwareDatetime, AfterValidator(_to_utc)]


class SatelliteRadio(Part):
    """What every satellite of a group transmits: power, peak gain, beam aperture radius, user limit."""

    max_power_w: float = Field(4.0, gt=0.0, le=1000.0)
    gain_dbi: float = Field(30.0, ge=0.0, le=60.0)
    beam_aperture_m: float = Field(1.0, ge=0.05, le=20.0)
    max_users: int | None = Field(None, ge=1, le=10_000)


class Pass(Part):
    """A hand-made pass: a circular orbit seen from the anchor.

    The satellite travels towards ``heading_deg`` (clockwise from north) and culminates ``culmination_s`` seconds after
    the start at ``max_elevation_deg``, to the left or right of the anchor as seen in the direction of travel.
    """

    id: Identifier
    name: NameText = Field("", max_length=80)
    altitude_km: float = Field(500.0, ge=160.0, le=2000.0)
    max_elevation_deg: float = Field(75.0, ge=5.0, le=90.0)
    heading_deg: float = Field(45.0, ge=0.0, lt=360.0)
    culmination_s: float = Field(60.0, ge=-3600.0, le=90_000.0)
    side: Literal["left", "right"] = "left"
    radio: SatelliteRadio = SatelliteRadio()

    @property
    def most_satellites(self) -> int:
        """Return how many satellites it brings at most."""
        return 1

    def brings(self, station_id: str) -> bool:
        """Say whether a base station is this satellite."""
        return station_id == self.id


class WalkerShell(Part):
    """A Walker-delta shell of which the best placed satellites of the time window serve."""

    id: Identifier
    altitude_km: float = Field(359.7, ge=160.0, le=2000.0)
    inclination_deg: float = Field(53.0, ge=0.0, le=180.0)
    planes: int = Field(28, ge=1, le=200)
    satellites_per_plane: int = Field(12, ge=1, le=200)
    phasing: int = Field(5, ge=0, le=200)
    satellites_used: int = Field(2, ge=1, le=64)
    min_elevation_deg: float = Field(25.0, ge=0.0, le=89.0)
    radio: SatelliteRadio = SatelliteRadio()

    @property
    def most_satellites(self) -> int:
        """Return how many satellites it brings at most."""
        return self.satellites_used

    def station_id(self, index: int) -> str:
        """Return the id under which a satellite (from 0, plane by plane) is a base station: shell, plane, place."""
        plane, place = divmod(index, self.satellites_per_plane)
        return f"{self.id}-{plane + 1}-{place + 1}"

    def brings(self, station_id: str) -> bool:
        """Say whether a base station is a satellite of the shell."""
        name = re.fullmatch(r"(.+)-([1-9][0-9]*)-([1-9][0-9]*)", station_id)
        if name is None or name[1] != self.id:
            return False
        return int(name[2]) <= self.planes and int(name[3]) <= self.satellites_per_plane


class OrbitElements(Part):
    """SGP4 mean elements of one satellite in the TEME frame, as in a CCSDS 502.0-B-3 orbit mean-elements message."""

    name: NameText = Field("", max_length=80)
    norad_id: int = Field(ge=0, le=999_999_999)
    epoch: UtcTime
    mean_motion_rev_day: float = Field(ge=0.05, le=18.0)
    eccentricity: float = Field(ge=0.0, lt=1.0)
    inclination_deg: float = Field(ge=0.0, le=180.0)
    raan_deg: float = Field(ge=0.0, le=360.0)
    perigee_argument_deg: float = Field(ge=0.0, le=360.0)
    mean_anomaly_deg: float = Field(ge=0.0, le=360.0)
    bstar: float = Field(0.0, ge=-100.0, le=100.0)


class OrbitGroup(Part):
    """Imported satellites, their elements embedded, that share a few serving places over the time window.

    At most ``satellites_used`` of them serve at once. One that sinks below ``min_elevation_deg`` (seen from the anchor)
    hands its place over to the satellite that then has most elevation before it. ``source`` and ``source_hash`` tell
    which stored element set they were chosen from; nothing but the elements here decides a result.
    """

    id: Identifier
    source: NameText = Field("", max_length=120)
    source_hash: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    satellites_used: int = Field(2, ge=1, le=64)
    min_elevation_deg: float = Field(25.0, ge=0.0, le=89.0)
    radio: SatelliteRadio = SatelliteRadio()
    satellites: tuple[OrbitElements, ...] = Field(min_length=1, max_length=64)

    def station_id(self, satellite: OrbitElements) -> str:
        """Return the id under which a satellite of the group is a base station.

        Before launch several objects share one catalogue number: from the second on their place among them is added.
        """
        alike = [one for one in self.satellites if one.norad_id == satellite.norad_id]
        place = alike.index(satellite) + 1 if satellite in alike else 1
        return f"{self.id}-{satellite.norad_id}" + (f"-{place}" if place > 1 else "")

    @property
    def most_satellites(self) -> int:
        """Return how many satellites it brings at most, whether they serve at once or after one another."""
        return len(self.satellites)

    def brings(self, station_id: str) -> bool:
        """Say whether a base station is a satellite of the group."""
        return any(station_id == self.station_id(satellite) for satellite in self.satellites)


SatelliteSource = Pass | WalkerShell | OrbitGroup
SATELLITE_GROUPS = ("passes", "walker_shells", "orbits")  # the scenario's fields that bring satellites
