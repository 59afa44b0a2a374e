"""Sectors and measured antennas: table 7.3-1 of TR 38.901 in plain Python, the summing method by hand."""

from math import log10, pi, radians, sin

import numpy as np
import pytest

from itnt_core.network import build_world
from itnt_core.presets import preset
from itnt_core.radio import LinkGeometry, Transmitters, sector_element_db, station_gain_db
from itnt_core.scenario import Antenna, AntennaPattern, GroundStation, sector_antennas


def element_dbi(theta_deg, phi_deg):
    """Return A''_dB of TR 38.901 table 7.3-1: theta from the zenith, phi from the main direction, peak 8 dBi."""
    a_v = -min(12.0 * ((theta_deg - 90.0) / 65.0) ** 2, 30.0)
    a_h = -min(12.0 * (phi_deg / 65.0) ** 2, 30.0)
    return 8.0 - min(-(a_v + a_h), 30.0)


def array_db(elevation_deg, downtilt_deg, elements):
    """Return the sine-over-sine array factor of half-wave spaced elements."""
    half_phase = pi / 2.0 * (sin(radians(elevation_deg)) + sin(radians(downtilt_deg)))
    ratio = 1.0 if abs(half_phase) < 1e-9 else sin(elements * half_phase) / (elements * sin(half_phase))
    return 20.0 * log10(max(abs(ratio), 1e-6))


@pytest.mark.parametrize("azimuth_deg", [0.0, 120.0, 301.0])
def test_one_element_is_the_table_in_every_direction(azimuth_deg):
    antenna = Antenna(kind="sector", gain_dbi=8.0, elements=1, downtilt_deg=0.0, azimuth_deg=azimuth_deg)
    for elevation in np.arange(-90.0, 91.0, 7.5):
        for bearing in np.arange(-180.0, 540.0, 11.25):
            phi = (bearing - azimuth_deg + 180.0) % 360.0 - 180.0
            expected = element_dbi(90.0 - elevation, phi)
            assert float(station_gain_db(antenna, elevation, bearing)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("elements", "tilt_deg"), [(4, 0.0), (8, 6.0), (10, 12.0), (64, 3.0)])
def test_several_elements_are_the_table_times_the_array_whose_nulls_are_filled_at_30_db(elements, tilt_deg):
    antenna = Antenna(kind="sector", gain_dbi=17.0, elements=elements, downtilt_deg=tilt_deg, azimuth_deg=40.0)
    for elevation, bearing in [(-6.0, 40.0), (0.0, 100.0), (-12.0, -10.0), (25.0, 40.0), (-70.0, 200.0), (3.0, 33.0)]:
        phi = (bearing - 40.0 + 180.0) % 360.0 - 180.0
        expected = 17.0 + element_dbi(90.0 - elevation, phi) - 8.0 + max(array_db(elevation, tilt_deg, elements), -30.0)
        assert float(station_gain_db(antenna, elevation, bearing)) == pytest.approx(expected, abs=1e-6)


def test_in_a_side_lobe_behind_both_parts_count():
    """30 dB of the element and 13 dB of the array: what was held at 30 dB cost a network of sectors 3 dB of SIR."""
    antenna = Antenna(kind="sector", gain_dbi=18.0, elements=10, downtilt_deg=12.0)
    to_lobe = np.degrees(np.arcsin(np.sin(np.radians(-12.0)) + 0.287))  # the first side lobe of ten elements
    front, behind = (float(station_gain_db(antenna, to_lobe, bearing)) for bearing in (0.0, 180.0))
    assert front == pytest.approx(18.0 - 13.0, abs=0.2)
    assert behind == pytest.approx(front - 30.0, abs=0.1)


def test_half_power_lies_at_half_the_width_and_behind_is_thirty_db_down():
    across = sector_element_db(np.zeros(4), np.array([0.0, 32.5, -32.5, 180.0]))
    assert across == pytest.approx([0.0, -3.0, -3.0, -30.0])


def test_the_links_of_a_sector_follow_the_bearing_of_the_user():
    tiny = preset("tiny")
    station = GroundStation(
        id="s", east_m=10.0, north_m=20.0, height_m=25.0, antenna=sector_antennas()[1]
    )  # looks to 120 degrees
    scenario = tiny.model_copy(update={"ground_stations": (station,)})
    world = build_world(scenario)
    turn = np.radians([120.0, 152.5, 300.0])
    points = np.column_stack([10.0 + 300.0 * np.sin(turn), 20.0 + 300.0 * np.cos(turn), np.full(3, 1.5)])
    geometry = LinkGeometry.between(points, np.array([station.position_m]))
    gains = Transmitters(scenario, world.sky).gbs_antenna_db(geometry)[:, 0]
    assert gains[0] - gains[1] == pytest.approx(3.0, abs=1e-6)
    assert gains[0] - gains[2] > 20.0


def test_the_sectors_of_a_site_share_line_of_sight_and_shadowing_and_strangers_do_not():
    open_ground = preset("tiny").model_copy(update={"city": preset("tiny").city.model_copy(update={"kind": "open"})})
    place = {"east_m": 0.0, "north_m": 0.0}
    sectors = [GroundStation(id=f"s{n}", antenna=one, **place) for n, one in enumerate(sector_antennas())]
    alone = GroundStation(id="t", east_m=0.0, north_m=1.5, antenna=sector_antennas()[0])
    world = build_world(open_ground.model_copy(update={"ground_stations": (*sectors, alone)}))
    points = np.random.default_rng(1).uniform(-400.0, 400.0, (200, 3)) * (1.0, 1.0, 0.0) + (0.0, 0.0, 1.5)
    sight = world.channel.gbs_sight(points, aerial=False)
    gains = world.channel.gbs_gain(points, False, sight)
    antenna_db = world.channel.transmitters.gbs_antenna_db(
        LinkGeometry.between(points, world.channel.transmitters.gbs_m)
    )
    loss_db = antenna_db - 10.0 * np.log10(gains)
    assert (sight[:, 0] == sight[:, 1]).all() and (sight[:, 0] == sight[:, 2]).all()
    assert loss_db[:, 1] == pytest.approx(loss_db[:, 0]) and loss_db[:, 2] == pytest.approx(loss_db[:, 0])
    assert np.abs(loss_db[:, 3] - loss_db[:, 0]).max() > 1.0


def made_pattern():
    degrees = np.arange(360)
    horizontal = np.minimum(12.0 * (((degrees + 180) % 360 - 180) / 65.0) ** 2, 28.0).round(2)
    vertical = np.minimum(0.5 * np.abs((degrees - 4 + 180) % 360 - 180), 25.0).round(2)
    return AntennaPattern(
        id="pattern-1", gain_dbi=15.5, horizontal_db=tuple(horizontal.tolist()), vertical_db=tuple(vertical.tolist())
    )


@pytest.mark.parametrize(
    ("elevation_deg", "bearing_deg", "across", "down"),
    [(-4.0, 90.0, 0, 4), (0.0, 100.0, 10, 0), (10.0, 270.0, 180, 350), (-90.0, 60.0, 330, 90)],
)
def test_a_measured_pattern_is_the_sum_of_its_cuts(elevation_deg, bearing_deg, across, down):
    pattern = made_pattern()
    antenna = Antenna(kind="measured", gain_dbi=15.5, azimuth_deg=90.0, pattern="pattern-1")
    expected = 15.5 - pattern.horizontal_db[across] - pattern.vertical_db[down]
    assert float(station_gain_db(antenna, elevation_deg, bearing_deg, pattern)) == pytest.approx(expected)


def test_between_whole_degrees_a_cut_is_linear_also_over_north():
    pattern = made_pattern()
    antenna = Antenna(kind="measured", gain_dbi=0.0, pattern="pattern-1")
    middle = float(station_gain_db(antenna, -4.0, 359.5, pattern))
    assert middle == pytest.approx(-(pattern.horizontal_db[359] + pattern.horizontal_db[0]) / 2.0)


def test_a_measured_antenna_without_its_pattern_is_no_number():
    with pytest.raises(ValueError, match="'gone' of an antenna is not there"):
        station_gain_db(Antenna(kind="measured", pattern="gone"), 0.0, 0.0)
