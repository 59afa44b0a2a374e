"""One seed, one world: gains depend on position and slot alone, and on nothing that other links do."""

import math

import numpy as np
import pytest

from itnt_core.network import build_world
from itnt_core.scenario import Channel, GroundStation, GroundUser
from tests.network.small_worlds import ISOTROPIC, flyer, open_scenario, open_world, satellite, station, walker_on_foot

same_numbers = 1e-9
physics_db = 0.05
MODELS = ["free_space", "power_law", "urban"]


def crowded(model, slots=4, **fields):
    """Return a scenario with every kind of link."""
    return open_scenario(
        stations=[station("gbs-1", -400.0, 300.0), station("gbs-2", 500.0, -200.0)],
        passes=[satellite("leo-1", max_elevation_deg=70.0), satellite("leo-2", heading_deg=200.0)],
        aerial=[flyer("au-1", (0.0, 0.0, 90.0), (150.0, 80.0, 110.0)), flyer("au-2", (300.0, 300.0, 60.0))],
        ground=[walker_on_foot("gu-1", 120.0, 40.0), walker_on_foot("gu-2", -250.0, -90.0)],
        slots=slots,
        subchannels=3,
        model=model,
        **{"channel": Channel(model=model, coherence_slots=2), **fields},
    )


def paths(world, seed=0):
    draw = np.random.default_rng(seed)
    return draw.uniform(-800, 800, (world.slots + 1, world.aerial_count, 3)) * [1, 1, 0.1] + [0, 0, 150]


@pytest.mark.parametrize("model", MODELS)
def test_the_same_seed_gives_the_same_gains_and_another_seed_others(model):
    first, again = build_world(crowded(model)), build_world(crowded(model))
    flight = paths(first)
    assert (first.gains(flight) == again.gains(flight)).all()
    other = build_world(crowded(model, seed=2))
    assert np.mean(np.abs(other.ground_gains / first.ground_gains - 1.0) > 0.01) > 0.2


@pytest.mark.parametrize("model", MODELS)
def test_a_gain_depends_on_position_and_slot_alone(model):
    """Swapping two aerial users, or changing all other waypoints, leaves a link as it is."""
    world = build_world(crowded(model))
    flight = paths(world)
    gains = world.gains(flight)
    swapped = world.gains(flight[:, ::-1])
    assert swapped[:, [1, 0]] == pytest.approx(gains[:, :2], rel=same_numbers)
    elsewhere = paths(world, seed=5)
    elsewhere[2, 0] = flight[2, 0]  # waypoint 2 is where slot 2 ends
    assert world.gains(elsewhere)[1, 0] == pytest.approx(gains[1, 0], rel=same_numbers)
    assert world.gains(elsewhere)[:, 2:] == pytest.approx(gains[:, 2:], rel=same_numbers)  # ground users never notice


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("kind", ["ground_stations", "ground_users", "aerial_users", "passes"])
def test_one_more_object_leaves_the_other_links_as_they_are(model, kind):
    scenario = crowded(model)
    extra = {
        "ground_stations": GroundStation(id="gbs-new", east_m=10.0, north_m=20.0, antenna=ISOTROPIC),
        "ground_users": GroundUser(id="gu-new", east_m=10.0, north_m=20.0),
        "aerial_users": flyer("au-new", (-300.0, -300.0, 200.0)),
        "passes": satellite("leo-new", heading_deg=300.0),
    }[kind]
    wider = scenario.model_copy(update={kind: (extra, *getattr(scenario, kind))})  # placed first: every index shifts
    before, after = build_world(scenario), build_world(wider)
    flight = paths(before)
    longer = np.concatenate([np.full((5, 1, 3), 120.0), flight], axis=1) if kind == "aerial_users" else flight
    users = [wider.user_ids.index(name) for name in scenario.user_ids]
    stations = [after.station_ids.index(name) for name in before.station_ids]
    kept = after.gains(longer)[:, users][:, :, stations]
    assert kept == pytest.approx(before.gains(flight), rel=same_numbers)


@pytest.mark.parametrize("model", MODELS)
def test_a_longer_window_leaves_the_past_as_it_was(model):
    short, long = build_world(crowded(model, slots=4)), build_world(crowded(model, slots=9))
    assert long.ground_gains[:4] == pytest.approx(short.ground_gains, rel=same_numbers)


def test_fading_holds_for_a_coherence_block_and_then_changes():
    world = build_world(crowded("free_space", slots=5))  # blocks of 2 slots
    gbs = world.ground_gains[:, :, :2]
    assert (gbs[0] == gbs[1]).all() and (gbs[2] == gbs[3]).all()
    assert (np.abs(gbs[1] / gbs[2] - 1.0) > 1e-6).all() and (np.abs(gbs[3] / gbs[4] - 1.0) > 1e-6).all()
    assert (np.abs(gbs[..., 0] / gbs[..., 1] - 1.0) > 1e-6).all()  # every subchannel fades on its own
    leo = world.ground_gains[:, :, 2:]
    assert (leo == leo[..., :1]).all()  # satellites do not fade


def test_fading_has_mean_1_over_a_whole_world():
    users = [walker_on_foot(f"gu-{n}", 20.0 * n - 500.0, 100.0) for n in range(50)]
    pair = [station("gbs-1", -300.0, 0.0), station("gbs-2", 300.0, 0.0)]
    setting = {"stations": pair, "ground": users, "slots": 30, "subchannels": 4}
    faded = open_world(**setting, channel=Channel(model="free_space", coherence_slots=1)).ground_gains
    still = open_world(**setting, channel=Channel(model="free_space", fading=False)).ground_gains
    four_standard_errors = 4.0 / math.sqrt(faded.size)
    assert (faded / still).mean() == pytest.approx(1.0, abs=four_standard_errors)


def test_free_space_gains_are_the_ones_worked_out_link_by_link():
    """beta0 / d^2 with no antenna on the ground and 30 dBi overhead; a plain loop, nothing random."""
    scenario = crowded("free_space", channel=Channel(model="free_space", fading=False, shadowing=False))
    world = build_world(scenario)
    flight = paths(world)
    gains = world.gains(flight)
    beta0 = 10.0 ** (-38.46838 / 10.0)
    for t in range(world.slots):
        points = [*flight[t + 1], *((u.east_m, u.north_m, u.height_m) for u in scenario.ground_users)]
        for u, point in enumerate(points):
            for b, place in enumerate(world.station_positions_m[t]):
                expected_db = 10.0 * math.log10(beta0 / math.dist(point, place) ** 2) + (30.0 if b >= 2 else 0.0)
                for k in range(3):
                    # within 1 km of the anchor the beam, 500 km up, is less than 0.03 dB off its peak
                    assert 10.0 * math.log10(gains[t, u, b, k]) == pytest.approx(expected_db, abs=physics_db)


def test_urban_shadowing_has_the_spread_of_the_standard():
    """Aerial users at 120 m see every macro station; their shadow is 4.64 exp(-0.0066 * 120) = 2.10 dB wide."""
    grid = [station(f"gbs-{n}", 350.0 * (n % 10) - 1600.0, 350.0 * (n // 10) - 1600.0) for n in range(100)]
    setting = {"stations": grid, "ground": [walker_on_foot("gu", 0.0, 0.0)]}
    worlds = [open_world(**setting, channel=Channel(shadowing=on), model="urban") for on in (True, False)]
    points = np.random.default_rng(0).uniform(-1900, 1900, (60, 3)) * [1, 1, 0] + [0, 0, 120]
    shadowed, bare = (10.0 * np.log10(world.channel.gbs_gain(points, aerial=True)) for world in worlds)
    five_percent = 0.05
    assert (shadowed - bare).std() == pytest.approx(2.10, rel=five_percent)
    assert (shadowed - bare).mean() == pytest.approx(0.0, abs=0.15)


@pytest.mark.parametrize(
    ("aerial", "height_m", "distance_m", "expected"),
    [
        (False, 1.5, 100.0, 0.3477),
        (False, 1.5, 300.0, 0.0680),
        (True, 50.0, 500.0, 0.8887),
        (True, 80.0, 1000.0, 0.8318),
    ],
)
def test_on_open_ground_sight_is_as_frequent_as_the_standard_says(aerial, height_m, distance_m, expected):
    """Many stations on a circle around one user: the share in sight is the probability of standards.md."""
    angles = 2.0 * np.pi * np.arange(500) / 500
    ring = [
        station(f"gbs-{n}", distance_m * math.sin(a), distance_m * math.cos(a), 25.0 if aerial else 1.5)
        for n, a in enumerate(angles)
    ]
    world = open_world(stations=ring, ground=[walker_on_foot("gu", 0.0, 0.0)], model="urban")
    points = np.array([[0.0, 0.0, height_m]])
    four_standard_errors = 4.0 * math.sqrt(expected * (1.0 - expected) / 500)
    assert world.channel.gbs_sight(points, aerial).mean() == pytest.approx(expected, abs=four_standard_errors)


def test_a_blocked_satellite_link_loses_the_clutter_and_spreads_as_the_standard_says():
    """60 degrees, dense urban: sight 0.612, clutter 26.2 dB, sigma 2.7 dB in sight and 10.5 dB without."""
    sky = [satellite(f"leo-{n}", max_elevation_deg=60.0, heading_deg=5.0 * n) for n in range(60)]
    setting = {"passes": sky, "ground": [walker_on_foot("gu", 0.0, 0.0)], "model": "urban"}
    worlds = [open_world(**setting, channel=Channel(shadowing=on)) for on in (True, False)]
    points = np.random.default_rng(0).uniform(-1900, 1900, (60, 3)) * [1, 1, 0] + np.array([0.0, 0.0, 1.5])
    satellites = np.broadcast_to(worlds[0].sky.position_m[0], (60, 60, 3))
    shadowed, bare = (10.0 * np.log10(world.channel.leo_gain(points, satellites, aerial=False)) for world in worlds)
    sees = worlds[0].channel.leo_sight(points, satellites, aerial=False)
    assert sees.mean() == pytest.approx(0.612, abs=0.05)  # four standard errors of 60 independent fields, or less
    assert bare[sees].mean() - bare[~sees].mean() == pytest.approx(26.2, abs=physics_db)
    five_percent = 0.05
    for chosen, sigma_db in ((sees, 2.7), (~sees, 10.5)):
        assert (shadowed - bare)[chosen].std() == pytest.approx(sigma_db, rel=five_percent)


def test_only_blocked_ground_links_fade_in_the_urban_model():
    world = build_world(crowded("urban"))
    points = world.ground_points_m
    assert (world.channel.fades(points) == ~world.channel.gbs_sight(points, aerial=False)).all()
