"""A course of spectrum sharing as the map gets it: planned and run apart, nothing lost, nothing invented."""

from dataclasses import replace

import numpy as np
import pytest

from itnt_core.mapdata import plan_of, question_bundle, sharing_bundle, unpack
from itnt_core.mapdata.sharing import LEAST_SHARE, NOT_DISTURBED_DB, disturbed_db
from itnt_core.results import sealed
from itnt_core.twin import (
    build_environment,
    read_twin_result,
    run_scheme,
    twin_preset,
    verify_twin_result,
    write_twin_result,
)


@pytest.fixture(scope="module")
def environment(city_cache):
    return build_environment(twin_preset("toy", cache_dir=city_cache), cache_dir=city_cache)


@pytest.fixture(scope="module")
def result(environment):
    """A scheme that corrects every cycle."""
    return run_scheme(environment.scenario, "joint_refine", environment=environment)


def shares_of(arrays, moment, shape):
    """Put a moment's links back into an array (transmitters, users, subbands)."""
    found = np.zeros(shape)
    part = slice(*arrays["link_starts"][moment : moment + 2])
    found[tuple(arrays[f"link_{name}"][part] for name in ("station", "user", "subband"))] = arrays["link_share"][part]
    return found


def test_each_cycle_has_its_planned_and_its_run_links(result):
    meta, arrays = unpack(sharing_bundle(result))
    data = result.dataset
    assert meta["plan"] == "shown" and meta["cycles"] == data.sizes["cycle"]
    for cycle in range(meta["cycles"]):
        for moment, name in ((2 * cycle, "planned_share"), (2 * cycle + 1, "share")):
            wanted = data[name].values[cycle]
            found = shares_of(arrays, moment, wanted.shape)
            np.testing.assert_allclose(found, np.where(wanted > LEAST_SHARE, wanted, 0.0), atol=1e-6)
        np.testing.assert_allclose(arrays["power"][2 * cycle], data["planned_power"].values[cycle], atol=1e-6)
        np.testing.assert_allclose(arrays["power"][2 * cycle + 1], data["power"].values[cycle], atol=1e-6)
    assert not np.allclose(data["planned_share"], data["share"])  # or the test would show nothing
    np.testing.assert_allclose(arrays["queue_mbit"][:, 1:], data["queue_mbit"], atol=1e-3)
    assert not arrays["queue_mbit"][:, 0].any()
    middles = (arrays["user_position_m"][1:] + arrays["user_position_m"][:-1]) / 2
    np.testing.assert_allclose(middles[1:-1], data["position_m"].values[1:-1], atol=8.0)  # a straight line off


def test_a_result_from_before_planned_shares_opens_is_verified_and_says_so(result, environment, tmp_path):
    older = result.dataset.drop_vars("planned_share")
    manifest = {key: value for key, value in result.manifest.items() if key != "arrays"}
    write_twin_result(tmp_path, replace(result, dataset=older, manifest=sealed(manifest, older)))
    stored = read_twin_result(tmp_path)
    assert verify_twin_result(stored, environment=environment).passed
    assert plan_of(stored) == "not kept"
    meta, arrays = unpack(sharing_bundle(stored))
    assert meta["plan"] == "not kept"
    np.testing.assert_array_equal(np.diff(arrays["link_starts"])[::2], np.diff(arrays["link_starts"])[1::2])


def test_a_scheme_without_corrections_and_a_question_show_no_plan(environment):
    assert plan_of(run_scheme(environment.scenario, "greedy", environment=environment)) == "not corrected"
    meta, arrays = unpack(question_bundle(environment))
    assert meta["plan"] == "undecided"
    assert not arrays["link_share"].size and not arrays["queue_mbit"].any()
    assert meta["users"] == [user.id for user in environment.scenario.network.ground_users]


def test_what_disturbs_a_user_is_the_other_systems_power_on_the_blocks_it_uses():
    """One base station, one satellite, two users, two sub-bands; each user by hand."""
    heard = np.array([[[8.0, 2.0], [4.0, 10.0]]])  # (1, transmitters, users)
    power = np.array([[[1.0, 0.5], [0.25, 1.0]]])  # (1, transmitters, subbands)
    share = np.zeros((1, 2, 2, 2))
    share[0, 0, 0] = [0.75, 0.25]  # user 0 by the base station: the satellite gives 4 x 0.25 and 4 x 1
    share[0, 1, 1] = [0.0, 1.0]  # user 1 by the satellite on the second: the base station gives 2 x 0.5
    found = disturbed_db(heard, power, share, 1)
    np.testing.assert_allclose(found, 10.0 * np.log10([[0.75 * 1.0 + 0.25 * 4.0, 1.0]]))
    assert (disturbed_db(heard, power, np.zeros_like(share), 1) == NOT_DISTURBED_DB).all()
