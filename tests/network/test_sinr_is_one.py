"""SINR has one home; whatever must state it again - compiled, in torch, in the twin's form - says the same numbers.

``tests/test_homes.py`` counts the statements and names for each the test here, or elsewhere, that holds it to its home.
"""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from itnt_core.association import local_search
from itnt_core.bounds.boxes import blame_stations
from itnt_core.bounds.link import heard_power, link_rate, link_value
from itnt_core.bounds.undisturbed import _priced_links
from itnt_core.dispatch.compiled import forecast_rate, serve
from itnt_core.flight.differentiable import LinkTensors, efficiencies
from itnt_core.learning.power_head import SubchannelView
from itnt_core.network import Decision, evaluate
from itnt_core.power.interior_point import link_rates
from itnt_core.rate_laws import law_of, user_tables
from itnt_core.sinr import sinr_of, spectral_efficiency
from itnt_core.twin.planning.tangent import tangent_at
from itnt_core.twin.planning.window import spectral_efficiency as twin_efficiency
from itnt_core.units import from_db
from tests.network.small_worlds import open_world, station, walker_on_foot
from tests.twin.windows import random_point, random_window

SEEDS = st.integers(0, 2**32 - 1)
NOISE, CAP = 1e-13, 7.4
LAWS = [law_of("shannon_capped", CAP), law_of("truncated_shannon", None), law_of("nr_cqi", None)]
BY_LAW = pytest.mark.parametrize("law", LAWS, ids=[law.name for law in LAWS])


@given(SEEDS)
def test_the_home_is_the_equation_in_plain_numbers(seed):
    draw = np.random.default_rng(seed)
    signal, others, noise = 10.0 ** draw.uniform(-14.0, -8.0, (3, 6))
    found = sinr_of(signal, others, noise)
    for index in range(6):
        assert found[index] == signal[index] / (others[index] + noise[index])
        assert spectral_efficiency(found, None)[index] == pytest.approx(
            np.log2(1.0 + found[index]), rel=1e-12, abs=1e-14
        )
        assert spectral_efficiency(found, CAP)[index] == min(spectral_efficiency(found, None)[index], CAP)


def alike(table, users):
    """The table of a law for each of some users."""
    return user_tables(table, np.full(users, np.inf))


def one_subchannel(seed, stations=4, users=5):
    """Gains (users, stations, 1), powers (stations, 1), and some stations that serve one user each."""
    draw = np.random.default_rng(seed)
    gain = 10.0 ** draw.uniform(-12.0, -8.0, (users, stations, 1))
    user_at = np.where(draw.random(stations) < 0.7, draw.permutation(users)[:stations], -1)[:, None]
    return gain, draw.uniform(0.1, 1.0, (stations, 1)), user_at


def rates_at_home(gain, power, user_at, law):
    """Return what each station's user gets by a law, 0 where it has none."""
    on_air = np.where(user_at[:, 0] >= 0, power[:, 0], 0.0)
    heard = gain[user_at[:, 0], :, 0] * on_air  # (stations, stations): row b is what the user of b hears
    own = np.diag(heard)
    return np.where(user_at[:, 0] >= 0, spectral_efficiency(sinr_of(own, heard.sum(axis=1) - own, NOISE), law), 0.0)


@BY_LAW
@given(SEEDS)
def test_the_local_search_says_the_same(law, seed):
    gain, power, user_at = one_subchannel(seed)
    rates, served = rates_at_home(gain, power, user_at, law), int((user_at >= 0).sum())
    physics = (gain, power, NOISE, alike(law.table, len(gain)), 2.0, 0.0, 0.5)
    value = local_search.subchannel_value(0, user_at, *physics)
    assert value == pytest.approx(2.0 * rates.sum() + 0.5 * served)
    values, each, disturbed = np.zeros(1), np.zeros_like(power), np.zeros_like(power)
    local_search._refresh(0, user_at, values, each, disturbed, *physics)
    assert each[:, 0] == pytest.approx(2.0 * rates) and values[0] == pytest.approx(value)
    for b in np.flatnonzero(user_at[:, 0] < 0):
        user = next(user for user in range(len(gain)) if user not in user_at)
        more = user_at.copy()
        more[b] = user
        joined = local_search._value_with(user, b, 0, 0.0, -np.inf, user_at, each, disturbed, *physics)
        assert joined == pytest.approx(2.0 * rates_at_home(gain, power, more, law).sum() + 0.5 * (served + 1))
        one = local_search._link_sinr(b, 0, more, gain, power, NOISE)
        assert law.carried(np.log2(1.0 + one)) == pytest.approx(rates_at_home(gain, power, more, law)[b])


@given(SEEDS)
def test_power_control_says_the_same(seed):
    draw = np.random.default_rng(seed)
    direct, power = 10.0 ** draw.uniform(-12.0, -8.0, 5), draw.uniform(0.01, 1.0, 5)
    cross = 10.0 ** draw.uniform(-13.0, -9.0, (5, 5)) * (draw.random((5, 5)) < 0.6) * ~np.eye(5, dtype=bool)
    expected = spectral_efficiency(sinr_of(direct * power, cross @ power, NOISE), CAP)
    assert link_rates(power, direct, cross, NOISE, CAP) == pytest.approx(expected)


@BY_LAW
@given(SEEDS)
def test_the_bound_says_the_same(law, seed):
    """Its powers are shares and its gains received P_max over the noise, so the noise is 1."""
    top_sinr, floor = 2.0 ** (law.limit / law.slope) - 1.0, max(0.0, from_db(law.least_sinr_db))
    draw = np.random.default_rng(seed)
    stations, users = 4, 5
    signal = 10.0 ** draw.uniform(-1.0, 4.0, (stations, users))
    power = draw.uniform(0.0, 1.0, stations)
    for b in range(stations):
        for u in range(users):
            others = sum(power[other] * signal[other, u] for other in range(stations) if other != b)
            sinr = sinr_of(power[b] * signal[b, u], others, 1.0)
            if sinr < floor:
                continue
            level = heard_power(b, u, power, signal)
            own = power[b] * signal[b, u]
            assert link_rate(own, level, law.ceiling, 0.0) == pytest.approx(spectral_efficiency(sinr, law))
            assert link_rate(own, level, law.ceiling, sinr * 1.01) == 0.0
            best, at = link_value(power[b], power[b], signal[b, u], level, 0.0, 0.0, law.ceiling, top_sinr)
            assert (best, at) == (pytest.approx(spectral_efficiency(sinr, law)), power[b])
    value, share = _priced_links(signal.T, np.full(stations, 1e-3), alike(law.ceiling, users), floor)
    again = spectral_efficiency(sinr_of(share * signal.T * (1.0 + 1e-8), 0.0, 1.0), law) - 1e-3 * share
    assert value == pytest.approx(np.maximum(again, 0.0), abs=1e-7)


@BY_LAW
@given(SEEDS)
def test_a_box_blames_others_for_what_their_power_really_costs(law, seed):
    draw = np.random.default_rng(seed)
    stations, users = 3, 3
    signal = 10.0 ** draw.uniform(0.0, 3.0, (stations, users))
    low, who, level = np.zeros(stations), np.arange(stations), draw.uniform(0.2, 1.0, stations)
    market = (
        None,
        None,
        None,
        None,
        signal,
        signal,
        None,
        None,
        alike(law.ceiling, users),
        None,
        max(0.0, from_db(law.least_sinr_db)),
    )
    market = tuple(np.zeros(1) if part is None else part for part in market)
    blame = np.zeros(stations)
    blame_stations(low, who, level, market, blame)
    expected = np.zeros(stations)
    for b in range(stations):
        heard = [0.0 if other == b else level[other] * signal[other, b] for other in range(stations)]
        own = level[b] * signal[b, b]
        alone, together = (spectral_efficiency(sinr_of(own, part, 1.0), law) for part in (0.0, sum(heard)))
        for other, power in enumerate(heard):
            if power > 0.0:
                expected[other] += alone - spectral_efficiency(sinr_of(own, power, 1.0), law)
                expected[other] += 0.01 * (alone - together) * power / sum(heard)
    assert blame == pytest.approx(expected)


@BY_LAW
@given(SEEDS)
def test_the_fast_blocks_of_dispatching_and_their_forecast_say_the_same(law, seed):
    """A station that serves one user more than another is alone on its last subchannel."""
    draw = np.random.default_rng(seed)
    stations, users = 3, 5
    gain = 10.0 ** draw.uniform(-12.0, -8.0, (1, users, stations))
    full_w, most_w, seats = draw.uniform(1.0, 4.0, stations), np.full(stations, 1.5), np.full(stations, 4)
    shape = (1, users)
    server, subchannel, rate = np.zeros(shape, int), np.zeros(shape, int), np.zeros(shape)
    count = np.zeros((1, stations), int)
    physics = (full_w / 4, full_w, most_w, NOISE)
    quieter = draw.uniform(0.1, 1.0, (1, stations))
    links = (draw.uniform(0.1, 10.0, shape), draw.uniform(0.1, 10.0, (1, stations)), quieter)
    serve(gain, np.ones(shape, bool), *physics, 0.0, seats, law.table, 2.0, links, server, subchannel, count, rate)
    share_w = np.minimum(full_w * quieter[0] / np.maximum(count[0], 1), most_w)
    for user in range(users):
        own, k = server[0, user], subchannel[0, user]
        others = [share_w[b] * gain[0, user, b] for b in range(stations) if b != own and k in subchannel[server == b]]
        sinr = sinr_of(share_w[own] * gain[0, user, own], sum(others), NOISE)
        assert rate[0, user] == pytest.approx(2.0 * spectral_efficiency(np.array(sinr), law), rel=1e-9)
    one = np.ones(stations, int)
    cells, own = gain[0, 0].reshape(1, 1, stations), int((full_w * gain[0, 0]).argmax())
    radio = (*physics, law.table, 2.0)
    told = forecast_rate(
        0.0,
        0.0,
        cells,
        1.0,
        2.0,
        np.ones(stations),
        np.zeros(0),
        one,
        np.minimum(full_w, most_w),
        radio,
        np.empty(stations),
    )
    heard = np.minimum(full_w, most_w) * gain[0, 0]
    sinr = sinr_of(heard[own], heard.sum() - heard[own], NOISE)
    assert told == pytest.approx(2.0 * spectral_efficiency(np.array(sinr), law), rel=1e-9)


@given(SEEDS)
def test_the_power_policy_says_the_same(seed):
    draw = np.random.default_rng(seed)
    rows, subchannels, stations = 2, 3, 4
    gain = 10.0 ** draw.uniform(-1.0, 3.0, (rows, subchannels, stations, stations))
    active = (draw.random((rows, subchannels, stations)) < 0.7).astype(float)
    share = draw.uniform(0.05, 1.0, (rows, stations, subchannels))
    tensors = (torch.tensor(part, dtype=torch.float64) for part in (gain, active, share))
    view_gain, view_active, view_share = tensors
    found, _ = SubchannelView(view_gain, view_active).efficiency(view_share, 1.0)
    heard = gain * (share.transpose(0, 2, 1) * active)[:, :, None, :]
    own = np.einsum("nkbb->nkb", heard)
    expected = spectral_efficiency(sinr_of(own, heard.sum(axis=3) - own, 1.0), None) * active
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize("seed", range(8))
def test_the_gradients_physics_is_the_judges(seed):
    draw = np.random.default_rng(seed)
    world = open_world(
        stations=[station(f"gbs-{n}", *draw.uniform(-900.0, 900.0, 2)) for n in range(3)],
        ground=[walker_on_foot(f"gu-{n}", *draw.uniform(-900.0, 900.0, 2)) for n in range(5)],
        slots=3,
    )
    shape = (world.slots, world.station_count * world.subchannels)
    link = np.stack([draw.permutation(np.r_[np.arange(shape[1]), -1, -1])[: world.user_count] for _ in range(3)])
    which, subchannel = np.where(link < 0, -1, link // world.subchannels), np.where(link < 0, -1, link % 2)
    positions_m = np.zeros((world.slots + 1, 0, 3))
    share = draw.uniform(0.05, 0.5, (world.slots, world.station_count, world.subchannels))
    decision = Decision(which, subchannel, positions_m, share * world.station_max_power_w[:, None], "active")
    gains = world.gains(positions_m)
    links = LinkTensors.of(world, decision, gains)
    found, _ = efficiencies(links, None, None, torch.tensor(share[None], dtype=torch.float32))
    expected = spectral_efficiency(evaluate(world, decision, gains).active.sinr, None)
    np.testing.assert_allclose(found[0].numpy(), expected, rtol=2e-3, atol=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_the_twin_says_the_same(seed):
    window = random_window(seed, stations=2, beams=2, users=3, subbands=2, cycles=2)
    point = random_point(window, seed)
    power = point.plan.power
    found, tangent = twin_efficiency(window, power), tangent_at(window, point, 1.0)
    for link, (transmitter, user) in enumerate(zip(window.link_transmitter, window.link_user, strict=True)):
        heard = window.heard[:, user, None, :] * power  # (transmitters, subbands, cycles)
        others = np.delete(heard, transmitter, axis=0).sum(axis=0)
        assert found[link] == pytest.approx(spectral_efficiency(sinr_of(heard[transmitter], others, 1.0), None))
        assert tangent.noise[link] == pytest.approx(others + 1.0)
        assert tangent.total[user] == pytest.approx(heard.sum(axis=0) + 1.0)
