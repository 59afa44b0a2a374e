"""The world of a spectrum-sharing scenario: gains by hand, what the twin gets wrong, walks, and the demand."""

from math import asin, atan2, cos, degrees, hypot, log10, pi, radians, sin

import numpy as np
import pytest

from itnt_core.twin import twin_preset
from itnt_core.twin.environment import build_environment, window_of
from itnt_core.twin.movement import walk
from itnt_core.twin.traffic.demand import BIN_S, autoregression
from itnt_core.twin.traffic.profiles import LONDON, daily_level

thousandth_db = 1e-3
hundredth_db = 1e-2
rounding_errors = 1e-9
one_percent = 0.01
three_percent = 0.03
SPEED_OF_LIGHT = 299_792_458.0


def updated(scenario, part, **fields):
    return scenario.model_copy(update={part: getattr(scenario, part).model_copy(update=fields)})


@pytest.fixture(scope="module")
def toy(city_cache):
    return twin_preset("toy", seed=1, cache_dir=city_cache)


@pytest.fixture(scope="module")
def environment(toy, city_cache):
    return build_environment(toy, cache_dir=city_cache)


@pytest.fixture(scope="module")
def clear(toy, environment):
    """The toy without shadowing, whose gains fit on a sheet of paper."""
    channel = toy.network.channel.model_copy(update={"shadowing": False})
    return build_environment(updated(toy, "network", channel=channel), city=environment.city)


def noise_dbm():
    """-174 dBm/Hz, 7 dB noise figure, 5 MHz."""
    return -174.0 + 7.0 + 10.0 * log10(5e6)


@pytest.mark.parametrize("user", range(3))
def test_the_gain_of_a_base_station_is_its_link_budget(toy, clear, user):
    """40 W over 2 sub-bands, the cap twice the equal share; UMa at 3.5 GHz; eight elements tilted by 6 degrees."""
    station = toy.network.ground_stations[0]
    at = clear.positions_m[1, user]
    foot = (station.east_m, station.north_m, station.height_m)
    flat = hypot(at[0] - foot[0], at[1] - foot[1])
    distance, elevation = hypot(flat, at[2] - foot[2]), degrees(atan2(at[2] - foot[2], flat))
    corner = 4.0 * (foot[2] - 1.0) * (at[2] - 1.0) * 3.5e9 / SPEED_OF_LIGHT
    loss = 28.0 + 22.0 * log10(distance) + 20.0 * log10(3.5)
    if flat > corner:
        loss = 28.0 + 40.0 * log10(distance) + 20.0 * log10(3.5) - 9.0 * log10(corner**2 + (foot[2] - at[2]) ** 2)
    if not clear.city.line_of_sight([foot], [at])[0]:
        loss = max(loss, 13.54 + 39.08 * log10(distance) + 20.0 * log10(3.5) - 0.6 * (at[2] - 1.5))
    phase = pi * (sin(radians(elevation)) + sin(radians(6.0)))
    array = abs(sum(complex(cos(n * phase), sin(n * phase)) for n in range(8)) / 8.0) ** 2
    pattern = -min(12.0 * (elevation / 65.0) ** 2, 30.0) + 10.0 * log10(max(array, 1e-12))
    cap_dbm = 10.0 * log10(2.0 * 40.0 / 2 * 1e3)
    by_hand = cap_dbm + 8.0 + max(pattern, -30.0) - loss - noise_dbm()
    assert 10.0 * log10(clear.gain[0, user, 1]) == pytest.approx(by_hand, abs=thousandth_db)


CLUTTER_DB = {7: 26.2, 8: 25.8}  # TR 38.811 dense urban, S band, at elevations of 70 and 80 degrees


@pytest.mark.parametrize("cycle", [0, 3])
@pytest.mark.parametrize("user", range(3))
def test_the_gain_of_a_satellite_is_its_eirp_less_the_losses(clear, user, cycle):
    """46 dBW/MHz on 5 MHz; free space and scintillation at 3.5 GHz; clutter where a building stands in the way."""
    at, satellite = clear.positions_m[cycle, user], clear.sky.position_m[cycle, 0]
    way = satellite - at
    distance = float(np.linalg.norm(way))
    loss = 20.0 * log10(4.0 * pi * distance * 3.5e9 / SPEED_OF_LIGHT) + 6.22 / 3.5**1.5
    if not clear.city.line_of_sight([at], [satellite])[0]:
        loss += CLUTTER_DB[round(degrees(asin(way[2] / distance)) / 10.0)]
    # The beam points at the anchor; J1(x) / x is 1/2 - x^2/16 for a user this near to its middle.
    off_axis = np.arccos(np.clip(satellite @ way / np.linalg.norm(satellite) / distance, -1.0, 1.0))
    x = 2.0 * pi * 3.5e9 / SPEED_OF_LIGHT * 1.0 * sin(off_axis)
    beam = 20.0 * log10(1.0 - x**2 / 8.0)
    by_hand = 46.0 + 10.0 * log10(5.0) + 30.0 + beam - loss - noise_dbm()
    assert 10.0 * log10(clear.gain[1, user, cycle]) == pytest.approx(by_hand, abs=hundredth_db)


def test_users_and_satellites_are_where_they_are_in_the_middle_of_each_cycle(toy, environment):
    """Four cycles of 3 s; the users walk at 1.4 m/s."""
    np.testing.assert_allclose(environment.sky.time_s, [1.5, 4.5, 7.5, 10.5])
    starts = np.array([(user.east_m, user.north_m) for user in toy.network.ground_users])
    walked = np.linalg.norm(environment.positions_m[:, :, :2] - starts, axis=2)
    np.testing.assert_allclose(walked[0], 1.4 * 1.5)


def test_shadowing_moves_gains_by_decibels_and_not_by_orders_of_magnitude(environment, clear):
    moved = 10.0 * np.log10(environment.gain / clear.gain)
    assert np.abs(moved).max() < 40.0
    assert np.abs(moved).max() > 0.5


def test_a_twin_without_error_predicts_the_gains_as_they_are(toy, environment):
    sure = updated(toy, "error", csi_tn_sigma_db=0.0, csi_ntn_sigma_db=0.0)
    np.testing.assert_array_equal(build_environment(sure, city=environment.city).predicted, environment.gain)


def test_the_twin_is_as_wrong_as_it_is_asked_to_be(toy, environment):
    """The same error in decibels, scaled for each kind of transmitter."""
    wrong = {}
    for sigmas in ((2.0, 1.0), (6.0, 5.0)):
        scenario = updated(toy, "error", csi_tn_sigma_db=sigmas[0], csi_ntn_sigma_db=sigmas[1])
        world = build_environment(scenario, city=environment.city)
        np.testing.assert_array_equal(world.gain, environment.gain)
        wrong[sigmas] = 10.0 * np.log10(world.predicted / world.gain)
    assert np.abs(wrong[2.0, 1.0]).min() > 0.0
    np.testing.assert_allclose(wrong[6.0, 5.0][:1], 3.0 * wrong[2.0, 1.0][:1])
    np.testing.assert_allclose(wrong[6.0, 5.0][1:], 5.0 * wrong[2.0, 1.0][1:])


@pytest.mark.parametrize("rho", [0.0, 0.8, 0.95])
def test_the_autoregression_has_unit_variance_and_the_asked_correlation(rho):
    series = autoregression(np.random.default_rng(1).standard_normal((40, 20_000)), rho)
    np.testing.assert_allclose(series.var(axis=1), 1.0, atol=2 * three_percent)  # at every step, from the first on
    assert series.var() == pytest.approx(1.0, abs=three_percent)
    for lag in (1, 3):
        assert (series[lag:] * series[:-lag]).mean() == pytest.approx(rho**lag, abs=three_percent)


def test_a_planning_window_holds_the_numbers_of_the_scenario(toy, environment):
    arrivals, queues = np.arange(6.0).reshape(2, 3), (np.arange(3.0), np.arange(3.0) + 10.0)
    window = window_of(environment, environment.gain[:, :, 2:], arrivals, *queues, environment.visible[0])
    assert (window.stations, window.users, window.cycles, window.subbands) == (1, 3, 2, 2)
    assert (window.subband_mhz, window.cycle_s, window.shared_most) == (5.0, 3.0, 1)
    np.testing.assert_array_equal(window.arrivals_mbit, arrivals.T)
    np.testing.assert_array_equal(window.budget, [1.0, 1.0])  # 2 sub-bands, the cap twice the equal share
    # All sub-bands at the cap would be twice what a station may send: 40 W and its part of the EIRP.
    assert environment.cap_w[0] * window.budget[0] == pytest.approx(40.0)


@pytest.fixture(scope="module")
def walks(environment):
    """Forty users at 3 m/s for 200 s, every half second: where they start, and where they are."""
    drawn = np.random.default_rng(3).uniform(-450.0, 450.0, (200, 2))
    free = drawn[environment.city.is_free_ground(drawn)][:40]
    people = np.column_stack([free, np.full(40, 1.5)])
    times_s = np.arange(0.0, 200.0, 0.5)
    return times_s, people, walk(environment.city, people, 3.0, times_s, seed=5)


def test_users_start_where_they_are_put_and_stay_at_their_height(walks):
    _, starts, positions = walks
    np.testing.assert_allclose(positions[0], starts)
    assert (positions[:, :, 2] == 1.5).all()


def test_users_stay_on_free_ground(environment, walks):
    _, _, positions = walks
    free = environment.city.is_free_ground(positions[:, :, :2].reshape(-1, 2)).reshape(positions.shape[:2])
    assert free.all()


def test_users_walk_at_the_asked_speed_on_a_straight_line(walks):
    times_s, starts, positions = walks
    steps = np.linalg.norm(np.diff(positions, axis=0), axis=2)  # (times - 1, users)
    pace = 3.0 * (times_s[1] - times_s[0])
    assert (steps <= pace + rounding_errors).all()
    moving = steps.max(axis=0) > 0.0
    assert moving.sum() >= 30
    # Only in the half second in which a user turns round does it get less far.
    assert (steps[:, moving] >= pace - rounding_errors).mean() > 0.8
    for user in np.flatnonzero(moving):
        away = positions[:, user, :2] - starts[user, :2]
        far = away[np.linalg.norm(away, axis=1).argmax()]
        across = away[:, 0] * far[1] - away[:, 1] * far[0]
        assert np.abs(across).max() <= 1e-6 * np.linalg.norm(far) ** 2
        assert (away @ far >= -1e-6).all()


def test_users_without_speed_stand_still(environment, walks):
    times_s, starts, _ = walks
    positions = walk(environment.city, starts, 0.0, times_s, seed=5)
    assert (positions == starts).all()


def test_a_user_inside_a_building_stands_still(environment):
    city = environment.city
    drawn = np.random.default_rng(0).uniform(-450.0, 450.0, (400, 2))
    inside = drawn[city.roof_m(drawn) > 0.0]
    starts = np.column_stack([inside, np.full(len(inside), 1.5)])
    positions = walk(city, starts, 3.0, np.arange(0.0, 60.0, 1.0), seed=5)
    assert (positions == starts).all()


def test_arrivals_are_the_level_of_the_hour_with_fluctuations_and_bursts(toy, environment):
    """Without either, every slot brings what the last bin of the history says."""
    calm = updated(toy, "traffic", cycle_sigma=0.0, burst_shape=1000.0)
    demand = build_environment(calm, city=environment.city).demand
    level = demand.history.level[:, -1]
    assert demand.arrivals_mbit.shape == (12, 3)
    np.testing.assert_allclose(demand.arrivals_mbit.mean(axis=0), level, rtol=three_percent)  # slots of 1 s
    assert (environment.demand.arrivals_mbit > 0.0).all()
    assert environment.demand.arrivals_mbit.std(axis=0).min() > 0.1 * level.min()
    per_cycle = environment.demand.arrivals_mbit.reshape(4, 3, 3).sum(axis=1)
    np.testing.assert_allclose(environment.arrivals_mbit, per_cycle)


def test_the_levels_have_the_mean_load_and_end_at_the_start_of_the_run(toy, environment):
    """Users differ, but their mean over a day is what was asked for; and there are 15 days before the run."""
    history = environment.demand.history
    assert history.level.shape == (3, 15 * 144 + 1)
    assert (toy.network.time.start - history.start).total_seconds() == 15 * 86_400.0
    calm = updated(toy, "traffic", residual_sigma=0.0)
    level = build_environment(calm, city=environment.city).demand.history.level
    assert level.mean() == pytest.approx(6.0, rel=one_percent)
    assert level.mean(axis=1).std() > 0.5


def test_the_daily_course_is_the_profile_of_the_neighbourhood(toy, environment):
    calm = updated(toy, "traffic", residual_sigma=0.0)
    history = build_environment(calm, city=environment.city).demand.history
    moments = [history.start.astimezone(LONDON).replace(hour=hour, minute=30) for hour in range(24)]
    business = ".33 .28 .24 .22 .21 .21 .23 .32 .54 .73 .88 .87 1.00 .99 .97 .90 .94 .86 .76 .65 .54 .48 .44 .39"
    weekend = ".34 .32 .27 .24 .22 .20 .19 .21 .25 .32 .37 .37 .38 .37 .37 .38 .39 .38 .38 .37 .37 .37 .36 .34"
    printed = weekend if moments[0].weekday() >= 5 else business
    np.testing.assert_allclose(daily_level("business", moments), [float(value) for value in printed.split()])
    # A bin of ten minutes that begins at half past an hour has the level of the middle of that hour.
    offsets = [round((moment - history.start).total_seconds() / BIN_S) for moment in moments]
    inside = [(offset, hour) for hour, offset in enumerate(offsets) if offset >= 0]
    courses = {name: daily_level(name, moments) for name in ("business", "nightlife", "retail")}
    for user in range(3):
        level = history.level[user, [offset for offset, _ in inside]]
        ratios = [level / course[[hour for _, hour in inside]] for course in courses.values()]
        assert min(np.ptp(ratio) / ratio.mean() for ratio in ratios) < rounding_errors


def test_a_perfect_forecast_without_error_is_what_arrives(toy, environment):
    perfect = updated(updated(toy, "traffic", forecaster="perfect"), "error", traffic_sigma=0.0)
    demand = build_environment(perfect, city=environment.city).demand
    np.testing.assert_array_equal(demand.arrivals_mbit, environment.demand.arrivals_mbit)
    np.testing.assert_allclose(demand.predicted_mbit, environment.arrivals_mbit)


def test_without_error_every_cycle_is_expected_to_bring_the_forecast(toy, environment):
    plain = updated(updated(toy, "traffic", forecaster="persistence"), "error", traffic_sigma=0.0)
    demand = build_environment(plain, city=environment.city).demand
    by_hand = np.tile(demand.history.level[:, -2] * 3.0, (4, 1))  # cycles of 3 s
    np.testing.assert_allclose(demand.predicted_mbit, by_hand)
