"""Path-loss laws against points worked out by hand from standards.md (2 GHz, UMa GBS at 25 m, UMi GBS at 10 m)."""

from math import hypot, log10

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itnt_core.network import build_world
from itnt_core.presets import preset
from itnt_core.radio import LinkGeometry, laws, satellite
from itnt_core.scenario import Channel, City, positions_m

physics_db = 0.05
printed_digits = 1e-3  # the points below are written with three decimals
one_in_ten_thousand = 1e-4

# horizontal distance: UMa LOS, UMa NLOS, UMi LOS, UMi NLOS in dB, P_LOS UMa, P_LOS UMi (corners at 320.2 and 120.1 m)
GROUND_POINTS = [
    (100.0, 78.277, 98.177, 80.453, 99.467, 0.3477, 0.2310),
    (300.0, 88.546, 116.418, 97.982, 116.260, 0.0680, 0.0602),
    (320.0, 89.160, 117.508, 99.102, 117.249, 0.0621, 0.0564),
    (321.0, 89.208, 117.560, 99.156, 117.297, 0.0619, 0.0562),
    (500.0, 96.879, 125.055, 106.851, 124.088, 0.0363, 0.0360),
    (2000.0, 120.944, 148.566, 130.931, 145.338, 0.0090, 0.0090),
]
# height, horizontal distance: UMa-AV LOS, NLOS, UMi-AV LOS, NLOS in dB, P_LOS UMa-AV, UMi-AV, sigma LOS UMa-AV, UMi-AV
AERIAL_POINTS = [
    (50.0, 500.0, 93.410, 113.035, 94.710, 120.208, 0.8887, 0.3789, 3.336, 3.033),
    (50.0, 2000.0, 106.644, 133.552, 107.566, 138.404, 0.5830, 0.0396, 3.336, 3.033),
    (80.0, 1000.0, 100.035, 119.019, 100.839, 124.661, 0.8318, 0.2187, 2.737, 2.247),
    (100.0, 3000.0, 110.520, 132.235, 110.814, 135.785, 0.5693, 0.0533, 2.398, 2.000),
    (23.0, 300.0, 88.517, 111.298, 90.359, 119.810, 0.8723, 0.4256, 3.987, 3.973),
]


@pytest.mark.parametrize("point", GROUND_POINTS, ids=lambda point: f"{point[0]:g} m")
def test_ground_user_path_loss_is_the_one_worked_out_by_hand(point):
    d2d, *expected, _, _ = point
    found = []
    for height_bs, functions in (
        (25.0, (laws.uma_los_db, laws.uma_nlos_db)),
        (10.0, (laws.umi_los_db, laws.umi_nlos_db)),
    ):
        for law in functions:
            found.append(float(law(np.array(d2d), np.array(hypot(d2d, height_bs - 1.5)), height_bs, 1.5, 2.0)))
    assert found == pytest.approx(expected, abs=printed_digits)


@pytest.mark.parametrize("point", GROUND_POINTS, ids=lambda point: f"{point[0]:g} m")
def test_ground_user_sight_probability_is_the_one_worked_out_by_hand(point):
    d2d, uma, umi = point[0], *point[5:]
    assert float(laws.ground_los_probability(d2d, "uma")) == pytest.approx(uma, abs=one_in_ten_thousand)
    assert float(laws.ground_los_probability(d2d, "umi")) == pytest.approx(umi, abs=one_in_ten_thousand)


@pytest.mark.parametrize("deployment", ["uma", "umi"])
def test_a_ground_user_within_18_m_always_sees_the_station(deployment):
    assert laws.ground_los_probability(np.array([0.0, 5.0, 18.0]), deployment) == pytest.approx(1.0)
    assert float(laws.ground_los_probability(18.5, deployment)) < 1.0


@pytest.mark.parametrize("point", AERIAL_POINTS, ids=lambda point: f"{point[0]:g} m high, {point[1]:g} m away")
def test_aerial_user_path_loss_is_the_one_worked_out_by_hand(point):
    height, d2d, uma_los, uma_nlos, umi_los, umi_nlos = point[:6]
    from_25, from_10 = np.array(hypot(d2d, height - 25.0)), np.array(hypot(d2d, height - 10.0))
    above = np.array(height)
    assert float(laws.uma_av_los_db(from_25, 2.0)) == pytest.approx(uma_los, abs=printed_digits)
    assert float(laws.uma_av_nlos_db(from_25, above, 2.0)) == pytest.approx(uma_nlos, abs=printed_digits)
    assert float(laws.umi_av_los_db(from_10, above, 2.0)) == pytest.approx(umi_los, abs=printed_digits)
    assert float(laws.umi_av_nlos_db(from_10, above, 2.0)) == pytest.approx(umi_nlos, abs=printed_digits)


@pytest.mark.parametrize("point", AERIAL_POINTS, ids=lambda point: f"{point[0]:g} m high, {point[1]:g} m away")
def test_aerial_user_sight_probability_and_sigma_are_the_ones_worked_out_by_hand(point):
    height, d2d, probability_uma, probability_umi, sigma_uma, sigma_umi = point[:2] + point[6:]
    assert float(laws.aerial_los_probability(d2d, height, "uma")) == pytest.approx(
        probability_uma, abs=one_in_ten_thousand
    )
    assert float(laws.aerial_los_probability(d2d, height, "umi")) == pytest.approx(
        probability_umi, abs=one_in_ten_thousand
    )
    sees = np.array(True)
    assert float(laws.shadow_sigma_db(sees, height, True, "uma")) == pytest.approx(sigma_uma, abs=printed_digits)
    assert float(laws.shadow_sigma_db(sees, height, True, "umi")) == pytest.approx(sigma_umi, abs=printed_digits)


def test_an_aerial_user_above_100_m_always_sees_a_macro_station_but_not_a_micro_one():
    assert float(laws.aerial_los_probability(5000.0, 100.1, "uma")) == 1.0
    assert float(laws.aerial_los_probability(5000.0, 100.0, "uma")) < 0.5
    assert float(laws.aerial_los_probability(1500.0, 120.0, "umi")) == pytest.approx(0.1591, abs=one_in_ten_thousand)


def test_an_aerial_user_within_d1_always_sees_the_station():
    # 80 m up: d1 = 460 log10 80 - 700 = 175.4 m (UMa-AV) and 294.05 log10 80 - 432.94 = 126.7 m (UMi-AV)
    for deployment, corner_m in (("uma", 175.4), ("umi", 126.7)):
        assert float(laws.aerial_los_probability(corner_m - 0.5, 80.0, deployment)) == 1.0
        assert float(laws.aerial_los_probability(corner_m + 5.0, 80.0, deployment)) < 1.0


@pytest.mark.parametrize(
    ("aerial", "deployment", "sees", "sigma_db"),
    [
        (False, "uma", True, 4.0),
        (False, "uma", False, 6.0),
        (False, "umi", True, 4.0),
        (False, "umi", False, 7.82),
        (True, "uma", False, 6.0),
        (True, "umi", False, 8.0),
    ],
)
def test_the_constant_sigmas_are_the_standards(aerial, deployment, sees, sigma_db):
    assert float(laws.shadow_sigma_db(np.array(sees), 60.0, aerial, deployment)) == sigma_db


def test_a_higher_ground_user_loses_less_without_sight_and_the_carrier_counts():
    # 3.5 GHz, user 10 m, 800 m away: 13.54 + 39.08 log10(800.14) + 20 log10(3.5) - 0.6 * 8.5 = 132.777 dB
    d3d = hypot(800.0, 15.0)
    loss = float(laws.uma_nlos_db(np.array(800.0), np.array(d3d), 25.0, 10.0, 3.5))
    assert loss == pytest.approx(132.777, abs=printed_digits)
    assert float(laws.uma_los_db(np.array(800.0), np.array(d3d), 25.0, 10.0, 3.5)) == pytest.approx(102.751, abs=1e-3)


@given(
    distance=st.floats(10.0, 5000.0), height=st.floats(1.5, 22.0), carrier=st.floats(0.5, 6.0), bs=st.floats(10.0, 60.0)
)
def test_losing_sight_never_helps(distance, height, carrier, bs):
    ground = (np.array(distance), np.array(hypot(distance, bs - height)), bs, height, carrier)
    assert laws.uma_nlos_db(*ground) >= laws.uma_los_db(*ground)
    assert laws.umi_nlos_db(*ground) >= laws.umi_los_db(*ground)
    up = np.array(50.0 + 10.0 * height)
    assert laws.uma_av_nlos_db(ground[1], up, carrier) >= laws.uma_av_los_db(ground[1], carrier)
    assert laws.umi_av_nlos_db(ground[1], up, carrier) >= laws.umi_av_los_db(ground[1], up, carrier)


@given(height=st.floats(1.6, 22.0), carrier=st.floats(0.5, 6.0))
def test_the_two_branches_of_the_sight_law_meet_at_the_break_point(height, carrier):
    corner_m = 4.0 * 24.0 * (height - 1.0) * carrier * 1e9 / 299_792_458.0
    sides = np.array([corner_m * (1 - 1e-9), corner_m * (1 + 1e-9)])
    near, far = laws.uma_los_db(sides, np.hypot(sides, 25.0 - height), 25.0, height, carrier)
    # PL1 - PL2 = 22 lg d - 40 lg d + 9 lg (d_BP'^2 + dh^2) = 0 exactly where d3D^2 = d_BP'^2 + dh^2
    assert far == pytest.approx(near, abs=1e-6)


def crossing_distance_m(antenna_dbi):
    """Return where a ground user without sight hears the GBS (0.4 W a subchannel) as loud as the LEO, by bisection."""
    leo_dbw = 34.0 + 10.0 * log10(0.18) - float(laws.free_space_db(600_000.0, 2.0))
    low, high = 30.0, 5000.0
    for _ in range(60):
        middle = (low + high) / 2.0
        loss = float(laws.uma_nlos_db(np.array(middle), np.array(hypot(middle, 23.5)), 25.0, 1.5, 2.0))
        low, high = (middle, high) if 10.0 * log10(0.4) + antenna_dbi - loss > leo_dbw else (low, middle)
    return low


@pytest.mark.parametrize(("antenna_dbi", "expected_m"), [(0.0, 456.0), (8.0, 731.0)])
def test_station_and_satellite_are_equally_strong_at_the_known_distance(antenna_dbi, expected_m):
    half_a_percent = 0.005
    assert crossing_distance_m(antenna_dbi) == pytest.approx(expected_m, rel=half_a_percent)


def test_free_space_reference_gain_is_minus_38_47_db_at_2_ghz():
    assert 10.0 * log10(laws.reference_gain(2.0)) == pytest.approx(-38.47, abs=physics_db)
    assert -float(laws.free_space_db(1.0, 2.0)) == pytest.approx(-38.47, abs=physics_db)


def test_ionospheric_scintillation_is_2_2_db_at_2_ghz():
    assert satellite.scintillation_db(2.0) == pytest.approx(2.2, abs=physics_db)


@pytest.mark.parametrize(("height_m", "share"), [(1.5, 0.0), (13.0, 0.0), (18.0, 0.5**1.5), (22.5, 0.95**1.5)])
def test_users_high_up_see_macro_sites_from_farther_away(height_m, share):
    """TR 38.901 table 7.4.2-1 at 200 m: (18/d + exp(-d/63)(1 - 18/d)) (1 + C' 5/4 (d/100)^3 exp(-d/150))."""
    low = 0.09 + np.exp(-200.0 / 63.0) * 0.91
    expected = low * (1.0 + share * 1.25 * 8.0 * np.exp(-200.0 / 150.0))
    assert float(laws.ground_los_probability(200.0, "uma", height_m)) == pytest.approx(expected, rel=1e-9)
    assert float(laws.ground_los_probability(200.0, "umi", height_m)) == laws.ground_los_probability(200.0, "umi")
    assert float(laws.ground_los_probability(12.0, "uma", height_m)) == 1.0


@pytest.mark.parametrize(("height_m", "allowed"), [(13.5, [12]), (16.5, [12, 15]), (22.5, [12, 15, 18, 21])])
def test_surroundings_of_users_high_up_are_drawn_as_note_one_says(height_m, allowed):
    """TR 38.901 table 7.4.1-1: 1 m with probability 1 / (1 + C), else evenly one of 12, 15, ... up to h_UT - 1.5 m."""
    drawn = (np.arange(100_000) + 0.5) / 100_000
    found = laws.environment_height_m(np.array(200.0), height_m, drawn)
    c = ((height_m - 13.0) / 10.0) ** 1.5 * 1.25 * 8.0 * np.exp(-200.0 / 150.0)
    assert np.mean(found == 1.0) == pytest.approx(1.0 / (1.0 + c), abs=1e-4)
    others, counts = np.unique(found[found > 1.0], return_counts=True)
    assert others.tolist() == allowed and np.ptp(counts) <= 2
    assert (
        laws.environment_height_m(np.array([10.0, 200.0]), np.array([height_m, 12.0]), np.array(0.999)) == 1.0
    ).all()


def test_the_break_point_comes_nearer_where_roofs_are_the_surroundings():
    """At 22.5 m over roofs of 21 m and 2 GHz: d_BP' = 4 (25 - 21) (22.5 - 21) f / c = 160 m, and 40 log10 d beyond."""
    corner = 4.0 * 4.0 * 1.5 * 2e9 / 299_792_458.0
    d2d, d3d = np.array([1000.0]), np.hypot(1000.0, 2.5)
    expected = 28.0 + 20.0 * np.log10(2.0) + 40.0 * np.log10(d3d) - 9.0 * np.log10(corner**2 + 2.5**2)
    assert laws.uma_los_db(d2d, d3d, 25.0, 22.5, 2.0, 21.0)[0] == pytest.approx(float(expected))
    assert laws.uma_los_db(d2d, d3d, 25.0, 22.5, 2.0)[0] < expected - 10.0


def test_users_on_a_high_floor_lose_more_far_from_a_macro_site():
    """The channel draws for each place: between the two laws, and somewhere at more than that of 1 m."""
    scenario = preset("tiny").model_copy(
        update={"city": City(kind="open"), "channel": Channel(shadowing=False, fading=False)}
    )
    masts = tuple(one.model_copy(update={"height_m": 25.0}) for one in scenario.ground_stations)
    scenario = scenario.model_copy(update={"ground_stations": masts})
    world = build_world(scenario.without_satellites())
    points_m = np.column_stack([np.linspace(-1500.0, 1500.0, 400), np.full(400, 250.0), np.full(400, 21.9)])
    sight = np.ones((400, world.gbs_count), dtype=bool)
    found = world.channel.gbs_gain(points_m, False, sight)
    geometry = LinkGeometry.between(points_m, positions_m(scenario.ground_stations))
    d2d, d3d, mast = geometry.d2d_m, geometry.d3d_m, positions_m(scenario.ground_stations)[:, 2]
    plain = laws.uma_los_db(d2d, d3d, mast, 21.9, scenario.radio.carrier_ghz)
    high = laws.uma_los_db(d2d, d3d, mast, 21.9, scenario.radio.carrier_ghz, 18.0)
    lost = world.channel.transmitters.gbs_antenna_db(geometry) - 10.0 * np.log10(found)
    assert (lost >= plain - 1e-9).all() and (lost <= high + 1e-9).all() and (lost > plain + 0.5).any()
