"""An answer carried over to an edited question, checked link by link against what the ids say."""

import numpy as np
import pytest

from itnt_core.methods import carried_over
from itnt_core.network import build_world, find_violations
from itnt_core.qos import UNSERVED


def edited(scenario, **changes):
    """Return the scenario with some of its lists replaced."""
    return scenario.model_copy(update=changes)


def links(world, decision):
    """Return every link as (slot, user id, station id, subchannel) with its power in watts."""
    found = {}
    for slot, user in np.argwhere(decision.station != UNSERVED):
        station, subchannel = decision.station[slot, user], decision.subchannel[slot, user]
        name = int(slot), world.scenario.user_ids[user], world.station_ids[station], int(subchannel)
        found[name] = float(decision.power_w[slot, station, subchannel])
    return found


@pytest.fixture(scope="module")
def carry(tiny_world, straight_decision, city_cache):
    """Return a function that carries the reference answer over to an edited question: its world, the decision."""

    def over(scenario):
        world = build_world(scenario, cache_dir=city_cache)
        return world, carried_over(straight_decision, tiny_world, world)

    return over


def test_the_same_question_keeps_the_same_answer(carry, tiny_scenario, tiny_world, straight_decision):
    world, carried = carry(tiny_scenario)
    assert links(world, carried) == links(tiny_world, straight_decision)
    assert (carried.positions_m == straight_decision.positions_m).all()


def test_stations_in_another_order_keep_their_links(carry, tiny_scenario, tiny_world, straight_decision):
    stations = tuple(reversed(tiny_scenario.ground_stations))
    world, carried = carry(edited(tiny_scenario, ground_stations=stations))
    assert world.station_ids[0] == tiny_world.station_ids[1]
    assert links(world, carried) == links(tiny_world, straight_decision)


def test_the_links_of_a_removed_station_go_and_no_others(carry, tiny_scenario, tiny_world, straight_decision):
    gone = tiny_scenario.ground_stations[0].id
    world, carried = carry(edited(tiny_scenario, ground_stations=tiny_scenario.ground_stations[1:]))
    before = links(tiny_world, straight_decision)
    assert any(name[2] == gone for name in before)
    assert links(world, carried) == {name: power for name, power in before.items() if name[2] != gone}


def test_a_new_user_is_unserved_and_the_others_keep_their_links(carry, tiny_scenario, tiny_world, straight_decision):
    new = tiny_scenario.ground_users[0].model_copy(update={"id": "gu-new"})
    world, carried = carry(edited(tiny_scenario, ground_users=(new, *tiny_scenario.ground_users)))
    assert links(world, carried) == links(tiny_world, straight_decision)


def test_fewer_subchannels_and_slots_keep_what_still_exists(carry, tiny_scenario, tiny_world, straight_decision):
    radio = tiny_scenario.radio.model_copy(update={"subchannels": tiny_scenario.radio.subchannels - 1})
    time = tiny_scenario.time.model_copy(update={"slots": tiny_scenario.time.slots - 3})
    world, carried = carry(edited(tiny_scenario, radio=radio, time=time))
    before = links(tiny_world, straight_decision)
    assert set(links(world, carried)) == {
        name for name in before if name[0] < world.slots and name[3] < world.subchannels
    }


def test_a_station_with_fewer_seats_lets_the_last_users_go(carry, tiny_scenario):
    stations = tuple(station.model_copy(update={"max_users": 1}) for station in tiny_scenario.ground_stations)
    world, carried = carry(edited(tiny_scenario, ground_stations=stations))
    for index, seats in enumerate(world.station_max_users):
        assert (carried.station == index).sum(axis=1).max() <= seats


def test_an_aerial_user_with_another_end_flies_straight_and_breaks_nothing(carry, tiny_scenario, straight_decision):
    user = tiny_scenario.aerial_users[0]
    moved = user.model_copy(
        update={"destination": user.destination.model_copy(update={"east_m": user.destination.east_m + 20.0})}
    )
    world, carried = carry(edited(tiny_scenario, aerial_users=(moved,)))
    assert tuple(carried.positions_m[-1, 0]) == moved.destination.position_m
    assert not [found for found in find_violations(world, carried) if "7a" in str(found)]
    renamed = user.model_copy(update={"name": "Courier"})
    _, kept = carry(edited(tiny_scenario, aerial_users=(renamed,)))
    assert (kept.positions_m == straight_decision.positions_m).all()
