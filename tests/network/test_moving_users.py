"""Ground users that move: gains and line of sight are those of a user who stands at the place of each slot."""

import numpy as np
import pytest

from itnt_core.bounds import upper_bound
from itnt_core.mapdata import user_places_m
from itnt_core.methods import optimise
from itnt_core.network import build_world
from itnt_core.presets import preset
from itnt_core.results import read_result, write_result
from itnt_core.scenario import apply_edit, change_object, check_scenario

PATH = ((4.0, 60.0, -40.0), (9.0, 60.0, 120.0), (16.0, -150.0, 90.0))


@pytest.fixture(scope="module")
def still():
    return preset("tiny")


@pytest.fixture(scope="module")
def moving(still):
    return change_object(still, "ground_user", "gu-2", {"path": PATH})


def test_each_slot_has_the_links_of_one_who_stands_there(still, moving):
    world = build_world(moving)
    gains, sight = world.ground_links
    plain = build_world(still)
    for slot in range(world.slots):
        east, north, height = world.ground_track_m[slot + 1, 1]
        alone = change_object(
            still, "ground_user", "gu-2", {"east_m": float(east), "north_m": float(north), "height_m": float(height)}
        )
        there = build_world(alone, plain.city)
        assert gains[slot] == pytest.approx(there.ground_links[0][slot], rel=1e-12)
        assert (sight[slot] == there.ground_links[1][slot]).all()
    others = [0, 2, 3]
    assert (world.ground_gains[:, others] == plain.ground_gains[:, others]).all()


def test_fading_is_that_of_the_pair_where_the_place_fades(still, moving):
    world = build_world(moving)
    factor = world.ground_gains[:, 1] / world.ground_links[0][:, 1, :, None]
    fades = ~world.ground_links[1][:, 1, : world.gbs_count]  # blocked links of the urban model
    assert (factor[:, : world.gbs_count][~fades] == pytest.approx(1.0)) if (~fades).any() else True
    assert (np.ptp(factor[:, : world.gbs_count][fades], axis=-1) > 0.0).all()


def test_a_result_says_where_they_were_and_is_read_back(moving, tmp_path):
    answer = optimise(moving, "straight")
    track = build_world(moving).ground_track_m
    assert (answer.dataset["ground_track_m"].values == track).all()
    assert not answer.manifest["violations"]
    assert user_places_m(answer)[:, 2] == pytest.approx(track[1:, 1])
    limit = upper_bound(build_world(moving), "quick").data_service_mbit
    assert answer.kpis["data_service_mbit"] <= limit
    write_result(tmp_path / "run", answer)
    assert read_result(tmp_path / "run").scenario == moving


def test_who_is_moved_on_the_map_takes_the_path_along(moving):
    event = {"type": "move", "kind": "ground_user", "id": "gu-2", "east_m": 0.0, "north_m": 0.0, "surface_m": 0.0}
    user, before = apply_edit(moving, event).ground_users[1], moving.ground_users[1]
    steps = [(a[1] - b[1], a[2] - b[2]) for a, b in zip(before.path, user.path, strict=True)]
    assert np.array(steps) == pytest.approx(np.tile((before.east_m, before.north_m), (3, 1)))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (((5.0, 0.0, 0.0), (5.0, 1.0, 0.0)), "in order of time"),
        (((5.0, 9000.0, 0.0),), "the area reaches"),
        (((0.5, -250.0, 250.0),), "m/s fast"),
        (((0.0, -250.0, 250.0),), "m away from"),
    ],
)
def test_a_path_that_nobody_can_go_is_told(still, path, words):
    (problem,) = check_scenario(change_object(still, "ground_user", "gu-2", {"path": path}))
    assert words in problem.sentence and problem.object_id == "gu-2"
