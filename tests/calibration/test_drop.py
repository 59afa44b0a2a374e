"""The drop is the network of TR 38.901's table 7.8-1, and goes on for ever."""

import numpy as np
import pytest

from itnt_core.calibration import CASES, aerial_drop, copies_m, drop, echo_losses_db, sites_m, wrapped_gains
from itnt_core.network import build_world
from itnt_core.presets import EXAMS, preset
from itnt_core.scenario import Antenna, Channel, ScenarioError, format_scenario, scenario_of_bytes

CASE_NAMES = list(CASES)


@pytest.mark.parametrize("name", CASE_NAMES)
def test_nineteen_sites_stand_on_a_hexagonal_lattice(name):
    case = CASES[name]
    sites = sites_m(case)
    gaps = np.linalg.norm(sites[:, None] - sites, axis=2)
    assert len(sites) == 19
    assert np.sort(gaps[9])[1:7] == pytest.approx(case.site_distance_m)  # the one in the middle has six neighbours
    assert np.unique(np.round(gaps[gaps > 0.0], 3)).min() == pytest.approx(case.site_distance_m)


@pytest.mark.parametrize("name", CASE_NAMES)
def test_with_its_copies_every_site_sees_the_same_network(name):
    """Wrap-around: sorted distances to the nearest copy of each site are those of the site in the middle."""
    case = CASES[name]
    sites, copies = sites_m(case), copies_m(case)
    away = sites[:, None, None] - sites[None, :, None] - copies
    nearest = np.sort(np.linalg.norm(away, axis=-1).min(axis=2), axis=1)
    assert nearest == pytest.approx(np.broadcast_to(nearest[9], nearest.shape), abs=1e-6)
    least = np.linalg.norm(copies[1:], axis=1)
    assert least == pytest.approx(np.sqrt(19.0) * case.site_distance_m)  # the shift number of a cluster of 19


def test_every_site_is_heard_from_its_nearest_copy_of_all_that_there_are():
    """Free space between antennas without direction: beta0 / d^2, d to the nearest of 49 copies instead of 7."""
    case = CASES["uma-6ghz"]
    scenario = drop(case, 3, users=40)
    round_ones = [
        station.model_copy(update={"antenna": Antenna(kind="isotropic", gain_dbi=0.0)})
        for station in scenario.ground_stations
    ]
    outdoors = [user.model_copy(update={"indoor": "no", "floor": 1}) for user in scenario.ground_users]
    parts = {"channel": Channel(model="free_space", shadowing=False, fading=False)}
    world = build_world(
        scenario.model_copy(update=parts | {"ground_stations": tuple(round_ones), "ground_users": tuple(outdoors)})
    )
    copies = copies_m(case)
    everywhere = (copies[:, None] + copies).reshape(-1, 2)
    away = world.ground_points_m[:, None, None, :2] - sites_m(case)[None, :, None] - everywhere
    squared = (away**2).sum(axis=-1).min(axis=2) + 23.5**2
    expected = (299_792_458.0 / (4.0 * np.pi * 6e9)) ** 2 / squared
    assert wrapped_gains(world, copies)[:, ::3] == pytest.approx(expected, rel=1e-9)


def test_without_wrap_around_the_middle_hears_what_a_normal_run_computes():
    case = CASES["umi-6ghz"]
    world = build_world(drop(case, 4, users=60))
    near = np.linalg.norm(world.ground_points_m[:, :2], axis=1) < case.site_distance_m / 2.0
    assert near.any()
    normal = world.ground_links[0][0]
    assert wrapped_gains(world, copies_m(case))[near] == pytest.approx(normal[near], rel=1e-12)


@pytest.mark.parametrize("name", CASE_NAMES)
def test_users_are_dropped_as_the_table_says(name):
    case = CASES[name]
    users = drop(case, 5).ground_users
    places = np.array([(user.east_m, user.north_m) for user in users])
    away = np.linalg.norm(places[:, None] - sites_m(case), axis=2)
    assert len(users) == 570
    assert away.min() >= case.least_distance_m
    assert away.min(axis=1).max() <= case.site_distance_m / np.sqrt(3.0) + 1e-6  # within a hexagon
    per_site = np.bincount(away.argmin(axis=1), minlength=19)
    assert per_site.std() < 3.0 * np.sqrt(30.0) and per_site.min() > 10
    inside = [user for user in users if user.is_indoors]
    assert len(inside) == 456 and all(user.floor == 1 for user in users if not user.is_indoors)
    kinds = [user.indoor for user in inside]
    assert abs(kinds.count("low_loss") - 228) < 45
    floors = np.array([user.floor for user in inside])
    # of U(1, N) with N of U(4, 8): each of the first four floors (1/4 + 1/5 + 1/6 + 1/7 + 1/8) / 5, the eighth 1/40
    expected = np.array([sum(1.0 / top for top in range(max(4, floor), 9)) / 5.0 for floor in range(1, 9)])
    assert np.bincount(floors, minlength=9)[1:] / len(floors) == pytest.approx(expected, abs=0.07)


@pytest.mark.parametrize("name", EXAMS)
def test_a_drop_is_a_preset_that_can_be_written_and_read(name):
    scenario = preset(name, seed=7)
    assert scenario_of_bytes(format_scenario(scenario, "json").encode()) == scenario
    assert preset(name, seed=7) == scenario != preset(name, seed=8)
    with pytest.raises(ScenarioError, match="number of aerial users"):
        preset(name, users=10, aerial_users=4)


def test_the_echo_is_the_radar_equation():
    """Without shadowing: power over 4 pi d^2, times the cross section, over 4 pi d^2, into an aperture of lambda^2/4pi.

    The law of the way is UMa-AV's instead of free space, both ways.
    """
    scenario = aerial_drop(1, targets=5)
    still = scenario.model_copy(update={"channel": scenario.channel.model_copy(update={"shadowing": False})})
    places = np.array([user.start.position_m for user in still.aerial_users]) - (0.0, 0.0, 25.0)
    distance = np.linalg.norm(places, axis=1)
    law = 28.0 + 22.0 * np.log10(distance) + 20.0 * np.log10(6.0)
    wavelength = 299_792_458.0 / 6e9
    free = 20.0 * np.log10(4.0 * np.pi * distance / wavelength)
    radar = 10.0 * np.log10(10.0**-1.281 * wavelength**2 / ((4.0 * np.pi) ** 3 * distance**4))
    assert echo_losses_db(still) == pytest.approx(radar + 2.0 * (free - law), abs=1e-9)
