"""The judge against an independent one written as plain loops, on random worlds with random decisions."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itnt_core.network import (
    Decision,
    coverage_surface,
    evaluate,
    flight_energy_j,
    radiated_power_w,
)
from itnt_core.scenario import Channel, Qos, Radio
from tests.network.plain_judge import judge
from tests.network.small_worlds import flyer, open_world, satellite, station, walker_on_foot

same_numbers = 1e-9  # only the order of additions differs


@st.composite
def sizes(draw):
    return {
        "gbs": draw(st.integers(0, 3)),
        "leo": draw(st.integers(0, 2)),
        "aerial": draw(st.integers(0, 2)),
        "ground": draw(st.integers(1, 4)),
        "slots": draw(st.integers(1, 3)),
        "subchannels": draw(st.integers(1, 3)),
    }


def random_world(size, draw, model, cap):
    def spot():
        return (float(draw.uniform(-900, 900)), float(draw.uniform(-900, 900)))

    gbs = [station(f"gbs-{n}", *spot(), max_power_w=float(draw.uniform(0.5, 10))) for n in range(size["gbs"])]
    leo = [satellite(f"leo-{n}", heading_deg=80.0 * n, max_elevation_deg=80.0 - 20.0 * n) for n in range(size["leo"])]
    if not gbs and not leo:
        leo = [satellite()]
    aerial = [flyer(f"au-{n}", (60.0 * n, 0.0, 100.0 + 60.0 * n)) for n in range(size["aerial"])]
    ground = [walker_on_foot(f"gu-{n}", *spot()) for n in range(size["ground"])]
    return open_world(
        stations=gbs,
        passes=leo,
        aerial=aerial,
        ground=ground,
        slots=size["slots"],
        model=model,
        radio=Radio(subchannels=size["subchannels"], spectral_efficiency_cap=cap),
        channel=Channel(model=model, coherence_slots=2),
        qos=Qos(min_sinr_always_on_db=-5.0, min_sinr_active_db=3.0),
        seed=int(draw.integers(1000)),
    )


def random_decision(world, draw):
    """A decision without any order: some users unserved, several on one subchannel, some powers zero."""
    shape = (world.slots, world.user_count)
    chosen = draw.integers(0, world.station_count, shape)
    channel = draw.integers(0, world.subchannels, shape)
    unserved = draw.random(shape) < 0.3
    positions = draw.uniform((-500, -500, 200), (500, 500, 1200), (world.slots + 1, world.aerial_count, 3))
    power = draw.uniform(0.0, 4.0, (world.slots, world.station_count, world.subchannels))
    power[draw.random(power.shape) < 0.1] = 0.0
    return Decision(np.where(unserved, -1, chosen), np.where(unserved, -1, channel), positions, power)


@pytest.mark.parametrize("model", ["free_space", "power_law", "urban"])
@pytest.mark.parametrize("cap", [None, 2.0, 7.4])
@settings(max_examples=25)  # times nine
@given(size=sizes(), seed=st.integers(0, 10_000))
def test_the_judge_agrees_with_plain_loops(model, cap, size, seed):
    draw = np.random.default_rng(seed)
    world = random_world(size, draw, model, cap)
    decision = random_decision(world, draw)
    answer = evaluate(world, decision)
    qos = world.scenario.qos
    for links, everybody, floor in (
        (answer.always_on, True, qos.min_sinr_always_on_db),
        (answer.active, False, qos.min_sinr_active_db),
    ):
        sinr, rate, interference, data_mbit, outage = judge(
            world.gains(decision.positions_m).tolist(),
            decision.power_w.tolist(),
            decision.station.tolist(),
            decision.subchannel.tolist(),
            world.noise_w,
            180e3,
            2.0,
            cap,
            floor,
            everybody,
            world.station_max_power_w.tolist(),
        )
        assert links.sinr == pytest.approx(np.array(sinr), rel=same_numbers, abs=1e-300)
        assert links.rate_bit_s == pytest.approx(np.array(rate), rel=same_numbers, abs=1e-9)
        assert links.interference_w == pytest.approx(np.array(interference), rel=same_numbers, abs=1e-300)
        assert links.data_service_mbit == pytest.approx(data_mbit, rel=same_numbers)
        assert links.outage == pytest.approx(outage)
    assert answer.energy_kj == pytest.approx(flight_energy_j(decision.positions_m, 2.0).sum() / 1e3)


@given(size=sizes(), seed=st.integers(0, 10_000), model=st.sampled_from(["free_space", "power_law", "urban"]))
def test_active_is_never_below_always_on_on_any_link(size, seed, model):
    draw = np.random.default_rng(seed)
    world = random_world(size, draw, model, None)
    answer = evaluate(world, random_decision(world, draw))
    rounding = 1.0 + 1e-12
    assert (answer.active.sinr * rounding >= answer.always_on.sinr).all()
    assert (answer.active.rate_bit_s * rounding >= answer.always_on.rate_bit_s).all()
    assert answer.active.data_service_mbit * rounding >= answer.always_on.data_service_mbit
    assert (answer.active.interference_w <= answer.always_on.interference_w).all()


@given(size=sizes(), seed=st.integers(0, 10_000))
def test_power_named_on_idle_subchannels_changes_nothing(size, seed):
    """A method that writes 0 there must not be judged by another rule than one that writes P_max / K."""
    draw = np.random.default_rng(seed)
    world = random_world(size, draw, "free_space", None)
    decision = random_decision(world, draw)
    silent = replace(decision, power_w=np.where(decision.occupied, decision.power_w, 0.0))
    first, second = evaluate(world, decision), evaluate(world, silent)
    for links, others in ((first.always_on, second.always_on), (first.active, second.active)):
        np.testing.assert_array_equal(links.sinr, others.sinr)


def test_idle_subchannels_radiate_what_is_left_in_equal_parts():
    world = open_world(
        stations=[station("a", -300.0, 0.0), station("b", 300.0, 0.0)],
        ground=[walker_on_foot(f"gu-{n}", 80.0 * n, 50.0) for n in range(3)],
        subchannels=4,
    )
    limit = world.station_max_power_w
    power = np.zeros((1, 2, 4))
    power[0, 0, 0], power[0, 0, 1], power[0, 1, 3] = 0.5 * limit[0], 0.3 * limit[0], 0.1 * limit[1]
    decision = Decision(np.array([[0, 0, 1]]), np.array([[0, 1, 3]]), np.zeros((2, 0, 3)), power)
    sent = radiated_power_w(world, decision, "always_on")[0]
    assert sent[0] == pytest.approx(limit[0] * np.array([0.5, 0.3, 0.1, 0.1]))  # 0.2 is left for two
    assert sent[1] == pytest.approx(limit[1] * np.array([0.25, 0.25, 0.25, 0.1]))  # 0.9 is left, but P_max / K is most
    np.testing.assert_array_equal(radiated_power_w(world, decision, "active")[0], power[0])


def busy_world():
    users = [walker_on_foot(f"gu-{n}", 100.0 * n, 50.0) for n in range(3)]
    return open_world(stations=[station("a", -300.0, 0.0), station("b", 300.0, 0.0)], ground=users, slots=2)


def test_when_every_subchannel_serves_someone_both_conventions_agree():
    users = [walker_on_foot(f"gu-{n}", 80.0 * n, 50.0) for n in range(4)]
    world = open_world(stations=[station("a", -300.0, 0.0), station("b", 300.0, 0.0)], ground=users)
    decision = Decision(
        np.array([[0, 0, 1, 1]]), np.array([[0, 1, 0, 1]]), np.zeros((2, 0, 3)), np.full((1, 2, 2), 2.0)
    )
    answer = evaluate(world, decision)
    assert (answer.active.sinr == answer.always_on.sinr).all() and (answer.active.sinr > 0.0).all()
    assert decision.occupied.all()


def test_nobody_served_is_no_data_and_full_outage():
    world = busy_world()
    nobody = np.full((2, 3), -1)
    answer = evaluate(world, Decision(nobody, nobody, np.zeros((3, 0, 3)), np.ones((2, 2, 2))))
    for links in (answer.always_on, answer.active):
        assert (links.data_service_mbit, links.outage) == (0.0, 1.0)
        assert not links.sinr.any() and not links.rate_bit_s.any() and not links.interference_w.any()


def test_gains_handed_in_are_used_as_they_are():
    world = busy_world()
    decision = Decision(np.array([[0, 1, -1]] * 2), np.array([[0, 1, -1]] * 2), np.zeros((3, 0, 3)), np.ones((2, 2, 2)))
    gains = world.gains(decision.positions_m)
    louder = evaluate(world, decision, 100.0 * gains)
    assert louder.signal_w == pytest.approx(100.0 * evaluate(world, decision).signal_w)
    assert (
        evaluate(world, decision, gains).active.data_service_mbit == evaluate(world, decision).active.data_service_mbit
    )


def test_a_user_exactly_at_the_floor_is_no_outage():
    """One station, no interference, SINR set by its power to just the active floor of 0 dB."""
    world = open_world(stations=[station("a", 0.0, 0.0)], ground=[walker_on_foot("gu", 300.0, 0.0)], subchannels=1)
    gain = float(world.ground_gains[0, 0, 0, 0])
    for factor, outage in ((1.0, 0.0), (0.999, 1.0)):
        power = np.full((1, 1, 1), factor * world.noise_w / gain)
        answer = evaluate(world, Decision(np.array([[0]]), np.array([[0]]), np.zeros((2, 0, 3)), power))
        assert answer.active.outage == outage
        assert answer.always_on.outage == 0.0  # the floor of the other convention is 5 dB lower


def test_a_coverage_map_and_the_judge_mean_the_same_by_always_on():
    """Over an idle network the map lets every station radiate what the judge leaves to idle subchannels."""
    world = busy_world()
    nobody = np.full((2, 3), -1)
    idle = Decision(nobody, nobody, np.zeros((3, 0, 3)), np.zeros((2, 2, 2)))
    share = world.station_max_power_w / world.subchannels
    np.testing.assert_allclose(radiated_power_w(world, idle, "always_on")[0], np.repeat(share[:, None], 2, axis=1))
    surface = coverage_surface(world, points_per_side=4)
    north, east = np.meshgrid(surface.axis_m, surface.axis_m, indexing="ij")
    points = np.column_stack([east.ravel(), north.ravel(), np.full(16, 1.5)])
    received = world.channel.gbs_gain(points, aerial=False) * radiated_power_w(world, idle, "always_on")[0, :, 0]
    sinr = received.max(axis=1) / (received.sum(axis=1) - received.max(axis=1) + world.noise_w)
    np.testing.assert_allclose(surface.sinr_db.ravel(), 10.0 * np.log10(sinr), rtol=1e-9)
