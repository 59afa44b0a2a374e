"""The planner where many users are served: the same promises as where few are, within its time."""

import numpy as np
import pytest

from itnt_core.association import wide
from itnt_core.deadline import TimeIsUp
from itnt_core.methods import METHODS, quiet, settings_of
from itnt_core.methods.straight import StraightMethod, StraightSettings
from itnt_core.network import build_world, evaluate, find_violations
from itnt_core.network import world as world_module
from itnt_core.objective import Service, objective_of
from itnt_core.presets import preset


@pytest.fixture
def as_if_large(monkeypatch):
    """Small worlds take the ways of large ones."""
    monkeypatch.setattr(wide, "WIDE_LINKS", 0)
    monkeypatch.setattr(world_module, "MOST_WHOLE", 0)


@pytest.mark.parametrize("name", ["tiny", "london-2km"])
def test_the_plan_breaks_nothing_and_is_better_than_straight_lines(as_if_large, name):
    world, planner = build_world(preset(name, users=None if name == "tiny" else 10)), METHODS["planner"]
    plan = planner.solve(world, settings_of(planner, {"rounds": 1}), 1, quiet)
    straight = StraightMethod().solve(world, StraightSettings(), 1, quiet)
    found, reference = evaluate(world, plan), evaluate(world, straight)
    assert find_violations(world, plan, found) == []
    assert objective_of(world.scenario).better(Service.of(found), Service.of(reference))


def test_straight_lines_out_of_time_keep_the_links_that_still_hold():
    world, calls = build_world(preset("london-2km", users=10)), []

    def check():
        calls.append(1)
        if len(calls) > 3:
            raise TimeIsUp

    decision = StraightMethod(check).solve(world, StraightSettings(), 1, quiet)
    whole = StraightMethod().solve(world, StraightSettings(), 1, quiet)
    done = 3 * max(1, world.slots // 20)
    assert np.array_equal(decision.station[:done], whole.station[:done])
    assert find_violations(world, decision, evaluate(world, decision)) == []
    kept = decision.linked[done:]
    assert kept.any()
    last = np.broadcast_to(decision.station[done - 1], kept.shape)
    assert np.array_equal(decision.station[done:][kept], last[kept])
