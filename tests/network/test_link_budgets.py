"""The numbers of network-model.md, section 2, read off worlds and the judge (1 W, 180 kHz, 2 GHz, free space)."""

import math

import numpy as np
import pytest

from itnt_core.network import Decision, build_world, evaluate
from itnt_core.radio import laws
from itnt_core.scenario import Channel, Radio, SatelliteRadio
from itnt_core.sky import look_angles
from tests.network.small_worlds import flyer, open_scenario, open_world, satellite, station, walker_on_foot

physics_db = 0.05
OVERHEAD = flyer("au", (0.0, 0.0, 100.0))
BYSTANDER = walker_on_foot("bystander", 50.0, 50.0)
NO_FADING = Channel(model="free_space", fading=False, shadowing=False)


def decibel(ratio):
    return 10.0 * math.log10(ratio)


def sinr_of_first_user(world, convention, station_index=0, power_w=1.0):
    """Return the SINR of user 0 on subchannel 0 of a station, served with the power or with P_max / K (None)."""
    if power_w is None:
        power_w = world.station_max_power_w[0] / world.subchannels
    serving = np.full((world.slots, world.user_count), -1)
    serving[:, 0] = station_index
    channel = np.where(serving >= 0, 0, -1)
    paths = [[(u.start.east_m, u.start.north_m, u.start.height_m) for u in world.scenario.aerial_users]]
    positions = np.array(paths * (world.slots + 1), dtype=float).reshape(world.slots + 1, -1, 3)
    power = np.full((world.slots, world.station_count, world.subchannels), power_w)
    links = evaluate(world, Decision(serving, channel, positions, power))
    return float(getattr(links, convention).sinr[0, 0])


@pytest.mark.parametrize(("distance_m", "snr_db"), [(300.0, 56.4), (1000.0, 46.0)])
def test_an_aerial_user_hears_a_ground_station_at_the_known_snr(distance_m, snr_db):
    world = open_world(stations=[station("gbs", distance_m, 0.0, 100.0)], aerial=[OVERHEAD], ground=[BYSTANDER])
    assert decibel(sinr_of_first_user(world, "always_on")) == pytest.approx(snr_db, abs=physics_db)


@pytest.mark.parametrize(("gain_dbi", "snr_db"), [(0.0, -8.0), (30.0, 22.0)])
@pytest.mark.parametrize("user", ["aerial", "ground"])
def test_a_user_hears_a_satellite_500_km_overhead_at_the_known_snr(user, gain_dbi, snr_db):
    aerial = [OVERHEAD] if user == "aerial" else []
    ground = [BYSTANDER] if user == "aerial" else [walker_on_foot("gu", 0.0, 0.0)]
    radio = SatelliteRadio(gain_dbi=gain_dbi)
    world = open_world(passes=[satellite(radio=radio)], aerial=aerial, ground=ground)
    assert decibel(sinr_of_first_user(world, "always_on")) == pytest.approx(snr_db, abs=physics_db)


def test_noise_and_reference_gain_are_the_known_ones():
    world = open_world(stations=[station("gbs", 1.0, 0.0, 100.0)], aerial=[OVERHEAD], ground=[BYSTANDER])
    assert world.noise_w == pytest.approx(3.59e-15, rel=0.005)
    assert decibel(world.aerial_gains(np.array([[[0.0, 0.0, 100.0]]] * 2))[0, 0, 0]) == pytest.approx(
        -38.47, abs=physics_db
    )


def test_two_always_on_satellites_hold_each_other_near_0_db():
    pair = [satellite(f"leo-{side}", max_elevation_deg=70.0, side=side) for side in ("left", "right")]
    world = open_world(passes=pair, ground=[walker_on_foot("gu", 0.0, 0.0)])
    near = 0.1  # noise, 20 dB below each of them, takes a little
    assert decibel(sinr_of_first_user(world, "always_on", power_w=None)) == pytest.approx(0.0, abs=near)
    assert decibel(sinr_of_first_user(world, "active")) > 20.0  # the idle one falls silent


@pytest.mark.parametrize(("count", "cap_db"), [(2, 0.0), (3, -3.01), (4, -4.77)])
def test_equidistant_always_on_ground_stations_cap_an_aerial_user(count, cap_db):
    angles = 2.0 * np.pi * np.arange(count) / count
    ring = [
        station(f"gbs-{n}", 800.0 * math.sin(angle), 800.0 * math.cos(angle), 30.0) for n, angle in enumerate(angles)
    ]
    world = open_world(stations=ring, aerial=[OVERHEAD], ground=[BYSTANDER])
    assert decibel(sinr_of_first_user(world, "always_on", power_w=None)) == pytest.approx(cap_db, abs=physics_db)
    assert decibel(sinr_of_first_user(world, "active")) > 40.0


def test_the_rate_is_shannons_and_the_cap_cuts_it():
    """46.0 dB over 180 kHz are 180e3 * log2(1 + 10^4.6) = 2.75 Mbit/s; a cap of 7.4 bit/s/Hz leaves 1.332."""
    ground = {"stations": [station("gbs", 1000.0, 0.0, 100.0)], "aerial": [OVERHEAD], "ground": [BYSTANDER]}
    for cap, expected_mbit_s in ((None, 2.752), (7.4, 1.332)):
        world = open_world(**ground, radio=Radio(subchannels=1, spectral_efficiency_cap=cap))
        power = np.ones((1, 1, 1))
        answer = Decision(np.array([[0, -1]]), np.array([[0, -1]]), np.array([[[0.0, 0.0, 100.0]]] * 2), power)
        links = evaluate(world, answer).active
        assert links.rate_bit_s[0, 0] / 1e6 == pytest.approx(expected_mbit_s, rel=0.005)
        assert links.data_service_mbit == pytest.approx(2.0 * expected_mbit_s, rel=0.005)  # one slot of 2 s


def test_a_ground_user_in_the_power_law_model_loses_3_5_powers_of_ten_a_decade():
    gains = []
    for distance_m in (100.0, 1000.0):
        world = open_world(
            stations=[station("gbs", distance_m, 0.0, 1.5)],
            ground=[walker_on_foot("gu", 0.0, 0.0)],
            model="power_law",
            channel=NO_FADING.model_copy(update={"model": "power_law"}),
        )
        gains.append(decibel(world.ground_gains[0, 0, 0, 0]))
    assert gains == pytest.approx([-38.468 - 70.0, -38.468 - 105.0], abs=physics_db)


def test_the_antenna_counts_in_every_model():
    for model in ("free_space", "power_law", "urban"):
        channel = Channel(model=model, fading=False, shadowing=False)
        pair = [
            open_world(
                stations=[station("gbs", 400.0, 300.0, antenna={"kind": "isotropic", "gain_dbi": gain})],
                ground=[walker_on_foot("gu", 0.0, 0.0)],
                channel=channel,
            ).ground_gains[0, 0, 0, 0]
            for gain in (0.0, 8.0)
        ]
        assert decibel(pair[1] / pair[0]) == pytest.approx(8.0, abs=1e-9)


def test_a_user_on_the_edge_of_the_beam_hears_3_db_less():
    scenario = open_scenario(
        passes=[satellite(altitude_km=160.0)], ground=[BYSTANDER], channel=NO_FADING, area={"size_m": 20_000.0}
    )
    world = build_world(scenario)
    aside_m = math.tan(math.radians(2.2)) * 160_000.0  # 6.1 km from below the satellite, 2.2 degrees off its axis
    points = np.array([[0.0, 0.0, 0.0], [aside_m, 0.0, 0.0]])
    satellites = np.broadcast_to(world.sky.position_m[0], (2, 1, 3))
    centre, aside = world.channel.leo_gain(points, satellites, aerial=False)[:, 0]
    farther_db = 20.0 * math.log10(math.cos(math.radians(2.2)))
    assert decibel(aside / centre) == pytest.approx(-2.98 + farther_db, abs=physics_db)


def test_a_satellite_below_the_horizon_is_not_heard():
    for model in ("free_space", "urban"):
        world = open_world(
            passes=[satellite(culmination_s=3000.0)],
            ground=[walker_on_foot("gu", 0.0, 0.0)],
            aerial=[OVERHEAD],
            model=model,
        )
        assert look_angles(world.scenario).elevation_deg.max() < 0.0
        assert (world.ground_gains == 0.0).all()
        assert (world.aerial_gains(np.array([[[0.0, 0.0, 100.0]]] * 2)) == 0.0).all()


def test_an_urban_satellite_link_is_free_space_plus_scintillation():
    """An aerial user on open ground at 60 degrees: 500 km orbit, 570.5 km away, 153.59 + 2.2 - 30 dB."""
    world = open_world(
        passes=[satellite(max_elevation_deg=60.0)], aerial=[flyer("au", (0.0, 0.0, 100.0))], model="urban"
    )
    gain = world.aerial_gains(np.array([[[0.0, 0.0, 100.0]]] * 2))[0, 0, 0]
    assert decibel(gain) == pytest.approx(30.0 - 153.59 - 2.2, abs=physics_db)
    assert float(laws.free_space_db(570_500.0, 2.0)) == pytest.approx(153.59, abs=physics_db)
