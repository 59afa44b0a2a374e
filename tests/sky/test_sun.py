"""The sun stands where astropy's ephemeris has it."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from itnt_core.sky import sun_angles_deg

MOMENTS = [
    datetime(year, month, day, hour, 7, tzinfo=UTC)
    for year, month, day in ((2017, 3, 2), (2026, 1, 20), (2026, 6, 21), (2026, 10, 5), (2018, 12, 21))
    for hour in (1, 8, 12, 17)
]
PLACES = {"London": (-0.09, 51.508), "Quito": (-78.47, -0.18), "Sydney": (151.21, -33.87), "Tromsoe": (18.96, 69.65)}


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_azimuth_and_elevation_are_astropys_to_a_thirtieth_of_a_degree(place):
    from astropy.coordinates import AltAz, EarthLocation, get_sun  # slow to load, in every process that reads this file
    from astropy.time import Time
    from astropy.utils import iers

    lon, lat = PLACES[place]
    with iers.conf.set_temp("auto_download", False), iers.conf.set_temp("auto_max_age", None):
        sky = AltAz(obstime=Time(MOMENTS), location=EarthLocation.from_geodetic(lon, lat))
        theirs = get_sun(sky.obstime).transform_to(sky)
    for moment, azimuth, elevation in zip(MOMENTS, theirs.az.deg, theirs.alt.deg, strict=True):
        ours = sun_angles_deg(moment, lon, lat)
        assert ours[1] == pytest.approx(elevation, abs=0.03)
        off = (ours[0] - azimuth + 180.0) % 360.0 - 180.0
        assert abs(off) * np.cos(np.radians(elevation)) < 0.03


def test_the_moment_counts_and_not_the_clock_that_tells_it():
    here = datetime(2026, 6, 21, 12, tzinfo=UTC)
    assert sun_angles_deg(here, 0.0, 51.5) == sun_angles_deg(here.astimezone(timezone(timedelta(hours=9))), 0.0, 51.5)
