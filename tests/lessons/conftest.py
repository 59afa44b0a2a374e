"""The tiny scenario, and another one that differs from it in everything a lesson can speak of."""

from contextlib import contextmanager

import pytest

from itnt_core.city import build_city
from itnt_core.lessons import Example, accepted_values
from itnt_core.scenario import GroundStation
from itnt_core.twin.schemes import EFFORTS


def changed(tiny):
    """Return the tiny scenario with another radio, other places, powers, speeds, limits and satellites."""
    stations = tuple(
        gbs.model_copy(update={"id": f"mast-{n}", "east_m": gbs.east_m + 37.0, "height_m": 41.0, "max_power_w": 9.0})
        for n, gbs in enumerate(tiny.ground_stations)
    )
    extra = GroundStation(id="mast-9", east_m=20.0, north_m=250.0, height_m=55.0, max_users=1)
    users = tuple(
        user.model_copy(update={"id": f"person-{n}", "north_m": user.north_m - 11.0})
        for n, user in enumerate((*tiny.ground_users, tiny.ground_users[0].model_copy(update={"east_m": -200.0})))
    )
    aerial = tuple(
        user.model_copy(
            update={
                "id": "drone-1",
                "max_speed_m_s": 41.0,
                "destination": user.destination.model_copy(update={"east_m": user.destination.east_m * 0.5}),
            }
        )
        for user in tiny.aerial_users
    )
    passes = tuple(
        one.model_copy(update={"id": "sat-1", "altitude_km": 700.0, "max_elevation_deg": 61.0}) for one in tiny.passes
    )
    second = passes[0].model_copy(update={"id": "sat-2", "altitude_km": 900.0, "culmination_s": 3.0})
    parts = {
        "radio": {
            "carrier_ghz": 3.1,
            "subchannels": 4,
            "subchannel_khz": 360.0,
            "noise_figure_db": 5.0,
            "spectral_efficiency_cap": 5.5,
        },
        "qos": {"min_sinr_active_db": 2.0, "min_sinr_always_on_db": -4.0},
        "time": {"slots": 11, "slot_s": 2.5},
        "channel": {"deployment": "umi"},
        "city": {"seed": 3},
    }
    update = {name: getattr(tiny, name).model_copy(update=fields) for name, fields in parts.items()}
    return tiny.model_copy(
        update={
            **update,
            "ground_stations": (*stations, extra),
            "ground_users": users,
            "aerial_users": aerial,
            "passes": (*passes, second),
            "name": "Changed",
            "seed": 5,
        }
    )


def example_of(scenario, cache):
    area = scenario.area
    return Example(scenario, build_city(scenario.city.kind, area.lon, area.lat, area.size_m, scenario.city.seed, cache))


@contextmanager
def quick_plans():
    """Let windows of spectrum sharing be planned with little effort."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(EFFORTS, "full", EFFORTS["quick"])
        yield


@pytest.fixture(scope="session")
def example(tiny_scenario, city_cache):
    return example_of(tiny_scenario, city_cache)


@pytest.fixture(scope="session")
def other_example(tiny_scenario, city_cache):
    return example_of(changed(tiny_scenario), city_cache)


@pytest.fixture(scope="session")
def teach(example, other_example):
    """Return a function that teaches a step, each lesson computed once; ``knobs`` stand where they are put.

    Windows of spectrum sharing are planned with little effort: how good a plan is changes no rule of a lesson.
    """
    known = {}

    def lesson(step, on="tiny", **knobs):
        key = (step.key, on, tuple(knobs.items()))
        if key not in known:
            place = {"tiny": example, "changed": other_example}[on]
            with quick_plans():
                known[key] = step.teach(place, accepted_values(step, place, knobs))
        return known[key]

    return lesson
