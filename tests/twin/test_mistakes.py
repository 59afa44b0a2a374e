"""What the twin gets wrong goes through the same physics; and what is right stays to the last bit."""

import numpy as np
import pytest
import shapely

from itnt_core.radio import channel_of, gains_at
from itnt_core.twin import format_twin, parse_twin, twin_preset
from itnt_core.twin.beliefs.mistakes import mistaken_city, mistaken_places, mistaken_sky, unknown_db
from itnt_core.twin.environment import build_environment

MISTAKES = {"missing_buildings": 0.4, "higher_m": 10.0, "place_m": 20.0, "age_cycles": 1, "ephemeris_s": 5.0}
SILENT = {"csi_tn_sigma_db": 0.0, "csi_ntn_sigma_db": 0.0}


def mistaken(scenario, **fields):
    return scenario.model_copy(update={"error": scenario.error.model_copy(update=fields)})


@pytest.fixture(scope="module")
def toy(city_cache):
    return mistaken(twin_preset("toy", seed=1, users=12, cache_dir=city_cache), **SILENT)


@pytest.fixture(scope="module")
def right(toy, city_cache):
    return build_environment(toy, cache_dir=city_cache)


def test_a_twin_without_mistakes_knows_the_gains(right):
    assert (right.predicted == right.gain).all()


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_changes_what_the_twin_believes_and_nothing_that_is(toy, right, name):
    wrong = build_environment(mistaken(toy, **{name: MISTAKES[name]}), city=right.city)
    assert (wrong.gain == right.gain).all()
    assert (wrong.demand.arrivals_mbit == right.demand.arrivals_mbit).all()
    assert (wrong.predicted != right.predicted).any()


def test_a_map_lacks_the_share_of_buildings_that_is_asked_and_has_the_others_higher(toy, right):
    city = mistaken_city(mistaken(toy, missing_buildings=0.5, higher_m=10.0), right.city)
    count = right.city.building_count
    assert abs(city.building_count / count - 0.5) < 3.0 * (0.25 / count) ** 0.5  # three sigmas
    higher = mistaken_city(mistaken(toy, higher_m=10.0), right.city).roof_heights_m - right.city.roof_heights_m
    assert np.allclose(higher, 10.0)
    lower = mistaken_city(mistaken(toy, higher_m=-50.0), right.city)
    assert (lower.roof_heights_m >= lower.base_heights_m + 1.0).all()


def test_a_building_that_carries_a_station_is_known(toy, right):
    inside = shapely.point_on_surface(right.city.footprints()[7])
    station = toy.network.ground_stations[0].model_copy(update={"east_m": inside.x, "north_m": inside.y})
    network = toy.network.model_copy(update={"ground_stations": (station,)})
    wrong = mistaken(toy.model_copy(update={"network": network}), missing_buildings=0.95, higher_m=10.0)
    city = mistaken_city(wrong, right.city)
    assert right.city.roof_heights_m[7] in city.roof_heights_m


def test_with_fewer_buildings_the_twin_sees_more(toy, right):
    city = mistaken_city(mistaken(toy, missing_buildings=0.8), right.city)
    sight = [
        channel_of(toy.network, one, right.sky).gbs_sight(right.positions_m[0], False) for one in (right.city, city)
    ]
    assert (sight[1] >= sight[0]).all()
    assert sight[1].sum() > sight[0].sum()


def test_users_are_off_by_the_distance_that_is_asked(toy, right):
    moved = mistaken_places(mistaken(toy, place_m=20.0), right.positions_m)
    off = np.linalg.norm(moved - right.positions_m, axis=2)
    assert np.allclose(off, 20.0)
    assert (moved[:, :, 2] == right.positions_m[:, :, 2]).all()


def test_gains_of_wrong_places_are_those_of_these_places(toy, right):
    wrong = build_environment(mistaken(toy, place_m=20.0), city=right.city)
    channel = channel_of(toy.network, right.city, right.sky)
    at = gains_at(channel, right.sky, wrong.places_m, np.arange(len(wrong.places_m))[:, None], aerial=False)
    here = gains_at(channel, right.sky, right.positions_m, np.arange(len(wrong.places_m))[:, None], aerial=False)
    ratio = np.moveaxis(at / here, (0, 1, 2), (2, 1, 0))
    assert np.allclose(wrong.predicted / right.gain, ratio)


def test_an_old_report_is_that_of_the_cycle_before(toy, right):
    wrong = build_environment(mistaken(toy, age_cycles=1), city=right.city)
    assert (wrong.predicted[:, :, 1:] == right.gain[:, :, :-1]).all()
    assert (wrong.predicted[:, :, 0] == right.gain[:, :, 0]).all()


def test_an_ephemeris_some_seconds_ahead_has_satellites_where_they_will_be(toy, right):
    cycle_s = toy.cycle_s
    wrong = mistaken_sky(mistaken(toy, ephemeris_s=cycle_s), right.sky)
    assert wrong.station_ids == right.sky.station_ids
    assert np.allclose(wrong.position_m[:-1], right.sky.position_m[1:])
    assert (wrong.time_s == right.sky.time_s).all()


def test_what_belongs_to_a_place_stays_and_is_alike_nearby(toy):
    """Gudmundson's law: correlation exp(-d / D) over place, none lost over time, the sigma as asked."""
    wrong = mistaken(toy, csi_tn_sigma_db=6.0, csi_fixed_share=1.0, csi_distance_m=50.0)
    generator = np.random.default_rng(1)
    start = generator.uniform(-400.0, 400.0, (1, 4000, 3)) * [1.0, 1.0, 0.0]
    beside = start + np.array([50.0, 0.0, 0.0])
    here, there = (unknown_db(wrong, ("gbs-1",), np.repeat(at, 2, axis=0))[0] for at in (start, beside))
    assert np.allclose(here[:, 0], here[:, 1])
    assert abs(here.std() / 6.0 - 1.0) < 0.15
    assert abs(np.corrcoef(here[:, 0], there[:, 0])[0, 1] - np.exp(-1.0)) < 0.12


def test_what_is_not_asked_for_is_not_written_and_questions_keep_their_hash(toy):
    plain = twin_preset("toy", seed=1)
    assert not {*MISTAKES, "csi_fixed_share", "csi_distance_m"} & {*plain.model_dump(mode="json")["error"]}
    assert "learning" not in plain.model_dump(mode="json")
    again = parse_twin(format_twin(mistaken(toy, **MISTAKES)))
    assert again.error.higher_m == 10.0
