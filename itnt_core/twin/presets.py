"""Ready questions about spectrum sharing, put onto the ground of their city."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from itnt_core.scenario import (
    Antenna,
    Area,
    Channel,
    GroundStation,
    GroundUser,
    OrbitGroup,
    Pass,
    Problem,
    Radio,
    SatelliteRadio,
    Scenario,
    ScenarioError,
    TimeGrid,
    station_height_m,
)

from .scenario import Sharing, Traffic, TwinScenario, check_twin

if TYPE_CHECKING:
    from itnt_core.city import City

Sites = tuple[tuple[float, float], ...]
_FEW: Sites = ((-950.0, 820.0), (880.0, -760.0))  # metres east and north of the anchor
# Metres east and north of the anchor.
_MANY: Sites = ((-480.0, 450.0), (430.0, 480.0), (-450.0, -430.0), (470.0, -420.0), (40.0, 20.0))

MOST_ORBITS = 64  # satellites of a group
SATELLITE = SatelliteRadio(max_power_w=1000.0)  # what it sends is limited by the density of its EIRP


def _passes(altitude_km: float = 550.0) -> tuple[Pass, ...]:
    return (
        Pass(
            id="leo-1",
            name="North-east pass",
            altitude_km=altitude_km,
            max_elevation_deg=82.0,
            heading_deg=48.0,
            culmination_s=20.0,
            side="left",
            radio=SATELLITE,
        ),
        Pass(
            id="leo-2",
            name="South-east pass",
            altitude_km=altitude_km,
            max_elevation_deg=64.0,
            heading_deg=132.0,
            culmination_s=35.0,
            side="right",
            radio=SATELLITE,
        ),
    )


def _network(name: str, size_m: float, slots: int, subbands: int) -> Scenario:
    return Scenario(
        name=name,
        area=Area(size_m=size_m),
        time=TimeGrid(start=datetime(2026, 6, 24, 12, 0, tzinfo=UTC), slots=slots, slot_s=1.0),
        radio=Radio(carrier_ghz=3.5, subchannels=subbands, subchannel_khz=5000.0, spectral_efficiency_cap=7.4),
        channel=Channel(fading=False),
        passes=_passes(),
    )


def _a_day() -> Scenario:
    """Return a midsummer's Wednesday from midnight in London under one real constellation, whose satellites pass."""
    from itnt_core.sky import preset_elements  # slow to import, and one preset alone needs it

    start = datetime(2026, 6, 23, 23, 0, tzinfo=UTC)  # London keeps summer time
    constellation = preset_elements("iridium-next", start)
    group = OrbitGroup(
        id="leo",
        source=constellation.name,
        satellites_used=2,
        min_elevation_deg=30.0,
        radio=SATELLITE,
        satellites=constellation.satellites[:MOST_ORBITS],
    )
    network = _network("A day", 4000.0, 3600, 6)
    update = {"passes": (), "orbits": (group,), "time": TimeGrid(start=start, slots=3600, slot_s=24.0)}
    return network.model_copy(update=update)


_Template = tuple[str, Scenario, Sites, int, Traffic, Sharing]
TEMPLATES: dict[str, Callable[[], _Template]] = {
    "short-coverage": lambda: (
        "4 km of London, 2 GBSs, 2 satellites, 14 users, 6 sub-bands of 5 MHz, 40 s: TN coverage short",
        _network("Short coverage", 4000.0, 40, 6),
        _FEW,
        14,
        Traffic(mean_load_mbit_s=9.0),
        Sharing(),
    ),
    "near-sufficient": lambda: (
        "2 km of London, 5 GBSs, 2 satellites, 14 users: the terrestrial network nearly suffices",
        _network("Nearly sufficient", 2000.0, 40, 6),
        _MANY,
        14,
        Traffic(mean_load_mbit_s=9.0),
        Sharing(),
    ),
    "a-day": lambda: (
        "the same 4 km over 24 hours: a Wednesday's traffic, 64 satellites, two of which serve at once: minutes",
        _a_day(),
        _FEW,
        14,
        Traffic(mean_load_mbit_s=3.0),
        Sharing(slots_per_cycle=2, effort="quick"),
    ),
    "toy": lambda: (
        "1 km of the City, 1 GBS, 1 satellite, 3 users, 2 sub-bands, 2 windows of 2 cycles: seconds, for trying",
        _network("Sharing toy", 1000.0, 12, 2).model_copy(update={"passes": _passes()[:1]}),
        ((-180.0, 160.0),),
        3,
        Traffic(mean_load_mbit_s=6.0),
        Sharing(slots_per_cycle=3, cycles_per_window=2, shared_most=1),
    ),
}
TWIN_PRESETS: dict[str, str] = {name: template()[0] for name, template in TEMPLATES.items()}
DEFAULT_TWIN_PRESET = "short-coverage"


def twin_preset(
    name: str = DEFAULT_TWIN_PRESET, seed: int | None = None, users: int | None = None, cache_dir: Path | None = None
) -> TwinScenario:
    """Return a ready scenario: users where people are by day, stations on the roofs under them.

    Same arguments, same scenario. Raises :class:`ScenarioError` for an unknown name or numbers that cannot be.
    """
    if name not in TEMPLATES:
        raise ScenarioError(
            [Problem("The preset", f"'{name}'", f"known are {', '.join(TEMPLATES)}", "choose one of them")]
        )
    _, network, sites, count, traffic, sharing = TEMPLATES[name]()
    if seed is not None:
        if not 0 <= seed < 2**32:
            raise ScenarioError([Problem("The seed", str(seed), f"0 to {2**32 - 1} are allowed", "change it")])
        network = network.model_copy(update={"seed": seed})
    count = count if users is None else users
    if not 1 <= count <= 200:
        raise ScenarioError([Problem("The number of users", str(count), "1 to 200 are allowed", "change it")])
    from itnt_core.city import (
        build_city,  # slow to import, and most who know of this room make no preset
        daytime_points,
    )

    area = network.area
    city = build_city(network.city.kind, area.lon, area.lat, area.size_m, network.city.seed, cache_dir)
    stations = tuple(_station(city, number, *site) for number, site in enumerate(sites, start=1))
    points = daytime_points(city, count, network.seed)
    people = tuple(
        GroundUser(id=f"ue-{number}", east_m=float(east), north_m=float(north))
        for number, (east, north) in enumerate(points, start=1)
    )
    placed = network.model_copy(update={"ground_stations": stations, "ground_users": people})
    scenario = TwinScenario(network=placed, traffic=traffic, sharing=sharing)
    problems = check_twin(scenario)
    if problems:
        raise ScenarioError(problems)
    return scenario


def with_users_moved(scenario: TwinScenario, seed: int, cache_dir: Path | None = None) -> TwinScenario:
    """Return a scenario with its users where a seed places them, as :func:`twin_preset` does; all else is theirs."""
    from itnt_core.city import city_of_scenario, daytime_points

    network = scenario.network
    points = daytime_points(city_of_scenario(network, cache_dir), len(network.ground_users), seed)
    users = tuple(
        user.model_copy(update={"east_m": float(east), "north_m": float(north)})
        for user, (east, north) in zip(network.ground_users, points, strict=True)
    )
    return scenario.model_copy(update={"network": network.model_copy(update={"ground_users": users})})


def _station(city: City, number: int, east_m: float, north_m: float) -> GroundStation:
    return GroundStation(
        id=f"gbs-{number}",
        east_m=east_m,
        north_m=north_m,
        height_m=station_height_m(float(city.roof_m([[east_m, north_m]])[0])),
        max_power_w=40.0,
        antenna=Antenna(gain_dbi=8.0, downtilt_deg=6.0),
    )
