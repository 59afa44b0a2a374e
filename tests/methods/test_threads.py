"""The planner's answer does not depend on how many threads it shares its work out among."""

import numpy as np
import pytest

from itnt_core.cores import use_threads
from itnt_core.methods import METHODS, quiet, settings_of
from itnt_core.network import build_world
from itnt_core.presets import preset


def planned(world, threads, **settings):
    with use_threads(threads):
        planner = METHODS["planner"]
        return planner.solve(world, settings_of(planner, settings), 3, quiet)


@pytest.mark.parametrize("change", [{}, {"objective": "proportional"}, {"rate": "nr_cqi"}], ids=["sum", "log", "steps"])
def test_one_two_and_three_threads_find_the_same(change):
    scenario = preset("tiny", users=8, aerial_users=2, seed=2)
    if "objective" in change:
        scenario = scenario.model_copy(update=change)
    if "rate" in change:
        scenario = scenario.model_copy(update={"radio": scenario.radio.model_copy(update=change)})
    scenario = scenario.model_copy(update={"time": scenario.time.model_copy(update={"slots": 34, "slot_s": 1.0})})
    world = build_world(scenario)
    one, *others = (planned(world, threads, rounds=2) for threads in (1, 2, 3))
    assert one.linked.any()
    for other in others:
        for name in ("station", "subchannel", "power_w", "positions_m"):
            assert np.array_equal(getattr(one, name), getattr(other, name)), name
