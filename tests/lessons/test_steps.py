"""The steps against outside truth: the judge's own gains, brute force, geometry, pocket-calculator formulas."""

import math
import re
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itnt_core.lessons import STEPS, accepted_values
from itnt_core.lessons.budget import gbs_budget, moved_to
from itnt_core.lessons.choosing import enumerate_choices, small_problem
from itnt_core.lessons.everything import alternate, thinned
from itnt_core.lessons.example import manageable
from itnt_core.lessons.flying import Field, needed_speed_m_s, way_of
from itnt_core.lessons.laws import Link, law_of
from itnt_core.lessons.lesson import number_knob
from itnt_core.lessons.satellite import sky_link
from itnt_core.lessons.sight import trace
from itnt_core.objective import OBJECTIVES, Service
from itnt_core.radio import laws
from itnt_core.scenario import Channel, Scenario
from itnt_core.sky import slant_range_km

STEP = {step.key: step for step in STEPS}
A_RATE = 1e-3  # Mbit/s: what the sentences show


@given(
    distance=st.floats(5.0, 9000.0),
    height=st.floats(1.5, 300.0),
    carrier=st.floats(0.5, 6.0),
    los=st.booleans(),
    deployment=st.sampled_from(["uma", "umi"]),
    model=st.sampled_from(["free_space", "urban"]),
)
def test_the_terms_of_a_law_add_up_to_the_law(distance, height, carrier, los, deployment, model):
    aerial = height > 22.5
    height = height if aerial else 1.5
    link = Link(distance, math.hypot(distance, 25.0 - height), 25.0, height, carrier)
    scenario = Scenario(channel=Channel(model=model, deployment=deployment))
    d2d, d3d, high = np.array([distance]), np.array([link.d3d_m]), np.array([height])
    if model == "free_space":
        truth = laws.free_space_db(d3d, carrier)
    elif aerial:
        clear = laws.uma_av_los_db(d3d, carrier) if deployment == "uma" else laws.umi_av_los_db(d3d, high, carrier)
        blocked = (laws.uma_av_nlos_db if deployment == "uma" else laws.umi_av_nlos_db)(d3d, high, carrier)
        truth = clear if los else blocked
    else:
        name = f"{deployment}_{'los' if los else 'nlos'}_db"
        truth = getattr(laws, name)(d2d, d3d, 25.0, high, carrier)
    assert law_of(scenario, link, los, aerial).loss_db == pytest.approx(float(truth[0]), abs=1e-9)


def test_a_budget_ends_at_the_gain_of_the_channel_and_the_rest_is_shadowing(example):
    quiet = example.changed(
        example.scenario.model_copy(
            update={"channel": example.scenario.channel.model_copy(update={"shadowing": False})}
        )
    )
    for name in example.scenario.user_ids:
        place, aerial = example.place(name)
        budget = gbs_budget(quiet, "gbs-1", place, aerial, 0.5)
        assert budget.shadow_db == pytest.approx(0.0, abs=1e-9)
        shadowed = gbs_budget(example, "gbs-1", place, aerial, 0.5)
        gain = example.world.channel.gbs_gain(place[None], aerial)[0, 0]
        assert shadowed.received_dbm == pytest.approx(10.0 * math.log10(0.5 * gain) + 30.0, abs=1e-9)


def test_a_user_is_moved_along_its_direction(example):
    place, _ = example.place("gu-1")
    gbs = example.scenario.ground_stations[0]
    moved = moved_to(example, "gbs-1", place, 123.0)
    assert math.hypot(moved[0] - gbs.east_m, moved[1] - gbs.north_m) == pytest.approx(123.0)
    cross = (moved[0] - gbs.east_m) * (place[1] - gbs.north_m) - (moved[1] - gbs.north_m) * (place[0] - gbs.east_m)
    assert cross == pytest.approx(0.0, abs=1e-6)


def test_a_profile_blocks_where_the_city_does(example):
    stations = [np.array([m.east_m, m.north_m, m.height_m]) for m in example.scenario.ground_stations]
    for name in example.scenario.user_ids:
        for gbs in stations:
            profile = trace(example, example.place(name)[0], gbs)
            if profile.clear:
                assert (profile.roof_m <= profile.ray_m + 0.2).all()


def test_the_antenna_height_that_the_answer_names_is_the_least_that_sees_the_user(example):
    step = STEP["line-of-sight"]
    values = accepted_values(step, example, {})
    answer = step.teach(example, values).answer[0]
    if "needed_m" not in answer.values:
        pytest.skip("no antenna is high enough here")
    needed = answer.values["needed_m"]
    place, _ = example.place(values["user"])
    gbs = example.scenario.ground_stations[example.gbs_ids.index(values["station"])]
    ends = np.array([[gbs.east_m, gbs.north_m, height] for height in (needed, needed - 0.5)])
    assert example.city.line_of_sight(np.tile(place, (2, 1)), ends).tolist() == [True, False]


def test_slant_range_and_elevation_of_a_satellite_fit_together(example):
    link = sky_link(example, "gu-1", 0)
    middle = len(link.time_s) // 2
    altitude = example.scenario.passes[0].altitude_km
    assert link.altitude_km[middle] == pytest.approx(altitude, abs=0.05)
    expected = slant_range_km(altitude, float(link.elevation_deg[middle]))
    assert link.range_km[middle] == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("draw", [0, 1, 3])
def test_trying_everything_and_the_exact_solver_agree(example, teach, draw):
    lesson = teach(STEP["association"], draw=draw)
    facts = {key: value for sentence in lesson.idea for key, value in sentence.values.items()}
    assert facts["best"] == pytest.approx(facts["exact"], abs=1e-9)
    assert facts["served"] == facts["exact_served"]
    assert facts["choices"] == (facts["stations"] * facts["subchannels"] + 1) ** facts["users"]


def test_choices_are_judged_as_plain_loops_judge_them(example):
    step = STEP["association"]
    problem, _, _ = small_problem(example, accepted_values(step, example, {"users": 3}))
    every = enumerate_choices(problem)
    generator = np.random.default_rng(1)
    for row in generator.choice(len(every.links), 200, replace=False):
        assert every.active_mbit_s[row] == pytest.approx(plain_active(problem, every.links[row]), abs=1e-9)


def plain_active(problem, links):
    """Judge one choice with loops: double use, capacity, active floor, then the sum of rates."""
    subchannels = problem.gain.shape[3]
    used = [(int(link) // subchannels, int(link) % subchannels) for link in links]
    real = [(user, pair) for user, (link, pair) in enumerate(zip(links, used, strict=True)) if link >= 0]
    pairs = [pair for _, pair in real]
    loads = [sum(b == station for b, _ in pairs) for station in range(problem.gain.shape[2])]
    if len(set(pairs)) < len(pairs) or any(load > most for load, most in zip(loads, problem.max_users, strict=True)):
        return -np.inf
    total = 0.0
    for user, (b, k) in real:
        others = sum(problem.gain[0, user, c, k] * problem.power_w[0, c, k] for c, j in pairs if j == k and c != b)
        sinr = problem.gain[0, user, b, k] * problem.power_w[0, b, k] / (others + problem.noise_w)
        if sinr < problem.min_sinr_active:
            return -np.inf
        rate = min(math.log2(1.0 + sinr), problem.rate_law.limit)
        total += problem.bandwidth_hz * rate / 1e6
    return total


@pytest.mark.parametrize("on", ["tiny", "changed"])
def test_optimised_powers_come_near_the_best_of_a_grid_and_never_below_equal(teach, on):
    idea = teach(STEP["power"], on).idea
    equal, best, grid = (next(s.values[key] for s in idea if key in s.values) for key in ("equal", "best", "grid"))
    assert best >= equal - A_RATE
    assert best >= 0.97 * grid


def test_a_surrogate_stays_below_the_true_sum_and_meets_it_at_full_power(teach):
    lines = {trace.name: trace for trace in teach(STEP["power"]).charts[1].figure.data}
    true, below = (dict(zip(lines[name].x, lines[name].y, strict=True)) for name in ("Sum of rates", "SCA's stand-in"))
    assert all(below[power] <= true[power] + 1e-9 for power in below)
    assert below[max(below)] == pytest.approx(true[max(true)])


def test_a_planned_way_keeps_the_speed_limit_and_is_no_worse_than_the_straight_one(example):
    user = example.scenario.aerial_users[0]
    straight = way_of(
        example,
        np.linspace(
            [user.start.east_m, user.start.north_m, user.start.height_m],
            [user.destination.east_m, user.destination.north_m, user.destination.height_m],
            example.scenario.time.slots + 1,
        ),
    )
    field = Field(example, user)
    for speed in (1.1 * needed_speed_m_s(example.scenario, user), user.max_speed_m_s, 70.0):
        way = field.planned(speed, 0.0)
        steps = np.linalg.norm(np.diff(way.places_m[:, :2], axis=0), axis=1) / example.scenario.time.slot_s
        assert steps.max() <= speed * (1.0 + 1e-9)
        assert way.data_mbit >= straight.data_mbit - 1e-9
        assert way.places_m[[0, -1]] == pytest.approx(straight.places_m[[0, -1]])


def test_a_step_of_the_agent_earns_what_the_reward_equation_says(teach):
    lesson = teach(STEP["learning"], turn=40.0, speed=0.5)
    numbers = [float(text) for text in re.findall(r"\d+\.\d+", lesson.equations[0].numbers)]
    data, reference, flying, penalty, reward = numbers
    assert data / reference - flying - penalty == pytest.approx(reward, abs=2e-2)


@pytest.mark.parametrize("coverage", list(OBJECTIVES))
def test_the_alternation_never_falls_by_its_objective_and_stays_below_its_bound(example, coverage):
    small = example.changed(thinned(example.scenario, 4, 1, 3).model_copy(update={"coverage": coverage}))
    climb = alternate(small, 2)
    course = [Service(share, mbit) for share, (_, mbit) in zip(climb.served, climb.course, strict=True)]
    assert not any(OBJECTIVES[coverage].better(one, other) for one, other in pairwise(course))
    assert course[-1].data_mbit <= climb.bound_mbit * (1.0 + 1e-9)
    assert climb.violations == 0


def test_a_plan_with_a_perfect_twin_and_its_correction_serve_alike(teach):
    facts = {k: v for s in teach(STEP["twin"], error=0.0, load=5.0).idea for k, v in s.values.items()}
    assert facts["error_db"] == pytest.approx(0.0, abs=1e-9)
    assert facts["refined"] <= facts["plain"] + 0.05 * facts["arrived"]


def test_a_changed_knob_changes_the_numbers(teach):
    for key, knob in (("one-link", {"power": 3.0}), ("satellite", {"time": 2.0}), ("interference", {"power": 0.05})):
        assert teach(STEP[key], **knob).idea != teach(STEP[key]).idea


@pytest.mark.parametrize("given", [float("nan"), "x", None, True])
def test_a_knob_takes_nothing_that_is_no_number(given):
    assert number_knob("power", "Power", 2.0, "W", (0.0, 5.0), 0.1).accepted(given) == 2.0


def test_a_knob_stops_at_its_limits():
    knob = number_knob("power", "Power", 2.0, "W", (0.0, 5.0), 0.1)
    assert (knob.accepted(9.0), knob.accepted(-1.0), knob.title) == (5.0, 0.0, "Power, W")


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_an_empty_scenario_gets_a_sentence_of_what_to_do_first(step):
    assert "in Build" in step.missing(Scenario()).text


def test_a_large_scenario_is_taught_on_some_of_its_users(tiny_scenario):
    person = tiny_scenario.ground_users[0]
    crowd = tuple(person.model_copy(update={"id": f"gu-{n}"}) for n in range(4000))
    wide = tiny_scenario.radio.model_copy(update={"subchannels": 100})
    large = tiny_scenario.model_copy(update={"ground_users": crowd, "radio": wide})
    small, note = manageable(large)
    assert len(small.user_ids) < len(large.user_ids) and str(len(large.user_ids)) in note.text
    assert manageable(tiny_scenario) == (tiny_scenario, None)


def test_lessons_need_neither_torch_nor_cvxpy():
    code = "import sys; import itnt_core.lessons; assert not {'torch', 'cvxpy', 'geopandas'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
