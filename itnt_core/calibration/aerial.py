"""The aerial case of the exam: an echo of a target over one site, TR 38.901 V19 clause 7.9.6.1 at 6 GHz.

The site listens to its own signal, so the way to the target counts twice, with the same shadowing both ways; the
target reflects what its radar cross section says.
"""

from __future__ import annotations

import numpy as np

from itnt_core.arrays import Array
from itnt_core.flight import straight_flight
from itnt_core.network import build_world
from itnt_core.radio import laws, named_generator
from itnt_core.scenario import (
    AerialUser,
    Antenna,
    Area,
    Channel,
    City,
    GroundStation,
    Point,
    Radio,
    Scenario,
    TimeGrid,
    free_ids,
)
from itnt_core.units import to_db

from .cases import CARRIER_GHZ

TARGETS = 200  # of a drop: as many as a scenario may hold
RADIUS_M, HEIGHT_M, SITE_HEIGHT_M = 500.0, 200.0, 25.0
CROSS_SECTION_DBSM = -12.81  # of the target, a small UAV
BANDWIDTH_KHZ = 100_000.0
SHADOW_CORRELATION_M = 37.0  # UMa in line of sight (TR 38.901 table 7.5-6)


def aerial_drop(seed: int, targets: int = TARGETS) -> Scenario:
    """Return the scenario: one round site with no gain over open ground, targets that hover, placed by the seed."""
    site = GroundStation(
        id="site-1",
        east_m=0.0,
        north_m=0.0,
        height_m=SITE_HEIGHT_M,
        antenna=Antenna(kind="isotropic", gain_dbi=0.0),
    )
    return Scenario(
        name="Calibration, aerial targets (UMa-AV), 6 GHz",
        description="The case of one site and a target of 3GPP TR 38.901 V19, clause 7.9.6.1, as a scenario",
        seed=seed,
        area=Area(size_m=2.0 * RADIUS_M + 200.0),
        time=TimeGrid(slots=1),
        radio=Radio(carrier_ghz=CARRIER_GHZ, subchannels=1, subchannel_khz=BANDWIDTH_KHZ),
        channel=Channel(deployment="uma", fading=False, shadow_correlation_m=SHADOW_CORRELATION_M),
        city=City(kind="open"),
        ground_stations=(site,),
        aerial_users=_targets(seed, targets),
    )


def echo_losses_db(scenario: Scenario) -> Array:
    """Return the coupling losses (I,) of all echoes, as gains in dB: minus twice the path loss, plus what is reflected.

    The reflection of a cross section s is 4 pi s / wavelength^2 over two ways between antennas without gain.
    """
    world = build_world(scenario)
    gain_db = to_db(world.aerial_gains(straight_flight(scenario))[0, :, 0])
    wavelength_m = laws.SPEED_OF_LIGHT_M_S / (scenario.radio.carrier_ghz * 1e9)
    return 2.0 * gain_db + CROSS_SECTION_DBSM + float(to_db(4.0 * np.pi / wavelength_m**2))


def _targets(seed: int, count: int) -> tuple[AerialUser, ...]:
    draw = named_generator(seed, "calibration", "uma-av")
    ring = (np.arange(count) + draw.random(count)) / count  # one target in each ring of the disc, all of equal area
    away_m, angle = RADIUS_M * np.sqrt(ring), draw.uniform(0.0, 2.0 * np.pi, count)
    places = [
        Point(east_m=float(east), north_m=float(north), height_m=HEIGHT_M)
        for east, north in zip(away_m * np.cos(angle), away_m * np.sin(angle), strict=True)
    ]
    return tuple(
        AerialUser(id=name, start=place, destination=place, min_separation_m=0.0)
        for name, place in zip(free_ids("aerial_users", ()), places, strict=False)
    )
