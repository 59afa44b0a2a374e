"""Changes of server in drawn worlds: whatever a method's rule knows of them, they cost what the plan's cost."""

import numpy as np
import pytest

from itnt_core.handover import early_changes
from itnt_core.methods import PlannedFlight, StraightMethod, StraightSettings, optimise, override_scenario
from itnt_core.network import build_world, evaluate
from itnt_core.objective import Service
from itnt_core.promise import draw_promise
from itnt_core.words import promise_rows, promise_sentences

STAY = 3
COSTLY = {"handover.min_stay_slots": STAY, "handover.interrupts": True, "handover.price_mbit": 0.5}


@pytest.fixture(scope="module")
def world(tiny_scenario, city_cache):
    return build_world(override_scenario(tiny_scenario, COSTLY), cache_dir=city_cache)


class Restless(StraightMethod):
    """Lets the first user change its server in every slot."""

    def decide(self, world, flight_m, settings, seed):
        decision = super().decide(world, flight_m, settings, seed)
        decision.station[:, 1] = np.arange(world.slots) % 2
        decision.subchannel[:, 1] = 2
        return decision


def test_links_that_come_too_early_after_a_change_are_let_go(world):
    planned = PlannedFlight(
        Restless(),
        StraightMethod().solve(world, StraightSettings(), 1, lambda _: None).positions_m,
        StraightSettings(),
        1,
    )
    decision = planned.decided(world)
    assert not early_changes(decision.station, STAY).any()
    assert early_changes(Restless().decide(world, planned.flight_m, StraightSettings(), 1).station, STAY).any()
    assert planned.service(world).cost_mbit == Service.of(evaluate(world, decision)).cost_mbit > 0.0


def test_a_promise_holds_the_worth_by_the_objective_where_that_is_more_than_data(world, city_cache):
    result = optimise(world.scenario, "straight", cache_dir=city_cache)
    promise = draw_promise(result, 20, cache_dir=city_cache)
    assert promise.counts_changes and promise.objective == "coverage first"
    assert all(worth <= data for worth, data in zip(promise.worth_mbit, promise.data_mbit, strict=True))
    least = sorted(promise.worth_mbit)[0]
    assert promise.worth_level().value == least
    told = " ".join(promise_sentences(promise))
    assert "Worth by the scenario's objective (coverage first)" in told and "what they cost in the plan" in told
    assert promise_rows(promise)[2]["Worth, at least, Mbit"] == round(least, 1)


def test_where_data_are_all_that_counts_nothing_more_is_said(tiny_scenario, city_cache):
    promise = draw_promise(optimise(tiny_scenario, "straight", cache_dir=city_cache), 2, cache_dir=city_cache)
    assert promise.worth_mbit == () and promise.worth_level() is None
    assert (
        "Worth" not in " ".join(promise_sentences(promise)) and "Worth, at least, Mbit" not in promise_rows(promise)[0]
    )
