"""Gains kept as their factors are the same numbers as all of them in one array."""

import numpy as np
import pytest

from itnt_core.association import ActiveAssociator, make_problem
from itnt_core.flight import straight_flight
from itnt_core.network import Decision, build_world, evaluate
from itnt_core.network import world as world_module
from itnt_core.network.gains import LinkGains
from itnt_core.power import equal_power, improve_power
from itnt_core.presets import preset
from itnt_core.radio import rayleigh_power


@pytest.fixture(scope="module")
def both():
    """A small world with fading, and its gains twice: as one array and as factors."""
    world = build_world(preset("london-2km", users=9, seed=3))
    whole = world.gains(straight_flight(world.scenario))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world_module, "MOST_WHOLE", 0)
        apart = world.gains(straight_flight(world.scenario))
    assert isinstance(apart, LinkGains) and not isinstance(whole, LinkGains)
    return world, whole, apart


def test_factors_are_the_array_however_they_are_asked(both):
    _, whole, apart = both
    links = (np.array([0, 3, 3]), np.array([8, 1, 8]), np.array([0, 1, 2]), np.array([2, 0, 1]))
    some = np.array([4, 0, 9])
    assert apart.shape == whole.shape and len(apart) == len(whole)
    assert np.array_equal(np.asarray(apart), whole)
    for index in (3, -1, (2, 5), links, (some, 4), (slice(2, 5), slice(0, 3), slice(None), 0)):
        assert np.array_equal(apart[index], whole[index]), index
    for slots in (slice(3, 9), slice(None), some):
        assert np.array_equal(np.asarray(apart[slots]), whole[slots])
        assert np.array_equal(np.asarray(apart[slots][1]), whole[slots][1])
    assert np.array_equal(apart * 2.0, whole * 2.0) and apart.max() == whole.max()


def test_fading_is_that_of_each_link_and_block(both):
    world, whole, _ = both
    slow, scenario = world.ground_links[0], world.scenario
    fades = world.channel.fades(world.ground_points_m)
    assert fades.any()
    aerial, coherence = world.aerial_count, scenario.channel.coherence_slots
    for user, station in np.argwhere(np.ones(fades.shape, dtype=bool)):
        names = scenario.ground_stations[station].id, scenario.ground_users[user].id
        blocks = rayleigh_power(scenario.seed, *names, world.subchannels, -(-world.slots // coherence))
        slots = np.arange(world.slots)
        factor = blocks[slots // coherence] if fades[user, station] else 1.0
        assert np.array_equal(whole[:, aerial + user, station], slow[:, user, station, None] * factor)


def test_judge_search_and_powers_say_the_same(both):
    world, whole, apart = both
    power = equal_power(world)
    found = [ActiveAssociator(1, seed=2).solve(make_problem(world, gains, power)) for gains in (whole, apart)]
    assert np.array_equal(found[0].station, found[1].station)
    assert np.array_equal(found[0].subchannel, found[1].subchannel)
    decision = Decision(found[0].station, found[0].subchannel, straight_flight(world.scenario), power, "active")
    values = [evaluate(world, decision, gains).active for gains in (whole, apart)]
    assert np.array_equal(values[0].sinr, values[1].sinr)
    powers = [improve_power(world, decision, gains, rounds=2)[0] for gains in (whole, apart)]
    assert np.array_equal(*powers)
