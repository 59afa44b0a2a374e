"""What the map is handed of the live optimum, counted anew."""

from collections import Counter
from dataclasses import replace

import numpy as np

from itnt_core.mapdata import live_bundle, unpack
from itnt_core.mapdata.live import main_server
from itnt_core.network import Decision
from itnt_core.qos import UNSERVED


def bundle(scenario, decision, before=None):
    """Return meta and arrays of an answer's bundle."""
    more = {"number": 3, "is_settled": True, "headline": "+1 %", "figures": [("Data service", "1 Mbit")]}
    return unpack(live_bundle(scenario, decision, before, **more))


def test_a_users_server_is_the_one_that_serves_it_most():
    generator = np.random.default_rng(1)
    for _ in range(50):
        station = generator.integers(-1, 4, (7, 5))
        decision = Decision(station, np.minimum(station, 0), np.zeros((8, 0, 3)), np.zeros((7, 4, 1)))
        for user, found in enumerate(main_server(decision)):
            counts = Counter(int(index) for index in station[:, user] if index != UNSERVED)
            assert found == UNSERVED if not counts else counts[int(found)] == max(counts.values())
    nobody = np.full((3, 2), UNSERVED)
    alone = Decision(nobody, nobody, np.zeros((4, 0, 3)), np.zeros((3, 1, 1)))
    assert list(main_server(alone)) == [UNSERVED, UNSERVED]


def test_flights_users_and_stations_stand_where_they_are(tiny_scenario, straight_decision):
    meta, arrays = bundle(tiny_scenario, straight_decision)
    assert (meta["number"], meta["is_settled"], meta["gbs_count"]) == (3, True, len(tiny_scenario.ground_stations))
    assert np.abs(arrays["flight_m"] - straight_decision.positions_m).max() < 1e-3
    users = arrays["user_position_m"]
    flight = straight_decision.positions_m[:, 0]
    assert np.linalg.norm(flight - users[0], axis=1).min() < 1e-3  # an aerial user stands on its way
    assert [tuple(place) for place in np.round(users[1:], 3)] == [
        tuple(np.round(user.position_m, 3).astype(np.float32)) for user in tiny_scenario.ground_users
    ]
    assert arrays["ghost_m"].shape[0] == 0


def test_only_flights_that_are_flown_no_more_have_a_ghost(tiny_scenario, straight_decision):
    _, same = bundle(tiny_scenario, straight_decision, straight_decision)
    assert same["ghost_m"].shape[0] == 0
    moved = replace(straight_decision, positions_m=straight_decision.positions_m + np.array([30.0, 0.0, 0.0]))
    _, other = bundle(tiny_scenario, moved, straight_decision)
    assert np.abs(other["ghost_m"][0] - straight_decision.positions_m[:, 0]).max() < 1e-3
    longer = replace(straight_decision, positions_m=np.repeat(straight_decision.positions_m, 2, axis=0))
    _, before = bundle(tiny_scenario, straight_decision, longer)
    assert before["ghost_m"].shape[:2] == (1, len(longer.positions_m))
