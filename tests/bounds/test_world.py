"""The bound of whole worlds is never below what methods reach in them."""

import numpy as np
import pytest

from itnt_core.association import ExactAssociator, make_problem
from itnt_core.association.active import ActiveAssociator
from itnt_core.bounds import KINDS, upper_bound
from itnt_core.bounds.upper import slot_groups
from itnt_core.flight import straight_flight
from itnt_core.methods.pipeline import override_scenario
from itnt_core.network import Decision, build_world, evaluate, find_violations
from itnt_core.power import equal_power
from itnt_core.power.sca import improve_power
from itnt_core.presets import preset

WORLDS = {
    "tiny": ("tiny", {}),
    "london-4km": ("london-4km", {}),
    "london-2km": ("london-2km", {}),
    "paper-free-space": ("paper-free-space", {}),
    "no cap in the city": ("tiny", {"radio.spectral_efficiency_cap": None}),
    "no fading, no shadows": ("tiny", {"channel.fading": False, "channel.shadowing": False, "time.slots": 11}),
    "few seats": ("tiny", {"ground_stations.*.max_users": 1, "passes.*.radio.max_users": 1}),
    "truncated Shannon": ("tiny", {"radio.rate": "truncated_shannon"}),
    "steps of NR": ("tiny", {"radio.rate": "nr_cqi"}),
    "one subchannel": ("tiny", {"radio.subchannels": 1}),
    "huge power": ("tiny", {"ground_stations.*.max_power_w": 1000.0, "radio.spectral_efficiency_cap": 30.0}),
    "little power": ("tiny", {"ground_stations.*.max_power_w": 1e-6, "passes.*.radio.max_power_w": 1e-6}),
    "satellites below the horizon": ("tiny", {"passes.*.culmination_s": 3000.0, "passes.*.max_elevation_deg": 5.0}),
    "one satellite only": ("tiny", {"ground_stations": []}),
    "long slots": ("tiny", {"time.slot_s": 60.0, "channel.model": "power_law", "radio.spectral_efficiency_cap": None}),
    "co-located users": (
        "tiny",
        {"ground_users.*.east_m": 20.0, "ground_users.*.north_m": -30.0, "radio.spectral_efficiency_cap": None},
    ),
}


def draw_world(name):
    base, changes = WORLDS[name]
    return build_world(override_scenario(preset(base, users=12 if base != "tiny" else None), changes))


def reached_by_methods(world):
    """Yield the active data service of straight, active and active with power control."""
    positions = straight_flight(world.scenario)
    gains, power = world.gains(positions), equal_power(world)
    problem = make_problem(world, gains, power)
    exact, active = ExactAssociator().solve(problem), ActiveAssociator(1).solve(problem)
    decisions = [
        Decision(exact.station, exact.subchannel, positions, power),
        Decision(active.station, active.subchannel, positions, power, "active"),
    ]
    better, _ = improve_power(world, decisions[1], gains)
    decisions.append(Decision(active.station, active.subchannel, positions, better, "active"))
    for decision in decisions:
        evaluation = evaluate(world, decision, gains)
        flawed = {violation.constraint for violation in find_violations(world, decision, evaluation)}
        # a bound ignores the separation, so decisions that break only it count too
        assert flawed <= {"7h"}
        yield evaluation.active.rate_bit_s.sum(axis=1) * world.scenario.time.slot_s / 1e6


@pytest.mark.parametrize("name", WORLDS)
def test_no_method_is_above_the_bound_in_any_slot(name):
    world = draw_world(name)
    bounds = [upper_bound(world, effort) for effort in ("quick", "standard")]
    for reached in reached_by_methods(world):
        for bound in bounds:
            assert (reached <= bound.per_slot_mbit * (1.0 + 1e-9)).all()


@pytest.mark.parametrize("name", ["london-4km", "little power", "steps of NR"])
def test_no_method_is_above_the_bound_of_slots_too_large_for_interference(name, monkeypatch):
    monkeypatch.setattr("itnt_core.bounds.slot.TOO_LARGE", 0)
    world = draw_world(name)
    bounds = [upper_bound(world, effort) for effort in ("quick", "standard")]
    assert (bounds[1].per_slot_mbit <= bounds[0].per_slot_mbit + 1e-9).all()
    for reached in reached_by_methods(world):
        assert (reached <= bounds[1].per_slot_mbit * (1.0 + 1e-9)).all()


def test_bound_reports_its_parts():
    world = draw_world("paper-free-space")
    quick, standard = upper_bound(world, "quick"), upper_bound(world)
    assert standard.per_slot_mbit.shape == (world.slots,)
    assert standard.data_service_mbit == pytest.approx(standard.per_slot_mbit.sum())
    assert standard.kind == "disturbed" and quick.kind == "undisturbed"
    assert set(standard.by_kind_mbit) < set(KINDS)  # no cap, so no capped bound
    assert standard.data_service_mbit < quick.data_service_mbit
    np.testing.assert_array_equal(upper_bound(world).per_slot_mbit, standard.per_slot_mbit)


def test_groups_cover_every_slot_once_within_coherence_blocks():
    world = build_world(override_scenario(preset("tiny"), {"time.slots": 13, "channel.coherence_slots": 7}))
    groups = slot_groups(world, 5)
    assert [(group.start, group.stop) for group in groups] == [(0, 5), (5, 7), (7, 12), (12, 13)]


def test_unknown_effort_is_refused_by_name():
    with pytest.raises(ValueError, match="standard"):
        upper_bound(draw_world("tiny"), "heroic")


@pytest.mark.parametrize("name", ["tiny", "no cap in the city"])
def test_more_effort_is_never_worse_in_any_slot(name):
    world = draw_world(name)
    quick, standard, thorough = (
        upper_bound(world, effort).per_slot_mbit for effort in ("quick", "standard", "thorough")
    )
    assert (standard <= quick).all()
    assert (thorough <= standard).all()


def test_floors_enter_the_bound():
    def bound_mbit(floor_db):
        changes = {"qos.min_sinr_always_on_db": floor_db, "qos.min_sinr_active_db": floor_db}
        return upper_bound(build_world(override_scenario(preset("tiny"), changes))).by_kind_mbit

    low, high = bound_mbit(-5.0), bound_mbit(30.0)
    assert all(high[kind] < 0.95 * low[kind] for kind in KINDS)


def test_shadowing_adds_no_more_to_the_bound_than_the_field_holds():
    """Once 22.6 standard deviations were added: more power received than sent, and 323 Mbit here."""
    bound = upper_bound(draw_world("no cap in the city"), "quick")
    clear = override_scenario(preset("tiny"), {"radio.spectral_efficiency_cap": None, "channel.shadowing": False})
    assert bound.data_service_mbit < 1.35 * upper_bound(build_world(clear), "quick").data_service_mbit
