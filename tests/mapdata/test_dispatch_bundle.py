"""An episode on the map: what the bundle states, and nothing of the future before its slot."""

import numpy as np
import pytest

from itnt_core.dispatch import DispatchDynamics, Straight, record_episode
from itnt_core.mapdata import episode_bundle, unpack
from tests.dispatch.settings import stage


@pytest.fixture(scope="module")
def episode(city_cache):
    setting = stage(city_cache, late_missions=1.0, failing=0.5, arriving_late=0.5, walking=0.5)
    return record_episode(DispatchDynamics(setting, 1, 1.0), Straight(), 11)


@pytest.fixture(scope="module")
def bundle(episode):
    return unpack(episode_bundle(episode))


def test_a_mission_has_no_place_before_the_slot_in_which_it_appears(episode, bundle):
    meta, arrays = bundle
    assert [one["appears"] for one in meta["missions"]] == episode.appears.tolist() and episode.appears.max() > 0
    for user, appears in enumerate(episode.appears):
        places_m = arrays["au_position_m"][:, user]
        assert np.isnan(places_m[:appears]).all() and np.isfinite(places_m[appears:]).all()
        np.testing.assert_allclose(places_m[appears:, :2], episode.position_m[appears:, user], atol=1e-2)
        assert not arrays["asks"][:appears, user].any() and (arrays["serving_station"][:appears, user] < 0).all()


def test_no_slot_of_the_bundle_depends_on_later_ones(episode, city_cache):
    """Another end of the same world: what was packed of the slots before it is the same."""
    setting = episode.setting

    class Turning(Straight):
        def act(self, known):
            return super().act(known) * (1.0 if known.slot < 5 else -1.0)

    other = record_episode(DispatchDynamics(setting, 1, 1.0), Turning(), 11)
    (_, one), (_, two) = (unpack(episode_bundle(one)) for one in (episode, other))
    assert not np.array_equal(one["au_position_m"][6:], two["au_position_m"][6:], equal_nan=True)
    for name in (
        "au_position_m",
        "serving_station",
        "sinr_db",
        "asks",
        "serves",
        "waiting_mbit",
        "reward",
        "service_mbit",
    ):
        np.testing.assert_array_equal(one[name][:5], two[name][:5], err_msg=name)


def test_what_it_sums_up_is_what_was_recorded(episode, bundle):
    _, arrays = bundle
    np.testing.assert_allclose(arrays["reward"][1:], np.cumsum(episode.reward), rtol=1e-5, atol=1e-5)
    assert arrays["service_total_mbit"][-1] == pytest.approx(episode.served_mbit.sum(), rel=1e-5)
    np.testing.assert_allclose(arrays["waiting_mbit"].sum(axis=1)[-1], episode.waiting_mbit[-1].sum(), rtol=1e-5)
    np.testing.assert_array_equal(arrays["serves"], episode.serves)
    assert arrays["reward"][0] == 0.0 and not arrays["serves"].all()


def test_walkers_move_and_the_others_stand(episode, bundle):
    _, arrays = bundle
    moves = (np.diff(episode.ground_places_m(), axis=0) != 0.0).any(axis=(0, 2))
    found = arrays.get("mover", np.zeros(0))
    np.testing.assert_array_equal(found, np.flatnonzero(moves))
