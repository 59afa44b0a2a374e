"""Rain and gas on satellite links by Recommendations ITU-R P.618 and P.676, through the optional library ITU-Rpy."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from itnt_core.scenario import Problem, Scenario, ScenarioError

from .laws import Array

LOWEST_DEG = 5.0  # where the slant-path formula of P.676 annex 2 begins
NODES_DEG = np.arange(LOWEST_DEG, 91.0)
GAS_PERCENT_FLOOR = 1.0  # P.618-13 clause 2.5: below 1 % of the year, gas is taken at 1 %
CIRCULAR_TILT_DEG = 45.0


@dataclass(frozen=True, eq=False)
class SlantLoss:
    """Attenuation over elevation: a table in steps of 1 deg from 5 to 90 deg, linear between, held below 5 deg."""

    loss_db: Array  # (86,)

    def __call__(self, elevation_deg: Array) -> Array:
        """Return the attenuation in dB at elevations in degrees (any shape)."""
        return np.interp(elevation_deg, NODES_DEG, self.loss_db)


NO_LOSS = SlantLoss(np.zeros(len(NODES_DEG)))


def slant_loss(scenario: Scenario) -> SlantLoss:
    """Return what the scenario's atmosphere takes from a satellite link, by elevation.

    Raises ScenarioError when the library that the choice needs is not installed.
    """
    return ATMOSPHERES[scenario.channel.atmosphere](scenario)


def _clear(scenario: Scenario) -> SlantLoss:
    """Return no attenuation: TR 38.811 clause 6.6.4 leaves gas out below 10 GHz and above 10 deg."""
    del scenario
    return NO_LOSS


def _itu(scenario: Scenario) -> SlantLoss:
    """Return rain plus gas at the area's anchor (P.618-13 clause 2.5 without its clouds and scintillation)."""
    area, channel = scenario.area, scenario.channel
    return SlantLoss(_table(area.lat, area.lon, scenario.radio.carrier_ghz, channel.rain_exceeded_percent))


@lru_cache(maxsize=64)
def _table(lat: float, lon: float, carrier_ghz: float, percent: float) -> Array:
    table = rain_db(lat, lon, carrier_ghz, percent, NODES_DEG) + gas_db(lat, lon, carrier_ghz, percent, NODES_DEG)
    table.flags.writeable = False
    return table


ATMOSPHERES: dict[str, Callable[[Scenario], SlantLoss]] = {"none": _clear, "itu": _itu}


def rain_db(
    lat: float,
    lon: float,
    carrier_ghz: float,
    percent: float,
    elevation_deg: Array,
    polarisation_tilt_deg: float = CIRCULAR_TILT_DEG,
) -> Array:
    """Return the rain attenuation (n,) in dB exceeded for a percentage of an average year at elevations (n,).

    ITU-R P.618-13 clause 2.2.1.1 with the rain rate of P.837-7, the specific attenuation of P.838-3 and the rain height
    of P.839-4 at a place in degrees; valid for 0.001 to 5 %. Users in the air count as on the ground.
    """
    itur = _library()
    height_km = itur.topographic_altitude(lat, lon).value
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loss = itur.rain_attenuation(
            lat, lon, carrier_ghz, elevation_deg, hs=height_km, p=percent, tau=polarisation_tilt_deg
        )
    return np.asarray(loss.value, dtype=float)


def gas_db(lat: float, lon: float, carrier_ghz: float, percent: float, elevation_deg: Array) -> Array:
    """Return the attenuation (n,) in dB by oxygen and water vapour at elevations (n,) from 5 to 90 deg.

    ITU-R P.676-12 annex 2 with the temperature of P.1510, the pressure of P.835 and the water vapour of P.836 that is
    exceeded for the percentage of the year, but never rarer than 1 %.
    """
    itur = _library()
    share = max(percent, GAS_PERCENT_FLOOR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library warns of elevations outside 5 to 90 deg when there are none
        height = itur.topographic_altitude(lat, lon)
        loss = itur.gaseous_attenuation_slant_path(
            carrier_ghz,
            elevation_deg,
            itur.surface_water_vapour_density(lat, lon, share, height),
            itur.standard_pressure(height),
            itur.surface_mean_temperature(lat, lon),
            itur.total_water_vapour_content(lat, lon, share, height),
            height,
            mode="approx",
        )
    return np.asarray(loss.value, dtype=float)


def _library() -> Any:
    """Import ITU-Rpy, which takes seconds and sets numpy's error handling for everybody unless it is kept from it."""
    try:
        with np.errstate(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import itur
    except ImportError as error:
        remedy = "run pip install -r requirements-atmosphere.txt, or choose 'none'"
        allowed = "the package itur that computes it is not installed"
        raise ScenarioError([Problem("The atmosphere of the channel", "'itu'", allowed, remedy)]) from error
    return itur
