"""Worlds that are small in some direction: only flyers, only walkers, no satellite, no ground station, one slot."""

import numpy as np
import pytest

from itnt_core.flight import straight_flight
from itnt_core.methods.straight import StraightMethod, StraightSettings
from itnt_core.network import build_world, evaluate, find_violations
from itnt_core.scenario import Area, ScenarioError, WalkerShell
from tests.network.small_worlds import flyer, open_scenario, open_world, satellite, station, walker_on_foot

STATIONS = [station("gbs-1", -300.0, 0.0), station("gbs-2", 300.0, 0.0)]
FLYERS = [flyer("au-1", (0.0, 0.0, 100.0)), flyer("au-2", (200.0, 0.0, 100.0))]
WALKERS = [walker_on_foot("gu-1", 0.0, 50.0)]
OVERHEAD = [satellite()]


@pytest.mark.parametrize("model", ["free_space", "urban"])
@pytest.mark.parametrize(
    ("stations", "passes"),
    [(STATIONS, OVERHEAD), (STATIONS, []), ([], OVERHEAD)],
    ids=["both kinds", "no satellite", "no ground station"],
)
@pytest.mark.parametrize(
    ("aerial", "ground"),
    [(FLYERS, WALKERS), (FLYERS, []), ([], WALKERS)],
    ids=["both users", "only aerial", "only ground"],
)
def test_every_mix_of_users_and_stations_can_be_solved_and_judged(model, stations, passes, aerial, ground):
    world = open_world(stations=stations, passes=passes, aerial=aerial, ground=ground, slots=2, model=model)
    flight = straight_flight(world.scenario)
    gains = world.gains(flight)
    assert gains.shape == (2, len(aerial) + len(ground), len(stations) + len(passes), 2)
    assert np.isfinite(gains).all()
    decision = StraightMethod().solve(world, StraightSettings(), 1, lambda event: None)
    assert find_violations(world, decision) == []
    assert evaluate(world, decision).active.data_service_mbit > 0.0


def test_user_and_station_axes_hold_their_objects_in_the_stated_order():
    world = open_world(stations=STATIONS, passes=OVERHEAD, aerial=FLYERS, ground=WALKERS)
    assert world.station_ids == ("gbs-1", "gbs-2", "leo-1")
    assert world.scenario.user_ids == ("au-1", "au-2", "gu-1")
    assert world.station_positions_m.shape == (1, 3, 3)
    assert world.station_positions_m[0, :2].tolist() == [[-300.0, 0.0, 25.0], [300.0, 0.0, 25.0]]
    assert world.station_positions_m[0, 2] == pytest.approx([0.0, 0.0, 500_000.0], abs=1.0)


def test_limits_of_stations_come_from_the_scenario_and_never_exceed_the_subchannels():
    crowd = [station("gbs-1", 0.0, 0.0, max_users=1, max_power_w=2.0), station("gbs-2", 300.0, 0.0, max_users=50)]
    world = open_world(stations=crowd, passes=OVERHEAD, ground=WALKERS, subchannels=3)
    assert world.station_max_users.tolist() == [1, 3, 3]
    assert world.station_max_power_w.tolist() == [2.0, 4.0, 4.0]


def test_a_shell_that_never_rises_high_enough_leaves_no_station_and_says_so():
    shell = WalkerShell(id="shell", planes=1, satellites_per_plane=1, phasing=0, inclination_deg=0.0, satellites_used=1)
    scenario = open_scenario(ground=WALKERS, walker_shells=(shell,), area=Area(lat=80.0, size_m=4000.0))
    with pytest.raises(ScenarioError, match="place a GBS"):
        build_world(scenario)


def test_a_world_that_would_not_fit_into_memory_is_refused_with_a_sentence():
    grid = [station(f"gbs-{n}", 100.0 * (n % 20) - 950.0, 100.0 * (n // 20) - 950.0) for n in range(200)]
    users = [walker_on_foot(f"gu-{n}", 0.1 * n, 1.0) for n in range(600)]
    scenario = open_scenario(stations=grid, ground=users, slots=600, subchannels=10)
    with pytest.raises(ScenarioError, match="720,000,000"):
        build_world(scenario)
