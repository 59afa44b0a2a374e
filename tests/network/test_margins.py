"""The room that constraints leave, against the judge of violations and against plain arithmetic."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from itnt_core.network import evaluate, find_violations
from itnt_core.network.constraints import CONSTRAINTS
from itnt_core.network.margins import constraint_margins

TOLERANCE = 2e-6

ASKED_FOR = {"least_rate", "clearance", "no_fly", "battery", "pfd", "stay"}  # by scenarios that say so


def margins_of(world, decision):
    """Return the margins by their keys."""
    found = constraint_margins(world, decision, evaluate(world, decision))
    assert len({margin.key for margin in found}) == len(found)
    return {margin.key: margin for margin in found}


def test_every_constraint_is_there_and_none_is_broken(tiny_world, straight_decision):
    found = margins_of(tiny_world, straight_decision)
    missing = set(CONSTRAINTS) - {margin.constraint for margin in found.values()}
    # one aerial user keeps its distance from nobody, and the scenario asks for nothing else
    assert missing == {"7h"} | ASKED_FOR
    assert all(margin.violations == 0 for margin in found.values())
    assert all(margin.margin is None or margin.margin >= -TOLERANCE for margin in found.values())


def test_margins_are_what_plain_arithmetic_says(tiny_world, straight_decision):
    found = margins_of(tiny_world, straight_decision)
    path, user = straight_decision.positions_m[:, 0], tiny_world.scenario.aerial_users[0]
    speed = max(np.hypot(*(b - a)[:2]) for a, b in itertools.pairwise(path)) / tiny_world.scenario.time.slot_s
    assert found["7g"].margin == pytest.approx(user.max_speed_m_s - speed)
    assert found["7j-floor"].margin == pytest.approx(path[:, 2].min() - user.min_height_m)
    load = max(
        (straight_decision.station[slot] == station).sum()
        for slot in range(tiny_world.slots)
        for station in range(tiny_world.station_count)
    )
    assert found["7d"].value == load
    sinr = evaluate(tiny_world, straight_decision).always_on.sinr[straight_decision.linked].min()
    assert found["7f-floor"].value == pytest.approx(10 * np.log10(sinr))


def moved(decision, shift_m):
    positions = decision.positions_m.copy()
    positions[3, 0] += shift_m
    return replace(decision, positions_m=positions)


def crowded(decision):
    station, subchannel = decision.station.copy(), decision.subchannel.copy()
    station[0, :2], subchannel[0, :2] = 0, 0
    return replace(decision, station=station, subchannel=subchannel)


BROKEN = {
    "ofdma": crowded,
    "7e": lambda decision: replace(decision, power_w=decision.power_w * 50.0),
    "7e-floor": lambda decision: replace(decision, power_w=decision.power_w * 0.0),
    "7g": lambda decision: moved(decision, (290.0, 0.0, 0.0)),
    "vertical_speed": lambda decision: moved(decision, (0.0, 0.0, 60.0)),
    "7i": lambda decision: replace(decision, positions_m=decision.positions_m + np.array([0.0, 3.0, 0.0])),
    "7j": lambda decision: moved(decision, (0.0, 0.0, 900.0)),
    "7j-floor": lambda decision: moved(decision, (0.0, 0.0, -99.0)),
    "area": lambda decision: moved(decision, (900.0, 0.0, 0.0)),
}


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize("key", BROKEN)
def test_a_margin_is_below_zero_exactly_where_the_judge_finds_a_violation(tiny_world, straight_decision, key):
    decision = BROKEN[key](straight_decision)
    broken = {violation.constraint for violation in find_violations(tiny_world, decision)}
    found = margins_of(tiny_world, decision)
    assert found[key].margin < -TOLERANCE or (key == "7e-floor" and found[key].margin == 0.0)
    assert found[key].violations > 0
    for margin in found.values():
        if margin.margin is not None and margin.margin < -TOLERANCE:
            assert margin.constraint in broken, margin
    by_constraint = {
        name: min(m.margin for m in found.values() if m.constraint == name and m.margin is not None) for name in broken
    }
    assert all(room <= 1e-9 for room in by_constraint.values())


def test_an_association_that_cannot_be_evaluated_is_judged_as_far_as_it_goes(tiny_world, straight_decision):
    station = straight_decision.station.copy()
    station[0, 0] = 99
    found = constraint_margins(tiny_world, replace(straight_decision, station=station), None)
    assert {margin.constraint: margin.violations for margin in found}["7b"] == 1
    assert "7e" not in {margin.constraint for margin in found}
