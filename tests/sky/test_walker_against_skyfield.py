"""Walker shells against skyfield, fed with satellites built here from the definition of a Walker-delta pattern."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sgp4.api import WGS84, Satrec
from skyfield.api import EarthSatellite, load, wgs84

from itnt_core.scenario import Area, Pass, Scenario, TimeGrid, WalkerShell
from itnt_core.sky import best_placed, look_angles, look_angles_deg, walker_positions_m, walker_satellites

hundredth_deg = 0.01
fifty_metres_km = 0.05
START = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
PLACES = {
    "London": Area(),
    "Quito": Area(lon=-78.5, lat=-0.2),
    "Sydney": Area(lon=151.2, lat=-33.9),
    "Tromso": Area(lon=19.0, lat=69.6),
}
SHELL = WalkerShell(id="shell", altitude_km=550.0, planes=6, satellites_per_plane=5, phasing=2, satellites_used=4)


@pytest.fixture(scope="module")
def timescale():
    return load.timescale(builtin=True)


def built_here(shell, epoch):
    """Return the shell's satellites: planes 360/p apart, satellites in them 360/s, next plane 360 f/t out of step."""
    mu, radius_km = 398_600.4418, 6378.137 + shell.altitude_km
    motion_rad_min = (mu / radius_km**3) ** 0.5 * 60.0
    days = (epoch - datetime(1949, 12, 31, tzinfo=UTC)) / timedelta(days=1)
    count = shell.planes * shell.satellites_per_plane
    for plane in range(shell.planes):
        for place in range(shell.satellites_per_plane):
            record = Satrec()
            phase = np.deg2rad(
                (place * 360.0 / shell.satellites_per_plane + plane * shell.phasing * 360.0 / count) % 360
            )
            record.sgp4init(
                WGS84,
                "i",
                1,
                days,
                0.0,
                0.0,
                0.0,
                1e-6,
                0.0,
                np.deg2rad(shell.inclination_deg),
                phase,
                motion_rad_min,
                np.deg2rad(plane * 360.0 / shell.planes),
            )
            yield record


def seen_by_skyfield(shell, area, epoch, seconds, timescale):
    """Return azimuth, elevation (deg) and range (km), each (times, satellites)."""
    moments = timescale.from_datetimes([epoch + timedelta(seconds=float(second)) for second in seconds])
    site = wgs84.latlon(area.lat, area.lon)
    columns = []
    for record in built_here(shell, epoch):
        elevation, azimuth, distance = (EarthSatellite.from_satrec(record, timescale) - site).at(moments).altaz()
        columns.append((azimuth.degrees, elevation.degrees, distance.km))
    return np.array(columns).transpose(1, 2, 0)


@pytest.mark.parametrize("place", PLACES, ids=PLACES.keys())
def test_look_angles_agree_with_skyfield(place, timescale):
    area, seconds = PLACES[place], np.array([0.0, 2.0, 120.0, 1800.0, 5400.0])
    azimuth, elevation, distance = look_angles_deg(walker_positions_m(SHELL, area, START, seconds))
    expected = seen_by_skyfield(SHELL, area, START, seconds, timescale)
    assert np.abs(elevation - expected[1]).max() <= hundredth_deg
    assert np.abs(distance - expected[2]).max() <= fifty_metres_km
    apart = np.abs((azimuth - expected[0] + 180.0) % 360.0 - 180.0)
    assert (apart * np.cos(np.radians(expected[1]))).max() <= hundredth_deg  # on the sphere: overhead, azimuths whirl


@pytest.mark.parametrize(
    "epoch", [datetime(2024, 2, 29, 23, 59, 30, 250_000, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)]
)
def test_they_agree_over_midnight_and_leap_days_too(epoch, timescale):
    seconds = np.array([0.0, 29.5, 30.0, 86_400.0])
    _, elevation, distance = look_angles_deg(walker_positions_m(SHELL, Area(), epoch, seconds))
    expected = seen_by_skyfield(SHELL, Area(), epoch, seconds, timescale)
    assert np.abs(elevation - expected[1]).max() <= hundredth_deg
    assert np.abs(distance - expected[2]).max() <= fifty_metres_km


def test_the_shell_is_the_pattern_it_is_named_after():
    made, expected = walker_satellites(SHELL, START), list(built_here(SHELL, START))
    assert len(made) == 30
    for ours, theirs in zip(made, expected, strict=True):
        assert (ours.nodeo, ours.mo, ours.inclo, ours.no_kozai) == pytest.approx(
            (theirs.nodeo, theirs.mo, theirs.inclo, theirs.no_kozai)
        )
    assert {round(np.degrees(item.nodeo), 6) for item in made} == {0.0, 60.0, 120.0, 180.0, 240.0, 300.0}


@pytest.mark.parametrize("altitude_km", [360.0, 550.0, 1200.0])
def test_the_orbits_stay_circular_at_their_altitude(altitude_km):
    """Over the equator the height above the ellipsoid is the altitude; J2 moves it by some kilometres."""
    shell = WalkerShell(
        id="shell", altitude_km=altitude_km, inclination_deg=0.0, planes=1, satellites_per_plane=4, phasing=0
    )
    position_m = walker_positions_m(shell, Area(lon=0.0, lat=0.0), START, np.arange(0.0, 6000.0, 300.0))
    height_km = np.linalg.norm(position_m + np.array([0.0, 0.0, 6_378_137.0]), axis=-1) / 1000.0 - 6378.137
    twenty_km = 20.0
    assert np.abs(height_km - altitude_km).max() < twenty_km


@pytest.mark.parametrize("place", PLACES, ids=PLACES.keys())
def test_the_best_placed_are_really_the_best(place, timescale):
    area = PLACES[place]
    shell = WalkerShell(id="shell", planes=10, satellites_per_plane=8, satellites_used=5, min_elevation_deg=5.0)
    scenario = Scenario(area=area, walker_shells=(shell,), time=TimeGrid(start=START, slots=20, slot_s=30.0))
    elevation = seen_by_skyfield(shell, area, START, 30.0 * np.arange(1, 21), timescale)[1]
    ranking = sorted(
        (index for index in range(80) if elevation[:, index].max() >= 5.0),
        key=lambda index: sum(elevation[:, index]),
        reverse=True,
    )
    assert best_placed(shell, scenario) == ranking[:5]


def test_satellites_that_never_rise_high_enough_are_left_out(timescale):
    shell = WalkerShell(id="shell", planes=10, satellites_per_plane=8, satellites_used=60, min_elevation_deg=20.0)
    scenario = Scenario(walker_shells=(shell,), time=TimeGrid(start=START, slots=10, slot_s=30.0))
    elevation = seen_by_skyfield(shell, Area(), START, 30.0 * np.arange(1, 11), timescale)[1]
    assert set(best_placed(shell, scenario)) == set(np.flatnonzero(elevation.max(axis=0) >= 20.0).tolist())
    never = WalkerShell(id="shell", planes=1, satellites_per_plane=1, phasing=0, inclination_deg=0.0, satellites_used=1)
    assert best_placed(never, scenario.model_copy(update={"area": Area(lat=80.0)})) == []


def test_a_scenarios_sky_holds_its_passes_and_then_the_best_of_each_shell():
    scenario = Scenario(
        passes=(Pass(id="leo-1"),),
        walker_shells=(SHELL.model_copy(update={"min_elevation_deg": 0.0}),),
        time=TimeGrid(start=START, slots=4, slot_s=30.0),
    )
    sky = look_angles(scenario)
    chosen = best_placed(scenario.walker_shells[0], scenario)
    names = [f"shell-{index // 5 + 1}-{index % 5 + 1}" for index in chosen]  # plane and place in it, from 1
    assert sky.station_ids == ("leo-1", *names) and chosen
    everything = walker_positions_m(SHELL, scenario.area, START, np.array([30.0, 60.0, 90.0, 120.0]))
    assert sky.position_m[:, 1:] == pytest.approx(everything[:, chosen])
    assert len(sky.radios) == 1 + len(chosen)


def test_the_direct_to_cell_shell_behaves_like_the_real_fleet_over_london():
    """360 km, 53 deg, 28 x 12: 2.4 satellites above 25 degrees on average (city-and-orbits.md)."""
    shell = WalkerShell(id="d2c", altitude_km=359.7, inclination_deg=53.0, planes=28, satellites_per_plane=12)
    _, elevation, _ = look_angles_deg(walker_positions_m(shell, Area(), START, np.arange(0.0, 43_200.0, 300.0)))
    assert (elevation > 25.0).sum(axis=1).mean() == pytest.approx(2.4, abs=0.15)
