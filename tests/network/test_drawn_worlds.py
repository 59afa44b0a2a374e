"""Worlds that a forecast may turn out to be: what is drawn anew, how far, and what stays."""

from dataclasses import replace

import numpy as np
import pytest
from small_worlds import flyer, open_world, satellite, station, walker_on_foot

from itnt_core.network import Uncertainty, UncertaintyError, WorldDraws
from itnt_core.scenario import Area, Channel
from itnt_core.sky import pass_positions_m

PEOPLE = tuple(walker_on_foot(f"gu-{number}", 40.0 * number - 400.0, 25.0 * number) for number in range(20))


def forecast(**fields):
    return open_world(
        stations=[station("gbs-1", 0.0, 300.0)],
        passes=[satellite(), satellite("leo-2", max_elevation_deg=60.0)],
        aerial=[flyer("au-1", (0.0, 0.0, 100.0))],
        ground=PEOPLE,
        slots=3,
        **fields,
    )


@pytest.fixture(scope="module")
def world():
    return forecast()


@pytest.fixture(scope="module")
def drawn(world):
    return list(WorldDraws(world, "judged").worlds(120))


def moved_m(world, drawn):
    return np.stack([one.ground_points_m - world.ground_points_m for one in drawn])  # (worlds, users, 3)


def test_a_number_names_one_world_and_a_purpose_others(world):
    again = [WorldDraws(world, "judged").world(7).ground_gains for _ in range(2)]
    assert (again[0] == again[1]).all()
    other = WorldDraws(world, "planned").world(7)
    assert other.scenario.seed != WorldDraws(world, "judged").world(7).scenario.seed
    assert (other.ground_points_m != world.ground_points_m).any()


def test_no_world_is_drawn_for_planning_and_for_judging(world):
    seeds = {
        purpose: {WorldDraws(world, purpose).world(number).scenario.seed for number in range(200)}
        for purpose in ("planned", "judged")
    }
    assert not seeds["planned"] & seeds["judged"]
    assert world.scenario.seed not in seeds["planned"] | seeds["judged"]


def test_users_err_by_a_normal_law_of_the_stated_size_along_both_axes(world, drawn):
    error_m = moved_m(world, drawn)[..., :2].ravel()
    assert abs(error_m.mean()) < 4.0 * 10.0 / np.sqrt(len(error_m))
    assert error_m.std() == pytest.approx(10.0, rel=0.05)
    assert (moved_m(world, drawn)[..., 2] == 0.0).all()
    assert np.mean(np.abs(error_m) < 10.0) == pytest.approx(0.683, abs=0.02)


def test_satellites_are_early_or_late_on_their_own_orbit(world, drawn):
    """The pass itself, at the time that the shift stands for, is where the drawn satellite stands."""
    late_s = []
    for one in drawn:
        for column, source in enumerate(world.scenario.passes):
            times_s = np.linspace(-2.5, 2.5, 5001)
            way_m = pass_positions_m(source, world.sky.time_s[0] + times_s)
            off_m = np.linalg.norm(way_m - one.sky.position_m[0, column], axis=1)
            late_s.append(times_s[off_m.argmin()])
            there_m = pass_positions_m(source, world.sky.time_s + late_s[-1])
            assert np.abs(one.sky.position_m[:, column] - there_m).max() < 15.0  # of a way of 7.6 km a second
    assert np.std(late_s) == pytest.approx(0.5, rel=0.15)
    assert abs(np.corrcoef(late_s[::2], late_s[1::2])[0, 1]) < 0.35  # each errs on its own


def test_directions_and_ranges_follow_the_places(drawn):
    sky = drawn[0].sky
    assert np.allclose(np.linalg.norm(sky.position_m, axis=-1), 1000.0 * sky.range_km)
    assert np.allclose(sky.position_m[..., 2], 1000.0 * sky.range_km * np.sin(np.radians(sky.elevation_deg)))


def test_fading_and_shadowing_are_those_of_other_seeds():
    world = forecast(channel=Channel(model="urban", coherence_slots=1))
    still = WorldDraws(world, "judged", Uncertainty(0.0, 0.0))
    factors = np.stack([one.ground_factors.fading for one in still.worlds(40)])
    drawn = factors[factors != 1.0]
    assert drawn.mean() == pytest.approx(1.0, abs=0.1) and np.var(drawn) == pytest.approx(1.0, abs=0.25)
    points_m = np.array([[150.0, 150.0, 1.5]])
    shadow = [one.channel.gbs_shadow[0](points_m)[0] for one in still.worlds(200)]
    assert abs(np.mean(shadow)) < 0.3 and np.std(shadow) == pytest.approx(1.0, abs=0.25)


def test_without_anything_random_a_drawn_world_is_the_forecast():
    world = forecast(channel=Channel(model="urban", fading=False, shadowing=False), area=Area(size_m=4000.0))
    city_less = Uncertainty(0.0, 0.0)
    one = WorldDraws(world, "judged", city_less).world(3)
    assert (one.ground_points_m == world.ground_points_m).all() and one.sky is world.sky
    free = forecast(channel=Channel(model="free_space", fading=False))
    same = WorldDraws(free, "judged", city_less).world(3)
    flight_m = np.broadcast_to([[0.0, 0.0, 100.0]], (4, 1, 3))
    assert (same.gains(flight_m) == free.gains(flight_m)).all()


def test_nobody_is_moved_into_a_building_or_out_of_the_area(tiny_world):
    world = tiny_world
    for one in WorldDraws(world, "judged", Uncertainty(60.0, 0.0)).worlds(5):
        points_m = one.ground_points_m
        assert (world.city.roof_m(points_m[:, :2]) <= points_m[:, 2]).all()
        assert np.abs(points_m[:, :2]).max() <= world.scenario.area.size_m / 2


def test_the_forecast_is_left_as_it_is(world):
    before = world.ground_gains.copy()
    WorldDraws(world, "judged").world(0)
    assert (world.ground_gains == before).all() and (replace(world).ground_gains == before).all()


@pytest.mark.parametrize(
    ("errors", "words"),
    [((-1.0, 0.0), "places is -1 m"), ((0.0, 11.0), "timing is 11 s"), ((float("nan"), 0.0), "places is nan m")],
)
def test_errors_that_cannot_be_drawn_are_refused_in_a_sentence(errors, words):
    with pytest.raises(UncertaintyError, match=words):
        Uncertainty(*errors)
