"""Every scheme rolled out over the toy preset: two windows of two cycles, three users, two sub-bands."""

from dataclasses import replace

import numpy as np
import pytest

from itnt_core.scenario import Pass
from itnt_core.twin import twin_preset
from itnt_core.twin.environment import build_environment, window_of
from itnt_core.twin.planning.window import find_faults, link_rates
from itnt_core.twin.schemes import SCHEMES, full_reuse
from itnt_core.twin.simulate import figures, simulate
from tests.twin.windows import plain_efficiency

rounding_errors = 1e-9
ARRAYS = (
    "queue_mbit",
    "served_mbit",
    "rate_mbit_s",
    "power",
    "planned_power",
    "share",
    "planned_share",
    "steering",
    "planned_steering",
    "mask",
    "active",
    "load_mbit_s",
    "interference_to_noise",
)


def updated(scenario, part, **fields):
    return scenario.model_copy(update={part: getattr(scenario, part).model_copy(update=fields)})


@pytest.fixture(scope="module")
def toy(city_cache):
    return twin_preset("toy", seed=1, cache_dir=city_cache)


@pytest.fixture(scope="module")
def short(toy):
    """The toy's first window alone."""
    return updated(toy, "network", time=toy.network.time.model_copy(update={"slots": 6}))


@pytest.fixture(scope="module")
def environment(toy, city_cache):
    return build_environment(toy, cache_dir=city_cache)


@pytest.fixture(scope="module")
def rollouts(environment):
    """Every scheme over the same world: {scheme: rollout}."""
    return {scheme: simulate(environment, scheme) for scheme in SCHEMES}


def assert_conserved(environment, found):
    """What arrived was served or waits, slot by slot over all windows; the first queues are empty."""
    scenario = environment.scenario
    per = scenario.sharing.slots_per_cycle
    queue = np.zeros((2, environment.users))
    for slot, arrived in enumerate(environment.demand.arrivals_mbit):
        steering = found.steering[slot // per]
        came, served = np.stack([steering, 1.0 - steering]) * arrived, found.served_mbit[:, slot]
        assert (served >= 0.0).all()
        assert (served <= queue + came + rounding_errors).all()
        assert (served <= found.rate_mbit_s[:, slot // per] * scenario.network.time.slot_s + rounding_errors).all()
        np.testing.assert_allclose(found.queue_mbit[:, slot], queue + came - served, atol=rounding_errors)
        queue = found.queue_mbit[:, slot]
        assert (queue >= 0.0).all()
    total = environment.demand.arrivals_mbit.sum()
    assert found.served_mbit.sum() + queue.sum() == pytest.approx(total)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nothing_appears_or_vanishes_over_a_whole_run_and_no_limit_is_broken(environment, rollouts, scheme):
    found = rollouts[scheme]
    assert_conserved(environment, found)
    assert found.faults == ()
    assert figures(environment, found)["violations"] == 0
    assert found.queue_mbit.shape == (2, 12, 3)


def test_queues_go_from_window_to_window(rollouts):
    """Some of the toy's schemes are still busy with the first window's arrivals when the second begins."""
    assert sum(found.backlog_mbit[5] > 1e-3 for found in rollouts.values()) >= 1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_rates_and_the_limits_follow_from_the_powers_and_shares_of_the_record(environment, rollouts, scheme):
    found, radio, sharing = rollouts[scheme], environment.scenario.network.radio, environment.scenario.sharing
    budget = radio.subchannels / sharing.cap_ratio
    assert found.power.min() >= 0.0
    assert found.power.max() <= 1.0 + rounding_errors
    assert found.power.sum(axis=2).max() <= budget + 1e-6
    assert found.share.sum(axis=2).max() <= 1.0 + 1e-6
    if scheme != "greedy":
        assert found.mask.prod(axis=0).sum(axis=1).max() <= sharing.shared_most
    for cycle in range(environment.scenario.cycles):
        for j in range(environment.transmitters):
            assert (found.power[cycle, j] <= found.mask[int(j >= environment.stations), cycle] + 1e-6).all()
        window = window_of(
            environment,
            environment.gain[:, :, [cycle]],
            np.zeros((1, 3)),
            np.zeros(3),
            np.zeros(3),
            environment.visible[cycle],
        )
        efficiency = plain_efficiency(window, found.power[cycle][:, :, None])[:, :, 0]
        rates = np.zeros((2, 3))
        for link, (j, k) in enumerate(zip(window.link_transmitter, window.link_user, strict=True)):
            rates[int(j >= window.stations), k] += (
                radio.subchannel_khz / 1e3 * found.share[cycle, j, k] @ efficiency[link]
            )
        np.testing.assert_allclose(found.rate_mbit_s[:, cycle], rates, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("scheme", ["lite", "greedy"])
def test_the_same_seed_gives_the_same_run(toy, city_cache, rollouts, scheme):
    """In a world built anew, without the plans that schemes share within one."""
    again = simulate(build_environment(toy, cache_dir=city_cache), scheme)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(again, name), getattr(rollouts[scheme], name))


def test_another_seed_gives_another_run(toy, city_cache, rollouts):
    other = twin_preset("toy", seed=2, cache_dir=city_cache)
    found = simulate(build_environment(other, cache_dir=city_cache), "greedy")
    assert not np.array_equal(found.queue_mbit, rollouts["greedy"].queue_mbit)


def test_the_schemes_are_what_they_say(environment, rollouts):
    assert not rollouts["tn_only_refine"].power[:, environment.stations :].any()
    assert not rollouts["tn_only_refine"].served_mbit[1].any()
    assert not rollouts["orthogonal_refine"].mask.prod(axis=0).any()
    assert rollouts["greedy"].mask.all()
    np.testing.assert_array_equal(rollouts["lite"].power, rollouts["lite"].planned_power)
    np.testing.assert_array_equal(rollouts["joint"].share, rollouts["joint"].planned_share)
    assert not np.array_equal(rollouts["joint_refine"].share, rollouts["joint_refine"].planned_share)
    # The two differ in the correction alone, so that they plan the first window alike.
    np.testing.assert_array_equal(rollouts["joint"].planned_share[:2], rollouts["joint_refine"].planned_share[:2])
    np.testing.assert_array_equal(rollouts["joint"].steering, rollouts["joint"].planned_steering)
    beams = slice(environment.stations, None)
    for scheme in ("joint_refine", "lite", "orthogonal_refine", "genie"):
        np.testing.assert_array_equal(rollouts[scheme].power[:, beams], rollouts[scheme].planned_power[:, beams])
    # All plan the first window from the same forecast.
    np.testing.assert_array_equal(rollouts["joint"].planned_power[:2], rollouts["joint_refine"].planned_power[:2])


def test_nobody_beats_the_plan_with_perfect_forecasts(environment, rollouts):
    """All are judged by the figure that it minimises; greedy alone may share more of the band than is allowed."""
    value = {scheme: figures(environment, found)["objective_mbit"] for scheme, found in rollouts.items()}
    assert value["genie"] <= 1.01 * min(value[scheme] for scheme in value if scheme != "greedy")


def test_the_steering_is_kept_where_it_is_strict(short, city_cache):
    environment = build_environment(updated(short, "sharing", strict_steering=True), cache_dir=city_cache)
    found = simulate(environment, "lite")
    np.testing.assert_array_equal(found.steering, found.planned_steering)


def test_a_feeder_link_is_never_overrun_and_costs_no_conservation(short, city_cache):
    """The base station is so weak that the satellites have to do their part."""
    weak = tuple(station.model_copy(update={"max_power_w": 0.1}) for station in short.network.ground_stations)
    limits = {"feeder_mbit_s": 6.0, "cycles_per_window": 1, "effort": "quick"}
    narrow = updated(updated(short, "sharing", **limits), "network", ground_stations=weak)
    environment = build_environment(narrow, cache_dir=city_cache)
    for scheme in ("lite", "greedy"):
        found = simulate(environment, scheme)
        assert_conserved(environment, found)
        assert found.faults == ()
        carried = found.served_mbit[1].sum(axis=1)  # in slots of 1 s
        assert carried.max() == pytest.approx(6.0)


@pytest.fixture(scope="module")
def low_satellite(toy, city_cache):
    """The toy with a second satellite that never rises above 25 degrees."""
    low = Pass(id="leo-low", max_elevation_deg=25.0, heading_deg=10.0, culmination_s=6.0, side="right")
    scenario = updated(toy, "network", passes=(*toy.network.passes, low))
    return build_environment(scenario, cache_dir=city_cache)


def test_only_satellites_above_the_least_elevation_are_candidates(low_satellite):
    world = low_satellite
    up_m = world.sky.position_m  # (cycles, satellites, 3)
    elevation = np.degrees(np.arcsin(up_m[..., 2] / np.linalg.norm(up_m, axis=2)))
    np.testing.assert_array_equal(world.visible, elevation >= 30.0)
    assert world.visible.tolist() == [[True, False]] * 4
    for cycle in range(4):
        idle = np.zeros(3)
        window = window_of(world, world.gain[:, :, [cycle]], np.zeros((1, 3)), idle, idle, world.visible[cycle])
        assert set(window.link_transmitter) == {0, 1}
    assert world.transmitter_ids == ("gbs-1", "leo-1", "leo-low")


@pytest.fixture(scope="module")
def beside_a_low_satellite(low_satellite):
    return simulate(low_satellite, "joint")


def test_a_satellite_that_is_too_low_serves_nobody(low_satellite, beside_a_low_satellite):
    assert_conserved(low_satellite, beside_a_low_satellite)
    assert beside_a_low_satellite.faults == ()
    assert not beside_a_low_satellite.share[:, 2].any()
    assert beside_a_low_satellite.share[:, 1].any()


def test_a_satellite_that_is_too_low_is_silent(beside_a_low_satellite):
    assert not beside_a_low_satellite.power[:, 2].any()


@pytest.mark.parametrize("scheme", ["lite", "greedy"])
def test_a_sky_without_a_visible_satellite_leaves_the_base_stations_alone(short, city_cache, scheme):
    scenario = updated(short, "sharing", min_elevation_deg=88.0, cycles_per_window=1)
    environment = build_environment(scenario, cache_dir=city_cache)
    found = simulate(environment, scheme)
    assert_conserved(environment, found)
    assert found.faults == ()
    assert not found.served_mbit[1].any()


def test_full_reuse_serves_by_the_strongest_station_in_proportion_to_what_waits(environment):
    window = window_of(
        environment, environment.gain[:, :, :1], np.zeros((1, 3)), np.zeros(3), np.zeros(3), environment.visible[0]
    )
    found = full_reuse(window, np.array([1.0, 2.0, 5.0]))
    assert find_faults(replace(window, shared_most=2), found.plan) == []
    of_station = found.plan.share[window.is_tn]
    np.testing.assert_allclose(of_station[:, 0, 0], np.array([1.0, 2.0, 5.0]) / 8.0)
    rates = link_rates(window, found.plan)[:, 0]
    sides = [np.bincount(window.link_user[side], rates[side], 3) for side in (window.is_tn, ~window.is_tn)]
    np.testing.assert_allclose(found.plan.steering[:, 0], sides[0] / (sides[0] + sides[1]))


def test_the_figures_follow_from_the_course(environment, rollouts):
    found = rollouts["joint_refine"]
    kpis = figures(environment, found)
    waiting = found.queue_mbit.sum(axis=(0, 2))
    assert kpis["mean_backlog_mbit"] == pytest.approx(waiting.mean())
    assert (kpis["max_backlog_mbit"], kpis["final_backlog_mbit"]) == (waiting.max(), waiting[-1])
    assert kpis["served_mbit"] == pytest.approx(environment.demand.arrivals_mbit.sum() - waiting[-1])
    assert kpis["ntn_share"] == pytest.approx(found.served_mbit[1].sum() / found.served_mbit.sum())
    # Little: what waits on average over what goes through in a second, 12 slots of 1 s.
    assert kpis["delay_s"] == pytest.approx(waiting.mean() / (found.served_mbit.sum() / 12.0))
    bands = [kpis[f"{name}_subbands"] for name in ("shared", "tn_only", "ntn_only")]
    tn, ntn = found.power[:, 0] > 1e-3, found.power[:, 1] > 1e-3  # (cycles, subbands)
    assert bands == pytest.approx([(tn & ntn).sum() / 4, (tn & ~ntn).sum() / 4, (~tn & ntn).sum() / 4])


def test_progress_is_told_cycle_by_cycle_with_the_steps_of_the_planner(toy, city_cache):
    told = []
    simulate(build_environment(toy, cache_dir=city_cache), "tn_only_refine", told.append)
    plain = [progress for progress in told if progress.step is None]
    assert [progress.cycle for progress in plain] == [0, 1, 2, 3]
    assert all(progress.cycles == 4 for progress in told)
    assert {progress.cycle for progress in told if progress.step is not None} >= {0, 2}


def test_the_world_is_the_same_however_wrong_the_twin_is(toy, environment, city_cache):
    wrong = updated(toy, "error", csi_tn_sigma_db=8.0, csi_ntn_sigma_db=3.0, traffic_sigma=1.0)
    other = build_environment(wrong, cache_dir=city_cache)
    assert not np.allclose(other.predicted, environment.predicted)
    assert not np.allclose(other.demand.predicted_mbit, environment.demand.predicted_mbit)
    np.testing.assert_array_equal(other.gain, environment.gain)
    np.testing.assert_array_equal(other.demand.arrivals_mbit, environment.demand.arrivals_mbit)
    np.testing.assert_array_equal(other.positions_m, environment.positions_m)
