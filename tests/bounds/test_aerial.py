"""Ceilings and floors of aerial gains against thousands of points that can really be reached."""

import numpy as np
import pytest

from itnt_core.bounds import aerial_gain_bounds, reachable
from itnt_core.bounds.field import lowest_field
from itnt_core.bounds.pattern import PatternCeiling
from itnt_core.methods.pipeline import override_scenario
from itnt_core.network import build_world
from itnt_core.presets import preset
from itnt_core.radio import SharedField, SpatialField
from itnt_core.radio.antenna import station_gain_db
from itnt_core.scenario import Antenna, AntennaPattern

POINTS = 50  # per slot

OPEN = {"city.kind": "open"}
SECTORS = {"ground_stations.*.antenna.kind": "sector", "ground_stations.*.antenna.azimuth_deg": 35.0}
WORLDS = {
    "free space": ("paper-free-space", {}),
    "free space, tilted arrays": ("paper-free-space", {"ground_stations.*.antenna.kind": "tilted_array"}),
    "power law, wide sky": ("paper-free-space", {"channel.model": "power_law", "passes.0.radio.beam_aperture_m": 20.0}),
    "below the horizon": ("paper-free-space", {"passes.*.culmination_s": 2000.0, "passes.*.max_elevation_deg": 5.0}),
    "city": ("tiny", {}),
    "city without shadows": ("tiny", {"channel.shadowing": False}),
    "open UMa without shadows": ("london-4km", {**OPEN, "channel.shadowing": False}),
    "open UMi without shadows": ("london-4km", {**OPEN, "channel.shadowing": False, "channel.deployment": "umi"}),
    "open UMi": ("london-4km", {**OPEN, "channel.deployment": "umi", "ground_stations.*.antenna.downtilt_deg": -20.0}),
    "open UMa": ("london-4km", OPEN),
    "sectors": ("tiny", SECTORS),
    "sectors without shadows": ("tiny", {**SECTORS, "channel.shadowing": False}),
    "sectors in free space": ("paper-free-space", {**SECTORS, "ground_stations.*.antenna.downtilt_deg": -3.0}),
    "high mast": (
        "paper-free-space",
        {
            "ground_stations.0.height_m": 200.0,
            "ground_stations.0.antenna.downtilt_deg": 60.0,
            "ground_stations.0.antenna.kind": "tilted_array",
        },
    ),
}


def draw_world(name):
    base, changes = WORLDS[name]
    return build_world(override_scenario(preset(base), changes))


def reachable_points(world, user, rng):
    """Return (slots, points, 3) by walking: random waypoints from which the destination stays in reach, and a climb."""
    slots, slot_s = world.slots, world.scenario.time.slot_s
    half = world.scenario.area.size_m / 2
    start = np.array([user.start.east_m, user.start.north_m, user.start.height_m])
    goal = np.array([user.destination.east_m, user.destination.north_m, user.destination.height_m])
    here, path = np.tile(start, (POINTS, 1)), []
    heading = rng.uniform(0.0, 2.0 * np.pi, POINTS)
    bold = rng.random(POINTS) < 0.7  # full speed one way until the destination calls
    for slot in range(1, slots + 1):
        heading = np.where(bold, heading, rng.uniform(0.0, 2.0 * np.pi, POINTS))
        length = user.max_speed_m_s * slot_s * np.where(bold, 1.0, rng.random(POINTS))
        step = length[:, None] * np.column_stack([np.cos(heading), np.sin(heading)])
        plan = np.clip(here[:, :2] + step, -half, half)
        left_m = user.max_speed_m_s * slot_s * (slots - slot)
        back = goal[:2] - here[:, :2]
        distance = np.linalg.norm(back, axis=1, keepdims=True)
        homeward = here[:, :2] + back * np.minimum(1.0, user.max_speed_m_s * slot_s / np.maximum(distance, 1e-9))
        plan = np.where(np.linalg.norm(plan - goal[:2], axis=1, keepdims=True) <= left_m, plan, homeward)
        climb = user.max_vertical_speed_m_s * slot_s
        height = np.clip(
            here[:, 2] + climb * rng.choice([-1.0, 0.3, 1.0], POINTS), user.min_height_m, user.max_height_m
        )
        spare = climb * (slots - slot)
        here = np.column_stack([plan, np.clip(height, goal[2] - spare, goal[2] + spare)])
        path.append(here)
    return np.array(path)


@pytest.mark.parametrize("name", WORLDS)
def test_no_reachable_point_leaves_the_bounds(name):
    world = draw_world(name)
    ceiling, floor = aerial_gain_bounds(world, places=100)
    rng = np.random.default_rng(1)
    for index, user in enumerate(world.scenario.aerial_users):
        points = reachable_points(world, user, rng)
        for slot in range(0, world.slots, 4):
            sky = np.repeat(world.sky.position_m[slot][None], POINTS, axis=0)
            gbs, leo = world.channel.gbs_gain(points[slot], True), world.channel.leo_gain(points[slot], sky, True)
            gains = np.hstack([gbs, leo])
            assert (gains <= ceiling[slot, index]).all()
            assert (gains >= floor[slot, index]).all()


def test_ceiling_is_met_where_the_user_must_be_at_its_destination():
    world = draw_world("free space")
    ceiling, floor = aerial_gain_bounds(world)
    ends = np.array(
        [[p.destination.east_m, p.destination.north_m, p.destination.height_m] for p in world.scenario.aerial_users]
    )
    gains = world.channel.gbs_gain(ends, True)
    np.testing.assert_allclose(ceiling[-1, :, : world.gbs_count], gains, rtol=1e-3)
    np.testing.assert_allclose(floor[-1, :, : world.gbs_count], gains, rtol=1e-3)


def test_distances_hold_for_points_of_the_lens_and_are_met_by_some():
    world = draw_world("free space")
    rng = np.random.default_rng(3)
    for user in world.scenario.aerial_users:
        reach = reachable(world, user)
        low, high = reach.box_m
        for slot in (0, 5, 30, 50, world.slots - 2):
            points = rng.uniform(low[slot, :2], high[slot, :2], (20_000, 2))
            inside = np.linalg.norm(points - reach.start_m, axis=1) <= reach.start_radius_m[slot]
            inside &= np.linalg.norm(points - reach.destination_m, axis=1) <= reach.destination_radius_m[slot]
            for station in rng.uniform(-3000.0, 3000.0, (10, 2)):
                least, greatest = reach.horizontal_distances_m(*station)
                distance = np.linalg.norm(points[inside] - station, axis=1)
                assert least[slot] <= distance.min() <= least[slot] + 0.05 * (high[slot] - low[slot]).max()
                assert distance.max() <= greatest[slot]


@pytest.mark.parametrize("tilt", [-30.0, 0.0, 7.3, 10.0, 60.0])
def test_pattern_ceiling_is_above_the_pattern_and_close_to_it(tilt):
    antenna = Antenna(downtilt_deg=tilt)
    pattern = PatternCeiling(antenna)
    rng = np.random.default_rng(int(tilt) + 99)
    narrow = rng.uniform(-90.0, 90.0, (80, 1)) + np.array([[0.0, 1e-3]])
    ends = np.sort(np.vstack([rng.uniform(-90.0, 90.0, (80, 2)), narrow]), axis=1)
    ends = np.clip(ends, -90.0, 90.0)
    bound = pattern.highest_db(ends[:, 0], ends[:, 1])
    for (low, high), limit in zip(ends, bound, strict=True):
        found = station_gain_db(antenna, np.linspace(low, high, 1000)).max()
        wider = station_gain_db(antenna, np.linspace(low - 0.05, high + 0.05, 2000)).max()
        assert found <= limit <= wider + 0.05


def directional(kind):
    """Return an antenna that looks to one side, and its measured pattern if it has one."""
    if kind == "sector":
        return Antenna(kind=kind, azimuth_deg=250.0, elements=12, downtilt_deg=6.0, gain_dbi=17.0), None
    rng = np.random.default_rng(2)
    cuts = {f"{name}_db": tuple(rng.uniform(0.0, 35.0, 360).tolist()) for name in ("horizontal", "vertical")}
    pattern = AntennaPattern(id="p", gain_dbi=15.0, **cuts)
    return Antenna(kind=kind, azimuth_deg=250.0, gain_dbi=15.0, pattern="p"), pattern


@pytest.mark.parametrize("kind", ["sector", "measured"])
def test_pattern_ceiling_of_a_directional_antenna_is_above_every_direction_of_its_cell(kind):
    antenna, pattern = directional(kind)
    ceiling = PatternCeiling(antenna, pattern)
    rng = np.random.default_rng(8)
    low, bearing = rng.uniform(-90.0, 80.0, 150), rng.uniform(-180.0, 360.0, 150)
    high, half = low + rng.uniform(0.0, 10.0, 150), rng.choice([0.0, 0.5, 20.0, 100.0, 180.0], 150)
    bound, anywhere = ceiling.highest_db(low, high, bearing, half), ceiling.highest_db(low, high)
    assert (bound <= anywhere + 1e-12).all()
    for n in range(150):
        elevation, to = rng.uniform(low[n], high[n], 400), bearing[n] + rng.uniform(-half[n], half[n], 400)
        found = station_gain_db(antenna, elevation, to, pattern)
        assert found.max() <= bound[n] and found.min() >= ceiling.floor_db - 1e-9


@pytest.mark.parametrize("half_m", [(0.3, 0.3, 0.3), (4.0, 4.0, 2.0), (16.0, 16.0, 16.0), (70.0, 40.0, 0.1)])
def test_no_point_of_a_box_has_less_shadowing_than_its_floor(half_m):
    rng = np.random.default_rng(11)
    field = SpatialField(np.random.default_rng(5), 50.0)
    middles = rng.uniform(-2000.0, 2000.0, (60, 3))
    shifts = np.array([[0.0, 0.0, 0.0], [9.0, -7.0, 3.0]])
    floors = lowest_field(field, middles, shifts, np.array(half_m))
    within = rng.uniform(-1.0, 1.0, (4000, 3)) * half_m
    for middle, row in zip(middles, floors, strict=True):
        for shift, floor in zip(shifts, row, strict=True):
            assert field(middle + shift + within).min() >= floor


def test_no_point_of_a_box_has_less_shadowing_than_the_floor_where_sites_are_alike():
    rng = np.random.default_rng(12)
    field = SharedField(*(SpatialField(np.random.default_rng(seed), 50.0) for seed in (5, 6)), 0.3)
    middles, half_m = rng.uniform(-2000.0, 2000.0, (40, 3)), np.array([8.0, 8.0, 4.0])
    floors = lowest_field(field, middles, np.zeros((1, 3)), half_m)[:, 0]
    within = rng.uniform(-1.0, 1.0, (2000, 3)) * half_m
    for middle, floor in zip(middles, floors, strict=True):
        assert floor <= field(middle + within).min()


def test_floor_of_a_box_closes_in_on_the_field_as_the_box_shrinks():
    field = SpatialField(np.random.default_rng(6), 50.0)
    middles = np.random.default_rng(7).uniform(-2000.0, 2000.0, (500, 3))
    here, nothing = field(middles), np.zeros((1, 3))
    gaps = [
        (here - lowest_field(field, middles, nothing, np.full(3, half))[:, 0]).mean() for half in (8.0, 2.0, 0.5, 0.05)
    ]
    assert gaps[0] < 7.0 and gaps[1] < 2.0 and gaps[2] < 0.6 and gaps[3] < 0.1  # the trivial limit is 22.6


@pytest.mark.parametrize("name", ["city", "open UMa"])
def test_no_reachable_point_passes_the_shadowed_ceiling_where_the_user_must_be_soon(name):
    """The last slots and the best places: thousands of points around the destination, where the ceiling is close."""
    world = draw_world(name)
    ceiling, _ = aerial_gain_bounds(world, places=400)
    rng = np.random.default_rng(2)
    for index, user in enumerate(world.scenario.aerial_users):
        reach = reachable(world, user)
        low, high = reach.box_m
        for slot in (0, world.slots - 2, world.slots - 1):
            points = rng.uniform(low[slot], high[slot], (20_000, 3))
            flat = points[:, :2]
            inside = np.linalg.norm(flat - reach.start_m, axis=1) <= reach.start_radius_m[slot]
            inside &= np.linalg.norm(flat - reach.destination_m, axis=1) <= reach.destination_radius_m[slot]
            seen = np.ones((int(inside.sum()), world.gbs_count), dtype=bool)  # the ceiling leaves sight open
            gains = [world.channel.gbs_gain(points[inside], True, sight) for sight in (seen, ~seen)]
            best = np.max(gains, axis=(0, 1))
            top = ceiling[slot, index, : world.gbs_count]
            assert (best <= top).all()
        assert (top <= best * 10.0).all()  # at the destination little room is left, where once 20 to 136 dB were


@pytest.mark.parametrize("name", ["city", "open UMa"])
def test_no_more_power_is_received_than_sent(name):
    world = draw_world(name)
    ceiling, _ = aerial_gain_bounds(world, places=600)
    assert (ceiling < 1.0).all()
