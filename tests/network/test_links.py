"""Links read out of a decision are those that plain loops find, and dropping some leaves the others as they were."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itnt_core.network import Association, Decision, evaluate

SHAPE = SLOTS, USERS, STATIONS, SUBCHANNELS = 4, 5, 3, 2


def random_decision(seed):
    """Any arrays at all: subchannels may be shared and idle ones may have power."""
    draw = np.random.default_rng(seed)
    linked = draw.random((SLOTS, USERS)) < draw.uniform(0.0, 1.0)
    station, subchannel = (
        np.where(linked, draw.integers(0, count, linked.shape), -1) for count in (STATIONS, SUBCHANNELS)
    )
    return Decision(
        station, subchannel, np.zeros((SLOTS + 1, 0, 3)), draw.uniform(0.1, 1.0, (SLOTS, STATIONS, SUBCHANNELS))
    )


def plain_links(decision):
    """Yield slot, user, station and subchannel of every link."""
    for slot in range(SLOTS):
        for user in range(USERS):
            if decision.station[slot, user] != -1:
                yield slot, user, int(decision.station[slot, user]), int(decision.subchannel[slot, user])


@given(st.integers(0, 2**32 - 1))
def test_links_are_those_that_a_loop_over_slots_and_users_finds(seed):
    decision = random_decision(seed)
    links = decision.links
    assert list(zip(*(column.tolist() for column in links), strict=True)) == list(plain_links(decision))
    for slot in range(SLOTS):
        here = links.in_slot(slot)
        expected = [link for link in plain_links(decision) if link[0] == slot]
        assert list(zip(*(column.tolist() for column in here), strict=True)) == expected


@given(st.integers(0, 2**32 - 1))
def test_links_pick_their_values_out_of_arrays(seed):
    decision = random_decision(seed)
    gains = np.random.default_rng(seed).random(SHAPE)
    assert gains[decision.links].tolist() == [gains[link] for link in plain_links(decision)]
    taken = {(slot, station, subchannel) for slot, _, station, subchannel in plain_links(decision)}
    for cell in np.ndindex(decision.power_w.shape):
        assert decision.occupied[cell] == (cell in taken)
        assert decision.used_power_w[cell] == (decision.power_w[cell] if cell in taken else 0.0)


@given(st.integers(0, 2**32 - 1))
def test_dropped_links_are_gone_with_what_they_alone_used(seed):
    decision = random_decision(seed)
    lost = np.random.default_rng(seed + 1).random((SLOTS, USERS)) < 0.5
    rest = decision.dropped(lost)
    kept = [link for link in plain_links(decision) if not lost[link[:2]]]
    assert list(plain_links(rest)) == kept and not rest.linked[lost].any()
    before = {(slot, station, subchannel) for slot, _, station, subchannel in plain_links(decision)}
    after = {(slot, station, subchannel) for slot, _, station, subchannel in kept}
    for cell in np.ndindex(decision.power_w.shape):
        expected = 0.0 if cell in before - after else decision.power_w[cell]
        assert rest.power_w[cell] == expected
    assert (rest.convention, rest.positions_m is decision.positions_m) == (decision.convention, True)


@given(st.integers(0, 2**32 - 1))
def test_flat_columns_lead_there_and_back(seed):
    decision = random_decision(seed)
    again = Association.from_columns(decision.columns(SUBCHANNELS), SUBCHANNELS)
    np.testing.assert_array_equal(again.station, decision.station)
    np.testing.assert_array_equal(again.subchannel, decision.subchannel)


def test_dropping_nobody_changes_nothing_that_the_judge_sees(tiny_world, straight_decision):
    same = straight_decision.dropped(np.zeros_like(straight_decision.linked))
    found, again = (evaluate(tiny_world, decision).active for decision in (straight_decision, same))
    np.testing.assert_array_equal(found.sinr, again.sinr)


def test_a_dropped_user_disturbs_nobody(tiny_world, straight_decision):
    lost = np.zeros_like(straight_decision.linked)
    lost[:, int(straight_decision.linked.sum(axis=0).argmax())] = True
    decision = replace(straight_decision, convention="active")
    before, after = (evaluate(tiny_world, item).active for item in (decision, decision.dropped(lost)))
    others = decision.linked & ~lost
    assert (after.sinr[others] >= before.sinr[others] * (1.0 - 1e-12)).all()
    assert after.sinr[lost] == pytest.approx(0.0)
