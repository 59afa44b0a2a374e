"""Ready scenarios: templates put onto the ground of their city.

It stands above the rooms because a preset needs both the scenario's format and the city's free ground and roofs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from itnt_core.calibration import CASES, DROPPED_USERS, LINKED_USERS, TARGETS, aerial_drop, drop, satellite_link
from itnt_core.city import City, build_city
from itnt_core.flight import straight_flight
from itnt_core.radio import named_generator
from itnt_core.scenario import (
    AerialUser,
    Antenna,
    Area,
    Channel,
    GroundStation,
    GroundUser,
    Pass,
    Point,
    Problem,
    Radio,
    Scenario,
    ScenarioError,
    TimeGrid,
    station_height_m,
)
from itnt_core.scenario import City as CitySpec

DRAWS = 200  # of a place before it is given up
LEG_SHARE = (0.35, 0.8)  # of what an aerial user could reach, so that missions leave room to manoeuvre


@dataclass(frozen=True)
class Template:
    """A preset before its users and stations are put on the ground."""

    description: str
    base: Scenario
    stations_m: tuple[tuple[float, float], ...]
    users: int
    aerial_users: int
    max_speed_m_s: float = 45.0
    antenna: Antenna = field(default_factory=Antenna)


def _default_passes(culmination_s: float) -> tuple[Pass, ...]:
    return (
        Pass(
            id="leo-1",
            name="North-east pass",
            altitude_km=500.0,
            max_elevation_deg=82.0,
            heading_deg=48.0,
            culmination_s=culmination_s,
            side="left",
        ),
        Pass(
            id="leo-2",
            name="South-east pass",
            altitude_km=550.0,
            max_elevation_deg=64.0,
            heading_deg=132.0,
            culmination_s=0.4 * culmination_s,
            side="right",
        ),
    )


def _four_corners(offset_m: float) -> tuple[tuple[float, float], ...]:
    """Return four sites, turned a little so that they do not sit on the axes of symmetry of the square."""
    return (
        (-1.05 * offset_m, 0.95 * offset_m),
        (0.95 * offset_m, 1.0 * offset_m),
        (-0.95 * offset_m, -1.0 * offset_m),
        (1.05 * offset_m, -0.9 * offset_m),
    )


def _rush_hour() -> Scenario:
    """Return what is not the default's: evening, few places a station, satellites as low as those for phones are."""
    low = {"altitude_km": 360.0}
    setting, rising = _default_passes(10.0)
    return Scenario(
        name="London evening",
        seed=3,
        time=TimeGrid(start=datetime(2026, 6, 21, 17, 30, tzinfo=UTC)),
        radio=Radio(subchannels=6),
        passes=(
            setting.model_copy(update=low | {"max_elevation_deg": 80.0}),
            rising.model_copy(update=low | {"max_elevation_deg": 74.0, "culmination_s": 110.0}),
        ),
    )


TEMPLATES: dict[str, Template] = {
    "london-4km": Template(
        "4 km of central London, 4 GBSs, 2 LEO passes, 3 aerial and 21 ground users, 120 s: the default",
        Scenario(name="London 4 km", passes=_default_passes(60.0)),
        _four_corners(900.0),
        24,
        3,
    ),
    "london-evening": Template(
        "The same London at the evening rush: 3 GBSs of 6 places, none in the south-east, one satellite that sinks and "
        "one that rises, 5 aerial and 25 ground users: not all can be served",
        _rush_hour(),
        _four_corners(900.0)[:3],
        30,
        5,
    ),
    "london-2km": Template(
        "2 km around the City and the Thames, slower aerial users, denser stations",
        Scenario(name="London 2 km", area=Area(size_m=2000.0), passes=_default_passes(60.0)),
        _four_corners(450.0),
        24,
        3,
        max_speed_m_s=30.0,
    ),
    "paper-free-space": Template(
        "Open ground and the paper's literal channel: free space, Rayleigh fading on ground links",
        Scenario(
            name="Paper, free space",
            radio=Radio(spectral_efficiency_cap=None),
            channel=Channel(model="free_space", shadowing=False),
            city=CitySpec(kind="open"),
            passes=_default_passes(60.0),
        ),
        _four_corners(900.0),
        24,
        3,
        antenna=Antenna(kind="isotropic", gain_dbi=0.0),
    ),
    "tiny": Template(
        "600 m of the City, 2 GBSs, 1 pass, 1 aerial and 4 ground users, 8 slots: seconds, for trying and testing",
        Scenario(
            name="Tiny",
            area=Area(lon=-0.0845, lat=51.5135, size_m=600.0),
            time=TimeGrid(slots=8),
            radio=Radio(subchannels=3),
            passes=_default_passes(8.0)[:1],
        ),
        ((-150.0, 120.0), (160.0, -140.0)),
        5,
        1,
        max_speed_m_s=30.0,
    ),
}
PRESETS: dict[str, str] = {name: template.description for name, template in TEMPLATES.items()}
# Scenarios of somebody else's, taken as they are: nothing of them is put on any ground.
EXAMS: dict[str, str] = {
    "calibration-uma": "3GPP's calibration (TR 38.901, 7.8.1): 19 macro sites with 3 sectors each, 570 users, 6 GHz",
    "calibration-umi": "The same in street canyons: sites 200 m apart, 10 m high",
    "calibration-uma-av": "3GPP's aerial calibration (TR 38.901 V19, 7.9.6.1): one site, 200 targets 200 m up, 6 GHz",
    "calibration-leo": "3GPP's satellite link budget (TR 38.821, SC9): LEO-600 at 30 degrees, S band, handhelds, 2 GHz",
}
DEFAULT_PRESET = "london-4km"


def preset(
    name: str = DEFAULT_PRESET,
    users: int | None = None,
    aerial_users: int | None = None,
    seed: int | None = None,
    cache_dir: Path | None = None,
) -> Scenario:
    """Return a ready scenario: stations on the roofs under them, users on free ground, missions that can be flown.

    ``users`` counts aerial and ground users together. Same arguments, same scenario. Raises :class:`ScenarioError`
    when the name is unknown or the numbers cannot be. Those of :data:`EXAMS` have users of one kind alone.
    """
    if name in EXAMS:
        return _exam(name, users, aerial_users, 1 if seed is None else _checked_seed(seed))
    if name not in TEMPLATES:
        known = ", ".join((*TEMPLATES, *EXAMS))
        raise ScenarioError([Problem("The preset", f"'{name}'", f"known are {known}", "choose one of them")])
    template = TEMPLATES[name]
    total = template.users if users is None else users
    aerial = min(template.aerial_users, total) if aerial_users is None else aerial_users
    _check_numbers(total, aerial)
    base = template.base if seed is None else template.base.model_copy(update={"seed": _checked_seed(seed)})
    area = base.area
    city = build_city(base.city.kind, area.lon, area.lat, area.size_m, base.city.seed, cache_dir)
    placed = base.model_copy(
        update={
            "ground_stations": tuple(_station(template, city, number) for number in range(len(template.stations_m))),
            "ground_users": _ground_users(base, city, total - aerial),
        }
    )
    return placed.model_copy(update={"aerial_users": _aerial_users(placed, template, aerial)})


def _exam(name: str, users: int | None, aerial_users: int | None, seed: int) -> Scenario:
    in_the_air, in_space = name == "calibration-uma-av", name == "calibration-leo"
    usual = TARGETS if in_the_air else LINKED_USERS if in_space else DROPPED_USERS
    count = usual if users is None else users
    aerial = (count if in_the_air else 0) if aerial_users is None else aerial_users
    _check_numbers(count, aerial)
    if aerial != (count if in_the_air else 0):
        allowed = f"all {count} users are aerial here" if in_the_air else "all users are on the ground here"
        raise ScenarioError([Problem("The number of aerial users", str(aerial), allowed, "leave it out")])
    if in_the_air:
        return aerial_drop(seed, count)
    if in_space:
        return satellite_link(seed, count)
    return drop(CASES[f"{name.removeprefix('calibration-')}-6ghz"], seed, count)


def _check_numbers(users: int, aerial: int) -> None:
    for label, value, low, high in (
        ("The number of users", users, 1, 5000),
        ("The number of aerial users", aerial, 0, min(users, 200)),
    ):
        if not low <= value <= high:
            raise ScenarioError([Problem(label, str(value), f"{low} to {high} are allowed", "change it")])


def _checked_seed(seed: int) -> int:
    if not 0 <= seed < 2**32:
        raise ScenarioError([Problem("The seed", str(seed), f"0 to {2**32 - 1} are allowed", "change it")])
    return seed


def antenna_height_m(city: City, east_m: float, north_m: float) -> float:
    """Return the height of a GBS antenna placed here: 3 m above the roof, and at least 25 m above ground."""
    return station_height_m(float(city.roof_m(np.array([[east_m, north_m]]))[0]))


def _station(template: Template, city: City, index: int) -> GroundStation:
    east, north = template.stations_m[index]
    return GroundStation(
        id=f"gbs-{index + 1}",
        name=nearest_place(city, east, north),
        east_m=east,
        north_m=north,
        height_m=antenna_height_m(city, east, north),
        antenna=template.antenna,
    )


def nearest_place(city: City, east_m: float, north_m: float) -> str:
    """Return the name of the city's place that is nearest to a point in local metres, '' where it names none."""
    distances = [(float(np.hypot(east - east_m, north - north_m)), name) for name, east, north in city.places]
    return min(distances)[1] if distances else ""


def _ground_users(base: Scenario, city: City, count: int) -> tuple[GroundUser, ...]:
    generator = named_generator(base.seed, "ground users")
    points = np.zeros((0, 2))
    half = base.area.size_m / 2
    while len(points) < count:
        drawn = np.round(generator.uniform(-half, half, (2 * count + 20, 2)), 1)
        points = np.vstack([points, drawn[city.is_free_ground(drawn)]])
    return tuple(
        GroundUser(id=f"gu-{number}", east_m=float(east), north_m=float(north))
        for number, (east, north) in enumerate(points[:count], start=1)
    )


def _aerial_users(scenario: Scenario, template: Template, count: int) -> tuple[AerialUser, ...]:
    """Draw missions one by one whose straight lines keep apart from those before.

    Where many draws find no such line, one will do whose ends keep apart: the flights then evade by height.
    """
    generator = named_generator(scenario.seed, "aerial users")
    users: list[AerialUser] = []
    lines: list[np.ndarray] = []
    for number in range(1, count + 1):
        second_best: AerialUser | None = None
        for _ in range(DRAWS):
            user = _draw_mission(scenario, template, number, generator)
            line = _line(scenario, user)
            gaps = np.linalg.norm(np.array(lines) - line, axis=2) if lines else np.full((1, 1), np.inf)
            if gaps.min() >= 2.0 * user.min_separation_m:
                break
            if min(gaps[:, 0].min(), gaps[:, -1].min()) >= user.min_separation_m:
                second_best = user
        else:
            if second_best is None:
                raise ScenarioError([_too_crowded(number, count)])
            user, line = second_best, _line(scenario, second_best)
        users.append(user)
        lines.append(line)
    return tuple(users)


def _too_crowded(number: int, count: int) -> Problem:
    return Problem(
        "The number of aerial users",
        str(count),
        f"no room was found for number {number} at its distance from the others",
        "use fewer aerial users or a larger preset",
    )


def _line(scenario: Scenario, user: AerialUser) -> np.ndarray:
    """Return the straight flight (slots + 1, 3) of one user alone."""
    return straight_flight(scenario.model_copy(update={"aerial_users": (user,)}))[:, 0]


def _draw_mission(scenario: Scenario, template: Template, number: int, generator: np.random.Generator) -> AerialUser:
    half = 0.95 * scenario.area.size_m / 2
    reach = template.max_speed_m_s * scenario.time.duration_s
    low, high = (share * min(reach, 2.2 * half) for share in LEG_SHARE)
    inside: Callable[[np.ndarray], bool] = lambda point: bool(np.abs(point).max() <= half)  # noqa: E731
    while True:
        start = generator.uniform(-half, half, 2)
        angle, leg = generator.uniform(0.0, 2.0 * np.pi), generator.uniform(low, high)
        end = start + leg * np.array([np.cos(angle), np.sin(angle)])
        if inside(end):
            break
    start_height = float(np.round(generator.uniform(80.0, 160.0)))
    climb = min(40.0, 0.5 * 5.0 * scenario.time.duration_s)
    end_height = float(np.round(start_height + generator.uniform(-0.7 * climb, climb)))

    def point(place: np.ndarray, height_m: float) -> Point:
        return Point(east_m=float(np.round(place[0], 1)), north_m=float(np.round(place[1], 1)), height_m=height_m)

    return AerialUser(
        id=f"au-{number}",
        start=point(start, start_height),
        destination=point(end, end_height),
        max_speed_m_s=template.max_speed_m_s,
    )
