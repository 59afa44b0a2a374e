"""Power flux density of satellites by hand, its limit as a constraint that every method keeps, and what it costs."""

import itertools
import json

import numpy as np
import pytest
from small_worlds import flyer, open_scenario, open_world, satellite, station, walker_on_foot

from itnt_core.bounds import upper_bound
from itnt_core.cli import main
from itnt_core.methods import (
    METHODS,
    PlannedFlight,
    explain_choice,
    explain_unserved,
    flux_costs,
    optimise,
    quiet,
    settings_of,
)
from itnt_core.network import (
    Decision,
    constraint_margins,
    evaluate,
    find_violations,
    radiated_power_w,
    satellite_flux_dbw_m2_mhz,
)
from itnt_core.presets import PRESETS, preset
from itnt_core.results import write_result
from itnt_core.scenario import SatelliteRadio, ScenarioError, format_scenario, parse_scenario, scenario_of_data
from itnt_core.words import flux_sentences, scenario_changes

LIMIT = -100.0
RADIO = SatelliteRadio(max_power_w=4.0, gain_dbi=30.0)
SUBCHANNELS, WIDTH_MHZ = 4, 0.18
QUICK = {
    "straight": {},
    "planner": {"rounds": 1, "shakes": 1},
    "gradient": {"rounds": 1, "steps": 10, "restarts": 2, "shakes": 1},
    "epa": {"rounds": 1, "episodes": 1, "environments": 2, "hidden": 8, "reference_lines": False},
    "proposed": {"rounds": 1, "episodes": 1, "environments": 2, "hidden": 8, "reference_lines": False},
    "ra": {"rounds": 1, "episodes": 1, "environments": 2, "hidden": 8, "draws": 2, "reference_lines": False},
}


def fields(limit=LIMIT, **more):
    """One weak base station far away, so that satellites serve, and what limits them."""
    return {
        "stations": [station("gbs-1", 1900.0, 1900.0, max_power_w=0.01)],
        "passes": [satellite(radio=RADIO), satellite("leo-2", max_elevation_deg=50.0, radio=RADIO)],
        "aerial": [flyer("au-1", (0.0, 0.0, 100.0), (150.0, 0.0, 100.0))],
        "ground": [walker_on_foot(f"gu-{number}", 30.0 * number, -200.0) for number in range(3)],
        "slots": 4,
        "subchannels": SUBCHANNELS,
        "pfd_limit_dbw_m2_mhz": limit,
        **more,
    }


@pytest.fixture(scope="module")
def world():
    return open_world(**fields())


def flux_by_hand(world, power_w):
    """EIRP over the sphere and over the MHz that the subchannel takes, slot by slot and satellite by satellite."""
    found = np.full(power_w.shape, -np.inf)
    for slot in range(world.slots):
        for column in range(len(world.sky.station_ids)):
            east, north, up = world.sky.position_m[slot, column]
            for k in range(world.subchannels):
                if power_w[slot, column, k] > 0.0:
                    eirp_w = power_w[slot, column, k] * 1000.0
                    sphere_m2 = 4.0 * np.pi * (east**2 + north**2 + up**2)
                    found[slot, column, k] = 10.0 * np.log10(eirp_w / sphere_m2 / WIDTH_MHZ)
    return found


def test_the_flux_is_that_of_a_calculation_by_hand(world):
    power_w = np.zeros((world.slots, 3, SUBCHANNELS))
    power_w[0, 1, 2], power_w[2, 2, 0] = 0.5, 0.002
    chosen = np.full((world.slots, 4), -1)
    subchannel = chosen.copy()
    chosen[0, 0], subchannel[0, 0], chosen[2, 1], subchannel[2, 1] = 1, 2, 2, 0
    decision = Decision(chosen, subchannel, np.zeros((5, 1, 3)), power_w, "active")
    flux = satellite_flux_dbw_m2_mhz(world, decision)
    assert flux == pytest.approx(flux_by_hand(world, power_w[:, 1:]), abs=1e-9)
    assert 10.0 * np.log10(0.5 * 1000.0 / (4.0 * np.pi * 500e3**2) / 0.18) == pytest.approx(flux[0, 0, 2], abs=0.01)


def test_half_a_decibel_too_much_is_a_violation_and_the_limit_itself_is_none(world):
    most_w = world.subchannel_max_power_w
    power_w = np.zeros((world.slots, 3, SUBCHANNELS))
    chosen, subchannel = np.full((world.slots, 4), -1), np.full((world.slots, 4), -1)
    chosen[1, 1], subchannel[1, 1] = 1, 3
    power_w[1, 1, 3] = most_w[1, 1]
    flight_m = np.linspace([[0.0, 0.0, 100.0]], [[150.0, 0.0, 100.0]], 5)

    def broken(factor):
        decision = Decision(chosen, subchannel, flight_m, factor * power_w, "active")
        return [one for one in find_violations(world, decision) if one.constraint == "pfd"]

    assert broken(1.0) == [] and broken(10.0**-0.05) == []
    (found,) = broken(10.0**0.05)
    assert found.value == pytest.approx(LIMIT + 0.5) and (found.slot, found.limit) == (2, LIMIT)
    assert found.sentence == (
        "(pfd) power flux density at the ground within its limit: satellite leo-1 on subchannel 3 in slot 2 has "
        "-99.5 dBW/m²/MHz, limit -100 dBW/m²/MHz."
    )


@pytest.mark.parametrize("limit", [-75.0, LIMIT, -125.0])
@pytest.mark.parametrize("method", QUICK)
def test_every_method_keeps_the_limit_and_no_answer_exceeds_the_bound(method, limit):
    world = open_world(**fields(limit))
    decision = METHODS[method].solve(world, settings_of(METHODS[method], QUICK[method]), 1, quiet)
    assert find_violations(world, decision) == []
    flux = flux_by_hand(world, decision.used_power_w[:, 1:])
    assert flux.max() <= limit + 1e-5
    margin = next(one for one in constraint_margins(world, decision) if one.constraint == "pfd")
    assert margin.margin is None or margin.margin == pytest.approx(limit - flux.max(), abs=1e-9)
    brought = evaluate(world, decision).active
    for effort in ("quick", "standard"):
        bound = upper_bound(world, effort)
        assert brought.data_service_mbit <= bound.data_service_mbit * (1.0 + 1e-9)
        assert 1.0 - brought.outage <= bound.served_share + 1e-9


def test_idle_subchannels_radiate_within_the_limit_too(world):
    decision = METHODS["straight"].solve(world, settings_of(METHODS["straight"], {}), 1, quiet)
    on_air_w = radiated_power_w(world, decision, "always_on")[:, 1:]
    assert (on_air_w > 0.0).all() and flux_by_hand(world, on_air_w).max() <= LIMIT + 1e-9


def test_the_planner_uses_the_limit_up_where_power_is_worth_it():
    world = open_world(**fields(LIMIT))
    decision = METHODS["planner"].solve(world, settings_of(METHODS["planner"], QUICK["planner"]), 1, quiet)
    assert flux_by_hand(world, decision.used_power_w[:, 1:]).max() == pytest.approx(LIMIT, abs=0.01)


def test_a_lower_limit_never_raises_the_bound():
    bounds = [
        upper_bound(open_world(**fields(limit))).data_service_mbit for limit in (None, -60.0, -80.0, -100.0, -130.0)
    ]
    assert bounds[0] == bounds[1]  # above what P_max brings
    assert all(tighter <= looser * (1.0 + 1e-9) for looser, tighter in itertools.pairwise(bounds))
    assert bounds[-1] < 0.9 * bounds[0]


def test_explanations_and_exchanges_know_the_limit():
    world = open_world(**fields(-160.0, stations=[station("gbs-1", 1900.0, 1900.0, max_power_w=1e-9)]))
    decision = METHODS["straight"].solve(world, settings_of(METHODS["straight"], {}), 1, quiet)
    (first, *_) = explain_unserved(world, decision)
    alone = world.gains(decision.positions_m) * world.subchannel_max_power_w[:, None, :, None] / world.noise_w
    user = world.scenario.user_ids.index(first.user_id)
    assert first.best_alone_db == pytest.approx(10.0 * np.log10(alone[:, user].max(axis=(1, 2)).min()), abs=1e-6)
    for reason in explain_choice(world, decision, 0, 0):
        if reason.station_id == "leo-1":
            share_w = world.subchannel_max_power_w[0, 1]
            signal_w = share_w * world.gains(decision.positions_m)[0, 0, 1].max()
            assert reason.signal_dbw == pytest.approx(10.0 * np.log10(signal_w), abs=1e-6)


def test_old_scenarios_keep_their_files_and_hashes_and_new_ones_come_back_equal(city_cache):
    for name in PRESETS:
        text = format_scenario(preset(name, cache_dir=city_cache), "json")
        assert "pfd" not in text
    limited = open_scenario(**fields())
    assert parse_scenario(format_scenario(limited, "json")) == limited
    assert limited.content_hash() != open_scenario(**fields(None)).content_hash()
    assert any("flux" in one for one in scenario_changes(open_scenario(**fields(None)), limited))


@pytest.mark.parametrize("limit", [-201.0, -49.0, "much"])
def test_a_limit_that_cannot_be_is_refused_in_a_sentence(limit):
    data = json.loads(format_scenario(open_scenario(**fields(None)), "json"))
    with pytest.raises(ScenarioError, match="pfd_limit_dbw_m2_mhz"):
        scenario_of_data({**data, "pfd_limit_dbw_m2_mhz": limit})


def test_spectrum_sharing_leaves_the_limit_out_or_says_that_it_does_not_know_it(tiny_scenario):
    from itnt_core.twin.from_scenario import twin_of_scenario
    from itnt_core.twin.presets import twin_preset
    from itnt_core.twin.scenario import check_twin

    like = twin_preset("short-coverage")
    limited = tiny_scenario.model_copy(update={"pfd_limit_dbw_m2_mhz": LIMIT})
    assert twin_of_scenario(limited, like).network.pfd_limit_dbw_m2_mhz is None
    network = like.network.model_copy(update={"pfd_limit_dbw_m2_mhz": LIMIT})
    (found,) = check_twin(like.model_copy(update={"network": network}))
    assert "one with a limit of satellites' power flux density, but" in found.sentence
    assert "knows none of these" in found.sentence


def test_what_a_limit_costs_is_said_beside_no_limit(tmp_path, capsys):
    result = optimise(open_scenario(**fields(None)), "straight", 1, {}, quiet)
    costs = flux_costs(result, (-60.0, -130.0))
    assert [cost.limit_dbw_m2_mhz for cost in costs] == [None, -60.0, -130.0]
    assert costs[0].service.data_mbit == costs[1].service.data_mbit == result.kpis["data_service_mbit"]
    assert costs[2].service.data_mbit < costs[0].service.data_mbit and costs[2].densest_dbw_m2_mhz <= -130.0 + 1e-9
    first, nothing, much = flux_sentences(costs)
    assert first.startswith("Without a limit the densest subchannel of a satellite reaches -")
    assert nothing == "A limit of -60 dBW/m²/MHz costs nothing."
    assert much.startswith("A limit of -130 dBW/m²/MHz costs ")
    write_result(tmp_path / "out", result)
    assert main(["pfd", str(tmp_path / "out"), "--limits", "-130"]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert json.loads(last)["limits"][1]["data_service_mbit"] == costs[2].service.data_mbit


def test_no_limit_seems_to_help_where_the_rule_finds_less_without_it(monkeypatch):
    """What keeps a strict limit keeps a loose one, too."""
    result = optimise(open_scenario(**fields(None)), "straight", 1, {}, quiet)
    own = PlannedFlight.decided

    def lame(planned, world):
        decision = own(planned, world)
        is_free = world.scenario.pfd_limit_dbw_m2_mhz is None
        return decision.dropped(decision.linked) if is_free else decision

    monkeypatch.setattr(PlannedFlight, "decided", lame)
    free, loose, strict = flux_costs(result, (-60.0, -130.0))
    assert free.service.data_mbit == loose.service.data_mbit > strict.service.data_mbit > 0.0
    assert flux_sentences((free, loose))[1] == "A limit of -60 dBW/m²/MHz costs nothing."
