"""Sites: sectors that share a mast. Each of them is a base station of its own; together they stand at one place."""

from __future__ import annotations

from collections.abc import Sequence

from .antennas import Antenna
from .model import GroundStation

SECTORS = 3  # of a site that is placed at once, 120 degrees apart
SECTOR_ELEMENTS = 8  # above one another, of a sector that is placed
# One element has 8 dBi (TR 38.901 table 7.3-1); eight of them gather 10 log10(8) = 9.03 dB more where they agree.
SECTOR_GAIN_DBI = 17.0


def sector_antennas(first_azimuth_deg: float = 0.0) -> tuple[Antenna, ...]:
    """Return the antennas of a site with equal sectors, the first one in a direction clockwise from north."""
    step = 360.0 / SECTORS
    return tuple(
        Antenna(
            kind="sector",
            gain_dbi=SECTOR_GAIN_DBI,
            azimuth_deg=(first_azimuth_deg + step * number) % 360.0,
            elements=SECTOR_ELEMENTS,
        )
        for number in range(SECTORS)
    )


def on_one_site(one: GroundStation, other: GroundStation) -> bool:
    """Say whether two base stations are sectors of one site: directional antennas at the very same place."""
    directional = one.antenna.is_directional and other.antenna.is_directional
    return directional and one.position_m == other.position_m


def first_of_site(stations: Sequence[GroundStation]) -> list[int]:
    """Return for each base station the number of the first one on its mast, its own where it stands alone."""
    first: dict[tuple[float, float, float], int] = {}
    return [
        first.setdefault(station.position_m, number) if station.antenna.is_directional else number
        for number, station in enumerate(stations)
    ]


def site_of(stations: Sequence[GroundStation], station: GroundStation) -> tuple[GroundStation, ...]:
    """Return the base stations on the mast of one of them, that one included, in the order of the scenario."""
    return tuple(one for one in stations if one is station or on_one_site(one, station))
