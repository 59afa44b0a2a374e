"""Rate laws against the standards' tables, and what bounds and gradients rest on."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from itnt_core.bounds.link import link_value, most_spent
from itnt_core.compiled_rates import carried
from itnt_core.learning.links import RadioLinks
from itnt_core.network import Decision, evaluate
from itnt_core.qos import is_served, min_sinr_db
from itnt_core.rate_laws import CQI, law_of
from itnt_core.scenario import Qos, Radio, Scenario
from itnt_core.sinr import spectral_efficiency
from itnt_core.units import from_db
from tests.network import plain_rates
from tests.network.small_worlds import open_world, station, walker_on_foot

LAWS = pytest.mark.parametrize("law", [law_of(name, 7.4) for name in plain_rates.NAMES], ids=plain_rates.NAMES)
SINR = 10.0 ** np.linspace(-3.0, 5.0, 3989)  # none of them where a step begins


def test_the_efficiencies_of_nr_are_modulation_times_code_rate():
    assert [(plain_rates.efficiency(bits, rate), db) for bits, rate, db in plain_rates.CQI] == list(CQI)


@LAWS
def test_every_law_says_what_its_standard_says(law):
    found = spectral_efficiency(SINR, law)
    expected = [plain_rates.carried(law.name, 7.4, sinr) for sinr in SINR.tolist()]
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-15)
    assert spectral_efficiency(SINR.reshape(-1, 1), law).shape == (len(SINR), 1)
    shannon = np.log1p(SINR) / np.log(2.0)
    assert [carried(value, law.table) for value in shannon.tolist()] == found.tolist()


@LAWS
def test_a_law_lies_below_shannon_its_ceiling_and_what_is_climbed_in_its_place(law):
    shannon, found = np.log1p(SINR) / np.log(2.0), spectral_efficiency(SINR, law)
    assert (found <= shannon).all() and (np.diff(found) >= 0.0).all()
    assert (found <= law.climbed(shannon) + 1e-12).all()
    assert (found <= [carried(value, law.ceiling) for value in shannon.tolist()]).all()


def test_each_step_begins_where_it_is_said_to_begin():
    law = law_of("nr_cqi", None)
    for rate, sinr_db in CQI:
        at = np.array([from_db(sinr_db) * (1.0 - 1e-9), from_db(sinr_db) * (1.0 + 1e-9)])
        below, above = spectral_efficiency(at, law)
        assert below < above == rate
        assert law.next_sinr(float(at[0])) == pytest.approx(from_db(sinr_db))


@LAWS
@given(st.integers(0, 2**32 - 1))
def test_the_best_power_of_a_priced_link_is_that_of_a_fine_grid(law, seed):
    """The certified bounds rest on it: no power is worth more, and none that pays is dearer."""
    draw = np.random.default_rng(seed)
    signal, interference = 10.0 ** draw.uniform(-1.0, 5.0), 10.0 ** draw.uniform(0.0, 2.0)
    low, high = np.sort(draw.uniform(0.0, 1.0, 2))
    floor = from_db(law.least_sinr_db) if np.isfinite(law.least_sinr_db) else 0.0
    low = max(low, floor * interference / signal)
    power_price = 10.0 ** draw.uniform(-1.0, 1.5) * (draw.random() < 0.9)
    if low > high:
        return
    top_sinr = 2.0 ** (law.limit / law.slope) - 1.0
    value, power = link_value(low, high, signal, interference, 0.0, power_price, law.ceiling, top_sinr)
    tried = np.linspace(low, high, 20_001)
    worth = spectral_efficiency(tried * signal / interference, law) - power_price * tried
    assert low <= power <= high and value >= worth.max() - 1e-12
    own = float(spectral_efficiency(np.array(power * signal / interference * (1.0 + 2e-8)), law)) - power_price * power
    assert value == pytest.approx(own, abs=1e-7)
    if low <= floor * interference / signal * (1.0 + 1e-12) and power_price > 0.0 and value > 0.0:
        assert power * power_price <= most_spent(floor, law.ceiling) * (1.0 + 1e-9)


def test_nobody_is_served_below_what_a_law_can_carry():
    asked = {"qos": Qos(min_sinr_always_on_db=-25.0, min_sinr_active_db=-20.0)}
    floors = {name: min_sinr_db(Scenario(radio=Radio(rate=name), **asked), "active") for name in plain_rates.NAMES}
    assert floors == {"shannon_capped": -20.0, "truncated_shannon": -10.0, "nr_cqi": -3.46}
    scenario = Scenario(radio=Radio(rate="nr_cqi"), **asked)
    sinr = from_db(np.array([-3.5, -3.4]))
    assert is_served(scenario, "active", np.zeros(2), sinr).tolist() == [False, True]
    assert min_sinr_db(Scenario(radio=Radio(rate="nr_cqi"), qos=Qos(min_sinr_active_db=5.0)), "active") == 5.0


@LAWS
def test_the_judge_asks_the_law(law):
    world = open_world(
        stations=[station("gbs", 0.0, 0.0), station("other", 900.0, 0.0)],
        ground=[walker_on_foot(f"gu-{n}", 60.0 * 2.0**n, 5.0) for n in range(6)],
        slots=2,
        subchannels=6,
        radio=Radio(subchannels=6, rate=law.name),
    )
    shape = (world.slots, world.user_count)
    links = np.zeros(shape, dtype=np.int64), np.tile(np.arange(6), (2, 1))
    power = np.full((2, 2, 6), 0.4) * np.array([1.0, 0.01])[:, None, None]
    found = evaluate(world, Decision(*links, np.zeros((3, 0, 3)), power, "active"))
    for result in (found.active, found.always_on):
        expected = [plain_rates.carried(law.name, 7.4, sinr) for sinr in result.sinr.ravel().tolist()]
        assert result.rate_bit_s.ravel() == pytest.approx(np.array(expected) * world.bandwidth_hz)


@LAWS
def test_the_environment_and_what_torch_climbs_ask_the_law(law):
    world = open_world(
        stations=[station("gbs", 0.0, 0.0)],
        ground=[walker_on_foot("gu", 60.0, 5.0)],
        radio=Radio(subchannels=2, rate=law.name),
    )
    expected = [plain_rates.carried(law.name, 7.4, sinr) for sinr in SINR[::50].tolist()]
    assert RadioLinks(world).rate_mbit_s(SINR[::50]) == pytest.approx(np.array(expected) * world.bandwidth_hz / 1e6)
    shannon = np.log2(1.0 + SINR[::50])
    climbed = law.climbed(torch.tensor(shannon, requires_grad=True))
    assert climbed.detach().numpy() == pytest.approx(law.climbed(shannon))
    climbed.sum().backward()  # steps have no slope; what is climbed in their place has one
    assert (law.climbed(shannon * 1.001) >= law.climbed(shannon)).all()


def test_a_scenario_without_a_rate_law_keeps_its_file_and_hash():
    plain, chosen = Scenario(), Scenario(radio=Radio(rate="nr_cqi"))
    assert "rate" not in plain.model_dump()["radio"] and chosen.model_dump()["radio"]["rate"] == "nr_cqi"
    assert plain.content_hash() != chosen.content_hash()
