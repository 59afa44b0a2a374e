"""The certified bound by every objective against every association of tiny networks, adversarial ones among them.

``python -m benchmarks.objectives enumeration`` does so on a thousand networks for each objective.
"""

from __future__ import annotations

import pytest

from benchmarks.objectives import broken_bounds
from benchmarks.tiny_networks import ADVERSARIAL, KINDS, every_choice, tiny_scenario
from itnt_core.bounds import upper_bound
from itnt_core.network import build_world
from itnt_core.scenario import Scenario

EACH = 1  # of every adversarial case, and of ordinary networks
SEEDS = range(1000)


def one_of_each(kind: str) -> list[Scenario]:
    """Return the first networks of every case."""
    found: dict[str, list[Scenario]] = {name: [] for name in ("ordinary", *ADVERSARIAL)}
    for seed in SEEDS:
        scenario = tiny_scenario(kind, seed)
        if len(found[scenario.name]) < EACH:
            found[scenario.name].append(scenario)
        if all(len(part) == EACH for part in found.values()):
            break
    return [scenario for part in found.values() for scenario in part]


@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_passes_the_bound_however_adversarial_the_network(kind):
    scenarios = one_of_each(kind)
    assert len(scenarios) == EACH * (1 + len(ADVERSARIAL))
    for scenario in scenarios:
        world = build_world(scenario)
        assert broken_bounds(world, upper_bound(world), every_choice(world)) == [], (scenario.seed, scenario.name)


def test_a_bound_that_is_too_low_is_seen():
    """Else the test above could not fail."""
    from dataclasses import replace

    world = build_world(tiny_scenario("max_min", 2))
    bound, every = upper_bound(world), every_choice(world)
    most = float(every.worth_mbit.max())
    assert broken_bounds(world, replace(bound, utility_mbit=most - 1e-3), every) == [world.scenario.name]
