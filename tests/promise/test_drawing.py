"""A plan on drawn worlds: the flights that were planned, rules that break nothing, and a file that belongs to it."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from itnt_core.cli import main
from itnt_core.methods import METHODS, PlannedFlight, UndecidedError, optimise, quiet, settings_of, slot_rule
from itnt_core.network import Uncertainty, WorldDraws, build_world, evaluate, find_violations
from itnt_core.promise import (
    PROMISE_FILE,
    DamagedPromiseError,
    Promise,
    PromiseError,
    draw_promise,
    promise_apart,
    read_promise,
    write_promise,
)
from itnt_core.report import Source
from itnt_core.results import decision_of, write_result
from itnt_core.scenario import Handover
from itnt_core.studies import report_bytes
from itnt_core.words import promise_rows, promise_sentences

WORLDS = 25
QUICK = {
    "straight": {},
    "planner": {"shakes": 1},
    "gradient": {"steps": 5, "shakes": 1},
    "epa": {"environments": 2, "hidden": 8},
}


@pytest.fixture(scope="module")
def result(tiny_scenario, city_cache):
    return optimise(tiny_scenario, "straight", 1, {}, quiet, city_cache)


@pytest.fixture(scope="module")
def promise(result, city_cache):
    return draw_promise(result, WORLDS, cache_dir=city_cache)


@pytest.fixture
def folder(result, tmp_path):
    write_result(tmp_path / "out", result)
    return tmp_path / "out"


@pytest.mark.parametrize("method", QUICK)
def test_a_rule_keeps_the_flight_and_breaks_nothing_in_any_world(method, tiny_world, straight_decision):
    flight_m = straight_decision.positions_m
    chosen = METHODS[method]
    for world in WorldDraws(tiny_world, "judged").worlds(3):
        decision = slot_rule(chosen).decide(world, flight_m, settings_of(chosen, QUICK[method]), 1)
        assert (decision.positions_m == flight_m).all()
        assert find_violations(world, decision) == []
        assert evaluate(world, decision).active.data_service_mbit > 0.0


def test_the_reference_decides_on_the_forecast_what_it_planned(result, tiny_world, straight_decision):
    chosen = METHODS["straight"]
    decided = chosen.decide(tiny_world, straight_decision.positions_m, settings_of(chosen, {}), 1)
    for name in ("station", "subchannel", "power_w", "positions_m"):
        assert (getattr(decided, name) == getattr(decision_of(result.dataset), name)).all()


def test_a_promise_holds_what_each_drawn_world_brings(result, promise, tiny_world):
    flight_m, chosen = decision_of(result.dataset).positions_m, METHODS["straight"]
    for number in (0, WORLDS - 1):
        world = WorldDraws(tiny_world, "judged").world(number)
        active = evaluate(world, chosen.decide(world, flight_m, settings_of(chosen, {}), 1)).active
        assert promise.data_mbit[number] == active.data_service_mbit
        assert promise.served_share[number] == pytest.approx(active.is_served.mean())
    assert promise.forecast_mbit == promise.planned_mbit == result.kpis["data_service_mbit"]
    assert promise.level().value == np.sort(promise.data_mbit)[0]


@pytest.mark.parametrize("method", ["straight", "planner"])
def test_changes_of_server_interrupt_and_wait_in_drawn_worlds_as_in_the_scenario(method, tiny_scenario, city_cache):
    """The data are those of every slot without what a change takes of it; nobody changes again before its time."""
    terms = Handover(interrupts=True, ground_interruption_s=0.5, satellite_interruption_s=1.0, min_stay_slots=3)
    scenario = tiny_scenario.model_copy(update={"handover": terms})
    result = optimise(
        scenario, method, 1, {} if method == "straight" else {"rounds": 1, "shakes": 1}, quiet, city_cache
    )
    promise = draw_promise(result, 19, cache_dir=city_cache)
    planned, forecast = PlannedFlight.of(result), build_world(scenario, cache_dir=city_cache)
    changed = 0
    for number in (0, 7, 18):
        world = WorldDraws(forecast, "judged").world(number)
        decision = planned.decided(world)
        free = replace(world, scenario=world.scenario.model_copy(update={"handover": Handover()}))
        rate_mbit_s = evaluate(free, decision).active.rate_bit_s / 1e6
        slot_s, lost_mbit = scenario.time.slot_s, 0.0
        for user, servers in enumerate(decision.station.T.tolist()):
            course = [(slot, server) for slot, server in enumerate(servers) if server >= 0]
            last = -terms.min_stay_slots
            for (_, before), (slot, after) in pairwise(course):
                if before != after:
                    is_ground = max(before, after) < len(scenario.ground_stations)
                    lost_mbit += rate_mbit_s[slot, user] * (0.5 if is_ground else 1.0)
                    assert slot - last >= terms.min_stay_slots
                    last, changed = slot, changed + 1
        assert promise.data_mbit[number] == pytest.approx(rate_mbit_s.sum() * slot_s - lost_mbit)
    assert changed > 0 and promise.slots_depend
    assert promise_sentences(promise)[-1].startswith("Slots depend on one another in this scenario")


def test_where_nothing_is_random_every_world_brings_what_was_planned(tiny_scenario, city_cache):
    still = tiny_scenario.channel.model_copy(update={"fading": False, "shadowing": False})
    result = optimise(tiny_scenario.model_copy(update={"channel": still}), "straight", 1, {}, quiet, city_cache)
    promise = draw_promise(result, 20, Uncertainty(0.0, 0.0), city_cache)
    assert set(promise.data_mbit) == {result.kpis["data_service_mbit"]}


def test_a_promise_is_kept_beside_its_answer_and_no_other(result, promise, folder, tiny_scenario, city_cache):
    assert read_promise(folder, result) is None
    write_promise(folder, promise)
    assert read_promise(folder, result) == promise
    other = optimise(tiny_scenario, "straight", 2, {}, quiet, city_cache)
    assert read_promise(folder, other) is None
    (folder / PROMISE_FILE).write_text('{"version": 1}')
    with pytest.raises(DamagedPromiseError, match=r"is damaged: delete 'promise\.json'"):
        read_promise(folder, result)


def test_the_words_say_what_is_promised_how_surely_and_from_what(promise):
    first, *rest = promise_sentences(promise)
    value = promise.level().value
    assert first.startswith(f"At least {value:.4g} Mbit in 95 % of worlds: the 1st least of 25 that were drawn")
    assert any("shadowing, fading, the places of ground users (normal error of 10 m" in one for one in rest)
    few = promise.model_copy(update={"data_mbit": promise.data_mbit[:5], "served_share": promise.served_share[:5]})
    assert promise_sentences(few)[0] == (
        "Nothing is promised for 95 % of worlds: that needs 19 of them, and 5 were drawn."
    )
    assert [row["Data, at least, Mbit"] is None for row in promise_rows(promise)] == [False, False, False, True]


def test_the_command_says_it_keeps_it_and_the_report_tells_it(folder, capsys):
    assert main(["promise", str(folder), "--worlds", "20", "--position-error", "5"]) == 0
    *sentences, last = capsys.readouterr().out.splitlines()
    told = json.loads(last)
    assert sentences[0].startswith("At least ") and told["worlds"] == 20
    kept = Promise.model_validate_json((folder / PROMISE_FILE).read_text())
    assert kept.position_error_m == 5.0 and kept.level().value == told["at_least_mbit"]
    page = report_bytes([Source(folder, "out", "out")], "html").decode()
    assert "How sure is it" in page and sentences[0] in page


def test_a_page_gets_the_same_promise_from_a_process_of_its_own(result, promise, folder, city_cache):
    *heard, found = promise_apart(folder, WORLDS, Uncertainty(), city_cache)
    assert found == promise
    assert heard == sorted(heard) and heard[-1] == 1.0


@pytest.mark.parametrize(
    ("method", "words"),
    [("ra", "draws its association"), ("proposed", "takes its powers from its trained policy"), ("t_ddqn", "policy")],
)
def test_a_method_without_a_rule_for_other_worlds_says_so(method, words, tiny_world, straight_decision):
    with pytest.raises(UndecidedError, match=words):
        METHODS[method].decide(tiny_world, straight_decision.positions_m, settings_of(METHODS[method], {}), 1)


def test_a_method_of_a_plug_in_needs_a_rule_and_numbers_must_be_possible(result):
    class Other:
        key = "other"

    with pytest.raises(UndecidedError, match="The method 'other' has no rule for slots"):
        slot_rule(Other())
    with pytest.raises(PromiseError, match="The number of worlds is 0"):
        draw_promise(result, 0)
