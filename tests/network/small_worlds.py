"""Small scenarios on open ground, whose numbers fit on a sheet of paper."""

from itnt_core.network import World, build_world
from itnt_core.scenario import (
    AerialUser,
    Antenna,
    Area,
    Channel,
    City,
    GroundStation,
    GroundUser,
    Pass,
    Point,
    Radio,
    Scenario,
    TimeGrid,
    check_scenario,
)

ISOTROPIC = Antenna(kind="isotropic", gain_dbi=0.0)


def station(identifier, east_m, north_m, height_m=25.0, **fields):
    fields.setdefault("antenna", ISOTROPIC)
    return GroundStation(id=identifier, east_m=east_m, north_m=north_m, height_m=height_m, **fields)


def flyer(identifier, start, destination=None, **fields):
    """An aerial user between two points (east, north, height); it hovers when only one is given."""
    a, b = (
        Point(east_m=point[0], north_m=point[1], height_m=point[2])
        for point in (start, start if destination is None else destination)
    )
    return AerialUser(id=identifier, start=a, destination=b, **fields)


def walker_on_foot(identifier, east_m, north_m, height_m=1.5):
    return GroundUser(id=identifier, east_m=east_m, north_m=north_m, height_m=height_m)


def satellite(identifier="leo-1", **fields):
    """A hand-made pass; overhead at the end of the first slot unless told otherwise."""
    return Pass(id=identifier, **{"max_elevation_deg": 90.0, "culmination_s": 2.0, **fields})


def open_scenario(
    stations=(), passes=(), aerial=(), ground=(), slots=1, subchannels=2, model="free_space", **fields
) -> Scenario:
    """A checked scenario on open ground; the literal model without a rate cap unless told otherwise."""
    settings = {
        "area": Area(size_m=4000.0),
        "radio": Radio(subchannels=subchannels, spectral_efficiency_cap=None),
        "channel": Channel(model=model),
        **fields,
    }
    scenario = Scenario(
        time=TimeGrid(slots=slots),
        city=City(kind="open"),
        ground_stations=tuple(stations),
        passes=tuple(passes),
        aerial_users=tuple(aerial),
        ground_users=tuple(ground),
        **settings,
    )
    assert check_scenario(scenario) == []
    return scenario


def open_world(**fields) -> World:
    return build_world(open_scenario(**fields))
