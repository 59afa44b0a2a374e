"""A drop: the scenario that a case of the exam describes, its users placed by a seed."""

from __future__ import annotations

from typing import Literal

import numpy as np

from itnt_core.arrays import Array
from itnt_core.radio import named_generator
from itnt_core.scenario import (
    Area,
    Channel,
    City,
    GroundStation,
    GroundUser,
    Radio,
    Scenario,
    TimeGrid,
    free_ids,
    sector_antennas,
)
from itnt_core.units import dbm_to_watts, to_db

from .cases import (
    BANDWIDTH_KHZ,
    CARRIER_GHZ,
    DOWNTILT_DEG,
    DROPPED_USERS,
    ELEMENT_GAIN_DBI,
    ELEMENTS,
    INDOOR_SHARE,
    LEAST_FLOORS,
    MOST_FLOORS,
    NOISE_FIGURE_DB,
    SHADOW_CORRELATION_M,
    Case,
)

RINGS = 2  # of sites around the one in the middle: 19 in all
FIRST_AZIMUTH_DEG = 30.0  # of the sectors, clockwise from north
REPEAT = (5, -2)  # steps along the lattice to the same place of the next copy of 19 sites: 5^2 - 5 * 2 + 2^2 = 19
AREA_SHARE = 6.0  # of the distance between sites: a square around all of them
INDOORS: dict[bool, Literal["low_loss", "high_loss"]] = {True: "low_loss", False: "high_loss"}
SITE_CORRELATION = 0.5  # of the shadowing of two sites


def drop(case: Case, seed: int, users: int = DROPPED_USERS, downtilt_deg: float = DOWNTILT_DEG) -> Scenario:
    """Return the scenario of a case: open ground, 57 sectors at full power on one band, users placed by the seed.

    Whole carriers count, so the band is one subchannel. The rate is Shannon's; nothing moves, so a slot suffices.
    """
    return Scenario(
        name=f"Calibration, {case.title}",
        description="The large-scale calibration of 3GPP TR 38.901, clause 7.8.1, as a scenario",
        seed=seed,
        area=Area(size_m=AREA_SHARE * case.site_distance_m),
        time=TimeGrid(slots=1),
        radio=Radio(
            carrier_ghz=CARRIER_GHZ,
            subchannels=1,
            subchannel_khz=BANDWIDTH_KHZ,
            noise_figure_db=NOISE_FIGURE_DB,
        ),
        channel=Channel(
            deployment=case.deployment,
            fading=False,
            shadow_correlation_m=SHADOW_CORRELATION_M,
            site_correlation=SITE_CORRELATION,
        ),
        city=City(kind="open"),
        ground_stations=_stations(case, downtilt_deg),
        ground_users=_users(case, seed, users),
    )


def sites_m(case: Case) -> Array:
    """Return where the sites stand (sites, 2), 19 of them, east and north in metres: a hexagonal lattice."""
    steps = range(-RINGS, RINGS + 1)
    cells = [(along, across) for along in steps for across in steps if abs(along + across) <= RINGS]
    return case.site_distance_m * np.array([_on_lattice(*cell) for cell in cells])


def copies_m(case: Case) -> Array:
    """Return the shifts (copies, 2) in metres of the network to itself and to its six neighbours: wrap-around."""
    along, across = REPEAT
    shifts = [(0.0, 0.0)]
    for _ in range(6):
        shifts.append(_on_lattice(along, across))
        along, across = -across, along + across  # turned by 60 degrees
    return case.site_distance_m * np.array(shifts)


def _on_lattice(along: int, across: int) -> tuple[float, float]:
    return along + across / 2.0, across * np.sqrt(3.0) / 2.0


def _stations(case: Case, downtilt_deg: float) -> tuple[GroundStation, ...]:
    peak_dbi = ELEMENT_GAIN_DBI + float(to_db(ELEMENTS))
    antennas = [
        antenna.model_copy(update={"elements": ELEMENTS, "gain_dbi": peak_dbi, "downtilt_deg": downtilt_deg})
        for antenna in sector_antennas(FIRST_AZIMUTH_DEG)
    ]
    return tuple(
        GroundStation(
            id=f"site-{number}-{letter}",
            east_m=float(east),
            north_m=float(north),
            height_m=case.station_height_m,
            max_power_w=dbm_to_watts(case.power_dbm),
            antenna=antenna,
        )
        for number, (east, north) in enumerate(sites_m(case), start=1)
        for letter, antenna in zip("abc", antennas, strict=True)
    )


def _users(case: Case, seed: int, count: int) -> tuple[GroundUser, ...]:
    """Return users spread evenly over the 19 cells; four in five indoors, on a floor of a building of 4 to 8 floors."""
    draw = named_generator(seed, "calibration", case.name)
    places = _places_m(case, draw, count)
    inside = draw.permutation(count) < round(INDOOR_SHARE * count)
    floors = draw.integers(1, draw.integers(LEAST_FLOORS, MOST_FLOORS + 1, count) + 1)
    kinds = [INDOORS[rank < count / 2] for rank in draw.permutation(count)]
    return tuple(
        GroundUser(
            id=name,
            east_m=float(places[number, 0]),
            north_m=float(places[number, 1]),
            indoor=kinds[number] if inside[number] else "no",
            floor=int(floors[number]) if inside[number] else 1,
        )
        for number, name in zip(range(count), free_ids("ground_users", ()), strict=False)
    )


def _places_m(case: Case, draw: np.random.Generator, count: int) -> Array:
    """Draw places (count, 2) in the 19 cells, none nearer to a site than users come."""
    sites = sites_m(case)
    half_m = case.site_distance_m * (RINGS + 0.5)
    least = case.least_distance_m
    everywhere = (copies_m(case)[:, None] + sites).reshape(-1, 2)
    found = np.zeros((0, 2))
    while len(found) < count:
        drawn = draw.uniform(-half_m, half_m, (2 * count, 2))
        own = np.linalg.norm(drawn[:, None] - sites, axis=2).min(axis=1)
        nearest = np.linalg.norm(drawn[:, None] - everywhere, axis=2).min(axis=1)
        found = np.vstack([found, drawn[(own <= nearest) & (own >= least)]])
    return found[:count]
