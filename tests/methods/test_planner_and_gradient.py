"""The planning methods: never below the reference, no violation, honest explanations, useful sites."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from itnt_core.city import city_of_scenario
from itnt_core.methods import explain_unserved, optimise, quiet, suggest_site
from itnt_core.methods.block_ascent import BlockAscent
from itnt_core.methods.planner import PlannerMethod, PlannerSettings
from itnt_core.methods.straight import StraightMethod, StraightSettings
from itnt_core.network import Decision, build_world, evaluate, find_violations
from itnt_core.objective import OBJECTIVES, Service, objective_of
from itnt_core.presets import antenna_height_m, preset
from itnt_core.scenario import EditError, free_id
from itnt_core.scenario.edit import with_added

QUICK = {
    "planner": {"rounds": 3, "time_limit_s": 60.0, "shakes": 1},
    "gradient": {"rounds": 1, "steps": 15, "restarts": 2, "shakes": 1},
}


@pytest.fixture(scope="module")
def cache_dir(city_cache):
    return city_cache


def scenario(name, seed, cache_dir):
    base = preset(name, users=9, aerial_users=2, seed=seed, cache_dir=cache_dir)
    return base.model_copy(update={"time": base.time.model_copy(update={"slots": 60 if name != "tiny" else 8})})


@pytest.mark.parametrize("coverage", list(OBJECTIVES))
@pytest.mark.parametrize("method", list(QUICK))
@pytest.mark.parametrize(("name", "seed"), [("tiny", 1), ("tiny", 2), ("paper-free-space", 1)])
def test_planning_is_no_worse_than_the_reference_and_breaks_nothing(method, name, seed, coverage, cache_dir):
    question = scenario(name, seed, cache_dir).model_copy(update={"coverage": coverage})
    reference = optimise(question, cache_dir=cache_dir).kpis
    planned = optimise(question, method, settings=QUICK[method], cache_dir=cache_dir).kpis
    assert planned["violations"] == 0
    assert not OBJECTIVES[coverage].better(Service.of_figures(reference), Service.of_figures(planned))


@pytest.mark.parametrize("method", list(QUICK))
def test_the_same_seed_gives_the_same_plan(method, cache_dir):
    question = scenario("tiny", 3, cache_dir)
    first, again = (optimise(question, method, settings=QUICK[method], cache_dir=cache_dir) for _ in range(2))
    assert first.dataset.identical(again.dataset)


@pytest.mark.parametrize("method", list(QUICK))
def test_ground_users_alone_are_planned_too(method, cache_dir):
    question = preset("tiny", users=4, aerial_users=0, cache_dir=cache_dir)
    kpis = optimise(question, method, settings=QUICK[method], cache_dir=cache_dir).kpis
    assert kpis["violations"] == 0 and kpis["data_service_mbit"] > 0.0


@pytest.mark.parametrize("limit_s", [1.0, 4.0, 15.0, 40.0])
def test_the_planner_looks_at_its_time_limit_within_a_round(limit_s, cache_dir, monkeypatch):
    """A clock that goes on by a second at every look: one round looks some hundred times."""
    looks = iter(range(10**9))
    monkeypatch.setattr("itnt_core.methods.planner.time.perf_counter", lambda: float(next(looks)))
    world = build_world(scenario("tiny", 1, cache_dir), cache_dir=cache_dir)
    messages = []
    settings = PlannerSettings(time_limit_s=limit_s, rounds=10, tolerance=0.0)
    decision = PlannerMethod().solve(world, settings, 1, lambda event: messages.append(event.message))
    assert next(looks) <= limit_s + 3.0
    assert not any(message.startswith("Round") for message in messages)
    assert find_violations(world, decision) == []
    reference = StraightMethod().solve(world, StraightSettings(), 1, quiet)
    services = [Service.of(evaluate(world, answer)) for answer in (decision, reference)]
    assert not objective_of(world.scenario).better(services[1], services[0])


@pytest.mark.parametrize("method", ["planner", "gradient"])
def test_a_method_that_stands_at_the_bound_stops_and_is_not_cut_short(method, cache_dir):
    """One user and its GBS close by: the reference already has all that the best modulation can carry."""
    question = preset("tiny", users=1, aerial_users=0, cache_dir=cache_dir)
    settings = {"planner": {"rounds": 500, "tolerance": 0.0}, "gradient": {"rounds": 500, "steps": 1}}[method]
    steps = []
    result = optimise(question, method, 1, settings, lambda event: steps.append(event.iteration), cache_dir)
    assert result.kpis["gap"] < 1e-6
    assert max(step for step in steps if step is not None) <= 1
    assert result.manifest["status"] == "optimal"


@pytest.fixture(scope="module")
def crowd(cache_dir):
    """Three users, one subchannel, two stations: somebody has to wait."""
    base = preset("tiny", users=5, aerial_users=0, cache_dir=cache_dir)
    radio = base.radio.model_copy(update={"subchannels": 1})
    return build_world(base.model_copy(update={"radio": radio, "passes": ()}), cache_dir=cache_dir)


def idle(world):
    """The decision that serves nobody."""
    nobody = np.full((world.slots, world.user_count), -1)
    flight = np.zeros((world.slots + 1, world.aerial_count, 3))
    return Decision(nobody, nobody.copy(), flight, np.zeros((world.slots, world.station_count, world.subchannels)))


def test_everybody_below_the_floor_is_explained_and_nobody_else(crowd):
    from itnt_core.methods.straight import StraightMethod, StraightSettings

    decision = StraightMethod().solve(crowd, StraightSettings(), 1, lambda event: None)
    sinr = evaluate(crowd, decision).active.sinr
    below = {crowd.scenario.user_ids[u] for u in np.flatnonzero((sinr < 1.0 - 1e-9).any(axis=0))}
    found = explain_unserved(crowd, decision)
    assert below and {item.user_id for item in found} == below
    counts = {item.user_id: item.slots_below for item in found}
    for index, name in enumerate(crowd.scenario.user_ids):
        assert counts.get(name, 0) == (sinr[:, index] < 1.0 - 1e-9).sum()


def test_a_user_out_of_coverage_is_told_how_much_power_it_lacks(crowd):
    quiet = crowd.scenario.model_copy(
        update={
            "ground_stations": tuple(
                station.model_copy(update={"max_power_w": 1e-12}) for station in crowd.scenario.ground_stations
            )
        }
    )
    world = build_world(quiet, crowd.city)
    item = explain_unserved(world, idle(world))[0]
    assert item.cause == "coverage"
    louder = build_world(
        quiet.model_copy(
            update={
                "ground_stations": tuple(
                    station.model_copy(update={"max_power_w": 1e-12 * 10 ** (item.more_power_db / 10.0) * 1.001})
                    for station in quiet.ground_stations
                )
            }
        ),
        crowd.city,
    )
    still = {other.user_id: other for other in explain_unserved(louder, idle(louder))}
    assert still[item.user_id].best_alone_db >= item.floor_db
    assert "dB more power" in item.sentence


def test_an_idle_network_leaves_only_itself_to_blame(crowd):
    """Nobody is on the air, so whoever can be reached at all has a free link that the decision did not take."""
    found = explain_unserved(crowd, idle(crowd))
    assert {item.cause for item in found} <= {"coverage", "choice"}
    for item in found:
        if item.cause == "choice":
            assert item.best_now_db >= item.floor_db
            assert "may serve it" in item.sentence


def test_the_suggested_site_gives_the_gain_it_promises(cache_dir):
    from itnt_core.methods import quick_look

    question = preset("tiny", cache_dir=cache_dir)
    found = suggest_site(question, points_per_side=3)
    # as somebody who reads the suggestion places it: at the same spot, under the id that is free
    placed = found.best.model_copy(update={"id": free_id(question, "ground_stations")})
    with_it = with_added(question, "ground_stations", (placed,))
    after, before = quick_look(with_it).service, quick_look(question).service
    assert after.data_mbit - before.data_mbit == found.best_gain_mbit and "quick look" in found.meaning
    assert after.served_share - before.served_share == found.best_gain_served
    assert found.is_worth_it == objective_of(question).better(after, before)


def test_no_site_in_the_water_is_suggested(cache_dir):
    """Once the best of 81 sites of London stood in the middle of the Thames."""
    question = preset("tiny", cache_dir=cache_dir)
    best = suggest_site(question, points_per_side=3).best
    wet = shapely.Point(best.east_m, best.north_m).buffer(1.0)
    city = replace(city_of_scenario(question, cache_dir), water=(wet,))
    other = suggest_site(question, points_per_side=3, city=city).best
    assert not shapely.contains_xy(wet, other.east_m, other.north_m)
    everywhere = replace(city, water=(shapely.box(-400.0, -400.0, 400.0, 400.0),))
    with pytest.raises(EditError, match="in the water"):
        suggest_site(question, points_per_side=3, city=everywhere)


@pytest.mark.parametrize("coverage", list(OBJECTIVES))
def test_no_site_that_was_tried_is_better_than_the_suggested_one_by_the_objective(coverage, cache_dir):
    from itnt_core.methods import quick_look

    question = preset("tiny", cache_dir=cache_dir)
    question = question.model_copy(update={"ground_stations": question.ground_stations[:1], "coverage": coverage})
    found = suggest_site(question, points_per_side=3)
    best, look = Service(found.best_gain_served, found.best_gain_mbit), quick_look(question)
    for east in found.axis_m.tolist():
        for north in found.axis_m.tolist():
            height = antenna_height_m(look.world.city, round(east, 1), round(north, 1))
            place = {"east_m": round(east, 1), "north_m": round(north, 1), "height_m": height}
            gbs = found.best.model_copy(update=place)
            after = quick_look(with_added(question, "ground_stations", (gbs,))).service
            share = after.served_share - look.service.served_share
            more = Service(share, after.data_mbit - look.service.data_mbit)
            assert not OBJECTIVES[coverage].better(more, best)


def test_a_trial_that_leaves_a_user_below_the_floor_is_mended_before_it_is_kept():
    world = build_world(preset("tiny"))
    reference = StraightMethod().solve(world, StraightSettings(), 1, quiet)
    ascent = BlockAscent(world, reference, shakes=0, seed=1)
    ascent.associate_at_equal_power()
    ascent.control_power()
    decision = ascent.best.decision
    slot, user = np.argwhere(decision.linked)[0]
    link = slot, decision.station[slot, user], decision.subchannel[slot, user]
    power = decision.power_w.copy()
    power[link] *= 1e-9
    spoilt = replace(decision, power_w=power)
    assert [violation.constraint for violation in find_violations(world, spoilt)] == ["7f"]
    mended = ascent.feasible(spoilt, ascent.best.gains)
    assert find_violations(world, mended) == []
    assert mended.station[slot, user] == -1
    assert mended.power_w[link] == 0.0


def test_the_planner_gives_the_same_answer_twice(cache_dir):
    world = build_world(scenario("tiny", 1, cache_dir))
    settings = PlannerSettings(rounds=3)
    first, second = (PlannerMethod().solve(world, settings, 5, quiet) for _ in range(2))
    for name in ("station", "subchannel", "positions_m", "power_w"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
