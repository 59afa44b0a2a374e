"""The SINR floors (7f) and who counts as served: for the judge, the constraint check, methods, pages and reports."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from itnt_core.arrays import BoolArray
from itnt_core.scenario import Scenario
from itnt_core.units import from_db

UNSERVED = -1  # the station and the subchannel of a user without a link
Convention = Literal["always_on", "active"]
TOLERANCE = 1e-6  # what every constraint lets pass: metres, and relative for powers and SINR


def min_sinr_db(scenario: Scenario, convention: Convention) -> float:
    """Return gamma0 of a convention in dB: what is asked, and no less than the rate law needs to carry anything."""
    qos = scenario.qos
    asked_db = qos.min_sinr_always_on_db if convention == "always_on" else qos.min_sinr_active_db
    return max(asked_db, scenario.radio.rate_law.least_sinr_db)


def least_sinr(scenario: Scenario, convention: Convention) -> float:
    """Return the least SINR, linear, that still counts as a convention's floor: gamma0 less the tolerance."""
    return from_db(min_sinr_db(scenario, convention)) * (1.0 - TOLERANCE)


def is_linked(station: ArrayLike) -> BoolArray:
    """Say who has a link, from the indices of stations (:data:`UNSERVED` where there is none); same shape.

    >>> is_linked([0, -1, 2])
    array([ True, False,  True])
    """
    return np.asarray(station) >= 0


def is_served(scenario: Scenario, convention: Convention, station: ArrayLike, sinr: ArrayLike) -> BoolArray:
    """Say who is served: linked to a station (index, -1 for none) at or above the convention's floor; same shapes.

    ``sinr`` is linear. Whoever is not served is outage.
    """
    return is_linked(station) & (np.asarray(sinr) >= least_sinr(scenario, convention))
