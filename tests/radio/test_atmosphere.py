"""Rain and gas on satellite links against ITU-R's own tables and validation examples."""

import sys
from importlib.util import find_spec

import numpy as np
import pytest

from itnt_core.bounds import aerial_gain_bounds
from itnt_core.radio.atmosphere import LOWEST_DEG, NO_LOSS, NODES_DEG, gas_db, rain_db, slant_loss
from itnt_core.scenario import Channel, Radio, Scenario, ScenarioError, check_scenario, format_scenario, parse_scenario
from tests.network.small_worlds import flyer, open_scenario, open_world, satellite, station, walker_on_foot

itur_needed = pytest.mark.skipif(
    find_spec("itur") is None, reason="the optional package itur (requirements-atmosphere.txt) is not installed"
)
last_digits = 5e-4  # relative; the examples themselves hold two rain rates for Delhi, 1.2e-4 apart

# Recommendation ITU-R P.838-3, table 5: GHz | k_H | alpha_H | k_V | alpha_V
P838_TABLE_5 = """
1 | 0.0000259 | 0.9691 | 0.0000308 | 0.8592
2 | 0.0000847 | 1.0664 | 0.0000998 | 0.9490
4 | 0.0001071 | 1.6009 | 0.0002461 | 1.2476
6 | 0.0007056 | 1.5900 | 0.0004878 | 1.5728
"""
# Validation examples of ITU-R study group 3 for P.618-13 (the same values stand in those for P.618-14):
# latitude, longitude, GHz, elevation deg, polarisation tilt deg, % of a year, rain dB
P618_EXAMPLES = [
    (51.5, -0.14, 14.25, 31.07699124, 0.0, 1.0, 0.495317069),
    (51.5, -0.14, 14.25, 31.07699124, 0.0, 0.1, 2.185847422),
    (51.5, -0.14, 14.25, 31.07699124, 0.0, 0.01, 6.798072267),
    (41.9, 12.49, 14.25, 40.232036, 0.0, 0.1, 2.696765133),
    (51.5, -0.14, 29.0, 31.07699124, 0.0, 0.1, 8.570058374),
    (25.78, -80.22, 14.25, 52.67898486, 0.0, 0.01, 16.42980703),
    (28.717, 77.3, 14.25, 48.24117054, 90.0, 1.0, 1.274463613),
]
# The same for P.676-12: latitude, longitude, GHz, elevation deg, % of a year, gas dB
P676_EXAMPLES = [
    (51.5, -0.14, 14.25, 31.07699124, 1.0, 0.226874038),
    (41.9, 12.49, 14.25, 40.232036, 1.0, 0.189480858),
    (51.5, -0.14, 29.0, 31.07699124, 1.0, 0.837659939),
    (25.78, -80.22, 14.25, 52.67898486, 1.0, 0.2232322),
]


def wet(percent=0.1, carrier_ghz=2.0, **fields):
    """A scenario on open ground with the atmosphere on, one satellite that passes overhead."""
    return open_scenario(
        stations=[station("a", 100.0, 0.0)],
        passes=[satellite(max_elevation_deg=60.0, culmination_s=150.0)],
        aerial=[flyer("au", (0.0, 0.0, 100.0))],
        ground=[walker_on_foot("gu", 50.0, 50.0)],
        slots=4,
        radio=Radio(subchannels=2, carrier_ghz=carrier_ghz),
        **{
            "channel": Channel(model="free_space", fading=False, atmosphere="itu", rain_exceeded_percent=percent),
            **fields,
        },
    )


@itur_needed
@pytest.mark.parametrize("line", P838_TABLE_5.strip().splitlines())
def test_rain_coefficients_of_the_band_are_those_of_p838_table_5(line):
    from itur.models.itu838 import rain_specific_attenuation_coefficients

    carrier, *expected = (float(word) for word in line.split("|"))
    found = [value for tilt in (0.0, 90.0) for value in rain_specific_attenuation_coefficients(carrier, 0.0, tilt)]
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=5e-8)


@itur_needed
@pytest.mark.parametrize("example", P618_EXAMPLES, ids=str)
def test_rain_is_that_of_the_validation_examples(example):
    lat, lon, carrier, elevation, tilt, percent, expected = example
    found = rain_db(lat, lon, carrier, percent, np.array([elevation]), tilt)
    np.testing.assert_allclose(found, [expected], rtol=last_digits)


@itur_needed
@pytest.mark.parametrize("example", P676_EXAMPLES, ids=str)
def test_gas_is_that_of_the_validation_examples(example):
    lat, lon, carrier, elevation, percent, expected = example
    np.testing.assert_allclose(gas_db(lat, lon, carrier, percent, np.array([elevation])), [expected], rtol=last_digits)


@itur_needed
def test_gas_at_2_ghz_is_what_budgets_allow_for_and_rises_with_the_cosecant():
    """TR 38.821 has 0.1 dB at 30 degrees (second-hand), TR 38.811 eq. 6.6-8 the zenith's over the sine."""
    low, zenith = gas_db(51.5, -0.1, 2.0, 1.0, np.array([30.0, 90.0]))
    assert 0.05 <= low < 0.15 and low == pytest.approx(zenith / np.sin(np.radians(30.0)), rel=0.02)


@itur_needed
def test_rain_rarer_than_one_percent_meets_the_gas_of_one_percent():
    elevation = np.array([30.0])
    assert gas_db(51.5, -0.1, 6.0, 0.01, elevation) == gas_db(51.5, -0.1, 6.0, 1.0, elevation)


@itur_needed
@pytest.mark.parametrize("carrier_ghz", [2.0, 6.0])
def test_loss_falls_with_elevation_and_grows_with_rarity(carrier_ghz):
    often, rare = (slant_loss(wet(percent, carrier_ghz)).loss_db for percent in (1.0, 0.01))
    assert (np.diff(often) < 0.0).all() and (np.diff(rare) < 0.0).all()
    assert (rare > often).all() and (often > 0.0).all()


@itur_needed
def test_loss_between_two_nodes_is_that_of_the_formula_and_held_below_five_degrees():
    scenario = wet(0.01, 6.0)
    elevation = np.array([5.5, 12.3, 44.5, 71.7])
    area = scenario.area
    exact = sum(part(area.lat, area.lon, 6.0, 0.01, elevation) for part in (rain_db, gas_db))
    loss = slant_loss(scenario)
    np.testing.assert_allclose(loss(elevation), exact, atol=0.015)
    assert loss(np.array([1.0])) == loss(np.array([LOWEST_DEG]))


@itur_needed
@pytest.mark.parametrize("model", ["free_space", "power_law", "urban"])
def test_satellite_gains_lose_exactly_the_table_and_base_stations_nothing(model):
    channels = [Channel(model=model, fading=False, atmosphere=kind) for kind in ("none", "itu")]
    clear, rainy = (open_world(**_parts(channel)) for channel in channels)
    elevation = clear.sky.elevation_deg[:, 0]
    lost = 10.0 * np.log10(clear.ground_gains[:, 0, :, 0] / rainy.ground_gains[:, 0, :, 0])
    np.testing.assert_allclose(lost[:, 0], 0.0, atol=1e-12)
    np.testing.assert_allclose(lost[:, 1], slant_loss(rainy.scenario)(elevation), atol=1e-3)


def _parts(channel):
    return {
        "stations": [station("a", 100.0, 0.0)],
        "ground": [walker_on_foot("gu", 0.0, 0.0)],
        "slots": 4,
        "passes": [satellite(max_elevation_deg=60.0, culmination_s=150.0)],
        "channel": channel,
    }


@itur_needed
def test_bounds_of_satellite_links_hold_in_the_rain():
    world = open_world(
        **{
            **_parts(Channel(model="free_space", fading=False, atmosphere="itu")),
            "aerial": [flyer("au", (0.0, 0.0, 100.0))],
        }
    )
    ceiling, floor = aerial_gain_bounds(world)
    gains = world.aerial_gains(np.tile([0.0, 0.0, 100.0], (world.slots + 1, 1, 1)))
    assert (gains <= ceiling).all() and (gains >= floor).all()


def test_without_a_choice_nothing_is_lost():
    assert slant_loss(Scenario()) is NO_LOSS
    assert (NO_LOSS(NODES_DEG) == 0.0).all()


def test_scenarios_without_an_atmosphere_are_written_as_before_it_existed():
    text = format_scenario(Scenario(), "json")
    assert "atmosphere" not in text and "rain" not in text
    assert Scenario().content_hash() != Scenario(channel=Channel(atmosphere="itu")).content_hash()


def test_an_atmosphere_survives_its_file():
    scenario = wet(0.5)
    for form in ("yaml", "json"):
        assert parse_scenario(format_scenario(scenario, form)) == scenario


def test_rain_below_one_gigahertz_is_refused_with_a_sentence():
    channel, radio = Channel(atmosphere="itu"), Radio(carrier_ghz=0.7)
    scenario = wet().model_copy(update={"channel": channel, "radio": radio})
    assert [problem.sentence for problem in check_scenario(scenario)] == [
        "The atmosphere of the channel is 'itu' at 0.7 GHz, but ITU-R's rain begins at 1 GHz: raise the carrier or "
        "choose 'none'."
    ]


def test_without_the_library_one_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "itur", None)
    with pytest.raises(ScenarioError, match=r"not installed: run pip install -r requirements-atmosphere.txt"):
        slant_loss(wet(0.37))
